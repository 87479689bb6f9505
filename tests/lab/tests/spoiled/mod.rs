//! A small HTTP/1.1 server around the city's own gateway that can be told to break a promise.
//!
//! Invariant: without a spoiler it is a good city (the first test says so); a spoiler breaks one thing, with the keys and tables of the city in its hands,
//! as a faulty implementation would.
#![allow(clippy::unwrap_used)] // helpers of tests are tests

mod bend;
pub mod gateways;

use std::collections::HashMap;
use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use hues_city::gateway::{Gateway, Peer};
use hues_city::storage::{MemoryStorage, Table};
use hues_crypto::sign::SigningKey;
use hues_env::{BootId, Env, Mono, SystemRandom, Wall};
use hues_protocol::http::{Body, Class, HttpRequest, HttpResponse, Method};
use serde_json::Value;

/// What a spoiler may do before the gateway sees a request: change it, or answer in its place.
pub type Before = fn(&mut Shop, &mut HttpRequest) -> Option<HttpResponse>;
/// What it may do to the answer.
pub type After = fn(&mut Shop, &HttpRequest, HttpResponse) -> HttpResponse;

/// A city whose owner can reach under the counter.
pub struct Shop {
    pub gateway: Gateway<MemoryStorage>,
    pub tokens: HashMap<String, String>,
    pub counter: u64,
    pub last_receipt: Vec<u8>,
    pub keeps_torn_bodies: bool,
    /// When this file appears, `bad_day` is called, once.
    flag: PathBuf,
    bad_day: fn(&mut Shop),
}

impl Shop {
    fn env<T>(&mut self, work: impl FnOnce(&mut Gateway<MemoryStorage>, &mut Env) -> T) -> T {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
        let mut env = Env {
            wall: Wall(now.as_millis() as i64),
            mono: Mono(0),
            boot: BootId([0; 16]),
            random: &mut SystemRandom,
        };
        work(&mut self.gateway, &mut env)
    }

    /// Asks the good gateway.
    pub fn ask(&mut self, request: &HttpRequest) -> HttpResponse {
        self.env(|gateway, env| gateway.handle(env, request, Peer::LOCAL))
    }

    pub fn restore(&mut self) {
        self.env(|gateway, env| gateway.restore(env, "old").unwrap());
    }

    /// Changes a stored JSON value.
    pub fn edit(&mut self, table: Table, key: &[u8], edit: impl FnOnce(&mut Value)) {
        self.gateway
            .inspect(|tx| {
                if let Some(bytes) = tx.get(table, key)? {
                    let mut value: Value = serde_json::from_slice(&bytes).unwrap();
                    edit(&mut value);
                    tx.put(table, key, &serde_json::to_vec(&value).unwrap())?;
                }
                Ok(())
            })
            .unwrap();
    }

    /// One of the city's keys: 0 root, 1 receipts, 2 beacons.
    pub fn key(&mut self, n: usize) -> SigningKey {
        let kept = self
            .gateway
            .inspect(|tx| tx.get(Table::Meta, b"keys"))
            .unwrap()
            .unwrap();
        let kept: Value = serde_json::from_slice(&kept).unwrap();
        let mut seed = [0; 32];
        hex::decode_to_slice(kept["seeds"][n].as_str().unwrap(), &mut seed).unwrap();
        SigningKey::from_seed(&seed)
    }
}

/// A listening shop; its threads end with the process.
pub struct Open {
    pub url: String,
    pub flag: PathBuf,
    _dir: tempfile::TempDir,
}

/// Opens a shop with its spoilers.
pub fn open(before: Before, after: After, keeps_torn_bodies: bool, bad_day: fn(&mut Shop)) -> Open {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let dir = tempfile::tempdir().unwrap();
    let flag = dir.path().join("bad-day");
    let mut env = Env {
        wall: Wall(
            SystemTime::now()
                .duration_since(UNIX_EPOCH)
                .unwrap()
                .as_millis() as i64,
        ),
        mono: Mono(0),
        boot: BootId([0; 16]),
        random: &mut SystemRandom,
    };
    let gateway = Gateway::open(MemoryStorage::new(), &mut env).unwrap();
    let shop = Arc::new(Mutex::new(Shop {
        gateway,
        tokens: HashMap::new(),
        counter: 0,
        last_receipt: Vec::new(),
        keeps_torn_bodies,
        flag: flag.clone(),
        bad_day,
    }));
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let shop = Arc::clone(&shop);
            std::thread::spawn(move || serve(stream.unwrap(), &shop, before, after));
        }
    });
    Open {
        url,
        flag,
        _dir: dir,
    }
}

fn serve(mut stream: TcpStream, shop: &Mutex<Shop>, before: Before, after: After) {
    stream.set_nodelay(true).unwrap();
    let mut read = Vec::new();
    while let Some((mut request, whole)) = receive(&mut stream, &mut read) {
        let response = answer(shop, &mut request, whole, before, after);
        if send(&mut stream, &request, response).is_err() || !whole {
            return;
        }
    }
}

fn answer(
    shop: &Mutex<Shop>,
    request: &mut HttpRequest,
    whole: bool,
    before: Before,
    after: After,
) -> HttpResponse {
    // As the city's own server has it: the long poll waits here, a torn body is kept for a PATCH without a checksum.
    for _ in 0..1_000 {
        let mut shop = shop.lock().unwrap();
        if std::fs::remove_file(&shop.flag).is_ok() {
            let bad_day = shop.bad_day;
            bad_day(&mut shop);
        }
        let torn = request.method == Method::Patch && request.header("upload-checksum").is_none();
        let kept = whole || (torn && shop.keeps_torn_bodies);
        if !kept {
            return plain(400, r#"{"refusal":"refused","rule":"truncated"}"#);
        }
        let response = match before(&mut shop, request) {
            Some(response) => response,
            None => {
                let response = shop.ask(request);
                after(&mut shop, request, response)
            }
        };
        remember(&mut shop, request, &response);
        if !(request.path.starts_with("/wake") && response.status == 204) {
            return response;
        }
        drop(shop);
        std::thread::sleep(Duration::from_millis(20));
    }
    plain(500, "{}")
}

fn remember(shop: &mut Shop, request: &HttpRequest, response: &HttpResponse) {
    if request.path == "/signin" && response.status == 200 {
        let (Body::Bytes(order), said) = (&request.body, &response.body) else {
            return;
        };
        let order: Value = serde_json::from_slice(order).unwrap();
        let said: Value = serde_json::from_slice(said).unwrap();
        let token = said["token"].as_str().unwrap().to_owned();
        shop.tokens
            .insert(order["as"].as_str().unwrap().to_owned(), token);
    }
    if request.path == "/ops" && response.status == 200 {
        shop.last_receipt.clone_from(&response.body);
    }
}

fn receive(stream: &mut TcpStream, read: &mut Vec<u8>) -> Option<(HttpRequest, bool)> {
    let end = loop {
        if let Some(at) = read.windows(4).position(|w| w == b"\r\n\r\n") {
            break at;
        }
        more(stream, read)?;
    };
    let head = String::from_utf8_lossy(&read[..end]).into_owned();
    read.drain(..end + 4);
    let mut lines = head.split("\r\n");
    let mut first = lines.next()?.split(' ');
    let method = first.next()?;
    let all = [
        Method::Get,
        Method::Head,
        Method::Post,
        Method::Patch,
        Method::Delete,
        Method::Options,
    ];
    let method = all.into_iter().find(|m| m.name() == method)?;
    let path = first.next()?.to_owned();
    if !first.next()?.starts_with("HTTP/1.") {
        return None;
    }
    let headers: Vec<(String, String)> = lines
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.trim().to_ascii_lowercase(), value.trim().to_owned()))
        .collect();
    let mut request = HttpRequest {
        id: 0,
        method,
        path,
        headers,
        body: Body::Empty,
        max_response: usize::MAX,
        class: Class::Words,
    };
    let length: usize = request
        .header("content-length")
        .map_or(Ok(0), str::parse)
        .ok()?;
    if request.header("transfer-encoding").is_some() {
        return None;
    }
    let mut whole = true;
    while read.len() < length {
        if more(stream, read).is_none() {
            whole = false;
            break;
        }
    }
    let body: Vec<u8> = read.drain(..length.min(read.len())).collect();
    if !body.is_empty() {
        request.body = Body::Bytes(body);
    }
    Some((request, whole))
}

fn more(stream: &mut TcpStream, read: &mut Vec<u8>) -> Option<()> {
    let mut buffer = [0; 16 * 1024];
    match stream.read(&mut buffer) {
        Ok(n) if n > 0 => {
            read.extend_from_slice(&buffer[..n]);
            Some(())
        }
        _ => None,
    }
}

fn send(
    stream: &mut TcpStream,
    request: &HttpRequest,
    response: HttpResponse,
) -> std::io::Result<()> {
    let mut head = format!("HTTP/1.1 {} x\r\n", response.status);
    for (name, value) in &response.headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    if response.status != 204 {
        head.push_str(&format!("content-length: {}\r\n", response.body.len()));
    }
    head.push_str("\r\n");
    stream.write_all(head.as_bytes())?;
    match request.method {
        Method::Head => Ok(()),
        _ => stream.write_all(&response.body),
    }
}

/// A JSON answer of the protocol's content type.
pub fn plain(status: u16, body: &str) -> HttpResponse {
    HttpResponse {
        status,
        headers: vec![("content-type".into(), "application/hues+json".into())],
        body: body.as_bytes().to_vec(),
    }
}

pub fn set(response: &mut HttpResponse, name: &str, value: &str) {
    response.headers.retain(|(n, _)| n != name);
    response.headers.push((name.into(), value.into()));
}
