//! What the rules know about Huế: the config pack, the units, the calendar, and how a photo is judged.
//!
//! Invariant: fixed while a gateway lives; lists and terms are data of the pack and of `hues-vietnam`, never constants here.

use hues_protocol::config::{Category, Config};
use hues_vietnam::{due_date, units::hue, Calendar, Received};

use super::records::FileClaim;

/// Judges an arrived file; the rule it breaks, if any.
pub trait MediaCheck: Send {
    /// Looks at the whole file that was promised as `media_type`.
    ///
    /// # Errors
    /// The rule: `photo-type` for bytes of another type, `photo-unclean` for anything left beside the picture.
    fn check(&self, bytes: &[u8], media_type: &str) -> Result<(), &'static str>;
}

/// The check of a real city: the same re-scan that a phone's output must pass.
#[derive(Debug, Clone, Copy, Default)]
pub struct PhotoScan;

impl MediaCheck for PhotoScan {
    fn check(&self, bytes: &[u8], media_type: &str) -> Result<(), &'static str> {
        super::photo::check(bytes, media_type)
    }
}

/// Takes whatever comes. For a laboratory whose photos are no pictures.
#[derive(Debug, Clone, Copy, Default)]
pub struct AnyMedia;

impl MediaCheck for AnyMedia {
    fn check(&self, _: &[u8], _: &str) -> Result<(), &'static str> {
        Ok(())
    }
}

pub(super) struct Media(pub(super) Box<dyn MediaCheck>);

impl Media {
    pub(super) fn check(&self, bytes: &[u8], claim: &FileClaim) -> Result<(), &'static str> {
        self.0.check(bytes, &claim.media_type)
    }
}

/// The city's fixed data.
pub(super) struct Town {
    pub(super) config: Config,
    pub(super) config_version: u64,
    pub(super) media: Media,
}

impl Town {
    /// A unit that reports can be with: one of the pack's, or a ward's own.
    pub(super) fn is_unit(&self, code: &str) -> bool {
        self.config.is_unit(code, Town::is_ward)
    }

    pub(super) fn is_ward(code: &str) -> bool {
        hue::by_code(code).is_some()
    }

    /// A category one can file under.
    pub(super) fn category(&self, code: &str) -> Option<&Category> {
        self.config.category(code)
    }

    /// The last day of a term that begins now, `YYYY-MM-DD`.
    pub(super) fn due(at: i64, working_days: u32) -> Option<String> {
        let (due, _) = due_date(Received::At(at), working_days, None, Calendar::built_in()).ok()?;
        Some(due.to_string())
    }
}
