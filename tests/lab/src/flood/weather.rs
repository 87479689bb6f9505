//! How a phone's link is at a moment: the sum of the weather over it.

use hues_sync::machine::Link;

use super::plan::{Entry, What};
use super::scenario::Kind;

/// A link, as the network is and as the phone believes it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Air {
    /// What the phone's system says.
    pub link: Link,
    /// Nothing gets through.
    pub out: bool,
    /// A portal answers.
    pub portal: bool,
    /// Bytes a second.
    pub rate: u64,
    /// Milliseconds that everything takes longer.
    pub latency: u64,
}

/// A good link, bytes a second.
const GOOD: u64 = 400_000;
/// Below this a link is called slow.
const SLOW: u64 = 50_000;

impl Air {
    /// The air over `phone` at `now`.
    pub fn over(phone: usize, now: u64, entries: &[Entry]) -> Air {
        let mut air = Air {
            link: Link::Good,
            out: false,
            portal: false,
            rate: GOOD,
            latency: 0,
        };
        let mut dead = false;
        for entry in entries {
            let What::Weather { fault, phones } = &entry.what else {
                continue;
            };
            if !fault.span.holds(now) || !phones.contains(&phone) {
                continue;
            }
            match fault.kind {
                Kind::Outage => air.out = true,
                Kind::DeadLink => dead = true,
                Kind::Portal => air.portal = true,
                Kind::Slow => air.rate = air.rate.min(fault.size),
                Kind::Latency => air.latency = air.latency.max(fault.size),
                _ => {}
            }
        }
        air.link = match air {
            Air { out: true, .. } => Link::None,
            Air { portal: true, .. } => Link::Captive,
            Air { rate, .. } if rate < SLOW => Link::Slow,
            _ => Link::Good,
        };
        air.out |= dead;
        air
    }

    /// Milliseconds that `bytes` take one way.
    pub fn travel(&self, bytes: u64) -> u64 {
        30 + self.latency + bytes * 1_000 / self.rate
    }
}
