//! One page of matches: walk the rows newest first, class by class.
//!
//! Why by class and not by a score: Vietnamese syllables are all common, so a score sorts tens of thousands of rows to
//! show twenty, while a walk from the newest stops when the page is full. Rows that hold every word whole come from the index's postings of whole words; whether
//! with the marks as typed is found from the row's own text. Rows that hold only the beginning of the last word are looked for among the newest rows that hold the
//! other words, and only below those by the index: it must collect all postings of a beginning before it gives the first, which for two letters is half the city, and
//! where a beginning is that common the newest rows fill the page at once.

use hues_sqlite_ext::{match_all, match_before_last, match_expression};
use hues_vietnam::{fold, tokens, ToneMatch, ToneQuery};
use rusqlite::Connection;

use super::SearchIndex;
use crate::error::Result;

/// How a row matches, best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MatchClass {
    /// Every word stands there with the marks that were typed. Where none were typed, any marks.
    AsTyped,
    /// Every word stands there, some with other marks.
    OtherMarks,
    /// The last word is the beginning of one that stands there.
    Beginning,
}

/// What to search.
#[derive(Debug, Clone, Copy)]
pub struct SearchRequest<'a> {
    /// What the person typed.
    pub typed: &'a str,
    /// Condition on the table's columns, from our own code; `1` for all rows.
    pub filter: &'a str,
    /// Where the page before ended; `None` for the first.
    pub after: Option<SearchCursor>,
    /// Rows of a full page.
    pub limit: usize,
    /// Rows to look at before the page is given back short, so that one call stays quick: each may cost the decryption of a page.
    pub budget: usize,
}

/// A place in the order of matches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SearchCursor {
    /// The class being walked.
    pub class: MatchClass,
    /// Rows of it below this rowid come next.
    pub below: i64,
}

/// A match.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Hit {
    /// The row.
    pub rowid: i64,
    /// How it matches.
    pub class: MatchClass,
}

/// A page of matches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SearchPage {
    /// Best class first, newest first within.
    pub hits: Vec<Hit>,
    /// Where to go on. A page with a next may be short or even empty: the budget ended, not the matches. `None` only when
    /// there are no more.
    pub next: Option<SearchCursor>,
}

const CLASSES: [MatchClass; 3] = [
    MatchClass::AsTyped,
    MatchClass::OtherMarks,
    MatchClass::Beginning,
];

/// Newest rows looked at for a beginning before the index is asked for it: where fewer than one in twelve holds it, the index is the shorter way.
const NEWEST: usize = 256;

pub(super) fn search(
    index: &SearchIndex<'_>,
    conn: &Connection,
    request: &SearchRequest<'_>,
) -> Result<SearchPage> {
    let mut page = SearchPage {
        hits: Vec::new(),
        next: None,
    };
    let (Some(whole), Some(typing)) = (match_all(request.typed), match_expression(request.typed))
    else {
        return Ok(page);
    };
    let start = request.after.unwrap_or(SearchCursor {
        class: MatchClass::AsTyped,
        below: i64::MAX,
    });
    let mut walker = Walker {
        index,
        conn,
        request,
        classifier: Classifier::new(request.typed),
        budget: request.budget.max(1),
    };
    // A walk that saw every row with the words whole knows the ones with other marks too.
    let mut seen: Option<Vec<Hit>> = None;
    for class in CLASSES {
        let possible = match class {
            MatchClass::AsTyped => true,
            MatchClass::OtherMarks => walker.classifier.has_marks,
            MatchClass::Beginning => typing != whole,
        };
        if class < start.class || !possible {
            continue;
        }
        let below = match class == start.class {
            true => start.below,
            false => i64::MAX,
        };
        // One more than fits shows that there is a next page.
        let room = request.limit.max(1).saturating_sub(page.hits.len()) + 1;
        let walked = match (class, seen.take()) {
            (MatchClass::OtherMarks, Some(hits)) => Walk {
                hits,
                stopped_at: None,
            },
            (MatchClass::Beginning, _) => walker.beginnings(&typing, below, room)?,
            _ => walker.postings(&whole, below, class, room, usize::MAX)?,
        };
        for hit in walked.hits.iter().filter(|hit| hit.class == class) {
            if page.hits.len() == request.limit.max(1) {
                let last = page.hits.last().filter(|last| last.class == class);
                let below = last.map_or(below, |last| last.rowid);
                page.next = Some(SearchCursor { class, below });
                return Ok(page);
            }
            page.hits.push(*hit);
        }
        if let Some(below) = walked.stopped_at {
            page.next = Some(SearchCursor { class, below });
            return Ok(page);
        }
        if class == MatchClass::AsTyped && below == i64::MAX {
            seen = Some(walked.hits);
        }
    }
    Ok(page)
}

struct Walk {
    hits: Vec<Hit>,
    /// Where it stopped early; `None` when there are no more rows.
    stopped_at: Option<i64>,
}

/// One page's walks, which share a budget.
struct Walker<'a> {
    index: &'a SearchIndex<'a>,
    conn: &'a Connection,
    request: &'a SearchRequest<'a>,
    classifier: Classifier,
    budget: usize,
}

impl Walker<'_> {
    /// The index's matches below a rowid, until there are `room` of `class`, the budget is used up or there are no more.
    fn postings(
        &mut self,
        expression: &str,
        below: i64,
        class: MatchClass,
        room: usize,
        most: usize,
    ) -> Result<Walk> {
        let mut statement = self.conn.prepare_cached(&format!(
            "SELECT {name}.rowid, {text} FROM {name} JOIN {table} ON {table}.rowid = {name}.rowid
             WHERE {name} MATCH ?1 AND {name}.rowid < ?2 AND ({filter}) ORDER BY {name}.rowid DESC",
            name = self.index.name,
            text = self.text(),
            table = self.index.table,
            filter = self.request.filter,
        ))?;
        let rows = statement.query((expression, below))?;
        self.walk(rows, below, class, room, most)
    }

    /// The table's rows below a rowid, likewise.
    fn rows(&mut self, below: i64, class: MatchClass, room: usize, most: usize) -> Result<Walk> {
        let mut statement = self.conn.prepare_cached(&format!(
            "SELECT rowid, {text} FROM {table} WHERE rowid < ?1 AND ({filter}) ORDER BY rowid DESC",
            text = self.text(),
            table = self.index.table,
            filter = self.request.filter,
        ))?;
        let rows = statement.query([below])?;
        self.walk(rows, below, class, room, most)
    }

    /// Rows that hold the beginning of the last word and not the word: first among the newest that hold the other words, then by the index.
    fn beginnings(&mut self, expression: &str, below: i64, room: usize) -> Result<Walk> {
        let class = MatchClass::Beginning;
        let mut newest = match match_before_last(self.request.typed) {
            Some(others) => self.postings(&others, below, class, room, NEWEST)?,
            None => self.rows(below, class, room, NEWEST)?,
        };
        let found = newest.hits.iter().filter(|hit| hit.class == class).count();
        match newest.stopped_at {
            Some(reached) if found < room && self.budget > 0 => {
                let older = self.postings(expression, reached, class, room - found, usize::MAX)?;
                newest.hits.extend(older.hits);
                newest.stopped_at = older.stopped_at;
                Ok(newest)
            }
            _ => Ok(newest),
        }
    }

    /// Looks at rows of a rowid and a text, at `most` so many, until there are `room` hits of `class`.
    fn walk(
        &mut self,
        mut rows: rusqlite::Rows<'_>,
        below: i64,
        class: MatchClass,
        mut room: usize,
        mut most: usize,
    ) -> Result<Walk> {
        let mut walk = Walk {
            hits: Vec::new(),
            stopped_at: None,
        };
        let mut last = below;
        while let Some(row) = rows.next()? {
            if self.budget == 0 || most == 0 {
                walk.stopped_at = Some(last);
                break;
            }
            self.budget -= 1;
            most -= 1;
            last = row.get(0)?;
            let text = row.get_ref(1)?.as_str().unwrap_or_default();
            let Some(found) = self.classifier.class(text) else {
                continue;
            };
            walk.hits.push(Hit {
                rowid: last,
                class: found,
            });
            if found == class {
                room -= 1;
                if room == 0 {
                    break;
                }
            }
        }
        Ok(walk)
    }

    /// A row's searched text, as SQL.
    fn text(&self) -> String {
        let columns = self.index.columns.iter();
        let columns: Vec<String> = columns.map(|c| format!("coalesce({c}, '')")).collect();
        columns.join(" || ' ' || ")
    }
}

/// Finds the class of a text.
struct Classifier {
    query: ToneQuery,
    /// Whether any mark was typed: without one, no marks are wrong.
    has_marks: bool,
}

impl Classifier {
    fn new(typed: &str) -> Classifier {
        let has_marks = tokens(typed).any(|token| {
            let word: String = typed.get(token.range).unwrap_or_default().to_lowercase();
            word != fold(&word)
        });
        Classifier {
            query: ToneQuery::new(typed),
            has_marks,
        }
    }

    /// How a text matches; none: it does not.
    fn class(&self, text: &str) -> Option<MatchClass> {
        Some(match self.query.rank_typing(text)?.weakest {
            ToneMatch::Exact => MatchClass::AsTyped,
            ToneMatch::OtherTones if self.has_marks => MatchClass::OtherMarks,
            ToneMatch::OtherTones => MatchClass::AsTyped,
            ToneMatch::Prefix => MatchClass::Beginning,
        })
    }
}
