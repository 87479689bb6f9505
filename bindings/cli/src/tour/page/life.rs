//! Each report's life: on the phone only, words with the city, everything with the city, and the states after that.

use std::fmt::Write as _;

use super::super::record::{Report, TourRecord};
use super::html::{bilingual, both, bytes, clock, escape};
use super::track::Scale;

/// All reports, with one legend.
pub(super) fn reports(r: &TourRecord) -> String {
    let scale = Scale {
        whole_ms: r.duration_ms,
    };
    let mut out = String::from("<ul class=\"legend\">");
    for (class, vi, en) in [
        (
            "phone",
            "chỉ ở trên máy, mã hóa",
            "on the phone only, encrypted",
        ),
        ("words", "thành phố có chữ", "the city has the words"),
        (
            "whole",
            "thành phố có đủ chữ và ảnh",
            "the city has words and photos",
        ),
    ] {
        let _ = write!(
            out,
            "<li><span class=\"seg swatch {class}\" aria-hidden=\"true\"></span><span>{}</span></li>",
            bilingual(vi, en)
        );
    }
    out.push_str("</ul>");
    for x in &r.reports {
        report(&mut out, x, scale);
    }
    out
}

fn report(out: &mut String, x: &Report, scale: Scale) {
    let id = escape(&x.id);
    let _ = write!(
        out,
        "<article class=\"card life\" id=\"r-{id}\" aria-labelledby=\"r-{id}-h\"><div class=\"head\"><h3 id=\"r-{id}-h\">{}</h3><p class=\"id\">{id}</p></div>\
         <p lang=\"vi\">“{}”</p><p>{}</p><div class=\"tracks\">",
        both(&x.category),
        escape(&x.text),
        both(&x.author),
    );
    let whole = x
        .words_ms
        .filter(|_| x.photos.iter().all(|p| p.at_ms.is_some()))
        .map(|w| x.photos.iter().filter_map(|p| p.at_ms).fold(w, u64::max));
    let end = scale.whole_ms;
    let mut inner = String::new();
    let mut seg = |class: &str, from: u64, to: u64| {
        let _ = write!(
            inner,
            "<span class=\"seg {class}\" style=\"{}\"></span>",
            scale.span(from, to)
        );
    };
    seg("phone", x.filed_ms, x.words_ms.unwrap_or(end));
    if let Some(words) = x.words_ms {
        if whole != Some(words) {
            seg("words", words, whole.unwrap_or(end));
        }
    }
    if let Some(whole) = whole {
        seg("whole", whole, end);
    }
    out.push_str(&scale.row(&bilingual("Nằm ở đâu", "Where it is"), "", &inner));
    out.push_str(&scale.ticks());
    out.push_str("</div><ol class=\"moments\">");
    for (at, words) in moments(x) {
        let _ = write!(
            out,
            "<li><time>{}</time><span>{words}</span></li>",
            clock(at)
        );
    }
    out.push_str("</ol></article>");
}

/// Everything that happened to it, in order, as finished HTML.
fn moments(x: &Report) -> Vec<(u64, String)> {
    let mut all = vec![(
        x.filed_ms,
        bilingual("ghi bền trên máy", "durable on the phone"),
    )];
    if let Some(at) = x.words_ms {
        all.push((at, bilingual("chữ đến thành phố", "words reach the city")));
    }
    for (n, p) in x.photos.iter().enumerate() {
        if let Some(at) = p.at_ms {
            let size = bytes(p.bytes);
            all.push((
                at,
                bilingual(
                    &format!("ảnh {} đủ, {size}", n + 1),
                    &format!("photo {} complete, {size}", n + 1),
                ),
            ));
        }
    }
    for s in &x.states {
        all.push((
            s.at_ms,
            format!("<strong>{}</strong> · {}", both(&s.words), both(&s.by)),
        ));
    }
    all.sort_by_key(|(at, _)| *at);
    all
}
