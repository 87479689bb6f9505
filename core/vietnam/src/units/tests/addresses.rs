//! Addresses as people type them.

use super::*;
use proptest::prelude::*;

fn read(text: &str) -> (String, String) {
    match built_in().read_address(text, &hue::QUERY) {
        Ok(found) => {
            let unit = found
                .unit
                .current()
                .map_or("split".into(), |u| u.to_string());
            (unit, found.rest)
        }
        Err(e) => (e.to_string(), String::new()),
    }
}

#[test]
fn what_people_type() {
    for (text, unit, rest) in [
        (
            "12/3 Lê Lợi, p Phú Hội, TP Huế",
            "Phường Thuận Hóa, Thành phố Huế",
            "12/3 Lê Lợi",
        ),
        (
            "số nhà 12 kiệt 34 Bùi Thị Xuân, P.Phường Đúc, Tp.Huế",
            "Phường Thuận Hóa, Thành phố Huế",
            "số nhà 12 kiệt 34 Bùi Thị Xuân",
        ),
        (
            "12 le loi p phu hoi tp hue",
            "Phường Thuận Hóa, Thành phố Huế",
            "12 le loi",
        ),
        (
            "12 le loi phu hoi hue",
            "Phường Thuận Hóa, Thành phố Huế",
            "12 le loi",
        ),
        (
            "TP Huế, phường Phú Hội, 12 Lê Lợi",
            "Phường Thuận Hóa, Thành phố Huế",
            "12 Lê Lợi",
        ),
        (
            "phường Phú Hội - thành phố Huế - tỉnh Thừa Thiên Huế",
            "Phường Thuận Hóa, Thành phố Huế",
            "",
        ),
        (
            "Thôn 3, x. Phú Xuân, h. Phú Vang, TT Huế",
            "Xã Phú Hồ, Thành phố Huế",
            "Thôn 3",
        ),
        (
            "xa phu xuan huyen phu vang hue",
            "Xã Phú Hồ, Thành phố Huế",
            "",
        ),
        (
            "tt Lăng Cô, h Phú Lộc, t Thừa Thiên Huế",
            "Xã Chân Mây - Lăng Cô, Thành phố Huế",
            "",
        ),
        (
            "tổ 5, Phường Thuận Hóa, Thành phố Huế, Việt Nam",
            "Phường Thuận Hóa, Thành phố Huế",
            "tổ 5",
        ),
        (
            "Thuỷ Vân, tx Hương Thuỷ, Thừa Thiên Huế 530000",
            "unknown-code",
            "",
        ),
        (
            "45 Nguyễn Huệ, P.Bến Thành, Q1, TP.HCM",
            "Phường Bến Thành, Thành phố Hồ Chí Minh",
            "45 Nguyễn Huệ",
        ),
        (
            "xã Ea H'leo, huyện Ea H'leo, Đắk Lắk",
            "Xã Ea H'Leo, Tỉnh Đắk Lắk",
            "",
        ),
    ] {
        assert_eq!(read(text), (unit.into(), rest.into()), "{text}");
    }
}

proptest! {
    #[test]
    fn any_text_has_an_answer(text in any::<String>(), typed in "[ ,;a-zạêđ.0-9-]{0,60}") {
        for text in [&text, &typed] {
            if let Ok(found) = built_in().read_address(text, &hue::QUERY) {
                prop_assert!(!found.unit.successors.is_empty());
            }
        }
    }
}
