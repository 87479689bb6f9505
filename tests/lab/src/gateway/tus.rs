//! What the checks of uploads share: a committed op with a photo, and the requests of tus 1.0.0 as §6 has them.

use base64::Engine as _;
use hues_protocol::classify::{self, Complete, OffsetAnswer, PatchAnswer};
use hues_protocol::http::Method;
use hues_protocol::ids::Hash;
use hues_protocol::kinds::Act;

use super::answer::Answer;
use super::attacker::{Attacker, Who};
use super::model::Checked;
use super::phone::{self, file_part, Lane, Offer};

/// A photo of a committed op.
pub(super) struct Photo {
    pub(super) who: Who,
    pub(super) lane: Lane,
    pub(super) offer: Offer,
    pub(super) bytes: Vec<u8>,
    pub(super) sha256: Hash,
}

impl Photo {
    pub(super) fn length(&self) -> u64 {
        self.bytes.len() as u64
    }
}

/// A committed op with a clean photo that has not been sent.
pub(super) async fn photo(a: &mut Attacker, who: Who) -> Checked<Photo> {
    let seed = hues_env::Random::next_u64(&mut a.chance);
    let (bytes, _) = phone::photo(seed)?;
    with_file(a, who, bytes).await
}

/// The same with any bytes.
pub(super) async fn with_file(a: &mut Attacker, who: Who, bytes: Vec<u8>) -> Checked<Photo> {
    let mut lane = Lane::fresh();
    let mut report = a.report(&lane)?;
    if who == Who::Nobody {
        report.author = hues_protocol::author::Author::Anonymous;
    }
    let part = file_part(&bytes, 320, 240);
    let sha256 = part.sha256;
    report.files = vec![part];
    let offer = lane.offer(&Act::New(report))?;
    a.take(who, &mut lane, offer.clone()).await?;
    Ok(Photo {
        who,
        lane,
        offer,
        bytes,
        sha256,
    })
}

/// `POST /files` for this op, hash and length.
pub(super) async fn create_for(
    a: &mut Attacker,
    who: Who,
    op: &str,
    sha256: &str,
    length: &str,
) -> Checked<Answer> {
    let b64 = |text: &str| base64::engine::general_purpose::STANDARD.encode(text);
    let headers = [
        ("tus-resumable", "1.0.0".to_owned()),
        ("upload-length", length.to_owned()),
        (
            "upload-metadata",
            format!("op {},sha256 {}", b64(op), b64(sha256)),
        ),
    ];
    a.must(who, Method::Post, "/files", &headers, Vec::new())
        .await
}

/// Creates the upload of a photo; its path.
pub(super) async fn create(a: &mut Attacker, photo: &Photo) -> Checked<String> {
    let op = photo.offer.id().to_string();
    let answer = create_for(
        a,
        photo.who,
        &op,
        &photo.sha256.to_string(),
        &photo.length().to_string(),
    )
    .await?;
    let wanted = "201 with tus-resumable and a Location of /files/ and an id, without an origin";
    match classify::file_created(&Ok(answer.response.clone())) {
        Ok(classify::CreateAnswer::Created(path)) => Ok(path),
        _ => Err(answer.broken(wanted)),
    }
}

/// The headers of a PATCH.
pub(super) fn patch_headers(offset: u64) -> Vec<(&'static str, String)> {
    vec![
        ("tus-resumable", "1.0.0".to_owned()),
        ("upload-offset", offset.to_string()),
        ("content-type", "application/offset+octet-stream".to_owned()),
    ]
}

pub(super) async fn patch(
    a: &mut Attacker,
    who: Who,
    path: &str,
    offset: u64,
    bytes: &[u8],
) -> Checked<Answer> {
    a.must(
        who,
        Method::Patch,
        path,
        &patch_headers(offset),
        bytes.to_vec(),
    )
    .await
}

pub(super) async fn head(a: &mut Attacker, who: Who, path: &str) -> Checked<Answer> {
    let headers = [("tus-resumable", "1.0.0".to_owned())];
    a.must(who, Method::Head, path, &headers, Vec::new()).await
}

/// The offset that `HEAD` tells of an unfinished upload.
pub(super) async fn offset(a: &mut Attacker, photo: &Photo, path: &str) -> Checked<u64> {
    let answer = head(a, photo.who, path).await?;
    match classify::file_offset(&Ok(answer.response.clone()), photo.length()) {
        Ok(OffsetAnswer::Offset(offset)) => Ok(offset),
        _ => Err(answer.broken("200 or 204 with an Upload-Offset within the file")),
    }
}

/// Sends the rest; the file is complete after it.
pub(super) async fn finish(
    a: &mut Attacker,
    photo: &Photo,
    path: &str,
    from: u64,
) -> Checked<Complete> {
    let rest = usize::try_from(from)
        .ok()
        .and_then(|from| photo.bytes.get(from..))
        .unwrap_or_default();
    let answer = patch(a, photo.who, path, from, rest).await?;
    match classify::file_patched(&Ok(answer.response.clone()), photo.length()) {
        Ok(PatchAnswer::Complete(done)) => {
            complete_at_home(a, photo, &answer, done).await?;
            Ok(done)
        }
        _ => Err(answer.broken(
            "204 with Hues-Index and Hues-Epoch: the last byte arrived and the hash is right",
        )),
    }
}

/// A complete file is in its report's row and can be fetched whole by its sender.
async fn complete_at_home(
    a: &mut Attacker,
    photo: &Photo,
    answer: &Answer,
    _: Complete,
) -> Checked {
    if photo.who == Who::Nobody {
        return Ok(());
    }
    let row = super::ops::own_row(a, photo.who, photo.lane.subject).await?;
    let states: Vec<&str> = row.photos.iter().map(|p| p.state.as_str()).collect();
    if states != ["received"] {
        return Err(answer.broken_as(
            format!("photos {states:?} in the report's row"),
            "one photo, received",
        ));
    }
    let media = a
        .get(photo.who, &format!("/media/{}", photo.sha256))
        .await?;
    media.want(200)?;
    match media.response.body == photo.bytes {
        true => Ok(()),
        false => Err(media.broken("the photo, byte for byte")),
    }
}
