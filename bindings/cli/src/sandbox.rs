//! A phone's bad luck in a test: its clock, boot, battery, link, and the point at which it dies.
//!
//! Invariant: nothing here exists outside a sandbox city; a kill is SIGKILL, as a system that needs memory sends it: no
//! destructor runs, nothing is flushed.

use std::fs::File;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::Arc;

use hues_core::ports::{Clock, ClockReading, Link, PowerState, SystemClock};
use hues_core::probe::{Probe, ProbePoint};
use serde::Deserialize;

use crate::exit::Failure;

/// The file of `--sandbox`: a JSON object, every field optional.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Sandbox {
    /// Milliseconds the wall clock is ahead of the machine's.
    pub clock_offset_ms: i64,
    /// Where the wall clock stood when the phone came up (RFC 3339), running on from there; instead of the offset.
    pub wall: Option<String>,
    /// Which boot this is.
    pub boot: Option<u64>,
    /// Battery, percent; under 15 words only.
    pub battery: Option<u8>,
    /// `none`, `captive`, `slow` or `good`.
    pub link: Option<String>,
    /// Where the process dies.
    pub kill: Option<Kill>,
    /// A file that gets a line for each point passed: whoever kills from outside reads there how far the phone was.
    pub trace: Option<PathBuf>,
}

/// Where the process dies.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Kill {
    /// A probe point of the core, e.g. `submit-before-commit`.
    pub point: String,
    /// The how-manieth time it is passed, from 1.
    #[serde(default = "one")]
    pub hit: u64,
}

fn one() -> u64 {
    1
}

impl Sandbox {
    /// Reads and checks a file.
    ///
    /// # Errors
    /// Refused, with what is wrong.
    pub fn read(file: &Path) -> Result<Sandbox, Failure> {
        let text = std::fs::read(file).map_err(|e| Failure::io("sandbox", &e))?;
        let sandbox: Sandbox = serde_json::from_slice(&text)
            .map_err(|e| Failure::refused("sandbox", e.to_string()))?;
        sandbox.link()?;
        sandbox.clock()?;
        sandbox.probe()?;
        Ok(sandbox)
    }

    /// The link it names.
    ///
    /// # Errors
    /// Refused when it is none of the four.
    pub fn link(&self) -> Result<Option<Link>, Failure> {
        Ok(match self.link.as_deref() {
            None => None,
            Some("none") => Some(Link::None),
            Some("captive") => Some(Link::Captive),
            Some("slow") => Some(Link::Slow),
            Some("good") => Some(Link::Good),
            Some(_) => {
                return Err(Failure::refused(
                    "sandbox",
                    "link: none, captive, slow, good",
                ))
            }
        })
    }

    /// The battery as the core takes it.
    #[must_use]
    pub fn power(&self) -> PowerState {
        match self.battery {
            Some(percent) if percent < 15 => PowerState::Low,
            _ => PowerState::Normal,
        }
    }

    /// The clocks.
    ///
    /// # Errors
    /// Refused when `wall` is no time.
    pub fn clock(&self) -> Result<Arc<ShiftedClock>, Failure> {
        Ok(Arc::new(ShiftedClock {
            offset: AtomicI64::new(self.offset()?),
            boot: self.boot,
        }))
    }

    /// Milliseconds the wall clock is ahead of the machine's now.
    fn offset(&self) -> Result<i64, Failure> {
        let Some(wall) = &self.wall else {
            return Ok(self.clock_offset_ms);
        };
        let wall = hues_vietnam::parse_rfc3339(wall)
            .map_err(|_| Failure::refused("sandbox", "wall: RFC 3339"))?;
        Ok(wall - SystemClock.now().wall_ms)
    }

    /// The kill point and the trace.
    ///
    /// # Errors
    /// Refused when there is no such point, or the trace cannot be written.
    pub fn probe(&self) -> Result<Option<Arc<dyn Probe>>, Failure> {
        let trace = match &self.trace {
            None => None,
            Some(file) => {
                let opened = File::options().append(true).create(true).open(file);
                Some(opened.map_err(|e| Failure::io("trace", &e))?)
            }
        };
        let kill = match &self.kill {
            None => None,
            Some(kill) => Some(KillAt {
                point: point(&kill.point)?,
                left: AtomicU64::new(kill.hit.max(1)),
            }),
        };
        Ok(match (trace, kill) {
            (None, None) => None,
            (trace, kill) => Some(Arc::new(Watched { trace, kill })),
        })
    }
}

fn point(name: &str) -> Result<ProbePoint, Failure> {
    ProbePoint::from_name(name).ok_or_else(|| {
        let names: Vec<_> = ProbePoint::ALL.iter().map(|p| p.name()).collect();
        Failure::refused("sandbox", format!("kill point: {}", names.join(", ")))
    })
}

/// The system's clocks, the wall shifted, the boot renamed. The monotonic one goes on as it is, so that several processes
/// of one invented boot agree on it.
pub struct ShiftedClock {
    offset: AtomicI64,
    boot: Option<u64>,
}

impl ShiftedClock {
    /// The wall clock is put where `sandbox` says: what a person or the network does to a phone's clock while apps run.
    ///
    /// # Errors
    /// Refused when its `wall` is no time.
    pub fn put(&self, sandbox: &Sandbox) -> Result<(), Failure> {
        self.offset.store(sandbox.offset()?, Ordering::SeqCst);
        Ok(())
    }
}

impl Clock for ShiftedClock {
    fn now(&self) -> ClockReading {
        let real = SystemClock.now();
        ClockReading {
            wall_ms: real
                .wall_ms
                .saturating_add(self.offset.load(Ordering::SeqCst)),
            mono_ms: real.mono_ms,
            boot: self.boot.unwrap_or(real.boot),
        }
    }
}

/// Writes down which points are passed and kills this process at one of them.
struct Watched {
    trace: Option<File>,
    kill: Option<KillAt>,
}

/// The n-th time a point is passed.
struct KillAt {
    point: ProbePoint,
    left: AtomicU64,
}

impl Probe for Watched {
    fn at(&self, point: ProbePoint) {
        if let Some(mut trace) = self.trace.as_ref() {
            // One write, so that lines of several threads do not mix; without it only the tale of a kill is poorer.
            let _ = trace.write_all(format!("{}\n", point.name()).as_bytes());
        }
        if let Some(kill) = &self.kill {
            if point == kill.point && kill.left.fetch_sub(1, Ordering::SeqCst) == 1 {
                die();
            }
        }
    }
}

/// SIGKILL to ourselves. The standard library has no call for it and unsafe code has no place here, so a tool sends it;
/// this thread never goes on, and whatever the others do until the signal arrives happens on a phone as well.
fn die() {
    let me = std::process::id().to_string();
    let _ = std::process::Command::new("kill")
        .args(["-KILL", &me])
        .status();
    loop {
        std::thread::park();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_unknown_is_refused() {
        let read = |text: &str| serde_json::from_str::<Sandbox>(text);
        assert!(read("{}").is_ok());
        assert!(read(r#"{"battrey":3}"#).is_err());
        let s = read(r#"{"kill":{"point":"nowhere"}}"#).unwrap();
        assert!(s.probe().is_err());
        let s = read(r#"{"link":"5g"}"#).unwrap();
        assert!(s.link().is_err());
        let s = read(r#"{"wall":"yesterday"}"#).unwrap();
        assert!(s.clock().is_err());
    }

    #[test]
    fn a_boot_has_its_own_name_and_the_wall_stands_where_it_was_put() {
        let s: Sandbox =
            serde_json::from_str(r#"{"wall":"2023-01-01T00:00:00Z","boot":7,"battery":14}"#)
                .unwrap();
        let now = s.clock().unwrap().now();
        assert_eq!(now.boot, 7);
        assert!((1_672_531_200_000..1_672_531_260_000).contains(&now.wall_ms));
        assert_eq!(s.power(), PowerState::Low);
    }
}
