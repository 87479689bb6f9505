//! What the terminal shell keeps beside a home: the city it belongs to. No secret and no personal data.
//!
//! Invariant: a home stays with the city it was first used with; another one is refused, not silently taken.

use std::net::IpAddr;
use std::path::{Path, PathBuf};

use hues_core::CityAddress;
use serde::{Deserialize, Serialize};

use crate::args::PhoneArgs;
use crate::exit::Failure;
use crate::fetch;

const NAME: &str = "shell.json";

/// Kept settings.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settings {
    /// The city's address.
    pub city: Option<String>,
    /// Its root key, hexadecimal.
    pub root: Option<String>,
    /// Its authorities, DER, hexadecimal.
    #[serde(default)]
    pub roots: Vec<String>,
    /// The carrier.
    pub carrier: Option<String>,
}

impl Settings {
    /// The kept settings with what the command line adds; kept again when that was something.
    ///
    /// # Errors
    /// Refused: another city than the kept one; a root key that is none; no root key and the city is not on loopback.
    pub async fn merge(args: &PhoneArgs) -> Result<Settings, Failure> {
        std::fs::create_dir_all(&args.home).map_err(|e| Failure::io("home", &e))?;
        let kept = read(&args.home.join(NAME))?;
        let mut new = kept.clone();
        if let Some(city) = &args.city {
            // A city on loopback may come back on another port; its root key says whether it is the same.
            if kept
                .city
                .as_ref()
                .is_some_and(|k| k != city && !(is_loopback(k) && is_loopback(city)))
            {
                return Err(Failure::refused(
                    "city",
                    "this home belongs to another city",
                ));
            }
            new.city = Some(city.trim_end_matches('/').to_owned());
        }
        if let Some(ca) = &args.ca {
            let ders = fetch::certificates(ca)?;
            new.roots = ders.iter().map(|d| fetch::hex(d)).collect();
        }
        if let Some(root) = &args.root {
            if kept.root.as_ref().is_some_and(|k| k != root) {
                return Err(Failure::refused("root", "this home pins another root key"));
            }
            new.root = Some(root.clone());
        }
        if let Some(carrier) = &args.carrier {
            new.carrier = Some(carrier.clone());
        }
        if let (Some(city), None) = (&new.city, &new.root) {
            if !is_loopback(city) {
                return Err(Failure::refused(
                    "root",
                    "name the city's root key with --root",
                ));
            }
            new.root = Some(fetch::sandbox_root(&new).await?);
        }
        if new != kept {
            write(&args.home, &new)?;
        }
        Ok(new)
    }

    /// The city as the core takes it.
    ///
    /// # Errors
    /// Refused when a kept value is damaged.
    pub fn address(&self) -> Result<Option<CityAddress>, Failure> {
        let Some(url) = &self.city else {
            return Ok(None);
        };
        let root = self
            .root
            .as_deref()
            .and_then(fetch::unhex)
            .filter(|r| r.len() == 32);
        let root_key = root.ok_or_else(|| Failure::refused("root", "64 hexadecimal digits"))?;
        Ok(Some(CityAddress {
            url: url.clone(),
            root_key,
            tls_roots: self.certificates()?,
        }))
    }

    /// The authorities as DER.
    ///
    /// # Errors
    /// Refused when one is damaged.
    pub fn certificates(&self) -> Result<Vec<Vec<u8>>, Failure> {
        self.roots
            .iter()
            .map(|h| fetch::unhex(h).ok_or_else(|| Failure::refused("ca", "damaged")))
            .collect()
    }

    /// Whether test switches are allowed: only with a city on this machine, or before any city is known.
    #[must_use]
    pub fn is_sandbox(&self) -> bool {
        self.city.as_deref().is_none_or(is_loopback)
    }

    /// Source address of the carrier.
    ///
    /// # Errors
    /// Refused: no such carrier, or no sandbox.
    pub fn local_address(&self) -> Result<Option<IpAddr>, Failure> {
        let Some(name) = &self.carrier else {
            return Ok(None);
        };
        if !self.is_sandbox() {
            return Err(Failure::refused(
                "sandbox",
                "--carrier is for a sandbox city",
            ));
        }
        let carrier = hues_city::fault::Carrier::parse(name).ok_or_else(|| {
            Failure::refused("carrier", "viettel, vinaphone, mobifone or 1, 2, 3")
        })?;
        Ok(carrier.address())
    }
}

fn is_loopback(url: &str) -> bool {
    let rest = url.split_once("://").map_or(url, |(_, r)| r);
    let host = rest.split('/').next().unwrap_or_default();
    let name = match host.strip_prefix('[') {
        Some(six) => six.split(']').next().unwrap_or_default(),
        None => host.split(':').next().unwrap_or_default(),
    };
    name == "localhost" || name.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

fn read(file: &Path) -> Result<Settings, Failure> {
    match std::fs::read(file) {
        Ok(text) => serde_json::from_slice(&text)
            .map_err(|_| Failure::refused("home", "its shell.json is damaged")),
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(Settings::default()),
        Err(e) => Err(Failure::io("home", &e)),
    }
}

fn write(home: &Path, settings: &Settings) -> Result<(), Failure> {
    let text = serde_json::to_vec(settings).map_err(|_| Failure::refused("home", "settings"))?;
    let temporary: PathBuf = home.join(format!("{NAME}.{}", std::process::id()));
    std::fs::write(&temporary, text)
        .and_then(|()| std::fs::rename(&temporary, home.join(NAME)))
        .map_err(|e| Failure::io("home", &e))
}

#[cfg(test)]
mod tests {
    use super::is_loopback;

    #[test]
    fn only_this_machine_is_a_sandbox() {
        for yes in [
            "http://127.0.0.1:80",
            "https://[::1]:8/",
            "https://localhost",
            "https://127.1.2.3:4",
        ] {
            assert!(is_loopback(yes), "{yes}");
        }
        for no in [
            "https://hue.example",
            "https://127.0.0.1.example",
            "https://localhost.example:3",
            "",
        ] {
            assert!(!is_loopback(no), "{no}");
        }
    }
}
