//! A few helpers that write HTML: everything a person or a server wrote is escaped here and nowhere else.
//!
//! Invariant: no value reaches the page unescaped; markup comes only from literals in this folder.

use std::fmt::Write as _;

use super::super::record::Words;

/// Text for an element or an attribute in double quotes.
pub(crate) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            // Controls have no place in HTML text; bidi controls could reorder what a stranger reads.
            c if c.is_control() && c != '\n' => {}
            '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {}
            c => out.push(c),
        }
    }
    out
}

/// Both languages; the switch at the top of the page hides one.
pub(crate) fn both(words: &Words) -> String {
    bilingual(&words.vi, &words.en)
}

/// Both languages from literals.
pub(crate) fn bilingual(vi: &str, en: &str) -> String {
    if vi == en {
        return format!("<span class=\"same\">{}</span>", escape(vi));
    }
    format!(
        "<span class=\"vi\" lang=\"vi\">{}</span> <span class=\"en\" lang=\"en\">{}</span>",
        escape(vi),
        escape(en)
    )
}

/// Minutes and seconds after the tour's first moment: `1:07`.
pub(crate) fn clock(ms: u64) -> String {
    let s = ms / 1000;
    format!("{}:{:02}", s / 60, s % 60)
}

/// A duration in words of both languages' shared symbols: `48 s`, `1 min 7 s`.
pub(crate) fn span(ms: u64) -> String {
    match ms {
        0..=999 => format!("{ms} ms"),
        1000..=9_999 => format!("{}.{} s", ms / 1000, ms % 1000 / 100),
        10_000..=119_999 => format!("{} s", ms / 1000),
        _ => format!("{} min {} s", ms / 60_000, ms % 60_000 / 1000),
    }
}

/// `312 KB`: decimal, as carriers count.
pub(crate) fn bytes(n: u64) -> String {
    match n {
        0..=999 => format!("{n} B"),
        1_000..=999_999 => format!("{} KB", n.div_ceil(1000)),
        _ => format!("{}.{} MB", n / 1_000_000, n % 1_000_000 / 100_000),
    }
}

/// Where a moment lies on a track, in percent with two digits.
pub(crate) fn percent(at: u64, whole: u64) -> String {
    let whole = whole.max(1);
    let hundredths = at.min(whole).saturating_mul(10_000) / whole;
    format!("{}.{:02}", hundredths / 100, hundredths % 100)
}

/// Appends a section with a bilingual heading; `body` is finished HTML.
pub(crate) fn section(out: &mut String, id: &str, vi: &str, en: &str, body: &str) {
    let _ = write!(
        out,
        "<section id=\"{id}\" aria-labelledby=\"{id}-h\"><h2 id=\"{id}-h\">{}</h2>{body}</section>",
        bilingual(vi, en)
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_and_direction_tricks_are_disarmed() {
        assert_eq!(
            escape("<b onload=\"x\">&'\u{202e}\u{7}"),
            "&lt;b onload=&quot;x&quot;&gt;&amp;&#39;"
        );
    }

    #[test]
    fn a_moment_beyond_the_end_stays_on_the_track() {
        assert_eq!(percent(5, 4), "100.00");
        assert_eq!(percent(1, 3), "33.33");
        assert_eq!(percent(1, 0), "100.00");
    }

    #[test]
    fn sizes_and_spans_read_plainly() {
        assert_eq!(bytes(312_345), "313 KB");
        assert_eq!(bytes(1_250_000), "1.2 MB");
        assert_eq!(span(1_250), "1.2 s");
        assert_eq!(span(128_000), "2 min 8 s");
        assert_eq!(clock(67_400), "1:07");
    }
}
