//! Part `deny`: licences, bans and sources of every dependency, and known vulnerabilities where the database can be had.

use super::Part;
use crate::context::Context;
use crate::process::Run;
use crate::stop::Step;
use crate::tools;

pub const PART: Part = Part {
    name: "deny",
    about: "licences, bans and sources of every dependency",
    downloads: true,
    run,
};

fn run(context: &Context) -> Step {
    let deny = tools::deny::set_up(context)?;
    let check = |what: &str| {
        Run::new(&deny)
            .dir(&context.root)
            .args("--log-level error check --hide-inclusion-graph")
            .args(what)
    };
    check("licenses bans sources").show()?;
    // The advisory database is a git repository on a host that a builder behind a registry mirror does not reach.
    match tools::deny::advisories(context, &deny)? {
        Some(reason) => println!("  advisories: not checked here: {reason}"),
        None => check("--disable-fetch advisories").show()?,
    }
    Ok(())
}
