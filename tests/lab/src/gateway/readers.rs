//! Who may read what: one's own, a unit's, what everyone may; and what stands in no row (§3 *Parts*, §6 *Pulling*).

use std::collections::BTreeSet;

use hues_protocol::kinds::report::Rate;
use hues_protocol::kinds::staff::{Answer as UnitAnswer, Assign, Publish, Verify};
use hues_protocol::kinds::Act;
use hues_protocol::lane::LaneKey;
use serde_json::Value;

use super::answer::Answer;
use super::attacker::{Attacker, Who};
use super::model::{broken, not_tried, Checked};
use super::pages::pull_all;
use super::phone::{Lane, EXACT, UNIT_ONLY};

/// One account's rows are nobody else's, and an officer's scopes are for officers.
pub(super) async fn other_account(a: &mut Attacker) -> Checked {
    a.needs(Who::Other)?;
    let lane = a.file(Who::Citizen).await?;
    let subject = lane.subject.to_string();
    let mine = pull_all(a, Who::Citizen, "mine", 200).await?;
    let sent = format!("GET /pull?scope=mine, looking for report {subject} of another account");
    if !mine.rows.keys().any(|(_, id)| *id == subject) {
        return Err(broken(
            sent,
            "it is missing from its own sender's list",
            "the reports of the account",
        ));
    }
    let theirs = pull_all(a, Who::Other, "mine", 200).await?;
    let leaks = theirs
        .rows
        .iter()
        .any(|((_, id), row)| *id == subject || row.body.to_string().contains(&subject));
    if leaks {
        return Err(broken(
            sent,
            "it is there",
            "the reports of the account, and nobody else's",
        ));
    }
    let public = pull_all(a, Who::Other, "public", 200).await?;
    if public.rows.keys().any(|(_, id)| *id == subject) {
        return Err(broken(
            "GET /pull?scope=public",
            "a report that no officer published",
            "what officers published",
        ));
    }
    let unit = a
        .known()?
        .config
        .units
        .first()
        .map(|unit| unit.code.clone())
        .unwrap_or_default();
    for scope in [
        "unit:ioc".to_owned(),
        format!("unit:{unit}"),
        "unit:khong.co".to_owned(),
    ] {
        a.get(Who::Citizen, &format!("/pull?scope={scope}"))
            .await?
            .refused(403, &[])?;
    }
    Ok(())
}

/// No row names its author or shows a part to a reader who may not see it; what is public is what the officer published, and no more.
pub(super) async fn parts(a: &mut Attacker) -> Checked {
    a.needs(Who::Staff)?;
    let mut lane = a.file(Who::Citizen).await?;
    let subject = lane.subject.to_string();
    for (who, scope) in [(Who::Citizen, "mine"), (Who::Staff, "unit:ioc")] {
        let rows = pull_all(a, who, scope, 200).await?;
        let row = rows.rows.get(&("report".to_owned(), subject.clone()));
        let sent = format!("GET /pull?scope={scope}, a sealed report");
        let body = &row
            .ok_or_else(|| {
                broken(
                    sent.clone(),
                    "no row of it",
                    "every report the reader may see",
                )
            })?
            .body;
        if let Some(name) = names_somebody(body) {
            return Err(broken(
                sent,
                format!("a field {name:?}"),
                "no row of a sealed report names its author",
            ));
        }
    }
    let published = publish(a, &mut lane).await?;
    let public = pull_all(a, Who::Nobody, "public", 200).await?;
    let sent = "GET /pull?scope=public, the report just published";
    let row = public.rows.get(&("report".to_owned(), subject.clone()));
    let body = &row
        .ok_or_else(|| broken(sent, "no row of it", "what an officer published"))?
        .body;
    judge_public(body, &published)
}

fn judge_public(body: &Value, published: &Publish) -> Checked {
    let sent = "GET /pull?scope=public, the report just published";
    let wanted = "the body of what staff.publish said, and no more: id, category, text, ward, place on the grid, photos, answer, state, published_at";
    let allowed = [
        "id",
        "category",
        "text",
        "ward",
        "place",
        "photos",
        "answer",
        "state",
        "published_at",
    ];
    let fields: BTreeSet<&str> = body
        .as_object()
        .map(|o| o.keys().map(String::as_str).collect())
        .unwrap_or_default();
    if let Some(extra) = fields.iter().find(|field| !allowed.contains(field)) {
        return Err(broken(
            sent,
            format!("a field {extra:?} beside them"),
            wanted,
        ));
    }
    if let Some(missing) = allowed.iter().find(|field| !fields.contains(**field)) {
        return Err(broken(sent, format!("no field {missing:?}"), wanted));
    }
    let text = body.to_string();
    for secret in [
        UNIT_ONLY.to_owned(),
        EXACT.lat.to_string(),
        EXACT.lon.to_string(),
    ] {
        if text.contains(&secret) {
            return Err(broken(
                sent,
                format!("{secret}, which only the unit may read"),
                wanted,
            ));
        }
    }
    let place = published.place.map(|place| (place.at.lat, place.at.lon));
    let shown = (body["place"]["lat"].as_i64(), body["place"]["lon"].as_i64());
    if place.is_some_and(|(lat, lon)| shown != (Some(lat), Some(lon)))
        || body["text"] != published.text.as_str()
    {
        return Err(broken(
            sent,
            "another text or place than was published",
            wanted,
        ));
    }
    Ok(())
}

/// A key of a row that could name a person; `by` is a role.
fn names_somebody(body: &Value) -> Option<String> {
    let named = [
        "sender",
        "author",
        "account",
        "user",
        "name",
        "phone",
        "email",
        "device",
        "device_key",
        "lane_key",
    ];
    match body {
        Value::Object(map) => map.iter().find_map(|(key, value)| {
            match named.contains(&key.as_str()) && !value.is_null() {
                true => Some(key.clone()),
                false => names_somebody(value),
            }
        }),
        Value::Array(list) => list.iter().find_map(names_somebody),
        _ => None,
    }
}

/// Verified, assigned, answered, published.
async fn publish(a: &mut Attacker, lane: &mut Lane) -> Checked<Publish> {
    let (form, unit, grid) = {
        let known = a.known()?;
        let unit = known
            .config
            .units
            .iter()
            .map(|u| u.code.clone())
            .find(|code| code != "ioc");
        (known.form.category.clone(), unit, known.form.grid_m)
    };
    let unit = unit.ok_or_else(|| not_tried("the config pack has no unit beside the intake"))?;
    let mut work = Lane::about(lane.subject);
    let answer = UnitAnswer {
        answer: "Đã xong.".into(),
        files: Vec::new(),
    };
    for act in [
        Act::Verify(Verify { note: None }),
        Act::Assign(Assign { unit }),
        Act::Answer(answer),
    ] {
        a.act(Who::Staff, &mut work, &act).await?;
    }
    let publish = Publish {
        category: form,
        text: format!("Đã đăng {}", lane.id()),
        ward: None,
        place: Some(EXACT.coarsen(grid)),
        photos: Vec::new(),
        answer: Some("Đã xong.".into()),
    };
    a.act(Who::Staff, &mut work, &Act::Publish(publish.clone()))
        .await?;
    let again = work.offer(&Act::Publish(publish.clone()))?;
    a.post(Who::Staff, &again)
        .await?
        .refusal(&again, &["already-published"], a.keys()?)?;
    let rate = Act::Rate(Rate {
        stars: 4,
        text: None,
    });
    a.act(Who::Citizen, lane, &rate).await?;
    let again = lane.offer(&rate)?;
    a.post(Who::Citizen, &again)
        .await?
        .refusal(&again, &["already-rated", "state"], a.keys()?)?;
    Ok(publish)
}

/// An anonymous report goes in, and comes back to its own lane key, without any credentials; no answer knows whose it is.
pub(super) async fn anonymous(a: &mut Attacker) -> Checked {
    let mut lane = Lane::fresh();
    let mut report = a.report(&lane)?;
    report.author = hues_protocol::author::Author::Anonymous;
    let offer = lane.offer(&Act::New(report))?;
    let answer = a.post(Who::Nobody, &offer).await?;
    let receipt = answer.receipt(&offer, a.keys()?)?;
    nameless(a, &answer)?;
    a.keep(Who::Nobody, &offer, &receipt);
    lane.taken(&offer);
    // Later acts of the lane, and questions about it, without a session too.
    a.act(
        Who::Nobody,
        &mut lane,
        &super::ops::supplement("thêm, vẫn không tên"),
    )
    .await?;
    let asked = a.query(Who::Nobody, &offer).await?;
    asked.receipt(&offer, a.keys()?)?;
    nameless(a, &asked)?;
    for who in [Who::Citizen, Who::Other] {
        if a.needs(who).is_ok() {
            let mine = pull_all(a, who, "mine", 200).await?;
            if mine
                .rows
                .keys()
                .any(|(_, id)| *id == lane.subject.to_string())
            {
                return Err(broken(
                    format!("GET /pull?scope=mine as {who:?}"),
                    "an anonymous report",
                    "nobody's report",
                ));
            }
        }
    }
    Ok(())
}

/// Only the lane's own key, over a beacon at most an hour old, opens its scope.
pub(super) async fn lane_scope(a: &mut Attacker) -> Checked {
    let mut lane = Lane::fresh();
    let mut report = a.report(&lane)?;
    report.author = hues_protocol::author::Author::Anonymous;
    let offer = lane.offer(&Act::New(report))?;
    a.take(Who::Nobody, &mut lane, offer).await?;
    let beacon = a.get(Who::Nobody, "/beacon").await?;
    let beacon: hues_protocol::city::Signed<hues_protocol::beacon::Beacon> =
        beacon.signed(200, a.keys()?)?;
    let path = format!("/pull?scope=lane:{}", lane.id());
    let signed = |key: &LaneKey| hex(&key.sign_pull(&beacon.hash()));
    let good = [
        ("hues-lane", signed(&lane.key)),
        ("hues-beacon", beacon.hash().to_string()),
    ];
    let get = hues_protocol::http::Method::Get;
    let answer = a.must(Who::Nobody, get, &path, &good, Vec::new()).await?;
    answer.want(200)?;
    let page = hues_protocol::page::Page::parse(&answer.response.body).map_err(|why| {
        answer.broken_as(
            format!("a page that is refused: {why}"),
            "the page of the lane",
        )
    })?;
    if !page
        .rows
        .iter()
        .any(|row| row.id == lane.subject.to_string())
    {
        return Err(answer.broken_as(
            "no row of the report",
            "the anonymous report, for who holds its lane key",
        ));
    }
    nameless(a, &answer)?;
    let stranger = LaneKey::from_seed(&[5; 32]);
    let bad: [(&str, Vec<(&str, String)>); 5] = [
        ("without a signature", vec![]),
        (
            "signed by another key",
            vec![("hues-lane", signed(&stranger)), good[1].clone()],
        ),
        (
            "over a beacon that never was",
            vec![
                (
                    "hues-lane",
                    hex(&lane.key.sign_pull(&hues_protocol::ids::Hash([4; 32]))),
                ),
                ("hues-beacon", "04".repeat(32)),
            ],
        ),
        ("without the beacon", vec![good[0].clone()]),
        (
            "with something else for a signature",
            vec![("hues-lane", "zz".into()), good[1].clone()],
        ),
    ];
    for (what, headers) in bad {
        let mut answer = a
            .must(Who::Nobody, get, &path, &headers, Vec::new())
            .await?;
        answer.sent = format!("{} {what}", answer.sent);
        answer.refused(403, &[])?;
    }
    Ok(())
}

/// Nothing in an answer to an anonymous request names somebody or ties it to another request.
fn nameless(a: &Attacker, answer: &Answer) -> Checked {
    let wanted = "nothing that names the sender or ties the request to another";
    if answer.response.header("set-cookie").is_some() {
        return Err(answer.broken_as("a cookie", wanted));
    }
    let text = String::from_utf8_lossy(&answer.response.body);
    if let Some(name) = a
        .names
        .iter()
        .find(|name| name.len() > 3 && text.contains(name.as_str()))
    {
        return Err(answer.broken_as(format!("an answer that holds {name:?}"), wanted));
    }
    let body: Option<Value> = serde_json::from_slice(&answer.response.body).ok();
    match body.as_ref().and_then(names_somebody) {
        Some(field) => Err(answer.broken_as(format!("a field {field:?}"), wanted)),
        None => Ok(()),
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}
