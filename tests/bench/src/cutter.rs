//! A line that breaks: between an upload's client and its server, and it counts what a client sends again.
//!
//! Invariant: bytes pass unchanged until a mark is reached, then both ends are closed in the middle of a PATCH; the marks are drawn from a seed over the bytes that pass, so
//! every client is cut as often. What was sent again is the bytes of a file that passed here more than once, told by the `Upload-Offset` a client goes on from.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use hues_env::{Random, SeededRandom};
use serde::{Deserialize, Serialize};

use crate::Step;

/// Small, so that a cut strikes near its mark.
const PIECE: usize = 8 * 1024;
/// More is no head of ours.
const HEAD_MOST: u64 = 64 * 1024;

/// What a turn is cut by.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct Order {
    /// Decides where.
    pub seed: u64,
    /// How often.
    pub cuts: usize,
    /// How many bytes are to be uploaded.
    pub bytes: u64,
}

/// What passed since the last order.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Counts {
    /// Cuts that struck.
    pub cuts: usize,
    /// Bytes of files, each counted once.
    pub bytes: u64,
    /// Bytes that passed again.
    pub again: u64,
    /// The most that was sent again after one cut, in PATCH requests as long as the one that was cut.
    pub worst: f64,
    /// PATCH requests.
    pub patches: usize,
}

#[derive(Default)]
struct State {
    /// Still to come, the nearest last.
    marks: Vec<u64>,
    passed: u64,
    counts: Counts,
    /// For each upload, how far it had come, and the length of its last PATCH.
    files: HashMap<String, (u64, u64)>,
}

impl State {
    fn new(order: Order) -> State {
        let mut random = SeededRandom::new(order.seed);
        let stretch = (order.bytes / (order.cuts as u64 + 1)).max(2);
        let mut marks: Vec<u64> = (1..=order.cuts as u64)
            .map(|i| i * stretch - random.below(stretch / 2))
            .collect();
        marks.reverse();
        State {
            marks,
            ..State::default()
        }
    }

    /// A PATCH of `len` bytes from `offset` begins.
    fn begins(&mut self, file: &str, offset: u64, len: u64) {
        self.counts.patches += 1;
        let known = self.files.entry(file.to_owned()).or_insert((offset, len));
        let again = known.0.saturating_sub(offset);
        self.counts.again += again;
        self.counts.worst = self.counts.worst.max(again as f64 / known.1.max(1) as f64);
        known.1 = len;
    }

    /// Bytes up to `end` of a file passed; whether the line breaks now.
    fn passes(&mut self, file: &str, end: u64, bytes: u64) -> bool {
        if let Some((high, _)) = self.files.get_mut(file) {
            *high = end.max(*high);
        }
        self.passed += bytes;
        let cut = self.marks.last().is_some_and(|mark| self.passed >= *mark);
        if cut {
            self.marks.pop();
            self.counts.cuts += 1;
        }
        cut
    }

    fn counts(&self) -> Counts {
        Counts {
            bytes: self.files.values().map(|(high, _)| high).sum(),
            ..self.counts.clone()
        }
    }
}

/// Stands before `to` (host and port) until standard input closes: says `ready URL`, then answers each [`Order`] with `{}` and each other line with [`Counts`].
pub fn serve(to: &str) -> Step<()> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let mut out = std::io::stdout();
    writeln!(out, "ready http://{}", listener.local_addr()?)?;
    let state = Arc::new(Mutex::new(State::default()));
    let (shared, to) = (state.clone(), to.to_owned());
    std::thread::spawn(move || {
        for client in listener.incoming().flatten() {
            let (state, to) = (shared.clone(), to.clone());
            std::thread::spawn(move || {
                // A broken connection is what this program is for.
                let _ = connection(client, &to, &state);
            });
        }
    });
    for line in std::io::stdin().lock().lines() {
        match serde_json::from_str::<Order>(&line?) {
            Ok(order) => {
                *locked(&state) = State::new(order);
                writeln!(out, "{{}}")?;
            }
            Err(_) => writeln!(out, "{}", serde_json::to_string(&locked(&state).counts())?)?,
        }
    }
    Ok(())
}

fn locked(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Requests of one connection, one after the other; answers flow back unread.
fn connection(client: TcpStream, to: &str, state: &Mutex<State>) -> Step<()> {
    let mut server = TcpStream::connect(to)?;
    client.set_nodelay(true)?;
    server.set_nodelay(true)?;
    let (mut answers, mut back) = (server.try_clone()?, client.try_clone()?);
    std::thread::spawn(move || {
        let _ = std::io::copy(&mut answers, &mut back);
        let _ = back.shutdown(Shutdown::Write);
    });
    let mut client = BufReader::with_capacity(PIECE, client);
    while let Some(head) = Head::read(&mut client)? {
        server.write_all(head.text.as_bytes())?;
        if head.patch {
            locked(state).begins(&head.path, head.offset, head.length);
        }
        let mut at = head.offset;
        let mut left = head.length;
        let mut piece = [0; PIECE];
        while left > 0 {
            let most = PIECE.min(usize::try_from(left).unwrap_or(PIECE));
            let n = client.read(&mut piece[..most])?;
            if n == 0 {
                server.shutdown(Shutdown::Both)?;
                return Ok(());
            }
            server.write_all(&piece[..n])?;
            left -= n as u64;
            at += n as u64;
            if head.patch && locked(state).passes(&head.path, at, n as u64) {
                client.get_ref().shutdown(Shutdown::Both)?;
                server.shutdown(Shutdown::Both)?;
                return Ok(());
            }
        }
    }
    Ok(server.shutdown(Shutdown::Write)?)
}

/// A request up to its body.
struct Head {
    text: String,
    path: String,
    patch: bool,
    offset: u64,
    length: u64,
}

impl Head {
    /// The next one; none at the end.
    fn read(client: &mut impl BufRead) -> Step<Option<Head>> {
        let mut text = String::new();
        loop {
            let before = text.len();
            client.by_ref().take(HEAD_MOST).read_line(&mut text)?;
            if text.len() == before {
                return Ok(None);
            }
            if text.ends_with("\r\n\r\n") {
                break;
            }
            if text.len() as u64 > HEAD_MOST {
                return Err("a head without an end".into());
            }
        }
        let number = |name: &str| {
            text.lines().find_map(|line| {
                let (found, value) = line.split_once(':')?;
                found.eq_ignore_ascii_case(name).then_some(())?;
                value.trim().parse().ok()
            })
        };
        let mut words = text.split_whitespace();
        let patch = words.next() == Some("PATCH");
        Ok(Some(Head {
            path: words.next().unwrap_or_default().to_owned(),
            patch,
            offset: number("upload-offset").unwrap_or(0),
            length: number("content-length").unwrap_or(0),
            text,
        }))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_cut_strikes_at_its_mark_and_what_comes_again_is_counted() {
        let order = Order {
            seed: 1,
            cuts: 1,
            bytes: 1_000,
        };
        let mut state = State::new(order);
        let mark = state.marks[0];
        assert!((250..=500).contains(&mark));
        state.begins("/a", 0, 1_000);
        assert!(!state.passes("/a", mark - 1, mark - 1));
        assert!(state.passes("/a", mark, 1));
        // The server kept 100 bytes less than it was sent.
        state.begins("/a", mark - 100, 1_100 - mark);
        assert!(!state.passes("/a", 1_000, 1_100 - mark));
        let counts = state.counts();
        assert_eq!((counts.cuts, counts.again, counts.bytes), (1, 100, 1_000));
        assert!((counts.worst - 0.1).abs() < 1e-9);
    }

    #[test]
    fn a_head_is_read_to_its_end() {
        let text = "PATCH /files/7 HTTP/1.1\r\nUpload-Offset: 12\r\ncontent-length:5\r\n\r\nhello";
        let mut rest = text.as_bytes();
        let head = Head::read(&mut rest).unwrap().unwrap();
        assert_eq!(
            (head.path.as_str(), head.offset, head.length),
            ("/files/7", 12, 5)
        );
        assert!(head.patch);
        assert_eq!(rest, b"hello");
        assert!(Head::read(&mut &b""[..]).unwrap().is_none());
    }
}
