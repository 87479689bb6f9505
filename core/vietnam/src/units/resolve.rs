//! From what a person or an old paper says to a unit of today: a code, a line of text, or ward, district and province.
//!
//! Invariant: never a guess. Names that moved between units in 2025 (the old commune Phú Xuân is in Phú Hồ today, the ward
//! Phú Xuân is new) are told apart by kind, tones and old district, and where these do not decide the answer is
//! [`UnitError::Ambiguous`] with the possibilities, for the person to choose.

use super::table::{folded_words, NameKey, CURRENT_NAMES, DISTRICTS, FORMER_NAMES};
use super::{by_code, current, former, former_by_code, made_of, FormerUnit, Unit, UnitKind};
use crate::token::tokens;

/// Longest text looked at, in bytes.
const MAX_TEXT: usize = 512;

/// Parts of an address looked at, from its end: province, district, ward, and some before.
const MAX_PARTS: usize = 6;

/// Whether what was asked for is a unit of today.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum UnitStatus {
    /// It is one of the 40 units of today.
    Current,
    /// It is one of the 133 of 30 June 2025.
    Former,
}

/// An answer: the unit of today, and the former one when that is what was asked for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Resolved {
    /// Current or former, as asked.
    pub status: UnitStatus,
    /// The unit of today.
    pub unit: &'static Unit,
    /// The former unit that was named.
    pub former: Option<&'static FormerUnit>,
}

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum UnitError {
    /// No unit of Huế, today's or of 30 June 2025, has this code or name.
    #[error("unknown-code")]
    Unknown,
    /// Several units of today fit; they are listed by code.
    #[error("ambiguous")]
    Ambiguous(Vec<&'static Unit>),
}

/// A unit by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Address<'a> {
    /// Ward, commune or township, with or without its kind (`P. Phú Hội`, `xã Phú Xuân`, `Thuận Hóa`).
    pub ward: &'a str,
    /// The district of before July 2025, when it is known.
    pub district: Option<&'a str>,
    /// The province or city, when it is said: anything but Huế is unknown here.
    pub province: Option<&'a str>,
}

/// The unit that a text names: five digits are a code, anything else an address with the ward first (`Phường Phú Hội, Quận
/// Thuận Hóa, Huế`). What stands before the ward (number, street) is skipped. For parts known apart see
/// [`Address::resolve`].
///
/// # Errors
///
/// See [`UnitError`].
pub fn resolve(text: &str) -> Result<Resolved, UnitError> {
    let text = text.trim();
    if text.len() > MAX_TEXT {
        return Err(UnitError::Unknown);
    }
    if text.len() == 5 && text.bytes().all(|b| b.is_ascii_digit()) {
        return resolve_code(text);
    }
    let all = text
        .rsplit([',', ';', '\n'])
        .map(str::trim)
        .filter(|part| !part.is_empty());
    let mut parts: Vec<&str> = all.take(MAX_PARTS).collect();
    parts.reverse();
    let mut address = Address::default();
    if parts.len() > 1 && parts.last().is_some_and(|p| is_hue(p)) {
        address.province = parts.pop();
    }
    // From the end: the first part that is a ward is the one; a district may follow it.
    while let Some(part) = parts.pop() {
        address.ward = part;
        match address.resolve() {
            Err(UnitError::Unknown) if address.district.is_none() => address.district = Some(part),
            Err(UnitError::Unknown) => {}
            answer => {
                let Some(before) = parts
                    .last()
                    .filter(|_| address.district.is_none() && district_code(part).is_some())
                else {
                    return answer;
                };
                // `Thuận Lộc, Phú Xuân`: the name of a district and of a unit; the part before decides which is meant.
                let nested = Address {
                    ward: before,
                    district: Some(part),
                    province: address.province,
                }
                .resolve();
                return if nested == Err(UnitError::Unknown) {
                    answer
                } else {
                    nested
                };
            }
        }
    }
    Err(UnitError::Unknown)
}

fn resolve_code(code: &str) -> Result<Resolved, UnitError> {
    if let Some(unit) = by_code(code) {
        return Ok(Resolved {
            status: UnitStatus::Current,
            unit,
            former: None,
        });
    }
    let former = former_by_code(code).ok_or(UnitError::Unknown)?;
    let unit = former.current().ok_or(UnitError::Unknown)?;
    Ok(Resolved {
        status: UnitStatus::Former,
        unit,
        former: Some(former),
    })
}

impl Address<'_> {
    /// The unit this names.
    ///
    /// # Errors
    ///
    /// See [`UnitError`].
    pub fn resolve(&self) -> Result<Resolved, UnitError> {
        let too_long = self.ward.len() + self.district.map_or(0, str::len) > MAX_TEXT;
        if too_long || self.province.is_some_and(|p| !is_hue(p)) {
            return Err(UnitError::Unknown);
        }
        let district = match self.district.filter(|d| !is_hue(d)) {
            None => None,
            Some(d) => Some(district_code(d).ok_or(UnitError::Unknown)?),
        };
        // With its kind taken off first; `Phường Đúc` is a name that only looks as if it had one.
        let (kind, bare) = split_kind(self.ward);
        let readings = [(kind, NameKey::of(bare)), (None, NameKey::of(self.ward))];
        for same in [same_exact as fn(&NameKey, &NameKey) -> bool, same_folded] {
            for (kind, name) in &readings {
                let found = Found::search(*kind, name, district, same);
                if !found.is_empty() {
                    return found.answer();
                }
            }
        }
        Err(UnitError::Unknown)
    }
}

/// What fits a name, in both lists.
struct Found {
    current: Vec<&'static Unit>,
    former: Vec<&'static FormerUnit>,
}

impl Found {
    fn search(
        kind: Option<UnitKind>,
        name: &NameKey,
        district: Option<&str>,
        same: fn(&NameKey, &NameKey) -> bool,
    ) -> Found {
        let is_kind = |k: UnitKind| kind.is_none_or(|kind| kind == k);
        let in_district = |old: &FormerUnit| district.is_none_or(|d| d == old.district_code);
        let named = former()
            .iter()
            .zip(FORMER_NAMES.iter())
            .filter(|(_, key)| same(key, name));
        let former: Vec<_> = named
            .map(|(old, _)| old)
            .filter(|u| is_kind(u.kind) && in_district(u))
            .collect();
        if district.is_some() && !former.is_empty() {
            return Found {
                current: Vec::new(),
                former,
            };
        }
        // A new name beside an old district is right when the unit has a part there.
        let named = current()
            .iter()
            .zip(CURRENT_NAMES.iter())
            .filter(|(_, key)| same(key, name));
        let current = named
            .map(|(unit, _)| unit)
            .filter(|u| is_kind(u.kind) && made_of(u.code).any(in_district))
            .collect();
        Found { current, former }
    }

    fn is_empty(&self) -> bool {
        self.current.is_empty() && self.former.is_empty()
    }

    fn answer(self) -> Result<Resolved, UnitError> {
        let mut units: Vec<&'static Unit> = self.current.clone();
        units.extend(self.former.iter().filter_map(|old| old.current()));
        units.sort_by_key(|unit| unit.code);
        units.dedup_by_key(|unit| unit.code);
        match (units.as_slice(), self.current.is_empty()) {
            (&[unit], false) => Ok(Resolved {
                status: UnitStatus::Current,
                unit,
                former: None,
            }),
            (&[unit], true) => Ok(Resolved {
                status: UnitStatus::Former,
                unit,
                former: self.former.first().copied(),
            }),
            _ => Err(UnitError::Ambiguous(units)),
        }
    }
}

fn same_exact(a: &NameKey, b: &NameKey) -> bool {
    a.exact == b.exact
}

fn same_folded(a: &NameKey, b: &NameKey) -> bool {
    a.folded == b.folded
}

/// Huế by any of its names: the city, the city below the province it was until 2024, the province.
fn is_hue(text: &str) -> bool {
    let words = folded_words(text);
    let kinds = ["thanh pho ", "tp ", "tinh "];
    let name = kinds
        .iter()
        .find_map(|kind| words.strip_prefix(kind))
        .unwrap_or(&words);
    matches!(name, "hue" | "thua thien hue" | "tt hue" | "46")
}

/// Code of the district of 30 June 2025, whatever kind it is said with (Phong Điền was a rural district until 2024).
fn district_code(text: &str) -> Option<&'static str> {
    let words = folded_words(text);
    let kinds = ["quan ", "huyen ", "thi xa ", "q ", "h ", "tx "];
    let name = kinds
        .iter()
        .find_map(|kind| words.strip_prefix(kind))
        .unwrap_or(&words);
    if name == "nam dong" {
        return Some("482"); // joined to Phú Lộc on 1 January 2025; still on most papers
    }
    DISTRICTS
        .iter()
        .find(|(_, district)| district == name)
        .map(|(code, _)| *code)
}

/// The kind a name begins with, and the rest.
fn split_kind(text: &str) -> (Option<UnitKind>, &str) {
    let mut words = tokens(text);
    let (Some(first), second) = (words.next(), words.next()) else {
        return (None, text);
    };
    let (kind, end) = match (
        first.folded.as_str(),
        second.as_ref().map(|t| t.folded.as_str()),
    ) {
        ("phuong" | "p", Some(_)) => (UnitKind::Ward, first.range.end),
        ("xa" | "x", Some(_)) => (UnitKind::Commune, first.range.end),
        ("tt", Some(_)) => (UnitKind::Township, first.range.end),
        ("thi", Some("tran")) => (UnitKind::Township, second.map_or(0, |t| t.range.end)),
        _ => return (None, text),
    };
    (Some(kind), text.get(end..).unwrap_or(text))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn current_name(text: &str) -> String {
        resolve(text)
            .map(|r| r.unit.full_name())
            .unwrap_or_else(|e| e.to_string())
    }

    #[test]
    fn codes_of_both_lists() {
        let new = resolve("19789").expect("known");
        assert_eq!(
            (new.status, new.unit.name, new.former),
            (UnitStatus::Current, "Thuận Hóa", None)
        );
        let old = resolve(" 19786 ").expect("known");
        assert_eq!(
            (old.status, old.unit.name, old.former.map(|f| f.name)),
            (UnitStatus::Former, "Thuận Hóa", Some("Phú Hội"))
        );
        assert_eq!(resolve("00001"), Err(UnitError::Unknown));
    }

    #[test]
    fn names_in_many_spellings() {
        for text in [
            "Phường Phú Hội, Quận Thuận Hóa, Thành phố Huế",
            "p. phú hội, tp huế",
            "PHU HOI",
            "Phú Hội, Thừa Thiên Huế",
            "12 Lê Lợi, phường Phú Hội, TP. Huế, tỉnh Thừa Thiên Huế",
        ] {
            assert_eq!(current_name(text), "Phường Thuận Hóa", "{text}");
        }
        assert_eq!(current_name("Chân Mây – Lăng Cô"), "Xã Chân Mây - Lăng Cô");
        assert_eq!(current_name("phường Thuỷ Xuân"), "Phường Thủy Xuân");
        assert_eq!(
            current_name("Thị trấn Lăng Cô, Phú Lộc"),
            "Xã Chân Mây - Lăng Cô"
        );
        assert_eq!(current_name("Phường Đúc"), "Phường Thuận Hóa");
        assert_eq!(current_name("Phường Phường Đúc"), "Phường Thuận Hóa");
        assert_eq!(current_name("A Lưới 2"), "Xã A Lưới 2");
    }

    #[test]
    fn names_that_moved_need_kind_tone_or_district() {
        assert_eq!(current_name("Phường Phú Xuân"), "Phường Phú Xuân");
        assert_eq!(current_name("Xã Phú Xuân"), "Xã Phú Hồ");
        assert_eq!(current_name("Phú Xuân"), "ambiguous");
        assert_eq!(current_name("Phú Xuân, huyện Phú Vang, Huế"), "Xã Phú Hồ");
        assert_eq!(current_name("Thuận Hòa"), "Phường Phú Xuân");
        assert_eq!(current_name("Thuận Hoá"), "Phường Thuận Hóa");
        assert_eq!(current_name("phuong thuan hoa"), "ambiguous");
        assert_eq!(current_name("xã Phú Vinh"), "ambiguous");
        assert_eq!(current_name("xã Phú Vinh, A Lưới"), "Xã A Lưới 3");
        assert_eq!(current_name("xã Hương Xuân"), "Xã Nam Đông");
        assert_eq!(
            current_name("Hương Xuân, thị xã Hương Trà"),
            "Phường Kim Trà"
        );
        assert_eq!(current_name("Thuận Lộc, Phú Xuân, Huế"), "Phường Phú Xuân");
        assert_eq!(current_name("Hương Xuân, huyện Nam Đông"), "Xã Nam Đông");
    }

    #[test]
    fn the_ambiguous_are_named() {
        let Err(UnitError::Ambiguous(units)) = resolve("Phú Xuân") else {
            panic!("ambiguous")
        };
        assert_eq!(
            units.iter().map(|u| u.code).collect::<Vec<_>>(),
            ["19753", "19918"]
        );
    }

    #[test]
    fn every_unit_is_found_by_its_own_name() {
        for old in former() {
            let address = Address {
                ward: &old.full_name(),
                district: Some(old.district),
                province: Some("Thành phố Huế"),
            };
            assert_eq!(
                address.resolve().map(|r| r.unit.code),
                Ok(old.current_code),
                "{}",
                old.full_name()
            );
        }
        for new in current() {
            match resolve(&new.full_name()) {
                Ok(found) => assert_eq!(
                    (found.status, found.unit.code),
                    (UnitStatus::Current, new.code)
                ),
                Err(UnitError::Ambiguous(units)) => {
                    assert!(units.contains(&new) && new.name == "Phú Vinh")
                }
                Err(UnitError::Unknown) => panic!("{new}"),
            }
        }
    }

    #[test]
    fn elsewhere_is_unknown() {
        for text in [
            "",
            "Huế",
            "Phường Bến Nghé, Quận 1, TP. Hồ Chí Minh",
            "xã Phú Hội",
            ",,,",
            "Phường",
            "Quận Thuận Hóa, Hà Nội",
        ] {
            assert_eq!(resolve(text), Err(UnitError::Unknown), "{text}");
        }
        let elsewhere = Address {
            ward: "Phú Hội",
            district: None,
            province: Some("Đồng Nai"),
        };
        assert_eq!(elsewhere.resolve(), Err(UnitError::Unknown));
        let elsewhere = Address {
            ward: "Phú Hội",
            district: Some("Nhơn Trạch"),
            province: None,
        };
        assert_eq!(elsewhere.resolve(), Err(UnitError::Unknown));
    }

    proptest! {
        #[test]
        fn any_text_has_an_answer(text in any::<String>(), ward in "[ ,;a-zạêđ.]{0,40}") {
            let _ = resolve(&text);
            let _ = resolve(&ward);
        }
    }
}
