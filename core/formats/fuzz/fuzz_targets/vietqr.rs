//! Any text as a payment code, as it is and with a right check sum: refused, or read and written back to the same. Any draft:
//! refused, or built and read as it was meant.
#![no_main]

use hues_formats::emv::{crc16, memo, read, Draft};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let _ = read(text);
    for body in [text, text.get(..text.len().saturating_sub(8)).unwrap_or("")] {
        let body = format!("{body}6304");
        let sealed = format!("{body}{:04X}", crc16(body.as_bytes()));
        if let Ok(code) = read(&sealed) {
            assert_eq!(code.to_string(), sealed);
            assert!(!code.payees.is_empty());
            for payee in &code.payees {
                if let Some(bank) = payee.bank {
                    assert!(sealed.contains(bank.account) && sealed.contains(bank.bin));
                }
            }
        }
    }
    let mut words = text.split('|');
    let mut word = || words.next().unwrap_or("");
    let draft = match text.len() % 3 {
        0 => Draft::account(word(), word()),
        1 => Draft::card(word(), word()),
        _ => Draft::merchant(word(), word(), word(), word(), word()),
    };
    let written = memo(text);
    let draft = if written.is_empty() { draft } else { draft.purpose(&written) };
    if let Ok(built) = draft.bill_number(word()).amount(text.len() as u64).build() {
        let code = read(built.as_str()).expect("what was built is read");
        assert_eq!(code.to_string(), built.as_str());
    }
});
