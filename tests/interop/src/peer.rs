//! Finding the second implementation: a Python that can run `verify.py`.
//!
//! Invariant: where there is none, the caller says so in one line and skips; it never passes silently.

use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Stdio};

/// Where `verify.py` lies.
#[must_use]
pub fn verify_py() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("verify.py")
}

/// A Python with the package `cryptography`: the one named by `HUES_PEER_PYTHON` or `HUES_PYTHON`, else `python3`.
#[must_use]
pub fn python() -> Option<PathBuf> {
    let named = ["HUES_PEER_PYTHON", "HUES_PYTHON"]
        .into_iter()
        .filter_map(std::env::var_os)
        .map(PathBuf::from);
    named.chain([PathBuf::from("python3")]).find(|python| {
        Command::new(python)
            .args([
                "-c",
                "import cryptography.hazmat.primitives.asymmetric.ed25519",
            ])
            .stderr(Stdio::null())
            .stdout(Stdio::null())
            .status()
            .is_ok_and(|status| status.success())
    })
}

/// Runs `verify.py --batch` over `lines` and gives its answers.
///
/// # Errors
/// When it cannot run, or says that something went wrong.
pub fn batch(python: &PathBuf, lines: &[String]) -> std::io::Result<Vec<String>> {
    let mut child = Command::new(python)
        .arg(verify_py())
        .arg("--batch")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()?;
    let input = lines.join("\n");
    let stdin = child.stdin.take();
    // A thread feeds the child, so that neither side waits for the other with a full pipe.
    let feeder =
        std::thread::spawn(move || stdin.map_or(Ok(()), |mut to| to.write_all(input.as_bytes())));
    let output = child.wait_with_output()?;
    feeder
        .join()
        .map_err(|_| std::io::Error::other("feeder"))??;
    if !output.status.success() {
        return Err(std::io::Error::other("verify.py failed"));
    }
    Ok(String::from_utf8_lossy(&output.stdout)
        .lines()
        .map(str::to_owned)
        .collect())
}
