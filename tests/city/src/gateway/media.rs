//! Photos for who may see them: everyone once published, before that the reporter and the officers concerned.
//!
//! Invariant: a photo that the caller may not see and one that is not there answer alike.

use hues_env::Env;
use hues_protocol::http::HttpResponse;
use hues_protocol::ids::Hash;
use hues_protocol::problem::RefusalKind;

use super::call::{answer, problem, refuse, sign_in, with_header, Answer, Call, Stop};
use super::records::{Report, Upload};
use super::{meta, pull, session, tus, INTAKE};
use crate::storage::{StorageError, Table, Tx};

/// `GET /media/{sha256}`
pub(super) fn media(tx: &mut dyn Tx, env: &Env, call: &Call, name: &str) -> Answer {
    let hash: Hash = name.parse().map_err(|_| refuse(404, "unknown"))?;
    let copies = tx.scan(Table::Photo, hash.as_bytes(), b"", 64)?;
    let public = !tx
        .scan(Table::PublicPhoto, hash.as_bytes(), b"", 1)?
        .is_empty();
    let session = session::of(tx, call, env.wall.0)?;
    for (key, report) in copies {
        let upload_id = key.get(32..).unwrap_or_default();
        let Some(upload) = meta::get::<Upload>(tx, Table::Upload, upload_id)? else {
            continue;
        };
        let visible = public || {
            let report: Option<Report> = meta::get(tx, Table::Report, &report)?;
            let report = report.ok_or(StorageError::Value("photo without report"))?;
            sees(tx, env, call, session.as_ref(), &report)?
        };
        if visible {
            let bytes = tus::content(tx, upload_id)?;
            return Ok(ranged(call, &hash, &upload.claim.media_type, bytes));
        }
    }
    // Without a session the phone should sign in first; with one there is nothing to see here.
    Err(if session.is_none() && call.header("hues-lane").is_none() {
        sign_in()
    } else {
        refuse(404, "unknown")
    })
}

fn sees(
    tx: &dyn Tx,
    env: &Env,
    call: &Call,
    session: Option<&session::Session>,
    report: &Report,
) -> Result<bool, Stop> {
    if let Some(session) = session {
        let own = report.account.as_ref() == Some(&session.account);
        let staff = session
            .staff
            .as_deref()
            .is_some_and(|unit| unit == INTAKE || unit == report.unit);
        if own || staff {
            return Ok(true);
        }
    }
    if call.header("hues-lane").is_some() {
        return Ok(pull::prove_lane(tx, call, report.lane, env.wall.0).is_ok());
    }
    Ok(false)
}

/// The whole, or the one range that was asked for (RFC 9110 §14).
fn ranged(call: &Call, hash: &Hash, media_type: &str, bytes: Vec<u8>) -> HttpResponse {
    let total = bytes.len();
    let photo = |status, body| {
        let response = with_header(answer(status, media_type, body), "accept-ranges", "bytes");
        let response = with_header(response, "etag", format!("\"{hash}\""));
        // Nothing here may be sniffed into something that runs.
        with_header(
            with_header(response, "x-content-type-options", "nosniff"),
            "cache-control",
            "private, max-age=86400",
        )
    };
    let Some(range) = call.header("range").and_then(|h| h.strip_prefix("bytes=")) else {
        return photo(200, bytes);
    };
    match parse_range(range, total) {
        None => photo(200, bytes), // a form we do not serve: the whole is a right answer
        Some(Err(())) => with_header(
            problem(416, RefusalKind::Refused, "range"),
            "content-range",
            format!("bytes */{total}"),
        ),
        Some(Ok((first, last))) => {
            let part = bytes.get(first..=last).unwrap_or_default().to_vec();
            with_header(
                photo(206, part),
                "content-range",
                format!("bytes {first}-{last}/{total}"),
            )
        }
    }
}

/// First and last byte; `Err` when it cannot be satisfied; nothing when it is not one plain range.
fn parse_range(text: &str, total: usize) -> Option<Result<(usize, usize), ()>> {
    let (first, last) = text.split_once('-')?;
    let bounds = match (first.parse::<usize>(), last.parse::<usize>()) {
        (Ok(first), Ok(last)) if first <= last => (first, last.min(total.saturating_sub(1))),
        (Ok(first), Err(_)) if last.is_empty() => (first, total.saturating_sub(1)),
        (Err(_), Ok(suffix)) if first.is_empty() && suffix > 0 => {
            (total.saturating_sub(suffix), total.saturating_sub(1))
        }
        _ => return None,
    };
    Some(if bounds.0 < total {
        Ok(bounds)
    } else {
        Err(())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_of_ten_bytes() {
        assert_eq!(parse_range("0-3", 10), Some(Ok((0, 3))));
        assert_eq!(parse_range("4-", 10), Some(Ok((4, 9))));
        assert_eq!(parse_range("-3", 10), Some(Ok((7, 9))));
        assert_eq!(parse_range("8-99", 10), Some(Ok((8, 9))));
        assert_eq!(parse_range("10-", 10), Some(Err(())));
        assert_eq!(parse_range("5-2", 10), None);
        assert_eq!(parse_range("0-1,3-4", 10), None);
    }
}
