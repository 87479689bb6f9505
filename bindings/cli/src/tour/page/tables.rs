//! Two tables: where each promised fault hit, and what had to be true with the numbers of both sides.

use std::fmt::Write as _;

use super::super::record::TourRecord;
use super::html::{bilingual, both, clock, escape};

/// Faults and where they hit.
pub(super) fn faults(r: &TourRecord) -> String {
    let mut out = open(
        "Sự cố không trúng vào đâu thì cả chuyến tham quan bị tính là hỏng.",
        "A fault that hits nothing fails the tour.",
        &[
            ("Sự cố", "Fault"),
            ("Số lần", "Hits"),
            ("Trúng vào đâu", "Where"),
        ],
    );
    for f in &r.faults {
        let times: u64 = f.hits.iter().map(|h| h.times).sum();
        let _ = write!(
            out,
            "<tr><th scope=\"row\" class=\"bi\">{}</th><td class=\"n\" data-k=\"Số lần · Hits\"><span class=\"mark {}\">{times}</span></td><td data-k=\"Trúng vào đâu · Where\">",
            both(&f.name),
            if times > 0 { "good" } else { "bad" },
        );
        if f.hits.is_empty() {
            out.push_str(&bilingual("không trúng", "no hit"));
        }
        out.push_str("<ul>");
        for h in &f.hits {
            let times = if h.times > 1 {
                format!(" ×{}", h.times)
            } else {
                String::new()
            };
            let _ = write!(
                out,
                "<li><time>{}</time> {}{times}</li>",
                clock(h.at_ms),
                both(&h.place)
            );
        }
        out.push_str("</ul></td></tr>");
    }
    close(out)
}

/// Invariants with both sides' numbers.
pub(super) fn invariants(r: &TourRecord) -> String {
    let mut out = open(
        "Tính lại từ kho của hai phía sau khi mọi thứ đã yên.",
        "Computed again from both stores after everything came to rest.",
        &[
            ("Điều phải đúng", "What had to be true"),
            ("Điện thoại", "Phones"),
            ("Thành phố", "City"),
            ("Kết quả", "Held"),
        ],
    );
    for i in &r.invariants {
        let held = if i.held {
            "<span class=\"mark good\">✓ đúng · held</span>"
        } else {
            "<span class=\"mark bad\">✕ sai · broken</span>"
        };
        let _ = write!(
            out,
            "<tr><th scope=\"row\" class=\"bi\">{}</th><td class=\"num\" data-k=\"Điện thoại · Phones\">{}</td><td class=\"num\" data-k=\"Thành phố · City\">{}</td><td data-k=\"Kết quả · Held\">{held}</td></tr>",
            both(&i.name),
            escape(&i.phones),
            escape(&i.city),
        );
    }
    close(out)
}

pub(crate) fn open(vi: &str, en: &str, heads: &[(&str, &str)]) -> String {
    let mut out = format!(
        "<div class=\"card\"><table class=\"cards\"><caption class=\"bi\">{}</caption><thead><tr>",
        bilingual(vi, en)
    );
    for (vi, en) in heads {
        let _ = write!(
            out,
            "<th scope=\"col\" class=\"bi\">{}</th>",
            bilingual(vi, en)
        );
    }
    out.push_str("</tr></thead><tbody>");
    out
}

pub(crate) fn close(mut out: String) -> String {
    out.push_str("</tbody></table></div>");
    out
}
