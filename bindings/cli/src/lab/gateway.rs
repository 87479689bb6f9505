//! `hues lab gateway`: one line a promise as it is tried, a summary at the end.

use hues_lab::gateway::{
    attack, promises, AttackError, Finding, Promise, Summary, Target, Verdict,
};
use serde_json::{json, Value};
use zeroize::Zeroizing;

use crate::args::GatewayArgs;
use crate::exit::{Exit, Failure};
use crate::fetch;
use crate::output::Sink;

/// Attacks; exit 1 when a promise is broken.
///
/// # Errors
/// Exit 2 for an order that makes no sense, 3 when nobody answers there.
pub fn run(args: &GatewayArgs, sink: &dyn Sink) -> Result<Exit, Failure> {
    if args.list {
        for promise in promises() {
            sink.line(
                &described(&promise),
                &format!(
                    "{:<20} {:<28} {}",
                    promise.name, promise.clause, promise.says
                ),
            );
        }
        return Ok(Exit::Done);
    }
    let target = target(args)?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|e| Failure::io("runtime", &e))?;
    let attacked = runtime.block_on(attack(target, |finding| tell(finding, sink)));
    let summary = attacked.map_err(|e| match e {
        AttackError::Refused { field, why } => Failure::refused(field, why),
        AttackError::Unreachable(why) => Failure::new(Exit::Network, "offline", "gateway", why),
    })?;
    sum_up(summary, args.seed, sink);
    match (summary.broken, summary.ok) {
        (0, 0) => Err(Failure::refused(
            "only",
            "nothing could be tried: see why above",
        )),
        (0, _) => Ok(Exit::Done),
        _ => Ok(Exit::CheckFailed),
    }
}

fn target(args: &GatewayArgs) -> Result<Target, Failure> {
    let root = match &args.root {
        None => None,
        Some(text) => Some(
            fetch::unhex(text)
                .and_then(|bytes| bytes.try_into().ok())
                .ok_or_else(|| Failure::refused("root", "64 hexadecimal digits"))?,
        ),
    };
    let secret = |token: &Option<String>, name: &str| {
        let token = token.clone().or_else(|| std::env::var(name).ok());
        token.filter(|token| !token.is_empty()).map(Zeroizing::new)
    };
    Ok(Target {
        url: args.url.clone().unwrap_or_default(),
        root,
        ca: args
            .ca
            .as_deref()
            .map(fetch::certificates)
            .transpose()?
            .unwrap_or_default(),
        token: secret(&args.token, "HUES_LAB_TOKEN"),
        token_other: secret(&args.token_other, "HUES_LAB_TOKEN_OTHER"),
        token_staff: secret(&args.token_staff, "HUES_LAB_TOKEN_STAFF"),
        restart: args.restart.clone(),
        restore: args.restore.clone(),
        only: args.only.clone(),
        seed: args.seed,
    })
}

fn described(promise: &Promise) -> Value {
    json!({"promise": promise.name, "clause": promise.clause, "says": promise.says})
}

fn tell(finding: &Finding, sink: &dyn Sink) {
    let promise = finding.promise;
    let mut value = described(&promise);
    let words = match &finding.verdict {
        Verdict::Ok => {
            value["verdict"] = "ok".into();
            format!("ok         {}", promise.name)
        }
        Verdict::Broken(breach) => {
            value["verdict"] = "broken".into();
            value["sent"] = breach.sent.clone().into();
            value["came"] = breach.came.clone().into();
            value["wanted"] = breach.wanted.clone().into();
            format!(
                "BROKEN     {} ({}): {}\n  sent:   {}\n  came:   {}\n  wanted: {}",
                promise.name, promise.clause, promise.says, breach.sent, breach.came, breach.wanted
            )
        }
        Verdict::NotTried(why) => {
            value["verdict"] = "not-tried".into();
            value["why"] = why.clone().into();
            format!("not tried  {}: {why}", promise.name)
        }
    };
    value["ms"] = finding.ms.into();
    sink.line(&value, &words);
}

fn sum_up(summary: Summary, seed: u64, sink: &dyn Sink) {
    let Summary {
        ok,
        broken,
        not_tried,
        requests,
    } = summary;
    let value = json!({"event": "summary", "ok": ok, "broken": broken, "not_tried": not_tried, "requests": requests, "seed": seed});
    sink.line(
        &value,
        &format!(
            "{ok} kept, {broken} broken, {not_tried} not tried; {requests} requests, seed {seed}"
        ),
    );
}
