//! One page of matches: walk the postings newest first, class by class.
//!
//! Why by class and not by a score: Vietnamese syllables are all common, so a score sorts tens of thousands of rows to
//! show twenty, while a walk from the newest stops when the page is full. The class is found from the row's own text.

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
    /// Rows to look at before the page is given back short, so that one call stays quick: 2,000 take some 30 ms on a phone.
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

pub(super) fn search(
    index: &SearchIndex<'_>,
    conn: &Connection,
    request: &SearchRequest<'_>,
    expression: &str,
) -> Result<SearchPage> {
    let classifier = Classifier::new(request.typed);
    let start = request.after.unwrap_or(SearchCursor {
        class: MatchClass::AsTyped,
        below: i64::MAX,
    });
    let mut page = SearchPage {
        hits: Vec::new(),
        next: None,
    };
    let mut budget = request.budget.max(1);
    // A walk that saw every match knows the later classes too: most searches end with this one walk.
    let mut seen: Option<Vec<Hit>> = None;
    for class in CLASSES
        .into_iter()
        .filter(|class| *class >= start.class && classifier.can_give(*class))
    {
        let below = if class == start.class {
            start.below
        } else {
            i64::MAX
        };
        let walked = match &seen {
            Some(all) => Walk {
                hits: all.clone(),
                stopped_at: None,
            },
            None => walk(
                index,
                conn,
                request,
                expression,
                &classifier,
                below,
                class,
                &page,
                &mut budget,
            )?,
        };
        for hit in walked
            .hits
            .iter()
            .filter(|hit| hit.class == class && hit.rowid < below)
        {
            if page.hits.len() == request.limit.max(1) {
                let last = page.hits.last().map_or(below, |hit| {
                    if hit.class == class {
                        hit.rowid
                    } else {
                        i64::MAX
                    }
                });
                page.next = Some(SearchCursor { class, below: last });
                return Ok(page);
            }
            page.hits.push(*hit);
        }
        if let Some(below) = walked.stopped_at {
            page.next = Some(SearchCursor { class, below });
            return Ok(page);
        }
        if below == i64::MAX {
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

/// Walks the matches below a rowid until the page is full of `class`, one beyond, or the budget is used up.
#[allow(clippy::too_many_arguments)] // one call, split off for reading only
fn walk(
    index: &SearchIndex<'_>,
    conn: &Connection,
    request: &SearchRequest<'_>,
    expression: &str,
    classifier: &Classifier,
    below: i64,
    class: MatchClass,
    page: &SearchPage,
    budget: &mut usize,
) -> Result<Walk> {
    let columns: Vec<String> = index
        .columns
        .iter()
        .map(|column| format!("coalesce({column}, '')"))
        .collect();
    let mut statement = conn.prepare_cached(&format!(
        "SELECT {name}.rowid, {columns} FROM {name} JOIN {table} ON {table}.rowid = {name}.rowid
         WHERE {name} MATCH ?1 AND {name}.rowid < ?2 AND ({filter}) ORDER BY {name}.rowid DESC",
        name = index.name,
        table = index.table,
        columns = columns.join(" || ' ' || "),
        filter = request.filter,
    ))?;
    let mut rows = statement.query((expression, below))?;
    let mut walk = Walk {
        hits: Vec::new(),
        stopped_at: None,
    };
    let mut room = request.limit.max(1).saturating_sub(page.hits.len()) + 1;
    let mut last = below;
    while let Some(row) = rows.next()? {
        if *budget == 0 {
            walk.stopped_at = Some(last);
            break;
        }
        *budget -= 1;
        let rowid = row.get(0)?;
        let found = classifier.class(row.get_ref(1)?.as_str().unwrap_or_default());
        walk.hits.push(Hit {
            rowid,
            class: found,
        });
        last = rowid;
        if found == class {
            room -= 1;
            if room == 0 {
                // One more than fits: the page is full and has a next.
                break;
            }
        }
    }
    Ok(walk)
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

    fn class(&self, text: &str) -> MatchClass {
        match self.query.rank(text).map(|rank| rank.weakest) {
            Some(ToneMatch::Exact) => MatchClass::AsTyped,
            Some(ToneMatch::OtherTones) if self.has_marks => MatchClass::OtherMarks,
            Some(ToneMatch::OtherTones) => MatchClass::AsTyped,
            // The index found it, so it is a match even where the text says otherwise (words beyond the ranked ones).
            Some(ToneMatch::Prefix) | None => MatchClass::Beginning,
        }
    }

    fn can_give(&self, class: MatchClass) -> bool {
        self.has_marks || class != MatchClass::OtherMarks
    }
}
