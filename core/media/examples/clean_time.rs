//! Prints how long cleaning takes and how much memory is in use, for photos as phones make them.
//!
//! `cargo run --release -p hues-media --example clean_time [file …]`
//!
//! The README keeps the figures of one run. A phone of 2018 with a slow core takes five to eight times as long.
#![allow(clippy::print_stdout)]

use hues_media::testkit::{generate, Extras};
use hues_media::{clean, Limits};
use std::time::Instant;

fn measure(name: &str, bytes: &[u8]) {
    let mut best = u128::MAX;
    let mut result = None;
    for _ in 0..3 {
        let start = Instant::now();
        result = Some(clean(bytes, &Limits::default()));
        best = best.min(start.elapsed().as_millis());
    }
    match result {
        Some(Ok(photo)) => println!(
            "{name}: {} KB in, {} x {} and {} KB out, {best} ms",
            bytes.len() / 1024,
            photo.width,
            photo.height,
            photo.jpeg.len() / 1024
        ),
        Some(Err(error)) => println!("{name}: {error}, {best} ms"),
        None => {}
    }
}

fn main() {
    let files: Vec<String> = std::env::args().skip(1).collect();
    if files.is_empty() {
        for (name, width, height, progressive) in [
            ("2 MP baseline", 1_632, 1_224, false),
            ("8 MP baseline", 3_264, 2_448, false),
            ("12 MP baseline", 4_000, 3_000, false),
            ("12 MP progressive", 4_000, 3_000, true),
            ("50 MP baseline", 8_160, 6_120, false),
        ] {
            measure(
                name,
                &generate(
                    1,
                    width,
                    height,
                    &Extras {
                        progressive,
                        ..Extras::default()
                    },
                ),
            );
        }
    }
    for file in files {
        match std::fs::read(&file) {
            Ok(bytes) => measure(&file, &bytes),
            Err(error) => println!("{file}: {error}"),
        }
    }
}
