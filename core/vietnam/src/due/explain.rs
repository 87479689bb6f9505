//! The way to a due date, day by day, and the sentences that tell it.

use super::{walk, Calendar, Date, DayRole, Deadline, Due, DueError, Ends, Term};
use crate::calendar::DayKind;
use crate::instant::{local_date, local_ms_of_day};
use crate::language::Language;
use crate::words::weekday;

/// A due date and how it was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explained {
    /// The result, the same as [`due`](super::due) gives.
    pub due: Due,
    /// Each day from the receipt to the end, in order; of a term in months only the days that did something.
    pub days: Vec<DayNote>,
    term: Term,
}

/// One day of the way to a due date.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DayNote {
    /// The day.
    pub date: Date,
    /// What it is in the calendar.
    pub kind: DayKind,
    /// What it did in the count.
    pub role: DayRole,
    /// Whether its year is official in the calendar.
    pub official: bool,
}

/// When a term ends, with the reason for every day. [`Explained::lines`] tells it in sentences.
///
/// # Errors
///
/// Any of [`DueError`].
pub fn explain(deadline: &Deadline<'_>, calendar: &Calendar) -> Result<Explained, DueError> {
    let mut days = Vec::with_capacity(32);
    let due = walk(deadline, calendar, |date, role| {
        days.push(DayNote {
            date,
            kind: calendar.kind_of(date),
            role,
            official: calendar.is_official(date.year()),
        });
    })?;
    Ok(Explained {
        due,
        days,
        term: deadline.term,
    })
}

impl Explained {
    /// One sentence a day and one for the end.
    #[must_use]
    pub fn lines(&self, language: Language) -> Vec<String> {
        let days = self.days.iter().map(|day| day.line(self.term, language));
        days.chain([self.end(language)]).collect()
    }

    fn end(&self, language: Language) -> String {
        let mut line = match (self.due.ends, language) {
            (Ends::On(day), Language::Vi) => format!("Hạn: hết {}", named(day, language)),
            (Ends::On(day), Language::En) => format!("Due: by the end of {}", named(day, language)),
            (Ends::At(ms), _) => {
                let minutes = local_ms_of_day(ms) / 60_000;
                let (hour, minute) = (minutes / 60, minutes % 60);
                let day = named(local_date(ms), language);
                match language {
                    Language::Vi => format!("Hạn: {hour} giờ {minute:02}, {day}"),
                    Language::En => format!("Due: {hour:02}:{minute:02}, {day}"),
                }
            }
            (Ends::Open { left }, _) => {
                let unit = unit(self.term, left, language);
                match language {
                    Language::Vi => format!("Đang tạm dừng, chưa có hạn; còn {left} {unit}"),
                    Language::En => {
                        format!("The clock stands, there is no due date yet; {left} {unit} left")
                    }
                }
            }
        };
        if self.due.provisional {
            line.push_str(match language {
                Language::Vi => " (dự kiến: có ngày thuộc năm chưa có lịch nghỉ chính thức)",
                Language::En => {
                    " (provisional: some day lies in a year without an official calendar)"
                }
            });
        }
        line.push('.');
        line
    }
}

impl DayNote {
    /// What the day did, in one sentence.
    fn line(&self, term: Term, language: Language) -> String {
        let day = named(self.date, language);
        let did = match language {
            Language::Vi => self.did_vi(term),
            Language::En => self.did_en(term),
        };
        let doubt = match (self.official, language) {
            (true, _) => String::new(),
            (false, Language::Vi) => format!(" [năm {} chưa có lịch chính thức]", self.date.year()),
            (false, Language::En) => format!(" [no official calendar for {}]", self.date.year()),
        };
        format!("{day}: {did}{doubt}.")
    }

    fn did_vi(&self, term: Term) -> String {
        let unit = unit(term, 1, Language::Vi);
        let make_up = match self.kind {
            DayKind::MakeUp => " (ngày làm bù)",
            _ => "",
        };
        match self.role {
            DayRole::TooLate => {
                "đến sau giờ chốt hoặc vào ngày nghỉ, tính là tiếp nhận vào ngày làm việc kế tiếp"
                    .into()
            }
            DayRole::Received => "tiếp nhận, ngày này không tính".into(),
            DayRole::Counted(n) => format!("{unit} thứ {n}{make_up}"),
            DayRole::Extended(n) => format!("{unit} thứ {n}{make_up}, thuộc phần gia hạn"),
            DayRole::Elapsed(ms) => {
                format!(
                    "tính {} giờ {:02} phút{make_up}",
                    ms / 3_600_000,
                    ms / 60_000 % 60
                )
            }
            DayRole::Last => "ngày cuối của thời hạn".into(),
            DayRole::Paused => "tạm dừng, không tính".into(),
            DayRole::Skipped => match &self.kind {
                DayKind::Off(name) if !name.vi.is_empty() => format!("nghỉ, {}", name.vi),
                DayKind::Weekend => "nghỉ cuối tuần".into(),
                _ => "ngày nghỉ".into(),
            },
        }
    }

    fn did_en(&self, term: Term) -> String {
        let unit = unit(term, 1, Language::En);
        let make_up = match self.kind {
            DayKind::MakeUp => " (make-up day)",
            _ => "",
        };
        match self.role {
            DayRole::TooLate => {
                "came in after the cutoff or on a day off, counts as received on the next working day".into()
            }
            DayRole::Received => "received, not counted".into(),
            DayRole::Counted(n) => format!("{unit} {n}{make_up}"),
            DayRole::Extended(n) => format!("{unit} {n}{make_up}, by extension"),
            DayRole::Elapsed(ms) => {
                format!("{} h {:02} min counted{make_up}", ms / 3_600_000, ms / 60_000 % 60)
            }
            DayRole::Last => "last day of the term".into(),
            DayRole::Paused => "the clock stands, not counted".into(),
            DayRole::Skipped => match &self.kind {
                DayKind::Off(name) if !name.en.is_empty() => format!("off, {}", name.en),
                DayKind::Weekend => "weekend".into(),
                _ => "day off".into(),
            },
        }
    }
}

fn named(day: Date, language: Language) -> String {
    format!("{} {}", weekday(day, language), day.day_month_year())
}

fn unit(term: Term, count: u32, language: Language) -> &'static str {
    match (term, language, count) {
        (Term::WorkingDays(_), Language::Vi, _) => "ngày làm việc",
        (Term::WorkingDays(_), Language::En, 1) => "working day",
        (Term::WorkingDays(_), Language::En, _) => "working days",
        (Term::CalendarDays(_), Language::Vi, _) => "ngày",
        (Term::CalendarDays(_), Language::En, 1) => "day",
        (Term::CalendarDays(_), Language::En, _) => "days",
        (Term::Months(_), Language::Vi, _) => "tháng",
        (Term::Months(_), Language::En, 1) => "month",
        (Term::Months(_), Language::En, _) => "months",
        (Term::WorkingHours(_), Language::Vi, _) => "giờ làm việc",
        (Term::WorkingHours(_), Language::En, 1) => "working hour",
        (Term::WorkingHours(_), Language::En, _) => "working hours",
    }
}
