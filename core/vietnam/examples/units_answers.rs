//! Answers questions after units, a JSON object a line (as `hues inspect unit` reads them), with a JSON object a line. For comparing with libraries written by others:
//! `core/vietnam/data/compare.py`.

use std::io::{BufRead, Write};

use hues_vietnam::units::{built_in, Question};
use serde_json::json;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut out = std::io::stdout().lock();
    for line in std::io::stdin().lock().lines() {
        let question: Question = serde_json::from_str(&line?)?;
        let answer = match built_in().answer(&question) {
            Ok(reply) => json!(reply),
            Err(e) => json!({"error": e.to_string()}),
        };
        writeln!(out, "{answer}")?;
    }
    Ok(())
}
