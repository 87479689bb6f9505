//! Every wrong input of the list in the feedback specification, and what is said about it.
#![allow(clippy::unwrap_used, clippy::expect_used)] // Helpers outside the test functions.

use hues_media::testkit::{bomb, generate, generate_png, generate_webp, heic, plain, Extras};
use hues_media::{clean, Kind, Limits, MediaError, WORDS};

fn refusal(bytes: &[u8]) -> MediaError {
    clean(bytes, &Limits::default()).expect_err("must be refused")
}

#[test]
fn wrong_inputs_are_refused_by_type() {
    let mut lying = b"\xFF\xD8\xFF\xE0".to_vec();
    lying.extend((0..5_000u32).map(|i| (i.wrapping_mul(2_654_435_761) >> 24) as u8));
    let mut huge = vec![0; 32 * 1024 * 1024 + 1];
    huge[..3].copy_from_slice(b"\xFF\xD8\xFF");
    let photo = generate(1, 200, 150, &Extras::none());
    let png = generate_png(1, 200, 150, &Extras::none());
    let webp = generate_webp(1, 200, 150, &Extras::none());
    let mut wide_png = png.clone();
    wide_png[16..20].copy_from_slice(&30_000u32.to_be_bytes());
    wide_png[20..24].copy_from_slice(&30_000u32.to_be_bytes());
    let mut bent_png = png.clone();
    let middle = bent_png.len() / 2;
    bent_png[middle] ^= 0x55;
    // The first frame of a longer stream, marked as one of an animation.
    let mut moving = webp.clone();
    moving[12..16].copy_from_slice(b"ANMF");
    let without_end = &photo[..photo.len() - 2];
    let (half, half_png, half_webp) = (
        &photo[..photo.len() / 2],
        &png[..png.len() / 2],
        &webp[..webp.len() / 2],
    );

    let cases: &[(&str, &[u8], MediaError)] = &[
        ("0 bytes", b"", MediaError::Empty),
        (
            "text",
            b"Xin chao, day khong phai la anh.",
            MediaError::NotAnImage,
        ),
        ("one byte", b"\xFF", MediaError::NotAnImage),
        ("a name does not help", b"photo.jpg", MediaError::NotAnImage),
        ("HEIC", &heic(), MediaError::Heic),
        (
            "GIF",
            b"GIF89a\x01\0\x01\0\0\0\0;",
            MediaError::Unsupported(Kind::Gif),
        ),
        ("PDF", b"%PDF-1.7\n", MediaError::Unsupported(Kind::Pdf)),
        (
            "video",
            b"\0\0\0\x18ftypisom\0\0\0\0isommp41",
            MediaError::Unsupported(Kind::Video),
        ),
        ("lying JPEG", &lying, MediaError::Damaged),
        ("JPEG magic alone", b"\xFF\xD8\xFF", MediaError::Damaged),
        ("half a JPEG", half, MediaError::Damaged),
        ("a JPEG without end", without_end, MediaError::Damaged),
        ("PNG magic alone", b"\x89PNG\r\n\x1A\n", MediaError::Damaged),
        ("half a PNG", half_png, MediaError::Damaged),
        ("a bent PNG", &bent_png, MediaError::Damaged),
        (
            "WebP magic alone",
            b"RIFF\x04\0\0\0WEBP",
            MediaError::Damaged,
        ),
        ("half a WebP", half_webp, MediaError::Damaged),
        (
            "animated WebP",
            &moving,
            MediaError::Unsupported(Kind::WebP),
        ),
        (
            "33 MB",
            &huge,
            MediaError::TooManyBytes {
                bytes: huge.len(),
                limit: 32 * 1024 * 1024,
            },
        ),
        (
            "JPEG bomb",
            &bomb(30_000, 30_000),
            MediaError::TooManyPixels {
                width: 30_000,
                height: 30_000,
            },
        ),
        (
            "JPEG bomb with data",
            &plain(20_000, 20_000, false),
            MediaError::TooManyPixels {
                width: 20_000,
                height: 20_000,
            },
        ),
        (
            "largest JPEG bomb",
            &bomb(65_535, 65_535),
            MediaError::TooManyPixels {
                width: 65_535,
                height: 65_535,
            },
        ),
        (
            "PNG bomb",
            &wide_png,
            MediaError::TooManyPixels {
                width: 30_000,
                height: 30_000,
            },
        ),
        ("small bomb", &bomb(4_000, 3_000), MediaError::Damaged),
    ];
    for (name, bytes, expected) in cases {
        assert_eq!(refusal(bytes), *expected, "{name}");
    }
}

#[test]
fn every_refusal_has_words_in_both_languages() {
    let all = [
        MediaError::Empty,
        MediaError::NotAnImage,
        MediaError::Heic,
        MediaError::Unsupported(Kind::Gif),
        MediaError::Damaged,
        MediaError::TooManyBytes { bytes: 2, limit: 1 },
        MediaError::TooManyPixels {
            width: 1,
            height: 1,
        },
        MediaError::NotClean(hues_media::Finding::Exif),
    ];
    let mut rules: Vec<&str> = all.iter().map(MediaError::rule).collect();
    assert!(all
        .iter()
        .all(|error| error.words().vi.len() > 20 && error.words().en.len() > 20));
    assert!(refusal(&heic()).words().en.contains("HEIC"));
    rules.dedup();
    assert_eq!(rules, WORDS.map(|words| words.rule));
}

#[test]
fn a_file_is_what_it_contains() {
    // Each format goes through whatever it was called; only the content was ever looked at.
    for bytes in [
        generate(2, 320, 240, &Extras::default()),
        generate_png(2, 320, 240, &Extras::default()),
        generate_webp(2, 320, 240, &Extras::default()),
    ] {
        let photo = clean(&bytes, &Limits::default()).unwrap();
        assert_eq!(
            (photo.width, photo.height, photo.orientation_applied),
            (240, 320, 6)
        );
    }
}
