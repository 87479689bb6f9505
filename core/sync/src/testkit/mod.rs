//! A small city and a phone, for the tests of outbox and engine.

pub mod city;
pub mod phone;
