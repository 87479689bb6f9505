//! What hits a phone or the city at a moment of the plan.

use super::*;

impl World<'_> {
    pub(super) fn strike(&mut self, kind: Kind, phone: usize, seed: u64) -> Outcome<()> {
        if self.calm {
            return Ok(());
        }
        let mut random = SeededRandom::new(seed);
        if !self.phones[phone].is_running() && kind != Kind::ClockJump {
            // It is off: the next one that is on is hit instead.
            let n = self.phones.len();
            let next = (1..n)
                .map(|i| (phone + i) % n)
                .find(|p| self.phones[*p].is_running());
            return match next {
                Some(next) => self.strike(kind, next, seed),
                None => Ok(()),
            };
        }
        self.report.hit(kind);
        let life = self.phones[phone].life;
        match kind {
            Kind::Kill => {
                self.phones[phone].kill_soon(1 + random.below(40));
                self.push(self.now + 10 * MINUTE, Due::KillNow { phone, life });
            }
            Kind::Battery => {
                self.phones[phone].power_loss(self.now, &mut random);
                let off = 10 * MINUTE + random.below(3 * HOUR);
                self.off_for(phone, off);
                // Somebody sets the clock right, sooner or later.
                self.push(
                    self.now + off + random.below(6 * HOUR),
                    Due::ClockRight { phone },
                );
            }
            Kind::DiskFull => {
                self.phones[phone].fill_disk(Some(random.below(60_000)));
                let again = self.now + 10 * MINUTE + random.below(HOUR);
                self.push(again, Due::RoomAgain { phone });
            }
            Kind::BadPage => self.spoil(phone, &mut random)?,
            Kind::ClockJump => {
                let by = [-3_600_000, 7_200_000, -86_400_000 * 400, 86_400_000 * 800];
                self.phones[phone].bend(by[random.below(4) as usize]);
                self.push(self.now + random.below(8 * HOUR), Due::ClockRight { phone });
            }
            Kind::LowPower => {
                self.tell(phone, Event::LowPower(true))?;
                let charged = self.now + 10 * MINUTE + random.below(5 * HOUR);
                self.push(charged, Due::Charged { phone, life });
            }
            Kind::TooOld => {
                self.too_old.insert(phone);
                let updated = self.now + 10 * MINUTE + random.below(6 * HOUR);
                self.push(updated, Due::Updated { phone });
            }
            Kind::OldCopy => {
                self.phones[phone].copy_at(self.now);
                let back = self.now + 20 * MINUTE + random.below(3 * HOUR);
                self.push(back, Due::BackToCopy { phone });
            }
            Kind::Update => {
                match self.phones[phone].at(|desk| desk.age()) {
                    Ok((Ok(()), _)) | Ok((Err(_), _)) => {}
                    Err(end) => return self.ended(phone, end),
                }
                self.updated(phone);
            }
            _ => {}
        }
        Ok(())
    }

    /// Another release of the app is installed.
    pub(super) fn updated(&mut self, phone: usize) {
        self.too_old.remove(&phone);
        if self.phones[phone].is_running() {
            self.phones[phone].kill();
            self.off_for(phone, MINUTE);
        }
    }

    pub(super) fn off_for(&mut self, phone: usize, ms: u64) {
        let back = self.now + ms;
        self.phones[phone].off_until = Some(back);
        self.push(back, Due::Start { phone });
    }

    /// A page of the database is destroyed while the phone is off. It was opened well before: what a kill left undone is done.
    fn spoil(&mut self, phone: usize, random: &mut SeededRandom) -> Outcome<()> {
        if self.phones[phone].is_full() || self.phones[phone].is_dying() {
            return Ok(());
        }
        self.phones[phone].kill();
        self.start(phone)?;
        if !self.phones[phone].is_running() {
            return Ok(());
        }
        self.phones[phone].kill();
        let disk = self.phones[phone].disk.clone();
        let database = disk.root().join("account/core.db");
        let image = disk.image();
        let len = image
            .files()
            .find(|(path, _)| path.ends_with("core.db"))
            .map_or(0, |(_, bytes)| bytes.len());
        let page = 1 + random.below((len as u64 / 4096).max(1)) as usize;
        disk.destroy_page(&database, page, 4096, random);
        self.note(|_| format!("phone {phone}: page {page} of {} is destroyed", len / 4096));
        self.off_for(phone, 5 * MINUTE);
        Ok(())
    }

    pub(super) fn back_to_copy(&mut self, phone: usize) -> Outcome<()> {
        if self.calm {
            return Ok(());
        }
        if let Some(copy) = self.phones[phone].copy.take() {
            self.phones[phone].restore(copy, self.now);
            self.off_for(phone, 5 * MINUTE);
            if self.phones[phone].ticket.is_none() {
                self.push(self.now + HOUR / 2, Due::SignIn { phone });
            }
        }
        Ok(())
    }

    pub(super) fn strike_city(&mut self, kind: Kind) -> Outcome<()> {
        if self.calm {
            return Ok(());
        }
        let mut env = Env {
            wall: Wall(self.scenario.starts + self.now as i64),
            mono: Mono(self.now),
            boot: BootId([9; 16]),
            random: &mut self.city_random,
        };
        let done = match kind {
            Kind::GatewayKilled => self.gateway.restart(&mut env),
            Kind::Restore if self.backups == 0 => return Ok(()),
            Kind::Restore => {
                let name = format!("b{}", self.backups);
                self.gateway.restore(&mut env, &name).map(|_| ())
            }
            _ => Ok(()),
        };
        if let Err(e) = done {
            return Err(self.broken(Invariant::NoSurprise, format!("{}: {e}", kind.name())));
        }
        self.report.hit(kind);
        if kind == Kind::GatewayKilled {
            self.drop_exchanges();
        }
        Ok(())
    }
}
