//! The core's records as the JSON of the contract (`docs/cli.md`): times in RFC 3339, nothing else changed.

use hues_core::feedback::{
    Bilingual, Category, Draft, InboxNotice, Report, ReportSummary, Submitted, Warning,
};
use hues_core::outbox::OutboxItem;
use hues_vietnam::format_local;
use serde_json::{json, Value};

pub(super) fn both(b: &Bilingual) -> Value {
    json!({"vi": b.vi, "en": b.en})
}

pub(super) fn submitted(s: &Submitted) -> Value {
    json!({"id": s.id, "state": s.state, "op": s.op})
}

pub(super) fn category(c: &Category) -> Value {
    let questions: Vec<Value> = c
        .questions
        .iter()
        .map(|q| {
            let options: Vec<Value> = q
                .options
                .iter()
                .map(|o| json!({"code": o.code, "name": both(&o.name)}))
                .collect();
            json!({"code": q.code, "label": both(&q.label), "kind": kebab(&format!("{:?}", q.kind)),
                   "required": q.required, "options": options})
        })
        .collect();
    let notice = c
        .notice
        .as_ref()
        .map(|n| json!({"text": both(&n.text), "phones": n.phones}));
    json!({"code": c.code, "parent": c.parent, "name": both(&c.name), "group": c.group, "urgent": c.urgent,
           "answer_days": c.answer_days, "notice": notice, "questions": questions})
}

pub(super) fn draft(d: &Draft) -> Value {
    let photos: Vec<Value> = d
        .photos
        .iter()
        .map(
            |p| json!({"sha256": p.sha256, "bytes": p.bytes, "width": p.width, "height": p.height}),
        )
        .collect();
    let problems: Vec<Value> = d
        .problems
        .iter()
        .map(|p| json!({"field": p.field, "rule": p.rule}))
        .collect();
    let warnings: Vec<String> = d.warnings.iter().map(warning).collect();
    json!({"id": d.id, "state": "draft", "edits": d.edits, "category": d.input.category, "text": d.input.text, "ward": d.input.ward,
           "place": d.input.place, "place_words": d.input.place_words, "answers": d.input.answers,
           "author": d.input.author, "photos": photos, "saved_at": format_local(d.saved_at),
           "problems": problems, "warnings": warnings})
}

fn warning(w: &Warning) -> String {
    kebab(&format!("{w:?}"))
}

/// `NoPlace` → `no-place`: the words of enums without a name of their own.
pub(super) fn kebab(camel: &str) -> String {
    let mut out = String::new();
    for (i, c) in camel.chars().enumerate() {
        if c.is_ascii_uppercase() && i > 0 {
            out.push('-');
        }
        out.push(c.to_ascii_lowercase());
    }
    out
}

pub(super) fn summary(s: &ReportSummary) -> Value {
    json!({"id": s.id, "state": s.state, "category": s.category, "text": s.text, "ward": s.ward,
           "photos": s.photo_count, "filed_at": format_local(s.filed_at), "due": s.due, "pending": s.pending})
}

pub(super) fn report(r: &Report) -> Value {
    let timeline: Vec<Value> = r
        .timeline
        .iter()
        .map(|t| json!({"at": format_local(t.at), "state": t.state, "by": t.by, "text": t.text}))
        .collect();
    let answer = r
        .answer
        .as_ref()
        .map(|a| json!({"text": a.text, "at": format_local(a.at), "photos": a.photos}));
    json!({"id": r.id, "state": r.state, "status_raw": r.status_raw, "category": r.category, "text": r.text,
           "ward": r.ward, "place": r.place, "place_grid_m": r.place_grid_m, "place_words": r.place_words,
           "answers": r.answers, "photos": r.photos, "timeline": timeline, "unit": r.unit, "due": r.due, "ask": r.ask,
           "answer": answer, "rating": r.rating, "published": r.published, "sender": r.sender, "pending": r.pending,
           "filed_at": format_local(r.filed_at), "proof": r.proof})
}

pub(super) fn outbox(i: &OutboxItem) -> Value {
    json!({"op": i.op, "lane": i.lane, "kind": i.kind, "report": i.report, "state": i.state, "tries": i.tries,
           "next_try": i.next_try.map(format_local), "error": i.error, "behind": i.behind, "editable": i.editable,
           "relinked": i.relinked, "photos_open": i.photos_open})
}

pub(super) fn notice(n: &InboxNotice) -> Value {
    json!({"id": n.id, "report": n.report, "at": format_local(n.at), "title": both(&n.title), "body": both(&n.body)})
}

#[cfg(test)]
mod tests {
    #[test]
    fn names_of_enums_read_like_the_rest() {
        assert_eq!(super::kebab("PhotoElsewhere"), "photo-elsewhere");
    }
}
