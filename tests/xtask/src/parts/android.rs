//! Part `android`: the Android half of the Kotlin module and the demo compile against Android's framework; the demo runs in it, over
//! the library of this tree.

use super::{kotlin, Part};
use crate::context::Context;
use crate::native;
use crate::stop::Step;
use crate::tools::maven;

pub const PART: Part = Part {
    name: "android",
    about: "the Android demo, on Android 14's framework in a JVM (Robolectric)",
    downloads: true,
    run,
};

fn run(context: &Context) -> Step {
    let module = maven::repository(context, &maven::KOTLIN)?;
    let repository = maven::repository(context, &maven::ANDROID)?;
    let native = native::build(context)?;
    kotlin::maven_run(context, &maven::KOTLIN, &module, &native)
        .args("-q package -Dmaven.test.skip=true")
        .show()?;
    let classes = context.target.join("kotlin/hues-core-0.1.0.jar");
    kotlin::maven_run(context, &maven::ANDROID, &repository, &native)
        .arg(format!("-Dhues.classes={}", classes.display()))
        .args("verify")
        .show()
}
