//! Part `kotlin`: the Kotlin module compiles and its tests pass on a JVM, against the library of this tree.

use super::Part;
use crate::context::Context;
use crate::native::{self, Native};
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
    maven_run(context, &maven::KOTLIN, &repository, &native)
        .args("verify")
        .show()
}

/// Maven in a project's folder, offline, with the paths that its `pom.xml` names.
pub fn maven_run(
    context: &Context,
    project: &maven::Project,
    repository: &std::path::Path,
    native: &Native,
) -> Run {
    let build = project.name.trim_start_matches("maven-");
    Run::new("mvn")
        .dir(context.path(project.folder))
        .args("-o -B -Dstyle.color=never")
        .arg(format!("-Dmaven.repo.local={}", repository.display()))
        .arg(format!(
            "-Dhues.build={}",
            context.target.join(build).display()
        ))
        .arg(format!("-Dhues.native={}", native.folder.display()))
        .arg(format!("-Dhues.bin={}", native.hues.display()))
}
