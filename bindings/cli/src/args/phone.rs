//! `hues phone …`: one phone and what a person does with it.

use std::path::PathBuf;

use clap::{Subcommand, ValueEnum};

/// `hues phone`
#[derive(Debug, Clone, clap::Args)]
pub struct PhoneArgs {
    /// The phone's encrypted home.
    #[arg(long, value_name = "DIR")]
    pub home: PathBuf,
    /// Which account of the home, by its id (`account list`); the one that was open last when absent.
    #[arg(long, value_name = "ID")]
    pub account: Option<String>,
    /// The city's address; kept in the home, so later commands need not say it.
    #[arg(long, value_name = "URL")]
    pub city: Option<String>,
    /// The authority (PEM or DER) that vouches for the city; kept in the home.
    #[arg(long, value_name = "FILE")]
    pub ca: Option<PathBuf>,
    /// The city's root key, 64 hexadecimal digits; taken from a city on loopback at first contact when absent.
    #[arg(long, value_name = "KEY")]
    pub root: Option<String>,
    /// The carrier whose address the phone's connections come from (sandbox): a name or 1, 2, 3.
    #[arg(long, value_name = "NAME")]
    pub carrier: Option<String>,
    /// Where the vault's keys lie; in the home when absent.
    #[arg(long, value_name = "FILE")]
    pub key_file: Option<PathBuf>,
    /// Which double of the key vault.
    #[arg(long, value_enum, default_value_t = VaultKind::Software)]
    pub vault: VaultKind,
    /// Clock, boot id, battery and kill point of a test; refused outside a sandbox city.
    #[arg(long, value_name = "FILE")]
    pub sandbox: Option<PathBuf>,
    /// What to do.
    #[command(subcommand)]
    pub command: PhoneCommand,
}

/// Doubles of the key vault.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum VaultKind {
    /// Says it is hardware.
    Hardware,
    /// Says it is software.
    Software,
}

/// What a person does.
#[derive(Debug, Clone, Subcommand)]
pub enum PhoneCommand {
    /// Sign in to a test account of the sandbox city.
    Signin {
        /// The account: citizen, neighbour, officer, …
        #[arg(long = "as", value_name = "NAME")]
        name: String,
        /// As staff of this unit; `ioc` is the intake that sees every report.
        #[arg(long, value_name = "UNIT")]
        staff: Option<String>,
    },
    /// Who is signed in.
    Whoami,
    /// Sign out; what waits stays sealed and is said.
    Signout,
    /// Field reports.
    Report {
        /// What to do.
        #[command(subcommand)]
        command: ReportCommand,
    },
    /// What waits for the network.
    Outbox {
        /// What to do.
        #[command(subcommand)]
        command: OutboxCommand,
    },
    /// Notices of the city, newest first.
    Inbox,
    /// Talk to the city; one line per op that moved. Exit 3 when ops wait for the network.
    Sync {
        /// Go on until nothing waits any more (at most ten minutes, or `--for`).
        #[arg(long)]
        until_idle: bool,
        /// Stay connected for so long.
        #[arg(long = "for", value_name = "SECONDS")]
        for_s: Option<u64>,
    },
    /// Print the state, then each change, until interrupted.
    Watch {
        /// What to watch.
        what: Watched,
    },
    /// The officer's work.
    Staff {
        /// What to do.
        #[command(subcommand)]
        command: StaffCommand,
    },
    /// Proofs of filing.
    Proof {
        /// What to do.
        #[command(subcommand)]
        command: PhoneProofCommand,
    },
    /// The account's data on this phone.
    Account {
        /// What to do.
        #[command(subcommand)]
        command: AccountCommand,
    },
    /// What is in the home.
    Status,
    /// After a damaged database: set it aside, bring back every unsent act and every draft that can be read.
    Recover,
}

/// `report …`
#[derive(Debug, Clone, Subcommand)]
pub enum ReportCommand {
    /// What can be reported.
    Categories,
    /// File a report; returns once it is durable on the phone.
    New(NewReport),
    /// Drafts.
    Draft {
        /// What to do.
        #[command(subcommand)]
        command: DraftCommand,
    },
    /// One's own reports, newest first.
    List {
        /// Only those in which these words occur.
        #[arg(long, value_name = "WORDS")]
        search: Option<String>,
        /// What the city has published instead.
        #[arg(long)]
        public: bool,
    },
    /// Everything about a report.
    Show {
        /// The report.
        id: String,
    },
    /// Print a report's steps as they come, until interrupted.
    Follow {
        /// The report.
        id: String,
    },
    /// Answer the unit's question.
    Supplement {
        /// The report.
        id: String,
        /// What to add.
        #[arg(long, value_name = "T")]
        text: String,
        /// Photos to add.
        #[arg(long, value_name = "F")]
        photo: Vec<PathBuf>,
    },
    /// Rate the unit's answer, once.
    Rate {
        /// The report.
        id: String,
        /// 1 to 5.
        stars: u8,
        /// In words.
        #[arg(long, value_name = "T")]
        text: Option<String>,
    },
    /// Take a report back.
    Withdraw {
        /// The report.
        id: String,
        /// Why.
        #[arg(long, value_name = "T")]
        reason: Option<String>,
    },
}

/// A new report or the content of a draft.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct NewReport {
    /// Category code.
    #[arg(long, value_name = "C")]
    pub category: Option<String>,
    /// What happened.
    #[arg(long, value_name = "T")]
    pub text: Option<String>,
    /// Degrees north and east, and the accuracy in metres.
    #[arg(long, value_name = "LAT,LON[,ACCURACY_M]", allow_hyphen_values = true)]
    pub at: Option<String>,
    /// Ward code.
    #[arg(long, value_name = "CODE")]
    pub ward: Option<String>,
    /// The place in words.
    #[arg(long, value_name = "WORDS")]
    pub place: Option<String>,
    /// Photos.
    #[arg(long, value_name = "F")]
    pub photo: Vec<PathBuf>,
    /// Answers to the category's questions.
    #[arg(long, value_name = "K=V")]
    pub answer: Vec<String>,
    /// The intake can have the sender unsealed, each time told to her; units and the public never know (the default).
    #[arg(long, group = "author")]
    pub sealed: bool,
    /// The intake knows the sender.
    #[arg(long, group = "author")]
    pub named: bool,
    /// Nobody knows the sender.
    #[arg(long, group = "author")]
    pub anonymous: bool,
    /// Keep it as a draft instead of filing it.
    #[arg(long)]
    pub draft: bool,
}

/// `report draft …`
#[derive(Debug, Clone, Subcommand)]
pub enum DraftCommand {
    /// All drafts, newest first.
    List,
    /// Change what is given, keep the rest.
    Edit {
        /// The draft.
        id: String,
        /// What to change.
        #[command(flatten)]
        content: NewReport,
    },
    /// File it.
    Send {
        /// The draft.
        id: String,
    },
    /// Throw it away.
    Drop {
        /// The draft.
        id: String,
    },
}

/// `outbox …`
#[derive(Debug, Clone, Subcommand)]
pub enum OutboxCommand {
    /// What waits, oldest first.
    List {
        /// Also what the city has.
        #[arg(long)]
        all: bool,
    },
    /// Try at once.
    Retry {
        /// The op.
        id: String,
    },
    /// Change an op that never left or was refused: a report whole, another act's words (`--text`).
    Edit {
        /// The op.
        id: String,
        /// What to change.
        #[command(flatten)]
        content: NewReport,
    },
    /// Give up an op that never left or was refused.
    Discard {
        /// The op.
        id: String,
    },
}

/// What can be watched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Watched {
    /// One's own reports; an officer's worklist.
    Reports,
    /// What the city published.
    Public,
    /// What waits.
    Outbox,
}

/// `staff …`
#[derive(Debug, Clone, Subcommand)]
pub enum StaffCommand {
    /// Reports that wait for this unit.
    Worklist,
    /// The facts are as reported.
    Verify {
        /// The report.
        id: String,
        /// A note for the unit.
        #[arg(long, value_name = "T")]
        note: Option<String>,
    },
    /// Hand it to a unit.
    Assign {
        /// The report.
        id: String,
        /// Unit code.
        unit: String,
    },
    /// Refuse it with a reason.
    Refuse {
        /// The report.
        id: String,
        /// The reason, public.
        #[arg(long, value_name = "T")]
        text: String,
    },
    /// Ask the citizen.
    Ask {
        /// The report.
        id: String,
        /// The question.
        text: String,
    },
    /// Answer.
    Answer {
        /// The report.
        id: String,
        /// The answer, public.
        #[arg(long, value_name = "T")]
        text: String,
        /// Photos of what was done.
        #[arg(long, value_name = "F")]
        photo: Vec<PathBuf>,
    },
    /// Publish, or print exactly what would be public.
    Publish {
        /// The report.
        id: String,
        /// Only print it.
        #[arg(long)]
        preview: bool,
    },
}

/// `phone proof …`
#[derive(Debug, Clone, Subcommand)]
pub enum PhoneProofCommand {
    /// Write a proof that a report was filed.
    Export {
        /// The report.
        id: String,
        /// Where to; standard output (hexadecimal in JSON) when absent.
        #[arg(long, value_name = "F")]
        out: Option<PathBuf>,
        /// Without the text: fits a QR code.
        #[arg(long)]
        compact: bool,
    },
}

/// `account …`
#[derive(Debug, Clone, Subcommand)]
pub enum AccountCommand {
    /// The accounts of this phone.
    List,
    /// Make room for another person; open it with `--account`.
    Add,
    /// Write everything the account has on this phone as plain files.
    Export {
        /// Into this folder.
        #[arg(long, value_name = "DIR")]
        out: PathBuf,
    },
    /// Erase the account from this phone.
    Delete {
        /// Also what the city does not have yet.
        #[arg(long)]
        unsent_too: bool,
    },
}
