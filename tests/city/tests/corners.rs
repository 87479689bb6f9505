//! TLS, the three ways to stand behind a report, and the admin interface as scripts use it.

#![allow(clippy::unwrap_used)]

mod common;

use base64::Engine as _;
use common::{city, count, exactly_once, get, http, pothole, story, Phone};
use hues_city::{City, CityConfig};
use hues_core::feedback::{AuthorKind, DraftInput, ReportList};
use serde_json::Value;

#[test]
fn over_tls_under_the_citys_own_authority() {
    let tls = CityConfig {
        tls: true,
        ..CityConfig::default()
    };
    let city = City::start(tls.clone()).unwrap();
    let stranger = City::start(tls).unwrap();
    assert!(city.url.starts_with("https://"));
    let authority = |city: &hues_city::RunningCity| {
        let pem = std::fs::read_to_string(city.ca.as_ref().unwrap()).unwrap();
        let base64: String = pem
            .lines()
            .filter(|line| !line.starts_with("-----"))
            .collect();
        base64::engine::general_purpose::STANDARD
            .decode(base64)
            .unwrap()
    };
    story(async {
        let phone = Phone::at(common::address(&city, vec![authority(&city)]), None).await;
        phone.sign_in("citizen", None).await;
        let id = phone.file("Ổ gà.", &[1]).await;
        phone.delivered().await;
        exactly_once(&city.state().unwrap(), &[&id], 1, 1);

        let wary = Phone::at(common::address(&city, vec![authority(&stranger)]), None).await;
        assert!(wary
            .core
            .sign_in_sandbox("citizen".into(), None)
            .await
            .is_err());
    });
}

#[test]
fn sealed_named_and_anonymous() {
    let city = city();
    story(async {
        let citizen = Phone::new(&city, "citizen", None).await;
        let feedback = citizen.core.feedback();
        let mut ids = Vec::new();
        for (author, word) in [
            (AuthorKind::Sealed, "sealed"),
            (AuthorKind::Named, "named"),
            (AuthorKind::Anonymous, "anonymous"),
        ] {
            let input = DraftInput {
                author,
                ..pothole(word)
            };
            let draft = feedback.new_draft(input).await.unwrap();
            feedback
                .add_photo(draft.id.clone(), common::photo(ids.len() as u64))
                .await
                .unwrap();
            ids.push(feedback.submit(draft.id).await.unwrap().id);
        }
        citizen.delivered().await;
        let state = city.state().unwrap();
        exactly_once(
            &state,
            &ids.iter().map(String::as_str).collect::<Vec<_>>(),
            3,
            3,
        );
        for word in ["sealed", "named", "anonymous"] {
            let stands = |r: &Value| r["author"] == word && r["text"] == word;
            assert_eq!(count(&state, "reports", stands), 1, "{word}");
        }
        let nobody = |r: &Value| r["author"] == "anonymous" && r["account"].is_null();
        assert_eq!(count(&state, "reports", nobody), 1);
        // The city's word reaches the phone for all three, the anonymous one through its lane.
        let officer = Phone::new(&city, "officer", Some("ioc")).await;
        // The intake reads who stands behind the named one; nobody else's row, and no other report's, says a name.
        for (id, sender) in ids.iter().zip([None, Some("Nguyễn Thị Thu Hà"), None]) {
            let read = officer.core.officer().report(id.clone()).await.unwrap();
            assert_eq!(read.sender.as_deref(), sender, "{}", read.text);
            assert_eq!(citizen.mine(id).await.sender, None);
        }
        let unit = Phone::new(&city, "officer2", Some("ha_tang_do_thi")).await;
        for id in &ids {
            officer
                .core
                .officer()
                .verify(id.clone(), None)
                .await
                .unwrap();
        }
        officer.delivered().await;
        citizen.delivered().await;
        for id in &ids {
            let report = citizen.mine(id).await;
            assert_eq!(
                report.state,
                "verified",
                "{}: {:?}",
                report.text,
                citizen.core.status().await
            );
        }
        let page = feedback.list(ReportList::Mine, None, 10).await.unwrap();
        assert_eq!(page.items.len(), 3);
        // The unit it is given to reads no name.
        let named = ids[1].clone();
        officer
            .core
            .officer()
            .assign(named.clone(), "ha_tang_do_thi".into())
            .await
            .unwrap();
        officer.delivered().await;
        unit.delivered().await;
        let given = unit.core.officer().report(named).await.unwrap();
        assert_eq!((given.text.as_str(), given.sender), ("named", None));
        // What the unit's answer to the anonymous one shows is fetched by its lane: no account is seen to ask for it.
        let (desk, anonymous) = (officer.core.officer(), ids[2].clone());
        desk.assign(anonymous.clone(), "ha_tang_do_thi".into())
            .await
            .unwrap();
        desk.answer(anonymous.clone(), "Đã vá.".into(), vec![common::photo(9)])
            .await
            .unwrap();
        officer.delivered().await;
        citizen.delivered().await;
        let answer = citizen.mine(&anonymous).await.answer.unwrap();
        citizen.core.photo(answer.photos[0].clone()).await.unwrap();
        // Two notices were told of verifying, one of assigning. Nobody knows whom to write to about the anonymous one.
        assert_eq!(feedback.inbox(None, 10).await.unwrap().len(), 3);
    });
}

#[test]
fn the_admin_interface_over_http() {
    let city = city();
    let token = Some(city.admin_token.as_str());
    let bearer = format!("Authorization: Bearer {}\r\n", city.admin_token);
    let order = |line: &str, body: &str| {
        let headers = format!("{bearer}Content-Length: {}\r\n", body.len());
        let (status, answer) = http(&city.admin_url, line, &headers, body.as_bytes());
        (status, serde_json::from_slice::<Value>(&answer).unwrap())
    };
    assert_eq!(get(&city.admin_url, "/state", None).0, 401);
    assert_eq!(get(&city.url, "/state", token).0, 404);

    let (status, set) = order(
        "POST /fault",
        r#"{"kind":"error-before","times":1,"path":"/hello"}"#,
    );
    assert_eq!((status, &set["id"]), (200, &Value::from(1)));
    assert_eq!(get(&city.url, "/hello", None).0, 500);
    assert_eq!(get(&city.url, "/hello", None).0, 200);
    let (_, faults) = get(&city.admin_url, "/faults", token);
    let faults: Value = serde_json::from_slice(&faults).unwrap();
    assert_eq!(
        (&faults[0]["hits"], &faults[0]["active"]),
        (&Value::from(1), &Value::from(false))
    );
    assert_eq!(faults[0]["details"][0], "default GET /hello (hit 1)");

    let hello = || -> Value { serde_json::from_slice(&get(&city.url, "/hello", None).1).unwrap() };
    let epoch = hello()["epoch"].clone();
    assert_eq!(
        order("POST /fault", r#"{"kind":"restore","backup":"latest"}"#).0,
        404
    );
    assert_eq!(
        order("POST /backup", r#"{"name":"noon"}"#).1["backup"],
        "noon"
    );
    let (status, restored) = order("POST /fault", r#"{"kind":"restore","backup":"latest"}"#);
    assert_eq!((status, &restored["epoch"]), (200, &hello()["epoch"]));
    assert_ne!(restored["epoch"], epoch);

    order("POST /fault", r#"{"kind":"portal"}"#);
    assert!(get(&city.url, "/hello", None)
        .1
        .starts_with(b"<!doctype html>"));
    assert_eq!(order("DELETE /fault?kind=portal", "").0, 200);
    assert_eq!(get(&city.url, "/hello", None).0, 200);
    assert_eq!(order("POST /fault", r#"{"kind":"earthquake"}"#).0, 400);
    let (_, state) = get(&city.admin_url, "/state", token);
    let state: Value = serde_json::from_slice(&state).unwrap();
    let wards = state["wards"].as_object().unwrap();
    let former: usize = wards
        .values()
        .map(|w| w["former"].as_array().unwrap().len())
        .sum();
    assert_eq!((wards.len(), former), (40, 133));
}
