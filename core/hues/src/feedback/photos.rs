//! Photos on the phone: cleaned, sealed, then known to a draft or an act. The order matters: a sealed file without a row is swept later; a row without
//! its file would be a lost photo.

use hues_media::{clean as clean_photo, Limits, MediaError};
use hues_store::SealedId;
use ring::digest;

use super::drafts::{self, NewPhoto, StoredPhoto};
use super::model::Draft;
use crate::account::Work;
use crate::error::HueError;
use crate::ids::Id;

/// A cleaned photo in memory.
pub(crate) struct Cleaned {
    jpeg: Vec<u8>,
    sha256: [u8; 32],
    original: [u8; 32],
    width: u32,
    height: u32,
    place: Option<(f64, f64)>,
}

impl Cleaned {
    /// A photo that is clean already.
    pub(crate) fn of(jpeg: Vec<u8>, (width, height): (u32, u32)) -> Cleaned {
        let sha256 = hash(&jpeg);
        Cleaned {
            sha256,
            original: sha256,
            width,
            height,
            place: None,
            jpeg,
        }
    }
}

fn hash(bytes: &[u8]) -> [u8; 32] {
    let mut sha256 = [0; 32];
    sha256.copy_from_slice(digest::digest(&digest::SHA256, bytes).as_ref());
    sha256
}

/// Cleans one photo. Takes up to a second on an old phone; never call it on the writer thread.
pub(crate) fn clean(image: &[u8]) -> Result<Cleaned, HueError> {
    let photo = clean_photo(image, &Limits::default())?;
    Ok(Cleaned {
        sha256: hash(&photo.jpeg),
        original: photo.original_sha256,
        width: photo.width,
        height: photo.height,
        place: photo.gps,
        jpeg: photo.jpeg,
    })
}

/// Seals cleaned photos for an act that is about to be queued.
pub(crate) fn keep(
    work: &mut Work<'_>,
    photos: Vec<Cleaned>,
) -> Result<Vec<StoredPhoto>, HueError> {
    photos.into_iter().map(|photo| seal(work, &photo)).collect()
}

fn seal(work: &mut Work<'_>, photo: &Cleaned) -> Result<StoredPhoto, HueError> {
    let file: SealedId = work.state.random.uuid_v4();
    work.state
        .attachments
        .put(&file, &photo.jpeg, work.state.random.as_mut())?;
    Ok(StoredPhoto {
        sha256: photo.sha256,
        bytes: photo.jpeg.len() as u64,
        width: photo.width,
        height: photo.height,
        file,
        original: Some(photo.original),
    })
}

/// Adds a cleaned photo to a draft.
pub(crate) fn add(work: &mut Work<'_>, draft: Id, photo: Cleaned) -> Result<Draft, HueError> {
    let stored = seal(work, &photo)?;
    let new = NewPhoto {
        sha256: photo.sha256,
        original: photo.original,
        bytes: stored.bytes,
        width: stored.width,
        height: stored.height,
        file: stored.file,
        place: photo.place,
    };
    let added = work.commit(|tx, env, config| {
        let before = drafts::photos(tx, draft)?;
        let known = before.iter().any(|p| p.sha256 == new.sha256);
        if !known && before.len() >= config.limits.photos_max {
            return Err(HueError::invalid("photo", "files-many"));
        }
        drafts::add_photo(tx, env, draft, &new)?;
        Ok((drafts::get(tx, config, draft)?, known))
    });
    match added {
        Ok((draft, false)) => Ok(draft),
        // Not taken, or there already: the sealed copy just made is nobody's.
        Ok((draft, true)) => {
            work.forget_file(&new.file);
            Ok(draft)
        }
        Err(e) => {
            work.forget_file(&new.file);
            Err(e)
        }
    }
}

/// Takes a photo out of a draft.
pub(crate) fn remove(work: &mut Work<'_>, draft: Id, sha256: [u8; 32]) -> Result<Draft, HueError> {
    let (draft, file) = work.commit(|tx, _, config| {
        let file = drafts::remove_photo(tx, draft, &sha256)?;
        Ok((drafts::get(tx, config, draft)?, file))
    })?;
    work.forget_file(&file);
    Ok(draft)
}

/// Deletes a draft and its photos.
pub(crate) fn discard_draft(work: &mut Work<'_>, draft: Id) -> Result<(), HueError> {
    let files = work.commit(|tx, _, _| drafts::discard(tx, draft))?;
    for file in &files {
        work.forget_file(file);
    }
    Ok(())
}

impl From<MediaError> for HueError {
    fn from(e: MediaError) -> Self {
        HueError::invalid(
            "photo",
            &e.rule().trim_start_matches("photo_").replace('_', "-"),
        )
    }
}
