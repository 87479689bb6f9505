//! What a configuration says about a report, a unit or a move, and the checks that it does not contradict itself.
//!
//! Invariant: judging needs nothing but the edition and the caller's list of wards.

use std::collections::BTreeSet;

use super::{
    Category, Config, Move, Question, QuestionType, INTAKE, MAX_CONFIG, SAME, WARD, WARD_UNIT,
};
use crate::json;
use crate::kinds::report::New;
use crate::kinds::Kind;
use crate::refusal::Rule;
use crate::text;

/// The built-in edition.
const BUILTIN: &str = include_str!("../../data/config.json");

impl Config {
    /// Parses and checks the content of a pack.
    ///
    /// # Errors
    /// What is wrong with it, for the log of the city that signed it; the caller keeps the last good edition.
    pub fn parse(bytes: &[u8]) -> Result<Config, String> {
        let config: Config = json::parse(bytes, MAX_CONFIG).map_err(|e| e.to_string())?;
        config.check()?;
        Ok(config)
    }

    /// The built-in edition.
    #[must_use]
    pub fn builtin() -> Config {
        // Compiled in and parsed by the tests of this file; there is no other input.
        #[allow(clippy::expect_used)]
        Config::parse(BUILTIN.as_bytes()).expect("the built-in edition is checked by test")
    }

    /// The bytes of the built-in edition, for a city to sign.
    #[must_use]
    pub fn builtin_json() -> &'static str {
        BUILTIN
    }

    /// A category that can be filed under.
    #[must_use]
    pub fn category(&self, code: &str) -> Option<&Category> {
        self.categories
            .iter()
            .find(|category| category.code == code && !category.group)
    }

    /// Whether `code` is a unit: listed, or of a ward that `is_ward` knows.
    #[must_use]
    pub fn is_unit(&self, code: &str, is_ward: impl Fn(&str) -> bool) -> bool {
        match code.strip_prefix(WARD_UNIT) {
            Some(ward) => is_ward(ward),
            None => self.units.iter().any(|unit| unit.code == code),
        }
    }

    /// The unit that usually handles a report of `category` in `ward`: the intake when it is the ward's and none is known.
    #[must_use]
    pub fn usual_unit(&self, category: &Category, ward: Option<&str>) -> String {
        match (category.unit.as_str(), ward) {
            (WARD, Some(ward)) => format!("{WARD_UNIT}{ward}"),
            (WARD, None) => INTAKE.to_owned(),
            (unit, _) => unit.to_owned(),
        }
    }

    /// A state by its code.
    #[must_use]
    pub fn state(&self, code: &str) -> Option<&super::State> {
        self.states.iter().find(|state| state.code == code)
    }

    /// The move that `kind` is in the state `from` (`None`: the report does not exist yet), if it is allowed.
    #[must_use]
    pub fn move_for(&self, kind: Kind, from: Option<&str>) -> Option<&Move> {
        self.moves.iter().find(|m| {
            m.op == kind.name()
                && from.map_or(m.from.is_empty(), |from| {
                    m.from.iter().any(|state| state == from)
                })
        })
    }

    /// The state after `kind` in the state `from`, if it is allowed.
    #[must_use]
    pub fn state_after<'a>(&'a self, kind: Kind, from: Option<&'a str>) -> Option<&'a str> {
        self.move_for(kind, from).map(|m| {
            if m.to == SAME {
                from.unwrap_or(SAME)
            } else {
                m.to.as_str()
            }
        })
    }

    /// Judges a new report: category, ward, answers, limits.
    ///
    /// # Errors
    /// The [`Rule`] that a city would name.
    pub fn check_new(&self, new: &New, is_ward: impl Fn(&str) -> bool) -> Result<(), Rule> {
        let category = self.category(&new.category).ok_or(Rule::CategoryUnknown)?;
        if text::length(&new.text) > self.limits.text_max {
            return Err(Rule::TextLong);
        }
        if new.ward.as_deref().is_some_and(|ward| !is_ward(ward)) {
            return Err(Rule::WardUnknown);
        }
        if new.files.len() > self.limits.photos_max {
            return Err(Rule::FilesMany);
        }
        if new
            .files
            .iter()
            .any(|file| file.bytes > self.limits.photo_bytes)
        {
            return Err(Rule::FileLarge);
        }
        category.check_answers(|code| new.answers.get(code).map(String::as_str))?;
        let known = |code: &String| {
            category
                .questions
                .iter()
                .any(|question| question.code == *code)
        };
        if new.answers.keys().all(known) {
            Ok(())
        } else {
            Err(Rule::AnswerBad)
        }
    }

    fn check(&self) -> Result<(), String> {
        let states = unique("state", self.states.iter().map(|s| s.code.as_str()))?;
        unique("category", self.categories.iter().map(|c| c.code.as_str()))?;
        unique("unit", self.units.iter().map(|u| u.code.as_str()))?;
        if !self.units.iter().any(|unit| unit.code == INTAKE) {
            return Err("no intake".into());
        }
        if self.limits.text_max == 0 || self.limits.text_max > *text::LONG.end() {
            return Err("text_max".into());
        }
        self.categories
            .iter()
            .try_for_each(|category| self.check_category(category))?;
        for m in &self.moves {
            let known = |state: &String| states.contains(state.as_str());
            if !m.from.iter().all(known) || !(m.to == SAME && !m.from.is_empty() || known(&m.to)) {
                return Err(format!("move {} names an unknown state", m.op));
            }
        }
        if self.move_for(Kind::New, None).is_none() {
            return Err("no move files a report".into());
        }
        Ok(())
    }

    fn check_category(&self, category: &Category) -> Result<(), String> {
        let code = &category.code;
        let is_group =
            |parent: &String| self.categories.iter().any(|c| c.code == *parent && c.group);
        if !category.parent.as_ref().is_none_or(is_group) {
            return Err(format!("category {code}: parent is no group"));
        }
        // The tree has two levels, so that no chain of parents can loop.
        if category.group && category.parent.is_some() {
            return Err(format!("category {code}: a group in a group"));
        }
        if category.unit != WARD && !self.is_unit(&category.unit, |_| true) {
            return Err(format!("category {code}: unknown unit"));
        }
        if category.coarsen_m > crate::place::MAX_GRID_M {
            return Err(format!("category {code}: coarsen_m"));
        }
        unique(
            "question",
            category.questions.iter().map(|q| q.code.as_str()),
        )?;
        for question in &category.questions {
            unique("option", question.options.iter().map(|o| o.code.as_str()))?;
            if (question.kind == QuestionType::Choice) == question.options.is_empty() {
                return Err(format!("category {code}: options of {}", question.code));
            }
        }
        Ok(())
    }
}

impl Category {
    /// Judges the answers to the extra questions; `answer` looks one up by question code.
    ///
    /// # Errors
    /// [`Rule::QuestionMissing`] or [`Rule::AnswerBad`].
    pub fn check_answers<'a>(&self, answer: impl Fn(&str) -> Option<&'a str>) -> Result<(), Rule> {
        for question in &self.questions {
            match answer(&question.code).filter(|text| !text.trim().is_empty()) {
                None if question.required => return Err(Rule::QuestionMissing),
                Some(text) if !question.allows(text) => return Err(Rule::AnswerBad),
                _ => {}
            }
        }
        Ok(())
    }
}

impl Question {
    /// Whether `answer` fits the type.
    #[must_use]
    pub fn allows(&self, answer: &str) -> bool {
        match self.kind {
            QuestionType::Text | QuestionType::Later => true,
            QuestionType::Number => is_decimal(answer),
            QuestionType::YesNo => matches!(answer, "yes" | "no"),
            QuestionType::Choice => self.options.iter().any(|option| option.code == answer),
        }
    }
}

/// Digits, with at most one point between them.
fn is_decimal(text: &str) -> bool {
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    text.len() <= 20
        && match text.split_once('.') {
            Some((whole, fraction)) => digits(whole) && digits(fraction),
            None => digits(text),
        }
}

fn unique<'a>(
    what: &str,
    codes: impl Iterator<Item = &'a str>,
) -> Result<BTreeSet<&'a str>, String> {
    let mut seen = BTreeSet::new();
    for code in codes {
        if code.is_empty() || !seen.insert(code) {
            return Err(format!("{what} {code:?} empty or twice"));
        }
    }
    Ok(seen)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::author::Author;
    use serde_json::Value;

    fn report(category: &str, answers: &[(&str, &str)]) -> New {
        New {
            category: category.into(),
            text: "Nước lên".into(),
            ward: Some("19789".into()),
            answers: answers
                .iter()
                .map(|(k, v)| ((*k).to_owned(), (*v).to_owned()))
                .collect(),
            place_words: None,
            place: None,
            author: Author::Anonymous,
            files: vec![],
        }
    }

    fn check(report: &New) -> Result<(), Rule> {
        Config::builtin().check_new(report, |ward| ward == "19789")
    }

    #[test]
    fn the_built_in_edition_is_good_and_speaks_two_languages() {
        let config = Config::builtin();
        assert!(
            config.categories.iter().filter(|c| c.group).count() == 8,
            "the fields of 2019"
        );
        assert!(config.categories.iter().filter(|c| !c.group).count() >= 30);
        let names = config
            .categories
            .iter()
            .map(|c| &c.name)
            .chain(config.units.iter().map(|u| &u.name));
        assert!(names
            .into_iter()
            .all(|name| !name.vi.is_empty() && !name.en.is_empty()));
        assert!(config
            .categories
            .iter()
            .filter(|c| c.urgent)
            .all(|c| c.notice.as_ref().is_some_and(|n| !n.phones.is_empty())));
        for (n, days) in [
            (2, config.clocks.refuse),
            (5, config.clocks.supplement),
            (15, config.clocks.answer),
            (2, config.clocks.publish),
        ] {
            assert_eq!(days, n);
        }
        for number in ["112", "113", "114", "115", "19001075"] {
            assert!(config.emergency.iter().any(|e| e.number == number));
        }
    }

    #[test]
    fn unknown_fields_of_an_edition_are_kept() {
        let mut value: Value = serde_json::from_str(Config::builtin_json()).unwrap();
        value["of_tomorrow"] = 1.into();
        value["categories"][0]["icon"] = "x".into();
        let config = Config::parse(value.to_string().as_bytes()).unwrap();
        assert_eq!(
            serde_json::to_value(&config).unwrap()["categories"][0]["icon"],
            "x"
        );
        assert_eq!(config.extra["of_tomorrow"], 1);
    }

    #[test]
    fn editions_that_contradict_themselves() {
        let broken = |change: fn(&mut Config)| {
            let mut config = Config::builtin();
            change(&mut config);
            Config::parse(&serde_json::to_vec(&config).unwrap()).is_err()
        };
        assert!(!broken(|_| ()));
        assert!(broken(|c| c.categories[1].parent = Some("nowhere".into())));
        assert!(broken(|c| c.categories[1].unit = "nowhere".into()));
        assert!(broken(
            |c| c.categories[1].code = c.categories[2].code.clone()
        ));
        assert!(broken(|c| c.moves[0].to = "nowhere".into()));
        assert!(broken(|c| c.moves.clear()));
        assert!(broken(|c| c.units.retain(|u| u.code != INTAKE)));
        assert!(broken(|c| c.limits.text_max = 4_001));
    }

    #[test]
    fn a_report_is_judged_by_the_rules() {
        let good = report("ha_tang.ngap_lut", &[("do_sau", "dau_goi")]);
        assert_eq!(check(&good), Ok(()));
        assert_eq!(
            check(&report("ha_tang", &[])),
            Err(Rule::CategoryUnknown),
            "a group"
        );
        assert_eq!(check(&report("nowhere", &[])), Err(Rule::CategoryUnknown));
        assert_eq!(
            check(&report("ha_tang.ngap_lut", &[])),
            Err(Rule::QuestionMissing)
        );
        assert_eq!(
            check(&report("ha_tang.ngap_lut", &[("do_sau", " ")])),
            Err(Rule::QuestionMissing)
        );
        assert_eq!(
            check(&report("ha_tang.ngap_lut", &[("do_sau", "x")])),
            Err(Rule::AnswerBad)
        );
        assert_eq!(
            check(&report(
                "ha_tang.ngap_lut",
                &[("do_sau", "hon"), ("x", "y")]
            )),
            Err(Rule::AnswerBad)
        );
        assert_eq!(
            check(&New {
                ward: Some("00000".into()),
                ..good.clone()
            }),
            Err(Rule::WardUnknown)
        );
        assert_eq!(
            check(&New {
                text: "a".repeat(4_001),
                ..good
            }),
            Err(Rule::TextLong)
        );
    }

    #[test]
    fn numbers_are_decimal() {
        let accepted = |text: &str| is_decimal(text);
        assert!(["0", "12", "1.5"].into_iter().all(accepted));
        assert!(!["", ".", "1.", ".5", "-1", "1e9", "1,5", "NaN", "1.2.3"]
            .into_iter()
            .any(accepted));
    }

    #[test]
    fn moves_lead_where_they_say() {
        let config = Config::builtin();
        assert_eq!(config.state_after(Kind::New, None), Some("received"));
        assert_eq!(config.state_after(Kind::New, Some("received")), None);
        assert_eq!(
            config.state_after(Kind::Verify, Some("received")),
            Some("verified")
        );
        assert_eq!(
            config.state_after(Kind::Publish, Some("rated")),
            Some("rated")
        );
        assert_eq!(config.state_after(Kind::Withdraw, Some("answered")), None);
        assert_eq!(
            config.state_after(Kind::Supplement, Some("need_info")),
            Some("assigned")
        );
    }

    #[test]
    fn a_ward_is_a_unit() {
        let config = Config::builtin();
        let noise = config.category("moi_truong.tieng_on").unwrap();
        assert_eq!(config.usual_unit(noise, Some("19789")), "ward:19789");
        assert_eq!(config.usual_unit(noise, None), "ioc");
        assert!(
            config.is_unit("ward:19789", |w| w == "19789")
                && !config.is_unit("ward:1", |w| w == "19789")
        );
    }
}
