//! Part `photos`: exiftool finds nothing in a picture that left the phone.

use super::Part;
use crate::peers::{judge, Peer};

pub const PART: Part = Part {
    name: "photos",
    about: "exiftool finds nothing in a picture that left the phone",
    downloads: true,
    run: |context| judge(context, "privacy", &[Peer::Exiftool]),
};
