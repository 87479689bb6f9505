//! Tool chains that cargo does not bring: each sets itself up in the cache, pinned, once.

pub mod bindgen;
pub mod debian;
pub mod deny;
pub mod maven;
pub mod mutants;
pub mod node;
pub mod python;
pub mod swift;

use crate::stop::Stop;

/// A set-up step that failed because nothing could be downloaded is the host's lack, not a finding; anything else stays a failure.
pub fn offline(stop: Stop) -> Stop {
    const SIGNS: &[&str] = &[
        "Temporary failure in name resolution",
        "Temporary failure resolving",
        "Name or service not known",
        "Network is unreachable",
        "Connection refused",
        "Could not resolve",
        "Could not connect",
        "UnknownHostException",
        "Unknown host",
        "EAI_AGAIN",
        "ENOTFOUND",
        "ECONNREFUSED",
        "No route to host",
    ];
    match stop {
        Stop::Failed(reason) => match SIGNS.iter().find(|sign| reason.contains(**sign)) {
            Some(sign) => Stop::impossible(format!(
                "not in the cache and no network to fetch it ({sign})"
            )),
            None => Stop::Failed(reason),
        },
        other => other,
    }
}
