//! Notices to the reporter, in both languages, signed with the units key.
//!
//! Invariant: a notice is signed once and kept as those bytes; an anonymous reporter gets none (nobody knows where to).

use base64::Engine as _;
use hues_env::Random;
use hues_protocol::city::CitySigned;
use hues_protocol::ids::NoticeId;
use hues_protocol::notice::{Notice, Words};
use hues_protocol::rows::NOTICE;
use serde_json::json;

use super::{Deed, Halt};
use crate::gateway::keys::CityKeys;
use crate::gateway::meta::CityLog;
use crate::gateway::records::Report;
use crate::gateway::{rows, Town};
use crate::storage::{StorageError, Tx};

/// Words of a person are quoted up to this many scalars: a notice fits a lock screen and its signed limit.
const QUOTE: usize = 280;

/// What happened to a report.
pub(super) enum Event<'a> {
    Verified,
    Refused(&'a str),
    Assigned(&'a str),
    Asked(&'a str),
    Answered(&'a str),
    Published,
}

/// Puts a notice about an op's effect into the reporter's inbox.
pub(super) fn send(deed: &mut Deed, report: &Report, event: &Event) -> Result<(), Halt> {
    let said = words(deed.town, report, event);
    Ok(post(
        deed.tx,
        deed.log,
        deed.keys,
        deed.random,
        report,
        deed.at,
        said,
    )?)
}

/// Tells the reporter that the sealed author of the report was opened.
pub(in crate::gateway) fn opened(
    tx: &mut dyn Tx,
    log: &mut CityLog,
    keys: &CityKeys,
    random: &mut dyn Random,
    report: &Report,
    at: i64,
) -> Result<(), StorageError> {
    let title = Words {
        vi: "Danh tính của bạn đã được mở".into(),
        en: "Your sender part was opened".into(),
    };
    let body = Words {
        vi: "Cơ quan giữ khóa đã mở phần người gửi của phản ánh này.".into(),
        en: "The holder of the disclosure key has opened the sender part of this report.".into(),
    };
    post(tx, log, keys, random, report, at, (title, body))
}

fn post(
    tx: &mut dyn Tx,
    log: &mut CityLog,
    keys: &CityKeys,
    random: &mut dyn Random,
    report: &Report,
    at: i64,
    (title, body): (Words, Words),
) -> Result<(), StorageError> {
    let Some(account) = &report.account else {
        return Ok(());
    };
    let id = NoticeId(random.uuid_v4());
    let notice = Notice {
        id,
        subject: Some(report.id),
        time: at,
        title,
        body,
        keys_version: keys.version(),
    };
    let cose = notice.sign(&keys.units).into_bytes();
    let row = json!({"cose": base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(cose)});
    rows::put(
        tx,
        log,
        &format!("inbox:{account}"),
        (NOTICE, &id.to_string()),
        row,
        at,
    )
}

fn words(town: &Town, report: &Report, event: &Event) -> (Words, Words) {
    let category = town.category(&report.category);
    let (about_vi, about_en) = category.map_or(
        (report.category.as_str(), report.category.as_str()),
        |category| (category.name.vi.as_str(), category.name.en.as_str()),
    );
    let due = report.due.as_deref().unwrap_or("");
    let (title, body) = match event {
        Event::Verified => (
            ("Phản ánh đã được xác minh", "Your report was verified"),
            (
                "Bộ phận tiếp nhận đã xác minh phản ánh của bạn.".into(),
                "The intake has verified your report.".into(),
            ),
        ),
        Event::Refused(reason) => (
            ("Phản ánh không được xử lý", "Your report was not accepted"),
            (
                format!("Lý do: {}", quote(reason)),
                format!("Reason: {}", quote(reason)),
            ),
        ),
        Event::Assigned(unit) => {
            let unit = town.config.units.iter().find(|u| u.code == *unit);
            let (vi, en) = unit.map_or(("", ""), |unit| {
                (unit.name.vi.as_str(), unit.name.en.as_str())
            });
            (
                ("Phản ánh đã được chuyển xử lý", "Your report has a handler"),
                (
                    format!("Đơn vị xử lý: {vi}. Hạn trả lời: {due}."),
                    format!("Handled by: {en}. Answer due: {due}."),
                ),
            )
        }
        Event::Asked(question) => (
            ("Cần bổ sung thông tin", "More information is needed"),
            (
                format!("{} (trước {due})", quote(question)),
                format!("{} (by {due})", quote(question)),
            ),
        ),
        Event::Answered(text) => (
            ("Đã có kết quả xử lý", "Your report was answered"),
            (quote(text), quote(text)),
        ),
        Event::Published => (
            ("Phản ánh đã được công khai", "Your report is public"),
            (
                "Nội dung công khai không có tên và vị trí chính xác của bạn.".into(),
                "What is public holds neither your name nor the exact place.".into(),
            ),
        ),
    };
    (
        Words {
            vi: format!("{}: {about_vi}", title.0),
            en: format!("{}: {about_en}", title.1),
        },
        Words {
            vi: body.0,
            en: body.1,
        },
    )
}

fn quote(text: &str) -> String {
    match text.char_indices().nth(QUOTE) {
        None => text.to_owned(),
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default().trim_end()),
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_quote_is_cut_between_scalars() {
        let long = "đường ngập ".repeat(100);
        let quoted = super::quote(&long);
        assert!(quoted.ends_with('…') && quoted.chars().count() <= super::QUOTE + 1);
        assert_eq!(super::quote("ngắn"), "ngắn");
    }
}
