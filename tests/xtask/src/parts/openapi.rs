//! Part `openapi`: the city answers as its OpenAPI document says.

use super::Part;
use crate::peers::{judge, Peer};

pub const PART: Part = Part {
    name: "openapi",
    about: "the city answers as its OpenAPI document says",
    downloads: true,
    run: |context| judge(context, "openapi", &[Peer::Schemathesis]),
};
