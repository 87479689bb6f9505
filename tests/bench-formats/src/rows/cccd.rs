//! CCCD: read the QR code of a citizen card.

use hues_formats::CccdQr;

use super::{Goal, Row};
use crate::Step;

/// The row.
pub const ROW: Row = Row {
    name: "cccd",
    what: "read the QR code of a citizen card, its number compared with its fields",
    goal: Goal::PerSecond(1_000_000.0),
    times_faster: 0.0,
    peers: &[],
    inputs,
    work,
};

/// Invented cards, with and without an old number and the tail of 2024.
fn inputs() -> Step<Vec<String>> {
    let names = [
        "Nguyễn Thị Hương Giang",
        "Trần Văn Đức",
        "Lê Ngọc Bảo Châu",
        "Hồ Hữu Phước",
    ];
    let card = |n: usize| {
        let old = if n.is_multiple_of(3) {
            format!("{:09}", 191_000_000 + n)
        } else {
            String::new()
        };
        let tail = if n.is_multiple_of(4) {
            "||Nguyễn Văn Mẫu|Trần Thị Mẫu|"
        } else {
            ""
        };
        let (digit, sex) = if n.is_multiple_of(2) {
            (1, "Nữ")
        } else {
            (0, "Nam")
        };
        format!(
            "046{digit}{:02}{n:06}|{old}|{}|{:02}{:02}19{:02}|{sex}|{} Đường Mẫu, Phường Thuận Hóa, Thành phố Huế|01072021{tail}",
            n % 100,
            names[n % names.len()],
            n % 28 + 1,
            n % 12 + 1,
            n % 100,
            n + 1
        )
    };
    Ok((0..60).map(card).collect())
}

fn work(inputs: &[String]) -> u64 {
    let read = |text: &String| std::hint::black_box(CccdQr::parse(std::hint::black_box(text)));
    inputs.iter().filter(|text| read(text).is_ok()).count() as u64
}
