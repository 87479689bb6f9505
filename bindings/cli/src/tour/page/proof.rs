//! The proof: an interval that signed objects support, and apart from it what the phone's own clock claimed.

use std::fmt::Write as _;

use super::super::record::TourRecord;
use super::html::{bilingual, escape, span};

/// The section's body.
pub(super) fn proof(r: &TourRecord) -> String {
    let Some(p) = &r.proof else {
        return format!(
            "<p class=\"mark bad\">{}</p>",
            bilingual(
                "Không có bằng chứng nào được kiểm tra.",
                "No proof was checked."
            )
        );
    };
    let mut out = String::from("<div class=\"card\"><div class=\"bi\"><p>");
    out.push_str(&bilingual(
        "Một tiến trình khác, không dùng chung gì với điện thoại, kiểm tra tệp bằng chứng chỉ với danh sách khóa của thành phố.",
        "A separate process that shares nothing with the phone checked the proof file against the city's key list alone.",
    ));
    let verdict = if p.good {
        "<span class=\"mark good\">✓ hợp lệ · valid</span>"
    } else {
        "<span class=\"mark bad\">✕ bị từ chối · refused</span>"
    };
    let _ = write!(
        out,
        "</p></div><p>{verdict} <span class=\"id\">{}</span></p><dl class=\"interval\">",
        escape(&p.what)
    );
    let none = bilingual("không có cận dưới", "no lower bound");
    let not_before = p.not_before.as_deref().map_or(none, escape);
    let width = p.width_ms.map_or_else(|| "–".to_owned(), span);
    let _ = write!(
        out,
        "<div><dt class=\"bi\">{}</dt><dd>{not_before}</dd></div>\
         <div class=\"bar\"><dt>{}</dt><dd>{width}</dd></div>\
         <div class=\"end\"><dt class=\"bi\">{}</dt><dd>{}</dd></div></dl>",
        bilingual("Không trước (mốc giờ có ký)", "Not before (signed beacon)"),
        bilingual("độ rộng", "width"),
        bilingual("Không sau (biên nhận có ký)", "Not after (signed receipt)"),
        escape(&p.not_after),
    );
    if let Some(claim) = &p.claim {
        let _ = write!(
            out,
            "<div class=\"claim bi\"><p>{}</p><p><strong class=\"num\">{}</strong></p></div>",
            bilingual(
                "Đồng hồ của máy thì nói thế này. Đây chỉ là lời của máy, không phải bằng chứng:",
                "The phone's own clock says this. It is a claim, not evidence:",
            ),
            escape(claim)
        );
    }
    extras(&mut out, p.compact_bytes, p.flipped.as_deref());
    out.push_str("</div>");
    out
}

fn extras(out: &mut String, compact: Option<u64>, flipped: Option<&str>) {
    if let Some(n) = compact {
        let _ = write!(
            out,
            "<p class=\"bi\">{}</p>",
            bilingual(
                &format!("Dạng gọn, không có nội dung: {n} byte, vừa một mã QR."),
                &format!("Compact form, without the text: {n} bytes, fits a QR code.")
            )
        );
    }
    if let Some(rule) = flipped {
        let _ = write!(
            out,
            "<p class=\"bi\">{}</p>",
            bilingual(
                &format!("Đổi một bit trong tệp thì bị từ chối: {rule}."),
                &format!("With one bit turned it is refused: {rule}.")
            )
        );
    }
}
