//! Encrypted SQLite files: keys, migrations, one writer, readers, live queries, full text.
