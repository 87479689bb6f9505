//! A citizen and an officer who do not trust a phone that died on them: they look what is there, and go on from it.
//!
//! Invariant: an act is made once. It is written down when the phone says it is saved, or when it is found saved after a
//! kill; what is not found is made again. More of an act than was made is trouble at once.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use hues_env::{Random, SeededRandom};
use serde_json::Value;

use super::blow::Blow;
use super::handset::Handset;
use super::tally::Tally;
use crate::ledger::{list, text};
use crate::process::Trouble;

/// A person tries this often before she gives up. Only one blow strikes an act, so two would do.
const TRIES: usize = 5;

/// What the citizen answers when she is asked.
const SUPPLEMENT: &str = "Cạnh quán cháo cá, nhà mái tôn xanh.";

/// A report that somebody wants filed.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// How its text begins; no other report's does.
    pub mark: String,
    /// Its text.
    pub text: String,
    /// Its photos.
    pub photos: Vec<PathBuf>,
    /// Whether it is kept as a draft first.
    pub draft_first: bool,
}

/// A person, her phone, and the acts she made: op → kind and report.
pub struct Person {
    /// Her phone.
    pub phone: Handset,
    /// What she made.
    pub made: BTreeMap<String, (String, String)>,
}

/// Where a wanted report stands on the phone.
enum Stand {
    Nowhere,
    Draft { id: String, photos: usize },
    Filed { id: String },
}

impl Person {
    /// Somebody with a phone.
    #[must_use]
    pub fn new(phone: Handset) -> Person {
        Person {
            phone,
            made: BTreeMap::new(),
        }
    }

    /// Talks with the city; what still waits may wait.
    ///
    /// # Errors
    /// It ended as no talk does.
    pub async fn sync(&mut self, blow: Option<Blow>, tally: &mut Tally) -> Result<(), Trouble> {
        let ran = self.phone.run(&["sync"], blow, tally).await?;
        match ran.code {
            Some(0 | 3) => Ok(()),
            None if ran.killed() => Ok(()),
            _ => Err(ran.broken("sync")),
        }
    }

    /// Files a report; its id.
    ///
    /// # Errors
    /// The phone refuses, or has it twice.
    pub async fn file(
        &mut self,
        wanted: &Wanted,
        blow: &mut Option<Blow>,
        tally: &mut Tally,
    ) -> Result<String, Trouble> {
        let mut stand = Stand::Nowhere;
        for _ in 0..TRIES {
            let command = match &stand {
                Stand::Nowhere => wanted.begin(),
                Stand::Draft { id, photos } if *photos < wanted.photos.len() => {
                    wanted.add_photos(id, *photos)
                }
                Stand::Draft { id, .. } => {
                    ["report", "draft", "send", id].map(str::to_owned).to_vec()
                }
                Stand::Filed { id } => return self.found(id, "report.new", tally).await,
            };
            let words: Vec<&str> = command.iter().map(String::as_str).collect();
            let ran = self.phone.run(&words, blow.take(), tally).await?;
            if !ran.killed() {
                let said = ran.one("file")?;
                if text(&said, "state") != "draft" {
                    return self.told(&said, "report.new");
                }
                stand = drafted(&said);
                continue;
            }
            stand = self.look(&wanted.mark).await?;
            if matches!(stand, Stand::Nowhere) {
                tally.again += 1;
            }
        }
        Err(Trouble::new("file", "never came to an end"))
    }

    /// Acts on a report.
    ///
    /// # Errors
    /// The phone refuses, or has the act twice.
    pub async fn act(
        &mut self,
        kind: &str,
        report: &str,
        command: &[&str],
        blow: &mut Option<Blow>,
        tally: &mut Tally,
    ) -> Result<(), Trouble> {
        for _ in 0..TRIES {
            let ran = self.phone.run(command, blow.take(), tally).await?;
            if !ran.killed() {
                let said = ran.one(&command.join(" "))?;
                return self.told(&said, kind).map(drop);
            }
            if self.new_ops(report, kind).await?.is_empty() {
                tally.again += 1;
            } else {
                return self.found(report, kind, tally).await.map(drop);
            }
        }
        Err(Trouble::new(kind, "never came to an end"))
    }

    /// The phone said that it is saved.
    fn told(&mut self, said: &Value, kind: &str) -> Result<String, Trouble> {
        let (op, report) = (text(said, "op").to_owned(), text(said, "id").to_owned());
        match self.made.insert(op, (kind.to_owned(), report.clone())) {
            None => Ok(report),
            Some(_) => Err(Trouble::new(kind, "the same op was told twice")),
        }
    }

    /// It is saved though nothing was said.
    async fn found(
        &mut self,
        report: &str,
        kind: &str,
        tally: &mut Tally,
    ) -> Result<String, Trouble> {
        let ops = self.new_ops(report, kind).await?;
        let [op] = ops.as_slice() else {
            let detail = format!("{kind} of {report}: {} ops instead of one", ops.len());
            return Err(Trouble::new("double", detail));
        };
        self.made
            .insert(op.clone(), (kind.to_owned(), report.to_owned()));
        tally.silent += 1;
        Ok(report.to_owned())
    }

    /// Ops of a kind for a report in the outbox that are not written down yet.
    async fn new_ops(&mut self, report: &str, kind: &str) -> Result<Vec<String>, Trouble> {
        let outbox = self.phone.done(&["outbox", "list", "--all"]).await?;
        let wanted = outbox
            .iter()
            .filter(|o| text(o, "report") == report && text(o, "kind") == kind);
        Ok(wanted
            .map(|o| text(o, "op").to_owned())
            .filter(|op| !self.made.contains_key(op))
            .collect())
    }

    async fn look(&mut self, mark: &str) -> Result<Stand, Trouble> {
        let mine = |line: &&Value| text(line, "text").starts_with(mark);
        let drafts = self.phone.done(&["report", "draft", "list"]).await?;
        let reports = self.phone.done(&["report", "list"]).await?;
        let draft: Vec<&Value> = drafts.iter().filter(mine).collect();
        let filed: Vec<&Value> = reports.iter().filter(mine).collect();
        match (draft.as_slice(), filed.as_slice()) {
            ([], []) => Ok(Stand::Nowhere),
            ([draft], []) => Ok(drafted(draft)),
            ([], [report]) => Ok(Stand::Filed {
                id: text(report, "id").to_owned(),
            }),
            _ => {
                let detail = format!("{} drafts, {} reports", draft.len(), filed.len());
                Err(Trouble::new("double", detail))
            }
        }
    }
}

fn drafted(line: &Value) -> Stand {
    Stand::Draft {
        id: text(line, "id").to_owned(),
        photos: list(line, "photos").len(),
    }
}

impl Wanted {
    fn begin(&self) -> Vec<String> {
        let place = "16.4637,107.5909,12";
        let mut line: Vec<String> = ["report", "new", "--category", "ha_tang.den_duong"]
            .map(str::to_owned)
            .to_vec();
        line.extend(["--at", place, "--text", &self.text].map(str::to_owned));
        line.extend(self.photo_words(0));
        if self.draft_first {
            line.push("--draft".into());
        }
        line
    }

    fn add_photos(&self, draft: &str, there: usize) -> Vec<String> {
        let mut line: Vec<String> = ["report", "draft", "edit", draft]
            .map(str::to_owned)
            .to_vec();
        line.extend(self.photo_words(there));
        line
    }

    fn photo_words(&self, from: usize) -> Vec<String> {
        let name = |p: &PathBuf| ["--photo".to_owned(), p.to_string_lossy().into_owned()];
        self.photos.iter().skip(from).flat_map(name).collect()
    }
}

/// The citizen: what she did about reports that came back.
#[derive(Debug, Default)]
pub struct FollowUps {
    supplemented: BTreeSet<String>,
    rated: BTreeSet<String>,
}

impl FollowUps {
    /// Answers questions and rates answers, a few.
    ///
    /// # Errors
    /// As [`Person::act`].
    pub async fn go(
        &mut self,
        citizen: &mut Person,
        blow: &mut Option<Blow>,
        tally: &mut Tally,
    ) -> Result<(), Trouble> {
        let reports = citizen.phone.done(&["report", "list"]).await?;
        let mut left = 2;
        for line in &reports {
            let id = text(line, "id");
            if left == 0 {
                break;
            }
            if text(line, "state") == "need_info" && self.supplemented.insert(id.to_owned()) {
                let command = ["report", "supplement", id, "--text", SUPPLEMENT];
                citizen
                    .act("report.supplement", id, &command, blow, tally)
                    .await?;
                left -= 1;
            }
            if text(line, "state") == "answered" && self.rated.insert(id.to_owned()) {
                let command = ["report", "rate", id, stars(id)];
                citizen
                    .act("report.rate", id, &command, blow, tally)
                    .await?;
                left -= 1;
            }
        }
        Ok(())
    }
}

/// How a report will be rated: its id decides, so that the judge knows it too.
#[must_use]
pub fn stars(id: &str) -> &'static str {
    ["1", "2", "3", "4", "5"][usize::from(id.as_bytes().first().copied().unwrap_or_default() % 5)]
}

/// The officer: what she did to which report.
#[derive(Debug, Default)]
pub struct Casework {
    done: BTreeSet<(String, &'static str)>,
    /// Reports whose question was answered.
    supplemented: BTreeSet<String>,
}

impl Casework {
    /// Moves a few reports of the worklist by one step each.
    ///
    /// # Errors
    /// As [`Person::act`].
    pub async fn go(
        &mut self,
        officer: &mut Person,
        random: &mut SeededRandom,
        blow: &mut Option<Blow>,
        tally: &mut Tally,
    ) -> Result<(), Trouble> {
        let worklist = officer.phone.done(&["staff", "worklist"]).await?;
        for line in &worklist {
            let id = text(line, "id");
            if text(line, "state") == "assigned" && self.waits_for_answer(id) {
                let shown = officer.phone.done(&["report", "show", id]).await?;
                if shown.iter().any(|r| r.to_string().contains(SUPPLEMENT)) {
                    self.supplemented.insert(id.to_owned());
                }
            }
        }
        let mut open: Vec<(String, Step)> = worklist
            .iter()
            .filter_map(|line| {
                let id = text(line, "id");
                Some((id.to_owned(), self.next(id, text(line, "state"))?))
            })
            .collect();
        for _ in 0..2 {
            if open.is_empty() {
                break;
            }
            let n = random.below(open.len() as u64) as usize;
            let (id, step) = open.swap_remove(n);
            let command = step.command(&id);
            officer.act(step.kind(), &id, &command, blow, tally).await?;
            self.done.insert((id, step.kind()));
        }
        Ok(())
    }

    /// What comes next for a report in `state`. The list shows the city's last word: what she did since, she remembers.
    fn next(&self, id: &str, state: &str) -> Option<Step> {
        let digit = |n: usize| id.as_bytes().get(n).copied().unwrap_or_default();
        let done = |step: Step| self.done.contains(&(id.to_owned(), step.kind()));
        let step = match state {
            "received" => Step::Verify,
            "verified" => Step::Assign,
            // The id decides which reports are asked about and which become public.
            "assigned" if digit(1) % 2 == 0 && !done(Step::Ask) => Step::Ask,
            "assigned" if self.waits_for_answer(id) => return None,
            "assigned" => Step::Answer,
            "answered" | "rated" if digit(2) % 2 == 0 => Step::Publish,
            _ => return None,
        };
        (!done(step)).then_some(step)
    }

    /// What she asked has not come to the city yet, or the answer to it has not come here.
    fn waits_for_answer(&self, id: &str) -> bool {
        let asked = (id.to_owned(), Step::Ask.kind());
        self.done.contains(&asked) && !self.supplemented.contains(id)
    }
}

#[derive(Debug, Clone, Copy)]
enum Step {
    Verify,
    Assign,
    Ask,
    Answer,
    Publish,
}

impl Step {
    fn kind(self) -> &'static str {
        match self {
            Step::Verify => "staff.verify",
            Step::Assign => "staff.assign",
            Step::Ask => "staff.ask",
            Step::Answer => "staff.answer",
            Step::Publish => "staff.publish",
        }
    }

    fn command(self, id: &str) -> Vec<&str> {
        match self {
            Step::Verify => vec!["staff", "verify", id],
            Step::Assign => vec!["staff", "assign", id, "ha_tang_do_thi"],
            Step::Ask => vec!["staff", "ask", id, "Cột đèn số mấy?"],
            Step::Answer => vec!["staff", "answer", id, "--text", "Đã thay bóng đèn."],
            Step::Publish => vec!["staff", "publish", id],
        }
    }
}
