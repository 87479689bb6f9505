//! Every rule by which an op is refused: the right word, signed, about that op, and nothing changed (§3, §6 *Submitting*).

use hues_crypto::sign::SigningKey;
use hues_protocol::author::Author;
use hues_protocol::fields::{blob, Fields};
use hues_protocol::ids::Subject;
use hues_protocol::kinds::report::{New, Rate};
use hues_protocol::kinds::staff::Verify;
use hues_protocol::kinds::{Act, FilePart};
use hues_protocol::lane::LaneKey;
use hues_protocol::op::PartRole;
use hues_protocol::part::Part;
use hues_protocol::sign1::Sign1;

use super::answer::Answer;
use super::attacker::{Attacker, Who};
use super::model::{not_tried, Checked};
use super::ops::{supplement, to_parts, withdraw};
use super::phone::{bundle_of, file_part, Lane, Offer};

/// Signed by another key than the lane's, or changed after it was signed.
pub(super) async fn signature(a: &mut Attacker) -> Checked {
    a.needs(Who::Citizen)?;
    let lane = Lane::fresh();
    let offer = a.new_report(&lane)?;
    let mut forged = offer.op.bytes().to_vec();
    if let Some(last) = forged.last_mut() {
        *last ^= 1;
    }
    let mut answer = a
        .post_bytes(Who::Citizen, bundle_of(&forged, &offer.parts))
        .await?;
    answer.sent = "POST /ops with one bit of the signature changed".into();
    signed_rule(a, &answer, "signature")?;
    let stranger = LaneKey::from_seed(&[11; 32]);
    let other = Sign1::sign(offer.op.header().to_fields(), stranger.signing_key(), None);
    let mut answer = a
        .post_bytes(Who::Citizen, bundle_of(other.bytes(), &offer.parts))
        .await?;
    answer.sent = "POST /ops signed by another key than the lane's".into();
    signed_rule(a, &answer, "signature")?;
    // Neither settles the fate of the op itself.
    let answer = a.post(Who::Citizen, &offer).await?;
    let receipt = answer.receipt(&offer, a.keys()?)?;
    a.keep(Who::Citizen, &offer, &receipt);
    Ok(())
}

/// The reserved key of delegation.
pub(super) async fn grant(a: &mut Attacker) -> Checked {
    a.needs(Who::Citizen)?;
    let lane = Lane::fresh();
    let offer = a.new_report(&lane)?;
    let granted = offer.op.header().to_fields().with(12, blob(&[1]));
    let granted = Sign1::sign(granted, lane.key.signing_key(), None);
    let mut answer = a
        .post_bytes(Who::Citizen, bundle_of(granted.bytes(), &offer.parts))
        .await?;
    answer.sent = "POST /ops with header key 12".into();
    signed_rule(a, &answer, "grant")
}

/// Another label than an op's: not an op at all.
pub(super) async fn label(a: &mut Attacker) -> Checked {
    a.needs(Who::Citizen)?;
    let lane = Lane::fresh();
    let offer = a.new_report(&lane)?;
    for label in ["hues.op.v2", "hues.receipt.v1", ""] {
        let fields = offer.op.header().to_fields().with(0, label);
        let other = Sign1::sign(fields, lane.key.signing_key(), None);
        let mut answer = a
            .post_bytes(Who::Citizen, bundle_of(other.bytes(), &offer.parts))
            .await?;
        answer.sent = format!("POST /ops labelled {label:?}");
        answer.refused(400, &["malformed"])?;
    }
    Ok(())
}

/// Authors that are none, are reserved, or certify another lane.
pub(super) async fn author(a: &mut Attacker) -> Checked {
    let lane = Lane::fresh();
    let stranger = LaneKey::from_seed(&[9; 32]);
    let moved = Author::named(&SigningKey::from_seed(&[8; 32]), &stranger.public());
    for (rule, body) in [
        ("author", moved.to_fields()),
        ("author", Fields::new().with(1, 9)),
        ("author-ticket", Fields::new().with(1, 4)),
    ] {
        with_part(a, &lane, PartRole::AUTHOR, Some(body), rule).await?;
    }
    with_part(a, &lane, PartRole::AUTHOR, None, "author").await
}

/// Kinds and versions of tomorrow.
pub(super) async fn kind(a: &mut Attacker) -> Checked {
    a.needs(Who::Citizen)?;
    let lane = Lane::fresh();
    let unknown = lane.sign("report.tomorrow", Vec::new(), |_| {})?;
    refused(a, &unknown, "kind-unknown").await?;
    let parts = to_parts(&Act::New(a.report(&lane)?))?;
    let newer = lane.sign("report.new", parts, |header| header.kind_version = 999)?;
    refused(a, &newer, "kind-version").await
}

/// Parts that are missing, changed, not the kind's, or of another shape.
pub(super) async fn parts(a: &mut Attacker) -> Checked {
    a.needs(Who::Citizen)?;
    let lane = Lane::fresh();
    let mut fewer = a.new_report(&lane)?;
    fewer.parts.pop();
    refused(a, &fewer, "part-missing").await?;
    let mut changed = a.new_report(&lane)?;
    let other = a.new_report(&lane)?;
    changed.parts.clone_from(&other.parts);
    refused(a, &changed, "part-hash").await?;
    let form = a.known()?.form.category.clone();
    let public = |text: &str| {
        Fields::new()
            .with(1, form.as_str())
            .with(2, text)
            .with(3, ciborium::value::Value::Null)
    };
    for (rule, role, body) in [
        ("body", PartRole::UNIT, Fields::new().with(1, 7)),
        ("body", PartRole::PUBLIC, public("o\u{0302}")),
        ("text-empty", PartRole::PUBLIC, public("  ")),
        ("text-long", PartRole::PUBLIC, public(&"ổ".repeat(4_001))),
    ] {
        with_part(a, &lane, role, Some(body), rule).await?;
    }
    let mut parts = to_parts(&supplement("nhiều ảnh"))?;
    for n in 0..9u8 {
        parts.push(part(PartRole::FILE, file_part(&[n], 64, 48).to_fields())?);
    }
    let many = lane.sign("report.supplement", parts, |_| {})?;
    refused(a, &many, "files-many").await
}

/// What a report says about the city's own lists.
pub(super) async fn lists(a: &mut Attacker) -> Checked {
    a.needs(Who::Citizen)?;
    let group = a
        .known()?
        .config
        .categories
        .iter()
        .find(|c| c.group)
        .map(|c| c.code.clone());
    edited(a, "category-unknown", |r| r.category = "khong.co".into()).await?;
    if let Some(group) = group {
        edited(a, "category-unknown", |r| r.category.clone_from(&group)).await?;
    }
    edited(a, "ward-unknown", |r| r.ward = Some("khong.co".into())).await?;
    edited(a, "answer-bad", |r| {
        drop(r.answers.insert("hoi_la".into(), "x".into()))
    })
    .await?;
    if !a.report(&Lane::fresh())?.answers.is_empty() {
        edited(a, "question-missing", |r| r.answers.clear()).await?;
    }
    let large = a.known()?.config.limits.photo_bytes + 1;
    let file = FilePart {
        bytes: large,
        ..file_part(b"x", 64, 48)
    };
    edited(a, "file-large", |r| r.files = vec![file.clone()]).await
}

/// Whose report it is, which report, in which state.
pub(super) async fn whose(a: &mut Attacker) -> Checked {
    a.needs(Who::Citizen)?;
    a.needs(Who::Other)?;
    let lane = a.file(Who::Citizen).await?;
    let theirs = Lane::about(lane.subject);
    let act = withdraw();
    let offer = theirs.offer(&act)?;
    a.post(Who::Other, &offer)
        .await?
        .refusal(&offer, &["not-yours"], a.keys()?)?;
    // The same lane key in another's hands.
    let stolen = lane.offer(&act)?;
    a.post(Who::Other, &stolen)
        .await?
        .refusal(&stolen, &["not-yours"], a.keys()?)?;
    let nothing = Lane::fresh().offer(&act)?;
    refused(a, &nothing, "subject-unknown").await?;
    let elsewhere = lane.sign(act.kind().name(), to_parts(&act)?, |header| {
        header.subject = Subject([1; 16])
    })?;
    refused(a, &elsewhere, "subject-unknown").await?;
    let early = lane.offer(&Act::Rate(Rate {
        stars: 3,
        text: None,
    }))?;
    refused(a, &early, "state").await?;
    let body = Fields::new()
        .with(1, 6)
        .with(2, ciborium::value::Value::Null);
    let stars = lane.sign("report.rate", vec![part(PartRole::UNIT, body)?], |_| {})?;
    refused(a, &stars, "stars").await
}

/// An officer's act by somebody who is none.
pub(super) async fn staff(a: &mut Attacker) -> Checked {
    let lane = a.file(Who::Citizen).await?;
    let own = Lane::about(lane.subject);
    let offer = own.offer(&Act::Verify(Verify { note: None }))?;
    refused(a, &offer, "not-staff").await
}

// --- how a rule is tried ---

async fn refused(a: &mut Attacker, offer: &Offer, rule: &str) -> Checked {
    a.needs(Who::Citizen)?;
    let mut answer = a.post(Who::Citizen, offer).await?;
    answer.sent = format!("{}, which breaks {rule}", answer.sent);
    answer.refusal(offer, &[rule], a.keys()?)?;
    Ok(())
}

/// A refusal that speaks of an op id which is not to be trusted: the word and the signature count.
fn signed_rule(a: &Attacker, answer: &Answer, rule: &str) -> Checked {
    let refusal = answer.signed::<hues_protocol::refusal::Refusal>(422, a.keys()?)?;
    match refusal.rule == rule {
        true => Ok(()),
        false => Err(answer.broken(&format!("a signed refusal, rule {rule}"))),
    }
}

async fn edited(a: &mut Attacker, rule: &str, edit: impl FnOnce(&mut New)) -> Checked {
    let lane = Lane::fresh();
    let mut report = a.report(&lane)?;
    edit(&mut report);
    let offer = lane.offer(&Act::New(report))?;
    refused(a, &offer, rule).await
}

/// A report with one part put in another's place, or taken away.
async fn with_part(
    a: &mut Attacker,
    lane: &Lane,
    role: PartRole,
    body: Option<Fields>,
    rule: &str,
) -> Checked {
    let parts = to_parts(&Act::New(a.report(lane)?))?;
    let other = body.map(|body| part(role, body)).transpose()?;
    let parts = parts
        .into_iter()
        .filter_map(|old| match old.role() == role {
            true => other.clone(),
            false => Some(old),
        })
        .collect();
    let offer = lane.sign("report.new", parts, |_| {})?;
    refused(a, &offer, rule).await
}

fn part(role: PartRole, body: Fields) -> Checked<Part> {
    Part::new(role, body, &mut hues_env::SystemRandom)
        .map_err(|why| not_tried(format!("cannot make the part: {why}")))
}
