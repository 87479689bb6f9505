//! `hues lab run`: floods, with progress, a sum at the end, and the shortest failing history where a promise broke.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::Arc;
use std::time::{Duration, Instant};

use hues_lab::flood::plan::{Entry, What};
use hues_lab::flood::{percentile, shrink, Broken, Coverage, Played, Scenario, Series, Sum};
use serde_json::{json, Value};

use super::page;
use crate::args::LabRunArgs;
use crate::exit::{Exit, Failure};
use crate::output::Sink;

/// How long the shortest failing history is looked for.
const SHRINK: Duration = Duration::from_secs(120);
/// Floods played for it at most.
const SHRINK_TRIES: u64 = 400;
/// From so many floods on, coverage is judged.
const JUDGED: u64 = 1_000;
/// Percent of the possible pairs that may stay unmet.
const NEVER_MOST: usize = 5;

/// Plays.
///
/// # Errors
/// Exit 2 for an order that makes no sense.
pub fn run(args: &LabRunArgs, sink: &dyn Sink) -> Result<Exit, Failure> {
    if args.floods == 0 {
        return Err(Failure::refused("floods", "at least one flood is played"));
    }
    let mut names = args.scenario.clone();
    if names.is_empty() {
        names = hues_lab::flood::scenario::BUILT_IN
            .map(|(name, _)| name.to_owned())
            .to_vec();
    }
    let scenarios = names
        .iter()
        .map(|name| super::scenario(name))
        .collect::<Result<Vec<_>, _>>()?;
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let series = Series {
        scenarios,
        floods: args.floods,
        first: args.seed,
        threads: args.threads.unwrap_or(cores),
    };
    let stop = stop_on_interrupt()?;
    let mut told = Instant::now();
    let played = series.play(&stop, |p| {
        if told.elapsed() >= Duration::from_secs(2) {
            told = Instant::now();
            sink.note(&format!(
                "{} of {} floods, {:.1} a second, {} left",
                p.done,
                p.of,
                p.rate,
                minutes(p.left)
            ));
        }
    });
    let total = total(&played);
    for (scenario, sum) in series.scenarios.iter().zip(&played.sums) {
        if sum.played() > 0 {
            sink.line(&counted(scenario, sum), &in_words(scenario, sum));
        }
    }
    let (possible, never) = total.coverage.never();
    sink.line(
        &json!({"event": "coverage", "possible": possible, "never": never, "unexpected": total.coverage.unexpected()}),
        &coverage_in_words(&total.coverage),
    );
    if let Some(dir) = &args.html {
        std::fs::create_dir_all(dir).map_err(|e| Failure::io("html", &e))?;
        let file = dir.join("index.html");
        std::fs::write(&file, page::render(&series, &played))
            .map_err(|e| Failure::io("html", &e))?;
        sink.note(&format!("the page: {}", file.display()));
    }
    if let Some((i, broken)) = played.broken {
        tell_broken(&series.scenarios[i], broken, &stop, sink);
        return Ok(Exit::CheckFailed);
    }
    if let Some((i, why)) = played.too_thin {
        let name = &series.scenarios[i].name;
        let why = format!("hardly any flood of '{name}' counts: {why}");
        return Err(Failure::refused("scenario", why));
    }
    if played.stopped {
        sink.note("stopped; what was covered so far stands above");
        return Ok(Exit::Cancelled);
    }
    if !total.coverage.unexpected().is_empty() {
        sink.note("pairs met that are said to be impossible");
        return Ok(Exit::CheckFailed);
    }
    if total.floods >= JUDGED && never.len() * 100 > possible * NEVER_MOST {
        sink.note(&format!(
            "more than {NEVER_MOST} % of the possible pairs never met"
        ));
        return Ok(Exit::CheckFailed);
    }
    Ok(Exit::Done)
}

/// The first interrupt stops after the floods under way; the second ends the process as usual.
fn stop_on_interrupt() -> Result<Arc<AtomicBool>, Failure> {
    let stop = Arc::new(AtomicBool::new(false));
    let heard = stop.clone();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|e| Failure::io("runtime", &e))?;
    std::thread::spawn(move || {
        runtime.block_on(async {
            if tokio::signal::ctrl_c().await.is_ok() {
                heard.store(true, Ordering::Relaxed);
            }
            if tokio::signal::ctrl_c().await.is_ok() {
                std::process::exit(i32::from(Exit::Cancelled.code()));
            }
        });
    });
    Ok(stop)
}

pub(super) fn total(played: &Played) -> Sum {
    let mut total = Sum::default();
    for sum in &played.sums {
        total.floods += sum.floods;
        total.acts += sum.acts;
        total.photos += sum.photos;
        total.exchanges += sum.exchanges;
        total.coverage.add(&sum.coverage);
        for (kind, n) in &sum.hits {
            *total.hits.entry(kind).or_default() += n;
        }
    }
    total
}

fn counted(scenario: &Scenario, sum: &Sum) -> Value {
    let wakes: Vec<u64> = sum.phones.iter().map(|p| p.wakes).collect();
    let up: Vec<u64> = sum.phones.iter().map(|p| p.bytes.0).collect();
    let down: Vec<u64> = sum.phones.iter().map(|p| p.bytes.1).collect();
    let three = |list: &[u64]| json!({"median": percentile(list, 50), "p95": percentile(list, 95), "most": percentile(list, 100)});
    json!({
        "event": "scenario", "scenario": scenario.name, "floods": sum.floods, "thin": sum.thin,
        "acts": sum.acts, "photos": sum.photos, "refused": sum.refused, "cut_short": sum.unheard,
        "copied_over": sum.copied_over, "orphans": sum.orphans, "exchanges": sum.exchanges, "hits": sum.hits,
        "calm_ms": three(&sum.settled), "delivery_ms": three(&sum.delays), "wakes": three(&wakes),
        "bytes_up": three(&up), "bytes_down": three(&down), "fullest_disk": sum.disk, "virtual_minutes": sum.minutes,
    })
}

fn in_words(scenario: &Scenario, sum: &Sum) -> String {
    let hits: u64 = sum.hits.values().sum();
    let thin = sum.played() - sum.floods;
    let thin = match thin {
        0 => String::new(),
        n => format!(", {n} more did not count"),
    };
    format!(
        "{:<20} {} floods{thin}: {} acts, {} photos, {} exchanges, {hits} hits of {} faults; calm after {} at most; half of the acts with the city after {}, 95 % after {}",
        scenario.name,
        sum.floods,
        sum.acts,
        sum.photos,
        sum.exchanges,
        sum.hits.len(),
        minutes(Duration::from_millis(percentile(&sum.settled, 100))),
        minutes(Duration::from_millis(percentile(&sum.delays, 50))),
        minutes(Duration::from_millis(percentile(&sum.delays, 95))),
    )
}

fn coverage_in_words(coverage: &Coverage) -> String {
    let (possible, never) = coverage.never();
    let met = possible - never.len();
    let list: Vec<String> = never.iter().map(|(s, e)| format!("{s} × {e}")).collect();
    let list = match list.is_empty() {
        true => String::new(),
        false => format!("; never: {}", list.join(", ")),
    };
    format!("step machine: {met} of {possible} possible pairs of state and event met{list}")
}

fn tell_broken(scenario: &Scenario, broken: Box<Broken>, stop: &AtomicBool, sink: &dyn Sink) {
    sink.note(&broken.to_string());
    sink.note("looking for the shortest history that fails …");
    let until = Instant::now() + SHRINK;
    let seed = broken.seed;
    let short = shrink(broken, scenario, SHRINK_TRIES, || {
        Instant::now() < until && !stop.load(Ordering::Relaxed)
    });
    let kept: Vec<String> = short.kept.iter().map(ToString::to_string).collect();
    let replay = format!(
        "hues lab replay {seed} --scenario {} --only {}",
        scenario.name,
        kept.join(",")
    );
    let entries: Vec<String> = short.entries.iter().map(entry).collect();
    sink.line(
        &json!({
            "event": "broken", "scenario": scenario.name, "seed": seed, "invariant": short.broken.invariant.name(),
            "what": short.broken.what, "at_ms": short.broken.at, "entries": entries, "of": short.of, "tries": short.tries,
            "log": short.broken.tail, "replay": replay,
        }),
        &format!(
            "{}\n{} of {} entries are enough to fail ({} floods played to find out):\n  {}\n{replay}",
            short.broken,
            short.kept.len(),
            short.of,
            short.tries,
            entries.join("\n  ")
        ),
    );
}

/// An entry of the plan in words.
pub(super) fn entry(entry: &Entry) -> String {
    let at = minutes(Duration::from_millis(entry.at));
    let what = match &entry.what {
        What::Act { phone, .. } => format!("phone {phone}: its owner does something"),
        What::SignIn { phone } => format!("phone {phone}: its owner signs in"),
        What::Weather { fault, phones } => {
            let to = minutes(Duration::from_millis(fault.span.to));
            format!(
                "{} over {} phones until {to}",
                fault.kind.name(),
                phones.len()
            )
        }
        What::Exchanges { fault } => format!("{} % {}", fault.number, fault.kind.name()),
        What::Phone { kind, phone, .. } => format!("phone {phone}: {}", kind.name()),
        What::City { kind } => format!("the city: {}", kind.name()),
        What::Backup => "the city keeps a backup".to_owned(),
    };
    format!("{at} {what}")
}

/// A span in hours, minutes and seconds.
pub(super) fn minutes(span: Duration) -> String {
    let s = span.as_secs();
    match s {
        0..=119 => format!("{s} s"),
        120..=7199 => format!("{} min", s / 60),
        _ => format!("{} h {:02}", s / 3600, s / 60 % 60),
    }
}
