//! What goes first, how much at once, and for what the rest waits.

use super::*;

/// A machine on a slow link, where one thing goes at a time, with all of this waiting; gives the order in which it goes.
fn order(events: Vec<Event>) -> Vec<Request> {
    let mut desk = Desk::on(Link::Slow);
    (
        desk.state.keys.wanted,
        desk.state.beacon.wanted,
        desk.state.pack.wanted,
    ) = (true, true, true);
    let mut went = Vec::new();
    let mut sent = desk.tell_all(events);
    while let [request] = &sent[..] {
        went.push(request.clone());
        let answer = match request {
            Request::Keys => Answer::Keys,
            Request::Beacon => Answer::Beacon {
                epoch: EPOCH,
                watermark: 0,
            },
            Request::Pack => Answer::Pack,
            Request::Op { .. } | Request::Query { .. } => Answer::Refused,
            Request::Pull { .. } => page(false),
            _ => Answer::Complete { epoch: EPOCH },
        };
        sent = desk.answer(|_| true, answer);
    }
    assert!(sent.is_empty(), "one at a time: {sent:?}");
    went
}

#[test]
fn keys_then_urgent_words_then_words_then_questions_then_the_rest() {
    let asked = Head {
        fate_unknown: true,
        query_only: true,
        ..head(1)
    };
    let urgent = Head {
        priority: Priority::Urgent,
        ..head(9)
    };
    let went = order(vec![
        Event::Scope(view("mine")),
        file(4, 10),
        lane(1, asked),
        lane(2, head(2)),
        lane(3, urgent),
        lane(
            4,
            Head {
                order: 1,
                ..head(4)
            },
        ),
    ]);
    let pull = Request::Pull {
        scope: "mine".into(),
        limit: 25,
    };
    assert_eq!(
        went,
        [
            Request::Keys,
            op(3, 9),
            op(4, 4),
            op(2, 2),
            query(1, 1),
            Request::Beacon,
            pull,
            Request::Pack,
            Request::Create { file: 4 },
        ]
    );
}

#[test]
fn three_failures_let_all_others_go_first() {
    for (tries, first) in [(2, op(1, 1)), (3, op(2, 2))] {
        let urgent = Head {
            priority: Priority::Urgent,
            tries,
            ..head(1)
        };
        assert_eq!(order(vec![lane(1, urgent), lane(2, head(2))])[1], first);
    }
}

#[test]
fn a_large_op_of_unknown_fate_is_asked_about_first() {
    for (len, fate_unknown, query_only, asks) in [
        (8_192, true, false, false),
        (8_193, true, false, true),
        (8_193, false, true, false),
        (10, true, true, true),
    ] {
        let mut desk = Desk::on(Link::Good);
        let head = Head {
            len,
            fate_unknown,
            query_only,
            ..head(1)
        };
        let wanted = if asks { query(1, 1) } else { op(1, 1) };
        assert_eq!(desk.tell(lane(1, head)), [wanted], "{len}");
    }
}

#[test]
fn a_good_link_carries_three_lanes_two_lists_and_a_photo() {
    let mut desk = Desk::on(Link::Good);
    let mut all: Vec<Event> = (1..=5).map(|n| lane(n, head(n))).collect();
    all.extend(["a", "b", "c", "d"].map(|name| Event::Scope(view(name))));
    all.extend((1..=3).map(|n| file(n, 10)));
    let sent = desk.tell_all(all.clone());
    let count = |f: fn(&Request) -> bool| sent.iter().filter(|r| f(r)).count();
    assert_eq!(count(is_op), 3);
    assert_eq!(count(is_pull), 2);
    assert_eq!((sent.len(), desk.state.in_flight()), (6, 6));
    let limits = sent
        .iter()
        .all(|r| !matches!(r, Request::Pull { limit, .. } if *limit != 200));
    assert!(limits, "{sent:?}");
    // Six altogether, whatever they are.
    let mut desk = Desk::on(Link::Good);
    (desk.state.keys.wanted, desk.state.beacon.wanted) = (true, true);
    let sent = desk.tell_all(all);
    assert_eq!(sent.len(), 6);
    assert_eq!(sent.iter().filter(|r| is_pull(r)).count(), 1);
    let waits = desk.state.waits(Mono(desk.now));
    assert!(waits.contains(&(Item::File(1), Wait::Slot)), "{waits:?}");
}

#[test]
fn each_request_has_the_time_its_bytes_take_at_two_a_millisecond() {
    let mut desk = Desk::on(Link::Good);
    let first = desk.state.next_request();
    desk.tell(lane(
        1,
        Head {
            len: 9_000,
            ..head(1)
        },
    ));
    assert_eq!(desk.guard(is_op), T + 60_000 + 4_500);
    assert_eq!(desk.state.next_request(), ReqId(first.0 + 1));
    desk.tell(Event::Scope(view("mine")));
    assert_eq!(desk.guard(is_pull), T + 60_000 + (1 << 19));
    desk.state.pack.wanted = true;
    desk.later(0);
    assert_eq!(desk.guard(|r| *r == Request::Pack), T + 60_000 + (1 << 19));
    desk.state.keys.wanted = true;
    desk.later(0);
    assert_eq!(desk.guard(|r| *r == Request::Keys), T + 60_000 + 8_192);
    desk.tell(file(1, 1_000));
    desk.answer(|r| matches!(r, Request::Create { .. }), Answer::Placed);
    assert_eq!(desk.guard(is_patch), T + 60_000 + 500);
    assert_eq!(
        desk.state.wake(),
        Some(Mono(T + 60_500)),
        "the nearest guard"
    );
}

#[test]
fn progress_puts_the_end_off_and_nothing_brings_it_nearer() {
    let mut desk = Desk::on(Link::Good);
    desk.tell(lane(
        1,
        Head {
            len: 20_000,
            ..head(1)
        },
    ));
    let req = desk.req(is_op);
    let told = |desk: &mut Desk, bytes| {
        desk.tell(Event::Progress { req, bytes });
        desk.guard(is_op)
    };
    assert_eq!(told(&mut desk, 1), T + 70_000);
    desk.now += 15_000;
    assert_eq!(told(&mut desk, 0), T + 70_000);
    assert_eq!(told(&mut desk, 1), T + 75_000);
    // Hung: it is given up at its guard, not before.
    let early = T + 74_999 - desk.now;
    desk.later(early);
    assert_eq!(desk.state.in_flight(), 1);
    desk.later(1);
    assert!(desk.out.contains(&Command::Cancel { req }));
    assert_eq!((desk.state.in_flight(), desk.state.strikes), (0, 1));
}

#[test]
fn a_scope_keeps_its_age_and_its_failures_across_a_restart() {
    let mut desk = Desk::on(Link::Good);
    desk.tell(Event::Scope(pulled("mine", 5_000)));
    assert_eq!(desk.state.scopes["mine"].last, Some(Mono(T - 5_000)));
    let due = Mono(T - 5_000 + 3_600_000);
    assert_eq!(
        desk.wait(&Item::Scope("mine".into())),
        Some(Wait::Until(due))
    );
    desk.state.foreground = true;
    let due = Mono(T + 55_000);
    assert_eq!(
        desk.wait(&Item::Scope("mine".into())),
        Some(Wait::Until(due))
    );
    let failed = ScopeView {
        tries: 3,
        ..view("bad")
    };
    desk.tell(Event::Scope(failed));
    let due = Mono(T + ceiling(3) / 2);
    assert_eq!(
        desk.wait(&Item::Scope("bad".into())),
        Some(Wait::Until(due))
    );
    assert_eq!(desk.state.scope_tries("bad"), 3);
    // Told of again: what is wanted stays so.
    desk.tell(Event::Scope(pulled("bad", 0)));
    assert!(desk.state.scopes["bad"].wanted);
    desk.tell(Event::Scope(pulled("mine", 1)));
    assert!(!desk.state.scopes["mine"].wanted);
    desk.tell(Event::Scope(view("mine")));
    assert!(desk.state.scopes["mine"].wanted);
    let never = ScopeView {
        every_foreground: None,
        ..pulled("never", 1)
    };
    desk.tell(Event::Scope(never));
    assert_eq!(desk.wait(&Item::Scope("never".into())), Some(Wait::Nothing));
    desk.tell(Event::ScopeGone("mine".into()));
    assert!(!desk.state.scopes.contains_key("mine"));
}

#[test]
fn what_a_scope_waits_for_in_this_order() {
    let scope = Item::Scope("s".into());
    let mut desk = Desk::on(Link::Good);
    let view = ScopeView {
        beacon: true,
        ..view("s")
    };
    desk.tell(Event::Scope(view));
    desk.answer(is_pull, page(false));
    let due = Mono(T + 3_600_000);
    assert_eq!(desk.wait(&scope), Some(Wait::Until(due)));
    desk.state.scopes.get_mut("s").expect("it").wanted = true;
    desk.state.beacon_at = Some(Mono(T - 50 * 60_000));
    assert_eq!(desk.wait(&scope), None);
    desk.state.beacon_at = Some(Mono(T - 50 * 60_000 - 1));
    assert_eq!(desk.wait(&scope), Some(Wait::Beacon));
    desk.state.beacon_at = None;
    assert_eq!(desk.wait(&scope), Some(Wait::Beacon));
    desk.state.greeted = false;
    assert_eq!(desk.wait(&scope), Some(Wait::Contact));
    desk.state.low_power = true;
    assert_eq!(desk.wait(&scope), Some(Wait::Power));
    desk.state.link = Link::None;
    assert_eq!(desk.wait(&scope), Some(Wait::Link));
    desk.state.session = Session::Expired(ME);
    assert_eq!(desk.wait(&scope), Some(Wait::SignIn));
    desk.state.scopes.get_mut("s").expect("it").denied = true;
    assert_eq!(desk.wait(&scope), Some(Wait::Denied));
}

#[test]
fn what_a_lane_waits_for() {
    let it = Item::Lane([1; 16]);
    let mut desk = Desk::on(Link::Good);
    desk.tell(lane(1, head(1)));
    assert_eq!(desk.wait(&it), Some(Wait::InFlight));
    desk.answer(is_op, Answer::ServerError);
    let tries = |desk: &mut Desk, tries| {
        desk.state.lanes.get_mut(&[1; 16]).expect("it").trying = state::Trying {
            tries,
            ..state::Trying::default()
        };
    };
    tries(&mut desk, 1);
    assert_eq!(desk.wait(&it), None);
    desk.state.keys.wanted = true;
    assert_eq!(desk.wait(&it), Some(Wait::Keys));
    tries(&mut desk, 0);
    assert_eq!(desk.wait(&it), None, "not before it failed");
    desk.state.has_keys = false;
    assert_eq!(desk.wait(&it), Some(Wait::Keys));
    desk.state.session = Session::Live([8; 16]);
    assert_eq!(desk.wait(&it), Some(Wait::OtherAccount));
    desk.state.session = Session::None;
    assert_eq!(desk.wait(&it), Some(Wait::SignIn));
    desk.tell(lane(
        1,
        Head {
            wedged: true,
            ..head(1)
        },
    ));
    assert_eq!(desk.wait(&it), Some(Wait::Wedged));
}

#[test]
fn a_lane_is_told_of_again() {
    let mut desk = Desk::on(Link::None);
    let known = Head {
        tries: 4,
        due: Some(Mono(T + 9)),
        ..head(1)
    };
    desk.tell(lane(1, known));
    let trying = |desk: &Desk| desk.state.lanes[&[1; 16]].trying;
    assert_eq!(
        (trying(&desk).tries, trying(&desk).due),
        (4, Some(Mono(T + 9)))
    );
    // What the machine knows of the same op is newer; another op begins with what was kept of it.
    desk.tell(lane(
        1,
        Head {
            tries: 0,
            due: None,
            ..head(1)
        },
    ));
    assert_eq!(trying(&desk).tries, 4);
    desk.tell(lane(
        1,
        Head {
            tries: 1,
            ..head(2)
        },
    ));
    assert_eq!((trying(&desk).tries, trying(&desk).due), (1, None));
    desk.tell(Event::Lane(LaneView {
        lane: [1; 16],
        owner: Owner::Nobody,
        head: None,
    }));
    assert!(desk.state.lanes.is_empty());
}

#[test]
fn low_power_carries_words_only() {
    let mut desk = Desk::on(Link::Good);
    (desk.state.beacon.wanted, desk.state.pack.wanted) = (true, true);
    let sent = desk.tell_all(vec![
        Event::LowPower(true),
        lane(1, head(1)),
        file(1, 10),
        Event::Scope(view("mine")),
    ]);
    assert_eq!(sent, [op(1, 1)]);
    for item in [
        Item::File(1),
        Item::Beacon,
        Item::Pack,
        Item::Scope("mine".into()),
    ] {
        assert_eq!(desk.wait(&item), Some(Wait::Power));
    }
    desk.state.keys.wanted = true;
    assert_eq!(desk.wait(&Item::Keys), None);
}

#[test]
fn the_long_poll_is_for_a_good_link_on_screen_with_power() {
    let listens = |change: fn(&mut State)| {
        let mut desk = Desk::from(Start {
            listen: true,
            ..Start::default()
        });
        desk.state.greeted = true;
        (desk.state.link, desk.state.foreground) = (Link::Good, true);
        change(&mut desk.state);
        desk.wait(&Item::Listen)
    };
    assert_eq!(listens(|_| {}), None);
    assert_eq!(listens(|s| s.listening = false), Some(Wait::Nothing));
    assert_eq!(listens(|s| s.foreground = false), Some(Wait::Nothing));
    assert_eq!(listens(|s| s.low_power = true), Some(Wait::Nothing));
    assert_eq!(listens(|s| s.link = Link::Slow), Some(Wait::Nothing));
    assert_eq!(listens(|s| s.greeted = false), Some(Wait::Contact));
    let mut desk = Desk::from(Start {
        listen: true,
        has_keys: true,
        beacon_at: Some(Mono(T)),
        ..Start::default()
    });
    desk.tell(Event::Link(Link::Good));
    desk.state.greeted = true;
    desk.tell(Event::Foreground(true));
    assert_eq!(desk.state.in_flight(), 1);
    desk.tell(Event::Foreground(false));
    assert_eq!(desk.state.in_flight(), 0, "nobody looks any more");
}

#[test]
fn hello_is_said_only_when_something_waits() {
    let says = |change: fn(&mut Desk)| {
        let mut desk = Desk::new();
        desk.state.link = Link::Good;
        change(&mut desk);
        desk.wait(&Item::Hello).is_none()
    };
    let put = |desk: &mut Desk, events: Vec<Event>| {
        desk.state.link = Link::None;
        desk.tell_all(events);
        desk.state.link = Link::Good;
    };
    assert!(!says(|_| {}));
    assert!(says(|d| d.state.epoch_doubt = true));
    assert!(says(|d| d.state.keys.wanted = true));
    assert!(says(|d| d.state.beacon.wanted = true));
    assert!(says(|d| d.state.pack.wanted = true));
    assert!(says(|d| d.state.foreground = true));
    assert!(!says(
        |d| (d.state.foreground, d.state.greeted) = (true, true)
    ));
    let mut desk = Desk::new();
    put(
        &mut desk,
        vec![
            lane(
                1,
                Head {
                    wedged: true,
                    ..head(1)
                },
            ),
            Event::Scope(pulled("s", 0)),
        ],
    );
    assert_eq!(desk.wait(&Item::Hello), Some(Wait::Nothing));
    put(&mut desk, vec![file(1, 1)]);
    assert_eq!(desk.wait(&Item::Hello), None);
    let mut desk = Desk::new();
    put(&mut desk, vec![lane(1, head(1))]);
    assert_eq!(desk.wait(&Item::Hello), None);
    let mut desk = Desk::new();
    put(&mut desk, vec![Event::Scope(view("s"))]);
    assert_eq!(desk.wait(&Item::Hello), None);
    desk.state.scopes.get_mut("s").expect("it").denied = true;
    assert_eq!(desk.wait(&Item::Hello), Some(Wait::Nothing));
}

#[test]
fn a_beacon_is_renewed_where_it_is_of_use() {
    let minutes = |n: u64| n * 60_000;
    let asks = |age: u64, change: fn(&mut Desk)| {
        let mut desk = Desk::on(Link::Good);
        change(&mut desk);
        desk.state.beacon_at = Some(Mono(T - age));
        desk.later(0);
        desk.state.beacon.wanted
    };
    assert!(!asks(minutes(10), |d| d.state.foreground = true));
    assert!(asks(minutes(10) + 1, |d| d.state.foreground = true));
    assert!(!asks(minutes(20), |_| {}), "nobody looks");
    assert!(asks(minutes(20), |d| drop(d.tell(lane(
        1,
        Head {
            wedged: true,
            ..head(1)
        }
    )))));
    let anonymous = |wanted: bool, denied: bool| {
        move |d: &mut Desk| {
            d.tell(Event::Scope(ScopeView {
                beacon: true,
                ..pulled("lane", 0)
            }));
            let scope = d.state.scopes.get_mut("lane").expect("it");
            (scope.wanted, scope.denied) = (wanted, denied);
        }
    };
    let asks_lane = |age: u64, wanted, denied| {
        let mut desk = Desk::on(Link::Good);
        anonymous(wanted, denied)(&mut desk);
        desk.state.beacon_at = Some(Mono(T - age));
        desk.later(0);
        desk.state.beacon.wanted
    };
    assert!(!asks_lane(minutes(50), true, false));
    assert!(asks_lane(minutes(50) + 1, true, false));
    assert!(!asks_lane(minutes(59), false, false), "not due");
    assert!(!asks_lane(minutes(59), true, true), "denied");
    // Without any, the first contact brings one.
    let mut desk = Desk::on(Link::Good);
    desk.state.beacon_at = None;
    assert_eq!(desk.later(0), [Request::Beacon]);
}

#[test]
fn on_screen_the_next_beacon_is_in_the_calendar() {
    let wakes = |change: fn(&mut State)| {
        let mut desk = Desk::on(Link::Good);
        desk.state.foreground = true;
        change(&mut desk.state);
        desk.later(0);
        desk.state.wake()
    };
    assert_eq!(wakes(|_| {}), Some(Mono(T + 600_001)));
    assert_eq!(wakes(|s| s.foreground = false), None);
    assert_eq!(wakes(|s| s.low_power = true), None);
    assert_eq!(wakes(|s| s.link = Link::None), None);
    assert_eq!(wakes(|s| s.update = true), None);
    assert_eq!(
        wakes(|s| (s.low_power, s.beacon.wanted) = (true, true)),
        None
    );
}

#[test]
fn wake_ups_keep_to_the_governor_and_never_to_the_past() {
    let mut desk = Desk::on(Link::Good);
    desk.tell(lane(
        1,
        Head {
            due: Some(Mono(T + 10)),
            ..head(1)
        },
    ));
    assert_eq!(desk.state.wake(), Some(Mono(T + 10)));
    desk.state.governor = Governor {
        wakes: 3,
        last: Some(Mono(T)),
    };
    desk.state.wake = None;
    desk.tell(Event::LowPower(false));
    assert_eq!(desk.state.wake(), Some(Mono(T + ceiling(4) / 2)));
    assert!(desk.out.contains(&Command::WakeAt(desk.state.wake())));
    assert_eq!(desk.tell(Event::LowPower(false)), []);
    assert_eq!(desk.out, [], "told once");
}

#[test]
fn a_timer_out_of_idleness_is_counted_and_one_at_work_is_not() {
    let mut desk = Desk::on(Link::Good);
    desk.tell(lane(
        1,
        Head {
            due: Some(Mono(T + 10)),
            ..head(1)
        },
    ));
    desk.state.fresh = false;
    desk.later(9);
    assert_eq!(desk.state.governor.wakes, 0, "early");
    desk.later(1);
    assert_eq!(
        desk.state.governor,
        Governor {
            wakes: 1,
            last: Some(Mono(T + 10))
        }
    );
    assert!(desk
        .out
        .iter()
        .any(|c| matches!(c, Command::SaveRest(rest) if rest.wakes == 1)));
    desk.later(1_000_000);
    assert_eq!(desk.state.governor.wakes, 1, "at work");
    desk.state.fresh = true;
    desk.later(0);
    assert_eq!(desk.state.governor.wakes, 2, "the first of a process");
}

#[test]
fn a_link_that_changes_forgets_every_backoff_and_what_it_carried() {
    let mut desk = Desk::on(Link::Good);
    desk.tell(lane(1, head(1)));
    let req = desk.req(is_op);
    desk.tell(Event::Link(Link::None));
    assert!(desk.out.contains(&Command::Cancel { req }) && !desk.state.greeted);
    assert_eq!(desk.state.strikes, 0, "no failure of anybody's");
    assert_eq!(desk.state.mode(), "dark");
    (desk.state.gate, desk.state.strikes) = (Some(Mono(T + 99_999)), 2);
    desk.tell(Event::Link(Link::None));
    assert_eq!(desk.state.strikes, 2, "no change");
    assert_eq!(desk.tell(Event::Link(Link::Slow)), [Request::Hello]);
    assert_eq!((desk.state.gate, desk.state.strikes), (None, 0));
    assert_eq!(desk.state.chunk, 16 << 10);
    // The first word of a process is how things are: what was kept holds.
    let rest = Rest {
        strikes: 2,
        due: Some(Mono(T + 50)),
        ..Rest::default()
    };
    let mut desk = Desk::from(Start {
        rest,
        ..Start::default()
    });
    assert_eq!(desk.tell(Event::Link(Link::Good)), []);
    assert_eq!(desk.state.strikes, 2);
}

#[test]
fn a_photo_makes_room_for_words_on_a_slow_link_only() {
    for (link, words, room) in [
        (Link::Slow, true, true),
        (Link::Slow, false, false),
        (Link::Good, true, false),
    ] {
        let mut desk = Desk::on(link);
        desk.tell(file(1, 1 << 20));
        desk.answer(|_| true, Answer::Placed);
        let sent = match words {
            true => desk.tell(lane(1, head(1))),
            false => desk.tell(Event::Scope(view("mine"))),
        };
        let stopped = desk.out.iter().any(|c| matches!(c, Command::Cancel { .. }));
        assert_eq!(stopped, room, "{link:?} {words}");
        assert_eq!(sent.is_empty(), link == Link::Slow && !words);
    }
}

#[test]
fn a_portal_that_let_the_greeting_through_is_a_slow_link() {
    let mut desk = Desk::on(Link::Captive);
    let sent = desk.tell_all(vec![lane(1, head(1)), Event::Scope(view("mine"))]);
    assert_eq!(sent, [op(1, 1)], "one at a time");
    let pull = Request::Pull {
        scope: "mine".into(),
        limit: 25,
    };
    assert_eq!(desk.answer(is_op, Answer::Refused), [pull]);
    assert_eq!(desk.state.effective_link(), Link::Slow);
    desk.state.greeted = false;
    assert_eq!(desk.state.effective_link(), Link::Captive);
}

#[test]
fn what_is_told_again_is_still_under_way() {
    let mut desk = Desk::on(Link::Good);
    desk.tell_all(vec![lane(1, head(1)), file(1, 10)]);
    let sent = desk.tell_all(vec![lane(1, head(2)), file(1, 10)]);
    assert_eq!(sent, []);
    assert_eq!(desk.wait(&Item::Lane([1; 16])), Some(Wait::InFlight));
    assert_eq!(desk.wait(&Item::File(1)), Some(Wait::InFlight));
}

#[test]
fn a_full_good_link_stops_no_photo() {
    let mut desk = Desk::on(Link::Good);
    desk.tell(file(1, 1 << 20));
    desk.answer(|_| true, Answer::Placed);
    let mut all: Vec<Event> = (1..=3).map(|n| lane(n, head(n))).collect();
    all.extend(["a", "b"].map(|name| Event::Scope(view(name))));
    desk.tell_all(all);
    assert_eq!(desk.state.in_flight(), 6);
    assert_eq!(desk.tell(lane(4, head(4))), []);
    assert_eq!(desk.out, []);
}
