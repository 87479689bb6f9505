//! `hues`: the terminal shell, third beside Android and iOS, on the same core.
//!
//! Invariant: no logic of its own; words and exit codes are a contract (`docs/cli.md`).

mod args;
mod city;
mod exit;
mod fetch;
mod home;
mod inspect;
mod lab;
mod orphan;
mod output;
mod phone;
mod play;
mod proof;
mod sandbox;
mod settings;
mod tour;
mod troupe;
mod words;

use std::process::ExitCode;
use std::sync::Arc;

use clap::{CommandFactory, Parser};

use args::{Args, CityCommand, Command, ProofCommand};
use exit::{Exit, Failure};
use output::{Sink, Terminal};

fn main() -> ExitCode {
    let args = Args::parse();
    orphan::watch();
    let terminal = Arc::new(Terminal::new(args.json));
    match run(args, terminal.clone()) {
        Ok(exit) => ExitCode::from(exit.code()),
        Err(failure) => {
            terminal.failure(&failure);
            ExitCode::from(failure.exit.code())
        }
    }
}

fn run(args: Args, terminal: Arc<Terminal>) -> Result<Exit, Failure> {
    let sink: Arc<dyn Sink> = terminal;
    match args.command {
        Command::City(city) => match &city.command {
            None => city::serve(&city),
            Some(CityCommand::Fault(fault)) => block(city::fault(fault, &*sink)),
        },
        Command::Phone(phone) => block(phone::run(&phone, sink)),
        Command::Proof {
            command: ProofCommand::Verify(verify),
        } => block(proof::verify(&verify, &*sink)),
        Command::Tour(tour) => block(tour::run(&tour, sink)),
        Command::Lab { command } => lab::run(&command, &*sink),
        Command::Play(play) => block(play::run(&play, args.json, sink)),
        Command::Inspect {
            kind: Some(kind),
            help: false,
        } => inspect::run(kind, &*sink),
        Command::Inspect { kind, .. } => inspect::explain(kind),
        Command::Completions { shell } => {
            clap_complete::generate(shell, &mut Args::command(), "hues", &mut std::io::stdout());
            Ok(Exit::Done)
        }
    }
}

/// Runs a command that waits for sockets and processes.
fn block(work: impl std::future::Future<Output = Result<Exit, Failure>>) -> Result<Exit, Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .map_err(|e| Failure::io("runtime", &e))?;
    let end = runtime.block_on(work);
    // A blocking read of a file must not hold the exit.
    runtime.shutdown_background();
    end
}
