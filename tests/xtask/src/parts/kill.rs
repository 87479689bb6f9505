//! Part `kill`: a hundred rounds of SIGKILL over real phones and a real city lose nothing.

use super::Part;
use crate::peers::judge;

pub const PART: Part = Part {
    name: "kill",
    about:
        "100 rounds of SIGKILL over the whole journey, phone and city: nothing lost, nothing twice",
    downloads: false,
    run: |context| judge(context, "kill", &[]),
};
