//! Java libraries from Maven, in a repository folder of ours, each jar checked against a committed list of SHA-256.
//!
//! Maven itself checks what it downloads only against a digest from the same server. The list beside the project file
//! (`jars.sha256`) is ours: a jar that is not on it, or differs, stops the set-up. `cargo xtask pin` writes it anew after a
//! version was changed on purpose.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use crate::cache::Recipe;
use crate::context::Context;
use crate::process::{on_path, Run};
use crate::stop::{During, Step, Stop};

/// One Maven project whose jars are pinned.
pub struct Project {
    /// Its folder in the repository: `pom.xml` and `jars.sha256`.
    pub folder: &'static str,
    /// Name of the cached folder.
    pub name: &'static str,
    /// What it brings, for the progress line.
    pub about: &'static str,
    /// A test file for Maven to compile and run while it fills the repository, so that every plugin is there for later offline
    /// runs: (place in the project, content).
    pub rehearsal: &'static [(&'static str, &'static str)],
    /// What Maven is asked to do while it fills the repository.
    pub goals: &'static str,
}

/// The Kotlin module: compiler, coroutines, JNA, JUnit.
pub const KOTLIN: Project = Project {
    folder: "bindings/kotlin",
    name: "maven-kotlin",
    about: "Kotlin compiler, coroutines, JNA and JUnit from Maven, 110 MB",
    rehearsal: &[
        ("src/main/kotlin/Main.kt", "fun one() = 1\n"),
        (
            "src/test/kotlin/MainTest.kt",
            "import kotlin.test.*\nclass MainTest { @Test fun works() = assertEquals(1, one()) }\n",
        ),
    ],
    goals: "verify",
};

/// What the Android demo compiles against and runs on: the framework itself, in a JVM.
pub const ANDROID: Project = Project {
    folder: "android-demo",
    name: "maven-android",
    about: "Android 14's framework and Robolectric from Maven, 400 MB",
    rehearsal: &[
        ("src/main/kotlin/Main.kt", "fun one() = 1\n"),
        (
            "src/test/kotlin/MainTest.kt",
            "import kotlin.test.*\nclass MainTest { @Test fun works() = assertEquals(1, one()) }\n",
        ),
        // Where the project looks for the Kotlin module: an archive of nothing.
        ("../target/kotlin/hues-core-0.1.0.jar", EMPTY_ARCHIVE),
    ],
    goals: "verify",
};

/// The end-of-directory record of a ZIP file without entries.
const EMPTY_ARCHIVE: &str = "PK\x05\x06\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0";

/// A Java tus 1.0 server, judge of resumable uploads: with the checksum extension, which others lack.
pub const TUS: Project = Project {
    folder: "tests/interop/peers/tus-java",
    name: "maven-tus",
    about: "tus-java-server and Jetty from Maven, 5 MB",
    rehearsal: &[],
    goals: "dependency:copy-dependencies -DincludeScope=runtime -DoutputDirectory=${maven.repo.local}/../lib",
};

/// Every pinned project, for `cargo xtask pin`.
pub const ALL: &[&Project] = &[&KOTLIN, &ANDROID, &TUS];

/// Fills the project's repository folder, or finds it; returns the folder for `-Dmaven.repo.local`. Use it with `mvn -o`.
pub fn repository(context: &Context, project: &Project) -> Step<PathBuf> {
    java()?;
    let listed = read(&context.path(project.folder).join("jars.sha256"))?;
    let pins = read(&context.path(project.folder).join("pom.xml"))? + &listed;
    let recipe = Recipe {
        name: project.name,
        pins: &pins,
        about: project.about,
    };
    let folder = context.cache.ensure(&recipe, |folder| {
        fill(context, project, folder)?;
        compare(&digests(&folder.join("repository"))?, &listed)
    })?;
    Ok(folder.join("repository"))
}

/// The jars a project needs at run time, as a class path wildcard folder; for projects whose goal copies them into `lib`.
pub fn libraries(context: &Context, project: &Project) -> Step<PathBuf> {
    let repository = repository(context, project)?;
    Ok(repository.with_file_name("lib"))
}

/// Writes the project's list of digests from what the registry serves now.
pub fn pin(context: &Context, project: &Project) -> Step {
    java()?;
    let folder = context.target.join("pin").join(project.name);
    crate::cache::remove(&folder)?;
    fs::create_dir_all(&folder).during(folder.display())?;
    fill(context, project, &folder)?;
    let list: String = digests(&folder.join("repository"))?
        .iter()
        .map(|(jar, digest)| format!("{digest}  {jar}\n"))
        .collect();
    let file = context.path(project.folder).join("jars.sha256");
    fs::write(&file, list).during(file.display())?;
    println!("{}", file.display());
    crate::cache::remove(&folder)
}

/// A JDK of 17 or newer and Maven, or the reason why not.
fn java() -> Step {
    for program in ["java", "mvn"] {
        if !on_path(program) {
            return Err(Stop::impossible(format!(
                "`{program}` is not installed (JDK 17 and Maven)"
            )));
        }
    }
    let said = Run::new("java").arg("--version").capture()?;
    match major(&said) {
        Some(17..) => Ok(()),
        _ => Err(Stop::impossible("the Java here is older than 17")),
    }
}

fn major(version: &str) -> Option<u32> {
    version
        .split_whitespace()
        .nth(1)?
        .split(['.', '+', '-'])
        .next()?
        .parse()
        .ok()
}

fn fill(context: &Context, project: &Project, folder: &Path) -> Step {
    let rehearsal = folder.join("project");
    for (place, content) in project.rehearsal {
        let file = rehearsal.join(place);
        fs::create_dir_all(file.parent().unwrap_or(&rehearsal)).during(place)?;
        fs::write(&file, content).during(place)?;
    }
    fs::create_dir_all(&rehearsal).during(rehearsal.display())?;
    fs::copy(
        context.path(project.folder).join("pom.xml"),
        rehearsal.join("pom.xml"),
    )
    .during("copying pom.xml")?;
    Run::new("mvn")
        .dir(&rehearsal)
        .args("-q -B -Dstyle.color=never")
        .arg(format!(
            "-Dmaven.repo.local={}",
            folder.join("repository").display()
        ))
        .arg(format!("-Dhues.build={}", folder.join("build").display()))
        .args(project.goals)
        .capture()
        .map_err(super::offline)?;
    crate::cache::remove(&folder.join("build"))?;
    crate::cache::remove(&rehearsal)
}

/// SHA-256 of every jar and Android archive below a folder, by its path there.
fn digests(repository: &Path) -> Step<BTreeMap<String, String>> {
    let said = Run::new("sh")
        .dir(repository)
        .arg("-c")
        .arg("find . '(' -name '*.jar' -o -name '*.aar' ')' -print0 | xargs -0 sha256sum")
        .capture()?;
    Ok(said.lines().filter_map(pair).collect())
}

fn pair(line: &str) -> Option<(String, String)> {
    let (digest, jar) = line.split_once("  ")?;
    Some((jar.trim_start_matches("./").to_owned(), digest.to_owned()))
}

/// Every jar found must be listed with the same digest; the list may know more (another Maven fetches a little less).
fn compare(found: &BTreeMap<String, String>, listed: &str) -> Step {
    let listed: BTreeMap<_, _> = listed.lines().filter_map(pair).collect();
    for (jar, digest) in found {
        match listed.get(jar) {
            Some(pinned) if pinned == digest => {}
            Some(_) => {
                return Err(Stop::failed(format!(
                    "{jar} is not the file that was pinned"
                )))
            }
            None => {
                return Err(Stop::failed(format!(
                    "{jar} is not pinned (`cargo xtask pin` after a change on purpose)"
                )))
            }
        }
    }
    Ok(())
}

fn read(file: &Path) -> Step<String> {
    fs::read_to_string(file).during(file.display())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_jar_must_be_listed_with_its_digest() {
        let found = BTreeMap::from([("g/a.jar".to_owned(), "aa".to_owned())]);
        assert!(compare(&found, "aa  g/a.jar\nbb  g/more.jar\n").is_ok());
        assert!(compare(&found, "bb  g/a.jar\n").is_err());
        assert!(compare(&found, "bb  g/b.jar\n").is_err());
    }

    #[test]
    fn java_tells_its_version_in_several_ways() {
        assert_eq!(major("openjdk 17.0.15 2025-04-15"), Some(17));
        assert_eq!(major("openjdk 25 2025-09-16"), Some(25));
        assert_eq!(major("java 21-ea"), Some(21));
        assert_eq!(major(""), None);
    }
}
