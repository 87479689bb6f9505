//! What the model asks of the machine: the property over random days, and single nights told out.

use super::*;
use proptest::prelude::*;

fn open_ops(w: &World, owner: impl Fn(&Owner) -> bool) -> usize {
    w.lanes
        .values()
        .filter(|(o, _)| owner(o))
        .map(|(_, ops)| ops.len())
        .sum()
}

fn run(seed: u64, actions: &[(u8, u64)]) {
    let mut w = World::new(seed);
    let mut made = 0;
    for (action, n) in actions {
        made += usize::from(*action <= 2);
        w.act(*action, *n);
        // A wedged lane blocks no other: with a slot free and all outside well, nothing ready is left behind (see check()).
    }
    w.settle(ME, 3_600_000);
    w.retry();
    w.settle(ME, 3_600_000);
    // Poison may sit behind poison: as often as it takes.
    for _ in 0..=made {
        w.retry();
        w.settle(OTHER, 60_000);
        w.settle(ME, 60_000);
    }
    assert_eq!(open_ops(&w, |_| true), 0, "something never left");
    assert!(w.files.is_empty(), "a file never left: {:?}", w.files);
    assert_eq!(w.receipted.len(), made, "an op was lost or doubled");
    for (lane, log) in &w.city.committed {
        let mut orders: Vec<Id> = log.clone();
        orders.sort_unstable();
        assert_eq!(&orders, log, "reordered in lane {lane:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, max_shrink_iters: 4_000, ..ProptestConfig::default() })]
    #[test]
    fn nothing_is_lost_doubled_reordered_or_stuck(seed in 0u64..1_000_000, actions in prop::collection::vec((0u8..18, 0u64..1_000_000_000), 1..120)) {
        run(seed, &actions);
    }
}

#[test]
fn a_dark_night_wakes_the_phone_seldom() {
    for seed in 0..40 {
        let mut w = World::new(seed);
        for n in 0..12 {
            w.enqueue(n);
        }
        w.step(vec![Event::Link(Link::Slow)]);
        let (start, mut wakes) = (w.now, [0u32; 10]);
        loop {
            // Nothing gets through: each request ends in a failure after a while.
            while let Some(req) = w.state.flights.keys().next().copied() {
                w.now += 15_000;
                w.step(vec![Event::Answer {
                    req,
                    answer: Answer::Failed,
                }]);
            }
            let Some(wake) = w.state.wake() else {
                panic!("asleep for ever")
            };
            w.now = w.now.max(wake.0);
            let hour = ((w.now - start) / 3_600_000) as usize;
            if hour >= wakes.len() {
                break;
            }
            wakes[hour] += 1;
            w.step(vec![Event::Timer]);
        }
        assert!(
            wakes[0] <= 12 && wakes[1..].iter().all(|&n| n <= 2),
            "seed {seed}: {wakes:?}"
        );
        assert!(
            wakes.iter().all(|&n| n >= 1) || wakes[0] > 0,
            "it does try: {wakes:?}"
        );
    }
}

#[test]
fn no_network_no_wake_up() {
    let mut w = World::new(1);
    w.step(vec![Event::Link(Link::None)]);
    w.enqueue(0);
    assert_eq!(w.state.wake(), None);
    assert_eq!(w.state.lane_wait(Mono(w.now), &id(0)), Some(Wait::Link));
}

#[test]
fn words_push_a_photo_aside_on_a_slow_link() {
    let mut w = World::new(1);
    w.step(vec![Event::Link(Link::Slow)]);
    w.enqueue(15); // a report with a photo
    while !w
        .state
        .flights
        .values()
        .any(|f| matches!(f.request, Request::Patch { .. }))
    {
        let (req, request) = w
            .state
            .flights
            .iter()
            .map(|(r, f)| (*r, f.request.clone()))
            .next()
            .expect("busy");
        let answer = w.honest(&request);
        w.answer(req, answer, &request);
    }
    w.enqueue(2);
    let now: Vec<_> = w
        .state
        .flights
        .values()
        .map(|f| f.request.clone())
        .collect();
    assert!(matches!(now[..], [Request::Op { .. }]), "{now:?}");
}

#[test]
fn one_poisoned_request_does_not_hold_back_the_others() {
    let mut w = World::new(1);
    w.step(vec![Event::Link(Link::Slow)]);
    w.enqueue(15);
    w.enqueue(2);
    let sick = id(15 % 5);
    let hour = w.now + 3_600_000;
    while w.now < hour {
        match w
            .state
            .flights
            .iter()
            .map(|(r, f)| (*r, f.request.clone()))
            .next()
        {
            // Whatever carries this lane's op is cut, always.
            Some((req, Request::Op { lane, .. })) if lane == sick => {
                w.now += 1_000;
                w.step(vec![Event::Answer {
                    req,
                    answer: Answer::Failed,
                }]);
            }
            Some((req, request)) => {
                w.now += 100;
                let answer = w.honest(&request);
                w.answer(req, answer, &request);
            }
            None => {
                let wake = w.state.wake().expect("something is pending");
                w.now = w.now.max(wake.0);
                w.step(vec![Event::Timer]);
            }
        }
    }
    assert_eq!(w.lanes[&id(2)].1.len(), 0, "the healthy lane went through");
    assert_eq!(w.lanes[&sick].1.len(), 1, "the sick one is kept");
    assert!(w.posted[&w.lanes[&sick].1[0].id] <= 16, "and not hammered");
}

#[test]
fn an_alarm_that_rings_early_is_set_again() {
    let mut w = World::new(1);
    w.enqueue(1);
    while let Some(req) = w.state.flights.keys().next().copied() {
        w.step(vec![Event::Answer {
            req,
            answer: Answer::Failed,
        }]);
    }
    let wake = w.state.wake().expect("it will try again");
    // The host's alarm runs on a finer clock than the one the machine is told.
    w.now = wake.0 - 5;
    let mut random = w.random.fork();
    let out = step(&mut w.state, Mono(w.now), [Event::Timer], &mut random);
    assert!(out.contains(&Command::WakeAt(Some(wake))), "{out:?}");
}
