//! Part `formats`: payment codes as libraries of npm and PyPI read them; docs/interop.md lists every disagreement.

use super::Part;
use crate::peers::{judge, Peer};

pub const PART: Part = Part {
    name: "formats",
    about: "payment codes read by four libraries of npm and PyPI; every disagreement stands in docs/interop.md with its clause",
    downloads: true,
    run: |context| {
        judge(
            context,
            "formats_peers",
            &[Peer::FormatsNode, Peer::FormatsPython],
        )
    },
};
