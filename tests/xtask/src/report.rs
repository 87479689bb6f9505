//! What a test run says: a line when a part starts and ends, the table of minutes, the closing line.

use std::time::Duration;

use crate::stop::{Step, Stop};

/// How one part ended.
pub enum Verdict {
    /// Everything in it held.
    Passed,
    /// Something did not; the reason is one or more lines.
    Failed(String),
    /// It did not run; the reason is one line.
    Skipped(String),
}

/// One part's verdict and how long it took.
pub struct Line {
    /// The part's name, as `--only` takes it.
    pub name: &'static str,
    /// How it ended.
    pub verdict: Verdict,
    /// Wall time.
    pub took: Duration,
}

impl From<Step> for Verdict {
    fn from(step: Step) -> Self {
        match step {
            Ok(()) => Self::Passed,
            Err(Stop::Failed(reason)) => Self::Failed(reason),
            Err(Stop::Impossible(reason)) => Self::Skipped(reason),
        }
    }
}

impl Verdict {
    fn word(&self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Failed(_) => "FAILED",
            Self::Skipped(_) => "skipped",
        }
    }

    fn reason(&self) -> &str {
        match self {
            Self::Passed => "",
            Self::Failed(reason) | Self::Skipped(reason) => reason,
        }
    }
}

/// The whole report: failures in full, the table, then the closing line that other tools read.
pub fn render(lines: &[Line]) -> String {
    let mut out = Vec::new();
    for line in lines {
        if let Verdict::Failed(reason) = &line.verdict {
            out.push(format!("\n{} failed: {reason}", line.name));
        }
    }
    out.push("\npart          minutes  verdict".to_owned());
    for line in lines {
        let first = line.verdict.reason().lines().next().unwrap_or("");
        let row = row(line.name, line.took) + &format!("  {:<8} {first}", line.verdict.word());
        out.push(row.trim_end().to_owned());
    }
    out.push(row("all", lines.iter().map(|line| line.took).sum()));
    let count = |word| {
        lines
            .iter()
            .filter(|line| line.verdict.word() == word)
            .count()
    };
    out.push(format!(
        "\n{} passed, {} failed, {} skipped\n",
        count("passed"),
        count("FAILED"),
        count("skipped")
    ));
    out.join("\n")
}

/// Whether the run as a whole is good: nothing failed and something ran.
pub fn is_good(lines: &[Line]) -> bool {
    let failed = lines
        .iter()
        .any(|line| matches!(line.verdict, Verdict::Failed(_)));
    let passed = lines
        .iter()
        .any(|line| matches!(line.verdict, Verdict::Passed));
    passed && !failed
}

fn row(name: &str, took: Duration) -> String {
    format!("{name:<12} {:>8.1}", took.as_secs_f64() / 60.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(name: &'static str, verdict: Verdict, seconds: u64) -> Line {
        Line {
            name,
            verdict,
            took: Duration::from_secs(seconds),
        }
    }

    #[test]
    fn closing_line_counts_parts_and_stands_alone() {
        let lines = [
            line("fmt", Verdict::Passed, 3),
            line("swift", Verdict::Skipped("no root".into()), 0),
            line("rust", Verdict::Failed("two tests\nmore".into()), 90),
        ];
        let text = render(&lines);
        assert_eq!(text.lines().last(), Some("1 passed, 1 failed, 1 skipped"));
        assert!(
            text.contains("rust              1.5  FAILED   two tests\n"),
            "{text}"
        );
        assert!(text.contains("rust failed: two tests\nmore"), "{text}");
        assert!(!is_good(&lines));
    }

    #[test]
    fn a_run_in_which_nothing_ran_is_not_good() {
        assert!(!is_good(&[line(
            "swift",
            Verdict::Skipped("no root".into()),
            0
        )]));
        assert!(!is_good(&[]));
        assert!(is_good(&[line("fmt", Verdict::Passed, 1)]));
    }
}
