//! The check digit: weights 7, 3, 1 over values modulo 10, `A` = 10 … `Z` = 35, `<` = 0 (ICAO Doc 9303 part 3 section 4.9).
//!
//! What it cannot see: weights 7, 3 and 1 have no factor in common with 10, so one changed character goes unseen exactly when the
//! two values agree modulo 10: `0 A K U <`, `1 B L V`, `2 C M W`, `3 D N X`, `4 E O Y`, `5 F P Z`, `6 G Q`, `7 H R`, `8 I S`,
//! `9 J T`. Two neighbours exchanged go unseen when their values differ by a multiple of 5 and the weights of their places differ by an even
//! number (7 and 3, 3 and 1, 1 and 7 all do). Names, document code, states and sex are under no check digit at all (the sex of a TD1 neither).

use std::ops::Range;

/// Value of a character; `None` for one the zone does not have.
pub(super) const fn value(character: u8) -> Option<u32> {
    match character {
        b'0'..=b'9' => Some((character - b'0') as u32),
        b'A'..=b'Z' => Some((character - b'A') as u32 + 10),
        b'<' => Some(0),
        _ => None,
    }
}

/// A check digit under way.
#[derive(Default)]
pub(super) struct CheckDigit {
    sum: u32,
    at: usize,
}

impl CheckDigit {
    /// Adds characters of the zone's alphabet; others count as `<`.
    pub(super) fn add(mut self, characters: &[u8]) -> CheckDigit {
        for character in characters {
            let weight = match self.at % 3 {
                0 => 7,
                1 => 3,
                _ => 1,
            };
            self.sum += value(*character).unwrap_or(0) * weight;
            self.at += 1;
        }
        self
    }

    /// The digit, in ASCII.
    pub(super) const fn digit(self) -> u8 {
        b'0' + (self.sum % 10) as u8
    }
}

/// The check digit of one field.
pub(super) fn check_digit(field: &[u8]) -> u8 {
    CheckDigit::default().add(field).digit()
}

/// The check digit over several pieces of a zone.
pub(super) fn composite(zone: &[u8], pieces: &[Range<usize>]) -> u8 {
    pieces
        .iter()
        .filter_map(|piece| zone.get(piece.clone()))
        .fold(CheckDigit::default(), CheckDigit::add)
        .digit()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const ALPHABET: &[u8] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ<";

    #[test]
    fn the_examples_of_part_3() {
        // Appendix A to part 3: a date, and a document number with the fields around it.
        assert_eq!(check_digit(b"520727"), b'3');
        assert_eq!(check_digit(b"AB2134<<<"), b'5');
        assert_eq!(
            CheckDigit::default()
                .add(b"HA672242<6")
                .add(b"5802254")
                .add(b"9601086")
                .digit(),
            b'8'
        );
    }

    proptest! {
        #[test]
        fn one_flip_is_seen_unless_the_values_agree_modulo_10(
            field in prop::collection::vec(prop::sample::select(ALPHABET), 1..30),
            at in any::<prop::sample::Index>(),
            to in prop::sample::select(ALPHABET),
        ) {
            let mut flipped = field.clone();
            let place = at.index(field.len());
            flipped[place] = to;
            let unseen = value(field[place]).unwrap() % 10 == value(to).unwrap() % 10;
            prop_assert_eq!(check_digit(&field) == check_digit(&flipped), unseen);
        }

        #[test]
        fn two_neighbours_exchanged_are_seen_unless_they_differ_by_a_multiple_of_5(
            field in prop::collection::vec(prop::sample::select(ALPHABET), 2..30),
            at in any::<prop::sample::Index>(),
        ) {
            let place = at.index(field.len() - 1);
            let mut flipped = field.clone();
            flipped.swap(place, place + 1);
            let difference = value(field[place]).unwrap().abs_diff(value(field[place + 1]).unwrap());
            prop_assert_eq!(check_digit(&field) == check_digit(&flipped), difference.is_multiple_of(5));
        }
    }
}
