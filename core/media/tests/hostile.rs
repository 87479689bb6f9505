//! Bent and cut files: no panic ever, and never an output that the scanner would not pass.
#![allow(clippy::unwrap_used, clippy::expect_used)] // Helpers outside the test functions.

use hues_media::testkit::{generate, generate_png, generate_webp, Extras};
use hues_media::{clean, scan, sniff, Limits};
use proptest::prelude::*;
use std::sync::OnceLock;

/// Small photos of each kind, with everything in them.
fn seeds() -> &'static [Vec<u8>] {
    static SEEDS: OnceLock<Vec<Vec<u8>>> = OnceLock::new();
    SEEDS.get_or_init(|| {
        let all = Extras {
            extended_xmp: false,
            ..Extras::default()
        };
        vec![
            generate(1, 96, 64, &all),
            generate(
                2,
                61,
                47,
                &Extras {
                    progressive: true,
                    ..all.clone()
                },
            ),
            generate(3, 40, 40, &Extras::none()),
            generate(
                4,
                33,
                70,
                &Extras {
                    progressive: true,
                    ..Extras::none()
                },
            ),
            generate_png(5, 50, 40, &all),
            generate_webp(6, 50, 40, &all),
            include_bytes!("fixtures/lossy.webp").to_vec(),
            include_bytes!("fixtures/lossy-alpha.webp").to_vec(),
            include_bytes!("fixtures/interlaced.png").to_vec(),
        ]
    })
}

fn check(bytes: &[u8]) {
    let _ = sniff(bytes);
    let _ = scan(bytes);
    // A tight limit keeps a bent size field from costing the test its time.
    let limits = Limits {
        pixels: 1_000_000,
        ..Limits::default()
    };
    if let Ok(photo) = clean(bytes, &limits) {
        let findings = scan(&photo.jpeg);
        assert!(findings.is_clean(), "{:?}", findings.found);
        assert_eq!(
            (u32::from(findings.width), u32::from(findings.height)),
            (photo.width, photo.height)
        );
    }
}

#[test]
fn the_seeds_themselves_are_taken() {
    for (place, bytes) in seeds().iter().enumerate() {
        assert!(clean(bytes, &Limits::default()).is_ok(), "seed {place}");
        check(bytes);
    }
}

#[test]
fn fixtures_decode_as_an_independent_library_decodes_them() {
    for bytes in &seeds()[6..] {
        let photo = clean(
            bytes,
            &Limits {
                quality: 95,
                ..Limits::default()
            },
        )
        .unwrap();
        let ours = image::load_from_memory(&photo.jpeg).unwrap().to_rgb8();
        let theirs = image::load_from_memory(bytes).unwrap().to_rgba8();
        let white = |value: u8, alpha: u8| {
            (f64::from(value) * f64::from(alpha) + 255.0 * f64::from(255 - alpha)) / 255.0
        };
        let sum: f64 = ours
            .pixels()
            .zip(theirs.pixels())
            .flat_map(|(a, b)| (0..3).map(move |c| (f64::from(a[c]) - white(b[c], b[3])).powi(2)))
            .sum();
        let distance = (sum / f64::from(ours.width() * ours.height() * 3)).sqrt();
        assert!(distance < 8.0, "{distance}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn flipped_bytes(which in 0usize..9, flips in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8)) {
        let mut bytes = seeds()[which].clone();
        for (at, value) in flips {
            let at = at.index(bytes.len());
            bytes[at] = value;
        }
        check(&bytes);
    }

    /// Headers are where a single byte changes most.
    #[test]
    fn flipped_headers(which in 0usize..9, at in 0usize..700, value: u8) {
        let mut bytes = seeds()[which].clone();
        if let Some(byte) = bytes.get_mut(at) {
            *byte = value;
        }
        check(&bytes);
    }

    #[test]
    fn cut_and_joined(which in 0usize..9, other in 0usize..9, cut: prop::sample::Index, from: prop::sample::Index) {
        let (a, b) = (&seeds()[which], &seeds()[other]);
        check(&a[..cut.index(a.len())]);
        check(&[&a[..cut.index(a.len())], &b[from.index(b.len())..]].concat());
    }

    #[test]
    fn noise_behind_a_magic(which in 0usize..3, bytes in prop::collection::vec(any::<u8>(), 0..600)) {
        let magic: [&[u8]; 3] = [b"\xFF\xD8\xFF", b"\x89PNG\r\n\x1A\n\0\0\0\x0DIHDR", b"RIFF\xFF\0\0\0WEBPVP8 "];
        check(&[magic[which], &bytes].concat());
    }

    /// Whatever is put into a clean file is found. Bytes among the coded samples make another picture, or too many samples.
    #[test]
    fn the_scanner_misses_no_insertion(at: prop::sample::Index, inserted in prop::collection::vec(any::<u8>(), 1..40)) {
        let clean_file = &clean(&seeds()[2], &Limits::default()).unwrap().jpeg;
        let samples = clean_file.windows(2).position(|two| two == [0xFF, 0xDA]).unwrap() + 14;
        let end = clean_file.len() - 2;
        let at = at.index(samples + 3);
        let at = if at < samples { at } else { end + (at - samples) };
        let mut bytes = clean_file.clone();
        bytes.splice(at..at, inserted.iter().copied());
        prop_assert!(!scan(&bytes).is_clean(), "at {at}");
    }
}
