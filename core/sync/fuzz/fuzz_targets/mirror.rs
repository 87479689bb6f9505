//! A mirror entry with any bytes changed, cut or added, and any bytes at all: brought back or refused, and what the outbox
//! then holds can be listed and mirrored again.
#![no_main]

use std::sync::OnceLock;

use hues_env::{BootId, Env, Mono, Random, SeededRandom, Wall};
use hues_protocol::ids::{OpId, Subject};
use hues_protocol::kinds::{report, Act};
use hues_store::rusqlite::Connection;
use hues_sync::machine::{Owner, Priority};
use hues_sync::outbox::{self, AuthorWish, LaneRef, NewOp};
use hues_sync::schema;
use libfuzzer_sys::fuzz_target;

fn env(random: &mut SeededRandom) -> Env<'_> {
    Env {
        wall: Wall(1_761_638_400_000),
        mono: Mono(1),
        boot: BootId([1; 16]),
        random,
    }
}

fn database() -> Connection {
    let conn = Connection::open_in_memory().expect("memory");
    conn.execute_batch(schema::SCHEMA).expect("a schema");
    conn.execute_batch(schema::SCHEMA_SIGNED)
        .expect("its second step");
    conn
}

/// A good entry.
fn entry() -> &'static [u8] {
    static ENTRY: OnceLock<Vec<u8>> = OnceLock::new();
    ENTRY.get_or_init(|| {
        let (conn, mut random) = (database(), SeededRandom::new(1));
        let act = Act::Rate(report::Rate {
            stars: 4,
            text: Some("nhanh".into()),
        });
        let new = NewOp {
            op_id: OpId(random.uuid_v4()),
            kind: "report.rate".into(),
            version: 1,
            subject: Subject([3; 16]),
            parts: act.to_parts(&mut random).expect("parts"),
            author: AuthorWish::None,
            priority: Priority::Words,
            files: vec![],
            query_only: false,
        };
        let lane = LaneRef::New(Owner::Unclaimed);
        let queued = outbox::enqueue(&conn, &mut env(&mut random), lane, &new).expect("an op");
        outbox::mirror_entry(&conn, &queued.op_id)
            .expect("an entry")
            .to_vec()
    })
}

fuzz_target!(|input: (Vec<(u16, u8)>, u16, &[u8])| {
    let (edits, cut, more) = input;
    let mut changed = entry().to_vec();
    for (at, value) in edits {
        let at = usize::from(at) % changed.len();
        changed[at] ^= value;
    }
    changed.truncate(changed.len() - usize::from(cut) % (changed.len() + 1));
    changed.extend_from_slice(more);

    thread_local!(static CONN: Connection = database());
    CONN.with(|conn| {
        let mut random = SeededRandom::new(2);
        for bytes in [&changed[..], more] {
            conn.execute_batch("SAVEPOINT one").expect("a savepoint");
            if let Ok(Some(op_id)) = outbox::salvage_import(conn, &env(&mut random), bytes) {
                assert_eq!(outbox::list(conn, true).expect("a list").len(), 1);
                let again = outbox::mirror_entry(conn, &op_id).expect("an entry");
                let second = outbox::salvage_import(conn, &env(&mut random), &again);
                assert!(matches!(second, Ok(None)));
            }
            conn.execute_batch("ROLLBACK TO one; RELEASE one")
                .expect("a way back");
        }
    });
});
