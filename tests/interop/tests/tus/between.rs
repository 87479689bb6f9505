//! What stands between a phone and the world: the city for everything, a tus server written by others for `/files`.
//!
//! Two things of `docs/protocol.md` are ours, and are added here because no other tus server can know them: `Location` is a
//! path, and a whole file is answered with its place in the city's log. Everything else passes unchanged, byte for byte.
//! Bad luck on the way is ordered by tests; it strikes PATCH requests.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// What happens to a PATCH.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Luck {
    /// The connection breaks after so many bytes of the body.
    CutAfter(usize),
    /// It arrives, its answer does not.
    AnswerLost,
    /// It arrives twice; the phone hears the second answer.
    Twice,
    /// Before it arrives, the server forgets the upload.
    Forgotten,
}

/// What passed: request line with offset, and the answer's status (0: none came back).
pub type Passed = Vec<(String, u16)>;

/// A way to the city and to a tus server.
pub struct Between {
    /// Where the phone connects.
    pub origin: String,
    state: Arc<Mutex<State>>,
}

struct State {
    city: String,
    tus: String,
    /// The city's epoch and an index of its log.
    log: (String, u64),
    lengths: Vec<(String, u64)>,
    luck: Vec<Luck>,
    passed: Passed,
}

struct Message {
    /// The first line.
    line: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

impl Message {
    fn header(&self, name: &str) -> Option<&str> {
        let found = self
            .headers
            .iter()
            .find(|(n, _)| n.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }

    fn number(&self, name: &str) -> Option<u64> {
        self.header(name)?.parse().ok()
    }

    fn status(&self) -> u16 {
        self.line
            .split(' ')
            .nth(1)
            .and_then(|code| code.parse().ok())
            .unwrap_or(0)
    }

    fn bytes(&self) -> Vec<u8> {
        let mut head = format!("{}\r\n", self.line);
        for (name, value) in &self.headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        head.push_str("\r\n");
        [head.as_bytes(), &self.body].concat()
    }
}

impl Between {
    /// `tus`: the address of the server's uploads; `log`: the city's epoch and a place in its log.
    pub fn start(city: &str, tus: &str, log: (String, u64), luck: &[Luck]) -> Between {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let origin = format!("http://{}", listener.local_addr().unwrap());
        let state = Arc::new(Mutex::new(State {
            city: city.to_owned(),
            tus: tus.to_owned(),
            log,
            lengths: Vec::new(),
            luck: luck.to_vec(),
            passed: Vec::new(),
        }));
        let shared = state.clone();
        std::thread::spawn(move || {
            for phone in listener.incoming().flatten() {
                let state = shared.clone();
                std::thread::spawn(move || serve(phone, &state));
            }
        });
        Between { origin, state }
    }

    /// What passed on its way to the tus server so far.
    pub fn passed(&self) -> Passed {
        self.state.lock().unwrap().passed.clone()
    }

    /// Bad luck that was ordered and has not struck.
    pub fn left(&self) -> usize {
        self.state.lock().unwrap().luck.len()
    }
}

/// One request; then the connection ends.
fn serve(mut phone: TcpStream, state: &Mutex<State>) {
    let Some(request) = read(&mut phone, true) else {
        return;
    };
    let answer = if request.line.contains(" /files") {
        upload(&request, state)
    } else {
        let city = state.lock().unwrap().city.clone();
        forward(&city, &request, None)
    };
    if let Some(mut answer) = answer {
        let ours = ["connection", "transfer-encoding", "content-length"];
        answer
            .headers
            .retain(|(name, _)| !ours.contains(&name.to_ascii_lowercase().as_str()));
        // An answer to HEAD has no body whatever it says; 204 has none either.
        if !request.line.starts_with("HEAD ") && answer.status() != 204 {
            let length = answer.body.len().to_string();
            answer.headers.push(("Content-Length".into(), length));
        }
        answer.headers.push(("Connection".into(), "close".into()));
        let _ = phone.write_all(&answer.bytes());
    }
    let _ = phone.shutdown(Shutdown::Both);
}

/// A request of an upload, with the luck that is due.
fn upload(request: &Message, state: &Mutex<State>) -> Option<Message> {
    let (tus, due) = {
        let mut state = state.lock().unwrap();
        let patch = request.line.starts_with("PATCH ");
        let due = (patch && !state.luck.is_empty()).then(|| state.luck.remove(0));
        (state.tus.clone(), due)
    };
    // Below the server's own path, whatever that is.
    let (origin, path) = tus.split_at(tus.find("/files").unwrap());
    let mut asked = Message {
        line: request.line.replacen("/files", path, 1),
        headers: request.headers.clone(),
        body: request.body.clone(),
    };
    asked
        .headers
        .retain(|(name, _)| !name.eq_ignore_ascii_case("authorization"));
    let answer = match due {
        Some(Luck::CutAfter(bytes)) => {
            forward(origin, &asked, Some(bytes));
            None
        }
        Some(Luck::AnswerLost) => {
            forward(origin, &asked, None).unwrap();
            None
        }
        Some(Luck::Twice) => {
            forward(origin, &asked, None).unwrap();
            forward(origin, &asked, None)
        }
        Some(Luck::Forgotten) => {
            let gone = Message {
                line: asked.line.replacen("PATCH", "DELETE", 1),
                headers: vec![("Tus-Resumable".into(), "1.0.0".into())],
                body: Vec::new(),
            };
            assert_eq!(forward(origin, &gone, None).unwrap().status(), 204);
            forward(origin, &asked, None)
        }
        None => forward(origin, &asked, None),
    };
    let mut state = state.lock().unwrap();
    let offset = request.number("upload-offset");
    let line = request.line.trim_end_matches(" HTTP/1.1");
    let what = match offset {
        Some(offset) => format!("{line} at {offset}"),
        None => line.to_owned(),
    };
    let status = answer.as_ref().map_or(0, Message::status);
    state.passed.push((what, status));
    answer.map(|answer| ours(request, answer, &mut state))
}

/// What `docs/protocol.md` asks of an answer beyond tus.
fn ours(request: &Message, mut answer: Message, state: &mut State) -> Message {
    for (name, value) in &mut answer.headers {
        if name.eq_ignore_ascii_case("location") {
            let id = value.rsplit('/').next().unwrap().to_owned();
            *value = format!("/files/{id}");
            let length = request.number("upload-length").unwrap();
            state.lengths.push((value.clone(), length));
        }
    }
    let path = request.line.split(' ').nth(1).unwrap_or_default();
    let length = state.lengths.iter().find(|(p, _)| p == path);
    if let (Some((_, length)), Some(offset)) = (length, answer.number("upload-offset")) {
        if offset == *length {
            let (epoch, index) = state.log.clone();
            answer.headers.push(("Hues-Epoch".into(), epoch));
            answer
                .headers
                .push(("Hues-Index".into(), index.to_string()));
        }
    }
    answer
}

/// Sends a request on, the body whole or cut, and reads the answer.
fn forward(origin: &str, request: &Message, cut: Option<usize>) -> Option<Message> {
    let address = origin.trim_start_matches("http://");
    let mut server = TcpStream::connect(address).ok()?;
    server
        .set_read_timeout(Some(Duration::from_secs(40)))
        .ok()?;
    let mut asked = Message {
        line: request.line.clone(),
        headers: request.headers.clone(),
        body: request.body.clone(),
    };
    asked.headers.retain(|(name, _)| {
        !name.eq_ignore_ascii_case("host") && !name.eq_ignore_ascii_case("connection")
    });
    asked.headers.push(("Host".into(), address.to_owned()));
    asked.headers.push(("Connection".into(), "close".into()));
    let whole = asked.bytes();
    if let Some(bytes) = cut {
        let end = (whole.len() - asked.body.len() + bytes).min(whole.len() - 1);
        server.write_all(&whole[..end]).ok()?;
        // What was sent arrives before the break is seen.
        std::thread::sleep(Duration::from_millis(300));
        return None;
    }
    server.write_all(&whole).ok()?;
    read(&mut server, false).map(|mut answer| {
        if request.line.starts_with("HEAD ") {
            answer.body.clear();
        }
        answer
    })
}

/// Reads a message: a request, or an answer after which the other side may end the connection.
fn read(stream: &mut TcpStream, request: bool) -> Option<Message> {
    let mut bytes = Vec::new();
    let mut piece = [0; 8192];
    let head = loop {
        if let Some(end) = bytes.windows(4).position(|w| w == b"\r\n\r\n") {
            break end;
        }
        let n = stream.read(&mut piece).ok().filter(|n| *n > 0)?;
        bytes.extend_from_slice(&piece[..n]);
    };
    let text = String::from_utf8(bytes[..head].to_vec()).ok()?;
    let mut lines = text.split("\r\n");
    let line = lines.next()?.to_owned();
    let headers = lines
        .filter_map(|l| l.split_once(": "))
        .map(|(n, v)| (n.to_owned(), v.to_owned()))
        .collect();
    let mut message = Message {
        line,
        headers,
        body: bytes[head + 4..].to_vec(),
    };
    let length = message.number("content-length").map(|n| n as usize);
    let bodiless = request || matches!(message.status(), 204 | 304);
    let wanted = length.or(bodiless.then_some(0));
    // An answer of unknown length ends with the connection; one to HEAD states a length it does not have.
    while wanted.is_none_or(|n| message.body.len() < n) {
        match stream.read(&mut piece) {
            Ok(n) if n > 0 => message.body.extend_from_slice(&piece[..n]),
            _ => break,
        }
    }
    Some(message)
}
