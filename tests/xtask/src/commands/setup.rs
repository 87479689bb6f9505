//! `cargo xtask setup`: every tool chain and peer into the cache, without running a test: before going offline, or to run an
//! ignored test by hand.

use std::process::ExitCode;

use crate::context::Context;
use crate::peers::Peer;
use crate::stop::{Step, Stop};
use crate::tools::{bindgen, deny, maven, swift};

/// No options: it sets up all there is.
#[derive(clap::Args)]
pub struct Args {}

/// Sets everything up; prints the peers' variables for a shell to take, and what could not be had on standard error.
pub fn run(context: &Context, _: &Args) -> Step<ExitCode> {
    let mut missing = Vec::new();
    for peer in Peer::ALL {
        match peer.set_up(context) {
            Ok((variable, executable)) => println!("export {variable}='{}'", executable.display()),
            Err(stop) => missing.push(stop),
        }
    }
    let tools: [fn(&Context) -> Step; 5] = [
        |context| deny::set_up(context).map(drop),
        |context| bindgen::set_up(context).map(drop),
        |context| maven::repository(context, &maven::KOTLIN).map(drop),
        |context| maven::repository(context, &maven::ANDROID).map(drop),
        |context| swift::set_up(context).map(drop),
    ];
    missing.extend(tools.iter().filter_map(|set_up| set_up(context).err()));
    for stop in &missing {
        eprintln!("xtask: {stop}");
    }
    let broken = missing.iter().any(|stop| matches!(stop, Stop::Failed(_)));
    Ok(if broken {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    })
}
