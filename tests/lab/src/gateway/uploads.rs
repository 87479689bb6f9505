//! Uploads: creation, offsets, cuts, checksums, ends (tus 1.0.0 as §6 *Files* has it).

use std::time::Duration;

use base64::Engine as _;
use hues_env::Random as _;
use hues_protocol::classify::{self, CreateAnswer, OffsetAnswer};
use hues_protocol::http::Method;

use super::answer::Answer;
use super::attacker::{Attacker, Who};
use super::model::{broken, not_tried, Checked};
use super::tus::{create, create_for, finish, head, offset, patch, patch_headers, photo, Photo};

/// For committed ops and their files only; the same unfinished upload is named again.
pub(super) async fn creation(a: &mut Attacker) -> Checked {
    let photo = photo(a, Who::Citizen).await?;
    let path = create(a, &photo).await?;
    let half = photo.bytes.len() / 2;
    patch(
        a,
        photo.who,
        &path,
        0,
        photo.bytes.get(..half).unwrap_or_default(),
    )
    .await?
    .want(204)?;
    let (op, sha, length) = (
        photo.offer.id().to_string(),
        photo.sha256.to_string(),
        photo.length().to_string(),
    );
    let again = create_for(a, photo.who, &op, &sha, &length).await?;
    let wanted = "201, the same Location, with its Upload-Offset";
    let same = classify::file_created(&Ok(again.response.clone()))
        == Ok(CreateAnswer::Created(path.clone()));
    if !same || again.response.number("upload-offset") != Some(half as u64) {
        return Err(again.broken_as(
            format!(
                "{}, location {:?}, offset {:?}",
                again.came(),
                again.response.header("location"),
                again.response.header("upload-offset")
            ),
            wanted,
        ));
    }
    let other_hash = "ab".repeat(32);
    for (what, answer) in [
        (
            "an op that never was",
            create_for(a, photo.who, &"ab".repeat(16), &sha, &length).await?,
        ),
        (
            "a file the op does not state",
            create_for(a, photo.who, &op, &other_hash, &length).await?,
        ),
        (
            "another length",
            create_for(a, photo.who, &op, &sha, "17").await?,
        ),
    ] {
        let mut answer = answer;
        answer.sent = format!("POST /files for {what}");
        answer.refused(404, &[])?;
        speaks_tus(&answer)?;
    }
    for (op, sha, length) in [
        ("zz", sha.as_str(), length.as_str()),
        (&op, "zz", &length),
        (&op, &sha, "-1"),
        (&op, &sha, "x"),
    ] {
        create_for(a, photo.who, op, sha, length)
            .await?
            .refused(400, &[])?;
    }
    let large = (a.known()?.hello.limits.file_bytes + 1).to_string();
    create_for(a, photo.who, &op, &sha, &large)
        .await?
        .refused(413, &[])?;
    a.must(photo.who, Method::Post, "/files", &[], Vec::new())
        .await?
        .want(412)
}

/// Every answer to a request that spoke tus speaks it too, errors not excepted.
pub(super) fn speaks_tus(answer: &Answer) -> Checked {
    match answer.response.header("tus-resumable") {
        Some("1.0.0") => Ok(()),
        other => Err(answer.broken_as(
            format!("tus-resumable: {other:?}"),
            "Tus-Resumable: 1.0.0, on errors too",
        )),
    }
}

/// Another account's upload is not there.
pub(super) async fn other_account(a: &mut Attacker) -> Checked {
    a.needs(Who::Other)?;
    let photo = photo(a, Who::Citizen).await?;
    let path = create(a, &photo).await?;
    let (op, sha, length) = (
        photo.offer.id().to_string(),
        photo.sha256.to_string(),
        photo.length().to_string(),
    );
    create_for(a, Who::Other, &op, &sha, &length)
        .await?
        .refused(404, &[])?;
    head(a, Who::Other, &path).await?.want(404)?;
    patch(a, Who::Other, &path, 0, b"x")
        .await?
        .refused(404, &[])?;
    let unnamed = head(a, Who::Nobody, &path).await?;
    unnamed.want_one_of(&[401, 404])?;
    finish(a, &photo, &path, 0).await?;
    a.get(Who::Other, &format!("/media/{}", photo.sha256))
        .await?
        .refused(404, &[])?;
    a.get(Who::Nobody, &format!("/media/{}", photo.sha256))
        .await?
        .refused(401, &[])?;
    Ok(())
}

/// Cut in the middle of a body: what arrived is kept, the offset is told, the rest completes it.
pub(super) async fn cut(a: &mut Attacker) -> Checked {
    let photo = photo(a, Who::Citizen).await?;
    let path = create(a, &photo).await?;
    let mut from = 0;
    for _ in 0..3 {
        let (sent, told) = cut_once(a, &photo, &path, from).await?;
        let wanted = "an offset of what arrived: not below the offset before, not above what was sent, and not all thrown away";
        if told > from + sent || told <= from {
            return Err(broken(
                format!(
                    "PATCH {path} at offset {from}, cut after {sent} bytes of its body, then HEAD"
                ),
                format!("offset {told}"),
                wanted,
            ));
        }
        from = told;
    }
    finish(a, &photo, &path, from).await?;
    Ok(())
}

/// Sends a PATCH that ends inside its body; how much left, and the offset told afterwards.
async fn cut_once(a: &mut Attacker, photo: &Photo, path: &str, from: u64) -> Checked<(u64, u64)> {
    let rest = usize::try_from(from)
        .ok()
        .and_then(|from| photo.bytes.get(from..))
        .unwrap_or_default()
        .to_vec();
    let at = 1 + usize::try_from(a.chance.below(rest.len() as u64 / 3)).unwrap_or(0);
    let mut wire = a.wire().await?;
    let head = a.head(
        photo.who,
        Method::Patch,
        path,
        &patch_headers(from),
        rest.len(),
    );
    wire.write(&[&head, rest.get(..at).unwrap_or_default()].concat())
        .await
        .map_err(|e| not_tried(format!("the connection broke: {e}")))?;
    tokio::time::sleep(Duration::from_millis(50)).await;
    wire.finish().await;
    // The city notices the end in its own time.
    let mut told = from;
    for _ in 0..40 {
        tokio::time::sleep(Duration::from_millis(50)).await;
        told = offset(a, photo, path).await?;
        if told >= from + at as u64 {
            break;
        }
    }
    Ok((at as u64, told))
}

/// A PATCH elsewhere than at the offset changes nothing.
pub(super) async fn wrong_offset(a: &mut Attacker) -> Checked {
    let photo = photo(a, Who::Citizen).await?;
    let path = create(a, &photo).await?;
    let first = photo.bytes.get(..400).unwrap_or_default();
    patch(a, photo.who, &path, 0, first).await?.want(204)?;
    for wrong in [0, 200, 401, photo.length()] {
        let bytes = photo.bytes.get(..100).unwrap_or_default();
        let answer = patch(a, photo.who, &path, wrong, bytes).await?;
        answer.refused(409, &[])?;
        speaks_tus(&answer)?;
        let now = offset(a, &photo, &path).await?;
        if now != 400 {
            return Err(answer.broken_as(
                format!("offset {now} afterwards"),
                "the offset stays at 400",
            ));
        }
    }
    let odd = a
        .must(
            photo.who,
            Method::Patch,
            &path,
            &[
                ("tus-resumable", "1.0.0".into()),
                ("upload-offset", "-1".into()),
                ("content-type", "application/offset+octet-stream".into()),
            ],
            b"x".to_vec(),
        )
        .await?;
    odd.refused(400, &[])?;
    finish(a, &photo, &path, 400).await?;
    Ok(())
}

/// A checksum of one PATCH that does not match leaves the offset; an algorithm that is none is refused.
pub(super) async fn checksum(a: &mut Attacker) -> Checked {
    let photo = photo(a, Who::Citizen).await?;
    let path = create(a, &photo).await?;
    let first = photo.bytes.get(..500).unwrap_or_default().to_vec();
    let sum = |bytes: &[u8]| {
        base64::engine::general_purpose::STANDARD.encode(hues_crypto::hash::sha256(bytes))
    };
    let mut with = async |value: String| {
        let mut headers = patch_headers(0);
        headers.push(("upload-checksum", value));
        a.must(photo.who, Method::Patch, &path, &headers, first.clone())
            .await
    };
    let bad = with(format!("sha256 {}", sum(b"something else"))).await?;
    bad.refused(460, &[])?;
    speaks_tus(&bad)?;
    with("crc99 AAAA".into()).await?.refused(400, &[])?;
    let after = offset(a, &photo, &path).await?;
    if after != 0 {
        return Err(bad.broken_as(
            format!("offset {after} afterwards"),
            "an offset that stays where it was",
        ));
    }
    let mut headers = patch_headers(0);
    headers.push(("upload-checksum", format!("sha256 {}", sum(&first))));
    a.must(photo.who, Method::Patch, &path, &headers, first)
        .await?
        .want(204)?;
    finish(a, &photo, &path, 500).await?;
    Ok(())
}

/// The whole file with one byte wrong: 460 at its end, offset 0 again, and the right one is taken.
pub(super) async fn whole_hash(a: &mut Attacker) -> Checked {
    let photo = photo(a, Who::Citizen).await?;
    let path = create(a, &photo).await?;
    let mut wrong = photo.bytes.clone();
    let at = usize::try_from(a.chance.below(wrong.len() as u64)).unwrap_or(0);
    if let Some(byte) = wrong.get_mut(at) {
        *byte ^= 0x10;
    }
    let answer = patch(a, photo.who, &path, 0, &wrong).await?;
    answer.refused(460, &[])?;
    let after = offset(a, &photo, &path).await?;
    if after != 0 {
        return Err(answer.broken_as(format!("offset {after} afterwards"), "offset 0 again"));
    }
    finish(a, &photo, &path, 0).await?;
    Ok(())
}

/// More bytes than were announced.
pub(super) async fn length(a: &mut Attacker) -> Checked {
    let photo = photo(a, Who::Citizen).await?;
    let path = create(a, &photo).await?;
    let long = [&photo.bytes[..], b"and more"].concat();
    let answer = patch(a, photo.who, &path, 0, &long).await?;
    answer.refused(413, &[])?;
    let after = offset(a, &photo, &path).await?;
    if after != 0 {
        return Err(answer.broken_as(
            format!("offset {after} afterwards"),
            "an offset that stays where it was",
        ));
    }
    let wrong_type = [
        ("tus-resumable", "1.0.0".to_owned()),
        ("upload-offset", "0".to_owned()),
        ("content-type", "image/jpeg".to_owned()),
    ];
    a.must(
        photo.who,
        Method::Patch,
        &path,
        &wrong_type,
        photo.bytes.clone(),
    )
    .await?
    .want(415)?;
    finish(a, &photo, &path, 0).await?;
    Ok(())
}

/// The same piece on two connections at once: kept once.
pub(super) async fn doubled(a: &mut Attacker) -> Checked {
    let photo = photo(a, Who::Citizen).await?;
    let path = create(a, &photo).await?;
    let half = photo.bytes.len() / 2;
    let piece = photo.bytes.get(..half).unwrap_or_default().to_vec();
    let mut wires = Vec::new();
    for _ in 0..2 {
        let mut wire = a.wire().await?;
        let head = a.head(photo.who, Method::Patch, &path, &patch_headers(0), half);
        let most = piece.get(..half - 1).unwrap_or_default();
        wire.write(&[&head, most].concat())
            .await
            .map_err(|e| not_tried(format!("the connection broke: {e}")))?;
        wires.push(wire);
    }
    let last = piece.last().copied().unwrap_or_default();
    for wire in &mut wires {
        let _ = wire.write(&[last]).await; // a server that hung up shows in the answer
    }
    let mut statuses = Vec::new();
    for mut wire in wires {
        let sent = format!("PATCH {path} at offset 0, raced on two connections");
        let response = wire
            .answer(false)
            .await
            .ok_or_else(|| broken(sent.clone(), "no answer", "204 or 409"))?;
        let answer = a.note(sent, response, false);
        answer.want_one_of(&[204, 409])?;
        statuses.push(answer.status());
    }
    let now = offset(a, &photo, &path).await?;
    if !statuses.contains(&204) || now != half as u64 {
        return Err(broken(
            format!("PATCH {path}, {half} bytes at offset 0 on two connections at once"),
            format!("answers {statuses:?}, offset {now}"),
            "the piece once: one 204, and its length as the offset",
        ));
    }
    finish(a, &photo, &path, now).await?;
    Ok(())
}

/// A connection that stays half open with half a piece: the phone comes back on another and is not locked out.
pub(super) async fn half_open(a: &mut Attacker) -> Checked {
    let photo = photo(a, Who::Citizen).await?;
    let path = create(a, &photo).await?;
    let mut stale = a.wire().await?;
    let head = a.head(
        photo.who,
        Method::Patch,
        &path,
        &patch_headers(0),
        photo.bytes.len(),
    );
    stale
        .write(&[&head, photo.bytes.get(..300).unwrap_or_default()].concat())
        .await
        .map_err(|e| not_tried(format!("the connection broke: {e}")))?;
    tokio::time::sleep(Duration::from_millis(100)).await;
    let from = offset(a, &photo, &path).await?;
    let done = finish(a, &photo, &path, from).await?;
    stale.finish().await;
    drop(stale);
    tokio::time::sleep(Duration::from_millis(100)).await;
    let answer = super::tus::head(a, photo.who, &path).await?;
    match classify::file_offset(&Ok(answer.response.clone()), photo.length()) {
        Ok(OffsetAnswer::Complete(same)) if same == done => Ok(()),
        _ => Err(answer
            .broken("complete it was, complete it stays, whatever the dead connection brings")),
    }
}

/// Files of an anonymous report, without any credentials.
pub(super) async fn anonymous(a: &mut Attacker) -> Checked {
    let photo = photo(a, Who::Nobody).await?;
    let path = create(a, &photo).await?;
    let from = cut_once(a, &photo, &path, 0).await?.1;
    finish(a, &photo, &path, from).await?;
    Ok(())
}
