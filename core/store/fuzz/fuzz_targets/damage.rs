//! Any damage to the files of an account: opening works or says what is wrong, a repair ends, and every unsent op whose
//! mirror file was not touched comes back byte for byte.
#![no_main]

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, OnceLock};

use hues_env::SeededRandom;
use hues_store::disk::RealDisk;
use hues_store::doubles::MemoryVault;
use hues_store::vault::SlotClass;
use hues_store::{
    salvage, Durability, FileKind, FileOptions, Migration, Mirror, OpTable, StoreError, StoreFile,
};
use libfuzzer_sys::fuzz_target;

const SCHEMA: &[Migration] = &[Migration {
    version: 1,
    sql: "CREATE TABLE op(row INTEGER PRIMARY KEY, id BLOB NOT NULL, op BLOB NOT NULL);",
}];
const KIND: FileKind<'_> = FileKind {
    name: "core",
    class: SlotClass::Background,
    migrations: SCHEMA,
    options: FileOptions {
        secure_delete: true,
    },
};
const OPS: OpTable<'_> = OpTable {
    table: "op",
    id: "id",
    op: "op",
    snapshot: "x''",
    filter: "1",
};
const UNSENT: u8 = 4;

/// Files as they were before the damage, and the vault that holds their key.
struct Sound {
    files: Vec<(String, Vec<u8>)>,
    vault: MemoryVault,
}

fn op(n: u8) -> Vec<u8> {
    vec![n; 700 * usize::from(n + 1)]
}

fn sound() -> &'static Sound {
    static SOUND: OnceLock<Sound> = OnceLock::new();
    SOUND.get_or_init(|| {
        let dir = tempfile::tempdir().expect("a folder");
        let (vault, mut random) = (MemoryVault::new(1), SeededRandom::new(2));
        let disk = Arc::new(RealDisk);
        let (file, mut writer) =
            StoreFile::open(disk, dir.path(), &KIND, &vault, &mut random).expect("a file");
        let mirror = Mirror::open(&file).expect("a mirror");
        for n in 0..UNSENT {
            let wrote = writer.write(Durability::Full, |tx| {
                tx.execute("INSERT INTO op(id, op) VALUES (?1, ?2)", ([n; 16], op(n)))?;
                Ok(())
            });
            wrote.expect("a row");
            mirror
                .put(&[n; 16], &op(n), b"row", &mut random)
                .expect("a mirrored op");
        }
        drop((writer, mirror, file));
        let mut files = Vec::new();
        read(dir.path(), "", &mut files);
        Sound { files, vault }
    })
}

fn read(dir: &Path, below: &str, out: &mut Vec<(String, Vec<u8>)>) {
    let mut entries: Vec<_> = std::fs::read_dir(dir)
        .expect("a folder")
        .flatten()
        .collect();
    entries.sort_by_key(std::fs::DirEntry::file_name);
    for entry in entries {
        let name = format!("{below}{}", entry.file_name().to_string_lossy());
        match entry.path().is_dir() {
            true => read(&entry.path(), &format!("{name}/"), out),
            false => out.push((name, std::fs::read(entry.path()).expect("a file"))),
        }
    }
}

fuzz_target!(|damage: Vec<(u8, u8, u32, u8)>| {
    let sound = sound();
    let mut files: BTreeMap<&str, Option<Vec<u8>>> = BTreeMap::new();
    for (name, bytes) in &sound.files {
        files.insert(name, Some(bytes.clone()));
    }
    let names: Vec<&str> = files.keys().copied().collect();
    for (which, how, at, value) in damage {
        let name = names[usize::from(which) % names.len()];
        hit(
            files.get_mut(name).expect("a file"),
            how,
            at as usize,
            value,
        );
    }
    let dir = tempfile::tempdir().expect("a folder");
    for (name, bytes) in &files {
        let path = dir.path().join(name);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        if let Some(bytes) = bytes {
            std::fs::write(path, bytes).expect("a file");
        }
    }
    // Which ops' mirrors are as they were.
    let whole: Vec<u8> = (0..UNSENT)
        .filter(|n| {
            let name = sound.files.iter().find(|(name, _)| name.contains(&hex(*n)));
            name.is_some_and(|(name, bytes)| files[name.as_str()].as_ref() == Some(bytes))
        })
        .collect();
    judge(dir.path(), &sound.vault, &whole);
});

/// How an id looks in the name of its mirror file.
fn hex(n: u8) -> String {
    format!("{n:02x}").repeat(16)
}

fn hit(file: &mut Option<Vec<u8>>, how: u8, at: usize, value: u8) {
    let Some(bytes) = file.as_mut().filter(|bytes| !bytes.is_empty()) else {
        *file = (how % 6 == 4).then(|| vec![value; at % 5_000]);
        return;
    };
    let at = at % bytes.len();
    match how % 6 {
        0 => bytes[at] ^= value,
        1 => bytes.truncate(at),
        2 => *file = None,
        3 => {
            let page = at / 4_096 * 4_096;
            let end = (page + 4_096).min(bytes.len());
            bytes[page..end].fill(value);
        }
        4 => bytes.extend(std::iter::repeat_n(value, at % 5_000)),
        _ => bytes.rotate_left(at),
    }
}

fn judge(dir: &Path, vault: &MemoryVault, whole: &[u8]) {
    let (disk, mut random) = (Arc::new(RealDisk), SeededRandom::new(3));
    let found = match StoreFile::open(disk.clone(), dir, &KIND, vault, &mut random) {
        Ok((file, mut writer)) => {
            // Damage deeper down shows when it is read; that is an error of its kind, too.
            let rows: Result<i64, StoreError> =
                writer.read(|tx| Ok(tx.query_row("SELECT count(*) FROM op", [], |r| r.get(0))?));
            let _ = rows;
            salvage(&file, None, &OPS)
        }
        Err(StoreError::Corrupt(_)) => {
            let Ok((file, _writer, aside)) =
                StoreFile::quarantine_and_recreate(disk, dir, &KIND, vault)
            else {
                return; // without any key there is nothing to repair with
            };
            salvage(&file, aside.database.as_deref(), &OPS)
        }
        Err(_) => return,
    };
    let found = found.expect("a mirror that can be listed");
    for n in whole {
        let back = found
            .ops
            .get(&[*n; 16])
            .expect("an op whose mirror is whole");
        assert_eq!(
            (back.op.as_slice(), back.snapshot.as_slice()),
            (&op(*n)[..], &b"row"[..])
        );
    }
    for (id, mirrored) in &found.ops {
        // Whatever comes back under an id is that op and no other.
        assert_eq!(mirrored.op.as_slice(), op(id[0]));
    }
}
