//! How long ago, how soon: `3 giờ trước`, `ngày mai`.
//!
//! Invariant: days turn at midnight of law time, wherever the phone thinks it is; a span is never said longer than it is.

use super::Speech;
use crate::date::Date;
use crate::instant::local_date;
use crate::language::Language;

const MINUTE_MS: u64 = 60_000;
const HOUR_MS: u64 = 60 * MINUTE_MS;

#[derive(Clone, Copy)]
enum Unit {
    Minute,
    Hour,
    Day,
    Week,
    Month,
    Year,
}

/// An instant as seen from `now_ms` (both milliseconds since 1970): minutes and hours within twelve hours or the same day,
/// else as [`relative_day`].
///
/// ```
/// use hues_vietnam::{parse_rfc3339, relative_time, Language, Speech};
/// let at = |text| parse_rfc3339(text).unwrap_or_default();
/// let (then, now) = (at("2026-11-24T08:10:00+07:00"), at("2026-11-24T11:30:00+07:00"));
/// assert_eq!(relative_time(then, now, Language::Vi, Speech::Northern), "3 giờ trước");
/// assert_eq!(relative_time(now, then, Language::En, Speech::Northern), "in 3 hours");
/// ```
#[must_use]
pub fn relative_time(at_ms: i64, now_ms: i64, language: Language, speech: Speech) -> String {
    let is_past = at_ms <= now_ms;
    let span = at_ms.abs_diff(now_ms);
    let (day, today) = (local_date(at_ms), local_date(now_ms));
    if span < MINUTE_MS {
        return match (is_past, language) {
            (true, Language::Vi) => "vừa xong",
            (true, Language::En) => "just now",
            (false, Language::Vi) => "ngay bây giờ",
            (false, Language::En) => "in a moment",
        }
        .to_owned();
    }
    if span < HOUR_MS {
        return spoken(span / MINUTE_MS, Unit::Minute, is_past, language);
    }
    if span < 12 * HOUR_MS || day == today {
        return spoken(span / HOUR_MS, Unit::Hour, is_past, language);
    }
    relative_day(day, today, language, speech)
}

/// A day as seen from `today`: `hôm nay`, `hôm qua`, `hôm kia`, `ngày mai`, `ngày kia` (southern `ngày mốt`), then days, weeks,
/// whole months and whole years.
#[must_use]
pub fn relative_day(day: Date, today: Date, language: Language, speech: Speech) -> String {
    let days = i64::from(day.days_since_epoch()) - i64::from(today.days_since_epoch());
    let named = match (days, language) {
        (0, Language::Vi) => "hôm nay",
        (0, Language::En) => "today",
        (-1, Language::Vi) => "hôm qua",
        (-1, Language::En) => "yesterday",
        (1, Language::Vi) => "ngày mai",
        (1, Language::En) => "tomorrow",
        (-2, Language::Vi) => "hôm kia",
        (2, Language::Vi) if speech == Speech::Southern => "ngày mốt",
        (2, Language::Vi) => "ngày kia",
        _ => "",
    };
    if !named.is_empty() {
        return named.to_owned();
    }
    let (count, unit) = match (days.unsigned_abs(), whole_months(day, today)) {
        (days @ 0..7, _) => (days, Unit::Day),
        (days, 0) => (days / 7, Unit::Week),
        (_, months @ 1..12) => (months, Unit::Month),
        (_, months) => (months / 12, Unit::Year),
    };
    spoken(count, unit, days < 0, language)
}

/// How many whole months lie between two days.
fn whole_months(a: Date, b: Date) -> u64 {
    let (early, late) = (a.min(b).ymd(), a.max(b).ymd());
    let months = i64::from(late.0 - early.0) * 12 + i64::from(late.1) - i64::from(early.1);
    (months - i64::from(late.2 < early.2)).unsigned_abs()
}

fn spoken(count: u64, unit: Unit, is_past: bool, language: Language) -> String {
    let (vi, en) = match unit {
        Unit::Minute => ("phút", "minute"),
        Unit::Hour => ("giờ", "hour"),
        Unit::Day => ("ngày", "day"),
        Unit::Week => ("tuần", "week"),
        Unit::Month => ("tháng", "month"),
        Unit::Year => ("năm", "year"),
    };
    let plural = if count == 1 { "" } else { "s" };
    match (language, is_past) {
        (Language::Vi, true) => format!("{count} {vi} trước"),
        (Language::Vi, false) => format!("{count} {vi} nữa"),
        (Language::En, true) => format!("{count} {en}{plural} ago"),
        (Language::En, false) => format!("in {count} {en}{plural}"),
    }
}
