//! The re-check of an arrived photo: its type is what was promised and nothing is left beside the picture.
//!
//! Invariant: the same scan that a phone's output must pass; the city does not trust that the phone did it. Phones send
//! JPEG only, so anything else is refused whatever it is promised as.

use hues_media::{scan, sniff, Kind};

pub(super) fn check(bytes: &[u8], media_type: &str) -> Result<(), &'static str> {
    if sniff(bytes) != Kind::Jpeg || media_type != "image/jpeg" {
        return Err("photo-type");
    }
    if scan(bytes).is_clean() {
        Ok(())
    } else {
        Err("photo-unclean")
    }
}
