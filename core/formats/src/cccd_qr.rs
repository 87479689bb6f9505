//! The QR code of the citizen card (căn cước công dân 2021, căn cước 2024).
//!
//! `number|old number or empty|full name|birth ddmmyyyy|Nam or Nữ|address|issued ddmmyyyy`, then, on cards of 2024, a tail
//! (cancelled numbers, names of parents) whose wire order is not published: it is kept as it is.
//!
//! Invariant: the code is not signed, so it is input help and never proof of who shows it. Seven fields are read in the order of
//! 2021 and nothing is guessed from the tail.
//!
//! Source: Circular 06/2021/TT-BCA (card of 2021) and Circular 16/2024/TT-BCA article 4 (content of the card of 2024); the field
//! order is the one public readers agree on.

use std::fmt;

use hues_vietnam::Date;
use serde::Serialize;

use crate::payload::{bounded, kept, no_controls, number};
use crate::personal_id::Digits;
use crate::warning::warnings;
use crate::{Place, Refusal, Rule, Sex};

warnings! {
    /// What is odd about the QR code of a citizen card.
    CccdWarning {
        /// It begins with a byte order mark, which was passed over.
        Bom, "bom", "Mã bắt đầu bằng ký tự đánh dấu thứ tự byte.", "The code begins with a byte order mark.";
        /// White space at the end, which was passed over.
        TrailingWhitespace, "trailing-whitespace", "Có khoảng trắng thừa ở cuối mã.", "There is white space at the end.";
        /// A text was not in Unicode NFC; it is now.
        NotNfc, "not-nfc", "Chữ có dấu được ghi ở dạng tách rời.", "Accented letters are written in pieces.";
        /// More than seven fields; the others are kept in `extra`.
        ExtraFields, "extra-fields", "Mã có thêm trường ngoài bảy trường cơ bản.", "The code has more than the seven basic fields.";
        /// The number begins with a code no list has.
        UnknownCode, "unknown-code", "Ba số đầu không có trong danh mục nơi đăng ký khai sinh.", "The first three digits are not in the list of places of birth registration.";
        /// The sex field and the number disagree.
        SexMismatch, "sex-mismatch", "Giới tính không khớp với số định danh.", "The sex does not agree with the number.";
        /// The year of birth and the number disagree.
        BirthMismatch, "birth-mismatch", "Năm sinh không khớp với số định danh.", "The year of birth does not agree with the number.";
        /// A text held characters that turn the direction of writing; they were taken out.
        BidiControl, "bidi-control", "Có ký tự đảo chiều chữ, có thể để đánh lừa người đọc.", "There are characters that turn the writing direction, perhaps to deceive.";
    }
}

/// What the QR code of a citizen card says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct CccdQr {
    /// The personal identification number, 12 digits.
    pub personal_id: String,
    /// The number of the old identity card (chứng minh nhân dân), 9 digits.
    pub old_id: Option<String>,
    /// Full name.
    pub full_name: String,
    /// Day of birth.
    pub birth_date: Date,
    /// Sex.
    pub sex: Sex,
    /// Permanent address (2021) or place of residence (2024).
    pub address: String,
    /// Day of issue.
    pub issue_date: Date,
    /// Fields after the seventh, as they are.
    pub extra: Vec<String>,
    /// What is odd about it.
    pub warnings: Vec<CccdWarning>,
}

/// Fields that every layout has.
const FIELDS: usize = 7;

impl CccdQr {
    /// Reads the text of the code.
    ///
    /// # Errors
    ///
    /// `empty`, `too-long`, `charset`, `field-count` (fewer than seven), `length` (a number of another length), `date`, `sex`.
    pub fn parse(text: &str) -> Result<CccdQr, Refusal> {
        let mut warnings = Vec::new();
        let text = trimmed(bounded(text)?, &mut warnings)?;
        no_controls(text)?;

        let mut parts = text.split('|');
        let mut fields = [""; FIELDS];
        for field in &mut fields {
            *field = parts.next().ok_or(Refusal::whole(Rule::FieldCount))?;
        }
        let [personal_id, old_id, full_name, birth, sex, address, issued] = fields;

        let digits =
            Digits::read(personal_id).map_err(|r| Refusal::field(r.rule, "personal_id"))?;
        let old_id = old_number(old_id)?;
        let mut hygiene = Hygiene::default();
        let full_name = hygiene.text(full_name, "full_name")?;
        let birth_date = date(birth, "birth_date")?;
        let sex = hygiene.sex(sex)?;
        let address = hygiene.text(address, "address")?;
        let issue_date = date(issued, "issue_date")?;
        let extra: Vec<String> = parts.map(str::to_owned).collect();

        let noticed = [
            (hygiene.not_nfc, CccdWarning::NotNfc),
            (!extra.is_empty(), CccdWarning::ExtraFields),
            (!digits.place_is_known(), CccdWarning::UnknownCode),
            (digits.sex() != sex, CccdWarning::SexMismatch),
            (
                i32::from(digits.birth_year()) != birth_date.year(),
                CccdWarning::BirthMismatch,
            ),
            (hygiene.bidi, CccdWarning::BidiControl),
        ];
        warnings.extend(noticed.iter().filter(|(is, _)| *is).map(|(_, what)| *what));
        Ok(CccdQr {
            personal_id: personal_id.to_owned(),
            old_id,
            full_name,
            birth_date,
            sex,
            address,
            issue_date,
            extra,
            warnings,
        })
    }
}

/// The same payload again, without byte order mark and white space at the end, its texts in NFC.
impl fmt::Display for CccdQr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let old_id = self.old_id.as_deref().unwrap_or_default();
        write!(f, "{}|{old_id}|{}|", self.personal_id, self.full_name)?;
        day_month_year(f, self.birth_date)?;
        write!(f, "|{}|{}|", self.sex.vietnamese(), self.address)?;
        day_month_year(f, self.issue_date)?;
        self.extra
            .iter()
            .try_for_each(|field| write!(f, "|{field}"))
    }
}

fn day_month_year(f: &mut fmt::Formatter<'_>, date: Date) -> fmt::Result {
    let (year, month, day) = date.ymd();
    write!(f, "{day:02}{month:02}{year:04}")
}

/// Without a byte order mark before and white space behind.
fn trimmed<'a>(text: &'a str, warnings: &mut Vec<CccdWarning>) -> Result<&'a str, Refusal> {
    let without_mark = text.strip_prefix('\u{feff}').unwrap_or(text);
    if without_mark.len() < text.len() {
        warnings.push(CccdWarning::Bom);
    }
    let trimmed = without_mark.trim_end();
    if trimmed.len() < without_mark.len() {
        warnings.push(CccdWarning::TrailingWhitespace);
    }
    if trimmed.is_empty() {
        return Err(Refusal::whole(Rule::Empty));
    }
    Ok(trimmed)
}

fn old_number(text: &str) -> Result<Option<String>, Refusal> {
    if !text.bytes().all(|b| b.is_ascii_digit()) {
        return Err(Refusal::field(Rule::Charset, "old_id"));
    }
    match text.len() {
        0 => Ok(None),
        9 => Ok(Some(text.to_owned())),
        _ => Err(Refusal::field(Rule::Length, "old_id")),
    }
}

/// `ddmmyyyy`.
fn date(text: &str, field: &'static str) -> Result<Date, Refusal> {
    let part = |range| text.get(range).and_then(number);
    let day = (text.len() == 8)
        .then(|| Some((part(4..8)?, part(2..4)?, part(0..2)?)))
        .flatten();
    day.and_then(|(year, month, day)| Date::from_ymd(year as i32, month, day).ok())
        .ok_or(Refusal::new(Rule::Date, Place::Field(field)))
}

/// What the texts had to be cleaned of.
#[derive(Default)]
struct Hygiene {
    not_nfc: bool,
    bidi: bool,
}

impl Hygiene {
    fn text(&mut self, text: &str, field: &'static str) -> Result<String, Refusal> {
        let kept = kept(text);
        self.not_nfc |= kept.was_not_nfc;
        self.bidi |= kept.had_bidi;
        if kept.text.trim().is_empty() {
            return Err(Refusal::field(Rule::Empty, field));
        }
        Ok(kept.text.into_owned())
    }

    fn sex(&mut self, text: &str) -> Result<Sex, Refusal> {
        let kept = kept(text);
        self.not_nfc |= kept.was_not_nfc;
        self.bidi |= kept.had_bidi;
        [Sex::Male, Sex::Female]
            .into_iter()
            .find(|sex| sex.vietnamese() == kept.text)
            .ok_or(Refusal::field(Rule::Sex, "sex"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const CARD: &str =
        "046190012345|191234567|Nguyễn Thị Hương Giang|15031990|Nữ|12 Đường Mẫu, Phường Mẫu, Thành phố Huế|01072021";

    #[test]
    fn vectors() {
        crate::vectors::check("cccd-qr", |text, _| {
            CccdQr::parse(text).map(|card| serde_json::to_value(card).unwrap())
        });
    }

    proptest! {
        #[test]
        fn what_is_read_is_written_back(
            id in "[0-9]{12}",
            old in "([0-9]{9})?",
            name in "[A-Za-zÀ-ỹ][A-Za-zÀ-ỹ ]{0,30}",
            year in 1900..2100i32, month in 1..=12u32, day in 1..=28u32,
            female in any::<bool>(),
            extra in prop::collection::vec("[0-9A-Za-zÀ-ỹ ]{0,10}[0-9a-z]", 0..4),
        ) {
            let date = Date::from_ymd(year, month, day).unwrap();
            let mut text = format!("{id}|{old}|{name}|{day:02}{month:02}{year}|{}|Huế|01072021", if female { "Nữ" } else { "Nam" });
            for field in &extra {
                text = format!("{text}|{field}");
            }
            let card = CccdQr::parse(&text).unwrap();
            prop_assert_eq!(card.birth_date, date);
            prop_assert_eq!(&card.extra, &extra);
            let again = CccdQr::parse(&card.to_string()).unwrap();
            prop_assert_eq!(again.to_string(), card.to_string());
        }

        #[test]
        fn any_text_is_read_or_refused(text in any::<String>(), at in 0..200usize) {
            let _ = CccdQr::parse(&text);
            let cut = CARD.char_indices().nth(at % CARD.chars().count()).map_or(0, |(i, _)| i);
            let hostile = format!("{}{text}{}", &CARD[..cut], &CARD[cut..]);
            if let Ok(card) = CccdQr::parse(&hostile) {
                let again = CccdQr::parse(&card.to_string()).unwrap();
                prop_assert_eq!(again.personal_id, card.personal_id);
                prop_assert!(!card.full_name.chars().any(crate::payload::turns_writing));
            }
        }
    }
}
