//! `hues phone`: opens the home, or hands the command to the process that has it open.
//!
//! Invariant: no logic of reports, queues or trust here: every command is a call or two of hues-core and a printed answer.

mod machine;
mod other;
mod report;
mod staff;
mod sync;
mod views;
mod watch;

use std::sync::Arc;
use std::time::{Duration, Instant};

use clap::Parser;
use hues_core::ports::doubles::SoftwareVault;
use hues_core::ports::{Link, PowerState};
use hues_core::{CoreConfig, HueError, HuesCore, Ports};

use crate::args::{Args, Command, PhoneArgs, PhoneCommand, VaultKind};
use crate::exit::{Exit, Failure};
use crate::home::{hand_over, HandOver, Owner, Runner};
use crate::output::Sink;
use crate::sandbox::Sandbox;
use crate::settings::Settings;
use machine::Machine;

/// How long a short command waits for another short one to finish with the home.
const PATIENCE: Duration = Duration::from_secs(8);

/// An open phone.
pub(crate) struct Phone {
    core: Arc<HuesCore>,
    settings: Settings,
    home: std::path::PathBuf,
}

/// Runs one `hues phone` command line.
///
/// # Errors
/// As the command's; busy when the owner of the home cannot be asked.
pub async fn run(args: &PhoneArgs, sink: Arc<dyn Sink>) -> Result<Exit, Failure> {
    let settings = Settings::merge(args).await?;
    let sandbox = match &args.sandbox {
        None => Sandbox::default(),
        Some(_) if !settings.is_sandbox() => {
            return Err(Failure::refused("sandbox", "only with a sandbox city"))
        }
        Some(file) => Sandbox::read(file)?,
    };
    let machine = Machine::new(args, sandbox)?;
    if matches!(args.command, PhoneCommand::Recover) {
        return recover(args, &settings, &machine, &*sink).await;
    }
    let deadline = Instant::now() + PATIENCE;
    loop {
        match open(args, &settings, &machine) {
            Ok(core) => return own(args, settings, machine, core, sink).await,
            Err(f) if f.exit == Exit::Busy => {}
            Err(f) => return Err(f),
        }
        if args.sandbox.is_none() {
            match hand_over(&args.home, arguments(args), &*sink).await {
                HandOver::Ran(end) => return end,
                HandOver::Vanished => {
                    return Err(busy(
                        "the process that owns this home ended while it had this command",
                    ))
                }
                HandOver::NobodyThere => {}
            }
        }
        if Instant::now() > deadline {
            return Err(busy("another process owns this home and cannot be asked"));
        }
        tokio::time::sleep(Duration::from_millis(40)).await;
    }
}

fn busy(why: &str) -> Failure {
    Failure::new(Exit::Busy, "busy", "home", why)
}

/// The command line for the owner: the same words, paths made absolute where the owner's folder may differ.
fn arguments(args: &PhoneArgs) -> Vec<String> {
    let mut all: Vec<String> = std::env::args().skip(1).collect();
    if let Ok(here) = std::env::current_dir() {
        let files = args.command.files();
        for a in &mut all {
            if files.iter().any(|f| f.as_os_str() == a.as_str()) {
                *a = here.join(&*a).to_string_lossy().into_owned();
            }
        }
    }
    all
}

fn open(
    args: &PhoneArgs,
    settings: &Settings,
    machine: &Machine,
) -> Result<Arc<HuesCore>, Failure> {
    let (config, ports) = prepare(args, settings, machine)?;
    Ok(Arc::new(HuesCore::open(config, ports)?))
}

/// Repairs a home whose database is damaged.
async fn recover(
    args: &PhoneArgs,
    settings: &Settings,
    machine: &Machine,
    sink: &dyn Sink,
) -> Result<Exit, Failure> {
    let (config, ports) = prepare(args, settings, machine)?;
    let back = HuesCore::recover(config, ports)?;
    sink.result(&serde_json::json!({"acts": back.acts, "drafts": back.drafts}));
    close(Arc::new(Phone {
        core: back.core,
        settings: settings.clone(),
        home: args.home.clone(),
    }))
    .await;
    Ok(Exit::Done)
}

fn prepare(
    args: &PhoneArgs,
    settings: &Settings,
    machine: &Machine,
) -> Result<(CoreConfig, Ports), Failure> {
    if args.vault == VaultKind::Hardware && !settings.is_sandbox() {
        return Err(Failure::refused("vault", "--vault is for a sandbox city"));
    }
    let keys = args
        .key_file
        .clone()
        .unwrap_or_else(|| args.home.join("vault.keys"));
    let vault = SoftwareVault::in_file(keys, args.vault == VaultKind::Hardware).map_err(|_| {
        Failure::new(
            Exit::Locked,
            "locked",
            "vault",
            "the key file cannot be used",
        )
    })?;
    let mut ports = Ports::with_vault(vault);
    ports.clock = machine.clock.clone();
    if let Some(probe) = machine.sandbox.probe()? {
        ports.probe = probe;
    }
    let config = CoreConfig {
        home: args.home.to_string_lossy().into_owned(),
        city: settings.address()?,
        account: args.account.clone(),
        local_address: settings.local_address()?.map(|a| a.to_string()),
    };
    Ok((config, ports))
}

/// Owns the home for the time of one command, and of whatever is handed over meanwhile.
async fn own(
    args: &PhoneArgs,
    settings: Settings,
    machine: Machine,
    core: Arc<HuesCore>,
    sink: Arc<dyn Sink>,
) -> Result<Exit, Failure> {
    let talks = args.command.talks();
    let link = match talks {
        true => machine.sandbox.link()?.unwrap_or(Link::Good),
        false => Link::None,
    };
    core.foreground_changed(true).await?;
    if machine.sandbox.power() == PowerState::Low {
        core.power_changed(PowerState::Low).await?;
    }
    core.start(link).await?;
    let phone = Arc::new(Phone {
        core,
        settings,
        home: args.home.clone(),
    });
    let owner = Owner::listen(&args.home, phone.clone());
    if owner.is_err() {
        sink.note("no socket could be made in the home: other processes will find it busy");
    }
    let end = tokio::select! {
        end = phone.execute(&args.command, &*sink) => end,
        () = interrupted() => Ok(Exit::Cancelled),
        () = machine.follow(&phone.core, talks) => Ok(Exit::Cancelled),
    };
    if let Ok(owner) = owner {
        if !matches!(end, Ok(Exit::Cancelled)) {
            owner.finish().await;
        }
    }
    close(phone).await;
    end
}

/// Closes the files before the process ends: libraries that clean up at exit must not meet threads that still use them.
async fn close(mut phone: Arc<Phone>) {
    let _ = tokio::task::spawn_blocking(move || {
        for _ in 0..200 {
            match Arc::try_unwrap(phone) {
                Ok(last) => {
                    if let Some(core) = Arc::into_inner(last.core) {
                        core.close();
                    }
                    return;
                }
                // The socket's task lets go of it in a moment.
                Err(again) => phone = again,
            }
            std::thread::sleep(Duration::from_millis(5));
        }
    })
    .await;
}

async fn interrupted() {
    use tokio::signal::unix::{signal, SignalKind};
    match signal(SignalKind::terminate()) {
        Ok(mut term) => tokio::select! {
            _ = tokio::signal::ctrl_c() => {}
            _ = term.recv() => {}
        },
        Err(_) => drop(tokio::signal::ctrl_c().await),
    }
}

impl Runner for Phone {
    fn run(
        self: Arc<Self>,
        arguments: Vec<String>,
        sink: Arc<dyn Sink>,
    ) -> std::pin::Pin<Box<dyn std::future::Future<Output = Result<Exit, Failure>> + Send>> {
        Box::pin(async move {
            let line = std::iter::once("hues".to_owned()).chain(arguments);
            let args = Args::try_parse_from(line)
                .map_err(|e| Failure::refused("arguments", e.kind().to_string()))?;
            match args.command {
                Command::Phone(p) => {
                    self.is_open(p.account.as_deref()).await?;
                    self.execute(&p.command, &*sink).await
                }
                _ => Err(Failure::refused(
                    "arguments",
                    "only phone commands are handed over",
                )),
            }
        })
    }
}

impl Phone {
    /// Whether the account a command names is the one that is open: nobody acts under another's.
    async fn is_open(&self, wanted: Option<&str>) -> Result<(), Failure> {
        let Some(wanted) = wanted else {
            return Ok(());
        };
        let all = self.core.accounts().await?;
        if all.iter().any(|a| a.open && a.id == wanted) {
            Ok(())
        } else {
            Err(busy("another account of this home is open"))
        }
    }

    async fn execute(&self, command: &PhoneCommand, sink: &dyn Sink) -> Result<Exit, Failure> {
        match command {
            PhoneCommand::Signin { name, staff } => self.sign_in(name, staff.clone(), sink).await,
            PhoneCommand::Whoami => self.whoami(sink),
            PhoneCommand::Signout => self.sign_out(sink).await,
            PhoneCommand::Report { command } => self.report(command, sink).await,
            PhoneCommand::Outbox { command } => self.outbox(command, sink).await,
            PhoneCommand::Inbox => self.inbox(sink).await,
            PhoneCommand::Sync { until_idle, for_s } => self.sync(*until_idle, *for_s, sink).await,
            PhoneCommand::Watch { what } => self.watch(*what, sink).await,
            PhoneCommand::Staff { command } => self.staff(command, sink).await,
            PhoneCommand::Proof { command } => self.export_proof(command, sink).await,
            PhoneCommand::Account { command } => self.account(command, sink).await,
            PhoneCommand::Status => self.status(sink).await,
            // It closes the home to repair it: the process that has it open cannot.
            PhoneCommand::Recover => Err(busy("close the phone first")),
        }
    }
}

impl From<HueError> for Box<Failure> {
    fn from(e: HueError) -> Self {
        Box::new(e.into())
    }
}
