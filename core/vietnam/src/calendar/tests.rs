//! The built-in edition, what is refused, and hours.

use super::*;

fn date(text: &str) -> Date {
    text.parse().expect(text)
}

#[test]
fn the_built_in_edition_is_whole() {
    let calendar =
        Calendar::from_json(include_str!("../../data/holidays_vn.json")).expect("readable");
    assert!((2020..=2026).all(|year| calendar.is_official(year)));
    assert!(!calendar.is_official(2027) && !calendar.is_official(2019));
    assert_eq!(Calendar::built_in().as_of(), calendar.as_of());
    assert!(calendar.as_of().is_some() && !calendar.source().is_empty());
}

#[test]
fn days_of_2026_are_of_their_kind() {
    let calendar = Calendar::built_in();
    let off = |day: &str| matches!(calendar.kind_of(date(day)), DayKind::Off(name) if !name.vi.is_empty() && !name.en.is_empty());
    assert!([
        "2026-01-01",
        "2026-01-02",
        "2026-02-17",
        "2026-04-27",
        "2026-08-31",
        "2026-11-24"
    ]
    .into_iter()
    .all(off));
    assert_eq!(calendar.kind_of(date("2026-01-10")), DayKind::MakeUp);
    assert_eq!(calendar.kind_of(date("2026-08-22")), DayKind::MakeUp);
    assert_eq!(calendar.kind_of(date("2026-11-21")), DayKind::Weekend);
    assert_eq!(calendar.kind_of(date("2026-11-23")), DayKind::Working);
}

#[test]
fn working_days_of_each_year() {
    let calendar = Calendar::built_in();
    let count = |year: i32| {
        let mut day = Date::from_ymd(year, 1, 1).expect("a day");
        let mut worked = 0;
        while day.year() == year {
            worked += i32::from(calendar.kind_of(day).is_worked());
            day = day.next().expect("not the last");
        }
        worked
    };
    assert_eq!(
        (2020..=2027).map(count).collect::<Vec<_>>(),
        [252, 250, 249, 249, 251, 250, 249, 249]
    );
}

#[test]
fn wrong_files_are_refused_by_their_reason() {
    let year = |days_off: &str, make_up: &str| {
        format!(
            r#"{{"schema":1,"source":"s","as_of":"2026-01-01","weekend":[6,7],
            "years":[{{"year":2026,"status":"official","days_off":[{days_off}],"make_up_days":[{make_up}]}}]}}"#
        )
    };
    let off = r#"{"date":"2026-01-03","vi":"","en":""}"#;
    assert!(Calendar::from_json(&year(off, r#"{"date":"2026-01-10","notice":"n"}"#)).is_ok());
    let refused =
        |json: &str, error| assert_eq!(Calendar::from_json(json).err(), Some(error), "{json}");
    refused(
        &year(off, r#"{"date":"2026-01-03"}"#),
        CalendarError::Contradiction,
    );
    refused(
        &year(r#"{"date":"2025-01-03","vi":"","en":""}"#, ""),
        CalendarError::Contradiction,
    );
    refused(
        &year(r#"{"date":"2026-02-30","vi":"","en":""}"#, ""),
        CalendarError::Form,
    );
    refused(
        &year("", "").replace("[6,7]", "[1,2,3,4,5,6,7]"),
        CalendarError::Weekend,
    );
    refused(
        &year("", "").replace("[6,7]", "[0]"),
        CalendarError::Weekend,
    );
    refused(r#"{"schema":2}"#, CalendarError::Newer);
    refused("", CalendarError::Form);
    refused(&" ".repeat(MAX_CALENDAR_BYTES + 1), CalendarError::TooLarge);
}

#[test]
fn hours_are_in_order() {
    let hours = |list: &[(&str, &str)]| {
        let list = list
            .iter()
            .map(|(a, b)| (a.parse().expect("time"), b.parse().expect("time")))
            .collect();
        Calendar::default()
            .with_hours(list)
            .map(|c| c.hours().len())
            .map_err(|e| e.to_string())
    };
    assert_eq!(hours(&[("07:30", "11:30"), ("13:30", "17:30")]), Ok(2));
    assert!(hours(&[("13:30", "17:30"), ("07:30", "11:30")]).is_err());
    assert!(hours(&[("07:30", "07:30")]).is_err());
    assert!(hours(&[("07:30", "11:30"), ("11:00", "17:00")]).is_err());
}

#[test]
fn parts_read_from_json_as_tools_give_them() {
    let json = r#"{"years":[2026],"weekend":[7],"holidays":["2026-11-24"],"make_up_days":["2026-11-29"],
        "hours":[["07:30","11:30"]]}"#;
    let calendar =
        Calendar::from_parts(serde_json::from_str(json).expect("parts")).expect("calendar");
    assert_eq!(calendar.kind_of(date("2026-11-28")), DayKind::Working);
    assert_eq!(calendar.kind_of(date("2026-11-29")), DayKind::MakeUp);
    assert_eq!(calendar.hours().len(), 1);
}
