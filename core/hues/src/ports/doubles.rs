//! Doubles of the ports, for tests, the terminal shell and the sandbox city. None of them belongs in an app that citizens use.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use hues_crypto::{aead, SecretKey};
use hues_env::SystemRandom;
use hues_store::disk::{write_durably, RealDisk};

use super::{Clock, ClockReading, HostError, KeyVault, LogEvent, LogSink, SlotClass, VaultError};

/// A key vault in software: slot keys live in memory or in one file. It keeps nobody out who can read that file.
pub struct SoftwareVault {
    file: Option<PathBuf>,
    hardware: bool,
    slots: Mutex<BTreeMap<String, SecretKey>>,
    refusing: Mutex<Option<VaultError>>,
}

impl SoftwareVault {
    /// A vault that dies with the process.
    #[must_use]
    pub fn in_memory() -> Arc<SoftwareVault> {
        Arc::new(SoftwareVault {
            file: None,
            hardware: false,
            slots: Mutex::default(),
            refusing: Mutex::default(),
        })
    }

    /// A vault whose keys live in `file`, made when it is not there. `hardware` is only what it says of itself.
    ///
    /// # Errors
    /// The file cannot be read or is not one of ours.
    pub fn in_file(file: PathBuf, hardware: bool) -> Result<Arc<SoftwareVault>, VaultError> {
        let mut slots = BTreeMap::new();
        match std::fs::read_to_string(&file) {
            Ok(text) => {
                for line in text.lines() {
                    let (name, key) = line.split_once(' ').ok_or(VaultError::Failed)?;
                    let mut key = crate::ids::unhex::<32>(key).ok_or(VaultError::Failed)?;
                    slots.insert(name.to_owned(), SecretKey::take(&mut key));
                }
            }
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => {}
            Err(_) => return Err(VaultError::Failed),
        }
        Ok(Arc::new(SoftwareVault {
            file: Some(file),
            hardware,
            slots: Mutex::new(slots),
            refusing: Mutex::default(),
        }))
    }

    /// From now on every call fails with `error`; `None` makes it work again.
    pub fn refuse(&self, error: Option<VaultError>) {
        *self.refusing.lock().unwrap_or_else(PoisonError::into_inner) = error;
    }

    fn willing(&self) -> Result<(), VaultError> {
        match &*self.refusing.lock().unwrap_or_else(PoisonError::into_inner) {
            Some(e) => Err(e.clone()),
            None => Ok(()),
        }
    }

    fn change(&self, f: impl FnOnce(&mut BTreeMap<String, SecretKey>)) -> Result<(), VaultError> {
        let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        f(&mut slots);
        if let Some(file) = &self.file {
            let text: String = slots
                .iter()
                .map(|(n, k)| format!("{n} {}\n", crate::ids::hex(k.expose())))
                .collect();
            let text = zeroize::Zeroizing::new(text);
            write_durably(&RealDisk, file, text.as_bytes()).map_err(|_| VaultError::Failed)?;
        }
        Ok(())
    }

    fn with_key<R>(&self, name: &str, f: impl FnOnce(&SecretKey) -> R) -> Result<R, VaultError> {
        self.willing()?;
        let slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        slots.get(name).map(f).ok_or(VaultError::Gone)
    }
}

impl KeyVault for SoftwareVault {
    fn create(&self, name: String, _class: SlotClass) -> Result<(), VaultError> {
        self.willing()?;
        self.change(|slots| {
            slots
                .entry(name)
                .or_insert_with(|| SecretKey::random(&mut SystemRandom));
        })
    }

    fn seal(
        &self,
        name: String,
        associated: Vec<u8>,
        secret: Vec<u8>,
    ) -> Result<Vec<u8>, VaultError> {
        let secret = zeroize::Zeroizing::new(secret);
        self.with_key(&name, |key| {
            aead::seal(key, &associated, &secret, &mut SystemRandom)
        })
    }

    fn open(
        &self,
        name: String,
        associated: Vec<u8>,
        sealed: Vec<u8>,
    ) -> Result<Vec<u8>, VaultError> {
        self.with_key(&name, |key| aead::open(key, &associated, &sealed))?
            .map(|plain| plain.to_vec())
            .map_err(|_| VaultError::Mismatch)
    }

    fn destroy(&self, name: String) -> Result<(), VaultError> {
        self.change(|slots| {
            slots.remove(&name);
        })
    }

    fn hardware(&self) -> Result<bool, VaultError> {
        Ok(self.hardware)
    }
}

/// A clock that stands where it is put.
#[derive(Debug)]
pub struct SetClock(Mutex<ClockReading>);

impl SetClock {
    /// Starts at `wall_ms` of boot 1.
    #[must_use]
    pub fn at(wall_ms: i64) -> Arc<SetClock> {
        Arc::new(SetClock(Mutex::new(ClockReading {
            wall_ms,
            mono_ms: 0,
            boot: 1,
        })))
    }

    /// Both clocks go on by `ms`.
    pub fn advance(&self, ms: u64) {
        let mut now = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        now.wall_ms += ms as i64;
        now.mono_ms += ms;
    }

    /// The wall clock jumps; time itself does not.
    pub fn set_wall(&self, wall_ms: i64) {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .wall_ms = wall_ms;
    }

    /// A boot: the monotonic clock starts anew.
    pub fn reboot(&self, wall_ms: i64) {
        let mut now = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *now = ClockReading {
            wall_ms,
            mono_ms: 0,
            boot: now.boot + 1,
        };
    }
}

impl Clock for SetClock {
    fn now(&self) -> ClockReading {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Keeps events in memory.
#[derive(Debug, Default)]
pub struct MemoryLog(Mutex<Vec<LogEvent>>);

impl MemoryLog {
    /// What was logged so far.
    #[must_use]
    pub fn events(&self) -> Vec<LogEvent> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}

impl LogSink for MemoryLog {
    fn log(&self, event: LogEvent) -> Result<(), HostError> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(event);
        Ok(())
    }
}
