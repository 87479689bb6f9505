//! What the file says, as the step machine takes it.

use hues_env::{Env, Mono};
use hues_store::rusqlite::{Connection, OptionalExtension};

use super::ScopeWish;
use crate::error::Result;
use crate::machine::{
    Event, FileView, Head, Id, LaneView, Owner, Rest, ScopeView, Start, State, CAP_MS,
};
use crate::moment::Moment;
use crate::outbox::rows::{self, file_state, state, OpRow};
use crate::sql::run;
use crate::trust;

/// A machine that knows backoff, trust and epoch, but no lane yet.
pub(super) fn machine(conn: &Connection, env: &mut Env<'_>, listen: bool) -> Result<State> {
    let (epoch, watermark) = trust::epoch(conn)?;
    Ok(State::new(Start {
        rest: rest(conn, env)?,
        epoch,
        watermark,
        has_keys: trust::keys(conn)?.is_some(),
        beacon_at: trust::beacon_at(conn, env)?,
        listen,
        // Far from what an earlier life of this process may still be answered under; room for billions before it wraps.
        first_req: env.random.next_u64() >> 24 << 16,
    }))
}

fn rest(conn: &Connection, env: &Env<'_>) -> Result<Rest> {
    type Kept = (u32, Option<Vec<u8>>, u32, Option<Vec<u8>>);
    let (strikes, until, wakes, last): Kept = conn.query_row(
        "SELECT strikes, rest_until, wakes, last_wake FROM sync_trust",
        [],
        |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?, r.get(3)?)),
    )?;
    let moment = |bytes: Option<Vec<u8>>| bytes.and_then(|b| Moment::from_bytes(&b));
    let (until, last) = (moment(until), moment(last));
    let kept: Vec<Moment> = [until, last].into_iter().flatten().collect();
    if kept.iter().any(|m| m.same_boot(env).is_none()) {
        return Ok(Rest::default()); // somebody switched the phone on: that is an act
    }
    Ok(Rest {
        strikes,
        due: until.map(|m| m.due(env, CAP_MS)),
        wakes,
        last_wake: last
            .and_then(|m| m.age(env))
            .map(|age| Mono(env.mono.0.saturating_sub(age))),
    })
}

/// Remembers the shared backoff.
pub(super) fn save_rest(conn: &Connection, env: &Env<'_>, rest: &Rest) -> Result<()> {
    let at = |mono: Option<Mono>| mono.map(|m| Moment::at(env, m).to_bytes());
    run(
        conn,
        "UPDATE sync_trust SET strikes = ?1, rest_until = ?2, wakes = ?3, last_wake = ?4",
        (rest.strikes, at(rest.due), rest.wakes, at(rest.last_wake)),
    )?;
    Ok(())
}

/// Every lane with something open (and those the machine still thinks so of), and every attachment that is to be sent.
pub(super) fn everything(conn: &Connection, env: &Env<'_>, machine: &State) -> Result<Vec<Event>> {
    let mut statement = conn.prepare_cached(
        "SELECT DISTINCT l.lane FROM sync_op o JOIN sync_lane l ON l.id = o.lane WHERE o.state IN (0, 1, 3)",
    )?;
    let open: Vec<Id> = statement
        .query_map([], |r| r.get(0))?
        .collect::<Result<_, _>>()?;
    let closed = machine.lane_names().filter(|lane| !open.contains(*lane));
    let mut events: Vec<Event> = closed
        .map(|lane| {
            Event::Lane(LaneView {
                lane: *lane,
                owner: Owner::Unclaimed,
                head: None,
            })
        })
        .collect();
    for name in &open {
        events.extend(lane_named(conn, env, name)?);
    }
    let mut statement =
        conn.prepare_cached("SELECT id FROM sync_file WHERE state = ?1 ORDER BY id")?;
    let files: Vec<i64> = statement
        .query_map([file_state::OPEN], |r| r.get(0))?
        .collect::<Result<_, _>>()?;
    for id in files {
        events.extend(file(conn, id)?.map(Event::File));
    }
    Ok(events)
}

/// The lanes of acts newer than `since`: what was filed since the machine was last told.
pub(super) fn acts_since(conn: &Connection, env: &Env<'_>, since: i64) -> Result<Vec<Event>> {
    let mut statement = conn.prepare_cached(
        "SELECT DISTINCT l.lane FROM sync_op o JOIN sync_lane l ON l.id = o.lane WHERE o.id > ?1",
    )?;
    let lanes: Vec<Id> = statement
        .query_map([since], |r| r.get(0))?
        .collect::<Result<_, _>>()?;
    let mut events = Vec::new();
    for name in &lanes {
        events.extend(lane_named(conn, env, name)?);
    }
    Ok(events)
}

/// The number of the newest act.
pub(super) fn last_act(conn: &Connection) -> Result<i64> {
    let sql = "SELECT coalesce(max(id), 0) FROM sync_op";
    Ok(conn.prepare_cached(sql)?.query_row([], |r| r.get(0))?)
}

/// One lane by its name.
pub(super) fn lane_named(conn: &Connection, env: &Env<'_>, name: &Id) -> Result<Option<Event>> {
    let Some((id, owner)) = rows::owner_of(conn, name)? else {
        return Ok(None);
    };
    let head = rows::head_of(conn, id)?
        .map(|op| head(conn, env, &op))
        .transpose()?;
    Ok(Some(Event::Lane(LaneView {
        lane: *name,
        owner,
        head,
    })))
}

fn head(conn: &Connection, env: &Env<'_>, op: &OpRow) -> Result<Head> {
    Ok(Head {
        op: op.op_id.0,
        priority: op.priority,
        order: op.id,
        len: op.bytes.len() as u64 + rows::parts_len(conn, op.id)?,
        fate_unknown: op.handed && !op.absent,
        query_only: op.query_only,
        wedged: op.state == state::WEDGED,
        tries: op.tries,
        due: op
            .next_try
            .as_deref()
            .and_then(Moment::from_bytes)
            .map(|m| m.due(env, CAP_MS)),
    })
}

/// The attachments of an op that are to be sent now.
pub(super) fn files_of(conn: &Connection, op: i64) -> Result<Vec<Event>> {
    let mut statement =
        conn.prepare_cached("SELECT id FROM sync_file WHERE op = ?1 AND state = ?2 ORDER BY id")?;
    let ids: Vec<i64> = statement
        .query_map((op, file_state::OPEN), |r| r.get(0))?
        .collect::<Result<_, _>>()?;
    let mut events = Vec::new();
    for id in ids {
        events.extend(file(conn, id)?.map(Event::File));
    }
    Ok(events)
}

fn file(conn: &Connection, id: i64) -> Result<Option<FileView>> {
    let Some(row) = rows::file_by_row(conn, id)? else {
        return Ok(None);
    };
    let lane: Id = conn
        .prepare_cached(
            "SELECT l.lane FROM sync_op o JOIN sync_lane l ON l.id = o.lane WHERE o.id = ?1",
        )?
        .query_row([row.op], |r| r.get(0))?;
    let Some((_, owner)) = rows::owner_of(conn, &lane)? else {
        return Ok(None);
    };
    Ok(Some(FileView {
        file: id,
        owner,
        len: row.len,
        placed: row.path.is_some(),
    }))
}

/// The wished scopes, and the end of those that are no longer wished.
pub(super) fn scopes(
    conn: &Connection,
    env: &Env<'_>,
    wishes: &[ScopeWish],
    machine: &State,
) -> Result<Vec<Event>> {
    let mut events: Vec<Event> = machine
        .scope_names()
        .filter(|name| !wishes.iter().any(|w| w.name == **name))
        .map(|name| Event::ScopeGone(name.clone()))
        .collect();
    for wish in wishes {
        let pulled: Option<Vec<u8>> = conn
            .prepare_cached("SELECT pulled FROM sync_scope WHERE name = ?1")?
            .query_row([&wish.name], |r| r.get(0))
            .optional()?
            .flatten();
        let lane = wish.name.starts_with("lane:");
        events.push(Event::Scope(ScopeView {
            name: wish.name.clone(),
            session: !lane && wish.name != "public",
            beacon: lane,
            after_ops: wish.name != "public" && wish.name != "inbox",
            every_foreground: wish.every_foreground,
            every_background: wish.every_background,
            tries: 0,
            age: pulled
                .and_then(|b| Moment::from_bytes(&b))
                .and_then(|m| m.age(env)),
        }));
    }
    Ok(events)
}
