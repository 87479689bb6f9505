//! A phone of the tour: what its owner does with it goes into the record that the page is drawn from.

use std::time::Duration;

use super::record::{Band, BandKind, Event, EventKind, Phone as Record, Words};
use super::stage::{Ran, Stage};
use crate::exit::Failure;
use crate::troupe::Phone;

/// How often a running phone is looked after.
const LOOK: Duration = Duration::from_millis(150);

/// A phone and its owner.
pub struct Handset {
    stage: Stage,
    phone: Phone,
    /// What the page will show.
    pub record: Record,
}

/// A handset does all that a phone does; it writes down more.
impl std::ops::Deref for Handset {
    type Target = Phone;

    fn deref(&self) -> &Phone {
        &self.phone
    }
}

impl std::ops::DerefMut for Handset {
    fn deref_mut(&mut self) -> &mut Phone {
        &mut self.phone
    }
}

impl Handset {
    /// A new phone out of its box, its clock right.
    pub fn new(
        stage: &Stage,
        key: &str,
        name: &str,
        role: Words,
        carrier: &'static str,
        offset_ms: i64,
    ) -> Handset {
        Handset {
            stage: stage.clone(),
            phone: Phone::new(&stage.out.join("phones"), key, carrier, offset_ms),
            record: Record {
                key: key.to_owned(),
                name: name.to_owned(),
                role,
                carrier: carrier.to_owned(),
                bands: Vec::new(),
                events: Vec::new(),
                samples: Vec::new(),
            },
        }
    }

    /// Talks to the city until nothing is left, then once more: what the city made of the first round comes with the second.
    pub async fn sync(&self) -> Result<(), Failure> {
        for _ in 0..2 {
            self.done(&["sync", "--until-idle", "--for", "15"]).await?;
        }
        Ok(())
    }

    /// Talks to the city for at most `seconds`, or until `enough`; then it is asked to end. A kill point may end it first.
    pub async fn sync_until(
        &self,
        seconds: u64,
        enough: impl Fn() -> bool,
    ) -> Result<Ran, Failure> {
        let seconds = seconds.to_string();
        let mut running = self.start(&["sync", "--until-idle", "--for", &seconds])?;
        loop {
            tokio::select! {
                line = running.line() => if line.is_none() { break },
                () = tokio::time::sleep(LOOK) => if enough() {
                    running.ask_to_end().await;
                    break;
                },
            }
        }
        Ok(running.end().await?)
    }

    /// Notes a moment.
    pub fn event(&mut self, kind: EventKind, words: Words) {
        self.record.events.push(Event {
            at_ms: self.stage.at(),
            kind,
            words,
        });
    }

    /// A span of trouble begins.
    pub fn trouble(&mut self, kind: BandKind) {
        let now = self.stage.at();
        self.record.bands.push(Band {
            kind,
            from_ms: now,
            to_ms: now,
        });
    }

    /// … and ends.
    pub fn relief(&mut self, kind: BandKind) {
        let now = self.stage.at();
        if let Some(band) = self.record.bands.iter_mut().rev().find(|b| b.kind == kind) {
            band.to_ms = now;
        }
    }
}
