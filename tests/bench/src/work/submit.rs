//! W3: filing, at either durability. No app can ask for NORMAL: it shows what is left when a commit does not wait for the disk.

use std::path::Path;
use std::sync::Arc;

use hues_crypto::sign::SigningKey;
use hues_env::{Random, SystemRandom};
use hues_protocol::author::Author;
use hues_protocol::bundle::Bundle;
use hues_protocol::ids::{OpHash, OpId, Subject};
use hues_protocol::keys::KeyEntry;
use hues_protocol::kinds::report::{New, Place, PlaceSource};
use hues_protocol::kinds::{Act, Kind, VERSION};
use hues_protocol::lane::LaneKey;
use hues_protocol::op::OpHeader;
use hues_protocol::part::references;
use hues_protocol::place::Point;
use hues_store::disk::RealDisk;
use hues_store::{Durability, FileKey, FileOptions, Migration, Mirror, StoreFile};
use rusqlite::Connection;

use crate::clock::Lap;
use crate::inputs::summary;
use crate::phone::{entered, Phone};
use crate::protocol::{Turn, Turns};
use crate::raw::{self, Raw};
use crate::side::Side;
use crate::town::Town;
use crate::work::bulk::clear;
use crate::work::delta::index;
use crate::Step;

/// The whole call, and in the same turn the two parts that the floor does not do, each alone: making and signing the op, and the sealed second copy.
pub fn core(side: &Side, full: bool) -> Step<Turns> {
    let (side, durability) = (side.clone(), durability(full));
    let folder = side.folder.join(format!("submit-{durability:?}"));
    clear(&folder)?;
    let phone = Phone::with(&folder.join("phone"), durability)?;
    let core = phone.open()?;
    // The key list comes in, so that authors can be sealed; then the link goes and everything waits.
    phone.town.offer(&side.inputs.pages("one"));
    core.pull()?;
    core.go_dark()?;
    let mut hand = ByHand::new(&folder.join("parts"), durability, phone.town.disclosure()?)?;
    let mut filed = 0;
    Ok(Box::new(move |turn| {
        let texts = side.inputs.texts(turn, side.sizes.submits)?;
        let n = texts.len();
        let drafts = texts
            .iter()
            .map(|text| core.draft(text))
            .collect::<Step<Vec<_>>>()?;
        let lap = Lap::start();
        for draft in drafts {
            core.submit(draft)?;
        }
        let took = lap.stop().each(n);
        filed += n as u64;
        if core.waiting()? != filed {
            return Err("an act is missing in the outbox".into());
        }
        let lap = Lap::start();
        let made = texts
            .iter()
            .map(|text| hand.make(text))
            .collect::<Step<Vec<_>>>()?;
        let signature = lap.stop().each(n);
        let lap = Lap::start();
        for one in &made {
            hand.mirror(one)?;
        }
        let mirror = lap.stop().each(n);
        Ok(Turn::of(took)
            .part("signature", signature)
            .part("mirror", mirror))
    }))
}

/// One transaction for each report, from ops in hand.
pub fn raw(side: &Side, full: bool) -> Step<Turns> {
    let (side, durability) = (side.clone(), durability(full));
    let folder = side.folder.join(format!("submit-{durability:?}"));
    clear(&folder)?;
    let disclosure = Town::new()?.disclosure()?;
    let mut hand = ByHand::new(&folder, durability, disclosure)?;
    let mut filed = 0;
    Ok(Box::new(move |turn| {
        let texts = side.inputs.texts(turn, side.sizes.submits)?;
        let n = texts.len();
        let made = texts
            .iter()
            .map(|text| hand.make(text))
            .collect::<Step<Vec<_>>>()?;
        hand.draft(&made)?;
        let lap = Lap::start();
        for one in &made {
            hand.file(one)?;
        }
        let took = lap.stop().each(n);
        filed += n as u64;
        if raw::count(&hand.conn)? != filed {
            return Err("a report is missing".into());
        }
        Ok(Turn::of(took))
    }))
}

fn durability(full: bool) -> Durability {
    match full {
        true => Durability::Full,
        false => Durability::Normal,
    }
}

/// An act that is made and not stored.
struct Made {
    subject: [u8; 16],
    lane: LaneKey,
    bundle: Bundle,
    text: String,
    /// The draft as it is stored, and what is kept to show the report: about the same words.
    json: String,
}

/// What the core does in one call, each part for itself.
struct ByHand {
    conn: Connection,
    mirror: Mirror,
    device: SigningKey,
    disclosure: KeyEntry,
    random: SystemRandom,
}

impl ByHand {
    fn new(folder: &Path, durability: Durability, disclosure: KeyEntry) -> Step<ByHand> {
        let conn = Raw::new(folder)?.writer()?;
        if durability == Durability::Full {
            conn.pragma_update(None, "synchronous", "FULL")?;
        }
        let mut random = SystemRandom;
        let (file, _) = StoreFile::open_with_key(
            Arc::new(RealDisk),
            &folder.join("mirror"),
            "core",
            FileKey::random(&mut random),
            &[Migration {
                version: 1,
                sql: "CREATE TABLE t(x)",
            }],
            FileOptions::default(),
        )?;
        Ok(ByHand {
            conn,
            mirror: Mirror::open(&file)?,
            device: SigningKey::generate(&mut random),
            disclosure,
            random,
        })
    }

    /// The op with its parts, its sealed author and its signature, under a fresh lane.
    fn make(&mut self, text: &str) -> Step<Made> {
        let lane = LaneKey::generate(&mut self.random);
        let public = lane.public();
        let author = Author::sealed(&self.device, &public, &self.disclosure, &mut self.random)?;
        let act = Act::New(New {
            category: "trat_tu.xay_dung".into(),
            text: text.to_owned(),
            ward: Some("19789".into()),
            answers: Default::default(),
            place_words: None,
            place: Some(Place {
                at: Point {
                    lat: 164_637_000,
                    lon: 1_075_909_000,
                },
                accuracy_m: Some(12),
                source: PlaceSource::Gps,
            }),
            author,
            files: Vec::new(),
        });
        let parts = act
            .to_parts(&mut self.random)
            .map_err(|rule| rule.name().to_owned())?;
        let subject = self.random.uuid_v4();
        let op = OpHeader {
            op_id: OpId(self.random.uuid_v4()),
            lane_key: public,
            sequence: 1,
            previous: OpHash::NONE,
            beacon: None,
            kind: Kind::New.name().into(),
            kind_version: VERSION,
            parts: references(&parts),
            claimed_time: 1_761_638_400_000,
            subject: Subject(subject),
            replaces: None,
        }
        .sign(&lane)?;
        Ok(Made {
            subject,
            lane,
            bundle: Bundle::new(op, parts)?,
            text: text.to_owned(),
            json: serde_json::to_string(&entered(text))?,
        })
    }

    /// The sealed second copy: op, parts and what is shown.
    fn mirror(&mut self, made: &Made) -> Step<()> {
        let id = made.bundle.op().header().op_id.0;
        let entry = made.bundle.encode();
        Ok(self
            .mirror
            .put(&id, &entry, made.json.as_bytes(), &mut self.random)?)
    }

    /// The drafts of a turn, saved before the clock runs.
    fn draft(&mut self, made: &[Made]) -> Step<()> {
        let tx = self.conn.transaction()?;
        for one in made {
            tx.prepare_cached("INSERT INTO draft (id, saved_at, input) VALUES (?1, 0, ?2)")?
                .execute((one.subject, &one.json))?;
        }
        Ok(tx.commit()?)
    }

    /// The draft becomes the report: one transaction.
    fn file(&mut self, made: &Made) -> Step<()> {
        let tx = self
            .conn
            .transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
        let draft: String = tx
            .prepare_cached("SELECT input FROM draft WHERE id = ?1")?
            .query_row([made.subject], |r| r.get(0))?;
        let op = made.bundle.op();
        let (lane_id, hash) = (made.lane.id(), op.hash());
        let lane: i64 = tx
            .prepare_cached(
                "INSERT INTO sync_lane (lane, seed, anonymous, head_seq, head_hash) VALUES (?1, ?2, 0, 1, ?3) RETURNING id",
            )?
            .query_row((lane_id.0, &made.lane.expose_seed()[..], hash.0), |r| r.get(0))?;
        let row: i64 = tx
            .prepare_cached(
                "INSERT INTO sync_op (op_id, lane, seq, hash, kind, subject, op, priority, query_only, author, unsealed, made) \
                 VALUES (?1, ?2, 1, ?3, 'report.new', ?4, ?5, 1, 0, 2, 0, ?6) RETURNING id",
            )?
            .query_row(
                (op.header().op_id.0, lane, hash.0, made.subject, op.bytes(), op.header().claimed_time),
                |r| r.get(0),
            )?;
        for part in made.bundle.parts() {
            tx.prepare_cached("INSERT INTO sync_part (op, role, bytes) VALUES (?1, ?2, ?3)")?
                .execute((row, part.role().0, part.bytes()))?;
        }
        let seq: i64 = tx
            .prepare_cached(
                "INSERT INTO report (scope, id, state, category, ward, summary, photo_count, filed_at, lane, words, filed, pending)
                 VALUES ('mine', ?1, 'queued', 'trat_tu.xay_dung', '19789', ?2, 0, ?3, ?4, ?5, ?6, 1) RETURNING seq",
            )?
            .query_row(
                (made.subject, summary(&made.text), op.header().claimed_time, lane_id.0, &made.text, draft),
                |r| r.get(0),
            )?;
        index(&tx, seq, false, Some(&made.text))?;
        tx.prepare_cached("DELETE FROM draft WHERE id = ?1")?
            .execute([made.subject])?;
        Ok(tx.commit()?)
    }
}
