//! The first files of a process, opened by many threads at once. Alone in its binary on purpose: only the very first key of a process sets SQLCipher up.
//!
//! Without [`StoreFile`]'s care for that moment one start in some 150 failed here.
#![allow(missing_docs, clippy::unwrap_used)]

use std::sync::{Arc, Barrier};

use hues_env::SeededRandom;
use hues_store::disk::RealDisk;
use hues_store::{FileKey, FileOptions, Migration, StoreFile};

const THREADS: u64 = 16;

#[test]
fn many_first_files_at_once_all_open() {
    let gate = Arc::new(Barrier::new(THREADS as usize));
    let opened: Vec<_> = (0..THREADS)
        .map(|seed| {
            let gate = gate.clone();
            std::thread::spawn(move || {
                let dir = tempfile::tempdir().unwrap();
                let key = FileKey::random(&mut SeededRandom::new(seed));
                let schema = [Migration {
                    version: 1,
                    sql: "CREATE TABLE t(id INTEGER PRIMARY KEY)",
                }];
                let disk = Arc::new(RealDisk);
                gate.wait();
                StoreFile::open_with_key(
                    disk,
                    dir.path(),
                    "core",
                    key,
                    &schema,
                    FileOptions::default(),
                )
                .map(|_| ())
            })
        })
        .collect();
    for thread in opened {
        assert_eq!(thread.join().unwrap(), Ok(()));
    }
}
