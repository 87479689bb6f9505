//! What happens to a request between a phone and the city: decided by the seed, counted where it hit.

use hues_env::{Random, SeededRandom};
use hues_protocol::http::{HttpResponse, TransportError};
use hues_sync::machine::Link;

/// The fault that hits one exchange.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Fault {
    /// Nothing.
    None,
    /// The request never arrived.
    LostRequest,
    /// The city acted, its answer never came back.
    LostAnswer,
    /// The request arrived twice.
    Doubled,
    /// The city failed before it acted.
    ErrorBefore,
    /// The city failed after it had committed.
    ErrorAfter,
    /// A captive portal answered with a page of its own.
    Portal,
    /// The answer was cut in the middle.
    Truncated,
}

impl Fault {
    /// All faults of an exchange.
    pub const ALL: [Fault; 7] = [
        Fault::LostRequest,
        Fault::LostAnswer,
        Fault::Doubled,
        Fault::ErrorBefore,
        Fault::ErrorAfter,
        Fault::Portal,
        Fault::Truncated,
    ];

    /// One drawn for an exchange; `percent` of them are hit.
    pub fn draw(random: &mut SeededRandom, percent: u64) -> Fault {
        if random.below(100) >= percent {
            return Fault::None;
        }
        Fault::ALL[random.below(Fault::ALL.len() as u64) as usize]
    }

    /// The answer that reaches the phone.
    ///
    /// # Errors
    /// What the phone's transport would say.
    pub fn answer(self, city: HttpResponse) -> Result<HttpResponse, TransportError> {
        let plain = |status: u16, kind: &str, body: &[u8]| HttpResponse {
            status,
            headers: vec![("content-type".into(), kind.into())],
            body: body.to_vec(),
        };
        match self {
            Fault::None | Fault::Doubled => Ok(city),
            Fault::LostRequest => Err(TransportError::Timeout),
            Fault::LostAnswer => Err(TransportError::Reset),
            Fault::ErrorBefore | Fault::ErrorAfter => Ok(plain(500, "text/plain", b"oops")),
            Fault::Portal => Ok(plain(200, "text/html", b"<html>Wi-Fi mien phi</html>")),
            Fault::Truncated => {
                let mut cut = city;
                cut.body.truncate(cut.body.len() / 2);
                // A body that was empty is cut where its headers end: then nothing arrived.
                if cut.body.is_empty() {
                    return Err(TransportError::Reset);
                }
                Ok(cut)
            }
        }
    }

    /// Whether the city hears of the request.
    #[must_use]
    pub fn arrives(self) -> bool {
        !matches!(
            self,
            Fault::LostRequest | Fault::ErrorBefore | Fault::Portal
        )
    }
}

/// How long an exchange takes, milliseconds: the way there, and the way back.
pub fn travel(random: &mut SeededRandom, link: Link, up: u64, down: u64, calm: bool) -> (u64, u64) {
    let (rate, base) = match link {
        Link::Good => (200_000, 40),
        _ => (2_000, 400),
    };
    // Now and then one takes very long, so that answers overtake each other.
    let jitter = if calm || random.below(10) > 0 {
        random.below(100)
    } else {
        random.below(40_000)
    };
    (
        base + up * 1_000 / rate + jitter,
        base + down * 1_000 / rate,
    )
}
