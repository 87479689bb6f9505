//! The library Android and iOS load.
