//! The tour's page: one HTML file from one [`TourRecord`], styles and drawings inside, no script, no request.
//!
//! Invariant: a pure function of the record; the page shows no number the record does not hold.

pub(crate) mod html;
mod life;
mod phone;
mod proof;
mod summary;
pub(crate) mod tables;
mod track;

use std::fmt::Write as _;

use super::record::TourRecord;
use html::{bilingual, clock, escape, section};

pub(crate) const STYLE: &str = include_str!("style.css");

/// The whole page.
pub fn render(record: &TourRecord) -> String {
    let mut out = String::with_capacity(96 * 1024);
    out.push_str("<!doctype html>\n<html lang=\"vi\"><head><meta charset=\"utf-8\">");
    out.push_str("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">");
    out.push_str("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">");
    out.push_str("<title>28/10/2025 · Hue-S core</title><style>");
    out.push_str(STYLE);
    out.push_str("</style></head><body>");
    out.push_str(&summary::header(record));
    out.push_str("<main>");
    section(
        &mut out,
        "filed",
        "Gửi lúc nào, đến lúc nào, vì sao",
        "What was filed when, and why it took until then",
        &summary::filed(record),
    );
    section(
        &mut out,
        "phones",
        "Ba chiếc điện thoại",
        "Three phones",
        &phone::phones(record),
    );
    section(
        &mut out,
        "reports",
        "Đời của mỗi phản ánh",
        "Each report's life",
        &life::reports(record),
    );
    section(
        &mut out,
        "proof",
        "Bằng chứng đã gửi",
        "The proof of filing",
        &proof::proof(record),
    );
    section(
        &mut out,
        "faults",
        "Sự cố đã hứa, sự cố đã xảy ra",
        "Faults promised, faults that hit",
        &tables::faults(record),
    );
    section(
        &mut out,
        "invariants",
        "Những điều phải đúng",
        "What had to be true",
        &tables::invariants(record),
    );
    out.push_str("</main>");
    footer(&mut out, record);
    out.push_str("</body></html>\n");
    out
}

fn footer(out: &mut String, record: &TourRecord) {
    let _ = write!(
        out,
        "<footer><p class=\"bi\">{}</p><p class=\"num\">{} · <span class=\"id\">hues tour --seed {}</span> · {}</p></footer>",
        bilingual(
            "Dữ liệu thử, người và việc đều do chương trình đặt ra. Số liệu đọc từ kho của điện thoại và của thành phố, không phải từ kịch bản.",
            "Test data: people and events are invented. The figures are read from what the phones and the city store, not from the script.",
        ),
        escape(&record.began),
        record.seed,
        clock(record.duration_ms),
    );
}

#[cfg(test)]
mod tests;
