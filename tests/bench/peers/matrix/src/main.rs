//! matrix-sdk-sqlite as an engine of the bench (protocol: tests/bench/src/protocol.rs): opening its state store, and putting messages into its send queue.

use std::io::{BufRead, Write};
use std::path::{Path, PathBuf};
use std::time::Instant;

use cpu_time::ProcessTime;
use matrix_sdk_base::store::{QueuedRequestKind, SerializableEventContent, StateStore};
use matrix_sdk_sqlite::SqliteStateStore;
use ruma::events::room::message::RoomMessageEventContent;
use ruma::events::AnyMessageLikeEventContent;
use ruma::{room_id, MilliSecondsSinceUnixEpoch, TransactionId};
use serde_json::{json, Value};

type Step<T> = Result<T, Box<dyn std::error::Error>>;

const KEY: [u8; 32] = [7; 32];

struct Lap(Instant, ProcessTime);

impl Lap {
    fn start() -> Lap {
        Lap(Instant::now(), ProcessTime::now())
    }

    fn stop(self, n: usize) -> Value {
        let each = |seconds: f64| seconds * 1e3 / n as f64;
        json!({"wall": each(self.0.elapsed().as_secs_f64()), "cpu": each(self.1.elapsed().as_secs_f64())})
    }
}

struct Engine {
    folder: PathBuf,
    inputs: PathBuf,
    submits: usize,
    store: Option<SqliteStateStore>,
    work: String,
}

impl Engine {
    async fn queue(&self, store: &SqliteStateStore, texts: &[String]) -> Step<()> {
        for text in texts {
            let message = RoomMessageEventContent::text_plain(text);
            let content =
                SerializableEventContent::new(&AnyMessageLikeEventContent::RoomMessage(message))?;
            let request = QueuedRequestKind::Event { content };
            let now = MilliSecondsSinceUnixEpoch::now();
            let room = room_id!("!bench:example.org");
            store
                .save_send_queue_request(room, TransactionId::new(), now, request, 0)
                .await?;
        }
        Ok(())
    }

    async fn begin(&mut self, work: &str) -> Step<Value> {
        let folder = self.folder.join(work);
        if folder.exists() {
            std::fs::remove_dir_all(&folder)?;
        }
        let store = SqliteStateStore::open_with_key(&folder, Some(&KEY)).await?;
        if work == "cold-open" {
            self.queue(&store, &self.texts(0)?[..20]).await?;
        } else {
            self.store = Some(store);
        }
        self.work = work.to_owned();
        Ok(json!({}))
    }

    async fn turn(&self, turn: usize) -> Step<Value> {
        if self.work == "cold-open" {
            let lap = Lap::start();
            let store =
                SqliteStateStore::open_with_key(&self.folder.join("cold-open"), Some(&KEY)).await?;
            let queued = store
                .load_send_queue_requests(room_id!("!bench:example.org"))
                .await?;
            let mut took = lap.stop(1);
            took["facts"] = json!({"lines": queued.len()});
            return Ok(took);
        }
        let texts = self.texts(turn)?;
        let store = self.store.as_ref().ok_or("not begun")?;
        let lap = Lap::start();
        self.queue(store, &texts).await?;
        Ok(lap.stop(texts.len()))
    }

    fn texts(&self, turn: usize) -> Step<Vec<String>> {
        let all = std::fs::read_to_string(self.inputs.join("texts.ndjson"))?;
        let lines = all.lines().skip(turn * self.submits).take(self.submits);
        Ok(lines.map(serde_json::from_str).collect::<Result<_, _>>()?)
    }

    async fn answer(&mut self, asked: &Value) -> Step<Value> {
        if let Some(work) = asked["begin"].as_str() {
            return self.begin(work).await;
        }
        if let Some(turn) = asked["turn"].as_u64() {
            return self.turn(turn as usize).await;
        }
        self.store = None;
        Ok(json!({}))
    }
}

fn say(value: &Value) -> Step<()> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{value}")?;
    Ok(out.flush()?)
}

fn sizes(inputs: &Path) -> Step<Value> {
    Ok(serde_json::from_str(&std::fs::read_to_string(inputs.join("sizes.json"))?)?)
}

#[tokio::main(worker_threads = 2)]
async fn main() -> Step<()> {
    let mut args = std::env::args_os().skip(1).map(PathBuf::from);
    let (folder, inputs) = args.next().zip(args.next()).ok_or("FOLDER INPUTS")?;
    let submits = sizes(&inputs)?["submits"].as_u64().unwrap_or(1) as usize;
    say(&json!({
        "engine": "matrix-sdk-sqlite 0.18.0 (state store and send queue)",
        "settings": "opened by a key, its own pool and cache, WAL, FULL; values encrypted one by one",
        "less": "an item of its send queue, no row of a list, no search index; table keys and sizes lie open",
        "works": ["submit-full", "cold-open"],
    }))?;
    let mut engine = Engine {
        folder,
        inputs,
        submits,
        store: None,
        work: String::new(),
    };
    for line in std::io::stdin().lock().lines() {
        let asked = serde_json::from_str(&line?)?;
        let answer = engine.answer(&asked).await;
        say(&answer.unwrap_or_else(|e| json!({"error": e.to_string()})))?;
    }
    Ok(())
}
