//! The page of a run: one HTML file, styles inside, no script, no request.
//!
//! Invariant: a pure function of what was played; it wears the clothes of the tour's page.

use std::fmt::Write as _;

use hues_lab::flood::audit::Invariant;
use hues_lab::flood::coverage::{impossible, EVENTS, STATES};
use hues_lab::flood::scenario::Kind;
use hues_lab::flood::{percentile, Coverage, Played, Series, Sum};

use super::run::total;
use super::words;
use crate::tour::page::html::{bilingual, bytes, escape, section, span};
use crate::tour::page::tables::{close, open};
use crate::tour::page::STYLE;

const OWN: &str = ".grid td,.grid th{padding:.25rem .4rem;font-size:.78rem;text-align:right}.grid tbody th{text-align:left;white-space:nowrap}\
.grid td.never{background:var(--bad-bg);color:var(--bad);font-weight:700}.grid td.cannot{color:var(--soft)}\
.barcell{min-width:8rem}.barcell i{display:block;height:.7rem;border-radius:.2rem;background:var(--hue)}";

/// The whole page.
pub fn render(series: &Series, played: &Played) -> String {
    let total = total(played);
    let mut out = String::with_capacity(64 * 1024);
    out.push_str("<!doctype html>\n<html lang=\"vi\"><head><meta charset=\"utf-8\">");
    out.push_str("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">");
    out.push_str("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">");
    out.push_str("<title>Phòng thử lũ · The flood laboratory</title><style>");
    out.push_str(STYLE);
    out.push_str(OWN);
    out.push_str("</style></head><body>");
    header(&mut out, &total, played);
    out.push_str("<main>");
    let scenarios = scenarios(series, played);
    section(
        &mut out,
        "scenarios",
        "Các kịch bản",
        "The scenarios",
        &scenarios,
    );
    section(
        &mut out,
        "delivery",
        "Bao lâu thì đến nơi",
        "Time to delivery",
        &delivery(series, played),
    );
    section(
        &mut out,
        "phones",
        "Mỗi máy tốn bao nhiêu",
        "What a phone spends",
        &phones(series, played),
    );
    section(
        &mut out,
        "faults",
        "Sự cố theo loại",
        "Faults by kind",
        &faults(&total),
    );
    section(
        &mut out,
        "promises",
        "Những điều đã hứa",
        "The promises",
        &promises(played),
    );
    section(
        &mut out,
        "coverage",
        "Máy trạng thái đã gặp gì",
        "What the step machine met",
        &coverage(&total.coverage),
    );
    out.push_str("</main>");
    let _ = writeln!(
        out,
        "<footer><p class=\"bi\">{}</p><p class=\"num\">hues lab run --floods {} --seed {} · {}</p></footer></body></html>",
        bilingual(
            "Người và việc đều do chương trình đặt ra; mã chạy thật, chỉ có đồng hồ, mạng, đĩa và cái chết là mô phỏng.",
            "People and acts are invented; the code is the real one, only clock, network, disk and death are simulated.",
        ),
        series.floods,
        series.first,
        span(played.took.as_millis() as u64),
    );
    out
}

fn header(out: &mut String, total: &Sum, played: &Played) {
    out.push_str(
        "<header><fieldset class=\"lang\"><legend>Ngôn ngữ · Language</legend>\
         <input type=\"radio\" name=\"lang\" id=\"two\" checked><label for=\"two\">Việt + English</label>\
         <input type=\"radio\" name=\"lang\" id=\"only-vi\"><label for=\"only-vi\" lang=\"vi\">Tiếng Việt</label>\
         <input type=\"radio\" name=\"lang\" id=\"only-en\"><label for=\"only-en\" lang=\"en\">English</label></fieldset>",
    );
    let (class, headline) = match &played.broken {
        None => (
            "good",
            bilingual(
                "Không mất gì. Không gửi trùng.",
                "Nothing was lost. Nothing was sent twice.",
            ),
        ),
        Some((_, broken)) => {
            let (vi, en) = words::promise(broken.invariant);
            let (vi, en) = (format!("Hỏng: {vi}"), format!("Broken: {en}"));
            ("bad", bilingual(&vi, &en))
        }
    };
    let _ = write!(
        out,
        "<div class=\"verdict {class}\"><p class=\"kicker\">{}</p><h1>{headline}</h1></div><dl class=\"figures\">",
        bilingual("Phòng thử lũ", "The flood laboratory"),
    );
    let hits: u64 = total.hits.values().sum();
    for (n, vi, en) in [
        (total.floods, "trận lũ", "floods"),
        (
            total.acts,
            "việc người dân và cán bộ làm",
            "acts of citizens and officers",
        ),
        (total.photos, "ảnh", "photos"),
        (hits, "lần sự cố trúng", "times a fault hit"),
    ] {
        let _ = write!(
            out,
            "<div><dd class=\"num\">{}</dd><dt class=\"bi\">{}</dt></div>",
            grouped(n),
            bilingual(vi, en)
        );
    }
    out.push_str("</dl>");
    if let Some((i, broken)) = &played.broken {
        let _ = write!(
            out,
            "<p class=\"id\">seed {} · scenario {} · {}</p>",
            broken.seed,
            i + 1,
            escape(&broken.what)
        );
    }
    out.push_str("</header>");
}

fn scenarios(series: &Series, played: &Played) -> String {
    let mut out = open(
        "Một trận lũ chỉ được tính khi đủ việc, đủ ảnh và mọi sự cố của kịch bản đều đã trúng.",
        "A flood counts only with enough acts and photos, and when every fault of its scenario has hit.",
        &[
            ("Kịch bản", "Scenario"),
            ("Trận lũ", "Floods"),
            ("Việc", "Acts"),
            ("Ảnh", "Photos"),
            ("Lượt trao đổi", "Exchanges"),
            ("Mới hơn bản sao cũ", "Newer than an old copy"),
        ],
    );
    for (scenario, sum) in series.scenarios.iter().zip(&played.sums) {
        let _ = write!(
            out,
            "<tr><th scope=\"row\"><span class=\"id\">{}</span><span class=\"bi\">{}</span></th>",
            escape(&scenario.name),
            bilingual(&scenario.vi, &scenario.en)
        );
        for (n, head) in [
            (sum.floods, "Trận lũ · Floods"),
            (sum.acts, "Việc · Acts"),
            (sum.photos, "Ảnh · Photos"),
            (sum.exchanges, "Lượt trao đổi · Exchanges"),
            (
                sum.copied_over,
                "Mới hơn bản sao cũ · Newer than an old copy",
            ),
        ] {
            let _ = write!(out, "<td class=\"n\" data-k=\"{head}\">{}</td>", grouped(n));
        }
        out.push_str("</tr>");
    }
    close(out)
}

fn delivery(series: &Series, played: &Played) -> String {
    let mut out = open(
        "Từ lúc máy báo đã lưu đến lúc thành phố ghi nhận, kể cả những ngày mất sóng.",
        "From the moment the phone said saved to the city's commit, days without signal included.",
        &[
            ("Kịch bản", "Scenario"),
            ("Một nửa trong", "Half within"),
            ("95 % trong", "95 % within"),
            ("Chậm nhất", "Slowest"),
            ("Yên rồi, cạn sau", "Calm to empty, at most"),
        ],
    );
    for (scenario, sum) in series.scenarios.iter().zip(&played.sums) {
        let _ = write!(
            out,
            "<tr><th scope=\"row\" class=\"id\">{}</th>",
            escape(&scenario.name)
        );
        for (ms, head) in [
            (percentile(&sum.delays, 50), "Một nửa trong · Half within"),
            (percentile(&sum.delays, 95), "95 % trong · 95 % within"),
            (percentile(&sum.delays, 100), "Chậm nhất · Slowest"),
            (
                percentile(&sum.settled, 100),
                "Yên rồi, cạn sau · Calm to empty, at most",
            ),
        ] {
            let _ = write!(out, "<td class=\"n\" data-k=\"{head}\">{}</td>", long(ms));
        }
        out.push_str("</tr>");
    }
    close(out)
}

fn phones(series: &Series, played: &Played) -> String {
    let mut out = open(
        "Mỗi máy, cả trận lũ; không tính TLS.",
        "Each phone, the whole flood; TLS not counted.",
        &[
            ("Kịch bản", "Scenario"),
            ("Gửi lên, một nửa dưới", "Up, half below"),
            ("Tải về, một nửa dưới", "Down, half below"),
            ("Tự thức dậy, một nửa dưới", "Wake-ups, half below"),
            ("Đĩa đầy nhất", "Fullest disk"),
        ],
    );
    for (scenario, sum) in series.scenarios.iter().zip(&played.sums) {
        let of = |f: fn(&hues_lab::flood::Counts) -> u64| -> Vec<u64> {
            sum.phones.iter().map(f).collect()
        };
        let _ = write!(
            out,
            "<tr><th scope=\"row\" class=\"id\">{}</th><td class=\"n\" data-k=\"Gửi lên · Up\">{}</td><td class=\"n\" data-k=\"Tải về · Down\">{}</td>\
             <td class=\"n\" data-k=\"Tự thức dậy · Wake-ups\">{}</td><td class=\"n\" data-k=\"Đĩa · Disk\">{}</td></tr>",
            escape(&scenario.name),
            bytes(percentile(&of(|p| p.bytes.0), 50)),
            bytes(percentile(&of(|p| p.bytes.1), 50)),
            grouped(percentile(&of(|p| p.wakes), 50)),
            bytes(sum.disk),
        );
    }
    close(out)
}

fn faults(total: &Sum) -> String {
    let most = total.hits.values().max().copied().unwrap_or(1).max(1) as f64;
    let mut out = open(
        "Đếm nơi trúng, không phải nơi dự tính.",
        "Counted where they hit, not where they were planned.",
        &[("Sự cố", "Fault"), ("Số lần", "Hits"), ("", "")],
    );
    for (kind, name) in Kind::ALL {
        let n = total.hits.get(name).copied().unwrap_or(0);
        let (vi, en) = words::fault(kind);
        // By powers: a restored city is rare, a lost answer is not, and both should be seen.
        let wide = if n == 0 {
            0.0
        } else {
            100.0 * (n as f64 + 1.0).ln() / (most + 1.0).ln()
        };
        let _ = write!(
            out,
            "<tr><th scope=\"row\" class=\"bi\">{}</th><td class=\"n\" data-k=\"Số lần · Hits\">{}</td><td class=\"barcell\" aria-hidden=\"true\"><i style=\"width:{wide:.1}%\"></i></td></tr>",
            bilingual(vi, en),
            grouped(n),
        );
    }
    close(out)
}

fn promises(played: &Played) -> String {
    let mut out = open(
        "Tính từ kho của máy và của thành phố.",
        "Computed from what the phones and the city store.",
        &[("Điều đã hứa", "Promise"), ("Kết quả", "Result")],
    );
    for (invariant, name) in Invariant::ALL {
        let broken = played
            .broken
            .as_ref()
            .is_some_and(|(_, b)| b.invariant == invariant);
        let (class, vi, en) = match broken {
            true => ("bad", "hỏng", "broken"),
            false => ("good", "giữ được", "held"),
        };
        let (p_vi, p_en) = words::promise(invariant);
        let _ = write!(
            out,
            "<tr><th scope=\"row\"><span class=\"bi\">{}</span><span class=\"id\">{name}</span></th><td data-k=\"Kết quả · Result\"><span class=\"mark {class}\">{}</span></td></tr>",
            bilingual(p_vi, p_en),
            bilingual(vi, en),
        );
    }
    close(out)
}

fn coverage(met: &Coverage) -> String {
    let (possible, never) = met.never();
    let mut out = format!(
        "<p class=\"bi\">{}</p><div class=\"card scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Máy trạng thái · step machine\"><table class=\"grid\"><thead><tr><th scope=\"col\"></th>",
        bilingual(
            &format!("{} trên {possible} cặp trạng thái × sự kiện có thể gặp nhau đã gặp.", possible - never.len()),
            &format!("{} of {possible} pairs of state and event that can meet have met.", possible - never.len()),
        )
    );
    for state in STATES {
        let _ = write!(out, "<th scope=\"col\">{state}</th>");
    }
    out.push_str("</tr></thead><tbody>");
    for event in EVENTS {
        let _ = write!(out, "<tr><th scope=\"row\">{event}</th>");
        for state in STATES {
            let n = met.of(state, event);
            let _ = match (n, impossible(state, event)) {
                (0, Some(why)) => write!(out, "<td class=\"cannot\" title=\"{why}\">–</td>"),
                (0, None) => write!(out, "<td class=\"never\">0</td>"),
                _ => write!(out, "<td>{}</td>", grouped(n)),
            };
        }
        out.push_str("</tr>");
    }
    out.push_str("</tbody></table></div>");
    out
}

/// `12.345`: thousands apart, as in Vietnamese.
fn grouped(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::new();
    for (i, c) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push('.');
        }
        out.push(c);
    }
    out
}

fn long(ms: u64) -> String {
    match ms / 60_000 {
        0..=119 => span(ms),
        minutes => format!("{} h {:02} min", minutes / 60, minutes % 60),
    }
}
