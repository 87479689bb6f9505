//! `hues lab …`.

use std::path::PathBuf;

use clap::Subcommand;

/// The instruments of the laboratory.
#[derive(Debug, Subcommand)]
pub enum LabCommand {
    /// Play floods and check every promise.
    Run(LabRunArgs),
    /// Play one flood again and tell everything that happens in it.
    Replay(LabReplayArgs),
    /// Attack anybody's server of docs/protocol.md and say where it breaks the promises.
    Gateway(GatewayArgs),
}

/// `hues lab run`
#[derive(Debug, clap::Args)]
pub struct LabRunArgs {
    /// A scenario by name, or a TOML file (repeat for more); all that come with the laboratory where none is named.
    #[arg(long, value_name = "S")]
    pub scenario: Vec<String>,
    /// Floods that count, over all scenarios.
    #[arg(long, value_name = "N", default_value_t = 60)]
    pub floods: u64,
    /// The first seed.
    #[arg(long, value_name = "X", default_value_t = 1)]
    pub seed: u64,
    /// Draw the page there.
    #[arg(long, value_name = "DIR")]
    pub html: Option<PathBuf>,
    /// Threads; as many as the machine has cores where it is left out.
    #[arg(long, value_name = "N")]
    pub threads: Option<usize>,
}

/// `hues lab replay`
#[derive(Debug, clap::Args)]
pub struct LabReplayArgs {
    /// The seed.
    pub seed: u64,
    /// The scenario, by name or file.
    #[arg(long, value_name = "S", default_value = "storm")]
    pub scenario: String,
    /// Play only these entries of the plan, as `hues lab run` printed them.
    #[arg(long, value_name = "N,…", value_delimiter = ',')]
    pub only: Vec<usize>,
}

/// `hues lab gateway`
#[derive(Debug, clap::Args)]
pub struct GatewayArgs {
    /// The server's origin: https, or plain http on loopback. It keeps the test reports it is sent.
    #[arg(required_unless_present = "list")]
    pub url: Option<String>,
    /// Print the promises and where they stand, and do nothing.
    #[arg(long)]
    pub list: bool,
    /// Root key (64 hexadecimal digits) that its phones pin. A server on loopback may name its own.
    #[arg(long, value_name = "KEY")]
    pub root: Option<String>,
    /// The authority (PEM or DER) that may vouch for an https address.
    #[arg(long, value_name = "FILE")]
    pub ca: Option<PathBuf>,
    /// Session of a citizen (or HUES_LAB_TOKEN, which no other process sees). Without it: the sandbox sign-in.
    #[arg(long, value_name = "T")]
    pub token: Option<String>,
    /// Session of another citizen (or HUES_LAB_TOKEN_OTHER).
    #[arg(long, value_name = "T")]
    pub token_other: Option<String>,
    /// Session of an officer of the intake (or HUES_LAB_TOKEN_STAFF).
    #[arg(long, value_name = "T")]
    pub token_staff: Option<String>,
    /// Only this promise (repeat for more).
    #[arg(long, value_name = "PROMISE")]
    pub only: Vec<String>,
    /// Decides where bodies are cut and which bytes change.
    #[arg(long, value_name = "N", default_value_t = 28)]
    pub seed: u64,
    /// Shell command that restarts the server and loses nothing.
    #[arg(long, value_name = "CMD")]
    pub restart: Option<String>,
    /// Shell command that puts the server back to an older backup of itself.
    #[arg(long, value_name = "CMD")]
    pub restore: Option<String>,
}
