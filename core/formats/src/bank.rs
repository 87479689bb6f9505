//! Banks and wallets by the number that NAPAS gives them (BIN), as VietQR codes carry it.
//!
//! Invariant: dated data, not truth: names change by merger, so a bank is looked up by its number, and a number that the table lacks is
//! reported, never refused. Source and rebuild: `data/README.md`.

use std::sync::OnceLock;

use crate::payload::number;

/// Day the table was made.
pub const AS_OF: &str = "2026-11-23";

/// A bank, or a wallet with a number of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Bank {
    /// Six digits.
    pub bin: &'static str,
    /// The same as a number.
    number: u32,
    /// Short code that banks' apps show: `VCB`.
    pub code: &'static str,
    /// Name for people: `Vietcombank`.
    pub short_name: &'static str,
    /// Full Vietnamese name.
    pub name: &'static str,
    /// Code of ISO 9362, where the source has one.
    pub swift: Option<&'static str>,
    /// Whether its customers can receive by VietQR.
    pub receives: bool,
    /// Whether its app can pay a VietQR code.
    pub pays: bool,
    /// Whether the name of an account can be asked for before paying.
    pub lookup: bool,
    /// Names it had before, as people may still know it.
    pub former: Vec<&'static str>,
}

/// All banks, by rising number.
pub fn all() -> &'static [Bank] {
    static TABLE: OnceLock<Vec<Bank>> = OnceLock::new();
    TABLE.get_or_init(|| {
        let rows = include_str!("../data/banks.csv").lines().skip(1);
        rows.filter_map(row).collect()
    })
}

/// The bank of that number.
#[must_use]
pub fn by_bin(bin: &str) -> Option<&'static Bank> {
    // Six digits are one number: every code that is read asks for its bank.
    let number = number(bin).filter(|_| bin.len() == 6)?;
    let all = all();
    let at = all.binary_search_by_key(&number, |bank| bank.number).ok()?;
    all.get(at)
}

/// Banks that are called, or were called, by that code or short name; letters' case does not matter.
pub fn by_name(name: &str) -> impl Iterator<Item = &'static Bank> + '_ {
    let same = |other: &str| other.eq_ignore_ascii_case(name);
    all().iter().filter(move |bank| {
        same(bank.code) || same(bank.short_name) || bank.former.iter().any(|f| same(f))
    })
}

fn row(line: &'static str) -> Option<Bank> {
    let mut cells = line.split(',');
    let mut cell = || cells.next();
    let (bin, code, short_name, name) = (cell()?, cell()?, cell()?, cell()?);
    let (swift, vietqr, lookup, former) = (cell()?, cell()?, cell()?, cell()?);
    Some(Bank {
        bin,
        number: number(bin)?,
        code,
        short_name,
        name,
        swift: Some(swift).filter(|s| !s.is_empty()),
        receives: vietqr != "none",
        pays: vietqr == "both",
        lookup: lookup == "yes",
        former: former.split(';').filter(|f| !f.is_empty()).collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_is_read_and_numbers_rise() {
        let lines = include_str!("../data/banks.csv").lines().count();
        assert_eq!(all().len(), lines - 1);
        assert!(all().windows(2).all(|pair| pair[0].bin < pair[1].bin));
        assert!(all()
            .iter()
            .all(|b| b.bin.len() == 6 && b.bin.bytes().all(|c| c.is_ascii_digit())));
        let texts = include_str!("../data/banks.csv");
        assert!(unicode_normalization::is_nfc(texts));
    }

    #[test]
    fn renamed_banks_answer_to_both_names() {
        let mbv = by_bin("970414").unwrap();
        assert_eq!(
            (mbv.short_name, mbv.former.as_slice()),
            ("MBV", &["Ocean Bank"][..])
        );
        assert_eq!(by_bin("970406").unwrap().short_name, "Vikki Bank");
        let found: Vec<_> = by_name("lienvietpostbank").map(|b| b.short_name).collect();
        assert_eq!(found, ["LPBank"]);
        assert_eq!(by_bin("000000"), None);
        assert_eq!(by_bin(""), None);
    }
}
