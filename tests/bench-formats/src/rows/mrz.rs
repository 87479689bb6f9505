//! MRZ: read a machine readable zone of two or three lines, every check digit compared.

use hues_formats::{Date, Mrz, MrzFormat, MrzParts, MrzSex};

use super::{Goal, Peer, Row, PYTHON};
use crate::Step;

/// The row.
pub const ROW: Row = Row {
    name: "mrz",
    what: "read a machine readable zone (TD1, TD2, TD3), century included",
    goal: Goal::PerSecond(1_000_000.0),
    times_faster: 5.0,
    peers: &[Peer {
        name: "mrz",
        program: PYTHON,
    }],
    inputs,
    work,
};

/// Cards and passports of all three sizes.
fn inputs() -> Step<Vec<String>> {
    let mut zones = Vec::new();
    for n in 0..60_u32 {
        let format = [MrzFormat::Td1, MrzFormat::Td2, MrzFormat::Td3][n as usize % 3];
        let birth = Date::from_ymd(1950 + n as i32, n % 12 + 1, n % 28 + 1)?;
        let zone = Mrz::build(&MrzParts {
            format,
            document_code: if format == MrzFormat::Td3 { "P" } else { "ID" },
            issuing_state: "VNM",
            document_number: &format!("{:09}", 1_234_577 * (n + 1)),
            optional_data: "",
            optional_data_2: "",
            birth: Some(birth.into()),
            sex: [MrzSex::Male, MrzSex::Female][n as usize % 2],
            expiry: Some(Date::from_ymd(2030, n % 12 + 1, 15)?),
            nationality: "VNM",
            surname: ["Nguyễn", "Đỗ", "Trần Lê", "Tôn Nữ"][n as usize % 4],
            given_names: "Thị Hương Giang",
        })?;
        zones.push(zone.to_string());
    }
    Ok(zones)
}

fn work(inputs: &[String]) -> u64 {
    let on = Date::from_ymd(2026, 11, 24).ok();
    let read = |text: &String| std::hint::black_box(Mrz::parse(std::hint::black_box(text), on));
    inputs.iter().filter(|text| read(text).is_ok()).count() as u64
}
