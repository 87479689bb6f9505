//! What the lists hold: units, districts, provinces, their kinds and codes.
//!
//! Invariant: a value is a view into one edition of the lists; it is cheap to copy and never outlives the edition.

use std::fmt;

use super::Edition;

/// Kinds of unit at the level of the commune.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum UnitKind {
    /// Phường.
    Ward,
    /// Xã.
    Commune,
    /// Thị trấn; none since 1 July 2025.
    Township,
    /// Đặc khu; since 1 July 2025.
    SpecialZone,
}

/// Kinds of the districts that there were until 30 June 2025.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum DistrictKind {
    /// Quận.
    Urban,
    /// Huyện.
    Rural,
    /// Thị xã.
    Town,
    /// Thành phố below a province or city.
    City,
}

/// Kinds of unit of the first level.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ProvinceKind {
    /// Tỉnh.
    Province,
    /// Thành phố directly under the Government.
    City,
}

/// The three kinds of kinds, as the tables write them: a number and a word.
pub(super) trait Kind: Copy + 'static {
    const ALL: &'static [(Self, &'static str)];

    fn at(number: u8) -> Option<Self> {
        Self::ALL.get(usize::from(number)).map(|(kind, _)| *kind)
    }
}

impl Kind for UnitKind {
    const ALL: &'static [(UnitKind, &'static str)] = &[
        (UnitKind::Ward, "phường"),
        (UnitKind::Commune, "xã"),
        (UnitKind::Township, "thị trấn"),
        (UnitKind::SpecialZone, "đặc khu"),
    ];
}

impl Kind for DistrictKind {
    const ALL: &'static [(DistrictKind, &'static str)] = &[
        (DistrictKind::Urban, "quận"),
        (DistrictKind::Rural, "huyện"),
        (DistrictKind::Town, "thị xã"),
        (DistrictKind::City, "thành phố"),
    ];
}

impl Kind for ProvinceKind {
    const ALL: &'static [(ProvinceKind, &'static str)] = &[
        (ProvinceKind::Province, "tỉnh"),
        (ProvinceKind::City, "thành phố"),
    ];
}

impl UnitKind {
    /// The Vietnamese word, in lower case.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            UnitKind::Ward => "phường",
            UnitKind::Commune => "xã",
            UnitKind::Township => "thị trấn",
            UnitKind::SpecialZone => "đặc khu",
        }
    }

    fn capital(self) -> &'static str {
        match self {
            UnitKind::Ward => "Phường",
            UnitKind::Commune => "Xã",
            UnitKind::Township => "Thị trấn",
            UnitKind::SpecialZone => "Đặc khu",
        }
    }
}

impl DistrictKind {
    fn capital(self) -> &'static str {
        match self {
            DistrictKind::Urban => "Quận",
            DistrictKind::Rural => "Huyện",
            DistrictKind::Town => "Thị xã",
            DistrictKind::City => "Thành phố",
        }
    }
}

impl ProvinceKind {
    fn capital(self) -> &'static str {
        match self {
            ProvinceKind::Province => "Tỉnh",
            ProvinceKind::City => "Thành phố",
        }
    }
}

/// An official code: digits, leading zeros kept. Provinces have two, former districts three, units five.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Code {
    digits: [u8; 5],
    len: u8,
}

impl Code {
    pub(super) fn new(mut number: u16, len: u8) -> Code {
        let mut digits = [b'0'; 5];
        for digit in digits.iter_mut().take(usize::from(len)).rev() {
            *digit = b'0' + (number % 10) as u8;
            number /= 10;
        }
        Code { digits, len }
    }

    /// The number behind a text of exactly `len` digits.
    pub(super) fn number(text: &str, len: usize) -> Option<u16> {
        let is_code = text.len() == len && text.bytes().all(|b| b.is_ascii_digit());
        is_code.then(|| text.parse().ok()).flatten()
    }

    /// The digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        let digits = self.digits.get(..usize::from(self.len)).unwrap_or_default();
        std::str::from_utf8(digits).unwrap_or_default()
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}

impl PartialEq<str> for Code {
    fn eq(&self, other: &str) -> bool {
        self.as_str() == other
    }
}

impl PartialEq<&str> for Code {
    fn eq(&self, other: &&str) -> bool {
        self.as_str() == *other
    }
}

/// A province or city, of today or of 30 June 2025.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Province<'e> {
    /// Official code, two digits. Most provinces of today bear the code of one of their parts.
    pub code: Code,
    /// Province or city.
    pub kind: ProvinceKind,
    /// The name without the kind: `Huế`.
    pub name: &'e str,
}

/// A district as it was on 30 June 2025; there are none since.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct District<'e> {
    /// Official code, three digits.
    pub code: Code,
    /// Its kind.
    pub kind: DistrictKind,
    /// The name without the kind: `Thuận Hóa`.
    pub name: &'e str,
    /// The province of then.
    pub province: Province<'e>,
}

/// A unit of today.
#[derive(Clone, Copy)]
pub struct Unit<'e> {
    /// Official code, five digits.
    pub code: Code,
    /// Ward, commune or special zone.
    pub kind: UnitKind,
    /// The name without the kind: `Thuận Hóa`.
    pub name: &'e str,
    /// Its province or city.
    pub province: Province<'e>,
    /// Latitude of a point inside, degrees (WGS 84).
    pub lat: f64,
    /// Longitude of that point, degrees.
    pub lon: f64,
    /// Area in km²; 0 where it is not known.
    pub area_km2: f64,
    pub(super) of: &'e Edition,
    pub(super) index: u16,
}

/// A unit as it was on 30 June 2025.
#[derive(Clone, Copy)]
pub struct FormerUnit<'e> {
    /// Official code, five digits.
    pub code: Code,
    /// Ward, commune or township.
    pub kind: UnitKind,
    /// The name without the kind.
    pub name: &'e str,
    /// Its district.
    pub district: District<'e>,
    /// Latitude of its middle (approximate), degrees (WGS 84).
    pub lat: f64,
    /// Longitude of its middle, degrees.
    pub lon: f64,
    /// About half its width, km.
    pub extent_km: f64,
    pub(super) of: &'e Edition,
    pub(super) index: u16,
}

impl<'e> Unit<'e> {
    /// The name as it is written in full: `Phường Thuận Hóa`.
    #[must_use]
    pub fn full_name(&self) -> String {
        format!("{} {}", self.kind.capital(), self.name)
    }

    /// The units of 30 June 2025 that it is made of, wholly or in part, by code.
    pub fn made_of(&self) -> impl Iterator<Item = FormerUnit<'e>> + use<'e> {
        self.of.parts_of(self.index)
    }
}

impl<'e> FormerUnit<'e> {
    /// The name as it was written in full: `Phường Phú Hội`.
    #[must_use]
    pub fn full_name(&self) -> String {
        format!("{} {}", self.kind.capital(), self.name)
    }

    /// The units of today it went into: one, or where it was split several, the one to propose first (the source's choice, by
    /// the greater part; never to be taken without asking).
    pub fn successors(&self) -> impl Iterator<Item = Unit<'e>> + use<'e> {
        self.of.successors_of(self.index)
    }

    /// The unit of today it belongs to as a whole; none when it was split.
    #[must_use]
    pub fn current(&self) -> Option<Unit<'e>> {
        let mut all = self.successors();
        all.next().filter(|_| all.next().is_none())
    }
}

impl District<'_> {
    /// The name as it was written in full: `Quận Thuận Hóa`.
    #[must_use]
    pub fn full_name(&self) -> String {
        format!("{} {}", self.kind.capital(), self.name)
    }
}

impl Province<'_> {
    /// The name as it is written in full: `Thành phố Huế`.
    #[must_use]
    pub fn full_name(&self) -> String {
        format!("{} {}", self.kind.capital(), self.name)
    }
}

impl PartialEq for Unit<'_> {
    fn eq(&self, other: &Self) -> bool {
        (self.code, self.kind, self.name) == (other.code, other.kind, other.name)
    }
}

impl PartialEq for FormerUnit<'_> {
    fn eq(&self, other: &Self) -> bool {
        (self.code, self.kind, self.name) == (other.code, other.kind, other.name)
    }
}

impl fmt::Debug for Unit<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {self}", self.code)
    }
}

impl fmt::Debug for FormerUnit<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "former {} {self}", self.code)
    }
}

impl fmt::Display for Unit<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, {}", self.full_name(), self.province.full_name())
    }
}

impl fmt::Display for FormerUnit<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let district = self.district;
        write!(
            f,
            "{}, {}, {}",
            self.full_name(),
            district.full_name(),
            district.province.full_name()
        )
    }
}
