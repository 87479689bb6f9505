//! The protocol's judge as one C function, so that Kotlin and Swift run the same test vectors as Rust. For tests; no app links it.
//!
//! A library of its own, because the one that ships must not grow a door for tests. One function of bytes in, bytes out, with
//! nothing to free, needs neither a generator nor a second copy of UniFFI's runtime.
//!
//! Invariant: at most `length` bytes are read from `question` and at most `room` bytes are written to `answer`; no panic crosses.

use hues_protocol::conformance::judge;
use serde_json::{json, Value};

/// Longest question read, in bytes: the longest committed vector is far below.
const MAX_QUESTION: usize = 4 << 20;

/// The answer to `{"what": …, "in": …}`, both UTF-8 JSON. What is no question is answered with `"bad-question"`.
#[must_use]
pub fn answer_to(question: &[u8]) -> String {
    let asked: Option<Value> = serde_json::from_slice(question).ok();
    let answer = asked.and_then(|asked| {
        let what = asked.get("what")?.as_str()?;
        Some(judge(what, asked.get("in")?))
    });
    answer.unwrap_or_else(|| json!("bad-question")).to_string()
}

/// Judges `question` (`length` bytes) and writes the answer to `answer` if its length fits into `room`; gives that length either way,
/// or 0 when the judge itself failed, which is a defect.
///
/// # Safety
/// `question` is valid for reads of `length` bytes and `answer` for writes of `room` bytes, each unless its number is 0; they do not
/// overlap and nobody else touches them during the call.
#[no_mangle]
#[allow(unsafe_code)] // the two raw buffers of a C function: its only unsafe lines, bounded by the caller's own numbers
pub unsafe extern "C" fn hues_conformance(
    question: *const u8,
    length: usize,
    answer: *mut u8,
    room: usize,
) -> usize {
    let readable = !question.is_null() && length <= MAX_QUESTION;
    // SAFETY: not null, and readable for `length` bytes by the contract above.
    let asked = readable.then(|| unsafe { std::slice::from_raw_parts(question, length) });
    let said = std::panic::catch_unwind(|| answer_to(asked.unwrap_or_default()));
    let Ok(said) = said else { return 0 };
    if !answer.is_null() && said.len() <= room {
        // SAFETY: not null, writable for `room` >= `said.len()` bytes by the contract above; `said` is a fresh allocation.
        unsafe { std::ptr::copy_nonoverlapping(said.as_ptr(), answer, said.len()) };
    }
    said.len()
}

#[cfg(test)]
#[allow(unsafe_code)]
mod tests {
    use super::*;

    fn ask(question: &[u8], room: usize) -> (usize, Vec<u8>) {
        let mut answer = vec![b'.'; room];
        // SAFETY: both buffers are this function's own and as long as it says.
        let length = unsafe {
            hues_conformance(question.as_ptr(), question.len(), answer.as_mut_ptr(), room)
        };
        (length, answer)
    }

    #[test]
    fn an_answer_is_written_only_where_it_fits() {
        let question = r#"{"what":"coarsen","in":{"grid_m":0,"lat":1,"lon":2}}"#.as_bytes();
        assert_eq!(ask(question, 5), (5, b"[1,2]".to_vec()));
        assert_eq!(ask(question, 4), (5, b"....".to_vec()));
        assert_eq!(ask(question, 6), (5, b"[1,2].".to_vec()));
    }

    #[test]
    fn what_is_no_question_is_told() {
        for no in [
            "",
            "{",
            "[]",
            r#"{"what":"cbor"}"#,
            r#"{"what":"?","in":{}}"#,
        ] {
            assert_eq!(answer_to(no.as_bytes()), "\"bad-question\"", "{no}");
        }
        // SAFETY: no buffer is named at all.
        let length = unsafe { hues_conformance(std::ptr::null(), 9, std::ptr::null_mut(), 9) };
        assert_eq!(length, "\"bad-question\"".len());
    }
}
