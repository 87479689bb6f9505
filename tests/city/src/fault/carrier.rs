//! Which mobile carrier a connection comes by.
//!
//! Invariant: told by the client's source address alone. A sandbox phone binds its sockets to the loopback address of
//! its carrier, so an outage of one carrier cannot touch a phone on another.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr};

/// A carrier of the sandbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Carrier {
    /// No carrier's address: a desk computer, a test client.
    Default,
    /// 127.0.1.1
    Viettel,
    /// 127.0.1.2
    Vinaphone,
    /// 127.0.1.3
    Mobifone,
}

impl Carrier {
    /// The carriers that have an address of their own, in the order of their numbers 1, 2, 3.
    pub const NUMBERED: [Carrier; 3] = [Carrier::Viettel, Carrier::Vinaphone, Carrier::Mobifone];

    /// The carrier of a client at `address`.
    #[must_use]
    pub fn of(address: IpAddr) -> Carrier {
        Carrier::NUMBERED
            .into_iter()
            .find(|c| c.address() == Some(address))
            .unwrap_or(Carrier::Default)
    }

    /// Reads a name (`viettel`) or a number (`1`).
    #[must_use]
    pub fn parse(text: &str) -> Option<Carrier> {
        [Carrier::Default]
            .into_iter()
            .chain(Carrier::NUMBERED)
            .enumerate()
            .find(|(number, c)| c.name() == text || (*number > 0 && number.to_string() == text))
            .map(|(_, c)| c)
    }

    /// Its name in requests and answers of the admin interface.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Carrier::Default => "default",
            Carrier::Viettel => "viettel",
            Carrier::Vinaphone => "vinaphone",
            Carrier::Mobifone => "mobifone",
        }
    }

    /// The loopback address a sandbox phone of this carrier binds to; none for [`Carrier::Default`].
    #[must_use]
    pub fn address(self) -> Option<IpAddr> {
        let last = match self {
            Carrier::Default => return None,
            Carrier::Viettel => 1,
            Carrier::Vinaphone => 2,
            Carrier::Mobifone => 3,
        };
        Some(IpAddr::V4(Ipv4Addr::new(127, 0, 1, last)))
    }
}

impl fmt::Display for Carrier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_numbers_and_addresses_agree() {
        assert_eq!(Carrier::parse("2"), Some(Carrier::Vinaphone));
        assert_eq!(Carrier::parse("mobifone"), Some(Carrier::Mobifone));
        assert_eq!(Carrier::parse("default"), Some(Carrier::Default));
        assert_eq!(
            (Carrier::parse("0"), Carrier::parse("4"), Carrier::parse("")),
            (None, None, None)
        );
        for carrier in Carrier::NUMBERED {
            assert_eq!(Carrier::of(carrier.address().unwrap()), carrier);
        }
        assert_eq!(Carrier::of("127.0.0.1".parse().unwrap()), Carrier::Default);
    }
}
