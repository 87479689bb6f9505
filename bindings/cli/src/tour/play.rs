//! The day itself, act by act: three phones, one city, and bad luck in between.
//!
//! Invariant: it only does and notes; whether all went well is judged afterwards, from what was stored.

mod filing;

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::{json, Value};

use super::handset::Handset;
use super::record::{BandKind, EventKind};
use super::script::{Filing, Script, WRONG_CLOCK};
use super::stage::{self, broken, words, Ran, Running, Stage};
use super::town::Town;
use crate::exit::{Exit, Failure};
use crate::troupe::path;

/// Her carrier.
const CARRIER: &str = "viettel";
/// The slow link, bytes a second.
const SLOW: u64 = 2_048;
/// The faster one.
const FASTER: u64 = 160_000;
/// Connections are cut after so many bytes …
const CUT_AFTER: u64 = 90_000;
/// … so many times.
const CUTS: u64 = 4;

/// The three people, and what the tour wrote down.
pub struct Day {
    pub stage: Stage,
    pub town: Town,
    pub script: Script,
    pub citizen: Handset,
    pub neighbour: Handset,
    pub officer: Handset,
    pub notes: Notes,
}

/// What cannot be read from anywhere afterwards: who printed what, and when.
#[derive(Debug, Default)]
pub struct Notes {
    /// The reports by the order of filing, the one before the dark first: id and when it was durable.
    pub filed: Vec<(String, u64)>,
    /// Every act a phone accepted: op → who.
    pub accepted: BTreeMap<String, &'static str>,
    /// Ends by SIGKILL: what, when, where.
    pub kills: Vec<(&'static str, u64, String)>,
    /// What the phone's clock said after the boot.
    pub wrong_clock: Option<(u64, String)>,
    /// Orders of faults: number → name.
    pub faults: Vec<(u64, &'static str)>,
    /// Lines of the watched list.
    pub watched: Vec<(u64, String, String)>,
    /// Drafts that were there after the kill inside the submit.
    pub drafts_after_kill: usize,
    /// What the neighbour's phone shows.
    pub public: Vec<Value>,
    /// What the officer's phone promised that everyone would see.
    pub preview: Value,
    /// What the verifier said of the proof, of the compact one, and of one with a bit turned.
    pub verdicts: [Option<Ran>; 3],
    /// Bytes of the compact proof.
    pub compact_bytes: Option<u64>,
}

impl Day {
    /// From morning to night.
    pub async fn play(&mut self) -> Result<(), Failure> {
        self.morning().await?;
        self.dark().await?;
        self.battery().await?;
        self.portal().await?;
        self.slow().await?;
        self.faster().await?;
        self.officers_work().await?;
        self.next_door().await?;
        self.proof().await
    }

    /// All is well: everybody signs in, one report is filed and answered.
    async fn morning(&mut self) -> Result<(), Failure> {
        self.stage.say("Ba người đăng nhập", "three people sign in");
        self.citizen.sign_in(&self.town, "citizen", None).await?;
        self.neighbour
            .sign_in(&self.town, "neighbour", None)
            .await?;
        self.officer
            .sign_in(&self.town, "officer", Some("ioc"))
            .await?;
        for phone in [&self.citizen, &self.neighbour, &self.officer] {
            phone.sync().await?;
        }
        let before = self.script.before.clone();
        let id = self.file(&before).await?;
        self.citizen.sync().await?;
        self.officer.sync().await?;
        // Each step is judged by the state before it: the officer waits for the city between them.
        self.staff(&["verify", &id]).await?;
        self.officer.sync().await?;
        self.staff(&["assign", &id, before.unit]).await?;
        self.officer.sync().await?;
        self.staff(&["answer", &id, "--text", before.reply]).await?;
        self.officer.sync().await?;
        self.citizen.sync().await?;
        self.citizen.event(
            EventKind::Received,
            words(
                "nhận trả lời cho phản ánh hôm trước",
                "gets the answer to an earlier report",
            ),
        );
        Ok(())
    }

    /// The carrier goes down. She files three reports and a rating; one filing is killed between BEGIN and COMMIT.
    async fn dark(&mut self) -> Result<(), Failure> {
        self.stage.say("Nhà mạng mất sóng", "the carrier goes down");
        self.fault("outage", json!({"kind": "outage"})).await?;
        self.citizen.trouble(BandKind::Outage);
        for (n, filing) in self.script.dark.clone().iter().enumerate() {
            if n == self.script.killed_filing {
                self.file_and_die(filing).await?;
            } else {
                self.file(filing).await?;
            }
        }
        let (before, stars) = (self.notes.filed[0].0.clone(), self.script.stars.to_string());
        let rated = self
            .citizen
            .one(&["report", "rate", &before, &stars])
            .await?;
        self.accept("citizen", &rated, 0);
        self.citizen.event(
            EventKind::Act,
            words("chấm điểm câu trả lời", "rates the answer"),
        );
        self.stage
            .say("Thử gửi: không có sóng", "tries to send: no signal");
        let tried = self
            .citizen
            .run(&["sync", "--until-idle", "--for", "3"])
            .await?;
        match tried.code {
            Some(3) => Ok(()),
            _ => Err(broken("sync in the dark", &tried)),
        }
    }

    /// The battery dies under a running sync; after the boot the clock is 15 years off.
    async fn battery(&mut self) -> Result<(), Failure> {
        self.stage.say(
            "Pin 3 %: máy tắt giữa chừng",
            "battery at 3 %: the phone dies mid-way",
        );
        self.citizen.sandbox["battery"] = json!(3);
        let mut running = self
            .citizen
            .start(&["sync", "--until-idle", "--for", "30"])?;
        tokio::time::sleep(Duration::from_millis(self.script.last_breath_ms)).await;
        running.kill();
        let ran = running.end().await?;
        let breath = format!("{} ms", self.script.last_breath_ms);
        self.killed("battery", &breath, &ran)?;
        self.citizen.event(
            EventKind::Killed,
            words("hết pin khi đang gửi", "battery empty while sending"),
        );
        self.citizen.trouble(BandKind::Battery);
        tokio::time::sleep(Duration::from_millis(1_500)).await;
        self.citizen.relief(BandKind::Battery);

        let wrong = hues_vietnam::parse_rfc3339(WRONG_CLOCK).unwrap_or_default();
        self.citizen.sandbox["clock_offset_ms"] = json!(wrong - self.stage.began_ms);
        self.citizen.sandbox["boot"] = json!(2);
        self.citizen.sandbox["battery"] = json!(60);
        self.citizen.trouble(BandKind::Clock);
        let note = self
            .citizen
            .one(&["report", "new", "--draft", "--text", "Nhớ hỏi thăm cụ Tư."])
            .await?;
        let said = note["saved_at"].as_str().unwrap_or_default().to_owned();
        self.notes.wrong_clock = Some((self.stage.at(), said.clone()));
        if let Some(id) = note["id"].as_str() {
            self.citizen.run(&["report", "draft", "drop", id]).await?;
        }
        self.citizen.event(
            EventKind::Booted,
            words(
                format!("bật lại, đồng hồ chỉ {said}"),
                format!("boots, its clock says {said}"),
            ),
        );
        Ok(())
    }

    /// The link is back, but a captive portal answers.
    async fn portal(&mut self) -> Result<(), Failure> {
        self.stage.say(
            "Có mạng lại, nhưng là cổng đăng nhập wifi",
            "a network again, but a captive portal",
        );
        self.fault("portal", json!({"kind": "portal"})).await?;
        self.town.admin.clear("outage").await?;
        self.citizen.relief(BandKind::Outage);
        self.citizen.trouble(BandKind::Portal);
        let tried = self
            .citizen
            .run(&["sync", "--until-idle", "--for", "4"])
            .await?;
        if tried.code != Some(3) {
            return Err(broken("sync behind the portal", &tried));
        }
        self.town.admin.clear("portal").await?;
        self.citizen.relief(BandKind::Portal);
        Ok(())
    }

    /// 2 KB/s: the words go. The gateway answers 500 after it committed, and delivers twice.
    async fn slow(&mut self) -> Result<(), Failure> {
        self.stage
            .say("Mạng về 2 KB/s: chữ đi trước", "2 KB/s: the words go first");
        self.fault("rate", json!({"kind": "rate", "bytes_s": SLOW}))
            .await?;
        self.fault(
            "error-after",
            json!({"kind": "error-after", "path": "/ops", "times": 1}),
        )
        .await?;
        self.fault(
            "duplicate",
            json!({"kind": "duplicate", "path": "/ops", "times": 2}),
        )
        .await?;
        self.citizen.sandbox["link"] = json!("slow");
        for band in [BandKind::Slow, BandKind::ErrorAfter, BandKind::Duplicate] {
            self.citizen.trouble(band);
        }
        for _ in 0..5 {
            let town = &self.town;
            let ran = self.citizen.sync_until(20, || town.has_all_words()).await?;
            if ran.signal.is_some() {
                return Err(broken("sync at 2 KB/s", &ran));
            }
            if self.town.has_all_words() {
                break;
            }
        }
        for band in [BandKind::Slow, BandKind::ErrorAfter, BandKind::Duplicate] {
            self.citizen.relief(band);
        }
        self.citizen.event(
            EventKind::Arrived,
            words("mọi lời đã đến thành phố", "all words are in the city"),
        );
        self.town.admin.clear("rate").await
    }

    /// Faster, with cuts; the phone dies inside a chunk. The photos go.
    async fn faster(&mut self) -> Result<(), Failure> {
        self.stage.say(
            "Mạng nhanh hơn, đứt liên tục: ảnh đi",
            "faster, cut again and again: the photos go",
        );
        self.fault("faster", json!({"kind": "rate", "bytes_s": FASTER}))
            .await?;
        self.fault(
            "cut",
            json!({"kind": "cut", "bytes": CUT_AFTER, "times": CUTS}),
        )
        .await?;
        self.citizen.sandbox["link"] = json!("good");
        self.citizen.trouble(BandKind::Cut);
        self.citizen.sandbox["kill"] =
            json!({"point": "chunk-sent", "hit": self.script.killed_chunk});
        let town = &self.town;
        let ran = self
            .citizen
            .sync_until(30, || town.has_all_photos())
            .await?;
        self.citizen.sandbox["kill"] = Value::Null;
        let place = format!("chunk-sent, {}.", self.script.killed_chunk);
        self.killed("upload", &place, &ran)?;
        self.citizen.event(
            EventKind::Killed,
            words(
                format!("SIGKILL trong mẩu ảnh thứ {}", self.script.killed_chunk),
                format!(
                    "SIGKILL inside chunk {} of the photos",
                    self.script.killed_chunk
                ),
            ),
        );
        for _ in 0..6 {
            let town = &self.town;
            let ran = self
                .citizen
                .sync_until(20, || town.has_all_photos())
                .await?;
            if ran.signal.is_some() {
                return Err(broken("sync with cuts", &ran));
            }
            if self.town.has_all_photos() {
                break;
            }
        }
        self.citizen.relief(BandKind::Cut);
        self.citizen.event(
            EventKind::Arrived,
            words("mọi ảnh đã đến thành phố", "all photos are in the city"),
        );
        self.town.admin.clear("rate").await?;
        self.town.admin.clear("cut").await?;
        // A network that works gives phones the time as well.
        self.citizen.sandbox["clock_offset_ms"] = self.neighbour.sandbox["clock_offset_ms"].clone();
        self.citizen.relief(BandKind::Clock);
        self.citizen
            .done(&["sync", "--until-idle", "--for", "15"])
            .await
            .map(drop)
    }

    /// The officer verifies, assigns, asks, answers, publishes; the citizen's list moves by itself.
    async fn officers_work(&mut self) -> Result<(), Failure> {
        self.stage.say(
            "Cán bộ xác minh, giao, hỏi",
            "the officer verifies, assigns, asks",
        );
        let ids: Vec<String> = self
            .notes
            .filed
            .iter()
            .skip(1)
            .map(|(id, _)| id.clone())
            .collect();
        let mut watch = self.citizen.start(&["watch", "reports"])?;
        self.officer.sync().await?;
        for id in &ids {
            self.staff(&["verify", id]).await?;
        }
        self.officer.sync().await?;
        for (id, filing) in ids.iter().zip(self.script.dark.clone()) {
            self.staff(&["assign", id, filing.unit]).await?;
        }
        self.officer.sync().await?;
        self.staff(&["ask", &ids[0], "Nhà các cụ ở phía nào, cạnh gì dễ nhận ra?"])
            .await?;
        self.officer.sync().await?;
        self.watch_until(&mut watch, &[(&ids[0], "need_info")])
            .await;
        watch.ask_to_end().await;
        watch.end().await?;

        let more = self
            .citizen
            .one(&[
                "report",
                "supplement",
                &ids[0],
                "--text",
                "Nhà cấp bốn mái tôn xanh, cạnh quán cháo cá.",
            ])
            .await?;
        self.accept("citizen", &more, 0);
        self.citizen.event(
            EventKind::Act,
            words("bổ sung theo câu hỏi", "answers the question"),
        );
        self.citizen
            .done(&["sync", "--until-idle", "--for", "15"])
            .await?;

        self.stage.say(
            "Cán bộ trả lời và công khai",
            "the officer answers and publishes",
        );
        let mut watch = self.citizen.start(&["watch", "reports"])?;
        self.officer.sync().await?;
        for (id, filing) in ids.iter().zip(self.script.dark.clone()) {
            self.staff(&["answer", id, "--text", filing.reply]).await?;
        }
        self.officer.sync().await?;
        self.notes.preview = self
            .officer
            .one(&["staff", "publish", &ids[0], "--preview"])
            .await?;
        self.staff(&["publish", &ids[0]]).await?;
        self.officer.sync().await?;
        let answered: Vec<(&str, &str)> = ids.iter().map(|id| (id.as_str(), "answered")).collect();
        self.watch_until(&mut watch, &answered).await;
        watch.ask_to_end().await;
        watch.end().await?;
        self.citizen.sync().await?;
        self.citizen.event(
            EventKind::Received,
            words(
                "danh sách tự đổi: đã trả lời",
                "her list moves by itself: answered",
            ),
        );
        Ok(())
    }

    /// Reads a watched list until these reports were seen in these states.
    async fn watch_until(&mut self, watch: &mut Running, wanted: &[(&str, &str)]) {
        let mut open: Vec<(&str, &str)> = wanted.to_vec();
        let reading = async {
            let mut heard = Vec::new();
            while !open.is_empty() {
                let Some(line) = watch.line().await else {
                    break;
                };
                let one = line.get("item").cloned().into_iter();
                let all = line["items"].as_array().cloned().unwrap_or_default();
                for item in one.chain(all) {
                    let text = |key: &str| item[key].as_str().unwrap_or_default().to_owned();
                    let (id, state) = (text("id"), text("state"));
                    open.retain(|(i, s)| !(*i == id && *s == state));
                    heard.push((self.stage.at(), id, state));
                }
            }
            heard
        };
        // What was not heard in time is missing from the notes: the judge sees it.
        if let Ok(heard) = tokio::time::timeout(Duration::from_secs(15), reading).await {
            self.notes.watched.extend(heard);
        }
    }

    /// The neighbour, on the other carrier, sees what is public.
    async fn next_door(&mut self) -> Result<(), Failure> {
        self.stage.say(
            "Hàng xóm, mạng khác, đọc bản công khai",
            "the neighbour, on another carrier, reads what is public",
        );
        self.neighbour.sync().await?;
        let list = self.neighbour.done(&["report", "list", "--public"]).await?;
        for line in list {
            let id = line["id"].as_str().unwrap_or_default();
            self.notes
                .public
                .push(self.neighbour.one(&["report", "show", id]).await?);
        }
        self.neighbour.event(
            EventKind::Received,
            words("đọc phản ánh đã công khai", "reads the published report"),
        );
        Ok(())
    }

    /// A process that shares nothing with her phone checks her proof.
    async fn proof(&mut self) -> Result<(), Failure> {
        self.stage.say(
            "Kiểm chứng bằng chứng đã gửi",
            "her proof of filing is checked",
        );
        let out = self.stage.out.clone();
        let keys = out.join("keys.bin");
        std::fs::write(&keys, self.town.keys(&self.stage).await?)
            .map_err(|e| Failure::io("keys", &e))?;
        let id = self.notes.filed[1].0.clone();
        let files = ["proof.bin", "proof-compact.bin", "proof-flipped.bin"].map(|n| out.join(n));
        let full = path(&files[0]);
        self.citizen
            .one(&["proof", "export", &id, "--out", &full])
            .await?;
        let small = path(&files[1]);
        let said = self
            .citizen
            .one(&["proof", "export", &id, "--compact", "--out", &small])
            .await?;
        self.notes.compact_bytes = said["bytes"].as_u64();
        let mut bytes = std::fs::read(&files[0]).map_err(|e| Failure::io("proof", &e))?;
        // One bit of what she wrote: the form stays good, the meaning does not.
        let wrote = self.script.dark[0].text.as_bytes();
        let start = bytes
            .windows(wrote.len())
            .position(|w| w == wrote)
            .unwrap_or(bytes.len() / 2);
        if let Some(byte) = bytes.get_mut(start) {
            *byte ^= 1;
        }
        std::fs::write(&files[2], bytes).map_err(|e| Failure::io("proof", &e))?;
        for (file, verdict) in files.iter().zip(&mut self.notes.verdicts) {
            let line = [
                "proof".into(),
                "verify".into(),
                path(file),
                "--keys".into(),
                path(&keys),
            ];
            let root = ["--root".to_owned(), self.town.root.clone()];
            let line: Vec<String> = line.into_iter().chain(root).collect();
            *verdict = Some(stage::start(&line)?.end().await?);
        }
        Ok(())
    }

    /// An officer's act.
    async fn staff(&mut self, command: &[&str]) -> Result<(), Failure> {
        let line: Vec<&str> = std::iter::once("staff")
            .chain(command.iter().copied())
            .collect();
        let done = self.officer.one(&line).await?;
        self.accept("officer", &done, 0);
        let (vi, en) = match command[0] {
            "verify" => ("xác minh", "verifies"),
            "assign" => ("giao đơn vị xử lý", "assigns"),
            "ask" => ("hỏi lại người dân", "asks the citizen"),
            "answer" => ("trả lời", "answers"),
            _ => ("công khai", "publishes"),
        };
        self.officer.event(EventKind::Act, words(vi, en));
        Ok(())
    }

    /// A phone took an act: from now on it may not be lost.
    fn accept(&mut self, who: &'static str, done: &Value, bytes: u64) {
        let op = done["op"].as_str().unwrap_or_default().to_owned();
        if who == "citizen" {
            self.town.seen().accepted.insert(op.clone(), bytes);
        }
        self.notes.accepted.insert(op, who);
    }

    /// Orders a fault for her carrier.
    async fn fault(&mut self, name: &'static str, mut order: Value) -> Result<(), Failure> {
        order["carrier"] = CARRIER.into();
        let id = self.town.admin.order(order).await?;
        self.notes.faults.push((id, name));
        Ok(())
    }

    /// A process had to die by SIGKILL, and did.
    fn killed(&mut self, what: &'static str, place: &str, ran: &Ran) -> Result<(), Failure> {
        match ran.signal {
            Some(9) => {
                self.notes
                    .kills
                    .push((what, self.stage.at(), place.to_owned()));
                Ok(())
            }
            _ => Err(broken(what, ran)),
        }
    }
}

/// The first words of a text, for a line.
pub fn first_words(text: &str) -> String {
    let mut short: String = text.chars().take(48).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    short
}
