//! Two clocks: the one on the wall, and the processor time of this whole process, which a busy machine does not stretch. And what memory it held.

use std::time::Instant;

use rustix::time::{clock_gettime, ClockId};
use serde::{Deserialize, Serialize};

/// What something took, milliseconds.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
pub struct Took {
    /// From start to end.
    pub wall: f64,
    /// Processor time of all threads.
    pub cpu: f64,
}

impl Took {
    /// The share of one of `n`.
    pub fn each(self, n: usize) -> Took {
        Took {
            wall: self.wall / n as f64,
            cpu: self.cpu / n as f64,
        }
    }

    /// Both together.
    pub fn plus(self, other: Took) -> Took {
        Took {
            wall: self.wall + other.wall,
            cpu: self.cpu + other.cpu,
        }
    }
}

/// A running measurement.
pub struct Lap {
    cpu: f64,
    started: Instant,
}

impl Lap {
    /// Starts now.
    pub fn start() -> Lap {
        Lap {
            cpu: cpu_ms(),
            started: Instant::now(),
        }
    }

    /// Ends now.
    pub fn stop(self) -> Took {
        Took {
            wall: self.started.elapsed().as_secs_f64() * 1e3,
            cpu: cpu_ms() - self.cpu,
        }
    }
}

/// Set: only the wall's clock is read. The other one is read through the vDSO, which some versions of Valgrind do not map.
pub const NO_CPU_CLOCK: &str = "HUES_BENCH_NO_CPU_CLOCK";

fn cpu_ms() -> f64 {
    static OFF: std::sync::OnceLock<bool> = std::sync::OnceLock::new();
    if *OFF.get_or_init(|| std::env::var_os(NO_CPU_CLOCK).is_some()) {
        return 0.0;
    }
    let time = clock_gettime(ClockId::ProcessCPUTime);
    time.tv_sec as f64 * 1e3 + time.tv_nsec as f64 / 1e6
}

/// Forgets the highest mark of this process's memory: from now on [`peak_mb`] counts anew. Linux only.
pub fn forget_peak() {
    let _ = std::fs::write("/proc/self/clear_refs", "5");
}

/// The most memory this process held since [`forget_peak`], MB (10⁶ bytes); 0 where the system does not tell.
pub fn peak_mb() -> f64 {
    status_mb("VmHWM:")
}

/// What it holds now, MB.
pub fn held_mb() -> f64 {
    status_mb("VmRSS:")
}

fn status_mb(name: &str) -> f64 {
    let text = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix(name));
    let kib = line.and_then(|l| l.trim().strip_suffix(" kB")?.trim().parse::<f64>().ok());
    kib.unwrap_or(0.0) * 1024.0 / 1e6
}
