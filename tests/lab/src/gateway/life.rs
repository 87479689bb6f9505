//! The server's own bad days, where its owner says how to bring them about: a restart, and a restore from a backup (§4 *Epoch and watermark*).

use std::time::{Duration, Instant};

use hues_protocol::beacon::Beacon;
use hues_protocol::city::Signed;
use hues_protocol::classify;
use hues_protocol::hello::Hello;
use hues_protocol::ids::Epoch;

use super::answer::Answer;
use super::attacker::{Attacker, Taken, Who};
use super::model::{broken, not_tried, Checked};
use super::pages::{address, pull_all};

/// How long the server may take to come back.
const COMES_BACK: Duration = Duration::from_secs(120);

/// After a restart every receipted op is there, with the same receipt in the same epoch.
pub(super) async fn restart(a: &mut Attacker) -> Checked {
    let command = a.target.restart.clone();
    let command = command.ok_or_else(|| not_tried("no --restart CMD"))?;
    a.file(Who::Citizen).await?;
    let before = hello(a).await?;
    run(&command).await?;
    let after = comes_back(a).await?;
    all_there(a, &command, before.epoch, &after).await
}

/// After a restore a new epoch begins; what the watermark had passed is there, the rest is taken again; old cursors pull anew.
pub(super) async fn restore(a: &mut Attacker) -> Checked {
    let command = a.target.restore.clone();
    let command = command.ok_or_else(|| not_tried("no --restore CMD"))?;
    a.file(Who::Citizen).await?;
    let cursor = pull_all(a, Who::Citizen, "mine", 200).await?.cursor;
    let before = hello(a).await?;
    run(&command).await?;
    let after = comes_back(a).await?;
    if after.epoch == before.epoch {
        return Err(broken(
            format!("`{command}`"),
            format!("epoch {} before and after", after.epoch),
            "a new epoch after a restore from a backup",
        ));
    }
    let beacon = a.get(Who::Nobody, "/beacon").await?;
    let said: Signed<Beacon> = beacon.signed(200, a.keys()?)?;
    if said.epoch != after.epoch {
        return Err(beacon.broken_as(format!("epoch {}", said.epoch), "a beacon of the new epoch"));
    }
    let old = a
        .get(Who::Citizen, &address("mine", cursor.as_deref(), 10))
        .await?;
    old.refused(410, &[])?;
    all_there(a, &command, before.epoch, &after).await?;
    pull_all(a, Who::Citizen, "mine", 200).await.map(drop)
}

async fn hello(a: &mut Attacker) -> Checked<Hello> {
    let answer = a.get(Who::Nobody, "/hello").await?;
    classify::hello(&Ok(answer.response.clone())).map_err(|_| answer.broken("200, a hello"))
}

/// Runs the owner's command with the shell and waits for its end.
async fn run(command: &str) -> Checked {
    let status = tokio::process::Command::new("sh")
        .arg("-c")
        .arg(command)
        .stdin(std::process::Stdio::null())
        .stdout(std::process::Stdio::null())
        .status()
        .await
        .map_err(|e| not_tried(format!("`{command}` could not be run: {e}")))?;
    match status.success() {
        true => Ok(()),
        false => Err(not_tried(format!("`{command}` ended with {status}"))),
    }
}

async fn comes_back(a: &mut Attacker) -> Checked<Hello> {
    let begin = Instant::now();
    loop {
        if let Ok(answer) = a
            .ask(Who::Nobody, hues_protocol::http::Method::Get, "/hello")
            .await
        {
            if let Ok(hello) = classify::hello(&Ok(answer.response)) {
                a.learn().await;
                a.sign_in_all().await;
                return Ok(hello);
            }
        }
        if begin.elapsed() > COMES_BACK {
            return Err(broken(
                "GET /hello after the command",
                "no answer for two minutes",
                "a server that comes back",
            ));
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

/// Every op that has a receipt is there, or the epoch is another and it is taken again.
async fn all_there(a: &mut Attacker, command: &str, before: Epoch, hello: &Hello) -> Checked {
    let taken = a.taken.clone();
    for op in taken.iter().filter(|op| op.says.epoch == before) {
        let answer = a.query(op.who, &op.offer).await?;
        match hello.epoch == before {
            true => same_epoch(a, command, op, &answer)?,
            false => new_epoch(a, command, op, answer).await?,
        }
    }
    Ok(())
}

fn same_epoch(a: &Attacker, command: &str, op: &Taken, answer: &Answer) -> Checked {
    answer.receipt(&op.offer, a.keys()?)?;
    match answer.response.body == op.receipt {
        true => Ok(()),
        false => Err(broken(
            format!("`{command}`, then {}", answer.sent),
            "another receipt than before",
            "the same receipt in the same epoch",
        )),
    }
}

async fn new_epoch(a: &mut Attacker, command: &str, op: &Taken, answer: Answer) -> Checked {
    let known = answer.status() == 200;
    let passed = a.taken.iter().map(|t| t.says.watermark).max().unwrap_or(0);
    if !known && op.says.log_index <= passed {
        return Err(broken(
            format!("`{command}`, then {}", answer.sent),
            format!(
                "{}, while the watermark {passed} had passed its index {}",
                answer.came(),
                op.says.log_index
            ),
            "what a watermark passed is surely held by the backup",
        ));
    }
    let offered = a.post(op.who, &op.offer).await?;
    let receipt = offered.receipt(&op.offer, a.keys()?)?;
    let kept = !known || (receipt.time == op.says.time && receipt.log_index == op.says.log_index);
    match receipt.epoch != op.says.epoch && kept {
        true => Ok(()),
        false => Err(offered.broken_as(
            format!("epoch {}, index {}, time {}", receipt.epoch, receipt.log_index, receipt.time),
            "a receipt of the new epoch; with time and log index kept where the op was in the backup",
        )),
    }
}
