//! Benefit levels by date: which level a printed digit means, and which share of the costs it pays.
//!
//! Invariant: dated rows with their legal source; a day before the first row, or a digit no row has, gets no answer.

use hues_vietnam::Date;
use serde::Serialize;

/// The level that counts on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
pub struct Benefit {
    /// The level, 1 to 5.
    pub level: u8,
    /// The share of the costs within the scope of insurance, in percent.
    pub percent: u8,
    /// The text that says so.
    pub source: &'static str,
}

/// One rule: cards of `object` (all, if none) with this printed level count as `level` from `from` on.
struct Row {
    object: Option<&'static str>,
    printed: u8,
    from: (i32, u32, u32),
    level: u8,
    source: &'static str,
}

const CODES: &str = "Decision 1351/QĐ-BHXH of 16/11/2015, article 2; Health Insurance Law as amended by 46/2014/QH13, article 22";
const FULL_COVER: &str = "Resolution 261/2025/QH15; CV 38/BYT-BH of 06/01/2026";

/// The day the levels 1 to 5 began: the amended law's entry into force.
const BEGIN: (i32, u32, u32) = (2015, 1, 1);

/// The last row that fits counts.
const ROWS: &[Row] = &[
    row(None, 1, BEGIN, 1, CODES),
    row(None, 2, BEGIN, 2, CODES),
    row(None, 3, BEGIN, 3, CODES),
    row(None, 4, BEGIN, 4, CODES),
    row(None, 5, BEGIN, 5, CODES),
    row(Some("CN"), 3, (2026, 1, 1), 2, FULL_COVER),
    row(Some("LH"), 4, (2026, 1, 1), 2, FULL_COVER),
];

const fn row(
    object: Option<&'static str>,
    printed: u8,
    from: (i32, u32, u32),
    level: u8,
    source: &'static str,
) -> Row {
    Row {
        object,
        printed,
        from,
        level,
        source,
    }
}

/// The level of a card on a day: its object code (`DN`; empty if the card has none), the digit printed on it.
#[must_use]
pub fn benefit_on(object_code: &str, printed: u8, on: Date) -> Option<Benefit> {
    let fits = |row: &&Row| {
        row.printed == printed
            && row.object.is_none_or(|object| object == object_code)
            && row.from <= on.ymd()
    };
    let row = ROWS.iter().rev().find(fits)?;
    Some(Benefit {
        level: row.level,
        percent: percent(row.level)?,
        source: row.source,
    })
}

/// Health Insurance Law article 22 (1): 100 %, 95 % or 80 %; level 5 (armed forces) is paid outside of the scope as well.
const fn percent(level: u8) -> Option<u8> {
    match level {
        1 | 2 | 5 => Some(100),
        3 => Some(95),
        4 => Some(80),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn on(object: &str, printed: u8, day: &str) -> Option<(u8, u8)> {
        benefit_on(object, printed, day.parse().unwrap()).map(|b| (b.level, b.percent))
    }

    #[test]
    fn levels_by_date() {
        for (printed, percent) in [(1, 100), (2, 100), (3, 95), (4, 80), (5, 100)] {
            assert_eq!(on("DN", printed, "2026-11-24"), Some((printed, percent)));
            assert_eq!(on("DN", printed, "2014-12-31"), None);
        }
        for printed in [0, 6, 9] {
            assert_eq!(on("DN", printed, "2026-11-24"), None);
        }
    }

    #[test]
    fn what_became_free_of_charge_in_2026() {
        assert_eq!(on("CN", 3, "2025-12-31"), Some((3, 95)));
        assert_eq!(on("CN", 3, "2026-01-01"), Some((2, 100)));
        assert_eq!(on("LH", 4, "2025-12-31"), Some((4, 80)));
        assert_eq!(on("LH", 4, "2026-01-01"), Some((2, 100)));
        assert_eq!(on("CN", 4, "2026-01-01"), Some((4, 80)));
        assert_eq!(on("LH", 3, "2026-01-01"), Some((3, 95)));
    }

    #[test]
    fn every_row_names_its_source() {
        assert!(ROWS.iter().all(|row| !row.source.is_empty()));
    }
}
