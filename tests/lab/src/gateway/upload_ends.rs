//! How an upload ends: complete, ended by its sender, no picture at all, or abandoned (§6 *Files*).

use hues_protocol::classify::{self, CreateAnswer, OffsetAnswer};
use hues_protocol::http::Method;

use super::attacker::{Attacker, Who};
use super::model::{broken, Checked};
use super::tus::{create, create_for, finish, head, offset, patch, photo, with_file};
use super::uploads::speaks_tus;

/// Complete is complete: `HEAD` and a new `POST` repeat index and epoch.
pub(super) async fn complete(a: &mut Attacker) -> Checked {
    let photo = photo(a, Who::Citizen).await?;
    let path = create(a, &photo).await?;
    let done = finish(a, &photo, &path, 0).await?;
    let first = a
        .taken
        .iter()
        .rfind(|t| t.offer.id() == photo.offer.id())
        .map(|t| t.says.clone());
    if let Some(receipt) = first {
        if done.log_index <= receipt.log_index || done.epoch != receipt.epoch {
            return Err(broken(
                format!("the last byte of {path}"),
                format!("index {}, epoch {}", done.log_index, done.epoch),
                "a log index above its op's, in the same epoch",
            ));
        }
    }
    for _ in 0..2 {
        let answer = head(a, photo.who, &path).await?;
        let told = classify::file_offset(&Ok(answer.response.clone()), photo.length());
        if told != Ok(OffsetAnswer::Complete(done)) {
            return Err(answer.broken_as(
                format!(
                    "{}, index {:?}",
                    answer.came(),
                    answer.response.header("hues-index")
                ),
                "the same Hues-Index and Hues-Epoch",
            ));
        }
    }
    let (op, sha, length) = (
        photo.offer.id().to_string(),
        photo.sha256.to_string(),
        photo.length().to_string(),
    );
    let again = create_for(a, photo.who, &op, &sha, &length).await?;
    match classify::file_created(&Ok(again.response.clone())) {
        Ok(CreateAnswer::Complete(same)) if same == done => Ok(()),
        _ => {
            Err(again
                .broken("200 with the same Hues-Index and Hues-Epoch: the file is there already"))
        }
    }
}

/// What is no clean JPEG is refused when it is whole, and gone.
pub(super) async fn unclean(a: &mut Attacker) -> Checked {
    let dirty = hues_media::testkit::generate(7, 64, 48, &hues_media::testkit::Extras::default());
    for (bytes, rule) in [
        (
            b"GIF89a, which is no picture a phone sends".to_vec(),
            "photo-type",
        ),
        (dirty, "photo-unclean"),
    ] {
        let photo = with_file(a, Who::Citizen, bytes).await?;
        let path = create(a, &photo).await?;
        let answer = patch(a, photo.who, &path, 0, &photo.bytes).await?;
        answer.refused(400, &[rule])?;
        head(a, photo.who, &path).await?.want_one_of(&[404, 410])?;
        a.get(photo.who, &format!("/media/{}", photo.sha256))
            .await?
            .refused(404, &[])?;
    }
    Ok(())
}

/// Ended by its sender: gone, and created anew from the start.
pub(super) async fn termination(a: &mut Attacker) -> Checked {
    let photo = photo(a, Who::Citizen).await?;
    let path = create(a, &photo).await?;
    patch(
        a,
        photo.who,
        &path,
        0,
        photo.bytes.get(..300).unwrap_or_default(),
    )
    .await?
    .want(204)?;
    let tus = [("tus-resumable", "1.0.0".to_owned())];
    a.must(photo.who, Method::Delete, &path, &tus, Vec::new())
        .await?
        .want(204)?;
    head(a, photo.who, &path).await?.want_one_of(&[404, 410])?;
    let gone = patch(a, photo.who, &path, 300, b"x").await?;
    gone.want_one_of(&[404, 410])?;
    speaks_tus(&gone)?;
    let anew = create(a, &photo).await?;
    let from = offset(a, &photo, &anew).await?;
    if from != 0 {
        return Err(broken(
            format!("POST /files after DELETE {path}"),
            format!("offset {from}"),
            "offset 0: the bytes are erased",
        ));
    }
    finish(a, &photo, &anew, 0).await?;
    Ok(())
}

/// An abandoned upload waits, and says until when: seven days after its last byte.
pub(super) async fn abandoned(a: &mut Attacker) -> Checked {
    let photo = photo(a, Who::Citizen).await?;
    let path = create(a, &photo).await?;
    patch(
        a,
        photo.who,
        &path,
        0,
        photo.bytes.get(..300).unwrap_or_default(),
    )
    .await?
    .want(204)?;
    let answer = head(a, photo.who, &path).await?;
    let wanted = "an Upload-Expires seven days after its last byte";
    let told = answer
        .response
        .header("upload-expires")
        .and_then(|text| httpdate::parse_http_date(text).ok());
    let told = told.ok_or_else(|| answer.broken_as("no such date", wanted))?;
    let beacon = a.get(Who::Nobody, "/beacon").await?;
    let beacon: hues_protocol::city::Signed<hues_protocol::beacon::Beacon> =
        beacon.signed(200, a.keys()?)?;
    let told = told
        .duration_since(std::time::UNIX_EPOCH)
        .unwrap_or_default()
        .as_millis();
    let ahead = i64::try_from(told)
        .unwrap_or(i64::MAX)
        .saturating_sub(beacon.time);
    let days = ahead as f64 / 86_400_000.0;
    match (6.99..7.01).contains(&days) {
        true => Ok(()),
        false => Err(answer.broken_as(format!("{days:.2} days from the newest beacon"), wanted)),
    }
}
