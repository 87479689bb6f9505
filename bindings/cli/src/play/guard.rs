//! Who may ask this server something: the page it handed out, and nobody else on this machine or in the browser.
//!
//! Invariant: a request without the token in its path learns nothing, whatever else it carries. Another page of the same browser cannot know the token, and
//! if it did: a foreign name for this address (DNS rebinding) is refused by `Host`, a foreign sender by `Origin` and `Sec-Fetch-Site`.

use hyper::header::{HeaderMap, CONTENT_TYPE, HOST, ORIGIN};
use hyper::Method;

/// What is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Door {
    /// The page itself.
    Page,
    /// Its state, as soon as it is newer than this.
    State(u64),
    /// An order.
    Order,
}

/// Why somebody is turned away: an HTTP status.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Away {
    /// 404: no such address, or not for you.
    Unknown,
    /// 403: a foreign host or sender.
    Foreign,
    /// 415: an order that is no JSON.
    NotJson,
}

/// The lock.
#[derive(Debug, Clone)]
pub struct Guard {
    port: u16,
    token: String,
}

impl Guard {
    /// For a server on this port of loopback, with this token.
    pub fn new(port: u16, token: String) -> Guard {
        Guard { port, token }
    }

    /// The page's address.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}/{}/", self.port, self.token)
    }

    /// Lets a request in, or turns it away.
    ///
    /// # Errors
    /// Why not.
    pub fn admit(
        &self,
        method: &Method,
        path: &str,
        query: Option<&str>,
        headers: &HeaderMap,
    ) -> Result<Door, Away> {
        let text = |name| {
            headers
                .get(name)
                .map(|v: &hyper::header::HeaderValue| v.to_str().unwrap_or("?"))
        };
        let ours = [
            format!("127.0.0.1:{}", self.port),
            format!("localhost:{}", self.port),
        ];
        let host = text(HOST).unwrap_or_default();
        if !ours.iter().any(|o| o == host) {
            return Err(Away::Foreign);
        }
        let mut parts = path.strip_prefix('/').unwrap_or_default().splitn(2, '/');
        let token = parts.next().unwrap_or_default();
        let rest = parts.next();
        if !same(token.as_bytes(), self.token.as_bytes()) {
            return Err(Away::Unknown);
        }
        // A browser says where a request comes from; the page's own come from its origin.
        if text(ORIGIN).is_some_and(|o| !ours.iter().any(|ours| o == format!("http://{ours}"))) {
            return Err(Away::Foreign);
        }
        let site = headers.get("sec-fetch-site").map(|v| v.as_bytes());
        match (method, rest) {
            // The address is opened from a terminal or another program: that has no site.
            (&Method::GET, Some("")) => Ok(Door::Page),
            _ if site.is_some_and(|s| s != b"same-origin") => Err(Away::Foreign),
            (&Method::GET, Some("state")) => {
                let after = query
                    .and_then(|q| q.strip_prefix("after="))
                    .and_then(|n| n.parse().ok());
                Ok(Door::State(after.unwrap_or(0)))
            }
            (&Method::POST, Some("order")) => match text(CONTENT_TYPE) {
                Some("application/json") => Ok(Door::Order),
                _ => Err(Away::NotJson),
            },
            _ => Err(Away::Unknown),
        }
    }
}

/// Compares without telling by its time where they differ.
fn same(a: &[u8], b: &[u8]) -> bool {
    a.len() == b.len() && a.iter().zip(b).fold(0, |odd, (x, y)| odd | (x ^ y)) == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(method: Method, path: &str, headers: &[(&'static str, &str)]) -> Result<Door, Away> {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.insert(*name, value.parse().unwrap());
        }
        Guard::new(4000, "s3cret".into()).admit(&method, path, Some("after=7"), &map)
    }

    #[test]
    fn the_page_it_handed_out_gets_in() {
        let host = ("host", "127.0.0.1:4000");
        let here = ("origin", "http://127.0.0.1:4000");
        let own = ("sec-fetch-site", "same-origin");
        assert_eq!(
            ask(Method::GET, "/s3cret/", &[host, ("sec-fetch-site", "none")]),
            Ok(Door::Page)
        );
        assert_eq!(
            ask(Method::GET, "/s3cret/state", &[host, own]),
            Ok(Door::State(7))
        );
        let json = ("content-type", "application/json");
        assert_eq!(
            ask(Method::POST, "/s3cret/order", &[host, here, own, json]),
            Ok(Door::Order)
        );
        assert_eq!(
            ask(Method::GET, "/s3cret/", &[("host", "localhost:4000")]),
            Ok(Door::Page)
        );
    }

    #[test]
    fn nobody_else_does() {
        let host = ("host", "127.0.0.1:4000");
        let json = ("content-type", "application/json");
        for path in [
            "/",
            "/s3cre/",
            "/s3cret2/",
            "/s3cret",
            "/s3cret/else",
            "//s3cret/",
            "",
        ] {
            assert_eq!(
                ask(Method::GET, path, &[host]),
                Err(Away::Unknown),
                "{path}"
            );
        }
        // DNS rebinding: another name, another port, no name.
        for other in [
            "evil.example:4000",
            "127.0.0.1:4001",
            "127.0.0.1",
            "127.0.0.1.evil.example:4000",
        ] {
            assert_eq!(
                ask(Method::GET, "/s3cret/", &[("host", other)]),
                Err(Away::Foreign),
                "{other}"
            );
        }
        assert_eq!(ask(Method::GET, "/s3cret/", &[]), Err(Away::Foreign));
        // Another page of the browser.
        for origin in [
            "http://evil.example",
            "null",
            "http://127.0.0.1:5000",
            "https://127.0.0.1:4000",
        ] {
            let asked = ask(
                Method::POST,
                "/s3cret/order",
                &[host, json, ("origin", origin)],
            );
            assert_eq!(asked, Err(Away::Foreign), "{origin}");
        }
        let cross = ("sec-fetch-site", "cross-site");
        assert_eq!(
            ask(Method::GET, "/s3cret/state", &[host, cross]),
            Err(Away::Foreign)
        );
        // What a form can send without asking.
        let form = ("content-type", "text/plain");
        assert_eq!(
            ask(Method::POST, "/s3cret/order", &[host, form]),
            Err(Away::NotJson)
        );
        assert_eq!(
            ask(Method::PUT, "/s3cret/order", &[host, json]),
            Err(Away::Unknown)
        );
    }
}
