//! Answers to an op and to the question what became of one.
//!
//! Invariant: [`OpAnswer`] speaks of exactly the op that was sent, under the city's signature; an op is closed, freed or
//! re-linked on nothing less.

use super::{body, common, otherwise, Alien, Outcome, Setback, BODY};
use crate::city::{CitySigned, Parsed, Signed};
use crate::fork::Fork;
use crate::http::{HttpResponse, COSE, JSON};
use crate::keys::{KeyList, TrustError};
use crate::op::SignedOp;
use crate::problem::{Problem, RefusalKind};
use crate::receipt::Receipt;
use crate::refusal::Refusal;

/// The city's signed word on an op.
#[derive(Debug, Clone, PartialEq)]
pub enum OpAnswer {
    /// Committed.
    Receipt(Signed<Receipt>),
    /// Understood and not taken; the lane's head did not move.
    Refused(Signed<Refusal>),
    /// It does not follow the lane's head as the city knows it.
    Fork(Signed<Fork>),
}

/// The city's word on what became of an op.
#[derive(Debug, Clone, PartialEq)]
pub enum QueryAnswer {
    /// Committed.
    Receipt(Signed<Receipt>),
    /// Refused.
    Refused(Signed<Refusal>),
    /// Never committed: it may be handed in again.
    Unknown,
}

/// The answer to `POST /ops`.
///
/// # Errors
/// [`Setback`].
pub fn op(outcome: &Outcome, sent: &SignedOp, keys: &KeyList) -> Result<OpAnswer, Setback> {
    let response = common(outcome)?;
    match response.status {
        200 => receipt(response, sent, keys).map(OpAnswer::Receipt),
        422 => refused(response, sent, keys).map(OpAnswer::Refused),
        409 => {
            let fork: Signed<Fork> = signed(response, keys)?;
            about(fork.lane == sent.lane(), fork).map(OpAnswer::Fork)
        }
        _ => otherwise(response, &[400, 413]),
    }
}

/// The answer to `GET /ops/{op id}`.
///
/// # Errors
/// [`Setback`].
pub fn op_query(
    outcome: &Outcome,
    sent: &SignedOp,
    keys: &KeyList,
) -> Result<QueryAnswer, Setback> {
    let response = common(outcome)?;
    match response.status {
        200 => receipt(response, sent, keys).map(QueryAnswer::Receipt),
        422 => refused(response, sent, keys).map(QueryAnswer::Refused),
        404 => {
            let problem = Problem::parse(body(response, JSON)?).map_err(|_| BODY)?;
            if problem.refusal == RefusalKind::Refused && problem.rule == "unknown" {
                Ok(QueryAnswer::Unknown)
            } else {
                Err(BODY)
            }
        }
        _ => otherwise(response, &[]),
    }
}

fn receipt(
    response: &HttpResponse,
    sent: &SignedOp,
    keys: &KeyList,
) -> Result<Signed<Receipt>, Setback> {
    let receipt: Signed<Receipt> = signed(response, keys)?;
    about(
        receipt.is_for(sent) || hues_env::planted!("receipt-of-another"),
        receipt,
    )
}

fn refused(
    response: &HttpResponse,
    sent: &SignedOp,
    keys: &KeyList,
) -> Result<Signed<Refusal>, Setback> {
    let refusal: Signed<Refusal> = signed(response, keys)?;
    about(refusal.is_for(sent), refusal)
}

fn about<T>(same: bool, object: T) -> Result<T, Setback> {
    if same {
        Ok(object)
    } else {
        Err(Setback::Alien(Alien::Other))
    }
}

/// A city-signed body. One that states a newer key list than ours is not believed and not called alien either: the city
/// may have changed its keys, and the list is fetched (and judged) first.
pub(super) fn signed<T: CitySigned>(
    response: &HttpResponse,
    keys: &KeyList,
) -> Result<Signed<T>, Setback> {
    let bytes = body(response, COSE)?;
    keys.check(bytes).map_err(|error| match error {
        TrustError::KeysOlder => Setback::KeysNeeded,
        TrustError::Malformed(_) => BODY,
        TrustError::Key if needs_newer::<T>(bytes, keys) => Setback::KeysNeeded,
        other => Setback::Alien(Alien::Trust(other)),
    })
}

fn needs_newer<T: CitySigned>(bytes: &[u8], keys: &KeyList) -> bool {
    Parsed::<T>::parse(bytes).is_ok_and(|object| object.unproven().keys_version() > keys.version())
}
