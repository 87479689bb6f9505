//! `cargo xtask pin`: writes the committed SHA-256 lists of the Maven projects anew, after a version was changed on purpose.

use std::process::ExitCode;

use crate::context::Context;
use crate::stop::{Step, Stop};
use crate::tools::maven;

/// Which project.
#[derive(clap::Args)]
pub struct Args {
    /// Name of the project; all of them when absent.
    name: Option<String>,
}

/// Downloads into a scratch folder, hashes, writes `jars.sha256` beside each `pom.xml`.
pub fn run(context: &Context, args: &Args) -> Step<ExitCode> {
    let wanted =
        |project: &&&maven::Project| args.name.as_deref().is_none_or(|name| name == project.name);
    let chosen: Vec<_> = maven::ALL.iter().filter(wanted).collect();
    if chosen.is_empty() {
        let known: Vec<_> = maven::ALL.iter().map(|project| project.name).collect();
        return Err(Stop::failed(format!(
            "no such project; there are: {}",
            known.join(" ")
        )));
    }
    for project in chosen {
        println!("pinning {}: {}", project.name, project.about);
        maven::pin(context, project)?;
    }
    Ok(ExitCode::SUCCESS)
}
