//! Codes as they are printed, and codes that lie.

use proptest::prelude::*;

use super::*;
use crate::{Place, Rule};

/// Appends the right check sum.
fn seal(body: &str) -> String {
    sealed(body.to_owned())
}

fn rule(payload: &str) -> Rule {
    read(payload).unwrap_err().rule
}

const CARD: &str = "00020101021138600010A00000072701300006970403011697040311012345670208QRIBFTTC53037045802VN63044F52";
const DYNAMIC: &str = "00020101021238570010A00000072701270006970403011300110123456780208QRIBFTTA530370454061800005802VN62340107NPS68690819thanh toan don hang63042E2E";

#[test]
fn the_examples_of_napas() {
    let code = read(CARD).unwrap();
    let bank = code.payees[0].bank.unwrap();
    assert_eq!((bank.bin, bank.account), ("970403", "9704031101234567"));
    assert_eq!(bank.service, Service::Card);
    assert_eq!((code.initiation, code.amount), (Some("11"), None));
    assert_eq!(code.warnings, []);
    assert_eq!(code.to_string(), CARD);

    let code = read(DYNAMIC).unwrap();
    assert_eq!(code.dong(), Some(180_000));
    assert_eq!(code.notices, [Notice::AmountFixed]);
    let additional = code.additional.as_ref().unwrap();
    assert_eq!(additional.bill_number.as_deref(), Some("NPS6869"));
    assert_eq!(additional.purpose.as_deref(), Some("thanh toan don hang"));
    assert_eq!(code.to_string(), DYNAMIC);
}

#[test]
fn the_published_example_with_a_digit_too_few_is_refused_and_not_cut() {
    let broken = "00020101021138570010A00000072701270006970403011200110123456780208QRIBFTTA53037045802VN6304F4E5";
    let refusal = read(broken).unwrap_err();
    assert_eq!(refusal.rule, Rule::Payee);
    assert_eq!(refusal.place, Place::Tag("38.01".into()));
    let mended = broken.replace("011200110", "011300110");
    let mended = seal(mended.strip_suffix("6304F4E5").unwrap());
    assert!(mended.ends_with("63049E6F"));
    let code = read(&mended).unwrap();
    assert_eq!(code.payees[0].id(), Some("0011012345678"));
}

#[test]
fn the_examples_of_emvco_count_characters() {
    // QRCPS 1.1, annex A: two card schemes, texts in English and Chinese.
    let text = seal("00020101021229300012D156000000000510A93FO3230Q31280012D15600000001030812345678520441115802CN5914BEST TRANSPORT6007BEIJING64200002ZH0104最佳运输0202北京540523.7253031565502016233030412340603***0708A60086670902ME91320016A0112233449988770708123456786304".strip_suffix("6304").unwrap());
    assert!(text.ends_with("6304A13A"));
    let code = read(&text).unwrap();
    assert_eq!(code.unit, Unit::Characters);
    assert_eq!((code.currency, code.amount), ("156", Some("23.72")));
    let chinese = code.language_template.as_ref().unwrap();
    assert_eq!(chinese.name.as_deref(), Some("最佳运输"));
    assert_eq!(
        code.warnings,
        [Warning::SeveralPayees, Warning::UnknownScheme]
    );
    assert_eq!(code.to_string(), text);
}

#[test]
fn lengths_in_bytes_are_read_where_characters_do_not_fit() {
    let body = "00020101021138570010A00000072701270006970403011300110123456780208QRIBFTTA53037045802VN5906Huế2";
    assert_eq!("Huế2".len(), 6);
    let text = seal(body);
    let code = read(&text).unwrap();
    assert_eq!(code.unit, Unit::Bytes);
    assert_eq!(code.merchant_name.as_deref(), Some("Huế2"));
    assert!(code.notices.contains(&Notice::ByteLength));
    assert_eq!(code.to_string(), text);
}

#[test]
fn the_neighbours_are_named() {
    let of = |payee: &str, currency: &str, country: &str| {
        let text = seal(&format!("000201010211{payee}5303{currency}5802{country}"));
        let code = read(&text).unwrap();
        let payee = &code.payees[0];
        (payee.scheme.id(), payee.id().map(str::to_owned))
    };
    let is = |scheme: &'static str, id: &str| (scheme, Some(id.to_owned()));
    let promptpay = "29370016A00000067701011101130066812345678";
    assert_eq!(of(promptpay, "764", "TH"), is("promptpay", "0066812345678"));
    let lao = "38530016A005266284662577010827710418020300303100123456789";
    assert_eq!(of(lao, "418", "LA"), is("laoqr", "0123456789"));
    let khqr = "29180014someone@abckhq";
    assert_eq!(of(khqr, "116", "KH"), is("khqr", "someone@abckhq"));
    assert_eq!(of(khqr, "840", "KH"), is("khqr", "someone@abckhq"));
    assert_eq!(of(khqr, "704", "VN").0, "unknown");
    let paynow = "26300009SG.PAYNOW010100208+6591234";
    assert_eq!(of(paynow, "702", "SG"), is("paynow", "+6591234"));
    let pix = "26260014br.gov.bcb.pix0104key1";
    assert_eq!(of(pix, "986", "BR"), is("pix", "key1"));
    let duitnow = "26300014A000000615000102081234ABCD";
    assert_eq!(of(duitnow, "458", "MY"), is("duitnow", "1234ABCD"));
    let qris = "51280014ID.CO.QRIS.WWW0206ID1020";
    assert_eq!(of(qris, "360", "ID"), is("qris", "ID1020"));
    let acquirer = "26230015ID.CO.SHOPX.WWW";
    assert_eq!(of(&acquirer.replace("2623", "2619"), "360", "ID").0, "qris");
    let vnpay = "26280010A0000007750110010879904 2".replace(' ', "");
    assert_eq!(of(&vnpay, "704", "VN"), is("vnpay", "0108799042"));
}

#[test]
fn a_payee_is_never_guessed() {
    let with = |payee: &str| seal(&format!("000201010211{payee}53037045802VN"));
    let vietqr = |inside: &str| {
        let value = format!("0010A00000072701{:02}{inside}0208QRIBFTTA", inside.len());
        with(&format!("38{:02}{value}", value.len()))
    };
    assert!(read(&vietqr("00069704030104abcd")).is_ok());
    for inside in [
        "0006970403",                 // no account
        "0104abcd",                   // no bank
        "00069704030100",             // an empty account
        "00069704030104abcd0104abcd", // twice
        "00069704030104abcd0201x",    // something else
        "000697O4030104abcd",         // a letter in the bank's number
        "00059704001 04abcd",         // a lying length
        "00069704030104a cd",         // a space
        "00069704030104abcdx",        // a stray character
    ] {
        assert_eq!(rule(&vietqr(inside)), Rule::Payee, "{inside}");
    }
    // Two payees of one scheme, the same and different.
    let one = "38460010A00000072701180006970403010401230208QRIBFTTA";
    let one = one.replace("3846", &format!("38{:02}", one.len() - 4));
    let same = one.replacen("38", "39", 1);
    let code = with(&format!("{one}{same}"));
    assert_eq!(read(&code).unwrap().warnings, [Warning::SeveralPayees]);
    let other = same.replace("0123", "0124");
    assert_eq!(rule(&with(&format!("{one}{other}"))), Rule::Payee);
    // A template that does not close.
    assert_eq!(rule(&with("2606001A0A")), Rule::Payee);
}

#[test]
fn a_payment_to_a_merchant_says_which() {
    let payee = "38430010A0000007270125000697043601110123456789A";
    let payee = payee.replace("3843", &format!("38{:02}", payee.len() - 4));
    let code = |more: &str| seal(&format!("000201010211{payee}{more}53037045802VN"));
    assert_eq!(rule(&code("")), Rule::MissingTag);
    assert_eq!(rule(&code("52045812")), Rule::MissingTag);
    let text = code("520458125904QUAN");
    let read = read(&text).unwrap();
    assert_eq!(read.payees[0].bank.unwrap().service, Service::Merchant);
}

#[test]
fn trees_that_lie() {
    let body = DYNAMIC.strip_suffix("63042E2E").unwrap();
    assert_eq!(rule(""), Rule::Empty);
    assert_eq!(rule(&"0".repeat(9000)), Rule::TooLong);
    assert_eq!(rule("https://example.com"), Rule::NotPayment);
    assert_eq!(rule("046090012345|123456789|A"), Rule::NotPayment);
    assert_eq!(rule("000202010211"), Rule::NotPayment);
    assert_eq!(rule(body), Rule::MissingTag);
    assert_eq!(rule(&DYNAMIC[..DYNAMIC.len() - 1]), Rule::Truncated);
    assert_eq!(rule(&DYNAMIC[..60]), Rule::Truncated);
    assert_eq!(rule(&format!("{DYNAMIC}\n")), Rule::TrailingData);
    assert_eq!(rule(&format!("{DYNAMIC}0")), Rule::TrailingData);
    assert_eq!(rule(&format!("{DYNAMIC}5902AB")), Rule::TagOrder);
    assert_eq!(rule(&format!("{DYNAMIC}5802VN")), Rule::DuplicateTag);
    assert_eq!(rule(&seal(&format!("{body}5802VN"))), Rule::DuplicateTag);
    assert_eq!(rule(&seal(&format!("{body}5999AB"))), Rule::Truncated);
    assert_eq!(rule(&seal(&format!("{body}59xxAB"))), Rule::Format);
    assert_eq!(rule(&seal(&format!("{body}59٠٢AB"))), Rule::Charset);
    assert_eq!(rule(&seal(&format!("{body}5903A\u{0}B"))), Rule::Charset);
    assert_eq!(rule(&seal(&body.replace("5802VN", ""))), Rule::MissingTag);
    assert_eq!(rule(&seal(&body.replace("5303704", ""))), Rule::MissingTag);
    assert_eq!(
        rule(&seal(&body.replace("5303704", "5303840"))),
        Rule::Currency
    );
    assert_eq!(
        rule(&seal(&body.replace("5303704", "5303VND"))),
        Rule::Currency
    );
    let moved = seal(&format!("{}000201", &body[6..]));
    assert_eq!(rule(&moved), Rule::TagOrder);
    assert_eq!(rule(&DYNAMIC.replace("2E2E", "2E2F")), Rule::Checksum);
    assert_eq!(rule(&DYNAMIC.replace("2E2E", "2EZE")), Rule::Checksum);
    assert_eq!(rule("0002010102126303ABC"), Rule::Length);
}

#[test]
fn amounts() {
    let body = DYNAMIC.strip_suffix("63042E2E").unwrap();
    let with = |amount: &str| {
        let field = format!("54{:02}{amount}", amount.len());
        seal(&body.replace("5406180000", &field))
    };
    let of = |amount: &str| {
        let text = with(amount);
        read(&text)
            .map(|c| (c.amount.map(str::to_owned), c.warnings))
            .map_err(|e| e.rule)
    };
    assert_eq!(of("0"), Ok((None, vec![Warning::ZeroAmount])));
    let plain = Some("1000".to_owned());
    assert_eq!(
        of("1000.00"),
        Ok((plain.clone(), vec![Warning::ZeroFraction]))
    );
    assert_eq!(of("0001000"), Ok((plain, vec![])));
    assert_eq!(of("1000.5"), Err(Rule::Amount));
    assert_eq!(of("1e3"), Err(Rule::Amount));
    let text = with("1000").replacen("010212", "010211", 1);
    let text = seal(&text[..text.len() - 8]);
    assert_eq!(read(&text).unwrap().warnings, [Warning::StaticAmount]);
}

#[test]
fn names_that_trick() {
    let with = |name: &str| {
        let field = format!("59{:02}{name}", name.chars().count());
        let body = CARD.strip_suffix("63044F52").unwrap();
        seal(&format!("{body}{field}"))
    };
    let warnings = |name: &str| read(&with(name)).unwrap().warnings;
    assert_eq!(warnings("\u{202e}EUH"), [Warning::BidiControl]);
    assert_eq!(warnings(""), [Warning::EmptyName]);
    assert_eq!(
        warnings("\u{202e}"),
        [Warning::EmptyName, Warning::BidiControl]
    );
    assert_eq!(
        warnings("EVN CONG TY DIEN LUC THANH XUAN"),
        [Warning::NameTooLong]
    );
    assert_eq!(warnings("Hue\u{302}\u{301}"), [Warning::NotNfc]);
    let text = with("\u{202e}EUH");
    let code = read(&text).unwrap();
    assert_eq!(code.merchant_name.as_deref(), Some("EUH"));
    assert_eq!(code.to_string(), text);
}

#[test]
fn a_lower_case_check_sum_is_noticed_and_written_in_upper_case() {
    let text = DYNAMIC.replace("2E2E", "2e2e");
    let code = read(&text).unwrap();
    assert!(code.notices.contains(&Notice::CrcLowerCase));
    assert_eq!(code.to_string(), DYNAMIC);
}

#[test]
fn what_cannot_be_written_is_refused() {
    let draft = || Draft::account("970436", "0123456789");
    let field = |draft: Draft| {
        let refusal = draft.build().unwrap_err();
        (refusal.rule, refusal.place.to_string())
    };
    let is = |rule, name: &str| (rule, name.to_owned());
    assert_eq!(field(Draft::account("97043", "1")), is(Rule::Format, "bin"));
    assert_eq!(
        field(Draft::account("970436", "")),
        is(Rule::Payee, "account")
    );
    assert_eq!(
        field(Draft::card("970436", "12")),
        is(Rule::Payee, "account")
    );
    assert_eq!(field(draft().amount(0)), is(Rule::Amount, "amount"));
    assert_eq!(field(draft().amount(u64::MAX)), is(Rule::Amount, "amount"));
    assert_eq!(field(draft().purpose("Huế")), is(Rule::Charset, "purpose"));
    assert_eq!(field(draft().purpose(" ")), is(Rule::Empty, "purpose"));
    let long = "a".repeat(26);
    assert_eq!(
        field(draft().bill_number(&long)),
        is(Rule::Length, "bill_number")
    );
    assert_eq!(
        field(draft().city(&long)),
        is(Rule::Length, "merchant_city")
    );
    let label = &long[..25];
    let much = draft()
        .bill_number(label)
        .store_label(label)
        .purpose(label)
        .terminal_label(label);
    assert_eq!(field(much), is(Rule::Length, "additional"));
    let merchant = Draft::merchant("970436", "M1", "58", "QUAN", "HUE");
    assert_eq!(field(merchant), is(Rule::Format, "mcc"));
}

fn label() -> impl Strategy<Value = Option<String>> {
    prop::option::of("[A-Za-z0-9_@./#&+-]{1,8}")
}

prop_compose! {
    fn drafts()(
        kind in 0..3,
        bin in "[0-9]{6}",
        account in "[0-9]{16,19}",
        amount in prop::option::of(1..=9_999_999_999_999_u64),
        bill in label(),
        reference in label(),
        purpose in label(),
        name in "[A-Z]{1,25}",
    ) -> Draft {
        let mut draft = match kind {
            0 => Draft::account(&bin, &account),
            1 => Draft::card(&bin, &account),
            _ => Draft::merchant(&bin, &account, "5812", &name, "HUE"),
        };
        if let Some(amount) = amount { draft = draft.amount(amount); }
        if let Some(bill) = bill { draft = draft.bill_number(&bill); }
        if let Some(reference) = reference { draft = draft.reference_label(&reference); }
        if let Some(purpose) = purpose { draft = draft.purpose(&purpose); }
        draft
    }
}

proptest! {
    #[test]
    fn what_is_built_is_read_and_written_again(draft in drafts()) {
        let built = draft.build().unwrap();
        let code = read(built.as_str()).unwrap();
        prop_assert_eq!(code.to_string(), built.as_str());
        prop_assert_eq!(code.payees.len(), 1);
        let fine = code.warnings.iter().all(|w| *w == Warning::UnknownBin);
        prop_assert!(fine, "{:?}", code.warnings);
        prop_assert_eq!(code.initiation, Some(if code.amount.is_some() { "12" } else { "11" }));
    }

    #[test]
    fn one_changed_byte_is_refused(draft in drafts(), at: prop::sample::Index, flip in 1..=127_u8) {
        let mut bytes = draft.build().unwrap().as_str().as_bytes().to_vec();
        let at = at.index(bytes.len());
        let before = bytes[at];
        bytes[at] ^= flip;
        prop_assume!(!before.eq_ignore_ascii_case(&bytes[at]) || at < bytes.len() - 4);
        if let Ok(text) = std::str::from_utf8(&bytes) {
            prop_assert!(read(text).is_err());
        }
    }

    #[test]
    fn any_text_is_answered(text in "(000201)?\\PC{0,200}") {
        if let Ok(code) = read(&text) {
            prop_assert!(!code.payees.is_empty());
        }
        let sealed = seal(&text);
        if let Ok(code) = read(&sealed) {
            prop_assert_eq!(code.to_string(), sealed);
        }
    }
}

#[test]
fn vectors() {
    crate::vectors::check("vietqr", |input, _| {
        read(input).map(|code| serde_json::to_value(code).unwrap())
    });
}
