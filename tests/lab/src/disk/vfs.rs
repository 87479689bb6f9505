//! The SQLite VFS over the simulated disk: the only file of the laboratory with `unsafe` in it.
//!
//! Why it is sound:
//! - SQLite allocates `szOsFile` bytes for each file and hands the same pointer to every method between a successful `xOpen` and
//!   `xClose`. We put a [`RawFile`] there (`repr(C)`, its first field is the `sqlite3_file` SQLite expects) whose `handle`
//!   comes from `Box::into_raw` in `xOpen` and goes back through `Box::from_raw` in `xClose`, once. `xOpen` sets `pMethods` to null
//!   before it can fail, so SQLite never calls a method on a file without a handle.
//! - Buffers and paths that SQLite passes are valid for the call and of the length it says; paths are NUL-terminated.
//! - Shared memory is raw, zeroed heap memory that lives until the last handle that mapped it is closed ([`Shm`] in an
//!   `Arc`), so no pointer SQLite keeps can dangle, not even after `kill`. All access to it goes through raw pointers
//!   under SQLite's own shm locks and barrier; Rust never makes a reference into it.
//! - Nothing unwinds out of a callback: no method panics (locks recover from poison, arithmetic is checked).

#![allow(unsafe_code)]

use std::alloc::{alloc_zeroed, dealloc, Layout};
use std::ffi::{c_char, c_int, c_void, CStr};
use std::io::{Error, ErrorKind};
use std::mem::size_of;
use std::sync::{Arc, Mutex, Once};
use std::{ptr, slice};

use rusqlite::ffi::{
    self, sqlite3_file, sqlite3_filename, sqlite3_int64, sqlite3_io_methods, sqlite3_vfs,
};

use super::inode::Locks;
use super::sim::{lock, parent, InodeRef, Shared};

/// Name the VFS is registered under. One serves all disks: the path says which (`/sim/<id>/…`).
pub(super) const NAME: &str = "hues-sim";
const C_NAME: &CStr = c"hues-sim";

const OK: c_int = ffi::SQLITE_OK;
const REGION: usize = 32 * 1024;
const SLOTS: usize = ffi::SQLITE_SHM_NLOCK as usize;

/// The shared memory of one database file (SQLite's wal-index) and its locks.
#[derive(Default)]
pub(super) struct Shm(Mutex<ShmState>);

#[derive(Default)]
struct ShmState {
    regions: Vec<*mut u8>,
    /// Above 0: that many share it; -1: held alone.
    locks: [i32; SLOTS],
}

// SAFETY: the pointers are to heap memory owned by this value; see the argument at the top for who touches it.
unsafe impl Send for ShmState {}

impl Drop for ShmState {
    fn drop(&mut self) {
        for region in self.regions.drain(..) {
            // SAFETY: allocated in `region` below with this very layout, freed only here.
            unsafe { dealloc(region, region_layout()) }
        }
    }
}

impl Shm {
    /// Region `index`, made (with those before it) when `extend` says so; null when it does not exist.
    fn region(&self, index: usize, extend: bool) -> Option<*mut u8> {
        let mut state = lock(&self.0);
        while state.regions.len() <= index {
            if !extend {
                return Some(ptr::null_mut());
            }
            // SAFETY: the layout is not empty.
            let region = unsafe { alloc_zeroed(region_layout()) };
            if region.is_null() {
                return None;
            }
            state.regions.push(region);
        }
        state.regions.get(index).copied()
    }
}

fn region_layout() -> Layout {
    Layout::new::<[u64; REGION / 8]>()
}

struct Handle {
    disk: Arc<Shared>,
    inode: InodeRef,
    life: u64,
    level: c_int,
    shm: Option<Arc<Shm>>,
    held: [i8; SLOTS],
    delete_on_close: Option<String>,
    /// Directory to sync with the first sync of the file: what SQLite's own VFS does for a new log or journal.
    sync_name: Option<String>,
}

impl Handle {
    /// Whether the process that opened the file still lives.
    fn alive(&self) -> bool {
        self.disk.alive(self.life).is_ok()
    }

    fn lock(&mut self, want: c_int) -> c_int {
        if self.level >= want {
            return OK;
        }
        if !self.alive() {
            return ffi::SQLITE_IOERR_LOCK;
        }
        let locks = &mut lock(&self.inode).locks;
        match take(locks, self.level, want) {
            level if level >= want => {
                self.level = level;
                OK
            }
            level => {
                self.level = level;
                ffi::SQLITE_BUSY
            }
        }
    }

    fn unlock(&mut self, to: c_int) -> c_int {
        if self.level > to && self.alive() {
            let locks = &mut lock(&self.inode).locks;
            if self.level > ffi::SQLITE_LOCK_SHARED {
                (locks.reserved, locks.pending, locks.exclusive) = (false, false, false);
            }
            if to == ffi::SQLITE_LOCK_NONE {
                locks.shared = locks.shared.saturating_sub(1);
            }
        }
        self.level = self.level.min(to);
        OK
    }

    fn shm_lock(&mut self, range: std::ops::Range<usize>, flags: c_int) -> c_int {
        let Some(shm) = &self.shm else {
            return ffi::SQLITE_IOERR_SHMLOCK;
        };
        let (shared, unlock) = (
            flags & ffi::SQLITE_SHM_SHARED != 0,
            flags & ffi::SQLITE_SHM_UNLOCK != 0,
        );
        let locks = &mut lock(&shm.0).locks;
        let held = &mut self.held;
        if range.end > SLOTS {
            return ffi::SQLITE_IOERR_SHMLOCK;
        }
        if unlock {
            for i in range {
                match held[i] {
                    1 => locks[i] -= 1,
                    -1 => locks[i] = 0,
                    _ => {}
                }
                held[i] = 0;
            }
            return OK;
        }
        let free = |i: usize| {
            if shared {
                locks[i] >= 0
            } else {
                locks[i] == i32::from(held[i] == 1)
            }
        };
        if !range.clone().all(free) {
            return ffi::SQLITE_BUSY;
        }
        for i in range {
            if !shared {
                (locks[i], held[i]) = (-1, -1);
            } else if held[i] == 0 {
                locks[i] += 1;
                held[i] = 1;
            }
        }
        OK
    }

    fn close(mut self) {
        self.unlock(ffi::SQLITE_LOCK_NONE);
        if self.shm.is_some() {
            self.shm_lock(0..SLOTS, ffi::SQLITE_SHM_UNLOCK);
        }
        if let (Some(path), true) = (&self.delete_on_close, self.alive()) {
            let _ = self.disk.remove(path);
        }
    }
}

/// SQLite's ladder of file locks, as its own VFS climbs it. Gives the level reached, which is `have` when it is refused, or
/// `PENDING` when only readers are in the way: then no new one comes in.
fn take(locks: &mut Locks, have: c_int, want: c_int) -> c_int {
    match want {
        ffi::SQLITE_LOCK_SHARED if locks.exclusive || locks.pending => have,
        ffi::SQLITE_LOCK_SHARED => {
            locks.shared += 1;
            want
        }
        ffi::SQLITE_LOCK_RESERVED if locks.reserved => have,
        ffi::SQLITE_LOCK_RESERVED => {
            locks.reserved = true;
            want
        }
        // Someone else is on the way up.
        _ if (locks.reserved && have < ffi::SQLITE_LOCK_RESERVED)
            || (locks.pending && have < ffi::SQLITE_LOCK_PENDING) =>
        {
            have
        }
        _ => {
            locks.pending = true;
            locks.exclusive = locks.shared <= 1;
            if locks.exclusive {
                want
            } else {
                ffi::SQLITE_LOCK_PENDING
            }
        }
    }
}

#[repr(C)]
struct RawFile {
    base: sqlite3_file,
    handle: *mut Handle,
}

/// The handle behind a file SQLite passes back.
///
/// # Safety
/// `file` came through a successful `xOpen` and is not closed; SQLite uses a file from one thread at a time.
unsafe fn handle<'a>(file: *mut sqlite3_file) -> &'a mut Handle {
    // SAFETY: by the caller's promise, `file` is the `RawFile` that `x_open` filled.
    unsafe { &mut *(*file.cast::<RawFile>()).handle }
}

/// The text of a path SQLite passes; ours are all UTF-8.
///
/// # Safety
/// `path` is NUL-terminated and valid for the call.
unsafe fn text<'a>(path: *const c_char) -> Option<&'a str> {
    // SAFETY: by the caller's promise.
    unsafe { CStr::from_ptr(path) }.to_str().ok()
}

/// Failures as SQLite's own VFS reports them: no room is `SQLITE_FULL`, all else the operation's code.
fn code(error: &Error, operation: c_int) -> c_int {
    match error.kind() {
        ErrorKind::StorageFull => ffi::SQLITE_FULL,
        _ => operation,
    }
}

fn done(result: Result<(), Error>, operation: c_int) -> c_int {
    result.map_or_else(|e| code(&e, operation), |()| OK)
}

unsafe extern "C" fn x_close(file: *mut sqlite3_file) -> c_int {
    // SAFETY: the box made in `x_open`; SQLite calls this once and no method after it.
    let handle = unsafe { Box::from_raw((*file.cast::<RawFile>()).handle) };
    handle.close();
    OK
}

unsafe extern "C" fn x_read(
    file: *mut sqlite3_file,
    buf: *mut c_void,
    n: c_int,
    at: sqlite3_int64,
) -> c_int {
    let (Ok(n), Ok(at)) = (usize::try_from(n), usize::try_from(at)) else {
        return ffi::SQLITE_IOERR_READ;
    };
    // SAFETY: see the top; SQLite's buffer has `n` bytes.
    let (handle, out) = unsafe { (handle(file), slice::from_raw_parts_mut(buf.cast::<u8>(), n)) };
    match handle.disk.read(&handle.inode, handle.life, at, out) {
        Ok(got) if got == n => OK,
        Ok(got) => {
            out[got..].fill(0);
            ffi::SQLITE_IOERR_SHORT_READ
        }
        Err(_) => ffi::SQLITE_IOERR_READ,
    }
}

unsafe extern "C" fn x_write(
    file: *mut sqlite3_file,
    buf: *const c_void,
    n: c_int,
    at: sqlite3_int64,
) -> c_int {
    let (Ok(n), Ok(at)) = (usize::try_from(n), usize::try_from(at)) else {
        return ffi::SQLITE_IOERR_WRITE;
    };
    // SAFETY: see the top; SQLite's buffer has `n` bytes.
    let (handle, bytes) = unsafe { (handle(file), slice::from_raw_parts(buf.cast::<u8>(), n)) };
    done(
        handle.disk.write(&handle.inode, handle.life, at, bytes),
        ffi::SQLITE_IOERR_WRITE,
    )
}

unsafe extern "C" fn x_truncate(file: *mut sqlite3_file, len: sqlite3_int64) -> c_int {
    let Ok(len) = usize::try_from(len) else {
        return ffi::SQLITE_IOERR_TRUNCATE;
    };
    // SAFETY: see the top.
    let handle = unsafe { handle(file) };
    done(
        handle.disk.set_len(&handle.inode, handle.life, len),
        ffi::SQLITE_IOERR_TRUNCATE,
    )
}

unsafe extern "C" fn x_sync(file: *mut sqlite3_file, _: c_int) -> c_int {
    // SAFETY: see the top.
    let handle = unsafe { handle(file) };
    let synced = handle.disk.sync(&handle.inode, handle.life);
    let named = synced.and_then(|()| match &handle.sync_name {
        Some(dir) => handle.disk.sync_dir(dir),
        None => Ok(()),
    });
    if named.is_ok() {
        handle.sync_name = None;
    }
    done(named, ffi::SQLITE_IOERR_FSYNC)
}

unsafe extern "C" fn x_size(file: *mut sqlite3_file, out: *mut sqlite3_int64) -> c_int {
    // SAFETY: see the top; `out` is SQLite's.
    unsafe {
        let handle = handle(file);
        *out = lock(&handle.inode).len() as sqlite3_int64;
    }
    OK
}

unsafe extern "C" fn x_lock(file: *mut sqlite3_file, want: c_int) -> c_int {
    // SAFETY: see the top.
    unsafe { handle(file) }.lock(want)
}

unsafe extern "C" fn x_unlock(file: *mut sqlite3_file, to: c_int) -> c_int {
    // SAFETY: see the top.
    unsafe { handle(file) }.unlock(to)
}

unsafe extern "C" fn x_reserved(file: *mut sqlite3_file, out: *mut c_int) -> c_int {
    // SAFETY: see the top; `out` is SQLite's.
    unsafe { *out = c_int::from(lock(&handle(file).inode).locks.reserved) };
    OK
}

unsafe extern "C" fn x_control(_: *mut sqlite3_file, _: c_int, _: *mut c_void) -> c_int {
    ffi::SQLITE_NOTFOUND
}

unsafe extern "C" fn x_sector(_: *mut sqlite3_file) -> c_int {
    4096 // what SQLite's own VFS says on Android and iOS
}

unsafe extern "C" fn x_traits(_: *mut sqlite3_file) -> c_int {
    // As on a phone: a torn write never damages bytes outside its own range.
    ffi::SQLITE_IOCAP_POWERSAFE_OVERWRITE
}

unsafe extern "C" fn x_shm_map(
    file: *mut sqlite3_file,
    region: c_int,
    size: c_int,
    extend: c_int,
    out: *mut *mut c_void,
) -> c_int {
    // SAFETY: see the top.
    let handle = unsafe { handle(file) };
    let Ok(index) = usize::try_from(region) else {
        return ffi::SQLITE_IOERR_SHMMAP;
    };
    if size as usize != REGION || !handle.alive() {
        return ffi::SQLITE_IOERR_SHMMAP;
    }
    let shm = handle
        .shm
        .get_or_insert_with(|| lock(&handle.inode).shm.clone());
    match shm.region(index, extend != 0) {
        Some(pointer) => {
            // SAFETY: `out` is SQLite's.
            unsafe { *out = pointer.cast() };
            OK
        }
        None => ffi::SQLITE_IOERR_NOMEM,
    }
}

unsafe extern "C" fn x_shm_lock(
    file: *mut sqlite3_file,
    at: c_int,
    n: c_int,
    flags: c_int,
) -> c_int {
    let (Ok(at), Ok(n)) = (usize::try_from(at), usize::try_from(n)) else {
        return ffi::SQLITE_IOERR_SHMLOCK;
    };
    // SAFETY: see the top.
    unsafe { handle(file) }.shm_lock(at..at.saturating_add(n), flags)
}

unsafe extern "C" fn x_shm_barrier(_: *mut sqlite3_file) {
    std::sync::atomic::fence(std::sync::atomic::Ordering::SeqCst);
}

unsafe extern "C" fn x_shm_unmap(file: *mut sqlite3_file, _delete: c_int) -> c_int {
    // SAFETY: see the top.
    let handle = unsafe { handle(file) };
    if handle.shm.is_some() {
        handle.shm_lock(0..SLOTS, ffi::SQLITE_SHM_UNLOCK);
        handle.shm = None;
        // The last one out leaves no stale index behind: it is only a cache of the log.
        let mut inode = lock(&handle.inode);
        if Arc::strong_count(&inode.shm) == 1 {
            inode.shm = Arc::default();
        }
    }
    OK
}

static METHODS: sqlite3_io_methods = sqlite3_io_methods {
    iVersion: 2,
    xClose: Some(x_close),
    xRead: Some(x_read),
    xWrite: Some(x_write),
    xTruncate: Some(x_truncate),
    xSync: Some(x_sync),
    xFileSize: Some(x_size),
    xLock: Some(x_lock),
    xUnlock: Some(x_unlock),
    xCheckReservedLock: Some(x_reserved),
    xFileControl: Some(x_control),
    xSectorSize: Some(x_sector),
    xDeviceCharacteristics: Some(x_traits),
    xShmMap: Some(x_shm_map),
    xShmLock: Some(x_shm_lock),
    xShmBarrier: Some(x_shm_barrier),
    xShmUnmap: Some(x_shm_unmap),
    xFetch: None,
    xUnfetch: None,
};

unsafe extern "C" fn x_open(
    _: *mut sqlite3_vfs,
    name: sqlite3_filename,
    out: *mut sqlite3_file,
    flags: c_int,
    out_flags: *mut c_int,
) -> c_int {
    // SAFETY: `out` has `szOsFile` bytes; a null table tells SQLite not to close what did not open.
    unsafe { (*out).pMethods = ptr::null() };
    // A file without a name is a temporary one, and `temp_store = MEMORY` makes none.
    if name.is_null() {
        return ffi::SQLITE_CANTOPEN;
    }
    // SAFETY: see the top.
    let Some((path, disk)) = unsafe { text(name) }.and_then(|path| Some((path, Shared::of(path)?)))
    else {
        return ffi::SQLITE_CANTOPEN;
    };
    let create = flags & ffi::SQLITE_OPEN_CREATE != 0;
    let is_new = create && disk.file(path).is_none();
    let inode = match disk.open(path, create, false) {
        Ok(inode) => inode,
        Err(e) => return code(&e, ffi::SQLITE_CANTOPEN),
    };
    let journal = flags & (ffi::SQLITE_OPEN_WAL | ffi::SQLITE_OPEN_MAIN_JOURNAL) != 0;
    let life = disk.lock().life;
    let handle = Handle {
        inode,
        life,
        level: ffi::SQLITE_LOCK_NONE,
        shm: None,
        held: [0; SLOTS],
        delete_on_close: (flags & ffi::SQLITE_OPEN_DELETEONCLOSE != 0).then(|| path.to_owned()),
        sync_name: (is_new && journal).then(|| parent(path).to_owned()),
        disk,
    };
    let file = RawFile {
        base: sqlite3_file { pMethods: &METHODS },
        handle: Box::into_raw(Box::new(handle)),
    };
    // SAFETY: `out` has room for a `RawFile` (`szOsFile`) and is aligned for pointers; `out_flags` may be null.
    unsafe {
        ptr::write(out.cast::<RawFile>(), file);
        if !out_flags.is_null() {
            *out_flags = flags;
        }
    }
    OK
}

unsafe extern "C" fn x_delete(_: *mut sqlite3_vfs, name: *const c_char, sync_dir: c_int) -> c_int {
    // SAFETY: see the top.
    let Some((path, disk)) = unsafe { text(name) }.and_then(|path| Some((path, Shared::of(path)?)))
    else {
        return ffi::SQLITE_IOERR_DELETE;
    };
    match disk.remove(path) {
        Ok(false) => ffi::SQLITE_IOERR_DELETE_NOENT,
        Ok(true) if sync_dir != 0 => done(disk.sync_dir(parent(path)), ffi::SQLITE_IOERR_DIR_FSYNC),
        other => done(other.map(|_| ()), ffi::SQLITE_IOERR_DELETE),
    }
}

unsafe extern "C" fn x_access(
    _: *mut sqlite3_vfs,
    name: *const c_char,
    flags: c_int,
    out: *mut c_int,
) -> c_int {
    // SAFETY: see the top.
    let found = unsafe { text(name) }.and_then(|path| Shared::of(path)?.file(path));
    // As SQLite's own VFS: for the question "is there one", an empty file is none.
    let yes =
        found.is_some_and(|inode| flags != ffi::SQLITE_ACCESS_EXISTS || lock(&inode).len() > 0);
    // SAFETY: `out` is SQLite's.
    unsafe { *out = c_int::from(yes) };
    OK
}

unsafe extern "C" fn x_full(
    _: *mut sqlite3_vfs,
    name: *const c_char,
    n: c_int,
    out: *mut c_char,
) -> c_int {
    // SAFETY: `name` is NUL-terminated and `out` has `n` bytes; the copy is made only when it fits.
    unsafe {
        let bytes = CStr::from_ptr(name).to_bytes_with_nul();
        if bytes.len() > usize::try_from(n).unwrap_or(0) {
            return ffi::SQLITE_CANTOPEN;
        }
        ptr::copy_nonoverlapping(bytes.as_ptr().cast(), out, bytes.len());
    }
    OK
}

unsafe extern "C" fn x_random(_: *mut sqlite3_vfs, n: c_int, out: *mut c_char) -> c_int {
    // SAFETY: `out` has `n` bytes. A constant: SQLite's own randomness (log salts, say) must not vary between runs.
    unsafe { ptr::write_bytes(out, 7, usize::try_from(n).unwrap_or(0)) };
    n
}

unsafe extern "C" fn x_sleep(_: *mut sqlite3_vfs, microseconds: c_int) -> c_int {
    microseconds // no time passes here by itself
}

unsafe extern "C" fn x_time(_: *mut sqlite3_vfs, out: *mut f64) -> c_int {
    // SAFETY: `out` is SQLite's. Our SQL asks no clock; a constant shows any that does.
    unsafe { *out = 2_460_976.5 };
    OK
}

unsafe extern "C" fn x_error(_: *mut sqlite3_vfs, _: c_int, _: *mut c_char) -> c_int {
    0
}

/// Registers the VFS, once, for the life of the process.
pub(super) fn register() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let vfs = Box::leak(Box::new(sqlite3_vfs {
            iVersion: 1,
            szOsFile: size_of::<RawFile>() as c_int,
            mxPathname: 1024,
            pNext: ptr::null_mut(),
            zName: C_NAME.as_ptr(),
            pAppData: ptr::null_mut(),
            xOpen: Some(x_open),
            xDelete: Some(x_delete),
            xAccess: Some(x_access),
            xFullPathname: Some(x_full),
            xDlOpen: None,
            xDlError: None,
            xDlSym: None,
            xDlClose: None,
            xRandomness: Some(x_random),
            xSleep: Some(x_sleep),
            xCurrentTime: Some(x_time),
            xGetLastError: Some(x_error),
            xCurrentTimeInt64: None,
            xSetSystemCall: None,
            xGetSystemCall: None,
            xNextSystemCall: None,
        }));
        // SAFETY: the structure lives for ever, and SQLite takes its own lock. It can fail only before SQLite
        // is initialised, which registering does itself.
        unsafe { ffi::sqlite3_vfs_register(vfs, 0) };
    });
}
