//! The budgets of a flooded city, measured in virtual time on the production engine.

use hues_env::Random;
use hues_protocol::http::TransportError;

use super::*;
use crate::outbox::AuthorWish;
use crate::testkit::city::{body_of, City};
use crate::testkit::phone::{Phone, ME};

/// What HTTP/2 and TLS records add to an exchange on an open connection, bytes: frame headers, HPACK, record framing.
const FRAMING: usize = 200;

/// Carries the oldest request over a link of `rate` bytes a second and 400 ms; `lost`: the answer does not come back.
fn carry(phone: &mut Phone, city: &mut City, rate: u64, lost: bool) -> String {
    let request = phone.open.remove(0);
    let body = body_of(&request, |name| phone.files[name].clone());
    let head: usize = request.headers.iter().map(|(n, v)| n.len() + v.len()).sum();
    let answer = city.answer(&request, body.clone());
    let bytes = head + body.len() + answer.body.len() + request.path.len() + FRAMING;
    phone.now += 400 + bytes as u64 * 1_000 / rate;
    let outcome = if lost {
        Err(TransportError::Timeout)
    } else {
        Ok(answer)
    };
    phone.tell(Event::Http {
        id: request.id,
        outcome,
    });
    format!("{} {}", request.method.name(), request.path)
}

fn flooded(seed: u64) -> (Phone, Vec<OpId>) {
    let mut phone = Phone::new(seed);
    phone.tell(Event::Link(Link::None));
    phone.sign_in(ME);
    let scope = ScopeWish {
        name: "mine".into(),
        every_foreground: None,
        every_background: None,
    };
    phone.tell(Event::Scopes(vec![scope]));
    let mut filed = Vec::new();
    for photos in [
        &[300_000, 250_000, 280_000][..],
        &[310_000, 290_000],
        &[200_000, 400_000],
    ] {
        let new = phone.report(AuthorWish::Sealed, 600, photos);
        filed.push(phone.act(Phone::own(), &new).op_id);
        phone.now += 600_000;
    }
    (phone, filed)
}

#[test]
fn words_arrive_within_ten_minutes_of_a_link_of_two_kilobytes_a_second_and_before_any_photo() {
    for seed in 0..30 {
        let (mut phone, filed) = flooded(seed);
        let mut city = City::new();
        let start = phone.now;
        phone.tell(Event::Link(Link::Slow));
        let mut worst = 0;
        while city.order.len() < filed.len() {
            if phone.open.is_empty() {
                phone.now = phone
                    .now
                    .max(phone.wake.expect("words wait, so a wake-up is set"));
                phone.tell(Event::Timer);
                continue;
            }
            // Every third answer is lost on the even seeds.
            let lost = seed % 2 == 0 && phone.random.below(3) == 0;
            let what = carry(&mut phone, &mut city, 2_000, lost);
            assert!(!what.starts_with("PATCH"), "a photo went before words");
            worst = phone.now - start;
        }
        assert!(worst <= 600_000, "seed {seed}: {worst} ms");
    }
}

#[test]
fn photos_follow_at_the_pace_of_the_link_and_cuts_cost_at_most_a_piece() {
    let (mut phone, _) = flooded(77);
    let mut city = City::new();
    phone.tell(Event::Link(Link::Slow));
    let (start, mut sent) = (phone.now, 0u64);
    for n in 0..5_000 {
        if phone.open.is_empty() {
            match phone.wake.filter(|w| *w < start + 12 * 3_600_000) {
                Some(wake) => {
                    phone.now = phone.now.max(wake);
                    phone.tell(Event::Timer);
                    continue;
                }
                None => break,
            }
        }
        if let hues_protocol::http::Body::File { len, .. } = phone.open[0].body {
            sent += len;
        }
        carry(&mut phone, &mut city, 2_000, n % 10 == 9);
    }
    assert!(city.uploads.values().all(|u| u.index.is_some()) && city.uploads.len() == 7);
    let total: u64 = city.uploads.values().map(|u| u.len).sum();
    assert!(sent < total * 11 / 10, "{sent} bytes for {total}");
}

/// Counts wake-ups an hour while nothing gets through. `restarts`: the host starts a process for every one of them.
fn dark_night(seed: u64, restarts: bool) -> Vec<u32> {
    let (mut phone, _) = flooded(seed);
    phone.tell(Event::Link(Link::Good));
    let (start, mut wakes) = (phone.now, vec![0; 8]);
    loop {
        while let Some(request) = phone.open.first() {
            let id = request.id;
            phone.open.remove(0);
            phone.now += 20_000;
            phone.tell(Event::Http {
                id,
                outcome: Err(TransportError::Timeout),
            });
        }
        phone.now = phone.now.max(phone.wake.expect("something waits"));
        let hour = ((phone.now - start) / 3_600_000) as usize;
        if hour >= wakes.len() {
            return wakes;
        }
        wakes[hour] += 1;
        if restarts {
            phone.restart();
            phone.connect();
        }
        phone.tell(Event::Timer);
    }
}

#[test]
fn a_dark_night_wakes_the_phone_seldom_even_when_each_wake_up_is_a_new_process() {
    for seed in 0..10 {
        for restarts in [false, true] {
            let wakes = dark_night(seed, restarts);
            assert!(
                wakes[0] <= 12 && wakes[1..].iter().all(|n| *n <= 2),
                "restarts {restarts}: {wakes:?}"
            );
            assert!(wakes.iter().sum::<u32>() >= 8, "it does try: {wakes:?}");
        }
    }
}

/// Scopes of one rhythm that drifted apart (one of them failed once) come together again: a quiet day in a pocket is one wake-up an hour, not one a scope.
#[test]
fn scopes_of_one_rhythm_share_their_wake_ups() {
    let (mut phone, mut city) = (Phone::new(5), City::new());
    phone.sign_in(ME);
    let hourly = |name: &str| ScopeWish {
        name: name.into(),
        every_foreground: Some(60_000),
        every_background: Some(3_600_000),
    };
    phone.tell(Event::Scopes(vec![hourly("inbox"), hourly("mine")]));
    phone.tell(Event::Link(Link::Good));
    phone.settle(&mut city);
    phone.now = phone.now.max(phone.wake.expect("an hour from now"));
    phone.tell(Event::Timer);
    let mut lost = 0;
    while lost < 5 {
        match phone.open.first().map(|r| r.path.contains("inbox")) {
            Some(inbox) => {
                lost += u32::from(inbox);
                carry(&mut phone, &mut city, 400_000, inbox);
            }
            None => {
                phone.now = phone.now.max(phone.wake.expect("another try"));
                phone.tell(Event::Timer);
            }
        }
    }
    let (start, mut wakes) = (phone.now, 0);
    while phone.now < start + 24 * 3_600_000 {
        while !phone.open.is_empty() {
            carry(&mut phone, &mut city, 400_000, false);
        }
        phone.now = phone.now.max(phone.wake.expect("the next hour"));
        phone.tell(Event::Timer);
        wakes += 1;
    }
    assert!((23..=30).contains(&wakes), "{wakes} wake-ups");
}
