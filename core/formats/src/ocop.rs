//! OCOP: the certificate of the programme "one commune, one product" (mỗi xã một sản phẩm).
//!
//! Source: Decision 148/QĐ-TTg of 24 February 2023 (the set of criteria: 50 to 69 points three stars, 70 to 89 four, 90 to 100 five; a certificate holds 36 months
//! from its day), Decision 1489/QĐ-TTg of 6 July 2025.
//!
//! Invariant: which body certifies is data of the certificate, never derived: districts did until July 2025.

use std::fmt;

use serde::Serialize;

use crate::payload::{bounded, no_controls, number};
use crate::{Date, Place, Refusal, Rule};

/// How many months a certificate holds.
pub const MONTHS: u32 = 36;
/// So many days before the last one, renewal is urged.
pub const EXPIRING_DAYS: i32 = 90;

/// Whether a certificate counts on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Enum), uniffi(name = "OcopState"))]
#[serde(rename_all = "kebab-case")]
pub enum CertificateState {
    /// It holds.
    Valid,
    /// It holds, for 90 days or less.
    Expiring,
    /// Its last day is past.
    Expired,
    /// It was withdrawn.
    Revoked,
}

/// A certificate as seen on one day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(
    feature = "uniffi",
    derive(uniffi::Record),
    uniffi(name = "OcopCertificate")
)]
#[non_exhaustive]
pub struct Certificate {
    /// The last day it holds.
    pub valid_to: Date,
    /// What it is on that day.
    pub state: CertificateState,
    /// Days from that day to the last one; negative when it is past.
    pub days_left: i32,
    /// Whether the product may bear the stars.
    pub badge: bool,
    /// 3 to 5 by the score; none without a score or below 50 points.
    pub stars: Option<u8>,
}

/// A score in hundredths of a point, 0 to 10,000.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Score(u16);

impl Score {
    /// Of points, two decimals at most counted.
    ///
    /// # Errors
    /// `range` below 0 or above 100.
    pub fn from_points(points: f64) -> Result<Score, Refusal> {
        match (0.0..=100.0).contains(&points) {
            // Not rounded up: 69.999 is not 70.
            true => Ok(Score((points * 100.0 + 1e-6) as u16)),
            false => Err(Refusal::field(Rule::Range, "score")),
        }
    }

    /// 3 to 5, or none below 50 points.
    #[must_use]
    pub const fn stars(self) -> Option<u8> {
        match self.0 {
            9_000.. => Some(5),
            7_000.. => Some(4),
            5_000.. => Some(3),
            _ => None,
        }
    }
}

/// A certificate of the day `issued`, as seen on the day `on`.
///
/// # Errors
/// `date` when `on` is before `issued`, or the last day would be after the year 9999.
pub fn certificate(
    issued: Date,
    on: Date,
    score: Option<Score>,
    revoked: bool,
) -> Result<Certificate, Refusal> {
    if on < issued {
        return Err(Refusal::field(Rule::Date, "on"));
    }
    let valid_to = months_later(issued, MONTHS).ok_or(Refusal::field(Rule::Date, "issued"))?;
    let days_left = valid_to.days_since_epoch() - on.days_since_epoch();
    let state = match days_left {
        _ if revoked => CertificateState::Revoked,
        ..0 => CertificateState::Expired,
        0..=EXPIRING_DAYS => CertificateState::Expiring,
        _ => CertificateState::Valid,
    };
    let holds = matches!(state, CertificateState::Valid | CertificateState::Expiring);
    let stars = score.and_then(Score::stars);
    Ok(Certificate {
        valid_to,
        state,
        days_left,
        badge: holds && (score.is_none() || stars.is_some()),
        stars,
    })
}

/// The same day so many months later, or the last of that month where it has no such day.
fn months_later(day: Date, months: u32) -> Option<Date> {
    let (year, month, day) = day.ymd();
    let months = month - 1 + months;
    let year = year.checked_add(i32::try_from(months / 12).ok()?)?;
    let month = months % 12 + 1;
    (1..=day)
        .rev()
        .take(4)
        .find_map(|day| Date::from_ymd(year, month, day).ok())
}

/// The decision by which a certificate was given: `1810/QĐ-UBND`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
#[non_exhaustive]
pub struct CertificateReference {
    /// Its number in the year.
    pub number: u32,
    /// The body's mark as it is written, in normal form C: `UBND`, `SNNMT`.
    pub body: String,
}

impl CertificateReference {
    /// Reads `NUMBER/QĐ-BODY` (Decree 30/2020/NĐ-CP, annex I: number, kind and body of an administrative document), with blanks around it or a year between
    /// (`12/2024/QĐ-UBND`) refused.
    ///
    /// # Errors
    /// `empty`, `too-long`, `charset`, `format`.
    pub fn parse(text: &str) -> Result<CertificateReference, Refusal> {
        let text = bounded(text)?;
        no_controls(text)?;
        let format = || Refusal::new(Rule::Format, Place::Whole);
        let (digits, rest) = text.split_once('/').ok_or_else(format)?;
        let number = number(digits)
            .filter(|n| (1..1_000_000).contains(n))
            .ok_or_else(format)?;
        let rest = crate::payload::kept(rest).text;
        let body = rest.strip_prefix("QĐ-").ok_or_else(format)?;
        let is_body = (1..=20).contains(&body.chars().count())
            && body
                .chars()
                .all(|c| c.is_uppercase() || c.is_ascii_digit() || c == '-' || c == '&');
        match is_body {
            true => Ok(CertificateReference {
                number,
                body: body.to_owned(),
            }),
            false => Err(format()),
        }
    }
}

impl fmt::Display for CertificateReference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}/QĐ-{}", self.number, self.body)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn on(issued: &str, on: &str) -> Certificate {
        certificate(issued.parse().unwrap(), on.parse().unwrap(), None, false).unwrap()
    }

    #[test]
    fn the_last_day_counts() {
        let c = on("2022-08-03", "2025-08-03");
        assert_eq!(
            (c.state, c.days_left, c.badge),
            (CertificateState::Expiring, 0, true)
        );
        let c = on("2022-08-03", "2025-08-04");
        assert_eq!(
            (c.state, c.days_left, c.badge),
            (CertificateState::Expired, -1, false)
        );
        let c = on("2022-08-03", "2025-05-05");
        assert_eq!((c.state, c.days_left), (CertificateState::Expiring, 90));
        let c = on("2022-08-03", "2025-05-04");
        assert_eq!((c.state, c.days_left), (CertificateState::Valid, 91));
    }

    #[test]
    fn months_have_ends() {
        assert_eq!(
            on("2024-02-29", "2024-03-01").valid_to.to_string(),
            "2027-02-28"
        );
        assert_eq!(
            on("2025-02-28", "2025-03-01").valid_to.to_string(),
            "2028-02-28"
        );
        assert_eq!(
            on("2023-12-31", "2024-03-01").valid_to.to_string(),
            "2026-12-31"
        );
    }

    #[test]
    fn stars_by_points() {
        let stars = |points| {
            Score::from_points(points)
                .map(Score::stars)
                .map_err(|e| e.rule)
        };
        assert_eq!(stars(49.99), Ok(None));
        assert_eq!(stars(50.0), Ok(Some(3)));
        assert_eq!(stars(69.99), Ok(Some(3)));
        assert_eq!(stars(69.999), Ok(Some(3)));
        assert_eq!(stars(70.0), Ok(Some(4)));
        assert_eq!(stars(90.0), Ok(Some(5)));
        assert_eq!(stars(100.0), Ok(Some(5)));
        for bad in [-0.5, 100.01, f64::NAN, f64::INFINITY] {
            assert_eq!(stars(bad), Err(Rule::Range));
        }
    }

    #[test]
    fn withdrawn_is_withdrawn_and_the_future_is_refused() {
        let day = |text: &str| text.parse::<Date>().unwrap();
        let c = certificate(day("2026-01-01"), day("2026-02-01"), None, true).unwrap();
        assert_eq!((c.state, c.badge), (CertificateState::Revoked, false));
        let early = certificate(day("2026-01-01"), day("2025-12-31"), None, false);
        assert_eq!(early.unwrap_err().rule, Rule::Date);
        assert!(certificate(Date::MAX, Date::MAX, None, false).is_err());
    }

    #[test]
    fn references() {
        let read = CertificateReference::parse("2919/QĐ-UBND").unwrap();
        assert_eq!((read.number, read.body.as_str()), (2919, "UBND"));
        assert_eq!(read.to_string(), "2919/QĐ-UBND");
        for bad in [
            "2919/QD-UBND",
            "/QĐ-UBND",
            "0/QĐ-UBND",
            "12/2024/QĐ-UBND",
            "1/QĐ-ubnd",
            "1/QĐ-",
            "x",
        ] {
            assert_eq!(
                CertificateReference::parse(bad).unwrap_err().rule,
                Rule::Format,
                "{bad}"
            );
        }
    }

    /// The day and the score of a case, as a terminal reads them; what is no object is judged there.
    #[test]
    fn vectors() {
        crate::vectors::check("ocop", |input, _| {
            let no_object = Refusal::whole(Rule::Format);
            let ask: serde_json::Value =
                serde_json::from_str(input).map_err(|_| no_object.clone())?;
            let text = |field: &str| ask[field].as_str().ok_or(no_object.clone());
            let day = |text: &str| text.parse::<Date>().map_err(|_| Refusal::whole(Rule::Date));
            let (issued, on) = (day(text("issued")?)?, day(text("on")?)?);
            let score = ask["score"].as_f64().map(Score::from_points).transpose()?;
            let since = ask["revoked"].as_str().map(day).transpose()?;
            let revoked = ask["revoked"].as_bool() == Some(true) || since.is_some_and(|d| d <= on);
            let mut value = serde_json::to_value(certificate(issued, on, score, revoked)?).unwrap();
            value["warnings"] = serde_json::json!([]);
            Ok(value)
        });
    }

    proptest! {
        #[test]
        fn any_day_is_answered(issued in -800_000_i64..3_000_000, later in 0..4_000_i64) {
            let issued = Date::from_days_saturating(issued);
            let on = Date::from_days_saturating(i64::from(issued.days_since_epoch()) + later);
            if let Ok(c) = certificate(issued, on, None, false) {
                prop_assert!((1_094..=1_096).contains(&(c.valid_to.days_since_epoch() - issued.days_since_epoch())));
                prop_assert_eq!(c.badge, on <= c.valid_to);
            }
        }
    }
}
