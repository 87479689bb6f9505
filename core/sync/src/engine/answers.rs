//! What an answer means for the file and for the machine.
//!
//! Invariant: only what `hues_protocol::classify` vouched for is written. Anything else leaves the file as it was and counts as a failure.

use hues_protocol::city::Signed;
use hues_protocol::classify::{
    self, CreateAnswer, OffsetAnswer, OpAnswer, PackAnswer, PageAnswer, PatchAnswer, QueryAnswer,
    Setback, WakeAnswer,
};
use hues_protocol::config::{self, Config};
use hues_protocol::http::{HttpResponse, TransportError};
use hues_protocol::ids::OpId;
use hues_protocol::keys::KeyList;
use hues_protocol::pack::Kept;
use hues_protocol::receipt::Receipt;
use hues_protocol::refusal::Refusal;

use super::{apply, views, Io, Turn};
use crate::error::Result;
use crate::machine::{Answer, Epoch, Event, FileId, Id, ReqId, Request};
use crate::outbox::fork::{self, Forked};
use crate::outbox::rows::{self, file_state, state, OpRow};
use crate::outbox::Hint;
use crate::sql::{run, Num};
use crate::trust;

type Reply = std::result::Result<HttpResponse, TransportError>;

/// Pages in a row that do not fit, after which a scope starts anew.
const ODD_PAGES: u32 = 2;

impl Turn<'_, '_> {
    /// The machine's events for an answer. A request that is not under way any more has none.
    pub(super) fn answered(&mut self, id: u64, reply: &Reply) -> Result<Vec<Event>> {
        let req = ReqId(id);
        let Some(request) = self.engine.machine.request(req).cloned() else {
            return Ok(Vec::new());
        };
        if matches!(
            reply,
            Err(TransportError::Tls {
                clock_suspect: true
            })
        ) {
            let keys = trust::keys(self.conn)?.is_none();
            self.io.push(Io::FetchUndatedBeacon { keys });
        }
        let mut after = Vec::new();
        let mut answer = self.judge(&request, reply, &mut after)?;
        if answer == Answer::SignIn && id < self.engine.token_since {
            // Refused under a token that is no longer ours: it says nothing about the present session.
            answer = Answer::NotSent;
        }
        let mut events = vec![Event::Answer { req, answer }];
        events.append(&mut after);
        Ok(events)
    }

    fn judge(
        &mut self,
        request: &Request,
        reply: &Reply,
        after: &mut Vec<Event>,
    ) -> Result<Answer> {
        match request {
            Request::Hello => self.hello(reply),
            Request::Keys => self.keys(reply),
            Request::Beacon => self.beacon(reply),
            Request::Pack => self.pack(reply),
            Request::Listen => Ok(match classify::wake(reply) {
                Ok(WakeAnswer::Head(head)) => Answer::Woke(head),
                Ok(WakeAnswer::Quiet) => Answer::Quiet,
                Err(setback) => self.setback(setback)?,
            }),
            Request::Op { lane, op } => {
                let Some((row, keys)) = self.op_and_keys(op)? else {
                    return Ok(Answer::Failed);
                };
                match classify::op(reply, &row.signed()?, &keys) {
                    Ok(OpAnswer::Receipt(receipt)) => self.receipt(lane, &row, &receipt, after),
                    Ok(OpAnswer::Refused(refusal)) => self.refused(lane, &row, &refusal, after),
                    Ok(OpAnswer::Fork(fork)) => match fork::settle(self.conn, &row.op_id, &fork)? {
                        Forked::Nonsense => Ok(Answer::Foreign),
                        Forked::OfferedAgain(_) => self.forked(lane, row.id, after),
                        Forked::Relinked(again) => {
                            self.io.extend(again.into_iter().map(Io::Mirror));
                            self.forked(lane, row.id, after)
                        }
                    },
                    Err(setback) => self.op_setback(&row, setback),
                }
            }
            Request::Query { lane, op } => {
                let Some((row, keys)) = self.op_and_keys(op)? else {
                    return Ok(Answer::Failed);
                };
                match classify::op_query(reply, &row.signed()?, &keys) {
                    Ok(QueryAnswer::Receipt(receipt)) => self.receipt(lane, &row, &receipt, after),
                    Ok(QueryAnswer::Refused(refusal)) => self.refused(lane, &row, &refusal, after),
                    Ok(QueryAnswer::Unknown) => self.absent(lane, &row, after),
                    Err(setback) => self.op_setback(&row, setback),
                }
            }
            Request::Pull { scope, .. } => self.pulled(scope, reply),
            Request::Create { file } => match classify::file_created(reply) {
                Ok(CreateAnswer::Created(path)) => {
                    self.conn
                        .execute("UPDATE sync_file SET path = ?2 WHERE id = ?1", (file, path))?;
                    Ok(Answer::Placed)
                }
                Ok(CreateAnswer::Complete(c)) => self.complete(*file, c),
                Ok(CreateAnswer::NoSuchFile) => Ok(Answer::Denied),
                Err(setback) => self.setback(setback),
            },
            Request::Ask { file } => match classify::file_offset(reply, self.file_len(*file)?) {
                Ok(OffsetAnswer::Offset(at)) => Ok(Answer::Offset(at)),
                Ok(OffsetAnswer::Complete(c)) => self.complete(*file, c),
                Ok(OffsetAnswer::Gone) => self.gone(*file),
                Err(setback) => self.setback(setback),
            },
            Request::Patch { file, .. } => {
                match classify::file_patched(reply, self.file_len(*file)?) {
                    Ok(PatchAnswer::Offset(at)) => Ok(Answer::Offset(at)),
                    Ok(PatchAnswer::Complete(c)) => self.complete(*file, c),
                    Ok(PatchAnswer::Conflict) => Ok(Answer::AskAgain),
                    Ok(PatchAnswer::ChecksumBad) => Ok(Answer::Corrupt),
                    Ok(PatchAnswer::Gone) => self.gone(*file),
                    Err(setback) => self.setback(setback),
                }
            }
        }
    }

    fn hello(&mut self, reply: &Reply) -> Result<Answer> {
        let hello = match classify::hello(reply) {
            Ok(hello) => hello,
            Err(setback) => return self.setback(setback),
        };
        if let Ok(response) = reply {
            if let Ok(text) = std::str::from_utf8(&response.body) {
                trust::save_hello(self.conn, text)?;
            }
        }
        if trust::epoch(self.conn)?.0.is_none() {
            trust::save_epoch(self.conn, &hello.epoch.0, 0)?;
        }
        let keys = trust::keys(self.conn)?.map_or(0, |k| k.version());
        let pack = trust::pack(self.conn)?.map_or(0, |(version, _)| version);
        Ok(Answer::Hello {
            speaks: hello.speaks(hues_protocol::hello::PROTOCOL),
            epoch: hello.epoch.0,
            watermark: hello.watermark,
            log_head: hello.head,
            newer_keys: hello.keys_version > keys,
            newer_pack: hello
                .packs
                .get(config::NAME)
                .is_some_and(|version| *version > pack),
        })
    }

    fn keys(&mut self, reply: &Reply) -> Result<Answer> {
        let kept = trust::keys(self.conn)?;
        let newest = trust::newest_time(self.conn)?;
        Ok(
            match classify::keys(reply, &self.engine.settings.root, kept.as_ref(), newest) {
                Ok(Ok(list)) => {
                    trust::save_keys(self.conn, &list)?;
                    Answer::Keys
                }
                Ok(Err(_)) => Answer::Foreign,
                Err(setback) => self.setback(setback)?,
            },
        )
    }

    fn beacon(&mut self, reply: &Reply) -> Result<Answer> {
        let Some(keys) = trust::keys(self.conn)? else {
            return Ok(Answer::NewerKeys);
        };
        let newest = trust::newest_time(self.conn)?;
        Ok(match classify::beacon(reply, &keys, newest) {
            Ok(beacon) => {
                trust::save_beacon(self.conn, self.env, &beacon)?;
                self.io.push(Io::CityTime(beacon.time));
                Answer::Beacon {
                    epoch: beacon.epoch.0,
                    watermark: beacon.watermark,
                }
            }
            Err(setback) => self.setback(setback)?,
        })
    }

    /// A beacon that came over a connection whose dates were ignored: it counts by its signature alone, and only its time is used. So does a first key list:
    /// the pinned root vouches for it.
    pub(super) fn undated_beacon(
        &mut self,
        response: HttpResponse,
        keys: Option<HttpResponse>,
    ) -> Result<Vec<Event>> {
        let kept = trust::keys(self.conn)?;
        if let (None, Some(reply)) = (&kept, keys) {
            let root = &self.engine.settings.root;
            if let Ok(Ok(list)) = classify::keys(&Ok(reply), root, None, None) {
                trust::save_keys(self.conn, &list)?;
            }
        }
        let Some(keys) = trust::keys(self.conn)? else {
            return Ok(Vec::new());
        };
        let newest = trust::newest_time(self.conn)?;
        if let Ok(beacon) = classify::beacon(&Ok(response), &keys, newest) {
            trust::save_beacon(self.conn, self.env, &beacon)?;
            self.io.push(Io::CityTime(beacon.time));
            return Ok(vec![Event::Act { refresh: false }]);
        }
        Ok(Vec::new())
    }

    fn pack(&mut self, reply: &Reply) -> Result<Answer> {
        let Some(keys) = trust::keys(self.conn)? else {
            return Ok(Answer::NewerKeys);
        };
        let kept = trust::pack(self.conn)?;
        let kept = kept.as_ref().map(|(version, bytes)| Kept {
            version: *version,
            bytes,
        });
        let newest = trust::newest_time(self.conn)?;
        Ok(
            match classify::pack(reply, config::NAME, &keys, kept, newest, Config::parse) {
                Ok(PackAnswer::Good(pack, config)) => {
                    trust::save_pack(self.conn, &pack)?;
                    self.io.push(Io::Config(Box::new(config), pack.version));
                    Answer::Pack
                }
                Ok(PackAnswer::Refused(_) | PackAnswer::Absent) => Answer::Denied,
                Err(setback) => self.setback(setback)?,
            },
        )
    }

    fn pulled(&mut self, scope: &str, reply: &Reply) -> Result<Answer> {
        let row = apply::scope_row(self.conn, scope)?;
        match classify::page(reply, scope, row.cursor.as_deref(), row.last_rev) {
            Ok(PageAnswer::Page(page)) => {
                if self
                    .engine
                    .machine
                    .epoch()
                    .is_some_and(|ours| ours != page.epoch.0)
                {
                    // Another life of the city: its revisions mean nothing to this scope before `hello` has confirmed it.
                    return Ok(Answer::Page {
                        more: true,
                        epoch: page.epoch.0,
                        watermark: page.watermark,
                    });
                }
                if !apply::page(self.conn, self.env, self.applier, &row, &page)? {
                    return Ok(Answer::ScopeReset);
                }
                Ok(Answer::Page {
                    more: page.more,
                    epoch: page.epoch.0,
                    watermark: page.watermark,
                })
            }
            Ok(PageAnswer::Reset) => {
                apply::reset(self.conn, scope)?;
                Ok(Answer::ScopeReset)
            }
            // One page that lies is somebody's on the way. Where page after page does not fit what is here, what is here may be the lie: it starts anew.
            Ok(PageAnswer::Odd(_)) => match self.engine.machine.scope_tries(scope) {
                _ if hues_env::planted!("lying-page-stays") => Ok(Answer::BadPage),
                0..ODD_PAGES => Ok(Answer::BadPage),
                _ => {
                    apply::reset(self.conn, scope)?;
                    Ok(Answer::ScopeReset)
                }
            },
            Err(setback) => self.setback(setback),
        }
    }

    fn receipt(
        &mut self,
        lane: &Id,
        row: &OpRow,
        receipt: &Signed<Receipt>,
        after: &mut Vec<Event>,
    ) -> Result<Answer> {
        run(self.conn,
            "UPDATE sync_op SET state = ?2, receipt = coalesce(receipt, ?3), receipt_now = ?3, log_index = ?4, epoch = ?5, tries = 0, \
             next_try = NULL, error = NULL, refusal = NULL WHERE id = ?1",
            (row.id, state::RECEIPTED, receipt.bytes(), Num(receipt.log_index), receipt.epoch.0),
        )?;
        run(
            self.conn,
            "UPDATE sync_file SET state = ?2 WHERE op = ?1 AND state = ?3",
            (row.id, file_state::OPEN, file_state::EARLY),
        )?;
        self.op_moved(row.id)?;
        after.extend(views::lane_named(self.conn, self.env, lane)?);
        after.extend(views::files_of(self.conn, row.id)?);
        self.cover_again(&receipt.epoch.0)?;
        Ok(Answer::Receipt {
            epoch: receipt.epoch.0,
            watermark: receipt.watermark,
        })
    }

    fn refused(
        &mut self,
        lane: &Id,
        row: &OpRow,
        refusal: &Signed<Refusal>,
        after: &mut Vec<Event>,
    ) -> Result<Answer> {
        run(self.conn,
            "UPDATE sync_op SET state = ?2, refusal = ?3, error = ?4, next_try = NULL WHERE id = ?1",
            (row.id, state::WEDGED, refusal.bytes(), &refusal.rule),
        )?;
        self.op_moved(row.id)?;
        after.extend(views::lane_named(self.conn, self.env, lane)?);
        Ok(Answer::Refused)
    }

    /// The city never committed it: it may be sent, but what must not be sent twice waits for the person's word.
    fn absent(&mut self, lane: &Id, row: &OpRow, after: &mut Vec<Event>) -> Result<Answer> {
        self.conn
            .execute("UPDATE sync_op SET absent = 1 WHERE id = ?1", [row.id])?;
        if row.query_only {
            run(
                self.conn,
                "UPDATE sync_op SET state = ?2, error = ?3, next_try = NULL WHERE id = ?1",
                (row.id, state::WEDGED, Hint::NotArrived.name()),
            )?;
            self.op_moved(row.id)?;
            after.extend(views::lane_named(self.conn, self.env, lane)?);
        }
        Ok(Answer::Absent)
    }

    /// A receipt may state a log index that a watermark passed long ago (asked again, the city answers with the same bytes).
    fn cover_again(&mut self, epoch: &Epoch) -> Result<()> {
        let machine = &self.engine.machine;
        match machine.watermark() {
            0 => Ok(()),
            watermark if machine.epoch() == Some(*epoch) => self.covered(epoch, watermark),
            _ => Ok(()),
        }
    }

    fn forked(&mut self, lane: &Id, op: i64, after: &mut Vec<Event>) -> Result<Answer> {
        self.op_moved(op)?;
        after.extend(views::lane_named(self.conn, self.env, lane)?);
        Ok(Answer::Fork)
    }

    fn complete(&mut self, file: FileId, c: classify::Complete) -> Result<Answer> {
        if hues_env::planted!("chunk-answer-dropped") {
            return Ok(Answer::AskAgain);
        }
        run(
            self.conn,
            "UPDATE sync_file SET state = ?2, log_index = ?3, epoch = ?4 WHERE id = ?1",
            (file, file_state::COMPLETE, Num(c.log_index), c.epoch.0),
        )?;
        if let Some(row) = rows::file_by_row(self.conn, file)? {
            self.op_moved(row.op)?;
        }
        self.cover_again(&c.epoch.0)?;
        Ok(Answer::Complete { epoch: c.epoch.0 })
    }

    fn gone(&mut self, file: FileId) -> Result<Answer> {
        self.conn
            .execute("UPDATE sync_file SET path = NULL WHERE id = ?1", [file])?;
        Ok(Answer::AddressGone)
    }

    fn file_len(&self, file: FileId) -> Result<u64> {
        Ok(rows::file_by_row(self.conn, file)?.map_or(0, |row| row.len))
    }

    fn op_and_keys(&self, op: &Id) -> Result<Option<(OpRow, KeyList)>> {
        let row = rows::op_by_id(self.conn, &OpId(*op))?;
        Ok(row.zip(trust::keys(self.conn)?))
    }

    /// A word for the screen, beside what the machine makes of it.
    fn op_setback(&mut self, row: &OpRow, setback: Setback) -> Result<Answer> {
        let word = match (&setback, Hint::of(&setback)) {
            (_, Some(hint)) => hint.name(),
            (Setback::Refused { rule, .. }, None) => rule.as_str(),
            (_, None) => Hint::NotTheCity.name(),
        };
        let sql = "UPDATE sync_op SET error = ?2 WHERE id = ?1 AND error IS NOT ?2";
        self.conn.prepare_cached(sql)?.execute((row.id, word))?;
        self.setback(setback)
    }

    fn setback(&self, setback: Setback) -> Result<Answer> {
        Ok(match setback {
            Setback::Transport(_) => Answer::Failed,
            Setback::Alien(_) => Answer::Foreign,
            Setback::Fault(_) => Answer::ServerError,
            Setback::RetryAt { at, after_s } => Answer::RetryAfter(match after_s {
                Some(seconds) => seconds.saturating_mul(1_000),
                // By the city's own clock, as far as the phone knows it; its own may be years off.
                None => {
                    let now = trust::newest_time(self.conn)?.unwrap_or(self.env.wall.0);
                    u64::try_from(i64::try_from(at).unwrap_or(i64::MAX).saturating_sub(now))
                        .unwrap_or(0)
                }
            }),
            Setback::SignIn => Answer::SignIn,
            Setback::Update => Answer::Update,
            Setback::KeysNeeded => Answer::NewerKeys,
            Setback::Refused { .. } => Answer::Denied,
        })
    }
}
