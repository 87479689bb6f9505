//! Taking an op: once, in the order of its lane, or not at all.
//!
//! Invariant: an op is committed before its receipt is signed; the same op gets the same receipt for as long as the epoch
//! lasts; a refused op stays refused, so that what the phone puts in its place cannot meet it again. A lane's head moves
//! by committed ops only.

use hues_env::{Env, Wall};
use hues_protocol::bundle::{Bundle, BundleError, MAX_BUNDLE};
use hues_protocol::city::CitySigned;
use hues_protocol::fork::Fork;
use hues_protocol::http::HttpResponse;
use hues_protocol::ids::{Hash, LaneId, OpHash, OpId};
use hues_protocol::kinds::{Act, Kind};
use hues_protocol::op::{OpError, OpHeader, PartRole, SignedOp};
use hues_protocol::part::Part;
use hues_protocol::receipt::Receipt;
use hues_protocol::refusal::{Refusal, Rule};
use hues_protocol::sign1::{Sign1, MAX_OBJECT};

use super::call::{answer, empty, refuse, sign_in, stop_with, Answer, Call, Stop, COSE};
use super::feedback::{self, Deed, Halt};
use super::keys::CityKeys;
use super::meta::{self, CityLog};
use super::records::{LaneRecord, OpRecord, RefusalRecord, Stamp};
use super::session::{self, Session};
use super::Town;
use crate::storage::{Storage, StorageError, Table, Tx};

/// `POST /ops`
pub(super) fn submit(
    storage: &mut impl Storage,
    env: &mut Env,
    town: &Town,
    keys: &CityKeys,
    call: &Call,
) -> Answer {
    if call.body().len() > MAX_BUNDLE {
        return Err(refuse(413, "too-large"));
    }
    let malformed = || refuse(400, "malformed");
    let (bytes, parts) = Bundle::split(call.body()).map_err(|_| malformed())?;
    let op = match SignedOp::decode(&bytes) {
        Ok(op) => op,
        Err(OpError::Malformed(_) | OpError::Label) => return Err(malformed()),
        Err(OpError::Grant) => return unreadable(storage, env, keys, &bytes, Rule::Grant),
        Err(OpError::Signature) => return unreadable(storage, env, keys, &bytes, Rule::Signature),
    };
    let mut offer = Offer {
        op,
        parts,
        town,
        keys,
    };
    match storage.transaction(|tx| offer.take(tx, env, call)) {
        // Committed: only now the city puts its name to it.
        Ok(receipt) => Ok(answer(200, COSE, receipt.sign(&keys.receipts).into_bytes())),
        Err(Halt::Refused(rule)) => {
            let early: Result<_, Stop> =
                storage.transaction(|tx| Ok(Offer::comes_early(tx, env.wall, rule)?));
            if early? {
                return Err(stop_with(empty(503)));
            }
            let kept: Result<_, Stop> = storage.transaction(|tx| offer.keep_refusal(tx, env, rule));
            Ok(refused(&kept?, keys))
        }
        Err(Halt::Stop(stop)) => Err(stop),
    }
}

/// `GET /ops/{op id}`
pub(super) fn query(tx: &mut dyn Tx, keys: &CityKeys, id: &str) -> Answer {
    let unknown = || refuse(404, "unknown");
    let op_id: OpId = id.parse().map_err(|_| unknown())?;
    if let Some(mut record) = meta::get::<OpRecord>(tx, Table::Op, op_id.as_bytes())? {
        let log = CityLog::load(tx)?;
        restamp(tx, &log, keys, op_id, &mut record)?;
        return Ok(answer(
            200,
            COSE,
            receipt(op_id, &record).sign(&keys.receipts).into_bytes(),
        ));
    }
    let hash = tx
        .get(Table::RefusedId, op_id.as_bytes())?
        .ok_or_else(unknown)?;
    let record: Option<RefusalRecord> = meta::get(tx, Table::Refusal, &hash)?;
    Ok(refused(&record.ok_or_else(unknown)?, keys))
}

/// One op at the counter.
struct Offer<'a> {
    op: SignedOp,
    parts: Vec<Part>,
    town: &'a Town,
    keys: &'a CityKeys,
}

impl Offer<'_> {
    /// Whether this refusal would only say that the op came before the report it is about. After a restore phones bring back what was lost, each its own and in
    /// no order between them. A refusal is for good; so nothing is said until the report had its time.
    fn comes_early(tx: &dyn Tx, now: Wall, rule: Rule) -> Result<bool, StorageError> {
        // Whoever acts on a report saw it, and nobody but this city shows any.
        Ok(rule == Rule::SubjectUnknown && CityLog::load(tx)?.is_mending(now))
    }

    fn take(&mut self, tx: &mut dyn Tx, env: &mut Env, call: &Call) -> Result<Receipt, Halt> {
        let header = self.op.header().clone();
        let mut log = CityLog::load(tx)?;
        if let Some(receipt) = self.known(tx, &mut log, &header)? {
            return Ok(receipt);
        }
        let lane_id = self.op.lane();
        let lane: Option<LaneRecord> = meta::get(tx, Table::Lane, lane_id.as_bytes())?;
        let session = self.person(tx, call, lane.as_ref(), env.wall.0)?;
        self.follows(tx, env, &mut log, lane.as_ref(), lane_id)?;

        let act = self.read(&header)?;
        check_replaces(tx, &log, &header, lane_id)?;
        if lane
            .as_ref()
            .is_some_and(|lane| lane.subject != header.subject)
        {
            return Err(Rule::SubjectUnknown.into());
        }
        let at = log.sign_at(env.wall);
        let account = session.as_ref().map(|session| session.account.clone());
        let (anonymous, files) = (session.is_none(), feedback::claims(&act));
        let mut deed = Deed {
            tx,
            log: &mut log,
            town: self.town,
            keys: self.keys,
            random: env.random,
            header: &header,
            kind: act.kind(),
            lane: lane_id,
            session,
            at,
        };
        feedback::apply(&mut deed, &act)?;

        let index = log.next_index(tx, &format!("op {}", header.op_id))?;
        let stamp = Stamp {
            time: at,
            epoch: log.epoch,
            index,
            watermark: log.watermark,
            keys_version: self.keys.version(),
        };
        let hash = self.op.hash();
        let record = OpRecord {
            hash,
            lane: lane_id,
            sequence: header.sequence,
            kind: header.kind.clone(),
            subject: header.subject,
            account: account.clone(),
            stamp,
            deliveries: 1,
            files,
        };
        meta::put(tx, Table::Op, header.op_id.as_bytes(), &record)?;
        tx.put(Table::Bundle, header.op_id.as_bytes(), call.body())?;
        let (key, subject) = (Hash(header.lane_key), header.subject);
        let lane = LaneRecord {
            key,
            head: header.sequence,
            hash,
            account,
            anonymous,
            subject,
        };
        meta::put(tx, Table::Lane, lane_id.as_bytes(), &lane)?;
        log.save(tx)?;
        Ok(receipt(header.op_id, &record))
    }

    /// The receipt of an op that is already there; the refusal of one that was refused.
    fn known(
        &self,
        tx: &mut dyn Tx,
        log: &mut CityLog,
        header: &OpHeader,
    ) -> Result<Option<Receipt>, Halt> {
        let id = header.op_id;
        if let Some(mut record) = meta::get::<OpRecord>(tx, Table::Op, id.as_bytes())? {
            if record.hash != self.op.hash() {
                return Err(Rule::OpIdReused.into());
            }
            record.deliveries += 1;
            log.duplicates += 1;
            log.save(tx)?;
            restamp(tx, log, self.keys, id, &mut record)?;
            meta::put(tx, Table::Op, id.as_bytes(), &record)?;
            return Ok(Some(receipt(id, &record)));
        }
        if let Some(record) =
            meta::get::<RefusalRecord>(tx, Table::Refusal, self.op.hash().as_bytes())?
        {
            // A bundle damaged on its way says nothing about the op: whole, it is judged anew. Should the phone have put
            // another in its place meanwhile, the place in the chain is taken and this one is a fork.
            if is_of_the_bundle(&record.rule) {
                return Ok(None);
            }
            return Err(Halt::Stop(stop_with(refused(&record, self.keys))));
        }
        match tx.get(Table::RefusedId, id.as_bytes())? {
            Some(_) => Err(Rule::OpIdReused.into()),
            None => Ok(None),
        }
    }

    /// Who hands it in: nobody for an anonymous lane, else the account of the lane.
    fn person(
        &self,
        tx: &dyn Tx,
        call: &Call,
        lane: Option<&LaneRecord>,
        now: i64,
    ) -> Result<Option<Session>, Halt> {
        let author = self
            .parts
            .iter()
            .find(|part| part.role() == PartRole::AUTHOR);
        let anonymous = match lane {
            Some(lane) => lane.anonymous,
            None => {
                author.is_some_and(|part| part.body().uint(1) == Ok(3)) || self.buries_unnamed(call)
            }
        };
        if anonymous {
            return Ok(None);
        }
        let session = session::of(tx, call, now)?.ok_or_else(|| Halt::Stop(sign_in()))?;
        if lane.is_some_and(|lane| lane.account.as_ref() != Some(&session.account)) {
            return Err(Rule::NotYours.into());
        }
        Ok(Some(session))
    }

    /// A tombstone has no author part. One that opens its lane stands for a refused first op; handed in without a session, that one was anonymous.
    fn buries_unnamed(&self, call: &Call) -> bool {
        self.op.header().kind == Kind::Tombstone.name() && call.header("authorization").is_none()
    }

    /// The op is the next of its lane, or the city says where the lane stands.
    fn follows(
        &self,
        tx: &mut dyn Tx,
        env: &Env,
        log: &mut CityLog,
        lane: Option<&LaneRecord>,
        id: LaneId,
    ) -> Result<(), Halt> {
        let (head, hash) = lane.map_or((0, OpHash::NONE), |lane| (lane.head, lane.hash));
        let header = self.op.header();
        if header.sequence == head + 1 && header.previous == hash {
            return Ok(());
        }
        let time = log.sign_at(env.wall);
        log.save(tx)?;
        let fork = Fork {
            lane: id,
            head_sequence: head,
            head_hash: hash,
            time,
            epoch: log.epoch,
            keys_version: self.keys.version(),
        };
        Err(Halt::Stop(stop_with(answer(
            409,
            COSE,
            fork.sign(&self.keys.receipts).into_bytes(),
        ))))
    }

    fn read(&mut self, header: &OpHeader) -> Result<Act, Halt> {
        // A kind of tomorrow is named as such even when its parts are not of today's shape.
        if Kind::from_name(&header.kind).is_none() {
            return Err(Rule::KindUnknown.into());
        }
        let bundle =
            Bundle::new(self.op.clone(), self.parts.clone()).map_err(|error| match error {
                BundleError::Malformed(_) => Halt::Stop(refuse(400, "malformed")),
                BundleError::Refused(rule) => Halt::Refused(rule),
            })?;
        Ok(Act::from_op(bundle.op(), bundle.parts())?)
    }

    fn keep_refusal(&self, tx: &mut dyn Tx, env: &Env, rule: Rule) -> Result<RefusalRecord, Stop> {
        let header = self.op.header();
        let mut log = CityLog::load(tx)?;
        let record = RefusalRecord {
            op_id: header.op_id,
            hash: self.op.hash(),
            lane: self.op.lane(),
            sequence: header.sequence,
            rule: rule.name().to_owned(),
            time: log.sign_at(env.wall),
            epoch: log.epoch,
            keys_version: self.keys.version(),
        };
        log.save(tx)?;
        // Whose op id or lane it is decides somebody else's op; such a refusal must not settle that one's fate.
        if !matches!(rule, Rule::OpIdReused | Rule::NotYours) {
            meta::put(tx, Table::Refusal, record.hash.as_bytes(), &record)?;
            tx.put(
                Table::RefusedId,
                record.op_id.as_bytes(),
                record.hash.as_bytes(),
            )?;
        }
        Ok(record)
    }
}

/// An op that nobody can be held to: refused, not remembered.
fn unreadable(
    storage: &mut impl Storage,
    env: &mut Env,
    keys: &CityKeys,
    bytes: &[u8],
    rule: Rule,
) -> Answer {
    let malformed = || refuse(400, "malformed");
    let sign1 = Sign1::parse(bytes, MAX_OBJECT).map_err(|_| malformed())?;
    let op_id = OpId(sign1.fields().array(1).map_err(|_| malformed())?);
    let log: Result<CityLog, StorageError> = storage.transaction(|tx| {
        let mut log = CityLog::load(tx)?;
        log.sign_at(env.wall);
        log.save(tx)?;
        Ok(log)
    });
    let log = log?;
    let refusal = Refusal {
        op_id,
        op_hash: OpHash(sign1.hash()),
        rule: rule.name().to_owned(),
        time: log.signed_time,
        epoch: log.epoch,
        keys_version: keys.version(),
    };
    Ok(answer(422, COSE, refusal.sign(&keys.receipts).into_bytes()))
}

/// `replaces` names the refused op of this very place in the lane. A city that came back from a backup may have lost the
/// refusal; then the place in the chain alone decides, which one op can fill.
fn check_replaces(tx: &dyn Tx, log: &CityLog, header: &OpHeader, lane: LaneId) -> Result<(), Halt> {
    let Some(replaced) = header.replaces else {
        return Ok(());
    };
    match meta::get::<RefusalRecord>(tx, Table::Refusal, replaced.as_bytes())? {
        Some(refused) if refused.lane == lane && refused.sequence == header.sequence => Ok(()),
        None if log.restores > 0 => Ok(()),
        _ => Err(Rule::Replaces.into()),
    }
}

/// Whether a refusal was about the parts that came along, not about what was signed.
fn is_of_the_bundle(rule: &str) -> bool {
    rule == Rule::PartMissing.name() || rule == Rule::PartHash.name()
}

/// A receipt of an earlier life of the log is given anew in this one: same place and time, another epoch.
fn restamp(
    tx: &mut dyn Tx,
    log: &CityLog,
    keys: &CityKeys,
    id: OpId,
    record: &mut OpRecord,
) -> Result<(), StorageError> {
    if record.stamp.epoch != log.epoch {
        record.stamp.epoch = log.epoch;
        record.stamp.watermark = log.watermark;
        record.stamp.keys_version = keys.version();
        meta::put(tx, Table::Op, id.as_bytes(), record)?;
    }
    Ok(())
}

fn receipt(op_id: OpId, record: &OpRecord) -> Receipt {
    Receipt {
        op_id,
        lane: record.lane,
        sequence: record.sequence,
        op_hash: record.hash,
        time: record.stamp.time,
        epoch: record.stamp.epoch,
        log_index: record.stamp.index,
        watermark: record.stamp.watermark,
        keys_version: record.stamp.keys_version,
    }
}

fn refused(record: &RefusalRecord, keys: &CityKeys) -> HttpResponse {
    let refusal = Refusal {
        op_id: record.op_id,
        op_hash: record.hash,
        rule: record.rule.clone(),
        time: record.time,
        epoch: record.epoch,
        keys_version: record.keys_version,
    };
    answer(422, COSE, refusal.sign(&keys.receipts).into_bytes())
}
