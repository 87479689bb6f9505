//! Strips of time: labels, ticks, bands, kill lines, pins and step areas that share one horizontal scale.
//!
//! Invariant: a strip is decoration for the eye (`aria-hidden`); whatever it shows stands beside it in words too.

use std::fmt::Write as _;

use super::super::record::{Event, EventKind, Sample};
use super::html::{clock, percent};

/// The horizontal scale of every strip of a page.
#[derive(Clone, Copy)]
pub(super) struct Scale {
    pub(super) whole_ms: u64,
}

impl Scale {
    /// A labelled strip; `label` and `inner` are finished HTML.
    pub(super) fn row(self, label: &str, class: &str, inner: &str) -> String {
        format!("<div class=\"row\"><div>{label}</div><div class=\"strip {class}\" aria-hidden=\"true\">{inner}</div></div>")
    }

    /// `left` and `width` of a span.
    pub(super) fn span(self, from: u64, to: u64) -> String {
        format!(
            "left:{}%;width:{}%",
            percent(from, self.whole_ms),
            percent(to.saturating_sub(from), self.whole_ms)
        )
    }

    /// The line through a strip where the process was killed.
    pub(super) fn kills(self, events: &[Event]) -> String {
        events
            .iter()
            .filter(|e| e.kind == EventKind::Killed)
            .map(|e| {
                format!(
                    "<span class=\"kill\" style=\"left:{}%\"></span>",
                    percent(e.at_ms, self.whole_ms)
                )
            })
            .collect()
    }

    /// Time marks below a group of strips.
    pub(super) fn ticks(self) -> String {
        let step = match self.whole_ms {
            0..=40_000 => 10_000,
            40_001..=100_000 => 20_000,
            _ => 30_000,
        };
        let mut marks = String::new();
        let mut at = 0;
        while at + step / 2 < self.whole_ms {
            let _ = write!(
                marks,
                "<span style=\"left:{}%\">{}</span>",
                percent(at, self.whole_ms),
                clock(at)
            );
            at += step;
        }
        let _ = write!(
            marks,
            "<span class=\"last\" style=\"left:100%\">{}</span>",
            clock(self.whole_ms)
        );
        format!("<div class=\"row\"><div></div><div class=\"ticks\" aria-hidden=\"true\">{marks}</div></div>")
    }

    /// Pins, stacked where they would cover each other on a narrow screen. Gives the HTML and the strip's height in rem.
    pub(super) fn pins(self, events: &[Event]) -> (String, String) {
        // A pin is 1.25 rem; on a 320-pixel strip that is about 6 % of it.
        const APART: u64 = 650;
        let mut lanes: Vec<u64> = Vec::new();
        let mut out = String::new();
        for e in events {
            let at = e.at_ms.min(self.whole_ms) * 10_000 / self.whole_ms.max(1);
            let lane = match lanes.iter().position(|end| at >= *end) {
                Some(lane) => lane,
                None => {
                    lanes.push(0);
                    lanes.len() - 1
                }
            };
            lanes[lane] = at + APART;
            let _ = write!(
                out,
                "<span class=\"pin {}\" style=\"left:{}%;bottom:{}rem\">{}</span>",
                class(e.kind),
                percent(e.at_ms, self.whole_ms),
                tenths(2 + 13 * lane as u64),
                glyph(e.kind)
            );
        }
        (out, tenths(4 + 13 * lanes.len().max(1) as u64))
    }

    /// A filled step line of one quantity of the samples.
    pub(super) fn steps(self, samples: &[Sample], of: impl Fn(&Sample) -> u64) -> String {
        let most = samples.iter().map(&of).max().unwrap_or(0).max(1);
        let x = |ms: u64| percent(ms, self.whole_ms);
        let y = |v: u64| percent(most - v, most);
        let mut path = String::from("M0 100");
        let mut level = 0;
        for s in samples {
            let v = of(s);
            if v != level {
                let _ = write!(path, "L{0} {1}L{0} {2}", x(s.at_ms), y(level), y(v));
                level = v;
            }
        }
        let _ = write!(path, "L100 {}L100 100Z", y(level));
        format!("<svg viewBox=\"0 0 100 100\" preserveAspectRatio=\"none\" focusable=\"false\"><path class=\"area\" d=\"{path}\"/></svg>")
    }
}

fn tenths(n: u64) -> String {
    format!("{}.{}", n / 10, n % 10)
}

pub(super) fn class(kind: EventKind) -> &'static str {
    match kind {
        EventKind::Act => "act",
        EventKind::Arrived => "arrived",
        EventKind::Killed => "killed",
        EventKind::Booted => "booted",
        EventKind::Received => "received",
    }
}

pub(super) fn glyph(kind: EventKind) -> &'static str {
    match kind {
        EventKind::Act => "●",
        EventKind::Arrived => "✓",
        EventKind::Killed => "✕",
        EventKind::Booted => "↑",
        EventKind::Received => "↓",
    }
}
