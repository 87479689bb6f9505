//! `hues tour`: the flood day of 28 October 2025, played on this machine.
//!
//! Invariant: exit 0 only if every invariant held and every promised fault hit, both read from what the phones and the city store.

mod because;
mod handset;
mod judge;
pub mod page;
mod play;
pub mod record;
mod script;
mod stage;
mod tell;
mod town;

use std::path::Path;
use std::sync::Arc;

use hues_core::ports::{Clock, SystemClock};

use crate::args::TourArgs;
use crate::exit::{Exit, Failure};
use crate::output::Sink;
use handset::Handset;
use judge::Evidence;
use play::{Day, Notes};
use record::TourRecord;
use script::{Script, MORNING};
use stage::{words, Stage};
use town::Town;

/// Plays the day, judges it, draws its page.
///
/// # Errors
/// Exit 1 with what went wrong where the story could not go on.
pub async fn run(args: &TourArgs, sink: Arc<dyn Sink>) -> Result<Exit, Failure> {
    let out = std::path::absolute(&args.out).map_err(|e| Failure::io("out", &e))?;
    clear(&out)?;
    let began_ms = SystemClock.now().wall_ms;
    let morning = hues_vietnam::parse_rfc3339(MORNING)
        .map_err(|e| Failure::refused("morning", e.to_string()))?;
    let stage = Stage::new(out.clone(), began_ms, morning - began_ms, sink.clone());
    stage.say("Ngày 28/10/2025 ở Huế", "28 October 2025 in Huế");
    let script = Script::write(args.seed, &out.join("photos"))?;
    let town = Town::start(&stage).await?;
    let phone =
        |key, name, role, carrier| Handset::new(&stage, key, name, role, carrier, stage.offset_ms);
    let mut day = Day {
        citizen: phone(
            "citizen",
            "Chị Hà",
            words("người dân, máy rẻ tiền", "citizen, a cheap phone"),
            "viettel",
        ),
        neighbour: phone(
            "neighbour",
            "Anh Lộc",
            words("hàng xóm", "neighbour"),
            "vinaphone",
        ),
        officer: phone(
            "officer",
            "Chị Diệp",
            words("cán bộ tiếp nhận", "intake officer"),
            "mobifone",
        ),
        stage,
        town,
        script,
        notes: Notes::default(),
    };
    day.play().await?;
    let evidence = evidence(&day).await?;
    let record = tell::record(&day, &evidence, args.seed);
    day.town.stop().await?;
    keep(&out, &record)?;
    conclude(&out, &record, &*sink)
}

/// Reads what the phones and the city store.
async fn evidence(day: &Day) -> Result<Evidence, Failure> {
    let mut reports = Vec::new();
    for line in day.citizen.done(&["report", "list"]).await? {
        let id = judge::text(&line, "id").to_owned();
        reports.push(day.citizen.one(&["report", "show", &id]).await?);
    }
    let mut outboxes = day.citizen.done(&["outbox", "list", "--all"]).await?;
    outboxes.extend(day.officer.done(&["outbox", "list", "--all"]).await?);
    Ok(Evidence {
        status: day.citizen.one(&["status"]).await?,
        state: day.town.admin.state().await?,
        faults: day.town.admin.faults().await?,
        reports,
        outboxes,
    })
}

/// Takes away what an earlier tour left in the folder, and nothing else.
fn clear(out: &Path) -> Result<(), Failure> {
    std::fs::create_dir_all(out).map_err(|e| Failure::io("out", &e))?;
    for name in ["phones", "city", "photos"] {
        match std::fs::remove_dir_all(out.join(name)) {
            Err(e) if e.kind() != std::io::ErrorKind::NotFound => {
                return Err(Failure::io(name, &e))
            }
            _ => {}
        }
    }
    Ok(())
}

fn keep(out: &Path, record: &TourRecord) -> Result<(), Failure> {
    let json = serde_json::to_vec_pretty(record)
        .map_err(|_| Failure::refused("record", "has no JSON form"))?;
    std::fs::write(out.join("tour.json"), json).map_err(|e| Failure::io("tour.json", &e))?;
    std::fs::write(out.join("index.html"), page::render(record))
        .map_err(|e| Failure::io("index.html", &e))
}

/// Says what came of it.
fn conclude(out: &Path, record: &TourRecord, sink: &dyn Sink) -> Result<Exit, Failure> {
    for fault in &record.faults {
        if fault.hits.is_empty() {
            sink.note(&format!("✗ {} · {}: 0", fault.name.vi, fault.name.en));
        }
    }
    for i in &record.invariants {
        let mark = if i.held { "✓" } else { "✗" };
        sink.note(&format!(
            "{mark} {} · {}  [{} | {}]",
            i.name.vi, i.name.en, i.phones, i.city
        ));
    }
    let hits: u64 = record
        .faults
        .iter()
        .flat_map(|f| &f.hits)
        .map(|h| h.times)
        .sum();
    sink.result(&serde_json::json!({
        "held": record.held, "seed": record.seed, "duration_ms": record.duration_ms,
        "reports": record.filed.reports, "photos": record.filed.photos, "ratings": record.filed.ratings, "acts": record.filed.acts,
        "lost": record.lost, "double": record.double,
        "faults": record.faults.len(), "fault_hits": hits,
        "invariants": record.invariants.len(), "page": out.join("index.html").to_string_lossy(),
    }));
    Ok(if record.held {
        Exit::Done
    } else {
        Exit::CheckFailed
    })
}
