//! The files of an account: opened, set aside when damaged, brought back from their mirror.

use std::path::Path;
use std::sync::Arc;

use hues_env::{Env, Random};
use hues_protocol::config::Config;
use hues_store::disk::{write_durably, Disk};
use hues_store::vault::{SlotClass, SlotVault};
use hues_store::{
    Durability, FileKind, FileOptions, Migration, Mirror, SealedDir, StoreError, StoreFile, Writer,
};
use hues_sync::engine::{Engine, Io, Settings};
use hues_sync::{outbox, trust};
use tokio::sync::mpsc::UnboundedSender;

use super::owner;
use super::repair::{self, Brought};
use super::work::CityData;
use super::State;
use crate::error::HueError;
use crate::feedback::{self, search, submit};
use crate::ports::{Clock, LogSink};
use crate::probe::Probe;

/// The schema of `core.db`, oldest first. A released step never changes.
const CORE: [Migration; 5] = [
    Migration {
        version: 1,
        sql: hues_sync::schema::SCHEMA,
    },
    Migration {
        version: 2,
        sql: feedback::SCHEMA_V1,
    },
    Migration {
        version: 3,
        sql: feedback::SCHEMA_V2,
    },
    Migration {
        version: 4,
        sql: owner::SCHEMA_V1,
    },
    Migration {
        version: 5,
        sql: hues_sync::schema::SCHEMA_SIGNED,
    },
];

const KIND: FileKind<'static> = FileKind {
    name: "core",
    class: SlotClass::Background,
    migrations: &CORE,
    options: FileOptions {
        secure_delete: false,
    },
};

/// Makes a file what the release before left: its schema, and an index of an older fold. The next open is then an update in mid-queue. For the laboratory;
/// whoever adds a migration undoes it here.
pub(crate) fn age(tx: &rusqlite::Connection) -> Result<(), HueError> {
    let before = CORE[CORE.len() - 2].version;
    tx.execute_batch(hues_sync::schema::UNDO_SIGNED)?;
    tx.execute_batch("UPDATE search_index SET fold = 0;")?;
    tx.pragma_update(None, "user_version", before)?;
    Ok(())
}

/// What opening an account needs from its surroundings.
pub(crate) struct Opened {
    pub disk: Arc<dyn Disk>,
    pub vault: Arc<dyn SlotVault>,
    pub clock: Arc<dyn Clock>,
    pub log: Arc<dyn LogSink>,
    pub probe: Arc<dyn Probe>,
    pub io: UnboundedSender<Io>,
    pub settings: Settings,
    pub random: Box<dyn Random>,
    /// Who is signed in.
    pub session: Option<[u8; 16]>,
}

/// An account whose files are open and whose state is read: what threads, or a desk, then serve.
pub(crate) struct Ready {
    pub file: StoreFile,
    pub writer: Writer,
    pub state: State,
    /// It belongs to somebody who is not signed in.
    pub signed_out: bool,
}

/// Opens the account in `dir`, or makes it. A repair that was cut short is finished first.
pub(crate) fn open(dir: &Path, mut with: Opened) -> Result<Ready, HueError> {
    let (file, mut writer) = StoreFile::open(
        with.disk.clone(),
        dir,
        &KIND,
        &*with.vault,
        with.random.as_mut(),
    )?;
    finish_repair(&file, &mut writer, &mut with)?;
    ready(file, writer, with)
}

/// Sets a damaged file aside and brings back what its mirror and its readable rows hold. What the city has comes back by itself. A file that is whole stays
/// as it is.
pub(crate) fn recover(dir: &Path, mut with: Opened) -> Result<(Ready, Brought), HueError> {
    let (disk, vault) = (with.disk.clone(), with.vault.clone());
    let opened = StoreFile::open(disk.clone(), dir, &KIND, &*vault, with.random.as_mut());
    let whole = opened.and_then(|(file, mut writer)| writer.verify().map(|()| (file, writer)));
    let (file, mut writer) = match whole {
        Ok(whole) => whole,
        // Damage, and nothing else: a file of a later release or under another key is not ours to set aside.
        Err(StoreError::Corrupt(_)) => {
            // From here on an open that finds an empty database must not take what is mirrored for left-overs.
            write_durably(&*disk, &dir.join(MENDING), b"").map_err(StoreError::from)?;
            let (file, writer, _) = StoreFile::quarantine_and_recreate(disk, dir, &KIND, &*vault)?;
            (file, writer)
        }
        Err(e) => return Err(e.into()),
    };
    let brought = finish_repair(&file, &mut writer, &mut with)?;
    Ok((ready(file, writer, with)?, brought))
}

/// Lies beside the database from before it is set aside until all is brought back.
const MENDING: &str = "core.mending";

fn finish_repair(
    file: &StoreFile,
    writer: &mut Writer,
    with: &mut Opened,
) -> Result<Brought, HueError> {
    let mark = file.beside("mending");
    if !with.disk.exists(&mark).map_err(StoreError::from)? {
        return Ok(Brought::default());
    }
    let now = with.clock.now();
    let mut env = Env {
        wall: now.wall(),
        mono: now.mono(),
        boot: now.boot_id(),
        random: with.random.as_mut(),
    };
    let brought = repair::bring_back(file, writer, &mut env)?;
    with.disk.remove(&mark).map_err(StoreError::from)?;
    Ok(brought)
}

fn ready(file: StoreFile, mut writer: Writer, mut with: Opened) -> Result<Ready, HueError> {
    let attachments = Arc::new(SealedDir::attachments(&file)?);
    let mirror = Mirror::open(&file)?;
    let now = with.clock.now();
    let mut env = Env {
        wall: now.wall(),
        mono: now.mono(),
        boot: now.boot_id(),
        random: with.random.as_mut(),
    };
    let session = with.session;
    let ready = writer.try_write(Durability::Full, |tx| {
        let mut complete = search::ensure(tx)?;
        // A new fold re-indexes at once: reports on one phone are few. A city-wide list would go on in idle time.
        while !complete {
            complete = search::rebuild(tx, 500)?;
        }
        let (config, version) = match trust::pack(tx)? {
            Some((version, bytes)) => (CityData::signed(pack_content(&bytes)?), version),
            None => (CityData::builtin(), 0),
        };
        let owner = owner::read(tx)?.or(session);
        if let Some(account) = &owner {
            owner::save(tx, account)?;
            // What was mirrored before the first sign-in says that it is nobody's yet; brought back by a repair, it would wait for a sign-in that was.
            if !hues_env::planted!("unclaimed-after-repair") {
                outbox::adopt(tx, account)?;
            }
        }
        let engine = Engine::open(tx, &mut env, with.settings)?;
        Ok::<_, HueError>((engine, config, version, owner))
    })?;
    let (engine, config, config_version, owner) = ready.value;
    tidy(&mut writer, &mirror, &attachments, with.random.as_mut())?;
    let state = State {
        engine,
        attachments,
        mirror,
        config,
        config_version,
        clock: with.clock,
        random: with.random,
        probe: with.probe,
        log: with.log,
        io: with.io,
        owner,
        followed: None,
    };
    let signed_out = owner.is_some() && session.is_none();
    Ok(Ready {
        file,
        writer,
        state,
        signed_out,
    })
}

/// What a kill between two steps left undone: acts not mirrored yet, copies nobody needs any more.
fn tidy(
    writer: &mut Writer,
    mirror: &Mirror,
    attachments: &SealedDir,
    random: &mut dyn Random,
) -> Result<(), HueError> {
    let (mut wanted, mut files) = writer.read(|tx| {
        let wanted: Vec<[u8; 16]> = outbox::mirrored_ops(tx)?
            .into_iter()
            .map(|op| op.0)
            .collect();
        let mut files = outbox::sealed_files(tx)?;
        let mut statement = tx.prepare_cached("SELECT file FROM draft_photo")?;
        let drafts = statement.query_map([], |r| r.get::<_, [u8; 16]>(0))?;
        for file in drafts {
            files.push(file?);
        }
        Ok::<_, HueError>((wanted, files))
    })?;
    // Ten thousand acts may wait: each is looked for in a sorted list.
    wanted.sort_unstable();
    files.sort_unstable();
    for id in mirror.missing(&wanted)? {
        let (entry, snapshot) = writer.read(|tx| {
            let op = hues_protocol::ids::OpId(id);
            Ok::<_, HueError>((outbox::mirror_entry(tx, &op)?, submit::snapshot(tx, &op)?))
        })?;
        // A full disk is no reason not to open: the act is durable here, and mirrored another time.
        let _ = mirror.put(&id, &entry, &snapshot, random);
    }
    for id in mirror
        .list()?
        .into_iter()
        .filter(|id| wanted.binary_search(id).is_err())
    {
        mirror.forget(&id)?;
    }
    for id in attachments
        .list()?
        .into_iter()
        .filter(|id| files.binary_search(id).is_err())
    {
        attachments.remove(&id)?;
    }
    Ok(())
}

/// The content of a pack that was judged when it came in.
fn pack_content(bytes: &[u8]) -> Result<Config, HueError> {
    let parsed = hues_protocol::city::Parsed::<hues_protocol::pack::Pack>::parse(bytes)
        .map_err(|_| HueError::internal("pack"))?;
    Config::parse(&parsed.unproven().content).map_err(|_| HueError::internal("pack-content"))
}
