//! The city's uploads by a client written by others: the reference tus client, over a link that breaks.
#![allow(clippy::unwrap_used)] // helpers of tests are tests

mod handset;

use std::process::Command;

use handset::*;
use hues_crypto::hash::sha256;
use hues_protocol::ids::Hash;
use hues_protocol::kinds::Act;
use serde_json::json;

/// A report with one photo, filed but not sent; runs the client for it.
async fn upload(city: &hues_city::RunningCity, seed: u64) -> (bool, String) {
    let mut phone = Phone::new(city, seed, Some("citizen")).await;
    let mut lane = phone.lane();
    let mut report = phone.report(&lane);
    report.files = vec![file_part(photo())];
    let offer = phone.take(&mut lane, &Act::New(report)).await;
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), photo()).unwrap();
    let mut client = Command::new(std::env::var("HUES_PEER_TUS_CLIENT").unwrap());
    client
        .arg(format!("{}/files", city.url))
        .arg(phone.token.as_deref().unwrap());
    client
        .arg(offer.id().to_string())
        .arg(Hash(sha256(photo())).to_string())
        .arg(file.path());
    let done = tokio::task::spawn_blocking(move || client.output().unwrap())
        .await
        .unwrap();
    let said = String::from_utf8_lossy(&done.stdout).trim().to_owned();
    (
        done.status.success(),
        format!("{said}{}", String::from_utf8_lossy(&done.stderr)),
    )
}

fn stored(city: &hues_city::RunningCity) -> bool {
    let state = city.state().unwrap();
    let files = state["files"].as_array().unwrap();
    files.len() == 1
        && files[0]["stored_sha256"] == Hash(sha256(photo())).to_string()
        && files[0]["complete"] == true
}

#[tokio::test]
#[ignore = "needs tus-js-client: cargo xtask test --only tus"]
async fn the_reference_client_uploads_a_photo() {
    let city = city();
    assert_eq!(upload(&city, 1).await, (true, "done 2 0".to_owned()));
    assert!(stored(&city));
}

#[tokio::test]
#[ignore = "needs tus-js-client: cargo xtask test --only tus"]
async fn the_reference_client_resumes_over_cuts_and_errors_after_the_commit() {
    let city = city();
    fault(&city, json!({"kind": "cut", "bytes": 6_000, "times": 3})).await;
    fault(
        &city,
        json!({"kind": "error-after", "path": "/files", "times": 2}),
    )
    .await;
    let (done, said) = upload(&city, 2).await;
    assert!(done && said.starts_with("done 2 "), "{said}");
    assert!(stored(&city));
    for report in city.faults() {
        assert!(report.hits >= 1, "{report:?}");
    }
}
