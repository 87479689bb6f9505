//! The calm after the storm: the faults end, and everything has to arrive.

use super::*;

/// How far the calm has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Settled {
    /// Something still waits.
    No,
    /// Everything that can leave has left; people look after what is stuck.
    Left,
    /// Nothing waits any more, with so many commits; people pull down.
    Emptied {
        /// The ledger's length then.
        commits: usize,
    },
}

impl World<'_> {
    /// The faults end: links are good, phones are on, in their owners' hands.
    pub(super) fn calm_down(&mut self) -> Outcome<()> {
        self.calm = true;
        for phone in std::mem::take(&mut self.too_old) {
            self.updated(phone);
        }
        for phone in 0..self.phones.len() {
            self.phones[phone].fill_disk(None);
            if self.phones[phone].is_dying() {
                self.phones[phone].kill();
            }
            self.phones[phone].off_until = None;
            self.push(self.now, Due::Start { phone });
            self.push(self.now + 1, Due::Air { phone });
            if self.phones[phone].ticket.is_none() {
                self.push(self.now + 2, Due::SignIn { phone });
            }
            if self.phones[phone].is_running() {
                self.in_hand(phone)?;
            }
        }
        Ok(())
    }

    /// Its owner looks at it for a while.
    pub(super) fn in_hand(&mut self, phone: usize) -> Outcome<()> {
        self.tell(phone, Event::Foreground(true))?;
        let life = self.phones[phone].life;
        self.push(self.now + 3 * MINUTE, Due::Background { phone, life });
        Ok(())
    }

    /// Looks whether everything has arrived. True: the flood is over.
    pub(super) fn look(&mut self) -> Outcome<bool> {
        let open = self.open_work();
        let stuck = open.iter().all(|o| o.stuck);
        let since = self.now - self.scenario.storm;
        match self.settled {
            Settled::No if stuck => {
                // A wedged lane blocked no other: whatever could leave has left, and only now do people look after what is stuck.
                self.report.settled_after = since;
                self.settled = Settled::Left;
                for phone in 0..self.phones.len() {
                    let seed = self.luck[phone].next_u64();
                    self.push(self.now + 1, Due::Unstick { phone, seed });
                }
            }
            Settled::Emptied { commits } if open.is_empty() && commits == self.ledger.len() => {
                return Ok(true);
            }
            Settled::Left | Settled::Emptied { .. } if open.is_empty() => {
                self.settled = Settled::Emptied {
                    commits: self.ledger.len(),
                };
                // What the other phone of an account did since is seen at the next pull: people pull down, again if something came meanwhile.
                for phone in 0..self.phones.len() {
                    self.tell(phone, Event::Refresh)?;
                }
            }
            Settled::Left => {
                for phone in 0..self.phones.len() {
                    let seed = self.luck[phone].next_u64();
                    self.push(self.now + 1, Due::Unstick { phone, seed });
                }
            }
            _ => {}
        }
        if since > self.scenario.settle {
            let open: Vec<String> = open.iter().map(|o| o.what.clone()).collect();
            let what = format!(
                "not everything arrived within {} min of calm: {}",
                self.scenario.settle / MINUTE,
                open.join("; ")
            );
            return Err(self.broken(Invariant::QueuesEmpty, what));
        }
        self.push(self.now + MINUTE, Due::Look);
        Ok(false)
    }
}
