//! What application identifiers hold: GS1 General Specifications 3.2 (the list), 7.8.5 (which end by their length alone), 7.11
//! (character sets); which of them name a thing in a Digital Link address and in which order others qualify it: GS1 Digital Link
//! Standard: URI Syntax. The facts are those of GS1's Barcode Syntax Dictionary.
//!
//! Invariant: a value that [`Ai::check`] lets through has the characters, the length, the check digits, dates and times of its
//! identifier. Lists of countries and currencies, company prefixes and pairings of identifiers are not looked into.

use super::date::is_date;
use super::gtin::check_digit_agrees;
use crate::Rule;

/// The characters of a component.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Set {
    /// Digits.
    N,
    /// Character set 82 (General Specifications 7.11, table 1).
    X,
    /// Character set 39 (table 2).
    Y,
    /// Base 64 for addresses (table 3).
    Z,
}

/// What else a component must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Is {
    Any,
    /// The last digit checks the others.
    Checked,
    /// YYMMDD, day 00 for the whole month.
    Day0,
    /// YYMMDD.
    Day,
    /// HHMM.
    Time,
    /// HH.
    Hour,
    /// Only zeros.
    Zero,
    /// 0 or 1.
    YesNo,
}

/// One component of a value.
#[derive(Debug, Clone, Copy)]
struct Part {
    set: Set,
    min: usize,
    max: usize,
    is: Is,
}

const fn part(set: Set, min: usize, max: usize, is: Is) -> Part {
    Part { set, min, max, is }
}
const fn n(digits: usize) -> Part {
    part(Set::N, digits, digits, Is::Any)
}
const fn n_to(max: usize) -> Part {
    part(Set::N, 1, max, Is::Any)
}
const fn x_to(max: usize) -> Part {
    part(Set::X, 1, max, Is::Any)
}
const fn x(max: usize) -> Part {
    part(Set::X, max, max, Is::Any)
}
const fn checked(digits: usize) -> Part {
    part(Set::N, digits, digits, Is::Checked)
}
/// A component at the end that may be absent.
const fn or_none(mut part: Part) -> Part {
    part.min = 0;
    part
}
const DAY0: Part = part(Set::N, 6, 6, Is::Day0);
const DAY: Part = part(Set::N, 6, 6, Is::Day);
const TIME: Part = part(Set::N, 4, 4, Is::Time);
const YES_NO: Part = part(Set::N, 1, 1, Is::YesNo);

/// An application identifier, or a range of alike ones.
#[derive(Debug)]
pub struct Ai {
    from: &'static str,
    to: &'static str,
    /// Its length is predefined, so that no separator need follow.
    fixed: bool,
    parts: &'static [Part],
    /// Names a thing in a Digital Link address: alternatives of identifiers that may qualify it, in their order.
    key: Option<&'static [&'static [&'static str]]>,
}

const fn ai(from: &'static str, to: &'static str, parts: &'static [Part]) -> Ai {
    Ai {
        from,
        to,
        fixed: false,
        parts,
        key: None,
    }
}
const fn one(from: &'static str, parts: &'static [Part]) -> Ai {
    ai(from, from, parts)
}
const fn fixed(from: &'static str, to: &'static str, parts: &'static [Part]) -> Ai {
    Ai {
        fixed: true,
        ..ai(from, to, parts)
    }
}
const fn key(ai: Ai, qualifiers: &'static [&'static [&'static str]]) -> Ai {
    Ai {
        key: Some(qualifiers),
        ..ai
    }
}

#[rustfmt::skip]
static TABLE: &[Ai] = &[
    key(fixed("00", "00", &[checked(18)]), &[]),
    key(fixed("01", "01", &[checked(14)]), &[&["22", "10", "21"], &["235"]]),
    fixed("02", "02", &[checked(14)]),
    one("10", &[x_to(20)]),
    fixed("11", "13", &[DAY0]),
    fixed("15", "17", &[DAY0]),
    fixed("20", "20", &[n(2)]),
    ai("21", "22", &[x_to(20)]),
    one("235", &[x_to(28)]),
    ai("240", "241", &[x_to(30)]),
    one("242", &[n_to(6)]),
    one("243", &[x_to(20)]),
    ai("250", "251", &[x_to(30)]),
    key(one("253", &[checked(13), or_none(x_to(17))]), &[]),
    one("254", &[x_to(20)]),
    key(one("255", &[checked(13), or_none(n_to(12))]), &[]),
    one("30", &[n_to(8)]),
    fixed("3100", "3105", &[n(6)]), fixed("3110", "3115", &[n(6)]), fixed("3120", "3125", &[n(6)]),
    fixed("3130", "3135", &[n(6)]), fixed("3140", "3145", &[n(6)]), fixed("3150", "3155", &[n(6)]),
    fixed("3160", "3165", &[n(6)]), fixed("3200", "3205", &[n(6)]), fixed("3210", "3215", &[n(6)]),
    fixed("3220", "3225", &[n(6)]), fixed("3230", "3235", &[n(6)]), fixed("3240", "3245", &[n(6)]),
    fixed("3250", "3255", &[n(6)]), fixed("3260", "3265", &[n(6)]), fixed("3270", "3275", &[n(6)]),
    fixed("3280", "3285", &[n(6)]), fixed("3290", "3295", &[n(6)]), fixed("3300", "3305", &[n(6)]),
    fixed("3310", "3315", &[n(6)]), fixed("3320", "3325", &[n(6)]), fixed("3330", "3335", &[n(6)]),
    fixed("3340", "3345", &[n(6)]), fixed("3350", "3355", &[n(6)]), fixed("3360", "3365", &[n(6)]),
    fixed("3370", "3375", &[n(6)]), fixed("3400", "3405", &[n(6)]), fixed("3410", "3415", &[n(6)]),
    fixed("3420", "3425", &[n(6)]), fixed("3430", "3435", &[n(6)]), fixed("3440", "3445", &[n(6)]),
    fixed("3450", "3455", &[n(6)]), fixed("3460", "3465", &[n(6)]), fixed("3470", "3475", &[n(6)]),
    fixed("3480", "3485", &[n(6)]), fixed("3490", "3495", &[n(6)]), fixed("3500", "3505", &[n(6)]),
    fixed("3510", "3515", &[n(6)]), fixed("3520", "3525", &[n(6)]), fixed("3530", "3535", &[n(6)]),
    fixed("3540", "3545", &[n(6)]), fixed("3550", "3555", &[n(6)]), fixed("3560", "3565", &[n(6)]),
    fixed("3570", "3575", &[n(6)]), fixed("3600", "3605", &[n(6)]), fixed("3610", "3615", &[n(6)]),
    fixed("3620", "3625", &[n(6)]), fixed("3630", "3635", &[n(6)]), fixed("3640", "3645", &[n(6)]),
    fixed("3650", "3655", &[n(6)]), fixed("3660", "3665", &[n(6)]), fixed("3670", "3675", &[n(6)]),
    fixed("3680", "3685", &[n(6)]), fixed("3690", "3695", &[n(6)]),
    one("37", &[n_to(8)]),
    ai("3900", "3909", &[n_to(15)]),
    ai("3910", "3919", &[n(3), n_to(15)]),
    ai("3920", "3929", &[n_to(15)]),
    ai("3930", "3939", &[n(3), n_to(15)]),
    ai("3940", "3943", &[n(4)]),
    ai("3950", "3955", &[n(6)]),
    one("400", &[x_to(30)]),
    key(one("401", &[x_to(30)]), &[]),
    key(one("402", &[checked(17)]), &[]),
    one("403", &[x_to(30)]),
    fixed("410", "413", &[checked(13)]),
    key(fixed("414", "414", &[checked(13)]), &[&["254"], &["7040"]]),
    key(fixed("415", "415", &[checked(13)]), &[&["8020"]]),
    fixed("416", "416", &[checked(13)]),
    key(fixed("417", "417", &[checked(13)]), &[&["7040"]]),
    one("420", &[x_to(20)]),
    one("421", &[n(3), x_to(9)]),
    one("422", &[n(3)]),
    one("423", &[n_to(15)]),
    one("424", &[n(3)]),
    one("425", &[n_to(15)]),
    one("426", &[n(3)]),
    one("427", &[x_to(3)]),
    ai("4300", "4301", &[x_to(35)]),
    ai("4302", "4306", &[x_to(70)]),
    one("4307", &[x(2)]),
    one("4308", &[x_to(30)]),
    one("4309", &[n(20)]),
    ai("4310", "4311", &[x_to(35)]),
    ai("4312", "4316", &[x_to(70)]),
    one("4317", &[x(2)]),
    one("4318", &[x_to(20)]),
    one("4319", &[x_to(30)]),
    one("4320", &[x_to(35)]),
    ai("4321", "4323", &[YES_NO]),
    ai("4324", "4325", &[DAY0, TIME]),
    one("4326", &[DAY]),
    ai("4330", "4333", &[n(6), or_none(x(1))]),
    one("7001", &[n(13)]),
    one("7002", &[x_to(30)]),
    one("7003", &[DAY, TIME]),
    one("7004", &[n_to(4)]),
    one("7005", &[x_to(12)]),
    one("7006", &[DAY]),
    one("7007", &[DAY, or_none(DAY)]),
    one("7008", &[x_to(3)]),
    one("7009", &[x_to(10)]),
    one("7010", &[x_to(2)]),
    one("7011", &[DAY, or_none(TIME)]),
    ai("7020", "7022", &[x_to(20)]),
    one("7023", &[x_to(30)]),
    ai("7030", "7039", &[n(3), x_to(27)]),
    one("7040", &[n(1), x(3)]),
    ai("710", "715", &[x_to(20)]),
    ai("7230", "7239", &[x(2), x_to(28)]),
    one("7240", &[x_to(20)]),
    one("7241", &[n(2)]),
    one("7242", &[x_to(25)]),
    one("8001", &[n(14)]),
    one("8002", &[x_to(20)]),
    key(one("8003", &[part(Set::N, 1, 1, Is::Zero), checked(13), or_none(x_to(16))]), &[]),
    key(one("8004", &[x_to(30)]), &[&["7040"]]),
    one("8005", &[n(6)]),
    key(one("8006", &[checked(14), n(4)]), &[&["22", "10", "21"]]),
    one("8007", &[x_to(34)]),
    one("8008", &[DAY, part(Set::N, 2, 2, Is::Hour), or_none(n_to(4))]),
    one("8009", &[x_to(50)]),
    key(one("8010", &[part(Set::Y, 1, 30, Is::Any)]), &[&["8011"]]),
    one("8011", &[n_to(12)]),
    one("8012", &[x_to(20)]),
    key(one("8013", &[x_to(25)]), &[]),
    key(ai("8017", "8018", &[checked(18)]), &[&["8019"]]),
    one("8019", &[n_to(10)]),
    one("8020", &[x_to(25)]),
    one("8026", &[checked(14), n(4)]),
    one("8030", &[part(Set::Z, 1, 90, Is::Any)]),
    one("8110", &[x_to(70)]),
    one("8111", &[n(4)]),
    one("8112", &[x_to(70)]),
    one("8200", &[x_to(70)]),
    one("90", &[x_to(30)]),
    ai("91", "99", &[x_to(90)]),
];

impl Ai {
    /// What is known of an identifier; `None` when the list does not have it.
    #[must_use]
    pub fn find(ai: &str) -> Option<&'static Ai> {
        // Identifiers of one length with one beginning are neighbours, so that text order is number order.
        TABLE
            .iter()
            .find(|row| row.from.len() == ai.len() && row.from <= ai && ai <= row.to)
            .filter(|_| ai.bytes().all(|b| b.is_ascii_digit()))
    }

    /// The identifier that a text begins with, and what is known of it.
    pub(super) fn begins(text: &str) -> Option<(&str, &'static Ai)> {
        (2..=4).find_map(|length| {
            let ai = text.get(..length)?;
            Some((ai, Ai::find(ai)?))
        })
    }

    /// The length of its value, when it is predefined: no separator need follow (General Specifications 7.8.5).
    #[must_use]
    pub fn fixed_length(&self) -> Option<usize> {
        self.fixed
            .then(|| self.parts.iter().map(|part| part.max).sum())
    }

    /// Whether it names a thing in a Digital Link address.
    #[must_use]
    pub fn is_key(&self) -> bool {
        self.key.is_some()
    }

    /// Alternatives of identifiers that may qualify it, each in its order.
    pub(super) fn qualifiers(&self) -> &'static [&'static [&'static str]] {
        self.key.unwrap_or_default()
    }

    /// Checks a value: the rule it breaks, and the byte where.
    ///
    /// # Errors
    /// `length`, `charset`, `checksum`, `date` or `format` (a time, a zero, a yes or no).
    pub fn check(&self, value: &str) -> Result<(), (Rule, usize)> {
        let mut rest = value;
        for part in self.parts {
            let at = value.len() - rest.len();
            // Characters of these sets are ASCII: another one makes the cut fail or is found by the set.
            let length = rest.len().min(part.max);
            let (text, after) = rest.split_at_checked(length).ok_or((Rule::Charset, at))?;
            if let Some(bad) = text.bytes().position(|b| !part.set.has(b)) {
                return Err((Rule::Charset, at + bad));
            }
            if text.len() < part.min {
                return Err((Rule::Length, value.len()));
            }
            if !text.is_empty() {
                // A date or time that may be absent is whole where it is there.
                if matches!(part.is, Is::Day | Is::Time) && text.len() != part.max {
                    return Err((Rule::Length, value.len()));
                }
                part.is.holds(text).map_err(|rule| (rule, at))?;
            }
            rest = after;
        }
        match rest.is_empty() {
            true => Ok(()),
            false if !rest.is_ascii() => Err((Rule::Charset, value.len() - rest.len())),
            false => Err((Rule::Length, value.len() - rest.len())),
        }
    }
}

impl Set {
    fn has(self, byte: u8) -> bool {
        match self {
            Set::N => byte.is_ascii_digit(),
            Set::X => byte.is_ascii_alphanumeric() || b"!\"%&'()*+,-./:;<=>?_".contains(&byte),
            Set::Y => byte.is_ascii_digit() || byte.is_ascii_uppercase() || b"#-/".contains(&byte),
            Set::Z => byte.is_ascii_alphanumeric() || b"-_=".contains(&byte),
        }
    }
}

impl Is {
    fn holds(self, text: &str) -> Result<(), Rule> {
        let two = |at: usize| text.get(at..at + 2).unwrap_or_default();
        let (good, rule) = match self {
            Is::Any => (true, Rule::Format),
            Is::Checked => (check_digit_agrees(text.as_bytes()), Rule::Checksum),
            Is::Day0 => (is_date(text, true), Rule::Date),
            Is::Day => (is_date(text, false), Rule::Date),
            Is::Time => (two(0) < "24" && two(2) < "60", Rule::Format),
            Is::Hour => (two(0) < "24", Rule::Format),
            Is::Zero => (text.bytes().all(|b| b == b'0'), Rule::Format),
            Is::YesNo => (text == "0" || text == "1", Rule::Format),
        };
        match good {
            true => Ok(()),
            false => Err(rule),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(ai: &str, value: &str) -> Result<(), Rule> {
        Ai::find(ai).unwrap().check(value).map_err(|(rule, _)| rule)
    }

    #[test]
    fn the_table_is_well_formed() {
        for row in TABLE {
            assert!(
                row.from <= row.to && row.from.len() == row.to.len(),
                "{}",
                row.from
            );
            assert!((2..=4).contains(&row.from.len()));
            let (last, before) = row.parts.split_last().unwrap();
            assert!(before.iter().all(|p| p.min == p.max), "{}", row.from);
            assert!(!row.fixed || last.min == last.max, "{}", row.from);
            for qualifier in row.qualifiers().iter().flat_map(|q| q.iter()) {
                assert!(Ai::find(qualifier).is_some_and(|q| !q.is_key()));
            }
            // No identifier begins another one.
            for other in TABLE {
                let longer = other.from.len() > row.from.len();
                let begins = longer.then(|| &other.from[..row.from.len()]);
                assert!(begins.is_none_or(|b| !(row.from <= b && b <= row.to)));
            }
        }
        // General Specifications 7.8.5: which beginnings have a predefined length.
        for row in TABLE.iter().filter(|row| row.fixed) {
            let two = &row.from[..2];
            let known = [
                "00", "01", "02", "11", "15", "20", "31", "32", "33", "34", "35", "36", "41",
            ];
            assert!(known.contains(&two), "{two}");
        }
    }

    #[test]
    fn values_are_checked() {
        assert_eq!(check("01", "09506000134352"), Ok(()));
        assert_eq!(check("01", "09506000134353"), Err(Rule::Checksum));
        assert_eq!(check("01", "9506000134352"), Err(Rule::Length));
        assert_eq!(check("10", "ABC/123"), Ok(()));
        assert_eq!(check("10", ""), Err(Rule::Length));
        assert_eq!(check("10", "a b"), Err(Rule::Charset));
        assert_eq!(check("10", "mứt"), Err(Rule::Charset));
        assert_eq!(check("10", &"a".repeat(21)), Err(Rule::Length));
        assert_eq!(check("17", "261200"), Ok(()));
        assert_eq!(check("17", "261301"), Err(Rule::Date));
        assert_eq!(check("7003", "2612312359"), Ok(()));
        assert_eq!(check("7003", "2612312400"), Err(Rule::Format));
        assert_eq!(check("7007", "261101261130"), Ok(()));
        assert_eq!(check("7007", "261101"), Ok(()));
        assert_eq!(check("7007", "2611012611"), Err(Rule::Length));
        assert_eq!(check("253", "4012345000009"), Ok(()));
        assert_eq!(check("253", "4012345000009ABC"), Ok(()));
        assert_eq!(check("8003", "14012345000009"), Err(Rule::Format));
        assert_eq!(check("4321", "2"), Err(Rule::Format));
        assert!(Ai::find("14").is_none());
        assert!(Ai::find("3106").is_none());
        assert!(Ai::find("1").is_none());
    }
}
