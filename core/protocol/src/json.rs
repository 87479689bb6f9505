//! JSON from outside, bounded before it is parsed.
//!
//! Invariant: size and nesting are judged on the raw bytes in one pass without recursion, so that 10 MB of brackets cost
//! one scan; only then does the parser see them.

use serde::de::DeserializeOwned;

use crate::cbor::Malformed;

/// Deepest nesting of objects and arrays.
pub const MAX_DEPTH: usize = 16;

/// Parses at most `max` bytes.
///
/// # Errors
/// [`Malformed`] when too large, too deep, not JSON, or not of `T`'s shape.
pub fn parse<T: DeserializeOwned>(bytes: &[u8], max: usize) -> Result<T, Malformed> {
    if bytes.len() > max {
        return Err(Malformed("too long"));
    }
    if is_deeper_than(bytes, MAX_DEPTH) {
        return Err(Malformed("too deep"));
    }
    serde_json::from_slice(bytes).map_err(|_| Malformed("not the JSON expected"))
}

/// Whether brackets outside strings nest deeper than `limit`. Invalid JSON gives some answer; the parser refuses it later.
fn is_deeper_than(bytes: &[u8], limit: usize) -> bool {
    let (mut depth, mut in_string, mut escaped) = (0usize, false, false);
    for byte in bytes {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            _ if in_string => {}
            b'[' | b'{' => {
                depth += 1;
                if depth > limit {
                    return true;
                }
            }
            b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;

    #[test]
    fn nesting_is_refused_before_parsing() {
        let nested = |n: usize| format!("{}{}", "[".repeat(n), "]".repeat(n));
        assert!(parse::<Value>(nested(16).as_bytes(), 1 << 20).is_ok());
        assert_eq!(
            parse::<Value>(nested(17).as_bytes(), 1 << 20),
            Err(Malformed("too deep"))
        );
        assert_eq!(
            parse::<Value>(&vec![b'['; 10_000_000], 1 << 24),
            Err(Malformed("too deep"))
        );
        assert!(
            parse::<Value>(format!("\"{}\\\"[\"", "[".repeat(40)).as_bytes(), 1 << 20).is_ok(),
            "in a string"
        );
    }

    #[test]
    fn what_is_no_json() {
        for bad in [&b"<html>"[..], b"{\"a\":", b"", b"\xff", b"{} x"] {
            assert!(parse::<Value>(bad, 100).is_err());
        }
        assert_eq!(parse::<Value>(b"[1]", 2), Err(Malformed("too long")));
    }
}
