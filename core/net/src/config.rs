//! What a transport has to know before its first request, and the origin it will never leave.

use std::net::IpAddr;

use rustls::pki_types::CertificateDer;
use url::{Host, Url};

use crate::progress::Pace;
use crate::tls::WallClock;

/// Settings of a [`crate::NetTransport`].
#[derive(Clone)]
pub struct NetConfig {
    /// `https://host[:port]`; plain `http` on loopback only. Path, query and user are refused.
    pub origin: String,
    /// Certificates (DER) of the authorities that may vouch for the city. The system's store is not asked. May be empty for
    /// plain `http`.
    pub roots: Vec<Vec<u8>>,
    /// Source address of every connection: tells carriers apart in the sandbox.
    pub local_address: Option<IpAddr>,
    /// The core's wall clock, for certificate dates.
    pub clock: WallClock,
    /// How patient to be.
    pub pace: Pace,
}

impl NetConfig {
    pub(crate) fn certificates(&self) -> Vec<CertificateDer<'static>> {
        self.roots
            .iter()
            .map(|der| CertificateDer::from(der.clone()))
            .collect()
    }
}

/// Why a transport cannot be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NetError {
    /// No origin in the sense of [`NetConfig::origin`].
    #[error("not an https origin")]
    Origin,
    /// Plain HTTP to another machine.
    #[error("plain http is for loopback only")]
    Plain,
    /// No root certificate, or one that is none.
    #[error("no usable root certificate")]
    Roots,
    /// The TLS or HTTP library refused its configuration.
    #[error("TLS cannot be set up")]
    Tls,
}

/// An address of scheme, host and port that requests may not leave.
#[derive(Debug, Clone)]
pub struct Origin(Url);

impl Origin {
    /// An origin in the sense of [`NetConfig::origin`].
    ///
    /// # Errors
    /// [`NetError::Origin`], [`NetError::Plain`].
    pub fn parse(text: &str) -> Result<Origin, NetError> {
        let url = Url::parse(text).map_err(|_| NetError::Origin)?;
        let bare = url.path() == "/"
            && url.query().is_none()
            && url.fragment().is_none()
            && url.username().is_empty()
            && url.password().is_none();
        if !bare {
            return Err(NetError::Origin);
        }
        match (url.scheme(), url.host()) {
            ("https", Some(_)) => Ok(Origin(url)),
            ("http", Some(host)) if loopback(&host) => Ok(Origin(url)),
            ("http", Some(_)) => Err(NetError::Plain),
            _ => Err(NetError::Origin),
        }
    }

    pub(crate) fn is_tls(&self) -> bool {
        self.0.scheme() == "https"
    }

    /// The address of `target` (a path, or whole), if it is on this origin.
    #[must_use]
    pub fn join(&self, target: &str) -> Option<Url> {
        let url = self.0.join(target).ok()?;
        let same = url.origin() == self.0.origin()
            && url.username().is_empty()
            && url.password().is_none();
        same.then_some(url)
    }
}

fn loopback(host: &Host<&str>) -> bool {
    match host {
        Host::Ipv4(ip) => ip.is_loopback(),
        Host::Ipv6(ip) => ip.is_loopback(),
        Host::Domain(name) => *name == "localhost",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_http_stays_at_home() {
        assert!(Origin::parse("http://127.0.0.1:80").is_ok());
        assert!(Origin::parse("http://[::1]:80").is_ok());
        assert_eq!(
            Origin::parse("http://city.example").err(),
            Some(NetError::Plain)
        );
        for bad in [
            "city",
            "ftp://city.example",
            "https://a@city.example",
            "https://city.example/x",
            "https://city.example/?q",
        ] {
            assert_eq!(Origin::parse(bad).err(), Some(NetError::Origin), "{bad}");
        }
    }

    #[test]
    fn a_target_never_leaves_the_origin() {
        let o = Origin::parse("https://city.example").unwrap();
        assert!(o.join("/ops").is_some());
        assert!(o.join("https://city.example/files/1").is_some());
        for bad in [
            "//evil.example/ops",
            "https://evil.example/ops",
            "http://city.example/ops",
            "https://u@city.example/ops",
            "https://city.example:444/ops",
        ] {
            assert!(o.join(bad).is_none(), "{bad}");
        }
    }
}
