//! One file's bytes: as the running system sees them, as the medium has them, and the writes between the two.
//!
//! Invariant: `current` is `synced` with all of `pending` applied in order; only a sync or a power loss changes `synced`.

use std::sync::Arc;

use hues_env::Random;

use super::vfs::Shm;

/// Sectors are written whole or not at all.
const SECTOR: usize = 512;

#[derive(Debug, Clone)]
enum Write {
    Bytes { at: usize, bytes: Vec<u8> },
    Length(usize),
}

#[derive(Default)]
pub(super) struct Inode {
    current: Vec<u8>,
    synced: Vec<u8>,
    pending: Vec<Write>,
    pub(super) locks: Locks,
    pub(super) shm: Arc<Shm>,
}

/// SQLite's locks on a database file, of all connections together.
#[derive(Debug, Default)]
pub(super) struct Locks {
    pub(super) shared: usize,
    pub(super) reserved: bool,
    pub(super) pending: bool,
    pub(super) exclusive: bool,
}

impl Inode {
    /// A file whose bytes are on the medium already.
    pub(super) fn durable(bytes: Vec<u8>) -> Inode {
        Inode {
            current: bytes.clone(),
            synced: bytes,
            ..Inode::default()
        }
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.current
    }

    pub(super) fn len(&self) -> usize {
        self.current.len()
    }

    pub(super) fn read(&self, at: usize, out: &mut [u8]) -> usize {
        let there = self.current.get(at..).unwrap_or_default();
        let n = there.len().min(out.len());
        out[..n].copy_from_slice(&there[..n]);
        n
    }

    pub(super) fn write(&mut self, at: usize, bytes: &[u8]) {
        let write = Write::Bytes {
            at,
            bytes: bytes.to_vec(),
        };
        apply(&mut self.current, &write);
        self.pending.push(write);
    }

    pub(super) fn set_len(&mut self, len: usize) {
        let write = Write::Length(len);
        apply(&mut self.current, &write);
        self.pending.push(write);
    }

    pub(super) fn sync(&mut self) {
        for write in self.pending.drain(..) {
            apply(&mut self.synced, &write);
        }
    }

    /// The process died: its locks and its shared memory are gone, the bytes are the operating system's.
    pub(super) fn orphan(&mut self) {
        self.locks = Locks::default();
        self.shm = Arc::default();
    }

    /// The power went: of each write since the last sync all, some sectors or nothing reached the medium.
    pub(super) fn lose_power(&mut self, random: &mut dyn Random) {
        self.orphan();
        for write in std::mem::take(&mut self.pending) {
            match random.below(4) {
                0 => {}
                1 => tear(&mut self.synced, &write, random),
                _ => apply(&mut self.synced, &write),
            }
        }
        self.current.clone_from(&self.synced);
    }

    /// Overwrites bytes below everyone's feet, on the medium and in the cache.
    pub(super) fn spoil(&mut self, at: usize, bytes: &[u8]) {
        self.sync();
        for content in [&mut self.current, &mut self.synced] {
            let end = content.len().min(at.saturating_add(bytes.len()));
            if at < end {
                content[at..end].copy_from_slice(&bytes[..end - at]);
            }
        }
    }
}

fn apply(content: &mut Vec<u8>, write: &Write) {
    match write {
        Write::Length(len) => content.resize(*len, 0),
        Write::Bytes { at, bytes } => {
            let end = at + bytes.len();
            if content.len() < end {
                content.resize(end, 0);
            }
            content[*at..end].copy_from_slice(bytes);
        }
    }
}

/// Applies a random subset of the sectors a write touches.
fn tear(content: &mut Vec<u8>, write: &Write, random: &mut dyn Random) {
    let Write::Bytes { at, bytes } = write else {
        return;
    };
    let mut from = 0;
    while from < bytes.len() {
        let to = (((at + from) / SECTOR + 1) * SECTOR - at).min(bytes.len());
        if random.below(2) == 0 {
            apply(
                content,
                &Write::Bytes {
                    at: at + from,
                    bytes: bytes[from..to].to_vec(),
                },
            );
        }
        from = to;
    }
}
