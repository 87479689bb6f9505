//! Who the other side is: our own rustls configuration over *ring*, the caller's roots and the caller's clock.
//!
//! Invariant: a chain is accepted only if it leads to one of the caller's roots, names the host and is valid at the
//! caller's time. A chain that fails by its dates alone is told apart ([`ClockSuspect`]), never let through here.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::WebPkiServerVerifier;
use rustls::crypto::CryptoProvider;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, OtherError, RootCertStore,
    SignatureScheme,
};

use crate::NetError;

/// The caller's wall clock, in milliseconds since 1970; TLS sees no other.
pub type WallClock = Arc<dyn Fn() -> i64 + Send + Sync>;

/// Why a chain was refused when the only thing wrong with it is that its dates do not contain *now*: either the
/// certificate has run out or the phone's clock is off, and only signed time can tell which.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the certificate chain is good but not at this phone's time")]
pub(crate) struct ClockSuspect;

/// Whether dates count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Dates {
    /// The chain must be valid at the caller's time.
    Checked,
    /// Any time will do, as long as there is one at which the whole chain is valid. Only for the beacon.
    Ignored,
}

/// rustls asks the caller's clock, so that a corrected clock corrects TLS as well.
struct CoreTime(WallClock);

impl fmt::Debug for CoreTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CoreTime")
    }
}

impl rustls::time_provider::TimeProvider for CoreTime {
    fn current_time(&self) -> Option<UnixTime> {
        // Before 1970 there is no certificate: time zero is refused as "not valid yet", which is what we want to hear.
        let ms = u64::try_from((self.0)()).unwrap_or(0);
        Some(unix(ms))
    }
}

pub(crate) fn unix(ms: u64) -> UnixTime {
    UnixTime::since_unix_epoch(Duration::from_millis(ms))
}

/// The chain the other side showed, kept so that it can be judged again once the time is known.
#[derive(Debug, Clone)]
pub(crate) struct ShownChain {
    end_entity: CertificateDer<'static>,
    intermediates: Vec<CertificateDer<'static>>,
    name: ServerName<'static>,
}

/// Checks chains against the caller's roots; see [`Dates`].
#[derive(Debug)]
pub(crate) struct ChainVerifier {
    webpki: Arc<WebPkiServerVerifier>,
    dates: Dates,
    shown: Mutex<Option<ShownChain>>,
}

impl ChainVerifier {
    /// A verifier over `roots` (DER, at least one).
    ///
    /// # Errors
    /// [`NetError::Roots`] when there is none or one is no certificate.
    pub(crate) fn new(
        roots: &[CertificateDer<'static>],
        dates: Dates,
    ) -> Result<Arc<ChainVerifier>, NetError> {
        let mut store = RootCertStore::empty();
        for root in roots {
            store.add(root.clone()).map_err(|_| NetError::Roots)?;
        }
        let webpki = WebPkiServerVerifier::builder_with_provider(Arc::new(store), provider())
            .build()
            .map_err(|_| NetError::Roots)?;
        Ok(Arc::new(ChainVerifier {
            webpki,
            dates,
            shown: Mutex::new(None),
        }))
    }

    /// Whether the chain last shown is good at `ms`: how an undated connection is checked again.
    pub(crate) fn shown_valid_at(&self, ms: u64) -> bool {
        let shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
        shown.as_ref().is_some_and(|c| {
            self.webpki
                .verify_server_cert(&c.end_entity, &c.intermediates, &c.name, &[], unix(ms))
                .is_ok()
        })
    }

    /// A moment at which the whole chain is valid, nearest to `now` in the direction the dates point.
    ///
    /// Each failure by date names the bound that was missed; going there either satisfies the chain, finds the next
    /// bound, or fails for a reason that is no date. A chain whose validities do not overlap runs out of steps.
    fn valid_moment(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        now: UnixTime,
    ) -> Result<UnixTime, rustls::Error> {
        const STEPS: usize = 8;
        let mut at = now;
        let mut last = rustls::Error::InvalidCertificate(CertificateError::Expired);
        for _ in 0..STEPS {
            match self
                .webpki
                .verify_server_cert(end_entity, intermediates, name, &[], at)
            {
                Ok(_) => return Ok(at),
                Err(e) => {
                    at = match &e {
                        rustls::Error::InvalidCertificate(CertificateError::ExpiredContext {
                            not_after,
                            ..
                        }) => *not_after,
                        rustls::Error::InvalidCertificate(
                            CertificateError::NotValidYetContext { not_before, .. },
                        ) => *not_before,
                        _ => return Err(e),
                    };
                    last = e;
                }
            }
        }
        Err(last)
    }
}

impl ServerCertVerifier for ChainVerifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        let valid = self.valid_moment(end_entity, intermediates, server_name, now)?;
        if self.dates == Dates::Checked && valid != now {
            return Err(rustls::Error::InvalidCertificate(CertificateError::Other(
                OtherError(Arc::new(ClockSuspect)),
            )));
        }
        if self.dates == Dates::Ignored {
            *self.shown.lock().unwrap_or_else(PoisonError::into_inner) = Some(ShownChain {
                end_entity: end_entity.clone().into_owned(),
                intermediates: intermediates
                    .iter()
                    .map(|c| c.clone().into_owned())
                    .collect(),
                name: server_name.to_owned(),
            });
        }
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.webpki.verify_tls12_signature(message, cert, dss)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.webpki.verify_tls13_signature(message, cert, dss)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.webpki.supported_verify_schemes()
    }
}

/// The client configuration: TLS 1.2 and 1.3, HTTP/2 preferred, no client certificate.
///
/// # Errors
/// [`NetError::Tls`] when rustls refuses the combination (it does not, short of a broken build).
pub(crate) fn client_config(
    verifier: Arc<ChainVerifier>,
    clock: WallClock,
) -> Result<ClientConfig, NetError> {
    // An undated chain must not seed a session that a later, dated connection resumes: the two never share a
    // configuration, and the undated one keeps no sessions at all.
    let undated = verifier.dates == Dates::Ignored;
    let mut config = ClientConfig::builder_with_details(provider(), Arc::new(CoreTime(clock)))
        .with_safe_default_protocol_versions()
        .map_err(|_| NetError::Tls)?
        .dangerous()
        .with_custom_certificate_verifier(verifier)
        .with_no_client_auth();
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    if undated {
        config.resumption = rustls::client::Resumption::disabled();
    }
    Ok(config)
}

fn provider() -> Arc<CryptoProvider> {
    Arc::new(rustls::crypto::ring::default_provider())
}

/// For plain HTTP on loopback: a configuration under which every TLS handshake fails.
pub(crate) fn trusts_nobody() -> Result<ClientConfig, NetError> {
    Ok(ClientConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()
        .map_err(|_| NetError::Tls)?
        .with_root_certificates(RootCertStore::empty())
        .with_no_client_auth())
}
