//! A simulated disk: databases and every other file of a phone on one medium that can lose power, fill up and fail.
//!
//! Invariant: the same calls and the same seed give the same disk. What was synced survives a power loss; what was not
//! survives in part: writes are dropped or torn at sectors of 512 bytes, names that no directory sync made durable
//! go back to an earlier state. [`SimDisk::kill`] is gentler: the process dies, the operating system's cache stays. After either,
//! every handle of before is dead: it fails, and dropping it changes nothing.
//!
//! [`SimDisk`] is a [`hues_store::disk::Disk`]; its SQLite VFS lies on the same files, below SQLCipher, so that what it holds
//! is ciphertext and all files of a home lose power at the same moment.

mod fault;
mod inode;
mod port;
mod sim;
mod vfs;

pub use fault::{Fault, Plan};
pub use sim::{Image, SimDisk};
