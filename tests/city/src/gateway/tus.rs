//! Uploads: tus 1.0.0 with creation, checksum, expiration and termination.
//!
//! Invariant: a file is in the log only after its whole hash was checked against what a committed op states and the
//! media check found it clean. An offset told to a client is durable: its bytes lie in the same transaction.

use base64::Engine as _;
use hues_crypto::hash::sha256;
use hues_env::Env;
use hues_protocol::http::{HttpResponse, Method};
use hues_protocol::ids::{Hash, OpId};
use hues_protocol::problem::RefusalKind;
use std::time::{Duration, UNIX_EPOCH};

use super::call::{empty, problem, refuse, stop_with, with_header, Answer, Call, Stop};
use super::feedback::photo_arrived;
use super::meta::{self, CityLog};
use super::records::{OpRecord, Upload};
use super::{session, Town};
use crate::storage::{StorageError, Table, Tx};

/// The one version.
const VERSION: &str = "1.0.0";
/// An unfinished upload is kept this long after its last byte.
const EXPIRES_MS: i64 = 7 * 86_400_000;
/// "Checksum mismatch", from the tus checksum extension.
const CHECKSUM_MISMATCH: u16 = 460;

const BASE64: base64::engine::GeneralPurpose = base64::engine::general_purpose::STANDARD;

/// Anything under `/files`.
pub(super) fn files(tx: &mut dyn Tx, env: &mut Env, town: &Town, call: &Call) -> Answer {
    if call.method() == Method::Options {
        return Ok(options(town));
    }
    if call.header("tus-resumable") != Some(VERSION) {
        let refused = problem(412, RefusalKind::Refused, "tus-version");
        return Err(stop_with(with_header(refused, "tus-version", VERSION)));
    }
    let answer = match (call.method(), call.path.get(1)) {
        (Method::Post, None) => create(tx, env, town, call),
        (Method::Head, Some(id)) => head(tx, env, call, id),
        (Method::Patch, Some(id)) => patch(tx, env, town, call, id),
        (Method::Delete, Some(id)) => terminate(tx, env, call, id),
        (_, None) => Err(not_allowed("OPTIONS, POST")),
        (_, Some(_)) => Err(not_allowed("DELETE, HEAD, OPTIONS, PATCH")),
    };
    let version = |response| with_header(response, "tus-resumable", VERSION);
    match answer {
        Ok(response) => Ok(version(response)),
        Err(Stop::Answer(response)) => Err(stop_with(version(*response))),
        Err(storage) => Err(storage),
    }
}

fn not_allowed(allow: &str) -> Stop {
    let refused = problem(405, RefusalKind::Refused, "method");
    stop_with(with_header(refused, "allow", allow))
}

fn options(town: &Town) -> HttpResponse {
    let headers = [
        ("tus-resumable", VERSION.to_owned()),
        ("tus-version", VERSION.to_owned()),
        (
            "tus-extension",
            "creation,checksum,expiration,termination".to_owned(),
        ),
        ("tus-checksum-algorithm", "sha256".to_owned()),
        ("tus-max-size", town.config.limits.photo_bytes.to_string()),
    ];
    headers
        .into_iter()
        .fold(empty(204), |answer, (name, value)| {
            with_header(answer, name, value)
        })
}

fn create(tx: &mut dyn Tx, env: &mut Env, town: &Town, call: &Call) -> Answer {
    let length: u64 = number(call, "upload-length")?;
    if length > town.config.limits.photo_bytes {
        return Err(refuse(413, "file-large"));
    }
    let metadata = call
        .header("upload-metadata")
        .ok_or_else(|| refuse(400, "metadata"))?;
    let op_id: OpId = metadata_value(metadata, "op")
        .and_then(|v| v.parse().ok())
        .ok_or_else(|| refuse(400, "metadata"))?;
    let hash: Hash = metadata_value(metadata, "sha256")
        .and_then(|v| v.parse().ok())
        .ok_or_else(|| refuse(400, "metadata"))?;

    let op: Option<OpRecord> = meta::get(tx, Table::Op, op_id.as_bytes())?;
    let op = op.ok_or_else(|| refuse(404, "unknown"))?;
    admit(tx, call, op.account.as_deref(), env.wall.0)?;
    let claim = op
        .files
        .iter()
        .find(|file| file.sha256 == hash && file.bytes == length)
        .cloned();
    let claim = claim.ok_or_else(|| refuse(404, "unknown"))?;

    let by_op = [op_id.as_bytes().as_slice(), hash.as_bytes()].concat();
    if let Some(id) = tx.get(Table::OpFile, &by_op)? {
        if let Some(upload) = live(tx, &id, env.wall.0)? {
            // A client that lost the address goes on where it was; one that starts over meets 409 and asks.
            let status = if upload.index.is_some() { 200 } else { 201 };
            let mut log = CityLog::load(tx)?;
            log.duplicates += 1;
            log.save(tx)?;
            return Ok(with_header(
                describe(empty(status), &upload, &log),
                "location",
                location(&id),
            ));
        }
    }
    let id = env.random.uuid_v4();
    let upload = Upload {
        op: op_id,
        report: op.subject,
        claim,
        account: op.account,
        lane: op.lane,
        offset: 0,
        expires: env.wall.0 + EXPIRES_MS,
        index: None,
    };
    meta::put(tx, Table::Upload, &id, &upload)?;
    tx.put(Table::OpFile, &by_op, &id)?;
    let log = CityLog::load(tx)?;
    Ok(with_header(
        describe(empty(201), &upload, &log),
        "location",
        location(&id),
    ))
}

fn head(tx: &mut dyn Tx, env: &mut Env, call: &Call, id: &str) -> Answer {
    let (_, upload) = find(tx, env, call, id)?;
    let log = CityLog::load(tx)?;
    let answer = with_header(
        describe(empty(200), &upload, &log),
        "upload-length",
        upload.claim.bytes,
    );
    Ok(with_header(answer, "cache-control", "no-store"))
}

fn patch(tx: &mut dyn Tx, env: &mut Env, town: &Town, call: &Call, id: &str) -> Answer {
    if call.header("content-type") != Some("application/offset+octet-stream") {
        return Err(refuse(415, "content-type"));
    }
    let offset: u64 = number(call, "upload-offset")?;
    let (key, mut upload) = find(tx, env, call, id)?;
    if offset != upload.offset {
        return Err(refuse(409, "offset"));
    }
    let body = call.body();
    if body.len() as u64 > upload.claim.bytes - upload.offset {
        return Err(refuse(413, "length"));
    }
    check_chunk(call, body)?;

    let mut log = CityLog::load(tx)?;
    if !body.is_empty() {
        tx.put(
            Table::Chunk,
            &[key.as_slice(), &offset.to_be_bytes()].concat(),
            body,
        )?;
        upload.offset += body.len() as u64;
        upload.expires = env.wall.0 + EXPIRES_MS;
    }
    if upload.offset == upload.claim.bytes && upload.index.is_none() {
        let bytes = content(tx, &key)?;
        if sha256(&bytes) != upload.claim.sha256.0 {
            erase_chunks(tx, &key)?;
            upload.offset = 0;
            meta::put(tx, Table::Upload, &key, &upload)?;
            return Ok(with_header(mismatch(), "upload-offset", 0));
        }
        if let Err(rule) = town.media.check(&bytes, &upload.claim) {
            // Whole and as promised, but not fit to keep: the bytes go at once, the op stays.
            erase(tx, &key, &upload)?;
            return Ok(problem(400, RefusalKind::Refused, rule));
        }
        upload.index = Some(log.next_index(tx, &format!("file {id}"))?);
        let at = log.sign_at(env.wall);
        let photo = [upload.claim.sha256.as_bytes().as_slice(), &key].concat();
        tx.put(Table::Photo, &photo, upload.report.as_bytes())?;
        photo_arrived(tx, &mut log, &upload, at)?;
        log.save(tx)?;
    }
    meta::put(tx, Table::Upload, &key, &upload)?;
    Ok(describe(empty(204), &upload, &log))
}

/// The checksum of one PATCH, where the client sent one.
fn check_chunk(call: &Call, body: &[u8]) -> Result<(), Stop> {
    let Some(header) = call.header("upload-checksum") else {
        return Ok(());
    };
    let Some(("sha256", sum)) = header.split_once(' ') else {
        return Err(refuse(400, "checksum-algorithm"));
    };
    let sum = BASE64
        .decode(sum.trim())
        .map_err(|_| refuse(400, "checksum"))?;
    if sum == sha256(body) {
        Ok(())
    } else {
        Err(stop_with(mismatch()))
    }
}

fn mismatch() -> HttpResponse {
    problem(CHECKSUM_MISMATCH, RefusalKind::Refused, "checksum")
}

fn terminate(tx: &mut dyn Tx, env: &mut Env, call: &Call, id: &str) -> Answer {
    let (key, upload) = find(tx, env, call, id)?;
    if upload.index.is_some() {
        return Err(refuse(403, "complete"));
    }
    erase(tx, &key, &upload)?;
    Ok(empty(204))
}

/// The upload of an address: 404 if there is none or it is not the caller's, 410 once it expired.
fn find(tx: &mut dyn Tx, env: &Env, call: &Call, id: &str) -> Result<([u8; 16], Upload), Stop> {
    let mut key = [0; 16];
    hex::decode_to_slice(id, &mut key).map_err(|_| refuse(404, "unknown"))?;
    let upload: Option<Upload> = meta::get(tx, Table::Upload, &key)?;
    let upload = upload.ok_or_else(|| refuse(404, "unknown"))?;
    admit(tx, call, upload.account.as_deref(), env.wall.0)?;
    if upload.index.is_none() && env.wall.0 >= upload.expires {
        return Err(refuse(410, "expired"));
    }
    Ok((key, upload))
}

/// An upload that still counts; one that expired is swept here.
fn live(tx: &mut dyn Tx, key: &[u8], now: i64) -> Result<Option<Upload>, StorageError> {
    let Some(upload) = meta::get::<Upload>(tx, Table::Upload, key)? else {
        return Ok(None);
    };
    if upload.index.is_none() && now >= upload.expires {
        erase(tx, key, &upload)?;
        return Ok(None);
    }
    Ok(Some(upload))
}

/// The session is the op's; an anonymous lane has none.
fn admit(tx: &dyn Tx, call: &Call, account: Option<&str>, now: i64) -> Result<(), Stop> {
    let Some(account) = account else {
        return Ok(());
    };
    let session = session::required(tx, call, now)?;
    if session.account == account {
        Ok(())
    } else {
        Err(refuse(404, "unknown"))
    }
}

fn describe(answer: HttpResponse, upload: &Upload, log: &CityLog) -> HttpResponse {
    let answer = with_header(answer, "upload-offset", upload.offset);
    match upload.index {
        Some(index) => with_header(
            with_header(answer, "hues-index", index),
            "hues-epoch",
            log.epoch,
        ),
        None => {
            let at = UNIX_EPOCH + Duration::from_millis(upload.expires.max(0).unsigned_abs());
            with_header(answer, "upload-expires", httpdate::fmt_http_date(at))
        }
    }
}

fn location(id: &[u8]) -> String {
    format!("/files/{}", hex::encode(id))
}

/// All bytes of an upload, in order.
pub(super) fn content(tx: &dyn Tx, key: &[u8]) -> Result<Vec<u8>, StorageError> {
    let chunks = tx.scan(Table::Chunk, key, b"", usize::MAX)?;
    Ok(chunks.into_iter().flat_map(|(_, bytes)| bytes).collect())
}

fn erase(tx: &mut dyn Tx, key: &[u8], upload: &Upload) -> Result<(), StorageError> {
    erase_chunks(tx, key)?;
    tx.delete(Table::Upload, key)?;
    tx.delete(
        Table::OpFile,
        &[
            upload.op.as_bytes().as_slice(),
            upload.claim.sha256.as_bytes(),
        ]
        .concat(),
    )
}

fn erase_chunks(tx: &mut dyn Tx, key: &[u8]) -> Result<(), StorageError> {
    for (chunk, _) in tx.scan(Table::Chunk, key, b"", usize::MAX)? {
        tx.delete(Table::Chunk, &chunk)?;
    }
    Ok(())
}

fn number(call: &Call, header: &'static str) -> Result<u64, Stop> {
    let digits = call
        .header(header)
        .filter(|text| text.bytes().all(|b| b.is_ascii_digit()));
    digits
        .and_then(|text| text.parse().ok())
        .ok_or_else(|| refuse(400, header))
}

/// One value of `Upload-Metadata` (`key base64, key base64`).
fn metadata_value(header: &str, key: &str) -> Option<String> {
    let value = header
        .split(',')
        .find_map(|pair| pair.trim().strip_prefix(key)?.strip_prefix(' '))?;
    String::from_utf8(BASE64.decode(value.trim()).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn metadata_is_read_by_whole_keys() {
        let header = "opx YQ==, op Yg==,sha256 Yw==";
        assert_eq!(metadata_value(header, "op").as_deref(), Some("b"));
        assert_eq!(metadata_value(header, "sha256").as_deref(), Some("c"));
        assert_eq!(metadata_value(header, "sha"), None);
        assert_eq!(metadata_value("op !!", "op"), None);
    }
}
