//! The command line's words. They are a contract (`docs/cli.md`).

mod city;
mod lab;
mod phone;

pub use city::{CityArgs, CityCommand, FaultArgs, FaultName};
pub use lab::{GatewayArgs, LabCommand, LabReplayArgs, LabRunArgs};
pub use phone::*;

use std::path::PathBuf;

use clap::{Parser, Subcommand};

/// The Hue-S core from the terminal.
///
/// Results go to standard output (JSON, one object a line, unless that is a terminal), progress to standard error.
#[derive(Debug, Parser)]
#[command(
    name = "hues",
    version,
    about,
    propagate_version = true,
    max_term_width = 100
)]
pub struct Args {
    /// Print JSON, one object a line, also on a terminal.
    #[arg(long, global = true)]
    pub json: bool,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Play the flood day of 28 October 2025 and draw its page.
    Tour(TourArgs),
    /// Open the laboratory for people: a local page with three live phones, a city, and switches to break them.
    Play(PlayArgs),
    /// Run a sandbox city until SIGTERM, or order a fault in one.
    City(CityArgs),
    /// Be one phone with its encrypted home.
    Phone(PhoneArgs),
    /// Check a proof of filing.
    Proof {
        /// What to do with it.
        #[command(subcommand)]
        command: ProofCommand,
    },
    /// The flood laboratory.
    Lab {
        /// Which instrument.
        #[command(subcommand)]
        command: LabCommand,
    },
    /// Read one payload from standard input and say what it is.
    #[command(disable_help_flag = true)]
    Inspect {
        /// What the payload is.
        #[arg(required_unless_present = "help")]
        kind: Option<crate::inspect::Kind>,
        /// Explain the format of KIND in ten lines; without it, list all kinds.
        #[arg(short, long)]
        help: bool,
    },
    /// Print a completion script.
    Completions {
        /// For which shell.
        shell: clap_complete::Shell,
    },
}

/// `hues tour`
#[derive(Debug, Clone, clap::Args)]
pub struct TourArgs {
    /// Where the page and the record go.
    #[arg(long, value_name = "DIR", default_value = "target/tour")]
    pub out: PathBuf,
    /// Decides content and kill points.
    #[arg(long, value_name = "N", default_value_t = 28)]
    pub seed: u64,
}

/// `hues play`
#[derive(Debug, Clone, clap::Args)]
pub struct PlayArgs {
    /// The page's port on this machine; 0 takes a free one.
    #[arg(long, value_name = "P", default_value_t = 0)]
    pub port: u16,
    /// Keep phones, city and ledger here and go on with them next time; without it they are temporary.
    #[arg(long, value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// Only print the address; open no browser.
    #[arg(long)]
    pub no_open: bool,
}

/// `hues proof …`
#[derive(Debug, Subcommand)]
pub enum ProofCommand {
    /// Verify a proof against a key list from elsewhere: exit 0 good, 1 not.
    Verify(VerifyArgs),
}

/// `hues proof verify`
#[derive(Debug, clap::Args)]
pub struct VerifyArgs {
    /// The proof, whole or compact.
    pub file: PathBuf,
    /// The city's key list: a file, or the address of its `/keys`. A proof never brings its own.
    #[arg(long, value_name = "FILE|URL")]
    pub keys: String,
    /// The authority (PEM or DER) that may vouch for an https address.
    #[arg(long, value_name = "FILE")]
    pub ca: Option<PathBuf>,
    /// Root key (64 hexadecimal digits) that must have signed the list.
    #[arg(long, value_name = "KEY")]
    pub root: Option<String>,
}
