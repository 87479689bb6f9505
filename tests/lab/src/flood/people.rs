//! What people do with their phones: one act, drawn from its own seed and from what their phone shows them.

use hues_core::feedback::{
    Answer, AuthorKind, DraftInput, Place, PlaceSource, ReportSummary, Submitted,
};
use hues_core::HueError;
use hues_env::{Random, SeededRandom};
use hues_protocol::config::{Category, Config};
use hues_sync::engine::Io;
use hues_sync::outbox::{OpState, OpView};

use super::phone::{End, Phone};
use super::scenario::{Group, Role};

/// Stands in every text: must never be found on a disk.
pub const TEXT: &str = "plaintext-marker-of-the-lab";
/// Stands in every description of a place: for the unit, never for everyone.
pub const WORDS: &str = "behind-the-marker-of-the-lab";
/// Stands in every account's name: for nobody but the intake, of a named report.
pub const NAME: &str = "name-marker-of-the-lab";

/// Key and name of a person's account.
pub(super) fn account(person: usize) -> (String, String) {
    (format!("lab-{person}"), format!("Người {person} {NAME}"))
}

/// How many lines of a list people look at.
const SCREEN: u32 = 30;

type Outcome<T> = Result<T, End>;

/// What came of an act.
#[derive(Debug, Default)]
pub struct Did {
    /// Acts that the phone said are saved.
    pub saved: u64,
    /// Photos among them.
    pub photos: u64,
    /// Acts that the core refused.
    pub refused: u64,
    /// What the engine wants now.
    pub io: Vec<Io>,
    /// For the log.
    pub what: &'static str,
}

struct Hands<'a> {
    phone: &'a mut Phone,
    group: &'a Group,
    random: SeededRandom,
    now: u64,
    did: Did,
}

/// Somebody does something.
pub fn act(phone: &mut Phone, group: &Group, seed: u64, now: u64) -> Outcome<Did> {
    let mut hands = Hands {
        phone,
        group,
        random: SeededRandom::new(seed),
        now,
        did: Did::default(),
    };
    match group.who {
        Role::Citizen => hands.citizen()?,
        Role::Intake | Role::Unit => hands.officer()?,
    }
    Ok(hands.did)
}

/// Somebody looks after what is stuck: edits it, tries it again, or takes it back.
pub fn unstick(phone: &mut Phone, group: &Group, seed: u64, now: u64) -> Outcome<Did> {
    let mut hands = Hands {
        phone,
        group,
        random: SeededRandom::new(seed),
        now,
        did: Did::default(),
    };
    hands.resolve(false)?;
    Ok(hands.did)
}

impl Hands<'_> {
    /// Does it; a refusal of the core is an answer, not a failure.
    fn ask<T>(
        &mut self,
        f: impl FnOnce(&mut hues_core::desk::Desk) -> Result<T, HueError>,
    ) -> Outcome<Option<T>> {
        let (done, io) = self.phone.at(f)?;
        self.did.io.extend(io);
        match done {
            Err(
                HueError::Refused { .. }
                | HueError::Invalid { .. }
                | HueError::NotFound
                | HueError::SignInNeeded
                | HueError::Conflict,
            ) => {
                self.did.refused += 1;
                Ok(None)
            }
            other => self.phone.bearable(other),
        }
    }

    fn saved(&mut self, done: Option<Submitted>, photos: Vec<String>, files_report: bool) {
        if let Some(done) = done {
            self.did.saved += 1;
            self.did.photos += photos.len() as u64;
            self.phone.promise(self.now, &done, photos, files_report);
        }
    }

    fn citizen(&mut self) -> Outcome<()> {
        match self.random.below(100) {
            0..=59 => self.file(),
            60..=66 => self.resolve(true),
            67..=69 => self.draft_only(),
            n => self.on_own_report(n),
        }
    }

    fn file(&mut self) -> Outcome<()> {
        self.did.what = "file";
        let input = self.input();
        let Some(draft) = self.ask(|desk| desk.new_draft(&input))? else {
            return Ok(());
        };
        let mut photos = Vec::new();
        if self.random.below(100) < self.group.photos {
            for _ in 0..1 + self.random.below(3) {
                let jpeg = self.jpeg();
                let with = self.ask(|desk| desk.add_clean_photo(&draft.id, jpeg, (64, 48)))?;
                photos = with.map_or(photos, |d| d.photos.into_iter().map(|p| p.sha256).collect());
            }
        }
        let done = self.ask(|desk| desk.submit(&draft.id))?;
        self.saved(done, photos, true);
        Ok(())
    }

    fn draft_only(&mut self) -> Outcome<()> {
        self.did.what = "draft";
        let input = self.input();
        self.ask(|desk| desk.new_draft(&input)).map(|_| ())
    }

    fn on_own_report(&mut self, n: u64) -> Outcome<()> {
        let page = self.ask(|desk| desk.list("mine", None, SCREEN))?;
        let Some(report) = page.and_then(|page| self.one_of(page.items)) else {
            return self.file();
        };
        let id = report.id;
        match (report.state.as_str(), n) {
            ("answered", _) => {
                self.did.what = "rate";
                let stars = 1 + self.random.below(5) as u8;
                let done = self.ask(|desk| desk.rate(&id, stars))?;
                self.saved(done, Vec::new(), false);
            }
            (_, 95..) => {
                self.did.what = "withdraw";
                let done = self.ask(|desk| desk.withdraw(&id))?;
                self.saved(done, Vec::new(), false);
            }
            _ => {
                self.did.what = "supplement";
                let mut jpegs = Vec::new();
                if self.random.below(100) < self.group.photos / 2 {
                    jpegs.push((self.jpeg(), (64, 48)));
                }
                let photos = jpegs.iter().map(|(jpeg, _)| hex(jpeg)).collect();
                let text = self.text();
                let done = self.ask(|desk| desk.supplement(&id, &text, jpegs))?;
                self.saved(done, photos, false);
            }
        }
        Ok(())
    }

    /// Looks after the first thing that is stuck.
    fn resolve(&mut self, or_file: bool) -> Outcome<()> {
        let stuck: Option<Vec<OpView>> = self.ask(|desk| desk.outbox(false))?;
        let wedged = |op: &OpView| op.state == OpState::Wedged;
        let Some(op) = stuck.and_then(|ops| ops.into_iter().find(wedged)) else {
            return if or_file { self.file() } else { Ok(()) };
        };
        let id = op.op_id.to_string();
        let filing = op.kind == "report.new";
        match self.random.below(3) {
            0 if filing && op.editable => {
                self.did.what = "edit";
                let Some(draft) = self.ask(|desk| desk.edit(&id))? else {
                    return Ok(());
                };
                let photos = draft.photos.iter().map(|p| p.sha256.clone()).collect();
                let done = self.ask(|desk| desk.submit(&draft.id))?;
                if done.is_some() {
                    self.take_back(&id);
                }
                self.saved(done, photos, true);
            }
            1 if or_file => {
                self.did.what = "retry";
                self.ask(|desk| desk.retry(&id))?;
            }
            _ => {
                self.did.what = "discard";
                if self.ask(|desk| desk.discard(&id))?.is_some() {
                    self.take_back(&id);
                }
            }
        }
        Ok(())
    }

    fn take_back(&mut self, op: &str) {
        let mine = self.phone.promised.iter_mut().filter(|p| p.op == op);
        mine.for_each(|p| p.taken_back = true);
    }

    fn officer(&mut self) -> Outcome<()> {
        let scope = match self.group.who {
            Role::Intake => "unit:ioc",
            _ => "unit:ha_tang_do_thi",
        };
        let page = self.ask(|desk| desk.list(scope, None, SCREEN))?;
        let items = page.map(|page| page.items).unwrap_or_default();
        let Some(report) = self.next_to_do(items) else {
            self.did.what = "look";
            return Ok(());
        };
        let id = report.id;
        let n = self.random.below(100);
        let text = self.text();
        let done = match (self.group.who, report.state.as_str()) {
            (Role::Intake, "received") if n < 6 => {
                self.did.what = "refuse";
                self.ask(|desk| desk.refuse(&id, &text))?
            }
            (Role::Intake, "received") => {
                self.did.what = "verify";
                self.ask(|desk| desk.verify(&id))?
            }
            (Role::Intake, "verified") => {
                self.did.what = "assign";
                self.ask(|desk| desk.assign(&id, "ha_tang_do_thi"))?
            }
            (Role::Intake, "answered" | "rated") => {
                self.did.what = "publish";
                let preview = self.ask(|desk| desk.preview(&id))?;
                match preview {
                    Some(preview) => self.ask(|desk| desk.publish(preview))?,
                    None => None,
                }
            }
            (Role::Unit, "assigned") if n < 25 => {
                self.did.what = "ask";
                self.ask(|desk| desk.ask(&id, &text))?
            }
            (Role::Unit, "assigned" | "need_info") => {
                self.did.what = "answer";
                self.ask(|desk| desk.answer(&id, &text))?
            }
            _ => None,
        };
        self.saved(done, Vec::new(), false);
        Ok(())
    }

    /// The oldest report of the screen that waits for somebody like this; now and then another, which the core may refuse.
    fn next_to_do(&mut self, items: Vec<ReportSummary>) -> Option<ReportSummary> {
        let mine: &[&str] = match self.group.who {
            Role::Intake => &["received", "verified", "answered", "rated"],
            _ => &["assigned", "need_info"],
        };
        let fitting: Vec<ReportSummary> = items
            .into_iter()
            .filter(|r| mine.contains(&r.state.as_str()))
            .collect();
        self.one_of(fitting)
    }

    fn one_of<T>(&mut self, mut list: Vec<T>) -> Option<T> {
        let at = self.random.below(list.len() as u64) as usize;
        (at < list.len()).then(|| list.swap_remove(at))
    }

    fn text(&mut self) -> String {
        let word = self.random.next_u64();
        // Some tell it all. A bundle of more than 8 KiB whose answer was lost is asked for before it is sent again.
        let told = match word % 12 {
            0 => "ổồ ".repeat(1_250),
            _ => "Nước ngập tới gối, ".to_owned(),
        };
        format!("{told}{TEXT} {word}")
    }

    fn jpeg(&mut self) -> Vec<u8> {
        let (from, to) = self.group.photo_bytes;
        let mut bytes = vec![0; (from + self.random.below(to - from + 1)) as usize];
        self.random.fill(&mut bytes);
        bytes
    }

    fn input(&mut self) -> DraftInput {
        let config = Config::builtin();
        let leaves: Vec<&Category> = config.categories.iter().filter(|c| !c.group).collect();
        let category = leaves[self.random.below(leaves.len() as u64) as usize];
        let answers = category
            .questions
            .iter()
            .filter(|q| q.required)
            .map(|q| Answer {
                question: q.code.clone(),
                value: q
                    .options
                    .first()
                    .map_or("12", |o| o.code.as_str())
                    .to_owned(),
            })
            .collect();
        let author = match self.random.below(10) {
            0..=5 => AuthorKind::Sealed,
            6 | 7 => AuthorKind::Named,
            _ => AuthorKind::Anonymous,
        };
        DraftInput {
            category: Some(category.code.clone()),
            text: self.text(),
            place: Some(Place {
                lat: 16.4 + self.random.below(1_000_000) as f64 / 1e7,
                lon: 107.5 + self.random.below(1_000_000) as f64 / 1e7,
                accuracy_m: Some(12),
                source: PlaceSource::Gps,
            }),
            ward: None,
            place_words: Some(WORDS.to_owned()),
            answers,
            author,
        }
    }
}

fn hex(bytes: &[u8]) -> String {
    hues_crypto::hash::sha256(bytes)
        .iter()
        .map(|b| format!("{b:02x}"))
        .collect()
}
