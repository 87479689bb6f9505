//! Why an input is refused: the rule it breaks and where.
//!
//! Invariant: a refusal never carries the input itself, so it may be logged; its words are safe to show to anybody.

use hues_vietnam::Language;

/// Declares the rules once: name, id, words in Vietnamese and in English.
macro_rules! rules {
    ($($(#[$doc:meta])* $name:ident, $id:literal, $vi:literal, $en:literal;)*) => {
        /// The rule an input breaks. `hues inspect` prints the [`Rule::id`].
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[cfg_attr(feature = "uniffi", derive(uniffi::Enum))]
        #[non_exhaustive]
        pub enum Rule {
            $($(#[$doc])* $name,)*
        }

        impl Rule {
            /// All rules, in the order of their declaration.
            pub const ALL: &'static [Rule] = &[$(Rule::$name,)*];

            /// The stable id, as terminals and vectors print it.
            #[must_use]
            pub const fn id(self) -> &'static str {
                match self { $(Rule::$name => $id,)* }
            }

            /// What the rule says, for people.
            #[must_use]
            pub const fn text(self, language: Language) -> &'static str {
                match (self, language) {
                    $((Rule::$name, Language::Vi) => $vi, (Rule::$name, Language::En) => $en,)*
                }
            }
        }
    };
}

rules! {
    /// Characters the format does not have.
    Charset, "charset", "Có ký tự không thuộc định dạng này.", "It has characters this format does not use.";
    /// Too short or too long for a field of fixed size.
    Length, "length", "Độ dài không đúng.", "The length is wrong.";
    /// The shape of the whole is another one.
    Format, "format", "Không đúng định dạng.", "This is not the expected format.";
    /// No such day, or not possible by the reference date.
    Date, "date", "Ngày không hợp lệ.", "The date is not valid.";
    /// Nothing was given.
    Empty, "empty", "Chưa có nội dung.", "There is nothing to read.";
    /// Longer than any input of its kind may be.
    TooLong, "too-long", "Nội dung quá dài.", "The content is too long.";
    /// Fewer or more fields than the format has.
    FieldCount, "field-count", "Số trường không đúng.", "The number of fields is wrong.";
    /// Sex is neither of the values that the format prints.
    Sex, "sex", "Giới tính không đọc được.", "The sex field cannot be read.";
    /// A check digit or check sum does not agree.
    Checksum, "checksum", "Mã kiểm tra không khớp; có thể mã bị mờ hoặc bị sửa.", "The check digit does not match; the code may be damaged or altered.";
    /// Ends inside a field.
    Truncated, "truncated", "Nội dung bị cắt ngang.", "The content is cut off.";
    /// A field comes twice where the standard allows one.
    DuplicateTag, "duplicate-tag", "Một trường xuất hiện hai lần.", "A field appears twice.";
    /// A field stands where it may not.
    TagOrder, "tag-order", "Thứ tự các trường không đúng.", "The fields are in the wrong order.";
    /// Something follows the end.
    TrailingData, "trailing-data", "Có dữ liệu thừa sau phần kết thúc.", "There is extra data after the end.";
    /// A field that must be there is not.
    MissingTag, "missing-tag", "Thiếu trường bắt buộc.", "A required field is missing.";
    /// Who is paid cannot be read, or is said twice and differently.
    Payee, "payee", "Không xác định được người nhận tiền.", "The payee cannot be determined.";
    /// An amount that is no amount.
    Amount, "amount", "Số tiền không hợp lệ.", "The amount is not valid.";
    /// A currency that does not go with the scheme.
    Currency, "currency", "Loại tiền không hợp lệ.", "The currency is not valid.";
    /// A QR code of something else.
    NotPayment, "not-payment", "Đây không phải mã thanh toán.", "This is not a payment code.";
    /// A code that no table knows, where a known one is required.
    UnknownCode, "unknown-code", "Mã không có trong danh mục.", "The code is not in the list.";
    /// Not hexadecimal.
    Hex, "hex", "Phần chữ mã hóa không đọc được.", "The encoded text cannot be read.";
    /// Not UTF-8 inside an encoded field.
    Utf8, "utf8", "Phần chữ mã hóa không phải tiếng Việt chuẩn (UTF-8).", "The encoded text is not UTF-8.";
    /// An address scheme that may not be followed.
    Scheme, "scheme", "Loại địa chỉ không được chấp nhận.", "This kind of address is not accepted.";
    /// A name or password before the host: a trick to fake the host.
    UserInfo, "userinfo", "Địa chỉ giả tên miền, không mở.", "The address disguises its host and is not opened.";
    /// A `%` that is not followed by two hexadecimal digits, or bytes that are not UTF-8 after decoding.
    PercentEncoding, "percent-encoding", "Ký tự mã hóa trong địa chỉ bị sai.", "The address is wrongly encoded.";
    /// One application identifier twice.
    DuplicateAi, "duplicate-ai", "Một thông tin sản phẩm xuất hiện hai lần.", "One piece of product data appears twice.";
    /// No key that identifies the thing.
    MissingKey, "missing-key", "Thiếu mã định danh.", "The identifying key is missing.";
    /// A number outside of what the format allows.
    Range, "range", "Giá trị nằm ngoài phạm vi cho phép.", "The value is out of range.";
}

/// Where in the input a rule is broken.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Place {
    /// The whole of it.
    Whole,
    /// From this byte of the payload on, counted from 0.
    Byte(u32),
    /// A field of the typed value, by the name of its Rust field: `birth_date`.
    Field(&'static str),
    /// A field by its number in the payload, counted from 1.
    Number(u32),
    /// A tag or application identifier by its path: `38.01.00`, `(17)`.
    Tag(String),
    /// A column of a line, both counted from 1.
    Line {
        /// The line.
        line: u32,
        /// The column.
        column: u32,
    },
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Place::Whole => f.write_str("whole"),
            Place::Byte(at) => write!(f, "byte {at}"),
            Place::Field(name) => f.write_str(name),
            Place::Number(n) => write!(f, "field {n}"),
            Place::Tag(path) => write!(f, "tag {path}"),
            Place::Line { line, column } => write!(f, "line {line}, column {column}"),
        }
    }
}

/// An input that is not what it should be.
#[derive(Debug, Clone, PartialEq, Eq, Hash, thiserror::Error)]
#[error("{} at {place}", rule.id())]
pub struct Refusal {
    /// The rule it breaks.
    pub rule: Rule,
    /// Where it breaks it.
    pub place: Place,
}

impl Refusal {
    /// `rule` broken at `place`.
    #[must_use]
    pub const fn new(rule: Rule, place: Place) -> Refusal {
        Refusal { rule, place }
    }

    /// `rule` broken by the input as a whole.
    #[must_use]
    pub const fn whole(rule: Rule) -> Refusal {
        Refusal::new(rule, Place::Whole)
    }

    /// `rule` broken at byte `at`; a place beyond 4 GiB is told as the last one.
    #[must_use]
    pub fn byte(rule: Rule, at: usize) -> Refusal {
        Refusal::new(rule, Place::Byte(u32::try_from(at).unwrap_or(u32::MAX)))
    }

    /// `rule` broken by a field of the typed value.
    #[must_use]
    pub const fn field(rule: Rule, name: &'static str) -> Refusal {
        Refusal::new(rule, Place::Field(name))
    }

    /// What to tell the person who scanned it.
    #[must_use]
    pub const fn text(&self, language: Language) -> &'static str {
        self.rule.text(language)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_kebab_case_and_never_twice() {
        let mut ids: Vec<_> = Rule::ALL.iter().map(|r| r.id()).collect();
        assert!(ids.iter().all(|id| id
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')));
        ids.sort_unstable();
        let many = ids.len();
        ids.dedup();
        assert_eq!(ids.len(), many);
    }

    #[test]
    fn every_rule_has_words_in_both_languages() {
        for rule in Rule::ALL {
            assert!(rule.text(Language::Vi).ends_with('.'));
            assert!(rule.text(Language::En).ends_with('.'));
            assert_ne!(rule.text(Language::Vi), rule.text(Language::En));
        }
    }

    #[test]
    fn a_refusal_says_rule_and_place() {
        let refusal = Refusal::new(Rule::MissingTag, Place::Tag("38.01".into()));
        assert_eq!(refusal.to_string(), "missing-tag at tag 38.01");
    }
}
