//! Part `kotlin`: the Kotlin module compiles and its tests pass on a JVM, against the library of this tree.

use super::Part;
use crate::context::Context;
use crate::native;
use crate::process::Run;
use crate::stop::Step;
use crate::tools::maven;

pub const PART: Part = Part {
    name: "kotlin",
    about: "the Kotlin module and its tests, on a JVM",
    downloads: true,
    run,
};

fn run(context: &Context) -> Step {
    let repository = maven::repository(context, &maven::KOTLIN)?;
    let native = native::build(context)?;
    Run::new("mvn")
        .dir(context.path("bindings/kotlin"))
        .args("-o -B -Dstyle.color=never verify")
        .arg(format!("-Dmaven.repo.local={}", repository.display()))
        .arg(format!(
            "-Dhues.build={}",
            context.target.join("kotlin").display()
        ))
        .arg(format!("-Dhues.native={}", native.folder.display()))
        .arg(format!("-Dhues.bin={}", native.hues.display()))
        .show()
}
