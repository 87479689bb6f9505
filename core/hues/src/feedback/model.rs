//! The records of field reports as they cross to Kotlin and Swift. Times are milliseconds since 1970, dates `YYYY-MM-DD` (law time, +07:00),
//! ids 32 hexadecimal digits, lengths bytes unless said otherwise.

/// A text in both languages; Vietnamese first.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct Bilingual {
    /// Vietnamese.
    pub vi: String,
    /// English.
    pub en: String,
}

/// A category of the city's tree.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct Category {
    /// Code, final.
    pub code: String,
    /// The group it hangs under, if any.
    pub parent: Option<String>,
    /// What people call it.
    pub name: Bilingual,
    /// True for a heading that cannot be reported under itself.
    pub group: bool,
    /// Urgent: its words are sent before everything else.
    pub urgent: bool,
    /// Shown before filing: who to phone when life is in danger.
    pub notice: Option<Notice>,
    /// What the city wants to know besides the text.
    pub questions: Vec<Question>,
    /// Working days within which the city promises an answer.
    pub answer_days: u32,
}

/// A notice with telephone numbers.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct Notice {
    /// The text.
    pub text: Bilingual,
    /// Numbers to offer, e.g. `114`, `19001075`.
    pub phones: Vec<String>,
}

/// How a question is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Enum))]
pub enum QuestionKind {
    /// Free text.
    Text,
    /// A number, as text.
    Number,
    /// `yes` or `no`.
    YesNo,
    /// The code of one option.
    Choice,
}

/// An extra question of a category.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct Question {
    /// Key of the answer.
    pub code: String,
    /// The question.
    pub label: Bilingual,
    /// How it is answered.
    pub kind: QuestionKind,
    /// Whether filing needs it.
    pub required: bool,
    /// The choices, for [`QuestionKind::Choice`].
    pub options: Vec<QuestionOption>,
}

/// One choice.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct QuestionOption {
    /// Its code, the answer's value.
    pub code: String,
    /// Its name.
    pub name: Bilingual,
}

/// Where the exact place came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "uniffi", derive(uniffi::Enum))]
pub enum PlaceSource {
    /// The phone measured it.
    Gps,
    /// The person set a pin.
    Pin,
}

/// An exact place, WGS 84.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct Place {
    /// Degrees north.
    pub lat: f64,
    /// Degrees east.
    pub lon: f64,
    /// Radius in metres within which it surely lies, if known.
    pub accuracy_m: Option<u32>,
    /// Who says so.
    pub source: PlaceSource,
}

/// How the sender stands behind a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "uniffi", derive(uniffi::Enum))]
pub enum AuthorKind {
    /// Named to the intake; handling units and the public never see it.
    Named,
    /// Sealed to the city's disclosure key: no officer, unit or reader sees it unless it is opened, and each opening is told to the reporter. The account
    /// that hands it in is known to the gateway.
    #[default]
    Sealed,
    /// Not there at all. The city can then neither ask back in person nor count the report for the account.
    Anonymous,
}

/// An answer to an extra question.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct Answer {
    /// The question's code.
    pub question: String,
    /// What was answered.
    pub value: String,
}

/// What a person has entered so far. Saved at every change; any part may be missing.
#[derive(Debug, Clone, PartialEq, Default, serde::Serialize, serde::Deserialize)]
#[serde(default)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct DraftInput {
    /// Category code.
    pub category: Option<String>,
    /// What happened, in the person's words.
    pub text: String,
    /// Exact place.
    pub place: Option<Place>,
    /// Ward code the person chose.
    pub ward: Option<String>,
    /// Place in words ("trước số 12 Lê Lợi").
    pub place_words: Option<String>,
    /// Answers to the category's questions.
    pub answers: Vec<Answer>,
    /// Who stands behind it.
    pub author: AuthorKind,
}

/// A saved draft.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct Draft {
    /// Its id; becomes the report's id, unless it edits one.
    pub id: String,
    /// What was entered.
    pub input: DraftInput,
    /// The op it takes the place of when it is filed ([`crate::feedback::Feedback::edit`]); none: a new report.
    pub edits: Option<String>,
    /// Its photos, in order.
    pub photos: Vec<DraftPhoto>,
    /// When it was last saved, by the phone's clock.
    pub saved_at: i64,
    /// What is still wrong with it; empty means it can be filed.
    pub problems: Vec<Problem>,
    /// What the person should know before filing; never blocks.
    pub warnings: Vec<Warning>,
}

/// A cleaned photo of a draft.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct DraftPhoto {
    /// Names it within the draft: SHA-256 of the cleaned file.
    pub sha256: String,
    /// Cleaned size.
    pub bytes: u64,
    /// Pixels.
    pub width: u32,
    /// Pixels.
    pub height: u32,
}

/// Why a draft cannot be filed yet. `rule` has words in [`crate::words::text`].
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct Problem {
    /// Which input.
    pub field: String,
    /// Which rule.
    pub rule: String,
}

/// What the person should know before filing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Enum))]
pub enum Warning {
    /// The place is not in Huế.
    OutsideHue,
    /// The place is only known to more than 100 m.
    PlaceVague,
    /// No place at all: say it in words or choose a ward.
    NoPlace,
    /// A photo was taken more than 200 m from the place.
    PhotoElsewhere,
    /// The category is urgent: phone first.
    Urgent,
    /// It is anonymous: what whoever runs the city's server could still record.
    Anonymous,
}

/// A ward the place may lie in, with how sure the core is.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct WardGuess {
    /// Code of the unit of today.
    pub code: String,
    /// Its full name, Vietnamese.
    pub name: String,
    /// 0 to 1; the guesses of one call add up to at most 1.
    pub confidence: f64,
}

/// What filing returns, once it is durable on the phone. The network was not asked.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct Submitted {
    /// The report.
    pub id: String,
    /// Its state now: `queued`.
    pub state: String,
    /// The op that carries it.
    pub op: String,
}

/// A line of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct ReportSummary {
    /// The report.
    pub id: String,
    /// State as [`Report::state`].
    pub state: String,
    /// Category code.
    pub category: String,
    /// The first 140 characters of the text.
    pub text: String,
    /// Ward code.
    pub ward: Option<String>,
    /// Photos.
    pub photo_count: u32,
    /// When it was filed (the city's time once received, the phone's before).
    pub filed_at: i64,
    /// Day by which the city promised the next step.
    pub due: Option<String>,
    /// Something is waiting to be sent.
    pub pending: bool,
}

/// A page of a list. `next` asks for the following one; none means the end.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct ReportPage {
    /// The lines.
    pub items: Vec<ReportSummary>,
    /// Opaque.
    pub next: Option<String>,
}

/// A photo of a report.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct ReportPhoto {
    /// SHA-256 of the cleaned file.
    pub sha256: String,
    /// Its size.
    pub bytes: u64,
    /// `waiting`, `sending` or `received`.
    pub state: String,
}

/// One step in the life of a report.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct TimelineEntry {
    /// When.
    pub at: i64,
    /// The state it led to.
    pub state: String,
    /// `citizen`, `intake`, `phone` or a unit's code; never a person.
    pub by: String,
    /// What was said, if anything.
    pub text: Option<String>,
}

/// A rating.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct Rating {
    /// 1 to 5.
    pub stars: u8,
    /// In words.
    pub text: Option<String>,
}

/// The unit's answer.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct UnitAnswer {
    /// The text.
    pub text: String,
    /// When.
    pub at: i64,
    /// SHA-256s of its photos.
    pub photos: Vec<String>,
}

/// A whole report as its reader may see it.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct Report {
    /// The report.
    pub id: String,
    /// `queued`, `sending`, `stuck` (needs the person), or a state of the city's data.
    pub state: String,
    /// The city's own word, kept as it came; none before the city answered.
    pub status_raw: Option<String>,
    /// Category code.
    pub category: String,
    /// The text.
    pub text: String,
    /// Ward code.
    pub ward: Option<String>,
    /// Exact place, for those who may see it.
    pub place: Option<Place>,
    /// Radius in metres of the grid a public place was rounded to.
    pub place_grid_m: Option<u32>,
    /// Place in words.
    pub place_words: Option<String>,
    /// Answers to the extra questions.
    pub answers: Vec<Answer>,
    /// Photos.
    pub photos: Vec<ReportPhoto>,
    /// Its life.
    pub timeline: Vec<TimelineEntry>,
    /// Who handles it.
    pub unit: Option<String>,
    /// Day of the next promise.
    pub due: Option<String>,
    /// The question the city waits for an answer to.
    pub ask: Option<String>,
    /// The unit's answer.
    pub answer: Option<UnitAnswer>,
    /// The rating.
    pub rating: Option<Rating>,
    /// Published to everyone.
    pub published: bool,
    /// Who filed it: told to the intake alone, and of a *named* report only.
    pub sender: Option<String>,
    /// Acts of this phone that are not confirmed yet.
    pub pending: Vec<String>,
    /// When it was filed.
    pub filed_at: i64,
    /// A proof can be exported: the city's receipt is here.
    pub proof: bool,
}

/// Exactly what everyone would read; made for the officer to look at, then published as it is.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct PublicPreview {
    /// The report.
    pub id: String,
    /// Category code.
    pub category: String,
    /// The text, with what the officer blacked out.
    pub text: String,
    /// Ward code.
    pub ward: Option<String>,
    /// Degrees north of the grid point.
    pub lat: Option<f64>,
    /// Degrees east of the grid point.
    pub lon: Option<f64>,
    /// Width of the grid in metres.
    pub grid_m: Option<u32>,
    /// SHA-256s of the photos that will be shown.
    pub photos: Vec<String>,
    /// The unit's answer.
    pub answer: Option<String>,
}

/// A signed notice of the inbox.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct InboxNotice {
    /// Its id.
    pub id: String,
    /// The report it is about.
    pub report: Option<String>,
    /// When the city signed it.
    pub at: i64,
    /// Heading.
    pub title: Bilingual,
    /// Text.
    pub body: Bilingual,
}
