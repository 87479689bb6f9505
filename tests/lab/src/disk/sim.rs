//! The disk itself: names, inodes, room, faults, and the two ways a phone dies.
//!
//! Invariant: names follow the same rule as bytes. Creating, renaming and removing are journalled; a directory sync makes the
//! journal entries of that directory durable; a power loss keeps a random prefix of the rest. Renames are atomic.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{Error, ErrorKind, Result};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use hues_env::Random;

use super::fault::{Call, Fault, Faults, Plan};
use super::inode::Inode;
use super::vfs;

pub(super) type InodeRef = Arc<Mutex<Inode>>;

/// A simulated disk; clones are the same disk.
#[derive(Clone)]
pub struct SimDisk(pub(super) Arc<Shared>);

/// All files of a disk at one moment, as a copy of the phone would hold them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Image {
    files: BTreeMap<String, Vec<u8>>,
    dirs: BTreeSet<String>,
}

pub(super) struct Shared {
    pub(super) root: String,
    pub(super) state: Mutex<State>,
}

#[derive(Default)]
pub(super) struct State {
    now: Names,
    durable: Names,
    journal: Vec<NameOp>,
    pub(super) owner_locks: BTreeSet<String>,
    /// Grows with every death; handles of an earlier life fail.
    pub(super) life: u64,
    faults: Faults,
    capacity: Option<u64>,
    syncs: u64,
}

#[derive(Default, Clone)]
struct Names {
    files: BTreeMap<String, InodeRef>,
    dirs: BTreeSet<String>,
}

#[derive(Clone)]
enum NameOp {
    Link(String, InodeRef),
    Unlink(String),
    Rename(String, String),
    MakeDir(String),
    RemoveDir(String),
}

impl SimDisk {
    /// An empty disk.
    #[must_use]
    #[allow(clippy::new_without_default)] // every disk is another one; a default would hide that
    pub fn new() -> SimDisk {
        static NEXT: AtomicU64 = AtomicU64::new(1);
        vfs::register();
        let id = NEXT.fetch_add(1, Ordering::Relaxed);
        let shared = Arc::new(Shared {
            root: format!("/sim/{id}"),
            state: Mutex::default(),
        });
        lock(&DISKS).insert(id, Arc::downgrade(&shared));
        SimDisk(shared)
    }

    /// The directory everything lies in; the only one that exists from the start.
    #[must_use]
    pub fn root(&self) -> PathBuf {
        PathBuf::from(&self.0.root)
    }

    /// The process dies: handles, locks and shared memory are gone, un-synced bytes and names stay in the system's cache.
    pub fn kill(&self) {
        let mut state = self.0.lock();
        state.life += 1;
        state.owner_locks.clear();
        for inode in state.now.files.values() {
            lock(inode).orphan();
        }
    }

    /// The power goes: what was not synced survives only in part, by `random`.
    pub fn power_loss(&self, random: &mut dyn Random) {
        self.kill();
        let mut state = self.0.lock();
        let kept = random.below(state.journal.len() as u64 + 1) as usize;
        let journal = std::mem::take(&mut state.journal);
        for op in &journal[..kept] {
            state.durable.apply(op);
        }
        state.durable.drop_orphans(&self.0.root);
        state.now = state.durable.clone();
        for inode in state.now.files.values() {
            lock(inode).lose_power(random);
        }
    }

    /// Plans a failure, or lifts the plan.
    pub fn plan(&self, plan: Option<Plan>) {
        self.0.lock().faults.set(plan);
    }

    /// How often the present plan made a call fail.
    #[must_use]
    pub fn hits(&self) -> u64 {
        self.0.lock().faults.hits()
    }

    /// How many calls the disk has seen.
    #[must_use]
    pub fn calls(&self) -> u64 {
        self.0.lock().faults.calls()
    }

    /// How many syncs of files it has seen: what a commit costs on a real medium.
    #[must_use]
    pub fn syncs(&self) -> u64 {
        self.0.lock().syncs
    }

    /// Bytes of all files together.
    #[must_use]
    pub fn used(&self) -> u64 {
        self.0.lock().used()
    }

    /// Bounds the bytes all files together may have; `None` is no bound.
    pub fn set_capacity(&self, bytes: Option<u64>) {
        self.0.lock().capacity = bytes;
    }

    /// Fills page `page` (from 1, of `page_len` bytes) of a file with rubbish. False when the file has no such page.
    pub fn destroy_page(
        &self,
        path: &Path,
        page: usize,
        page_len: usize,
        random: &mut dyn Random,
    ) -> bool {
        let Some(inode) = path
            .to_str()
            .and_then(|path| self.0.lock().now.files.get(path).cloned())
        else {
            return false;
        };
        let mut inode = lock(&inode);
        let at = page.saturating_sub(1) * page_len;
        if page == 0 || at >= inode.len() {
            return false;
        }
        let mut rubbish = vec![0; page_len];
        random.fill(&mut rubbish);
        inode.spoil(at, &rubbish);
        true
    }

    /// Everything as a backup of the running phone would see it.
    #[must_use]
    pub fn image(&self) -> Image {
        let state = self.0.lock();
        let cut = |path: &String| path[self.0.root.len()..].to_owned();
        let files = state
            .now
            .files
            .iter()
            .map(|(path, inode)| (cut(path), lock(inode).bytes().to_vec()))
            .collect();
        Image {
            files,
            dirs: state.now.dirs.iter().map(cut).collect(),
        }
    }

    /// Puts an image in the place of everything there is, durably; open handles die.
    pub fn restore(&self, image: &Image) {
        self.kill();
        let mut state = self.0.lock();
        let back = |path: &String| format!("{}{path}", self.0.root);
        let durable = |bytes: &Vec<u8>| Arc::new(Mutex::new(Inode::durable(bytes.clone())));
        state.now = Names {
            files: image
                .files
                .iter()
                .map(|(path, bytes)| (back(path), durable(bytes)))
                .collect(),
            dirs: image.dirs.iter().map(back).collect(),
        };
        state.durable = state.now.clone();
        state.journal.clear();
    }
}

impl Image {
    /// Path below the root and bytes of every file.
    pub fn files(&self) -> impl Iterator<Item = (&str, &[u8])> {
        self.files
            .iter()
            .map(|(path, bytes)| (path.as_str(), bytes.as_slice()))
    }

    /// Whether `needle` stands in any file.
    #[must_use]
    pub fn contains(&self, needle: &[u8]) -> bool {
        let finder = memchr::memmem::Finder::new(needle);
        self.files
            .values()
            .any(|bytes| finder.find(bytes).is_some())
    }
}

impl Drop for Shared {
    fn drop(&mut self) {
        if let Some(id) = id_of(&self.root) {
            lock(&DISKS).remove(&id);
        }
    }
}

impl Shared {
    /// The disk a path lies on.
    pub(super) fn of(path: &str) -> Option<Arc<Shared>> {
        lock(&DISKS).get(&id_of(path)?)?.upgrade()
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, State> {
        lock(&self.state)
    }

    pub(super) fn open(&self, path: &str, create: bool, truncate: bool) -> Result<InodeRef> {
        let mut state = self.lock();
        let found = state.now.files.get(path).cloned();
        match found {
            Some(inode) => {
                state.enter(if truncate { Call::Grow } else { Call::Other })?;
                if truncate {
                    lock(&inode).set_len(0);
                }
                Ok(inode)
            }
            None if create => {
                state.enter(Call::Grow)?;
                if !self.has_dir(&state, parent(path)) {
                    return Err(ErrorKind::NotFound.into());
                }
                let inode = InodeRef::default();
                state.log(NameOp::Link(path.to_owned(), inode.clone()));
                Ok(inode)
            }
            None => Err(ErrorKind::NotFound.into()),
        }
    }

    pub(super) fn rename(&self, from: &str, to: &str) -> Result<()> {
        let mut state = self.lock();
        state.enter(Call::Grow)?;
        if !state.now.files.contains_key(from) || !self.has_dir(&state, parent(to)) {
            return Err(ErrorKind::NotFound.into());
        }
        state.log(NameOp::Rename(from.to_owned(), to.to_owned()));
        Ok(())
    }

    /// Removes a name; false when there is none. Open handles keep the bytes.
    pub(super) fn remove(&self, path: &str) -> Result<bool> {
        let mut state = self.lock();
        state.enter(Call::Other)?;
        let there = state.now.files.contains_key(path);
        if there {
            state.log(NameOp::Unlink(path.to_owned()));
        }
        Ok(there)
    }

    pub(super) fn make_dir(&self, path: &str) -> Result<()> {
        let mut state = self.lock();
        state.enter(Call::Grow)?;
        let mut missing = Vec::new();
        let mut at = path;
        while !self.has_dir(&state, at) {
            missing.push(at.to_owned());
            if parent(at).len() < self.root.len() {
                return Err(ErrorKind::NotFound.into());
            }
            at = parent(at);
        }
        for dir in missing.into_iter().rev() {
            state.log(NameOp::MakeDir(dir));
        }
        Ok(())
    }

    pub(super) fn remove_dir(&self, path: &str) -> Result<()> {
        let mut state = self.lock();
        state.enter(Call::Other)?;
        if !state.now.children(path).is_empty() {
            return Err(ErrorKind::DirectoryNotEmpty.into());
        }
        if state.now.dirs.contains(path) {
            state.log(NameOp::RemoveDir(path.to_owned()));
        }
        Ok(())
    }

    /// Names directly below `dir`, each with whether it is a directory.
    pub(super) fn list(&self, dir: &str) -> Result<Vec<(String, bool)>> {
        let mut state = self.lock();
        state.enter(Call::Other)?;
        Ok(state.now.children(dir))
    }

    pub(super) fn file(&self, path: &str) -> Option<InodeRef> {
        self.lock().now.files.get(path).cloned()
    }

    pub(super) fn exists(&self, path: &str) -> Result<bool> {
        let mut state = self.lock();
        state.enter(Call::Other)?;
        Ok(state.now.files.contains_key(path) || self.has_dir(&state, path))
    }

    pub(super) fn sync_dir(&self, dir: &str) -> Result<()> {
        let mut state = self.lock();
        state.enter(Call::Grow)?;
        if !self.has_dir(&state, dir) {
            return Err(ErrorKind::NotFound.into());
        }
        let (touching, rest) = std::mem::take(&mut state.journal)
            .into_iter()
            .partition(|op| op.touches(dir));
        state.journal = rest;
        let touching: Vec<NameOp> = touching;
        touching.iter().for_each(|op| state.durable.apply(op));
        Ok(())
    }

    pub(super) fn read(
        &self,
        inode: &InodeRef,
        life: u64,
        at: usize,
        out: &mut [u8],
    ) -> Result<usize> {
        let fault = self.alive(life)?.faults.count(Call::Read);
        let limit = match fault {
            Some(Fault::ShortRead) => out.len() / 2,
            Some(fault) => return Err(fault.into()),
            None => out.len(),
        };
        Ok(lock(inode).read(at, &mut out[..limit]))
    }

    pub(super) fn write(&self, inode: &InodeRef, life: u64, at: usize, bytes: &[u8]) -> Result<()> {
        let mut state = self.alive(life)?;
        state.enter(Call::Grow)?;
        let end = at.checked_add(bytes.len()).ok_or(ErrorKind::FileTooLarge)?;
        let growth = end.saturating_sub(lock(inode).len());
        state.room_for(growth)?;
        lock(inode).write(at, bytes);
        Ok(())
    }

    pub(super) fn set_len(&self, inode: &InodeRef, life: u64, len: usize) -> Result<()> {
        self.alive(life)?.enter(Call::Other)?;
        lock(inode).set_len(len);
        Ok(())
    }

    pub(super) fn sync(&self, inode: &InodeRef, life: u64) -> Result<()> {
        let mut state = self.alive(life)?;
        state.enter(Call::Grow)?;
        state.syncs += 1;
        lock(inode).sync();
        Ok(())
    }

    /// The state, if the caller's process still lives.
    pub(super) fn alive(&self, life: u64) -> Result<MutexGuard<'_, State>> {
        let state = self.lock();
        if state.life == life {
            Ok(state)
        } else {
            Err(Error::other("a handle of a dead process"))
        }
    }

    pub(super) fn free(&self) -> Option<u64> {
        let state = self.lock();
        Some(state.capacity?.saturating_sub(state.used()))
    }

    fn has_dir(&self, state: &State, path: &str) -> bool {
        path == self.root || state.now.dirs.contains(path)
    }
}

impl State {
    /// Counts a call; fails it when it is the one.
    pub(super) fn enter(&mut self, call: Call) -> Result<()> {
        self.faults
            .count(call)
            .map_or(Ok(()), |fault| Err(fault.into()))
    }

    fn log(&mut self, op: NameOp) {
        self.now.apply(&op);
        self.journal.push(op);
    }

    fn used(&self) -> u64 {
        self.now
            .files
            .values()
            .map(|inode| lock(inode).len() as u64)
            .sum()
    }

    fn room_for(&self, growth: usize) -> Result<()> {
        match self.capacity {
            Some(capacity) if growth > 0 && self.used() + growth as u64 > capacity => {
                Err(ErrorKind::StorageFull.into())
            }
            _ => Ok(()),
        }
    }
}

impl Names {
    fn apply(&mut self, op: &NameOp) {
        match op {
            NameOp::Link(path, inode) => {
                self.files.insert(path.clone(), inode.clone());
            }
            NameOp::Unlink(path) => {
                self.files.remove(path);
            }
            NameOp::Rename(from, to) => {
                if let Some(inode) = self.files.remove(from) {
                    self.files.insert(to.clone(), inode);
                }
            }
            NameOp::MakeDir(path) => {
                self.dirs.insert(path.clone());
            }
            NameOp::RemoveDir(path) => {
                self.dirs.remove(path);
            }
        }
    }

    fn children(&self, dir: &str) -> Vec<(String, bool)> {
        let below = |path: &str| {
            let name = path.strip_prefix(dir)?.strip_prefix('/')?;
            (!name.is_empty() && !name.contains('/')).then(|| name.to_owned())
        };
        let files = self
            .files
            .keys()
            .filter_map(|path| Some((below(path)?, false)));
        let dirs = self
            .dirs
            .iter()
            .filter_map(|path| Some((below(path)?, true)));
        files.chain(dirs).collect()
    }

    /// What lies in a directory that never became durable is gone with it.
    fn drop_orphans(&mut self, root: &str) {
        loop {
            let dirs = self.dirs.clone();
            let held = |path: &String| parent(path) == root || dirs.contains(parent(path));
            self.dirs.retain(held);
            self.files.retain(|path, _| held(path));
            if dirs.len() == self.dirs.len() {
                return;
            }
        }
    }
}

impl NameOp {
    fn touches(&self, dir: &str) -> bool {
        match self {
            NameOp::Link(path, _)
            | NameOp::Unlink(path)
            | NameOp::MakeDir(path)
            | NameOp::RemoveDir(path) => parent(path) == dir,
            NameOp::Rename(from, to) => parent(from) == dir || parent(to) == dir,
        }
    }
}

impl From<Fault> for Error {
    fn from(fault: Fault) -> Error {
        match fault {
            Fault::Full => ErrorKind::StorageFull.into(),
            Fault::Io => Error::other("simulated"),
            Fault::ShortRead => ErrorKind::UnexpectedEof.into(),
        }
    }
}

static DISKS: Mutex<BTreeMap<u64, Weak<Shared>>> = Mutex::new(BTreeMap::new());

fn id_of(path: &str) -> Option<u64> {
    path.strip_prefix("/sim/")?.split('/').next()?.parse().ok()
}

/// The directory part of a path.
pub(super) fn parent(path: &str) -> &str {
    path.rfind('/').map_or("", |cut| &path[..cut])
}

/// A test that panicked while holding a lock has failed already; the others go on.
pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
