//! The tokenizer inside SQLite: what people type finds what was written, and FTS5's offsets stay true to the original.
#![allow(clippy::expect_used)] // helpers of tests

use hues_sqlite_ext::{match_all, match_expression, register};
use proptest::prelude::*;
use rusqlite::{params, Connection};
use unicode_normalization::UnicodeNormalization;

fn open() -> Connection {
    let conn = Connection::open_in_memory().expect("memory");
    register(&conn).expect("registers");
    conn
}

/// A table of its own content with the given rows.
fn with_rows(rows: &[&str]) -> Connection {
    let conn = open();
    conn.execute_batch("CREATE VIRTUAL TABLE doc USING fts5(body, tokenize = 'hues_vi')")
        .expect("creates");
    for row in rows {
        conn.execute("INSERT INTO doc VALUES (?1)", [row])
            .expect("inserts");
    }
    conn
}

fn found(conn: &Connection, typed: &str) -> Vec<String> {
    let Some(query) = match_expression(typed) else {
        return Vec::new();
    };
    let mut statement = conn
        .prepare_cached("SELECT body FROM doc(?1) ORDER BY rowid")
        .expect("prepares");
    let rows = statement.query_map([query], |r| r.get(0)).expect("queries");
    rows.collect::<Result<_, _>>().expect("rows")
}

fn text(conn: &Connection, sql: &str, query: &str) -> String {
    conn.query_row(sql, [query], |r| r.get(0)).expect(sql)
}

#[test]
fn plain_typing_finds_marked_text() {
    let rows = [
        "Huế",
        "Trần Hưng Đạo",
        "Thuận Hòa",
        "Thuận Hoà",
        "Đường Lê Lợi",
        "Ðường gõ bằng Eth",
        "Huê",
    ];
    let conn = with_rows(&rows);
    assert_eq!(found(&conn, "hue "), ["Huế", "Huê"]);
    assert_eq!(found(&conn, "tran "), ["Trần Hưng Đạo"]);
    assert_eq!(found(&conn, "thuan hoa"), ["Thuận Hòa", "Thuận Hoà"]);
    assert_eq!(found(&conn, "duong"), ["Đường Lê Lợi", "Ðường gõ bằng Eth"]);
    assert_eq!(found(&conn, "ĐƯỜNG LÊ"), ["Đường Lê Lợi"]);
    assert_eq!(found(&conn, "le loi duo"), ["Đường Lê Lợi"]);
}

#[test]
fn the_normal_form_of_text_and_query_does_not_matter() {
    let nfd = |s: &str| s.nfd().collect::<String>();
    let written = nfd("Phường Thuận Hóa, Đập Đá, Huế");
    let conn = with_rows(&[&written]);
    for typed in ["huế", "hue", "ĐẬP ĐÁ", "dap da", "thuận hoá", "phường t"] {
        assert_eq!(found(&conn, typed), [written.as_str()], "{typed}");
        assert_eq!(
            found(&conn, &nfd(typed)),
            [written.as_str()],
            "NFD of {typed}"
        );
    }
    assert!(found(&conn, "dương nỗ").is_empty());
}

#[test]
fn highlight_and_snippet_never_cut_a_letter() {
    let conn = with_rows(&["Ngập ở đường Trần Hưng Đạo, Huế"]);
    let sql = "SELECT highlight(doc, 0, '[', ']') FROM doc(?1)";
    assert_eq!(
        text(&conn, sql, "duong hue"),
        "Ngập ở [đường] Trần Hưng Đạo, [Huế]"
    );
    let sql = "SELECT snippet(doc, 0, '[', ']', '…', 3) FROM doc(?1)";
    assert_eq!(text(&conn, sql, "\"hung dao\""), "…[Hưng Đạo], Huế");

    let conn = with_rows(&[&"Cống ở Huế bị nghẹt".nfd().collect::<String>()]);
    let sql = "SELECT highlight(doc, 0, '[', ']') FROM doc(?1)";
    let expected: String = "Cống ở [Huế] bị nghẹt".nfd().collect();
    assert_eq!(text(&conn, sql, "hue"), expected);
}

#[test]
fn a_contentless_index_takes_deletes_and_updates() {
    let conn = open();
    conn.execute_batch(
        "CREATE VIRTUAL TABLE doc USING fts5(body, content = '', contentless_delete = 1, tokenize = 'hues_vi');
         INSERT INTO doc(rowid, body) VALUES (1, 'Đập Đá'), (2, 'Đá bóng'), (3, 'Thuỷ Xuân');",
    )
    .expect("creates");
    let rowids = |typed: &str| -> Vec<i64> {
        let mut statement = conn
            .prepare("SELECT rowid FROM doc(?1) ORDER BY rowid")
            .expect("prepares");
        let rows = statement
            .query_map([match_all(typed).expect("words")], |r| r.get(0))
            .expect("queries");
        rows.collect::<Result<_, _>>().expect("rows")
    };
    assert_eq!(rowids("da"), [1, 2]);
    conn.execute("DELETE FROM doc WHERE rowid = 1", [])
        .expect("deletes");
    assert_eq!(rowids("da"), [2]);
    conn.execute("UPDATE doc SET body = 'Bóng đèn hỏng' WHERE rowid = 2", [])
        .expect("updates");
    assert!(rowids("da").is_empty());
    assert_eq!(rowids("bong den"), [2]);
    conn.execute("INSERT INTO doc(doc) VALUES ('optimize')", [])
        .expect("optimizes");
    assert_eq!(rowids("thủy xuân"), [3]);
}

#[test]
fn prefix_indexes_and_phrases_work() {
    let conn = open();
    conn.execute_batch(
        "CREATE VIRTUAL TABLE doc USING fts5(body, prefix = '2 3', tokenize = 'hues_vi');
         INSERT INTO doc VALUES ('Chân Mây - Lăng Cô'), ('Lăng Tự Đức');",
    )
    .expect("creates");
    assert_eq!(found(&conn, "lă"), ["Chân Mây - Lăng Cô", "Lăng Tự Đức"]);
    assert_eq!(found(&conn, "chan may – lang c"), ["Chân Mây - Lăng Cô"]);
    let phrase: i64 = conn
        .query_row("SELECT count(*) FROM doc(?1)", ["\"may lang\""], |r| {
            r.get(0)
        })
        .expect("queries");
    assert_eq!(phrase, 1);
}

#[test]
fn bytes_that_are_no_utf8_are_separators() {
    let conn = open();
    conn.execute_batch(
        "CREATE VIRTUAL TABLE doc USING fts5(body, tokenize = 'hues_vi');
         INSERT INTO doc VALUES (CAST(X'4875E1BABFFFFEC491C3A1E1BA' AS TEXT));", // "Huế", two broken bytes, "đá", a cut one
    )
    .expect("inserts");
    for word in ["hue", "da"] {
        let n: i64 = conn
            .query_row("SELECT count(*) FROM doc(?1)", [word], |r| r.get(0))
            .expect("queries");
        assert_eq!(n, 1, "{word}");
    }
    // Broken bytes in a query: refused or no hit, never a crash.
    let query = "SELECT count(*) FROM doc(CAST(X'FF22FE' AS TEXT))";
    let _ = conn.query_row(query, [], |r| r.get::<_, i64>(0));
    let n: i64 = conn
        .query_row("SELECT count(*) FROM doc", [], |r| r.get(0))
        .expect("still answers");
    assert_eq!(n, 1);
}

#[test]
fn empty_and_nul_texts_are_taken() {
    let conn = with_rows(&["", " ", "a\0đ"]);
    conn.execute("INSERT INTO doc VALUES (NULL)", [])
        .expect("null");
    assert_eq!(found(&conn, "d"), ["a\0đ"]);
}

#[test]
fn an_argument_in_the_schema_is_refused() {
    let conn = open();
    let created = conn.execute_batch(
        "CREATE VIRTUAL TABLE doc USING fts5(body, tokenize = 'hues_vi remove_diacritics 2')",
    );
    assert!(created.is_err());
}

#[test]
fn registering_again_keeps_open_tables_working() {
    let conn = with_rows(&["Huế"]);
    register(&conn).expect("again");
    assert_eq!(found(&conn, "hue"), ["Huế"]);
}

#[test]
fn a_connection_without_the_tokenizer_says_so() {
    let conn = Connection::open_in_memory().expect("memory");
    let created =
        conn.execute_batch("CREATE VIRTUAL TABLE doc USING fts5(body, tokenize = 'hues_vi')");
    assert!(created.is_err());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// Any text is found by each of its own words, and highlighting every word leaves the text whole.
    #[test]
    fn any_text_is_found_and_highlighted_whole(body in any::<String>().prop_map(|s| s.replace(['\0', '\u{2}', '\u{3}'], " "))) {
        let conn = with_rows(&[&body]);
        if let Some(query) = match_all(&body) {
            let shown: String = conn
                .query_row("SELECT highlight(doc, 0, char(2), char(3)) FROM doc(?1)", [&query], |r| r.get(0))
                .expect("found");
            prop_assert_eq!(shown.replace(['\u{2}', '\u{3}'], ""), body);
        }
    }

    /// Any bytes may be stored, indexed, deleted and asked for.
    #[test]
    fn any_bytes_are_survived(body in prop::collection::vec(any::<u8>(), 0..200), typed in any::<String>()) {
        let conn = with_rows(&[]);
        conn.execute("INSERT INTO doc VALUES (CAST(?1 AS TEXT))", params![body]).expect("inserts");
        found_count(&conn, &typed);
        conn.execute("DELETE FROM doc", []).expect("deletes");
        conn.execute("INSERT INTO doc(doc) VALUES ('integrity-check')", []).expect("whole");
    }
}

/// What was typed is never an FTS5 syntax error.
fn found_count(conn: &Connection, typed: &str) {
    if let Some(query) = match_expression(typed) {
        conn.query_row("SELECT count(*) FROM doc(?1)", [query], |r| {
            r.get::<_, i64>(0)
        })
        .expect("a query");
    }
}
