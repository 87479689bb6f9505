//! Units of Huế and elsewhere by code and by name.

use super::*;

fn asked(text: &str) -> Result<ReadAddress<'static>, UnitError<'static>> {
    built_in().read_address(text, &hue::QUERY)
}

fn name(text: &str) -> String {
    match asked(text) {
        Ok(found) => found
            .unit
            .current()
            .map_or("split".into(), |u| u.full_name()),
        Err(e) => e.to_string(),
    }
}

#[test]
fn huế_is_whole() {
    let wards = hue::current().filter(|u| u.kind == UnitKind::Ward).count();
    assert_eq!(
        (wards, hue::current().count(), hue::former().count()),
        (21, 40, 133)
    );
    assert!(hue::former().all(|old| old.current().is_some_and(|u| u.province.code == hue::CODE)));
    assert_eq!(hue::by_code("00004"), None);
}

#[test]
fn codes_are_the_official_ones() {
    let name = |code| built_in().by_code(code).map(|u| u.full_name());
    assert_eq!(name("19789").as_deref(), Some("Phường Thuận Hóa"));
    assert_eq!(name("19753").as_deref(), Some("Phường Phú Xuân"));
    assert_eq!(name("20137").as_deref(), Some("Xã Chân Mây - Lăng Cô"));
    assert_eq!(name("00004").as_deref(), Some("Phường Ba Đình"));
    assert_eq!(name("19786"), None);
    assert_eq!(name("06978"), name("06970"));
    assert!(name("06978").is_some());
    let became = |code| {
        let old = built_in().former_by_code(code)?;
        Some((old.full_name(), old.current()?.full_name()))
    };
    assert_eq!(
        became("19786"),
        Some(("Phường Phú Hội".into(), "Phường Thuận Hóa".into()))
    );
    for nonsense in ["", "\u{1f30a}", "1978", "+9789", "19789 "] {
        assert_eq!(built_in().by_code(nonsense), None);
        assert_eq!(built_in().former_by_code(nonsense), None);
    }
}

#[test]
fn codes_of_both_lists() {
    let new = asked("19789").expect("known").unit;
    assert_eq!((new.status, new.former), (UnitStatus::Current, None));
    let old = asked(" 19786 ").expect("known").unit;
    assert_eq!(
        (
            old.status,
            old.current().map(|u| u.name),
            old.former.map(|f| f.name)
        ),
        (UnitStatus::Former, Some("Thuận Hóa"), Some("Phú Hội"))
    );
    assert_eq!(asked("99999"), Err(UnitError::Unknown));
}

#[test]
fn a_split_unit_lists_its_successors() {
    let old = asked("00007").expect("Cống Vị").unit;
    assert_eq!(old.status, UnitStatus::Former);
    assert_eq!(old.current(), None);
    let names: Vec<_> = old.successors.iter().map(|u| u.name).collect();
    assert_eq!(names.len(), 2);
    assert!(
        names.contains(&"Ngọc Hà") && names.contains(&"Giảng Võ"),
        "{names:?}"
    );
}

#[test]
fn names_in_many_spellings() {
    for text in [
        "Phường Phú Hội, Quận Thuận Hóa, Thành phố Huế",
        "p. phú hội, tp huế",
        "PHU HOI",
        "Phú Hội, Thừa Thiên Huế",
        "12 Lê Lợi, phường Phú Hội, TP. Huế, tỉnh Thừa Thiên Huế",
    ] {
        assert_eq!(name(text), "Phường Thuận Hóa", "{text}");
    }
    assert_eq!(name("Chân Mây – Lăng Cô"), "Xã Chân Mây - Lăng Cô");
    assert_eq!(name("phường Thuỷ Xuân"), "Phường Thủy Xuân");
    assert_eq!(name("Thị trấn Lăng Cô, Phú Lộc"), "Xã Chân Mây - Lăng Cô");
    assert_eq!(name("Phường Đúc"), "Phường Thuận Hóa");
    assert_eq!(name("Phường Phường Đúc"), "Phường Thuận Hóa");
    assert_eq!(name("A Lưới 2"), "Xã A Lưới 2");
}

#[test]
fn names_that_moved_need_kind_tone_or_district() {
    assert_eq!(name("Phường Phú Xuân"), "Phường Phú Xuân");
    assert_eq!(name("Xã Phú Xuân"), "Xã Phú Hồ");
    assert_eq!(name("Phú Xuân"), "ambiguous");
    assert_eq!(name("Phú Xuân, huyện Phú Vang, Huế"), "Xã Phú Hồ");
    assert_eq!(name("Thuận Hòa"), "Phường Phú Xuân");
    assert_eq!(name("Thuận Hoá"), "Phường Thuận Hóa");
    assert_eq!(name("phuong thuan hoa"), "ambiguous");
    assert_eq!(name("xã Phú Vinh"), "ambiguous");
    assert_eq!(name("xã Phú Vinh, A Lưới"), "Xã A Lưới 3");
    assert_eq!(name("xã Hương Xuân"), "Xã Nam Đông");
    assert_eq!(name("Hương Xuân, thị xã Hương Trà"), "Phường Kim Trà");
    assert_eq!(name("Thuận Lộc, Phú Xuân, Huế"), "Phường Phú Xuân");
    assert_eq!(name("Hương Xuân, huyện Nam Đông"), "Xã Nam Đông");
}

#[test]
fn the_ambiguous_are_named() {
    let Err(UnitError::Ambiguous(units)) = asked("Phú Xuân") else {
        panic!("ambiguous")
    };
    let codes: Vec<_> = units.iter().map(|u| u.code.as_str().to_owned()).collect();
    assert_eq!(codes, ["19753", "19918"]);
}

#[test]
fn every_unit_is_found_by_its_own_name() {
    let units = built_in();
    for old in units.former_units() {
        let district = old.district.full_name();
        let province = old.district.province.full_name();
        let address = Address {
            ward: &old.full_name(),
            district: Some(&district),
            province: Some(&province),
        };
        let found = units.resolve(&address, &Query::default());
        let codes = |list: Vec<Unit<'_>>| list.iter().map(|u| u.code).collect::<Vec<_>>();
        let expected = codes(old.successors().collect());
        assert_eq!(found.map(|r| codes(r.successors)), Ok(expected), "{old}");
    }
    for new in units.current_units() {
        let province = new.province.full_name();
        let address = Address {
            ward: &new.full_name(),
            district: None,
            province: Some(&province),
        };
        match units.resolve(&address, &Query::default()) {
            Ok(found) => {
                assert_eq!(
                    (found.status, found.current()),
                    (UnitStatus::Current, Some(new))
                );
            }
            Err(UnitError::Ambiguous(all)) => assert!(all.contains(&new), "{new}"),
            Err(UnitError::Unknown) => panic!("{new}"),
        }
    }
}

#[test]
fn elsewhere_is_elsewhere() {
    for text in [
        "",
        "Huế",
        ",,,",
        "Phường",
        "Quận Thuận Hóa, Hà Nội",
        "Phú Hội, Quảng Trị",
        "Phường Phú Hội, Quận Không Có, Huế",
    ] {
        assert_eq!(asked(text).err(), Some(UnitError::Unknown), "{text}");
    }
    assert_eq!(name("xã Phú Hội, Đồng Nai"), "Phường Nhơn Trạch");
    assert_eq!(
        name("Phường Bến Nghé, Quận 1, TP. Hồ Chí Minh"),
        "Phường Sài Gòn"
    );
    let elsewhere = |district, province| {
        let address = Address {
            ward: "Phường Phú Hội",
            district,
            province,
        };
        built_in().resolve(&address, &hue::QUERY).err()
    };
    assert_eq!(elsewhere(None, Some("Đồng Nai")), Some(UnitError::Unknown));
    assert_eq!(
        elsewhere(Some("Nhơn Trạch"), None),
        Some(UnitError::Unknown)
    );
    assert_eq!(elsewhere(None, Some("46")), None);
}

#[test]
fn a_text_without_marks_is_no_name_without_marks() {
    assert_eq!(name("xã An Thanh, tỉnh Hải Dương"), "Xã Chí Minh");
    assert_eq!(name("xa an thanh, thanh pho hai phong"), "ambiguous");
}

#[test]
fn a_paper_of_today_means_a_unit_of_today() {
    let on = |on: Option<&str>| {
        let query = Query {
            on: on.map(|day| day.parse().expect("date")),
            ..hue::QUERY
        };
        let found = built_in().read_address("xã Phú Vinh, Huế", &query);
        found.map(|found| (found.unit.status, found.unit.current().map(|u| u.name)))
    };
    assert!(matches!(on(None), Err(UnitError::Ambiguous(_))));
    assert_eq!(
        on(Some("2026-01-01")),
        Ok((UnitStatus::Current, Some("Phú Vinh")))
    );
    assert_eq!(
        on(Some("2025-01-01")),
        Ok((UnitStatus::Former, Some("A Lưới 3")))
    );
}

#[test]
fn without_a_home_nothing_is_assumed() {
    let strict = |text| built_in().read_address(text, &Query::default());
    assert!(matches!(strict("Phú Hội"), Err(UnitError::Ambiguous(_))));
    assert!(asked("Phú Hội").expect("home").unit.home_assumed);
    assert!(!asked("Phú Hội, Huế").expect("said").unit.home_assumed);
}

#[test]
fn islands_that_had_no_communes() {
    let found = asked("Huyện Lý Sơn, Quảng Ngãi").expect("island").unit;
    assert_eq!(found.status, UnitStatus::Former);
    assert_eq!(
        found.current().map(|u| u.full_name()).as_deref(),
        Some("Đặc khu Lý Sơn")
    );
    assert_eq!(name("Đặc khu Lý Sơn"), "Đặc khu Lý Sơn");
    assert_eq!(name("huyện Côn Đảo, Bà Rịa - Vũng Tàu"), "Đặc khu Côn Đảo");
}
