//! The conformance test of a city's server: attacks anybody's server of `docs/protocol.md` with the laboratory's faults and says where it breaks
//! the promises.
//!
//! It speaks real HTTP(S): through `hues-net` as a phone does, and over connections of its own where a fault needs them (cut inside a body, left half
//! open, raced, 300 bytes a second). What is judged is what a phone would judge, by the same code (`hues-protocol`).
//!
//! Invariant: it never says *broken* without what was sent and what came; it never says *ok* without having tried. It leaves test reports behind and
//! changes nothing else; run it against a server that may have them.

mod answer;
mod attacker;
mod checks;
mod filing;
mod hostile;
mod lanes;
mod life;
mod model;
mod ops;
mod pages;
mod phone;
mod readers;
mod refusals;
mod session;
mod trust;
mod tus;
mod upload_ends;
mod uploads;
mod wire;

pub use model::{AttackError, Breach, Finding, Promise, Summary, Target, Verdict};

use std::time::Instant;

use attacker::Attacker;
use model::Stop;

/// Every promise that can be tried, in the order it is.
#[must_use]
pub fn promises() -> Vec<Promise> {
    checks::ALL.iter().map(|check| check.promise).collect()
}

/// Attacks `target`; `tell` gets each finding as it is made.
///
/// # Errors
/// [`AttackError`]: an order that makes no sense, or nobody there. A server that goes away in the middle is a finding.
pub async fn attack(
    target: Target,
    mut tell: impl FnMut(&Finding),
) -> Result<Summary, AttackError> {
    let known = |name: &String| checks::ALL.iter().any(|check| check.promise.name == name);
    if let Some(unknown) = target.only.iter().find(|name| !known(name)) {
        return Err(AttackError::Refused {
            field: "only",
            why: format!("no promise {unknown:?}"),
        });
    }
    let mut attacker = Attacker::arrive(target).await?;
    attacker.learn().await;
    let mut summary = Summary::default();
    for check in checks::ALL {
        let name = check.promise.name;
        if !attacker.target.only.is_empty() && !attacker.target.only.iter().any(|only| only == name)
        {
            continue;
        }
        let begin = Instant::now();
        let verdict = match (check.run)(&mut attacker).await {
            Ok(()) => Verdict::Ok,
            Err(Stop::Broken(breach)) => Verdict::Broken(breach),
            Err(Stop::NotTried(why)) => Verdict::NotTried(why),
        };
        let finding = Finding {
            promise: check.promise,
            verdict,
            ms: u64::try_from(begin.elapsed().as_millis()).unwrap_or(u64::MAX),
        };
        match &finding.verdict {
            Verdict::Ok => summary.ok += 1,
            Verdict::Broken(_) => summary.broken += 1,
            Verdict::NotTried(_) => summary.not_tried += 1,
        }
        tell(&finding);
    }
    summary.requests = attacker.requests;
    Ok(summary)
}
