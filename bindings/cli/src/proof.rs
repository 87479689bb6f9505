//! `hues proof verify`: what was filed; not before, not after, the width between; the phone's own claim apart.

use hues_core::{verify_proof, HueError};
use hues_protocol::keys::KeyList;
use hues_vietnam::format_utc;
use serde_json::json;

use crate::args::VerifyArgs;
use crate::exit::{Exit, Failure};
use crate::fetch;
use crate::output::Sink;

/// No proof is larger; more is not even read.
const MAX_PROOF: u64 = 80 * 1024;

/// Verifies; exit 1 when the proof is not good.
///
/// # Errors
/// Files that cannot be read, keys that are none.
pub async fn verify(args: &VerifyArgs, sink: &dyn Sink) -> Result<Exit, Failure> {
    let proof = read(&args.file)?;
    let keys = match args.keys.contains("://") {
        true => {
            let roots = args.ca.as_deref().map(fetch::certificates).transpose()?;
            fetch::get(&args.keys, roots.unwrap_or_default()).await?
        }
        false => std::fs::read(&args.keys).map_err(|e| Failure::io("keys", &e))?,
    };
    if let Some(root) = &args.root {
        pinned(&keys, root)?;
    }
    match verify_proof(&proof, &keys) {
        Ok(v) => {
            sink.result(&json!({
                "ok": true, "kind": v.kind, "report": v.report, "op": v.op, "text": v.text,
                "not_before": v.not_before.map(format_utc), "not_after": format_utc(v.not_after), "width_ms": v.width,
                "claim": {"by": "the phone's own clock", "at": format_utc(v.claimed)},
                "parts": {"stated": v.parts_stated, "shown": v.parts_shown},
            }));
            Ok(Exit::Done)
        }
        Err(HueError::Refused { rule }) => {
            sink.result(&json!({"ok": false, "rule": rule}));
            Ok(Exit::CheckFailed)
        }
        Err(e) => Err(e.into()),
    }
}

fn read(file: &std::path::Path) -> Result<Vec<u8>, Failure> {
    use std::io::Read;
    let mut bytes = Vec::new();
    std::fs::File::open(file)
        .and_then(|f| f.take(MAX_PROOF + 1).read_to_end(&mut bytes))
        .map_err(|e| Failure::io("proof", &e))?;
    Ok(bytes)
}

fn pinned(keys: &[u8], root: &str) -> Result<(), Failure> {
    let root: [u8; 32] = fetch::unhex(root)
        .and_then(|r| r.try_into().ok())
        .ok_or_else(|| Failure::refused("root", "64 hexadecimal digits"))?;
    KeyList::trusted(keys)
        .ok()
        .filter(|list| list.is_signed_by(&root))
        .map(drop)
        .ok_or_else(|| Failure::refused("keys", "the list is not signed by that root"))
}
