//! The city's keys: a root, one key a role, and the list that the root signs.
//!
//! Invariant: made once from the city's randomness, kept with its state, never printed. A real city keeps the root
//! offline; a sandbox keeps it beside the others so that it can renew its list.

use hues_crypto::hpke::OpeningKey;
use hues_crypto::sign::SigningKey;
use hues_env::Env;
use hues_protocol::keys::{KeyEntry, KeyList, KeyListBody, Role};
use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, Zeroizing};

use super::meta;
use crate::error::CityError;
use crate::storage::{StorageError, Table, Tx};

const DAY_MS: i64 = 86_400_000;
/// Keys are good from a day before the city's first start (a phone's clock may be a little behind) for ten years.
const KEY_DAYS: i64 = 3_650;
/// A list is good for a year and renewed when a month is left.
const LIST_DAYS: i64 = 365;
const RENEW_DAYS: i64 = 30;

/// The name on key lists.
pub(super) const CITY: &str = "hue";

/// What is kept of the keys. The seeds are hexadecimal.
#[derive(Serialize, Deserialize)]
struct Kept {
    /// Root, then the roles of [`SIGNING`] in their order, then disclosure.
    seeds: Vec<String>,
    not_before: i64,
    version: u64,
    issued: i64,
}

const SIGNING: [Role; 7] = [
    Role::Receipts,
    Role::Beacons,
    Role::Leases,
    Role::Packs,
    Role::Commands,
    Role::Ledger,
    Role::Units,
];

/// The keys in use.
pub struct CityKeys {
    root: SigningKey,
    pub(super) receipts: SigningKey,
    pub(super) beacons: SigningKey,
    pub(super) leases: SigningKey,
    pub(super) packs: SigningKey,
    pub(super) units: SigningKey,
    pub(super) disclosure: OpeningKey,
    list: KeyList,
    kept: Kept,
}

impl CityKeys {
    /// The kept keys, or new ones for a new city.
    pub(super) fn load(tx: &mut dyn Tx, env: &mut Env) -> Result<CityKeys, CityError> {
        let kept = match meta::get::<Kept>(tx, Table::Meta, b"keys")? {
            Some(kept) => kept,
            None => Kept::generate(env),
        };
        let mut keys = CityKeys::unfold(kept)?;
        keys.renew_if_due(env);
        meta::put(tx, Table::Meta, b"keys", &keys.kept)?;
        Ok(keys)
    }

    fn unfold(kept: Kept) -> Result<CityKeys, CityError> {
        let bad = || CityError::Storage(StorageError::Value("keys"));
        let mut seeds = kept.seeds.iter().map(|text| {
            let mut seed = Zeroizing::new([0; 32]);
            hex::decode_to_slice(text.as_str(), seed.as_mut_slice())
                .map(|()| seed)
                .map_err(|_| bad())
        });
        let mut seed = || seeds.next().unwrap_or_else(|| Err(bad()));
        let root = SigningKey::from_seed(&*seed()?);
        let mut signing = Vec::new();
        for role in SIGNING {
            signing.push((role, SigningKey::from_seed(&*seed()?)));
        }
        let disclosure = OpeningKey::from_bytes(&*seed()?);
        drop(seeds);
        let sealed_to = disclosure.public().map_err(|_| bad())?;

        let entry = |role, public| KeyEntry {
            role,
            public,
            not_before: kept.not_before,
            not_after: kept.not_before + KEY_DAYS * DAY_MS,
        };
        let mut entries: Vec<KeyEntry> = signing
            .iter()
            .map(|(role, key)| entry(*role, key.public()))
            .collect();
        entries.push(entry(Role::Disclosure, sealed_to));
        let list = KeyListBody {
            city: CITY.to_owned(),
            version: kept.version,
            issued: kept.issued,
            expires: kept.issued + LIST_DAYS * DAY_MS,
            keys: entries,
        }
        .sign(&root);

        let mut take = |wanted: Role| {
            let at = signing
                .iter()
                .position(|(role, _)| *role == wanted)
                .ok_or_else(bad)?;
            Ok::<_, CityError>(signing.swap_remove(at).1)
        };
        Ok(CityKeys {
            receipts: take(Role::Receipts)?,
            beacons: take(Role::Beacons)?,
            leases: take(Role::Leases)?,
            packs: take(Role::Packs)?,
            units: take(Role::Units)?,
            root,
            disclosure,
            list,
            kept,
        })
    }

    /// Signs a newer list when the present one is about to end. Whether it did.
    pub(super) fn renew_if_due(&mut self, env: &Env) -> bool {
        if env.wall.0 < self.list.body().expires - RENEW_DAYS * DAY_MS {
            return false;
        }
        self.kept.version += 1;
        self.kept.issued = env.wall.0;
        let body = self.list.body();
        let renewed = KeyListBody {
            city: body.city.clone(),
            version: self.kept.version,
            issued: env.wall.0,
            expires: env.wall.0 + LIST_DAYS * DAY_MS,
            keys: body.keys.clone(),
        };
        self.list = renewed.sign(&self.root);
        true
    }

    /// Keeps the keys after a renewal.
    pub(super) fn save(&self, tx: &mut dyn Tx) -> Result<(), StorageError> {
        meta::put(tx, Table::Meta, b"keys", &self.kept)
    }

    /// The root's public key: what a phone pins.
    #[must_use]
    pub fn root(&self) -> [u8; 32] {
        self.root.public()
    }

    /// The key list in force.
    #[must_use]
    pub fn list(&self) -> &KeyList {
        &self.list
    }

    /// Its version.
    #[must_use]
    pub fn version(&self) -> u64 {
        self.list.version()
    }
}

impl Drop for Kept {
    fn drop(&mut self) {
        self.seeds.iter_mut().for_each(Zeroize::zeroize);
    }
}

impl Kept {
    fn generate(env: &mut Env) -> Kept {
        let mut seed = || {
            let mut bytes = Zeroizing::new([0; 32]);
            env.random.fill(bytes.as_mut_slice());
            hex::encode(bytes.as_slice())
        };
        let seeds = (0..SIGNING.len() + 2).map(|_| seed()).collect();
        Kept {
            seeds,
            not_before: env.wall.0 - DAY_MS,
            version: 1,
            issued: env.wall.0,
        }
    }
}
