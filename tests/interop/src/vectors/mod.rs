//! Test vectors: questions to [`hues_protocol::conformance::judge`] and the answers every language must give.
//!
//! Invariant: built from seeds; the committed files under `tests/interop/vectors` are compared, and written anew only when the
//! environment says `HUES_WRITE_VECTORS=1`. A case that names the answer it wants is held against it when it is built.

use std::path::PathBuf;

use hues_crypto::hpke::HpkeError;
use hues_protocol::conformance::judge;
use serde_json::{json, Value};

use crate::world::World;

mod acts;
mod basic;
mod city;

/// One file of vectors.
#[derive(Debug, Clone)]
pub struct VectorFile {
    /// Its name without `.json`.
    pub name: &'static str,
    /// What it is about.
    pub about: &'static str,
    /// The cases.
    pub cases: Vec<Value>,
}

/// Where the files lie.
#[must_use]
pub fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("vectors")
}

impl VectorFile {
    /// The file's text: one case a line, so that a change is seen where it is.
    #[must_use]
    pub fn to_text(&self) -> String {
        let cases: Vec<String> = self.cases.iter().map(Value::to_string).collect();
        format!(
            "{{\"about\":{},\n\"cases\":[\n{}\n]}}\n",
            json!(self.about),
            cases.join(",\n")
        )
    }

    fn new(name: &'static str, about: &'static str) -> VectorFile {
        VectorFile {
            name,
            about,
            cases: Vec::new(),
        }
    }

    /// Adds a case whose answer is whatever the implementation says now.
    fn frozen(&mut self, name: &str, what: &str, input: Value) {
        let out = judge(what, &input);
        self.cases
            .push(json!({ "name": name, "what": what, "in": input, "out": out }));
    }

    /// Adds a case with the answer it must have.
    fn wanted(&mut self, name: &str, what: &str, input: Value, out: Value) {
        self.cases
            .push(json!({ "name": name, "what": what, "in": input, "out": out }));
    }
}

/// All files.
///
/// # Errors
/// Never in practice; the disclosure key's type demands it.
pub fn all() -> Result<Vec<VectorFile>, HpkeError> {
    let world = World::new(1)?;
    Ok(vec![
        basic::cbor_file(),
        basic::texts(),
        basic::places(),
        basic::lanes(),
        basic::parts(),
        acts::ops(),
        acts::bundles(&world)?,
        city::signed(&world),
        city::keys(&world),
        city::proofs(&world),
        basic::pages(),
    ])
}

fn hexed(bytes: &[u8]) -> Value {
    json!({ "hex": hex::encode(bytes) })
}
