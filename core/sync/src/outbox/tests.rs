//! The outbox over a real file: chains, edits, discards, author parts that wait, salvage, proofs.

use hues_protocol::author::Author;
use hues_protocol::bundle::Bundle;
use hues_protocol::fork::Fork;
use hues_protocol::ids::{Epoch, LaneId, OpHash, OpId};
use hues_protocol::op::{PartRole, SignedOp};
use hues_store::rusqlite::Connection;

use super::fork::{settle, Forked};
use super::rows::{self, state};
use super::*;
use crate::machine::Owner;
use crate::testkit::city::City;
use crate::testkit::phone::{database, env, Phone, ME};
use crate::trust;

/// Every op of the lane follows the one before it, verifies, and matches its parts and its mirror entry.
fn check_chain(conn: &Connection, lane: &LaneId) -> Vec<SignedOp> {
    let lane = rows::lane_by_name(conn, lane).unwrap().unwrap();
    let mut ops = Vec::new();
    let mut last = None;
    for row in rows::ops_from(conn, lane.id, 0).unwrap() {
        let op = row.signed().unwrap();
        assert_eq!(op.hash(), row.hash);
        assert_eq!(op.header().sequence, row.seq);
        if let Some((seq, hash)) = last {
            assert_eq!(
                (op.header().sequence, op.header().previous),
                (seq + 1, hash)
            );
        }
        last = Some((row.seq, op.hash()));
        Bundle::new(op.clone(), rows::parts_of(conn, row.id).unwrap()).unwrap();
        ops.push(op);
    }
    let head = last.unwrap_or((0, OpHash::NONE));
    assert_eq!(
        (lane.head_seq, lane.head_hash),
        head,
        "the lane knows its head"
    );
    ops
}

fn set_state(conn: &Connection, op: &OpId, state: i64, signed: bool) -> Result<()> {
    let refusal = signed.then_some(vec![1u8]);
    conn.execute(
        "UPDATE sync_op SET state = ?2, handed = 1, refusal = ?3 WHERE op_id = ?1",
        (op.0, state, refusal),
    )?;
    Ok(())
}

/// Three acts in one lane.
fn three(phone: &mut Phone) -> (LaneId, [Enqueued; 3]) {
    let new = phone.rating(1);
    let first = phone.act(Phone::own(), &new);
    let lane = first.lane;
    let [second, third] = [2, 3].map(|stars| {
        let new = phone.rating(stars);
        phone.act(LaneRef::Existing(lane), &new)
    });
    (lane, [first, second, third])
}

#[test]
fn acts_are_chained_under_one_key() {
    let mut phone = Phone::new(1);
    let (lane, acts) = three(&mut phone);
    phone
        .write(|tx, _| {
            let ops = check_chain(tx, &lane);
            assert_eq!(ops.len(), 3);
            assert!(ops.iter().all(|op| op.lane() == lane));
            Ok(())
        })
        .unwrap();
    assert_eq!(acts.map(|a| a.sequence), [1, 2, 3]);
    assert_eq!(phone.list()[1].behind, Some(phone.list()[0].op_id));
}

#[test]
fn what_never_left_is_edited_in_place_and_discarded_without_a_trace() {
    let mut phone = Phone::new(2);
    let (lane, [first, second, third]) = three(&mut phone);
    let new = phone.rating(5);
    let changed = phone
        .change(|tx, env| edit(tx, env, &second.op_id, new))
        .unwrap();
    let now = changed.op.unwrap();
    assert_eq!(
        (now.op_id, now.sequence),
        (second.op_id, 2),
        "same act, same place"
    );
    assert_ne!(now.hash, second.hash);
    assert_eq!(changed.again.len(), 1, "the third is signed again");
    phone.write(|tx, _| Ok(check_chain(tx, &lane))).unwrap();

    let changed = phone
        .change(|tx, env| discard(tx, env, &first.op_id))
        .unwrap();
    assert_eq!((changed.op, changed.forget_ops), (None, vec![first.op_id]));
    let ops = phone.write(|tx, _| Ok(check_chain(tx, &lane))).unwrap();
    let ids: Vec<OpId> = ops.iter().map(|o| o.header().op_id).collect();
    assert_eq!(ids, [second.op_id, third.op_id]);
    assert_eq!(ops[0].header().previous, OpHash::NONE);
}

#[test]
fn what_was_handed_over_is_never_changed() {
    let mut phone = Phone::new(3);
    let (lane, [first, ..]) = three(&mut phone);
    for (raw, signed) in [
        (state::SENDING, false),
        (state::RECEIPTED, false),
        (state::WEDGED, false),
        (state::COVERED, false),
    ] {
        phone
            .write(|tx, _| set_state(tx, &first.op_id, raw, signed))
            .unwrap();
        let new = phone.rating(4);
        let edited = phone.change(|tx, env| edit(tx, env, &first.op_id, new));
        assert_eq!(edited.unwrap_err(), SyncError::FateUnknown, "{raw}");
        let discarded = phone.change(|tx, env| discard(tx, env, &first.op_id));
        assert_eq!(discarded.unwrap_err(), SyncError::FateUnknown, "{raw}");
    }
    phone.write(|tx, _| Ok(check_chain(tx, &lane))).unwrap();
}

#[test]
fn a_refused_act_leaves_a_linked_replacement_or_a_tombstone() {
    let mut phone = Phone::new(4);
    let (lane, [first, second, _]) = three(&mut phone);
    phone
        .write(|tx, _| set_state(tx, &first.op_id, state::WEDGED, true))
        .unwrap();
    let new = phone.rating(4);
    let replacement = new.op_id;
    phone
        .change(|tx, env| edit(tx, env, &first.op_id, new))
        .unwrap();
    let ops = phone.write(|tx, _| Ok(check_chain(tx, &lane))).unwrap();
    assert_eq!(ops[0].header().op_id, replacement);
    assert_eq!(
        (ops[0].header().sequence, ops[0].header().replaces),
        (1, Some(first.hash))
    );

    phone
        .write(|tx, _| set_state(tx, &second.op_id, state::WEDGED, true))
        .unwrap();
    let refused = ops[1].hash();
    phone
        .change(|tx, env| discard(tx, env, &second.op_id))
        .unwrap();
    let ops = phone.write(|tx, _| Ok(check_chain(tx, &lane))).unwrap();
    assert_eq!(
        (ops[1].header().kind.as_str(), ops[1].header().replaces),
        ("lane.tombstone", Some(refused))
    );
    assert!(ops[1].header().parts.is_empty());
}

#[test]
fn an_author_part_that_must_wait_for_a_key_is_added_before_the_op_first_leaves() {
    let mut phone = Phone::new(5);
    let city = City::new();
    let new = phone.report(AuthorWish::Sealed, 20, &[]);
    let filed = phone.act(Phone::own(), &new);
    let next = phone.rating(1);
    phone.act(LaneRef::Existing(filed.lane), &next);
    assert_eq!(
        phone
            .write(|tx, env| reseal(tx, env, &filed.op_id))
            .unwrap(),
        None,
        "no key list yet"
    );
    let again = phone
        .write(|tx, env| {
            trust::save_keys(tx, &city.key_list())?;
            reseal(tx, env, &filed.op_id)
        })
        .unwrap()
        .unwrap();
    assert_eq!(again.len(), 2, "it and the act after it");
    let (ops, parts) = phone
        .write(|tx, _| {
            let row = rows::op_by_id(tx, &filed.op_id)?.unwrap();
            assert!(!row.unsealed);
            Ok((check_chain(tx, &filed.lane), rows::parts_of(tx, row.id)?))
        })
        .unwrap();
    let author = parts.iter().find(|p| p.role() == PartRole::AUTHOR).unwrap();
    let author = Author::from_fields(author.body()).unwrap();
    let certificate = author
        .open(&city.disclosure, &ops[0].header().lane_key)
        .unwrap();
    let device = phone.write(|tx, env| device_key(tx, env.random)).unwrap();
    assert_eq!(
        certificate.device_key,
        device.public(),
        "the device that filed it, and only the disclosure key shows it"
    );
}

#[test]
fn the_mirror_alone_brings_an_act_back_once() {
    let mut phone = Phone::new(6);
    let new = phone.report(AuthorWish::Anonymous, 20, &[500]);
    let filed = phone.act(LaneRef::New(Owner::Nobody), &new);
    let next = phone.rating(2);
    let later = phone.act(LaneRef::Existing(filed.lane), &next);
    let before = phone
        .write(|tx, _| Ok(check_chain(tx, &filed.lane)))
        .unwrap();

    let dir = tempfile::tempdir().unwrap();
    let mut random = hues_env::SeededRandom::new(60);
    let mut fresh = database(dir.path(), &mut random);
    for entry in [&later.mirror, &filed.mirror, &later.mirror] {
        fresh
            .try_write(hues_store::Durability::Full, |tx| {
                salvage_import(tx, &env(5, &mut random), entry)
            })
            .unwrap();
    }
    let after = fresh
        .read(|tx| Ok::<_, SyncError>(check_chain(tx, &filed.lane)))
        .unwrap();
    assert_eq!(before, after, "byte for byte, in order, however they came");
    let list = fresh.read(|tx| list(tx, true)).unwrap();
    assert!(
        list.iter()
            .all(|op| op.state == OpState::Sending && !op.editable),
        "nobody can say it was not handed over"
    );
    assert_eq!(list.iter().map(|op| op.files_open).sum::<u32>(), 1);
    fresh
        .read(|tx| {
            let lane = rows::lane_by_name(tx, &filed.lane)?.unwrap();
            assert_eq!(lane.owner, Owner::Nobody);
            Ok::<_, SyncError>(())
        })
        .unwrap();
    let cut = &filed.mirror[..filed.mirror.len() - 1];
    let refused = fresh.try_write(hues_store::Durability::Full, |tx| {
        salvage_import(tx, &env(5, &mut random), cut)
    });
    assert!(matches!(refused, Err(SyncError::Invalid(_))));
}

#[test]
fn the_first_sign_in_adopts_what_was_filed_before_and_nothing_else() {
    let mut phone = Phone::new(7);
    let new = phone.rating(1);
    let mine = phone.act(LaneRef::New(Owner::Unclaimed), &new);
    let new = phone.rating(2);
    let nobodys = phone.act(LaneRef::New(Owner::Nobody), &new);
    let lanes = phone.write(|tx, _| adopt(tx, &ME)).unwrap();
    assert_eq!(lanes, [mine.lane]);
    phone
        .write(|tx, _| {
            let owner = |lane| rows::lane_by_name(tx, lane).unwrap().unwrap().owner;
            assert_eq!(owner(&mine.lane), Owner::Account(ME));
            assert_eq!(
                owner(&nobodys.lane),
                Owner::Nobody,
                "an anonymous lane is never claimed"
            );
            Ok(())
        })
        .unwrap();
}

fn fork(lane: LaneId, seq: u64, hash: OpHash) -> Fork {
    Fork {
        lane,
        head_sequence: seq,
        head_hash: hash,
        time: 0,
        epoch: Epoch([1; 8]),
        keys_version: 1,
    }
}

#[test]
fn a_restored_phone_links_what_is_unsent_after_the_citys_head() {
    let mut phone = Phone::new(8);
    let (lane, acts) = three(&mut phone);
    phone
        .write(|tx, _| set_state(tx, &acts[0].op_id, state::RECEIPTED, false))
        .unwrap();
    let theirs = OpHash([9; 32]);
    let settled = phone
        .write(|tx, _| settle(tx, &acts[1].op_id, &fork(lane, 5, theirs)))
        .unwrap();
    assert!(matches!(settled, Forked::Relinked(again) if again.len() == 2));
    let ops = phone
        .write(|tx, _| {
            let lane = rows::lane_by_name(tx, &lane)?.unwrap();
            rows::ops_from(tx, lane.id, 6)?
                .iter()
                .map(|r| r.signed())
                .collect::<Result<Vec<_>>>()
        })
        .unwrap();
    assert_eq!(ops[0].header().op_id, acts[1].op_id, "the same act");
    assert_eq!(
        (ops[0].header().sequence, ops[0].header().previous),
        (6, theirs)
    );
    assert_eq!(
        (ops[1].header().sequence, ops[1].header().previous),
        (7, ops[0].hash())
    );
    assert!(phone.list()[1].relinked && !phone.list()[0].relinked);
    let settled = phone
        .write(|tx, _| settle(tx, &acts[1].op_id, &fork(lane, 5, theirs)))
        .unwrap();
    assert_eq!(
        settled,
        Forked::Nonsense,
        "the city cannot refuse what follows its own head"
    );
}

#[test]
fn a_restored_city_is_offered_what_it_lost_unchanged() {
    let mut phone = Phone::new(9);
    let (lane, acts) = three(&mut phone);
    for act in &acts[..2] {
        phone
            .write(|tx, _| set_state(tx, &act.op_id, state::RECEIPTED, false))
            .unwrap();
    }
    let before = phone.write(|tx, _| Ok(check_chain(tx, &lane))).unwrap();
    let settled = phone
        .write(|tx, _| settle(tx, &acts[2].op_id, &fork(lane, 0, OpHash::NONE)))
        .unwrap();
    assert_eq!(
        settled,
        Forked::OfferedAgain(vec![acts[0].op_id, acts[1].op_id])
    );
    assert_eq!(
        phone.write(|tx, _| Ok(check_chain(tx, &lane))).unwrap(),
        before,
        "not a byte changed"
    );
}

#[test]
fn a_photo_without_its_part_and_an_author_from_outside_are_refused() {
    let mut phone = Phone::new(10);
    let mut new = phone.report(AuthorWish::Anonymous, 5, &[100]);
    new.files[0].sha256.0[0] ^= 1;
    let refused = phone.write(|tx, env| enqueue(tx, env, Phone::own(), &new));
    assert_eq!(
        refused.unwrap_err(),
        SyncError::Invalid("file without a part")
    );
    assert!(phone.list().is_empty(), "nothing was kept");
    let mut new = phone.report(AuthorWish::Anonymous, 5, &[]);
    let author = Author::Anonymous.to_fields();
    new.parts
        .push(hues_protocol::part::Part::with_salt(PartRole::AUTHOR, author, [0; 16]).unwrap());
    let refused = phone.write(|tx, env| enqueue(tx, env, Phone::own(), &new));
    assert_eq!(refused.unwrap_err(), SyncError::Invalid("author part"));
}

#[test]
fn an_anonymous_act_claims_the_hour_only_and_quotes_the_hours_beacon() {
    let mut phone = Phone::new(61);
    let new = phone.report(AuthorWish::Anonymous, 20, &[]);
    let filed = phone.act(LaneRef::New(Owner::Nobody), &new);
    let mut named = phone.report(AuthorWish::Named, 20, &[]);
    named.op_id = OpId([9; 16]);
    let open = phone.act(Phone::own(), &named);
    let (anonymous, hourly, signed) = phone
        .write(|tx, _| {
            let one = |lane: &LaneId| check_chain(tx, lane).remove(0);
            Ok((
                one(&filed.lane),
                trust::quotable(tx, true)?,
                one(&open.lane),
            ))
        })
        .unwrap();
    let claim = anonymous.header().claimed_time;
    assert_eq!(claim % 3_600_000, 0);
    assert!((0..3_600_000).contains(&(signed.header().claimed_time - claim)));
    assert_eq!(anonymous.header().beacon, hourly);
}
