//! What the camera noted in EXIF (CIPA DC-008 / Exif 3.0): orientation, time and place, and nothing else.
//!
//! A reader for these few tags of the TIFF structure, without allocation: each value is one bounded look-up, so that a
//! hostile block costs at most its own length. What is broken is absent; a photo is never refused for its notes.

use crate::orient::Orientation;

/// When the camera says the photo was taken: the phone's wall clock, a claim and not a proof.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct TakenAt {
    /// Year of the Gregorian calendar.
    pub year: u16,
    /// Month, 1 to 12.
    pub month: u8,
    /// Day, 1 to 31.
    pub day: u8,
    /// Hour, 0 to 23.
    pub hour: u8,
    /// Minute, 0 to 59.
    pub minute: u8,
    /// Second, 0 to 60.
    pub second: u8,
    /// Minutes east of UTC, where the camera noted them (tag OffsetTimeOriginal).
    pub offset_minutes: Option<i16>,
}

impl std::fmt::Debug for TakenAt {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("TakenAt(redacted)")
    }
}

impl TakenAt {
    /// Seconds since 1970-01-01T00:00:00Z. Where the camera noted no offset, `default_offset_minutes` is taken (Vietnam: 420).
    #[must_use]
    pub fn unix_seconds(&self, default_offset_minutes: i16) -> i64 {
        // Days by the civil calendar with the year beginning in March, so that the leap day is the last.
        let (month, year) = match self.month {
            month @ 3.. => (i64::from(month) - 3, i64::from(self.year)),
            month => (i64::from(month) + 9, i64::from(self.year) - 1),
        };
        let days = year * 365 + year.div_euclid(4) - year.div_euclid(100)
            + year.div_euclid(400)
            + (month * 153 + 2) / 5
            + i64::from(self.day)
            - 719_469;
        let minutes = i64::from(self.hour) * 60 + i64::from(self.minute);
        let offset = i64::from(self.offset_minutes.unwrap_or(default_offset_minutes));
        days * 86_400 + (minutes - offset) * 60 + i64::from(self.second)
    }

    /// From `YYYY:MM:DD HH:MM:SS`, the only form EXIF knows.
    fn parse(text: &[u8], offset: Option<&[u8]>) -> Option<TakenAt> {
        let text = text.get(..19)?;
        let shape = text.iter().enumerate().all(|(i, byte)| match i {
            4 | 7 | 13 | 16 => *byte == b':',
            10 => *byte == b' ',
            _ => byte.is_ascii_digit(),
        });
        let number = |from: usize| u8::try_from(two(text, from)?).ok();
        let taken = TakenAt {
            year: two(text, 0)? * 100 + two(text, 2)?,
            month: number(5)?,
            day: number(8)?,
            hour: number(11)?,
            minute: number(14)?,
            second: number(17)?,
            offset_minutes: offset.and_then(parse_offset),
        };
        let sane =
            (1..=12).contains(&taken.month) && (1..=31).contains(&taken.day) && taken.year >= 1990;
        (shape && sane && taken.hour < 24 && taken.minute < 60 && taken.second <= 60)
            .then_some(taken)
    }
}

fn two(text: &[u8], from: usize) -> Option<u16> {
    let digit = |at: usize| text.get(at).and_then(|byte| char::from(*byte).to_digit(10));
    u16::try_from(digit(from)? * 10 + digit(from + 1)?).ok()
}

/// From `+07:00`.
fn parse_offset(text: &[u8]) -> Option<i16> {
    let minutes = i16::try_from(two(text, 1)? * 60 + two(text, 4)?)
        .ok()
        .filter(|minutes| *minutes <= 14 * 60)?;
    match (text.first()?, text.get(3)?) {
        (b'+', b':') => Some(minutes),
        (b'-', b':') => Some(-minutes),
        _ => None,
    }
}

/// The notes of a photo.
#[derive(Clone, Copy, PartialEq)]
pub(crate) struct Facts {
    pub(crate) orientation: Orientation,
    pub(crate) taken_at: Option<TakenAt>,
    /// Latitude and longitude in degrees (WGS 84), north and east positive.
    pub(crate) gps: Option<(f64, f64)>,
}

const ORIENTATION: u16 = 0x0112;
const DATE_TIME: u16 = 0x0132;
const EXIF_IFD: u16 = 0x8769;
const GPS_IFD: u16 = 0x8825;
const DATE_TIME_ORIGINAL: u16 = 0x9003;
const OFFSET_TIME_ORIGINAL: u16 = 0x9011;

impl Facts {
    /// Reads a TIFF structure, or says "upright, nothing known".
    pub(crate) fn read(tiff: Option<&[u8]>) -> Facts {
        let mut facts = Facts {
            orientation: Orientation::new(1),
            taken_at: None,
            gps: None,
        };
        let Some(tiff) = tiff.and_then(Tiff::new) else {
            return facts;
        };
        let Some(root) = tiff.long(4).and_then(|at| tiff.directory(at)) else {
            return facts;
        };
        if let Some(tag) = root.number(ORIENTATION) {
            facts.orientation = Orientation::new(u16::try_from(tag).unwrap_or(1));
        }
        let exif = root.number(EXIF_IFD).and_then(|at| tiff.directory(at));
        let original = exif.as_ref().and_then(|exif| exif.text(DATE_TIME_ORIGINAL));
        let offset = exif
            .as_ref()
            .and_then(|exif| exif.text(OFFSET_TIME_ORIGINAL));
        facts.taken_at = original
            .or_else(|| root.text(DATE_TIME))
            .and_then(|text| TakenAt::parse(text, offset));
        facts.gps = root
            .number(GPS_IFD)
            .and_then(|at| tiff.directory(at))
            .and_then(|gps| place(&gps));
        facts
    }
}

/// The place of a GPS directory. 0°N 0°E is what phones write before their first fix: no place.
fn place(gps: &Directory<'_>) -> Option<(f64, f64)> {
    let lat = gps.degrees(2)?
        * if gps.text(1)?.starts_with(b"S") {
            -1.0
        } else {
            1.0
        };
    let lon = gps.degrees(4)?
        * if gps.text(3)?.starts_with(b"W") {
            -1.0
        } else {
            1.0
        };
    (lat.abs() <= 90.0 && lon.abs() <= 180.0 && (lat, lon) != (0.0, 0.0)).then_some((lat, lon))
}

#[derive(Clone, Copy)]
struct Tiff<'a> {
    bytes: &'a [u8],
    big: bool,
}

/// An image file directory: entries of twelve bytes.
struct Directory<'a> {
    tiff: Tiff<'a>,
    entries: &'a [u8],
}

impl<'a> Tiff<'a> {
    fn new(bytes: &'a [u8]) -> Option<Self> {
        match bytes.get(..4)? {
            b"II*\0" => Some(Tiff { bytes, big: false }),
            b"MM\0*" => Some(Tiff { bytes, big: true }),
            _ => None,
        }
    }

    fn short(&self, at: u32) -> Option<u16> {
        let two = self.slice(at, 2)?.try_into().ok()?;
        Some(if self.big {
            u16::from_be_bytes(two)
        } else {
            u16::from_le_bytes(two)
        })
    }

    fn long(&self, at: u32) -> Option<u32> {
        let four = self.slice(at, 4)?.try_into().ok()?;
        Some(if self.big {
            u32::from_be_bytes(four)
        } else {
            u32::from_le_bytes(four)
        })
    }

    fn slice(&self, at: u32, length: u32) -> Option<&'a [u8]> {
        self.bytes
            .get(at as usize..(at as usize).checked_add(length as usize)?)
    }

    fn directory(self, at: u32) -> Option<Directory<'a>> {
        let count = u32::from(self.short(at)?);
        Some(Directory {
            tiff: self,
            entries: self.slice(at.checked_add(2)?, count * 12)?,
        })
    }

    fn rational(&self, at: u32) -> Option<f64> {
        let (top, bottom) = (self.long(at)?, self.long(at.checked_add(4)?)?);
        (bottom != 0).then(|| f64::from(top) / f64::from(bottom))
    }
}

impl<'a> Directory<'a> {
    /// Type, count and position of the value of `tag`.
    fn find(&self, tag: u16) -> Option<(u16, u32, Tiff<'a>)> {
        let entry = self.entries.chunks_exact(12).find(|entry| {
            Tiff {
                bytes: entry,
                big: self.tiff.big,
            }
            .short(0)
                == Some(tag)
        })?;
        let entry = Tiff {
            bytes: entry,
            big: self.tiff.big,
        };
        Some((entry.short(2)?, entry.long(4)?, entry))
    }

    /// A SHORT or LONG that stands in the entry itself.
    fn number(&self, tag: u16) -> Option<u32> {
        match self.find(tag)? {
            (3, 1, entry) => entry.short(8).map(u32::from),
            (4 | 13, 1, entry) => entry.long(8),
            _ => None,
        }
    }

    /// An ASCII value.
    fn text(&self, tag: u16) -> Option<&'a [u8]> {
        match self.find(tag)? {
            (2, count @ 1..=4, entry) => entry.slice(8, count),
            (2, count, entry) => self.tiff.slice(entry.long(8)?, count),
            _ => None,
        }
    }

    /// Degrees, minutes and seconds as three RATIONALs.
    fn degrees(&self, tag: u16) -> Option<f64> {
        let (5, 3, entry) = self.find(tag)? else {
            return None;
        };
        let at = entry.long(8)?;
        let part = |n: u32| self.tiff.rational(at.checked_add(n * 8)?);
        Some(part(0)? + part(1)? / 60.0 + part(2)? / 3_600.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn times() {
        let taken = TakenAt::parse(b"2025:10:28 17:05:09\0", Some(b"+07:00\0")).unwrap();
        assert_eq!(taken.unix_seconds(0), 1_761_645_909);
        assert_eq!(
            TakenAt {
                offset_minutes: None,
                ..taken
            }
            .unix_seconds(420),
            1_761_645_909
        );
        let leap = TakenAt::parse(b"2024:02:29 00:00:00", None).unwrap();
        assert_eq!(leap.unix_seconds(0), 1_709_164_800);
        for text in [
            "2025:13:28 17:05:09",
            "2025-10-28 17:05:09",
            "    :  :     :  :  ",
            "0000:00:00 00:00:00",
            "2025:10",
        ] {
            assert!(TakenAt::parse(text.as_bytes(), None).is_none(), "{text}");
        }
        assert_eq!(parse_offset(b"-03:30"), Some(-210));
        assert_eq!(parse_offset(b"+0700"), None);
    }

    #[test]
    fn debug_tells_nothing() {
        let taken = TakenAt::parse(b"2025:10:28 17:05:09", None).unwrap();
        assert_eq!(format!("{taken:?}"), "TakenAt(redacted)");
    }

    proptest! {
        #[test]
        fn any_bytes_are_survived(mut bytes in proptest::collection::vec(any::<u8>(), 0..300), big: bool) {
            let head: &[u8] = if big { b"MM\0*\0\0\0\x08" } else { b"II*\0\x08\0\0\0" };
            bytes.splice(0..0, head.iter().copied());
            let _ = Facts::read(Some(&bytes));
        }
    }
}
