//! Any calendar file and any receipt: refused, or a due date on a working day not before the receipt.
#![no_main]

use hues_vietnam::{due_date, due_instant, local_date, Calendar, Received};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: (i64, u16, &str)| {
    let (received, term, json) = input;
    let Ok(calendar) = Calendar::from_json(json) else {
        return;
    };
    if let Ok(due) = due_date(Received::At(received), u32::from(term), None, &calendar) {
        assert!(calendar.kind_of(due.date).is_worked());
        assert!(due.date >= local_date(received));
    }
    let _ = due_instant(received, u32::from(term), &calendar);
});
