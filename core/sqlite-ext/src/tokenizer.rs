//! The one file with unsafe code: the three callbacks FTS5 wants, and their registration on a connection.
//!
//! # Why this is sound
//!
//! - *Pointers in.* FTS5 promises that `text` has `length` readable bytes for the time of a call, that `emit` and its
//!   context are valid for that time, and that what `create` stored comes back in `tokenize` and `delete`. Nothing is kept
//!   longer than the call. A null or negative input is answered with no tokens.
//! - *Text.* The bytes may be anything. They are walked with [`slice::utf8_chunks`], so safe code only ever sees valid
//!   UTF-8; a broken byte separates words.
//! - *State.* There is none: the instance is the address of a constant that is never read or written.
//! - *Unwinding.* Safe code runs inside `catch_unwind` and turns a panic into `SQLITE_INTERNAL`; none crosses into C.
//! - *The api pointer.* `SELECT fts5(?1)` writes it through the pointer value bound under the type name
//!   `fts5_api_ptr`, or leaves null when FTS5 is missing; it lives as long as the connection.
#![allow(unsafe_code)]

use std::ffi::{c_char, c_int, c_void};
use std::ops::Range;
use std::panic::{catch_unwind, AssertUnwindSafe};
use std::ptr;

use rusqlite::ffi;
use rusqlite::Connection;

/// The same name as [`crate::TOKENIZER`], ended for C.
const NAME: &std::ffi::CStr = c"hues_vi";

/// Registers the tokenizer [`hues_vi`](crate::TOKENIZER) on `conn`. Each connection that touches a table that uses it needs
/// this, readers too; doing it twice is harmless.
///
/// # Errors
///
/// When this SQLite has no FTS5, or no memory.
pub fn register(conn: &Connection) -> rusqlite::Result<()> {
    let api = fts5_api(conn)?;
    let mut callbacks = ffi::fts5_tokenizer {
        xCreate: Some(create),
        xDelete: Some(delete),
        xTokenize: Some(tokenize),
    };
    // SAFETY: `fts5_api` returned the api object of this open connection, checked for null. `callbacks` is copied by the
    // call, the name is a C string, and the user data is neither read nor freed.
    let code = unsafe {
        match (*api).xCreateTokenizer {
            Some(create_tokenizer) => create_tokenizer(
                api,
                NAME.as_ptr(),
                ptr::null_mut(),
                &raw mut callbacks,
                None,
            ),
            None => ffi::SQLITE_ERROR,
        }
    };
    check(code)
}

/// The way to the api that SQLite documents: a prepared `SELECT fts5(?1)` with a pointer bound to it.
fn fts5_api(conn: &Connection) -> rusqlite::Result<*mut ffi::fts5_api> {
    let mut api: *mut ffi::fts5_api = ptr::null_mut();
    let mut statement: *mut ffi::sqlite3_stmt = ptr::null_mut();
    // SAFETY: the handle belongs to `conn`, which outlives this function; the statement is finalized before `api`, the
    // target of the bound pointer, goes out of scope; finalizing a null statement is allowed.
    let code = unsafe {
        let mut code = ffi::sqlite3_prepare_v2(
            conn.handle(),
            c"SELECT fts5(?1)".as_ptr(),
            -1,
            &raw mut statement,
            ptr::null_mut(),
        );
        if code == ffi::SQLITE_OK {
            let target = (&raw mut api).cast::<c_void>();
            code = ffi::sqlite3_bind_pointer(statement, 1, target, c"fts5_api_ptr".as_ptr(), None);
        }
        if code == ffi::SQLITE_OK {
            code = match ffi::sqlite3_step(statement) {
                ffi::SQLITE_ROW | ffi::SQLITE_DONE => ffi::SQLITE_OK,
                failed => failed,
            };
        }
        ffi::sqlite3_finalize(statement);
        code
    };
    check(code)?;
    if api.is_null() {
        return check(ffi::SQLITE_ERROR).map(|()| api);
    }
    Ok(api)
}

fn check(code: c_int) -> rusqlite::Result<()> {
    if code == ffi::SQLITE_OK {
        Ok(())
    } else {
        let hint = Some("the tokenizer hues_vi could not be registered".to_owned());
        Err(rusqlite::Error::SqliteFailure(ffi::Error::new(code), hint))
    }
}

/// Stands for an instance: FTS5 wants an address that is not null.
static INSTANCE: u8 = 0;

unsafe extern "C" fn create(
    _user_data: *mut c_void,
    _arguments: *mut *const c_char,
    argument_count: c_int,
    instance: *mut *mut ffi::Fts5Tokenizer,
) -> c_int {
    if argument_count != 0 {
        return ffi::SQLITE_ERROR; // a typing error in the schema, better heard at once
    }
    // SAFETY: FTS5 passes a place for one pointer. The constant is never written through it.
    unsafe { *instance = (&raw const INSTANCE).cast_mut().cast() };
    ffi::SQLITE_OK
}

unsafe extern "C" fn delete(_instance: *mut ffi::Fts5Tokenizer) {}

type Emit = unsafe extern "C" fn(*mut c_void, c_int, *const c_char, c_int, c_int, c_int) -> c_int;

unsafe extern "C" fn tokenize(
    _instance: *mut ffi::Fts5Tokenizer,
    context: *mut c_void,
    _reason: c_int,
    text: *const c_char,
    length: c_int,
    emit: Option<Emit>,
) -> c_int {
    let Some(emit) = emit else {
        return ffi::SQLITE_MISUSE;
    };
    let length = usize::try_from(length).unwrap_or(0);
    if text.is_null() || length == 0 {
        return ffi::SQLITE_OK;
    }
    // SAFETY: FTS5 passes `length` readable bytes that nobody changes during the call.
    let bytes = unsafe { std::slice::from_raw_parts(text.cast::<u8>(), length) };
    let mut walk = |token: &str, range: Range<usize>| {
        // A token is at most MAX_TOKEN_BYTES, an offset at most `length`: both fit a C int.
        let (size, start, end) = (
            token.len() as c_int,
            range.start as c_int,
            range.end as c_int,
        );
        // SAFETY: `emit` and `context` came with this call; it reads `size` bytes of the token and keeps none of them.
        unsafe { emit(context, 0, token.as_ptr().cast(), size, start, end) }
    };
    catch_unwind(AssertUnwindSafe(|| for_each_token(bytes, &mut walk)))
        .unwrap_or(ffi::SQLITE_INTERNAL)
}

/// Hands each token and its byte range to `emit` until one answer is not `SQLITE_OK`, and returns the last answer.
fn for_each_token(bytes: &[u8], emit: &mut dyn FnMut(&str, Range<usize>) -> c_int) -> c_int {
    let mut folded = String::with_capacity(16);
    let mut base = 0;
    for chunk in bytes.utf8_chunks() {
        let mut tokens = hues_vietnam::tokens(chunk.valid());
        while let Some(range) = tokens.next_into(&mut folded) {
            let code = emit(&folded, base + range.start..base + range.end);
            if code != ffi::SQLITE_OK {
                return code;
            }
        }
        base += chunk.valid().len() + chunk.invalid().len();
    }
    ffi::SQLITE_OK
}

#[cfg(test)]
mod tests {
    use super::*;

    fn walk(bytes: &[u8]) -> Vec<(String, Range<usize>)> {
        let mut found = Vec::new();
        let code = for_each_token(bytes, &mut |token, range| {
            found.push((token.to_owned(), range));
            ffi::SQLITE_OK
        });
        assert_eq!(code, ffi::SQLITE_OK);
        found
    }

    #[test]
    fn the_two_names_are_one() {
        assert_eq!(NAME.to_str(), Ok(crate::TOKENIZER));
    }

    #[test]
    fn broken_bytes_separate_and_offsets_go_on() {
        let bytes = b"Hu\xe1\xba\xbf\xff\xfe \xc4\x91i\xe1\xba";
        assert_eq!(walk(bytes), [("hue".into(), 0..5), ("di".into(), 8..11)]);
    }

    #[test]
    fn a_refusal_ends_the_walk_with_its_code() {
        let mut calls = 0;
        let code = for_each_token("một hai ba".as_bytes(), &mut |_, _| {
            calls += 1;
            ffi::SQLITE_NOMEM
        });
        assert_eq!((code, calls), (ffi::SQLITE_NOMEM, 1));
    }
}
