//! Starting and stopping a city inside this process.
//!
//! Invariant: when `start` returned, both addresses answer; when the handle is gone, they do not. Stopping is orderly but
//! nothing depends on it: SIGKILL loses no committed op either.

use std::net::{SocketAddr, TcpListener};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use hues_env::{Random as _, SystemRandom};
use hues_protocol::ids::OpId;
use serde_json::{json, Value};
use tokio::runtime::{Builder, Runtime};
use tokio_rustls::TlsAcceptor;

use crate::config::CityConfig;
use crate::error::CityError;
use crate::fault::{FaultOrder, FaultReport};
use crate::server::{self, core::Core, tls};
use crate::storage::SqliteStorage;

/// How long stopping waits for running requests.
const GRACE: Duration = Duration::from_secs(2);

/// The sandbox city.
#[derive(Debug)]
pub struct City;

/// A city that answers. Dropping it stops it.
pub struct RunningCity {
    /// Where phones talk to it: `http://…` or `https://…`, without a slash at the end.
    pub url: String,
    /// Where faults are ordered.
    pub admin_url: String,
    /// The bearer token of the admin interface; new at each start.
    pub admin_token: String,
    /// The city's root key, which a phone pins.
    pub root: [u8; 32],
    /// The CA to trust, when the city speaks TLS.
    pub ca: Option<PathBuf>,
    core: Arc<Core>,
    runtime: Option<Runtime>,
    /// Holds the CA of a city without a folder.
    _scratch: Option<ScratchDir>,
}

impl City {
    /// Starts a city; returns once it listens.
    ///
    /// # Errors
    /// [`CityError`]: an address that plain HTTP may not use, or one that is taken; a folder that another city has open.
    pub fn start(config: CityConfig) -> Result<RunningCity, CityError> {
        let loopback = |address: &SocketAddr| address.ip().is_loopback();
        if !(config.tls || loopback(&config.listen)) || !loopback(&config.admin_listen) {
            return Err(CityError::NotLoopback);
        }
        let storage = match &config.data {
            Some(dir) => SqliteStorage::open(dir)?,
            None => SqliteStorage::in_memory()?,
        };
        let core = Arc::new(Core::open(
            storage,
            Arc::clone(&config.clock),
            config.mortal,
        )?);
        let scratch = if config.tls && config.data.is_none() {
            Some(ScratchDir::new()?)
        } else {
            None
        };
        let tls = match config.data.as_ref().or(scratch.as_ref().map(|dir| &dir.0)) {
            Some(dir) if config.tls => Some(tls::set_up(dir, core.now())?),
            _ => None,
        };

        let runtime = Builder::new_multi_thread()
            .worker_threads(2)
            .thread_name("city")
            .enable_all()
            .build()?;
        let _inside = runtime.enter();
        let (listener, address) = bind(config.listen)?;
        let (admin_listener, admin_address) = bind(config.admin_listen)?;
        let acceptor = tls
            .as_ref()
            .map(|tls| TlsAcceptor::from(Arc::clone(&tls.config)));
        let admin_token = token();
        runtime.spawn(server::listen(listener, Arc::clone(&core), acceptor));
        runtime.spawn(server::admin::listen(
            admin_listener,
            Arc::clone(&core),
            admin_token.as_str().into(),
        ));
        if let Some(every) = config.backup_every {
            runtime.spawn(server::backups(Arc::clone(&core), every));
        }
        drop(_inside);
        let scheme = if config.tls { "https" } else { "http" };
        Ok(RunningCity {
            url: format!("{scheme}://{address}"),
            admin_url: format!("http://{admin_address}"),
            admin_token,
            root: core.root(),
            ca: tls.map(|tls| tls.ca_file),
            core,
            runtime: Some(runtime),
            _scratch: scratch,
        })
    }
}

impl RunningCity {
    /// The line that tells scripts where the city is (`docs/cli.md`).
    #[must_use]
    pub fn ready_line(&self) -> String {
        let mut ready = json!({
            "event": "ready", "url": self.url, "admin_url": self.admin_url, "admin_token": self.admin_token,
            "root": hex::encode(self.root),
        });
        if let (Some(ca), Value::Object(ready)) = (&self.ca, &mut ready) {
            ready.insert("ca".into(), ca.to_string_lossy().into());
        }
        ready.to_string()
    }

    /// Orders a fault, as `POST /fault` does (all kinds but `restore`).
    ///
    /// # Errors
    /// The rule that the order breaks.
    pub fn fault(&self, order: FaultOrder) -> Result<u64, &'static str> {
        self.core.faults.set(order)
    }

    /// Ends all faults; their hits stay.
    pub fn clear_faults(&self) {
        self.core.faults.clear(None, None);
    }

    /// Every fault and its hits, as `GET /faults`.
    #[must_use]
    pub fn faults(&self) -> Vec<FaultReport> {
        self.core.faults.report()
    }

    /// A backup under `name` (a new name without one); the name.
    ///
    /// # Errors
    /// [`CityError`] when the medium fails.
    pub fn backup(&self, name: Option<&str>) -> Result<String, CityError> {
        Ok(self.core.backup(name.map(str::to_owned))?.0)
    }

    /// Back to a backup (`latest`: the newest); a new epoch begins.
    ///
    /// # Errors
    /// [`CityError`] when there is none or the medium fails.
    pub fn restore(&self, name: &str) -> Result<(), CityError> {
        self.core.restore(name).map(drop)
    }

    /// Everything stored, as `GET /state`.
    ///
    /// # Errors
    /// [`CityError`] when the medium fails.
    pub fn state(&self) -> Result<Value, CityError> {
        self.core.state()
    }

    /// The bundle of a committed op (`docs/protocol.md` §6), byte for byte as it came; nothing if there is no such op.
    ///
    /// # Errors
    /// [`CityError`] when the medium fails.
    pub fn bundle(&self, op: OpId) -> Result<Option<Vec<u8>>, CityError> {
        self.core.bundle(op)
    }

    /// Stops listening and resets what is connected.
    pub fn stop(mut self) {
        self.halt();
    }

    fn halt(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            if tokio::runtime::Handle::try_current().is_err() {
                // Wait for running commits, so that the folder is free for the next city at once.
                runtime.shutdown_timeout(GRACE);
            } else {
                // Inside somebody else's async code waiting would panic; running commits finish by themselves.
                runtime.shutdown_background();
            }
        }
    }
}

impl Drop for RunningCity {
    fn drop(&mut self) {
        self.halt();
    }
}

/// Starts a city, prints its ready line, and serves until SIGTERM or SIGINT: the command `hues city`.
///
/// # Errors
/// As [`City::start`]; also when the signals cannot be listened for.
pub fn serve_forever(config: CityConfig, ready: impl FnOnce(&str)) -> Result<(), CityError> {
    let signals = Builder::new_current_thread().enable_all().build()?;
    signals.block_on(async {
        use tokio::signal::unix::{signal, SignalKind};
        let (mut term, mut interrupt) = (
            signal(SignalKind::terminate())?,
            signal(SignalKind::interrupt())?,
        );
        let city = City::start(config)?;
        ready(&city.ready_line());
        tokio::select! {
            _ = term.recv() => {}
            _ = interrupt.recv() => {}
        }
        city.stop();
        Ok(())
    })
}

fn bind(address: SocketAddr) -> Result<(tokio::net::TcpListener, SocketAddr), CityError> {
    let listener = TcpListener::bind(address)?;
    listener.set_nonblocking(true)?;
    let address = listener.local_addr()?;
    Ok((tokio::net::TcpListener::from_std(listener)?, address))
}

fn token() -> String {
    let mut bytes = [0; 16];
    SystemRandom.fill(&mut bytes);
    hex::encode(bytes)
}

/// A folder under the system's temporary one, removed with the city.
struct ScratchDir(PathBuf);

impl ScratchDir {
    fn new() -> Result<ScratchDir, CityError> {
        let dir = std::env::temp_dir().join(format!("hues-city-{}", token()));
        std::fs::create_dir_all(&dir)?;
        Ok(ScratchDir(dir))
    }
}

impl Drop for ScratchDir {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0); // left-overs in the temporary folder harm nobody
    }
}
