//! A signed notice to one person's inbox, in Vietnamese and English.
//!
//! Invariant: both languages are there; a notice is shown only when the key list vouches for it.

use ciborium::value::Value;

use crate::cbor::Malformed;
use crate::city::CitySigned;
use crate::fields::{array, blob, or_null, Fields};
use crate::ids::{NoticeId, Subject};
use crate::keys::Role;

/// One text in both languages.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Words {
    /// Vietnamese.
    pub vi: String,
    /// English.
    pub en: String,
}

/// `hues.notice.v1`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// Its name.
    pub id: NoticeId,
    /// The report it is about, if any.
    pub subject: Option<Subject>,
    /// When it was written.
    pub time: i64,
    /// Title.
    pub title: Words,
    /// Body.
    pub body: Words,
    /// Version of the key list.
    pub keys_version: u64,
}

impl CitySigned for Notice {
    const LABEL: &'static str = "hues.notice.v1";
    const ROLE: Role = Role::Units;

    fn from_fields(fields: &Fields) -> Result<Notice, Malformed> {
        Ok(Notice {
            id: NoticeId(fields.array(1)?),
            subject: fields.nullable(2, array)?.map(Subject),
            time: fields.time(3)?,
            title: words(fields.value(4)?)?,
            body: words(fields.value(5)?)?,
            keys_version: fields.uint(6)?,
        })
    }

    fn to_fields(&self) -> Fields {
        Fields::new()
            .with(1, blob(&self.id.0))
            .with(2, or_null(self.subject.map(|s| blob(&s.0))))
            .with(3, self.time)
            .with(4, self.title.to_value())
            .with(5, self.body.to_value())
            .with(6, self.keys_version)
    }

    fn time(&self) -> i64 {
        self.time
    }

    fn keys_version(&self) -> u64 {
        self.keys_version
    }
}

impl Words {
    fn to_value(&self) -> Value {
        Value::Map(vec![
            (Value::from("vi"), Value::from(self.vi.as_str())),
            (Value::from("en"), Value::from(self.en.as_str())),
        ])
    }
}

fn words(value: &Value) -> Result<Words, Malformed> {
    let map = value.as_map().ok_or(Malformed("not a map"))?;
    let get = |lang: &str| {
        map.iter()
            .find(|(key, _)| key.as_text() == Some(lang))
            .and_then(|(_, text)| text.as_text())
            .map(str::to_owned)
            .ok_or(Malformed("language missing"))
    };
    Ok(Words {
        vi: get("vi")?,
        en: get("en")?,
    })
}
