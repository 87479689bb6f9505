//! `hues lab`: the laboratory's instruments from the terminal.

mod gateway;
mod page;
mod replay;
mod run;
mod words;

use crate::args::LabCommand;
use crate::exit::{Exit, Failure};
use crate::output::Sink;

/// Runs one.
///
/// # Errors
/// What the instrument could not do; a promise that is broken is no error but [`Exit::CheckFailed`].
pub fn run(command: &LabCommand, sink: &dyn Sink) -> Result<Exit, Failure> {
    match command {
        LabCommand::Run(args) => run::run(args, sink),
        LabCommand::Replay(args) => replay::run(args, sink),
        LabCommand::Gateway(args) => gateway::run(args, sink),
    }
}

/// A scenario by its name, or from a file.
fn scenario(name: &str) -> Result<hues_lab::flood::Scenario, Failure> {
    use hues_lab::flood::Scenario;
    let path = std::path::Path::new(name);
    let read = match path.extension().is_some_and(|e| e == "toml") {
        false => Scenario::built_in(name),
        true => {
            let text = std::fs::read_to_string(path)
                .map_err(|e| Failure::refused("scenario", format!("{name}: {}", e.kind())))?;
            Scenario::parse(&text)
        }
    };
    read.map_err(|refused| Failure::refused("scenario", format!("{name}: {refused}")))
}
