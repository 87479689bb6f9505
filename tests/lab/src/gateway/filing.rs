//! Ops as the attacker files them: made, sent, taken, remembered.
//!
//! Invariant: every receipt is kept with its op; what it says must stay true to the end of the attack.

use hues_protocol::author::Author;
use hues_protocol::city::Signed;
use hues_protocol::http::Method;
use hues_protocol::kinds::Act;
use hues_protocol::receipt::Receipt;

use super::answer::Answer;
use super::attacker::{Attacker, Taken, Who};
use super::model::Checked;
use super::phone::{self, Lane, Offer};

impl Attacker {
    pub(super) fn author(&self, lane: &Lane) -> Checked<Author> {
        let known = self.known()?;
        phone::author(&known.keys, known.beacon.time, &self.device, lane)
    }

    /// A report of this lane that the city takes.
    pub(super) fn report(&self, lane: &Lane) -> Checked<hues_protocol::kinds::report::New> {
        let author = self.author(lane)?;
        let mark = lane.id().to_string();
        Ok(self.known()?.form.report(author, &mark))
    }

    pub(super) fn new_report(&self, lane: &Lane) -> Checked<Offer> {
        lane.offer(&Act::New(self.report(lane)?))
    }

    pub(super) async fn post(&mut self, who: Who, offer: &Offer) -> Checked<Answer> {
        let mut answer = self.post_bytes(who, offer.bytes()).await?;
        answer.sent = format!("POST /ops {} as {who:?}", offer.says());
        Ok(answer)
    }

    pub(super) async fn post_bytes(&mut self, who: Who, bytes: Vec<u8>) -> Checked<Answer> {
        self.must(who, Method::Post, "/ops", &[], bytes).await
    }

    /// Sends an op that must be taken; the lane moves on.
    pub(super) async fn take(
        &mut self,
        who: Who,
        lane: &mut Lane,
        offer: Offer,
    ) -> Checked<Signed<Receipt>> {
        self.needs(who)?;
        let answer = self.post(who, &offer).await?;
        let receipt = answer.receipt(&offer, self.keys()?)?;
        self.keep(who, &offer, &receipt);
        lane.taken(&offer);
        Ok(receipt)
    }

    pub(super) async fn act(
        &mut self,
        who: Who,
        lane: &mut Lane,
        act: &Act,
    ) -> Checked<Signed<Receipt>> {
        let offer = lane.offer(act)?;
        self.take(who, lane, offer).await
    }

    /// Files a fresh report; its lane.
    pub(super) async fn file(&mut self, who: Who) -> Checked<Lane> {
        let mut lane = Lane::fresh();
        let offer = self.new_report(&lane)?;
        self.take(who, &mut lane, offer).await?;
        Ok(lane)
    }

    /// A receipt is remembered: what it says must stay true to the end.
    pub(super) fn keep(&mut self, who: Who, offer: &Offer, receipt: &Signed<Receipt>) {
        self.taken.push(Taken {
            who,
            offer: offer.clone(),
            receipt: receipt.bytes().to_vec(),
            says: receipt.value().clone(),
        });
    }

    /// Asks what became of an op.
    pub(super) async fn query(&mut self, who: Who, offer: &Offer) -> Checked<Answer> {
        self.get(who, &format!("/ops/{}", offer.id())).await
    }
}
