//! What happens on the tour's day: who says what, and at which moments the phone dies. The seed decides.
//!
//! Invariant: every person, text and place is invented; the same seed gives the same script.

use std::path::{Path, PathBuf};

use hues_env::{Random, SeededRandom};
use hues_media::testkit::{generate, Extras};

use crate::exit::Failure;

/// The city's morning.
pub const MORNING: &str = "2025-10-28T06:30:00+07:00";
/// Where the phone's clock stands after its battery was empty.
pub const WRONG_CLOCK: &str = "2010-01-01T07:00:00+07:00";

/// A report to be filed.
#[derive(Debug, Clone)]
pub struct Filing {
    /// Category code.
    pub category: &'static str,
    /// What she writes.
    pub text: String,
    /// `LAT,LON,ACCURACY_M`.
    pub at: String,
    /// Answers to the category's questions.
    pub answers: &'static [&'static str],
    /// Photo files.
    pub photos: Vec<PathBuf>,
    /// The unit that will handle it.
    pub unit: &'static str,
    /// What the unit will answer.
    pub reply: &'static str,
}

/// The whole day.
#[derive(Debug, Clone)]
pub struct Script {
    /// Filed while all was well, to be rated in the dark.
    pub before: Filing,
    /// Filed without signal.
    pub dark: Vec<Filing>,
    /// Which of them dies between BEGIN and COMMIT.
    pub killed_filing: usize,
    /// In which chunk of which photo the phone dies.
    pub killed_chunk: u64,
    /// How long the phone lives on its last per cent, milliseconds.
    pub last_breath_ms: u64,
    /// Stars for the answer.
    pub stars: u8,
}

impl Script {
    /// The script of a seed; its photos are made and written into `folder`.
    pub fn write(seed: u64, folder: &Path) -> Result<Script, Failure> {
        let mut random = SeededRandom::new(seed);
        std::fs::create_dir_all(folder).map_err(|e| Failure::io("photos", &e))?;
        let streets = [
            "Nguyễn Sinh Cung",
            "Bà Triệu",
            "Chi Lăng",
            "Đặng Thái Thân",
            "Phan Đình Phùng",
        ];
        let street = |random: &mut SeededRandom| streets[random.below(5) as usize];
        let depth = 40 + random.below(60);
        let (first, second, third) = (
            street(&mut random),
            street(&mut random),
            street(&mut random),
        );
        let mut number = 0;
        let mut photos = |random: &mut SeededRandom, n: usize| -> Result<Vec<PathBuf>, Failure> {
            (0..n)
                .map(|_| {
                    number += 1;
                    let file = folder.join(format!("{number}.jpg"));
                    let bytes = generate(
                        random.next_u64(),
                        1280,
                        960,
                        &Extras {
                            quality: 82,
                            ..Extras::default()
                        },
                    );
                    std::fs::write(&file, bytes).map_err(|e| Failure::io("photo", &e))?;
                    Ok(file)
                })
                .collect()
        };
        let dark = vec![
            Filing {
                category: "ha_tang.ngap_lut",
                text: format!("Nước lên nhanh ở đường {first}, đã ngập {depth} cm, có hai cụ già chưa ra được."),
                at: place(&mut random),
                answers: &["do_sau=that_lung", "dang_len=yes"],
                photos: photos(&mut random, 3)?,
                unit: "nong_nghiep_moi_truong",
                reply: "Đội xung kích phường đã đưa hai cụ đến điểm sơ tán lúc trời còn sáng.",
            },
            Filing {
                category: "ha_tang.cay_do",
                text: format!("Cây xà cừ bật gốc chắn ngang đường {second}, xe cứu thương không qua được."),
                at: place(&mut random),
                answers: &["chan_duong=yes", "co_nguoi_bi_thuong=no"],
                photos: photos(&mut random, 2)?,
                unit: "cay_xanh",
                reply: "Cây đã được cắt và dọn, đường thông một làn.",
            },
            Filing {
                category: "ha_tang.nap_cong",
                text: format!("Nắp cống trước trường ở đường {third} bị nước cuốn mất, nước đục không thấy hố."),
                at: place(&mut random),
                answers: &["chan_duong=no"],
                photos: photos(&mut random, 2)?,
                unit: "ha_tang_do_thi",
                reply: "Đã rào chắn hố và thay nắp mới.",
            },
        ];
        Ok(Script {
            before: Filing {
                category: "ha_tang.den_duong",
                text: "Đèn đường trước ngõ 12 tắt ba đêm nay.".into(),
                at: place(&mut random),
                answers: &[],
                photos: Vec::new(),
                unit: "ha_tang_do_thi",
                reply: "Đã thay bóng đèn.",
            },
            killed_filing: random.below(dark.len() as u64) as usize,
            killed_chunk: 2 + random.below(3),
            last_breath_ms: 700 + random.below(900),
            stars: 3 + random.below(3) as u8,
            dark,
        })
    }
}

/// Somewhere in the old town, as a phone measures it.
fn place(random: &mut SeededRandom) -> String {
    let metre = |random: &mut SeededRandom| random.below(9_000) as f64 / 1e6;
    let (lat, lon) = (16.4630 + metre(random), 107.5800 + metre(random));
    format!("{lat:.6},{lon:.6},{}", 6 + random.below(20))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_decides_everything() {
        let dir = tempfile::tempdir().unwrap();
        let a = Script::write(7, &dir.path().join("a")).unwrap();
        let b = Script::write(7, &dir.path().join("b")).unwrap();
        let photos: usize = a.dark.iter().map(|f| f.photos.len()).sum();
        assert_eq!(photos, 7);
        assert_eq!(a.dark.len(), 3);
        let told = |s: &Script| {
            let texts: Vec<_> = s
                .dark
                .iter()
                .map(|f| (f.text.clone(), f.at.clone()))
                .collect();
            (texts, s.killed_filing, s.killed_chunk, s.stars)
        };
        assert_eq!(told(&a), told(&b));
        let bytes = |s: &Script| std::fs::read(&s.dark[0].photos[0]).unwrap();
        assert_eq!(bytes(&a), bytes(&b));
    }
}
