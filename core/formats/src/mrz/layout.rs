//! Where the elements of a machine readable zone stand.
//!
//! Positions count through all lines as one: a document of size 1 has 3 lines of 30 characters, 90 positions.
//!
//! Source: ICAO Doc 9303 (8th edition) part 5 section 4.2 (TD1), part 6 section 4.2 (TD2), part 4 section 4.2 (TD3); check digits in part 3
//! section 4.9.

use std::ops::Range;

use serde::Serialize;

/// The three sizes of travel documents with a machine readable zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Enum))]
#[serde(rename_all = "UPPERCASE")]
pub enum MrzFormat {
    /// Identity cards: three lines of 30 characters (ICAO Doc 9303 part 5).
    Td1,
    /// Larger identity documents: two lines of 36 (part 6).
    Td2,
    /// Passports: two lines of 44 (part 4).
    Td3,
}

/// The longest machine readable zone without its line ends: TD1.
pub(super) const MOST: usize = 90;

/// Positions of the elements.
pub(super) struct Layout {
    pub lines: usize,
    pub width: usize,
    pub document_code: Range<usize>,
    pub issuing_state: Range<usize>,
    pub document_number: Range<usize>,
    pub document_number_check: usize,
    /// Where a long document number goes on, and what the issuer adds.
    pub optional_data: Range<usize>,
    /// TD3 alone has a check digit of the optional data.
    pub optional_check: Option<usize>,
    /// The second place of optional data: TD1 alone.
    pub optional_data_2: Range<usize>,
    pub birth: Range<usize>,
    pub birth_check: usize,
    pub sex: usize,
    pub expiry: Range<usize>,
    pub expiry_check: usize,
    pub nationality: Range<usize>,
    pub names: Range<usize>,
    /// What the composite check digit covers, in this order.
    pub composite: &'static [Range<usize>],
    pub composite_check: usize,
}

impl MrzFormat {
    pub(super) const fn layout(self) -> &'static Layout {
        match self {
            MrzFormat::Td1 => &TD1,
            MrzFormat::Td2 => &TD2,
            MrzFormat::Td3 => &TD3,
        }
    }

    /// First letters of the document code that this size has.
    pub(super) const fn kinds(self) -> &'static [u8] {
        match self {
            MrzFormat::Td1 | MrzFormat::Td2 => b"ACI",
            MrzFormat::Td3 => b"P",
        }
    }

    /// Whether a document number of more than nine characters goes on in the optional data (parts 5 and 6, note j; not in
    /// passports).
    pub(super) const fn has_long_numbers(self) -> bool {
        matches!(self, MrzFormat::Td1 | MrzFormat::Td2)
    }
}

const TD1: Layout = Layout {
    lines: 3,
    width: 30,
    document_code: 0..2,
    issuing_state: 2..5,
    document_number: 5..14,
    document_number_check: 14,
    optional_data: 15..30,
    optional_check: None,
    optional_data_2: 48..59,
    birth: 30..36,
    birth_check: 36,
    sex: 37,
    expiry: 38..44,
    expiry_check: 44,
    nationality: 45..48,
    names: 60..90,
    composite: &[5..30, 30..37, 38..45, 48..59],
    composite_check: 59,
};

const TD2: Layout = Layout {
    lines: 2,
    width: 36,
    document_code: 0..2,
    issuing_state: 2..5,
    document_number: 36..45,
    document_number_check: 45,
    optional_data: 64..71,
    optional_check: None,
    optional_data_2: 71..71,
    birth: 49..55,
    birth_check: 55,
    sex: 56,
    expiry: 57..63,
    expiry_check: 63,
    nationality: 46..49,
    names: 5..36,
    composite: &[36..46, 49..56, 57..71],
    composite_check: 71,
};

const TD3: Layout = Layout {
    lines: 2,
    width: 44,
    document_code: 0..2,
    issuing_state: 2..5,
    document_number: 44..53,
    document_number_check: 53,
    optional_data: 72..86,
    optional_check: Some(86),
    optional_data_2: 86..86,
    birth: 57..63,
    birth_check: 63,
    sex: 64,
    expiry: 65..71,
    expiry_check: 71,
    nationality: 54..57,
    names: 5..44,
    composite: &[44..54, 57..64, 65..87],
    composite_check: 87,
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_position_belongs_to_one_element() {
        for format in [MrzFormat::Td1, MrzFormat::Td2, MrzFormat::Td3] {
            let l = format.layout();
            let mut seen = vec![0; l.lines * l.width];
            let ranges = [
                &l.document_code,
                &l.issuing_state,
                &l.document_number,
                &l.optional_data,
                &l.optional_data_2,
                &l.birth,
                &l.expiry,
                &l.nationality,
                &l.names,
            ];
            let single = [
                l.document_number_check,
                l.birth_check,
                l.sex,
                l.expiry_check,
                l.composite_check,
            ];
            for at in ranges
                .into_iter()
                .flat_map(Clone::clone)
                .chain(single)
                .chain(l.optional_check)
            {
                seen[at] += 1;
            }
            assert!(seen.iter().all(|n| *n == 1), "{format:?}: {seen:?}");
        }
    }
}
