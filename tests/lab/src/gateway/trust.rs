//! What anybody may ask before trusting: hello, the key list, beacons, the config pack, and a whole proof (§2, §5, §6).

use hues_net::SendOptions;
use hues_protocol::beacon::Beacon;
use hues_protocol::city::Signed;
use hues_protocol::classify;
use hues_protocol::config::Config;
use hues_protocol::hello::MAX_HELLO;
use hues_protocol::http::{Body, Class, HttpRequest, Method, JSON};
use hues_protocol::ids::Hash;
use hues_protocol::keys::KeyList;
use hues_protocol::kinds::Act;
use hues_protocol::pack::Pack;
use hues_protocol::proof::{self, Proof};

use super::answer::Answer;
use super::attacker::{transport, Attacker, Who};
use super::model::{not_tried, Checked};
use super::phone::Lane;

/// `hello`: form, range, limits, and numbers that agree with what is signed.
pub(super) async fn hello(a: &mut Attacker) -> Checked {
    let answer = a.get(Who::Nobody, "/hello").await?;
    answer.want(200)?;
    let wanted = "hello: its fields, at most 16 KiB, as application/hues+json";
    if !answer.response.is(JSON) || answer.response.body.len() > MAX_HELLO {
        return Err(answer.broken(wanted));
    }
    let hello = classify::hello(&Ok(answer.response.clone())).map_err(|_| answer.broken(wanted))?;
    if !hello.speaks(1) {
        return Err(answer.broken_as(
            format!("versions {} to {}", hello.protocol.min, hello.protocol.max),
            "a range that holds the version this attack speaks: 1",
        ));
    }
    if hello.watermark > hello.head {
        return Err(answer.broken_as(
            format!("watermark {} above head {}", hello.watermark, hello.head),
            "a watermark that is not above the log's head",
        ));
    }
    let limits = &hello.limits;
    if !(1..=64 * 1024).contains(&limits.bundle_bytes) || !(1..=200).contains(&limits.page_rows) {
        return Err(answer.broken_as(
            format!(
                "bundle_bytes {}, page_rows {}",
                limits.bundle_bytes, limits.page_rows
            ),
            "limits within those of §1: 64 KiB, 200 rows",
        ));
    }
    let list = key_list(a).await?;
    if hello.keys_version != list.version() {
        return Err(answer.broken_as(
            format!(
                "keys_version {}, while /keys has {}",
                hello.keys_version,
                list.version()
            ),
            "the version of the key list it serves",
        ));
    }
    Ok(())
}

/// The key list is the root's, unexpired, and does not go back.
pub(super) async fn keys(a: &mut Attacker) -> Checked {
    let list = key_list(a).await?;
    let beacon = beacon_under(a, &list).await?;
    let answer = a.get(Who::Nobody, "/keys").await?;
    KeyList::accept(
        &answer.response.body,
        &a.root,
        Some(&list),
        Some(beacon.time),
    )
    .map_err(|why| {
        answer.broken_as(
            format!("{} ({why})", answer.came()),
            "the list served before, or a newer one of the root, not expired by the newest beacon",
        )
    })?;
    Ok(())
}

async fn key_list(a: &mut Attacker) -> Checked<KeyList> {
    let answer = a.get(Who::Nobody, "/keys").await?;
    let wanted = "200 application/cose, a hues.keys.v1 signed by the pinned root";
    match classify::keys(&Ok(answer.response.clone()), &a.root, None, None) {
        Ok(Ok(list)) => Ok(list),
        Ok(Err(why)) => Err(answer.broken_as(format!("{} ({why})", answer.came()), wanted)),
        Err(_) => Err(answer.broken(wanted)),
    }
}

async fn beacon_under(a: &mut Attacker, list: &KeyList) -> Checked<Signed<Beacon>> {
    let answer = a.get(Who::Nobody, "/beacon").await?;
    answer.signed(200, list)
}

/// Signed under the list, in the epoch of hello, with numbers that agree, and never going back.
pub(super) async fn beacon(a: &mut Attacker) -> Checked {
    let list = key_list(a).await?;
    let before = a.get(Who::Nobody, "/hello").await?;
    let first = beacon_under(a, &list).await?;
    let answer = a.get(Who::Nobody, "/beacon").await?;
    let second: Signed<Beacon> = answer.signed(200, &list)?;
    let after = a.get(Who::Nobody, "/hello").await?;
    let read = |answer: &Answer| {
        classify::hello(&Ok(answer.response.clone())).map_err(|_| not_tried("hello is not good"))
    };
    let (before, after) = (read(&before)?, read(&after)?);
    let wanted = "a beacon of hello's epoch, its log head and watermark among hello's, not older than the one before";
    if second.time < first.time {
        return Err(answer.broken_as(format!("time {} after {}", second.time, first.time), wanted));
    }
    let epoch = second.epoch == before.epoch || second.epoch == after.epoch;
    if !epoch || second.watermark > second.log_head || second.log_head > after.head {
        return Err(answer.broken_as(
            format!(
                "epoch {}, watermark {}, log head {}; hello: {}, {}, {}",
                second.epoch,
                second.watermark,
                second.log_head,
                after.epoch,
                after.watermark,
                after.head
            ),
            wanted,
        ));
    }
    Ok(())
}

/// The same bytes for everyone: signed in, not signed in, over whatever connection.
pub(super) async fn beacon_same(a: &mut Attacker) -> Checked {
    // The minute may turn once while we ask; then a second round has all of it inside one minute.
    let mut seen = Vec::new();
    for _ in 0..2 {
        seen = one_round(a).await?;
        let first = seen.first().map(|answer| answer.response.body.clone());
        if seen
            .iter()
            .all(|answer| Some(&answer.response.body) == first.as_ref())
        {
            return Ok(());
        }
    }
    let last = seen.pop().ok_or_else(|| not_tried("no beacon"))?;
    let kinds: std::collections::BTreeSet<Hash> = seen
        .iter()
        .map(|answer| Hash(hues_crypto::hash::sha256(&answer.response.body)))
        .collect();
    Err(last.broken_as(
        format!("{} different answers within seconds", kinds.len().max(2)),
        "one beacon a minute, the same bytes for whoever asks, without credentials",
    ))
}

async fn one_round(a: &mut Attacker) -> Checked<Vec<Answer>> {
    let mut seen = Vec::new();
    for who in [
        Who::Nobody,
        Who::Citizen,
        Who::Nobody,
        Who::Other,
        Who::Staff,
        Who::Nobody,
    ] {
        if a.needs(who).is_err() {
            continue;
        }
        let answer = a.get(who, "/beacon").await?;
        answer.want(200)?;
        seen.push(answer);
    }
    // A phone that was never here before.
    let stranger = transport(&a.target).map_err(not_tried)?;
    let request = HttpRequest {
        id: 0,
        method: Method::Get,
        path: "/beacon".into(),
        headers: Vec::new(),
        body: Body::Empty,
        max_response: 64 * 1024,
        class: Class::Words,
    };
    if let Ok(response) = stranger.send(request, SendOptions::default()).await {
        seen.push(a.note("GET /beacon by a stranger".into(), response, false));
    }
    Ok(seen)
}

/// The config pack: signed, good, the version of hello, the same bytes again; other packs are not there.
pub(super) async fn pack(a: &mut Attacker) -> Checked {
    let list = key_list(a).await?;
    let answer = a.get(Who::Nobody, "/packs/config").await?;
    let pack: Signed<Pack> = answer.signed(200, &list)?;
    if pack.name != "config" {
        return Err(answer.broken_as(format!("pack {}", pack.name), "the pack that was asked for"));
    }
    Config::parse(&pack.content).map_err(|why| {
        answer.broken_as(
            format!("content: {why}"),
            "a config pack of §7 that does not contradict itself",
        )
    })?;
    let hello = a.get(Who::Nobody, "/hello").await?;
    let stated = classify::hello(&Ok(hello.response.clone()))
        .ok()
        .and_then(|h| h.packs.get("config").copied());
    if stated != Some(pack.version) {
        return Err(answer.broken_as(
            format!("version {}; hello states {stated:?}", pack.version),
            "the version that hello states",
        ));
    }
    let again = a.get(Who::Nobody, "/packs/config").await?;
    let next: Signed<Pack> = again.signed(200, &list)?;
    if next.version < pack.version
        || (next.version == pack.version && again.response.body != answer.response.body)
    {
        return Err(again.broken_as(
            "the same version with other bytes, or a lower one",
            "the same bytes, or a newer version",
        ));
    }
    a.get(Who::Nobody, "/packs/there-is-none")
        .await?
        .refused(404, &[])?;
    Ok(())
}

/// A version too low, too high and no number at all.
pub(super) async fn range(a: &mut Attacker) -> Checked {
    let hello = a.get(Who::Nobody, "/hello").await?;
    let hello = classify::hello(&Ok(hello.response)).map_err(|_| not_tried("hello is not good"))?;
    let mut with = async |version: String| {
        let header = [("hues-protocol", version)];
        a.must(Who::Nobody, Method::Get, "/hello", &header, Vec::new())
            .await
    };
    for version in [hello.protocol.min, hello.protocol.max] {
        with(version.to_string()).await?.want(200)?;
    }
    for version in ["99999", "x", "1.5", "-1"] {
        with(version.to_owned())
            .await?
            .refused(400, &["protocol"])?;
    }
    let old = with(hello.protocol.min.saturating_sub(1).to_string()).await?;
    old.refused(426, &[])?;
    Ok(())
}

/// Op, receipt and beacon make a proof that verifies, with the interval it should have.
pub(super) async fn whole_proof(a: &mut Attacker) -> Checked {
    a.needs(Who::Citizen)?;
    let beacon_answer = a.get(Who::Nobody, "/beacon").await?;
    let beacon: Signed<Beacon> = beacon_answer.signed(200, a.keys()?)?;
    let lane = Lane::fresh();
    let act = Act::New(a.report(&lane)?);
    let parts = act
        .to_parts(&mut hues_env::SystemRandom)
        .map_err(|rule| not_tried(format!("cannot make the op: {rule}")))?;
    let offer = lane.sign(act.kind().name(), parts, |header| {
        header.beacon = Some(beacon.hash())
    })?;
    let answer = a.post(Who::Citizen, &offer).await?;
    let receipt = answer.receipt(&offer, a.keys()?)?;
    a.keep(Who::Citizen, &offer, &receipt);
    let proof = Proof::new(&offer.op, &receipt, Some(beacon.bytes()), &offer.parts);
    proof::verify(&proof.encode(), a.keys()?).map_err(|rule| {
        answer.broken_as(
            format!("a receipt whose proof fails by rule {}", rule.name()),
            "a receipt that makes a good proof with the op and the beacon it quotes",
        )
    })?;
    Ok(())
}
