//! The first minute: the verdict, four figures, and for each report when it was filed, when it arrived and why then.

use std::fmt::Write as _;

use super::super::record::{Report, TourRecord};
use super::html::{bilingual, both, clock, escape, span};

/// Language switch, verdict and figures.
pub(super) fn header(r: &TourRecord) -> String {
    let mut out = String::from("<header>");
    out.push_str(
        "<fieldset class=\"lang\"><legend>Ngôn ngữ · Language</legend>\
         <input type=\"radio\" name=\"lang\" id=\"two\" checked><label for=\"two\">Việt + English</label>\
         <input type=\"radio\" name=\"lang\" id=\"only-vi\"><label for=\"only-vi\" lang=\"vi\">Tiếng Việt</label>\
         <input type=\"radio\" name=\"lang\" id=\"only-en\"><label for=\"only-en\" lang=\"en\">English</label></fieldset>",
    );
    let (class, vi, en) = headline(r);
    let _ = write!(
        out,
        "<div class=\"verdict {class}\"><p class=\"kicker\">{}</p><h1>{}</h1><div class=\"bi\"><p>{}</p></div></div>",
        bilingual("Huế, 28/10/2025, nước lên", "Huế, 28 October 2025, the water rises"),
        bilingual(vi, en),
        both(&r.why),
    );
    figures(&mut out, r);
    out.push_str("</header>");
    out
}

fn headline(r: &TourRecord) -> (&'static str, &'static str, &'static str) {
    match (r.held, r.lost, r.double) {
        (true, 0, 0) => (
            "good",
            "Không mất gì. Không gửi trùng.",
            "Nothing was lost. Nothing was sent twice.",
        ),
        (_, 0, 0) => (
            "bad",
            "Không mất gì, nhưng có điều đã hứa không giữ được.",
            "Nothing was lost, but a promise did not hold.",
        ),
        _ => (
            "bad",
            "Có thứ đã mất hoặc gửi trùng.",
            "Something was lost or sent twice.",
        ),
    }
}

fn figures(out: &mut String, r: &TourRecord) {
    let arrived = r.reports.iter().filter(|x| x.words_ms.is_some()).count();
    let photos = r.reports.iter().flat_map(|x| &x.photos);
    let photos_in = photos.filter(|p| p.at_ms.is_some()).count();
    out.push_str("<dl class=\"figures\">");
    let mut figure = |value: String, good: Option<bool>, vi: &str, en: &str| {
        let class = match good {
            Some(true) => " class=\"good\"",
            Some(false) => " class=\"bad\"",
            None => "",
        };
        let _ = write!(
            out,
            "<div><dt class=\"bi\">{}</dt><dd{class}>{value}</dd></div>",
            bilingual(vi, en)
        );
    };
    figure(
        format!("{arrived}/{}", r.filed.reports),
        Some(arrived as u64 == r.filed.reports),
        "phản ánh đã đến",
        "reports arrived",
    );
    figure(
        format!("{photos_in}/{}", r.filed.photos),
        Some(photos_in as u64 == r.filed.photos),
        "ảnh đã đến",
        "photos arrived",
    );
    figure(r.lost.to_string(), Some(r.lost == 0), "bị mất", "lost");
    figure(
        r.double.to_string(),
        Some(r.double == 0),
        "gửi trùng",
        "sent twice",
    );
    let hit = r.faults.iter().filter(|f| !f.hits.is_empty()).count();
    figure(
        format!("{hit}/{}", r.faults.len()),
        Some(hit == r.faults.len()),
        "sự cố đã hứa và đã xảy ra",
        "promised faults hit",
    );
    let longest = r.reports.iter().filter_map(whole_ms).max();
    figure(
        longest.map_or_else(|| "–".into(), span),
        None,
        "lâu nhất từ lúc gửi đến lúc đủ ảnh",
        "longest from filing to the last photo",
    );
    out.push_str("</dl>");
}

/// From filing to the last photo, when all is there.
fn whole_ms(r: &Report) -> Option<u64> {
    let words = r.words_ms?;
    let photos: Option<Vec<u64>> = r.photos.iter().map(|p| p.at_ms).collect();
    let last = photos?.into_iter().max().unwrap_or(words).max(words);
    Some(last.saturating_sub(r.filed_ms))
}

/// The table of reports.
pub(super) fn filed(r: &TourRecord) -> String {
    let mut out = String::from("<div class=\"card\"><table class=\"cards\"><caption class=\"bi\">");
    out.push_str(&bilingual(
        "Phút:giây kể từ lúc bắt đầu chuyến tham quan.",
        "Minutes:seconds since the tour began.",
    ));
    out.push_str("</caption><thead><tr>");
    for (vi, en) in [
        ("Phản ánh", "Report"),
        ("Gửi trên máy", "Filed on the phone"),
        ("Chữ đến nơi", "Words arrived"),
        ("Đủ ảnh", "All photos"),
        ("Vì sao đến lúc đó", "Why it took until then"),
    ] {
        let _ = write!(
            out,
            "<th scope=\"col\" class=\"bi\">{}</th>",
            bilingual(vi, en)
        );
    }
    out.push_str("</tr></thead><tbody>");
    for x in &r.reports {
        row(&mut out, x);
    }
    out.push_str("</tbody></table></div>");
    out
}

fn row(out: &mut String, x: &Report) {
    let moment = |at: Option<u64>| match at {
        Some(at) => format!(
            "{} <span class=\"mark good\">+{}</span>",
            clock(at),
            span(at.saturating_sub(x.filed_ms))
        ),
        None => format!(
            "<span class=\"mark bad\">{}</span>",
            bilingual("chưa đến", "not there")
        ),
    };
    let photos = match (x.photos.len(), whole_ms(x)) {
        (0, _) => "–".to_owned(),
        (n, Some(ms)) => format!("{n}/{n}: {}", moment(Some(x.filed_ms + ms))),
        (n, None) => {
            let there = x.photos.iter().filter(|p| p.at_ms.is_some()).count();
            format!("{there}/{n}")
        }
    };
    let _ = write!(
        out,
        "<tr><th scope=\"row\"><a href=\"#r-{id}\">{}</a><span class=\"quote\" lang=\"vi\">{}</span></th>\
         <td class=\"n\" data-k=\"Gửi trên máy · Filed on the phone\">{}</td><td class=\"n\" data-k=\"Chữ đến nơi · Words arrived\">{}</td>\
         <td class=\"n\" data-k=\"Đủ ảnh · All photos\">{}</td><td class=\"bi\" data-k=\"Vì sao · Why\">{}</td></tr>",
        both(&x.category),
        escape(&x.text),
        clock(x.filed_ms),
        moment(x.words_ms),
        photos,
        both(&x.why),
        id = escape(&x.id),
    );
}
