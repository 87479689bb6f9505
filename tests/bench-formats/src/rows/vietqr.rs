//! VietQR: read a payment code with its check sum, into the typed value.

use hues_formats::emv::{self, Draft};

use super::{Goal, Peer, Row, NODE, PYTHON};
use crate::Step;

/// The row.
pub const ROW: Row = Row {
    name: "vietqr",
    what: "read a VietQR code with its check sum",
    goal: Goal::PerSecond(900_000.0),
    times_faster: 5.0,
    peers: &[
        Peer {
            name: "vietnam-qr-pay",
            program: NODE,
        },
        Peer {
            name: "promptparse",
            program: NODE,
        },
        Peer {
            name: "vietqr-ts",
            program: NODE,
        },
        Peer {
            name: "vietqr-emvco",
            program: PYTHON,
        },
    ],
    inputs,
    work,
};

/// Codes as shops print them: accounts and cards of the larger banks, with and without amount and purpose.
fn inputs() -> Step<Vec<String>> {
    let banks = ["970436", "970415", "970418", "970405", "970407", "970422"];
    let mut codes = Vec::new();
    for n in 0..60_u64 {
        let bin = banks[n as usize % banks.len()];
        let account = format!("{:0width$}", 7_919 * (n + 1), width = 9 + n as usize % 6);
        let mut draft = match n % 5 {
            0 => Draft::card(bin, &format!("970403{:010}", 104_729 * (n + 1))),
            _ => Draft::account(bin, &account),
        };
        if n % 3 != 0 {
            draft = draft.amount(5_000 * (n + 1)).purpose("thanh toan don hang");
        }
        if n % 3 == 2 {
            draft = draft.bill_number(&format!("HD{n:06}"));
        }
        codes.push(draft.build()?.to_string());
    }
    Ok(codes)
}

fn work(inputs: &[String]) -> u64 {
    let read = |text: &String| std::hint::black_box(emv::read(std::hint::black_box(text))).is_ok();
    inputs.iter().filter(|text| read(text)).count() as u64
}
