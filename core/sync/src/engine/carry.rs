//! Carrying out what the machine decided.

use hues_env::Mono;
use hues_protocol::ids::{OpId, Subject};

use super::{apply, views, Io, Turn};
use crate::error::Result;
use crate::machine::{Answer, Command, Epoch, Event};
use crate::moment::Moment;
use crate::outbox::fork::offer_op_again;
use crate::outbox::rows::{file_state, state};
use crate::sql::{run, Num};
use crate::trust;

impl Turn<'_, '_> {
    /// Carries commands out in order; gives the events that follow from them.
    pub(super) fn carry_out(&mut self, commands: Vec<Command>) -> Result<Vec<Event>> {
        let mut follow = Vec::new();
        for command in commands {
            match command {
                Command::Send { req, request, .. } => match self.build(req, &request)? {
                    Some(http) => self.io.push(Io::Send(http)),
                    None => follow.push(Event::Answer {
                        req,
                        answer: Answer::NotSent,
                    }),
                },
                Command::Cancel { req } => self.io.push(Io::Cancel(req.0)),
                Command::WakeAt(at) => {
                    let now = self.env.mono;
                    self.io.push(Io::WakeIn(at.map(|at: Mono| at.since(now))));
                }
                Command::SaveTry { op, tries, due } => {
                    let at = Moment::at(self.env, due).to_bytes();
                    let sql = "UPDATE sync_op SET tries = ?2, next_try = ?3 WHERE op_id = ?1";
                    self.conn.prepare_cached(sql)?.execute((op, tries, at))?;
                }
                Command::SaveRest(rest) => views::save_rest(self.conn, self.env, &rest)?,
                Command::NewEpoch { epoch } => follow.extend(self.new_epoch(&epoch)?),
                Command::Covered { epoch, watermark } => self.covered(&epoch, watermark)?,
                Command::SignInNeeded => self.io.push(Io::SignInNeeded),
                Command::UpdateNeeded => self.io.push(Io::UpdateNeeded),
            }
        }
        Ok(follow)
    }

    /// The city was restored from a backup, or answers of two lives crossed: what has no receipt of this epoch and was not covered
    /// by a watermark is offered again; in a new life every scope starts anew.
    fn new_epoch(&mut self, epoch: &Epoch) -> Result<Vec<Event>> {
        if hues_env::planted!("epoch-ignored") {
            trust::save_epoch(self.conn, epoch, 0)?;
            return Ok(Vec::new());
        }
        let changed = trust::epoch(self.conn)?.0 != Some(*epoch);
        if changed {
            trust::save_epoch(self.conn, epoch, 0)?;
            apply::reset_all(self.conn)?;
        }
        let stale: Vec<i64> = self.ids(
            "SELECT id FROM sync_op WHERE state = ?1 AND epoch IS NOT ?2",
            (state::RECEIPTED, epoch),
        )?;
        let files: Vec<i64> = self.ids(
            "SELECT id FROM sync_file WHERE (state = ?1 AND ?4) OR (state = ?2 AND epoch IS NOT ?3)",
            (file_state::OPEN, file_state::COMPLETE, epoch, changed),
        )?;
        for op in stale {
            offer_op_again(self.conn, op)?;
            self.op_moved(op)?;
        }
        let mut follow = Vec::new();
        for file in files {
            // Where the op went back as well, its photos wait for its receipt again; else they are sent again at once.
            run(
                self.conn,
                "UPDATE sync_file SET state = ?2, path = NULL WHERE id = ?1 AND state IN (?2, ?3)",
                (file, file_state::OPEN, file_state::COMPLETE),
            )?;
            follow.push(Event::FileGone(file));
        }
        follow.extend(views::everything(
            self.conn,
            self.env,
            &self.engine.machine,
        )?);
        Ok(follow)
    }

    /// The city's backup holds the log up to `watermark`: second copies and photos are no longer needed.
    pub(super) fn covered(&mut self, epoch: &Epoch, watermark: u64) -> Result<()> {
        trust::save_epoch(self.conn, epoch, watermark)?;
        let upto = (epoch, Num(watermark), state::RECEIPTED);
        let sql = "SELECT op_id FROM sync_op WHERE epoch = ?1 AND log_index <= ?2 AND state = ?3";
        let mut statement = self.conn.prepare_cached(sql)?;
        let ops: Vec<[u8; 16]> = statement
            .query_map(upto, |r| r.get(0))?
            .collect::<Result<_, _>>()?;
        for op in ops {
            run(
                self.conn,
                "UPDATE sync_op SET state = ?2 WHERE op_id = ?1",
                (op, state::COVERED),
            )?;
            self.io.push(Io::ForgetMirror(OpId(op)));
        }
        let sql =
            "SELECT id, sealed FROM sync_file WHERE epoch = ?1 AND log_index <= ?2 AND state = ?3";
        let mut statement = self.conn.prepare_cached(sql)?;
        let files: Vec<(i64, [u8; 16])> = statement
            .query_map((epoch, Num(watermark), file_state::COMPLETE), |r| {
                Ok((r.get(0)?, r.get(1)?))
            })?
            .collect::<Result<_, _>>()?;
        for (id, sealed) in files {
            run(
                self.conn,
                "UPDATE sync_file SET state = ?2 WHERE id = ?1",
                (id, file_state::GONE),
            )?;
            self.io.push(Io::ForgetFile(sealed));
        }
        Ok(())
    }

    /// Tells the domain that an op stands elsewhere now.
    pub(super) fn op_moved(&mut self, op: i64) -> Result<()> {
        let subject: [u8; 16] =
            self.conn
                .query_row("SELECT subject FROM sync_op WHERE id = ?1", [op], |r| {
                    r.get(0)
                })?;
        self.applier.op_moved(self.conn, &Subject(subject))
    }

    fn ids(&self, sql: &str, params: impl hues_store::rusqlite::Params) -> Result<Vec<i64>> {
        let mut statement = self.conn.prepare_cached(sql)?;
        let ids = statement
            .query_map(params, |r| r.get(0))?
            .collect::<Result<_, _>>()?;
        Ok(ids)
    }
}
