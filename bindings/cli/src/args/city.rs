//! `hues city` and `hues city fault`.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Subcommand, ValueEnum};

/// `hues city`
#[derive(Debug, clap::Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct CityArgs {
    /// Where it listens; port 0 takes a free one. Plain HTTP on loopback only.
    #[arg(long, value_name = "ADDR:PORT", default_value = "127.0.0.1:0")]
    pub listen: SocketAddr,
    /// Where it keeps its state; without it the state lives in memory.
    #[arg(long, value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// Speak HTTPS under a test CA of its own.
    #[arg(long)]
    pub tls: bool,
    /// Begin at this time instead of now (RFC 3339).
    #[arg(long, value_name = "TIME")]
    pub at: Option<String>,
    /// Make a backup every so many seconds: what it holds passes the watermark.
    #[arg(long, value_name = "SECONDS")]
    pub backup_every: Option<u64>,
    /// Order a fault instead.
    #[command(subcommand)]
    pub command: Option<CityCommand>,
}

/// What to do with a running city.
#[derive(Debug, Subcommand)]
pub enum CityCommand {
    /// Order a fault, list what the faults hit, or end them.
    Fault(FaultArgs),
}

/// `hues city fault`
#[derive(Debug, clap::Args)]
pub struct FaultArgs {
    /// Which fault; `list` prints all with their hits, `clear` ends them.
    pub kind: FaultName,
    /// Its number or name: BYTES_S of rate, MS of latency, BYTES of cut, SECONDS of skew, BACKUP of restore and backup.
    #[arg(allow_negative_numbers = true)]
    pub value: Option<String>,
    /// The city's admin address.
    #[arg(long, value_name = "URL")]
    pub admin: String,
    /// The city's admin token.
    #[arg(long, value_name = "T")]
    pub token: String,
    /// For one carrier only: its name or number.
    #[arg(long, value_name = "N")]
    pub carrier: Option<String>,
    /// Ends by itself after so many seconds.
    #[arg(long = "for", value_name = "SECONDS")]
    pub for_s: Option<u64>,
    /// Ends by itself after so many hits.
    #[arg(long, value_name = "N")]
    pub times: Option<u64>,
    /// Only requests whose path begins so.
    #[arg(long, value_name = "PREFIX")]
    pub path: Option<String>,
}

/// Kinds of faults.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum FaultName {
    /// The carrier carries nothing.
    Outage,
    /// BYTES_S: bytes pass at this rate.
    Rate,
    /// MS: each request waits.
    Latency,
    /// BYTES: connections are reset after so many bytes.
    Cut,
    /// A captive portal answers.
    Portal,
    /// 500 before the city saw the request.
    ErrorBefore,
    /// 500 after the city committed.
    ErrorAfter,
    /// The city is killed inside the body of a request.
    DieReading,
    /// The city is killed before it handled a request.
    DieBefore,
    /// The city is killed between BEGIN and COMMIT.
    DieInside,
    /// The city is killed after it committed, before it answered.
    DieAfter,
    /// Requests arrive twice.
    Duplicate,
    /// SECONDS: the city's clock is off.
    Skew,
    /// BACKUP: the city goes back to a backup.
    Restore,
    /// Make a backup now (no fault).
    Backup,
    /// Print every fault with its hits.
    List,
    /// Print all that the city stores.
    State,
    /// End faults: of one kind (VALUE), of one carrier, or all.
    Clear,
}
