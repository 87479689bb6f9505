//! Part `tour`: the flood day plays through, and a real browser finds its page accessible.

use super::Part;
use crate::context::Context;
use crate::native;
use crate::peers::Peer;
use crate::process::Run;
use crate::stop::{Step, Stop};

pub const PART: Part = Part {
    name: "tour",
    about: "the flood day keeps every invariant; axe-core finds nothing on its page",
    downloads: true,
    run,
};

fn run(context: &Context) -> Step {
    let hues = native::build(context)?.hues;
    if !Run::new(&hues).args("tour --help").succeeds() {
        return Err(Stop::impossible(
            "`hues tour` is not built yet (docs/roadmap.md)",
        ));
    }
    let out = context.target.join("tour");
    // The tour itself needs nothing from outside: it runs before the browser may turn out to be missing.
    Run::new(hues)
        .dir(&context.root)
        .args("tour --out")
        .arg(&out)
        .show()?;
    let (_, axe) = Peer::Axe.set_up(context)?;
    Run::new(axe)
        .arg(out.join("index.html"))
        .arg("--shots")
        .arg(out.join("pictures"))
        .show()
}
