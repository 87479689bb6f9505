//! Editing what has not left, or what the city refused: a filed report opens as a draft again and takes its act's place when it is filed; any other act
//! gets new words.
//!
//! Invariant: until the edited act is committed the first one stands as it was, and may still leave; then the edit is refused and its draft stays.

use hues_env::Env;
use hues_protocol::author::Author;
use hues_protocol::config::Config;
use hues_protocol::ids::OpId;
use hues_protocol::kinds::{Act, FilePart, Kind, PartSet};
use hues_sync::machine::Owner;
use hues_sync::outbox::{self, AuthorWish, Changed, LaneRef, NewOp, SubjectOp};
use rusqlite::Connection;

use super::drafts::{self, NewPhoto, StoredPhoto};
use super::filing::{self, SHORT};
use super::model::{AuthorKind, Draft, DraftInput, Submitted};
use super::rows::{self, MINE};
use super::{rules, submit};
use crate::account::Work;
use crate::error::HueError;
use crate::ids::{self, Id};

/// Opens a filed report as a draft that takes its act's place when it is filed. Opened twice, it is the same draft.
pub(crate) fn open(
    tx: &Connection,
    env: &mut Env<'_>,
    config: &Config,
    op: OpId,
) -> Result<Draft, HueError> {
    outbox::check_editable(tx, &op)?;
    let act = outbox::act(tx, &op)?.ok_or(HueError::NotFound)?;
    if act.kind != Kind::New.name() {
        return Err(HueError::refused("edit-words-only"));
    }
    let filed = filed_input(tx, &act)?;
    let draft = draft_of(tx, env, &act, &filed)?;
    drafts::get(tx, config, draft)
}

/// The draft that edits a filed report: the one there is, or a new one with all that was filed.
pub(crate) fn draft_of(
    tx: &Connection,
    env: &mut Env<'_>,
    act: &SubjectOp,
    filed: &DraftInput,
) -> Result<Id, HueError> {
    if let Some(draft) = drafts::editing(tx, &act.op_id)? {
        return Ok(draft);
    }
    let draft = drafts::create(tx, env, filed)?;
    drafts::set_edits(tx, draft, Some(&act.op_id))?;
    for photo in photos(tx, act)? {
        drafts::add_photo(tx, env, draft, &NewPhoto::kept(&photo))?;
    }
    Ok(draft)
}

/// Files a draft in the place of the act it edits.
pub(crate) fn file(work: &mut Work<'_>, draft: Id, op: OpId) -> Result<Submitted, HueError> {
    let owner = work.owner();
    let (submitted, changed) = work.commit(|tx, env, config| {
        let edited = drafts::get(tx, config, draft)?;
        rules::fileable(&edited)?;
        let photos = drafts::photos(tx, draft)?;
        let act = outbox::act(tx, &op)?.ok_or(HueError::refused("sent-already"))?;
        let done = refile(
            tx,
            env,
            config,
            &act,
            (draft, owner),
            &edited.input,
            &photos,
        )?;
        drafts::filed(tx, draft)?;
        Ok(done)
    })?;
    // The act is filed: whatever fails from here on must not make the person file it again.
    let _ = work.follow(changed);
    Ok(submitted)
}

/// Gives an act other words; photos and everything else stay.
pub(crate) fn reword(work: &mut Work<'_>, op: OpId, text: &str) -> Result<Submitted, HueError> {
    let owner = work.owner();
    let (submitted, changed) = work.commit(|tx, env, config| {
        outbox::check_editable(tx, &op)?;
        let act = outbox::act(tx, &op)?.ok_or(HueError::NotFound)?;
        let photos = photos(tx, &act)?;
        if act.kind == Kind::New.name() {
            let input = DraftInput {
                text: text.to_owned(),
                ..filed_input(tx, &act)?
            };
            let fresh = Id(env.random.uuid_v4());
            return refile(tx, env, config, &act, (fresh, owner), &input, &photos);
        }
        let said = with_words(config, &act, text)?;
        let id = Id(act.subject.0);
        let new = submit::new_op(env, id, &said, AuthorWish::None, false, &photos)?;
        let done = replace(tx, env, &op, id, new)?;
        rows::refresh_all(tx, id)?;
        Ok(done)
    })?;
    let _ = work.follow(changed);
    Ok(submitted)
}

/// Replaces a report's filing. Who stands behind it decides whether it may keep its lane: one that becomes anonymous must not be found beside the name it
/// first had, so it starts anew under `fresh`, and the first one is taken back.
fn refile(
    tx: &Connection,
    env: &mut Env<'_>,
    config: &Config,
    act: &SubjectOp,
    (fresh, owner): (Id, Owner),
    input: &DraftInput,
    photos: &[StoredPhoto],
) -> Result<(Submitted, Changed), HueError> {
    let before = filed_input(tx, act)?.author;
    let new = filing::new_report(config, input, photos, Author::Anonymous)?;
    let filed = filing::filed(input, &new, photos, env.wall.0);
    let urgent = rules::category(config, input)?.urgent;
    let (owner, author) = submit::stands_behind(input.author, owner);
    let moves = (before == AuthorKind::Anonymous) != (input.author == AuthorKind::Anonymous);
    let id = if moves { fresh } else { Id(act.subject.0) };
    let new = submit::new_op(env, id, &Act::New(new), author, urgent, photos)?;
    if !moves {
        let done = replace(tx, env, &act.op_id, id, new)?;
        let lane = done.1.op.as_ref().map(|op| op.lane.0);
        rows::insert_filed(tx, id, lane.ok_or(HueError::internal("edit"))?, &filed)?;
        return Ok(done);
    }
    let mut changed = outbox::discard(tx, env, &act.op_id)?;
    rows::remove(tx, MINE, Id(act.subject.0))?;
    let enqueued = outbox::enqueue(tx, env, LaneRef::New(owner), &new)?;
    rows::insert_filed(tx, id, enqueued.lane.0, &filed)?;
    drafts::follow_op(tx, &act.op_id, &enqueued.op_id)?;
    changed
        .forget_files
        .retain(|file| photos.iter().all(|p| p.file != *file));
    // A tombstone, if there is one, is signed into the old lane and mirrored like any other.
    if let Some(tombstone) = changed.op.replace(enqueued.clone()) {
        changed.again.push(outbox::Remirror {
            op_id: tombstone.op_id,
            mirror: tombstone.mirror,
        });
    }
    Ok((submit::submitted(id, &enqueued), changed))
}

fn replace(
    tx: &Connection,
    env: &mut Env<'_>,
    op: &OpId,
    id: Id,
    new: NewOp,
) -> Result<(Submitted, Changed), HueError> {
    let changed = outbox::edit(tx, env, op, new)?;
    let enqueued = changed.op.as_ref().ok_or(HueError::internal("edit"))?;
    drafts::follow_op(tx, op, &enqueued.op_id)?;
    Ok((submit::submitted(id, enqueued), changed))
}

/// What was filed, as it was entered.
fn filed_input(tx: &Connection, act: &SubjectOp) -> Result<DraftInput, HueError> {
    rows::find(tx, MINE, Id(act.subject.0))?
        .and_then(|stored| stored.filed)
        .map(|filed| filed.as_input())
        .ok_or(HueError::NotFound)
}

/// The photos of an act that still lie on this phone.
fn photos(tx: &Connection, act: &SubjectOp) -> Result<Vec<StoredPhoto>, HueError> {
    let stated: Vec<FilePart> = PartSet::new(&act.parts)
        .and_then(|set| set.files())
        .unwrap_or_default();
    let kept = outbox::files_of(tx, &act.op_id)?;
    let filed = rows::find(tx, MINE, Id(act.subject.0))?.and_then(|stored| stored.filed);
    let original = |sha256: &str| {
        let photos = &filed.as_ref()?.photos;
        let photo = photos.iter().find(|p| p.sha256 == sha256)?;
        ids::unhex(photo.original.as_ref()?)
    };
    let photo = |part: &FilePart| {
        let file = kept.iter().find(|f| f.kept && f.sha256 == part.sha256)?;
        Some(StoredPhoto {
            sha256: part.sha256.0,
            bytes: part.bytes,
            width: u32::try_from(part.width).ok()?,
            height: u32::try_from(part.height).ok()?,
            file: file.sealed,
            original: original(&part.sha256.to_string()),
        })
    };
    Ok(stated.iter().filter_map(photo).collect())
}

/// The act with its words replaced, by the rules it was made under.
fn with_words(config: &Config, act: &SubjectOp, text: &str) -> Result<Act, HueError> {
    let said = Kind::from_name(&act.kind)
        .and_then(|kind| Act::from_parts(kind, &act.parts).ok())
        .ok_or(HueError::refused("edit-not-possible"))?;
    let long = || rules::required_text("text", text, config.limits.text_max);
    let short = || rules::optional_text("text", Some(text), SHORT);
    Ok(match said {
        Act::Supplement(mut a) => {
            a.text = long()?;
            Act::Supplement(a)
        }
        Act::Rate(mut a) => {
            a.text = short()?;
            Act::Rate(a)
        }
        Act::Withdraw(mut a) => {
            a.reason = short()?;
            Act::Withdraw(a)
        }
        Act::Verify(mut a) => {
            a.note = short()?;
            Act::Verify(a)
        }
        Act::Refuse(mut a) => {
            a.reason = long()?;
            Act::Refuse(a)
        }
        Act::Ask(mut a) => {
            a.question = long()?;
            Act::Ask(a)
        }
        Act::Answer(mut a) => {
            a.answer = long()?;
            Act::Answer(a)
        }
        // Their content is no text of the person's: taking back and acting anew is clearer than any edit.
        Act::New(_) | Act::Tombstone | Act::Assign(_) | Act::Publish(_) => {
            return Err(HueError::refused("edit-not-possible"))
        }
    })
}
