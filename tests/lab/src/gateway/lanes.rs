//! Lanes: one chain each, taken in order, and told where they stand (§3, §4 *fork*).

use hues_protocol::ids::OpHash;
use hues_protocol::kinds::Act;

use super::attacker::{Attacker, Who};
use super::model::{broken, Checked};
use super::ops::{race, supplement, to_parts};
use super::phone::Lane;

/// A gap is refused and the head told, before the first op and after it.
pub(super) async fn gap(a: &mut Attacker) -> Checked {
    a.needs(Who::Citizen)?;
    let mut lane = Lane::fresh();
    let ahead = |lane: &Lane, by: u64| {
        lane.sign(
            "report.supplement",
            to_parts(&supplement("sớm quá"))?,
            |header| {
                header.sequence = lane.sequence + by;
                header.previous = OpHash([7; 32]);
            },
        )
    };
    let early = ahead(&lane, 2)?;
    a.post(Who::Citizen, &early).await?.fork(&lane, a.keys()?)?;
    let offer = a.new_report(&lane)?;
    a.take(Who::Citizen, &mut lane, offer).await?;
    for by in [2, 3] {
        let early = ahead(&lane, by)?;
        a.post(Who::Citizen, &early).await?.fork(&lane, a.keys()?)?;
    }
    // What was too early settles nothing: the right one is taken.
    a.act(Who::Citizen, &mut lane, &supplement("đúng lượt"))
        .await?;
    Ok(())
}

/// The right place under the wrong chain hash.
pub(super) async fn chain(a: &mut Attacker) -> Checked {
    a.needs(Who::Citizen)?;
    let mut lane = a.file(Who::Citizen).await?;
    let loose = lane.sign(
        "report.supplement",
        to_parts(&supplement("đứt"))?,
        |header| {
            header.previous = OpHash([9; 32]);
        },
    )?;
    a.post(Who::Citizen, &loose).await?.fork(&lane, a.keys()?)?;
    a.act(Who::Citizen, &mut lane, &supplement("nối")).await?;
    Ok(())
}

/// A phone restored from an old copy signs a place that is taken: it is told the head, and goes on after it.
pub(super) async fn old_copy(a: &mut Attacker) -> Checked {
    a.needs(Who::Citizen)?;
    let mut lane = a.file(Who::Citizen).await?;
    let old = lane.copy();
    a.act(Who::Citizen, &mut lane, &supplement("trước khi mất máy"))
        .await?;
    let stale = old.offer(&supplement("sau khi khôi phục"))?;
    a.post(Who::Citizen, &stale).await?.fork(&lane, a.keys()?)?;
    a.act(Who::Citizen, &mut lane, &supplement("nối lại sau đầu"))
        .await?;
    Ok(())
}

/// Two different ops for one place, at the same moment: one is taken, the other told of it.
pub(super) async fn raced(a: &mut Attacker) -> Checked {
    a.needs(Who::Citizen)?;
    for _ in 0..3 {
        let mut lane = a.file(Who::Citizen).await?;
        let (left, right) = (
            lane.offer(&supplement("trái"))?,
            lane.offer(&supplement("phải"))?,
        );
        let answers = race(a, Who::Citizen, &[&left, &right]).await?;
        let taken: Vec<usize> = (0..2)
            .filter(|n| answers.get(*n).is_some_and(|x| x.status() == 200))
            .collect();
        let (winner, loser) = match (taken.as_slice(), answers.as_slice()) {
            ([0], [first, second]) => ((&left, first), (second, &right)),
            ([1], [first, second]) => ((&right, second), (first, &left)),
            _ => {
                let came: Vec<String> = answers.iter().map(super::answer::Answer::came).collect();
                return Err(broken(
                    "two ops for the same place of a lane, raced on two connections",
                    came.join(" and "),
                    "one receipt and one fork",
                ));
            }
        };
        let receipt = winner.1.receipt(winner.0, a.keys()?)?;
        a.keep(Who::Citizen, winner.0, &receipt);
        lane.taken(winner.0);
        loser.0.fork(&lane, a.keys()?)?;
    }
    Ok(())
}

/// A refused op leaves the head where it was and is answered the same for ever; its replacement or its tombstone takes its place.
pub(super) async fn replaced(a: &mut Attacker) -> Checked {
    a.needs(Who::Citizen)?;
    let mut lane = a.file(Who::Citizen).await?;
    for bury in [false, true] {
        let refused = lane.sign("report.tomorrow", Vec::new(), |_| {})?;
        let first = a.post(Who::Citizen, &refused).await?;
        first.refusal(&refused, &["kind-unknown"], a.keys()?)?;
        let again = a.post(Who::Citizen, &refused).await?;
        if again.response.body != first.response.body {
            return Err(again.broken_as(
                format!("{}, other bytes than the first time", again.came()),
                "a refused op stays refused with the same words",
            ));
        }
        let (kind, parts) = match bury {
            true => ("lane.tombstone", Vec::new()),
            false => ("report.supplement", to_parts(&supplement("thay thế"))?),
        };
        let stands = lane.sign(kind, parts, |header| {
            header.replaces = Some(refused.op.hash())
        })?;
        a.take(Who::Citizen, &mut lane, stands).await?;
    }
    let wrong = lane.sign(
        "report.supplement",
        to_parts(&supplement("thay gì"))?,
        |header| {
            header.replaces = Some(OpHash([3; 32]));
        },
    )?;
    let answer = a.post(Who::Citizen, &wrong).await?;
    // A city that came back from a backup may have lost the refusal and takes it then.
    if answer.status() != 200 {
        answer.refusal(&wrong, &["replaces"], a.keys()?)?;
    }
    Ok(())
}

/// Damaged on its way says nothing about the op: whole, it is judged anew.
pub(super) async fn damaged(a: &mut Attacker) -> Checked {
    a.needs(Who::Citizen)?;
    let lane = Lane::fresh();
    let offer = lane.offer(&Act::New(a.report(&lane)?))?;
    let mut short = offer.clone();
    short.parts.pop();
    a.post(Who::Citizen, &short)
        .await?
        .refusal(&short, &["part-missing"], a.keys()?)?;
    let answer = a.post(Who::Citizen, &offer).await?;
    let receipt = answer.receipt(&offer, a.keys()?)?;
    a.keep(Who::Citizen, &offer, &receipt);
    Ok(())
}
