//! The phone's own file system.
//!
//! Invariant: `sync` means durable as far as the system lets us say it: `fsync` on Linux and Android, `F_FULLFSYNC` on
//! Apple systems (what `File::sync_all` does there).

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{ErrorKind, Result};
use std::os::unix::fs::FileExt;
use std::path::Path;

use super::{Disk, DiskFile, Entry, LockGuard, Mode};

/// The system's disk.
#[derive(Debug, Clone, Copy, Default)]
pub struct RealDisk;

impl DiskFile for File {
    fn read_at(&self, at: u64, buf: &mut [u8]) -> Result<usize> {
        let mut done = 0;
        while done < buf.len() {
            match FileExt::read_at(self, &mut buf[done..], at + done as u64) {
                Ok(0) => break,
                Ok(n) => done += n,
                Err(e) if e.kind() == ErrorKind::Interrupted => {}
                Err(e) => return Err(e),
            }
        }
        Ok(done)
    }

    fn write_at(&self, at: u64, bytes: &[u8]) -> Result<()> {
        self.write_all_at(bytes, at)
    }

    fn set_len(&self, len: u64) -> Result<()> {
        File::set_len(self, len)
    }

    fn sync(&self) -> Result<()> {
        self.sync_all()
    }

    fn len(&self) -> Result<u64> {
        Ok(self.metadata()?.len())
    }
}

impl Disk for RealDisk {
    fn vfs(&self) -> Option<&str> {
        None
    }

    fn open(&self, path: &Path, mode: Mode) -> Result<Box<dyn DiskFile>> {
        let writes = mode != Mode::Read;
        let file = OpenOptions::new()
            .read(true)
            .write(writes)
            .create(writes)
            .truncate(mode == Mode::Truncate)
            .open(path)?;
        Ok(Box::new(file))
    }

    fn rename(&self, from: &Path, to: &Path) -> Result<()> {
        fs::rename(from, to)
    }

    fn remove(&self, path: &Path) -> Result<()> {
        missing_is_fine(fs::remove_file(path))
    }

    fn create_dir(&self, path: &Path) -> Result<()> {
        fs::create_dir_all(path)
    }

    fn remove_dir(&self, path: &Path) -> Result<()> {
        missing_is_fine(fs::remove_dir(path))
    }

    fn list(&self, dir: &Path) -> Result<Vec<Entry>> {
        let entries = match fs::read_dir(dir) {
            Err(e) if e.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
            other => other?,
        };
        let mut out = Vec::new();
        for entry in entries {
            let entry = entry?;
            // A name we did not make (not UTF-8) is none of ours.
            if let Ok(name) = entry.file_name().into_string() {
                out.push(Entry {
                    name,
                    is_dir: entry.file_type()?.is_dir(),
                });
            }
        }
        out.sort();
        Ok(out)
    }

    fn exists(&self, path: &Path) -> Result<bool> {
        fs::exists(path)
    }

    fn sync_dir(&self, dir: &Path) -> Result<()> {
        File::open(dir)?.sync_all()
    }

    fn free_space(&self, dir: &Path) -> Option<u64> {
        let stat = rustix::fs::statvfs(dir).ok()?;
        stat.f_bavail.checked_mul(stat.f_frsize)
    }

    fn lock(&self, path: &Path) -> Result<LockGuard> {
        let file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(path)?;
        match file.try_lock() {
            Ok(()) => Ok(Box::new(file)),
            Err(TryLockError::WouldBlock) => Err(ErrorKind::WouldBlock.into()),
            Err(TryLockError::Error(e)) => Err(e),
        }
    }
}

fn missing_is_fine(result: Result<()>) -> Result<()> {
    match result {
        Err(e) if e.kind() == ErrorKind::NotFound => Ok(()),
        other => other,
    }
}
