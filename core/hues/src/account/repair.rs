//! Bringing an account back after its database was damaged: the union of what was mirrored and of what can still be read of the old file.
//!
//! Invariant: damage costs what lay there and nothing else; bringing back twice changes nothing; the newest damaged file stays beside the new one.

use std::path::Path;

use hues_env::Env;
use hues_protocol::ids::OpId;
use hues_store::rusqlite::Row;
use hues_store::{readable_rows, Durability, Mirror, RowsOf, SealedDir, StoreFile, Writer};
use hues_sync::outbox;

use crate::error::HueError;
use crate::feedback::drafts::{self, RestoredDraft, RestoredPhoto};
use crate::feedback::{search, submit};

/// What came back.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Brought {
    /// Acts that had not been confirmed for good.
    pub acts: u64,
    /// Drafts.
    pub drafts: u64,
}

/// An act as it is brought back.
struct Kept {
    entry: zeroize::Zeroizing<Vec<u8>>,
    snapshot: zeroize::Zeroizing<Vec<u8>>,
}

/// Fills the new database of `file` from the mirror and from the databases set aside.
pub(super) fn bring_back(
    file: &StoreFile,
    writer: &mut Writer,
    env: &mut Env<'_>,
) -> Result<Brought, HueError> {
    writer.try_write(Durability::Full, |tx| search::ensure(tx))?;
    let mut asides = file.set_aside()?;
    let mut brought = Brought {
        acts: import(writer, env, mirrored(file)?)?,
        drafts: 0,
    };
    // The newest first: where an earlier repair was cut short, it holds what that one had brought back already.
    asides.reverse();
    for aside in &asides {
        let owner = file.look_aside(aside, super::owner::read).ok().flatten();
        if let Some(account) = owner {
            writer.try_write(Durability::Full, |tx| super::owner::save(tx, &account))?;
        }
        let readable = unmirrored(file, writer, aside)?;
        brought.acts += import(writer, env, readable)?;
        brought.drafts += bring_drafts(file, writer, aside)?;
    }
    for old in asides.iter().skip(1) {
        file.discard_aside(old)?;
    }
    Ok(brought)
}

/// Everything on the mirror that can be read.
fn mirrored(file: &StoreFile) -> Result<Vec<Kept>, HueError> {
    let mirror = Mirror::open(file)?;
    // An entry that is damaged too is left where it is; the others must still come back.
    let readable = mirror
        .list()?
        .into_iter()
        .filter_map(|id| mirror.get(&id).ok());
    Ok(readable
        .map(|kept| Kept {
            entry: kept.op,
            snapshot: kept.snapshot,
        })
        .collect())
}

/// The acts of a database set aside that the new one does not have: those whose mirror entry never was written, or is damaged.
fn unmirrored(file: &StoreFile, writer: &mut Writer, aside: &Path) -> Result<Vec<Kept>, HueError> {
    let mut ids: Vec<OpId> = Vec::new();
    let open_ops = RowsOf {
        table: "sync_op",
        columns: "op_id",
        filter: outbox::STILL_NEEDED,
    };
    readable_rows(file, aside, &open_ops, |row| {
        ids.extend(row.get(1).ok().map(OpId));
    });
    let mut found = Vec::new();
    for op in ids {
        if writer.read(|tx| Ok::<_, HueError>(outbox::act(tx, &op)?.is_some()))? {
            continue;
        }
        // Its parts may lie on the page that is gone: then nothing of it could be sent anyway.
        let kept = file.look_aside(aside, |old| {
            Ok::<_, HueError>(Kept {
                entry: outbox::mirror_entry(old, &op)?,
                snapshot: submit::snapshot(old, &op)?.into(),
            })
        });
        found.extend(kept.ok());
    }
    Ok(found)
}

/// Takes acts in, oldest first; gives how many were not there yet.
fn import(writer: &mut Writer, env: &mut Env<'_>, mut kept: Vec<Kept>) -> Result<u64, HueError> {
    kept.sort_by_cached_key(|k| outbox::salvage_order(&k.entry));
    let mut count = 0;
    for one in kept {
        let done = writer.try_write(Durability::Full, |tx| {
            submit::salvage(tx, env, &one.entry, &one.snapshot)
        })?;
        count += u64::from(done.value);
    }
    Ok(count)
}

fn bring_drafts(file: &StoreFile, writer: &mut Writer, aside: &Path) -> Result<u64, HueError> {
    let mut found: Vec<RestoredDraft> = Vec::new();
    let rows = RowsOf {
        table: "draft",
        columns: "id, saved_at, input",
        filter: "1",
    };
    readable_rows(file, aside, &rows, |row| found.extend(draft(row).ok()));
    let mut photos: Vec<RestoredPhoto> = Vec::new();
    let rows = RowsOf {
        table: "draft_photo",
        columns: "draft, sha256, bytes, width, height, file, original, lat, lon",
        filter: "1",
    };
    readable_rows(file, aside, &rows, |row| photos.extend(photo(row).ok()));
    let sealed = SealedDir::attachments(file)?.list()?;
    photos.retain(|p| sealed.contains(&p.photo.file));
    let mut count = 0;
    for mut one in found {
        // A file from before drafts could edit has no such column; then it edits nothing.
        let edits = file.look_aside(aside, |old| drafts::edits(old, one.id));
        one.edits = edits.ok().flatten();
        let done = writer.try_write(Durability::Full, |tx| {
            drafts::restore(tx, &one, photos.iter().filter(|p| p.draft == one.id))
        })?;
        count += u64::from(done.value);
    }
    Ok(count)
}

fn draft(row: &Row<'_>) -> hues_store::rusqlite::Result<RestoredDraft> {
    Ok(RestoredDraft {
        id: crate::ids::Id(row.get(1)?),
        saved_at: row.get(2)?,
        input: row.get(3)?,
        edits: None,
    })
}

fn photo(row: &Row<'_>) -> hues_store::rusqlite::Result<RestoredPhoto> {
    Ok(RestoredPhoto {
        draft: crate::ids::Id(row.get(1)?),
        photo: drafts::NewPhoto {
            sha256: row.get(2)?,
            bytes: row.get::<_, i64>(3)? as u64,
            width: row.get(4)?,
            height: row.get(5)?,
            file: row.get(6)?,
            original: row.get(7)?,
            place: row.get::<_, Option<f64>>(8)?.zip(row.get(9)?),
        },
    })
}
