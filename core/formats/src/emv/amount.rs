//! Tag 54 (EMVCo QRCPS Merchant-Presented Mode 1.1, Transaction Amount, ID "54": up to 13 characters, digits and at most one
//! point; NAPAS 247: đồng, whole).

use crate::{Place, Refusal, Rule};

/// An amount as it was read.
pub(super) struct Amount<'a> {
    /// Plain, without useless zeros; `None` when it is zero.
    pub(super) plain: Option<&'a str>,
    /// Whether it has a point and nothing but zeros behind it.
    pub(super) zero_fraction: bool,
    /// Whether it has more than zeros behind the point.
    pub(super) has_fraction: bool,
}

/// Reads tag 54.
pub(super) fn read(raw: &str) -> Result<Amount<'_>, Refusal> {
    let (whole, fraction) = match raw.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (raw, None),
    };
    let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    let fits = raw.len() <= 13 && !whole.is_empty();
    if !(fits && digits(whole) && fraction.is_none_or(digits)) {
        return Err(refused());
    }
    let has_fraction = fraction.is_some_and(|f| f.bytes().any(|b| b != b'0'));
    let from = whole.bytes().take_while(|b| *b == b'0').count();
    // One zero stays before a point.
    let from = from.min(whole.len() - 1);
    let to = match has_fraction {
        true => raw.trim_end_matches('0').len(),
        false => whole.len(),
    };
    let plain = raw.get(from..to).unwrap_or_default();
    Ok(Amount {
        plain: (plain != "0").then_some(plain),
        zero_fraction: fraction.is_some() && !has_fraction,
        has_fraction,
    })
}

/// Tag 54 refused.
pub(super) fn refused() -> Refusal {
    Refusal::new(Rule::Amount, Place::Tag("54".into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_without_useless_zeros() {
        let plain = |raw| read(raw).map(|a| a.plain).map_err(|e| e.rule);
        assert_eq!(plain("180000"), Ok(Some("180000")));
        assert_eq!(plain("00180000.00"), Ok(Some("180000")));
        assert_eq!(plain("12.50"), Ok(Some("12.5")));
        assert_eq!(plain("00.50"), Ok(Some("0.5")));
        assert_eq!(plain("12."), Ok(Some("12")));
        assert_eq!(plain("100"), Ok(Some("100")));
        assert_eq!(plain("0.00"), Ok(None));
        for bad in [
            "",
            ".5",
            "1e5",
            "-1",
            "1,5",
            "1.2.3",
            "12345678901234",
            "１",
            " 1",
        ] {
            assert_eq!(plain(bad), Err(Rule::Amount), "{bad}");
        }
    }

    #[test]
    fn fractions_are_told_apart() {
        let of = |raw| read(raw).map(|a| (a.zero_fraction, a.has_fraction));
        assert_eq!(of("1.0"), Ok((true, false)));
        assert_eq!(of("1.01"), Ok((false, true)));
        assert_eq!(of("1"), Ok((false, false)));
    }
}
