//! The text of an address (RFC 3986), as far as Digital Link needs it: cut into its parts, percent signs decoded and written.

use crate::{Refusal, Rule};

/// An address cut into its parts, nothing decoded.
pub(super) struct Address<'a> {
    /// `http` or `https`.
    pub(super) secure: bool,
    /// Without the port.
    pub(super) host: &'a str,
    pub(super) port: Option<u16>,
    /// Behind the host, with its first slash.
    pub(super) path: &'a str,
    pub(super) query: Option<&'a str>,
    pub(super) fragment: Option<&'a str>,
}

impl<'a> Address<'a> {
    pub(super) fn cut(text: &'a str) -> Result<Address<'a>, Refusal> {
        // RFC 3986, 2: characters of an address are printable ASCII; others are percent-encoded.
        let foreign = |c: char| !c.is_ascii_graphic() || "\"<>\\^`{|}".contains(c);
        if let Some(at) = text.find(foreign) {
            return Err(Refusal::byte(Rule::Charset, at));
        }
        let scheme = Refusal::byte(Rule::Scheme, 0);
        let (name, rest) = text.split_once("://").ok_or(scheme.clone())?;
        let secure = match name {
            _ if name.eq_ignore_ascii_case("https") => true,
            _ if name.eq_ignore_ascii_case("http") => false,
            _ => return Err(scheme),
        };
        let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
        let (authority, rest) = rest.split_at_checked(end).unwrap_or((rest, ""));
        if authority.contains('@') {
            return Err(Refusal::byte(Rule::UserInfo, name.len() + 3));
        }
        let (host, port) =
            host_and_port(authority).ok_or_else(|| Refusal::byte(Rule::Format, name.len() + 3))?;
        let (rest, fragment) = match rest.split_once('#') {
            Some((rest, fragment)) => (rest, Some(fragment)),
            None => (rest, None),
        };
        let (path, query) = match rest.split_once('?') {
            Some((path, query)) => (path, Some(query)),
            None => (rest, None),
        };
        Ok(Address {
            secure,
            host,
            port,
            path,
            query,
            fragment,
        })
    }
}

/// A name or an address of numbers, and a port if there is one.
fn host_and_port(authority: &str) -> Option<(&str, Option<u16>)> {
    let (host, port) = match authority.strip_prefix('[') {
        Some(v6) => {
            let end = v6.find(']')? + 2;
            authority.split_at_checked(end)?
        }
        None => {
            let end = authority.find(':').unwrap_or(authority.len());
            authority.split_at_checked(end)?
        }
    };
    let port = match port.strip_prefix(':') {
        Some(digits) if digits.bytes().all(|b| b.is_ascii_digit()) => Some(digits.parse().ok()?),
        None if port.is_empty() => None,
        _ => return None,
    };
    let is_name = !host.is_empty()
        && host.len() <= 253
        && host
            .split('.')
            .all(|label| !label.is_empty() && label.len() <= 63)
        && host
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'.');
    let is_v6 = host.starts_with('[')
        && host
            .bytes()
            .all(|b| b.is_ascii_hexdigit() || b"[]:.".contains(&b));
    (is_name || is_v6).then_some((host, port))
}

/// Decodes percent signs; the bytes must be UTF-8.
pub(super) fn decode(text: &str) -> Result<String, Rule> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let mut hex = || char::from(rest.next()?).to_digit(16);
        let (high, low) = (hex(), hex());
        let (Some(high), Some(low)) = (high, low) else {
            return Err(Rule::PercentEncoding);
        };
        bytes.push((high << 4 | low) as u8); // two digits of four bits
    }
    String::from_utf8(bytes).map_err(|_| Rule::PercentEncoding)
}

/// Appends a text with everything but unreserved characters (RFC 3986, 2.3) encoded.
pub(super) fn encode(into: &mut String, text: &str) {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            into.push(char::from(byte));
        } else {
            into.push('%');
            into.push(char::from(HEX[usize::from(byte >> 4)]));
            into.push(char::from(HEX[usize::from(byte & 15)]));
        }
    }
}
