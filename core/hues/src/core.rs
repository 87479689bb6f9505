//! The core object: it owns the home, the runtime, the account and the driver; apps get everything else from it.

use std::path::PathBuf;
use std::sync::atomic::Ordering;
use std::sync::{Arc, PoisonError, RwLock};

use hues_env::SystemRandom;
use hues_protocol::http::{Body, Class, HttpRequest, HttpResponse, Method, TransportError};
use hues_store::{Home, Lifecycle, SealedDir};
use hues_sync::engine::Event;
use hues_sync::outbox;

use crate::account::Account;
use crate::driver::{self, Board, Transport};
use crate::error::HueError;
use crate::feedback::{rows, Feedback, Officer};
use crate::ids::{self, Id};
#[cfg(doc)]
use crate::open::CoreConfig;
use crate::outbox::{open_count, Outbox};
use crate::ports::{Clock, KeyVault, Link, PowerState, SlotAdapter};
use crate::session::{self, SessionFile, Who};
#[cfg(doc)]
use crate::status::Status;

/// How [`HuesCore::close`] waits for others to let go: steps, their number, and the last wait for the runtime's tasks.
pub(crate) const CLOSE_STEP: std::time::Duration = std::time::Duration::from_millis(5);
pub(crate) const CLOSE_TRIES: u32 = 300;
const CLOSE_PATIENCE: std::time::Duration = std::time::Duration::from_secs(2);

/// An account of a home. Each has its own files and keys; one is open at a time.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct HomeAccount {
    /// Its id on this phone, for [`CoreConfig::account`]: random, says nothing about whose it is.
    pub id: String,
    /// Who is signed in; none after signing out, or before the first sign-in.
    pub name: Option<String>,
    /// The one that is open.
    pub open: bool,
}

/// The shared insides.
pub(crate) struct Inner {
    pub account: Arc<Account>,
    pub session: SessionFile,
    pub board: Arc<Board>,
    pub transport: Option<Arc<Transport>>,
    pub attachments: Arc<SealedDir>,
    pub home: Home,
    pub account_id: [u8; 16],
    pub vault: Arc<dyn KeyVault>,
    pub clock: Arc<dyn Clock>,
    pub link: RwLock<Link>,
    // Last: dropping it ends the driver after everything above has let go.
    pub runtime: Runtime,
}

/// The core's own small runtime; shut down without waiting, so that dropping a core never blocks a screen.
pub(crate) struct Runtime(Option<tokio::runtime::Runtime>);

impl Runtime {
    pub(crate) fn start() -> Result<Runtime, HueError> {
        tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .thread_name("hues-net")
            .enable_all()
            .build()
            .map(|runtime| Runtime(Some(runtime)))
            .map_err(|_| HueError::internal("runtime"))
    }

    pub(crate) fn handle(&self) -> Result<tokio::runtime::Handle, HueError> {
        self.0
            .as_ref()
            .map(|r| r.handle().clone())
            .ok_or(HueError::Cancelled)
    }
}

impl Drop for Runtime {
    fn drop(&mut self) {
        if let Some(runtime) = self.0.take() {
            runtime.shutdown_background();
        }
    }
}

/// The core. One for each process that owns a home.
#[cfg_attr(feature = "uniffi", derive(uniffi::Object))]
pub struct HuesCore {
    pub(crate) inner: Arc<Inner>,
}

impl HuesCore {
    /// Closes the core and waits until its files are closed and its threads are gone: for a process that ends right after. Call it where blocking is
    /// allowed, when nothing else uses the core; otherwise it closes as dropping does, by and by.
    pub fn close(self) {
        let mut shared = self.inner;
        for _ in 0..CLOSE_TRIES {
            match Arc::try_unwrap(shared) {
                Ok(mut inner) => {
                    if let Some(runtime) = inner.runtime.0.take() {
                        // Its tasks may be the last to hold the files; they end with it.
                        runtime.shutdown_timeout(CLOSE_PATIENCE);
                    }
                    return;
                }
                // A call that was given up still looks at the core for a moment.
                Err(again) => shared = again,
            }
            std::thread::sleep(CLOSE_STEP);
        }
    }
}

impl Inner {
    /// One request outside the engine, for somebody who waits for its answer.
    pub(crate) async fn ask(
        &self,
        mut request: HttpRequest,
    ) -> Result<Result<HttpResponse, TransportError>, HueError> {
        // A host may keep its requests by their ids: the upper half is for these.
        request.id = (1 << 63) | self.board.asked.fetch_add(1, Ordering::Relaxed);
        let transport = self.transport.clone().ok_or(HueError::Offline)?;
        let attachments = self.attachments.clone();
        let task = self
            .account
            .spawn(async move { driver::send(&transport, &attachments, request).await });
        task.await.map_err(|_| HueError::Cancelled)
    }
}

#[cfg_attr(feature = "uniffi", uniffi::export)]
impl HuesCore {
    /// Field reports, for citizens.
    #[must_use]
    pub fn feedback(&self) -> Arc<Feedback> {
        Arc::new(Feedback {
            account: self.inner.account.clone(),
        })
    }

    /// Field reports, for officers.
    #[must_use]
    pub fn officer(&self) -> Arc<Officer> {
        Arc::new(Officer {
            account: self.inner.account.clone(),
        })
    }

    /// The outbox.
    #[must_use]
    pub fn outbox(&self) -> Arc<Outbox> {
        Arc::new(Outbox {
            account: self.inner.account.clone(),
        })
    }

    /// Starts where the last process stopped: the kept session, the kept queue. Call once after opening, with the link as it is now.
    pub async fn start(&self, link: Link) -> Result<(), HueError> {
        let kept = self.inner.session.load()?;
        session::apply(&self.inner, kept.as_ref()).await?;
        self.network_changed(link).await
    }

    /// Signs in to a test account of the sandbox city (`citizen`, `neighbour`, `officer`, …), as an officer of `staff` if given. What was filed before the
    /// first sign-in becomes this person's: where [`Status::unclaimed`] says there is any, ask first.
    ///
    /// # Errors
    /// `Offline`; `Refused{account-other}` when this account of the home is another person's: [`HuesCore::add_account`]; `Refused` by any city that is no
    /// sandbox.
    pub async fn sign_in_sandbox(
        &self,
        name: String,
        staff: Option<String>,
    ) -> Result<Who, HueError> {
        session::sign_in_sandbox(&self.inner, &name, staff.as_deref()).await
    }

    /// Signs out. What is unsent stays sealed on the phone.
    pub async fn sign_out(&self) -> Result<(), HueError> {
        session::sign_out(&self.inner).await
    }

    /// The accounts of this home, the open one among them.
    pub async fn accounts(&self) -> Result<Vec<HomeAccount>, HueError> {
        let inner = self.inner.clone();
        let list = move || {
            let vault = SlotAdapter(inner.vault.clone());
            let account = |id: [u8; 16]| {
                let open = id == inner.account_id;
                let kept = if open {
                    inner.session.load()?
                } else {
                    SessionFile::peek(&inner.home, &id, &vault)
                };
                Ok(HomeAccount {
                    id: Id(id).to_string(),
                    name: kept.map(|k| k.name),
                    open,
                })
            };
            inner.home.accounts()?.into_iter().map(account).collect()
        };
        self.inner.account.blocking(list).await
    }

    /// Makes room for another person on this phone and gives the account's id. To change to it, close this core and open the home with
    /// [`CoreConfig::account`]; what this account has not sent yet stays sealed here and leaves when it is open again.
    pub async fn add_account(&self) -> Result<String, HueError> {
        let inner = self.inner.clone();
        let make = move || Ok(Id(inner.home.create_account(&mut SystemRandom)?).to_string());
        self.inner.account.blocking(make).await
    }

    /// Who is signed in.
    pub fn who(&self) -> Result<Option<Who>, HueError> {
        session::current(&self.inner)
    }

    /// The network changed. Everything that waited for it is tried at once.
    pub async fn network_changed(&self, link: Link) -> Result<(), HueError> {
        *self
            .inner
            .link
            .write()
            .unwrap_or_else(PoisonError::into_inner) = link;
        if let Some(Transport::Net(net)) = self.inner.transport.as_deref() {
            net.forget_connections();
        }
        self.inner.account.tell(Event::Link(link.into())).await
    }

    /// The battery changed.
    pub async fn power_changed(&self, power: PowerState) -> Result<(), HueError> {
        self.inner
            .account
            .tell(Event::LowPower(power == PowerState::Low))
            .await
    }

    /// The app came on screen or left it. In the background the files are checkpointed and readers closed, so that iOS may suspend the app.
    pub async fn foreground_changed(&self, foreground: bool) -> Result<(), HueError> {
        let stage = if foreground {
            Lifecycle::Foreground
        } else {
            Lifecycle::Background
        };
        self.inner
            .account
            .tell(Event::Foreground(foreground))
            .await?;
        self.inner.account.lifecycle(stage).await
    }

    /// The system wants memory back.
    pub async fn low_memory(&self) -> Result<(), HueError> {
        self.inner.account.lifecycle(Lifecycle::LowMemory).await
    }

    /// Pull down to refresh: everything is tried and pulled at once.
    pub async fn refresh(&self) -> Result<(), HueError> {
        self.inner.account.tell(Event::Refresh).await
    }

    /// The proof that a report was filed; `compact` leaves the text out so that it fits a QR code.
    ///
    /// # Errors
    /// `Refused{no-receipt}` before the city answered; `SignInNeeded` after signing out.
    pub async fn export_proof(&self, report: String, compact: bool) -> Result<Vec<u8>, HueError> {
        let id = Id::parse(&report)?;
        self.inner.account.check_signed_out()?;
        self.inner
            .account
            .read(move |tx| crate::proof::export(tx, id, compact))
            .await
    }

    /// A photo by its SHA-256: from the phone where it still lies there, else from the city.
    ///
    /// # Errors
    /// `NotFound`, `Offline`.
    pub async fn photo(&self, sha256: String) -> Result<Vec<u8>, HueError> {
        let hash: [u8; 32] = ids::unhex(&sha256).ok_or(HueError::NotFound)?;
        let here = self
            .inner
            .account
            .read(move |tx| {
                let sql = "SELECT sealed FROM sync_file WHERE sha256 = ?1 AND state < 3 \
                           UNION SELECT file FROM draft_photo WHERE sha256 = ?1 LIMIT 1";
                let mut statement = tx.prepare_cached(sql)?;
                let mut rows = statement.query([hash])?;
                Ok(match rows.next()? {
                    Some(row) => Some(row.get::<_, [u8; 16]>(0)?),
                    None => None,
                })
            })
            .await?;
        if let Some(file) = here {
            return Ok(self.inner.attachments.get(&file, 8 * 1024 * 1024)?.to_vec());
        }
        // A photo of an anonymous report is asked for by its lane: the account must not be seen to know it.
        let name = sha256.clone();
        let pass = self
            .inner
            .account
            .read(move |tx| match rows::anonymous_lane_of_photo(tx, &name)? {
                Some(lane) => Ok(outbox::lane_pass(tx, &lane)?),
                None => Ok(None),
            })
            .await?;
        let mut headers = vec![("hues-protocol".into(), "1".into())];
        match (pass, self.inner.session.load()?) {
            (Some(pass), _) => headers.extend(pass),
            (None, Some(kept)) => headers.push((
                "authorization".into(),
                format!("Bearer {}", kept.token.as_str()),
            )),
            (None, None) => {}
        }
        let request = HttpRequest {
            id: 0,
            method: Method::Get,
            path: format!("/media/{sha256}"),
            headers,
            body: Body::Empty,
            max_response: 8 * 1024 * 1024,
            class: Class::Bytes,
        };
        let outcome = self.inner.ask(request).await?;
        hues_protocol::classify::media(&outcome, &hues_protocol::ids::Hash(hash))
            .map_err(session::setback)
    }

    /// Writes everything this account has on the phone into an empty folder: `account.json` (reports, drafts, outbox, inbox), `photos/`, and in `proofs/` the
    /// proof of each report that was filed here and has its receipt.
    ///
    /// # Errors
    /// `Invalid{folder, not-empty}`, `Storage`.
    pub async fn export_account(&self, folder: String) -> Result<(), HueError> {
        crate::export::write(
            &self.inner.account,
            self.inner.attachments.clone(),
            PathBuf::from(folder),
        )
        .await
    }

    /// Erases everything this account has on the phone: keys first, then files. The core is closed by it; open it again for a fresh start.
    ///
    /// # Errors
    /// `Refused{unsent}` when acts have not left yet, unless `unsent_too`; `Storage`.
    pub async fn delete_account(&self, unsent_too: bool) -> Result<(), HueError> {
        let open = self
            .inner
            .account
            .read(|tx| Ok(open_count(&outbox::counts(tx)?)))
            .await?;
        if open > 0 && !unsent_too {
            return Err(HueError::refused("unsent"));
        }
        let vault = SlotAdapter(self.inner.vault.clone());
        Ok(self
            .inner
            .home
            .delete_account(&self.inner.account_id, &vault)?)
    }
}
