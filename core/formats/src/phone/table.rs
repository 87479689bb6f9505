//! Who has which prefix.
//!
//! Invariant: prefixes are listed, not guessed from neighbours; one that nobody was given is unknown.

use super::PhoneKind;

/// A line that a prefix leads to.
pub(super) struct Line {
    pub kind: PhoneKind,
    /// Digits after the zero, prefix included.
    pub digits: usize,
    /// A closed network of state bodies, not dialled from abroad.
    pub is_closed: bool,
}

/// The line of a number without its zero.
pub(super) fn line(subscriber: &str) -> Option<Line> {
    let open = |kind, digits| {
        Some(Line {
            kind,
            digits,
            is_closed: false,
        })
    };
    let closed = |digits| {
        Some(Line {
            kind: PhoneKind::Landline,
            digits,
            is_closed: true,
        })
    };
    let two = subscriber.get(..2)?;
    match two {
        "24" | "28" => return open(PhoneKind::Landline, 10),
        "69" => return closed(9),
        "80" => return closed(7),
        _ => {}
    }
    if MOBILE.contains(&two) {
        return open(PhoneKind::Mobile, 9);
    }
    match subscriber.get(..3) {
        Some(area) if AREAS.contains(&area) => open(PhoneKind::Landline, 10),
        _ => None,
    }
}

/// Mobile prefixes in use (Circular 22/2014/TT-BTTTT annex 1; Decision 798/QĐ-BTTTT; later allocations 052, 055, 087).
const MOBILE: [&str; 36] = [
    "32", "33", "34", "35", "36", "37", "38", "39", "52", "55", "56", "58", "59", "70", "76", "77",
    "78", "79", "81", "82", "83", "84", "85", "86", "87", "88", "89", "90", "91", "92", "93", "94",
    "96", "97", "98", "99",
];

/// Area codes of three digits (Decision 2036/QĐ-BTTTT); Hà Nội (24) and Hồ Chí Minh City (28) have two. They stayed when provinces merged in
/// 2025.
const AREAS: [&str; 61] = [
    "203", "204", "205", "206", "207", "208", "209", "210", "211", "212", "213", "214", "215",
    "216", "218", "219", "220", "221", "222", "225", "226", "227", "228", "229", "232", "233",
    "234", "235", "236", "237", "238", "239", "251", "252", "254", "255", "256", "257", "258",
    "259", "260", "261", "262", "263", "269", "270", "271", "272", "273", "274", "275", "276",
    "277", "290", "291", "292", "293", "294", "296", "297", "299",
];

/// The prefix of today of a mobile number of before 15 September 2018 (Decision 798/QĐ-BTTTT), its seven last digits unchanged.
pub(super) fn before_2018(subscriber: &str) -> Option<&'static str> {
    Some(match subscriber.get(..3)? {
        "120" => "70",
        "121" => "79",
        "122" => "77",
        "126" => "76",
        "128" => "78",
        "123" => "83",
        "124" => "84",
        "125" => "85",
        "127" => "81",
        "129" => "82",
        "162" => "32",
        "163" => "33",
        "164" => "34",
        "165" => "35",
        "166" => "36",
        "167" => "37",
        "168" => "38",
        "169" => "39",
        "186" => "56",
        "188" => "58",
        "199" => "59",
        _ => return None,
    })
}

/// Numbers that are dialled as they are: Circular 22/2014/TT-BTTTT annex 3.
pub(super) fn short(digits: &str) -> Option<PhoneKind> {
    match digits {
        // Children (Decree 56/2017/NĐ-CP article 23), rescue, police, fire, ambulance.
        "111" | "112" | "113" | "114" | "115" => Some(PhoneKind::Emergency),
        // Directory, time, reporting a fault.
        "116" | "117" | "119" => Some(PhoneKind::Hotline),
        // Information and complaints: 1022 of the provinces, 1080 and its neighbours.
        _ if digits.len() == 4 && digits.starts_with("10") => Some(PhoneKind::Hotline),
        // Free and paid services, four or six digits behind.
        _ if matches!(digits.len(), 8 | 10)
            && (digits.starts_with("1800") || digits.starts_with("1900")) =>
        {
            Some(PhoneKind::Hotline)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prefixes_of_2018_became_mobile_prefixes_of_today() {
        let new: Vec<_> = (100..200)
            .filter_map(|old| before_2018(&old.to_string()))
            .collect();
        assert_eq!(new.len(), 21);
        assert!(new.iter().all(|prefix| MOBILE.contains(prefix)));
        let mut once = new.clone();
        once.sort_unstable();
        once.dedup();
        assert_eq!(once.len(), 21);
    }

    #[test]
    fn tables_ascend() {
        assert!(MOBILE.windows(2).all(|two| two[0] < two[1]));
        assert!(AREAS.windows(2).all(|two| two[0] < two[1]));
    }
}
