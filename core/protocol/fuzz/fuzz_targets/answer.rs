//! Fuzzes `answer`: whatever a server says to whichever request, the phone makes something typed of it.
#![no_main]

use std::sync::OnceLock;

use hues_crypto::sign::SigningKey;
use hues_protocol::classify;
use hues_protocol::http::{HttpResponse, COSE, JSON};
use hues_protocol::ids::Hash;
use hues_protocol::keys::{KeyEntry, KeyList, KeyListBody, Role};
use hues_protocol::op::SignedOp;

/// Statuses that mean something, and some that do not.
const STATUSES: [u16; 18] = [
    200, 201, 204, 301, 400, 401, 403, 404, 409, 410, 413, 422, 426, 429, 460, 500, 503, 999,
];

fn keys() -> &'static KeyList {
    static KEYS: OnceLock<KeyList> = OnceLock::new();
    KEYS.get_or_init(|| {
        let role = |role, seed: u8| KeyEntry {
            role,
            public: SigningKey::from_seed(&[seed; 32]).public(),
            not_before: 0,
            not_after: i64::MAX / 2,
        };
        let body = KeyListBody {
            city: "Huế".into(),
            version: 1,
            issued: 0,
            expires: i64::MAX / 2,
            keys: vec![role(Role::Receipts, 1), role(Role::Beacons, 2)],
        };
        body.sign(&SigningKey::from_seed(&[0; 32]))
    })
}

/// The first good op of the test vectors.
fn sent() -> &'static SignedOp {
    static OP: OnceLock<SignedOp> = OnceLock::new();
    OP.get_or_init(|| {
        let vectors = include_str!("../../../../tests/interop/vectors/ops.json");
        let hexes = vectors.split('"').filter(|word| word.len() > 200);
        let bytes = |hex: &str| -> Option<Vec<u8>> {
            let pair = |n: usize| u8::from_str_radix(hex.get(n..n + 2)?, 16).ok();
            (0..hex.len()).step_by(2).map(pair).collect()
        };
        hexes
            .filter_map(bytes)
            .find_map(|bytes| SignedOp::decode(&bytes).ok())
            .expect("a good op among the vectors")
    })
}

libfuzzer_sys::fuzz_target!(|input: (u8, u8, Vec<(u8, &str)>, &[u8])| {
    let (status, form, more, body) = input;
    let mut headers = vec![match form % 4 {
        0 => ("content-type".to_owned(), JSON.to_owned()),
        1 => ("content-type".to_owned(), COSE.to_owned()),
        2 => ("content-type".to_owned(), "text/html".to_owned()),
        _ => ("tus-resumable".to_owned(), "1.0.0".to_owned()),
    }];
    let names = [
        "location",
        "upload-offset",
        "hues-index",
        "hues-epoch",
        "retry-after",
        "tus-resumable",
    ];
    for (name, value) in more {
        let name = names[usize::from(name) % names.len()];
        headers.push((name.to_owned(), value.to_owned()));
    }
    let outcome = Ok(HttpResponse {
        status: STATUSES[usize::from(status) % STATUSES.len()],
        headers,
        body: body.to_vec(),
    });
    let (list, op) = (keys(), sent());
    let root = SigningKey::from_seed(&[0; 32]).public();
    let _ = classify::hello(&outcome);
    let _ = classify::keys(&outcome, &root, Some(list), Some(1));
    let _ = classify::beacon(&outcome, list, Some(1));
    let _ = classify::pack(&outcome, "config", list, None, None, |_| Ok(()));
    let _ = classify::page(&outcome, "mine", Some("c"), 3);
    let _ = classify::wake(&outcome);
    let _ = classify::signed_in(&outcome);
    let _ = classify::device(&outcome, &[1; 32], list);
    let _ = classify::media(&outcome, &Hash([2; 32]));
    assert!(
        classify::op(&outcome, op, list).is_err(),
        "a forged answer was believed"
    );
    assert!(
        classify::op_query(&outcome, op, list).is_err()
            || outcome.as_ref().is_ok_and(|r| r.status == 404)
    );
    if let Ok(classify::CreateAnswer::Created(path)) = classify::file_created(&outcome) {
        assert!(path.starts_with("/files/") && !path.contains(".."));
    }
    match classify::file_offset(&outcome, 100) {
        Ok(classify::OffsetAnswer::Offset(at)) => assert!(at <= 100),
        _ => {}
    }
    match classify::file_patched(&outcome, 100) {
        Ok(classify::PatchAnswer::Offset(at)) => assert!(at <= 100),
        _ => {}
    }
});
