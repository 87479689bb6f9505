//! Part `swift`: the Swift package and the models of the iOS demo build in language mode 6 and their tests pass on Linux, against the
//! library of this tree.

use std::fs;
use std::path::Path;

use super::Part;
use crate::context::Context;
use crate::native;
use crate::stop::{During, Step};
use crate::tools;

pub const PART: Part = Part {
    name: "swift",
    about: "the Swift package, the iOS demo's models and their tests, on Linux",
    downloads: true,
    run,
};

fn run(context: &Context) -> Step {
    let swift = tools::swift::set_up(context)?;
    let native = native::build(context)?;
    let build = context.target.join("swift");
    fs::create_dir_all(&build).during(build.display())?;
    let folders: [(&Path, &str, bool); 3] = [
        // The whole tree, so that tests find the vectors; read-only, so that a test cannot touch it.
        (&context.root, "/hues", false),
        (&build, "/build", true),
        (&native.folder, "/native", false),
    ];
    swift.run(
        &folders,
        "cd /hues/bindings/swift && HUES_VECTORS=/hues/tests/interop/vectors HUES_BIN=/native/hues LD_LIBRARY_PATH=/native \
         exec swift test --no-parallel --scratch-path /build/core -Xlinker -L/native",
    )?;
    // Swift 6.0's own Observation library for Linux names a function that it never calls and nobody has.
    swift.run(
        &folders,
        "cd /hues/ios-demo && LD_LIBRARY_PATH=/native \
         exec swift test --scratch-path /build/demo -Xlinker -L/native -Xlinker --allow-shlib-undefined",
    )
}
