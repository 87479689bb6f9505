//! The [`Disk`] port of hues-store on the simulated disk.

use std::io::{ErrorKind, Result};
use std::path::Path;
use std::sync::Arc;

use hues_store::disk::{Disk, DiskFile, Entry, LockGuard, Mode};

use super::fault::Call;
use super::sim::{lock, InodeRef, Shared, SimDisk};
use super::vfs;

struct OpenFile {
    disk: Arc<Shared>,
    inode: InodeRef,
    life: u64,
}

impl DiskFile for OpenFile {
    fn read_at(&self, at: u64, buf: &mut [u8]) -> Result<usize> {
        self.disk.read(&self.inode, self.life, size(at)?, buf)
    }

    fn write_at(&self, at: u64, bytes: &[u8]) -> Result<()> {
        self.disk.write(&self.inode, self.life, size(at)?, bytes)
    }

    fn set_len(&self, len: u64) -> Result<()> {
        self.disk.set_len(&self.inode, self.life, size(len)?)
    }

    fn sync(&self) -> Result<()> {
        self.disk.sync(&self.inode, self.life)
    }

    fn len(&self) -> Result<u64> {
        drop(self.disk.alive(self.life)?);
        Ok(lock(&self.inode).len() as u64)
    }
}

/// Frees the lock of a process that still lives; a dead one's is free already.
struct Owner {
    disk: Arc<Shared>,
    path: String,
    life: u64,
}

impl Drop for Owner {
    fn drop(&mut self) {
        if let Ok(mut state) = self.disk.alive(self.life) {
            state.owner_locks.remove(&self.path);
        }
    }
}

impl Disk for SimDisk {
    fn vfs(&self) -> Option<&str> {
        Some(vfs::NAME)
    }

    fn open(&self, path: &Path, mode: Mode) -> Result<Box<dyn DiskFile>> {
        let inode = self
            .0
            .open(text(path)?, mode != Mode::Read, mode == Mode::Truncate)?;
        let life = self.0.lock().life;
        Ok(Box::new(OpenFile {
            disk: self.0.clone(),
            inode,
            life,
        }))
    }

    fn rename(&self, from: &Path, to: &Path) -> Result<()> {
        self.0.rename(text(from)?, text(to)?)
    }

    fn remove(&self, path: &Path) -> Result<()> {
        self.0.remove(text(path)?).map(|_| ())
    }

    fn create_dir(&self, path: &Path) -> Result<()> {
        self.0.make_dir(text(path)?)
    }

    fn remove_dir(&self, path: &Path) -> Result<()> {
        self.0.remove_dir(text(path)?)
    }

    fn list(&self, dir: &Path) -> Result<Vec<Entry>> {
        let mut out: Vec<Entry> = self
            .0
            .list(text(dir)?)?
            .into_iter()
            .map(|(name, is_dir)| Entry { name, is_dir })
            .collect();
        out.sort();
        Ok(out)
    }

    fn exists(&self, path: &Path) -> Result<bool> {
        self.0.exists(text(path)?)
    }

    fn sync_dir(&self, dir: &Path) -> Result<()> {
        self.0.sync_dir(text(dir)?)
    }

    fn free_space(&self, _dir: &Path) -> Option<u64> {
        self.0.free()
    }

    fn lock(&self, path: &Path) -> Result<LockGuard> {
        let path = text(path)?;
        self.0.open(path, true, false)?;
        let mut state = self.0.lock();
        state.enter(Call::Other)?;
        if !state.owner_locks.insert(path.to_owned()) {
            return Err(ErrorKind::WouldBlock.into());
        }
        Ok(Box::new(Owner {
            disk: self.0.clone(),
            path: path.to_owned(),
            life: state.life,
        }))
    }
}

fn text(path: &Path) -> Result<&str> {
    path.to_str().ok_or_else(|| ErrorKind::InvalidInput.into())
}

fn size(n: u64) -> Result<usize> {
    usize::try_from(n).map_err(|_| ErrorKind::FileTooLarge.into())
}
