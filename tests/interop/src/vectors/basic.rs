//! Vectors of the encoding, texts, places, lanes, parts and pages.

use hues_protocol::cbor;
use hues_protocol::fields::{blob, Fields};
use hues_protocol::lane::LaneKey;
use serde_json::{json, Value};

use super::{hexed, VectorFile};

pub(super) fn cbor_file() -> VectorFile {
    let mut file = VectorFile::new(
        "cbor",
        "deterministic CBOR, §1: what decodes and what is malformed",
    );
    for (name, bytes) in [
        ("zero", &b"\x00"[..]),
        ("largest integer", b"\x1b\xff\xff\xff\xff\xff\xff\xff\xff"),
        ("smallest integer", b"\x3b\xff\xff\xff\xff\xff\xff\xff\xff"),
        ("text in NFC", b"\x67H\x75\xe1\xba\xbf \x21"),
        ("map sorted bytewise", b"\xa2\x18\x18\xf6\x60\xf6"),
        ("eight levels", b"\x81\x81\x81\x81\x81\x81\x81\x80"),
        ("true, false, null", b"\x83\xf5\xf4\xf6"),
    ] {
        file.wanted(name, "cbor", hexed(bytes), json!("ok"));
    }
    for (name, bytes) in [
        ("nothing", &b""[..]),
        ("integer not shortest", b"\x18\x17"),
        ("integer not shortest, 16 bits", b"\x19\x00\xff"),
        ("length not shortest", b"\x58\x01\x61"),
        ("indefinite array", b"\x9f\xff"),
        ("indefinite text", b"\x7f\x61\x61\xff"),
        ("keys not sorted", b"\xa2\x02\x00\x01\x00"),
        ("keys sorted by length first", b"\xa2\x60\xf6\x18\x18\xf6"),
        ("key twice", b"\xa2\x01\x00\x01\x00"),
        ("half float", b"\xf9\x3c\x00"),
        ("double", b"\xfb\x3f\xf0\x00\x00\x00\x00\x00\x00"),
        ("tag", b"\xc0\x60"),
        ("bignum", b"\xc2\x41\x01"),
        ("undefined", b"\xf7"),
        ("simple value 32", b"\xf8\x20"),
        ("false in two bytes", b"\xf8\x14"),
        ("not UTF-8", b"\x61\xff"),
        ("surrogate", b"\x63\xed\xa0\x80"),
        ("one byte too many", b"\x00\x00"),
        ("cut short", b"\x82\x00"),
        ("absurd length", b"\x9b\x7f\xff\xff\xff\xff\xff\xff\xff"),
        ("nine levels", b"\x81\x81\x81\x81\x81\x81\x81\x81\x80"),
        ("reserved argument", b"\x1c"),
    ] {
        file.wanted(name, "cbor", hexed(bytes), json!("malformed"));
    }
    file
}

pub(super) fn texts() -> VectorFile {
    let mut file = VectorFile::new(
        "texts",
        "typed texts, §1: their clean form and length in Unicode scalars after NFC",
    );
    for (name, text, clean, length) in [
        ("NFD becomes NFC", "Hue\u{0302}\u{0301}", "Huế", 3),
        ("marks in another order", "e\u{0323}\u{0302}", "ệ", 1),
        ("emoji", "🌊🌊", "🌊🌊", 2),
        (
            "emoji family is many scalars",
            "👨\u{200d}👩\u{200d}👧",
            "👨\u{200d}👩\u{200d}👧",
            5,
        ),
        ("lines", "a\r\nb\rc\nd", "a\nb\nc\nd", 7),
        (
            "control characters go",
            "a\u{0}\u{7}\u{1b}\u{7f}\u{85}b\tc",
            "ab\tc",
            4,
        ),
        ("compatibility forms stay", "ﬁ½", "ﬁ½", 2),
        ("đ has no decomposition", "đĐ", "đĐ", 2),
    ] {
        file.wanted(
            name,
            "text",
            json!({ "text": text }),
            json!({ "clean": clean, "length": length }),
        );
    }
    file
}

pub(super) fn places() -> VectorFile {
    let mut file = VectorFile::new("places", "the grid of published places, §3");
    for (lat, lon, grid) in [
        (164_637_000, 1_075_909_000, 100),
        (164_637_000, 1_075_909_000, 0),
        (-164_637_001, -1_075_909_001, 500),
        (4_500, 4_700, 100),
        (4_499, 4_699, 100),
    ] {
        file.frozen(
            "coarsen",
            "coarsen",
            json!({ "lat": lat, "lon": lon, "grid_m": grid }),
        );
    }
    file.wanted(
        "half way goes up",
        "coarsen",
        json!({"lat": 4_500, "lon": 4_700, "grid_m": 100}),
        json!([9_000, 9_400]),
    );
    file.wanted(
        "below half way goes down",
        "coarsen",
        json!({"lat": 4_499, "lon": 4_699, "grid_m": 100}),
        json!([0, 0]),
    );
    file
}

pub(super) fn lanes() -> VectorFile {
    let mut file = VectorFile::new("lanes", "lane id of a lane public key, §3");
    for seed in 1..=5 {
        file.frozen(
            "lane",
            "lane",
            json!({ "public": hex::encode(LaneKey::from_seed(&[seed; 32]).public()) }),
        );
    }
    file
}

pub(super) fn parts() -> VectorFile {
    let mut file = VectorFile::new("parts", "parts, §3: role and SHA-256");
    let good = Fields::new()
        .with(0, "hues.part.v1")
        .with(1, 2)
        .with(2, blob(&[5; 16]))
        .with(3, Fields::new().with(1, "Nước lên").to_value());
    let ask = |map: Fields| hexed(&cbor::encode(&map.to_value()));
    file.frozen("unit part", "part", ask(good.clone()));
    file.frozen(
        "unknown keys are kept",
        "part",
        ask(good.clone().with(9, "later")),
    );
    file.frozen(
        "role of a later protocol",
        "part",
        ask(good.clone().with(1, 255)),
    );
    for (name, map) in [
        ("another label", good.clone().with(0, "hues.part.v2")),
        ("role 0", good.clone().with(1, 0)),
        ("role 256", good.clone().with(1, 256)),
        ("short salt", good.clone().with(2, blob(&[5; 15]))),
        ("body that is no map", good.clone().with(3, "text")),
        ("too long", good.with(4, "x".repeat(32 * 1024))),
    ] {
        if name != "too long" {
            file.wanted(name, "part", ask(map), json!("malformed"));
        }
    }
    file
}

pub(super) fn pages() -> VectorFile {
    let mut file = VectorFile::new("pages", "pages of a scope and their checksum, §6");
    let row = |rev: u64, id: &str| json!({"rev": rev, "kind": "report", "id": id, "op": "put", "body": {"x": 1}});
    let good = json!({"scope": "mine", "from": null, "next": "c1", "more": false, "epoch": "0101010101010101", "watermark": 3,
        "rows": [row(7, "aa"), {"rev": 9, "kind": "of-tomorrow", "id": "bb", "op": "del"}], "count": 1, "checksum": "00a1b2c3d4e5f607"});
    let with = |key: &str, value: Value| {
        let mut page = good.clone();
        page[key] = value;
        page.to_string()
    };
    let ask = |body: String, last_rev: u64| json!({ "body": body, "scope": "mine", "cursor": null, "last_rev": last_rev });
    for (name, input, out) in [
        ("good", ask(good.to_string(), 6), "ok"),
        (
            "repeats what was applied",
            ask(good.to_string(), 7),
            "revisions",
        ),
        (
            "of another scope",
            ask(with("scope", json!("inbox")), 0),
            "scope",
        ),
        (
            "from another cursor",
            ask(with("from", json!("c0")), 0),
            "from",
        ),
        (
            "revisions that fall",
            ask(with("rows", json!([row(9, "a"), row(8, "b")])), 0),
            "revisions",
        ),
        (
            "a revision twice",
            ask(with("rows", json!([row(9, "a"), row(9, "b")])), 0),
            "revisions",
        ),
        (
            "revision 0",
            ask(with("rows", json!([row(0, "a")])), 0),
            "malformed",
        ),
        (
            "an id that is a number",
            ask(
                with(
                    "rows",
                    json!([{"rev": 1, "kind": "report", "id": 0, "op": "del"}]),
                ),
                0,
            ),
            "malformed",
        ),
        (
            "more and a checksum",
            ask(with("more", json!(true)), 0),
            "malformed",
        ),
        (
            "a checksum in capitals",
            ask(with("checksum", json!("00A1B2C3D4E5F607")), 0),
            "malformed",
        ),
        (
            "cut short",
            ask(good.to_string().chars().take(80).collect(), 0),
            "malformed",
        ),
        (
            "nested seventeen deep",
            ask(
                with("x", (0..16).fold(json!(1), |inner, _| json!([inner]))),
                0,
            ),
            "malformed",
        ),
        ("a web page", ask("<html>".into(), 0), "malformed"),
    ] {
        file.wanted(name, "page", input, json!(out));
    }
    for n in [0, 1, 2, 40] {
        let rows: Vec<Value> = (1..=n)
            .map(|i| json!(["report", format!("{i:032x}"), i * 1_000_003]))
            .collect();
        file.frozen("checksum", "checksum", json!({ "rows": rows }));
    }
    file
}
