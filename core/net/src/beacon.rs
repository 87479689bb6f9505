//! Signed time for a phone whose clock is wrong: the one request that is made although the certificate's dates do not fit.
//!
//! Invariant: it is `GET /beacon` (before it `GET /keys` for a phone that has no key list to judge a beacon by), carries no credentials, and its connection is
//! used for nothing else. Chain and name are checked; what comes back proves itself by the city's signature, and the chain is judged again at the time it
//! names.

use std::sync::Arc;

use hues_protocol::http::{Body, Class, HttpRequest, HttpResponse, Method, TransportError};

use crate::cancel::Cancels;
use crate::tls::{ChainVerifier, Dates};
use crate::transport::{build_client, exchange, NetTransport};

/// Longest beacon accepted: one signed object.
const MAX_BEACON: usize = 8 * 1024;
/// Longest key list accepted.
const MAX_KEYS: usize = 16 * 1024;

/// An answer to `GET /beacon` over a connection whose dates were not checked.
#[derive(Debug)]
pub struct UndatedBeacon {
    /// The answer as it came; judge it like any other.
    pub response: HttpResponse,
    /// The key list over the same connection, where it was asked for: the pinned root judges it, whatever the connection was.
    pub keys: Option<HttpResponse>,
    chain: Option<Arc<ChainVerifier>>,
}

impl UndatedBeacon {
    /// Whether the connection's certificate chain was good at `ms` (milliseconds since 1970): call it with the time that
    /// the verified beacon names, and do not use the beacon if this is false.
    #[must_use]
    pub fn chain_valid_at(&self, ms: i64) -> bool {
        match (&self.chain, u64::try_from(ms)) {
            (Some(chain), Ok(ms)) => chain.shown_valid_at(ms),
            (Some(_), Err(_)) => false,
            // Plain HTTP on loopback: there is no chain to judge.
            (None, _) => true,
        }
    }
}

impl NetTransport {
    /// Fetches the newest beacon without credentials and without regard to certificate dates. Only after a request failed
    /// with `Tls { clock_suspect: true }`. `keys`: the key list as well, for a phone that has none yet.
    ///
    /// # Errors
    /// [`TransportError`] as for any request; `Tls` when the chain is wrong in more than its dates.
    pub async fn fetch_beacon_unverified_time(
        &self,
        keys: bool,
    ) -> Result<UndatedBeacon, TransportError> {
        let chain = match self.origin.is_tls() {
            true => Some(
                ChainVerifier::new(&self.config.certificates(), Dates::Ignored)
                    .map_err(|_| TransportError::Other)?,
            ),
            false => None,
        };
        let client =
            build_client(&self.config, chain.clone()).map_err(|_| TransportError::Other)?;
        let get = async |path: &str, max_response: usize| {
            let request = HttpRequest {
                id: 0,
                method: Method::Get,
                path: path.into(),
                headers: vec![("hues-protocol".into(), "1".into())],
                body: Body::Empty,
                max_response,
                class: Class::Words,
            };
            let ticket = Cancels::default().enter(0);
            let pace = self.config.pace;
            exchange(&client, &self.origin, pace, request, None, &ticket).await
        };
        let keys = match keys {
            true => Some(get("/keys", MAX_KEYS).await?),
            false => None,
        };
        let response = get("/beacon", MAX_BEACON).await?;
        Ok(UndatedBeacon {
            response,
            keys,
            chain,
        })
    }
}
