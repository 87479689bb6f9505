//! Proofs of filing: exported from a phone, checked by anyone.

use hues_protocol::ids::Subject;
use hues_protocol::keys::KeyList;
use hues_protocol::kinds::Kind;
use hues_protocol::op::PartRole;
use hues_protocol::proof::{self, Proof};
use hues_store::rusqlite::Connection;
use hues_sync::outbox;

use crate::error::HueError;
use crate::ids::Id;

/// What a good proof says. Times are milliseconds since 1970 by the city's signed clock, except `claimed`.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct ProofVerdict {
    /// The act is not older than this; none: no lower bound.
    pub not_before: Option<i64>,
    /// The act is not younger than this.
    pub not_after: i64,
    /// The width of the interval in milliseconds, where it has a lower bound.
    pub width: Option<i64>,
    /// What the phone's own clock said: a claim, nothing more.
    pub claimed: i64,
    /// The act's kind.
    pub kind: String,
    /// The report.
    pub report: String,
    /// The op.
    pub op: String,
    /// The text that was filed, if the proof carries it.
    pub text: Option<String>,
    /// How many parts the op has.
    pub parts_stated: u32,
    /// How many of them the proof carries.
    pub parts_shown: u32,
}

/// Checks a proof with the city's key list, which must come from elsewhere than the proof.
///
/// # Errors
/// `Invalid{keys, format}`: that is no key list. `Refused{rule}`: the first check of docs/protocol.md §5 that failed.
#[cfg_attr(feature = "uniffi", uniffi::export)]
pub fn verify_proof(proof: &[u8], keys: &[u8]) -> Result<ProofVerdict, HueError> {
    let keys = KeyList::trusted(keys).map_err(|_| HueError::invalid("keys", "format"))?;
    let verdict = proof::verify(proof, &keys).map_err(|rule| HueError::refused(rule.name()))?;
    let text = verdict
        .parts
        .iter()
        .find(|p| p.role() == PartRole::PUBLIC)
        .and_then(|p| p.body().text(2).ok());
    Ok(ProofVerdict {
        not_before: verdict.not_before,
        not_after: verdict.not_after,
        width: verdict.width,
        claimed: verdict.claimed,
        kind: verdict.kind.clone(),
        report: verdict.subject.to_string(),
        op: verdict.op_id.to_string(),
        text: text.map(ToOwned::to_owned),
        parts_stated: verdict.parts_stated as u32,
        parts_shown: verdict.parts.len() as u32,
    })
}

/// The proof of a report's filing.
pub(crate) fn export(tx: &Connection, report: Id, compact: bool) -> Result<Vec<u8>, HueError> {
    let acts = outbox::of_subject(tx, &Subject(report.0))?;
    let filing = acts
        .iter()
        .find(|act| act.kind == Kind::New.name())
        .ok_or(HueError::NotFound)?;
    let proof: Proof = outbox::proof(tx, &filing.op_id, !compact)?;
    Ok(proof.encode())
}
