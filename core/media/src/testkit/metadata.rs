//! Everything a photo can say about its owner, in the containers that phones and editors really use.

use super::Extras;
use crate::jpeg::write::{segment, smallest};
use crate::testkit::scene::Scene;

/// Puts the segments of `extras` into a bare JPEG, after its JFIF header.
pub(super) fn dress(picture: &[u8], seed: u64, extras: &Extras) -> Vec<u8> {
    let split = 20.min(picture.len());
    let (head, rest) = picture.split_at(split);
    let mut out = Vec::with_capacity(picture.len() + 64 * 1024);
    out.extend_from_slice(head);
    if extras.exif {
        segment(&mut out, 0xE1, &[b"Exif\0\0", &exif(seed, extras)]);
    }
    if extras.xmp {
        segment(
            &mut out,
            0xE1,
            &[b"http://ns.adobe.com/xap/1.0/\0", xmp(extras).as_bytes()],
        );
        if extras.extended_xmp {
            extended_xmp(&mut out);
        }
    }
    if extras.icc {
        segment(&mut out, 0xE2, &[b"ICC_PROFILE\0\x01\x01", &icc()]);
    }
    if extras.multi_picture {
        segment(&mut out, 0xE2, &[b"MPF\0", &multi_picture()]);
    }
    if extras.iptc {
        segment(&mut out, 0xED, &[b"Photoshop 3.0\0", &iptc()]);
    }
    if extras.comment {
        segment(
            &mut out,
            0xFE,
            &["Nhà bà Lê Thị Mận, 3 kiệt 7 (invented)".as_bytes()],
        );
    }
    out.extend_from_slice(rest);
    if extras.multi_picture {
        out.extend_from_slice(&smallest(&Scene::new(seed ^ 2, 320, 240), 60));
    }
    if extras.trailing {
        out.extend_from_slice(b"\0\0SEFH trailing: 16.469812,107.577634 IMEI 000000000000000 SEFT");
    }
    out
}

const ASCII: u16 = 2;
const SHORT: u16 = 3;
const LONG: u16 = 4;
const RATIONAL: u16 = 5;
const BYTE: u16 = 1;
const UNDEFINED: u16 = 7;

/// A tag with its type and its value's bytes, little-endian.
type Entry = (u16, u16, Vec<u8>);

fn text(tag: u16, value: &str) -> Entry {
    (tag, ASCII, [value.as_bytes(), b"\0"].concat())
}

fn long(tag: u16, value: usize) -> Entry {
    (tag, LONG, (value as u32).to_le_bytes().to_vec())
}

/// One directory at offset `at`, its long values behind it; `next` is where the next directory lies, 0 for none.
fn directory(at: usize, mut entries: Vec<Entry>, next: usize) -> Vec<u8> {
    entries.sort_by_key(|entry| entry.0);
    let mut table = (entries.len() as u16).to_le_bytes().to_vec();
    let mut values: Vec<u8> = Vec::new();
    let behind = at + 2 + entries.len() * 12 + 4;
    for (tag, kind, value) in &entries {
        let unit = match *kind {
            SHORT => 2,
            LONG => 4,
            RATIONAL => 8,
            _ => 1,
        };
        table.extend_from_slice(&tag.to_le_bytes());
        table.extend_from_slice(&kind.to_le_bytes());
        table.extend_from_slice(&((value.len() / unit) as u32).to_le_bytes());
        if value.len() <= 4 {
            let mut inline = value.clone();
            inline.resize(4, 0);
            table.extend_from_slice(&inline);
        } else {
            table.extend_from_slice(&((behind + values.len()) as u32).to_le_bytes());
            values.extend_from_slice(value);
            values.resize(values.len().next_multiple_of(2), 0);
        }
    }
    table.extend_from_slice(&(next as u32).to_le_bytes());
    table.extend_from_slice(&values);
    table
}

fn rational(parts: &[(u32, u32)]) -> Vec<u8> {
    parts
        .iter()
        .flat_map(|(top, bottom)| [top.to_le_bytes(), bottom.to_le_bytes()].concat())
        .collect()
}

fn degrees(value: f64) -> Vec<u8> {
    let total = (value.abs() * 3_600.0 * 1_000.0).round() as u32;
    rational(&[
        (total / 3_600_000, 1),
        (total / 60_000 % 60, 1),
        (total % 60_000, 1_000),
    ])
}

/// The TIFF structure of an EXIF block.
pub(super) fn exif(seed: u64, extras: &Extras) -> Vec<u8> {
    let mut camera = vec![
        text(0xA431, "SN-0000-INVENTED"),
        (
            0x9286,
            UNDEFINED,
            b"ASCII\0\0\0trong nha toi (invented)".to_vec(),
        ),
        text(0x9011, "+07:00"),
    ];
    if let Some(time) = extras.taken_at {
        camera.push(text(0x9003, time));
    }
    if extras.maker_note {
        camera.push((0x927C, UNDEFINED, maker_note()));
    }
    let mut place = Vec::new();
    if let Some((lat, lon)) = extras.gps {
        place = vec![
            (0x0000, BYTE, vec![2, 3, 0, 0]),
            text(0x0001, if lat < 0.0 { "S" } else { "N" }),
            (0x0002, RATIONAL, degrees(lat)),
            text(0x0003, if lon < 0.0 { "W" } else { "E" }),
            (0x0004, RATIONAL, degrees(lon)),
            (0x0006, RATIONAL, rational(&[(73, 10)])),
            text(0x001D, "2025:10:28"),
        ];
    }
    // The main directory's length does not depend on the offsets in it: lay it out once, then again with them.
    let main = |camera: usize, place: usize| {
        let mut entries = vec![
            text(0x010E, "Kiệt ngập (invented)"),
            text(0x010F, "HuesCam"),
            text(0x0110, "Invented 12"),
            (
                0x0112,
                SHORT,
                u16::from(extras.orientation).to_le_bytes().to_vec(),
            ),
            text(0x0131, "hues testkit"),
            text(0x013B, "Nguyễn Văn Mẫu"),
            long(0x8769, camera),
            long(0x8825, place),
        ];
        if let Some(time) = extras.taken_at {
            entries.push(text(0x0132, time));
        }
        entries
    };
    let at_camera = 8 + directory(8, main(0, 0), 0).len();
    let camera = directory(at_camera, camera, 0);
    let at_place = at_camera + camera.len();
    let place = directory(at_place, place, 0);
    let at_small = at_place + place.len();
    let small = smallest(&Scene::new(seed, 160, 120), 60);
    let small_entries = |at: usize| {
        vec![
            (0x0103, SHORT, vec![6, 0]),
            long(0x0201, at),
            long(0x0202, small.len()),
        ]
    };
    let small_directory = directory(
        at_small,
        small_entries(at_small + directory(at_small, small_entries(0), 0).len()),
        0,
    );

    let mut out = b"II*\0\x08\0\0\0".to_vec();
    out.extend_from_slice(&directory(
        8,
        main(at_camera, at_place),
        if extras.thumbnail { at_small } else { 0 },
    ));
    out.extend_from_slice(&camera);
    out.extend_from_slice(&place);
    if extras.thumbnail {
        out.extend_from_slice(&small_directory);
        out.extend_from_slice(&small);
    }
    out
}

/// Apple's form: a header and a big-endian directory with offsets from the note's start.
fn maker_note() -> Vec<u8> {
    let mut note = b"Apple iOS\0\0\x01MM\0\x02".to_vec();
    // MakerNoteVersion, LONG 14.
    note.extend_from_slice(&[0, 1, 0, 9, 0, 0, 0, 1, 0, 0, 0, 14]);
    // ContentIdentifier, ASCII, 37 bytes at 44.
    note.extend_from_slice(&[0, 17, 0, 2, 0, 0, 0, 37, 0, 0, 0, 44]);
    note.extend_from_slice(&[0; 4]);
    note.extend_from_slice(b"00000000-1111-2222-3333-444444444444\0");
    note
}

const EXTENSION: &str = "0123456789ABCDEF0123456789ABCDEF";

/// An XMP packet with a place and a name.
pub(super) fn xmp(extras: &Extras) -> String {
    let (lat, lon) = extras.gps.unwrap_or((16.469_812, 107.577_634));
    let minutes = |value: f64, letter: char| {
        format!(
            "{},{:.4}{letter}",
            value.abs().trunc(),
            value.abs().fract() * 60.0
        )
    };
    let extension = if extras.extended_xmp {
        format!(" xmpNote:HasExtendedXMP=\"{EXTENSION}\"")
    } else {
        String::new()
    };
    format!(
        "<?xpacket begin=\"\u{FEFF}\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?><x:xmpmeta xmlns:x=\"adobe:ns:meta/\">\
         <rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\"><rdf:Description rdf:about=\"\" \
         xmlns:exif=\"http://ns.adobe.com/exif/1.0/\" xmlns:photoshop=\"http://ns.adobe.com/photoshop/1.0/\" \
         xmlns:xmpNote=\"http://ns.adobe.com/xmp/note/\" exif:GPSLatitude=\"{}\" exif:GPSLongitude=\"{}\" \
         photoshop:AuthorsPosition=\"invented\" photoshop:City=\"Huế\"{extension}/></rdf:RDF></x:xmpmeta><?xpacket end=\"w\"?>",
        minutes(lat, if lat < 0.0 { 'S' } else { 'N' }),
        minutes(lon, if lon < 0.0 { 'W' } else { 'E' }),
    )
}

fn extended_xmp(out: &mut Vec<u8>) {
    let packet = format!(
        "<x:xmpmeta xmlns:x=\"adobe:ns:meta/\"><rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\">\
         <rdf:Description rdf:about=\"\" xmlns:GImage=\"http://ns.google.com/photos/1.0/image/\" GImage:Mime=\"image/jpeg\" \
         GImage:Data=\"{}\"/></rdf:RDF></x:xmpmeta>",
        "/9j/4AAQSkZJRgABAQAAAQABAAD/".repeat(2_500)
    );
    let mut at = 0;
    for part in packet.as_bytes().chunks(40_000) {
        segment(
            out,
            0xE1,
            &[
                b"http://ns.adobe.com/xmp/extension/\0",
                EXTENSION.as_bytes(),
                &(packet.len() as u32).to_be_bytes(),
                &(at as u32).to_be_bytes(),
                part,
            ],
        );
        at += part.len();
    }
}

/// A Photoshop resource block with IPTC records: by-line, city and caption.
fn iptc() -> Vec<u8> {
    let mut records = Vec::new();
    for (dataset, value) in [
        (80u8, "Nguyen Van Mau"),
        (90, "Hue"),
        (120, "Kiet ngap (invented)"),
    ] {
        records.extend_from_slice(&[0x1C, 2, dataset, 0, value.len() as u8]);
        records.extend_from_slice(value.as_bytes());
    }
    let mut block = b"8BIM\x04\x04\0\0".to_vec();
    block.extend_from_slice(&(records.len() as u32).to_be_bytes());
    block.extend_from_slice(&records);
    block.resize(block.len().next_multiple_of(2), 0);
    block
}

/// A profile of a header and one description.
fn icc() -> Vec<u8> {
    let mut tag = b"desc\0\0\0\0\0\0\0\x16Invented display RGB\0\0".to_vec();
    tag.resize(108, 0);
    let mut profile = vec![0u8; 128];
    profile[8..12].copy_from_slice(&[4, 0x30, 0, 0]);
    profile[12..24].copy_from_slice(b"mntrRGB XYZ ");
    profile[36..40].copy_from_slice(b"acsp");
    profile.extend_from_slice(&[0, 0, 0, 1]);
    profile.extend_from_slice(b"desc\0\0\0\x90");
    profile.extend_from_slice(&(tag.len() as u32).to_be_bytes());
    profile.extend_from_slice(&tag);
    let length = (profile.len() as u32).to_be_bytes();
    profile[..4].copy_from_slice(&length);
    profile
}

/// An index (CIPA DC-007) of two pictures; the second's place is not filled in.
fn multi_picture() -> Vec<u8> {
    let mut index = b"MM\0*\0\0\0\x08\0\x03".to_vec();
    index.extend_from_slice(&[0xB0, 0, 0, 7, 0, 0, 0, 4, b'0', b'1', b'0', b'0']);
    index.extend_from_slice(&[0xB0, 1, 0, 4, 0, 0, 0, 1, 0, 0, 0, 2]);
    index.extend_from_slice(&[0xB0, 2, 0, 7, 0, 0, 0, 32, 0, 0, 0, 50]);
    index.extend_from_slice(&[0; 4]);
    index.extend_from_slice(&[0x20, 0x03, 0, 0]);
    index.resize(50 + 32, 0);
    index
}
