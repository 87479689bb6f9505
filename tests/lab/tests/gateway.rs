//! The conformance attack passes our own city whole, and catches gateways that break one promise each, by its name.
#![allow(clippy::unwrap_used)] // a test

mod spoiled;

use std::path::Path;

use hues_city::{City, CityConfig};
use hues_lab::gateway::{attack, AttackError, Finding, Target, Verdict};
use spoiled::gateways::{broken_gateways, good_after, good_before};
use spoiled::open;

fn run(target: Target) -> Result<Vec<Finding>, AttackError> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let mut findings = Vec::new();
    runtime.block_on(attack(target, |finding| findings.push(finding.clone())))?;
    Ok(findings)
}

/// Everything is ok but what is named.
fn all_ok(findings: &[Finding], not_tried: &[&str]) {
    let other: Vec<_> = findings
        .iter()
        .filter(|f| match &f.verdict {
            Verdict::Ok => false,
            Verdict::NotTried(_) => !not_tried.contains(&f.promise.name),
            Verdict::Broken(_) => true,
        })
        .collect();
    assert!(other.is_empty(), "{other:#?}");
    assert_eq!(findings.len(), hues_lab::gateway::promises().len());
}

#[test]
fn our_own_city_keeps_every_promise() {
    let city = City::start(CityConfig {
        tls: true,
        ..CityConfig::default()
    })
    .unwrap();
    let target = Target {
        url: city.url.clone(),
        root: Some(city.root),
        ca: vec![der(city.ca.as_ref().unwrap())],
        seed: 28,
        ..Target::default()
    };
    let findings = run(target).unwrap();
    all_ok(&findings, &["restart", "restore", "rate-limit"]);
}

/// The first certificate of a PEM file.
fn der(pem: &Path) -> Vec<u8> {
    use base64::Engine as _;
    let pem = std::fs::read_to_string(pem).unwrap();
    let body: String = pem
        .lines()
        .skip(1)
        .take_while(|line| !line.starts_with("-----"))
        .collect();
    base64::engine::general_purpose::STANDARD
        .decode(body)
        .unwrap()
}

#[test]
fn the_server_of_these_tests_is_a_good_city_until_it_is_spoiled() {
    let shop = open(good_before, good_after, true, |shop| {
        // First a restart, which loses nothing here; then back to what was held before.
        shop.counter += 1;
        match shop.counter {
            1 => drop(shop.gateway.backup("old").unwrap()),
            _ => shop.restore(),
        }
    });
    let bad_day = format!("touch {}", shop.flag.display());
    let target = Target {
        url: shop.url.clone(),
        restart: Some(bad_day.clone()),
        restore: Some(bad_day),
        ..Target::default()
    };
    all_ok(&run(target).unwrap(), &["rate-limit"]);
}

#[test]
fn orders_that_make_no_sense_and_nobody_there() {
    let target = |url: &str| Target {
        url: url.into(),
        ..Target::default()
    };
    for (url, only) in [
        ("http://city.example", None),
        ("city", None),
        ("http://127.0.0.1:1", Some("no-such-promise")),
    ] {
        let only = only.map(str::to_owned).into_iter().collect();
        let refused = run(Target {
            only,
            ..target(url)
        });
        assert!(matches!(refused, Err(AttackError::Refused { .. })), "{url}");
    }
    assert!(matches!(
        run(target("http://127.0.0.1:1")),
        Err(AttackError::Unreachable(_))
    ));
}

#[test]
fn each_broken_gateway_is_caught_by_the_promise_it_breaks() {
    let gateways = broken_gateways();
    assert!(gateways.len() >= 10);
    let mut wrong = Vec::new();
    for (what, gateway) in gateways {
        let shop = open(gateway.before, gateway.after, gateway.torn, gateway.bad_day);
        let bad_day = format!("touch {}", shop.flag.display());
        let target = Target {
            url: shop.url.clone(),
            restart: Some(bad_day.clone()),
            restore: Some(bad_day),
            only: vec![gateway.promise.to_owned()],
            ..Target::default()
        };
        let findings = run(target).unwrap();
        match findings.as_slice() {
            [Finding {
                verdict: Verdict::Broken(breach),
                ..
            }] if !breach.sent.is_empty() && !breach.came.is_empty() => {}
            other => wrong.push(format!("{what}: {other:?}")),
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
