//! The host's own transport, held to the bounds of the built-in one.
//!
//! Invariant: whatever the host's object does (throws, keeps silent, answers twice, follows a redirect, reads too much), a request ends once,
//! with an answer from the city's origin within its bound or with one of the closed reasons.

use std::sync::Arc;
use std::time::Duration;

use hues_net::{NetTransport, Origin, Pace};
use hues_protocol::http::{Body, HttpRequest, HttpResponse, TransportError};
use hues_store::SealedDir;

use crate::ports::{
    HttpTransport, TransportHeader, TransportReply, TransportRequest, TransportResponse,
};

/// Most headers of an answer, and their longest sum in bytes: those of the built-in transport.
const MAX_HEADERS: usize = 100;
const MAX_HEADER_BYTES: usize = 32 * 1024;

/// A host's transport.
pub(crate) struct HostTransport {
    host: Arc<dyn HttpTransport>,
    origin: Origin,
    beacons: Option<NetTransport>,
}

impl HostTransport {
    /// `beacons`: the built-in transport, for the one request that a host cannot make.
    pub(crate) fn new(
        host: Arc<dyn HttpTransport>,
        origin: Origin,
        beacons: Option<NetTransport>,
    ) -> HostTransport {
        HostTransport {
            host,
            origin,
            beacons,
        }
    }

    /// Who fetches a beacon while the phone's clock is wrong: no host is asked to look away from certificate dates. None when the core has no roots
    /// of its own to judge the chain by.
    pub(crate) fn beacons(&self) -> Option<&NetTransport> {
        self.beacons.as_ref()
    }

    /// A request as a host takes it, and how long it may take.
    pub(crate) fn request(
        &self,
        attachments: &SealedDir,
        request: HttpRequest,
    ) -> Result<(TransportRequest, Duration), TransportError> {
        let body = match request.body {
            Body::Empty => Vec::new(),
            Body::Bytes(bytes) => bytes,
            Body::File { name, offset, len } => range(attachments, &name, offset, len)?,
        };
        let url = self
            .origin
            .join(&request.path)
            .ok_or(TransportError::RedirectRefused)?;
        let pace = Pace::default();
        let limit = pace.whole(
            request.class,
            body.len() as u64,
            request.max_response as u64,
        );
        let named = |(name, value)| TransportHeader { name, value };
        let request = TransportRequest {
            id: request.id,
            method: request.method.name().to_owned(),
            url: url.into(),
            headers: request.headers.into_iter().map(named).collect(),
            body,
            max_response: request.max_response as u64,
            idle_timeout_ms: pace.for_request(request.class, None).idle.as_millis() as u64,
        };
        Ok((request, limit))
    }

    /// Sends and waits, at most `limit`. Dropped meanwhile, it tells the host to give up.
    pub(crate) async fn exchange(
        &self,
        request: TransportRequest,
        limit: Duration,
    ) -> Result<HttpResponse, TransportError> {
        let (url, max) = (request.url.clone(), request.max_response);
        let mut flight = Flight {
            host: &*self.host,
            id: request.id,
            open: true,
        };
        let (reply, answer) = TransportReply::pair();
        if self.host.send(request, reply).is_err() {
            flight.open = false;
            return Err(TransportError::Other);
        }
        // Nobody sees the host's bytes move: this is the time in which even a link at the floor rate is through.
        let Ok(answer) = tokio::time::timeout(limit, answer).await else {
            return Err(TransportError::Timeout);
        };
        flight.open = false;
        match answer {
            Ok(Ok(response)) => self.judge(&url, max, response),
            Ok(Err(failure)) => Err(failure.into()),
            // The host let go of the reply without a word.
            Err(_) => Err(TransportError::Other),
        }
    }

    /// The answer, if it keeps the bounds that the built-in transport enforces while it reads.
    fn judge(
        &self,
        asked: &str,
        max: u64,
        response: TransportResponse,
    ) -> Result<HttpResponse, TransportError> {
        let answered = self.origin.join(&response.url);
        if answered.is_none() || answered != self.origin.join(asked) {
            return Err(TransportError::RedirectRefused);
        }
        let lengths = response
            .headers
            .iter()
            .map(|h| h.name.len() + h.value.len());
        if response.body.len() as u64 > max
            || response.headers.len() > MAX_HEADERS
            || lengths.sum::<usize>() > MAX_HEADER_BYTES
        {
            return Err(TransportError::TooLarge);
        }
        if !(100..600).contains(&response.status) {
            return Err(TransportError::Other);
        }
        let lower = |h: TransportHeader| (h.name.to_ascii_lowercase(), h.value);
        Ok(HttpResponse {
            status: response.status,
            headers: response.headers.into_iter().map(lower).collect(),
            body: response.body,
        })
    }
}

/// A request the host works on.
struct Flight<'a> {
    host: &'a dyn HttpTransport,
    id: u64,
    open: bool,
}

impl Drop for Flight<'_> {
    fn drop(&mut self) {
        if self.open {
            // A host that cannot even give up has nobody to tell.
            let _ = self.host.cancel(self.id);
        }
    }
}

/// Part of a sealed photo.
fn range(
    attachments: &SealedDir,
    name: &str,
    offset: u64,
    len: u64,
) -> Result<Vec<u8>, TransportError> {
    let id = crate::ids::unhex(name).ok_or(TransportError::Other)?;
    let source = attachments.open(&id).map_err(|_| TransportError::Other)?;
    let bytes = source
        .read_range(offset..offset.saturating_add(len))
        .map_err(|_| TransportError::Other)?;
    Ok(bytes.to_vec())
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;
    use crate::ports::{HostError, TransportFailure};

    /// What the host does with a request: its replies are kept here.
    type Answer =
        dyn Fn(&TransportRequest, &Arc<TransportReply>) -> Result<(), HostError> + Send + Sync;

    struct Host {
        answer: Box<Answer>,
        kept: Mutex<Vec<Arc<TransportReply>>>,
        cancelled: Mutex<Vec<u64>>,
    }

    impl HttpTransport for Host {
        fn send(
            &self,
            request: TransportRequest,
            reply: Arc<TransportReply>,
        ) -> Result<(), HostError> {
            self.kept.lock().unwrap().push(reply.clone());
            (self.answer)(&request, &reply)
        }

        fn cancel(&self, id: u64) -> Result<(), HostError> {
            self.cancelled.lock().unwrap().push(id);
            Err(HostError::Failed)
        }
    }

    fn host(
        answer: impl Fn(&TransportRequest, &Arc<TransportReply>) -> Result<(), HostError>
            + Send
            + Sync
            + 'static,
    ) -> (Arc<Host>, HostTransport) {
        let host = Arc::new(Host {
            answer: Box::new(answer),
            kept: Mutex::default(),
            cancelled: Mutex::default(),
        });
        let origin = Origin::parse("https://city.example").unwrap();
        (host.clone(), HostTransport::new(host, origin, None))
    }

    fn request() -> TransportRequest {
        TransportRequest {
            id: 7,
            method: "GET".into(),
            url: "https://city.example/hello".into(),
            headers: vec![],
            body: vec![],
            max_response: 10,
            idle_timeout_ms: 30_000,
        }
    }

    fn response(url: &str, body: usize) -> TransportResponse {
        TransportResponse {
            url: url.into(),
            status: 200,
            headers: vec![TransportHeader {
                name: "X-Y".into(),
                value: "z".into(),
            }],
            body: vec![b'x'; body],
        }
    }

    async fn outcome(
        change: impl Fn(&mut TransportResponse) + Send + Sync + 'static,
    ) -> Result<HttpResponse, TransportError> {
        let (_, transport) = host(move |request, reply| {
            let mut response = response(&request.url, 10);
            change(&mut response);
            reply.complete(response);
            Ok(())
        });
        transport.exchange(request(), Duration::from_secs(60)).await
    }

    #[tokio::test]
    async fn an_answer_within_its_bounds_passes_with_lower_case_names() {
        let answer = outcome(|_| ()).await.unwrap();
        assert_eq!((answer.header("x-y"), answer.body.len()), (Some("z"), 10));
        // The same address in another spelling.
        let answer = outcome(|r| r.url = "HTTPS://city.example:443/hello".into()).await;
        assert!(answer.is_ok());
    }

    #[tokio::test]
    async fn a_followed_redirect_is_refused_wherever_it_led() {
        for url in [
            "https://evil.example/hello",
            "http://city.example/hello",
            "https://city.example/login",
            "https://u@city.example/hello",
            "",
        ] {
            let answer = outcome(move |r| r.url = url.into()).await;
            assert_eq!(answer, Err(TransportError::RedirectRefused), "{url}");
        }
    }

    #[tokio::test]
    async fn what_is_too_long_is_refused_whatever_the_host_read() {
        let long = outcome(|r| r.body.push(b'x')).await;
        let many = outcome(|r| r.headers = vec![r.headers[0].clone(); 101]).await;
        let fat = outcome(|r| r.headers[0].value = "z".repeat(33_000)).await;
        for answer in [long, many, fat] {
            assert_eq!(answer, Err(TransportError::TooLarge));
        }
        let odd = outcome(|r| r.status = 0).await;
        assert_eq!(odd, Err(TransportError::Other));
    }

    #[tokio::test]
    async fn a_host_that_throws_or_lets_go_has_no_answer() {
        let (threw, transport) = host(|_, _| Err(HostError::Failed));
        let answer = transport.exchange(request(), Duration::MAX).await;
        assert_eq!(answer, Err(TransportError::Other));
        assert!(threw.cancelled.lock().unwrap().is_empty());
        threw.kept.lock().unwrap()[0].complete(response("https://city.example/hello", 1));
    }

    #[tokio::test]
    async fn the_first_answer_counts() {
        let (_, transport) = host(|request, reply| {
            reply.fail(TransportFailure::Reset);
            reply.complete(response(&request.url, 1));
            Ok(())
        });
        let answer = transport.exchange(request(), Duration::from_secs(60)).await;
        assert_eq!(answer, Err(TransportError::Reset));
    }

    #[tokio::test(start_paused = true)]
    async fn silence_ends_and_the_host_is_told() {
        let (silent, transport) = host(|_, _| Ok(()));
        let answer = transport.exchange(request(), Duration::from_secs(60)).await;
        assert_eq!(answer, Err(TransportError::Timeout));
        assert_eq!(*silent.cancelled.lock().unwrap(), [7]);
        silent.kept.lock().unwrap()[0].complete(response("https://city.example/hello", 1));
    }

    #[tokio::test(start_paused = true)]
    async fn giving_up_tells_the_host() {
        let (slow, transport) = host(|_, _| Ok(()));
        let exchange = transport.exchange(request(), Duration::from_secs(60));
        assert!(tokio::time::timeout(Duration::from_secs(1), exchange)
            .await
            .is_err());
        assert_eq!(*slow.cancelled.lock().unwrap(), [7]);
    }
}
