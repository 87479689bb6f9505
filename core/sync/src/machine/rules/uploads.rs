//! Attachments: how long a piece is, and what each answer makes of the next one.

use super::*;

/// A file of this length, placed; gives the first piece.
fn placed(desk: &mut Desk, len: u64) -> Vec<Request> {
    assert_eq!(desk.tell(file(1, len)), [Request::Create { file: 1 }]);
    desk.answer(|r| matches!(r, Request::Create { .. }), Answer::Placed)
}

fn piece(offset: u64, len: u64) -> Vec<Request> {
    vec![Request::Patch {
        file: 1,
        offset,
        len,
    }]
}

const BIG: u64 = 100 << 20;

#[test]
fn the_first_piece_is_a_quarter_mebibyte_on_a_good_link_and_16_kib_on_a_slow_one() {
    let first = placed(&mut Desk::on(Link::Good), BIG);
    assert_eq!(first, piece(0, 256 << 10));
    let first = placed(&mut Desk::on(Link::Slow), BIG);
    assert_eq!(first, piece(0, 16 << 10));
    let first = placed(&mut Desk::on(Link::Good), 5);
    assert_eq!(first, piece(0, 5));
}

#[test]
fn a_piece_grows_and_shrinks_towards_ten_seconds() {
    let next = |ms: u64| {
        let mut desk = Desk::on(Link::Good);
        placed(&mut desk, BIG);
        desk.now += ms;
        desk.answer(is_patch, Answer::Offset(256 << 10))
    };
    let at = 256 << 10;
    assert_eq!(next(10_000), piece(at, 256 << 10));
    assert_eq!(next(5_000), piece(at, 384 << 10));
    assert_eq!(next(20_000), piece(at, 192 << 10));
    assert_eq!(next(1), piece(at, 1 << 20), "at most fourfold");
    let mut desk = Desk::on(Link::Good);
    placed(&mut desk, BIG);
    let mut at = 0;
    for _ in 0..6 {
        let Some(Request::Patch { len, .. }) = desk.state.request(desk.req(is_patch)).cloned()
        else {
            panic!("no piece");
        };
        at += len;
        desk.now += 1;
        desk.answer(is_patch, Answer::Offset(at));
    }
    assert_eq!(desk.state.chunk, 4 << 20, "never more");
}

#[test]
fn a_failed_piece_is_asked_for_and_the_next_is_half_as_long() {
    let mut desk = Desk::on(Link::Good);
    placed(&mut desk, BIG);
    assert_eq!(desk.answer(is_patch, Answer::Failed), []);
    assert_eq!(desk.state.strikes, 1, "the network failed");
    assert_eq!(desk.later(3_000), [Request::Ask { file: 1 }]);
    let next = desk.answer(|r| matches!(r, Request::Ask { .. }), Answer::Offset(77));
    assert_eq!(next, piece(77, 128 << 10));
    desk.state.chunk = 5_000;
    desk.answer(is_patch, Answer::Failed);
    assert_eq!(desk.state.chunk, CHUNK_MIN, "never less");
}

#[test]
fn what_does_not_move_on_is_not_asked_for_again_at_once() {
    for (answer, len) in [
        (Answer::Offset(0), BIG),
        (Answer::Offset(300 << 10), 300 << 10),
    ] {
        let mut desk = Desk::on(Link::Good);
        placed(&mut desk, len);
        assert_eq!(desk.answer(is_patch, answer), []);
        assert!(matches!(desk.wait(&Item::File(1)), Some(Wait::Until(_))));
        assert_eq!(desk.state.files[&1].trying.tries, 1);
    }
    // An empty file is all there from the start, and is sent all the same.
    let mut desk = Desk::on(Link::Good);
    desk.tell(Event::File(FileView {
        file: 1,
        owner: Owner::Account(ME),
        len: 0,
        placed: true,
    }));
    let next = desk.answer(|r| matches!(r, Request::Ask { .. }), Answer::Offset(0));
    assert_eq!(next, piece(0, 0));
}

#[test]
fn spoiled_bytes_begin_anew_and_a_lost_address_is_asked_for() {
    let mut desk = Desk::on(Link::Good);
    placed(&mut desk, BIG);
    desk.answer(is_patch, Answer::Offset(256 << 10));
    assert_eq!(desk.answer(is_patch, Answer::Corrupt), []);
    let Some(Wait::Until(due)) = desk.wait(&Item::File(1)) else {
        panic!("it waits");
    };
    let again = desk.later(due.0 - desk.now);
    assert!(
        matches!(again[..], [Request::Patch { offset: 0, .. }]),
        "{again:?}"
    );
    desk.answer(is_patch, Answer::AddressGone);
    desk.state.files.get_mut(&1).expect("it").trying.due = None;
    assert_eq!(desk.later(1), [Request::Create { file: 1 }]);
}

#[test]
fn a_complete_file_is_done_with_and_a_strange_epoch_is_asked_about() {
    let mut desk = Desk::on(Link::Good);
    placed(&mut desk, 10);
    assert_eq!(desk.answer(is_patch, Answer::Complete { epoch: EPOCH }), []);
    assert!(desk.state.files.is_empty() && desk.state.greeted);
    placed(&mut desk, 10);
    let next = desk.answer(is_patch, Answer::Complete { epoch: LATER });
    assert_eq!(next, [Request::Hello]);
    assert!(desk.state.epoch_doubt);
}

#[test]
fn a_placed_file_settles_its_failures() {
    let mut desk = Desk::on(Link::Good);
    desk.tell(file(1, BIG));
    desk.answer(|r| matches!(r, Request::Create { .. }), Answer::ServerError);
    assert_eq!(desk.state.files[&1].trying.tries, 1);
    desk.later(4_000);
    desk.answer(|r| matches!(r, Request::Create { .. }), Answer::Placed);
    let trying = desk.state.files[&1].trying;
    assert_eq!((trying.tries, trying.due), (0, None));
    assert!(desk.state.files[&1].view.placed);
}

#[test]
fn a_file_that_is_gone_is_stopped() {
    let mut desk = Desk::on(Link::Good);
    placed(&mut desk, BIG);
    let req = desk.req(is_patch);
    desk.tell(Event::FileGone(1));
    assert!(desk.out.contains(&Command::Cancel { req }));
    assert_eq!(desk.state.in_flight(), 0);
}
