//! What a phone's system says of its own accord, in the middle of things: it repeats how the link is, loses it in a lift, calls for a wake-up that nobody
//! asked for, tells of power, renews a session; and people pull down while something is under way.
//!
//! Invariant: drawn from the act that it follows, so a plan without the act is without its fidgets.

use super::*;

/// Fidgets of one act.
const EACH: u64 = 3;

impl World<'_> {
    /// Plans what the phone's system will say around an act: mostly soon after it, when requests are under way.
    pub(super) fn will_fidget(&mut self, phone: usize, seed: u64) {
        if self.calm {
            return;
        }
        let life = self.phones[phone].life;
        let mut random = SeededRandom::new(seed ^ 0xF1D6);
        for _ in 0..EACH {
            // From a millisecond to a minute, each magnitude as likely as the other.
            let at = self.now + (1 << random.below(16)) + random.below(30);
            let seed = random.next_u64();
            self.push(at, Due::Fidget { phone, life, seed });
        }
    }

    fn is_alive(&self, phone: usize, life: u64) -> bool {
        !self.calm && self.phones[phone].life == life && self.phones[phone].is_running()
    }

    pub(super) fn fidget(&mut self, phone: usize, life: u64, seed: u64) -> Outcome<()> {
        if !self.is_alive(phone, life) {
            return Ok(());
        }
        let mut random = SeededRandom::new(seed);
        self.phones[phone].used_at = Some(self.now);
        match random.below(10) {
            0 => self.tell(phone, Event::Link(self.phones[phone].link)),
            1 => {
                // A lift, a tunnel: the system says so before any request notices.
                let back = self.now + (1 << random.below(12));
                self.push(back, Due::LinkBack { phone, life });
                let link = [Link::None, Link::None, Link::Slow, Link::Captive];
                self.tell(phone, Event::Link(link[random.below(4) as usize]))
            }
            2 | 3 => self.tell(phone, Event::Refresh),
            4 => self.tell(phone, Event::Timer),
            5 => {
                let charged = self.now + (1 << random.below(18));
                self.push(charged, Due::Charged { phone, life });
                self.tell(phone, Event::LowPower(true))
            }
            6 => self.tell(phone, Event::LowPower(false)),
            7 => {
                self.tell(phone, Event::Foreground(false))?;
                match self.phones[phone].is_running() {
                    true => self.tell(phone, Event::Foreground(true)),
                    false => Ok(()),
                }
            }
            8 => {
                let unstuck = Due::Unstick { phone, seed };
                self.push(self.now + 1, unstuck);
                Ok(())
            }
            _ if self.phones[phone].ticket.is_some() => self.sign_in(phone),
            _ => Ok(()),
        }
    }

    pub(super) fn link_back(&mut self, phone: usize, life: u64) -> Outcome<()> {
        match self.is_alive(phone, life) {
            true => self.tell(phone, Event::Link(self.phones[phone].link)),
            false => Ok(()),
        }
    }
}
