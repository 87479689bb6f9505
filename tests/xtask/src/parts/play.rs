//! Part `play`: a real browser plays a flood through the page of `hues play`, and cannot lose a report.

use super::Part;
use crate::context::Context;
use crate::native;
use crate::peers::Peer;
use crate::process::Run;

pub const PART: Part = Part {
    name: "play",
    about: "a browser plays a flood through `hues play`: nothing lost; axe-core finds nothing; by keyboard",
    downloads: true,
    run: |context: &Context| {
        let hues = native::build(context)?.hues;
        let (_, play) = Peer::Play.set_up(context)?;
        Run::new(play)
            .arg(hues)
            .arg("--shots")
            .arg(context.target.join("play"))
            .show()
    },
};
