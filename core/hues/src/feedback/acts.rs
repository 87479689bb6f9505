//! What this phone did about a report, read back from the outbox.

use hues_protocol::ids::Subject;
use hues_protocol::kinds::{Act as Said, Kind};
use hues_sync::outbox::{self, OpState, SubjectOp};
use rusqlite::Connection;

use super::view::{Act, ActNote, ActState};
use crate::error::HueError;
use crate::ids::Id;

/// The acts on a report, oldest first.
pub(crate) fn of(tx: &Connection, report: Id) -> Result<Vec<Act>, HueError> {
    Ok(outbox::of_subject(tx, &Subject(report.0))?
        .iter()
        .map(act)
        .collect())
}

/// Whether an act on it is not confirmed yet.
pub(crate) fn open(tx: &Connection, report: Id) -> Result<bool, HueError> {
    Ok(outbox::of_subject(tx, &Subject(report.0))?
        .iter()
        .any(|op| op.state != OpState::Done))
}

/// The photos of these acts: SHA-256, and whether the city has them whole.
pub(crate) fn uploads(tx: &Connection, report: Id) -> Result<Vec<(String, bool)>, HueError> {
    let files = outbox::files_of_subject(tx, &Subject(report.0))?;
    Ok(files
        .into_iter()
        .map(|f| (f.sha256.to_string(), f.complete))
        .collect())
}

fn act(op: &SubjectOp) -> Act {
    Act {
        kind: op.kind.clone(),
        state: match op.state {
            OpState::Waiting => ActState::Waiting,
            OpState::Sending => ActState::Sending,
            OpState::Wedged => ActState::Wedged,
            OpState::Done => ActState::Receipted,
        },
        note: note(op),
        at: op.made,
    }
}

/// What the act says, for showing it before the city's row does. Parts that were forgotten after the watermark say nothing any more; by then the row does.
fn note(op: &SubjectOp) -> ActNote {
    let said = Kind::from_name(&op.kind).and_then(|kind| match kind {
        // A filed report is kept whole beside its row; reading its parts needs the author part, which may still wait.
        Kind::New => None,
        _ => Said::from_parts(kind, &op.parts).ok(),
    });
    match said {
        Some(Said::Rate(rate)) => ActNote {
            text: rate.text,
            stars: Some(rate.stars),
        },
        Some(Said::Supplement(s)) => ActNote {
            text: Some(s.text),
            stars: None,
        },
        Some(Said::Withdraw(w)) => ActNote {
            text: w.reason,
            stars: None,
        },
        Some(Said::Ask(a)) => ActNote {
            text: Some(a.question),
            stars: None,
        },
        Some(Said::Answer(a)) => ActNote {
            text: Some(a.answer),
            stars: None,
        },
        Some(Said::Refuse(r)) => ActNote {
            text: Some(r.reason),
            stars: None,
        },
        _ => ActNote::default(),
    }
}
