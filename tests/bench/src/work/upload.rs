//! W9: 20 MB of photos over a line that is cut thirty times in the middle of a PATCH.
//!
//! The whole core with its own transport, against a sandbox city in a process of its own; what passes is counted where the line is cut ([`crate::cutter`]), not by the
//! client. Waiting after a cut is the core's own rhythm shortened by an impatient person: by the clock a turn says little, its bytes and its processor time do.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use hues_city::{City, CityConfig};
use hues_core::ports::doubles::SoftwareVault;
use hues_core::ports::Link;
use hues_core::{CityAddress, CoreConfig, HuesCore, Ports};
use hues_media::testkit::{generate, Extras};

use crate::clock::Lap;
use crate::cutter::{Counts, Order};
use crate::phone::entered;
use crate::protocol::{Turn, Turns};
use crate::side::Side;
use crate::work::bulk::clear;
use crate::Step;

/// Cuts of a turn.
const CUTS: usize = 30;
/// What is uploaded in a turn, about.
const BYTES: u64 = 20_000_000;
/// Reports of a turn, and photos of each: cleaned, a photo is a quarter of a megabyte.
const REPORTS: u64 = 18;
const PHOTOS: u64 = 5;
/// A turn that takes longer hangs.
const MOST: Duration = Duration::from_secs(300);

/// A child that is told and asked by lines.
struct Helper {
    child: Child,
    ask: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl Helper {
    /// Starts this program as something else; gives its first line.
    fn start(args: &[&str]) -> Step<(Helper, String)> {
        let mut child = Command::new(std::env::current_exe()?)
            .args(args)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let ask = child.stdin.take().ok_or("no standard input")?;
        let answers = BufReader::new(child.stdout.take().ok_or("no standard output")?);
        let mut helper = Helper {
            child,
            ask,
            answers,
        };
        let first = helper.line()?;
        Ok((helper, first))
    }

    fn ask(&mut self, line: &str) -> Step<String> {
        writeln!(self.ask, "{line}")?;
        self.line()
    }

    fn line(&mut self) -> Step<String> {
        let mut line = String::new();
        self.answers.read_line(&mut line)?;
        Ok(line.trim().to_owned())
    }
}

impl Drop for Helper {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A sandbox city, until standard input closes; says its address and its root key.
pub fn city(folder: &Path) -> Step<()> {
    let city = City::start(CityConfig {
        data: Some(folder.to_owned()),
        ..CityConfig::default()
    })?;
    let root: String = city.root.iter().map(|byte| format!("{byte:02x}")).collect();
    println!("{} {root}", city.url);
    for line in std::io::stdin().lock().lines() {
        line?;
    }
    city.stop();
    Ok(())
}

/// The core.
pub fn core(side: &Side) -> Step<Turns> {
    let folder = side.folder.join("upload");
    clear(&folder)?;
    let data = folder.join("city");
    let data = data.to_str().ok_or("a folder that is no UTF-8")?;
    let (city, said) = Helper::start(&["city", data])?;
    let (url, root) = said.split_once(' ').ok_or("the city said no address")?;
    let host = url.trim_start_matches("http://");
    let (mut line, ready) = Helper::start(&["cutter", host])?;
    let through = ready.strip_prefix("ready ").ok_or("no line")?;
    let waiter = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()?;
    let core = open(&folder.join("home"), through, root)?;
    waiter.block_on(core.start(Link::Good))?;
    waiter.block_on(core.sign_in_sandbox("citizen".into(), None))?;
    let photos: Vec<Vec<u8>> = (0..PHOTOS).map(photo).collect();
    Ok(Box::new(move |turn| {
        let _ = &city;
        waiter.block_on(core.network_changed(Link::None))?;
        for _ in 0..REPORTS {
            let feedback = core.feedback();
            let draft = waiter.block_on(feedback.new_draft(entered("Nước ngập nửa đường")))?;
            for photo in &photos {
                waiter.block_on(feedback.add_photo(draft.id.clone(), photo.clone()))?;
            }
            waiter.block_on(feedback.submit(draft.id))?;
        }
        let order = Order {
            seed: 700 + turn,
            cuts: CUTS,
            bytes: BYTES,
        };
        line.ask(&serde_json::to_string(&order)?)?;
        let lap = Lap::start();
        waiter.block_on(core.network_changed(Link::Good))?;
        let started = Instant::now();
        loop {
            waiter.block_on(core.settle(50))?;
            if waiter.block_on(core.status())?.photos_open == 0 {
                break;
            }
            if started.elapsed() > MOST {
                return Err(format!("photos are left: {}", line.ask("?")?).into());
            }
            waiter.block_on(core.refresh())?;
        }
        let took = lap.stop();
        facts(Turn::of(took), &line.ask("?")?)
    }))
}

/// What the line counted, as facts of the turn.
fn facts(turn: Turn, said: &str) -> Step<Turn> {
    let counts: Counts = serde_json::from_str(said)?;
    Ok(turn
        .with("mb", counts.bytes as f64 / 1e6)
        .with("cuts", counts.cuts as f64)
        .with("again_kb", counts.again as f64 / 1e3)
        .with("again_patches", counts.worst)
        .with("patches", counts.patches as f64))
}

fn photo(seed: u64) -> Vec<u8> {
    let extras = Extras {
        quality: 92,
        ..Extras::default()
    };
    generate(900 + seed, 1_600, 1_200, &extras)
}

fn open(home: &Path, url: &str, root: &str) -> Step<HuesCore> {
    let root = u256(root).ok_or("no root key")?;
    let config = CoreConfig {
        home: home.to_str().ok_or("home is no UTF-8")?.to_owned(),
        city: Some(CityAddress {
            url: url.to_owned(),
            root_key: root,
            tls_roots: Vec::new(),
        }),
        local_address: None,
        account: None,
    };
    Ok(HuesCore::open(
        config,
        Ports::with_vault(SoftwareVault::in_memory()),
    )?)
}

fn u256(hex: &str) -> Option<Vec<u8>> {
    let byte = |at: usize| u8::from_str_radix(hex.get(at..at + 2)?, 16).ok();
    (0..hex.len()).step_by(2).map(byte).collect()
}
