//! Two clocks: the one on the wall, and the processor time of this whole process, which a busy machine does not stretch.

use std::time::Instant;

use rustix::time::{clock_gettime, ClockId};

/// What something took, milliseconds.
#[derive(Debug, Clone, Copy, Default)]
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

fn cpu_ms() -> f64 {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    time.tv_sec as f64 * 1e3 + time.tv_nsec as f64 / 1e6
}
