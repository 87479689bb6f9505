//! The inverse of the numerals, written from the grammar and not from the code beside it, and words worked out by hand.

use super::*;
use crate::date::Date;
use crate::instant::parse_rfc3339;
use proptest::prelude::*;

/// Reads Vietnamese numerals of both speeches back: `None` for what is no numeral.
fn read_vi(text: &str) -> Option<i64> {
    if let Some(rest) = text.strip_prefix("âm ") {
        return read_vi(rest).map(|n| -n);
    }
    // `tỷ` multiplies all before it.
    if let Some((head, tail)) = text.rsplit_once(" tỷ") {
        let tail = tail.trim_start();
        let rest = if tail.is_empty() { 0 } else { read_vi(tail)? };
        return Some(read_vi(head)? * 1_000_000_000 + rest);
    }
    let (mut total, mut group, mut after_tens) = (0, 0, false);
    let mut pending: Option<i64> = None;
    for word in text.split(' ') {
        let digit = [
            "không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín",
        ]
        .iter()
        .position(|d| *d == word)
        .map(|d| d as i64);
        match (word, digit) {
            (_, Some(d)) => {
                if after_tens {
                    assert!(
                        d != 5 && d != 0,
                        "{text}: lăm, never năm or không after tens"
                    );
                    group += d;
                    after_tens = false;
                } else {
                    assert_eq!(pending, None, "{text}");
                    pending = Some(d);
                }
            }
            ("mốt" | "tư" | "lăm", None) if after_tens => {
                group += match word {
                    "mốt" => 1,
                    "tư" => 4,
                    _ => 5,
                };
                after_tens = false;
            }
            ("linh" | "lẻ", None) => {}
            ("mười", None) => (group, after_tens) = (group + 10, true),
            ("mươi", None) => (group, after_tens) = (group + pending.take()? * 10, true),
            ("trăm", None) => group += pending.take()? * 100,
            ("nghìn" | "ngàn" | "triệu", None) => {
                let scale = if word == "triệu" { 1_000_000 } else { 1000 };
                total += (group + pending.take().unwrap_or(0)) * scale;
                (group, after_tens) = (0, false);
            }
            _ => return None,
        }
    }
    Some(total + group + pending.unwrap_or(0))
}

/// Reads English numerals back.
fn read_en(text: &str) -> Option<i64> {
    if let Some(rest) = text.strip_prefix("minus ") {
        return read_en(rest).map(|n| -n);
    }
    let (mut total, mut group) = (0i64, 0i64);
    for word in text.split([' ', '-']) {
        let small = "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen \
                     seventeen eighteen nineteen";
        let tens = "twenty thirty forty fifty sixty seventy eighty ninety";
        let scales = "thousand million billion trillion quadrillion quintillion";
        let place = |list: &str| list.split_whitespace().position(|w| w == word);
        if let Some(n) = place(small) {
            group += n as i64;
        } else if let Some(n) = place(tens) {
            group += (n as i64 + 2) * 10;
        } else if word == "hundred" {
            group *= 100;
        } else {
            total += group * 1000i64.pow(place(scales)? as u32 + 1);
            group = 0;
        }
    }
    Some(total + group)
}

fn vi(number: i64) -> String {
    number_words(number, Language::Vi, Speech::Northern).expect("within bounds")
}

#[test]
fn numbers_worked_out_by_hand() {
    for (number, words) in [
        (0, "không"),
        (4, "bốn"),
        (5, "năm"),
        (10, "mười"),
        (11, "mười một"),
        (14, "mười bốn"),
        (15, "mười lăm"),
        (20, "hai mươi"),
        (21, "hai mươi mốt"),
        (24, "hai mươi tư"),
        (25, "hai mươi lăm"),
        (55, "năm mươi lăm"),
        (100, "một trăm"),
        (101, "một trăm linh một"),
        (104, "một trăm linh bốn"),
        (105, "một trăm linh năm"),
        (110, "một trăm mười"),
        (115, "một trăm mười lăm"),
        (1000, "một nghìn"),
        (1005, "một nghìn không trăm linh năm"),
        (1010, "một nghìn không trăm mười"),
        (100_000, "một trăm nghìn"),
        (1_000_005, "một triệu không trăm linh năm"),
        (1_005_000, "một triệu không trăm linh năm nghìn"),
        (2_000_000_000, "hai tỷ"),
        (1_000_000_015, "một tỷ không trăm mười lăm"),
        (1_005_000_000, "một tỷ không trăm linh năm triệu"),
        (1_000_000_000_000, "một nghìn tỷ"),
        (
            1_005_000_000_001,
            "một nghìn không trăm linh năm tỷ không trăm linh một",
        ),
        (1_000_000_000_000_000, "một triệu tỷ"),
        (1_000_000_000_000_000_000, "một tỷ tỷ"),
        (-7, "âm bảy"),
    ] {
        assert_eq!(vi(number), words);
        assert_eq!(read_vi(words), Some(number), "{words}");
    }
    let south = number_words(1004, Language::Vi, Speech::Southern);
    assert_eq!(south.as_deref(), Ok("một ngàn không trăm lẻ bốn"));
    let english = number_words(1_021_115, Language::En, Speech::Northern);
    assert_eq!(
        english.as_deref(),
        Ok("one million twenty-one thousand one hundred fifteen")
    );
    for beyond in [
        MAX_SPOKEN as i64 + 1,
        -(MAX_SPOKEN as i64) - 1,
        i64::MIN,
        i64::MAX,
    ] {
        let said = number_words(beyond, Language::Vi, Speech::Northern);
        assert_eq!(said, Err(WordsError::Range));
    }
}

#[test]
fn sums_stand_as_on_a_receipt() {
    let sum = |dong| money_text(dong, Language::Vi, Speech::Northern).expect("within bounds");
    assert_eq!(sum(0), "Không đồng");
    assert_eq!(sum(100_000), "Một trăm nghìn đồng");
    assert_eq!(sum(5000), "Năm nghìn đồng");
    let most = "chín trăm chín mươi chín";
    assert_eq!(
        sum(MAX_DONG),
        format!("Chín trăm chín mươi chín nghìn {most} tỷ {most} triệu {most} nghìn {most} đồng")
    );
    let english = money_text(45_000, Language::En, Speech::Northern);
    assert_eq!(english.as_deref(), Ok("Forty-five thousand dong"));
    assert!(money_text(MAX_DONG + 1, Language::En, Speech::Northern).is_err());
}

#[test]
fn sums_are_read_from_plain_digits_alone() {
    assert_eq!(read_dong("0"), Ok(0));
    assert_eq!(read_dong("999999999999999"), Ok(MAX_DONG));
    assert_eq!(read_dong("1000000000000000"), Err(WordsError::Range));
    assert_eq!(read_dong(&"9".repeat(100)), Err(WordsError::Range));
    for wrong in [
        "", "-1", "+1", "1.000", "1 000", "1,5", "١٢", "１２", "1đ", "1e3",
    ] {
        assert_eq!(read_dong(wrong), Err(WordsError::Format), "{wrong}");
    }
}

#[test]
fn decimals_keep_their_zeros() {
    let vi = |n: &str| decimal_words(n, Language::Vi, Speech::Northern);
    assert_eq!(vi("2.5").as_deref(), Ok("hai phẩy năm"));
    assert_eq!(vi("12.75").as_deref(), Ok("mười hai phẩy bảy mươi lăm"));
    assert_eq!(vi("0.05").as_deref(), Ok("không phẩy không năm"));
    assert_eq!(vi("-1.50").as_deref(), Ok("âm một phẩy năm mươi"));
    assert_eq!(vi("3.00").as_deref(), Ok("ba phẩy không không"));
    assert_eq!(vi("7").as_deref(), Ok("bảy"));
    let en = decimal_words("12.05", Language::En, Speech::Northern);
    assert_eq!(en.as_deref(), Ok("twelve point zero five"));
    for wrong in ["", ".5", "5.", "1.2.3", "1,5", "--1", "٣.٥", "+1"] {
        assert_eq!(vi(wrong), Err(WordsError::Format), "{wrong}");
    }
    assert_eq!(vi("0.1234567890"), Err(WordsError::Range));
    assert_eq!(vi("1000000000000000001.5"), Err(WordsError::Range));
}

#[test]
fn dates_and_times_are_said() {
    let say = |day: &str, form, language| {
        let day: Date = day.parse().expect("a day");
        date_text(day, form, language, Speech::Northern)
    };
    let (vi, en) = (Language::Vi, Language::En);
    assert_eq!(
        say("2026-01-05", DateForm::Paper, vi),
        "ngày 05 tháng 01 năm 2026"
    );
    assert_eq!(
        say("2026-11-24", DateForm::Weekday, vi),
        "Thứ Ba, ngày 24 tháng 11 năm 2026"
    );
    assert_eq!(
        say("2026-11-24", DateForm::Weekday, en),
        "Tuesday, 24 November 2026"
    );
    assert_eq!(
        say("2025-04-05", DateForm::Words, vi),
        "ngày mùng năm tháng tư năm hai nghìn không trăm hai mươi lăm"
    );
    assert_eq!(
        say("2026-11-21", DateForm::Words, vi),
        "ngày hai mươi mốt tháng mười một năm hai nghìn không trăm hai mươi sáu"
    );
    for (day, words) in [
        ("2026-11-30", "the thirtieth of November twenty twenty-six"),
        (
            "2026-01-22",
            "the twenty-second of January twenty twenty-six",
        ),
        ("2005-03-13", "the thirteenth of March two thousand five"),
        ("1905-12-12", "the twelfth of December nineteen oh five"),
        ("1900-02-09", "the ninth of February nineteen hundred"),
    ] {
        assert_eq!(say(day, DateForm::Words, en), words);
    }
    let time = |t: &str, form, language| {
        let time = t.parse().expect("a time");
        time_text(time, form, language, Speech::Northern)
    };
    assert_eq!(time("07:30", TimeForm::Paper, vi), "7 giờ 30");
    assert_eq!(time("13:05", TimeForm::Words, vi), "mười ba giờ năm phút");
    assert_eq!(time("17:00", TimeForm::Words, vi), "mười bảy giờ");
    for (t, words) in [
        ("00:00", "midnight"),
        ("24:00", "midnight"),
        ("12:00", "noon"),
        ("00:15", "twelve fifteen a.m."),
        ("13:05", "one oh five p.m."),
        ("23:45", "eleven forty-five p.m."),
    ] {
        assert_eq!(time(t, TimeForm::Words, en), words);
    }
}

#[test]
fn days_turn_at_midnight_of_law_time() {
    let at = |text: &str| parse_rfc3339(text).expect("an instant");
    let now = at("2026-11-24T09:00:00+07:00");
    for (then, vi, en) in [
        ("2026-11-24T08:59:30+07:00", "vừa xong", "just now"),
        ("2026-11-24T09:00:30+07:00", "ngay bây giờ", "in a moment"),
        ("2026-11-24T08:58:01+07:00", "1 phút trước", "1 minute ago"),
        ("2026-11-24T09:45:00+07:00", "45 phút nữa", "in 45 minutes"),
        ("2026-11-24T00:00:00+07:00", "9 giờ trước", "9 hours ago"),
        ("2026-11-24T23:00:00+07:00", "14 giờ nữa", "in 14 hours"),
        ("2026-11-23T22:00:00+07:00", "11 giờ trước", "11 hours ago"),
        ("2026-11-23T08:00:00+07:00", "hôm qua", "yesterday"),
        ("2026-11-24T17:00:00Z", "ngày mai", "tomorrow"),
        ("2026-11-22T23:59:00+07:00", "hôm kia", "2 days ago"),
        ("2026-11-26T01:00:00+07:00", "ngày kia", "in 2 days"),
        ("2026-11-18T01:00:00+07:00", "6 ngày trước", "6 days ago"),
        ("2026-12-02T01:00:00+07:00", "1 tuần nữa", "in 1 week"),
        ("2026-10-25T01:00:00+07:00", "4 tuần trước", "4 weeks ago"),
        ("2026-10-24T01:00:00+07:00", "1 tháng trước", "1 month ago"),
        ("2027-11-23T01:00:00+07:00", "11 tháng nữa", "in 11 months"),
        ("2024-11-24T01:00:00+07:00", "2 năm trước", "2 years ago"),
    ] {
        let then = at(then);
        let said = |language| relative_time(then, now, language, Speech::Northern);
        assert_eq!(said(Language::Vi), vi);
        assert_eq!(said(Language::En), en);
    }
    let (day, today) = (local_date_of("2026-11-26"), local_date_of("2026-11-24"));
    assert_eq!(
        relative_day(day, today, Language::Vi, Speech::Southern),
        "ngày mốt"
    );
}

fn local_date_of(text: &str) -> Date {
    text.parse().expect("a day")
}

proptest! {
    #[test]
    fn words_read_back_to_the_number(
        number in prop_oneof![
            -1_000_000_000_000_000_000i64..=1_000_000_000_000_000_000,
            0i64..10_000,
            (0i64..1000, 0u32..6).prop_map(|(n, thousands)| n * 1000i64.pow(thousands)),
            proptest::collection::vec(prop_oneof![Just(0i64), 0i64..1000], 1..6)
                .prop_map(|groups| groups.into_iter().fold(0, |n, g| n * 1000 + g)),
        ]
    ) {
        for speech in [Speech::Northern, Speech::Southern] {
            let said = number_words(number, Language::Vi, speech).expect("within bounds");
            prop_assert_eq!(read_vi(&said), Some(number), "{}", said);
        }
        let said = number_words(number, Language::En, Speech::Northern).expect("within bounds");
        prop_assert_eq!(read_en(&said), Some(number), "{}", said);
    }

    #[test]
    fn decimals_read_back(before in 0i64..100_000, fraction in "[0-9]{1,9}") {
        let said = decimal_words(&format!("{before}.{fraction}"), Language::Vi, Speech::Northern).expect("a number");
        let (whole, rest) = said.split_once(" phẩy ").expect("a comma");
        prop_assert_eq!(read_vi(whole), Some(before));
        let mut digits = String::new();
        let mut rest = rest;
        while let Some(after) = rest.strip_prefix("không") {
            digits.push('0');
            rest = after.trim_start();
        }
        if !rest.is_empty() {
            digits += &read_vi(rest).expect("a numeral").to_string();
        }
        prop_assert_eq!(digits, fraction);
    }

    #[test]
    fn any_instants_and_texts_are_answered(at in any::<i64>(), now in any::<i64>(), text in any::<String>()) {
        for language in [Language::Vi, Language::En] {
            prop_assert!(!relative_time(at, now, language, Speech::Northern).is_empty());
            let _ = decimal_words(&text, language, Speech::Southern);
        }
        let _ = read_dong(&text);
    }
}

/// The vectors that every language reads.
#[test]
fn shared_vectors_of_sums_and_folds() {
    let cases =
        |file: &str| -> Vec<serde_json::Value> { serde_json::from_str(file).expect("cases") };
    for case in cases(include_str!("../../vectors/money-text.json")) {
        let said = read_dong(case["input"].as_str().expect("an input"))
            .and_then(|dong| money_text(dong, Language::Vi, Speech::Northern));
        match said {
            Ok(text) => assert_eq!(case["value"]["text"], text),
            Err(WordsError::Format) => assert_eq!(case["error"], "format"),
            Err(WordsError::Range) => assert_eq!(case["error"], "range"),
        }
    }
    for case in cases(include_str!("../../vectors/fold.json")) {
        let folded = crate::fold(case["input"].as_str().expect("an input"));
        assert_eq!(case["value"]["folded"], folded);
    }
}
