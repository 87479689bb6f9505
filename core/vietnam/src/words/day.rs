//! Dates and times of the day as papers write them and as people say them.

use super::{en, say, vi, Speech};
use crate::date::Date;
use crate::language::Language;
use crate::time_of_day::TimeOfDay;

/// How a date is put.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DateForm {
    /// As papers write it: `ngày 05 tháng 01 năm 2026`, with the zero before days under 10 and the months 1 and 2 (Decree
    /// 30/2020/NĐ-CP, annex I, part II); `5 January 2026`.
    Paper,
    /// The same after the day of the week: `Thứ Hai, ngày 05 tháng 01 năm 2026`; `Monday, 5 January 2026`.
    Weekday,
    /// In words: `ngày mùng năm tháng một năm hai nghìn không trăm hai mươi sáu`; `the fifth of January twenty twenty-six`.
    Words,
}

/// How a time of the day is put.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TimeForm {
    /// `13 giờ 05`; `13:05`.
    Paper,
    /// `mười ba giờ năm phút`; `one oh five p.m.`
    Words,
}

const WEEKDAYS_VI: [&str; 7] = [
    "Thứ Hai",
    "Thứ Ba",
    "Thứ Tư",
    "Thứ Năm",
    "Thứ Sáu",
    "Thứ Bảy",
    "Chủ Nhật",
];
const WEEKDAYS_EN: [&str; 7] = [
    "Monday",
    "Tuesday",
    "Wednesday",
    "Thursday",
    "Friday",
    "Saturday",
    "Sunday",
];
const MONTHS_EN: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// Name of the day of the week, capital first.
pub(crate) fn weekday(day: Date, language: Language) -> &'static str {
    let names = match language {
        Language::Vi => &WEEKDAYS_VI,
        Language::En => &WEEKDAYS_EN,
    };
    let place = usize::from(day.iso_weekday()) - 1;
    names.get(place).copied().unwrap_or_default()
}

/// A date for people.
#[must_use]
pub fn date_text(day: Date, form: DateForm, language: Language, speech: Speech) -> String {
    let (year, month, of_month) = day.ymd();
    let name = MONTHS_EN.get(month as usize - 1).copied();
    let name = name.unwrap_or_default();
    match (form, language) {
        (DateForm::Paper, Language::Vi) if month < 3 => {
            format!("ngày {of_month:02} tháng {month:02} năm {year}")
        }
        (DateForm::Paper, Language::Vi) => format!("ngày {of_month:02} tháng {month} năm {year}"),
        (DateForm::Paper, Language::En) => format!("{of_month} {name} {year}"),
        (DateForm::Weekday, _) => {
            let date = date_text(day, DateForm::Paper, language, speech);
            format!("{}, {date}", weekday(day, language))
        }
        (DateForm::Words, Language::Vi) => {
            let mut said = String::from(if of_month <= 10 {
                "ngày mùng"
            } else {
                "ngày"
            });
            vi::whole(&mut said, u64::from(of_month), speech);
            say(&mut said, "tháng");
            match month {
                4 => say(&mut said, "tư"),
                _ => vi::whole(&mut said, u64::from(month), speech),
            }
            say(&mut said, "năm");
            vi::whole(&mut said, year.unsigned_abs().into(), speech);
            said
        }
        (DateForm::Words, Language::En) => format!(
            "the {} of {name} {}",
            en::ordinal(of_month.into()),
            year_in_english(year.unsigned_abs().into())
        ),
    }
}

/// `twenty twenty-six`, `nineteen oh five`, `nineteen hundred`; `two thousand five` for the first years of a millennium.
fn year_in_english(year: u64) -> String {
    let (century, rest) = (year / 100, year % 100);
    if century < 10 || (century.is_multiple_of(10) && rest < 10) {
        let mut said = String::new();
        en::whole(&mut said, year);
        return said;
    }
    let century = en::below_hundred(century);
    match rest {
        0 => format!("{century} hundred"),
        1..10 => format!("{century} oh {}", en::small(rest)),
        _ => format!("{century} {}", en::below_hundred(rest)),
    }
}

/// A time of the day for people; `24:00` is midnight at the end of the day.
#[must_use]
pub fn time_text(time: TimeOfDay, form: TimeForm, language: Language, speech: Speech) -> String {
    let minutes = (time.as_ms() / 60_000).unsigned_abs();
    let (hour, minute) = (minutes / 60, minutes % 60);
    match (form, language) {
        (TimeForm::Paper, Language::Vi) if minute == 0 => format!("{hour} giờ"),
        (TimeForm::Paper, Language::Vi) => format!("{hour} giờ {minute:02}"),
        (TimeForm::Paper, Language::En) => time.to_string(),
        (TimeForm::Words, Language::Vi) => {
            let mut said = String::new();
            vi::whole(&mut said, hour, speech);
            say(&mut said, "giờ");
            if minute > 0 {
                vi::whole(&mut said, minute, speech);
                say(&mut said, "phút");
            }
            said
        }
        (TimeForm::Words, Language::En) => match (hour, minute) {
            (0 | 24, 0) => "midnight".to_owned(),
            (12, 0) => "noon".to_owned(),
            _ => clock_in_english(hour, minute),
        },
    }
}

fn clock_in_english(hour: u64, minute: u64) -> String {
    let half = if hour % 24 < 12 { "a.m." } else { "p.m." };
    let hour = en::small(match hour % 12 {
        0 => 12,
        hour => hour,
    });
    match minute {
        0 => format!("{hour} {half}"),
        1..10 => format!("{hour} oh {} {half}", en::small(minute)),
        _ => format!("{hour} {} {half}", en::below_hundred(minute)),
    }
}
