//! A directory of sealed files beside a database: the mirror's and the attachments'.
//!
//! Invariant: what [`SealedDir::put`] acknowledged is durable, whole, and opens only under its own id and purpose; a
//! name tells nothing but a random id. The key comes from the file key by HKDF, so erasing the slot erases these too.

use std::io::Write;
use std::path::PathBuf;
use std::sync::Arc;

use hues_crypto::sealed_file::{ReadAt, SealedReader, SealedWriter};
use hues_crypto::SecretKey;
use hues_env::Random;
use zeroize::Zeroizing;

use crate::disk::{ensure_dir, sweep_temporary, write_durably_with, Disk, DiskFile, Mode};
use crate::error::{Result, StoreError};
use crate::file::StoreFile;

/// Id of a sealed file, and its name in hex.
pub type SealedId = [u8; 16];

/// A directory of sealed files.
pub struct SealedDir {
    disk: Arc<dyn Disk>,
    dir: PathBuf,
    key: SecretKey,
    purpose: &'static str,
}

impl SealedDir {
    /// The attachments of a store file: `name.files/`.
    ///
    /// # Errors
    /// The disk's.
    pub fn attachments(file: &StoreFile) -> Result<SealedDir> {
        SealedDir::new(file, "files", "hues/attachment/v1")
    }

    /// The directory `name.suffix/` under the key for `purpose`, made if missing, swept of interrupted writes.
    pub(crate) fn new(file: &StoreFile, suffix: &str, purpose: &'static str) -> Result<SealedDir> {
        let (disk, dir) = (file.disk().clone(), file.beside(suffix));
        ensure_dir(&*disk, &dir)?;
        sweep_temporary(&*disk, &dir)?;
        Ok(SealedDir {
            disk,
            dir,
            key: file.key().derived(purpose),
            purpose,
        })
    }

    /// Seals `bytes` under `id`, durably; an older file of that id is replaced.
    ///
    /// # Errors
    /// `Full`, `Io`: the older file, or none, is still there.
    pub fn put(&self, id: &SealedId, bytes: &[u8], random: &mut dyn Random) -> Result<()> {
        self.put_with(id, bytes.len() as u64, random, |writer| writer.push(bytes))
    }

    /// [`SealedDir::put`] for content of exactly `len` bytes that `fill` pushes piece by piece.
    ///
    /// # Errors
    /// As [`SealedDir::put`]; `Bounds` when `fill` pushed another length; what `fill` returned.
    pub fn put_with(
        &self,
        id: &SealedId,
        len: u64,
        random: &mut dyn Random,
        fill: impl FnOnce(&mut Pieces<'_>) -> Result<()>,
    ) -> Result<()> {
        write_durably_with(&*self.disk, &self.path(id), |file| {
            let out = Append { file, at: 0 };
            let mut pieces = Pieces(SealedWriter::new(
                out,
                &self.key,
                &self.context(id),
                len,
                random,
            )?);
            fill(&mut pieces)?;
            pieces.0.finish()?;
            Ok(())
        })
    }

    /// Opens a file for reading by range.
    ///
    /// # Errors
    /// `NotFound`, `Corrupt`, `WrongKey`, `Newer`.
    pub fn open(&self, id: &SealedId) -> Result<SealedSource> {
        let source = Box::new(Source(self.disk.open(&self.path(id), Mode::Read)?));
        Ok(SealedSource(SealedReader::open(
            source,
            &self.key,
            &self.context(id),
        )?))
    }

    /// The whole content of a file of at most `limit` bytes.
    ///
    /// # Errors
    /// As [`SealedDir::open`]; `Bounds` above `limit`.
    pub fn get(&self, id: &SealedId, limit: u64) -> Result<Zeroizing<Vec<u8>>> {
        Ok(self.open(id)?.0.read_all(limit)?)
    }

    /// Removes a file; a missing one is no error. A power loss may bring it back: whoever asks again removes it again.
    ///
    /// # Errors
    /// The disk's.
    pub fn remove(&self, id: &SealedId) -> Result<()> {
        Ok(self.disk.remove(&self.path(id))?)
    }

    /// Makes removals durable.
    ///
    /// # Errors
    /// The disk's.
    pub fn sync(&self) -> Result<()> {
        Ok(self.disk.sync_dir(&self.dir)?)
    }

    /// Ids of all files, ascending. Foreign names are passed over.
    ///
    /// # Errors
    /// The disk's.
    pub fn list(&self) -> Result<Vec<SealedId>> {
        Ok(self
            .disk
            .list(&self.dir)?
            .iter()
            .filter(|e| !e.is_dir)
            .filter_map(|e| parse_id(&e.name))
            .collect())
    }

    /// What a planted bug leaves behind.
    #[cfg(hues_planted)]
    pub(crate) fn leave(&self, bytes: &[u8]) -> Result<()> {
        Ok(crate::disk::write_durably(
            &*self.disk,
            &self.dir.join("draft.left"),
            bytes,
        )?)
    }

    fn path(&self, id: &SealedId) -> PathBuf {
        self.dir.join(format!("{:032x}", u128::from_be_bytes(*id)))
    }

    fn context(&self, id: &SealedId) -> Vec<u8> {
        [self.purpose.as_bytes(), &[0], id].concat()
    }
}

/// Takes the pieces of a file that is being sealed.
pub struct Pieces<'a>(SealedWriter<Append<'a>>);

impl Pieces<'_> {
    /// Takes the next bytes.
    ///
    /// # Errors
    /// `Full`, `Io`; `Bounds` beyond the announced length.
    pub fn push(&mut self, bytes: &[u8]) -> Result<()> {
        Ok(self.0.write(bytes)?)
    }
}

/// An open sealed file.
pub struct SealedSource(SealedReader<Box<Source>>);

impl SealedSource {
    /// Plaintext length in bytes.
    #[must_use]
    pub fn plaintext_len(&self) -> u64 {
        self.0.plaintext_len()
    }

    /// The plaintext of `range`, cut at the end of the file; only the 64 KiB chunks it touches are read.
    ///
    /// # Errors
    /// `Corrupt`, `Io`.
    pub fn read_range(&self, range: std::ops::Range<u64>) -> Result<Zeroizing<Vec<u8>>> {
        Ok(self.0.read_range(range)?)
    }
}

struct Source(Box<dyn DiskFile>);

impl ReadAt for Source {
    fn read_exact_at(&self, at: u64, buf: &mut [u8]) -> std::io::Result<()> {
        use std::io::ErrorKind::{Other, UnexpectedEof};
        if self.0.read_at(at, buf)? == buf.len() {
            return Ok(());
        }
        // Bytes that the file has and the disk does not give are no damage.
        let cut = at.saturating_add(buf.len() as u64) > self.0.len()?;
        Err(if cut { UnexpectedEof } else { Other }.into())
    }

    fn size(&self) -> std::io::Result<u64> {
        self.0.len()
    }
}

struct Append<'a> {
    file: &'a dyn DiskFile,
    at: u64,
}

impl Write for Append<'_> {
    fn write(&mut self, buf: &[u8]) -> std::io::Result<usize> {
        self.file.write_at(self.at, buf)?;
        self.at += buf.len() as u64;
        Ok(buf.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

fn parse_id(name: &str) -> Option<SealedId> {
    let canonical = name.len() == 32
        && name
            .bytes()
            .all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
    canonical
        .then(|| u128::from_str_radix(name, 16).ok())
        .flatten()
        .map(u128::to_be_bytes)
}

impl std::fmt::Debug for SealedSource {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SealedSource({} bytes)", self.plaintext_len())
    }
}

/// Refuses content above `limit` before anything is written.
pub(crate) fn within(len: usize, limit: u64, what: &'static str) -> Result<()> {
    if len as u64 <= limit {
        Ok(())
    } else {
        Err(StoreError::Bounds(what))
    }
}
