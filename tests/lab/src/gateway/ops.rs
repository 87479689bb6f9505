//! An op is applied once and its fate can be asked for, however it was delivered (§4, §6 *Submitting*).

use std::time::Duration;

use hues_env::Random as _;
use hues_protocol::http::Method;
use hues_protocol::ids::{OpId, Subject};
use hues_protocol::kinds::report::{Supplement, Withdraw};
use hues_protocol::kinds::Act;
use hues_protocol::rows::{self, ReportRow};

use super::answer::Answer;
use super::attacker::{Attacker, Who};
use super::model::{broken, not_tried, Checked};
use super::pages;
use super::phone::{Lane, Offer};

/// How long an answer that was lost may take to become an op that is found.
const SETTLES: Duration = Duration::from_secs(10);

/// The receipt verifies and speaks of this op; what it says fits hello.
pub(super) async fn receipt(a: &mut Attacker) -> Checked {
    a.needs(Who::Citizen)?;
    let lane = Lane::fresh();
    let offer = a.new_report(&lane)?;
    let answer = a.post(Who::Citizen, &offer).await?;
    let receipt = answer.receipt(&offer, a.keys()?)?;
    a.keep(Who::Citizen, &offer, &receipt);
    Ok(())
}

/// Epoch and watermark of the receipt are the city's.
pub(super) async fn epoch(a: &mut Attacker) -> Checked {
    a.needs(Who::Citizen)?;
    for _ in 0..2 {
        let lane = Lane::fresh();
        let offer = a.new_report(&lane)?;
        let answer = a.post(Who::Citizen, &offer).await?;
        let receipt = answer.receipt(&offer, a.keys()?)?;
        a.keep(Who::Citizen, &offer, &receipt);
        let hello = a.get(Who::Nobody, "/hello").await?;
        let hello = hues_protocol::classify::hello(&Ok(hello.response))
            .map_err(|_| not_tried("hello is not good"))?;
        if receipt.epoch != hello.epoch {
            return Err(answer.broken_as(
                format!("epoch {} while hello states {}", receipt.epoch, hello.epoch),
                "one epoch for one unbroken life of the log",
            ));
        }
        if receipt.log_index > hello.head
            || receipt.watermark > hello.watermark
            || receipt.log_index <= receipt.watermark
        {
            return Err(answer.broken_as(
                format!(
                    "log index {}, watermark {}; hello: head {}, watermark {}",
                    receipt.log_index, receipt.watermark, hello.head, hello.watermark
                ),
                "an index not above the log's head, and a watermark that is below a new op's index and never falls",
            ));
        }
    }
    Ok(())
}

/// Log indexes rise, no two ops share one, and nothing signed goes back in time.
pub(super) async fn log_rises(a: &mut Attacker) -> Checked {
    a.needs(Who::Citizen)?;
    let mut lane = a.file(Who::Citizen).await?;
    for n in 0..3 {
        let before = a.taken.last().map(|taken| taken.says.clone());
        let act = supplement(&format!("thêm {n}"));
        let after = a.act(Who::Citizen, &mut lane, &act).await?;
        if let Some(before) = before {
            if after.log_index <= before.log_index || after.time < before.time {
                return Err(broken(
                    format!("two ops one after the other, the second {}", after.op_id),
                    format!(
                        "index {} at {}, then {} at {}",
                        before.log_index, before.time, after.log_index, after.time
                    ),
                    "a log index that grows with every op, and a signed time that never goes back",
                ));
            }
        }
    }
    let mut seen = std::collections::BTreeMap::new();
    for taken in &a.taken {
        let key = (taken.says.epoch, taken.says.log_index);
        let op = taken.says.op_id;
        if let Some(other) = seen.insert(key, op).filter(|other| *other != op) {
            return Err(broken(
                format!("ops {other} and {op}"),
                format!("log index {} for both", taken.says.log_index),
                "a log index of its own for every op",
            ));
        }
    }
    Ok(())
}

/// The same op again: the same receipt bytes, and nothing happened a second time.
pub(super) async fn twice(a: &mut Attacker) -> Checked {
    a.needs(Who::Citizen)?;
    let mut lane = a.file(Who::Citizen).await?;
    let act = supplement("hai lần");
    let offer = lane.offer(&act)?;
    let first = a.post(Who::Citizen, &offer).await?;
    let receipt = first.receipt(&offer, a.keys()?)?;
    a.keep(Who::Citizen, &offer, &receipt);
    lane.taken(&offer);
    let steps = steps(a, lane.subject).await?;
    for time in ["second", "third"] {
        let mut answer = a.post(Who::Citizen, &offer).await?;
        answer.sent.push_str(&format!(", the {time} time"));
        same_receipt(&first, &answer)?;
    }
    let now = self::steps(a, lane.subject).await?;
    if now != steps {
        return Err(first.broken_as(
            format!("{now} steps in the report's timeline, {steps} after the first delivery"),
            "one effect, however often it is delivered",
        ));
    }
    Ok(())
}

/// The same op on several connections at the same moment.
pub(super) async fn raced(a: &mut Attacker) -> Checked {
    a.needs(Who::Citizen)?;
    for round in 0..3 {
        let lane = Lane::fresh();
        let offer = a.new_report(&lane)?;
        let answers = race(a, Who::Citizen, &[&offer, &offer, &offer]).await?;
        let mut first: Option<&Answer> = None;
        for answer in &answers {
            // One of them may be told to come back; the rest agree.
            if matches!(answer.status(), 429 | 503) {
                continue;
            }
            let receipt = answer.receipt(&offer, a.keys()?)?;
            match first {
                None => {
                    a.keep(Who::Citizen, &offer, &receipt);
                    first = Some(answer);
                }
                Some(first) => same_receipt(first, answer)?,
            }
        }
        let found = steps(a, lane.subject).await?;
        if found != 1 {
            return Err(broken(
                format!(
                    "{} on three connections at once (round {round})",
                    offer.says()
                ),
                format!("{found} steps in the report's timeline"),
                "applied once: one step",
            ));
        }
    }
    Ok(())
}

/// The whole op arrives, the answer is never read: asking finds it.
pub(super) async fn answer_lost(a: &mut Attacker) -> Checked {
    a.needs(Who::Citizen)?;
    for _ in 0..3 {
        let lane = Lane::fresh();
        let offer = a.new_report(&lane)?;
        let bytes = offer.bytes();
        let mut wire = a.wire().await?;
        let head = a.head(Who::Citizen, Method::Post, "/ops", &[], bytes.len());
        let sent = wire.write(&[head, bytes].concat()).await;
        sent.map_err(|e| not_tried(format!("the connection broke before the op was sent: {e}")))?;
        tokio::time::sleep(Duration::from_millis(a.chance.below(60))).await;
        drop(wire);
        let (found, answer) = settled(a, &offer).await?;
        let again = a.post(Who::Citizen, &offer).await?;
        let receipt = again.receipt(&offer, a.keys()?)?;
        if found {
            same_receipt(&answer, &again)?;
        }
        a.keep(Who::Citizen, &offer, &receipt);
        let then = a.query(Who::Citizen, &offer).await?;
        then.receipt(&offer, a.keys()?)?;
        same_receipt(&again, &then)?;
        let steps = steps(a, lane.subject).await?;
        if steps != 1 {
            return Err(again.broken_as(
                format!("{steps} steps in the report's timeline"),
                "applied once: one step",
            ));
        }
    }
    Ok(())
}

/// Waits until the fate of an op no longer changes: found, or unknown for a while.
async fn settled(a: &mut Attacker, offer: &Offer) -> Checked<(bool, Answer)> {
    let begin = std::time::Instant::now();
    loop {
        let answer = a.query(Who::Citizen, offer).await?;
        match answer.status() {
            200 => {
                answer.receipt(offer, a.keys()?)?;
                return Ok((true, answer));
            }
            404 => drop(answer.refused(404, &["unknown"])?),
            _ => {
                return Err(
                    answer.broken("200 with the receipt, or 404 unknown while it is not committed")
                )
            }
        }
        // Half a second without a trace: it never arrived, which is honest too.
        if begin.elapsed() > Duration::from_millis(500).min(SETTLES) {
            return Ok((false, answer));
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// Cut inside its body, an op is not there; whole, it is taken.
pub(super) async fn cut(a: &mut Attacker) -> Checked {
    a.needs(Who::Citizen)?;
    let lane = Lane::fresh();
    let offer = a.new_report(&lane)?;
    let bytes = offer.bytes();
    for _ in 0..4 {
        let at = 1 + usize::try_from(a.chance.below(bytes.len() as u64 - 2)).unwrap_or(1);
        let mut wire = a.wire().await?;
        let head = a.head(Who::Citizen, Method::Post, "/ops", &[], bytes.len());
        let part = bytes.get(..at).unwrap_or_default();
        let _ = wire.write(&[&head, part].concat()).await; // cut is what it shall be
        match a.chance.below(2) {
            0 => wire.finish().await,
            _ => drop(wire),
        }
        tokio::time::sleep(Duration::from_millis(30)).await;
        let mut answer = a.query(Who::Citizen, &offer).await?;
        answer.sent = format!(
            "POST /ops cut after {at} of {} bytes, then {}",
            bytes.len(),
            answer.sent
        );
        answer.refused(404, &["unknown"])?;
    }
    let answer = a.post(Who::Citizen, &offer).await?;
    let receipt = answer.receipt(&offer, a.keys()?)?;
    a.keep(Who::Citizen, &offer, &receipt);
    Ok(())
}

/// A body at 300 bytes a second is a phone in a flood, not an attack.
pub(super) async fn slow(a: &mut Attacker) -> Checked {
    a.needs(Who::Citizen)?;
    let lane = Lane::fresh();
    let offer = a.new_report(&lane)?;
    let bytes = offer.bytes();
    let mut wire = a.wire().await?;
    let head = a.head(Who::Citizen, Method::Post, "/ops", &[], bytes.len());
    let sent = format!("POST /ops of {} bytes at 300 bytes a second", bytes.len());
    let gone = |e: std::io::Error| {
        broken(
            sent.clone(),
            format!("the connection ended: {e}"),
            "patience with a slow link",
        )
    };
    wire.write(&head).await.map_err(gone)?;
    for piece in bytes.chunks(60) {
        wire.write(piece).await.map_err(gone)?;
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    let response = wire.answer(false).await.ok_or_else(|| {
        broken(
            sent.clone(),
            "no answer",
            "patience with a slow link, and a receipt",
        )
    })?;
    let answer = a.note(sent, response, false);
    let receipt = answer.receipt(&offer, a.keys()?)?;
    a.keep(Who::Citizen, &offer, &receipt);
    Ok(())
}

/// The same op id with other bytes is refused, also where the first was refused; the first stays as it was.
pub(super) async fn id_reused(a: &mut Attacker) -> Checked {
    a.needs(Who::Citizen)?;
    let mut lane = a.file(Who::Citizen).await?;
    let act = supplement("lần đầu");
    let first = lane.offer(&act)?;
    a.take(Who::Citizen, &mut lane, first.clone()).await?;
    let parts = to_parts(&supplement("lần sau"))?;
    let other = lane.sign("report.supplement", parts, |header| {
        header.op_id = first.id()
    })?;
    a.post(Who::Citizen, &other)
        .await?
        .refusal(&other, &["op-id-reused"], a.keys()?)?;
    let kept = a.query(Who::Citizen, &first).await?;
    kept.receipt(&first, a.keys()?)?;

    let refused = lane.sign("report.tomorrow", Vec::new(), |_| {})?;
    a.post(Who::Citizen, &refused)
        .await?
        .refusal(&refused, &["kind-unknown"], a.keys()?)?;
    let parts = to_parts(&supplement("lần sau nữa"))?;
    let other = lane.sign("report.supplement", parts, |header| {
        header.op_id = refused.id()
    })?;
    a.post(Who::Citizen, &other)
        .await?
        .refusal(&other, &["op-id-reused"], a.keys()?)?;
    Ok(())
}

/// What is asked for by an id that the city never saw, or that is none.
pub(super) async fn query(a: &mut Attacker) -> Checked {
    let id = OpId(hues_env::SystemRandom.uuid_v4());
    a.get(Who::Nobody, &format!("/ops/{id}"))
        .await?
        .refused(404, &["unknown"])?;
    for odd in ["zz", "00", "%00", "..%2f..", &"a".repeat(2_000)] {
        let answer = a.get(Who::Nobody, &format!("/ops/{odd}")).await?;
        answer.want_one_of(&[400, 404, 414, 431])?;
    }
    a.needs(Who::Citizen)?;
    let lane = Lane::fresh();
    let refused = lane.sign("report.tomorrow", Vec::new(), |_| {})?;
    let first = a.post(Who::Citizen, &refused).await?;
    first.refusal(&refused, &["kind-unknown"], a.keys()?)?;
    let asked = a.query(Who::Citizen, &refused).await?;
    asked.refusal(&refused, &["kind-unknown"], a.keys()?)?;
    Ok(())
}

// --- what several checks need ---

pub(super) fn supplement(text: &str) -> Act {
    Act::Supplement(Supplement {
        text: text.to_owned(),
        files: Vec::new(),
    })
}

pub(super) fn withdraw() -> Act {
    Act::Withdraw(Withdraw { reason: None })
}

pub(super) fn to_parts(act: &Act) -> Checked<Vec<hues_protocol::part::Part>> {
    act.to_parts(&mut hues_env::SystemRandom)
        .map_err(|rule| not_tried(format!("cannot make the op: {rule}")))
}

fn same_receipt(first: &Answer, second: &Answer) -> Checked {
    match first.response.body == second.response.body {
        true => Ok(()),
        false => Err(second.broken_as(
            format!("{}, other bytes than the first receipt", second.came()),
            "the same receipt, byte for byte, in the same epoch",
        )),
    }
}

/// Sends several ops whose last byte leaves at the same moment, each on a connection of its own.
pub(super) async fn race(a: &mut Attacker, who: Who, offers: &[&Offer]) -> Checked<Vec<Answer>> {
    let mut ready = Vec::new();
    for offer in offers {
        let bytes = offer.bytes();
        let mut wire = a.wire().await?;
        let head = a.head(who, Method::Post, "/ops", &[], bytes.len());
        let all_but_one = bytes.get(..bytes.len() - 1).unwrap_or_default();
        let sent = wire.write(&[&head, all_but_one].concat()).await;
        sent.map_err(|e| not_tried(format!("the connection broke: {e}")))?;
        ready.push((wire, bytes.last().copied().unwrap_or_default()));
    }
    tokio::time::sleep(Duration::from_millis(20)).await;
    for (wire, last) in &mut ready {
        let _ = wire.write(&[*last]).await; // a server that hung up shows below
    }
    let mut answers = Vec::new();
    for ((mut wire, _), offer) in ready.into_iter().zip(offers) {
        let sent = format!(
            "POST /ops {} raced on {} connections",
            offer.says(),
            offers.len()
        );
        let response = wire
            .answer(false)
            .await
            .ok_or_else(|| broken(sent.clone(), "no answer", "an answer to each"))?;
        answers.push(a.note(sent, response, false));
    }
    Ok(answers)
}

/// Steps in the timeline of the one row that is about this report, in its sender's own list.
pub(super) async fn steps(a: &mut Attacker, subject: Subject) -> Checked<usize> {
    Ok(own_row(a, Who::Citizen, subject).await?.timeline.len())
}

pub(super) async fn own_row(a: &mut Attacker, who: Who, subject: Subject) -> Checked<ReportRow> {
    let scope = pages::pull_all(a, who, "mine", 200).await?;
    let about: Vec<_> = scope
        .rows
        .iter()
        .filter(|((kind, id), _)| kind == "report" && *id == subject.to_string())
        .collect();
    let sent = format!("GET /pull?scope=mine as {who:?}, looking for report {subject}");
    let [(_, row)] = about.as_slice() else {
        return Err(broken(
            sent,
            format!("{} rows of it", about.len()),
            "one row of each report",
        ));
    };
    rows::read(&row.body)
        .map_err(|_| broken(sent, "a row of another shape", "the body of a report of §6"))
}
