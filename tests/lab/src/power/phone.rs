//! A phone's history: acts and pages, some lives long, and what is looked for after each.
//!
//! Invariant: `floor` is the newest step that was promised durable (a commit with FULL, a checkpoint); what is found is the state of one step, not older
//! than the floor and whole: cursor, rows, index and outbox of the same transaction.

use std::collections::BTreeMap;
use std::sync::Arc;

use hues_crypto::hash::sha256;
use hues_env::{BootId, Env, Mono, Random, SeededRandom, Wall};
use hues_protocol::ids::{Hash, LaneId, OpId, Subject};
use hues_protocol::kinds::report::{New, Supplement};
use hues_protocol::kinds::{Act, FilePart, VERSION};
use hues_protocol::op::PartRole;
use hues_store::disk::Disk;
use hues_store::doubles::MemoryVault;
use hues_store::vault::SlotClass;
use hues_store::{
    Durability, FileKind, FileOptions, Mirror, Reader, SealedDir, StoreError, StoreFile, Writer,
};
use hues_sync::machine::{Owner, Priority};
use hues_sync::outbox::{self, AuthorWish, LaneRef, NewFile, NewOp};
use hues_sync::SyncError;

use super::state::{self, State, INDEX, MIGRATIONS, WORDS};
use super::{must, Held, Mistake, Tally};
use crate::disk::{Fault, Plan, SimDisk};

const KIND: FileKind<'static> = FileKind {
    name: "core",
    class: SlotClass::Background,
    migrations: MIGRATIONS,
    options: FileOptions {
        secure_delete: false,
    },
};

/// Steps of one life at most.
const STEPS: u64 = 14;

struct Phone<'a> {
    disk: SimDisk,
    vault: MemoryVault,
    random: &'a mut SeededRandom,
    mistake: Mistake,
    /// The states after each step, by its number.
    states: BTreeMap<i64, State>,
    /// The newest step that must be there.
    floor: i64,
    /// The newest step that was acknowledged.
    newest: i64,
    /// Mirrors that were acknowledged: op → entry.
    mirrored: BTreeMap<[u8; 16], Vec<u8>>,
    /// Sealed photos that were acknowledged: id → hash.
    photos: BTreeMap<[u8; 16], [u8; 32]>,
    lanes: Vec<(Subject, LaneId)>,
    /// Step → durable class, for the count of what rolled back.
    normal: Vec<i64>,
}

struct Life {
    file: StoreFile,
    writer: Writer,
    mirror: Mirror,
    photos: SealedDir,
    reader: Option<Reader>,
}

pub(super) fn play(random: &mut SeededRandom, mistake: Mistake, tally: &mut Tally) -> Held {
    let lives = 1 + random.below(3);
    let mut phone = Phone {
        disk: SimDisk::new(),
        vault: MemoryVault::new(random.next_u64()),
        random,
        mistake,
        states: BTreeMap::new(),
        floor: 0,
        newest: 0,
        mirrored: BTreeMap::new(),
        photos: BTreeMap::new(),
        lanes: Vec::new(),
        normal: Vec::new(),
    };
    for _ in 0..lives {
        phone.live(tally)?;
        phone.judge(tally)?;
    }
    Ok(())
}

impl Phone<'_> {
    fn open(&mut self) -> Result<Life, StoreError> {
        let disk: Arc<dyn Disk> = Arc::new(self.disk.clone());
        let dir = self.disk.root().join("account");
        let (file, mut writer) = StoreFile::open(disk, &dir, &KIND, &self.vault, self.random)?;
        let mirror = Mirror::open(&file)?;
        let photos = SealedDir::attachments(&file)?;
        // As opening an account does: the index is there, or made, in one durable transaction.
        drop(writer.write(Durability::Full, |tx| INDEX.ensure(tx))?);
        Ok(Life {
            file,
            writer,
            mirror,
            photos,
            reader: None,
        })
    }

    /// One life: until its last step, or until the disk no longer answers. Then the process dies, or the power goes.
    fn live(&mut self, tally: &mut Tally) -> Held {
        // Three lives in four end inside some call; the first calls are those of opening.
        let within = if self.random.below(5) == 0 { 40 } else { 200 };
        let nth = 1 + self.random.below(within);
        if self.random.below(4) > 0 {
            self.disk.plan(Some(Plan {
                fault: Fault::Io,
                nth,
                stays: true,
            }));
        }
        let opened = self.open();
        let cut = match opened {
            Ok(mut life) => {
                let steps = 1 + self.random.below(STEPS);
                let mut cut = false;
                for _ in 0..steps {
                    if let Err(error) = self.step(&mut life, tally) {
                        must(self.disk.hits() > 0, || {
                            format!("{error} without a failing disk")
                        })?;
                        cut = true;
                        break;
                    }
                }
                self.die(tally);
                drop(life);
                cut
            }
            Err(error) => {
                must(self.disk.hits() > 0, || {
                    format!("opening: {error} without a failing disk")
                })?;
                tally.cut_open += 1;
                self.die(tally);
                false
            }
        };
        self.disk.plan(None);
        if !cut {
            self.states.retain(|step, _| *step <= self.newest);
        }
        Ok(())
    }

    fn die(&mut self, tally: &mut Tally) {
        if self.random.below(4) == 0 {
            tally.kills += 1;
            self.disk.kill();
            // The system's cache stays: what was acknowledged is all there.
            self.floor = self.newest;
        } else {
            tally.losses += 1;
            let mut fate = self.random.fork();
            self.disk.power_loss(&mut fate);
        }
    }

    fn step(&mut self, life: &mut Life, tally: &mut Tally) -> Result<(), SyncError> {
        match self.random.below(12) {
            0..=3 => self.act(life, tally),
            4..=8 => self.page(life, tally),
            9 => self.take_back(life, tally),
            10 => {
                life.reader = match life.reader.take() {
                    Some(_) => None,
                    None => Some(life.file.reader()?),
                };
                if let Some(reader) = &mut life.reader {
                    reader.read(|s| state::read(s))?;
                }
                Ok(())
            }
            _ => {
                match life.writer.checkpoint() {
                    Ok(()) => {
                        self.floor = self.newest;
                        tally.checkpoints += 1;
                    }
                    Err(StoreError::Busy) => {}
                    Err(error) => return Err(error.into()),
                }
                Ok(())
            }
        }
    }

    /// A page of a server: rows, index and cursor in one transaction that may roll back.
    fn page(&mut self, life: &mut Life, tally: &mut Tally) -> Result<(), SyncError> {
        let step = self.newest + 1;
        let changes: Vec<(i64, Option<String>)> = (0..1 + self.random.below(12))
            .map(|_| {
                let row = self.random.below(40) as i64;
                let word =
                    |random: &mut SeededRandom| WORDS[random.below(WORDS.len() as u64) as usize];
                let title = format!("{} {} số {row}", word(self.random), word(self.random));
                (row, (self.random.below(4) > 0).then_some(title))
            })
            .collect();
        let mistake = self.mistake;
        if mistake == Mistake::CursorFirst {
            drop(life.writer.write(Durability::Normal, |tx| {
                Ok(tx.execute("UPDATE power_step SET step = ?1, cursor = ?1", [step])?)
            })?);
        }
        let states = &mut self.states;
        drop(life.writer.write(Durability::Normal, |tx| {
            for (row, title) in &changes {
                match title {
                    Some(title) => {
                        let id: i64 = tx.query_row(
                            "INSERT INTO power_row (row, title, rev) VALUES (?1, ?2, ?3)
                             ON CONFLICT (row) DO UPDATE SET title = ?2, rev = ?3 RETURNING id",
                            (row, title, step),
                            |r| r.get(0),
                        )?;
                        if mistake != Mistake::IndexLater {
                            INDEX.update(tx, id)?;
                        }
                    }
                    None => {
                        let mut gone =
                            tx.prepare_cached("DELETE FROM power_row WHERE row = ?1 RETURNING id")?;
                        let gone = gone
                            .query_map([row], |r| r.get::<_, i64>(0))?
                            .collect::<Result<Vec<_>, _>>()?;
                        for id in gone {
                            INDEX.remove(tx, id)?;
                        }
                    }
                }
            }
            tx.execute("UPDATE power_step SET step = ?1, cursor = ?1", [step])?;
            // Whatever becomes of the commit: this is what it would leave.
            states.insert(step, state::read(tx)?);
            Ok(())
        })?);
        if mistake == Mistake::IndexLater {
            drop(life.writer.write(Durability::Normal, |tx| {
                let mut ids = tx.prepare_cached("SELECT id FROM power_row WHERE rev = ?1")?;
                let ids = ids
                    .query_map([step], |r| r.get::<_, i64>(0))?
                    .collect::<Result<Vec<_>, _>>()?;
                ids.into_iter().try_for_each(|id| INDEX.update(tx, id))
            })?);
        }
        self.newest = step;
        self.normal.push(step);
        tally.normal += 1;
        Ok(())
    }

    /// A person's act: photos sealed first, then row and op in one durable transaction, then the mirror.
    fn act(&mut self, life: &mut Life, tally: &mut Tally) -> Result<(), SyncError> {
        let mut sealed = Vec::new();
        if self.random.below(3) == 0 {
            let mut bytes = vec![0; 200 + self.random.below(9_000) as usize];
            self.random.fill(&mut bytes);
            let id = self.random.uuid_v4();
            if self.mistake != Mistake::PhotoLater {
                life.photos.put(&id, &bytes, self.random)?;
            }
            self.photos.insert(id, sha256(&bytes));
            sealed.push((id, bytes));
        }
        let (lane, new) = self.new_op(&sealed)?;
        let step = self.newest + 1;
        let durability = match self.mistake {
            Mistake::ActsNotSynced => Durability::Normal,
            _ => Durability::Full,
        };
        let states = &mut self.states;
        let mut env = env(self.random);
        let committed = life.writer.try_write(durability, |tx| {
            let enqueued = outbox::enqueue(tx, &mut env, lane, &new)?;
            tx.execute("UPDATE power_step SET step = ?1", [step])
                .map_err(StoreError::from)?;
            states.insert(step, state::read(tx)?);
            Ok::<_, SyncError>(enqueued)
        })?;
        let enqueued = committed.value;
        self.newest = step;
        self.floor = step;
        tally.full += 1;
        if let LaneRef::New(_) = lane {
            self.lanes.push((new.subject, enqueued.lane));
        }
        if self.mistake == Mistake::PhotoLater {
            for (id, bytes) in &sealed {
                life.photos.put(id, bytes, self.random)?;
            }
        }
        life.mirror
            .put(&enqueued.op_id.0, &enqueued.mirror, b"as seen", self.random)?;
        self.mirrored
            .insert(enqueued.op_id.0, enqueued.mirror.to_vec());
        Ok(())
    }

    fn new_op(&mut self, sealed: &[([u8; 16], Vec<u8>)]) -> Result<(LaneRef, NewOp), SyncError> {
        let (mut files, mut claims) = (Vec::new(), Vec::new());
        for (id, bytes) in sealed {
            let (sha256, len) = (Hash(sha256(bytes)), bytes.len() as u64);
            files.push(NewFile {
                sha256,
                len,
                sealed: *id,
            });
            claims.push(FilePart {
                sha256,
                bytes: len,
                media_type: "image/jpeg".into(),
                width: 10,
                height: 10,
            });
        }
        let text = format!("mất điện {}", self.random.next_u64());
        let known = (!self.lanes.is_empty() && self.random.below(2) == 0)
            .then(|| self.lanes[self.random.below(self.lanes.len() as u64) as usize]);
        let (subject, lane, act, author) = match known {
            Some((subject, lane)) => {
                let act = Act::Supplement(Supplement {
                    text,
                    files: claims,
                });
                (subject, LaneRef::Existing(lane), act, AuthorWish::None)
            }
            None => {
                let act = Act::New(New {
                    category: "ha_tang.o_ga".into(),
                    text,
                    ward: None,
                    answers: [("chan_duong".to_owned(), "no".to_owned())].into(),
                    place_words: None,
                    place: None,
                    author: hues_protocol::author::Author::Anonymous,
                    files: claims,
                });
                let subject = Subject(self.random.uuid_v4());
                (
                    subject,
                    LaneRef::New(Owner::Account([7; 16])),
                    act,
                    AuthorWish::Sealed,
                )
            }
        };
        let kind = act.kind().name().to_owned();
        let parts = act
            .to_parts(self.random)
            .map_err(|_| SyncError::Invalid("act"))?;
        let new = NewOp {
            op_id: OpId(self.random.uuid_v4()),
            kind,
            version: VERSION,
            subject,
            parts: parts
                .into_iter()
                .filter(|p| p.role() != PartRole::AUTHOR)
                .collect(),
            author,
            priority: Priority::Words,
            files,
            query_only: false,
        };
        Ok((lane, new))
    }

    /// The newest act of a lane is taken back: gone from the outbox, durably; its copies go after the commit.
    fn take_back(&mut self, life: &mut Life, tally: &mut Tally) -> Result<(), SyncError> {
        let newest = self
            .states
            .get(&self.newest)
            .map(|state| state.acts.clone())
            .unwrap_or_default();
        let Some((op, _, _)) = newest.last() else {
            return Ok(());
        };
        let (op, step) = (OpId(*op), self.newest + 1);
        let states = &mut self.states;
        let mut env = env(self.random);
        let changed = life.writer.try_write(Durability::Full, |tx| {
            let changed = outbox::discard(tx, &mut env, &op)?;
            tx.execute("UPDATE power_step SET step = ?1", [step])
                .map_err(StoreError::from)?;
            states.insert(step, state::read(tx)?);
            Ok::<_, SyncError>(changed)
        })?;
        (self.newest, self.floor) = (step, step);
        tally.full += 1;
        self.lanes.clear();
        for op in changed.value.forget_ops {
            self.mirrored.remove(&op.0);
            life.mirror.forget(&op.0)?;
        }
        for file in changed.value.forget_files {
            self.photos.remove(&file);
            life.photos.remove(&file)?;
        }
        Ok(())
    }

    /// The phone is switched on again: everything promised is there, and what rolled back did so whole.
    fn judge(&mut self, tally: &mut Tally) -> Held {
        let mut life = self.open().map_err(|e| format!("does not open: {e}"))?;
        life.writer
            .verify()
            .map_err(|e| format!("fails its integrity check: {e}"))?;
        tally.checks += 1;
        let (found, index) = life
            .writer
            .read(|s| {
                let found = state::read(s)?;
                let index = state::index_is_the_table(s, &found)?;
                Ok::<_, StoreError>((found, index))
            })
            .map_err(|e| format!("cannot be read: {e}"))?;
        if let Some(wrong) = index {
            return Err(wrong);
        }
        must(found.step >= self.floor, || {
            format!(
                "step {} was promised durable, {} is found",
                self.floor, found.step
            )
        })?;
        let whole = match self.states.get(&found.step) {
            Some(state) => *state == found,
            None => found == State::default(),
        };
        must(whole, || {
            format!(
                "what is found is not the state of step {}: it rolled back in part",
                found.step
            )
        })?;
        let tried = self.states.keys().next_back().copied().unwrap_or(0);
        if tried > self.newest {
            match found.step == tried {
                true => tally.cut_found += 1,
                false => tally.cut_undone += 1,
            }
        }
        tally.rolled_back += self
            .normal
            .iter()
            .filter(|step| **step > found.step)
            .count() as u64;
        self.copies(&life, &found, tally)?;
        // What is there now is where the next life begins.
        self.states.retain(|step, _| *step == found.step);
        (self.newest, self.floor) = (found.step, found.step);
        self.normal.clear();
        self.lanes.clear();
        drop(life);
        self.disk.kill();
        Ok(())
    }

    /// Mirrors and photos: whole where they were acknowledged; whatever has a name is whole.
    fn copies(&mut self, life: &Life, found: &State, tally: &mut Tally) -> Held {
        let bad = |what: &str, e: StoreError| format!("{what}: {e}");
        for (op, hash, files) in &found.acts {
            if let Some(entry) = self.mirrored.get(op) {
                let kept = life
                    .mirror
                    .get(op)
                    .map_err(|e| bad("a mirror that was acknowledged", e))?;
                must(kept.op[..] == entry[..], || {
                    "a mirror holds something else".into()
                })?;
                tally.sealed += 1;
            }
            must(hash.len() == 32, || "an act without a hash".into())?;
            for id in files {
                let bytes = life
                    .photos
                    .get(id, 1 << 20)
                    .map_err(|e| bad("a photo of an act", e))?;
                let right = self
                    .photos
                    .get(id)
                    .is_some_and(|hash| *hash == sha256(&bytes));
                must(right, || "a photo of an act holds something else".into())?;
                tally.sealed += 1;
            }
        }
        for id in life.mirror.list().map_err(|e| bad("the mirror", e))? {
            drop(
                life.mirror
                    .get(&id)
                    .map_err(|e| bad("a mirror with a name is torn", e))?,
            );
        }
        for id in life.photos.list().map_err(|e| bad("the photos", e))? {
            drop(
                life.photos
                    .get(&id, 1 << 20)
                    .map_err(|e| bad("a photo with a name is torn", e))?,
            );
        }
        self.mirrored
            .retain(|op, _| found.acts.iter().any(|(id, ..)| id == op));
        Ok(())
    }
}

fn env(random: &mut SeededRandom) -> Env<'_> {
    Env {
        wall: Wall(1_761_638_400_000),
        mono: Mono(1),
        boot: BootId([1; 16]),
        random,
    }
}
