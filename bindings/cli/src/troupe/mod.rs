//! Who acts in the tour and in the play: phones and a city, each a process of this very program.
//!
//! Invariant: whoever acts is a process of its own; only what it prints and how it ends is heard.

mod phone;
mod town;

use hues_e2e::process::Trouble;
pub use hues_e2e::process::{Ran, Running};
pub use phone::Phone;
pub use town::Town;

use crate::exit::{Exit, Failure};

impl From<Trouble> for Failure {
    fn from(trouble: Trouble) -> Failure {
        Failure::new(Exit::CheckFailed, "process", &trouble.what, trouble.detail)
    }
}

/// Starts `hues …`: this very program.
pub fn start(arguments: &[String]) -> Result<Running, Failure> {
    let program = std::env::current_exe().map_err(|e| Failure::io("current-exe", &e))?;
    Ok(Running::start(&program, arguments)?)
}

/// A path as an argument.
pub fn path(path: &std::path::Path) -> String {
    path.to_string_lossy().into_owned()
}
