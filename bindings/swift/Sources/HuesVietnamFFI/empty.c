/* A C target needs a source file; the symbols come from the Rust library. */
