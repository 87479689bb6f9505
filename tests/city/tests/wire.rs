//! A report's whole life over real HTTP: filed, verified, assigned, asked, supplemented, answered, published, rated.

mod handset;

use handset::*;
use hues_crypto::hash::sha256;
use hues_protocol::beacon::Beacon;
use hues_protocol::device::DeviceCertificate;
use hues_protocol::ids::Hash;
use hues_protocol::kinds::report::{Rate, Supplement};
use hues_protocol::kinds::staff::{Answer as UnitAnswer, Ask, Assign, Publish, Verify};
use hues_protocol::kinds::Act;
use hues_protocol::notice::Notice;
use hues_protocol::pack::Pack;
use hues_protocol::place::Point;
use hues_protocol::receipt::Receipt;
use serde_json::{json, Value};

#[tokio::test]
async fn anybody_may_ask_for_hello_keys_beacon_and_pack() {
    let city = city();
    let phone = Phone::new(&city, 1, None).await;
    let hello = hues_protocol::hello::Hello::parse(&phone.get("/hello").await.body).unwrap();
    assert!(hello.speaks(1) && hello.head == 0);
    let (first, second) = (phone.get("/beacon").await, phone.get("/beacon").await);
    assert_eq!(
        first.body, second.body,
        "one a minute, the same for everyone"
    );
    assert_eq!(phone.signed::<Beacon>(&first).time, FLOOD_DAY);
    let pack = phone.signed::<Pack>(&phone.get("/packs/config").await);
    hues_protocol::config::Config::parse(&pack.content).unwrap();
    assert_eq!(phone.get("/packs/other").await.status, 404);
    assert_eq!(phone.get("/nowhere").await.status, 404);
    assert_eq!(phone.post("/hello", "").await.status, 405);
}

#[tokio::test]
async fn signing_in_enrolling_and_out_again() {
    let city = city();
    let mut phone = Phone::new(&city, 2, Some("citizen")).await;
    let body = json!({"device_key": hex::encode(phone.device.public())}).to_string();
    let certificate = phone.signed::<DeviceCertificate>(&phone.post("/enrol", body.clone()).await);
    assert_eq!(certificate.device_key, phone.device.public());
    assert_eq!(phone.post("/enrol", "{}").await.rule(), "device-key");
    assert_eq!(phone.post("/enrol", "[").await.rule(), "malformed");

    let neighbour = Phone::new(&city, 3, Some("neighbour")).await;
    assert_eq!(
        neighbour.post("/enrol", body.clone()).await.rule(),
        "device-key"
    );
    for (order, rule) in [
        (json!({"as": "nobody"}), "account-unknown"),
        (json!({"as": "citizen", "staff": "ioc"}), "not-staff"),
        (json!({"as": "officer", "staff": "moon"}), "unit-unknown"),
    ] {
        let answer = phone.post("/signin", order.to_string()).await;
        assert_eq!((answer.status, answer.rule().as_str()), (403, rule));
    }
    assert_eq!(phone.post("/signout", "").await.status, 204);
    let answer = phone.post("/enrol", body).await;
    assert_eq!(
        (answer.status, answer.json()["refusal"].as_str()),
        (401, Some("sign-in"))
    );
    phone.token = None;
    assert_eq!(phone.get("/pull?scope=mine").await.status, 401);
}

#[tokio::test]
async fn a_report_lives() {
    let city = city();
    let mut citizen = Phone::new(&city, 10, Some("citizen")).await;
    let mut officer = Phone::new(&city, 11, Some("officer/ioc")).await;
    let mut unit = Phone::new(&city, 12, Some("officer2/ha_tang_do_thi")).await;
    let neighbour = Phone::new(&city, 13, Some("neighbour")).await;

    let (mut lane, offer) = citizen.report_with_photo(photo()).await;
    let sha = hex::encode(sha256(photo()));
    let mine = citizen.only("mine").await;
    assert_eq!(
        (mine["state"].as_str(), mine["due"].as_str()),
        (Some("received"), Some("2025-11-18"))
    );
    assert_eq!(mine["photos"][0]["state"], "received");
    hues_protocol::rows::read::<hues_protocol::rows::ReportRow>(&mine).unwrap();
    assert_eq!(officer.only("unit:ioc").await, mine);
    assert_eq!(
        unit.page("unit:ha_tang_do_thi", None).await["rows"],
        json!([])
    );
    assert_eq!(unit.get("/pull?scope=unit:ioc").await.status, 403);
    assert_eq!(neighbour.page("mine", None).await["count"], 0);
    assert_eq!(neighbour.get(&format!("/media/{sha}")).await.status, 404);
    assert_eq!(citizen.get(&format!("/media/{sha}")).await.body, photo());

    let mut work = officer.lane();
    work.subject = lane.subject;
    officer
        .take(&mut work, &Act::Verify(Verify { note: None }))
        .await;
    officer
        .take(
            &mut work,
            &Act::Assign(Assign {
                unit: "ha_tang_do_thi".into(),
            }),
        )
        .await;
    assert_eq!(unit.only("unit:ha_tang_do_thi").await["state"], "assigned");
    let mut unit_work = unit.lane();
    unit_work.subject = lane.subject;
    unit.take(
        &mut unit_work,
        &Act::Ask(Ask {
            question: "Trước số nhà nào?".into(),
        }),
    )
    .await;
    let asked = citizen.only("mine").await;
    assert_eq!(
        (asked["ask"].as_str(), asked["due"].as_str()),
        (Some("Trước số nhà nào?"), Some("2025-11-04"))
    );
    let supplement = Supplement {
        text: "Số 12".into(),
        files: vec![],
    };
    citizen.take(&mut lane, &Act::Supplement(supplement)).await;
    let answer = UnitAnswer {
        answer: "Đã vá xong.".into(),
        files: vec![],
    };
    unit.take(&mut unit_work, &Act::Answer(answer)).await;
    assert_eq!(
        neighbour.page("public", None).await["count"],
        0,
        "nothing is public before publish"
    );

    let exact = Point {
        lat: 164_637_123,
        lon: 1_075_909_456,
    };
    let mut publish = Publish {
        category: "ha_tang.o_ga".into(),
        text: "Ổ gà lớn".into(),
        ward: Some("19789".into()),
        place: Some(exact.coarsen(100)),
        photos: vec![Hash(sha256(photo()))],
        answer: Some("Đã vá xong.".into()),
    };
    let fine = Publish {
        place: Some(exact.coarsen(0)),
        ..publish.clone()
    };
    let offered = officer.offer(&work, &Act::Publish(fine));
    assert_eq!(
        officer.refused(&offered).await,
        "body",
        "a finer place than the category's grid"
    );
    let strange = Publish {
        photos: vec![Hash([7; 32])],
        ..publish.clone()
    };
    let offered = officer.offer(&work, &Act::Publish(strange));
    assert_eq!(officer.refused(&offered).await, "photo-unknown");
    officer
        .take(&mut work, &Act::Publish(publish.clone()))
        .await;
    publish.text = "again".into();
    let offered = officer.offer(&work, &Act::Publish(publish));
    assert_eq!(officer.refused(&offered).await, "already-published");

    let public = neighbour.only("public").await;
    hues_protocol::rows::read::<hues_protocol::rows::PublicReport>(&public).unwrap();
    let fields: Vec<&String> = public.as_object().unwrap().keys().collect();
    assert_eq!(
        fields,
        [
            "answer",
            "category",
            "id",
            "photos",
            "place",
            "published_at",
            "state",
            "text",
            "ward"
        ]
    );
    let anonymous = Phone::new(&city, 14, None).await;
    assert_eq!(anonymous.get(&format!("/media/{sha}")).await.body, photo());

    citizen
        .take(
            &mut lane,
            &Act::Rate(Rate {
                stars: 5,
                text: None,
            }),
        )
        .await;
    let rated = citizen.only("mine").await;
    assert_eq!(
        (rated["state"].as_str(), rated["rating"]["stars"].as_u64()),
        (Some("rated"), Some(5))
    );
    let again = citizen.offer(
        &lane,
        &Act::Rate(Rate {
            stars: 1,
            text: None,
        }),
    );
    assert_eq!(citizen.refused(&again).await, "already-rated");
    let by: Vec<_> = rated["timeline"]
        .as_array()
        .unwrap()
        .iter()
        .map(|step| step["by"].as_str().unwrap())
        .collect();
    assert_eq!(
        by,
        [
            "citizen",
            "intake",
            "intake",
            "ha_tang_do_thi",
            "citizen",
            "ha_tang_do_thi",
            "intake",
            "citizen"
        ]
    );

    let inbox = citizen.page("inbox", None).await;
    let rows = inbox["rows"].as_array().unwrap();
    assert_eq!(rows.len(), 5);
    for row in rows {
        use base64::Engine as _;
        let cose = row["body"]["cose"].as_str().unwrap();
        let cose = base64::engine::general_purpose::URL_SAFE_NO_PAD
            .decode(cose)
            .unwrap();
        let notice = citizen.keys.check::<Notice>(&cose).unwrap();
        assert!(
            notice.subject == Some(lane.subject)
                && !notice.title.vi.is_empty()
                && !notice.title.en.is_empty()
        );
    }
    let receipt = citizen.signed::<Receipt>(&citizen.get(&format!("/ops/{}", offer.id())).await);
    assert_eq!(receipt.log_index, 1);
    assert_eq!(citizen.get("/ops/00").await.rule(), "unknown");

    // The sealed author opens only for the key's holder, and the reporter learns of it.
    let (status, opened) = admin(
        &city,
        reqwest::Method::POST,
        "/open",
        json!({"op": offer.id()}),
    )
    .await;
    assert_eq!(
        (status, opened["device_key"].as_str()),
        (200, Some(hex::encode(citizen.device.public()).as_str()))
    );
    assert_eq!(citizen.page("inbox", None).await["count"], 6);
    let state: Value = city.state().unwrap();
    assert_eq!(state["reports"][0]["account"], "citizen");
    assert_eq!(state["files"][0]["stored_sha256"], sha);
    assert_eq!(state["wards"].as_object().unwrap().len(), 40);
}

#[tokio::test]
async fn an_anonymous_report_has_no_session_and_answers_to_its_lane_only() {
    let city = city();
    let mut phone = Phone::new(&city, 20, None).await;
    let mut lane = phone.lane();
    let report = hues_protocol::kinds::report::New {
        author: hues_protocol::author::Author::Anonymous,
        ..phone.report(&lane)
    };
    phone.take(&mut lane, &Act::New(report)).await;
    let pull = format!("/pull?scope=lane:{}", lane.key.id());
    assert_eq!(phone.get(&pull).await.status, 403);
    let beacon = phone.get("/beacon").await;
    let hash = Hash(sha256(&beacon.body));
    let ask = |key: &hues_protocol::lane::LaneKey| {
        phone
            .request(reqwest::Method::GET, &pull)
            .header("hues-beacon", hash.to_string())
            .header("hues-lane", hex::encode(key.sign_pull(&hash)))
            .send()
    };
    let page = Answer::of(ask(&lane.key).await.unwrap()).await.json();
    assert_eq!(page["rows"][0]["body"]["state"], "received");
    let stranger = hues_protocol::lane::LaneKey::from_seed(&[1; 32]);
    assert_eq!(ask(&stranger).await.unwrap().status().as_u16(), 403);
    let mut other = phone.lane();
    other.subject = lane.subject;
    let named = Phone::new(&city, 21, Some("citizen")).await;
    let withdraw = Act::Withdraw(hues_protocol::kinds::report::Withdraw { reason: None });
    let offer = phone.offer(&other, &withdraw);
    assert_eq!(
        phone.send(&offer).await.status,
        401,
        "another lane is not this one's anonymity"
    );
    assert_eq!(named.refused(&offer).await, "not-yours");
    phone.take(&mut lane, &withdraw).await;
}

#[tokio::test]
async fn waking_up_when_the_log_grew() {
    let city = city();
    let mut citizen = Phone::new(&city, 30, Some("citizen")).await;
    assert_eq!(citizen.get("/wake?since=x").await.status, 400);
    let waiting = tokio::spawn(
        citizen
            .request(reqwest::Method::GET, "/wake?since=0")
            .send(),
    );
    let mut lane = citizen.lane();
    let report = citizen.report(&lane);
    citizen.take(&mut lane, &Act::New(report)).await;
    let answer = Answer::of(waiting.await.unwrap().unwrap()).await;
    assert_eq!((answer.status, answer.json()), (200, json!({"head": 1})));
}
