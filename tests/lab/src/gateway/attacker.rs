//! The attacker: accounts, connections, and a record of everything that came.
//!
//! Invariant: an anonymous request carries no session and shares no connection with one that does (`hues-net` holds that); a server that asks to
//! be left alone for a while is left alone, or it could not be tested at all; no token leaves this file but in its own header.

use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use hues_crypto::sign::SigningKey;
use hues_env::{SeededRandom, SystemRandom};
use hues_net::{NetConfig, NetTransport, Origin, Pace, SendOptions};
use hues_protocol::beacon::Beacon;
use hues_protocol::city::Signed;
use hues_protocol::classify;
use hues_protocol::hello::Hello;
use hues_protocol::http::{
    Body, Class, HttpRequest, HttpResponse, Method, TransportError, CBOR, JSON,
};
use hues_protocol::keys::KeyList;
use hues_protocol::problem::{Problem, RefusalKind};
use hues_protocol::receipt::Receipt;
use zeroize::Zeroizing;

use super::answer::Answer;
use super::model::{broken, not_tried, AttackError, Checked, Target};
use super::phone::{Form, Offer};
use super::wire::{Dial, Wire};

/// A server that says *later* is waited for, this often and this long.
const WAITS: usize = 4;
const LONGEST_WAIT_S: u64 = 60;
/// No answer of the protocol is larger.
const MAX_ANSWER: usize = 4 * 1024 * 1024;

/// Whose request it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Who {
    /// Without any credentials.
    Nobody,
    /// A citizen.
    Citizen,
    /// Another citizen.
    Other,
    /// An officer of the intake.
    Staff,
}

/// An op that the city gave a receipt for.
#[derive(Clone)]
pub(super) struct Taken {
    pub(super) who: Who,
    pub(super) offer: Offer,
    pub(super) receipt: Vec<u8>,
    pub(super) says: Receipt,
}

/// Something in the traffic that no answer of the protocol has.
pub(super) struct Odd {
    pub(super) what: Oddity,
    pub(super) sent: String,
    pub(super) came: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Oddity {
    Redirect,
    Fault,
    ErrorForm,
    Cookie,
    RetryForm,
}

/// What the city says of itself, judged.
pub(super) struct Known {
    pub(super) hello: Hello,
    pub(super) keys: KeyList,
    pub(super) beacon: Signed<Beacon>,
    pub(super) config: hues_protocol::config::Config,
    pub(super) form: Form,
}

pub(super) struct Attacker {
    pub(super) target: Target,
    pub(super) root: [u8; 32],
    pub(super) dial: Dial,
    net: NetTransport,
    /// Where bodies are cut, which bytes change: from the seed.
    pub(super) chance: SeededRandom,
    pub(super) device: SigningKey,
    tokens: [Option<Zeroizing<String>>; 3],
    /// Why a session is missing.
    missing: String,
    known: Option<Known>,
    pub(super) taken: Vec<Taken>,
    pub(super) odd: Vec<Odd>,
    pub(super) limited: u64,
    pub(super) requests: u64,
    /// Whom the sessions name: no answer to an anonymous request may.
    pub(super) names: Vec<String>,
}

impl Attacker {
    /// Looks whether somebody is there, and signs in.
    pub(super) async fn arrive(target: Target) -> Result<Attacker, AttackError> {
        let refused = |field, why: String| AttackError::Refused { field, why };
        let origin = target.url.trim_end_matches('/').to_owned();
        Origin::parse(&origin).map_err(|e| refused("url", e.to_string()))?;
        let net = transport(&target).map_err(|e| refused("url", e))?;
        let dial = Dial::new(&origin, &target.ca).map_err(|e| refused("url", e))?;
        let mut attacker = Attacker {
            chance: SeededRandom::new(target.seed),
            device: SigningKey::generate(&mut SystemRandom),
            tokens: [
                target.token.clone(),
                target.token_other.clone(),
                target.token_staff.clone(),
            ],
            missing: String::new(),
            root: [0; 32],
            dial,
            net,
            target,
            known: None,
            taken: Vec::new(),
            odd: Vec::new(),
            limited: 0,
            requests: 0,
            names: Vec::new(),
        };
        let hello = attacker
            .ask(Who::Nobody, Method::Get, "/hello")
            .await
            .map_err(|e| AttackError::Unreachable(e.to_string()))?;
        attacker.root = match (attacker.target.root, Hello::parse(&hello.response.body)) {
            (Some(root), _) => root,
            (None, Ok(hello)) if attacker.on_loopback() => sandbox_root(&hello)
                .ok_or_else(|| refused("root", "the server states none: give it".to_owned()))?,
            _ => {
                return Err(refused(
                    "root",
                    "a server elsewhere does not name its own root".into(),
                ))
            }
        };
        attacker.sign_in_all().await;
        Ok(attacker)
    }

    fn on_loopback(&self) -> bool {
        let host = self.dial.authority.as_str();
        host.starts_with("127.") || host.starts_with("localhost") || host.starts_with("[::1]")
    }

    /// Sandbox sessions for those nobody brought one for; fresh ones where the server forgot them (a backup may be older than they are).
    pub(super) async fn sign_in_all(&mut self) {
        let given = [
            self.target.token.is_some(),
            self.target.token_other.is_some(),
            self.target.token_staff.is_some(),
        ];
        let sandbox = [
            ("citizen", None),
            ("neighbour", None),
            ("officer", Some("ioc")),
        ];
        for (at, (name, staff)) in sandbox.into_iter().enumerate() {
            if given.get(at) == Some(&true) {
                continue;
            }
            match self.sign_in(name, staff).await {
                Ok(signed_in) => {
                    self.names.push(signed_in.account);
                    self.names.push(signed_in.name);
                    if let Some(slot) = self.tokens.get_mut(at) {
                        *slot = Some(signed_in.token);
                    }
                }
                Err(why) => self.missing = why,
            }
        }
    }

    /// A fresh session of a sandbox account.
    pub(super) async fn sign_in(
        &mut self,
        name: &str,
        staff: Option<&str>,
    ) -> Result<classify::SignedIn, String> {
        let order = serde_json::json!({"as": name, "staff": staff}).to_string();
        let answer = self
            .send(
                Who::Nobody,
                Method::Post,
                "/signin",
                &[],
                order.into_bytes(),
            )
            .await
            .map_err(|e| e.to_string())?;
        classify::signed_in(&Ok(answer.response.clone())).map_err(|_| {
            format!(
                "the sandbox sign-in as {name} was answered {}",
                answer.came()
            )
        })
    }

    /// Whether there is a session for `who`.
    pub(super) fn needs(&self, who: Who) -> Checked {
        match who == Who::Nobody || self.token(who).is_some() {
            true => Ok(()),
            false => Err(not_tried(format!(
                "no session for {who:?}: {}",
                self.missing
            ))),
        }
    }

    pub(super) fn token(&self, who: Who) -> Option<&str> {
        let at = match who {
            Who::Nobody => return None,
            Who::Citizen => 0,
            Who::Other => 1,
            Who::Staff => 2,
        };
        self.tokens.get(at)?.as_ref().map(|token| token.as_str())
    }

    /// What the city says of itself; a check that needs it is not tried while it is not good.
    pub(super) fn known(&self) -> Checked<&Known> {
        self.known.as_ref().ok_or_else(|| {
            not_tried("hello, key list, beacon or config pack are not good: see those promises")
        })
    }

    pub(super) fn keys(&self) -> Checked<&KeyList> {
        Ok(&self.known()?.keys)
    }

    /// Reads hello, key list, beacon and pack; `None` stays where one is not good.
    pub(super) async fn learn(&mut self) {
        self.known = self.read_known().await;
    }

    async fn read_known(&mut self) -> Option<Known> {
        let get = |path| (Who::Nobody, Method::Get, path);
        let mut bodies = Vec::new();
        for path in ["/hello", "/keys", "/beacon", "/packs/config"] {
            let (who, method, path) = get(path);
            bodies.push(self.ask(who, method, path).await.ok()?.response);
        }
        let [hello, list, beacon, pack] = bodies.try_into().ok()?;
        let hello = classify::hello(&Ok(hello)).ok()?;
        let keys = classify::keys(&Ok(list), &self.root, None, None)
            .ok()?
            .ok()?;
        let beacon: Signed<Beacon> = keys.check(&beacon.body).ok()?;
        let pack: Signed<hues_protocol::pack::Pack> = keys.check(&pack.body).ok()?;
        let config = hues_protocol::config::Config::parse(&pack.content).ok()?;
        let form = Form::of(&config)?;
        Some(Known {
            hello,
            keys,
            beacon,
            config,
            form,
        })
    }

    // --- requests ---

    pub(super) async fn ask(
        &mut self,
        who: Who,
        method: Method,
        path: &str,
    ) -> Result<Answer, TransportError> {
        self.send(who, method, path, &[], Vec::new()).await
    }

    /// A request whose answer is needed: silence breaks the promise.
    pub(super) async fn get(&mut self, who: Who, path: &str) -> Checked<Answer> {
        self.must(who, Method::Get, path, &[], Vec::new()).await
    }

    pub(super) async fn must(
        &mut self,
        who: Who,
        method: Method,
        path: &str,
        headers: &[(&str, String)],
        body: Vec<u8>,
    ) -> Checked<Answer> {
        let sent = describe(who, method, path, headers, body.len());
        self.send(who, method, path, headers, body)
            .await
            .map_err(|e| broken(sent, format!("no answer: {e}"), "an answer"))
    }

    /// Sends one request over `hues-net`, waits where the city says *later*, and keeps in mind what was odd.
    pub(super) async fn send(
        &mut self,
        who: Who,
        method: Method,
        path: &str,
        headers: &[(&str, String)],
        body: Vec<u8>,
    ) -> Result<Answer, TransportError> {
        let sent = describe(who, method, path, headers, body.len());
        for wait in 0.. {
            let request = HttpRequest {
                id: self.requests,
                method,
                path: path.to_owned(),
                headers: self.headers(who, path, headers),
                body: match body.is_empty() {
                    true => Body::Empty,
                    false => Body::Bytes(body.clone()),
                },
                max_response: MAX_ANSWER,
                class: match path.starts_with("/wake") {
                    true => Class::LongPoll,
                    false => Class::Words,
                },
            };
            let response = self.net.send(request, SendOptions::default()).await?;
            let answer = self.note(sent.clone(), response, method == Method::Head);
            match later(&answer.response) {
                Some(seconds) if wait < WAITS && seconds <= LONGEST_WAIT_S => {
                    self.limited += 1;
                    tokio::time::sleep(Duration::from_secs(seconds)).await;
                }
                _ => return Ok(answer),
            }
        }
        Err(TransportError::Other)
    }

    fn headers(&self, who: Who, path: &str, more: &[(&str, String)]) -> Vec<(String, String)> {
        let mut headers: Vec<(String, String)> = more
            .iter()
            .map(|(name, value)| ((*name).to_owned(), value.clone()))
            .collect();
        let has = |headers: &[(String, String)], name: &str| headers.iter().any(|(n, _)| n == name);
        if !has(&headers, "hues-protocol") {
            headers.push(("hues-protocol".into(), "1".into()));
        }
        if let (Some(token), false) = (self.token(who), has(&headers, "authorization")) {
            headers.push(("authorization".into(), format!("Bearer {token}")));
        }
        let content = match path {
            "/ops" => Some(CBOR),
            "/signin" | "/enrol" => Some(JSON),
            _ => None,
        };
        if let (Some(content), false) = (content, has(&headers, "content-type")) {
            headers.push(("content-type".into(), content.into()));
        }
        headers
    }

    /// Keeps in mind what no answer of the protocol has.
    pub(super) fn note(&mut self, sent: String, response: HttpResponse, head_only: bool) -> Answer {
        self.requests += 1;
        let answer = Answer { sent, response };
        let response = &answer.response;
        let mut odd = Vec::new();
        match response.status {
            300..=399 => odd.push(Oddity::Redirect),
            429 | 503 if response.is(JSON) => {
                let good = Problem::parse(&response.body)
                    .is_ok_and(|p| p.refusal == RefusalKind::RetryAt)
                    && response.number("retry-after").is_some();
                if !good {
                    odd.push(Oddity::RetryForm);
                }
            }
            429 => odd.push(Oddity::RetryForm),
            500..=599 => odd.push(Oddity::Fault),
            // 405, 412, 415 and 416 are for tools with mistakes; signed refusals and forks are judged where they belong.
            405 | 412 | 415 | 416 | 422 => {}
            400..=499 if head_only || (response.status == 409 && !response.is(JSON)) => {}
            400..=499 => {
                let fits = response.is(JSON)
                    && Problem::parse(&response.body)
                        .is_ok_and(|p| p.refusal.fits(response.status));
                if !fits {
                    odd.push(Oddity::ErrorForm);
                }
            }
            _ => {}
        }
        if response.header("set-cookie").is_some() {
            odd.push(Oddity::Cookie);
        }
        for what in odd {
            self.odd.push(Odd {
                what,
                sent: answer.sent.clone(),
                came: answer.came(),
            });
        }
        answer
    }

    // --- connections of one's own ---

    /// Opens a connection; where the server speaks no HTTP/1.1 such a check cannot be tried.
    pub(super) async fn wire(&mut self) -> Checked<Wire> {
        self.dial
            .connect()
            .await
            .map_err(|e| not_tried(format!("no HTTP/1.1 connection of one's own: {e}")))
    }

    /// The head of a request for [`Attacker::wire`]; `length` is announced, whatever is sent.
    pub(super) fn head(
        &self,
        who: Who,
        method: Method,
        path: &str,
        headers: &[(&str, String)],
        length: usize,
    ) -> Vec<u8> {
        let mut head = format!(
            "{} {path} HTTP/1.1\r\nhost: {}\r\ncontent-length: {length}\r\n",
            method.name(),
            self.dial.authority
        );
        for (name, value) in self.headers(who, path, headers) {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        head.push_str("\r\n");
        head.into_bytes()
    }
}

pub(super) fn transport(target: &Target) -> Result<NetTransport, String> {
    NetTransport::new(NetConfig {
        origin: target.url.trim_end_matches('/').to_owned(),
        roots: target.ca.clone(),
        local_address: None,
        clock: Arc::new(now_ms),
        pace: Pace::default(),
    })
    .map_err(|e| e.to_string())
}

fn now_ms() -> i64 {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

fn sandbox_root(hello: &Hello) -> Option<[u8; 32]> {
    let text = hello.extra.get("root")?.as_str()?;
    text.parse::<hues_protocol::ids::Hash>()
        .ok()
        .map(|hash| hash.0)
}

/// The seconds a server asks to be left alone.
fn later(response: &HttpResponse) -> Option<u64> {
    let asks = matches!(response.status, 429 | 503) && response.is(JSON);
    asks.then(|| response.number("retry-after")).flatten()
}

fn describe(
    who: Who,
    method: Method,
    path: &str,
    headers: &[(&str, String)],
    body: usize,
) -> String {
    let short: String = path.chars().take(160).collect();
    let mut line = format!("{} {short} as {who:?}", method.name());
    for (name, value) in headers.iter().filter(|(name, _)| *name != "authorization") {
        let value: String = value.chars().take(80).collect();
        line.push_str(&format!(", {name}: {value}"));
    }
    if body > 0 {
        line.push_str(&format!(", {body} bytes"));
    }
    line
}
