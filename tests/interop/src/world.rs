//! A small invented city: its keys, its key lists, and the acts of its people.
//!
//! Invariant: the same seed gives the same bytes.

use hues_crypto::hpke::OpeningKey;
use hues_crypto::sign::SigningKey;
use hues_env::{Random, SeededRandom};
use hues_protocol::beacon::Beacon;
use hues_protocol::ids::{Epoch, Kid};
use hues_protocol::keys::{KeyEntry, KeyList, KeyListBody, Role};

/// 28 October 2025, 08:00 UTC: the middle of everything here.
pub const NOW: i64 = 1_761_638_400_000;
/// One day in milliseconds.
pub const DAY: i64 = 24 * 3600 * 1000;

/// The city's keys.
#[derive(Debug)]
pub struct World {
    /// The offline root.
    pub root: SigningKey,
    /// Role receipts.
    pub receipts: SigningKey,
    /// Role receipts, until ten days before [`NOW`].
    pub old_receipts: SigningKey,
    /// Role beacons.
    pub beacons: SigningKey,
    /// Role beacons, until ten days before [`NOW`].
    pub old_beacons: SigningKey,
    /// Role packs.
    pub packs: SigningKey,
    /// Role leases.
    pub leases: SigningKey,
    /// Role units.
    pub units: SigningKey,
    /// Role disclosure.
    pub disclosure: OpeningKey,
    /// A phone's device op key.
    pub device: SigningKey,
    /// The list in force, version 7.
    pub keys: KeyList,
    /// The same keys as version 6.
    pub older: KeyList,
    /// Version 7 with the roles of receipts and beacons exchanged.
    pub swapped: KeyList,
}

impl World {
    /// The city of `seed`.
    ///
    /// # Errors
    /// Never in practice; the disclosure key's type demands it.
    pub fn new(seed: u64) -> Result<World, hues_crypto::hpke::HpkeError> {
        let random: &mut dyn Random = &mut SeededRandom::new(seed);
        let mut key = || SigningKey::generate(random);
        let (root, receipts, old_receipts, beacons, old_beacons) =
            (key(), key(), key(), key(), key());
        let (packs, leases, units, device) = (key(), key(), key(), key());
        let disclosure = OpeningKey::generate(random);
        let disclosure_public = disclosure.public()?;
        let entry = |role, public, until| KeyEntry {
            role,
            public,
            not_before: NOW - 100 * DAY,
            not_after: until,
        };
        let (now, past) = (NOW + 100 * DAY, NOW - 10 * DAY);
        let list = |version, swap: bool| {
            let (first, second) = if swap {
                (Role::Beacons, Role::Receipts)
            } else {
                (Role::Receipts, Role::Beacons)
            };
            KeyListBody {
                city: "Huế (thử)".to_owned(),
                version,
                issued: NOW - 20 * DAY,
                expires: NOW + 50 * DAY,
                keys: vec![
                    entry(first, receipts.public(), now),
                    entry(Role::Receipts, old_receipts.public(), past),
                    entry(second, beacons.public(), now),
                    entry(Role::Beacons, old_beacons.public(), past),
                    entry(Role::Packs, packs.public(), now),
                    entry(Role::Leases, leases.public(), now),
                    entry(Role::Units, units.public(), now),
                    entry(Role::Disclosure, disclosure_public, now),
                ],
            }
            .sign(&root)
        };
        let (keys, older, swapped) = (list(7, false), list(6, false), list(7, true));
        Ok(World {
            root,
            receipts,
            old_receipts,
            beacons,
            old_beacons,
            packs,
            leases,
            units,
            disclosure,
            device,
            keys,
            older,
            swapped,
        })
    }

    /// A beacon of the city.
    #[must_use]
    pub fn beacon(
        &self,
        random: &mut dyn Random,
        time: i64,
        epoch: Epoch,
        log_head: u64,
    ) -> Beacon {
        let mut nonce = [0; 16];
        random.fill(&mut nonce);
        Beacon {
            time,
            nonce,
            epoch,
            watermark: log_head / 2,
            log_head,
            keys_version: 7,
        }
    }
}

/// The short name of a key.
#[must_use]
pub fn kid_of(key: &SigningKey) -> Kid {
    Kid(hues_crypto::sign::kid(&key.public()))
}
