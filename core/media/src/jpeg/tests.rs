//! The codec against independent decoders, at every scale and sampling.

use super::encode::Pixels;
use super::*;
use crate::testkit::{generate, plain, Extras};

struct Bars;
impl Pixels for Bars {
    fn size(&self) -> (usize, usize) {
        (203, 117)
    }
    fn rgb(&self, x: usize, y: usize) -> [u8; 3] {
        [
            (x * 255 / 203) as u8,
            (y * 255 / 117) as u8,
            if (x / 16 + y / 16).is_multiple_of(2) {
                200
            } else {
                60
            },
        ]
    }
}

fn ours(bytes: &[u8], side: usize) -> (u32, u32, Vec<u8>) {
    let header = Header::read(bytes).unwrap();
    let shift = [(8, 0), (4, 1), (2, 2), (1, 3)]
        .into_iter()
        .find(|(s, _)| *s == side)
        .unwrap()
        .1;
    let (width, height) = (
        u32::from(header.frame.width).div_ceil(1 << shift),
        u32::from(header.frame.height).div_ceil(1 << shift),
    );
    let plan = Plan {
        side,
        streams: header.streams(),
        width,
        height,
    };
    let mut rows = Vec::new();
    decode(header, plan, &mut |row| rows.extend_from_slice(row)).unwrap();
    (width, height, rows)
}

fn theirs(bytes: &[u8]) -> image::RgbImage {
    image::load_from_memory_with_format(bytes, image::ImageFormat::Jpeg)
        .unwrap()
        .to_rgb8()
}

/// Root of the mean squared difference.
fn distance(a: &[u8], b: &[u8]) -> f64 {
    assert_eq!(a.len(), b.len());
    let sum: f64 = a
        .iter()
        .zip(b)
        .map(|(a, b)| (f64::from(*a) - f64::from(*b)).powi(2))
        .sum();
    (sum / a.len() as f64).sqrt()
}

/// What a picture looks like when squares of `n` × `n` pixels are averaged.
fn averaged(image: &image::RgbImage, n: u32) -> Vec<u8> {
    let (width, height) = image.dimensions();
    let mut out = Vec::new();
    for (y, x) in (0..height.div_ceil(n)).flat_map(|y| (0..width.div_ceil(n)).map(move |x| (y, x)))
    {
        for channel in 0..3 {
            let cells = (0..n * n).map(|i| {
                image.get_pixel(
                    (x * n + i % n).min(width - 1),
                    (y * n + i / n).min(height - 1),
                )[channel]
            });
            out.push((cells.map(u32::from).sum::<u32>() / (n * n)) as u8);
        }
    }
    out
}

#[test]
fn what_we_write_others_read() {
    let bytes = write::smallest(&Bars, 95);
    let image = theirs(&bytes);
    assert_eq!(image.dimensions(), (203, 117));
    let painted: Vec<u8> = (0..117)
        .flat_map(|y| (0..203).flat_map(move |x| Bars.rgb(x, y)))
        .collect();
    // The bars' edges lose half their chroma to sampling; a flat picture would be within one step.
    assert!(distance(&painted, image.as_raw()) < 12.0);
}

#[test]
fn what_we_read_others_read_alike() {
    for progressive in [false, true] {
        let bytes = generate(
            7,
            333,
            211,
            &Extras {
                progressive,
                ..Extras::none()
            },
        );
        let image = theirs(&bytes);
        let (width, height, rows) = ours(&bytes, 8);
        assert_eq!((width, height), image.dimensions());
        // They smooth chroma, we repeat it: the difference is that and no more.
        assert!(
            distance(&rows, image.as_raw()) < 3.0,
            "progressive {progressive}: {}",
            distance(&rows, image.as_raw())
        );
        for (side, n) in [(4, 2), (2, 4), (1, 8)] {
            let (_, _, rows) = ours(&bytes, side);
            let wanted = averaged(&image, n);
            // Where all coefficients are held, chroma stays at its own, coarser size.
            let near = if progressive { 7.0 } else { 4.0 };
            assert!(
                distance(&rows, &wanted) < near,
                "progressive {progressive}, side {side}: {}",
                distance(&rows, &wanted)
            );
        }
    }
}

#[test]
fn progressive_and_baseline_are_the_same_picture() {
    let extras = Extras::none();
    let baseline = generate(3, 250, 190, &extras);
    let progressive = generate(
        3,
        250,
        190,
        &Extras {
            progressive: true,
            ..extras
        },
    );
    assert_eq!(ours(&baseline, 8), ours(&progressive, 8));
}

#[test]
fn other_encoders_samplings() {
    let painted: Vec<u8> = (0..117)
        .flat_map(|y| (0..203).flat_map(move |x| Bars.rgb(x, y)))
        .collect();
    let grey: Vec<u8> = painted.chunks_exact(3).map(|pixel| pixel[1]).collect();
    let encode = |pixels: &[u8], kind| {
        let mut out = Vec::new();
        image::codecs::jpeg::JpegEncoder::new_with_quality(&mut out, 95)
            .encode(pixels, 203, 117, kind)
            .unwrap();
        out
    };
    // 4:4:4.
    let (_, _, rows) = ours(&encode(&painted, image::ExtendedColorType::Rgb8), 8);
    assert!(distance(&painted, &rows) < 2.5);
    // Grey.
    let (_, _, rows) = ours(&encode(&grey, image::ExtendedColorType::L8), 8);
    let three: Vec<u8> = grey.iter().flat_map(|value| [*value; 3]).collect();
    assert!(distance(&three, &rows) < 2.0);
}

#[test]
fn plans_fit_the_memory() {
    let plan = |width, height, progressive| {
        let bytes = plain(width, height, progressive);
        let header = Header::read(&bytes).unwrap();
        Plan::choose(&header, 2_048, 47 << 20).map(|plan| plan.side)
    };
    assert_eq!(plan(2_000, 1_500, false), Some(8));
    assert_eq!(plan(4_000, 3_000, false), Some(4));
    assert_eq!(plan(3_200, 2_400, false), Some(8));
    assert_eq!(plan(12_000, 9_000, false), Some(2));
    assert_eq!(plan(12_000, 9_000, true), Some(2));
    assert_eq!(plan(16_320, 12_240, false), Some(1));
}

#[test]
fn cut_data_is_damaged() {
    for progressive in [false, true] {
        let bytes = generate(
            5,
            100,
            80,
            &Extras {
                progressive,
                ..Extras::none()
            },
        );
        for cut in [3, 10, 100, 1_000, bytes.len() / 2] {
            let cut = &bytes[..bytes.len() - cut];
            let result = Header::read(cut).and_then(|header| {
                let plan = Plan::choose(&header, 2_048, 47 << 20).unwrap();
                decode(header, plan, &mut |_| ())
            });
            assert_eq!(result, Err(crate::MediaError::Damaged));
        }
    }
}

/// Files of libjpeg-turbo: restart markers, samplings, separate scans, progressive scans with runs over many blocks.
#[test]
fn other_encoders_files() {
    macro_rules! fixture {
        ($name:literal) => {
            (
                $name,
                include_bytes!(concat!("../../tests/fixtures/jpeg/", $name, ".jpg")).as_slice(),
            )
        };
    }
    for (name, bytes) in [
        fixture!("restart"),
        fixture!("baseline-411"),
        fixture!("baseline-440"),
        fixture!("progressive-422"),
        fixture!("progressive-restart"),
        fixture!("grey-progressive"),
        fixture!("rgb"),
    ] {
        let image = theirs(bytes);
        let (width, height, rows) = ours(bytes, 8);
        assert_eq!((width, height), image.dimensions(), "{name}");
        assert!(
            distance(&rows, image.as_raw()) < 5.0,
            "{name}: {}",
            distance(&rows, image.as_raw())
        );
        // Chroma sampled in one direction only is repeated, which shows the more the smaller the picture (12 × 9 at last).
        for (side, n, near) in [(4, 2, 7.0), (2, 4, 10.0), (1, 8, 15.0)] {
            let (_, _, rows) = ours(bytes, side);
            let far = distance(&rows, &averaged(&image, n));
            assert!(far < near, "{name}, side {side}: {far}");
        }
    }
    // The independent decoder mixes up separate scans (libjpeg agrees with us): the same coefficients in one scan judge.
    let (separate, together) = (fixture!("separate-scans").1, fixture!("restart").1);
    assert_eq!(ours(separate, 8), ours(together, 8));
    for (name, bytes) in [fixture!("arithmetic"), fixture!("cmyk")] {
        let refused = crate::clean(bytes, &crate::Limits::default()).unwrap_err();
        assert_eq!(
            refused,
            crate::MediaError::Unsupported(crate::Kind::Jpeg),
            "{name}"
        );
    }
}
