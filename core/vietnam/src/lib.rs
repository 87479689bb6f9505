//! Vietnamese folding, working calendar and administrative units.
