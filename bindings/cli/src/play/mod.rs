//! `hues play`: the laboratory for people. A local page with three live phones, a city, and switches to break them.
//!
//! Invariant: whatever the page shows was read from what the phones' homes hold, what the city stores and a ledger outside both; whatever it breaks is
//! really broken. At the end every process it started is gone, and so is everything temporary.

mod city;
mod guard;
mod lab;
mod ledger;
mod orders;
mod page;
mod people;
mod phone;
mod process;
mod server;
mod tally;
mod view;

use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use hues_env::{Random, SystemRandom};
use serde_json::{json, Value};
use tokio::sync::watch;

use crate::args::PlayArgs;
use crate::exit::{Exit, Failure};
use crate::fetch;
use crate::output::Sink;
use guard::Guard;
use lab::Lab;
use server::{Desk, Snapshot};

/// How often both sides are read at least.
const LOOK: Duration = Duration::from_millis(500);
/// … and at most, however much moves.
const BREATH: Duration = Duration::from_millis(150);

/// Opens the laboratory and keeps it open until SIGINT or SIGTERM.
///
/// # Errors
/// Refused: the port is taken. Busy: another play has the folder. Exit 1: a phone or the city does not come up.
pub async fn run(args: &PlayArgs, json: bool, sink: Arc<dyn Sink>) -> Result<Exit, Failure> {
    let mut stop = Stop::listen()?;
    // The port first: a refusal should cost nothing.
    let listener = server::bind(args.port).await?;
    let port = listener
        .local_addr()
        .map_err(|e| Failure::io("port", &e))?
        .port();
    let folder = Folder::new(args.data.as_deref())?;
    let lab = Lab::new(&folder.path)?;
    sink.note("Đang mở ba máy và một thành phố … · three phones and a city come up …");
    let opened = tokio::select! {
        opened = lab.open() => opened,
        () = stop.asked() => Err(Failure::new(Exit::Cancelled, "cancelled", "play", "interrupted")),
    };
    if let Err(failure) = opened {
        lab.close().await;
        return Err(failure);
    }
    lab.count().await;
    let (tell, news) = watch::channel(Snapshot {
        number: 1,
        view: Arc::new(view::view(&lab)),
    });
    let guard = Guard::new(port, token());
    let url = guard.url();
    let desk = Arc::new(Desk {
        guard,
        lab: lab.clone(),
        news,
    });
    let server = tokio::spawn(server::serve(listener, desk));
    announce(args, json, &url, &*sink);
    tokio::select! {
        () = watch_over(&lab, &tell) => {}
        () = stop.asked() => {}
    }
    // The last count is of what both sides hold now.
    lab.count().await;
    server.abort();
    lab.close().await;
    Ok(conclude(&lab, &*sink))
}

/// Reads both sides again and again, and tells the page when something is different.
async fn watch_over(lab: &Lab, tell: &watch::Sender<Snapshot>) {
    loop {
        let minute = Duration::from_millis(view::to_next_minute());
        let _ = tokio::time::timeout(LOOK.min(minute), lab.moved.notified()).await;
        lab.count().await;
        let view = view::view(lab);
        tell.send_if_modified(|snapshot| {
            let new = *snapshot.view != view;
            if new {
                snapshot.number += 1;
                snapshot.view = Arc::new(view);
            }
            new
        });
        tokio::time::sleep(BREATH).await;
    }
}

/// Says where the page is, and opens it where there is somebody to look at it.
fn announce(args: &PlayArgs, json: bool, url: &str, sink: &dyn Sink) {
    if json || !std::io::stdout().is_terminal() {
        sink.result(&json!({"event": "ready", "url": url}));
        return;
    }
    sink.result(&Value::String(url.to_owned()));
    sink.note("Mở trang này trong trình duyệt; Ctrl-C để kết thúc. · open this page in a browser; Ctrl-C ends it.");
    let opener = match cfg!(target_os = "macos") {
        true => "open",
        false => "xdg-open",
    };
    if !args.no_open {
        // No browser, no harm: the address stands above.
        let _ = tokio::process::Command::new(opener)
            .arg(url)
            .stdin(std::process::Stdio::null())
            .stdout(std::process::Stdio::null())
            .stderr(std::process::Stdio::null())
            .spawn();
    }
}

/// The line, once more; exit 1 when something was lost or doubled.
fn conclude(lab: &Lab, sink: &dyn Sink) -> Exit {
    let tally = lab.counted().tally;
    let held = tally.lost == 0 && tally.twice == 0;
    let mut line = json!(tally);
    line["event"] = "ended".into();
    sink.result(&line);
    match held {
        true => Exit::Done,
        false => Exit::CheckFailed,
    }
}

/// Where everybody's files are.
struct Folder {
    path: PathBuf,
    /// Taken away at the end.
    _temporary: Option<tempfile::TempDir>,
    /// Held while this play uses the folder.
    _lock: std::fs::File,
}

impl Folder {
    fn new(data: Option<&Path>) -> Result<Folder, Failure> {
        let io = |e: std::io::Error| Failure::io("data", &e);
        let temporary = match data {
            Some(_) => None,
            None => Some(
                tempfile::Builder::new()
                    .prefix("hues-play-")
                    .tempdir()
                    .map_err(io)?,
            ),
        };
        let path = match (data, &temporary) {
            (Some(data), _) => std::path::absolute(data).map_err(io)?,
            (None, Some(temporary)) => temporary.path().to_owned(),
            (None, None) => return Err(Failure::refused("data", "no folder")),
        };
        std::fs::create_dir_all(&path).map_err(io)?;
        let lock = std::fs::File::create(path.join("play.lock")).map_err(io)?;
        if lock.try_lock().is_err() {
            return Err(Failure::new(
                Exit::Busy,
                "busy",
                "data",
                "another play uses this folder",
            ));
        }
        Ok(Folder {
            path,
            _temporary: temporary,
            _lock: lock,
        })
    }
}

/// SIGINT and SIGTERM.
struct Stop {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
}

impl Stop {
    fn listen() -> Result<Stop, Failure> {
        use tokio::signal::unix::{signal, SignalKind};
        let listen = |kind| signal(kind).map_err(|e| Failure::io("signal", &e));
        Ok(Stop {
            interrupt: listen(SignalKind::interrupt())?,
            terminate: listen(SignalKind::terminate())?,
        })
    }

    async fn asked(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}

fn token() -> String {
    let mut bytes = [0; 16];
    SystemRandom.fill(&mut bytes);
    fetch::hex(&bytes)
}

/// What is inside, also after a task that panicked with it.
fn held<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
