//! The city of a journey: the gateway core over its storage, and the one clock of everybody.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::Arc;

use hues_city::gateway::{AnyMedia, Gateway, Peer};
use hues_city::storage::{Storage, StorageError};
use hues_core::desk::Ticket;
use hues_core::ports::{Clock, ClockReading};
use hues_env::{BootId, Env, Mono, SeededRandom, Wall};
use hues_protocol::http::{Body, Class, HttpRequest, HttpResponse, Method, TransportError, JSON};

/// When journeys begin: 28 October 2025, in the flood.
const STARTS: i64 = 1_761_638_400_000;

/// A clock that is right and goes when it is told to.
#[derive(Default)]
pub(super) struct Ticking(AtomicU64);

impl Ticking {
    pub(super) fn mono(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }

    pub(super) fn pass_to(&self, mono: u64) {
        self.0.fetch_max(mono, Ordering::Relaxed);
    }
}

impl Clock for Ticking {
    fn now(&self) -> ClockReading {
        ClockReading {
            wall_ms: STARTS + self.mono() as i64,
            mono_ms: self.mono(),
            boot: 1,
        }
    }
}

/// How a city's storage is opened; again after each of its deaths.
pub(super) type Opening<S> = Box<dyn FnMut() -> Result<S, StorageError>>;

/// A city. Its process may be dead: then the next request finds it being started.
pub(super) struct Town<S> {
    pub(super) clock: Arc<Ticking>,
    gateway: Option<Gateway<S>>,
    opening: Opening<S>,
    random: SeededRandom,
    root: [u8; 32],
    founded: bool,
}

/// Everybody who has an account: key and whether an officer.
const PEOPLE: [(&str, bool); 2] = [("mai", false), ("trang", true)];

impl<S: Storage> Town<S> {
    /// A city that is not founded yet.
    pub(super) fn new(opening: Opening<S>) -> Town<S> {
        Town {
            clock: Arc::default(),
            gateway: None,
            opening,
            random: SeededRandom::new(11),
            root: [0; 32],
            founded: false,
        }
    }

    /// Starts the process if it does not run; founds the city and its accounts the first time.
    pub(super) fn start(&mut self) -> Result<(), StorageError> {
        if self.gateway.is_some() {
            return Ok(());
        }
        let storage = (self.opening)()?;
        let mut env = env(&self.clock, &mut self.random);
        let opened = Gateway::open_with(storage, &mut env, Box::new(AnyMedia));
        let mut gateway = opened.map_err(|error| match error {
            hues_city::CityError::Storage(error) => error,
            _ => StorageError::Value("the city does not open"),
        })?;
        // Before anybody could sign in; later it would be another account.
        if !self.founded {
            for (key, officer) in PEOPLE {
                gateway.add_account(&mut env, key, key, officer)?;
            }
        }
        self.founded = true;
        self.root = gateway.root();
        self.gateway = Some(gateway);
        Ok(())
    }

    /// The process ends.
    pub(super) fn stop(&mut self) {
        self.gateway = None;
    }

    pub(super) fn gateway(&mut self) -> Option<&mut Gateway<S>> {
        self.gateway.as_mut()
    }

    pub(super) fn root(&self) -> [u8; 32] {
        self.root
    }

    /// Asks the city; nobody answers while its process is dead.
    pub(super) fn ask(&mut self, request: &HttpRequest) -> Result<HttpResponse, TransportError> {
        let mut env = env(&self.clock, &mut self.random);
        match &mut self.gateway {
            Some(gateway) => Ok(gateway.handle(&mut env, request, Peer::LOCAL)),
            None => Err(TransportError::Reset),
        }
    }

    /// Why the newest request was answered 500, told once.
    pub(super) fn take_failure(&mut self) -> Option<StorageError> {
        self.gateway.as_mut()?.take_failure()
    }

    /// Signs somebody in.
    pub(super) fn sign_in(&mut self, key: &str, staff: Option<&str>) -> Option<Ticket> {
        let body = match staff {
            Some(unit) => serde_json::json!({"as": key, "staff": unit}),
            None => serde_json::json!({ "as": key }),
        };
        let request = HttpRequest {
            id: 0,
            method: Method::Post,
            path: "/signin".into(),
            headers: vec![("content-type".into(), JSON.into())],
            body: Body::Bytes(body.to_string().into_bytes()),
            max_response: 4096,
            class: Class::Words,
        };
        let signed = hues_protocol::classify::signed_in(&self.ask(&request)).ok()?;
        let account: hues_protocol::ids::OpId = signed.account.parse().ok()?;
        Some(Ticket {
            account: account.0,
            token: signed.token,
            staff: signed.staff,
        })
    }
}

fn env<'r>(clock: &Ticking, random: &'r mut SeededRandom) -> Env<'r> {
    Env {
        wall: Wall(STARTS + clock.mono() as i64),
        mono: Mono(clock.mono()),
        boot: BootId([9; 16]),
        random,
    }
}
