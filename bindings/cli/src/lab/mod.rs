//! `hues lab`: the laboratory's instruments from the terminal.

mod gateway;

use crate::args::LabCommand;
use crate::exit::{Exit, Failure};
use crate::output::Sink;

/// Runs one.
///
/// # Errors
/// What the instrument could not do; a promise that is broken is no error but [`Exit::CheckFailed`].
pub fn run(command: &LabCommand, sink: &dyn Sink) -> Result<Exit, Failure> {
    match command {
        LabCommand::Gateway(args) => gateway::run(args, sink),
    }
}
