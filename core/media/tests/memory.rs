//! The promise of 64 MiB, held against an allocator that counts. Alone in its own binary: one test, one thread.

#![allow(clippy::unwrap_used)] // Helpers outside the test function.
#![allow(unsafe_code)] // A global allocator cannot be written without; it only counts and passes on.

use hues_media::testkit::{bomb, generate, generate_png, generate_webp, plain, Extras};
use hues_media::{clean, Limits, MediaError};
use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

struct Counting;

static NOW: AtomicUsize = AtomicUsize::new(0);
static PEAK: AtomicUsize = AtomicUsize::new(0);

fn grow(bytes: usize) {
    let now = NOW.fetch_add(bytes, Relaxed) + bytes;
    PEAK.fetch_max(now, Relaxed);
}

// SAFETY: every call goes to the system's allocator unchanged. A reallocation counts old and new together, as the worst
// case is that both exist for a moment.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        grow(layout.size());
        System.alloc(layout)
    }
    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        grow(layout.size());
        System.alloc_zeroed(layout)
    }
    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        NOW.fetch_sub(layout.size(), Relaxed);
        System.dealloc(pointer, layout);
    }
    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        grow(size);
        NOW.fetch_sub(layout.size(), Relaxed);
        System.realloc(pointer, layout, size)
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// Most bytes that were in use at once while `bytes` were cleaned, beyond what was in use before.
fn peak(bytes: &[u8]) -> (usize, Result<(u32, u32), MediaError>) {
    let before = NOW.load(Relaxed);
    PEAK.store(before, Relaxed);
    let result = clean(bytes, &Limits::default()).map(|photo| (photo.width, photo.height));
    (PEAK.load(Relaxed) - before, result)
}

/// A JPEG padded to `length` bytes by a comment after comment: as large as a file may be.
fn padded(mut photo: Vec<u8>, length: usize) -> Vec<u8> {
    let mut comments = Vec::new();
    while photo.len() + comments.len() + 65_537 < length {
        comments.extend_from_slice(&[0xFF, 0xFE, 0xFF, 0xFF]);
        comments.resize(comments.len() + 65_533, b'x');
    }
    photo.splice(20..20, comments);
    photo
}

fn photo(width: u32, height: u32, progressive: bool) -> Vec<u8> {
    generate(
        1,
        width,
        height,
        &Extras {
            progressive,
            quality: 97,
            ..Extras::default()
        },
    )
}

/// Grain alone, which no encoder can shrink, opaque: the largest output.
fn noise(width: u32, height: u32) -> Vec<u8> {
    let mut state = 1u64;
    let pixels: Vec<u8> = std::iter::repeat_with(|| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 56) as u8
    })
    .take((width * height * 3) as usize)
    .collect();
    let mut out = Vec::new();
    image::codecs::jpeg::JpegEncoder::new_with_quality(&mut out, 95)
        .encode(&pixels, width, height, image::ExtendedColorType::Rgb8)
        .unwrap();
    out
}

#[test]
fn sixty_four_mebibytes_are_enough() {
    const LIMIT: usize = 64 << 20;
    const MANY: MediaError = MediaError::TooManyPixels {
        width: 30_000,
        height: 30_000,
    };
    let cases = [
        ("12 MP", photo(4_000, 3_000, false), Ok((1_500, 2_000))),
        (
            "12 MP progressive",
            photo(4_000, 3_000, true),
            Ok((1_500, 2_000)),
        ),
        (
            "the largest square decoded in full",
            photo(3_680, 3_680, false),
            Ok((2_048, 2_048)),
        ),
        (
            "the same, progressive",
            photo(3_680, 3_680, true),
            Ok((2_048, 2_048)),
        ),
        (
            "25 MB",
            padded(photo(4_000, 3_000, false), 25 << 20),
            Ok((1_500, 2_000)),
        ),
        ("200 MP", plain(16_320, 12_240, false), Ok((2_040, 1_530))),
        (
            "200 MP progressive",
            plain(16_320, 12_240, true),
            Ok((2_040, 1_530)),
        ),
        (
            "108 MP progressive",
            plain(12_000, 9_000, true),
            Ok((2_048, 1_536)),
        ),
        ("panorama", plain(65_535, 3_000, false), Ok((2_048, 94))),
        ("grain", noise(2_048, 2_048), Ok((2_048, 2_048))),
        (
            "PNG, 12 MP",
            generate_png(1, 4_000, 3_000, &Extras::default()),
            Ok((1_536, 2_048)),
        ),
        (
            "WebP, lossless",
            generate_webp(1, 1_400, 1_050, &Extras::default()),
            Ok((1_050, 1_400)),
        ),
        (
            "WebP, 13 MP",
            include_bytes!("fixtures/flat-13mp.webp").to_vec(),
            Ok((2_048, 1_536)),
        ),
        (
            "WebP with transparency",
            include_bytes!("fixtures/flat-alpha-5mp.webp").to_vec(),
            Ok((2_048, 1_638)),
        ),
        ("bomb", bomb(30_000, 30_000), Err(MANY)),
        (
            "bomb with data",
            plain(20_000, 20_000, false),
            Err(MediaError::TooManyPixels {
                width: 20_000,
                height: 20_000,
            }),
        ),
    ];
    for (name, bytes, expected) in cases {
        assert!(!bytes.is_empty());
        let (used, result) = peak(&bytes);
        println!(
            "{name}: {} KiB in, {} KiB used",
            bytes.len() >> 10,
            used >> 10
        );
        let turned = |(width, height): (u32, u32)| (height, width);
        match (result, expected) {
            // `plain` pictures and `noise` have no orientation: compare either way round.
            (Ok(size), Ok(wanted)) => {
                assert!(size == wanted || size == turned(wanted), "{name}: {size:?}")
            }
            (result, expected) => assert_eq!(result, expected, "{name}"),
        }
        assert!(used <= LIMIT, "{name}: {used} bytes");
        if expected.is_err() {
            assert!(
                used < 64 << 10,
                "{name}: refused, but only after {used} bytes"
            );
        }
    }
}
