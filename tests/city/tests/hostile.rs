//! Input from outside that means no good, TLS, and a city that is killed while it works.

#![allow(clippy::unwrap_used)] // helpers of tests are tests

mod handset;

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use handset::*;
use hues_city::{serve_forever, City, CityConfig, CityError, SystemClock};
use hues_protocol::kinds::Act;
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use reqwest::Method;
use serde_json::Value;

#[tokio::test]
async fn what_is_no_bundle_is_refused_by_name() {
    let city = city();
    let mut phone = Phone::new(&city, 1, Some("citizen")).await;
    let lane = phone.lane();
    let act = Act::New(phone.report(&lane));
    let good = phone.offer(&lane, &act).bytes();
    for bad in [
        &b""[..],
        b"<html>",
        b"\xff\xff",
        b"{}",
        &[0x9f; 70_000][..60_000],
        &good[..good.len() - 1],
        &[&good[..], b"\0"].concat(),
    ] {
        let answer = phone.post("/ops", bad.to_vec()).await;
        assert_eq!((answer.status, answer.rule().as_str()), (400, "malformed"));
    }
    let large = phone.post("/ops", vec![0; 65_537]).await;
    assert_eq!((large.status, large.rule().as_str()), (413, "too-large"));
    let deep = format!("{{\"as\":{}1{}}}", "[".repeat(4_000), "]".repeat(4_000));
    assert_eq!(phone.post("/signin", deep).await.rule(), "malformed");
    assert_eq!(phone.post("/signin", "x".repeat(20_000)).await.status, 413);
    assert_eq!(phone.post("/signin", "{\"as\":7}").await.status, 400);
    for (path, rule) in [
        ("/pull", "scope"),
        ("/pull?scope=all", "scope"),
        ("/pull?scope=mine&limit=0", "limit"),
        ("/pull?scope=mine&cursor=%00", "cursor"),
        ("/pull?scope=lane:zz", "scope"),
        ("/wake", "since"),
    ] {
        let answer = phone.get(path).await;
        assert_eq!(
            (answer.status, answer.rule().as_str()),
            (400, rule),
            "{path}"
        );
    }
    let version = |v: &'static str| {
        phone
            .client
            .get(format!("{}/hello", phone.url))
            .header("hues-protocol", v)
            .send()
    };
    assert_eq!(version("0").await.unwrap().status().as_u16(), 426);
    assert_eq!(version("x").await.unwrap().status().as_u16(), 400);
    let put = phone.request(Method::PUT, "/hello").send().await.unwrap();
    assert_eq!(put.status().as_u16(), 405);
    assert_eq!(city.state().unwrap()["head"], 0);
}

/// No byte of an op can be changed without the city noticing, and none of them makes it stumble.
#[test]
fn a_changed_bundle_is_never_taken() {
    use hues_city::gateway::{AnyMedia, Gateway, Peer};
    use hues_city::storage::MemoryStorage;
    use hues_env::{BootId, Env, Mono, SeededRandom, Wall};
    use hues_protocol::http::{Body, Class, HttpRequest, Method};

    let city = city();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let good = runtime.block_on(async {
        let mut phone = Phone::new(&city, 2, None).await;
        let lane = phone.lane();
        let report = hues_protocol::kinds::report::New {
            author: hues_protocol::author::Author::Anonymous,
            ..phone.report(&lane)
        };
        phone.offer(&lane, &Act::New(report)).bytes()
    });
    let mut random = SeededRandom::new(1);
    let mut env = Env {
        wall: Wall(FLOOD_DAY),
        mono: Mono(0),
        boot: BootId([0; 16]),
        random: &mut random,
    };
    let gateway = Gateway::open_with(MemoryStorage::new(), &mut env, Box::new(AnyMedia)).unwrap();
    let gateway = std::cell::RefCell::new(gateway);
    let offer = |bytes: Vec<u8>| {
        let mut random = SeededRandom::new(2);
        let mut env = Env {
            wall: Wall(FLOOD_DAY),
            mono: Mono(0),
            boot: BootId([0; 16]),
            random: &mut random,
        };
        let request = HttpRequest {
            id: 1,
            method: Method::Post,
            path: "/ops".into(),
            headers: vec![],
            body: Body::Bytes(bytes),
            max_response: 1 << 20,
            class: Class::Words,
        };
        gateway
            .borrow_mut()
            .handle(&mut env, &request, Peer::LOCAL)
            .status
    };
    TestRunner::new(ProptestConfig {
        cases: 2_000,
        failure_persistence: None,
        ..ProptestConfig::default()
    })
    .run(&(0..good.len(), 1..=255u8), |(at, flip)| {
        let mut bytes = good.clone();
        bytes[at] ^= flip;
        let status = offer(bytes);
        prop_assert!(matches!(status, 400 | 401 | 422), "{}", status);
        Ok(())
    })
    .unwrap();
    assert_eq!(gateway.borrow_mut().log().unwrap().head, 0);
    assert_eq!(offer(good.clone()), 200, "only as it was signed");
}

#[tokio::test]
async fn tls_under_the_citys_own_ca() {
    let dir = tempfile::tempdir().unwrap();
    let config = CityConfig {
        tls: true,
        data: Some(dir.path().to_owned()),
        ..CityConfig::default()
    };
    let city = City::start(config.clone()).unwrap();
    let pem = std::fs::read(city.ca.as_ref().unwrap()).unwrap();
    let trusting = |pem: &[u8]| {
        let ca = reqwest::Certificate::from_pem(pem).unwrap();
        http().tls_certs_only([ca]).build().unwrap()
    };
    let answer = trusting(&pem)
        .get(format!("{}/hello", city.url))
        .send()
        .await
        .unwrap();
    assert_eq!(
        (answer.status().as_u16(), answer.version()),
        (200, reqwest::Version::HTTP_2)
    );
    let zipped = trusting(&pem)
        .get(format!("{}/hello", city.url))
        .header("accept-encoding", "gzip")
        .send()
        .await
        .unwrap();
    assert_eq!(zipped.status().as_u16(), 200);
    // An error to HEAD has no body in HTTP/2 either: with one, a phone would see a reset where an upload is gone.
    let gone = trusting(&pem)
        .head(format!("{}/files/{}", city.url, "0".repeat(32)))
        .header("tus-resumable", "1.0.0")
        .send()
        .await
        .unwrap();
    assert_eq!(gone.status().as_u16(), 404);
    let stranger = City::start(CityConfig {
        tls: true,
        ..CityConfig::default()
    })
    .unwrap();
    assert!(trusting(&pem)
        .get(format!("{}/hello", stranger.url))
        .send()
        .await
        .is_err());
    let ready: Value = serde_json::from_str(&city.ready_line()).unwrap();
    assert_eq!(ready["event"], "ready");
    assert_eq!(ready["root"], hex::encode(city.root));
    assert!(ready["ca"].as_str().unwrap().ends_with("ca.pem"));
    let (root, port) = (
        city.root,
        city.url.rsplit(':').next().unwrap().parse().unwrap(),
    );
    tokio::task::spawn_blocking(move || city.stop())
        .await
        .unwrap();
    let mut same = config.clone();
    same.listen.set_port(port);
    let again = City::start(same).unwrap();
    assert_eq!(
        (
            again.root,
            std::fs::read(again.ca.as_ref().unwrap()).unwrap()
        ),
        (root, pem.clone())
    );
    assert_eq!(
        trusting(&pem)
            .get(format!("{}/hello", again.url))
            .send()
            .await
            .unwrap()
            .status()
            .as_u16(),
        200
    );
}

#[test]
fn plain_http_stays_on_loopback() {
    let elsewhere = "0.0.0.0:0".parse().unwrap();
    let plain = CityConfig {
        listen: elsewhere,
        ..CityConfig::default()
    };
    assert!(matches!(City::start(plain), Err(CityError::NotLoopback)));
    let admin = CityConfig {
        admin_listen: elsewhere,
        ..CityConfig::default()
    };
    assert!(matches!(City::start(admin), Err(CityError::NotLoopback)));
}

#[tokio::test]
async fn the_admin_interface_wants_its_token() {
    let city = city();
    let client = http().build().unwrap();
    for request in [
        client.get(format!("{}/state", city.admin_url)),
        client
            .get(format!("{}/state", city.admin_url))
            .bearer_auth("x"),
    ] {
        assert_eq!(request.send().await.unwrap().status().as_u16(), 401);
    }
    assert_eq!(
        admin(
            &city,
            Method::POST,
            "/fault",
            serde_json::json!({"kind": "earthquake"})
        )
        .await
        .0,
        400
    );
    assert_eq!(
        admin(
            &city,
            Method::POST,
            "/fault",
            serde_json::json!({"kind": "restore", "backup": "never"})
        )
        .await
        .0,
        404
    );
}

/// Not a test: the city that the next test kills.
#[test]
#[ignore = "a child process of `killed_again_and_again_a_city_loses_nothing`"]
fn child_city() {
    let Some(dir) = std::env::var_os("HUES_TEST_CITY") else {
        return;
    };
    serve_forever(
        CityConfig {
            data: Some(dir.into()),
            clock: std::sync::Arc::new(SystemClock::starting_at(hues_env::Wall(FLOOD_DAY))),
            ..CityConfig::default()
        },
        |line| println!("\n{line}"),
    )
    .unwrap();
}

fn spawn(dir: &std::path::Path) -> (Child, String, [u8; 32]) {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--ignored", "--exact", "child_city", "--nocapture"])
        .env("HUES_TEST_CITY", dir)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let ready = lines
        .map_while(Result::ok)
        .find(|line| line.contains("\"ready\""))
        .unwrap();
    let ready: Value = serde_json::from_str(&ready).unwrap();
    let mut root = [0; 32];
    hex::decode_to_slice(ready["root"].as_str().unwrap(), &mut root).unwrap();
    (child, ready["url"].as_str().unwrap().to_owned(), root)
}

#[tokio::test]
async fn killed_again_and_again_a_city_loses_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let mut receipts: Vec<(hues_protocol::ids::OpId, Vec<u8>)> = Vec::new();
    let mut unsure: Vec<Offer> = Vec::new();
    for round in 0..5u64 {
        let (mut child, url, root) = spawn(dir.path());
        let mut phone = Phone::at(&url, root, 100 + round, Some("citizen"), None).await;
        for (op, receipt) in &receipts {
            assert_eq!(
                &phone.get(&format!("/ops/{op}")).await.body,
                receipt,
                "the same bytes after SIGKILL"
            );
        }
        for offer in unsure.drain(..) {
            let answer = phone.send(&offer).await;
            assert_eq!(
                answer.status, 200,
                "an op of unknown fate is taken once, whatever became of it"
            );
            receipts.push((offer.id(), answer.body));
        }
        // The killer strikes while ops are on their way.
        let killer = tokio::spawn(async move {
            tokio::time::sleep(std::time::Duration::from_millis(20 + 17 * round)).await;
            child.kill().unwrap();
            child.wait().unwrap();
        });
        loop {
            let lane = phone.lane();
            let act = Act::New(phone.report(&lane));
            let offer = phone.offer(&lane, &act);
            match phone
                .request(Method::POST, "/ops")
                .body(offer.bytes())
                .send()
                .await
            {
                Ok(response) if response.status().as_u16() == 200 => match response.bytes().await {
                    Ok(receipt) => receipts.push((offer.id(), receipt.to_vec())),
                    Err(_) => unsure.push(offer),
                },
                _ => unsure.push(offer),
            }
            if !unsure.is_empty() {
                break;
            }
        }
        killer.await.unwrap();
    }
    let city = City::start(CityConfig {
        data: Some(dir.path().to_owned()),
        ..CityConfig::default()
    })
    .unwrap();
    let state = city.state().unwrap();
    let kept: std::collections::BTreeSet<String> = state["ops"]
        .as_array()
        .unwrap()
        .iter()
        .map(|op| op["op"].as_str().unwrap().to_owned())
        .collect();
    assert!(receipts
        .iter()
        .all(|(op, _)| kept.contains(&op.to_string())));
    assert_eq!(
        state["head"].as_u64().unwrap() as usize,
        kept.len(),
        "no index without its op"
    );
}
