//! The inventory against the lexicon, spelling in both placements, slips of both input methods.

use super::*;
use proptest::prelude::*;

fn lexicon() -> Option<Vec<[String; 3]>> {
    let path = crate::test_data::shared("language/syllables.csv");
    let Some(text) = path.and_then(|p| std::fs::read_to_string(p).ok()) else {
        println!("skipped: no shared data set with syllables.csv");
        return None;
    };
    let rows = text.lines().skip(1).map(|line| {
        let cells: Vec<&str> = line.split(',').collect();
        [
            cells[0].to_owned(),
            cells[3].to_owned(),
            cells[4].to_owned(),
        ]
    });
    Some(rows.collect())
}

/// What stands in the lexicon and is no Vietnamese syllable: foreign words, parts of names, abbreviations.
#[rustfmt::skip]
const FOREIGN: &[&str] = &[
    "ii", "iii", "gen", "mae", "vii", "viii", "xii", "aoc", "iia", "aa", "byt", "ic", "eu", "iec", "viia", "viet", "aep",
    "aip", "điốp", "xiii", "iuu", "moit", "tain", "caa", "ce",
];

#[test]
fn the_lexicon_is_in_the_inventory() {
    let Some(rows) = lexicon() else { return };
    let unknown: Vec<_> = rows
        .iter()
        .filter(|[word, ..]| Syllable::parse(word).is_none() && !FOREIGN.contains(&word.as_str()))
        .map(|[word, ..]| word.as_str())
        .collect();
    assert!(unknown.is_empty(), "{unknown:?} of {}", rows.len());
}

#[test]
fn syllables_of_the_lexicon_are_written_back() {
    let Some(rows) = lexicon() else { return };
    for [word, ..] in &rows {
        let Some(syllable) = Syllable::parse(word) else {
            continue;
        };
        let composed: String = word.nfc().collect();
        let spellings =
            [TonePlacement::Traditional, TonePlacement::Reformed].map(|p| syllable.written(p));
        assert!(spellings.contains(&composed), "{word}: {spellings:?}");
        for spelling in spellings {
            assert_eq!(Syllable::parse(&spelling), Some(syllable), "{spelling}");
        }
    }
}

#[test]
fn slips_of_the_lexicon_are_read() {
    let Some(rows) = lexicon() else { return };
    let mut wrong = Vec::new();
    for [word, telex, vni] in &rows {
        let Some(syllable) = Syllable::parse(word) else {
            continue;
        };
        for keys in [telex, vni] {
            // What is a syllable as it stands (`boos` is none, `sao` is) is no slip.
            let read = read_slip(keys).map_or(Syllable::parse(keys), |s| Syllable::parse(&s.meant));
            let is_loan = matches!(syllable.rime(), "oong" | "ooc");
            if !is_loan && read != Some(syllable) {
                wrong.push(format!("{keys}: {read:?}, not {word}"));
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "{}: {:?}",
        wrong.len(),
        &wrong[..wrong.len().min(20)]
    );
}

#[test]
fn parts_of_syllables() {
    for (word, onset, rime, tone) in [
        ("Huế", "h", "uê", Tone::Sac),
        ("gì", "gi", "i", Tone::Huyen),
        ("giêng", "gi", "iêng", Tone::Ngang),
        ("già", "gi", "a", Tone::Huyen),
        ("quốc", "qu", "ôc", Tone::Sac),
        ("quý", "qu", "y", Tone::Sac),
        ("NGHIỆP", "ngh", "iêp", Tone::Nang),
        ("yến", "", "yên", Tone::Sac),
        ("ủy", "", "uy", Tone::Hoi),
        ("Uỷ", "", "uy", Tone::Hoi),
        ("khuya", "kh", "uya", Tone::Ngang),
        ("đường", "đ", "ương", Tone::Huyen),
    ] {
        for form in [word.to_owned(), word.nfd().collect()] {
            let s = Syllable::parse(&form).expect(word);
            assert_eq!(
                (s.onset(), s.rime(), s.tone()),
                (onset, rime, tone),
                "{word}"
            );
        }
    }
}

#[test]
fn what_breaks_a_rule_is_no_syllable() {
    for word in [
        "",
        "b",
        "ng",
        "ceo",
        "ka",
        "ngia",
        "ghà",
        "mằt",
        "học̀",
        "bieng",
        "iên",
        "byên",
        "hues",
        "wifi",
        "zalo",
        "áà",
        "a1",
        "é-",
        "nghiêngg",
        "東",
        "q",
        "qu",
        "thuowng",
    ] {
        assert_eq!(Syllable::parse(word), None, "{word}");
    }
    assert_eq!(Syllable::parse(&"a".repeat(10_000)), None);
    assert_eq!(Syllable::parse(&"\u{301}".repeat(20)), None);
}

#[test]
fn tones_go_to_their_place() {
    for (word, traditional, reformed) in [
        ("hoà", "hòa", "hoà"),
        ("khoẻ", "khỏe", "khoẻ"),
        ("thuỷ", "thủy", "thuỷ"),
        ("quý", "quý", "quý"),
        ("hoàng", "hoàng", "hoàng"),
        ("toán", "toán", "toán"),
        ("ngoài", "ngoài", "ngoài"),
        ("mía", "mía", "mía"),
        ("mùa", "mùa", "mùa"),
        ("lửa", "lửa", "lửa"),
        ("được", "được", "được"),
        ("khuỷu", "khuỷu", "khuỷu"),
        ("giặt", "giặt", "giặt"),
        ("gìn", "gìn", "gìn"),
        ("giữa", "giữa", "giữa"),
        ("già", "già", "già"),
        ("huỳnh", "huỳnh", "huỳnh"),
        ("ngoèo", "ngoèo", "ngoèo"),
        ("xoáy", "xoáy", "xoáy"),
    ] {
        let s = Syllable::parse(word).expect(word);
        assert_eq!(s.written(TonePlacement::Traditional), traditional);
        assert_eq!(s.written(TonePlacement::Reformed), reformed);
    }
}

#[test]
fn slips_and_what_is_none() {
    for (keys, meant) in [
        ("hues", "hué"),
        ("Huees", "huế"),
        ("Hue61", "huế"),
        ("hue16", "huế"),
        ("thuaanj", "thuận"),
        ("hoas", "hóa"),
        ("dduwowngf", "đường"),
        ("dduongwf", "đường"),
        ("duongwdf", "đường"),
        ("d9u7o7ng2", "đường"),
        ("duong972", "đường"),
        ("tw", "tư"),
        ("muaw", "mưa"),
        ("thuowr", "thuở"),
        ("quaan", "quân"),
        ("awn", "ăn"),
        ("duongf", "duòng"),
    ] {
        let slip = read_slip(keys).unwrap_or_else(|| panic!("{keys}"));
        assert_eq!(slip.meant, meant, "{keys}");
    }
    for word in [
        "hue", "lan", "H57", "A123", "2026", "email", "report", "Huế", "sos1s", "",
    ] {
        assert_eq!(read_slip(word), None, "{word}");
    }
    assert_eq!(
        fold_slips("Truong hocj o Hue61?").as_deref(),
        Some("truong hoc o hue?")
    );
    assert_eq!(fold_slips("đường Lê Lợi"), None);
    assert_eq!(fold_slips(""), None);
}

#[test]
fn words_without_spaces_are_cut() {
    let cut = |word: &str| {
        segment(word).map(|parts| {
            parts
                .into_iter()
                .map(|r| word[r].to_owned())
                .collect::<Vec<_>>()
        })
    };
    let expect = |parts: &[&str]| Some(parts.iter().map(|p| (*p).to_owned()).collect::<Vec<_>>());
    assert_eq!(cut("thừathiênhuế"), expect(&["thừa", "thiên", "huế"]));
    assert_eq!(cut("ThuaThienHue"), expect(&["Thua", "Thien", "Hue"]));
    assert_eq!(cut("giengquynh"), expect(&["gieng", "quynh"]));
    assert_eq!(cut("đàlạt"), expect(&["đà", "lạt"]));
    assert_eq!(cut("huế"), expect(&["huế"]));
    assert_eq!(cut("facebook"), None);
    assert_eq!(cut("kgb"), None);
    assert_eq!(cut(""), None);
    assert_eq!(cut("\u{301}a"), None);
    assert_eq!(cut(&"la".repeat(100)), None, "beyond the bound");
    let decomposed: String = "phúlộc".nfd().collect();
    assert_eq!(cut(&decomposed).map(|p| p.len()), Some(2));
}

proptest! {
    #[test]
    fn any_text_is_read_or_not(s in any::<String>(), v in "[a-zđăâêôơưáàảãạ1-9\\u{300}\\u{323}]{0,12}") {
        for text in [&s, &v] {
            if let Some(syllable) = Syllable::parse(text) {
                prop_assert_eq!(Syllable::parse(&syllable.to_string()), Some(syllable));
            }
            if let Some(slip) = read_slip(text) {
                prop_assert!(table::is_bare(&crate::fold(&slip.meant)));
            }
            let _ = fold_slips(text);
            if let Some(parts) = segment(text) {
                prop_assert_eq!(parts.iter().map(|r| &text[r.clone()]).collect::<String>(), text.as_str());
            }
        }
    }

    #[test]
    fn every_syllable_written_is_read(onset in 0usize..28, rime in 0usize..300, tone in 0usize..6) {
        let letters = table::nth(onset, rime);
        if let Some(s) = Syllable::of_letters(&letters, Tone::ALL[tone]) {
            for placement in [TonePlacement::Traditional, TonePlacement::Reformed] {
                prop_assert_eq!(Syllable::parse(&s.written(placement)), Some(s));
            }
        }
    }
}
