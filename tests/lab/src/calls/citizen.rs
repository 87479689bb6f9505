//! The journey: a citizen files, the city answers through its officers, she rates; her phone and the city then hold what they told her.
//!
//! Invariant: whoever is told of a failure tries again as a person does, looking first what is there; so that nothing is there twice but by a defect.

use std::collections::BTreeMap;

use hues_city::storage::Storage;
use hues_core::desk::Desk;
use hues_core::feedback::{Answer, AuthorKind, DraftInput, Place, PlaceSource, Submitted};
use hues_core::HueError;
use hues_env::{Random, SeededRandom};
use hues_sync::engine::Event;
use hues_sync::outbox::{OpState, OpView};
use serde_json::Value;

use super::person::Person;
use super::town::{Opening, Town};
use super::{must, Held, Tally};
use crate::flood::{TEXT, WORDS};

/// Exchanges and wake-ups after which a talk counts as standing still.
const PATIENCE: usize = 300;
/// Attempts at one act.
const ATTEMPTS: usize = 12;
/// The unit that answers.
const UNIT: &str = "ha_tang_do_thi";

/// What stands between the story and the failing disk: it judges each failure, and mends.
pub(super) trait Weather<S> {
    /// A phone's owner was told this. Fails the journey where that is not what was wrong.
    fn told(&mut self, story: &mut Hands<S>, error: &HueError) -> Held;
    /// Looks at the city after each of its answers, and starts it again where it died.
    fn look(&mut self, story: &mut Hands<S>) -> Held;
    /// Things are on their way, and her app has just ended.
    fn half_way(&mut self, _: &mut Hands<S>) -> Held {
        Ok(())
    }
    /// Nothing moves: the disk is mended, if it was failing. False when that was so already.
    fn mend(&mut self, story: &mut Hands<S>) -> bool;
}

/// Everybody's hands.
pub(super) struct Hands<S> {
    pub(super) town: Town<S>,
    pub(super) citizen: Person,
    pub(super) intake: Person,
    pub(super) unit: Person,
    pub(super) tally: Tally,
}

/// Whose phone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Who {
    Citizen,
    Intake,
    Unit,
}

impl<S> Hands<S> {
    fn of(&mut self, who: Who) -> &mut Person {
        match who {
            Who::Citizen => &mut self.citizen,
            Who::Intake => &mut self.intake,
            Who::Unit => &mut self.unit,
        }
    }
}

/// A journey under way.
pub(super) struct Story<S, W> {
    pub(super) hands: Hands<S>,
    pub(super) weather: W,
    random: SeededRandom,
    /// Op → its kind: what the citizen was told is saved.
    promised: BTreeMap<String, &'static str>,
}

impl<S: Storage, W: Weather<S>> Story<S, W> {
    /// Everybody, before anything happened.
    pub(super) fn new(opening: Opening<S>, weather: W) -> Story<S, W> {
        let town = Town::new(opening);
        let person = |seed| Person::new(seed, town.clock.clone(), [0; 32]);
        Story {
            hands: Hands {
                citizen: person(1),
                intake: person(2),
                unit: person(3),
                town,
                tally: Tally::default(),
            },
            weather,
            random: SeededRandom::new(5),
            promised: BTreeMap::new(),
        }
    }

    /// Plays it to its end.
    pub(super) fn play(&mut self) -> Held {
        self.found()?;
        self.act(Who::Citizen, "opening", |phone| phone.at(|_| Ok(())))?;
        self.sign_in(Who::Citizen, "mai", None)?;
        let first = self.file("one", AuthorKind::Sealed, true)?;
        self.talk(Who::Citizen, "queues empty", emptied)?;
        let second = self.file("two", AuthorKind::Anonymous, false)?;
        self.supplement(&first)?;
        // The app ends with things on their way.
        self.hands.citizen.put_down();
        self.weather.half_way(&mut self.hands)?;
        self.talk(Who::Citizen, "queues empty", emptied)?;
        self.officers(&first)?;
        let (id, answered) = (first.clone(), "answered");
        self.talk(Who::Citizen, "the answer is here", move |desk| {
            Ok(desk.report("mine", &id)?.state == answered)
        })?;
        self.rate(&first)?;
        let id = first.clone();
        self.talk(Who::Citizen, "the rating is here", move |desk| {
            Ok(emptied(desk)? && desk.report("mine", &id)?.state == "rated")
        })?;
        // She starts the app again another day, on a disk that works.
        self.weather.mend(&mut self.hands);
        let before = self.hands.citizen.shown();
        let before = before.map_err(|e| format!("the window at the end: {e:?}"))?;
        self.hands.citizen.put_down();
        self.judge(&first, &second, before.len())
    }

    fn found(&mut self) -> Held {
        for _ in 0..ATTEMPTS {
            self.weather.look(&mut self.hands)?;
            let root = self.hands.town.root();
            if self.hands.town.gateway().is_some() {
                for who in [Who::Citizen, Who::Intake, Who::Unit] {
                    self.hands.of(who).pin(root);
                }
                return Ok(());
            }
        }
        Err("the city never opens".into())
    }

    /// Does something with a phone until it is done; whatever fails is judged.
    fn act<T>(
        &mut self,
        who: Who,
        what: &str,
        mut f: impl FnMut(&mut Person) -> Result<T, HueError>,
    ) -> Held<T> {
        for _ in 0..ATTEMPTS {
            match f(self.hands.of(who)) {
                Ok(done) => return Ok(done),
                Err(error) => self.told(who, what, &error)?,
            }
        }
        Err(format!("{what} never works again"))
    }

    fn told(&mut self, who: Who, what: &str, error: &HueError) -> Held {
        must(who == Who::Citizen, || {
            format!("{what}: an officer was told {error:?}")
        })?;
        self.weather
            .told(&mut self.hands, error)
            .map_err(|wrong| format!("{what}: {wrong}"))
    }

    fn sign_in(&mut self, who: Who, key: &str, staff: Option<&str>) -> Held {
        for _ in 0..ATTEMPTS {
            let ticket = self.hands.town.sign_in(key, staff);
            self.weather.look(&mut self.hands)?;
            let Some(ticket) = ticket else { continue };
            return self.act(who, "signing in", |phone| match phone.is_signed_in() {
                true => Ok(()),
                false => phone.sign_in(&ticket),
            });
        }
        Err("nobody can sign in".into())
    }

    /// Files a report, looking at each attempt how far the last one came. Gives its id.
    fn file(&mut self, mark: &str, author: AuthorKind, photo: bool) -> Held<String> {
        let text = format!("Nước ngập tới gối, {TEXT} {mark}");
        let input = input(&text, author);
        let jpeg = self.jpeg();
        let (mut draft_told, mut photo_told) = (None::<String>, false);
        let mut told = None::<Submitted>;
        let id = self.act(Who::Citizen, "filing", |phone| {
            phone.at(|desk| {
                let page = desk.list("mine", None, 20)?;
                if let Some(filed) = page.items.iter().find(|r| r.text == text) {
                    return Ok(Ok(filed.id.clone()));
                }
                let drafts = desk.drafts()?;
                let draft = match drafts.into_iter().find(|d| d.input.text == text) {
                    Some(draft) => draft,
                    None if draft_told.is_some() => return Ok(Err("a draft is gone")),
                    None => desk.new_draft(&input)?,
                };
                draft_told = Some(draft.id.clone());
                if photo && draft.photos.is_empty() {
                    if photo_told {
                        return Ok(Err("a photo is gone"));
                    }
                    desk.add_clean_photo(&draft.id, jpeg.clone(), (64, 48))?;
                    photo_told = true;
                }
                let done = desk.submit(&draft.id)?;
                let id = done.id.clone();
                told = Some(done);
                Ok(Ok(id))
            })
        })??;
        self.promise("report.new", told);
        Ok(id)
    }

    /// What she was told is saved. Not told, it may be saved all the same, and is then found.
    fn promise(&mut self, kind: &'static str, told: Option<Submitted>) {
        if let Some(done) = told {
            self.promised.insert(done.op, kind);
        }
    }

    fn supplement(&mut self, report: &str) -> Held {
        let jpeg = self.jpeg();
        self.once(report, "report.supplement", |desk| {
            let text = format!("{TEXT} sâu hơn");
            desk.supplement(report, &text, vec![(jpeg.clone(), (64, 48))])
        })
    }

    fn rate(&mut self, report: &str) -> Held {
        self.once(report, "report.rate", |desk| desk.rate(report, 4))
    }

    /// An act about a report, unless her phone shows that an earlier attempt was saved.
    fn once(
        &mut self,
        report: &str,
        kind: &'static str,
        mut f: impl FnMut(&mut Desk) -> Result<Submitted, HueError>,
    ) -> Held {
        let mut told = None;
        self.act(Who::Citizen, kind, |phone| {
            phone.at(|desk| {
                let ops = desk.outbox(true)?;
                if !ops.iter().any(|op| op.kind == kind) {
                    told = Some(f(desk)?);
                }
                Ok(())
            })
        })?;
        must(told.as_ref().is_none_or(|done| done.id == report), || {
            format!("{kind} is about another report")
        })?;
        self.promise(kind, told);
        Ok(())
    }

    fn officers(&mut self, report: &str) -> Held {
        self.sign_in(Who::Intake, "trang", Some("ioc"))?;
        self.sign_in(Who::Unit, "trang", Some(UNIT))?;
        let seen = |scope: &'static str, state: &'static str| {
            let id = report.to_owned();
            move |desk: &mut Desk| match desk.report(scope, &id) {
                Ok(report) => Ok(report.state == state),
                Err(HueError::NotFound) => Ok(false),
                Err(error) => Err(error),
            }
        };
        self.talk(Who::Intake, "it came in", seen("unit:ioc", "received"))?;
        self.act(Who::Intake, "verifying", |phone| {
            phone.at(|desk| desk.verify(report))
        })?;
        self.act(Who::Intake, "assigning", |phone| {
            phone.at(|desk| desk.assign(report, UNIT))
        })?;
        self.talk(Who::Intake, "queues empty", emptied)?;
        let here = seen("unit:ha_tang_do_thi", "assigned");
        self.talk(Who::Unit, "it is assigned", here)?;
        self.act(Who::Unit, "answering", |phone| {
            phone.at(|desk| desk.answer(report, "Đã khơi cống"))
        })?;
        self.talk(Who::Unit, "queues empty", emptied)
    }

    /// A phone talks with the city until something is so; whoever waits long pulls down again.
    fn talk(
        &mut self,
        who: Who,
        what: &str,
        mut so: impl FnMut(&mut Desk) -> Result<bool, HueError>,
    ) -> Held {
        self.refresh(who)?;
        loop {
            for turn in 1..=PATIENCE {
                if let Some(request) = self.hands.of(who).requests.pop_front() {
                    let id = request.id;
                    let loaded = self.hands.of(who).loaded(request);
                    let answer = match loaded {
                        Ok(request) => {
                            let answer = self.hands.town.ask(&request);
                            self.weather.look(&mut self.hands)?;
                            answer
                        }
                        Err(error) => Err(error),
                    };
                    if let Err(error) = self.hands.of(who).answered(id, answer) {
                        self.told(who, "an answer", &error)?;
                    }
                    continue;
                }
                match self.hands.of(who).at(&mut so) {
                    Ok(true) => return Ok(()),
                    Ok(false) => {}
                    Err(error) => self.told(who, "looking", &error)?,
                }
                if turn % 40 == 0 {
                    self.refresh(who)?;
                }
                self.next(who)?;
            }
            if !self.weather.mend(&mut self.hands) {
                let waits = self.hands.of(who).at(|desk| Ok(desk.waits()));
                return Err(format!("never so: {what}; {waits:?}"));
            }
            self.refresh(who)?;
        }
    }

    /// The engine is called when it asked to be.
    fn next(&mut self, who: Who) -> Held {
        let Some(at) = self.hands.of(who).wake.take() else {
            return Ok(());
        };
        self.hands.town.clock.pass_to(at);
        let timer = self.hands.of(who).at(|desk| desk.tell(Event::Timer));
        match timer {
            Ok(()) => Ok(()),
            Err(error) => self.told(who, "a wake-up", &error),
        }
    }

    fn refresh(&mut self, who: Who) -> Held {
        let now = self.hands.town.clock.mono();
        self.hands.town.clock.pass_to(now + 60_000);
        let done = self.hands.of(who).at(|desk| desk.tell(Event::Refresh));
        match done {
            Ok(()) => Ok(()),
            Err(error) => self.told(who, "pulling down", &error),
        }
    }

    fn jpeg(&mut self) -> Vec<u8> {
        let mut bytes = vec![0; 9_000];
        self.random.fill(&mut bytes);
        bytes
    }

    /// Phone and city, opened again: they hold what was told, once, and are whole.
    fn judge(&mut self, first: &str, second: &str, shown: usize) -> Held {
        let phone = &mut self.hands.citizen;
        let broken = |e: HueError| format!("at the end: {e:?}");
        let (mine, gaps, empty, drafts, whole) = phone
            .at(|desk| {
                let whole = desk.faults()?;
                Ok((
                    desk.list("mine", None, 20)?.items,
                    desk.index_gaps()?,
                    emptied(desk)?,
                    desk.drafts()?.len(),
                    whole,
                ))
            })
            .map_err(broken)?;
        must(whole.is_empty(), || format!("the file: {whole:?}"))?;
        must(gaps.is_empty(), || format!("index without rows: {gaps:?}"))?;
        must(empty && drafts == 0, || {
            format!("ops or {drafts} drafts are left over")
        })?;
        let held: Vec<(&str, &str)> = mine.iter().map(|r| (&*r.id, &*r.state)).collect();
        must(held.len() == 2 && shown == 2, || {
            format!("her list: {held:?}, her window {shown}")
        })?;
        must(
            held.contains(&(first, "rated")) && held.contains(&(second, "received")),
            || format!("her list: {held:?}"),
        )?;
        let window = self.hands.citizen.shown().map_err(broken)?;
        must(window == mine, || "her window is not her list".into())?;
        let image = self.hands.citizen.disk.image();
        must(
            !image.contains(TEXT.as_bytes()) && !image.contains(WORDS.as_bytes()),
            || "plaintext on the phone's disk".into(),
        )?;
        let left = image.files().find(|(path, _)| path.ends_with(".tmp"));
        must(left.is_none(), || format!("left behind: {left:?}"))?;
        self.judge_city(first, second)
    }

    fn judge_city(&mut self, first: &str, second: &str) -> Held {
        let gateway = self.hands.town.gateway().ok_or("the city is down")?;
        let state = gateway.state().map_err(|e| format!("the city: {e}"))?;
        let list = |name: &str| state[name].as_array().cloned().unwrap_or_default();
        let count = |kind: &str, about: &str| {
            let ops = list("ops");
            let same = |op: &&Value| op["kind"] == kind && op["subject"] == about;
            ops.iter().filter(same).count()
        };
        for (kind, about) in [
            ("report.new", first),
            ("report.new", second),
            ("report.supplement", first),
            ("report.rate", first),
        ] {
            let found = count(kind, &dashed(about));
            must(found == 1, || {
                format!("{kind} is {found} times at the city")
            })?;
        }
        let reports = list("reports").len();
        must(reports == 2, || format!("{reports} reports at the city"))?;
        for (op, kind) in &self.promised {
            let there = list("ops").iter().any(|o| o["op"] == dashed(op));
            must(there, || format!("{kind} that was told as saved is lost"))?;
            self.hands.tally.kept += 1;
        }
        let files = list("files");
        let complete = |f: &&Value| f["complete"] == true && f["sha256"] == f["stored_sha256"];
        let whole = files.iter().filter(complete).count();
        must(whole == 2, || format!("{whole} whole photos at the city"))?;
        must(list("refusals").is_empty(), || "the city refused".into())
    }
}

/// Nothing waits any more; what is done stays listed until the city's backup holds it.
fn emptied(desk: &mut Desk) -> Result<bool, HueError> {
    let ops = desk.outbox(false)?;
    let done = |op: &OpView| op.state == OpState::Done && op.files_open == 0;
    Ok(ops.iter().all(done))
}

/// Ids as the city writes them.
fn dashed(id: &str) -> String {
    let parsed = id.parse::<hues_protocol::ids::OpId>();
    parsed.map_or_else(|_| id.to_owned(), |id| id.to_string())
}

fn input(text: &str, author: AuthorKind) -> DraftInput {
    DraftInput {
        category: Some("ha_tang.o_ga".to_owned()),
        text: text.to_owned(),
        place: Some(Place {
            lat: 16.45,
            lon: 107.55,
            accuracy_m: Some(12),
            source: PlaceSource::Gps,
        }),
        ward: None,
        place_words: Some(WORDS.to_owned()),
        answers: vec![Answer {
            question: "chan_duong".to_owned(),
            value: "no".to_owned(),
        }],
        author,
    }
}
