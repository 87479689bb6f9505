//! Files sealed at rest in chunks: a photo can be written as it comes, and any range read without the rest.
//!
//! Invariant: every byte is authenticated in its place. Each file has its own key, derived from the parent key, the
//! file's random id, its whole header and the caller's context, so no nonce repeats and a chunk fits one file, one index and
//! one role only. The last chunk says so in its nonce: cutting, extending, swapping or flipping gives
//! [`CryptoError::Damaged`]. The header's checksum and key check part damage from a wrong key.
//!
//! Layout of version 1, integers big-endian:
//! ```text
//! header, 60 bytes
//!    8  magic "HUESSEAL"
//!    2  version
//!    1  chunk size as a power of two: 16, 64 KiB
//!    1  reserved, 0
//!   16  file id, random
//!    8  plaintext length
//!   16  key check: HKDF-SHA-256(file key, "hues/sealed-file-check/v1")
//!    8  first bytes of SHA-256 over everything above
//! then ⌈length / 64 KiB⌉ chunks, at least one
//!    n  ciphertext, 65,536 bytes but for the last
//!   16  tag
//! file key = HKDF-SHA-256(parent, salt = file id, "hues/sealed-file/v1", first 36 header bytes ‖ context)
//! nonce    = 3 zero bytes ‖ 1 if last else 0 ‖ chunk index (8)
//! ```

use std::io::Write;
use std::ops::Range;

use hues_env::Random;
use ring::digest::{digest, SHA256};
use zeroize::Zeroizing;

use crate::aead::{open_in_place, seal_in_place, NONCE_LEN, TAG_LEN};
use crate::derive::derive;
use crate::error::CryptoError;
use crate::secret::{equal, SecretKey};

const MAGIC: &[u8; 8] = b"HUESSEAL";
const CHUNK_LOG2: u8 = 16;
const BOUND_LEN: usize = 36;
/// Newest sealed-file version this release writes and reads.
pub const SEALED_FILE_VERSION: u16 = 1;
/// Plaintext bytes of every chunk but the last.
pub const CHUNK_LEN: usize = 1 << CHUNK_LOG2;
/// Bytes before the first chunk.
pub const HEADER_LEN: usize = 60;

/// Something that can be read at an offset: a slice, or a file on a disk.
pub trait ReadAt {
    /// Fills `buf` from `at`.
    ///
    /// # Errors
    /// Any [`std::io::Error`]; `UnexpectedEof` when there are not enough bytes.
    fn read_exact_at(&self, at: u64, buf: &mut [u8]) -> std::io::Result<()>;

    /// Total length in bytes.
    ///
    /// # Errors
    /// Any [`std::io::Error`].
    fn size(&self) -> std::io::Result<u64>;
}

impl ReadAt for [u8] {
    fn read_exact_at(&self, at: u64, buf: &mut [u8]) -> std::io::Result<()> {
        let from = usize::try_from(at)
            .ok()
            .and_then(|at| self.get(at..at.checked_add(buf.len())?))
            .ok_or(std::io::ErrorKind::UnexpectedEof)?;
        buf.copy_from_slice(from);
        Ok(())
    }

    fn size(&self) -> std::io::Result<u64> {
        Ok(self.len() as u64)
    }
}

/// How long the sealed form of `plaintext_len` bytes is.
#[must_use]
pub fn sealed_len(plaintext_len: u64) -> u64 {
    (HEADER_LEN as u64)
        .saturating_add(plaintext_len)
        .saturating_add(chunk_count(plaintext_len).saturating_mul(TAG_LEN as u64))
}

fn chunk_count(plaintext_len: u64) -> u64 {
    plaintext_len.div_ceil(CHUNK_LEN as u64).max(1)
}

/// The header and the key below it.
struct Frame {
    key: SecretKey,
    len: u64,
}

impl Frame {
    fn create(
        parent: &SecretKey,
        context: &[u8],
        len: u64,
        random: &mut dyn Random,
    ) -> (Frame, [u8; HEADER_LEN]) {
        let mut header = [0; HEADER_LEN];
        header[..8].copy_from_slice(MAGIC);
        header[8..10].copy_from_slice(&SEALED_FILE_VERSION.to_be_bytes());
        header[10] = CHUNK_LOG2;
        random.fill(&mut header[12..28]);
        header[28..36].copy_from_slice(&len.to_be_bytes());
        let key = file_key(parent, context, &header);
        header[36..52].copy_from_slice(&file_check(&key));
        let sum = checksum(&header);
        header[52..].copy_from_slice(&sum);
        (Frame { key, len }, header)
    }

    fn parse(
        parent: &SecretKey,
        context: &[u8],
        header: &[u8; HEADER_LEN],
    ) -> Result<Frame, CryptoError> {
        if !header.starts_with(MAGIC) || checksum(header) != header[52..] {
            return Err(CryptoError::Damaged("sealed-file header"));
        }
        let version = u16::from_be_bytes([header[8], header[9]]);
        if version > SEALED_FILE_VERSION {
            return Err(CryptoError::Newer {
                found: version,
                known: SEALED_FILE_VERSION,
            });
        }
        if version != SEALED_FILE_VERSION || header[10] != CHUNK_LOG2 || header[11] != 0 {
            return Err(CryptoError::Damaged("sealed-file header"));
        }
        let key = file_key(parent, context, header);
        if !equal(&file_check(&key), &header[36..52]) {
            return Err(CryptoError::WrongKey);
        }
        let mut len = [0; 8];
        len.copy_from_slice(&header[28..36]);
        Ok(Frame {
            key,
            len: u64::from_be_bytes(len),
        })
    }

    fn nonce(&self, index: u64) -> [u8; NONCE_LEN] {
        let mut nonce = [0; NONCE_LEN];
        nonce[3] = u8::from(index + 1 == chunk_count(self.len));
        nonce[4..].copy_from_slice(&index.to_be_bytes());
        nonce
    }

    /// Plaintext length of chunk `index`.
    fn chunk_len(&self, index: u64) -> usize {
        let start = index.saturating_mul(CHUNK_LEN as u64);
        self.len.saturating_sub(start).min(CHUNK_LEN as u64) as usize
    }
}

fn file_key(parent: &SecretKey, context: &[u8], header: &[u8; HEADER_LEN]) -> SecretKey {
    let mut bound = header[..BOUND_LEN].to_vec();
    bound.extend_from_slice(context);
    derive(parent, &header[12..28], "hues/sealed-file/v1", &bound)
}

fn file_check(key: &SecretKey) -> [u8; 16] {
    *derive::<16>(key, &[], "hues/sealed-file-check/v1", &[]).expose()
}

fn checksum(header: &[u8; HEADER_LEN]) -> [u8; 8] {
    let mut out = [0; 8];
    out.copy_from_slice(&digest(&SHA256, &header[..52]).as_ref()[..8]);
    out
}

/// Writes a sealed file front to back. Dropping it before [`SealedWriter::finish`] leaves a file that reads as damaged.
pub struct SealedWriter<W: Write> {
    out: W,
    frame: Frame,
    index: u64,
    taken: u64,
    buffer: Zeroizing<Vec<u8>>,
}

impl<W: Write> SealedWriter<W> {
    /// Starts a file of exactly `len` plaintext bytes under `parent`, bound to `context` (not stored; the reader must
    /// know it: a purpose and an id, say).
    ///
    /// # Errors
    /// [`CryptoError::Io`] from `out`.
    pub fn new(
        mut out: W,
        parent: &SecretKey,
        context: &[u8],
        len: u64,
        random: &mut dyn Random,
    ) -> Result<Self, CryptoError> {
        let (frame, header) = Frame::create(parent, context, len, random);
        out.write_all(&header)?;
        let buffer = Zeroizing::new(Vec::with_capacity(frame.chunk_len(0)));
        Ok(SealedWriter {
            out,
            frame,
            index: 0,
            taken: 0,
            buffer,
        })
    }

    /// Takes the next plaintext bytes.
    ///
    /// # Errors
    /// [`CryptoError::Length`] beyond the announced length, [`CryptoError::Io`] from the output.
    pub fn write(&mut self, mut bytes: &[u8]) -> Result<(), CryptoError> {
        self.taken = self
            .taken
            .checked_add(bytes.len() as u64)
            .ok_or(CryptoError::Length)?;
        if self.taken > self.frame.len {
            return Err(CryptoError::Length);
        }
        while !bytes.is_empty() {
            let (head, tail) = bytes.split_at(bytes.len().min(CHUNK_LEN - self.buffer.len()));
            self.buffer.extend_from_slice(head);
            bytes = tail;
            if self.buffer.len() == CHUNK_LEN {
                self.flush_chunk()?;
            }
        }
        Ok(())
    }

    /// Writes the last chunk and gives the output back. Making it durable is the caller's.
    ///
    /// # Errors
    /// [`CryptoError::Length`] when bytes are missing, [`CryptoError::Io`] from the output.
    pub fn finish(mut self) -> Result<W, CryptoError> {
        if self.taken != self.frame.len {
            return Err(CryptoError::Length);
        }
        if self.index < chunk_count(self.frame.len) {
            self.flush_chunk()?;
        }
        Ok(self.out)
    }

    fn flush_chunk(&mut self) -> Result<(), CryptoError> {
        let tag = seal_in_place(
            &self.frame.key,
            self.frame.nonce(self.index),
            &[],
            &mut self.buffer,
        );
        self.out.write_all(&self.buffer)?;
        self.out.write_all(&tag)?;
        self.buffer.clear();
        self.index += 1;
        Ok(())
    }
}

/// Reads a sealed file, whole or by range.
pub struct SealedReader<R> {
    source: R,
    frame: Frame,
}

impl<R: std::ops::Deref<Target = T>, T: ReadAt + ?Sized> SealedReader<R> {
    /// Opens the file: the header is checked and the length compared, no chunk is read yet.
    ///
    /// # Errors
    /// [`CryptoError::Damaged`], [`CryptoError::WrongKey`], [`CryptoError::Newer`], [`CryptoError::Io`].
    pub fn open(source: R, parent: &SecretKey, context: &[u8]) -> Result<Self, CryptoError> {
        let size = source.size()?;
        if size < HEADER_LEN as u64 {
            return Err(CryptoError::Damaged("sealed file cut short"));
        }
        let mut header = [0; HEADER_LEN];
        source.read_exact_at(0, &mut header)?;
        let frame = Frame::parse(parent, context, &header)?;
        if size != sealed_len(frame.len) {
            return Err(CryptoError::Damaged("sealed-file length"));
        }
        Ok(SealedReader { source, frame })
    }

    /// Plaintext length in bytes.
    #[must_use]
    pub fn plaintext_len(&self) -> u64 {
        self.frame.len
    }

    /// The plaintext of `range`, cut at the end of the file. Only the chunks it touches are read.
    ///
    /// # Errors
    /// [`CryptoError::Damaged`] when a chunk is not what was written, [`CryptoError::Io`].
    pub fn read_range(&self, range: Range<u64>) -> Result<Zeroizing<Vec<u8>>, CryptoError> {
        let (start, end) = (range.start, range.end.min(self.frame.len));
        if start >= end {
            return Ok(Zeroizing::new(Vec::new()));
        }
        let mut out = Zeroizing::new(Vec::with_capacity((end - start) as usize));
        for index in start / CHUNK_LEN as u64..end.div_ceil(CHUNK_LEN as u64) {
            let first = index * CHUNK_LEN as u64;
            let chunk = self.chunk(index)?;
            let from = start.saturating_sub(first) as usize;
            let to = (end - first).min(chunk.len() as u64) as usize;
            out.extend_from_slice(&chunk[from..to]);
        }
        Ok(out)
    }

    /// The whole plaintext, if it is at most `limit` bytes.
    ///
    /// # Errors
    /// [`CryptoError::Unrepresentable`] above `limit`; else as [`SealedReader::read_range`]. An empty file is checked too.
    pub fn read_all(&self, limit: u64) -> Result<Zeroizing<Vec<u8>>, CryptoError> {
        if self.frame.len > limit {
            return Err(CryptoError::Unrepresentable(
                "sealed file over the reader's limit",
            ));
        }
        if self.frame.len == 0 {
            return self.chunk(0);
        }
        self.read_range(0..self.frame.len)
    }

    fn chunk(&self, index: u64) -> Result<Zeroizing<Vec<u8>>, CryptoError> {
        let len = self.frame.chunk_len(index);
        let mut buffer = Zeroizing::new(vec![0; len + TAG_LEN]);
        let at = HEADER_LEN as u64 + index * (CHUNK_LEN + TAG_LEN) as u64;
        self.source.read_exact_at(at, &mut buffer)?;
        let plain = open_in_place(&self.frame.key, self.frame.nonce(index), &[], &mut buffer)?;
        buffer.truncate(plain);
        Ok(buffer)
    }
}

/// Seals `plaintext` whole.
#[must_use]
pub fn seal_bytes(
    parent: &SecretKey,
    context: &[u8],
    plaintext: &[u8],
    random: &mut dyn Random,
) -> Vec<u8> {
    let out = Vec::with_capacity(sealed_len(plaintext.len() as u64) as usize);
    let sealed = SealedWriter::new(out, parent, context, plaintext.len() as u64, random).and_then(
        |mut writer| {
            writer.write(plaintext)?;
            writer.finish()
        },
    );
    match sealed {
        Ok(bytes) => bytes,
        Err(_) => unreachable!("a Vec takes every write and the length is the slice's own"),
    }
}

/// Opens what [`seal_bytes`] or a [`SealedWriter`] made, if its plaintext is at most `limit` bytes.
///
/// # Errors
/// As [`SealedReader::open`] and [`SealedReader::read_all`].
pub fn open_bytes(
    parent: &SecretKey,
    context: &[u8],
    sealed: &[u8],
    limit: u64,
) -> Result<Zeroizing<Vec<u8>>, CryptoError> {
    SealedReader::open(sealed, parent, context)?.read_all(limit)
}

#[cfg(test)]
mod tests;
