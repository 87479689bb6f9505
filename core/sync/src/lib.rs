//! Outbox lanes, delta pull and attachments: a pure step machine and its synchronous driver.

pub mod machine;
