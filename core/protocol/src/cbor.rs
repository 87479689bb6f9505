//! CBOR (RFC 8949) in the one form the protocol takes: core deterministic encoding, §4.2.1.
//!
//! Invariant: what [`decode`] accepts, [`encode`] gives back byte for byte. Floats, tags, `undefined`, indefinite lengths,
//! duplicate or unsorted keys, trailing bytes and nesting deeper than [`MAX_DEPTH`] are refused. Sizes are bounded
//! before anything is parsed.

use ciborium::value::{Integer, Value};
use thiserror::Error;

/// Deepest nesting: the outermost array or map is level 1.
pub const MAX_DEPTH: usize = 8;

/// The largest unsigned integer of the protocol, 2⁶³ − 1: it fits a signed database column and every language.
pub const MAX_UINT: u64 = i64::MAX as u64;

/// The bytes are not what the protocol allows. Says which rule of form, never which content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("malformed: {0}")]
pub struct Malformed(pub &'static str);

/// Decodes one deterministic CBOR item of at most `max` bytes.
///
/// # Errors
/// [`Malformed`] for everything else.
pub fn decode(bytes: &[u8], max: usize) -> Result<Value, Malformed> {
    if bytes.len() > max {
        return Err(Malformed("too long"));
    }
    // The library's limit keeps the stack; the protocol's own limit is checked below, where it can be counted exactly.
    let value: Value = ciborium::de::from_reader_with_recursion_limit(bytes, 2 * MAX_DEPTH + 2)
        .map_err(|_| Malformed("not CBOR"))?;
    check(&value, 1)?;
    if encode(&value) != bytes {
        return Err(Malformed("not deterministic"));
    }
    Ok(value)
}

/// Encodes `value` deterministically: map entries are sorted by their encoded keys.
///
/// The value must be one the protocol knows (no float, no tag); [`decode`] gives only such.
#[must_use]
pub fn encode(value: &Value) -> Vec<u8> {
    let mut out = Vec::new();
    write(value, &mut out);
    out
}

fn check(value: &Value, depth: usize) -> Result<(), Malformed> {
    match value {
        Value::Array(_) | Value::Map(_) if depth > MAX_DEPTH => Err(Malformed("too deep")),
        Value::Array(items) => items.iter().try_for_each(|item| check(item, depth + 1)),
        Value::Map(entries) => {
            for (key, value) in entries {
                check(key, depth + 1)?;
                check(value, depth + 1)?;
            }
            Ok(())
        }
        Value::Float(_) => Err(Malformed("float")),
        Value::Tag(..) => Err(Malformed("tag")),
        Value::Integer(_) | Value::Bytes(_) | Value::Text(_) | Value::Bool(_) | Value::Null => {
            Ok(())
        }
        _ => Err(Malformed("unknown type")),
    }
}

/// Writes `value`. A map's entries are sorted and freed of duplicates on the way, so that a decoded map which was in
/// another order, or held a key twice, does not come out as it went in.
fn write(value: &Value, out: &mut Vec<u8>) {
    match value {
        Value::Array(items) => {
            head(4, items.len() as u64, out);
            items.iter().for_each(|item| write(item, out));
        }
        Value::Map(entries) => {
            let mut sorted: Vec<_> = entries
                .iter()
                .map(|(key, value)| (encode(key), value))
                .collect();
            sorted.sort_by(|a, b| a.0.cmp(&b.0));
            sorted.dedup_by(|a, b| a.0 == b.0);
            head(5, sorted.len() as u64, out);
            for (key, value) in sorted {
                out.extend_from_slice(&key);
                write(value, out);
            }
        }
        Value::Integer(n) => integer(*n, out),
        Value::Bytes(bytes) => {
            head(2, bytes.len() as u64, out);
            out.extend_from_slice(bytes);
        }
        Value::Text(text) => {
            head(3, text.len() as u64, out);
            out.extend_from_slice(text.as_bytes());
        }
        Value::Bool(b) => out.push(if *b { 0xf5 } else { 0xf4 }),
        // Null; and what the protocol does not know, which `check` has refused wherever it came from outside.
        _ => out.push(0xf6),
    }
}

fn integer(n: Integer, out: &mut Vec<u8>) {
    let n = i128::from(n);
    // An `Integer` holds −2⁶⁴ … 2⁶⁴ − 1, so both casts are exact.
    if n < 0 {
        head(1, (-1 - n) as u64, out);
    } else {
        head(0, n as u64, out);
    }
}

/// The initial byte and its argument in the shortest form.
fn head(major: u8, n: u64, out: &mut Vec<u8>) {
    let major = major << 5;
    let be = n.to_be_bytes();
    match n {
        0..=23 => out.push(major | n as u8),
        24..=0xff => out.extend_from_slice(&[major | 24, be[7]]),
        0x100..=0xffff => {
            out.push(major | 25);
            out.extend_from_slice(&be[6..]);
        }
        0x1_0000..=0xffff_ffff => {
            out.push(major | 26);
            out.extend_from_slice(&be[4..]);
        }
        _ => {
            out.push(major | 27);
            out.extend_from_slice(&be);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn refused(bytes: &[u8]) -> bool {
        decode(bytes, 1 << 16).is_err()
    }

    #[test]
    fn forms_that_are_not_deterministic() {
        for (bytes, why) in [
            (&b"\x18\x17"[..], "integer not shortest"),
            (b"\x58\x01a", "length not shortest"),
            (b"\x9f\xff", "indefinite array"),
            (b"\x5f\x41a\xff", "indefinite bytes"),
            (b"\xa2\x02\x00\x01\x00", "unsorted keys"),
            (b"\xa2\x01\x00\x01\x00", "duplicate key"),
            (b"\xf9\x3c\x00", "float"),
            (b"\xfb\x3f\xf0\x00\x00\x00\x00\x00\x00", "double"),
            (b"\xc0\x60", "tag"),
            (b"\xc2\x41\x01", "bignum"),
            (
                b"\xc2\x49\x01\x00\x00\x00\x00\x00\x00\x00\x00",
                "large bignum",
            ),
            (b"\xf7", "undefined"),
            (b"\xf8\x20", "simple value"),
            (b"\xe0", "unassigned simple value"),
            (b"\x61\xff", "not UTF-8"),
            (b"\x63\xed\xa0\x80", "surrogate"),
            (b"\x00\x00", "trailing byte"),
            (b"", "nothing"),
            (b"\x82\x00", "cut short"),
            (b"\x9b\xff\xff\xff\xff\xff\xff\xff\xff", "absurd length"),
            (
                b"\x5b\xff\xff\xff\xff\xff\xff\xff\xff",
                "absurd byte length",
            ),
            (b"\x1c", "reserved argument"),
        ] {
            assert!(refused(bytes), "{why}");
        }
    }

    #[test]
    fn nesting_is_counted_exactly() {
        let nested = |depth: usize| [vec![0x81; depth - 1], vec![0x80]].concat();
        assert!(!refused(&nested(8)));
        assert!(refused(&nested(9)));
        assert!(
            refused(&nested(60_000)),
            "deep input does not reach the stack's end"
        );
    }

    #[test]
    fn keys_sort_by_their_bytes_not_by_length_first() {
        // 24 encodes as 18 18, "" as 60: bytewise 18 18 < 60, although it is longer.
        let map = Value::Map(vec![
            (Value::from(""), Value::Null),
            (Value::from(24), Value::Null),
        ]);
        assert_eq!(encode(&map), b"\xa2\x18\x18\xf6\x60\xf6");
    }

    #[test]
    fn the_whole_integer_range() {
        for n in [
            0i128,
            23,
            24,
            255,
            256,
            65_535,
            65_536,
            1 << 32,
            u64::MAX.into(),
            -1,
            -24,
            -25,
            -(1i128 << 64),
        ] {
            let value = Value::Integer(Integer::try_from(n).unwrap());
            assert_eq!(decode(&encode(&value), 9).unwrap(), value);
        }
    }

    #[test]
    fn size_is_refused_before_parsing() {
        assert_eq!(decode(&[0xff; 11], 10), Err(Malformed("too long")));
    }

    fn any_value() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            any::<i64>().prop_map(Value::from),
            any::<u64>().prop_map(Value::from),
            any::<bool>().prop_map(Value::from),
            Just(Value::Null),
            ".{0,12}".prop_map(Value::from),
            prop::collection::vec(any::<u8>(), 0..40).prop_map(Value::Bytes),
        ];
        leaf.prop_recursive(6, 48, 6, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..6).prop_map(Value::Array),
                prop::collection::vec((inner.clone(), inner), 0..6).prop_map(Value::Map),
            ]
        })
    }

    proptest! {
        #[test]
        fn encoding_is_a_fixed_point(value in any_value()) {
            let bytes = encode(&value);
            let back = decode(&bytes, 1 << 20).unwrap();
            prop_assert_eq!(encode(&back), bytes);
        }

        #[test]
        fn what_decodes_encodes_back(bytes in prop::collection::vec(any::<u8>(), 0..64)) {
            if let Ok(value) = decode(&bytes, 64) {
                prop_assert_eq!(encode(&value), bytes);
            }
        }
    }
}
