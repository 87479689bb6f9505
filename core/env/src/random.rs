//! Randomness as a port: the system's on a phone, a seed's in the laboratory.

use rand_chacha::rand_core::{RngCore, SeedableRng};

/// A source of random bytes fit for keys when it is [`SystemRandom`].
pub trait Random: Send {
    /// Fills `buf` with random bytes.
    fn fill(&mut self, buf: &mut [u8]);

    /// A uniformly random `u64`.
    fn next_u64(&mut self) -> u64 {
        let mut b = [0; 8];
        self.fill(&mut b);
        u64::from_le_bytes(b)
    }

    /// A number in `0..bound`, 0 when `bound` is 0. The bias is below 2⁻³² for bounds below 2³².
    fn below(&mut self, bound: u64) -> u64 {
        if bound == 0 {
            0
        } else {
            ((u128::from(self.next_u64()) * u128::from(bound)) >> 64) as u64
        }
    }

    /// A random RFC 9562 version 4 UUID: the only kind of id that leaves the phone (a v7 would show the clock).
    fn uuid_v4(&mut self) -> [u8; 16] {
        let mut b = [0; 16];
        self.fill(&mut b);
        b[6] = (b[6] & 0x0f) | 0x40;
        b[8] = (b[8] & 0x3f) | 0x80;
        b
    }
}

/// The operating system's generator, through `ring`.
#[derive(Debug, Default, Clone, Copy)]
pub struct SystemRandom;

impl Random for SystemRandom {
    fn fill(&mut self, buf: &mut [u8]) {
        // The system generator fails only where the process cannot live anyway (no getrandom, no /dev/urandom);
        // going on with bytes that are not random would be worse than the unwinding panic UniFFI reports.
        #[allow(clippy::expect_used)]
        ring::rand::SecureRandom::fill(&ring::rand::SystemRandom::new(), buf)
            .expect("the system's random generator answers");
    }
}

/// ChaCha20 from a seed: the same seed gives the same bytes. For tests and the laboratory, never for keys on a phone.
#[derive(Debug, Clone)]
pub struct SeededRandom(rand_chacha::ChaCha20Rng);

impl SeededRandom {
    /// The stream of `seed`.
    #[must_use]
    pub fn new(seed: u64) -> SeededRandom {
        SeededRandom(rand_chacha::ChaCha20Rng::seed_from_u64(seed))
    }

    /// A stream of its own, so that one consumer drawing more does not shift another's.
    #[must_use]
    pub fn fork(&mut self) -> SeededRandom {
        SeededRandom::new(self.0.next_u64())
    }
}

impl Random for SeededRandom {
    fn fill(&mut self, buf: &mut [u8]) {
        self.0.fill_bytes(buf);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_replays() {
        let (mut a, mut b) = (SeededRandom::new(7), SeededRandom::new(7));
        assert_eq!(a.uuid_v4(), b.uuid_v4());
        assert_ne!(a.next_u64(), SeededRandom::new(8).next_u64());
    }

    #[test]
    fn below_stays_below() {
        let mut r = SeededRandom::new(1);
        assert!((0..1000).all(|_| r.below(3) < 3));
        assert_eq!(r.below(0), 0);
    }

    #[test]
    fn uuid_carries_version_and_variant() {
        let id = SeededRandom::new(1).uuid_v4();
        assert_eq!((id[6] >> 4, id[8] >> 6), (4, 2));
    }
}
