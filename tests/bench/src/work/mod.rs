//! The works, one file each with the core's side and the hand's side by side, and what each must come to.

pub mod bulk;
pub mod delta;
pub mod first_sync;
pub mod flood;
pub mod observe;
pub mod open;
pub mod page;
pub mod search;
pub mod shred;
pub mod submit;
pub mod upload;

/// What is asked of a fact the core's turns report.
#[derive(Debug, Clone, Copy)]
pub struct Goal {
    /// The fact.
    pub fact: &'static str,
    /// Its unit, for people.
    pub unit: &'static str,
    /// Its bound.
    pub bound: f64,
    /// Whether the bound is the least it must be.
    pub at_least: bool,
    /// Whether a busy machine stretches it, so that a miss under load says nothing.
    pub of_the_clock: bool,
}

/// One work of the bench.
#[derive(Debug, Clone, Copy)]
pub struct Work {
    /// Its name.
    pub name: &'static str,
    /// The number.
    pub number: &'static str,
    /// What is done once, `{rows}`, `{delta}`, `{bulk}` and `{submits}` filled in.
    pub what: &'static str,
    /// What the core may cost beside the hand; none: only facts count.
    pub bar: Option<f64>,
    /// Facts with goals.
    pub goals: &'static [Goal],
    /// Needs the big file that `first-sync` leaves.
    pub on_big: bool,
    /// Turns are long: how many of the asked rounds are enough, of ten.
    pub rounds_of_ten: usize,
}

const WORK: Work = Work {
    name: "",
    number: "",
    what: "",
    bar: None,
    goals: &[],
    on_big: false,
    rounds_of_ten: 10,
};

const fn at_most(fact: &'static str, unit: &'static str, bound: f64, of_the_clock: bool) -> Goal {
    Goal {
        fact,
        unit,
        bound,
        at_least: false,
        of_the_clock,
    }
}

const fn at_least(fact: &'static str, unit: &'static str, bound: f64) -> Goal {
    Goal {
        fact,
        unit,
        bound,
        at_least: true,
        of_the_clock: false,
    }
}

/// Every work, in the order it is done: what changes the big file comes last.
pub const ALL: [Work; 13] = [
    Work {
        name: "bulk",
        number: "W2",
        what: "insert {bulk} rows in transactions of 500, typed columns and list indexes",
        bar: Some(1.5),
        ..WORK
    },
    Work {
        name: "submit-full",
        number: "W3",
        what: "file a report, synchronous FULL; {submits} a turn",
        bar: Some(2.0),
        ..WORK
    },
    Work {
        name: "submit-normal",
        number: "W3",
        what: "file a report, synchronous NORMAL; {submits} a turn",
        bar: Some(2.0),
        ..WORK
    },
    Work {
        name: "first-sync",
        number: "W5",
        what: "the first {rows} rows in pages of 200, with the search index",
        bar: Some(1.6),
        goals: &[
            at_most("peak_mb", "MB at most held", 60.0, false),
            at_most("grown_mb", "MB grown from a quarter to the end", 8.0, false),
        ],
        rounds_of_ten: 3,
        ..WORK
    },
    Work {
        name: "cold-open",
        number: "W1",
        what: "open a home of {rows} rows, list the first 20 (3 connections)",
        bar: Some(2.0),
        on_big: true,
        rounds_of_ten: 30,
        ..WORK
    },
    Work {
        name: "page",
        number: "W6",
        what: "a page of 50 lines at a random place",
        bar: Some(1.3),
        on_big: true,
        ..WORK
    },
    Work {
        name: "search",
        number: "W7",
        what: "search as one types, from the second letter: 20 lines a keystroke",
        goals: &[
            at_most("p99_ms", "ms at the 99th percentile", 5.0, true),
            at_most("p99_cpu_ms", "ms of processor at the 99th percentile", 5.0, false),
            at_least("title_pct", "% of full titles among the first ten", 100.0),
            at_least("toneless_pct", "% of titles without their marks found", 100.0),
            at_least("reached_pct", "% of all matches reached by paging", 100.0),
        ],
        on_big: true,
        ..WORK
    },
    Work {
        name: "observe-equal",
        number: "W8",
        what: "a foreign commit delivered to 10 equal windows of 50 rows; by hand: one page read after it",
        bar: Some(2.0),
        ..WORK
    },
    Work {
        name: "observe-distinct",
        number: "W8",
        what: "a foreign commit delivered to 10 distinct windows of 50 rows; by hand: one page read after it",
        bar: Some(12.0),
        ..WORK
    },
    Work {
        name: "delta",
        number: "W4",
        what: "{delta} changed rows in pages of 200: 80 % new, 15 % changed, 5 % gone, with the search index",
        bar: Some(1.8),
        goals: &[at_most("longest_tap_ms", "ms a tap waits at most meanwhile", 50.0, true)],
        on_big: true,
        ..WORK
    },
    Work {
        name: "shred",
        number: "W10",
        what: "destroy a person's key; by hand: rekey the file of 20,000 rows",
        goals: &[at_most("gone_ms", "ms until nothing can be read any more", 1.0, true)],
        ..WORK
    },
    Work {
        name: "upload",
        number: "W9",
        what: "upload 20 MB of photos over a line that is cut 30 times in the middle of a PATCH",
        goals: &[
            at_most("again_patches", "PATCHes sent again after a cut at most", 1.0, false),
            at_least("cuts", "cuts", 30.0),
        ],
        ..WORK
    },
    Work {
        name: "flood",
        number: "W12",
        what: "a flood of the laboratory: 20 phones, 84 hours of storm, every promise checked",
        goals: &[at_least("floods_s_core", "floods a second and core", 10.0)],
        ..WORK
    },
];
