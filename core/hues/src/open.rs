//! Opening a core: what it is told, what it asks of its host, and how its parts are put together.

use std::path::Path;
use std::sync::atomic::Ordering;
use std::sync::{Arc, RwLock};

use hues_env::SystemRandom;
use hues_net::{NetConfig, NetTransport, Origin, Pace};
use hues_store::disk::{Disk, RealDisk};
use hues_store::Home;
use hues_sync::engine::Settings;
use tokio::sync::mpsc::unbounded_channel;

use crate::account::{self, Account, Brought, Opened};
use crate::core::{HuesCore, Inner, Runtime, CLOSE_STEP, CLOSE_TRIES};
use crate::driver::{Board, Driver, Transport};
use crate::error::HueError;
use crate::host::HostTransport;
use crate::ids::{self, Id};
use crate::ports::{
    Clock, HttpTransport, KeyVault, Link, LogSink, NoLog, SlotAdapter, SystemClock,
};
use crate::probe::{self, Probe};
use crate::session::SessionFile;

/// The city a core talks to.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct CityAddress {
    /// `https://host[:port]`; plain `http` on loopback only.
    pub url: String,
    /// The city's root key, 32 bytes: what everything the city signs is traced back to.
    pub root_key: Vec<u8>,
    /// Certificates (DER) of the authorities that may vouch for the city's server. Empty only for plain `http`.
    pub tls_roots: Vec<Vec<u8>>,
}

/// How to open a core.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct CoreConfig {
    /// A folder of the app's own, left out of the phone's cloud backup.
    pub home: String,
    /// The city; none: everything works but sending.
    pub city: Option<CityAddress>,
    /// Which account of the home to open, by its id ([`HuesCore::accounts`]); none: the one that was open last, or a new one in an empty home.
    #[cfg_attr(feature = "uniffi", uniffi(default = None))]
    pub account: Option<String>,
    /// Source address of connections (sandbox only): tells its carriers apart.
    #[cfg_attr(feature = "uniffi", uniffi(default = None))]
    pub local_address: Option<String>,
}

/// What a core asks of its host.
#[derive(Clone)]
pub struct Ports {
    /// The key vault.
    pub vault: Arc<dyn KeyVault>,
    /// The host's own transport; none: the built-in one.
    pub transport: Option<Arc<dyn HttpTransport>>,
    /// The clocks.
    pub clock: Arc<dyn Clock>,
    /// The log.
    pub log: Arc<dyn LogSink>,
    /// Test hooks.
    pub probe: Arc<dyn Probe>,
    /// What the home lies on: the phone's file system; the laboratory brings one that fills up and fails.
    pub disk: Arc<dyn Disk>,
}

impl Ports {
    /// A vault, and the system's own for everything else.
    #[must_use]
    pub fn with_vault(vault: Arc<dyn KeyVault>) -> Ports {
        Ports {
            vault,
            transport: None,
            clock: Arc::new(SystemClock),
            log: Arc::new(NoLog),
            probe: probe::none(),
            disk: Arc::new(RealDisk),
        }
    }

    fn of(
        vault: Arc<dyn KeyVault>,
        transport: Option<Arc<dyn HttpTransport>>,
        log: Option<Arc<dyn LogSink>>,
    ) -> Ports {
        let usual = Ports::with_vault(vault);
        Ports {
            transport,
            log: log.unwrap_or(usual.log),
            ..usual
        }
    }
}

/// Opens a core with the system's clock, on a thread of its own; a home that is just being closed is waited for, a second and a half at most. `transport`
/// is for a host that brings its own; `log` for one that keeps a log.
///
/// # Errors
/// `Busy`: another process owns the home. `Storage{corrupt | wrong-key | newer | full | io}`, `Locked`.
#[cfg_attr(feature = "uniffi", uniffi::export)]
pub async fn open_core(
    config: CoreConfig,
    vault: Arc<dyn KeyVault>,
    transport: Option<Arc<dyn HttpTransport>>,
    log: Option<Arc<dyn LogSink>>,
) -> Result<Arc<HuesCore>, HueError> {
    let ports = Ports::of(vault, transport, log);
    elsewhere(move || open_when_free(&config, &ports))
        .await
        .map(Arc::new)
}

/// What [`recover_core`] brought back.
#[derive(Clone)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct Recovered {
    /// The core, open.
    pub core: Arc<HuesCore>,
    /// Acts that had not reached the city for good, all of them ready to leave again.
    pub acts: u64,
    /// Drafts, each with the photos that could be read.
    pub drafts: u64,
}

/// After `Storage{corrupt}`: sets the damaged database aside and brings back every unsent act (from its mirror, or from the rows that can still be read) and
/// every draft that can be read. What the city has comes back with the next pull. Close a core that is open first. Safe to call again when it was cut short.
///
/// # Errors
/// As [`open_core`].
#[cfg_attr(feature = "uniffi", uniffi::export)]
pub async fn recover_core(
    config: CoreConfig,
    vault: Arc<dyn KeyVault>,
    transport: Option<Arc<dyn HttpTransport>>,
    log: Option<Arc<dyn LogSink>>,
) -> Result<Recovered, HueError> {
    let ports = Ports::of(vault, transport, log);
    elsewhere(move || HuesCore::recover(config, ports)).await
}

/// Does what may take a moment on a thread of its own: a caller's thread never waits.
async fn elsewhere<R: Send + 'static>(
    job: impl FnOnce() -> Result<R, HueError> + Send + 'static,
) -> Result<R, HueError> {
    let (tell, told) = tokio::sync::oneshot::channel();
    std::thread::Builder::new()
        .name("hues-open".into())
        .spawn(move || tell.send(job()).is_ok())
        .map_err(|_| HueError::internal("thread"))?;
    told.await.map_err(|_| HueError::internal("open"))?
}

/// A core that was just let go of (changing accounts) may still be closing its files: its home is free a moment later.
fn open_when_free(config: &CoreConfig, ports: &Ports) -> Result<HuesCore, HueError> {
    for _ in 0..CLOSE_TRIES {
        match HuesCore::open(config.clone(), ports.clone()) {
            Err(HueError::Busy) => std::thread::sleep(CLOSE_STEP),
            done => return done,
        }
    }
    Err(HueError::Busy)
}

impl HuesCore {
    /// Opens the home, or makes it. Takes milliseconds; it touches the disk, never the network.
    ///
    /// # Errors
    /// As [`open_core`].
    pub fn open(config: CoreConfig, ports: Ports) -> Result<HuesCore, HueError> {
        Self::build(config, ports, false).map(|(core, _)| core)
    }

    /// As [`recover_core`], at once and on this thread.
    ///
    /// # Errors
    /// As [`open_core`].
    pub fn recover(config: CoreConfig, ports: Ports) -> Result<Recovered, HueError> {
        let (core, brought) = Self::build(config, ports, true)?;
        Ok(Recovered {
            core: Arc::new(core),
            acts: brought.acts,
            drafts: brought.drafts,
        })
    }

    fn build(
        config: CoreConfig,
        ports: Ports,
        recover: bool,
    ) -> Result<(HuesCore, Brought), HueError> {
        let disk = ports.disk;
        let home = Home::open(disk.clone(), Path::new(&config.home))?;
        let vault = Arc::new(SlotAdapter(ports.vault.clone()));
        home.finish_erasing(&*vault)?;
        let account_id = match &config.account {
            Some(id) => {
                let id = Id::parse(id)?.0;
                if !home.accounts()?.contains(&id) {
                    return Err(HueError::NotFound);
                }
                id
            }
            None => match home.current_account()? {
                Some(id) => id,
                None => home.create_account(&mut SystemRandom)?,
            },
        };
        let dir = home.account_dir(&account_id);
        let runtime = Runtime::start()?;
        let board = Arc::new(Board::default());
        let (io, orders) = unbounded_channel();
        let root = match &config.city {
            Some(city) => city
                .root_key
                .as_slice()
                .try_into()
                .map_err(|_| HueError::invalid("root_key", "format"))?,
            None => [0; 32],
        };
        let session = if recover {
            SessionFile::recover(disk.clone(), &dir, &*vault)?
        } else {
            SessionFile::open(disk.clone(), &dir, &*vault)?
        };
        let kept = session.load()?;
        let opened = Opened {
            disk,
            vault: vault.clone(),
            clock: ports.clock.clone(),
            log: ports.log,
            probe: ports.probe.clone(),
            io,
            settings: Settings { root, listen: true },
            random: Box::new(SystemRandom),
            session: kept.as_ref().and_then(|k| ids::unhex(&k.account)),
        };
        let (ready, back) = if recover {
            account::recover(&dir, opened)?
        } else {
            (account::open(&dir, opened)?, Brought::default())
        };
        home.remember_account(&account_id)?;
        let attachments = ready.state.attachments.clone();
        let account = Arc::new(Account::start(ready, runtime.handle()?)?);
        let transport = transport(&config, ports.transport, &ports.clock, &board)?.map(Arc::new);
        let driver = Driver {
            account: Arc::downgrade(&account),
            transport: transport.clone(),
            attachments: attachments.clone(),
            clock: ports.clock.clone(),
            probe: ports.probe,
            board: board.clone(),
        };
        runtime.handle()?.spawn(driver.run(orders));
        let inner = Inner {
            account,
            session,
            board,
            transport,
            attachments,
            home,
            account_id,
            vault: ports.vault,
            clock: ports.clock,
            link: RwLock::new(Link::None),
            runtime,
        };
        Ok((
            HuesCore {
                inner: Arc::new(inner),
            },
            back,
        ))
    }
}

/// The transport for a configuration; none without a city.
fn transport(
    config: &CoreConfig,
    host: Option<Arc<dyn HttpTransport>>,
    clock: &Arc<dyn Clock>,
    board: &Arc<Board>,
) -> Result<Option<Transport>, HueError> {
    let Some(city) = &config.city else {
        return Ok(None);
    };
    let local_address = match &config.local_address {
        Some(text) => Some(
            text.parse()
                .map_err(|_| HueError::invalid("local_address", "format"))?,
        ),
        None => None,
    };
    let (clock, board) = (clock.clone(), board.clone());
    // Certificates are judged by the city's signed time once it is known; the phone's clock may be years off.
    let now = move || clock.now().wall_ms + board.city_offset.load(Ordering::Relaxed);
    let net = NetTransport::new(NetConfig {
        origin: city.url.clone(),
        roots: city.tls_roots.clone(),
        local_address,
        clock: Arc::new(now),
        pace: Pace::default(),
    });
    let format = |_| HueError::invalid("city", "format");
    Ok(Some(match host {
        None => Transport::Net(Box::new(net.map_err(format)?)),
        Some(host) => {
            let origin = Origin::parse(&city.url).map_err(format)?;
            // Without roots of ours the host's connections stand alone: the built-in transport then has nobody to trust.
            Transport::Host(Box::new(HostTransport::new(host, origin, net.ok())))
        }
    }))
}
