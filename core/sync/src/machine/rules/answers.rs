//! What each answer means beside the request it answers.

use super::*;

#[test]
fn who_must_sign_in_again_is_decided_by_what_was_asked() {
    let mut desk = Desk::on(Link::Good);
    desk.tell(lane(1, head(1)));
    desk.answer(is_op, Answer::SignIn);
    assert!(desk.out.contains(&Command::SignInNeeded));
    assert_eq!(desk.state.session(), Session::Expired(ME));
    assert_eq!(
        desk.state.lane_wait(Mono(desk.now), &[1; 16]),
        Some(Wait::SignIn)
    );
    assert!(desk.state.lanes[&[1; 16]]
        .view
        .head
        .is_some_and(|h| h.fate_unknown));

    let mut desk = Desk::on(Link::Good);
    desk.tell(Event::Scope(view("mine")));
    desk.answer(is_pull, Answer::SignIn);
    assert_eq!(desk.state.session(), Session::Expired(ME));

    let mut desk = Desk::on(Link::Good);
    desk.tell(file(1, 10));
    desk.answer(|_| true, Answer::SignIn);
    assert_eq!(desk.state.session(), Session::Expired(ME));

    // What needs nobody's session is only tried again.
    for event in [
        Event::Lane(LaneView {
            lane: [1; 16],
            owner: Owner::Nobody,
            head: Some(head(1)),
        }),
        Event::Scope(ScopeView {
            session: false,
            ..view("public")
        }),
        Event::File(FileView {
            file: 1,
            owner: Owner::Nobody,
            len: 10,
            placed: false,
        }),
    ] {
        let mut desk = Desk::on(Link::Good);
        desk.tell(event);
        desk.answer(|_| true, Answer::SignIn);
        assert_eq!(desk.state.session(), Session::Live(ME));
        assert!(!desk.out.contains(&Command::SignInNeeded));
    }
}

#[test]
fn the_city_says_when_to_come_again_and_the_phones_spread() {
    let gate = |ms: u64, seed: u64| {
        let mut desk = Desk::on(Link::Good);
        desk.random = SeededRandom::new(seed);
        desk.tell(lane(1, head(1)));
        assert_eq!(desk.answer(is_op, Answer::RetryAfter(ms)), []);
        desk.state.gate.expect("a gate").0 - T
    };
    let all: Vec<u64> = (0..50).map(|seed| gate(100_000, seed)).collect();
    assert!(
        all.iter().all(|ms| (100_000..=110_000).contains(ms)),
        "{all:?}"
    );
    assert!(all.iter().any(|ms| *ms > 105_000) && all.iter().any(|ms| *ms < 105_000));
    assert!((1_000..=1_100).contains(&gate(0, 1)));
    assert!((CAP_MS..=CAP_MS + CAP_MS / 10).contains(&gate(u64::MAX, 1)));
    // The fate of the op is as open as after any other silence.
    let mut desk = Desk::on(Link::Good);
    desk.tell(lane(1, head(1)));
    desk.answer(is_op, Answer::RetryAfter(5));
    assert!(desk.state.lanes[&[1; 16]]
        .view
        .head
        .is_some_and(|h| h.fate_unknown));
}

#[test]
fn a_gate_opens_at_its_moment() {
    let mut desk = Desk::on(Link::Good);
    desk.tell(lane(1, head(1)));
    desk.answer(is_op, Answer::RetryAfter(5_000));
    let gate = desk.state.gate.expect("a gate");
    let at = |ms| desk.state.lane_wait(Mono(ms), &[1; 16]);
    assert_eq!(at(gate.0 - 1), Some(Wait::Until(gate)));
    assert_eq!(at(gate.0), Some(Wait::Slot));
    assert_eq!(desk.state.wake(), Some(gate));
}

#[test]
fn a_server_in_trouble_is_no_broken_network_but_for_the_greeting() {
    let mut desk = Desk::on(Link::Good);
    desk.tell(lane(1, head(1)));
    desk.answer(is_op, Answer::ServerError);
    assert_eq!((desk.state.strikes, desk.state.gate), (0, None));
    assert_eq!(desk.state.lanes[&[1; 16]].trying.tries, 1);
    let mut desk = Desk::on(Link::Good);
    desk.state.greeted = false;
    assert_eq!(desk.tell(lane(1, head(1))), [Request::Hello]);
    desk.answer(hello, Answer::ServerError);
    assert_eq!(desk.state.strikes, 1);
    assert!(desk.state.gate.is_some());
}

#[test]
fn a_word_of_the_city_ends_the_rest() {
    let mut desk = Desk::on(Link::Good);
    desk.tell(lane(1, head(1)));
    (desk.state.strikes, desk.state.gate) = (2, Some(Mono(T + 9_000_000)));
    desk.answer(is_op, Answer::Refused);
    assert_eq!((desk.state.strikes, desk.state.gate), (0, None));
}

#[test]
fn failures_of_one_round_count_once_and_three_rounds_are_the_dark() {
    let mut desk = Desk::on(Link::Good);
    desk.tell_all(vec![lane(1, head(1)), lane(2, head(2))]);
    desk.answer(is_op, Answer::Failed);
    desk.answer(is_op, Answer::Failed);
    assert_eq!(desk.state.strikes, 1);
    for strikes in 2..=3 {
        assert!(desk.state.greeted);
        desk.now = desk.state.wake().expect("it tries again").0;
        desk.tell(Event::Timer);
        let due = desk.now + 4_000_000;
        while desk.state.in_flight() == 0 && desk.now < due {
            desk.now = desk.state.wake().expect("it tries again").0;
            desk.tell(Event::Timer);
        }
        desk.answer(is_op, Answer::Failed);
        assert_eq!(desk.state.strikes, strikes);
    }
    assert!(!desk.state.greeted, "only a greeting is tried now");
}

#[test]
fn a_stranger_answers_and_the_city_must_be_greeted_again() {
    let mut desk = Desk::on(Link::Good);
    desk.tell(lane(1, head(1)));
    desk.answer(is_op, Answer::Foreign);
    assert!(!desk.state.greeted);
    assert_eq!(desk.state.strikes, 1);
}

#[test]
fn an_op_that_was_not_sent_asks_for_keys() {
    let mut desk = Desk::on(Link::Good);
    desk.tell(lane(1, head(1)));
    assert_eq!(desk.answer(is_op, Answer::NotSent), [Request::Keys]);
    assert_eq!(desk.state.strikes, 0);
    let mut desk = Desk::on(Link::Good);
    desk.tell(Event::Scope(view("mine")));
    assert_eq!(desk.answer(is_pull, Answer::NotSent), []);
    // A scope that names newer keys does, too.
    let mut desk = Desk::on(Link::Good);
    desk.tell(Event::Scope(view("mine")));
    assert_eq!(desk.answer(is_pull, Answer::NewerKeys), [Request::Keys]);
    assert_eq!(desk.state.scope_tries("mine"), 1);
}

#[test]
fn keys_beacon_and_pack_settle_what_failed_before() {
    let mut desk = Desk::on(Link::Good);
    for (request, answer) in [
        (Request::Keys, Answer::Keys),
        (
            Request::Beacon,
            Answer::Beacon {
                epoch: EPOCH,
                watermark: 0,
            },
        ),
        (Request::Pack, Answer::Pack),
    ] {
        let wanted = |s: &mut State, on: bool| match request {
            Request::Keys => std::mem::replace(&mut s.keys.wanted, on),
            Request::Beacon => std::mem::replace(&mut s.beacon.wanted, on),
            _ => std::mem::replace(&mut s.pack.wanted, on),
        };
        wanted(&mut desk.state, true);
        assert_eq!(desk.later(1), std::slice::from_ref(&request));
        desk.answer(|r| *r == request, Answer::ServerError);
        assert_eq!(desk.later(5_000), std::slice::from_ref(&request));
        assert_eq!(desk.answer(|r| *r == request, answer), []);
        let trying = *desk.state.trying_of(&request).expect("it");
        assert_eq!((trying.tries, trying.due), (0, None));
        assert!(!wanted(&mut desk.state, false), "{request:?}");
    }
    assert_eq!(desk.state.beacon_at, Some(Mono(T + 10_002)));
    assert!(desk.state.has_keys);
}

#[test]
fn a_receipt_pulls_what_it_changes_and_asks_denied_lanes_again() {
    let mut desk = Desk::on(Link::Good);
    let scopes = [
        ScopeView {
            after_ops: true,
            ..pulled("mine", 0)
        },
        pulled("inbox", 0),
        ScopeView {
            beacon: true,
            session: false,
            ..pulled("lane", 0)
        },
        pulled("gone", 0),
    ];
    desk.tell_all(scopes.map(Event::Scope).to_vec());
    for name in ["lane", "gone"] {
        desk.state.scopes.get_mut(name).expect("it").denied = true;
    }
    desk.tell(lane(1, head(1)));
    let receipt = Answer::Receipt {
        epoch: EPOCH,
        watermark: 3,
    };
    desk.answer(is_op, receipt);
    let wanted = |name: &str| {
        (
            desk.state.scopes[name].wanted,
            desk.state.scopes[name].denied,
        )
    };
    assert_eq!(wanted("mine"), (true, false));
    assert_eq!(wanted("inbox"), (false, false));
    assert_eq!(wanted("lane"), (true, false));
    assert_eq!(wanted("gone"), (false, true));
    assert!(desk.out.contains(&Command::Covered {
        epoch: EPOCH,
        watermark: 3
    }));
    assert_eq!(desk.state.watermark(), 3);
    assert!(desk.state.lanes[&[1; 16]].view.head.is_none());
}

#[test]
fn a_watermark_is_news_once_and_a_strange_epoch_is_doubted() {
    let mut desk = Desk::on(Link::Good);
    desk.state.watermark = 5;
    for (watermark, told) in [(5, false), (6, true), (6, false), (2, false)] {
        desk.state.beacon.wanted = true;
        desk.later(1);
        desk.answer(
            |r| *r == Request::Beacon,
            Answer::Beacon {
                epoch: EPOCH,
                watermark,
            },
        );
        let covered = desk
            .out
            .iter()
            .any(|c| matches!(c, Command::Covered { .. }));
        assert_eq!(covered, told, "{watermark}");
    }
    desk.state.beacon.wanted = true;
    desk.later(1);
    let next = desk.answer(
        |r| *r == Request::Beacon,
        Answer::Beacon {
            epoch: LATER,
            watermark: 9,
        },
    );
    assert_eq!(next, [Request::Hello], "only a greeting decides");
    assert_eq!(
        (desk.state.epoch(), desk.state.watermark()),
        (Some(EPOCH), 6)
    );
    desk.answer(hello, greeting(EPOCH, 6));
    assert!(
        desk.out.contains(&Command::NewEpoch { epoch: EPOCH }),
        "doubt is settled by offering again"
    );
    assert!(!desk.state.epoch_doubt && desk.state.watermark() == 6);
}

#[test]
fn an_unsigned_watermark_is_a_reason_to_ask_and_no_more() {
    for (watermark, asks) in [(4, false), (5, false), (6, true)] {
        let mut desk = Desk::on(Link::Good);
        (desk.state.watermark, desk.state.greeted) = (5, false);
        desk.tell(lane(
            1,
            Head {
                wedged: false,
                ..head(1)
            },
        ));
        let next = desk.answer(hello, greeting(EPOCH, watermark));
        assert_eq!(next.contains(&Request::Beacon), asks, "{watermark}");
        assert_eq!(desk.state.watermark(), 5);
        let mut desk = Desk::on(Link::Good);
        desk.state.watermark = 5;
        desk.tell(Event::Scope(view("mine")));
        let next = desk.answer(
            is_pull,
            Answer::Page {
                more: false,
                epoch: EPOCH,
                watermark,
            },
        );
        assert_eq!(next.contains(&Request::Beacon), asks, "{watermark}");
        assert_eq!(desk.state.watermark(), 5);
    }
}

#[test]
fn a_greeting_tells_of_a_new_epoch_of_keys_and_of_packs() {
    let mut desk = Desk::on(Link::Good);
    desk.tell(Event::Scope(pulled("mine", 0)));
    desk.state.scopes.get_mut("mine").expect("it").denied = true;
    (
        desk.state.greeted,
        desk.state.watermark,
        desk.state.log_head,
    ) = (false, 5, 50);
    desk.tell(lane(1, head(1)));
    desk.answer(hello, greeting(EPOCH, 0));
    assert!(!desk
        .out
        .iter()
        .any(|c| matches!(c, Command::NewEpoch { .. })));
    assert_eq!((desk.state.watermark(), desk.state.log_head()), (5, 50));
    assert!(desk.state.scopes["mine"].denied);
    desk.state.greeted = false;
    desk.later(1);
    let answer = Answer::Hello {
        speaks: true,
        epoch: LATER,
        watermark: 0,
        log_head: 7,
        newer_keys: true,
        newer_pack: true,
    };
    let next = desk.answer(hello, answer);
    assert!(desk.out.contains(&Command::NewEpoch { epoch: LATER }));
    assert_eq!((desk.state.watermark(), desk.state.log_head()), (0, 7));
    assert!(!desk.state.scopes["mine"].denied);
    assert!(
        next.contains(&Request::Keys) && next.contains(&Request::Pack) && next.iter().any(is_pull)
    );
    // The very first epoch is nothing to start anew for.
    let mut desk = Desk::from(Start {
        has_keys: true,
        ..Start::default()
    });
    desk.tell(Event::Link(Link::Good));
    desk.answer(hello, greeting(EPOCH, 0));
    assert!(!desk
        .out
        .iter()
        .any(|c| matches!(c, Command::NewEpoch { .. })));
    assert_eq!(desk.state.epoch(), Some(EPOCH));
}

#[test]
fn a_release_the_city_does_not_speak_to_rests_until_a_person_acts() {
    for how in [true, false] {
        let mut desk = Desk::on(Link::Good);
        desk.state.greeted = false;
        desk.tell(lane(1, head(1)));
        match how {
            true => desk.answer(hello, Answer::Update),
            false => desk.answer(
                hello,
                Answer::Hello {
                    speaks: false,
                    epoch: EPOCH,
                    watermark: 0,
                    log_head: 0,
                    newer_keys: false,
                    newer_pack: false,
                },
            ),
        };
        assert!(desk.out.contains(&Command::UpdateNeeded));
        assert_eq!(desk.wait(&Item::Lane([1; 16])), Some(Wait::Update));
        assert_eq!(desk.state.mode(), "update");
        assert_eq!(desk.tell(Event::Act { refresh: false }), [Request::Hello]);
    }
}

#[test]
fn what_the_city_does_not_show_is_not_asked_for_again() {
    let mut desk = Desk::on(Link::Good);
    desk.tell(Event::Scope(view("mine")));
    assert_eq!(desk.answer(is_pull, Answer::Denied), []);
    assert_eq!(desk.wait(&Item::Scope("mine".into())), Some(Wait::Denied));
    assert_eq!(
        desk.tell(Event::Act { refresh: true }).len(),
        1,
        "but by a person"
    );
    desk.state.pack.wanted = true;
    desk.later(1);
    desk.answer(|r| *r == Request::Pack, Answer::Denied);
    assert_eq!(desk.wait(&Item::Pack), Some(Wait::Nothing));
    assert_eq!(desk.state.pack.trying.tries, 0);
    // A photo's op that the city does not know: it may have been restored.
    let mut desk = Desk::on(Link::Good);
    desk.tell(file(1, 10));
    assert_eq!(desk.answer(|_| true, Answer::Denied), [Request::Hello]);
    let mut desk = Desk::on(Link::Good);
    desk.tell(lane(1, head(1)));
    desk.answer(is_op, Answer::Denied);
    assert!(desk.state.greeted);
    assert_eq!(desk.state.lanes[&[1; 16]].trying.tries, 1);
}

fn listening() -> Desk {
    let mut desk = Desk::from(Start {
        epoch: Some(EPOCH),
        has_keys: true,
        beacon_at: Some(Mono(T)),
        listen: true,
        ..Start::default()
    });
    desk.tell(Event::Session(Session::Live(ME)));
    desk.tell(Event::Link(Link::Good));
    desk.state.greeted = true;
    assert_eq!(desk.tell(Event::Foreground(true)), [Request::Listen]);
    desk
}

fn listen(r: &Request) -> bool {
    *r == Request::Listen
}

#[test]
fn a_long_poll_that_was_not_held_is_not_asked_again_at_once() {
    let mut desk = listening();
    desk.now += 4_999;
    assert_eq!(desk.answer(listen, Answer::Quiet), []);
    assert_eq!(desk.state.listen.tries, 1);
    let mut desk = listening();
    desk.now += 5_000;
    assert_eq!(desk.answer(listen, Answer::Quiet), [Request::Listen]);
    assert_eq!(desk.state.listen.tries, 0);
}

#[test]
fn news_pulls_what_is_shown_three_seconds_apart() {
    let mut desk = listening();
    desk.tell_all(vec![
        Event::Scope(pulled("mine", 1_000)),
        Event::Scope(pulled("no", 1_000)),
    ]);
    desk.state.scopes.get_mut("no").expect("it").denied = true;
    desk.state.log_head = 4;
    assert_eq!(desk.answer(listen, Answer::Woke(4)), [], "no news");
    assert_eq!(desk.state.listen.tries, 1);
    desk.state.listen = state::Trying::default();
    desk.later(0);
    assert_eq!(desk.answer(listen, Answer::Woke(5)), [Request::Listen]);
    assert_eq!(desk.state.log_head(), 5);
    let due = Mono(T + 2_000);
    assert_eq!(
        desk.wait(&Item::Scope("mine".into())),
        Some(Wait::Until(due))
    );
    assert!(!desk.state.scopes["no"].wanted);
    assert_eq!(desk.state.wake(), Some(due));
    assert!(desk.later(2_000).iter().any(is_pull));
}

#[test]
fn a_scope_is_pulled_to_its_end_and_again_when_it_was_wanted_meanwhile() {
    let mut desk = Desk::on(Link::Good);
    desk.tell(Event::Scope(view("mine")));
    assert_eq!(desk.answer(is_pull, page(true)).len(), 1, "more");
    assert_eq!(desk.answer(is_pull, page(false)), []);
    assert_eq!(desk.state.scopes["mine"].last, Some(Mono(desk.now)));
    desk.tell(Event::Act { refresh: true });
    desk.tell(Event::Act { refresh: true });
    assert_eq!(
        desk.answer(is_pull, page(false)).len(),
        1,
        "wanted meanwhile"
    );
    assert_eq!(desk.answer(is_pull, page(false)), []);
    // Only a whole scope forgives its failures.
    desk.tell(Event::Act { refresh: true });
    desk.answer(is_pull, Answer::BadPage);
    desk.later(3_000);
    desk.answer(is_pull, page(true));
    assert_eq!(desk.state.scope_tries("mine"), 1);
    desk.answer(is_pull, page(false));
    assert_eq!(desk.state.scope_tries("mine"), 0);
    desk.tell(Event::Act { refresh: true });
    assert_eq!(desk.answer(is_pull, Answer::ScopeReset), []);
    assert!(desk.state.scopes["mine"].wanted);
    assert_eq!(desk.state.scope_tries("mine"), 1);
}

#[test]
fn a_page_of_another_epoch_is_not_progress() {
    let mut desk = Desk::on(Link::Good);
    desk.tell(Event::Scope(view("mine")));
    let other = Answer::Page {
        more: false,
        epoch: LATER,
        watermark: 0,
    };
    assert_eq!(desk.answer(is_pull, other), [Request::Hello]);
    assert_eq!(desk.state.scope_tries("mine"), 1);
    assert_eq!(desk.state.scopes["mine"].last, None);
}

#[test]
fn an_op_the_city_never_had_is_sent_once_it_said_so() {
    let mut desk = Desk::on(Link::Good);
    let unknown = Head {
        fate_unknown: true,
        query_only: true,
        ..head(1)
    };
    assert_eq!(desk.tell(lane(1, unknown)), [query(1, 1)]);
    assert_eq!(desk.answer(|_| true, Answer::Absent), [op(1, 1)]);
    desk.answer(is_op, Answer::Failed);
    assert_eq!(
        desk.state.lanes[&[1; 16]].absent, None,
        "its fate is open again"
    );
}
