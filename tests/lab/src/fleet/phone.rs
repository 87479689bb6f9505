//! A simulated phone: the production store, outbox and engine on a simulated disk, under a clock that the seed bends.
//!
//! The domain above is the smallest there can be: rows are kept as they come. What is under test lies below it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use hues_crypto::hash::sha256;
use hues_env::{BootId, Env, Mono, Random, SeededRandom, Wall};
use hues_protocol::author::Author;
use hues_protocol::ids::{Hash, LaneId, OpId, Subject};
use hues_protocol::kinds::report::{New, Supplement};
use hues_protocol::kinds::{Act, FilePart, Kind, VERSION};
use hues_protocol::op::PartRole;
use hues_protocol::page::Row;
use hues_store::disk::Disk;
use hues_store::doubles::MemoryVault;
use hues_store::rusqlite::Connection;
use hues_store::vault::SlotClass;
use hues_store::{
    Durability, FileKind, FileOptions, Migration, Mirror, SealedDir, StoreFile, Writer,
};
use hues_sync::engine::{Applier, Engine, Event, Io, ScopeWish, Settings};
use hues_sync::machine::{Link, Owner, Priority, Session, Wait};
use hues_sync::outbox::{self, AuthorWish, LaneRef, NewFile, NewOp};
use hues_sync::{Result, SyncError};
use zeroize::Zeroizing;

use crate::disk::SimDisk;

/// Stands in every text a citizen writes here; must never be found on a disk.
pub const MARKER: &str = "plaintext-marker-of-the-lab";

const KIND: FileKind<'static> = FileKind {
    name: "core",
    class: SlotClass::Background,
    migrations: &[
        Migration { version: 1, sql: hues_sync::schema::SCHEMA },
        Migration {
            version: 2,
            sql: "CREATE TABLE lab_row (id INTEGER PRIMARY KEY, scope TEXT NOT NULL, kind TEXT NOT NULL, row TEXT NOT NULL, \
                  rev INTEGER NOT NULL, body TEXT NOT NULL, UNIQUE (scope, kind, row));",
        },
    ],
    options: FileOptions { secure_delete: false },
};

/// What only a living process has.
struct Life {
    writer: Writer,
    engine: Engine,
    mirror: Mirror,
    attachments: SealedDir,
}

/// A phone.
pub struct Phone {
    /// Its disk.
    pub disk: SimDisk,
    /// Its test account at the city.
    pub account: [u8; 16],
    /// Its session.
    pub token: String,
    /// How the link is.
    pub link: Link,
    /// Counts processes: what was meant for an earlier one is ignored.
    pub life: u64,
    /// Acts the person was told are saved: op id, and the hashes of its photos.
    pub promised: Vec<(OpId, Vec<Hash>)>,
    /// Wake-ups asked for that came with nothing to do, by hour since the link went.
    pub wakes: u64,
    /// Which event met the step machine in which mode, how often.
    pub met: BTreeMap<(&'static str, String), u64>,
    /// What the step machine left behind without a request, a wake-up or a reason, if ever.
    pub stuck: Option<String>,
    vault: MemoryVault,
    random: SeededRandom,
    root_key: [u8; 32],
    boot: u8,
    booted_at: u64,
    wall_error: i64,
    running: Option<Life>,
    lanes: Vec<(Subject, LaneId)>,
}

impl Phone {
    /// A phone that was never opened.
    pub fn new(seed: u64, root_key: [u8; 32], account: [u8; 16], token: String) -> Phone {
        Phone {
            disk: SimDisk::new(),
            account,
            token,
            link: Link::Good,
            life: 0,
            promised: Vec::new(),
            wakes: 0,
            met: BTreeMap::new(),
            stuck: None,
            vault: MemoryVault::new(seed),
            random: SeededRandom::new(seed),
            root_key,
            boot: 1,
            booted_at: 0,
            wall_error: 0,
            running: None,
            lanes: Vec::new(),
        }
    }

    /// Whether a process runs.
    #[must_use]
    pub fn is_running(&self) -> bool {
        self.running.is_some()
    }

    /// Starts the process; gives what the engine wants.
    ///
    /// # Errors
    /// The store's: an invariant of the laboratory is that there is none.
    pub fn start(&mut self, now: u64) -> Result<Vec<Io>> {
        self.life += 1;
        let disk: Arc<dyn Disk> = Arc::new(self.disk.clone());
        let dir = self.disk.root().join("account");
        let (file, mut writer) = StoreFile::open(disk, &dir, &KIND, &self.vault, &mut self.random)?;
        let mirror = Mirror::open(&file)?;
        let attachments = SealedDir::attachments(&file)?;
        let settings = Settings {
            root: self.root_key,
            listen: false,
        };
        let mut env = env(
            now,
            self.boot,
            self.booted_at,
            self.wall_error,
            &mut self.random,
        );
        let engine = writer.read(|tx| Engine::open(tx, &mut env, settings))?;
        self.running = Some(Life {
            writer,
            engine,
            mirror,
            attachments,
        });
        self.mirror_missing()?;
        let scopes = ["mine", "inbox"].map(|name| ScopeWish {
            name: name.into(),
            every_foreground: Some(60_000),
            every_background: Some(600_000),
        });
        let mut io = self.tell(now, Event::Scopes(scopes.to_vec()))?;
        let token = Some(Zeroizing::new(self.token.clone()));
        io.extend(self.tell(
            now,
            Event::Session {
                session: Session::Live(self.account),
                token,
            },
        )?);
        io.extend(self.tell(now, Event::Link(self.link))?);
        Ok(io)
    }

    /// The process dies.
    pub fn kill(&mut self) {
        self.running = None;
        self.disk.kill();
    }

    /// The battery dies: torn writes, a new boot, and a clock that may be years off.
    pub fn power_loss(&mut self, now: u64, random: &mut SeededRandom) {
        self.running = None;
        self.disk.power_loss(random);
        self.boot = self.boot.wrapping_add(1);
        self.booted_at = now;
        self.wall_error = match random.below(3) {
            0 => 0,
            1 => -15 * 365 * 86_400_000,
            _ => 2 * 365 * 86_400_000,
        };
    }

    /// Tells the engine something; does what belongs to the phone itself and gives the rest.
    ///
    /// # Errors
    /// The store's.
    pub fn tell(&mut self, now: u64, event: Event) -> Result<Vec<Io>> {
        let Some(life) = &mut self.running else {
            return Ok(Vec::new());
        };
        let mut env = env(
            now,
            self.boot,
            self.booted_at,
            self.wall_error,
            &mut self.random,
        );
        let met = (life.engine.machine().mode(), name(&event));
        *self.met.entry(met).or_default() += 1;
        let outcome = life
            .engine
            .handle(&mut life.writer, &mut env, &mut KeepRows, event)?;
        if let Err(stuck) = life.engine.machine().check(env.mono) {
            self.stuck = Some(stuck);
        }
        let mut out = Vec::new();
        for io in outcome.io {
            match io {
                Io::Mirror(again) => {
                    life.mirror
                        .put(&again.op_id.0, &again.mirror, b"", &mut self.random)?
                }
                Io::ForgetMirror(op) => life.mirror.forget(&op.0)?,
                Io::ForgetFile(file) => life.attachments.remove(&file)?,
                other => out.push(other),
            }
        }
        Ok(out)
    }

    /// The person files a report with photos, or adds to one. `None`: the store refused, and nothing was promised.
    ///
    /// # Errors
    /// Never by itself; the engine's, told of the new op.
    pub fn act(&mut self, now: u64, photos: usize) -> Result<Option<Vec<Io>>> {
        let Some(life) = &mut self.running else {
            return Ok(None);
        };
        let mut files = Vec::new();
        let mut parts = Vec::new();
        for _ in 0..photos {
            let len = 4_000 + self.random.below(40_000) as usize;
            let mut bytes = vec![0; len];
            self.random.fill(&mut bytes);
            let sealed = self.random.uuid_v4();
            life.attachments.put(&sealed, &bytes, &mut self.random)?;
            let hash = Hash(sha256(&bytes));
            files.push(NewFile {
                sha256: hash,
                len: len as u64,
                sealed,
            });
            parts.push(FilePart {
                sha256: hash,
                bytes: len as u64,
                media_type: "image/jpeg".into(),
                width: 10,
                height: 10,
            });
        }
        let add_to = match self.lanes.is_empty() || self.random.below(3) > 0 {
            true => None,
            false => Some(self.lanes[self.random.below(self.lanes.len() as u64) as usize]),
        };
        let text = format!("{MARKER} {}", self.random.next_u64());
        let (subject, lane, act, author) = match add_to {
            None => {
                let act = Act::New(New {
                    category: "ha_tang.o_ga".into(),
                    text,
                    ward: None,
                    answers: [("chan_duong".to_owned(), "no".to_owned())].into(),
                    place_words: None,
                    place: None,
                    author: Author::Anonymous,
                    files: parts,
                });
                (
                    Subject(self.random.uuid_v4()),
                    LaneRef::New(Owner::Account(self.account)),
                    act,
                    AuthorWish::Sealed,
                )
            }
            Some((subject, lane)) => {
                // Withdrawn reports take no supplement; these here are never withdrawn.
                (
                    subject,
                    LaneRef::Existing(lane),
                    Act::Supplement(Supplement { text, files: parts }),
                    AuthorWish::None,
                )
            }
        };
        let kind = act.kind();
        let all = act
            .to_parts(&mut self.random)
            .map_err(|_| SyncError::Invalid("act"))?;
        let new = NewOp {
            op_id: OpId(self.random.uuid_v4()),
            kind: kind.name().into(),
            version: VERSION,
            subject,
            parts: all
                .into_iter()
                .filter(|p| p.role() != PartRole::AUTHOR)
                .collect(),
            author,
            priority: Priority::Words,
            files: files.clone(),
            query_only: false,
        };
        let mut env = env(
            now,
            self.boot,
            self.booted_at,
            self.wall_error,
            &mut self.random,
        );
        let committed = life.writer.try_write(Durability::Full, |tx| {
            outbox::enqueue(tx, &mut env, lane, &new)
        })?;
        let enqueued = committed.value;
        if kind == Kind::New {
            self.lanes.push((subject, enqueued.lane));
        }
        self.promised
            .push((enqueued.op_id, files.iter().map(|f| f.sha256).collect()));
        life.mirror
            .put(&enqueued.op_id.0, &enqueued.mirror, b"", &mut self.random)?;
        self.tell(now, Event::Enqueued).map(Some)
    }

    /// The bytes of a sealed photo, for a request that names them.
    ///
    /// # Errors
    /// The store's.
    pub fn file(&self, name: &str, offset: u64, len: u64) -> Result<Vec<u8>> {
        let life = self.running.as_ref().ok_or(SyncError::NotFound)?;
        let id: OpId = name.parse().map_err(|_| SyncError::NotFound)?;
        Ok(life
            .attachments
            .open(&id.0)?
            .read_range(offset..offset + len)?
            .to_vec())
    }

    /// What still waits on this phone, in words; empty when everything is with the city and every scope is whole.
    ///
    /// # Errors
    /// The store's.
    pub fn open_work(&mut self, now: u64) -> Result<Vec<String>> {
        let Some(life) = &mut self.running else {
            return Ok(vec!["not running".into()]);
        };
        let env = env(
            now,
            self.boot,
            self.booted_at,
            self.wall_error,
            &mut self.random,
        );
        let mut out = life.writer.read(|tx| {
            let mut out = Vec::new();
            for op in outbox::list(tx, false)?
                .iter()
                .filter(|op| op.state != outbox::OpState::Done || op.files_open > 0)
            {
                out.push(format!(
                    "{} {} tries {} files {} error {:?}",
                    op.kind,
                    op.state.name(),
                    op.tries,
                    op.files_open,
                    op.error
                ));
            }
            Ok::<_, SyncError>(out)
        })?;
        for (item, wait) in life.engine.waits(&env) {
            if !matches!(wait, Wait::Nothing) && !matches!(wait, Wait::Until(_)) {
                out.push(format!("{item:?} {wait:?}"));
            }
        }
        Ok(out)
    }

    /// Receipts kept here, by op.
    ///
    /// # Errors
    /// The store's.
    pub fn receipted(&mut self) -> Result<BTreeSet<OpId>> {
        let Some(life) = &mut self.running else {
            return Ok(BTreeSet::new());
        };
        life.writer.read(|tx| {
            let mut statement =
                tx.prepare("SELECT op_id FROM sync_op WHERE receipt IS NOT NULL")?;
            let ops = statement
                .query_map([], |r| Ok(OpId(r.get(0)?)))?
                .collect::<std::result::Result<_, _>>()?;
            Ok(ops)
        })
    }

    /// Rows of a scope as the domain has them: id and revision.
    ///
    /// # Errors
    /// The store's.
    pub fn rows(&mut self, scope: &str) -> Result<Vec<(String, i64)>> {
        let Some(life) = &mut self.running else {
            return Ok(Vec::new());
        };
        life.writer.read(|tx| {
            let mut statement =
                tx.prepare("SELECT row, rev FROM lab_row WHERE scope = ?1 ORDER BY row")?;
            let rows = statement
                .query_map([scope], |r| Ok((r.get(0)?, r.get(1)?)))?
                .collect::<std::result::Result<_, _>>()?;
            Ok(rows)
        })
    }

    fn mirror_missing(&mut self) -> Result<()> {
        let Some(life) = &mut self.running else {
            return Ok(());
        };
        let wanted: Vec<[u8; 16]> = life
            .writer
            .read(|tx| outbox::mirrored_ops(tx))?
            .into_iter()
            .map(|op| op.0)
            .collect();
        for id in life.mirror.missing(&wanted)? {
            let entry = life.writer.read(|tx| outbox::mirror_entry(tx, &OpId(id)))?;
            life.mirror.put(&id, &entry, b"", &mut self.random)?;
        }
        Ok(())
    }
}

fn env(now: u64, boot: u8, booted_at: u64, wall_error: i64, random: &mut SeededRandom) -> Env<'_> {
    Env {
        wall: Wall(super::START_MS + now as i64 + wall_error),
        mono: Mono(now - booted_at),
        boot: BootId([boot; 16]),
        random,
    }
}

/// The smallest domain.
struct KeepRows;

impl Applier for KeepRows {
    fn put(&mut self, conn: &Connection, scope: &str, row: &Row) -> Result<bool> {
        let body = row
            .body
            .as_ref()
            .map(ToString::to_string)
            .unwrap_or_default();
        conn.execute(
            "INSERT INTO lab_row (scope, kind, row, rev, body) VALUES (?1, ?2, ?3, ?4, ?5) \
             ON CONFLICT (scope, kind, row) DO UPDATE SET rev = ?4, body = ?5",
            (scope, &row.kind, &row.id, row.rev as i64, body),
        )?;
        Ok(true)
    }

    fn delete(&mut self, conn: &Connection, scope: &str, kind: &str, id: &str) -> Result<()> {
        conn.execute(
            "DELETE FROM lab_row WHERE scope = ?1 AND kind = ?2 AND row = ?3",
            (scope, kind, id),
        )?;
        Ok(())
    }

    fn op_moved(&mut self, _: &Connection, _: &Subject) -> Result<()> {
        Ok(())
    }
}

/// A short name of an event, answers by their status.
fn name(event: &Event) -> String {
    match event {
        Event::Timer => "timer".into(),
        Event::Enqueued => "enqueued".into(),
        Event::OutboxChanged => "outbox".into(),
        Event::Refresh => "refresh".into(),
        Event::Link(link) => format!("link {link:?}").to_lowercase(),
        Event::LowPower(_) => "power".into(),
        Event::Foreground(_) => "foreground".into(),
        Event::Session { .. } => "session".into(),
        Event::Scopes(_) => "scopes".into(),
        Event::Http { outcome: Ok(r), .. } => r.status.to_string(),
        Event::Http {
            outcome: Err(_), ..
        } => "cut".into(),
        Event::Progress { .. } => "progress".into(),
        Event::UndatedBeacon { .. } => "beacon".into(),
    }
}
