//! Part `swift`: the Swift package builds in language mode 6 and its tests pass on Linux, against the library of this tree.

use std::fs;

use super::Part;
use crate::context::Context;
use crate::native;
use crate::stop::{During, Step};
use crate::tools;

pub const PART: Part = Part {
    name: "swift",
    about: "the Swift package and its tests, on Linux",
    downloads: true,
    run,
};

fn run(context: &Context) -> Step {
    let swift = tools::swift::set_up(context)?;
    let native = native::build(context)?;
    let build = context.target.join("swift");
    fs::create_dir_all(&build).during(build.display())?;
    swift.run(
        &[
            // The whole tree, so that tests find the vectors; read-only, so that a test cannot touch it.
            (&context.root, "/hues", false),
            (&build, "/build", true),
            (&native.folder, "/native", false),
        ],
        "cd /hues/bindings/swift && HUES_VECTORS=/hues/tests/interop/vectors HUES_BIN=/native/hues LD_LIBRARY_PATH=/native \
         exec swift test --scratch-path /build -Xlinker -L/native",
    )
}
