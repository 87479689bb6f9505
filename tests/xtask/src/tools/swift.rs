//! Swift on Linux: a Debian 13 root file system with its `swiftlang`, made by debootstrap from the mirror that apt here uses.
//!
//! Invariant: nothing stays mounted. Every visit happens in a mount namespace of its own, which the kernel takes down with the
//! visitor, however it ends; so the folder can be removed at any time without reaching into `/proc` or the work tree.

use std::fs;
use std::path::{Path, PathBuf};

use crate::cache::Recipe;
use crate::context::Context;
use crate::process::{is_root, Run};
use crate::stop::{Step, Stop};
use crate::tools::debian;

const SUITE: &str = "trixie";
const PACKAGES: &str = "ca-certificates,libc6-dev,libstdc++-14-dev,git,swiftlang";

/// The root file system.
pub struct SwiftRoot {
    folder: PathBuf,
}

/// Makes the root file system, or finds it.
pub fn set_up(context: &Context) -> Step<SwiftRoot> {
    if std::env::consts::OS != "linux" {
        return Err(Stop::impossible(
            "the Swift root file system needs Linux; on macOS run `swift test` in bindings/swift",
        ));
    }
    if !is_root() {
        return Err(Stop::impossible(
            "the Swift root file system needs root (debootstrap and mount)",
        ));
    }
    let pins = format!("{SUITE} {PACKAGES} {}", std::env::consts::ARCH);
    let recipe = Recipe {
        name: "swift-root",
        pins: &pins,
        about: "Debian 13 with Swift 6, 530 MB to download, 2.7 GB on disk, 2 to 6 minutes",
    };
    may_mount()?;
    let folder = context
        .cache
        .ensure(&recipe, |folder| build(folder).map_err(super::offline))?;
    Ok(SwiftRoot { folder })
}

impl SwiftRoot {
    /// Runs a shell line inside, with folders of the host laid over (`(host, inside, writable)`); its output is shown.
    pub fn run(&self, binds: &[(&Path, &str, bool)], line: &str) -> Step {
        let mut script = String::from("set -e\nmount -t proc proc \"$ROOT/proc\"\n");
        let mut run = Run::new("unshare").args("--mount --propagation private sh -c");
        for (index, (_, inside, writable)) in binds.iter().enumerate() {
            script += &format!(
                "mkdir -p \"$ROOT{inside}\"\nmount --bind \"$BIND{index}\" \"$ROOT{inside}\"\n"
            );
            if !writable {
                script += &format!("mount -o remount,bind,ro \"$ROOT{inside}\"\n");
            }
        }
        script += "exec chroot \"$ROOT\" env HOME=/root PATH=/usr/bin:/bin:/usr/sbin:/sbin LANG=C.UTF-8 sh -c \"$LINE\"\n";
        run = run.arg(script).env("ROOT", &self.folder).env("LINE", line);
        for (index, (host, _, _)) in binds.iter().enumerate() {
            run = run.env(&format!("BIND{index}"), host);
        }
        run.show()
    }
}

fn build(folder: &Path) -> Step {
    debian::need("debootstrap", "debootstrap")?;
    let mirror = mirror()?;
    eprintln!("  debootstrap {SUITE} from the mirror apt uses; {PACKAGES}");
    Run::new("debootstrap")
        .args("--variant=minbase")
        .arg(format!("--include={PACKAGES}"))
        .arg(SUITE)
        .arg(folder)
        .arg(mirror)
        .env("DEBIAN_FRONTEND", "noninteractive")
        .capture()?;
    Run::new("sh")
        .arg("-c")
        .arg("rm -f \"$1\"/var/cache/apt/archives/*.deb")
        .arg("sh")
        .arg(folder)
        .capture()
        .map(drop)
}

/// The Debian mirror of this machine: the first URI of its deb822 file, else the first `deb` line.
fn mirror() -> Step<String> {
    let deb822 = fs::read_to_string("/etc/apt/sources.list.d/debian.sources").unwrap_or_default();
    let classic = fs::read_to_string("/etc/apt/sources.list").unwrap_or_default();
    first_mirror(&deb822, &classic)
        .ok_or_else(|| Stop::impossible("this machine's apt names no Debian mirror"))
}

fn first_mirror(deb822: &str, classic: &str) -> Option<String> {
    let from_deb822 = deb822
        .lines()
        .filter_map(|line| line.strip_prefix("URIs:"))
        .find_map(|uris| uris.split_whitespace().next());
    let from_classic = classic
        .lines()
        .filter(|line| line.starts_with("deb "))
        .find_map(|line| line.split_whitespace().find(|word| word.contains("://")));
    from_deb822.or(from_classic).map(str::to_owned)
}

/// Some hosts give root but no mounts (containers): told apart before half a gigabyte is fetched.
fn may_mount() -> Step {
    let tried = Run::new("unshare")
        .args("--mount --propagation private sh -c")
        .arg("d=$(mktemp -d) && mount -t proc proc \"$d\" && umount \"$d\" && rmdir \"$d\"")
        .capture();
    match tried {
        Ok(_) => Ok(()),
        Err(_) => Err(Stop::impossible(
            "the Swift root file system needs to mount /proc, which this host refuses",
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::first_mirror;

    #[test]
    fn the_mirror_is_the_one_apt_uses() {
        let deb822 = "Types: deb\n# kept\nURIs: http://mirror.example/debian http://other.example\nSuites: bookworm\n";
        let classic = "# deb http://no.example\ndeb [signed-by=/k.gpg] http://old.example/debian bookworm main\n";
        assert_eq!(
            first_mirror(deb822, classic).as_deref(),
            Some("http://mirror.example/debian")
        );
        assert_eq!(
            first_mirror("", classic).as_deref(),
            Some("http://old.example/debian")
        );
        assert_eq!(first_mirror("", ""), None);
    }
}
