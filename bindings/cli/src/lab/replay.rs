//! `hues lab replay`: one flood again, event by event.

use hues_lab::flood::{only, tell, Plan};
use serde_json::json;

use crate::args::LabReplayArgs;
use crate::exit::{Exit, Failure};
use crate::output::Sink;

/// Plays it again; exit 1 when it breaks a promise again.
///
/// # Errors
/// Exit 2 for an order that makes no sense.
pub fn run(args: &LabReplayArgs, sink: &dyn Sink) -> Result<Exit, Failure> {
    let scenario = super::scenario(&args.scenario)?;
    let whole = Plan::draw(args.seed, &scenario);
    let plan = match args.only.as_slice() {
        [] => whole,
        kept => match kept.iter().find(|i| **i >= whole.entries.len()) {
            Some(i) => {
                let why = format!(
                    "the plan has {} entries, there is no {i}",
                    whole.entries.len()
                );
                return Err(Failure::refused("only", why));
            }
            None => only(&whole, kept),
        },
    };
    let say = Box::new(|line: &str| sink.note(line));
    match tell(args.seed, &scenario, plan, say) {
        Ok(report) => {
            let words = format!(
                "nothing broken: {} acts, {} photos, {} exchanges; log {}",
                report.acts, report.photos, report.exchanges, report.log
            );
            sink.line(
                &json!({"event": "held", "seed": args.seed, "acts": report.acts, "photos": report.photos, "log": report.log, "thin": report.thin()}),
                &words,
            );
            Ok(Exit::Done)
        }
        Err(broken) => {
            sink.line(
                &json!({"event": "broken", "seed": args.seed, "invariant": broken.invariant.name(), "what": broken.what, "at_ms": broken.at}),
                &format!("{}: {}", broken.invariant.name(), broken.what),
            );
            Ok(Exit::CheckFailed)
        }
    }
}
