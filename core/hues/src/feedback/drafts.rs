//! Drafts: what a person has entered so far, saved at every change. Several at once; none is ever lost or sent by itself.

use hues_env::Env;
use hues_protocol::config::Config;
use hues_protocol::ids::OpId;
use hues_store::SealedId;
use hues_sync::outbox;
use rusqlite::{params, Connection, OptionalExtension};

use super::model::{Draft, DraftInput, DraftPhoto};
use super::rules;
use crate::error::HueError;
use crate::ids::{self, Id};

/// A cleaned photo on its way into a draft; its bytes are already sealed in `file`.
pub(crate) struct NewPhoto {
    pub sha256: [u8; 32],
    pub original: [u8; 32],
    pub bytes: u64,
    pub width: u32,
    pub height: u32,
    pub file: SealedId,
    pub place: Option<(f64, f64)>,
}

impl NewPhoto {
    /// A photo that lies in an op.
    pub(crate) fn kept(photo: &StoredPhoto) -> NewPhoto {
        NewPhoto {
            sha256: photo.sha256,
            original: photo.original.unwrap_or(photo.sha256),
            bytes: photo.bytes,
            width: photo.width,
            height: photo.height,
            file: photo.file,
            place: None,
        }
    }
}

/// A photo row as filing needs it.
#[derive(Clone)]
pub(crate) struct StoredPhoto {
    pub sha256: [u8; 32],
    pub bytes: u64,
    pub width: u32,
    pub height: u32,
    pub file: SealedId,
    /// SHA-256 of what the camera made, where it is known.
    pub original: Option<[u8; 32]>,
}

/// Makes a draft with what is known so far.
pub(crate) fn create(
    tx: &Connection,
    env: &mut Env<'_>,
    input: &DraftInput,
) -> Result<Id, HueError> {
    let id = Id(env.random.uuid_v4());
    tx.prepare_cached("INSERT INTO draft (id, saved_at, input) VALUES (?1, ?2, ?3)")?
        .execute(params![id.0, env.wall.0, encode(input)?])?;
    Ok(id)
}

/// Saves what was entered. The text is kept as typed; tidying happens at filing.
pub(crate) fn save(
    tx: &Connection,
    env: &Env<'_>,
    id: Id,
    input: &DraftInput,
) -> Result<(), HueError> {
    let changed = tx
        .prepare_cached("UPDATE draft SET saved_at = ?2, input = ?3 WHERE id = ?1")?
        .execute(params![id.0, env.wall.0, encode(input)?])?;
    found(changed)
}

/// Adds a photo. The same photo twice is one photo.
pub(crate) fn add_photo(
    tx: &Connection,
    env: &Env<'_>,
    id: Id,
    photo: &NewPhoto,
) -> Result<(), HueError> {
    let changed = tx
        .prepare_cached("UPDATE draft SET saved_at = ?2 WHERE id = ?1")?
        .execute(params![id.0, env.wall.0])?;
    found(changed)?;
    insert_photo(tx, id, photo)
}

fn insert_photo(tx: &Connection, id: Id, photo: &NewPhoto) -> Result<(), HueError> {
    let (lat, lon) = photo.place.unzip();
    tx.prepare_cached(
        "INSERT INTO draft_photo (draft, sha256, bytes, width, height, file, original, lat, lon)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) ON CONFLICT (draft, sha256) DO NOTHING",
    )?
    .execute(params![
        id.0,
        photo.sha256,
        photo.bytes as i64,
        photo.width,
        photo.height,
        photo.file,
        photo.original,
        lat,
        lon
    ])?;
    Ok(())
}

/// The draft that edits an op, if there is one.
pub(crate) fn editing(tx: &Connection, op: &OpId) -> Result<Option<Id>, HueError> {
    let id = tx
        .prepare_cached("SELECT id FROM draft WHERE edits = ?1")?
        .query_row([op.0], |r| r.get(0))
        .optional()?;
    Ok(id.map(Id))
}

/// The op a draft takes the place of when it is filed.
pub(crate) fn edits(tx: &Connection, id: Id) -> Result<Option<OpId>, HueError> {
    let op: Option<[u8; 16]> = tx
        .prepare_cached("SELECT edits FROM draft WHERE id = ?1")?
        .query_row([id.0], |r| r.get(0))
        .optional()?
        .ok_or(HueError::NotFound)?;
    Ok(op.map(OpId))
}

/// Says what a draft takes the place of; `None`: it is a new report.
pub(crate) fn set_edits(tx: &Connection, id: Id, op: Option<&OpId>) -> Result<(), HueError> {
    let changed = tx
        .prepare_cached("UPDATE draft SET edits = ?2 WHERE id = ?1")?
        .execute(params![id.0, op.map(|op| op.0)])?;
    found(changed)
}

/// An op that is being edited was replaced by another: the edit is now of that one.
pub(crate) fn follow_op(tx: &Connection, from: &OpId, to: &OpId) -> Result<(), HueError> {
    tx.prepare_cached("UPDATE draft SET edits = ?2 WHERE edits = ?1")?
        .execute(params![from.0, to.0])?;
    Ok(())
}

/// Whether a draft still shows this sealed photo.
pub(crate) fn needs_file(tx: &Connection, file: &SealedId) -> Result<bool, HueError> {
    Ok(tx
        .prepare_cached("SELECT EXISTS (SELECT 1 FROM draft_photo WHERE file = ?1)")?
        .query_row([file], |r| r.get(0))?)
}

/// A draft read from a damaged file.
pub(crate) struct RestoredDraft {
    pub id: Id,
    pub saved_at: i64,
    pub input: String,
    pub edits: Option<OpId>,
}

/// A photo of such a draft.
pub(crate) struct RestoredPhoto {
    pub draft: Id,
    pub photo: NewPhoto,
}

/// Puts a draft back, unless it is there, or is no draft that can be read. What it edited may not have come back: then it is a draft of its own.
pub(crate) fn restore<'p>(
    tx: &Connection,
    draft: &RestoredDraft,
    photos: impl Iterator<Item = &'p RestoredPhoto>,
) -> Result<bool, HueError> {
    if serde_json::from_str::<DraftInput>(&draft.input).is_err() {
        return Ok(false);
    }
    let edits = match draft.edits {
        Some(op) => outbox::act(tx, &op)?.map(|act| act.op_id.0),
        None => None,
    };
    let new = tx
        .prepare_cached("INSERT INTO draft (id, saved_at, input, edits) VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING")?
        .execute(params![draft.id.0, draft.saved_at, draft.input, edits])?;
    if new == 0 {
        return Ok(false);
    }
    for one in photos {
        insert_photo(tx, draft.id, &one.photo)?;
    }
    Ok(true)
}

/// Takes a photo out; returns its sealed file's name so that the shell removes it after the commit.
pub(crate) fn remove_photo(
    tx: &Connection,
    id: Id,
    sha256: &[u8; 32],
) -> Result<SealedId, HueError> {
    tx.prepare_cached("DELETE FROM draft_photo WHERE draft = ?1 AND sha256 = ?2 RETURNING file")?
        .query_row(params![id.0, sha256], |r| r.get(0))
        .optional()?
        .ok_or(HueError::NotFound)
}

/// Deletes a draft at the person's wish; returns the sealed files to remove after the commit.
pub(crate) fn discard(tx: &Connection, id: Id) -> Result<Vec<SealedId>, HueError> {
    let files = photos(tx, id)?.into_iter().map(|p| p.file).collect();
    let changed = tx
        .prepare_cached("DELETE FROM draft WHERE id = ?1")?
        .execute([id.0])?;
    found(changed)?;
    Ok(files)
}

/// The draft became a report: it goes, its photos now belong to the op.
pub(crate) fn filed(tx: &Connection, id: Id) -> Result<(), HueError> {
    found(
        tx.prepare_cached("DELETE FROM draft WHERE id = ?1")?
            .execute([id.0])?,
    )
}

/// All drafts, newest first.
pub(crate) fn list(tx: &Connection, config: &Config) -> Result<Vec<Draft>, HueError> {
    let ids: Vec<[u8; 16]> = tx
        .prepare_cached("SELECT id FROM draft ORDER BY saved_at DESC, seq DESC")?
        .query_map([], |r| r.get(0))?
        .collect::<Result<_, _>>()?;
    ids.into_iter().map(|id| get(tx, config, Id(id))).collect()
}

/// One draft with what is wrong with it by the city's data of now.
pub(crate) fn get(tx: &Connection, config: &Config, id: Id) -> Result<Draft, HueError> {
    let (saved_at, input, edits): (i64, String, Option<[u8; 16]>) = tx
        .prepare_cached("SELECT saved_at, input, edits FROM draft WHERE id = ?1")?
        .query_row([id.0], |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?)))
        .optional()?
        .ok_or(HueError::NotFound)?;
    let input: DraftInput =
        serde_json::from_str(&input).map_err(|_| HueError::internal("draft-json"))?;
    let stored = photos(tx, id)?;
    let problems = rules::problems(config, &input, stored.len());
    let warnings = rules::warnings(config, &input, &photo_places(tx, id)?);
    let photos = stored
        .into_iter()
        .map(|p| DraftPhoto {
            sha256: ids::hex(&p.sha256),
            bytes: p.bytes,
            width: p.width,
            height: p.height,
        })
        .collect();
    Ok(Draft {
        id: id.to_string(),
        input,
        edits: edits.map(|op| OpId(op).to_string()),
        photos,
        saved_at,
        problems,
        warnings,
    })
}

/// The photos of a draft, in the order they were added.
pub(crate) fn photos(tx: &Connection, id: Id) -> Result<Vec<StoredPhoto>, HueError> {
    let rows = tx
        .prepare_cached("SELECT sha256, bytes, width, height, file, original FROM draft_photo WHERE draft = ?1 ORDER BY seq")?
        .query_map([id.0], |r| {
            Ok(StoredPhoto {
                sha256: r.get(0)?,
                bytes: r.get::<_, i64>(1)? as u64,
                width: r.get(2)?,
                height: r.get(3)?,
                file: r.get(4)?,
                original: Some(r.get(5)?),
            })
        })?
        .collect::<Result<_, _>>()?;
    Ok(rows)
}

fn photo_places(tx: &Connection, id: Id) -> Result<Vec<Option<(f64, f64)>>, HueError> {
    let rows = tx
        .prepare_cached("SELECT lat, lon FROM draft_photo WHERE draft = ?1 ORDER BY seq")?
        .query_map([id.0], |r| Ok(r.get::<_, Option<f64>>(0)?.zip(r.get(1)?)))?
        .collect::<Result<_, _>>()?;
    Ok(rows)
}

fn encode(input: &DraftInput) -> Result<String, HueError> {
    serde_json::to_string(input).map_err(|_| HueError::internal("draft-json"))
}

fn found(changed: usize) -> Result<(), HueError> {
    if changed == 0 {
        Err(HueError::NotFound)
    } else {
        Ok(())
    }
}
