//! After each kill: what lies on the disk is whole, as it lies there and as the next start finds it.
//!
//! Invariant: a copy is looked at, so that the process that is started next meets what the killed one left, and nothing else.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use hues_city::storage::{SqliteStorage, StorageError};
use hues_core::desk::{slots, Desk, SessionSlot, Surroundings};
use hues_core::ports::doubles::SoftwareVault;
use hues_core::ports::{NoLog, SystemClock};
use hues_core::probe::NoProbe;
use hues_core::HueError;
use hues_env::SystemRandom;
use hues_store::disk::RealDisk;
use hues_store::Home;

use crate::process::Trouble;

/// Every account of a phone: pages, trees, references, search index; session; nothing half-written and no log left after closing.
///
/// # Errors
/// What is not whole.
pub fn phone(home: &Path) -> Result<(), Trouble> {
    with_copy(home, |copy| {
        let wrong = |e: HueError| Trouble::new("integrity", format!("phone: {e:?}"));
        let accounts = opened(copy).map_err(wrong)?;
        for (name, faults) in accounts {
            must(faults.is_empty(), || format!("{name}: {faults:?}"))?;
        }
        Ok(())
    })
}

/// What is wrong with each account's files.
fn opened(copy: &Path) -> Result<Vec<(String, Vec<String>)>, HueError> {
    let disk = Arc::new(RealDisk);
    let keys = SoftwareVault::in_file(copy.join("vault.keys"), false);
    let vault = slots(keys.map_err(|_| HueError::Locked)?);
    let home = Home::open(disk.clone(), copy)?;
    let mut found = Vec::new();
    for id in home.accounts()? {
        let dir = home.account_dir(&id);
        let session = SessionSlot::open(disk.clone(), &dir, &*vault)?;
        session.verify()?;
        let ticket = session.load()?;
        let on = Surroundings {
            disk: disk.clone(),
            vault: vault.clone(),
            clock: Arc::new(SystemClock),
            log: Arc::new(NoLog),
            probe: Arc::new(NoProbe),
            random: Box::new(SystemRandom),
            root: [0; 32],
            listen: false,
        };
        let mut desk = Desk::open(&dir, on, ticket.as_ref())?;
        let mut faults = desk.faults()?;
        let gaps = desk.index_gaps()?;
        if !gaps.is_empty() {
            faults.push(format!("search index: {gaps:?}"));
        }
        drop((desk, session));
        faults.extend(left_over(&dir));
        found.push((dir.display().to_string(), faults));
    }
    Ok(found)
}

/// Files that a closed account does not have: half-written ones, logs with something in them.
fn left_over(dir: &Path) -> Vec<String> {
    let Ok(entries) = fs::read_dir(dir) else {
        return vec!["the folder is gone".into()];
    };
    let strange = |entry: &fs::DirEntry| {
        let name = entry.file_name().to_string_lossy().into_owned();
        let full = entry.metadata().is_ok_and(|file| file.len() > 0);
        name.ends_with(".tmp") || (name.ends_with("-wal") && full)
    };
    let left = entries.flatten().filter(strange);
    left.map(|entry| format!("left over: {}", entry.path().display()))
        .collect()
}

/// A city's database and each of its backups.
///
/// # Errors
/// What is not whole.
pub fn city(data: &Path) -> Result<(), Trouble> {
    with_copy(data, |copy| {
        let mut files = vec![copy.join("city.db")];
        let backups = fs::read_dir(copy.join("backups"));
        let backups = backups.into_iter().flatten().flatten();
        files.extend(
            backups
                .map(|entry| entry.path())
                .filter(|path| path.extension().is_some_and(|end| end == "db")),
        );
        for file in files {
            let wrong = |e: StorageError| {
                Trouble::new("integrity", format!("city, {}: {e}", file.display()))
            };
            let storage = SqliteStorage::open_on(&file, None).map_err(wrong)?;
            storage.verify().map_err(wrong)?;
        }
        Ok(())
    })
}

fn must(held: bool, what: impl FnOnce() -> String) -> Result<(), Trouble> {
    match held {
        true => Ok(()),
        false => Err(Trouble::new("integrity", what())),
    }
}

/// Looks at a copy of a folder, which goes again if it is whole.
fn with_copy(
    folder: &Path,
    look: impl FnOnce(&Path) -> Result<(), Trouble>,
) -> Result<(), Trouble> {
    let copy = folder.with_extension("check");
    let io = |e: std::io::Error| Trouble::io("copy", &e);
    if copy.exists() {
        fs::remove_dir_all(&copy).map_err(io)?;
    }
    copied(folder, &copy).map_err(io)?;
    look(&copy)?;
    fs::remove_dir_all(&copy).map_err(io)
}

fn copied(from: &Path, to: &Path) -> std::io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let into = to.join(entry.file_name());
        match entry.file_type()? {
            kind if kind.is_dir() => copied(&entry.path(), &into)?,
            kind if kind.is_file() => drop(fs::copy(entry.path(), into)?),
            // A socket of a process that is no more.
            _ => {}
        }
    }
    Ok(())
}
