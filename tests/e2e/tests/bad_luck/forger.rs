//! A city's keys in the wrong hands: a root the phone pins, the real city's own keys in its list, and one more of each role that the test holds.
//!
//! Invariant: what the real city signs stays good, so that one phone meets honest words and rightly signed lies alike.

use hues_city::RunningCity;
use hues_core::CityAddress;
use hues_crypto::sign::SigningKey;
use hues_env::SystemRandom;
use hues_protocol::city::{CitySigned, Parsed};
use hues_protocol::config::Config;
use hues_protocol::keys::{KeyEntry, KeyList, KeyListBody, Role};
use hues_protocol::pack::Pack;

use crate::proxy::{Asked, Proxy, Reply};

const DAY: i64 = 86_400_000;

/// Holds the keys.
pub struct Forger {
    root: SigningKey,
    pub receipts: SigningKey,
    pub packs: SigningKey,
    pub units: SigningKey,
    city: KeyListBody,
}

impl Forger {
    pub fn of(city: &RunningCity) -> Forger {
        let url = format!("{}/keys", city.url);
        // A thread of its own: the caller may be inside somebody else's async code.
        let bytes = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build();
            runtime.unwrap().block_on(get(&url))
        })
        .join()
        .unwrap();
        let key = || SigningKey::generate(&mut SystemRandom);
        Forger {
            root: key(),
            receipts: key(),
            packs: key(),
            units: key(),
            city: KeyList::trusted(&bytes).unwrap().body().clone(),
        }
    }

    /// A key list of the root, good for `days` from a year ago.
    pub fn list(&self, version: u64, days: i64) -> Vec<u8> {
        let mut keys = self.city.keys.clone();
        for (role, key) in [
            (Role::Receipts, &self.receipts),
            (Role::Packs, &self.packs),
            (Role::Units, &self.units),
        ] {
            keys.push(KeyEntry {
                role,
                public: key.public(),
                not_before: self.city.issued - 365 * DAY,
                not_after: self.city.issued + 365 * DAY,
            });
        }
        let issued = self.city.issued - 365 * DAY;
        let body = KeyListBody {
            city: self.city.city.clone(),
            version,
            issued,
            expires: issued + days * DAY,
            keys,
        };
        body.sign(&self.root).bytes().to_vec()
    }

    /// A config pack made of the built-in edition.
    pub fn pack(
        &self,
        version: u64,
        days: i64,
        change: impl FnOnce(&mut serde_json::Value),
    ) -> Vec<u8> {
        let mut content = serde_json::from_str(Config::builtin_json()).unwrap();
        change(&mut content);
        let issued = self.city.issued - 365 * DAY;
        let pack = Pack {
            name: "config".into(),
            version,
            issued,
            expires: issued + days * DAY,
            content: content.to_string().into_bytes(),
            keys_version: 1,
        };
        pack.sign(&self.packs).into_bytes()
    }

    /// Puts the list in force for every phone of `proxy`; where they find it.
    pub fn before(&self, proxy: &Proxy) -> CityAddress {
        let list = self.list(1, 3_650);
        proxy.always(move |asked, honest| asked.is("/keys").then(|| honest.body(list.clone())));
        proxy.address(self.root.public())
    }
}

/// An honest object, changed and signed by a key of one's own.
pub fn forged<T: CitySigned + Clone>(
    honest: &[u8],
    key: &SigningKey,
    change: impl FnOnce(&mut T),
) -> Vec<u8> {
    let mut value = Parsed::<T>::parse(honest).unwrap().unproven().clone();
    change(&mut value);
    value.sign(key).into_bytes()
}

/// `hello` that announces such a key list and such a pack.
pub fn announce(asked: &Asked, honest: &Reply, keys: u64, pack: u64) -> Option<Reply> {
    asked.is("/hello").then(|| {
        let mut hello = honest.json();
        hello["keys_version"] = keys.into();
        hello["packs"]["config"] = pack.into();
        honest.clone().body(hello.to_string())
    })
}

/// A `GET` without any of the code under test.
pub async fn get(url: &str) -> Vec<u8> {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let answer = reqwest::get(url).await.unwrap();
    answer.bytes().await.unwrap().to_vec()
}
