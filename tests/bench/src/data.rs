//! Invented reports, and the changes a city would send of them. The same seed gives the same city.

use hues_env::{Random, SeededRandom};
use hues_protocol::ids::{Epoch, Subject};
use hues_protocol::page::{Checksum, Page, Row, RowOp, MAX_ROWS};
use hues_protocol::rows::{PublicPlace, PublicReport, REPORT};
use serde_json::Map;

use crate::Step;

/// The epoch of the invented city.
pub const EPOCH: Epoch = Epoch([1; 8]);
/// 28 October 2025 in Huế.
const NOW: i64 = 1_761_638_400_000;

const THINGS: [&str; 12] = [
    "Ổ gà sâu giữa đường",
    "Đèn đường không sáng",
    "Nước ngập quá đầu gối",
    "Cây đổ chắn lối đi",
    "Nắp cống bị mất",
    "Rác chất đống trước cổng trường",
    "Dây điện thòng xuống vỉa hè",
    "Cống thoát nước tắc",
    "Biển báo bị gãy",
    "Loa kéo ồn sau 22 giờ",
    "Vỉa hè bị lấn chiếm",
    "Sạt lở bờ kênh",
];
const STREETS: [&str; 10] = [
    "Lê Lợi",
    "Trần Hưng Đạo",
    "Nguyễn Huệ",
    "Đống Đa",
    "Bà Triệu",
    "Phan Đình Phùng",
    "Chi Lăng",
    "Bạch Đằng",
    "Kim Long",
    "Hùng Vương",
];
const DETAILS: [&str; 10] = [
    "xe máy phải tránh sang làn bên kia",
    "tối qua đã có người ngã",
    "kéo dài khoảng năm mươi mét",
    "trẻ em đi học qua đây mỗi ngày",
    "đã gọi điện nhưng chưa thấy ai đến",
    "mùi hôi bay vào nhà dân",
    "nước vẫn đang lên chậm",
    "gần trạm y tế phường",
    "cạnh chợ, lúc nào cũng đông",
    "mong thành phố xử lý sớm trước mùa mưa",
];
const CATEGORIES: [&str; 4] = [
    "ha_tang.o_ga",
    "ha_tang.den_duong",
    "moi_truong.rac_thai",
    "trat_tu.xay_dung",
];

/// One change, as both sides take it in.
pub struct Op {
    /// Revision.
    pub rev: u64,
    /// The row's id.
    pub id: Subject,
    /// The report as it is now; none: it left the list.
    pub put: Option<Put>,
}

/// A report as it is now.
pub struct Put {
    /// Typed.
    pub report: PublicReport,
    /// As stored: the row's body.
    pub body: String,
}

/// Changes that belong together, oldest first, and what the list comes to after them.
pub struct Delta {
    /// The changes.
    pub ops: Vec<Op>,
    first_page: u64,
    count: u64,
    sum: Checksum,
}

/// The city's published reports.
pub struct World {
    random: SeededRandom,
    live: Vec<(Subject, u64)>,
    rev: u64,
    pages: u64,
    sum: Checksum,
}

impl World {
    /// An empty city.
    pub fn new(seed: u64) -> World {
        World {
            random: SeededRandom::new(seed),
            live: Vec::new(),
            rev: 0,
            pages: 0,
            sum: Checksum::default(),
        }
    }

    /// `rows` new reports.
    pub fn grow(&mut self, rows: usize) -> Delta {
        let ops = (0..rows).map(|_| self.add()).collect();
        self.delta(ops)
    }

    /// A day's changes: of a hundred, 80 new reports, 15 changed ones, 5 that left the list.
    pub fn change(&mut self, ops: usize) -> Delta {
        let ops = (0..ops)
            .map(|_| match self.random.below(100) {
                0..80 => self.add(),
                80..95 => self.alter(),
                _ => self.remove(),
            })
            .collect();
        self.delta(ops)
    }

    fn delta(&mut self, ops: Vec<Op>) -> Delta {
        let first_page = self.pages;
        self.pages += ops.len().div_ceil(MAX_ROWS) as u64;
        Delta {
            ops,
            first_page,
            count: self.live.len() as u64,
            sum: self.sum,
        }
    }

    fn add(&mut self) -> Op {
        let id = Subject(self.random.uuid_v4());
        self.live.push((id, 0));
        self.put(self.live.len() - 1)
    }

    fn alter(&mut self) -> Op {
        let at = self.random.below(self.live.len() as u64) as usize;
        self.put(at)
    }

    fn remove(&mut self) -> Op {
        let at = self.random.below(self.live.len() as u64) as usize;
        let (id, old) = self.live.swap_remove(at);
        self.sum = self.sum.minus(REPORT, &id.to_string(), old);
        self.rev += 1;
        Op {
            rev: self.rev,
            id,
            put: None,
        }
    }

    fn put(&mut self, at: usize) -> Op {
        self.rev += 1;
        let (id, old) = self.live[at];
        let name = id.to_string();
        if old > 0 {
            self.sum = self.sum.minus(REPORT, &name, old);
        }
        self.sum = self.sum.plus(REPORT, &name, self.rev);
        self.live[at].1 = self.rev;
        let report = self.report(id);
        // Serialising invented strings cannot fail; an empty body would show at once in the comparison of both files.
        let body = serde_json::to_value(&report)
            .map(|value| value.to_string())
            .unwrap_or_default();
        Op {
            rev: self.rev,
            id,
            put: Some(Put { report, body }),
        }
    }

    fn report(&mut self, id: Subject) -> PublicReport {
        let answered = self.random.below(3) == 0;
        let details = 1 + self.random.below(3);
        PublicReport {
            id,
            category: self.pick(&CATEGORIES).to_owned(),
            text: self.text(details),
            ward: Some("19789".into()),
            place: Some(PublicPlace {
                lat: 164_600_000 + self.random.below(200) as i64 * 1_000,
                lon: 1_075_800_000 + self.random.below(200) as i64 * 1_000,
                grid_m: 100,
                extra: Map::new(),
            }),
            photos: Vec::new(),
            answer: answered.then(|| format!("Đã xử lý ngày {}.", 1 + self.random.below(28))),
            state: if answered { "answered" } else { "assigned" }.into(),
            published_at: NOW + self.rev as i64,
            extra: Map::new(),
        }
    }

    /// What a person might have written.
    pub fn text(&mut self, details: u64) -> String {
        let mut text = format!(
            "{} {}, số {} đường {}",
            self.pick(&THINGS),
            self.random.below(1_000_000),
            1 + self.random.below(300),
            self.pick(&STREETS)
        );
        for _ in 0..details {
            text.push_str(", ");
            text.push_str(self.pick(&DETAILS));
        }
        text
    }

    fn pick(&mut self, words: &[&'static str]) -> &'static str {
        words[self.random.below(words.len() as u64) as usize]
    }
}

impl Delta {
    /// The pages a city sends of it: the cursor each is asked with, and its bytes.
    pub fn pages(&self) -> Step<Vec<(Option<String>, Vec<u8>)>> {
        let chunks: Vec<&[Op]> = self.ops.chunks(MAX_ROWS).collect();
        let mut pages = Vec::with_capacity(chunks.len());
        for (i, ops) in chunks.iter().enumerate() {
            let number = self.first_page + i as u64;
            let last = i + 1 == chunks.len();
            let page = self.page(number, ops.iter().map(row).collect::<Step<_>>()?, last);
            pages.push((page.from.clone(), serde_json::to_vec(&page)?));
        }
        Ok(pages)
    }

    /// The page that says that nothing came after it.
    pub fn nothing_more(&self) -> Step<(Option<String>, Vec<u8>)> {
        let number = self.first_page + self.ops.len().div_ceil(MAX_ROWS) as u64;
        let mut page = self.page(number, Vec::new(), true);
        page.next = cursor(number).unwrap_or_default();
        Ok((page.from.clone(), serde_json::to_vec(&page)?))
    }

    fn page(&self, number: u64, rows: Vec<Row>, last: bool) -> Page {
        Page {
            scope: "public".into(),
            from: cursor(number),
            next: cursor(number + 1).unwrap_or_default(),
            more: !last,
            epoch: EPOCH,
            watermark: 0,
            rows,
            count: last.then_some(self.count),
            checksum: last.then_some(self.sum),
            extra: Map::new(),
        }
    }
}

fn cursor(page: u64) -> Option<String> {
    (page > 0).then(|| format!("c{page}"))
}

fn row(op: &Op) -> Step<Row> {
    Ok(Row {
        rev: op.rev,
        kind: REPORT.into(),
        id: op.id.to_string(),
        op: match op.put {
            Some(_) => RowOp::Put,
            None => RowOp::Del,
        },
        body: op
            .put
            .as_ref()
            .map(|put| serde_json::to_value(&put.report))
            .transpose()?,
        extra: Map::new(),
    })
}
