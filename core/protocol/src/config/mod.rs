//! The `config` pack: categories, questions, units, states, moves, clocks, limits. Dated data of the city, never constants.
//!
//! Invariant: a [`Config`] in hand refers only to what it defines (units, parents, states) and passed [`Config::parse`]; the built-in
//! edition does too, by test, so that filing works before the first contact.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

mod rules;

/// Name of the pack.
pub const NAME: &str = "config";
/// Largest content in bytes.
pub const MAX_CONFIG: usize = 512 * 1024;
/// A category's unit of this name is the People's Committee of the report's ward.
pub const WARD: &str = "ward";
/// A unit code of this form is the People's Committee of the ward with the code after the colon.
pub const WARD_UNIT: &str = "ward:";
/// The intake.
pub const INTAKE: &str = "ioc";
/// A move's `to` that keeps the state.
pub const SAME: &str = "=";

/// The content of the `config` pack.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Config {
    /// Date of the edition, `YYYY-MM-DD`.
    pub edition: String,
    /// Where it comes from.
    pub source: String,
    /// The category tree.
    pub categories: Vec<Category>,
    /// Handling units; those of wards are written `ward:CODE` and not listed.
    pub units: Vec<Unit>,
    /// The states of a report.
    pub states: Vec<State>,
    /// What may be done in which state.
    pub moves: Vec<Move>,
    /// Deadlines in working days.
    pub clocks: Clocks,
    /// Limits of a report.
    pub limits: ReportLimits,
    /// Whom to call.
    pub emergency: Vec<Emergency>,
    /// What a later edition adds.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

/// One name in both languages.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Name {
    /// Vietnamese.
    pub vi: String,
    /// English.
    pub en: String,
}

/// A category, or a group of categories.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Category {
    /// Its code.
    pub code: String,
    /// The group it belongs to.
    pub parent: Option<String>,
    /// Its name.
    pub name: Name,
    /// A group holds categories and cannot be filed under.
    #[serde(default)]
    pub group: bool,
    /// Sent first; the notice is shown.
    #[serde(default)]
    pub urgent: bool,
    /// The unit that usually handles it.
    pub unit: String,
    /// Working days until the answer.
    pub answer_days: u32,
    /// Grid of the published place, in metres.
    pub coarsen_m: u64,
    /// What to tell the person at once.
    pub notice: Option<CategoryNotice>,
    /// Extra questions.
    #[serde(default)]
    pub questions: Vec<Question>,
    /// What a later edition adds.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

/// What to tell the person at once.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CategoryNotice {
    /// Vietnamese.
    pub vi: String,
    /// English.
    pub en: String,
    /// Numbers to call.
    #[serde(default)]
    pub phones: Vec<String>,
}

/// An extra question.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Question {
    /// Its code.
    pub code: String,
    /// The question.
    pub label: Name,
    /// What an answer looks like.
    #[serde(rename = "type")]
    pub kind: QuestionType,
    /// Whether it must be answered.
    #[serde(default)]
    pub required: bool,
    /// The options of a choice.
    #[serde(default)]
    pub options: Vec<ChoiceOption>,
}

/// What an answer looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum QuestionType {
    /// Free text.
    Text,
    /// A decimal number: `12` or `1.5`.
    Number,
    /// `yes` or `no`.
    YesNo,
    /// The code of one option.
    Choice,
    /// A type of a later edition: the answer is taken as text.
    #[serde(other)]
    Later,
}

/// One option of a choice.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ChoiceOption {
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: Name,
}

/// A handling unit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Unit {
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: Name,
}

/// A state of a report.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct State {
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: Name,
    /// Whether something is still to be done.
    pub open: bool,
}

/// What an op does to a report's state.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Move {
    /// Kind of the op.
    pub op: String,
    /// States in which it may be done; empty: the report does not exist yet.
    pub from: Vec<String>,
    /// The state after, `=` to keep it.
    pub to: String,
    /// Who may do it.
    pub by: Actor,
}

/// Who may do something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Actor {
    /// Who filed the report.
    Citizen,
    /// An officer of the intake.
    Intake,
    /// An officer of the handling unit, or of the intake.
    Unit,
}

/// Deadlines in working days.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Clocks {
    /// To refuse.
    pub refuse: u32,
    /// To ask for more.
    pub supplement: u32,
    /// To answer.
    pub answer: u32,
    /// To publish after the answer.
    pub publish: u32,
}

/// Limits of a report.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ReportLimits {
    /// Scalars of a text.
    pub text_max: usize,
    /// Photos of one act.
    pub photos_max: usize,
    /// Bytes of one cleaned photo.
    pub photo_bytes: u64,
}

/// Whom to call.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Emergency {
    /// The number.
    pub number: String,
    /// Whose it is.
    pub name: Name,
}
