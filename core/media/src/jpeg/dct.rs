//! The forward transform of one block: Arai, Agui and Nakajima's factorisation, its scale factors left to the quantiser.
//!
//! Works on eight columns at a time in plain arrays, which compilers turn into vector code on every phone.

pub(super) type Lanes = [f32; 8];

/// What [`forward`] leaves in each row and column beside the factor 8 (T.81 A.3.3 has none of it).
pub(super) const SCALE: [f32; 8] = [
    1.0,
    1.387_039_8,
    1.306_563,
    1.175_875_6,
    1.0,
    0.785_694_96,
    0.541_196_1,
    0.275_899_38,
];

#[inline]
pub(super) fn each(a: &Lanes, b: &Lanes, op: impl Fn(f32, f32) -> f32) -> Lanes {
    let mut out = [0.0; 8];
    for ((out, a), b) in out.iter_mut().zip(a).zip(b) {
        *out = op(*a, *b);
    }
    out
}

#[inline]
pub(super) fn transpose(block: &mut [Lanes; 8]) {
    *block = std::array::from_fn(|row| std::array::from_fn(|column| block[column][row]));
}

/// Transforms samples (centred on zero) in place.
pub(super) fn forward(block: &mut [Lanes; 8]) {
    columns(block);
    transpose(block);
    columns(block);
    transpose(block);
}

#[inline]
fn columns(d: &mut [Lanes; 8]) {
    let add = |a: f32, b: f32| a + b;
    let sub = |a: f32, b: f32| a - b;
    let (s0, t7) = (each(&d[0], &d[7], add), each(&d[0], &d[7], sub));
    let (s1, t6) = (each(&d[1], &d[6], add), each(&d[1], &d[6], sub));
    let (s2, t5) = (each(&d[2], &d[5], add), each(&d[2], &d[5], sub));
    let (s3, t4) = (each(&d[3], &d[4], add), each(&d[3], &d[4], sub));

    let (e0, e3) = (each(&s0, &s3, add), each(&s0, &s3, sub));
    let (e1, e2) = (each(&s1, &s2, add), each(&s1, &s2, sub));
    let turned = each(&e2, &e3, |a, b| (a + b) * 0.707_106_77);
    d[0] = each(&e0, &e1, add);
    d[4] = each(&e0, &e1, sub);
    d[2] = each(&e3, &turned, add);
    d[6] = each(&e3, &turned, sub);

    let (o0, o1, o2) = (
        each(&t4, &t5, add),
        each(&t5, &t6, add),
        each(&t6, &t7, add),
    );
    let shared = each(&o0, &o2, |a, b| (a - b) * 0.382_683_43);
    let low = each(&o0, &shared, |a, z| 0.541_196_1 * a + z);
    let high = each(&o2, &shared, |a, z| 1.306_563 * a + z);
    let (near, far) = (
        each(&t7, &o1, |a, b| a + b * 0.707_106_77),
        each(&t7, &o1, |a, b| a - b * 0.707_106_77),
    );
    d[5] = each(&far, &low, add);
    d[3] = each(&far, &low, sub);
    d[1] = each(&near, &high, add);
    d[7] = each(&near, &high, sub);
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The definition of T.81 A.3.3, term by term.
    #[test]
    fn agrees_with_the_definition() {
        let samples: Vec<f32> = (0..64)
            .map(|i: u32| (i.wrapping_mul(2_654_435_761) >> 24) as f32 - 128.0)
            .collect();
        let mut block = [[0.0; 8]; 8];
        for (i, value) in samples.iter().enumerate() {
            block[i / 8][i % 8] = *value;
        }
        forward(&mut block);
        for (v, row) in block.iter().enumerate() {
            for (u, got) in row.iter().enumerate() {
                let weight = |n: usize| if n == 0 { (0.5f64).sqrt() } else { 1.0 };
                let angle = |at: usize, n: usize| {
                    ((2 * at + 1) as f64 * n as f64 * std::f64::consts::PI / 16.0).cos()
                };
                let sum: f64 = (0..64)
                    .map(|i| f64::from(samples[i]) * angle(i % 8, u) * angle(i / 8, v))
                    .sum();
                let wanted = weight(u) * weight(v) * sum / 4.0;
                let got = f64::from(got / (SCALE[u] * SCALE[v] * 8.0));
                assert!((wanted - got).abs() < 0.01, "({u},{v}): {wanted} {got}");
            }
        }
    }
}
