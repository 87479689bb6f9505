//! Any text: dates, times and RFC 3339 instants are read or refused, and what is read is written back to the same value.
#![no_main]

use hues_vietnam::{
    format_local, format_utc, local_date, local_instant, local_ms_of_day, parse_rfc3339, Date,
    TimeOfDay,
};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    if let Ok(date) = text.parse::<Date>() {
        assert_eq!(date.to_string(), text);
    }
    if let Ok(time) = text.parse::<TimeOfDay>() {
        assert_eq!(time.to_string(), text);
    }
    if let Ok(ms) = parse_rfc3339(text) {
        assert_eq!(parse_rfc3339(&format_utc(ms)), Ok(ms));
        let at_law_time = ms + hues_vietnam::LAW_OFFSET_MS;
        if at_law_time < (i64::from(Date::MAX.days_since_epoch()) + 1) * hues_vietnam::DAY_MS {
            assert_eq!(parse_rfc3339(&format_local(ms)), Ok(ms));
            assert_eq!(local_instant(local_date(ms), local_ms_of_day(ms)), ms);
        }
    }
});
