//! A timeline per phone: troubles as bands, acts and kills as marks, and below them what waited in the outbox.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::super::record::{Band, BandKind, EventKind, Phone, TourRecord};
use super::html::{bilingual, both, bytes, clock, escape, span};
use super::track::{class, glyph, Scale};

/// All phones, with one legend.
pub(super) fn phones(r: &TourRecord) -> String {
    let scale = Scale {
        whole_ms: r.duration_ms,
    };
    let mut out = legend();
    for p in &r.phones {
        phone(&mut out, p, scale);
    }
    out
}

fn legend() -> String {
    let mut out = String::from("<ul class=\"legend\">");
    for (kind, vi, en) in [
        (EventKind::Act, "người dùng làm", "a person acts"),
        (EventKind::Arrived, "thành phố đã nhận", "the city has it"),
        (EventKind::Received, "máy nhận tin", "news arrives"),
        (
            EventKind::Killed,
            "tiến trình bị SIGKILL",
            "killed by SIGKILL",
        ),
        (EventKind::Booted, "máy chạy lại", "starts again"),
    ] {
        let _ = write!(
            out,
            "<li><span class=\"pin {}\" aria-hidden=\"true\">{}</span><span>{}</span></li>",
            class(kind),
            glyph(kind),
            bilingual(vi, en)
        );
    }
    out.push_str("</ul>");
    out
}

fn phone(out: &mut String, p: &Phone, scale: Scale) {
    let _ = write!(
        out,
        "<article class=\"card\" aria-labelledby=\"p-{0}\"><div class=\"head\"><h3 id=\"p-{0}\">{1}</h3><p>{2}</p><p>{3} {4}</p></div><div class=\"tracks\">",
        escape(&p.key),
        escape(&p.name),
        both(&p.role),
        bilingual("Mạng", "Carrier"),
        escape(&p.carrier),
    );
    let (pins, height) = scale.pins(&p.events);
    let _ = write!(
        out,
        "<div class=\"row\"><div>{}</div><div class=\"strip pins\" aria-hidden=\"true\" style=\"height:{height}rem\">{}{pins}</div></div>",
        bilingual("Việc xảy ra", "What happens"),
        scale.kills(&p.events),
    );
    bands(out, p, scale);
    outbox(out, p, scale);
    out.push_str(&scale.ticks());
    out.push_str("</div>");
    moments(out, p);
    out.push_str("</article>");
}

fn bands(out: &mut String, p: &Phone, scale: Scale) {
    let mut by_kind: BTreeMap<BandKind, Vec<&Band>> = BTreeMap::new();
    for b in &p.bands {
        by_kind.entry(b.kind).or_default().push(b);
    }
    for (kind, spans) in by_kind {
        let (slug, vi, en) = band_words(kind);
        let mut inner = String::new();
        for b in &spans {
            let _ = write!(
                inner,
                "<span class=\"band {slug}\" style=\"{}\"></span>",
                scale.span(b.from_ms, b.to_ms)
            );
        }
        inner.push_str(&scale.kills(&p.events));
        let total = spans
            .iter()
            .map(|b| b.to_ms.saturating_sub(b.from_ms))
            .sum();
        let label = format!(
            "{} <span class=\"num\">({})</span>",
            bilingual(vi, en),
            span(total)
        );
        out.push_str(&scale.row(&label, "", &inner));
    }
}

fn band_words(kind: BandKind) -> (&'static str, &'static str, &'static str) {
    match kind {
        BandKind::Outage => ("outage", "Mất sóng", "No signal"),
        BandKind::Battery => ("battery", "Hết pin, máy tắt", "Battery empty"),
        BandKind::Clock => ("clock", "Đồng hồ máy sai", "Clock wrong"),
        BandKind::Slow => ("slow", "Mạng 2 KB/s", "2 KB/s"),
        BandKind::Portal => ("portal", "Cổng Wi-Fi chặn", "Captive portal"),
        BandKind::Cut => ("cut", "Kết nối bị cắt", "Connections cut"),
        BandKind::ErrorAfter => ("error-after", "Lỗi 500 sau khi ghi", "500 after commit"),
        BandKind::Duplicate => ("duplicate", "Gói đến hai lần", "Delivered twice"),
    }
}

fn outbox(out: &mut String, p: &Phone, scale: Scale) {
    let most_ops = p.samples.iter().map(|s| s.ops).max().unwrap_or(0);
    let most_bytes = p.samples.iter().map(|s| s.bytes).max().unwrap_or(0);
    if most_ops == 0 {
        return;
    }
    let last = p.samples.last().map_or((0, 0), |s| (s.ops, s.bytes));
    let label = format!(
        "{} <span class=\"num\">(≤ {most_ops}, → {})</span>",
        bilingual(
            "Việc còn chờ gửi, nhiều nhất → cuối",
            "Acts waiting, most → end"
        ),
        last.0
    );
    let inner = scale.steps(&p.samples, |s| s.ops) + &scale.kills(&p.events);
    out.push_str(&scale.row(&label, "tall", &inner));
    if most_bytes > 0 {
        let label = format!(
            "{} <span class=\"num\">(≤ {}, → {})</span>",
            bilingual(
                "Dung lượng còn chờ, nhiều nhất → cuối",
                "Bytes waiting, most → end"
            ),
            bytes(most_bytes),
            bytes(last.1)
        );
        let inner = scale.steps(&p.samples, |s| s.bytes) + &scale.kills(&p.events);
        out.push_str(&scale.row(&label, "tall", &inner));
    }
}

/// `1 moment`, `2 moments`.
fn counted(n: usize, what: &str) -> String {
    format!("{n} {what}{}", if n == 1 { "" } else { "s" })
}

fn moments(out: &mut String, p: &Phone) {
    let _ = write!(
        out,
        "<details><summary>{}</summary><ol class=\"moments\">",
        bilingual(
            &format!("Đọc bằng chữ: {} lúc", p.events.len()),
            &format!("In words: {}", counted(p.events.len(), "moment"))
        )
    );
    for e in &p.events {
        let _ = write!(
            out,
            "<li><time>{}</time><span class=\"bi\">{}</span></li>",
            clock(e.at_ms),
            both(&e.words)
        );
    }
    out.push_str("</ol></details>");
}
