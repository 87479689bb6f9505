//! Part `proof`: a second implementation, from the document alone, gives the same verdicts.

use super::Part;
use crate::peers::{judge, Peer};

pub const PART: Part = Part {
    name: "proof",
    about: "a second implementation, from the document alone, gives the same verdicts",
    downloads: true,
    run: |context| judge(context, "verify", &[Peer::Python]),
};
