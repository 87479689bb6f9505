//! What goes in, what comes out, judged by our scanner and by ExifTool, which shares nothing with us.
#![allow(clippy::unwrap_used, clippy::expect_used)] // Helpers outside the test functions.

use hues_media::testkit::{generate, generate_png, generate_webp, Extras};
use hues_media::{clean, scan, Finding, Limits};
use std::io::Write;
use std::process::{Command, Stdio};

const LIMITS: Limits = Limits {
    input_bytes: 32 << 20,
    pixels: 200_000_000,
    memory: 64 << 20,
    long_edge: 2_048,
    quality: 80,
    target_bytes: 600 << 10,
};

fn inputs() -> Vec<(&'static str, Vec<u8>)> {
    let all = Extras::default();
    vec![
        ("12 MP JPEG", generate(1, 4_032, 3_024, &all)),
        (
            "progressive JPEG",
            generate(
                2,
                1_600,
                1_200,
                &Extras {
                    progressive: true,
                    orientation: 3,
                    ..all.clone()
                },
            ),
        ),
        ("PNG", generate_png(3, 800, 600, &all)),
        ("WebP", generate_webp(4, 800, 600, &all)),
    ]
}

#[test]
fn the_generator_makes_what_it_says() {
    let photo = generate(1, 4_032, 3_024, &Extras::default());
    assert!(
        photo.len() > 2 << 20,
        "a photo of a few megabytes, not {}",
        photo.len()
    );
    let findings = scan(&photo);
    for finding in [
        Finding::Exif,
        Finding::Xmp,
        Finding::ExtendedXmp,
        Finding::Iptc,
        Finding::Icc,
        Finding::MultiPicture,
        Finding::Comment,
    ] {
        assert!(findings.has(finding), "{finding:?} in {:?}", findings.found);
    }
    assert!(findings
        .found
        .iter()
        .any(|finding| matches!(finding, Finding::Trailing(_))));
    assert_eq!(
        generate(9, 64, 48, &Extras::default()),
        generate(9, 64, 48, &Extras::default())
    );
    assert_ne!(
        generate(9, 64, 48, &Extras::default()),
        generate(8, 64, 48, &Extras::default())
    );
}

#[test]
fn nothing_survives_and_the_private_facts_are_told_apart() {
    for (name, bytes) in inputs() {
        let photo = clean(&bytes, &LIMITS).unwrap();
        assert!(scan(&photo.jpeg).is_clean(), "{name}");
        assert!(photo.width.max(photo.height) <= 2_048, "{name}");
        assert!(
            photo.jpeg.len() <= 600 << 10,
            "{name}: {}",
            photo.jpeg.len()
        );
        let (lat, lon) = photo.gps.unwrap();
        assert!(
            (lat - 16.469_812).abs() < 1e-6 && (lon - 107.577_634).abs() < 1e-6,
            "{name}"
        );
        assert_eq!(
            photo.taken_at.unwrap().unix_seconds(0),
            1_761_645_909,
            "{name}"
        );
        // No run of text longer than the accidents of coded data.
        for word in ["Mau", "Exif", "http", "GPS", "Hue", "invented", "SEFH"] {
            let found = photo
                .jpeg
                .windows(word.len())
                .any(|window| window == word.as_bytes());
            assert!(!found || word.len() < 5, "{name}: {word}");
        }
        // Cleaning twice changes nothing about the shape and finds nothing to tell.
        let again = clean(&photo.jpeg, &LIMITS).unwrap();
        assert_eq!(
            (again.width, again.height, again.gps, again.taken_at),
            (photo.width, photo.height, None, None)
        );
    }
}

#[test]
fn all_orientations_stand_upright() {
    for orientation in 1..=8 {
        let bytes = generate(
            5,
            400,
            300,
            &Extras {
                orientation,
                ..Extras::default()
            },
        );
        let photo = clean(&bytes, &LIMITS).unwrap();
        let upright = if orientation < 5 {
            (400, 300)
        } else {
            (300, 400)
        };
        assert_eq!((photo.width, photo.height), upright);
        let ours = image::load_from_memory(&photo.jpeg).unwrap().to_rgb8();
        // The independent way: decode with another library, turn with another library.
        let stored = image::load_from_memory(&bytes).unwrap();
        let turn = image::metadata::Orientation::from_exif(orientation).unwrap();
        let mut expected = stored;
        expected.apply_orientation(turn);
        let sum: f64 = ours
            .as_raw()
            .iter()
            .zip(expected.to_rgb8().as_raw())
            .map(|(a, b)| (f64::from(*a) - f64::from(*b)).powi(2))
            .sum();
        let distance = (sum / ours.as_raw().len() as f64).sqrt();
        assert!(distance < 6.0, "orientation {orientation}: {distance}");
    }
}

#[test]
fn gps_of_the_other_hemispheres_and_of_nowhere() {
    let gps = |place| {
        clean(
            &generate(
                6,
                64,
                48,
                &Extras {
                    gps: place,
                    ..Extras::default()
                },
            ),
            &LIMITS,
        )
        .unwrap()
        .gps
    };
    let (lat, lon) = gps(Some((-33.856_8, -70.123_4))).unwrap();
    assert!((lat + 33.856_8).abs() < 1e-6 && (lon + 70.123_4).abs() < 1e-6);
    assert_eq!(gps(Some((0.0, 0.0))), None);
    assert_eq!(gps(None), None);
}

/// Groups and tags that ExifTool finds, or nothing where it is not installed.
fn exiftool(bytes: &[u8]) -> Option<serde_json::Map<String, serde_json::Value>> {
    let mut child = Command::new("exiftool")
        .args(["-j", "-G1", "-a", "-u", "-U", "-ee3", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .ok()?;
    let mut stdin = child.stdin.take()?;
    let bytes = bytes.to_vec();
    // It may stop reading early; what it then misses is its own business.
    let feeder = std::thread::spawn(move || drop(stdin.write_all(&bytes)));
    let output = child.wait_with_output().unwrap();
    feeder.join().unwrap();
    let list: Vec<serde_json::Map<String, serde_json::Value>> =
        serde_json::from_slice(&output.stdout).unwrap();
    list.into_iter().next()
}

/// What ExifTool derives from the coding of any JPEG.
const STRUCTURE: [&str; 9] = [
    "FileType",
    "FileTypeExtension",
    "MIMEType",
    "ImageWidth",
    "ImageHeight",
    "EncodingProcess",
    "BitsPerSample",
    "ColorComponents",
    "YCbCrSubSampling",
];

#[test]
#[allow(clippy::print_stdout)]
fn exiftool_agrees() {
    if exiftool(&generate(1, 16, 16, &Extras::none())).is_none() {
        // The test command sets this once it has installed the judge: then its absence is a failure.
        assert!(
            std::env::var_os("HUES_PEER_EXIFTOOL").is_none(),
            "the judge does not start"
        );
        println!("SKIPPED exiftool_agrees: exiftool is not on PATH (Debian package libimage-exiftool-perl)");
        return;
    }
    for (name, bytes) in inputs() {
        let before = exiftool(&bytes).unwrap();
        let has = |map: &serde_json::Map<String, serde_json::Value>, part: &str| {
            map.keys().any(|key| key.contains(part))
        };
        assert!(has(&before, "GPS"), "{name}: {before:?}");
        assert!(has(&before, "XMP-"), "{name}");
        if name.contains("JPEG") {
            for part in [
                "IPTC:",
                "ICC",
                "MPF0:",
                "ThumbnailImage",
                "Apple:",
                "File:Comment",
                "XMP-GImage",
            ] {
                assert!(
                    has(&before, part),
                    "{name} lacks {part}: {:?}",
                    before.keys().collect::<Vec<_>>()
                );
            }
        }
        let after = exiftool(&clean(&bytes, &LIMITS).unwrap().jpeg).unwrap();
        for key in after.keys() {
            let structural = key.split_once(':').is_none_or(|(group, tag)| match group {
                "System" | "JFIF" => true,
                "File" => STRUCTURE.contains(&tag),
                "ExifTool" => tag == "ExifToolVersion",
                "Composite" => matches!(tag, "ImageSize" | "Megapixels"),
                _ => false,
            });
            assert!(structural, "{name} still says {key}");
        }
    }
}
