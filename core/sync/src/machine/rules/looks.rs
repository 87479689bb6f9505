//! What the machine says of itself: its state by name, and whether it is stuck.

use super::*;

#[test]
fn one_word_for_the_whole() {
    let mode = |change: fn(&mut Desk)| {
        let mut desk = Desk::on(Link::Good);
        change(&mut desk);
        desk.state.mode()
    };
    let flight = |request: Request| state::Flight {
        request,
        started: Mono(T),
        guard: Mono(T),
    };
    assert_eq!(mode(|_| {}), "idle");
    assert_eq!(mode(|d| d.state.link = Link::None), "dark");
    assert_eq!(mode(|d| d.state.link = Link::Captive), "idle");
    assert_eq!(
        mode(|d| (d.state.link, d.state.greeted) = (Link::Captive, false)),
        "captive"
    );
    assert_eq!(mode(|d| d.state.update = true), "update");
    assert_eq!(mode(|d| d.state.gate = Some(Mono(T))), "resting");
    assert_eq!(
        mode(|d| d.state.session = Session::Expired(ME)),
        "signed-out"
    );
    assert_eq!(mode(|d| d.state.hello.flight = Some(ReqId(1))), "greeting");
    for (request, word) in [
        (op(1, 1), "sending"),
        (query(1, 1), "asking"),
        (
            Request::Pull {
                scope: "s".into(),
                limit: 1,
            },
            "pulling",
        ),
        (Request::Ask { file: 1 }, "uploading"),
        (Request::Create { file: 1 }, "uploading"),
        (Request::Keys, "fetching-trust"),
        (Request::Pack, "fetching-trust"),
        (Request::Listen, "idle"),
    ] {
        let mut desk = Desk::on(Link::Good);
        desk.state.flights.insert(ReqId(1), flight(request));
        assert_eq!(desk.state.mode(), word);
    }
}

#[test]
fn what_may_be_looked_at() {
    let mut desk = Desk::on(Link::Good);
    desk.tell_all(vec![
        lane(1, head(1)),
        Event::Scope(ScopeView {
            tries: 2,
            ..view("s")
        }),
    ]);
    (desk.state.log_head, desk.state.watermark) = (9, 4);
    assert_eq!(desk.state.in_flight(), 1);
    assert_eq!(desk.state.request(desk.req(is_op)), Some(&op(1, 1)));
    assert_eq!(desk.state.flights().collect::<Vec<_>>(), [desk.req(is_op)]);
    assert_eq!(desk.state.lane_names().collect::<Vec<_>>(), [&[1; 16]]);
    assert_eq!(desk.state.scope_names().collect::<Vec<_>>(), ["s"]);
    assert_eq!(
        (desk.state.scope_tries("s"), desk.state.scope_tries("t")),
        (2, 0)
    );
    assert_eq!((desk.state.log_head(), desk.state.watermark()), (9, 4));
    assert_eq!(desk.state.epoch(), Some(EPOCH));
    assert_eq!(desk.state.session(), Session::Live(ME));
    assert_eq!(desk.state.lane_wait(Mono(T), &[2; 16]), None);
    assert_eq!(
        desk.state.lane_wait(Mono(T), &[1; 16]),
        Some(Wait::InFlight)
    );
    assert_eq!(
        State::new(Start {
            first_req: 8,
            ..Start::default()
        })
        .next_request(),
        ReqId(8)
    );
}

#[test]
fn every_event_and_answer_has_its_name() {
    let (epoch, watermark, req) = (EPOCH, 0, ReqId(1));
    let events = [
        lane(1, head(1)),
        file(1, 1),
        Event::Scope(view("s")),
        Event::Act { refresh: false },
        Event::Link(Link::Good),
        Event::LowPower(true),
        Event::Session(Session::None),
        Event::Foreground(true),
        Event::Timer,
        Event::Progress { req, bytes: 1 },
    ];
    let answers = [
        Answer::Failed,
        Answer::NotSent,
        Answer::Foreign,
        Answer::ServerError,
        Answer::RetryAfter(1),
        Answer::SignIn,
        Answer::Update,
        Answer::NewerKeys,
        Answer::Denied,
        greeting(EPOCH, 0),
        Answer::Keys,
        Answer::Beacon { epoch, watermark },
        Answer::Pack,
        Answer::Receipt { epoch, watermark },
        Answer::Refused,
        Answer::Absent,
        Answer::Fork,
        page(true),
        Answer::ScopeReset,
        Answer::BadPage,
        Answer::Placed,
        Answer::Offset(1),
        Answer::Complete { epoch },
        Answer::AskAgain,
        Answer::AddressGone,
        Answer::Corrupt,
        Answer::Woke(1),
        Answer::Quiet,
    ];
    let mut names: Vec<&str> = answers.iter().map(Answer::name).collect();
    let of = |answer: &Answer| Event::Answer {
        req,
        answer: answer.clone(),
    };
    assert!(answers.iter().all(|a| of(a).name() == a.name()));
    names.extend(events.iter().map(Event::name));
    let known = names.len();
    names.sort_unstable();
    names.dedup();
    assert!(names.len() == known && !names.contains(&""), "{names:?}");
}

/// A machine that stands still although it could move is told so.
#[test]
fn what_is_stuck_is_seen() {
    let stuck = |change: fn(&mut Desk)| {
        let mut desk = Desk::on(Link::Good);
        desk.later(0);
        desk.state.governor.reset();
        assert_eq!(desk.state.check(Mono(T)), Ok(()));
        change(&mut desk);
        desk.state.check(Mono(T)).err().unwrap_or_default()
    };
    let flight = |request: Request| state::Flight {
        request,
        started: Mono(T),
        guard: Mono(T + 50),
    };
    assert!(stuck(|d| d.state.keys.wanted = true).contains("could go"));
    assert!(stuck(|d| {
        d.tell(lane(
            1,
            Head {
                due: Some(Mono(T + 10)),
                ..head(1)
            },
        ));
        d.state.wake = None;
    })
    .contains("waits until"));
    assert!(stuck(|d| {
        d.tell(lane(
            1,
            Head {
                due: Some(Mono(T + 10)),
                ..head(1)
            },
        ));
        d.state.wake = Some(Mono(T + 11));
    })
    .contains("waits until"));
    assert_eq!(
        stuck(|d| {
            d.tell(lane(
                1,
                Head {
                    due: Some(Mono(T + 10)),
                    ..head(1)
                },
            ));
        }),
        ""
    );
    assert!(stuck(|d| {
        d.tell(lane(1, head(1)));
        d.answer(is_op, Answer::ServerError);
        d.state.has_keys = false;
    })
    .contains("nobody wants"));
    let two = |a: Request, b: Request| {
        let mut desk = Desk::on(Link::Good);
        desk.state.flights.insert(ReqId(1), flight(a));
        desk.state.flights.insert(ReqId(2), flight(b));
        desk.state.wake = Some(Mono(T + 50));
        desk.state.check(Mono(T)).err().unwrap_or_default()
    };
    assert!(two(op(1, 1), query(1, 1)).contains("two requests"));
    assert_eq!(two(op(1, 1), op(2, 1)), "");
    let patch = |file| Request::Patch {
        file,
        offset: 0,
        len: 1,
    };
    assert!(two(patch(1), patch(2)).contains("2 uploads"));
    assert_eq!(two(patch(1), op(1, 1)), "");
    let mut desk = Desk::on(Link::Good);
    desk.state.flights.insert(ReqId(1), flight(op(1, 1)));
    for (wake, held) in [
        (None, false),
        (Some(51), false),
        (Some(50), true),
        (Some(1), true),
    ] {
        desk.state.wake = wake.map(|ms| Mono(T + ms));
        assert_eq!(desk.state.check(Mono(T)).is_ok(), held, "{wake:?}");
    }
}
