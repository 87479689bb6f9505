//! Part `tus`: uploads resume against two tus servers written by others, and the city serves a client written by others.

use super::Part;
use crate::peers::{judge, Peer};

pub const PART: Part = Part {
    name: "tus",
    about: "uploads resume against two tus servers written by others; the city serves a client written by others",
    downloads: true,
    run: |context| {
        judge(context, "tus_client", &[Peer::TusClient])?;
        judge(context, "tus", &[Peer::TusJava, Peer::TusNode])
    },
};
