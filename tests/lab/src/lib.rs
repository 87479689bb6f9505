//! The flood laboratory: a simulated disk below SQLCipher, a whole city in a flood in one thread and in virtual time, and an attack on anybody's gateway.

pub mod calls;
pub mod disk;
pub mod flood;
pub mod gateway;
pub mod power;
