//! One process that is kept alive until somebody ends it: a phone's or the city's.
//!
//! Invariant: how it ended is read from the operating system, once; a kill counts only when the signal did it.

use std::sync::Mutex;
use std::time::Duration;

use tokio::sync::{mpsc, watch};

use crate::troupe::{Ran, Running};

/// Whoever was asked to end has so long before it is killed.
const GRACE: Duration = Duration::from_secs(6);

/// Whether it runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Power {
    /// No process.
    Off,
    /// A process that cannot be talked to yet.
    Starting,
    /// A process that answers.
    On,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Order {
    Kill,
    End,
}

/// The place of a process.
pub struct Process {
    power: watch::Sender<Power>,
    orders: Mutex<Option<mpsc::UnboundedSender<Order>>>,
}

impl Process {
    /// An empty place.
    pub fn new() -> Process {
        Process {
            power: watch::Sender::new(Power::Off),
            orders: Mutex::new(None),
        }
    }

    /// Whether it runs now.
    pub fn power(&self) -> Power {
        *self.power.borrow()
    }

    /// It can be talked to.
    pub fn answers(&self) {
        self.power.send_if_modified(|p| {
            let was_starting = *p == Power::Starting;
            if was_starting {
                *p = Power::On;
            }
            was_starting
        });
    }

    /// Somebody starts a process, if none is there: then the place is taken.
    pub fn starts(&self) -> bool {
        self.power.send_if_modified(|p| {
            let was_off = *p == Power::Off;
            if was_off {
                *p = Power::Starting;
            }
            was_off
        })
    }

    /// Looks after a running process until its end, and returns that; `moved` is called for each line it prints.
    pub async fn mind(&self, mut running: Running, moved: impl Fn()) -> Option<Ran> {
        let (order, mut orders) = mpsc::unbounded_channel();
        *super::held(&self.orders) = Some(order);
        loop {
            tokio::select! {
                line = running.line() => match line {
                    Some(_) => moved(),
                    None => break,
                },
                Some(order) = orders.recv() => match order {
                    Order::Kill => running.kill(),
                    Order::End => running.ask_to_end().await,
                },
            }
        }
        let ran = running.end().await.ok();
        *super::held(&self.orders) = None;
        ran
    }

    /// Nothing of it is left, its end is accounted for.
    pub fn gone(&self) {
        self.power.send_replace(Power::Off);
    }

    /// SIGKILL; returns when nothing of it is left. False: there was nothing to kill.
    pub async fn kill(&self) -> bool {
        self.order(Order::Kill) && self.is_off(GRACE).await
    }

    /// Asks it to end, kills it if it does not.
    pub async fn end(&self) {
        if self.order(Order::End) && !self.is_off(GRACE).await {
            self.kill().await;
        }
    }

    fn order(&self, order: Order) -> bool {
        let orders = super::held(&self.orders);
        orders.as_ref().is_some_and(|to| to.send(order).is_ok())
    }

    async fn is_off(&self, patience: Duration) -> bool {
        let mut power = self.power.subscribe();
        let off = power.wait_for(|p| *p == Power::Off);
        let waited = tokio::time::timeout(patience, off).await;
        waited.is_ok()
    }
}
