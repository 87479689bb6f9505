//! A phone without a city, for the tests of this folder.
#![allow(dead_code, missing_docs, clippy::unwrap_used)] // each test binary uses its own part

use std::path::Path;
use std::sync::Arc;

use hues_core::feedback::{Answer, DraftInput, Place, PlaceSource};
use hues_core::ports::doubles::SoftwareVault;
use hues_core::{CoreConfig, HueError, HuesCore, Ports};

/// A home in this folder, and no city.
pub fn config(home: &Path) -> CoreConfig {
    CoreConfig {
        home: home.to_str().unwrap().into(),
        ..CoreConfig::default()
    }
}

pub fn open(home: &Path, vault: &Arc<SoftwareVault>) -> Result<HuesCore, HueError> {
    HuesCore::open(config(home), Ports::with_vault(vault.clone()))
}

/// Its files are closed when this returns.
pub async fn close(core: HuesCore) {
    tokio::task::spawn_blocking(|| core.close()).await.unwrap();
}

/// A report that lacks nothing.
pub fn pothole(text: &str) -> DraftInput {
    DraftInput {
        category: Some("ha_tang.o_ga".into()),
        text: text.into(),
        place: Some(Place {
            lat: 16.4637,
            lon: 107.5909,
            accuracy_m: Some(12),
            source: PlaceSource::Gps,
        }),
        answers: vec![Answer {
            question: "chan_duong".into(),
            value: "yes".into(),
        }],
        ..DraftInput::default()
    }
}

/// A photo with nothing in it but the picture.
pub fn photo(seed: u64) -> Vec<u8> {
    hues_media::testkit::generate(seed, 640, 480, &hues_media::testkit::Extras::default())
}

pub fn invalid(field: &str, rule: &str) -> HueError {
    HueError::Invalid {
        field: field.into(),
        rule: rule.into(),
    }
}

/// A folder, copied whole.
pub fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}
