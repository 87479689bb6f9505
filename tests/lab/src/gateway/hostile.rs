//! Input that means no good: too large, too deep, torn, changed, half said. Typed refusals, no 5xx, and the server goes on (§1, §6).

use std::time::Duration;

use hues_env::Random as _;
use hues_protocol::http::{HttpResponse, Method};
use hues_protocol::problem::{Problem, RefusalKind};

use super::attacker::{Attacker, Oddity, Who};
use super::model::{broken, not_tried, Checked};
use super::phone::Lane;

/// Larger than a bundle, larger than a JSON body.
pub(super) async fn too_large(a: &mut Attacker) -> Checked {
    let large = vec![0x40; 64 * 1024 + 1];
    a.post_bytes(Who::Nobody, large.clone())
        .await?
        .refused(413, &[])?;
    a.post_bytes(Who::Nobody, vec![0x40; 1 << 20])
        .await?
        .refused(413, &[])?;
    let json = format!("{{\"device_key\":\"{}\"}}", "a".repeat(17_000)).into_bytes();
    if a.needs(Who::Citizen).is_ok() {
        a.must(Who::Citizen, Method::Post, "/enrol", &[], json)
            .await?
            .refused(413, &[])?;
    }
    survives(a).await
}

/// The next request after an attack, on the same connections, is answered as if nothing had been.
async fn survives(a: &mut Attacker) -> Checked {
    a.get(Who::Nobody, "/hello").await?.want(200)
}

/// Bodies that are no bundle.
pub(super) async fn bodies(a: &mut Attacker) -> Checked {
    let lane = Lane::fresh();
    let good = a.new_report(&lane)?.bytes();
    let mut random = vec![0; 4_000];
    a.chance.fill(&mut random);
    let deep = [vec![0x81; 60_000], vec![0]].concat();
    let cases: [(&str, Vec<u8>); 14] = [
        ("nothing", Vec::new()),
        ("HTML", b"<html><body>Free Wi-Fi</body></html>".to_vec()),
        ("JSON", b"{\"op\":1}".to_vec()),
        ("chance", random),
        ("60,000 nested arrays", deep),
        ("an endless array", vec![0x9f; 60_000]),
        ("an endless map", vec![0xbf]),
        (
            "a length of 2^64",
            vec![0x5b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
        ),
        ("a map of 2^32 pairs", vec![0xba, 0xff, 0xff, 0xff, 0xff]),
        ("a float", vec![0xa1, 0x00, 0xfb, 0, 0, 0, 0, 0, 0, 0, 0]),
        ("a tag", vec![0xc0, 0x00]),
        ("a key twice", vec![0xa2, 0x00, 0x00, 0x00, 0x00]),
        (
            "one byte short",
            good.get(..good.len() - 1).unwrap_or_default().to_vec(),
        ),
        ("one byte more", [&good[..], b"\0"].concat()),
    ];
    for (what, body) in cases {
        let mut answer = a.post_bytes(Who::Nobody, body).await?;
        answer.sent = format!("POST /ops with {what}");
        answer.refused(400, &[])?;
    }
    let nested = format!("{}1{}", "[".repeat(4_000), "]".repeat(4_000));
    for body in [
        nested.clone(),
        format!("{{\"device_key\":{nested}}}"),
        "{\"a\":".repeat(2_000),
        "\u{feff}{}".into(),
        "nul".into(),
    ] {
        let who = if a.needs(Who::Citizen).is_ok() {
            Who::Citizen
        } else {
            Who::Nobody
        };
        let statuses: &[u16] = if who == Who::Citizen {
            &[400]
        } else {
            &[400, 401]
        };
        let mut answer = a
            .must(who, Method::Post, "/enrol", &[], body.clone().into_bytes())
            .await?;
        answer.sent = format!(
            "POST /enrol with {}…",
            body.chars().take(12).collect::<String>()
        );
        answer.want_one_of(statuses)?;
    }
    survives(a).await
}

/// No byte of a bundle can be changed and the op still be taken.
pub(super) async fn changed(a: &mut Attacker) -> Checked {
    a.needs(Who::Citizen)?;
    let lane = Lane::fresh();
    let offer = a.new_report(&lane)?;
    let good = offer.bytes();
    for _ in 0..60 {
        let at = usize::try_from(a.chance.below(good.len() as u64)).unwrap_or(0);
        let flip = 1 + u8::try_from(a.chance.below(255)).unwrap_or(0);
        let mut bytes = good.clone();
        if let Some(byte) = bytes.get_mut(at) {
            *byte ^= flip;
        }
        let mut answer = a.post_bytes(Who::Citizen, bytes).await?;
        answer.sent = format!(
            "POST /ops with byte {at} of {} changed by {flip:#04x}",
            good.len()
        );
        match answer.status() {
            400 => drop(answer.refused(400, &[])?),
            401 => drop(answer.refused(401, &[])?),
            422 => drop(answer.signed::<hues_protocol::refusal::Refusal>(422, a.keys()?)?),
            _ => {
                return Err(
                    answer.broken("400, or a signed refusal: what was signed is not what came")
                )
            }
        }
    }
    let answer = a.post(Who::Citizen, &offer).await?;
    let receipt = answer.receipt(&offer, a.keys()?)?;
    a.keep(Who::Citizen, &offer, &receipt);
    Ok(())
}

/// Paths, queries and headers that nobody sane sends.
pub(super) async fn requests(a: &mut Attacker) -> Checked {
    let long = "a".repeat(3_000);
    let paths = [
        "/",
        "/nowhere",
        "/ops/",
        "/ops/..",
        "/files/..%2f..%2fetc%2fpasswd",
        "/files/zz",
        "/media/zz",
        "/media/%00",
        "/packs/..",
        "/pull?scope=%00",
        "/pull?scope=mine&cursor=%ff",
        "/pull?scope=mine&limit=99999999999999999999",
        "/wake?since=99999999999999999999",
        "/pull?scope=public&limit=-1",
        "/hello?%",
        "/packs/%2e%2e",
        "/pull?scope=lane:",
        "/pull?scope=unit:",
    ];
    let statuses = [400, 401, 403, 404, 405, 412, 414];
    for path in paths {
        let answer = a.get(Who::Nobody, path).await?;
        if answer.status() != 200 {
            answer.want_one_of(&statuses)?;
        }
    }
    let answer = a.get(Who::Nobody, &format!("/packs/{long}")).await?;
    answer.want_one_of(&[400, 404, 414, 431])?;
    for (method, path) in [
        (Method::Post, "/hello"),
        (Method::Delete, "/ops"),
        (Method::Patch, "/keys"),
        (Method::Head, "/nowhere"),
    ] {
        a.must(Who::Nobody, method, path, &[], Vec::new())
            .await?
            .want_one_of(&statuses)?;
    }
    survives(a).await
}

/// Bytes that are no HTTP, on connections of their own; the server answers the next phone.
pub(super) async fn garbage(a: &mut Attacker) -> Checked {
    let mut chance = vec![0; 600];
    a.chance.fill(&mut chance);
    let heads: [&[u8]; 6] = [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"GET / HTTP/9.9\r\n\r\n",
        b"GET /hello HTTP/1.1\r\nhost: x\r\ncontent-length: -5\r\n\r\n",
        b"POST /ops HTTP/1.1\r\nhost: x\r\ncontent-length: 4\r\ncontent-length: 400\r\n\r\nabcd",
        b"POST /ops HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\nffffffffffffffffff\r\nx",
        &chance,
    ];
    for head in heads {
        let mut wire = a.wire().await?;
        let _ = wire.write(head).await; // hung up on is an answer too
        wire.finish().await;
        if let Some(response) = wire.answer(false).await {
            a.note("bytes that are no request".into(), response.clone(), true);
            if response.status >= 500 && response.status != 501 && response.status != 505 {
                return Err(broken(
                    "bytes that are no request",
                    response.status.to_string(),
                    "400, or the connection closed",
                ));
            }
        }
    }
    survives(a).await
}

/// Connections left half said: the others are served.
pub(super) async fn half_open(a: &mut Attacker) -> Checked {
    let mut left = Vec::new();
    for n in 0..32 {
        let mut wire = a.wire().await?;
        let head = a.head(Who::Nobody, Method::Post, "/ops", &[], 1_000);
        let part = match n % 3 {
            0 => b"POST /op".to_vec(),
            1 => head,
            _ => [head, vec![0xa3; 10]].concat(),
        };
        wire.write(&part)
            .await
            .map_err(|e| not_tried(format!("the connection broke: {e}")))?;
        left.push(wire);
    }
    let patience = Duration::from_secs(10);
    let asked = tokio::time::timeout(patience, async {
        survives(a).await?;
        match a.needs(Who::Citizen) {
            Ok(()) => a.file(Who::Citizen).await.map(drop),
            Err(_) => Ok(()),
        }
    });
    match asked.await {
        Ok(done) => done,
        Err(_) => Err(broken(
            "32 requests that never end, then another phone's",
            "no answer within 10 seconds",
            "an answer to the other phone",
        )),
    }
}

/// When it is too much, the city says later, and keeps its word.
pub(super) async fn limits(a: &mut Attacker) -> Checked {
    let mut said: Option<HttpResponse> = None;
    for _ in 0..150 {
        let mut wire = a.wire().await?;
        let request = a.head(Who::Nobody, Method::Get, "/hello", &[], 0);
        let _ = wire.write(&request).await; // hung up on shows below
        let Some(response) = wire.answer(false).await else {
            continue;
        };
        if matches!(response.status, 429 | 503) {
            a.note("GET /hello, many times".into(), response.clone(), false);
            said = Some(response);
            break;
        }
    }
    let Some(response) = said else {
        return match a.limited {
            0 => Err(not_tried("150 requests in a row were all served: this server does not limit, or later than this")),
            _ => later_form(a),
        };
    };
    later_form(a)?;
    let good = Problem::parse(&response.body).is_ok_and(|p| p.refusal == RefusalKind::RetryAt);
    let seconds = response
        .number("retry-after")
        .filter(|s| good && *s <= 86_400);
    let wanted =
        "application/hues+json with retry-at and `at`, and Retry-After in seconds, at most a day";
    let came = format!(
        "{}, retry-after {:?}",
        response.status,
        response.header("retry-after")
    );
    let seconds = seconds.ok_or_else(|| broken("GET /hello, many times", came, wanted))?;
    if seconds > 60 {
        return Err(not_tried(format!(
            "it says to wait {seconds} s: longer than this attack waits"
        )));
    }
    tokio::time::sleep(Duration::from_secs(seconds)).await;
    survives(a).await
}

fn later_form(a: &Attacker) -> Checked {
    by_record(
        a,
        &[Oddity::RetryForm],
        "429 and 503 of the city carry retry-at with `at`, and Retry-After in seconds",
    )
}

// --- what the whole traffic showed ---

/// No answer leaves the origin, or is a redirect at all.
pub(super) async fn redirects(a: &mut Attacker) -> Checked {
    for path in [
        "//portal.invalid/ops",
        "/hello/",
        "/ops/",
        "/pull",
        "/files",
        "/HELLO",
        "/./hello",
        "/login",
    ] {
        let mut wire = a.wire().await?;
        let request = a.head(Who::Nobody, Method::Get, path, &[], 0);
        wire.write(&request)
            .await
            .map_err(|e| not_tried(format!("the connection broke: {e}")))?;
        if let Some(response) = wire.answer(false).await {
            a.note(format!("GET {path}"), response, true);
        }
    }
    by_record(
        a,
        &[Oddity::Redirect],
        "an answer of its own: the city never redirects",
    )
}

/// No 5xx in the whole attack.
pub(super) async fn faults(a: &mut Attacker) -> Checked {
    survives(a).await?;
    by_record(
        a,
        &[Oddity::Fault],
        "no 5xx on hostile input: a typed refusal",
    )
}

/// Every error body of the whole attack is of the closed list.
pub(super) async fn errors(a: &mut Attacker) -> Checked {
    a.get(Who::Nobody, "/nowhere").await?.refused(404, &[])?;
    by_record(a, &[Oddity::ErrorForm], "application/hues+json with `refusal` of the closed list, fitting the status, and `rule`; at most 8 KiB")
}

/// No cookies: below what is asked for, nothing ties two requests together.
pub(super) async fn cookies(a: &mut Attacker) -> Checked {
    a.get(Who::Nobody, "/hello").await?;
    a.get(Who::Nobody, "/beacon").await?;
    by_record(
        a,
        &[Oddity::Cookie],
        "no cookie: it would tie an anonymous request to others of the same phone",
    )
}

fn by_record(a: &Attacker, kinds: &[Oddity], wanted: &str) -> Checked {
    let found: Vec<_> = a
        .odd
        .iter()
        .filter(|odd| kinds.contains(&odd.what))
        .collect();
    match found.first() {
        None => Ok(()),
        Some(first) => {
            let more = match found.len() {
                1 => String::new(),
                n => format!(" ({n} such answers)"),
            };
            Err(broken(
                first.sent.clone(),
                format!("{}{more}", first.came),
                wanted,
            ))
        }
    }
}
