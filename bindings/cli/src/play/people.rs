//! Who plays, and what can be reported. Everybody and everything is invented.

use crate::words::Words;

/// A person with a phone.
pub struct Person {
    /// Stable key.
    pub key: &'static str,
    /// Her test account.
    pub account: &'static str,
    /// Her unit, for an officer.
    pub staff: Option<&'static str>,
    /// Her name.
    pub name: &'static str,
    /// Who that is, vi and en.
    pub role: [&'static str; 2],
    /// Her carrier.
    pub carrier: &'static str,
}

/// The three phones.
pub const PEOPLE: [Person; 3] = [
    Person {
        key: "citizen",
        account: "citizen",
        staff: None,
        name: "Chị Hà",
        role: ["người dân", "citizen"],
        carrier: "viettel",
    },
    Person {
        key: "neighbour",
        account: "neighbour",
        staff: None,
        name: "Anh Lộc",
        role: ["hàng xóm", "neighbour"],
        carrier: "vinaphone",
    },
    Person {
        key: "officer",
        account: "officer",
        staff: Some("ioc"),
        name: "Chị Diệp",
        role: ["cán bộ tiếp nhận", "intake officer"],
        carrier: "mobifone",
    },
];

/// Something that can be reported here.
pub struct Topic {
    /// Category code.
    pub category: &'static str,
    /// The category's name, vi and en.
    pub name: [&'static str; 2],
    /// Answers to its questions.
    pub answers: &'static [&'static str],
    /// Who handles it.
    pub unit: &'static str,
    /// What somebody might write, vi and en.
    pub sample: [&'static str; 2],
    /// What the officer might answer, vi and en.
    pub reply: [&'static str; 2],
}

/// What can be reported.
pub const TOPICS: [Topic; 4] = [
    Topic {
        category: "ha_tang.ngap_lut",
        name: ["Ngập lụt", "Flooding"],
        answers: &["do_sau=that_lung", "dang_len=yes"],
        unit: "nong_nghiep_moi_truong",
        sample: [
            "Nước lên nhanh ở đường Bà Triệu, có hai cụ già chưa ra được.",
            "Water is rising fast in Bà Triệu street, two old people cannot get out.",
        ],
        reply: [
            "Đội xung kích đã đưa hai cụ đến điểm sơ tán.",
            "The rescue team has brought them to the shelter.",
        ],
    },
    Topic {
        category: "ha_tang.cay_do",
        name: ["Cây đổ", "Fallen tree"],
        answers: &["chan_duong=yes", "co_nguoi_bi_thuong=no"],
        unit: "cay_xanh",
        sample: [
            "Cây xà cừ bật gốc chắn ngang đường Chi Lăng.",
            "A big tree lies across Chi Lăng street.",
        ],
        reply: [
            "Cây đã được cắt và dọn.",
            "The tree has been cut and cleared.",
        ],
    },
    Topic {
        category: "ha_tang.nap_cong",
        name: ["Mất nắp cống", "Missing manhole cover"],
        answers: &["chan_duong=no"],
        unit: "ha_tang_do_thi",
        sample: [
            "Nắp cống trước cổng trường bị nước cuốn mất.",
            "The manhole cover at the school gate was washed away.",
        ],
        reply: [
            "Đã rào chắn hố và thay nắp mới.",
            "The hole is fenced and has a new cover.",
        ],
    },
    Topic {
        category: "ha_tang.den_duong",
        name: ["Đèn đường hỏng", "Street light out"],
        answers: &[],
        unit: "ha_tang_do_thi",
        sample: [
            "Đèn đường trước ngõ 12 tắt ba đêm nay.",
            "The street light at lane 12 has been out for three nights.",
        ],
        reply: ["Đã thay bóng đèn.", "The bulb has been replaced."],
    },
];

/// The topic of a category.
#[must_use]
pub fn topic(category: &str) -> Option<&'static Topic> {
    TOPICS.iter().find(|t| t.category == category)
}

/// Both languages of a pair.
#[must_use]
pub fn both(pair: [&'static str; 2]) -> Words {
    Words::new(pair[0], pair[1])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_topic_is_a_category_of_the_city_and_its_unit_exists() {
        let config: serde_json::Value =
            serde_json::from_str(include_str!("../../../../core/protocol/data/config.json"))
                .unwrap();
        let codes = |key: &str| -> Vec<String> {
            let all = config[key].as_array().unwrap();
            all.iter()
                .map(|c| c["code"].as_str().unwrap().to_owned())
                .collect()
        };
        let (categories, units) = (codes("categories"), codes("units"));
        for topic in &TOPICS {
            assert!(
                categories.iter().any(|c| c == topic.category),
                "{}",
                topic.category
            );
            assert!(units.iter().any(|u| u == topic.unit), "{}", topic.unit);
        }
    }
}
