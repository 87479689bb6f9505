//! Answers that are not the city's, or lie: at every endpoint alone and at all at once. The city acted each time before the answer was spoilt.

use std::sync::Arc;

use flate2::write::GzEncoder;
use hues_city::RunningCity;

use crate::proxy::{Asked, Proxy, Reply};
use crate::world::{city, exactly_once, story, Phone};

/// Endpoints whose answers are spoilt: all, then one at a time.
const WHERE: [&str; 8] = [
    "/", "/hello", "/keys", "/beacon", "/packs", "/pull", "/ops", "/files",
];

/// While every answer from some place is made `bad`, a report with a photo is filed; then the city speaks for itself again.
fn survives(bad: impl Fn(&Asked, Reply) -> Option<Reply> + Send + Sync + 'static) {
    survives_at(&WHERE, bad);
}

fn survives_at(
    places: &[&'static str],
    bad: impl Fn(&Asked, Reply) -> Option<Reply> + Send + Sync + 'static,
) {
    let bad = Arc::new(bad);
    let city = city();
    let proxy = Proxy::before(Some(&city));
    story(async {
        // One phone that meets it before anything else, one that knew the city.
        let known = Phone::new(proxy.address(city.root), "citizen", None).await;
        let all = bad.clone();
        proxy.spoil(move |asked, reply| all(asked, reply));
        let fresh = Phone::at(proxy.address(city.root)).await;
        let first = fresh.file("Gặp máy lạ trước tiên.", &[1]).await;
        fresh.try_all().await;
        fresh.keeps(&first, "Gặp máy lạ trước tiên.", 1).await;
        assert!(proxy.honest() > 0, "nothing was spoilt for a fresh phone");
        assert_eq!(city_ops(&city), 0);
        let mut filed = vec![first];
        for (n, place) in places.iter().copied().enumerate() {
            let at = bad.clone();
            proxy.spoil(move |asked, reply| asked.is(place).then(|| at(asked, reply)).flatten());
            let text = format!("Lời đáp lạ từ {place}");
            let id = known.file(&text, &[n as u64 + 2]).await;
            known.try_all().await;
            known.try_all().await;
            known.keeps(&id, &text, 1).await;
            let who = known.core.who().unwrap().unwrap();
            assert!(!who.expired, "only the city ends a session");
            let status = known.core.status().await.unwrap();
            assert!(!status.update_needed && status.wedged == 0, "{status:?}");
            let hits = proxy.honest();
            // These are asked for when they are due, and always among all.
            let due = ["/hello", "/keys", "/beacon", "/packs"].contains(&place);
            assert!(hits > 0 || due, "{place}: nothing was spoilt");
            assert!(hits < 200, "{place}: the phone hammers: {hits}");
            known.delivered().await;
            filed.push(id);
        }
        fresh.sign_in("neighbour", None).await;
        fresh.delivered().await;
        exactly_once(&city, &filed, filed.len(), filed.len());
        for id in &filed[1..] {
            assert_eq!(known.mine(id).await.state, "received");
        }
        assert_eq!(known.count().await, filed.len() - 1);
        assert_eq!(fresh.count().await, 1);
    });
}

fn city_ops(city: &RunningCity) -> usize {
    city.state().unwrap()["ops"].as_array().unwrap().len()
}

#[test]
fn html_of_a_portal_under_any_status() {
    let n = std::sync::atomic::AtomicUsize::new(0);
    let statuses = [
        200, 201, 204, 400, 401, 403, 404, 409, 410, 413, 418, 422, 426, 429, 451, 460, 500, 503,
        511,
    ];
    survives(move |_, _| {
        let at = n.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
        Some(Reply::html(statuses[at % statuses.len()]))
    });
}

#[test]
fn html_that_says_it_is_the_citys() {
    survives(|_, honest| Some(honest.body(Reply::html(200).body)));
}

#[test]
fn a_body_cut_short() {
    survives(|_, mut honest| {
        honest.body.truncate(honest.body.len() / 2);
        Some(honest.with("upload-offset", "99999999"))
    });
}

#[test]
fn nothing_at_all() {
    survives(|_, honest| {
        Some(Reply {
            headers: Default::default(),
            ..honest.body(Vec::new())
        })
    });
}

#[test]
fn another_content_type() {
    survives(|_, honest| {
        let odd = match honest.headers.get("content-type").map(String::as_str) {
            Some("application/cose") => "application/hues+json",
            _ => "application/cose",
        };
        let mut reply = honest.with("content-type", odd);
        reply.headers.remove("tus-resumable");
        Some(reply)
    });
}

/// Every number of the city's JSON becomes 0 or a text, and every header number nonsense.
#[test]
fn id_zero_and_values_of_the_wrong_type() {
    let n = std::sync::atomic::AtomicUsize::new(0);
    survives(move |asked, honest| {
        let odd = n.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
        let mut reply = honest.clone();
        if let Ok(mut json) = serde_json::from_slice::<serde_json::Value>(&honest.body) {
            twist(&mut json, odd);
            reply.body = json.to_string().into_bytes();
        } else {
            reply.body = vec![0; honest.body.len().max(1)];
        }
        for name in ["upload-offset", "hues-index", "hues-epoch", "location"] {
            if reply.headers.contains_key(name) {
                let odd = [
                    "",
                    "0",
                    "-1",
                    "18446744073709551616",
                    "http://evil.example/files/1",
                ];
                reply = reply.with(name, odd[asked.path.len() % odd.len()]);
            }
        }
        // HEAD has no body to twist: an offset past the end of any file.
        Some(reply.with("upload-offset", "9007199254740991"))
    });
}

fn twist(json: &mut serde_json::Value, odd: usize) {
    use serde_json::Value;
    match json {
        Value::Object(map) => map.values_mut().for_each(|v| twist(v, odd)),
        Value::Array(list) => list.iter_mut().for_each(|v| twist(v, odd)),
        Value::Number(_) if odd.is_multiple_of(3) => *json = (-1).into(),
        Value::Number(_) => *json = "0".into(),
        Value::String(_) if odd.is_multiple_of(2) => *json = 0.into(),
        Value::String(_) => *json = Value::Array(Vec::new()),
        Value::Bool(_) => *json = Value::Null,
        Value::Null => *json = Value::Bool(true),
    }
}

#[test]
fn ten_megabytes_of_nesting() {
    let deep: Vec<u8> = [b"[".repeat(5_000_000), b"]".repeat(5_000_000)].concat();
    survives_at(&["/", "/pull", "/ops"], move |_, honest| {
        Some(honest.body(deep.clone()))
    });
}

#[test]
fn ten_megabytes_of_nesting_in_ten_kilobytes_of_gzip() {
    let mut gz = GzEncoder::new(Vec::new(), flate2::Compression::best());
    std::io::Write::write_all(&mut gz, &b"{\"a\":".repeat(2_000_000)).unwrap();
    let bomb = gz.finish().unwrap();
    assert!(bomb.len() < 20_000);
    survives_at(&["/", "/pull", "/ops"], move |_, honest| {
        Some(honest.body(bomb.clone()).with("content-encoding", "gzip"))
    });
}

#[test]
fn a_redirect_is_not_followed_and_takes_no_credentials_along() {
    let trap = Proxy::before(None);
    let to = trap.url.clone();
    let n = std::sync::atomic::AtomicUsize::new(0);
    survives(move |asked, _| {
        let statuses = [301, 302, 303, 307, 308];
        let at = n.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
        let location = format!("{to}{}", asked.path);
        Some(Reply::html(statuses[at % 5]).with("location", &location))
    });
    assert_eq!(trap.asked(), (0, 0));
}
