//! The second process's side: hands its command line over and prints what comes back.

use std::path::Path;

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::UnixStream;

use super::note::Note;
use super::wire::{Ask, Say, MAX_LINE};
use crate::exit::{Exit, Failure};
use crate::output::Sink;

/// What became of handing a command over.
#[derive(Debug)]
pub enum HandOver {
    /// The owner ran it.
    Ran(Result<Exit, Failure>),
    /// Nobody listens: the owner is just starting or ending.
    NobodyThere,
    /// The owner took it and vanished: whether it ran is unknown.
    Vanished,
}

/// Hands `arguments` to the owner of `home`.
pub async fn hand_over(home: &Path, arguments: Vec<String>, sink: &dyn Sink) -> HandOver {
    let Some(note) = Note::read(home) else {
        return HandOver::NobodyThere;
    };
    let Ok(stream) = UnixStream::connect(&note.socket).await else {
        return HandOver::NobodyThere;
    };
    let (read, mut write) = stream.into_split();
    let ask = Ask {
        token: note.token,
        arguments,
    };
    let Ok(mut line) = serde_json::to_vec(&ask) else {
        return HandOver::NobodyThere;
    };
    line.push(b'\n');
    if write.write_all(&line).await.is_err() {
        return HandOver::NobodyThere;
    }
    let mut read = BufReader::new(read);
    loop {
        let mut line = String::new();
        let got = (&mut read).take(MAX_LINE).read_line(&mut line).await;
        if !got.is_ok_and(|n| n > 0) {
            return HandOver::Vanished;
        }
        match serde_json::from_str(&line) {
            Ok(Say::Result(value)) => sink.result(&value),
            Ok(Say::Note(line)) => sink.note(&line),
            Ok(Say::Exit(code)) => return HandOver::Ran(Ok(Exit::from_code(code))),
            Ok(Say::Failed { exit, say }) => {
                return HandOver::Ran(Err(Failure {
                    exit: Exit::from_code(exit),
                    say,
                }))
            }
            Err(_) => return HandOver::Vanished,
        }
    }
}
