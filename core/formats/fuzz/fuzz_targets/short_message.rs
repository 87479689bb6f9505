//! Any bytes through bits, septets and both alphabets of base 32: refused, or the same again.
#![no_main]

use hues_formats::base32::{decode, decode_checked, encode, encode_checked, Alphabet};
use hues_formats::bits::{BitReader, BitWriter};
use hues_formats::gsm7;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let mut reader = BitReader::new(bytes);
    let mut writer = BitWriter::new();
    while let Ok(width) = reader.take(6) {
        writer.push(width, 6).expect("six bits");
        let Ok(number) = reader.take(width as u32) else {
            break;
        };
        writer.push(number, width as u32).expect("a number of its width");
    }
    let written = writer.bits() / 8;
    let again = writer.into_bytes();
    assert_eq!(&again[..written], &bytes[..written]);

    let septets: Vec<u8> = bytes.iter().map(|b| b & 0x7f).collect();
    assert_eq!(gsm7::unpack(&gsm7::pack(&septets), septets.len()), Ok(septets));
    if let Ok(text) = gsm7::decode(bytes) {
        assert_eq!(gsm7::encode(&text).as_deref(), Ok(bytes));
    }
    for alphabet in [Alphabet::Rfc4648, Alphabet::Crockford] {
        let text = encode(bytes, alphabet);
        if text.len() <= 8 * 1024 {
            assert_eq!(decode(&text, alphabet).as_deref(), Ok(bytes));
        }
    }
    if bytes.len() <= 5_000 {
        assert_eq!(decode_checked(&encode_checked(bytes)).as_deref(), Ok(bytes));
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        let _ = gsm7::sms_size(text);
        if let Ok(read) = decode(text, Alphabet::Rfc4648) {
            assert_eq!(encode(&read, Alphabet::Rfc4648), text.trim_end_matches('='));
        }
        let _ = decode_checked(text);
    }
});
