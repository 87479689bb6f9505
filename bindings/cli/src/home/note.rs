//! The note an owner leaves in its home: where its socket is and the token to say there.

use std::fs::OpenOptions;
use std::io::{self, Read, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use hues_env::{Random, SystemRandom};
use serde::{Deserialize, Serialize};

const NAME: &str = "owner.json";
/// `sun_path` holds 108 bytes on Linux and Android, 104 on Apple systems, with the final zero.
const MAX_SOCKET_PATH: usize = 100;
const MAX_NOTE: u64 = 4096;

/// Who owns the home now.
#[derive(Serialize, Deserialize)]
pub(super) struct Note {
    pub(super) socket: PathBuf,
    pub(super) token: String,
    pub(super) pid: u32,
}

impl Note {
    /// A note with a fresh token, and a socket path short enough to be bound.
    pub(super) fn fresh(home: &Path) -> io::Result<Note> {
        let mut bytes = [0; 24];
        SystemRandom.fill(&mut bytes);
        let token: String = bytes.iter().map(|b| format!("{b:02x}")).collect();
        let near = home.join("owner.sock");
        let socket = if near.as_os_str().len() <= MAX_SOCKET_PATH {
            near
        } else {
            let dir = std::env::temp_dir().join(format!("hues-{}", &token[..16]));
            std::fs::DirBuilder::new().mode(0o700).create(&dir)?;
            dir.join("s")
        };
        // The socket's folder name may repeat a part of the token; what is said on the wire is the rest of it.
        let token = token[16..].to_owned();
        Ok(Note {
            socket,
            token,
            pid: std::process::id(),
        })
    }

    pub(super) fn write(&self, home: &Path) -> io::Result<()> {
        let temporary = home.join(format!("{NAME}.{}", self.pid));
        let mut file = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(true)
            .mode(0o600)
            .open(&temporary)?;
        file.write_all(&serde_json::to_vec(self)?)?;
        drop(file);
        std::fs::rename(temporary, home.join(NAME))
    }

    pub(super) fn read(home: &Path) -> Option<Note> {
        let file = std::fs::File::open(home.join(NAME)).ok()?;
        let mut text = Vec::new();
        file.take(MAX_NOTE).read_to_end(&mut text).ok()?;
        serde_json::from_slice(&text).ok()
    }

    /// Takes the note away, if it is still this process's.
    pub(super) fn remove(&self, home: &Path) {
        let mine = Note::read(home).is_some_and(|n| n.token == self.token);
        if mine {
            let _ = std::fs::remove_file(home.join(NAME));
        }
        let _ = std::fs::remove_file(&self.socket);
        if self.socket.parent() != Some(home) {
            let _ = self.socket.parent().map(std::fs::remove_dir);
        }
    }
}
