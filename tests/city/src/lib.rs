//! A sandbox city to talk to.
