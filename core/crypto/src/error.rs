//! What can go wrong when sealed bytes are opened. Never carries a key, a plaintext or a path.

use thiserror::Error;

/// A refusal of the sealing formats. The variants are apart because the app acts differently on each:
/// a damaged file is salvaged, a wrong key is asked for again, a newer format waits for an update.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum CryptoError {
    /// The bytes are not what was written: cut short, flipped, swapped or never of this format.
    #[error("damaged: {0}")]
    Damaged(&'static str),
    /// The bytes are whole, but this key does not open them.
    #[error("the key does not fit")]
    WrongKey,
    /// Written by a later release.
    #[error("format version {found} is newer than {known}")]
    Newer {
        /// Version found in the bytes.
        found: u16,
        /// Newest version this release knows.
        known: u16,
    },
    /// A value is outside what the format can hold (a name over 255 bytes, say).
    #[error("not representable: {0}")]
    Unrepresentable(&'static str),
    /// The writer was given more or fewer bytes than it announced.
    #[error("announced length not kept")]
    Length,
    /// The bytes could not be read or written at all.
    #[error("input or output failed: {0:?}")]
    Io(std::io::ErrorKind),
}

impl From<std::io::Error> for CryptoError {
    fn from(e: std::io::Error) -> Self {
        CryptoError::Io(e.kind())
    }
}
