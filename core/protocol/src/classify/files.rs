//! Answers of the upload of files (tus 1.0.0 with the two headers of §6).
//!
//! Invariant: a file counts as arrived only with its log index and epoch; an offset never runs past the file.

use super::{common, otherwise, refusal, Alien, Outcome, Setback, BODY};
use crate::http::HttpResponse;
use crate::ids::Epoch;

/// Longest address of an upload in bytes.
const MAX_PATH: usize = 256;

/// The file is whole and checked at the city.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Complete {
    /// Its place in the log: kept on the phone until the watermark passes it.
    pub log_index: u64,
    /// The life of that log.
    pub epoch: Epoch,
}

/// What `POST /files` brought.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CreateAnswer {
    /// Upload to this path below the origin.
    Created(String),
    /// The city has it already.
    Complete(Complete),
    /// The op is not committed, or states no such file.
    NoSuchFile,
}

/// What `HEAD /files/{id}` brought.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OffsetAnswer {
    /// Go on from here.
    Offset(u64),
    /// Whole and checked.
    Complete(Complete),
    /// Create it anew.
    Gone,
}

/// What `PATCH /files/{id}` brought.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PatchAnswer {
    /// Go on from here.
    Offset(u64),
    /// Whole and checked.
    Complete(Complete),
    /// The city has another offset: ask.
    Conflict,
    /// Bytes were damaged on the way: from the start again (after the last byte) or from the old offset (one request's).
    ChecksumBad,
    /// Create it anew.
    Gone,
}

/// The answer to `POST /files`.
///
/// # Errors
/// [`Setback`].
pub fn file_created(outcome: &Outcome) -> Result<CreateAnswer, Setback> {
    let response = common(outcome)?;
    match response.status {
        200 => complete(response)?.map(CreateAnswer::Complete).ok_or(BODY),
        201 => tus(response)?
            .header("location")
            .filter(|path| is_upload_path(path))
            .map(|path| CreateAnswer::Created(path.to_owned()))
            .ok_or(BODY),
        404 => match refusal(response) {
            Setback::Refused { .. } => Ok(CreateAnswer::NoSuchFile),
            other => Err(other),
        },
        _ => otherwise(response, &[400, 413]),
    }
}

/// The answer to `HEAD /files/{id}` of a file of `length` bytes.
///
/// # Errors
/// [`Setback`].
pub fn file_offset(outcome: &Outcome, length: u64) -> Result<OffsetAnswer, Setback> {
    let response = common(outcome)?;
    match response.status {
        200 | 204 => {
            let offset = offset(response, length)?;
            Ok(complete(response)?.map_or(OffsetAnswer::Offset(offset), OffsetAnswer::Complete))
        }
        // An answer to HEAD has no body to tell a portal from the city: the protocol's own header does.
        404 | 410 => tus(response).map(|_| OffsetAnswer::Gone),
        _ => Err(Setback::Alien(Alien::Status(response.status))),
    }
}

/// The answer to `PATCH /files/{id}` of a file of `length` bytes.
///
/// # Errors
/// [`Setback`].
pub fn file_patched(outcome: &Outcome, length: u64) -> Result<PatchAnswer, Setback> {
    let response = common(outcome)?;
    match response.status {
        204 => {
            let offset = offset(response, length)?;
            Ok(complete(response)?.map_or(PatchAnswer::Offset(offset), PatchAnswer::Complete))
        }
        404 | 410 => tus(response).map(|_| PatchAnswer::Gone),
        409 => tus(response).map(|_| PatchAnswer::Conflict),
        460 => tus(response).map(|_| PatchAnswer::ChecksumBad),
        _ => otherwise(response, &[400, 403, 413]),
    }
}

/// That the answer speaks tus.
fn tus(response: &HttpResponse) -> Result<&HttpResponse, Setback> {
    match response.header("tus-resumable") {
        Some("1.0.0") => Ok(response),
        _ => Err(Setback::Alien(Alien::ContentType)),
    }
}

fn offset(response: &HttpResponse, length: u64) -> Result<u64, Setback> {
    tus(response)?
        .number("upload-offset")
        .filter(|offset| *offset <= length)
        .ok_or(BODY)
}

/// The two headers of a complete file: both or none.
fn complete(response: &HttpResponse) -> Result<Option<Complete>, Setback> {
    match (
        tus(response)?.header("hues-index"),
        response.header("hues-epoch"),
    ) {
        (None, None) => Ok(None),
        (Some(_), Some(epoch)) => {
            let log_index = response.number("hues-index").ok_or(BODY)?;
            Ok(Some(Complete {
                log_index,
                epoch: epoch.parse().map_err(|_| BODY)?,
            }))
        }
        _ => Err(BODY),
    }
}

/// Whether `path` is below the origin's `/files/` and of harmless characters.
fn is_upload_path(path: &str) -> bool {
    path.len() <= MAX_PATH
        && path.strip_prefix("/files/").is_some_and(|id| {
            !id.is_empty()
                && id
                    .bytes()
                    .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
        })
}
