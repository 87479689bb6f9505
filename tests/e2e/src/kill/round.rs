//! A day of the kill test: one city, a citizen and an officer, some rounds, then calm, and the judgement.
//!
//! A round is a lap of the whole journey: she files, both phones talk with the city, the officer moves reports on, both
//! talk again, she answers questions and rates answers. One blow strikes an act, one a talk, at a place the deck says.

use std::path::{Path, PathBuf};
use std::time::Duration;

use hues_env::{Random, SeededRandom};
use hues_media::testkit::{generate, Extras};

use super::blow::{Blow, Deck, When};
use super::handset::Handset;
use super::judge::Evidence;
use super::people::{Casework, FollowUps, Person, Wanted};
use super::tally::Tally;
use super::town::Town;
use crate::ledger::{list, text};
use crate::process::Trouble;

/// How often the phones talk at the end before "nothing waits any more" is given up.
const CALM: usize = 12;
/// A talk lasts about so long, milliseconds.
const TALK_MS: u64 = 200;

/// One city and its people.
pub struct Day {
    town: Town,
    citizen: Person,
    officer: Person,
    follow_ups: FollowUps,
    casework: Casework,
    wanted: Vec<Wanted>,
    photos: Vec<PathBuf>,
    random: SeededRandom,
    acts: Deck,
    talks: Deck,
}

impl Day {
    /// Founds the city in `folder`; both sign in.
    ///
    /// # Errors
    /// The city does not start, a phone cannot sign in.
    pub async fn begin(program: &Path, folder: &Path, seed: u64) -> Result<Day, Trouble> {
        let mut random = SeededRandom::new(seed);
        let town = Town::found(program, folder.join("city"), random.below(2) == 0).await?;
        let mut person = |name: &str| {
            let home = folder.join(name);
            Person::new(Handset::new(program, home, random.fork()))
        };
        let (citizen, officer) = (person("citizen"), person("officer"));
        let mut day = Day {
            town,
            citizen,
            officer,
            follow_ups: FollowUps::default(),
            casework: Casework::default(),
            wanted: Vec::new(),
            photos: photos(folder, &mut random)?,
            random,
            acts: Deck::acts(),
            talks: Deck::talks(),
        };
        let roles: [(&mut Person, &[&str]); 2] = [
            (&mut day.citizen, &["signin", "--as", "citizen"]),
            (
                &mut day.officer,
                &["signin", "--as", "officer", "--staff", "ioc"],
            ),
        ];
        for (person, sign_in) in roles {
            let mut command = day.town.address();
            command.extend(sign_in);
            person.phone.done(&command).await?;
        }
        Ok(day)
    }

    /// One lap.
    ///
    /// # Errors
    /// Something is there twice, a command was refused, a process hangs.
    pub async fn round(&mut self, number: u64, tally: &mut Tally) -> Result<(), Trouble> {
        let before = tally.kills();
        let (act, talk) = (
            self.acts.draw(&mut self.random),
            self.talks.draw(&mut self.random),
        );
        // Which act, from the first to the last of the lap, and which talk.
        let first = self.random.below(3);
        let second_talk = talk.is_some_and(|b| b.when() == When::Any) && self.random.below(2) == 0;
        let mut blow = act.filter(|_| first == 0);

        let wanted = self.want(number);
        self.citizen.file(&wanted, &mut blow, tally).await?;
        self.wanted.push(wanted);
        self.talk(talk.filter(|_| !second_talk), false, tally)
            .await?;
        if first == 1 {
            blow = act;
        }
        let casework = &mut self.casework;
        let random = &mut self.random;
        casework
            .go(&mut self.officer, random, &mut blow, tally)
            .await?;
        self.talk(talk.filter(|_| second_talk), true, tally).await?;
        if first == 2 {
            blow = act;
        }
        self.follow_ups
            .go(&mut self.citizen, &mut blow, tally)
            .await?;
        // No round without a kill: the last resort always hits, because nothing opens a home in no time.
        if tally.kills() == before {
            self.talk(Some(Blow::Clock), false, tally).await?;
        }
        tally.rounds += 1;
        Ok(())
    }

    /// Both phones talk with the city at the same time; `officers`: the blow for a phone is for the officer's.
    async fn talk(
        &mut self,
        blow: Option<Blow>,
        officers: bool,
        tally: &mut Tally,
    ) -> Result<(), Trouble> {
        self.town.order(blow).await?;
        let after = (blow == Some(Blow::CityClock))
            .then(|| Duration::from_micros(self.random.below(TALK_MS * 1_000)));
        let for_phone = blow.filter(|b| matches!(b, Blow::Point(..) | Blow::Clock));
        let (hers, theirs) = match officers {
            false => (for_phone, None),
            true => (None, for_phone),
        };
        let (mut one, mut other) = (Tally::default(), Tally::default());
        let (a, b, ()) = tokio::join!(
            self.citizen.sync(hers, &mut one),
            self.officer.sync(theirs, &mut other),
            self.town.strike(after),
        );
        a.and(b)?;
        for (place, times) in one.hits.into_iter().chain(other.hits) {
            *tally.hits.entry(place).or_default() += times;
        }
        tally.checked += one.checked + other.checked;
        self.town.revive(tally).await
    }

    /// Lets everything arrive, reads both sides, and judges.
    ///
    /// # Errors
    /// Everything that is wrong.
    pub async fn end(mut self, tally: &mut Tally) -> Result<(), Trouble> {
        self.calm(tally).await?;
        self.town.backup().await?;
        self.calm(tally).await?;
        let state = self.town.state().await?;
        let mut reports = Vec::new();
        for line in self.citizen.phone.done(&["report", "list"]).await? {
            let id = text(&line, "id").to_owned();
            reports.extend(self.citizen.phone.done(&["report", "show", &id]).await?);
        }
        let (mut status, mut outboxes, mut made) = (Vec::new(), Vec::new(), Vec::new());
        for person in [&mut self.citizen, &mut self.officer] {
            status.extend(person.phone.done(&["status"]).await?);
            outboxes.extend(person.phone.done(&["outbox", "list", "--all"]).await?);
            let acts = person.made.iter();
            made.extend(
                acts.map(|(op, (kind, report))| (op.clone(), kind.clone(), report.clone())),
            );
        }
        let evidence = Evidence {
            state: &state,
            reports: &reports,
            wanted: &self.wanted,
            made: &made,
            status: &status,
            outboxes: &outboxes,
        };
        let count = evidence.count();
        tally.lost += count.lost;
        tally.double += count.double;
        tally.acts += list(&state, "ops").len() as u64;
        tally.photos += list(&state, "files").len() as u64;
        match evidence.wrongs() {
            wrongs if wrongs.is_empty() => Ok(()),
            wrongs => Err(Trouble::new("judgement", wrongs.join("\n  "))),
        }
    }

    /// Both talk until nothing waits.
    async fn calm(&mut self, tally: &mut Tally) -> Result<(), Trouble> {
        self.town.spare().await?;
        for _ in 0..CALM {
            self.town.revive(tally).await?;
            let mut quiet = true;
            for person in [&mut self.citizen, &mut self.officer] {
                let command = ["sync", "--until-idle", "--for", "5"];
                let ran = person.phone.run(&command, None, tally).await?;
                quiet &= ran.code == Some(0);
            }
            if quiet {
                // Once more: what the one sent last is what the other pulls.
                self.citizen.sync(None, tally).await?;
                return self.officer.sync(None, tally).await;
            }
        }
        Err(Trouble::new("calm", "something still waits"))
    }

    fn want(&mut self, number: u64) -> Wanted {
        let mark = format!("Việc {number}:");
        let photos = self.random.below(3) as usize;
        let from = self.random.below(self.photos.len() as u64) as usize;
        let chosen = self.photos.iter().cycle().skip(from).take(photos);
        Wanted {
            text: format!("{mark} đèn đường tắt, tối đen cả ngõ."),
            mark,
            photos: chosen.cloned().collect(),
            draft_first: self.random.below(3) == 0,
        }
    }
}

/// A few photos, each cleaned to some ten or hundred kilobytes: one chunk, or several.
fn photos(folder: &Path, random: &mut SeededRandom) -> Result<Vec<PathBuf>, Trouble> {
    [(320, 240), (640, 480), (960, 720), (1280, 960)]
        .into_iter()
        .enumerate()
        .map(|(n, (width, height))| {
            let extras = Extras {
                quality: 80,
                ..Extras::default()
            };
            let file = folder.join(format!("{n}.jpg"));
            let bytes = generate(random.next_u64(), width, height, &extras);
            std::fs::write(&file, bytes).map_err(|e| Trouble::io("photo", &e))?;
            Ok(file)
        })
        .collect()
}
