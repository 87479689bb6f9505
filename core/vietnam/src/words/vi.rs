//! Vietnamese numerals. The rules are those of [`number_words`](super::number_words).

use super::{say, Speech};

const DIGITS: [&str; 10] = [
    "không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín",
];
const BILLION: u64 = 1_000_000_000;

/// The name of one digit said alone.
pub(super) fn digit(digit: u64) -> &'static str {
    DIGITS.get(digit as usize).copied().unwrap_or_default()
}

/// Any number: what stands above 10^9 is a number of its own before `tỷ`.
pub(super) fn whole(said: &mut String, number: u64, speech: Speech) {
    let (billions, rest) = (number / BILLION, number % BILLION);
    if billions > 0 {
        whole(said, billions, speech);
        say(said, "tỷ");
    }
    if rest > 0 || billions == 0 {
        below_billion(said, rest, billions > 0, speech);
    }
}

fn below_billion(said: &mut String, number: u64, after_higher: bool, speech: Speech) {
    let thousand = match speech {
        Speech::Northern => "nghìn",
        Speech::Southern => "ngàn",
    };
    let groups = [
        (number / 1_000_000, "triệu"),
        (number / 1000 % 1000, thousand),
        (number % 1000, ""),
    ];
    let mut after_higher = after_higher;
    for (group, name) in groups.into_iter().filter(|(group, _)| *group > 0) {
        below_thousand(said, group, after_higher, speech);
        if !name.is_empty() {
            say(said, name);
        }
        after_higher = true;
    }
    if number == 0 {
        say(said, digit(0));
    }
}

/// A group of three that is not zero; after a higher one it names its hundreds even where there are none.
fn below_thousand(said: &mut String, number: u64, after_higher: bool, speech: Speech) {
    let (hundreds, tens, ones) = (number / 100, number / 10 % 10, number % 10);
    let names_hundreds = hundreds > 0 || after_higher;
    if names_hundreds {
        say(said, digit(hundreds));
        say(said, "trăm");
    }
    match (tens, ones) {
        (0, 0) => {}
        (0, _) if names_hundreds => {
            say(
                said,
                match speech {
                    Speech::Northern => "linh",
                    Speech::Southern => "lẻ",
                },
            );
            say(said, digit(ones));
        }
        (0, _) => say(said, digit(ones)),
        (1, _) => {
            say(said, "mười");
            after_ten(said, ones);
        }
        (_, _) => {
            say(said, digit(tens));
            say(said, "mươi");
            match ones {
                1 => say(said, "mốt"),
                4 => say(said, "tư"),
                _ => after_ten(said, ones),
            }
        }
    }
}

fn after_ten(said: &mut String, ones: u64) {
    match ones {
        0 => {}
        5 => say(said, "lăm"),
        _ => say(said, digit(ones)),
    }
}
