//! One answer beside what was sent for it, and the judgements that many checks share.
//!
//! Invariant: a judgement that fails says what was sent, what came and what was promised; it never guesses what the server meant.

use hues_protocol::city::{CitySigned, Parsed, Signed};
use hues_protocol::fork::Fork;
use hues_protocol::http::{HttpResponse, COSE, JSON};
use hues_protocol::keys::KeyList;
use hues_protocol::problem::Problem;
use hues_protocol::receipt::Receipt;
use hues_protocol::refusal::Refusal;

use super::model::{broken, Checked, Stop};
use super::phone::{Lane, Offer};

/// An answer.
#[derive(Clone)]
pub(super) struct Answer {
    pub(super) sent: String,
    pub(super) response: HttpResponse,
}

impl Answer {
    pub(super) fn status(&self) -> u16 {
        self.response.status
    }

    /// What came, in one line.
    pub(super) fn came(&self) -> String {
        let response = &self.response;
        let kind = response.header("content-type").unwrap_or("no content type");
        let says = match (Problem::parse(&response.body), response.is(COSE)) {
            (Ok(problem), _) => format!(", rule {}", problem.rule),
            (_, true) => signed_words(&response.body),
            _ => String::new(),
        };
        format!(
            "{} ({kind}, {} bytes{says})",
            response.status,
            response.body.len()
        )
    }

    /// The promise is broken by this answer.
    pub(super) fn broken(&self, wanted: &str) -> Stop {
        broken(self.sent.clone(), self.came(), wanted)
    }

    /// Something else about the answer breaks the promise.
    pub(super) fn broken_as(&self, came: impl Into<String>, wanted: &str) -> Stop {
        broken(self.sent.clone(), came, wanted)
    }

    pub(super) fn want(&self, status: u16) -> Checked {
        self.want_one_of(&[status])
    }

    pub(super) fn want_one_of(&self, statuses: &[u16]) -> Checked {
        if statuses.contains(&self.status()) {
            return Ok(());
        }
        let words: Vec<String> = statuses.iter().map(u16::to_string).collect();
        Err(self.broken(&words.join(" or ")))
    }

    /// An unsigned refusal in its form; one of `rules` unless that is empty.
    pub(super) fn refused(&self, status: u16, rules: &[&str]) -> Checked<Problem> {
        self.want(status)?;
        let wanted = format!("{status} {JSON} with a refusal of the closed list {rules:?}");
        let problem = match self.response.is(JSON) {
            true => Problem::parse(&self.response.body).ok(),
            false => None,
        };
        problem
            .filter(|p| p.refusal.fits(status))
            .filter(|p| rules.is_empty() || rules.contains(&p.rule.as_str()))
            .ok_or_else(|| self.broken(&wanted))
    }

    /// An object that the list vouches for.
    pub(super) fn signed<T: CitySigned>(&self, status: u16, keys: &KeyList) -> Checked<Signed<T>> {
        let wanted = format!("{status} {COSE}, a {} under the key list", T::LABEL);
        if self.status() != status || !self.response.is(COSE) {
            return Err(self.broken(&wanted));
        }
        keys.check(&self.response.body)
            .map_err(|why| self.broken_as(format!("{}: {why}", self.came()), &wanted))
    }

    /// The receipt of exactly this op.
    pub(super) fn receipt(&self, offer: &Offer, keys: &KeyList) -> Checked<Signed<Receipt>> {
        let receipt: Signed<Receipt> = self.signed(200, keys)?;
        match receipt.is_for(&offer.op) {
            true => Ok(receipt),
            false => Err(self.broken_as(
                format!(
                    "a receipt of op {}, place {} of lane {}",
                    receipt.op_id, receipt.sequence, receipt.lane
                ),
                "a receipt of the op that was sent: its id, hash, lane and place",
            )),
        }
    }

    /// The signed refusal of exactly this op, by one of `rules`.
    pub(super) fn refusal(
        &self,
        offer: &Offer,
        rules: &[&str],
        keys: &KeyList,
    ) -> Checked<Signed<Refusal>> {
        let refusal: Signed<Refusal> = self.signed(422, keys)?;
        if !refusal.is_for(&offer.op) {
            return Err(self.broken_as(
                format!("a refusal of op {}", refusal.op_id),
                "a refusal of the op that was sent: its id and hash",
            ));
        }
        match rules.contains(&refusal.rule.as_str()) {
            true => Ok(refusal),
            false => Err(self.broken(&format!("a signed refusal, rule {}", rules.join(" or ")))),
        }
    }

    /// The signed fork of this lane with the head that the city was told of.
    pub(super) fn fork(&self, lane: &Lane, keys: &KeyList) -> Checked<Signed<Fork>> {
        let fork: Signed<Fork> = self.signed(409, keys)?;
        let right = fork.lane == lane.id()
            && fork.head_sequence == lane.sequence
            && fork.head_hash == lane.previous;
        match right {
            true => Ok(fork),
            false => Err(self.broken_as(
                format!(
                    "a fork of lane {} with head {}",
                    fork.lane, fork.head_sequence
                ),
                &format!(
                    "the fork of lane {} with head {} and its hash",
                    lane.id(),
                    lane.sequence
                ),
            )),
        }
    }
}

/// What a signed object claims to be, unproven: for people.
fn signed_words(bytes: &[u8]) -> String {
    if let Ok(parsed) = Parsed::<Refusal>::parse(bytes) {
        return format!(", refusal {}", parsed.unproven().rule);
    }
    if let Ok(parsed) = Parsed::<Fork>::parse(bytes) {
        return format!(", fork with head {}", parsed.unproven().head_sequence);
    }
    match Parsed::<Receipt>::parse(bytes) {
        Ok(parsed) => format!(", receipt with log index {}", parsed.unproven().log_index),
        Err(_) => String::new(),
    }
}
