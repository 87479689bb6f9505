//! One exchange between a phone and the city: what hits it, and what comes back.

use hues_env::{Random, SeededRandom};
use hues_protocol::http::{HttpRequest, HttpResponse, TransportError};

use super::hostile::{self, Memory};
use super::plan::{Entry, What};
use super::scenario::Kind;

/// One request under way.
pub struct Exchange {
    /// The phone.
    pub phone: usize,
    /// The life of the phone that asked.
    pub life: u64,
    /// The request.
    pub request: HttpRequest,
    /// What hits it, if anything.
    pub hit: Option<(Kind, u64)>,
    /// Draws how.
    pub random: SeededRandom,
    /// Milliseconds the answer takes.
    pub back: u64,
    /// What will come back.
    pub answer: Option<Result<HttpResponse, TransportError>>,
}

/// What hits the `n`-th exchange of a phone: the first fault of the plan whose draw says so.
pub fn draw(random: &mut SeededRandom, now: u64, entries: &[Entry]) -> Option<(Kind, u64)> {
    let mut hit = None;
    for entry in entries {
        let What::Exchanges { fault } = &entry.what else {
            continue;
        };
        // Drawn whether or not it counts: what one fault does must not depend on the others.
        let struck = random.below(100) < fault.number;
        if struck && hit.is_none() && fault.span.holds(now) {
            hit = Some((fault.kind, fault.size));
        }
    }
    hit
}

impl Exchange {
    /// Whether the city hears of the request.
    pub fn arrives(&self) -> bool {
        !matches!(
            self.hit.map(|(kind, _)| kind),
            Some(
                Kind::LostRequest
                    | Kind::ErrorBefore
                    | Kind::Outage
                    | Kind::DeadLink
                    | Kind::Portal
            )
        )
    }

    /// What reaches the phone of what the city said.
    pub fn answer(
        &mut self,
        city: HttpResponse,
        memory: &Memory,
    ) -> Result<HttpResponse, TransportError> {
        let Some((kind, _)) = self.hit else {
            return Ok(city);
        };
        match kind {
            Kind::LostRequest | Kind::DeadLink => Err(TransportError::Timeout),
            Kind::LostAnswer | Kind::Cut => Err(TransportError::Reset),
            Kind::Outage => Err(TransportError::Offline),
            Kind::ErrorBefore | Kind::ErrorAfter => Ok(plain(500, "text/plain", b"oops")),
            Kind::Portal => Ok(portal()),
            Kind::Alien => alien(&mut self.random),
            Kind::Truncated => {
                let mut cut = city;
                cut.body.truncate(cut.body.len() / 2);
                // An empty body is cut where its headers end: then nothing arrived.
                match cut.body.is_empty() {
                    true => Err(TransportError::Reset),
                    false => Ok(cut),
                }
            }
            Kind::Hostile => hostile::answer(&self.request, city, memory, &mut self.random),
            Kind::HostilePage if self.request.path.starts_with("/pull") => {
                Ok(hostile::page(city, memory, &mut self.random))
            }
            _ => Ok(city),
        }
    }
}

/// An answer of no city.
pub fn plain(status: u16, kind: &str, body: &[u8]) -> HttpResponse {
    HttpResponse {
        status,
        headers: vec![("content-type".into(), kind.into())],
        body: body.to_vec(),
    }
}

fn portal() -> HttpResponse {
    plain(
        200,
        "text/html",
        b"<html><title>Wi-Fi mien phi</title></html>",
    )
}

/// What boxes on the way say.
fn alien(random: &mut SeededRandom) -> Result<HttpResponse, TransportError> {
    match random.below(8) {
        0 => Ok(portal()),
        1 => Ok(plain(200, hues_protocol::http::JSON, b"{}")),
        2 => Ok(plain(200, "application/json", b"[1,2,3]")),
        3 => Ok(plain(502, "text/html", b"<h1>Bad Gateway</h1>")),
        4 => Ok(plain(403, "text/html", b"blocked")),
        5 => Ok(plain(204, "text/plain", b"")),
        6 => Ok(plain(401, "text/html", b"sign in to the proxy")),
        _ => Err(TransportError::RedirectRefused),
    }
}
