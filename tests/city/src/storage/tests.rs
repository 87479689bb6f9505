use super::*;

fn both(
    case: impl Fn(&mut dyn FnMut(&mut dyn FnMut(&mut dyn Tx) -> Result<(), StorageError>) -> bool),
) {
    let mut memory = MemoryStorage::new();
    case(&mut |body| memory.transaction(|tx| body(tx)).is_ok());
    let mut sqlite = SqliteStorage::in_memory().unwrap();
    case(&mut |body| sqlite.transaction(|tx| body(tx)).is_ok());
    let dir = tempfile::tempdir().unwrap();
    let mut file = SqliteStorage::open(dir.path()).unwrap();
    case(&mut |body| file.transaction(|tx| body(tx)).is_ok());
}

#[test]
fn an_error_leaves_no_trace() {
    both(|run| {
        assert!(run(&mut |tx| tx.put(Table::Meta, b"a", b"1")));
        assert!(!run(&mut |tx| {
            tx.put(Table::Meta, b"a", b"2")?;
            tx.put(Table::Meta, b"b", b"2")?;
            tx.delete(Table::Meta, b"a")?;
            Err(StorageError::NoBackup)
        }));
        assert!(run(&mut |tx| {
            assert_eq!(tx.get(Table::Meta, b"a")?.as_deref(), Some(&b"1"[..]));
            assert_eq!(tx.get(Table::Meta, b"b")?, None);
            Ok(())
        }));
    });
}

#[test]
fn a_scan_keeps_to_its_prefix_and_order() {
    both(|run| {
        assert!(run(&mut |tx| {
            for key in [&b"a"[..], b"b\x00", b"b\x01", b"b\xff", b"b\xff\xff", b"c"] {
                tx.put(Table::Row, key, key)?;
            }
            tx.put(Table::Log, b"b\x02", b"other table")?;
            let keys = |pairs: Vec<Pair>| pairs.into_iter().map(|(key, _)| key).collect::<Vec<_>>();
            assert_eq!(
                keys(tx.scan(Table::Row, b"b", b"", 9)?),
                [&b"b\x00"[..], b"b\x01", b"b\xff", b"b\xff\xff"]
            );
            assert_eq!(
                keys(tx.scan(Table::Row, b"b", b"\x01", 1)?),
                [&b"b\xff"[..]]
            );
            assert_eq!(
                keys(tx.scan(Table::Row, b"b\xff", b"", 9)?),
                [&b"b\xff"[..], b"b\xff\xff"]
            );
            assert_eq!(tx.scan(Table::Row, b"", b"", 99)?.len(), 6);
            Ok(())
        }));
    });
}

fn back_and_forth(storage: &mut impl Storage) {
    let set = |s: &mut _, v: &[u8]| -> Result<(), StorageError> {
        Storage::transaction(s, |tx| tx.put(Table::Meta, b"k", v))
    };
    set(storage, b"old").unwrap();
    storage.backup("first").unwrap();
    set(storage, b"new").unwrap();
    assert!(matches!(
        storage.restore("second"),
        Err(StorageError::NoBackup)
    ));
    assert!(storage.backup("../evil").is_err());
    storage.restore("first").unwrap();
    let value: Result<_, StorageError> = storage.transaction(|tx| tx.get(Table::Meta, b"k"));
    assert_eq!(value.unwrap().as_deref(), Some(&b"old"[..]));
    set(storage, b"after").unwrap();
    assert_eq!(storage.backups().unwrap(), ["first"]);
}

#[test]
fn a_backup_brings_the_old_state_back() {
    back_and_forth(&mut MemoryStorage::new());
    back_and_forth(&mut SqliteStorage::in_memory().unwrap());
    let dir = tempfile::tempdir().unwrap();
    back_and_forth(&mut SqliteStorage::open(dir.path()).unwrap());
}

#[test]
fn one_folder_one_city() {
    let dir = tempfile::tempdir().unwrap();
    let mut first = SqliteStorage::open(dir.path()).unwrap();
    let _: Result<(), StorageError> = first.transaction(|tx| tx.put(Table::Meta, b"k", b"v"));
    assert!(SqliteStorage::open(dir.path()).is_err());
}
