//! Terms worked out by hand, the way told day by day, pauses, extensions, and laws over any input.

use super::*;
use crate::calendar::{CalendarParts, DayKind};
use crate::instant::parse_rfc3339;
use crate::language::Language;
use proptest::prelude::*;

fn date(text: &str) -> Date {
    text.parse().expect(text)
}

fn on(day: &str, term: u32) -> OnDays {
    days(Received::On(date(day)), term, None, Calendar::built_in()).expect("a due date")
}

/// A term of working days, as most of these tests ask for it.
#[derive(Debug)]
struct OnDays {
    date: Date,
    provisional: bool,
    days: Vec<DayNote>,
}

fn days(
    received: Received,
    term: u32,
    cutoff: Option<TimeOfDay>,
    calendar: &Calendar,
) -> Result<OnDays, DueError> {
    let deadline = Deadline {
        cutoff,
        ..Deadline::new(received, Term::WorkingDays(term))
    };
    let explained = explain(&deadline, calendar)?;
    assert_eq!(Ok(explained.due), due(&deadline, calendar));
    let Ends::On(date) = explained.due.ends else {
        panic!("{:?}", explained.due.ends)
    };
    let provisional = explained.due.provisional;
    assert_eq!(
        due_date(received, term, cutoff, calendar),
        Ok((date, provisional))
    );
    Ok(OnDays {
        date,
        provisional,
        days: explained.days,
    })
}

fn at(instant: &str, term: u32, cutoff: &str) -> String {
    let received = Received::At(parse_rfc3339(instant).expect("an instant"));
    let cutoff = Some(cutoff.parse().expect("a time"));
    days(received, term, cutoff, Calendar::built_in())
        .expect("a due date")
        .date
        .to_string()
}

/// From, days, due: worked out by hand from the notices named in `data/README.md`.
const BY_HAND: &[(&str, u32, &str)] = &[
    ("2026-08-21", 3, "2026-08-25"), // Saturday 22 August is worked
    ("2026-08-27", 5, "2026-09-08"), // 31 August to 2 September off
    ("2026-02-13", 2, "2026-02-24"), // Tết
    ("2026-11-23", 1, "2026-11-25"), // Vietnam Cultural Day
    ("2026-04-24", 3, "2026-05-04"),
    ("2025-04-25", 1, "2025-04-26"),
    ("2025-12-31", 1, "2026-01-05"),
    ("2026-01-09", 1, "2026-01-10"),
    ("2026-01-08", 3, "2026-01-12"),
    ("2020-01-22", 1, "2020-01-30"),
    ("2025-01-24", 5, "2025-02-07"),
    ("2026-12-31", 1, "2027-01-04"),
    ("2026-11-21", 1, "2026-11-23"), // received on a Saturday
    ("2026-11-23", 0, "2026-11-23"),
    ("2026-11-21", 0, "2026-11-23"),
];

#[test]
fn vectors_by_hand() {
    for (from, term, due) in BY_HAND {
        assert_eq!(on(from, *term).date, date(due), "{from} + {term}");
    }
}

#[test]
fn vectors_of_the_shared_data_set() {
    #[derive(serde::Deserialize)]
    struct File {
        vectors: Vec<Vector>,
    }
    #[derive(serde::Deserialize)]
    struct Vector {
        from: Date,
        working_days: u32,
        due: Date,
    }
    let path = crate::test_data::shared("calendar/due_date_vectors.json");
    let Some(text) = path.and_then(|p| std::fs::read_to_string(p).ok()) else {
        println!("skipped: no shared data set with due_date_vectors.json");
        return;
    };
    let file: File = serde_json::from_str(&text).expect("vectors");
    assert!(!file.vectors.is_empty());
    for v in file.vectors {
        let due = days(
            Received::On(v.from),
            v.working_days,
            None,
            Calendar::built_in(),
        )
        .expect("a due date");
        assert_eq!(due.date, v.due, "{} + {}", v.from, v.working_days);
    }
}

#[test]
fn after_the_cutoff_is_the_next_working_day() {
    // 22:59:59Z of the day before is 05:59:59 in Huế.
    assert_eq!(at("2026-11-18T08:00:00Z", 0, "15:00"), "2026-11-18");
    assert_eq!(at("2026-11-18T08:00:00.001Z", 0, "15:00"), "2026-11-19");
    assert_eq!(at("2026-11-18T08:00:00.001Z", 1, "15:00"), "2026-11-20");
    assert_eq!(at("2026-11-20T16:00:00+07:00", 1, "15:00"), "2026-11-25"); // Friday; Monday received; 24 November off
    assert_eq!(at("2026-11-21T10:00:00+07:00", 1, "15:00"), "2026-11-23"); // Saturday in time
    assert_eq!(at("2026-11-21T16:00:00+07:00", 1, "15:00"), "2026-11-25"); // Saturday too late
}

#[test]
fn the_day_is_that_of_law_time() {
    assert_eq!(at("2026-11-17T17:00:00Z", 0, "24:00"), "2026-11-18");
    assert_eq!(at("2026-11-17T16:59:59Z", 0, "24:00"), "2026-11-17");
}

#[test]
fn years_without_an_official_calendar_are_provisional() {
    assert!(!on("2026-12-30", 1).provisional);
    assert!(on("2026-12-31", 1).provisional); // into 2027, estimated
    assert!(on("2031-03-03", 2).provisional);
    let only_2026 = Calendar::from_parts(CalendarParts {
        years: vec![2026],
        ..Default::default()
    })
    .expect("a calendar");
    let due = days(Received::On(date("2025-12-31")), 1, None, &only_2026).expect("a due date");
    assert!(!due.provisional, "the day of receipt is not counted");
}

#[test]
fn the_way_is_explained_day_by_day() {
    let due = on("2026-11-20", 2);
    let roles: Vec<_> = due
        .days
        .iter()
        .map(|d| (d.date.to_string(), d.role))
        .collect();
    let expected = [
        ("2026-11-20", DayRole::Received),
        ("2026-11-21", DayRole::Skipped),
        ("2026-11-22", DayRole::Skipped),
        ("2026-11-23", DayRole::Counted(1)),
        ("2026-11-24", DayRole::Skipped),
        ("2026-11-25", DayRole::Counted(2)),
    ];
    assert_eq!(roles, expected.map(|(d, r)| (d.to_owned(), r)));
    assert!(matches!(&due.days[4].kind, DayKind::Off(name) if name.vi == "Ngày Văn hóa Việt Nam"));
    let moved = on("2026-11-21", 0);
    assert_eq!(moved.days.first().map(|d| d.role), Some(DayRole::TooLate));
    assert_eq!(moved.days.last().map(|d| d.role), Some(DayRole::Received));
}

fn office() -> Calendar {
    let time = |t: &str| t.parse().expect("a time");
    let hours = vec![
        (time("07:30"), time("11:30")),
        (time("13:30"), time("17:30")),
    ];
    Calendar::built_in()
        .clone()
        .with_hours(hours)
        .expect("hours")
}

fn after_hours(received: &str, hours: u32) -> (String, bool) {
    let received = parse_rfc3339(received).expect("an instant");
    let (due, provisional) = due_instant(received, hours, &office()).expect("an instant");
    (crate::instant::format_local(due), provisional)
}

#[test]
fn working_hours_elapse_only_while_the_office_is_open() {
    let cases = [
        ("2026-11-18T08:00:00+07:00", 2, "2026-11-18T10:00:00+07:00"),
        ("2026-11-18T10:30:00+07:00", 2, "2026-11-18T14:30:00+07:00"),
        ("2026-11-18T07:00:00+07:00", 4, "2026-11-18T11:30:00+07:00"), // the end of the morning, not the afternoon's start
        ("2026-11-20T17:00:00+07:00", 1, "2026-11-23T08:00:00+07:00"),
        (
            "2026-11-23T17:29:59.500+07:00",
            8,
            "2026-11-25T17:29:59.500+07:00",
        ),
        ("2026-11-21T09:00:00+07:00", 0, "2026-11-21T09:00:00+07:00"),
    ];
    for (received, hours, due) in cases {
        assert_eq!(
            after_hours(received, hours),
            (due.to_owned(), false),
            "{received} + {hours} h"
        );
    }
    assert!(after_hours("2026-12-31T17:00:00+07:00", 1).1);
}

#[test]
fn wrong_terms_and_calendars_are_refused() {
    let today = Received::On(date("2026-11-23"));
    assert_eq!(
        due_date(today, MAX_TERM + 1, None, Calendar::built_in()),
        Err(DueError::TermTooLong)
    );
    assert_eq!(
        due_instant(0, MAX_TERM + 1, &office()),
        Err(DueError::TermTooLong)
    );
    assert_eq!(
        due_instant(0, 1, Calendar::built_in()),
        Err(DueError::NoHours)
    );
    assert_eq!(
        due_date(Received::On(Date::MAX), 1, None, Calendar::built_in()),
        Err(DueError::NoWorkingDay)
    );
    assert_eq!(
        due_instant(i64::MAX, 1, &office()),
        Err(DueError::NoWorkingDay)
    );
}

proptest! {
    #[test]
    fn a_due_date_is_a_working_day_with_its_term_counted(day in 17_000i32..25_000, term in 0u32..60) {
        let calendar = Calendar::built_in();
        let received = Date::from_days_saturating(i64::from(day));
        let due = days(Received::On(received), term, None, calendar).expect("a due date");
        prop_assert!(calendar.kind_of(due.date).is_worked());
        let counted = due.days.iter().filter(|d| matches!(d.role, DayRole::Counted(_))).count();
        prop_assert_eq!(counted, term as usize);
        prop_assert_eq!(due.days.last().map(|d| d.date), Some(due.date));
        let longer = days(Received::On(received), term + 1, None, calendar).expect("a due date");
        // What comes in on a day off is due on the next working day with a term of 0 as of 1.
        let same = term == 0 && due.date > received;
        let follows = if same { longer.date == due.date } else { longer.date > due.date };
        prop_assert!(follows);
    }

    #[test]
    fn any_instant_and_term_is_answered(ms in any::<i64>(), term in any::<u32>()) {
        let _ = due_date(Received::At(ms), term, None, Calendar::built_in());
        if let Ok((due, _)) = due_instant(ms, term, &office()) {
            prop_assert!(due >= ms);
        }
    }
}

fn term(received: &str, term: Term, extended_by: u32, pauses: &[Pause]) -> Explained {
    let deadline = Deadline {
        extended_by,
        pauses,
        ..Deadline::new(moment(received), term)
    };
    let explained = explain(&deadline, &office()).expect("a due date");
    assert_eq!(Ok(explained.due), due(&deadline, &office()));
    explained
}

fn moment(text: &str) -> Received {
    match text.parse() {
        Ok(day) => Received::On(day),
        Err(_) => Received::At(parse_rfc3339(text).expect("a day or an instant")),
    }
}

fn pause(from: &str, until: &str) -> Pause {
    Pause {
        from: moment(from),
        until: (!until.is_empty()).then(|| moment(until)),
    }
}

fn ends(explained: &Explained) -> String {
    match explained.due.ends {
        Ends::On(day) => day.to_string(),
        Ends::At(ms) => crate::instant::format_local(ms),
        Ends::Open { left } => format!("open, {left} left"),
    }
}

#[test]
fn calendar_days_and_months_end_on_a_working_day() {
    for (received, length, end) in [
        ("2026-11-16", Term::CalendarDays(7), "2026-11-23"),
        ("2026-11-17", Term::CalendarDays(7), "2026-11-25"), // 24 November is off
        ("2026-11-20", Term::CalendarDays(1), "2026-11-23"), // Saturday
        ("2026-08-20", Term::CalendarDays(2), "2026-08-22"), // a Saturday that is worked
        ("2026-02-06", Term::CalendarDays(10), "2026-02-23"), // Tết
        ("2026-01-31", Term::Months(1), "2026-03-02"),       // 28 February is a Saturday
        ("2026-10-31", Term::Months(1), "2026-11-30"),
        ("2025-12-15", Term::Months(3), "2026-03-16"), // the 15th is a Sunday
        ("2026-11-21", Term::CalendarDays(0), "2026-11-23"),
        ("2026-11-20", Term::Months(0), "2026-11-20"),
    ] {
        assert_eq!(ends(&term(received, length, 0, &[])), end, "{received}");
    }
    let far = term("2026-12-20", Term::CalendarDays(20), 0, &[]);
    assert!(far.due.provisional);
    let near = term("2019-12-30", Term::CalendarDays(10), 0, &[]);
    assert!(!near.due.provisional, "only the last day had to be worked");
}

#[test]
fn the_clock_stands_from_the_day_after_to_the_day_of_the_answer() {
    let wait = [pause("2026-11-10", "2026-11-12")];
    // Counted: Tuesday 10; then Friday 13, Monday 16.
    let told = term("2026-11-09", Term::WorkingDays(3), 0, &wait);
    assert_eq!(ends(&told), "2026-11-16");
    let roles: Vec<_> = told.days.iter().map(|d| d.role).collect();
    use DayRole::{Counted, Paused, Received as Came, Skipped};
    assert_eq!(
        roles,
        [
            Came,
            Counted(1),
            Paused,
            Paused,
            Counted(2),
            Skipped,
            Skipped,
            Counted(3)
        ]
    );
    assert_eq!(
        ends(&term("2026-11-09", Term::CalendarDays(3), 0, &wait)),
        "2026-11-16" // the fifth day after is a Saturday
    );
    assert_eq!(
        ends(&term("2026-11-09", Term::Months(1), 0, &wait)),
        "2026-12-11"
    );
    let twice = [wait[0], pause("2026-11-11", "2026-11-13")];
    assert_eq!(
        ends(&term("2026-11-09", Term::WorkingDays(3), 0, &twice)),
        "2026-11-17"
    );
}

#[test]
fn a_clock_that_still_stands_has_no_due_date() {
    let open = [pause("2026-11-10", "")];
    for (length, said) in [
        (Term::WorkingDays(3), "open, 2 left"),
        (Term::CalendarDays(5), "open, 4 left"),
        (Term::Months(1), "open, 1 left"),
        (Term::WorkingDays(1), "2026-11-10"), // over before it stopped
    ] {
        assert_eq!(ends(&term("2026-11-09", length, 0, &open)), said);
    }
    let told = term("2026-11-09", Term::WorkingDays(3), 0, &open);
    assert_eq!(
        told.lines(Language::Vi).last().map(String::as_str),
        Some("Đang tạm dừng, chưa có hạn; còn 2 ngày làm việc.")
    );
}

#[test]
fn an_extension_goes_on_where_the_term_ends() {
    let told = term("2026-11-18", Term::WorkingDays(2), 2, &[]);
    assert_eq!(ends(&told), "2026-11-25");
    let counted: Vec<_> = told.days.iter().map(|d| d.role).collect();
    assert!(counted.contains(&DayRole::Counted(2)) && counted.contains(&DayRole::Extended(4)));
    assert_eq!(
        ends(&term("2026-10-15", Term::Months(1), 1, &[])),
        "2026-12-15"
    );
}

#[test]
fn hours_stand_from_instant_to_instant() {
    let (eight, ten) = ("2026-11-18T08:00:00+07:00", "2026-11-18T10:00:00+07:00");
    let wait = [pause(ten, "2026-11-18T14:00:00+07:00")];
    let told = term(eight, Term::WorkingHours(3), 0, &wait);
    assert_eq!(ends(&told), "2026-11-18T15:00:00+07:00");
    let open = [pause(ten, "")];
    assert_eq!(
        ends(&term(eight, Term::WorkingHours(3), 0, &open)),
        "open, 1 left"
    );
    let days = [pause("2026-11-18", "2026-11-20")];
    // 7 h 30 on Wednesday; Thursday and Friday stand.
    assert_eq!(
        ends(&term(eight, Term::WorkingHours(8), 0, &days)),
        "2026-11-23T08:00:00+07:00"
    );
    assert_eq!(
        ends(&term(eight, Term::WorkingHours(1), 1, &[])),
        "2026-11-18T10:00:00+07:00"
    );
}

#[test]
fn half_days_and_saturday_desks_have_hours_of_their_own() {
    let parts = r#"{"years":[2026],"weekend":[7],"hours":[["07:30","11:30"],["13:30","17:30"]],
        "weekday_hours":{"6":[["07:30","11:30"]]},"short_days":{"2026-11-20":[["07:30","09:30"]]}}"#;
    let parts: CalendarParts = serde_json::from_str(parts).expect("parts");
    let calendar = Calendar::from_parts(parts).expect("a calendar");
    let end = |received: &str, hours| {
        let received = parse_rfc3339(received).expect("an instant");
        due_instant(received, hours, &calendar)
            .map(|(ms, _)| crate::instant::format_local(ms))
            .expect("an instant")
    };
    assert_eq!(
        end("2026-11-20T08:30:00+07:00", 2),
        "2026-11-21T08:30:00+07:00"
    );
    assert_eq!(
        end("2026-11-21T10:30:00+07:00", 2),
        "2026-11-23T08:30:00+07:00"
    );
    let days = Deadline::new(moment("2026-11-19"), Term::WorkingDays(2));
    assert_eq!(
        due(&days, &calendar).map(|d| d.ends),
        Ok(Ends::On(date("2026-11-21"))),
        "short days are whole working days"
    );
}

#[test]
fn the_way_is_told_in_both_languages() {
    let told = term("2026-11-20", Term::WorkingDays(2), 0, &[]);
    assert_eq!(
        told.lines(Language::Vi),
        [
            "Thứ Sáu 20/11/2026: tiếp nhận, ngày này không tính.",
            "Thứ Bảy 21/11/2026: nghỉ cuối tuần.",
            "Chủ Nhật 22/11/2026: nghỉ cuối tuần.",
            "Thứ Hai 23/11/2026: ngày làm việc thứ 1.",
            "Thứ Ba 24/11/2026: nghỉ, Ngày Văn hóa Việt Nam.",
            "Thứ Tư 25/11/2026: ngày làm việc thứ 2.",
            "Hạn: hết Thứ Tư 25/11/2026.",
        ]
    );
    let told = term("2026-12-31T16:30:00+07:00", Term::WorkingHours(2), 0, &[]);
    assert_eq!(
        told.lines(Language::En),
        [
            "Thursday 31/12/2026: 1 h 00 min counted.",
            "Friday 01/01/2027: off, New Year's Day [no official calendar for 2027].",
            "Saturday 02/01/2027: weekend [no official calendar for 2027].",
            "Sunday 03/01/2027: weekend [no official calendar for 2027].",
            "Monday 04/01/2027: 1 h 00 min counted [no official calendar for 2027].",
            "Due: 08:30, Monday 04/01/2027 (provisional: some day lies in a year without an official calendar).",
        ]
    );
}

#[test]
fn pauses_out_of_order_are_refused() {
    let refused = |pauses: &[Pause]| {
        let deadline = Deadline {
            pauses,
            ..Deadline::new(moment("2026-11-09"), Term::WorkingDays(1))
        };
        due(&deadline, Calendar::built_in())
    };
    assert_eq!(
        refused(&[pause("2026-11-10", "2026-11-09")]),
        Err(DueError::Pauses)
    );
    let many = vec![pause("2026-11-10", "2026-11-11"); MAX_PAUSES + 1];
    assert_eq!(refused(&many), Err(DueError::Pauses));
    assert_eq!(
        refused(&[pause("2026-11-09", "9999-12-01")]),
        Err(DueError::NoWorkingDay)
    );
}

proptest! {
    #[test]
    fn any_deadline_is_answered_and_explained_alike(
        day in -700_000i32..2_900_000, amount in 0u32..1100, more in 0u32..10, unit in 0u8..4,
        pauses in proptest::collection::vec((-50i32..500, 0i32..60), 0..4), at_instant in any::<bool>(),
    ) {
        let start = Date::from_days_saturating(i64::from(day));
        let day = |n: i32| Date::from_days_saturating(i64::from(day) + i64::from(n));
        let received = if at_instant {
            Received::At(crate::instant::local_instant(start, 40_000_000))
        } else {
            Received::On(start)
        };
        let pauses: Vec<_> = pauses
            .iter()
            .map(|&(from, length)| Pause {
                from: Received::On(day(from)),
                until: Some(Received::On(day(from + length))),
            })
            .collect();
        let term = match unit {
            0 => Term::WorkingDays(amount),
            1 => Term::CalendarDays(amount),
            2 => Term::Months(amount),
            _ => Term::WorkingHours(amount),
        };
        let deadline = Deadline { extended_by: more, pauses: &pauses, ..Deadline::new(received, term) };
        let (short, long) = (due(&deadline, &office()), explain(&deadline, &office()));
        prop_assert_eq!(short, long.as_ref().map(|e| e.due).map_err(|e| *e));
        if let Ok(explained) = long {
            prop_assert!(explained.days.windows(2).all(|w| w[0].date <= w[1].date));
            for language in [Language::Vi, Language::En] {
                prop_assert_eq!(explained.lines(language).len(), explained.days.len() + 1);
            }
        }
    }
}
