//! One process owns a home. A second one hands its command to the owner over a socket in the home.
//!
//! Invariant: nobody but the user who owns the home can speak on the socket (its mode, and a token only that user can read);
//! the owner finishes what it was handed before it ends.

mod client;
mod note;
mod owner;
mod wire;

pub use client::{hand_over, HandOver};
pub use owner::{Owner, Runner};
