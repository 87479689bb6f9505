//! The API apps see: one module per domain, ports, errors, words.
