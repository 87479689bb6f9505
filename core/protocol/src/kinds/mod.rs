//! The kinds of op of protocol 1: what each says, and the parts it says it in.
//!
//! Invariant: [`Act::from_op`] gives an act only when every part of the op belongs to the kind's table (§3) and keeps its
//! limits; the refusal names the rule. Rules that need the city's data (categories, states) are not judged here.

mod body;
pub mod report;
pub mod staff;

pub use body::{FilePart, PartSet, MAX_FILES};

use hues_env::Random;

use crate::op::SignedOp;
use crate::part::Part;
use crate::refusal::Rule;

/// What a person did.
#[derive(Debug, Clone, PartialEq)]
pub enum Act {
    /// `report.new`
    New(report::New),
    /// `report.supplement`
    Supplement(report::Supplement),
    /// `report.rate`
    Rate(report::Rate),
    /// `report.withdraw`
    Withdraw(report::Withdraw),
    /// `lane.tombstone`: a refused op was discarded.
    Tombstone,
    /// `staff.verify`
    Verify(staff::Verify),
    /// `staff.refuse`
    Refuse(staff::Refuse),
    /// `staff.assign`
    Assign(staff::Assign),
    /// `staff.ask`
    Ask(staff::Ask),
    /// `staff.answer`
    Answer(staff::Answer),
    /// `staff.publish`
    Publish(staff::Publish),
}

/// The name of a kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A citizen files a report.
    New,
    /// A citizen adds what was asked for.
    Supplement,
    /// A citizen rates the answer, once.
    Rate,
    /// A citizen withdraws a report.
    Withdraw,
    /// A person discarded a refused op.
    Tombstone,
    /// The intake found the report in order.
    Verify,
    /// The intake refuses the report.
    Refuse,
    /// The intake gives it to a unit.
    Assign,
    /// An officer asks the citizen for more.
    Ask,
    /// A unit answers.
    Answer,
    /// The intake publishes.
    Publish,
}

/// The only version of every kind of protocol 1.
pub const VERSION: u64 = 1;

impl Kind {
    /// All kinds, in the order of the document.
    pub const ALL: [Kind; 11] = [
        Kind::New,
        Kind::Supplement,
        Kind::Rate,
        Kind::Withdraw,
        Kind::Tombstone,
        Kind::Verify,
        Kind::Refuse,
        Kind::Assign,
        Kind::Ask,
        Kind::Answer,
        Kind::Publish,
    ];

    /// The name on the wire.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Kind::New => "report.new",
            Kind::Supplement => "report.supplement",
            Kind::Rate => "report.rate",
            Kind::Withdraw => "report.withdraw",
            Kind::Tombstone => "lane.tombstone",
            Kind::Verify => "staff.verify",
            Kind::Refuse => "staff.refuse",
            Kind::Assign => "staff.assign",
            Kind::Ask => "staff.ask",
            Kind::Answer => "staff.answer",
            Kind::Publish => "staff.publish",
        }
    }

    /// The kind of a name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Kind> {
        Kind::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// Whether only an officer may do it.
    #[must_use]
    pub fn is_staff(self) -> bool {
        self.name().starts_with("staff.")
    }
}

impl Act {
    /// The kind of this act.
    #[must_use]
    pub fn kind(&self) -> Kind {
        match self {
            Act::New(_) => Kind::New,
            Act::Supplement(_) => Kind::Supplement,
            Act::Rate(_) => Kind::Rate,
            Act::Withdraw(_) => Kind::Withdraw,
            Act::Tombstone => Kind::Tombstone,
            Act::Verify(_) => Kind::Verify,
            Act::Refuse(_) => Kind::Refuse,
            Act::Assign(_) => Kind::Assign,
            Act::Ask(_) => Kind::Ask,
            Act::Answer(_) => Kind::Answer,
            Act::Publish(_) => Kind::Publish,
        }
    }

    /// The act's parts, freshly salted, in a header's order. What could not be read again is refused here already.
    ///
    /// # Errors
    /// The [`Rule`] that a city would name.
    pub fn to_parts(&self, random: &mut dyn Random) -> Result<Vec<Part>, Rule> {
        let mut parts = Vec::new();
        for (role, body) in self.to_bodies() {
            parts.push(Part::new(role, body, random).map_err(|_| Rule::Body)?);
        }
        Act::from_parts(self.kind(), &parts)?;
        Ok(parts)
    }

    /// Reads what an op and its parts say. The parts must be all of the op's (a bundle's).
    ///
    /// # Errors
    /// The [`Rule`] for a signed refusal.
    pub fn from_op(op: &SignedOp, parts: &[Part]) -> Result<Act, Rule> {
        let header = op.header();
        let kind = Kind::from_name(&header.kind).ok_or(Rule::KindUnknown)?;
        if header.kind_version != VERSION {
            return Err(Rule::KindVersion);
        }
        if kind == Kind::Tombstone && header.replaces.is_none() {
            return Err(Rule::Replaces);
        }
        let act = Act::from_parts(kind, parts)?;
        if let Act::New(new) = &act {
            new.author.check(&header.lane_key)?;
        }
        Ok(act)
    }

    /// Reads the parts of an act of `kind`, version 1.
    ///
    /// # Errors
    /// The [`Rule`] for a signed refusal.
    pub fn from_parts(kind: Kind, parts: &[Part]) -> Result<Act, Rule> {
        let set = PartSet::new(parts)?;
        match kind {
            Kind::New => report::New::read(&set).map(Act::New),
            Kind::Supplement => report::Supplement::read(&set).map(Act::Supplement),
            Kind::Rate => report::Rate::read(&set).map(Act::Rate),
            Kind::Withdraw => report::Withdraw::read(&set).map(Act::Withdraw),
            Kind::Tombstone => set.only(&[]).map(|()| Act::Tombstone),
            Kind::Verify => staff::Verify::read(&set).map(Act::Verify),
            Kind::Refuse => staff::Refuse::read(&set).map(Act::Refuse),
            Kind::Assign => staff::Assign::read(&set).map(Act::Assign),
            Kind::Ask => staff::Ask::read(&set).map(Act::Ask),
            Kind::Answer => staff::Answer::read(&set).map(Act::Answer),
            Kind::Publish => staff::Publish::read(&set).map(Act::Publish),
        }
    }

    /// The files the act commits to, in order.
    #[must_use]
    pub fn files(&self) -> &[FilePart] {
        match self {
            Act::New(act) => &act.files,
            Act::Supplement(act) => &act.files,
            Act::Answer(act) => &act.files,
            _ => &[],
        }
    }

    fn to_bodies(&self) -> Vec<body::Body> {
        match self {
            Act::New(act) => act.to_bodies(),
            Act::Supplement(act) => act.to_bodies(),
            Act::Rate(act) => act.to_bodies(),
            Act::Withdraw(act) => act.to_bodies(),
            Act::Tombstone => Vec::new(),
            Act::Verify(act) => act.to_bodies(),
            Act::Refuse(act) => act.to_bodies(),
            Act::Assign(act) => act.to_bodies(),
            Act::Ask(act) => act.to_bodies(),
            Act::Answer(act) => act.to_bodies(),
            Act::Publish(act) => act.to_bodies(),
        }
    }
}
