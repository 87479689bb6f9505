//! What is checked on one phone while the flood goes on.

use std::collections::BTreeSet;

use hues_core::desk::Desk;
use hues_core::HueError;
use hues_crypto::hash::sha256;
use hues_store::rusqlite::Connection;
use hues_sync::machine::{Item, Wait};
use hues_sync::outbox::OpState;

use super::super::scenario::Role;
use super::super::world::{Outcome, World};
use super::Invariant;

/// Bytes a phone's disk may take beside the photos that wait: the database with its log, and what was mirrored.
const ROOM: u64 = 12 * 1024 * 1024;
/// Wake-ups of a phone nobody touches: in the first dark hour, and in each later one.
const DARK_WAKES: (u64, u64) = (12, 2);

/// Kinds of acts that make what they are about.
const FILES: [&str; 2] = ["report.new", "lane.tombstone"];

/// Something that still waits.
pub struct Open {
    /// In words.
    pub what: String,
    /// A person has to decide; nothing else holds it.
    pub stuck: bool,
}

impl World<'_> {
    /// Checks every phone.
    pub(in crate::flood) fn audit(&mut self) -> Outcome<()> {
        for phone in 0..self.phones.len() {
            self.check_phone(phone)?;
        }
        Ok(())
    }

    /// Checks one phone, if it runs.
    pub(in crate::flood) fn check_phone(&mut self, phone: usize) -> Outcome<()> {
        // What the flood itself makes fail is looked at when it is over.
        let out_of_order = self.phones[phone].is_dying() || self.phones[phone].is_full();
        if !self.phones[phone].is_running() || out_of_order {
            return Ok(());
        }
        self.kept(phone)?;
        if let Some(list) = self.look_at(phone, scopes_ahead)? {
            if !list.is_empty() {
                let what = format!("phone {phone}: {}", list.join("; "));
                return Err(self.broken(Invariant::CursorBehindRows, what));
            }
        }
        if let Some(gaps) = self.ask(phone, Desk::index_gaps)? {
            if !gaps.is_empty() {
                let what = format!("phone {phone}: rows {gaps:?} are not in the index as they are");
                return Err(self.broken(Invariant::IndexIsTable, what));
            }
        }
        self.windows(phone)?;
        self.bounds(phone)
    }

    /// Each act promised here is on the phone, with the city, or was taken back.
    fn kept(&mut self, phone: usize) -> Outcome<()> {
        let Some(here) = self.look_at(phone, ops)? else {
            return Ok(());
        };
        let missing: Vec<_> = self.phones[phone]
            .promised
            .iter()
            .filter(|p| !p.taken_back && !p.copied_over && !here.contains(&p.op))
            .filter(|p| !self.committed.contains_key(&p.op))
            .map(|p| p.op.clone())
            .collect();
        match missing.first() {
            None => Ok(()),
            Some(op) => {
                let what = format!("phone {phone}: {op} was promised and is not here, nor was it ever with the city");
                Err(self.broken(Invariant::NothingLost, what))
            }
        }
    }

    fn windows(&mut self, phone: usize) -> Outcome<()> {
        let shown = self.phones[phone].shown();
        let fresh = match self.phones[phone].fresh() {
            Ok(fresh) => fresh,
            Err(end) => return self.ended(phone, end),
        };
        match (shown, fresh) {
            (Some(shown), Some(fresh)) if shown != fresh => {
                let what = format!("phone {phone} shows {shown:?}, asked afresh {fresh:?}");
                Err(self.broken(Invariant::WindowsAddUp, what))
            }
            _ => Ok(()),
        }
    }

    fn bounds(&mut self, phone: usize) -> Outcome<()> {
        let sql = "SELECT coalesce(sum(len), 0) FROM sync_file WHERE state < 3";
        let photos = self.look_at(phone, |tx| {
            Ok(tx.query_row(sql, [], |r| r.get::<_, i64>(0))?)
        })?;
        let drafts = 2_000_000;
        let bound = ROOM + drafts + photos.unwrap_or(0).unsigned_abs() * 5 / 4;
        let used = self.phones[phone].disk.used();
        self.report.disk = self.report.disk.max(used);
        if used > bound {
            let what = format!("phone {phone} takes {used} bytes, {bound} were enough");
            return Err(self.broken(Invariant::Bounded, what));
        }
        let dark = self.phones[phone].counts.dark_wakes.clone();
        let since = self.phones[phone].dark_since;
        let untouched = since.is_some() && self.phones[phone].used_at < since;
        for (hour, wakes) in dark {
            let most = if hour == 0 {
                DARK_WAKES.0
            } else {
                DARK_WAKES.1
            };
            if untouched && wakes > most {
                let what = format!("phone {phone} woke {wakes} times in dark hour {hour}");
                return Err(self.broken(Invariant::Budgets, what));
            }
        }
        Ok(())
    }

    /// What still waits on any phone.
    pub(in crate::flood) fn open_work(&mut self) -> Vec<Open> {
        let mut open = Vec::new();
        let reports = self.reports().unwrap_or_default();
        for phone in 0..self.phones.len() {
            if !self.phones[phone].is_running() {
                open.push(Open {
                    what: format!("phone {phone} is off"),
                    stuck: false,
                });
                continue;
            }
            let listed = self.phones[phone].at(|desk| desk.outbox(false));
            let Ok((Ok(ops), _)) = listed else {
                continue;
            };
            let behind = |op: &hues_sync::outbox::OpView| op.behind.is_some();
            // An act on a report that a restore took and nobody brings back waits for it, long after the flood; a report that may still come is open on its
            // own phone.
            let orphan = |op: &hues_sync::outbox::OpView| {
                !FILES.contains(&op.kind.as_str()) && !reports.contains(&op.subject.to_string())
            };
            for op in ops
                .iter()
                .filter(|op| op.state != OpState::Done || op.files_open > 0)
                .filter(|op| op.state == OpState::Wedged || !orphan(op))
            {
                let stuck = op.state == OpState::Wedged || behind(op);
                open.push(Open {
                    what: format!(
                        "phone {phone}: {} {} {} tries {} photos {} {:?}",
                        op.op_id,
                        op.kind,
                        op.state.name(),
                        op.tries,
                        op.files_open,
                        op.error
                    ),
                    stuck,
                });
            }
            for (item, wait) in self.phones[phone].waits() {
                let rests = matches!(wait, Wait::Nothing | Wait::Until(_) | Wait::Wedged);
                if !rests && item != Item::Listen {
                    open.push(Open {
                        what: format!("phone {phone}: {item:?} {wait:?}"),
                        stuck: false,
                    });
                }
            }
        }
        open
    }

    /// Looks at a phone's database; `None` where a planned failure was in the way.
    pub(in crate::flood) fn look_at<T>(
        &mut self,
        phone: usize,
        f: impl FnOnce(&Connection) -> Result<T, HueError>,
    ) -> Outcome<Option<T>> {
        self.ask(phone, |desk| desk.look(f))
    }

    pub(in crate::flood) fn ask<T>(
        &mut self,
        phone: usize,
        f: impl FnOnce(&mut Desk) -> Result<T, HueError>,
    ) -> Outcome<Option<T>> {
        let asked = self.phones[phone].at(f);
        let (done, io) = match asked {
            Ok(done) => done,
            Err(end) => return self.ended(phone, end).map(|()| None),
        };
        self.follow(phone, io)?;
        match self.phones[phone].bearable(done) {
            Ok(value) => Ok(value),
            Err(end) => self.ended(phone, end).map(|()| None),
        }
    }

    /// Rows as they came that a reader must not have.
    pub(in crate::flood) fn overseen(&mut self, phone: usize) -> Outcome<Vec<String>> {
        let role = self.phones[phone].role;
        let rows = self.look_at(phone, |tx| {
            let mut statement = tx.prepare("SELECT scope, id, coalesce(base, '') FROM report")?;
            let rows = statement.query_map([], |r| {
                Ok((
                    r.get::<_, String>(0)?,
                    r.get::<_, Vec<u8>>(1)?,
                    r.get::<_, String>(2)?,
                ))
            })?;
            Ok(rows.collect::<Result<Vec<_>, _>>()?)
        })?;
        let mut seen = Vec::new();
        for (scope, _, body) in rows.unwrap_or_default() {
            let public = scope == "public";
            // The intake reads who stands behind a named report; nobody else reads any name.
            let may_name = role == Role::Intake && scope == "unit:ioc";
            if body.contains(super::super::NAME) && !may_name && scope != "mine" {
                seen.push(format!("a name in {scope}"));
            }
            if public && body.contains(super::super::WORDS) {
                seen.push("the place in words, in public".into());
            }
            if public && body.contains("accuracy") {
                seen.push("an exact place, in public".into());
            }
        }
        Ok(seen)
    }
}

fn ops(tx: &Connection) -> Result<BTreeSet<String>, HueError> {
    let mut statement = tx.prepare("SELECT lower(hex(op_id)) FROM sync_op")?;
    let ops = statement.query_map([], |r| r.get(0))?;
    Ok(ops.collect::<Result<_, _>>()?)
}

/// Scopes whose cursor, count or checksum say more than their rows.
fn scopes_ahead(tx: &Connection) -> Result<Vec<String>, HueError> {
    let mut wrong = Vec::new();
    let mut scopes =
        tx.prepare("SELECT id, name, last_rev, generation, rows, checksum FROM sync_scope")?;
    let scopes = scopes.query_map([], |r| {
        Ok((
            r.get::<_, i64>(0)?,
            r.get::<_, String>(1)?,
            r.get::<_, i64>(2)?,
            r.get::<_, i64>(3)?,
            r.get::<_, i64>(4)?,
            r.get::<_, i64>(5)?,
        ))
    })?;
    for scope in scopes {
        let (id, name, last_rev, generation, count, checksum) = scope?;
        let mut rows = tx.prepare_cached(
            "SELECT kind, row, rev FROM sync_row WHERE scope = ?1 AND generation = ?2",
        )?;
        let rows = rows.query_map((id, generation), |r| {
            Ok((
                r.get::<_, String>(0)?,
                r.get::<_, String>(1)?,
                r.get::<_, i64>(2)?,
            ))
        })?;
        let (mut n, mut sum, mut newest) = (0, 0u64, 0);
        for row in rows {
            let (kind, id, rev) = row?;
            let text = format!("{kind}\0{id}\0{rev}");
            let hash = sha256(text.as_bytes());
            let mut first = [0; 8];
            first.copy_from_slice(&hash[..8]);
            (n, sum, newest) = (
                n + 1,
                sum.wrapping_add(u64::from_be_bytes(first)),
                rev.max(newest),
            );
        }
        if n != count || sum != checksum as u64 || newest > last_rev {
            wrong.push(format!(
                "{name}: says {count} rows, checksum {checksum:x}, revision {last_rev}; has {n}, {sum:x}, {newest}"
            ));
        }
    }
    Ok(wrong)
}
