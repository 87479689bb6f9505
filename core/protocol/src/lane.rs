//! A lane: the acts on one report from one phone, chained under a fresh key.
//!
//! Invariant: one lane, one key; the lane's name is computed from the key and cannot be claimed.

use hues_crypto::hash::sha256_of;
use hues_crypto::sign::{PublicKey, Signature, SigningKey};
use hues_env::Random;

use crate::ids::LaneId;

/// The name of the lane whose key is `public`.
#[must_use]
pub fn lane_id(public: &PublicKey) -> LaneId {
    let hash = sha256_of(&[b"hues.lane.v1", public]);
    let mut id = [0; 16];
    id.copy_from_slice(&hash[..16]);
    LaneId(id)
}

/// The signing key of one lane.
#[derive(Debug)]
pub struct LaneKey(SigningKey);

impl LaneKey {
    /// A fresh lane.
    #[must_use]
    pub fn generate(random: &mut dyn Random) -> LaneKey {
        LaneKey(SigningKey::generate(random))
    }

    /// The lane kept under `seed`. The caller wipes its own copy.
    #[must_use]
    pub fn from_seed(seed: &[u8; 32]) -> LaneKey {
        LaneKey(SigningKey::from_seed(seed))
    }

    /// The seed, for sealing it at rest.
    #[must_use]
    pub fn expose_seed(&self) -> &[u8; 32] {
        self.0.expose_seed()
    }

    /// The public key that every op of the lane carries.
    #[must_use]
    pub fn public(&self) -> PublicKey {
        self.0.public()
    }

    /// The lane's name.
    #[must_use]
    pub fn id(&self) -> LaneId {
        lane_id(&self.public())
    }

    /// The underlying key, for signing an op.
    #[must_use]
    pub fn signing_key(&self) -> &SigningKey {
        &self.0
    }

    /// The signature that lets an anonymous lane pull its own report: over `"hues.pull.v1"` ‖ lane id ‖ H(beacon).
    #[must_use]
    pub fn sign_pull(&self, beacon: &crate::ids::Hash) -> Signature {
        self.0.sign(&pull_message(&self.id(), beacon))
    }
}

/// Whether `signature` lets its bearer pull the lane of `public` under `beacon`.
#[must_use]
pub fn verify_pull(public: &PublicKey, beacon: &crate::ids::Hash, signature: &[u8]) -> bool {
    hues_crypto::sign::verify(public, &pull_message(&lane_id(public), beacon), signature)
}

fn pull_message(lane: &LaneId, beacon: &crate::ids::Hash) -> Vec<u8> {
    [&b"hues.pull.v1"[..], &lane.0, &beacon.0].concat()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::Hash;

    #[test]
    fn the_name_follows_from_the_key() {
        let lane = LaneKey::from_seed(&[1; 32]);
        assert_eq!(lane.id(), lane_id(&lane.public()));
        assert_ne!(lane.id(), LaneKey::from_seed(&[2; 32]).id());
    }

    #[test]
    fn a_pull_is_bound_to_lane_and_beacon() {
        let lane = LaneKey::from_seed(&[1; 32]);
        let signature = lane.sign_pull(&Hash([7; 32]));
        assert!(verify_pull(&lane.public(), &Hash([7; 32]), &signature));
        assert!(!verify_pull(&lane.public(), &Hash([8; 32]), &signature));
        assert!(!verify_pull(
            &LaneKey::from_seed(&[2; 32]).public(),
            &Hash([7; 32]),
            &signature
        ));
    }
}
