//! Part `formats`: payment codes, machine readable zones and holidays as libraries of npm and PyPI have them; docs/interop.md lists every disagreement.

use super::Part;
use crate::peers::{judge, Peer};

pub const PART: Part = Part {
    name: "formats",
    about: "payment codes, machine readable zones and holidays as six libraries of npm and PyPI have them; every disagreement stands in docs/interop.md with its clause",
    downloads: true,
    run: |context| {
        judge(
            context,
            "formats_peers",
            &[Peer::FormatsNode, Peer::FormatsPython],
        )?;
        judge(context, "mrz_peers", &[Peer::FormatsPython])?;
        judge(context, "calendar_peers", &[Peer::FormatsPython])
    },
};
