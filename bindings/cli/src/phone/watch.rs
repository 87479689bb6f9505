//! `watch …` and `report follow`: the state, then what changes, until interrupted.

use std::sync::Arc;

use hues_core::feedback::ReportList;
use hues_core::live::{OutboxListener, ReportListener, ReportStep};
use hues_core::outbox::OutboxItem;
use hues_core::ports::HostError;
use serde_json::{json, Value};
use tokio::sync::mpsc;

use super::{views, Phone};
use crate::args::Watched;
use crate::exit::{Exit, Failure};
use crate::output::Sink;

/// Lines of the watched window.
const WINDOW: u32 = 50;

struct Lines(mpsc::UnboundedSender<Value>);

impl ReportListener for Lines {
    fn on_steps(&self, steps: Vec<ReportStep>) -> Result<(), HostError> {
        for s in steps {
            let _ = self.0.send(step(&s));
        }
        Ok(())
    }
}

impl OutboxListener for Lines {
    fn on_outbox(&self, items: Vec<OutboxItem>) -> Result<(), HostError> {
        let items: Vec<Value> = items.iter().map(views::outbox).collect();
        let _ = self.0.send(json!({"event": "outbox", "items": items}));
        Ok(())
    }
}

fn step(s: &ReportStep) -> Value {
    match s {
        ReportStep::Reset { items } => {
            let items: Vec<Value> = items.iter().map(views::summary).collect();
            json!({"event": "reset", "items": items})
        }
        ReportStep::Insert { index, item } => {
            json!({"event": "insert", "index": index, "item": views::summary(item)})
        }
        ReportStep::Remove { index } => json!({"event": "remove", "index": index}),
        ReportStep::Update { index, item } => {
            json!({"event": "update", "index": index, "item": views::summary(item)})
        }
        ReportStep::Move { from, to } => json!({"event": "move", "from": from, "to": to}),
    }
}

impl Phone {
    /// Never returns by itself, but for an error.
    pub(super) async fn watch(&self, what: Watched, sink: &dyn Sink) -> Result<Exit, Failure> {
        let (tell, mut told) = mpsc::unbounded_channel();
        let lines = Arc::new(Lines(tell));
        // Who watches as an officer watches the unit's list.
        let staff = self.core.who()?.is_some_and(|w| w.staff.is_some());
        let _watch = match what {
            Watched::Outbox => self.core.outbox().watch(lines).await?,
            Watched::Reports if staff => self.core.officer().watch(WINDOW, lines).await?,
            Watched::Reports => {
                self.core
                    .feedback()
                    .watch(ReportList::Mine, WINDOW, lines)
                    .await?
            }
            Watched::Public => {
                self.core
                    .feedback()
                    .watch(ReportList::Public, WINDOW, lines)
                    .await?
            }
        };
        while let Some(line) = told.recv().await {
            sink.result(&line);
        }
        Ok(Exit::Done)
    }

    /// The report's steps as they come.
    pub(super) async fn follow(&self, id: &str, sink: &dyn Sink) -> Result<Exit, Failure> {
        let (tell, mut told) = mpsc::unbounded_channel();
        let _watch = self
            .core
            .feedback()
            .watch(ReportList::Mine, WINDOW, Arc::new(Lines(tell)))
            .await?;
        let mut said = 0;
        loop {
            let report = views::report(&self.find(id).await?);
            let steps = report["timeline"].as_array().cloned().unwrap_or_default();
            for s in steps.iter().skip(said) {
                sink.result(s);
            }
            // A step that is confirmed replaces the phone's own; the list never gets shorter than what was said for long.
            said = said.max(steps.len());
            if told.recv().await.is_none() {
                return Ok(Exit::Done);
            }
        }
    }
}
