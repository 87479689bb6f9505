//! The inverse transform of one block into 8 × 8, 4 × 4, 2 × 2 or 1 × 1 samples.
//!
//! A smaller result comes from the lowest coefficients alone: the transform of that many points, which is an exact
//! low-pass and costs less than decoding in full and averaging.

use super::dct::{each, transpose, Lanes, SCALE};
use std::f32::consts::SQRT_2;

/// Factors by which coefficients are multiplied before the transform: quantiser and scale in one.
#[derive(Clone)]
pub(super) struct Factors {
    side: usize,
    values: [f32; 64],
}

impl Factors {
    /// For blocks of `side` samples, from a quantisation table in row order.
    pub(super) fn new(side: usize, table: &[u16; 64]) -> Self {
        let mut values = [0.0; 64];
        for (i, (value, step)) in values.iter_mut().zip(table).enumerate() {
            let (row, column) = (i / 8, i % 8);
            let scale = if side == 8 {
                SCALE[row] * SCALE[column] / 8.0
            } else {
                side as f32 / 8.0
            };
            *value = f32::from(*step) * scale;
        }
        Factors { side, values }
    }
}

/// Turns `coefficients` (rows of `stride`, at least `side` of them) into samples at `out`, rows `out_stride` apart.
pub(super) fn inverse(
    factors: &Factors,
    coefficients: &[i16],
    stride: usize,
    out: &mut [u8],
    out_stride: usize,
) {
    let side = factors.side;
    if coefficients.iter().skip(1).all(|c| *c == 0) {
        let value = sample(coefficients.first().map_or(0.0, |dc| {
            f32::from(*dc) * factors.values[0] / if side == 8 { 1.0 } else { side as f32 }
        }));
        for row in out.chunks_mut(out_stride).take(side) {
            row.iter_mut().take(side).for_each(|slot| *slot = value);
        }
        return;
    }
    let mut block = [[0.0f32; 8]; 8];
    for ((lanes, row), scale) in block
        .iter_mut()
        .zip(coefficients.chunks(stride))
        .zip(factors.values.chunks_exact(8))
        .take(side)
    {
        for ((lane, value), scale) in lanes.iter_mut().zip(row).zip(scale).take(side) {
            *lane = f32::from(*value) * scale;
        }
    }
    let columns = match side {
        8 => eight,
        4 => four,
        2 => two,
        _ => |_: &mut [Lanes; 8]| (),
    };
    columns(&mut block);
    transpose(&mut block);
    columns(&mut block);
    transpose(&mut block);
    for (row, lanes) in out.chunks_mut(out_stride).zip(&block).take(side) {
        for (slot, value) in row.iter_mut().zip(lanes).take(side) {
            *slot = sample(*value);
        }
    }
}

/// Back from centred on zero; `as` saturates, so that hostile coefficients only make black and white.
#[inline]
fn sample(value: f32) -> u8 {
    (value + 128.5) as u8
}

#[inline]
fn two(d: &mut [Lanes; 8]) {
    const HALF_ROOT: f32 = 0.707_106_77;
    let (a, b) = (d[0], d[1]);
    d[0] = each(&a, &b, |a, b| (a + b) * HALF_ROOT);
    d[1] = each(&a, &b, |a, b| (a - b) * HALF_ROOT);
}

#[inline]
fn four(d: &mut [Lanes; 8]) {
    // cos(π/8) and cos(3π/8), over √2.
    const C1: f32 = 0.653_281_5;
    const C3: f32 = 0.270_598_05;
    let (even, odd) = (
        each(&d[0], &d[2], |a, b| (a + b) * 0.5),
        each(&d[0], &d[2], |a, b| (a - b) * 0.5),
    );
    let (outer, inner) = (
        each(&d[1], &d[3], |a, b| C1 * a + C3 * b),
        each(&d[1], &d[3], |a, b| C3 * a - C1 * b),
    );
    d[0] = each(&even, &outer, |a, b| a + b);
    d[3] = each(&even, &outer, |a, b| a - b);
    d[1] = each(&odd, &inner, |a, b| a + b);
    d[2] = each(&odd, &inner, |a, b| a - b);
}

#[inline]
fn eight(d: &mut [Lanes; 8]) {
    let add = |a: f32, b: f32| a + b;
    let sub = |a: f32, b: f32| a - b;
    let (sum, difference) = (each(&d[0], &d[4], add), each(&d[0], &d[4], sub));
    let two_six = each(&d[2], &d[6], add);
    let turned = each(&each(&d[2], &d[6], |a, b| (a - b) * SQRT_2), &two_six, sub);
    let (e0, e3) = (each(&sum, &two_six, add), each(&sum, &two_six, sub));
    let (e1, e2) = (
        each(&difference, &turned, add),
        each(&difference, &turned, sub),
    );

    let (z13, z10) = (each(&d[5], &d[3], add), each(&d[5], &d[3], sub));
    let (z11, z12) = (each(&d[1], &d[7], add), each(&d[1], &d[7], sub));
    let o7 = each(&z11, &z13, add);
    let middle = each(&z11, &z13, |a, b| (a - b) * SQRT_2);
    let shared = each(&z10, &z12, |a, b| (a + b) * 1.847_759_1);
    let left = each(&shared, &z12, |z, b| z - b * 1.082_392_2);
    let right = each(&shared, &z10, |z, a| z - a * 2.613_126);
    let o6 = each(&right, &o7, sub);
    let o5 = each(&middle, &o6, sub);
    let o4 = each(&left, &o5, sub);
    d[0] = each(&e0, &o7, add);
    d[7] = each(&e0, &o7, sub);
    d[1] = each(&e1, &o6, add);
    d[6] = each(&e1, &o6, sub);
    d[2] = each(&e2, &o5, add);
    d[5] = each(&e2, &o5, sub);
    d[3] = each(&e3, &o4, add);
    d[4] = each(&e3, &o4, sub);
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The definition, for any number of points: the lowest `side` coefficients, scaled to keep the mean.
    #[test]
    fn agrees_with_the_definition_at_every_size() {
        let coefficients: Vec<i16> = (0..64u32)
            .map(|i| ((i.wrapping_mul(2_654_435_761) >> 26) as i16 - 32) / (1 + i as i16 / 8))
            .collect();
        let mut table = [3u16; 64];
        table[0] = 5;
        for side in [8, 4, 2, 1usize] {
            let mut out = vec![0u8; side * side];
            inverse(
                &Factors::new(side, &table),
                &coefficients,
                8,
                &mut out,
                side,
            );
            for (i, got) in out.iter().enumerate() {
                let points = side as f64;
                let weight = |n: usize| {
                    if n == 0 {
                        (1.0 / points).sqrt()
                    } else {
                        (2.0 / points).sqrt()
                    }
                };
                let angle = |at: usize, n: usize| {
                    ((2 * at + 1) as f64 * n as f64 * std::f64::consts::PI / (2.0 * points)).cos()
                };
                let mut sum = 0.0;
                for (v, u) in (0..side).flat_map(|v| (0..side).map(move |u| (v, u))) {
                    let value = f64::from(coefficients[v * 8 + u]) * f64::from(table[v * 8 + u]);
                    sum += weight(u) * weight(v) * value * angle(i % side, u) * angle(i / side, v);
                }
                let wanted = (sum * points / 8.0 + 128.0).clamp(0.0, 255.0);
                assert!(
                    (wanted - f64::from(*got)).abs() <= 0.51,
                    "{side}: {wanted} {got}"
                );
            }
        }
    }

    #[test]
    fn a_flat_block_is_flat_and_hostile_values_saturate() {
        let mut flat = [0i16; 64];
        flat[0] = 80;
        for side in [8, 4, 2, 1] {
            let mut out = [0u8; 64];
            inverse(&Factors::new(side, &[1; 64]), &flat, 8, &mut out, 8);
            assert_eq!((out[0], out[(side - 1) * 9]), (138, 138), "{side}");
        }
        let mut out = [0u8; 64];
        inverse(
            &Factors::new(8, &[u16::MAX; 64]),
            &[i16::MIN; 64],
            8,
            &mut out,
            8,
        );
        assert_eq!(out[0], 0);
    }
}
