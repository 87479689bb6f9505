//! Part `fmt`: the code is laid out as rustfmt lays it out.

use super::Part;
use crate::process::Run;

pub const PART: Part = Part {
    name: "fmt",
    about: "rustfmt changes nothing",
    downloads: false,
    run: |context| Run::cargo(context).args("fmt --all --check").show(),
};
