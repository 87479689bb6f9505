//! Deadlines that follow progress: a request may take as long as it likes while its bytes move, and not a moment longer.
//!
//! Invariant: at any rate of at least [`Pace::floor`] a transfer never times out, however long it is; once bytes stop, it
//! ends within [`Pace::idle`] plus the time that what the system already buffered needs at the floor rate.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use hues_protocol::http::Class;
use tokio::time::Instant;

/// How patient a transport is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pace {
    /// How long nothing at all may happen.
    pub idle: Duration,
    /// Bytes a second below which a link counts as stalled. A flooded cell gives 2,000.
    pub floor: u32,
    /// How long a connection (TCP and TLS) may take to come up.
    pub connect: Duration,
}

impl Default for Pace {
    fn default() -> Pace {
        Pace {
            idle: Duration::from_secs(30),
            floor: 500,
            connect: Duration::from_secs(40),
        }
    }
}

impl Pace {
    /// The longest a request may take where only its two ends are seen: the time that `up` bytes and then `down` bytes need at the
    /// floor rate, besides the connection and one silence.
    #[must_use]
    pub fn whole(self, class: Class, up: u64, down: u64) -> Duration {
        let bytes = up.saturating_add(down).min(u64::from(u32::MAX));
        let moving = Duration::from_millis(bytes * 1000 / u64::from(self.floor.max(1)));
        self.connect + self.for_request(class, None).idle + moving
    }

    /// The patience of one request: a long poll is silent on purpose for 25 seconds.
    #[must_use]
    pub fn for_request(self, class: Class, idle: Option<Duration>) -> Pace {
        let idle = idle.unwrap_or(match class {
            Class::LongPoll => self.idle + Duration::from_secs(25),
            Class::Words | Class::Page | Class::Bytes => self.idle,
        });
        Pace { idle, ..self }
    }
}

/// What the sockets and HTTP/2 windows below us may have swallowed without one byte having left the phone. Bytes handed
/// over are no proof of progress up to this many.
const SWALLOWED: u64 = 256 * 1024;

/// The moving deadline of one request.
#[derive(Debug)]
pub(crate) struct Progress {
    pace: Pace,
    began: Instant,
    /// Milliseconds after `began` at which a byte was last handed over.
    last: AtomicU64,
    handed: AtomicU64,
}

impl Progress {
    pub(crate) fn begin(pace: Pace) -> Progress {
        Progress {
            pace,
            began: Instant::now(),
            last: AtomicU64::new(0),
            handed: AtomicU64::new(0),
        }
    }

    /// `bytes` more were taken by the connection.
    pub(crate) fn handed(&self, bytes: usize) {
        self.handed.fetch_add(bytes as u64, Ordering::Relaxed);
        let now = u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.last.store(now, Ordering::Relaxed);
    }

    /// When to give up while sending and while waiting for the answer to begin.
    pub(crate) fn send_deadline(&self) -> Instant {
        let handed = self.handed.load(Ordering::Relaxed);
        let last = Duration::from_millis(self.last.load(Ordering::Relaxed));
        let by_floor = self.at_floor(handed);
        let by_idle = last + self.at_floor(handed.min(SWALLOWED));
        self.began + self.pace.connect + self.pace.idle + by_floor.min(by_idle)
    }

    fn at_floor(&self, bytes: u64) -> Duration {
        Duration::from_millis(bytes.saturating_mul(1000) / u64::from(self.pace.floor.max(1)))
    }
}

/// The moving deadline of one answer's body.
#[derive(Debug)]
pub(crate) struct Arrival {
    pace: Pace,
    began: Instant,
    last: Instant,
    received: u64,
}

impl Arrival {
    pub(crate) fn begin(pace: Pace) -> Arrival {
        let now = Instant::now();
        Arrival {
            pace,
            began: now,
            last: now,
            received: 0,
        }
    }

    pub(crate) fn received(&mut self, bytes: usize) {
        self.received = self.received.saturating_add(bytes as u64);
        self.last = Instant::now();
    }

    /// The earlier of *nothing for a while* and *slower than the floor for a while*: neither a dead link nor a peer that
    /// drips a byte now and then holds a lane.
    pub(crate) fn deadline(&self) -> Instant {
        let floor = u64::from(self.pace.floor.max(1));
        let earned = Duration::from_millis(self.received.saturating_mul(1000) / floor);
        (self.last + self.pace.idle).min(self.began + self.pace.idle + earned)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pace() -> Pace {
        Pace {
            idle: Duration::from_secs(10),
            floor: 1000,
            connect: Duration::from_secs(5),
        }
    }

    #[tokio::test(start_paused = true)]
    async fn an_answer_at_twice_the_floor_never_runs_out() {
        let mut a = Arrival::begin(pace());
        for _ in 0..600 {
            tokio::time::advance(Duration::from_secs(1)).await;
            assert!(a.deadline() > Instant::now());
            a.received(2000);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_drip_runs_out_although_it_is_never_idle() {
        let mut a = Arrival::begin(pace());
        for _ in 0..12 {
            tokio::time::advance(Duration::from_secs(1)).await;
            a.received(1);
        }
        assert!(a.deadline() < Instant::now());
    }

    #[tokio::test(start_paused = true)]
    async fn credit_earned_by_a_burst_does_not_pay_for_a_stall() {
        let mut a = Arrival::begin(pace());
        a.received(10_000_000);
        tokio::time::advance(Duration::from_secs(11)).await;
        assert!(a.deadline() < Instant::now());
    }

    #[tokio::test(start_paused = true)]
    async fn a_body_swallowed_whole_gets_the_time_it_needs_at_the_floor() {
        let p = Progress::begin(pace());
        p.handed(60_000);
        tokio::time::advance(Duration::from_secs(60)).await;
        assert!(p.send_deadline() > Instant::now());
        tokio::time::advance(Duration::from_secs(20)).await;
        assert!(p.send_deadline() < Instant::now());
    }

    #[tokio::test(start_paused = true)]
    async fn a_long_upload_that_stops_is_given_up_long_before_its_size_at_the_floor() {
        let p = Progress::begin(pace());
        p.handed(100_000_000);
        tokio::time::advance(Duration::from_secs(300)).await;
        assert!(p.send_deadline() < Instant::now());
    }
}
