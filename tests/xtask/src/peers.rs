//! Programs written by others that judge ours: each becomes one executable whose path a test finds in the environment.
//!
//! The tests that need one are marked `#[ignore]` with the reason, so that `cargo test` alone stays whole without them; their part
//! sets the peers up and runs them with `--ignored`. A peer this host cannot have makes the part skipped, by name.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use crate::context::Context;
use crate::native;
use crate::process::Run;
use crate::stop::{During, Step, Stop};
use crate::tools::{debian, maven, node, python};

/// A judge, or a server to talk to.
#[derive(Clone, Copy)]
pub enum Peer {
    /// `HUES_PEER_EXIFTOOL`: reads every kind of metadata out of a picture.
    Exiftool,
    /// `HUES_PEER_PYTHON`: an interpreter with `cbor2` and `cryptography`.
    Python,
    /// `HUES_PEER_SCHEMATHESIS`: judges a server against its OpenAPI document.
    Schemathesis,
    /// `HUES_PEER_TUS_JAVA FOLDER`: a tus server with checksums; says `ready URL`.
    TusJava,
    /// `HUES_PEER_TUS_NODE FOLDER`: the reference tus server; says `ready URL`.
    TusNode,
    /// `HUES_PEER_TUS_CLIENT URL TOKEN OP SHA256 FILE`: the reference tus client; says `done INDEX RETRIES`.
    TusClient,
    /// `HUES_PEER_FORMATS_NODE`: libraries of npm that read formats; a line of JSON a question.
    FormatsNode,
    /// `HUES_PEER_FORMATS_PYTHON`: the same of PyPI.
    FormatsPython,
    /// `HUES_PEER_AXE PAGE.html [--shots FOLDER]`: axe-core in a real browser, at several widths.
    Axe,
    /// `HUES_PEER_PLAY HUES [--shots FOLDER]`: a real browser plays a flood through the page of `hues play`, axe-core judges it.
    Play,
}

impl Peer {
    /// Every peer there is.
    pub const ALL: &[Self] = &[
        Self::Exiftool,
        Self::Python,
        Self::Schemathesis,
        Self::TusJava,
        Self::TusNode,
        Self::TusClient,
        Self::FormatsNode,
        Self::FormatsPython,
        Self::Axe,
        Self::Play,
    ];

    /// Sets the peer up; the name of its variable and the executable it holds.
    pub fn set_up(self, context: &Context) -> Step<(&'static str, PathBuf)> {
        match self {
            Self::Exiftool => {
                debian::need("exiftool", "libimage-exiftool-perl")?;
                launcher(context, "HUES_PEER_EXIFTOOL", "exec exiftool \"$@\"")
            }
            Self::Python => Ok(("HUES_PEER_PYTHON", pinned_python(context)?.join("python"))),
            Self::Schemathesis => Ok((
                "HUES_PEER_SCHEMATHESIS",
                pinned_python(context)?.join("schemathesis"),
            )),
            Self::TusJava => {
                let jars = maven::libraries(context, &maven::TUS)?;
                let main = context.path(maven::TUS.folder).join("Tus.java");
                let quick = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xmx128m";
                let line = format!(
                    "exec java {quick} -cp {}'/*' {} \"$@\"",
                    quoted(&jars),
                    quoted(&main)
                );
                launcher(context, "HUES_PEER_TUS_JAVA", &line)
            }
            Self::TusNode => tus_node(context, "HUES_PEER_TUS_NODE", "tus.mjs"),
            Self::TusClient => tus_node(context, "HUES_PEER_TUS_CLIENT", "client.mjs"),
            Self::FormatsNode => {
                let folder = "tests/interop/peers/formats-node";
                let about = "vietnam-qr-pay, promptparse and vietqr-ts from npm, 5 MB";
                let home = node::set_up(context, "formats", folder, about)?;
                let line = format!("exec node {}", quoted(&home.join("formats.mjs")));
                launcher(context, "HUES_PEER_FORMATS_NODE", &line)
            }
            Self::FormatsPython => {
                let about = "vietqr-emvco, mrz and holidays from PyPI, 4 MB";
                let python = python::set_up(context, "formats", about)?;
                let script = context.path("tests/interop/peers/formats-python/formats.py");
                let line = format!(
                    "exec {} {}",
                    quoted(&python.join("python")),
                    quoted(&script)
                );
                launcher(context, "HUES_PEER_FORMATS_PYTHON", &line)
            }
            Self::Axe => in_browser(context, "HUES_PEER_AXE", "axe.mjs"),
            Self::Play => in_browser(context, "HUES_PEER_PLAY", "play.mjs"),
        }
    }
}

/// Runs the ignored tests of one test target (`tests/NAME.rs` of any crate) with these peers set up.
pub fn judge(context: &Context, target: &str, peers: &[Peer]) -> Step {
    if !exists(context, target)? {
        return Err(Stop::failed(format!(
            "this tree has no test target `{target}`"
        )));
    }
    let mut run = Run::cargo(context)
        .args("test --quiet --workspace --no-fail-fast --test")
        .arg(target)
        .args("-- --include-ignored --test-threads=2");
    for peer in peers {
        let (variable, executable) = peer.set_up(context)?;
        run = run.env(variable, executable);
    }
    // Tests that drive the terminal shell or the sandbox city as processes find the program here.
    run.env("HUES_BIN", native::build(context)?.hues).show()
}

fn exists(context: &Context, target: &str) -> Step<bool> {
    let listed = Run::new("git")
        .dir(&context.root)
        .args("ls-files --cached --others --exclude-standard --")
        .arg(format!("*/tests/{target}.rs"))
        .arg(format!("*/tests/{target}/main.rs"))
        .capture()?;
    Ok(!listed.trim().is_empty())
}

fn tus_node(
    context: &Context,
    variable: &'static str,
    script: &str,
) -> Step<(&'static str, PathBuf)> {
    let folder = "tests/interop/peers/tus-node";
    let about = "@tus/server and tus-js-client from npm, 4 MB";
    let home = node::set_up(context, "tus", folder, about)?;
    let line = format!("exec node {} \"$@\"", quoted(&home.join(script)));
    launcher(context, variable, &line)
}

fn in_browser(
    context: &Context,
    variable: &'static str,
    script: &str,
) -> Step<(&'static str, PathBuf)> {
    debian::need("chromium", "chromium")?;
    let about = "axe-core and playwright-core from npm, 15 MB";
    let home = node::set_up(context, "page", "tests/e2e/page", about)?;
    let line = format!(
        "CHROMIUM=$(command -v chromium) exec node {} \"$@\"",
        quoted(&home.join(script))
    );
    launcher(context, variable, &line)
}

fn pinned_python(context: &Context) -> Step<PathBuf> {
    python::set_up(
        context,
        "peers",
        "schemathesis, cbor2 and cryptography from PyPI, 60 MB",
    )
}

fn launcher(
    context: &Context,
    variable: &'static str,
    line: &str,
) -> Step<(&'static str, PathBuf)> {
    Ok((variable, script(context, &variable.to_lowercase(), line)?))
}

/// Writes a small script into the build folder: a peer is then started alike, whatever it is written in.
pub fn script(context: &Context, name: &str, line: &str) -> Step<PathBuf> {
    let folder = context.target.join("peers");
    fs::create_dir_all(&folder).during(folder.display())?;
    let file = folder.join(name);
    fs::write(&file, format!("#!/bin/sh\n{line}\n")).during(file.display())?;
    fs::set_permissions(&file, fs::Permissions::from_mode(0o755)).during(file.display())?;
    Ok(file)
}

/// A path as one word of a shell.
pub fn quoted(path: &Path) -> String {
    format!("'{}'", path.display().to_string().replace('\'', "'\\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_survives_the_shell() {
        let odd = Path::new("/a b/it's");
        let said = Run::new("sh")
            .arg("-c")
            .arg(format!("printf %s {}", quoted(odd)))
            .capture()
            .unwrap();
        assert_eq!(said, "/a b/it's");
    }
}
