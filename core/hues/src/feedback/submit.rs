//! Filing and acting: one transaction for what the person sees and what will be sent.
//!
//! Invariant: when these return, the act is durable (FULL) and mirrored; or it is an error and nothing changed.

use hues_env::Env;
use hues_protocol::author::Author;
use hues_protocol::config::Config;
use hues_protocol::ids::{LaneId, OpId, Subject};
use hues_protocol::kinds::{Act, Kind, VERSION};
use hues_protocol::op::PartRole;
use hues_protocol::part::Part;
use hues_sync::machine::{Owner, Priority};
use hues_sync::outbox::{self, AuthorWish, Changed, Enqueued, LaneRef, NewFile, NewOp};
use rusqlite::{Connection, OptionalExtension};

use super::acts;
use super::drafts::{self, StoredPhoto};
use super::editing;
use super::filing::{self, CitizenAct, OfficerAct};
use super::model::{AuthorKind, Submitted};
use super::rows::{self, MINE};
use super::rules;
use super::view::{ActState, Filed};
use crate::account::Work;
use crate::error::HueError;
use crate::ids::Id;
use crate::probe::ProbePoint;

/// Files a draft: the report's row, its op, and the end of the draft.
pub(crate) fn file(work: &mut Work<'_>, id: Id) -> Result<Submitted, HueError> {
    if let Some(op) = work.look(|tx, _| drafts::edits(tx, id))? {
        return editing::file(work, id, op);
    }
    let owner = work.owner();
    let probe = work.state.probe.clone();
    work.enact(move |tx, env, config| {
        let draft = drafts::get(tx, config, id)?;
        rules::fileable(&draft)?;
        let photos = drafts::photos(tx, id)?;
        let new = filing::new_report(config, &draft.input, &photos, Author::Anonymous)?;
        let filed = filing::filed(&draft.input, &new, &photos, env.wall.0);
        let (owner, author) = stands_behind(draft.input.author, owner);
        let urgent = rules::category(config, &draft.input)?.urgent;
        let op = new_op(env, id, &Act::New(new), author, urgent, &photos)?;
        let enqueued = outbox::enqueue(tx, env, LaneRef::New(owner), &op)?;
        rows::insert_filed(tx, id, enqueued.lane.0, &filed)?;
        drafts::filed(tx, id)?;
        probe.at(ProbePoint::SubmitBeforeCommit);
        Ok(enqueued)
    })
    .map(|enqueued| submitted(id, &enqueued))
}

/// Who owns the lane of a report, and what its author part says.
pub(crate) fn stands_behind(author: AuthorKind, owner: Owner) -> (Owner, AuthorWish) {
    match author {
        AuthorKind::Anonymous => (Owner::Nobody, AuthorWish::Anonymous),
        AuthorKind::Named => (owner, AuthorWish::Named),
        AuthorKind::Sealed => (owner, AuthorWish::Sealed),
    }
}

/// A citizen's act on a report of her own.
pub(crate) fn citizen(work: &mut Work<'_>, id: Id, act: CitizenAct) -> Result<Submitted, HueError> {
    let photos = act.photos();
    on_report(work, MINE, id, &photos, move |config, report, states| {
        act.check(config, report, states)
    })
}

/// An officer's act on a report of the worklist.
pub(crate) fn officer(
    work: &mut Work<'_>,
    scope: &str,
    id: Id,
    act: OfficerAct,
) -> Result<Submitted, HueError> {
    let photos = act.photos();
    on_report(work, scope, id, &photos, move |config, report, states| {
        act.check(config, report, states)
    })
}

fn on_report(
    work: &mut Work<'_>,
    scope: &str,
    id: Id,
    photos: &[StoredPhoto],
    check: impl FnOnce(&Config, &super::model::Report, &[String]) -> Result<Act, HueError>,
) -> Result<Submitted, HueError> {
    let owner = work.owner();
    let probe = work.state.probe.clone();
    work.enact(|tx, env, config| {
        let stored = rows::find(tx, scope, id)?.ok_or(HueError::NotFound)?;
        let report = rows::get(tx, scope, id)?;
        let done: Vec<String> = acts::of(tx, id)?
            .into_iter()
            .filter(|act| act.state != ActState::Wedged)
            .map(|act| act.kind)
            .collect();
        let base = report.status_raw.as_deref().unwrap_or(&report.state);
        let act = check(config, &report, &filing::states(config, base, &done))?;
        let op = new_op(env, id, &act, AuthorWish::None, false, photos)?;
        let lane = match stored.lane {
            Some(lane) => LaneRef::Existing(LaneId(lane)),
            None => LaneRef::New(owner),
        };
        let enqueued = outbox::enqueue(tx, env, lane, &op)?;
        rows::set_lane(tx, scope, id, enqueued.lane.0)?;
        rows::refresh_all(tx, id)?;
        probe.at(ProbePoint::SubmitBeforeCommit);
        Ok(enqueued)
    })
    .map(|enqueued| submitted(id, &enqueued))
}

pub(crate) fn new_op(
    env: &mut Env<'_>,
    subject: Id,
    act: &Act,
    author: AuthorWish,
    urgent: bool,
    photos: &[StoredPhoto],
) -> Result<NewOp, HueError> {
    let parts: Vec<Part> = act
        .to_parts(env.random)
        .map_err(|rule| HueError::refused(rule.name()))?;
    Ok(NewOp {
        op_id: OpId(env.random.uuid_v4()),
        kind: act.kind().name().to_owned(),
        version: VERSION,
        subject: Subject(subject.0),
        // The author part is the outbox's to make: it needs the lane's key, and perhaps a key list that is not here yet.
        parts: parts
            .into_iter()
            .filter(|p| p.role() != PartRole::AUTHOR)
            .collect(),
        author,
        priority: if urgent {
            Priority::Urgent
        } else {
            Priority::Words
        },
        files: photos
            .iter()
            .map(|p| NewFile {
                sha256: filing::file_part(p).sha256,
                len: p.bytes,
                sealed: p.file,
            })
            .collect(),
        query_only: false,
    })
}

pub(crate) fn submitted(id: Id, enqueued: &Enqueued) -> Submitted {
    Submitted {
        id: id.to_string(),
        state: "queued".into(),
        op: enqueued.op_id.to_string(),
    }
}

/// What is mirrored beside an op, so that salvage can show the report again: what was filed, as JSON; nothing for other acts.
pub(crate) fn snapshot(tx: &Connection, op: &OpId) -> Result<Vec<u8>, HueError> {
    let about: Option<([u8; 16], String)> = tx
        .prepare_cached("SELECT subject, kind FROM sync_op WHERE op_id = ?1")?
        .query_row([op.0], |r| Ok((r.get(0)?, r.get(1)?)))
        .optional()?;
    let Some((subject, _)) = about.filter(|(_, kind)| kind == Kind::New.name()) else {
        return Ok(Vec::new());
    };
    let filed = rows::filed_json(tx, Id(subject))?;
    Ok(filed.map_or_else(Vec::new, String::into_bytes))
}

/// Brings back what salvage found: the op if it is not there, and the row a filed report had.
pub(crate) fn salvage(
    tx: &Connection,
    env: &Env<'_>,
    entry: &[u8],
    snapshot: &[u8],
) -> Result<bool, HueError> {
    let Some(op) = outbox::salvage_import(tx, env, entry)? else {
        return Ok(false);
    };
    if let Ok(filed) = serde_json::from_slice::<Filed>(snapshot) {
        let (subject, lane): ([u8; 16], [u8; 16]) = tx.query_row(
            "SELECT o.subject, l.lane FROM sync_op o JOIN sync_lane l ON l.id = o.lane WHERE o.op_id = ?1",
            [op.0],
            |r| Ok((r.get(0)?, r.get(1)?)),
        )?;
        rows::insert_filed(tx, Id(subject), lane, &filed)?;
    }
    Ok(true)
}

/// Takes an op back. A report whose filing is taken back becomes a draft again, with everything in it; one that is being edited already stays that draft.
pub(crate) fn take_back(tx: &Connection, env: &mut Env<'_>, op: OpId) -> Result<Changed, HueError> {
    let act = outbox::act(tx, &op)?.ok_or(HueError::NotFound)?;
    let id = Id(act.subject.0);
    if act.kind != Kind::New.name() {
        let changed = outbox::discard(tx, env, &op)?;
        rows::refresh_all(tx, id)?;
        return Ok(changed);
    }
    outbox::check_editable(tx, &op)?;
    let draft = match rows::find(tx, MINE, id)?.and_then(|s| s.filed) {
        Some(filed) => Some(editing::draft_of(tx, env, &act, &filed.as_input())?),
        None => None,
    };
    let mut changed = outbox::discard(tx, env, &op)?;
    if let Some(draft) = draft {
        drafts::set_edits(tx, draft, None)?;
        // The photos now belong to the draft.
        let kept = drafts::photos(tx, draft)?;
        changed
            .forget_files
            .retain(|file| kept.iter().all(|p| p.file != *file));
    }
    rows::remove(tx, MINE, id)?;
    Ok(changed)
}
