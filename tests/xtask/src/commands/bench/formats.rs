//! `cargo xtask bench formats`: the figures of the field libraries beside libraries written by others.

use crate::context::Context;
use crate::peers::Peer;
use crate::process::Run;
use crate::stop::{Step, Stop};

/// Sets the peers up and runs the program; a peer this host cannot have is named and left out.
pub fn bench(context: &Context, words: &[String]) -> Step {
    let mut run = Run::cargo(context).args("run --quiet --release -p hues-bench-formats --");
    for peer in [Peer::FormatsNode, Peer::FormatsPython] {
        match peer.set_up(context) {
            Ok((variable, program)) => run = run.env(variable, program),
            Err(Stop::Impossible(why)) => println!("without some peers: {why}"),
            Err(stop) => return Err(stop),
        }
    }
    words.iter().fold(run, Run::arg).show()
}
