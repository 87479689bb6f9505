//! What a visitor can order from the page, and how it is done.
//!
//! Invariant: an order says a person and a thing to do, never a command line; texts cross as one argument each.

use std::sync::atomic::Ordering;
use std::sync::Arc;

use hues_media::testkit::{generate, Extras};
use serde::Deserialize;
use serde_json::Value;

use super::lab::{now_ms, Lab};
use super::people::{self, PEOPLE};
use super::phone::{LivePhone, Network};
use crate::exit::{Exit, Failure};
use crate::troupe::path;

/// An order.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(tag = "do", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Order {
    /// Somebody files a report.
    File {
        /// Whose phone.
        phone: String,
        /// Category code, one of the page's.
        category: String,
        /// What she writes.
        text: String,
        /// With a sample photo.
        photo: bool,
    },
    /// The officer's next step for a report.
    Staff {
        /// Which.
        act: Step,
        /// The report.
        report: String,
        /// Its category: it decides the unit.
        category: String,
        /// The answer's words.
        #[serde(default)]
        text: String,
    },
    /// Somebody pulls down to refresh.
    Refresh {
        /// Whose phone.
        phone: String,
    },
    /// Somebody takes back an act that the city refused.
    Discard {
        /// Whose phone.
        phone: String,
        /// The act.
        op: String,
    },
    /// A carrier is broken or mended.
    Network {
        /// Whose carrier.
        phone: String,
        /// What it carries from now on.
        network: Network,
    },
    /// SIGKILL for a phone.
    Kill {
        /// Which.
        phone: String,
    },
    /// A phone that is off is opened again.
    Start {
        /// Which.
        phone: String,
    },
    /// The battery is empty, or charged again.
    Battery {
        /// Whose.
        phone: String,
        /// Empty.
        empty: bool,
    },
    /// The clock stands in 2010, or is right again.
    Clock {
        /// Whose.
        phone: String,
        /// Wrong.
        wrong: bool,
    },
    /// SIGKILL for the city.
    KillCity,
    /// The city is started again.
    StartCity,
    /// The city makes a backup.
    Backup,
    /// The city goes back to its newest backup.
    Restore,
    /// Everything that is broken is mended, everybody is on.
    Lift,
}

/// A step of the officer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Step {
    /// The facts are as reported.
    Verify,
    /// To the unit.
    Assign,
    /// The unit's answer.
    Answer,
    /// For everyone to read.
    Publish,
}

impl Lab {
    /// Carries an order out.
    ///
    /// # Errors
    /// The phone's or the city's; nothing is pretended.
    pub async fn obey(self: &Arc<Lab>, order: Order) -> Result<(), Failure> {
        match order {
            Order::File {
                phone,
                category,
                text,
                photo,
            } => self.file(self.find(&phone)?, &category, &text, photo).await,
            Order::Staff {
                act,
                report,
                category,
                text,
            } => self.staff(act, &report, &category, &text).await,
            Order::Refresh { phone } => {
                let phone = &self.phones[self.find(&phone)?];
                phone.ask(&["sync", "--for", "1"]).await.map(drop)
            }
            Order::Discard { phone, op } => {
                let phone = &self.phones[self.find(&phone)?];
                phone.ask(&["outbox", "discard", &id(&op)?]).await?;
                self.taken_back(&op)
            }
            Order::Network { phone, network } => self.network(self.find(&phone)?, network).await,
            Order::Kill { phone } => self.kill(self.find(&phone)?).await,
            Order::Start { phone } => self.start(self.find(&phone)?).await,
            Order::Battery { phone, empty } => self.battery(self.find(&phone)?, empty).await,
            Order::Clock { phone, wrong } => self.clock(self.find(&phone)?, wrong),
            Order::KillCity => {
                self.city.process.kill().await;
                self.say(
                    "Thành phố bị tắt ngang (SIGKILL).",
                    "The city was killed (SIGKILL).",
                );
                Ok(())
            }
            Order::StartCity => {
                self.city_on().await?;
                self.say("Thành phố chạy lại.", "The city is up again.");
                Ok(())
            }
            Order::Backup => {
                let made = self.city.make_backup(now_ms()).await?;
                let n = made.reports;
                self.say(
                    format!("Thành phố sao lưu: {n} phản ánh."),
                    format!("The city made a backup: {n} reports."),
                );
                Ok(())
            }
            Order::Restore => {
                self.city.restore().await?;
                self.say(
                    "Thành phố trở về bản sao lưu: những gì đến sau đó không còn ở thành phố.",
                    "The city went back to its backup: what came after it is gone from the city.",
                );
                Ok(())
            }
            Order::Lift => self.lift().await,
        }
    }

    fn find(&self, key: &str) -> Result<usize, Failure> {
        PEOPLE
            .iter()
            .position(|p| p.key == key)
            .ok_or_else(|| Failure::new(Exit::NotFound, "not-found", "phone", key))
    }

    async fn file(
        &self,
        n: usize,
        category: &str,
        words: &str,
        photo: bool,
    ) -> Result<(), Failure> {
        let phone = &self.phones[n];
        if phone.person.staff.is_some() {
            return Err(Failure::new(
                Exit::NotFound,
                "not-found",
                "phone",
                "an officer files nothing here",
            ));
        }
        let topic = people::topic(category)
            .ok_or_else(|| Failure::refused("category-unknown", category))?;
        let mut line = vec!["report".to_owned(), "new".into()];
        line.extend([format!("--category={category}"), format!("--text={words}")]);
        line.push(format!(
            "--at={}",
            place(self.next_photo.load(Ordering::SeqCst))
        ));
        line.extend(topic.answers.iter().map(|a| format!("--answer={a}")));
        if photo {
            line.push(format!("--photo={}", path(&self.sample_photo().await?)));
        }
        let line: Vec<&str> = line.iter().map(String::as_str).collect();
        let done = phone
            .ask(&line)
            .await?
            .into_iter()
            .next()
            .unwrap_or_default();
        self.saved(phone, "report.new", &done)?;
        let who = self.who(n);
        self.say(
            format!("{} gửi một phản ánh; máy đã giữ.", who.vi),
            format!("{} files a report; the phone keeps it.", who.en),
        );
        Ok(())
    }

    /// A photo that was never taken: a new one each time.
    async fn sample_photo(&self) -> Result<std::path::PathBuf, Failure> {
        let seed = self.next_photo.fetch_add(1, Ordering::SeqCst);
        let file = self.photos.join(format!("{}-{seed}.jpg", now_ms()));
        let to = file.clone();
        let made = tokio::task::spawn_blocking(move || {
            let extras = Extras {
                quality: 70,
                ..Extras::default()
            };
            std::fs::write(&to, generate(seed, 640, 480, &extras))
        });
        made.await
            .unwrap_or_else(|_| Err(std::io::ErrorKind::Other.into()))
            .map_err(|e| Failure::io("photo", &e))?;
        Ok(file)
    }

    async fn staff(
        &self,
        act: Step,
        report: &str,
        category: &str,
        words: &str,
    ) -> Result<(), Failure> {
        let Some(phone) = self.phones.iter().find(|p| p.person.staff.is_some()) else {
            return Err(Failure::new(
                Exit::NotFound,
                "not-found",
                "phone",
                "no officer",
            ));
        };
        let report = id(report)?;
        let unit = people::topic(category).map_or("ha_tang_do_thi", |t| t.unit);
        let answer = format!("--text={words}");
        let (kind, line, vi, en): (_, Vec<&str>, _, _) = match act {
            Step::Verify => (
                "staff.verify",
                vec!["verify", &report],
                "xác minh",
                "verifies",
            ),
            Step::Assign => (
                "staff.assign",
                vec!["assign", &report, unit],
                "giao đơn vị xử lý",
                "hands it to the unit",
            ),
            Step::Answer => (
                "staff.answer",
                vec!["answer", &report, &answer],
                "trả lời",
                "answers",
            ),
            Step::Publish => (
                "staff.publish",
                vec!["publish", &report],
                "công khai",
                "publishes",
            ),
        };
        let line: Vec<&str> = std::iter::once("staff").chain(line).collect();
        let done: Value = phone
            .ask(&line)
            .await?
            .into_iter()
            .next()
            .unwrap_or_default();
        self.saved(phone, kind, &done)?;
        let name = phone.person.name;
        self.say(format!("{name} {vi}."), format!("{name} {en}."));
        Ok(())
    }

    async fn network(&self, n: usize, network: Network) -> Result<(), Failure> {
        let phone = &self.phones[n];
        self.set_network(phone, network).await?;
        let carrier = phone.person.carrier;
        let (vi, en) = match network {
            Network::Good => ("thông suốt", "works well"),
            Network::Slow => ("còn 2 KB/giây", "carries 2 KB/s"),
            Network::Portal => ("chỉ thấy trang đăng nhập Wi-Fi", "is a Wi-Fi log-in page"),
            Network::Cut => ("mất sóng", "is cut"),
        };
        self.say(
            format!("Mạng {carrier} {vi}."),
            format!("Carrier {carrier} {en}."),
        );
        Ok(())
    }

    async fn kill(&self, n: usize) -> Result<(), Failure> {
        if self.phones[n].process.kill().await {
            let name = self.phones[n].person.name;
            self.say(
                format!("Máy của {name} bị tắt ngang (SIGKILL)."),
                format!("{name}'s phone was killed (SIGKILL)."),
            );
        }
        Ok(())
    }

    async fn start(self: &Arc<Lab>, n: usize) -> Result<(), Failure> {
        self.switch_on(n).await?;
        let name = self.phones[n].person.name;
        self.say(
            format!("Máy của {name} mở lại."),
            format!("{name}'s phone is on again."),
        );
        Ok(())
    }

    async fn battery(self: &Arc<Lab>, n: usize, empty: bool) -> Result<(), Failure> {
        let phone = &self.phones[n];
        let name = phone.person.name;
        if phone.switches().empty == empty {
            return Ok(());
        }
        phone.set_battery(empty)?;
        if empty {
            phone.process.kill().await;
            self.say(
                format!("Máy của {name} hết pin."),
                format!("{name}'s battery is dead."),
            );
            return Ok(());
        }
        self.say(
            format!("Máy của {name} được sạc."),
            format!("{name}'s phone is charged."),
        );
        self.start(n).await
    }

    fn clock(&self, n: usize, wrong: bool) -> Result<(), Failure> {
        let phone: &LivePhone = &self.phones[n];
        phone.set_clock(wrong)?;
        let name = phone.person.name;
        match wrong {
            true => self.say(
                format!("Đồng hồ máy của {name} lùi về năm 2010."),
                format!("The clock of {name}'s phone went back to 2010."),
            ),
            false => self.say(
                format!("Đồng hồ máy của {name} đúng lại."),
                format!("The clock of {name}'s phone is right again."),
            ),
        }
        Ok(())
    }

    async fn lift(self: &Arc<Lab>) -> Result<(), Failure> {
        self.city_on().await?;
        for (n, phone) in self.phones.iter().enumerate() {
            let broken = phone.switches();
            if broken.wrong_clock {
                phone.set_clock(false)?;
            }
            if broken.empty {
                phone.set_battery(false)?;
            }
            if broken.network != Network::Good {
                self.set_network(phone, Network::Good).await?;
            }
            self.switch_on(n).await?;
        }
        self.say("Mọi sự cố đã được gỡ.", "Everything is mended.");
        Ok(())
    }
}

/// An id as the phones print it: nothing else becomes an argument.
fn id(given: &str) -> Result<String, Failure> {
    let good = given.len() == 32 && given.bytes().all(|b| b.is_ascii_hexdigit());
    match good {
        true => Ok(given.to_owned()),
        false => Err(Failure::new(
            Exit::NotFound,
            "not-found",
            "id",
            "no such thing",
        )),
    }
}

/// Somewhere in the old town, as a phone measures it.
fn place(n: u64) -> String {
    let step = |k: u64| (n * k % 9_000) as f64 / 1e6;
    format!(
        "{:.6},{:.6},{}",
        16.4630 + step(1_231),
        107.5800 + step(2_377),
        8
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_order_is_one_of_those_there_are() {
        let read = |text: &str| serde_json::from_str::<Order>(text);
        assert_eq!(read(r#"{"do":"restore"}"#).unwrap(), Order::Restore);
        let cut = read(r#"{"do":"network","phone":"citizen","network":"cut"}"#).unwrap();
        assert!(matches!(
            cut,
            Order::Network {
                network: Network::Cut,
                ..
            }
        ));
        for bad in [
            r#"{"do":"delete-everything"}"#,
            r#"{"do":"kill"}"#,
            r#"{"do":"kill","phone":"citizen","signal":15}"#,
            r#"{"do":"network","phone":"citizen","network":"5g"}"#,
        ] {
            assert!(read(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn only_ids_become_arguments() {
        assert!(id(&"0af".repeat(10)).is_err());
        assert!(id("--all").is_err());
        assert!(id(&"a1".repeat(16)).is_ok());
    }

    #[test]
    fn places_lie_in_the_old_town() {
        for n in 0..50 {
            let at = place(n);
            let lat: f64 = at.split(',').next().unwrap().parse().unwrap();
            assert!((16.45..16.48).contains(&lat), "{at}");
        }
    }
}
