//! The FTS5 tokenizer `hues_vi`: the fold of `hues-vietnam` inside SQLite's full-text search.
//!
//! Invariant: an index and its queries are split and folded by one function, [`hues_vietnam::tokens`]; an index built with
//! another [`FOLD_VERSION`] must be rebuilt by its owner.
//!
//! ```
//! let conn = rusqlite::Connection::open_in_memory()?;
//! hues_sqlite_ext::register(&conn)?;
//! conn.execute_batch(
//!     "CREATE VIRTUAL TABLE place USING fts5(name, tokenize = 'hues_vi');
//!      INSERT INTO place VALUES ('Cầu Trường Tiền'), ('Đập Đá');",
//! )?;
//! let query = hues_sqlite_ext::match_expression("dap d").unwrap_or_default();
//! let name: String = conn.query_row("SELECT name FROM place(?1)", [query], |row| row.get(0))?;
//! assert_eq!(name, "Đập Đá");
//! # Ok::<(), rusqlite::Error>(())
//! ```

mod query;
mod tokenizer;

pub use hues_vietnam::FOLD_VERSION;
pub use query::{match_all, match_before_last, match_expression};
pub use tokenizer::register;

/// Name of the tokenizer in `CREATE VIRTUAL TABLE … USING fts5(…, tokenize = 'hues_vi')`. It takes no arguments.
pub const TOKENIZER: &str = "hues_vi";
