//! Any calendar file and any deadline: refused, or a due date on a working day not before the receipt, explained alike.
#![no_main]

use hues_vietnam::{
    due, due_date, due_instant, explain, local_date, Calendar, Deadline, Language, Pause, Received,
    Term,
};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: (i64, u16, u8, [i64; 2], &str)| {
    let (received, amount, unit, [from, until], json) = input;
    let Ok(calendar) = Calendar::from_json(json) else {
        return;
    };
    let amount = u32::from(amount);
    if let Ok((date, _)) = due_date(Received::At(received), amount, None, &calendar) {
        assert!(calendar.is_worked(date));
        assert!(date >= local_date(received));
    }
    if let Ok((at, _)) = due_instant(received, amount, &calendar) {
        assert!(at >= received);
    }
    let pauses = [Pause {
        from: Received::At(from),
        until: (until != 0).then_some(Received::At(until)),
    }];
    let deadline = Deadline {
        pauses: &pauses,
        ..Deadline::new(
            Received::At(received),
            match unit % 4 {
                0 => Term::WorkingDays(amount),
                1 => Term::CalendarDays(amount),
                2 => Term::Months(amount),
                _ => Term::WorkingHours(amount),
            },
        )
    };
    let explained = explain(&deadline, &calendar);
    assert_eq!(explained.as_ref().map(|e| e.due).map_err(|e| *e), due(&deadline, &calendar));
    if let Ok(explained) = explained {
        assert_eq!(explained.lines(Language::Vi).len(), explained.days.len() + 1);
    }
});
