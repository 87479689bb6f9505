//! Any number and text: said in words or refused, in both languages and speeches.
#![no_main]

use hues_vietnam::{
    date_text, decimal_words, local_date, money_text, number_words, read_dong, relative_time,
    DateForm, Language, Speech,
};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: (i64, i64, &str)| {
    let (a, b, text) = input;
    for (language, speech) in [
        (Language::Vi, Speech::Northern),
        (Language::Vi, Speech::Southern),
        (Language::En, Speech::Northern),
    ] {
        let _ = number_words(a, language, speech);
        let _ = decimal_words(text, language, speech);
        assert!(!relative_time(a, b, language, speech).is_empty());
        for form in [DateForm::Paper, DateForm::Weekday, DateForm::Words] {
            assert!(!date_text(local_date(a), form, language, speech).is_empty());
        }
        if let Ok(dong) = read_dong(text) {
            assert!(money_text(dong, language, speech).is_ok());
        }
    }
});
