//! The Vietnamese FTS5 tokenizer.
