//! Health insurance (bảo hiểm y tế, BHYT): numbers, benefit levels by date, and the QR code of the card.
//!
//! Invariant: the card's check string has no published algorithm, so nothing here says that a card is valid; it is input help, and
//! entitlement is the insurer's to confirm.

mod benefit;
mod number;
mod qr;

pub use benefit::{benefit_on, Benefit};
pub use number::{BhytNumber, BhytNumberWarning, BhytShape};
pub use qr::{BhytQr, BhytQrWarning, LivingArea};
