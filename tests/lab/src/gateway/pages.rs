//! Pages: opaque cursors, revisions that rise, sums that are right, deletes that are told (§6 *Pulling*).

use std::collections::BTreeMap;

use hues_protocol::kinds::staff::{Assign, Verify};
use hues_protocol::kinds::Act;
use hues_protocol::page::{Checksum, Page, RowOp};
use serde_json::Value;

use super::answer::Answer;
use super::attacker::{Attacker, Who};
use super::model::{broken, not_tried, Checked};
use super::ops::supplement;
use super::phone::Lane;

/// A row as a phone keeps it.
pub(super) struct Kept {
    pub(super) rev: u64,
    pub(super) body: Value,
}

/// A scope as a phone has it after its pages.
pub(super) struct Scope {
    pub(super) rows: BTreeMap<(String, String), Kept>,
    pub(super) cursor: Option<String>,
    pub(super) told_deleted: Vec<String>,
    last: u64,
}

impl Scope {
    pub(super) fn empty() -> Scope {
        Scope {
            rows: BTreeMap::new(),
            cursor: None,
            told_deleted: Vec::new(),
            last: 0,
        }
    }
}

/// Asks for one page and judges it as a phone does.
pub(super) async fn page(
    a: &mut Attacker,
    who: Who,
    scope: &str,
    cursor: Option<&str>,
    last: u64,
    limit: usize,
) -> Checked<(Page, Answer)> {
    let answer = a.get(who, &address(scope, cursor, limit)).await?;
    page_of(answer, scope, cursor, last, limit)
}

pub(super) fn address(scope: &str, cursor: Option<&str>, limit: usize) -> String {
    let cursor = cursor
        .map(|c| format!("&cursor={}", encoded(c)))
        .unwrap_or_default();
    format!("/pull?scope={}{cursor}&limit={limit}", encoded(scope))
}

fn page_of(
    answer: Answer,
    scope: &str,
    cursor: Option<&str>,
    last: u64,
    limit: usize,
) -> Checked<(Page, Answer)> {
    answer.want(200)?;
    let page = Page::parse(&answer.response.body)
        .and_then(|page| page.check(scope, cursor, last).map(|()| page))
        .map_err(|why| {
            answer.broken_as(
                format!("a page that is refused: {why}"),
                "a page of §6: scope and cursor echoed, revisions rising above those before, put with and del without a body",
            )
        })?;
    match page.rows.len() <= limit {
        true => Ok((page, answer)),
        false => Err(answer.broken_as(
            format!("{} rows", page.rows.len()),
            "at most as many rows as were asked for",
        )),
    }
}

/// Goes on from where `scope` stands to its end; count and checksum must be those of what is held then.
pub(super) async fn go_on(
    a: &mut Attacker,
    who: Who,
    name: &str,
    mut scope: Scope,
    limit: usize,
) -> Checked<Scope> {
    loop {
        let (page, answer) = page(a, who, name, scope.cursor.as_deref(), scope.last, limit).await?;
        for row in &page.rows {
            let key = (row.kind.clone(), row.id.clone());
            scope.last = row.rev;
            match (row.op, &row.body) {
                (RowOp::Put, Some(body)) => {
                    let body = body.clone();
                    scope.rows.insert(key, Kept { rev: row.rev, body });
                }
                _ => {
                    scope.rows.remove(&key);
                    scope.told_deleted.push(row.id.clone());
                }
            }
        }
        scope.cursor = Some(page.next.clone());
        if page.more {
            continue;
        }
        let sum = scope
            .rows
            .iter()
            .fold(Checksum::default(), |sum, ((kind, id), row)| {
                sum.plus(kind, id, row.rev)
            });
        let count = scope.rows.len() as u64;
        if page.count != Some(count) || page.checksum != Some(sum) {
            return Err(answer.broken_as(
                format!(
                    "count {:?} and checksum {}, while {count} rows with the sum {sum} were sent",
                    page.count,
                    page.checksum.map(|c| c.to_string()).unwrap_or_default()
                ),
                "count and checksum of the live rows of the scope",
            ));
        }
        return Ok(scope);
    }
}

pub(super) async fn pull_all(
    a: &mut Attacker,
    who: Who,
    name: &str,
    limit: usize,
) -> Checked<Scope> {
    a.needs(who)?;
    go_on(a, who, name, Scope::empty(), limit).await
}

/// Small pages and large ones tell the same, and their sums are right.
pub(super) async fn whole(a: &mut Attacker) -> Checked {
    let mut lane = a.file(Who::Citizen).await?;
    a.file(Who::Citizen).await?;
    a.file(Who::Citizen).await?;
    a.act(Who::Citizen, &mut lane, &supplement("thêm")).await?;
    let large = pull_all(a, Who::Citizen, "mine", 200).await?;
    // From the last few rows on, one by one: the list of a long-used account may be long.
    let small = pull_all(a, Who::Citizen, "mine", 7).await?;
    let revs = |scope: &Scope| {
        scope
            .rows
            .iter()
            .map(|(key, row)| (key.clone(), row.rev))
            .collect::<Vec<_>>()
    };
    if revs(&large) != revs(&small) {
        return Err(broken(
            "GET /pull?scope=mine in pages of 7 and of 200",
            "different rows",
            "the same scope, whatever the size of its pages",
        ));
    }
    let (page, _) = page(a, Who::Citizen, "mine", None, 0, 1).await?;
    match page.rows.len() {
        1 => Ok(()),
        n => Err(broken(
            "GET /pull?scope=mine&limit=1",
            format!("{n} rows"),
            "one row, and more",
        )),
    }
}

/// The same cursor twice brings the same; the newest cursor brings nothing; a change comes after it, once.
pub(super) async fn cursor(a: &mut Attacker) -> Checked {
    let mut lane = a.file(Who::Citizen).await?;
    let scope = pull_all(a, Who::Citizen, "mine", 200).await?;
    let cursor = scope.cursor.clone();
    let (still, answer) = page(a, Who::Citizen, "mine", cursor.as_deref(), scope.last, 200).await?;
    if !still.rows.is_empty() {
        return Err(answer.broken_as(
            format!("{} rows", still.rows.len()),
            "no rows: nothing changed since that cursor",
        ));
    }
    a.act(Who::Citizen, &mut lane, &supplement("mới")).await?;
    let (first, _) = page(a, Who::Citizen, "mine", cursor.as_deref(), scope.last, 200).await?;
    let (second, answer) =
        page(a, Who::Citizen, "mine", cursor.as_deref(), scope.last, 200).await?;
    if first.rows != second.rows {
        return Err(answer.broken_as(
            "other rows than the first time",
            "the same page for the same cursor",
        ));
    }
    let subject = lane.subject.to_string();
    if !first.rows.iter().any(|row| row.id == subject) {
        return Err(answer.broken_as(
            "no row of the report that changed",
            "every change after the cursor",
        ));
    }
    let empty = a
        .get(Who::Citizen, "/pull?scope=mine&cursor=&limit=1")
        .await?;
    page_of(empty, "mine", None, 0, 1)?;
    Ok(())
}

/// Cursors that are somebody else's, another scope's, changed or invented: pull anew, and never a wrong page.
pub(super) async fn alien_cursor(a: &mut Attacker) -> Checked {
    a.file(Who::Citizen).await?;
    let mine = pull_all(a, Who::Citizen, "mine", 200)
        .await?
        .cursor
        .unwrap_or_default();
    let inbox = pull_all(a, Who::Citizen, "inbox", 200)
        .await?
        .cursor
        .unwrap_or_default();
    for (scope, alien) in [("mine", inbox), ("inbox", mine.clone())] {
        if scope_of_equal_cursors(&mine, &alien, scope) {
            continue;
        }
        let answer = a
            .get(Who::Citizen, &address(scope, Some(&alien), 10))
            .await?;
        answer.refused(400, &["cursor"])?;
    }
    for odd in [
        "x",
        "0",
        "\u{0}",
        "ổ",
        "'; drop table",
        &"9".repeat(600),
        "0000000000000000-1-00000000",
    ] {
        let answer = a.get(Who::Citizen, &address("mine", Some(odd), 10)).await?;
        anew(&answer)?;
    }
    for (path, rules) in [
        ("/pull", vec!["scope"]),
        ("/pull?scope=all", vec!["scope"]),
        ("/pull?scope=lane:zz", vec!["scope"]),
        ("/pull?scope=mine&limit=0", vec!["limit"]),
        ("/pull?scope=mine&limit=x", vec!["limit"]),
    ] {
        a.get(Who::Citizen, path).await?.refused(400, &rules)?;
    }
    Ok(())
}

/// A city without scopes in its cursors could give two the same; then there is nothing to mix up.
fn scope_of_equal_cursors(mine: &str, alien: &str, scope: &str) -> bool {
    scope == "mine" && mine == alien
}

/// 400 `cursor` or 410 `reset-scope`: after either a phone pulls from the start.
pub(super) fn anew(answer: &Answer) -> Checked {
    match answer.status() {
        410 => answer.refused(410, &[]).map(drop),
        _ => answer.refused(400, &["cursor"]).map(drop),
    }
}

/// What leaves a scope is told as a delete: a report that moves to another unit leaves the first one's list.
pub(super) async fn deletes(a: &mut Attacker) -> Checked {
    a.needs(Who::Staff)?;
    let lane = a.file(Who::Citizen).await?;
    let units: Vec<String> = a
        .known()?
        .config
        .units
        .iter()
        .map(|unit| unit.code.clone())
        .filter(|code| code != "ioc")
        .take(2)
        .collect();
    let [first, second] = units.as_slice() else {
        return Err(not_tried(
            "the config pack has fewer than two units beside the intake",
        ));
    };
    let mut work = Lane::about(lane.subject);
    a.act(Who::Staff, &mut work, &Act::Verify(Verify { note: None }))
        .await?;
    let assign = |unit: &String| Act::Assign(Assign { unit: unit.clone() });
    a.act(Who::Staff, &mut work, &assign(first)).await?;
    let scope = format!("unit:{first}");
    let before = pull_all(a, Who::Staff, &scope, 200).await?;
    let subject = lane.subject.to_string();
    let has = |scope: &Scope| scope.rows.keys().any(|(_, id)| *id == subject);
    let sent = format!("GET /pull?scope={scope} by the intake, with the report assigned there");
    if !has(&before) {
        return Err(broken(
            sent,
            "no row of it",
            "the reports that the unit handles",
        ));
    }
    a.act(Who::Staff, &mut work, &assign(second)).await?;
    let after = go_on(a, Who::Staff, &scope, before, 200).await?;
    if has(&after) || !after.told_deleted.contains(&subject) {
        return Err(broken(
            format!("GET /pull?scope={scope} after the report moved to {second}"),
            "no delete of it",
            "a del row for what left the scope, and a count without it",
        ));
    }
    Ok(())
}

/// The long poll: at once when the log grew, a good answer to nonsense, woken by the next op.
pub(super) async fn wake(a: &mut Attacker) -> Checked {
    a.file(Who::Citizen).await?;
    let answer = a.get(Who::Nobody, "/wake?since=0").await?;
    let wanted = "200 with the log's head once it grew past the index";
    let head = match hues_protocol::classify::wake(&Ok(answer.response.clone())) {
        Ok(hues_protocol::classify::WakeAnswer::Head(head)) => head,
        _ => return Err(answer.broken(wanted)),
    };
    for odd in ["/wake", "/wake?since=x", "/wake?since=-1"] {
        a.get(Who::Nobody, odd).await?.refused(400, &[])?;
    }
    let mut wire = a.wire().await?;
    let path = format!("/wake?since={head}");
    let request = a.head(Who::Nobody, hues_protocol::http::Method::Get, &path, &[], 0);
    wire.write(&request)
        .await
        .map_err(|e| not_tried(format!("the connection broke: {e}")))?;
    a.file(Who::Citizen).await?;
    let sent = format!("GET {path}, then an op");
    let response = wire
        .answer(false)
        .await
        .ok_or_else(|| broken(sent.clone(), "no answer within 30 seconds", wanted))?;
    let answer = a.note(sent, response, false);
    match hues_protocol::classify::wake(&Ok(answer.response.clone())) {
        Ok(hues_protocol::classify::WakeAnswer::Head(now)) if now > head => Ok(()),
        _ => Err(answer.broken(wanted)),
    }
}

/// Percent-encoding of everything but unreserved characters (RFC 3986 §2.3).
fn encoded(text: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b':' => {
                out.push(char::from(byte))
            }
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}
