//! Every file that is not SQLite's goes through a [`Disk`], and so does the choice of the VFS SQLite itself uses.
//!
//! Invariant: what [`write_durably`] has acknowledged survives a power loss whole, and what it has not acknowledged is
//! either the old file or the new one, never a mixture. The laboratory's disk carries these files and the databases
//! alike, so that both lose power together.

use std::io::{Error, ErrorKind, Result};
use std::path::{Path, PathBuf};

mod real;

pub use real::RealDisk;

/// How a file is opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// An existing file, to read.
    Read,
    /// An existing or a new file, to read and write; the content stays.
    Write,
    /// A new or emptied file, to read and write.
    Truncate,
}

/// What a directory holds.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Entry {
    /// Name within the directory.
    pub name: String,
    /// Whether it is a directory itself.
    pub is_dir: bool,
}

/// An open file.
pub trait DiskFile: Send {
    /// Reads into `buf` from `at`, and says how many bytes there were (fewer only at the end of the file).
    ///
    /// # Errors
    /// The system's.
    fn read_at(&self, at: u64, buf: &mut [u8]) -> Result<usize>;
    /// Writes all of `bytes` at `at`, growing the file where needed.
    ///
    /// # Errors
    /// `StorageFull` when there is no room; part of `bytes` may then be written.
    fn write_at(&self, at: u64, bytes: &[u8]) -> Result<()>;
    /// Cuts or extends with zeros.
    ///
    /// # Errors
    /// The system's.
    fn set_len(&self, len: u64) -> Result<()>;
    /// Makes content and length durable (`F_FULLFSYNC` on Apple systems). The name is [`Disk::sync_dir`]'s.
    ///
    /// # Errors
    /// The system's. After a failed sync the content counts as unknown.
    fn sync(&self) -> Result<()>;
    /// Length in bytes.
    ///
    /// # Errors
    /// The system's.
    fn len(&self) -> Result<u64>;
    /// Whether there are no bytes.
    ///
    /// # Errors
    /// The system's.
    fn is_empty(&self) -> Result<bool> {
        Ok(self.len()? == 0)
    }
}

/// Held for as long as the lock is; dropping it (or the end of the process) frees it.
pub type LockGuard = Box<dyn std::any::Any + Send + Sync>;

/// The file operations the store needs. Paths are absolute.
pub trait Disk: Send + Sync {
    /// Name of the SQLite VFS that lies on this disk; `None` is the system's.
    fn vfs(&self) -> Option<&str>;
    /// Opens a file.
    ///
    /// # Errors
    /// `NotFound` for [`Mode::Read`] of a missing file, else the system's.
    fn open(&self, path: &Path, mode: Mode) -> Result<Box<dyn DiskFile>>;
    /// Renames over whatever is there, atomically. Durable after [`Disk::sync_dir`].
    ///
    /// # Errors
    /// The system's.
    fn rename(&self, from: &Path, to: &Path) -> Result<()>;
    /// Removes a file; a missing one is no error. Durable after [`Disk::sync_dir`].
    ///
    /// # Errors
    /// The system's.
    fn remove(&self, path: &Path) -> Result<()>;
    /// Makes a directory and the missing ones above it; an existing one is no error.
    ///
    /// # Errors
    /// The system's.
    fn create_dir(&self, path: &Path) -> Result<()>;
    /// Removes an empty directory; a missing one is no error.
    ///
    /// # Errors
    /// The system's.
    fn remove_dir(&self, path: &Path) -> Result<()>;
    /// What lies in a directory, by name; empty for a missing one.
    ///
    /// # Errors
    /// The system's.
    fn list(&self, dir: &Path) -> Result<Vec<Entry>>;
    /// Whether there is a file or directory.
    ///
    /// # Errors
    /// The system's.
    fn exists(&self, path: &Path) -> Result<bool>;
    /// Makes the names in a directory durable: creations, renames, removals.
    ///
    /// # Errors
    /// The system's.
    fn sync_dir(&self, dir: &Path) -> Result<()>;
    /// Bytes an app may still write below `dir`; `None` when the system does not say.
    fn free_space(&self, dir: &Path) -> Option<u64>;
    /// Takes the advisory lock of a file (made if missing) for this process.
    ///
    /// # Errors
    /// `WouldBlock` when someone else holds it.
    fn lock(&self, path: &Path) -> Result<LockGuard>;
}

/// Reads a whole file of at most `limit` bytes.
///
/// # Errors
/// `NotFound`, `FileTooLarge` above `limit`, `Other` when the disk gives fewer bytes than the file has, else the system's.
pub fn read(disk: &dyn Disk, path: &Path, limit: u64) -> Result<Vec<u8>> {
    let file = disk.open(path, Mode::Read)?;
    let len = file.len()?;
    if len > limit {
        return Err(Error::from(ErrorKind::FileTooLarge));
    }
    let mut out = vec![0; usize::try_from(len).map_err(|_| Error::from(ErrorKind::FileTooLarge))?];
    // The file has these bytes and does not give them: the disk's doing, not damage.
    match file.read_at(0, &mut out)? == out.len() {
        true => Ok(out),
        false => Err(Error::from(ErrorKind::Other)),
    }
}

/// Writes a file so that it is durable and whole when this returns: temporary file, sync, rename, sync of the
/// directory. When it fails, the old file (or none) is still there.
///
/// # Errors
/// `StorageFull` or the system's. The temporary file is removed where that still works, and swept by
/// [`sweep_temporary`] where it does not.
pub fn write_durably(disk: &dyn Disk, path: &Path, bytes: &[u8]) -> Result<()> {
    write_durably_with(disk, path, |file| file.write_at(0, bytes))
}

/// [`write_durably`] for content that `fill` writes piece by piece.
///
/// # Errors
/// As [`write_durably`], and whatever `fill` refuses with.
pub fn write_durably_with<E: From<Error>>(
    disk: &dyn Disk,
    path: &Path,
    fill: impl FnOnce(&dyn DiskFile) -> std::result::Result<(), E>,
) -> std::result::Result<(), E> {
    let temporary = temporary_path(path);
    let written = (|| {
        let file = disk.open(&temporary, Mode::Truncate)?;
        fill(&*file)?;
        file.sync()?;
        Ok(())
    })();
    let placed = written.and_then(|()| disk.rename(&temporary, path).map_err(E::from));
    if let Err(e) = placed {
        // Room comes back at once if the disk is full; if even this fails, the sweep at the next open does it.
        let _ = disk.remove(&temporary);
        return Err(e);
    }
    disk.sync_dir(parent(path)).map_err(E::from)
}

/// Makes a directory whose name is durable when this returns. An empty one may have been made by a process that died before it synced the name: nothing was
/// promised in it, and without this everything written later would hang on a name that a power loss takes.
///
/// # Errors
/// The system's.
pub(crate) fn ensure_dir(disk: &dyn Disk, dir: &Path) -> Result<()> {
    let named = disk.exists(dir)?;
    if named && (hues_env::planted!("folder-name-lost") || !disk.list(dir)?.is_empty()) {
        return Ok(());
    }
    disk.create_dir(dir)?;
    disk.sync_dir(parent(dir))
}

/// Removes what an interrupted [`write_durably`] left in `dir`.
///
/// # Errors
/// The system's.
pub fn sweep_temporary(disk: &dyn Disk, dir: &Path) -> Result<()> {
    for entry in disk.list(dir)? {
        if !entry.is_dir && entry.name.ends_with(TEMPORARY) {
            disk.remove(&dir.join(entry.name))?;
        }
    }
    Ok(())
}

/// Removes a directory with everything below it, names made durable bottom up. A missing one is no error.
///
/// # Errors
/// The system's; what is left can be removed by calling again.
pub fn remove_tree(disk: &dyn Disk, dir: &Path) -> Result<()> {
    for entry in disk.list(dir)? {
        let path = dir.join(&entry.name);
        if entry.is_dir {
            remove_tree(disk, &path)?;
        } else {
            disk.remove(&path)?;
        }
    }
    disk.remove_dir(dir)?;
    match disk.sync_dir(parent(dir)) {
        Err(e) if e.kind() == ErrorKind::NotFound => Ok(()),
        other => other,
    }
}

/// The directory of `path`; the root's is itself.
#[must_use]
pub fn parent(path: &Path) -> &Path {
    path.parent().unwrap_or(path)
}

const TEMPORARY: &str = ".tmp";

fn temporary_path(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(TEMPORARY);
    PathBuf::from(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durable_writes_replace_whole_files_and_leave_nothing_behind() {
        let dir = tempfile::tempdir().unwrap();
        let (disk, path) = (RealDisk, dir.path().join("a"));
        write_durably(&disk, &path, b"one").unwrap();
        write_durably(&disk, &path, b"second").unwrap();
        assert_eq!(read(&disk, &path, 100).unwrap(), b"second");
        assert_eq!(
            read(&disk, &path, 5).unwrap_err().kind(),
            ErrorKind::FileTooLarge
        );
        let refused =
            write_durably_with(&disk, &path, |_| Err(Error::from(ErrorKind::StorageFull)));
        assert_eq!(refused.unwrap_err().kind(), ErrorKind::StorageFull);
        assert_eq!(
            disk.list(dir.path()).unwrap(),
            [Entry {
                name: "a".into(),
                is_dir: false
            }]
        );
        assert_eq!(read(&disk, &path, 100).unwrap(), b"second");
    }

    #[test]
    fn the_lock_is_held_once_even_in_one_process() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("lock");
        let held = RealDisk.lock(&path).unwrap();
        assert_eq!(
            RealDisk.lock(&path).err().map(|e| e.kind()),
            Some(ErrorKind::WouldBlock)
        );
        drop(held);
        assert!(RealDisk.lock(&path).is_ok());
    }

    #[test]
    fn trees_go_and_missing_things_are_no_error() {
        let dir = tempfile::tempdir().unwrap();
        let tree = dir.path().join("t");
        RealDisk.create_dir(&tree.join("a/b")).unwrap();
        write_durably(&RealDisk, &tree.join("a/b/f"), b"x").unwrap();
        remove_tree(&RealDisk, &tree).unwrap();
        assert!(!RealDisk.exists(&tree).unwrap());
        remove_tree(&RealDisk, &tree).unwrap();
        RealDisk.remove(&tree).unwrap();
        assert!(RealDisk.list(&tree).unwrap().is_empty());
        assert!(RealDisk.free_space(dir.path()).unwrap() > 0);
    }
}
