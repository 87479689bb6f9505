//! Zones of the standard's specimens and of invented Vietnamese cards, built, read, damaged and offered.

use proptest::prelude::*;

use super::*;
use crate::{Place, Rule};

const CARD: &str =
    "IDVNM1900123457046190012345<<5\n9003152F3003150VNM<<<<<<<<<<<8\nNGUYEN<<THI<HUONG<GIANG<<<<<<<";
const PASSPORT: &str =
    "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C36UTO7408122F1204159ZE184226B<<<<<10";
const TD2: &str = "I<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<\nD231458907UTO7408122F1204159<<<<<<<6";

#[test]
fn vectors() {
    crate::vectors::check("mrz", |text, on| {
        Mrz::parse(text, on).map(|mrz| serde_json::to_value(mrz).unwrap())
    });
}

#[test]
fn specimens_come_back_character_by_character() {
    for zone in [CARD, PASSPORT, TD2] {
        assert_eq!(Mrz::parse(zone, None).unwrap().to_string(), zone);
    }
}

#[test]
fn a_card_is_built_from_what_people_write() {
    let built = Mrz::build(&MrzParts {
        format: MrzFormat::Td1,
        document_code: "ID",
        issuing_state: "VNM",
        document_number: "190012345",
        optional_data: &vietnamese_optional_data("046190012345").unwrap(),
        optional_data_2: "",
        birth: Some("1990-03-15".parse().unwrap()),
        sex: MrzSex::Female,
        expiry: Some("2030-03-15".parse().unwrap()),
        nationality: "VNM",
        surname: "Nguyễn",
        given_names: "Thị Hương Giang",
    })
    .unwrap();
    assert_eq!(built.to_string(), CARD);
    assert_eq!(built.personal_id.as_deref(), Some("046190012345"));
}

/// Every position of every specimen, every other character: refused, unless the check digits are blind to it and the shape allows it.
#[test]
fn one_flipped_character_is_refused_where_a_check_digit_can_see_it() {
    let alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ<";
    let alike = |a: char, b: char| {
        let value = |c: char| check::value(c as u8).unwrap() % 10;
        value(a) == value(b)
    };
    for (zone, covered) in [(CARD, 0..61), (PASSPORT, 45..89), (TD2, 37..73)] {
        let mrz = Mrz::parse(zone, None).unwrap();
        let format = mrz.format.layout();
        for (at, was) in zone.char_indices().filter(|(_, c)| *c != '\n') {
            let position = at - zone[..at].matches('\n').count();
            let is_under_a_digit = format.composite.iter().any(|r| r.contains(&position))
                || position == format.composite_check;
            assert!(!is_under_a_digit || covered.contains(&at));
            for to in alphabet.chars().filter(|to| *to != was) {
                let mut flipped = zone.to_owned();
                flipped.replace_range(at..=at, &to.to_string());
                let read = Mrz::parse(&flipped, None);
                if is_under_a_digit && !alike(was, to) {
                    let rule = read.expect_err(&flipped).rule;
                    assert_eq!(rule, Rule::Checksum, "{flipped}");
                } else if let Ok(read) = read {
                    // Not seen: it says something else, and says it whole.
                    assert_eq!(read.to_string(), flipped);
                }
            }
        }
    }
}

#[test]
fn look_alikes_are_offered_apart_and_marked() {
    // O for 0 in the birth date, 0 for O in the surname: places say what must stand there.
    let misread = CARD.replace("900315", "9OO315").replace("HUONG", "HU0NG");
    assert_eq!(Mrz::parse(&misread, None).unwrap_err().rule, Rule::Checksum);
    let offers = mrz_repairs(&misread, None);
    assert_eq!(offers.len(), 1);
    assert_eq!(offers[0].mrz.to_string(), CARD);
    let changed: Vec<_> = offers[0]
        .changes
        .iter()
        .map(|c| (c.line, c.column, c.from.as_str(), c.to.as_str()))
        .collect();
    assert_eq!(
        changed,
        [(2, 2, "O", "0"), (2, 3, "O", "0"), (3, 15, "0", "O")]
    );

    // In a number both may stand: 8 read as B.
    let misread = PASSPORT.replace("L898902C3", "L8989O2C3");
    let offers = mrz_repairs(&misread, None);
    assert!(offers.iter().any(|o| o.mrz.to_string() == PASSPORT));
    assert!(offers.iter().all(|o| !o.changes.is_empty()));

    let misread = PASSPORT.replace("L898902C3", "LB989O2C3");
    let offers = mrz_repairs(&misread, None);
    assert!(offers.iter().any(|o| o.mrz.to_string() == PASSPORT));

    assert!(mrz_repairs(CARD, None).is_empty());
    assert!(mrz_repairs("", None).is_empty());
    assert!(mrz_repairs(&CARD.replace("NGUYEN", "nguyen"), None).is_empty());
}

#[test]
fn what_does_not_fit_is_not_built() {
    let parts = MrzParts {
        format: MrzFormat::Td3,
        document_code: "P",
        issuing_state: "VNM",
        document_number: "C1234567",
        optional_data: "",
        optional_data_2: "",
        birth: None,
        sex: MrzSex::Unspecified,
        expiry: None,
        nationality: "VNM",
        surname: "Đỗ",
        given_names: "",
    };
    let built = Mrz::build(&parts).unwrap();
    assert_eq!(
        (built.surname.as_str(), built.given_names.as_str()),
        ("DO", "")
    );
    let cases = [
        (
            MrzParts {
                document_number: "C123456789",
                ..parts.clone()
            },
            Rule::Length,
            "document_number",
        ),
        (
            MrzParts {
                optional_data_2: "A",
                ..parts.clone()
            },
            Rule::Length,
            "optional_data_2",
        ),
        (
            MrzParts {
                issuing_state: "vnm",
                ..parts.clone()
            },
            Rule::Charset,
            "issuing_state",
        ),
        (
            MrzParts {
                surname: "阮",
                ..parts.clone()
            },
            Rule::Charset,
            "surname",
        ),
    ];
    for (parts, rule, field) in cases {
        assert_eq!(
            Mrz::build(&parts).unwrap_err(),
            Refusal::new(rule, Place::Field(field))
        );
    }
}

fn format() -> impl Strategy<Value = MrzFormat> {
    prop_oneof![
        Just(MrzFormat::Td1),
        Just(MrzFormat::Td2),
        Just(MrzFormat::Td3)
    ]
}

proptest! {
    #[test]
    fn what_is_built_is_read_back(
        format in format(),
        number in "[A-Z0-9]{1,12}",
        optional in "([A-Z0-9]{0,6}[A-Z0-9])?",
        birth in prop_oneof![
            Just(None),
            (1900..2100u32).prop_map(|y| PartialDate::from_parts(y, None, None).ok()),
            (1900..2100u32, 1..=12u32, 1..=31u32).prop_map(|(y, m, d)| PartialDate::from_parts(y, Some(m), Some(d)).ok()),
        ],
        expiry in (1..=12u32, 1..=28u32).prop_map(|(m, d)| Date::from_ymd(2031, m, d).ok()),
        surname in "[A-ZĐƠƯ]{1,10}( [A-Z]{1,10}){0,2}",
        given in "([A-ZẾỘ]{1,10}( [A-Z]{1,10}){0,2})?",
        sex in prop_oneof![Just(MrzSex::Male), Just(MrzSex::Female), Just(MrzSex::Unspecified)],
    ) {
        let parts = MrzParts {
            format,
            document_code: if format == MrzFormat::Td3 { "P" } else { "ID" },
            issuing_state: "UTO",
            document_number: &number,
            optional_data: &optional,
            optional_data_2: "",
            birth,
            sex,
            expiry,
            nationality: "D",
            surname: &surname,
            given_names: &given,
        };
        if let Ok(built) = Mrz::build(&parts) {
            let mut again = Mrz::parse(&built.to_string(), None).unwrap();
            prop_assert_eq!(again.birth_date, None);
            again.birth_date = built.birth_date;
            prop_assert_eq!(&again, &built);
            prop_assert_eq!(&built.document_number, &number);
            prop_assert_eq!(&built.optional_data, &optional);
        } else {
            // Only a number or its optional data can be too long here.
            prop_assert!(number.len() + optional.len() > 9);
        }
    }

    #[test]
    fn any_text_is_read_or_refused(text in any::<String>(), at in 0..90usize) {
        let _ = Mrz::parse(&text, None);
        let _ = mrz_repairs(&text, None);
        let mut hostile = CARD.to_owned();
        hostile.insert_str(at, &text);
        let _ = Mrz::parse(&hostile, "2026-11-24".parse().ok());
    }

    #[test]
    fn what_is_offered_passes(zone in prop::sample::select(vec![CARD, PASSPORT, TD2]), at in any::<prop::sample::Index>(), to in "[A-Z0-9<]") {
        let mut damaged = zone.to_owned();
        let at = at.index(zone.len());
        damaged.replace_range(at..=at, &to);
        for offer in mrz_repairs(&damaged, None) {
            let read = Mrz::parse(&offer.mrz.to_string(), None).unwrap();
            prop_assert_eq!(read, offer.mrz);
            prop_assert!(!offer.changes.is_empty());
        }
    }
}
