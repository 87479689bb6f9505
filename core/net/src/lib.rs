//! The default HTTPS transport.
