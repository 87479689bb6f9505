//! The store on the simulated disk: what it acknowledged survives every power loss, every full disk, every failing call.
#![allow(missing_docs, clippy::unwrap_used)]

use std::path::PathBuf;
use std::sync::Arc;

use hues_env::{Random, SeededRandom};
use hues_lab::disk::{Fault, Plan, SimDisk};
use hues_store::disk::Disk;
use hues_store::doubles::MemoryVault;
use hues_store::vault::SlotClass;
use hues_store::{
    salvage, Durability, FileKind, FileOptions, Migration, Mirror, OpTable, Result, StoreError,
    StoreFile, Writer,
};

const KIND: FileKind<'static> = FileKind {
    name: "core",
    class: SlotClass::Background,
    migrations: &[
        Migration {
            version: 1,
            sql: "CREATE TABLE op(id INTEGER PRIMARY KEY, op_id BLOB NOT NULL, body BLOB NOT NULL)",
        },
        Migration {
            version: 2,
            sql: "CREATE INDEX op_id ON op(op_id)",
        },
    ],
    options: FileOptions {
        secure_delete: true,
    },
};
const OPS: OpTable<'static> = OpTable {
    table: "op",
    id: "op_id",
    op: "body",
    snapshot: "x''",
    filter: "1",
};
const MARKER: &[u8] = b"marker-plaintext";

struct Phone {
    disk: SimDisk,
    vault: MemoryVault,
    random: SeededRandom,
}

impl Phone {
    fn new(seed: u64) -> Phone {
        Phone {
            disk: SimDisk::new(),
            vault: MemoryVault::new(seed),
            random: SeededRandom::new(seed),
        }
    }

    fn dir(&self) -> PathBuf {
        self.disk.root().join("account")
    }

    fn open(&mut self) -> Result<(StoreFile, Writer)> {
        StoreFile::open(
            Arc::new(self.disk.clone()),
            &self.dir(),
            &KIND,
            &self.vault,
            &mut self.random,
        )
    }

    /// What a phone does: open, then file ops one by one. Counts what was acknowledged.
    fn work(&mut self, ops: u64, durability: Durability, acknowledged: &mut u64) -> Result<()> {
        let (file, mut writer) = self.open()?;
        let mirror = Mirror::open(&file)?;
        for _ in 0..ops {
            let i = *acknowledged;
            add(&mut writer, i, durability)?;
            *acknowledged += 1;
            mirror.put(&op_id(i), &body(i), b"as seen", &mut self.random)?;
        }
        Ok(())
    }

    /// How many ops the file holds, after every check that it is whole and without holes.
    fn healthy(&mut self) -> u64 {
        let (_file, mut writer) = self.open().unwrap();
        writer.verify().unwrap();
        let (count, last): (i64, Option<i64>) = writer
            .read(|s| {
                Ok::<_, StoreError>(s.query_row("SELECT count(*), max(id) FROM op", [], |r| {
                    Ok((r.get(0)?, r.get(1)?))
                })?)
            })
            .unwrap();
        assert_eq!(last.map_or(0, |id| id + 1), count, "a hole in the middle");
        count as u64
    }
}

fn op_id(i: u64) -> [u8; 16] {
    let mut id = [0; 16];
    id[8..].copy_from_slice(&i.to_be_bytes());
    id
}

fn body(i: u64) -> Vec<u8> {
    [MARKER, &vec![i as u8; 700]].concat()
}

fn add(writer: &mut Writer, i: u64, durability: Durability) -> Result<()> {
    writer
        .write(durability, |tx| {
            Ok(tx.execute(
                "INSERT INTO op VALUES (?1, ?2, ?3)",
                (i as i64, op_id(i), body(i)),
            )?)
        })
        .map(|_| ())
}

#[test]
fn readers_see_commits_through_the_log_and_no_plaintext_reaches_the_disk() {
    let mut phone = Phone::new(1);
    let (file, mut writer) = phone.open().unwrap();
    let mut reader = file.reader().unwrap();
    for i in 0..200 {
        add(&mut writer, i, Durability::Normal).unwrap();
        let seen: i64 = reader
            .read(|s| {
                Ok::<_, StoreError>(s.query_row("SELECT count(*) FROM op", [], |r| r.get(0))?)
            })
            .unwrap();
        assert_eq!(seen, i as i64 + 1);
    }
    Mirror::open(&file)
        .unwrap()
        .put(&op_id(1), &body(1), MARKER, &mut phone.random)
        .unwrap();
    assert!(phone
        .disk
        .image()
        .files()
        .any(|(path, _)| path.ends_with("-wal")));
    assert!(!phone.disk.image().contains(MARKER));
    drop((reader, writer, file));
    assert!(!phone.disk.image().contains(MARKER));
    assert_eq!(phone.healthy(), 200);
}

#[test]
fn a_power_loss_takes_nothing_that_was_acknowledged_as_full() {
    for seed in 0..300 {
        let mut phone = Phone::new(seed);
        let (mut acknowledged, ops) = (0, 1 + phone.random.below(60));
        let (file, mut writer) = phone.open().unwrap();
        for i in 0..ops {
            // A server's rows in between, which may go; the person's may not.
            let durability = if phone.random.below(3) == 0 {
                Durability::Normal
            } else {
                Durability::Full
            };
            add(&mut writer, i, durability).unwrap();
            if durability == Durability::Full {
                acknowledged = i + 1;
            }
        }
        phone.disk.power_loss(&mut SeededRandom::new(seed));
        drop((file, writer));
        let found = phone.healthy();
        assert!(
            (acknowledged..=ops).contains(&found),
            "seed {seed}: {acknowledged} acknowledged, {found} found"
        );
    }
}

#[test]
fn a_power_loss_takes_only_a_suffix_of_normal_commits() {
    let (mut lost, mut all) = (0, 0);
    for seed in 0..300 {
        let mut phone = Phone::new(seed);
        let ops = 1 + phone.random.below(60);
        let (file, mut writer) = phone.open().unwrap();
        for i in 0..ops {
            add(&mut writer, i, Durability::Normal).unwrap();
        }
        phone.disk.power_loss(&mut SeededRandom::new(seed));
        drop((file, writer));
        (lost, all) = (lost + ops - phone.healthy(), all + ops);
    }
    assert!(
        lost > 0 && lost < all,
        "{lost} of {all}: the power loss bites, and not always"
    );
}

#[test]
fn a_kill_takes_nothing_at_all_and_frees_what_was_held() {
    for seed in 0..50 {
        let mut phone = Phone::new(seed);
        let ops = 1 + phone.random.below(60);
        let (file, mut writer) = phone.open().unwrap();
        let lock = phone.disk.lock(&phone.dir().join("lock")).unwrap();
        assert!(phone.disk.lock(&phone.dir().join("lock")).is_err());
        (0..ops).for_each(|i| add(&mut writer, i, Durability::Normal).unwrap());
        phone.disk.kill();
        assert!(add(&mut writer, ops, Durability::Full).is_err());
        assert!(phone.disk.lock(&phone.dir().join("lock")).is_ok());
        drop((file, writer, lock));
        assert_eq!(phone.healthy(), ops);
    }
}

/// Runs the whole story once for each call that can fail, until the story has no such call left.
fn at_every_call(
    fault: Fault,
    stays: bool,
    mut check: impl FnMut(u64, Phone, u64, Result<()>),
) -> u64 {
    for nth in 1.. {
        let mut phone = Phone::new(7);
        phone.disk.plan(Some(Plan { fault, nth, stays }));
        let mut acknowledged = 0;
        let result = phone.work(6, Durability::Full, &mut acknowledged);
        if phone.disk.hits() == 0 {
            return nth - 1;
        }
        check(nth, phone, acknowledged, result);
    }
    unreachable!("the story ends")
}

#[test]
fn the_power_may_go_at_any_call() {
    let calls = at_every_call(Fault::Io, true, |nth, mut phone, acknowledged, result| {
        // What fails while closing, after the last op, is nobody's to report.
        assert!(result.is_err() || acknowledged == 6, "call {nth}");
        for seed in 0..4 {
            let image_before = phone.disk.image();
            phone
                .disk
                .power_loss(&mut SeededRandom::new(nth * 10 + seed));
            phone.disk.plan(None);
            let found = phone.healthy();
            assert!(
                found >= acknowledged,
                "call {nth}, seed {seed}: {acknowledged} acknowledged, {found} found"
            );
            assert!(found <= acknowledged + 1);
            phone.disk.restore(&image_before);
        }
    });
    assert!(calls > 120, "{calls}");
}

#[test]
fn the_disk_may_be_full_at_any_call() {
    for stays in [false, true] {
        let calls = at_every_call(
            Fault::Full,
            stays,
            |nth, mut phone, acknowledged, result| {
                assert!(
                    matches!(result, Ok(()) | Err(StoreError::Full)),
                    "call {nth}: {result:?}"
                );
                assert!(!stays || result.is_err() || acknowledged == 6, "call {nth}");
                phone.disk.plan(None);
                let found = phone.healthy();
                assert!(
                    found == acknowledged || found == acknowledged + 1,
                    "call {nth}: {acknowledged} then {found}"
                );
                // The same phone goes on where it stood.
                let mut more = found;
                phone.work(3, Durability::Full, &mut more).unwrap();
                assert_eq!(phone.healthy(), found + 3);
            },
        );
        assert!(calls > 50, "{calls}");
    }
}

#[test]
fn any_call_may_fail_once() {
    for fault in [Fault::Io, Fault::ShortRead] {
        let calls = at_every_call(fault, false, |nth, mut phone, acknowledged, result| {
            let typed = matches!(
                result,
                Ok(())
                    | Err(StoreError::Io(_)
                        | StoreError::Corrupt(_)
                        | StoreError::Full
                        | StoreError::Busy)
            );
            assert!(typed, "{fault:?} at call {nth}: {result:?}");
            assert!(
                fault == Fault::ShortRead || !matches!(result, Err(StoreError::Corrupt(_))),
                "call {nth}: a failing call is no damage"
            );
            phone.disk.plan(None);
            let found = phone.healthy();
            assert!(
                found == acknowledged || found == acknowledged + 1,
                "{fault:?} at {nth}: {acknowledged} then {found}"
            );
        });
        assert!(calls > 10, "{calls}");
    }
}

#[test]
fn a_small_disk_fills_up_keeps_all_and_works_again_with_room() {
    let mut phone = Phone::new(3);
    let mut acknowledged = 0;
    phone.disk.set_capacity(Some(120_000));
    let refused = phone.work(1_000, Durability::Full, &mut acknowledged);
    assert_eq!(refused, Err(StoreError::Full));
    assert!(acknowledged > 5);
    phone.disk.set_capacity(None);
    assert_eq!(phone.healthy(), acknowledged);
    phone.work(5, Durability::Full, &mut acknowledged).unwrap();
    assert_eq!(phone.healthy(), acknowledged);
}

#[test]
fn database_and_mirror_lose_power_together_and_both_keep_what_they_acknowledged() {
    for seed in 0..100 {
        let mut phone = Phone::new(seed);
        let mut acknowledged = 0;
        phone
            .work(1 + seed % 20, Durability::Full, &mut acknowledged)
            .unwrap();
        phone.disk.power_loss(&mut SeededRandom::new(seed));
        let (file, _writer) = phone.open().unwrap();
        let mirror = Mirror::open(&file).unwrap();
        let wanted: Vec<_> = (0..acknowledged).map(op_id).collect();
        assert_eq!(mirror.missing(&wanted).unwrap(), Vec::<[u8; 16]>::new());
        for i in 0..acknowledged {
            assert_eq!(mirror.get(&op_id(i)).unwrap().op[..], body(i)[..]);
        }
    }
}

#[test]
fn with_any_one_page_destroyed_every_mirrored_op_survives_a_power_loss_in_the_repair_too() {
    let mut phone = Phone::new(5);
    let mut acknowledged = 0;
    phone.work(30, Durability::Full, &mut acknowledged).unwrap();
    let whole = phone.disk.image();
    let database = phone.dir().join("core.db");
    let pages = whole
        .files()
        .find(|(path, _)| path.ends_with("core.db"))
        .map(|(_, bytes)| bytes.len() / 4096)
        .unwrap();
    assert!(pages > 8);
    for page in 1..=pages {
        phone.disk.restore(&whole);
        let mut random = SeededRandom::new(page as u64);
        assert!(phone.disk.destroy_page(&database, page, 4096, &mut random));
        let found = phone.open().and_then(|(_, mut writer)| writer.verify());
        assert!(
            matches!(found, Err(StoreError::Corrupt(_))),
            "page {page}: {found:?}"
        );
        // The battery dies somewhere in the repair; the repair is called again.
        let disk: Arc<dyn Disk> = Arc::new(phone.disk.clone());
        phone.disk.plan(Some(Plan {
            fault: Fault::Io,
            nth: 1 + random.below(60),
            stays: true,
        }));
        let _ = StoreFile::quarantine_and_recreate(disk.clone(), &phone.dir(), &KIND, &phone.vault);
        phone.disk.plan(None);
        phone.disk.power_loss(&mut random);
        let (file, mut writer, aside) =
            StoreFile::quarantine_and_recreate(disk, &phone.dir(), &KIND, &phone.vault).unwrap();
        let saved = salvage(&file, aside.database.as_deref(), &OPS).unwrap();
        assert_eq!(saved.ops.len() as u64, acknowledged, "page {page}");
        writer.verify().unwrap();
    }
}

#[test]
fn a_seed_replays_the_disk() {
    let story = |seed| {
        let mut phone = Phone::new(seed);
        let mut acknowledged = 0;
        phone
            .work(20, Durability::Normal, &mut acknowledged)
            .unwrap();
        phone.disk.power_loss(&mut SeededRandom::new(seed));
        (phone.healthy(), phone.disk.calls(), phone.disk.syncs())
    };
    for seed in 0..20 {
        assert_eq!(story(seed), story(seed));
    }
}

#[test]
fn a_quarantine_cut_at_any_call_loses_no_row_of_what_it_sets_aside() {
    for nth in 1.. {
        let mut phone = Phone::new(11);
        let (file, mut writer) = phone.open().unwrap();
        for i in 0..9 {
            add(&mut writer, i, Durability::Full).unwrap();
        }
        // The battery dies with the commits still in the log, and there is no mirror.
        phone.disk.power_loss(&mut SeededRandom::new(nth));
        drop((file, writer));
        let disk: Arc<dyn Disk> = Arc::new(phone.disk.clone());
        phone.disk.plan(Some(Plan {
            fault: Fault::Io,
            nth,
            stays: true,
        }));
        let cut =
            StoreFile::quarantine_and_recreate(disk.clone(), &phone.dir(), &KIND, &phone.vault);
        let hits = phone.disk.hits();
        drop(cut);
        phone.disk.plan(None);
        phone.disk.power_loss(&mut SeededRandom::new(nth + 1));
        // Whoever opens it now finds everything, or is told that it is damaged; never a file with commits missing.
        match phone.open() {
            Ok((file, mut writer)) => {
                let count: i64 = writer
                    .read(|s| {
                        Ok::<_, StoreError>(
                            s.query_row("SELECT count(*) FROM op", [], |r| r.get(0))?,
                        )
                    })
                    .unwrap();
                let told = !file.set_aside().unwrap().is_empty();
                assert!(count == 9 || (count == 0 && told), "call {nth}: {count}");
            }
            Err(e) => assert!(matches!(e, StoreError::Corrupt(_)), "call {nth}: {e}"),
        }
        let (file, _writer, aside) =
            StoreFile::quarantine_and_recreate(disk.clone(), &phone.dir(), &KIND, &phone.vault)
                .unwrap();
        let mut found = std::collections::BTreeSet::new();
        let listed = disk.list(&file.beside("aside")).unwrap();
        for entry in listed.iter().filter(|entry| entry.name.ends_with(".db")) {
            let path = file.beside("aside").join(&entry.name);
            found.extend(salvage(&file, Some(&path), &OPS).unwrap().ops.into_keys());
        }
        assert!(aside.database.is_some(), "call {nth}");
        assert_eq!(found.len(), 9, "call {nth}: {listed:?}");
        if hits == 0 {
            assert!(nth > 10);
            return;
        }
    }
}
