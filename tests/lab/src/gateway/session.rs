//! Sessions and devices: what needs one, what tokens are none, what signing out ends (§6).

use hues_crypto::sign::SigningKey;
use hues_env::SystemRandom;
use hues_protocol::classify;
use hues_protocol::http::Method;

use super::attacker::{Attacker, Who};
use super::model::{not_tried, Checked};
use super::phone::Lane;

/// Without a session, and with what is none.
pub(super) async fn needed(a: &mut Attacker) -> Checked {
    let lane = Lane::fresh();
    let offer = a.new_report(&lane)?;
    let sealed_needs_one = a.post(Who::Nobody, &offer).await?;
    sealed_needs_one.refused(401, &[])?;
    for path in [
        "/pull?scope=mine",
        "/pull?scope=inbox",
        "/pull?scope=unit:ioc",
    ] {
        a.get(Who::Nobody, path).await?.refused(401, &[])?;
    }
    a.must(Who::Nobody, Method::Post, "/enrol", &[], b"{}".to_vec())
        .await?
        .refused(401, &[])?;
    let long = "a".repeat(3_000);
    let tokens = [
        "",
        "x",
        "null",
        "../../etc",
        "' or 1=1 --",
        &long,
        &"00".repeat(32),
    ];
    let schemes = ["Bearer ", "Basic ", "bearer", ""];
    for token in tokens {
        for scheme in schemes {
            let header = [("authorization", format!("{scheme}{token}"))];
            let answer = a
                .must(
                    Who::Nobody,
                    Method::Get,
                    "/pull?scope=mine",
                    &header,
                    Vec::new(),
                )
                .await?;
            // A front door may refuse a header for its length before the city sees it.
            match answer.status() {
                400 | 431 if token.len() > 1_000 => {}
                _ => drop(answer.refused(401, &[])?),
            }
        }
    }
    Ok(())
}

/// A device is certified for its account, for at most 90 days, and for no other account.
pub(super) async fn enrol(a: &mut Attacker) -> Checked {
    a.needs(Who::Citizen)?;
    let device = SigningKey::generate(&mut SystemRandom).public();
    let text: String = device.iter().map(|b| format!("{b:02x}")).collect();
    let body = serde_json::json!({ "device_key": text })
        .to_string()
        .into_bytes();
    let answer = a
        .must(Who::Citizen, Method::Post, "/enrol", &[], body.clone())
        .await?;
    let wanted =
        "200, a hues.device.v1 for exactly the key that was sent, good now and for at most 90 days";
    let certificate = classify::device(&Ok(answer.response.clone()), &device, a.keys()?)
        .map_err(|_| answer.broken(wanted))?;
    if !certificate.covers(certificate.issued) {
        return Err(answer.broken_as("a certificate that is not good on its own day", wanted));
    }
    for odd in [
        "{}",
        "{\"device_key\":7}",
        "{\"device_key\":\"zz\"}",
        "[]",
        "{",
        "{\"device_key\":\"\"}",
    ] {
        let answer = a
            .must(
                Who::Citizen,
                Method::Post,
                "/enrol",
                &[],
                odd.as_bytes().to_vec(),
            )
            .await?;
        answer.refused(400, &[])?;
    }
    if a.needs(Who::Other).is_ok() {
        let answer = a
            .must(Who::Other, Method::Post, "/enrol", &[], body)
            .await?;
        answer.refused(400, &[])?;
    }
    Ok(())
}

/// Signing out ends that session and no other; without one it is fine too.
pub(super) async fn signout(a: &mut Attacker) -> Checked {
    let extra = a
        .sign_in("citizen", None)
        .await
        .map_err(|why| not_tried(format!("no session to give away: {why}")))?;
    let bearer = [("authorization", format!("Bearer {}", extra.token.as_str()))];
    a.must(
        Who::Nobody,
        Method::Get,
        "/pull?scope=mine",
        &bearer,
        Vec::new(),
    )
    .await?
    .want(200)?;
    a.must(Who::Nobody, Method::Post, "/signout", &bearer, Vec::new())
        .await?
        .want(204)?;
    a.must(
        Who::Nobody,
        Method::Get,
        "/pull?scope=mine",
        &bearer,
        Vec::new(),
    )
    .await?
    .refused(401, &[])?;
    a.must(Who::Nobody, Method::Post, "/signout", &[], Vec::new())
        .await?
        .want(204)?;
    a.needs(Who::Citizen)?;
    a.get(Who::Citizen, "/pull?scope=mine&limit=1")
        .await?
        .want(200)
}
