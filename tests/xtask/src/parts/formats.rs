//! Part `formats`: payment codes and machine readable zones as libraries of npm and PyPI read them; docs/interop.md lists every disagreement.

use super::Part;
use crate::peers::{judge, Peer};

pub const PART: Part = Part {
    name: "formats",
    about: "payment codes and machine readable zones read by five libraries of npm and PyPI; every disagreement stands in docs/interop.md with its clause",
    downloads: true,
    run: |context| {
        judge(
            context,
            "formats_peers",
            &[Peer::FormatsNode, Peer::FormatsPython],
        )?;
        judge(context, "mrz_peers", &[Peer::FormatsPython])
    },
};
