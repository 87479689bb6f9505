//! The owner's side: listens on the socket and runs what it is handed, each command on a task of its own.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::Value;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;

use super::note::Note;
use super::wire::{Ask, Say, MAX_LINE};
use crate::exit::{Exit, Failure};
use crate::output::Sink;

/// Runs one command line on behalf of another process. Dropping the future gives it up.
pub trait Runner: Send + Sync + 'static {
    /// Runs `arguments`, writing to `sink`.
    fn run(
        self: Arc<Self>,
        arguments: Vec<String>,
        sink: Arc<dyn Sink>,
    ) -> std::pin::Pin<Box<dyn std::future::Future<Output = Result<Exit, Failure>> + Send>>;
}

/// Holds the socket. Dropping it takes socket and note away.
pub struct Owner {
    home: PathBuf,
    note: Note,
    stop: watch::Sender<bool>,
    /// Each running hand-over holds a sender; the channel closes with the last.
    idle: mpsc::Receiver<()>,
    accept: JoinHandle<()>,
}

impl Owner {
    /// Starts listening. The caller owns the home already.
    ///
    /// # Errors
    /// When the socket cannot be made; the home still works, only second processes get "busy".
    pub fn listen(home: &Path, runner: Arc<impl Runner>) -> std::io::Result<Owner> {
        let note = Note::fresh(home)?;
        // Whoever owned the home before is gone: its socket is a leftover.
        let _ = std::fs::remove_file(&note.socket);
        let listener = UnixListener::bind(&note.socket)?;
        std::fs::set_permissions(&note.socket, std::fs::Permissions::from_mode(0o600))?;
        note.write(home)?;
        let (stop, stopped) = watch::channel(false);
        let (busy, idle) = mpsc::channel(1);
        let token = note.token.clone();
        let accept = tokio::spawn(accept(listener, runner, token, stopped, busy));
        Ok(Owner {
            home: home.to_owned(),
            note,
            stop,
            idle,
            accept,
        })
    }

    /// Takes no further command and waits for those under way.
    pub async fn finish(mut self) {
        self.note.remove(&self.home);
        let _ = self.stop.send(true);
        while self.idle.recv().await.is_some() {}
    }
}

impl Drop for Owner {
    fn drop(&mut self) {
        self.accept.abort();
        self.note.remove(&self.home);
    }
}

async fn accept(
    listener: UnixListener,
    runner: Arc<impl Runner>,
    token: String,
    mut stopped: watch::Receiver<bool>,
    busy: mpsc::Sender<()>,
) {
    loop {
        let stream = tokio::select! {
            _ = stopped.changed() => return,
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => stream,
                Err(_) => return,
            },
        };
        let (runner, token, busy) = (runner.clone(), token.clone(), busy.clone());
        tokio::spawn(async move {
            serve(stream, runner, &token).await;
            drop(busy);
        });
    }
}

async fn serve(stream: UnixStream, runner: Arc<impl Runner>, token: &str) {
    let (read, mut write) = stream.into_split();
    let mut read = BufReader::new(read.take(MAX_LINE));
    let mut line = String::new();
    if read.read_line(&mut line).await.is_err() {
        return;
    }
    let Ok(ask) = serde_json::from_str::<Ask>(&line) else {
        return;
    };
    if ask.token != token {
        return;
    }
    let (say, mut said) = mpsc::unbounded_channel();
    let run = runner.run(ask.arguments, Arc::new(Channel(say.clone())));
    let running = tokio::spawn(async move {
        let last = match run.await {
            Ok(exit) => Say::Exit(exit.code()),
            Err(f) => Say::Failed {
                exit: f.exit.code(),
                say: f.say,
            },
        };
        let _ = say.send(last);
    });
    let gone = async {
        let mut rest = [0; 1];
        // The other process says nothing more; the end of its stream means it was interrupted.
        while read.read(&mut rest).await.is_ok_and(|n| n > 0) {}
    };
    tokio::pin!(gone);
    loop {
        tokio::select! {
            () = &mut gone => break,
            next = said.recv() => {
                let Some(next) = next else { break };
                let Ok(mut line) = serde_json::to_vec(&next) else { break };
                line.push(b'\n');
                if write.write_all(&line).await.is_err() {
                    break;
                }
                if matches!(next, Say::Exit(_) | Say::Failed { .. }) {
                    break;
                }
            }
        }
    }
    running.abort();
}

/// Sends what a command says to the process that asked for it.
struct Channel(mpsc::UnboundedSender<Say>);

impl Sink for Channel {
    fn result(&self, value: &Value) {
        let _ = self.0.send(Say::Result(value.clone()));
    }

    fn note(&self, line: &str) {
        let _ = self.0.send(Say::Note(line.to_owned()));
    }
}
