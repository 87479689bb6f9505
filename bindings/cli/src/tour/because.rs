//! Why a report arrived when it did: how much of its wait each trouble covers.
//!
//! Pure: the phone's spans of trouble and the moments of the report in, two sentences out.

use super::record::{Band, BandKind, Words};

/// A wait below this needs no reason, milliseconds.
const AT_ONCE: u64 = 1_500;

/// A span as both languages write it.
pub fn seconds(ms: u64) -> Words {
    let (whole, tenth) = (ms / 1000, ms % 1000 / 100);
    Words::new(format!("{whole},{tenth} s"), format!("{whole}.{tenth} s"))
}

/// The life of a report filed at `filed`, whose words came at `words` and whose last photo came at `photo`.
pub fn report(bands: &[Band], filed: u64, words: Option<u64>, photo: Option<u64>) -> Words {
    let Some(words) = words else {
        return Words::new("Chữ chưa đến.", "Its words have not arrived.");
    };
    let said = stage(bands, (filed, words), ("Chữ", "Its words"), WORDS);
    match photo.filter(|at| *at > words) {
        None => said,
        Some(photo) => {
            let then = stage(bands, (words, photo), ("Ảnh", "The photos"), PHOTOS);
            Words::new(
                format!("{} {}", said.vi, then.vi),
                format!("{} {}", said.en, then.en),
            )
        }
    }
}

type Reason = (BandKind, &'static str, &'static str);

/// What words wait for.
const WORDS: &[Reason] = &[
    (BandKind::Outage, "mất sóng", "without signal"),
    (
        BandKind::Portal,
        "bị cổng wifi chặn",
        "behind a captive portal",
    ),
    (BandKind::Slow, "đi qua mạng 2 KB/s", "over 2 KB/s"),
];

/// What photos wait for once the words are there.
const PHOTOS: &[Reason] = &[
    (
        BandKind::Slow,
        "2 KB/s chỉ đủ cho chữ",
        "at 2 KB/s, enough for words only",
    ),
    (
        BandKind::Cut,
        "qua mạng cứ đứt",
        "over a link that kept breaking",
    ),
];

fn stage(
    bands: &[Band],
    (from, to): (u64, u64),
    (vi, en): (&str, &str),
    reasons: &[Reason],
) -> Words {
    let waited = to.saturating_sub(from);
    if waited < AT_ONCE {
        return Words::new(format!("{vi} đến ngay."), format!("{en} arrived at once."));
    }
    let found: Vec<Words> = reasons
        .iter()
        .filter_map(|(kind, vi, en)| {
            let covered = overlap(bands, *kind, from, to);
            (covered >= AT_ONCE / 3).then(|| {
                let s = seconds(covered);
                Words::new(format!("{} {vi}", s.vi), format!("{} {en}", s.en))
            })
        })
        .collect();
    let all = |pick: fn(&Words) -> &str| found.iter().map(pick).collect::<Vec<_>>().join(", ");
    let waited = seconds(waited);
    if found.is_empty() {
        return Words::new(
            format!("{vi} đến sau {}.", waited.vi),
            format!("{en} arrived after {}.", waited.en),
        );
    }
    Words::new(
        format!("{vi} đến sau {}: {}.", waited.vi, all(|w| &w.vi)),
        format!("{en} arrived after {}: {}.", waited.en, all(|w| &w.en)),
    )
}

/// Milliseconds of `from..to` that lie in a trouble of this kind.
fn overlap(bands: &[Band], kind: BandKind, from: u64, to: u64) -> u64 {
    bands
        .iter()
        .filter(|band| band.kind == kind)
        .map(|band| {
            let end = band.to_ms.min(to);
            end.saturating_sub(band.from_ms.max(from))
        })
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn band(kind: BandKind, from_ms: u64, to_ms: u64) -> Band {
        Band {
            kind,
            from_ms,
            to_ms,
        }
    }

    #[test]
    fn each_trouble_counts_for_what_it_covers_of_the_wait() {
        let bands = [
            band(BandKind::Outage, 3_000, 10_000),
            band(BandKind::Portal, 10_000, 14_000),
            band(BandKind::Slow, 14_000, 20_000),
            band(BandKind::Cut, 20_000, 30_000),
        ];
        let said = report(&bands, 5_000, Some(16_000), Some(26_000));
        assert_eq!(
            said.en,
            "Its words arrived after 11.0 s: 5.0 s without signal, 4.0 s behind a captive portal, 2.0 s over 2 KB/s. \
             The photos arrived after 10.0 s: 4.0 s at 2 KB/s, enough for words only, 6.0 s over a link that kept breaking."
        );
        assert!(said.vi.starts_with("Chữ đến sau 11,0 s: 5,0 s mất sóng,"));
    }

    #[test]
    fn what_came_at_once_needs_no_reason() {
        assert_eq!(report(&[], 5_000, Some(5_040), None).vi, "Chữ đến ngay.");
        assert_eq!(
            report(&[], 5_000, None, None).en,
            "Its words have not arrived."
        );
    }

    #[test]
    fn spans_read_in_both_languages() {
        let span = seconds(13_150);
        assert_eq!((span.vi.as_str(), span.en.as_str()), ("13,1 s", "13.1 s"));
    }
}
