//! The codes a personal identification number begins with: 63 provinces as they were, and the countries of births abroad.
//!
//! Source: Circular 07/2016/TT-BCA, annexes I (provinces) and II (countries), kept by Circular 59/2021/TT-BCA article 4. The codes
//! outlive the mergers of 2025: a number never changes because a province did. What births registered after 1 July 2025 get is
//! not published; a code that is not here is a warning, never a refusal.

/// What a registration code stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Enum))]
#[serde(rename_all = "lowercase")]
pub enum BirthPlaceKind {
    /// One of the 63 provinces before 1 July 2025.
    Province,
    /// A country: born abroad.
    Country,
}

/// Where a birth was registered.
#[derive(Debug, Clone, PartialEq, Eq, Hash, serde::Serialize)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct BirthPlace {
    /// A province or a country.
    pub kind: BirthPlaceKind,
    /// The province by its name of then, or the country by its code of ISO 3166-1 alpha-2.
    pub name: String,
}

/// The place of a registration code of three digits; `None` when no annex lists it.
#[must_use]
pub fn birth_place(code: &str) -> Option<BirthPlace> {
    let (kind, name) = listed(code)?;
    Some(BirthPlace {
        kind,
        name: name.to_owned(),
    })
}

/// The row of a registration code.
pub(super) fn listed(code: &str) -> Option<(BirthPlaceKind, &'static str)> {
    let number = crate::payload::number(code).filter(|_| code.len() == 3)?;
    if let Some(index) = number.checked_sub(FIRST_COUNTRY) {
        let country = COUNTRIES.get(index as usize)?; // below 1,000
        return Some((BirthPlaceKind::Country, country));
    }
    let found = PROVINCES.binary_search_by_key(&number, |(code, _)| u32::from(*code));
    let (_, name) = PROVINCES.get(found.ok()?)?;
    Some((BirthPlaceKind::Province, name))
}

/// Provinces by code, ascending.
const PROVINCES: [(u8, &str); 63] = [
    (1, "Hà Nội"),
    (2, "Hà Giang"),
    (4, "Cao Bằng"),
    (6, "Bắc Kạn"),
    (8, "Tuyên Quang"),
    (10, "Lào Cai"),
    (11, "Điện Biên"),
    (12, "Lai Châu"),
    (14, "Sơn La"),
    (15, "Yên Bái"),
    (17, "Hòa Bình"),
    (19, "Thái Nguyên"),
    (20, "Lạng Sơn"),
    (22, "Quảng Ninh"),
    (24, "Bắc Giang"),
    (25, "Phú Thọ"),
    (26, "Vĩnh Phúc"),
    (27, "Bắc Ninh"),
    (30, "Hải Dương"),
    (31, "Hải Phòng"),
    (33, "Hưng Yên"),
    (34, "Thái Bình"),
    (35, "Hà Nam"),
    (36, "Nam Định"),
    (37, "Ninh Bình"),
    (38, "Thanh Hóa"),
    (40, "Nghệ An"),
    (42, "Hà Tĩnh"),
    (44, "Quảng Bình"),
    (45, "Quảng Trị"),
    (46, "Thừa Thiên Huế"),
    (48, "Đà Nẵng"),
    (49, "Quảng Nam"),
    (51, "Quảng Ngãi"),
    (52, "Bình Định"),
    (54, "Phú Yên"),
    (56, "Khánh Hòa"),
    (58, "Ninh Thuận"),
    (60, "Bình Thuận"),
    (62, "Kon Tum"),
    (64, "Gia Lai"),
    (66, "Đắk Lắk"),
    (67, "Đắk Nông"),
    (68, "Lâm Đồng"),
    (70, "Bình Phước"),
    (72, "Tây Ninh"),
    (74, "Bình Dương"),
    (75, "Đồng Nai"),
    (77, "Bà Rịa - Vũng Tàu"),
    (79, "Hồ Chí Minh"),
    (80, "Long An"),
    (82, "Tiền Giang"),
    (83, "Bến Tre"),
    (84, "Trà Vinh"),
    (86, "Vĩnh Long"),
    (87, "Đồng Tháp"),
    (89, "An Giang"),
    (91, "Kiên Giang"),
    (92, "Cần Thơ"),
    (93, "Hậu Giang"),
    (94, "Sóc Trăng"),
    (95, "Bạc Liêu"),
    (96, "Cà Mau"),
];

/// The first country code.
const FIRST_COUNTRY: u32 = 101;

/// Countries in the order of their codes from 101 on. The annex lists Azerbaijan and Croatia twice, under two names each.
#[rustfmt::skip]
const COUNTRIES: [&str; 195] = [
    "AF", "EG", "AL", "DZ", "AD", "AO", "GB", "AG", "AT", "SA", "AR", "AM", "AZ", "AZ", "IN", "BS", "BH", "PL", "BD", "BB",
    "BY", "BZ", "BJ", "BT", "BE", "BO", "BA", "BW", "PT", "CI", "BR", "BN", "BG", "BF", "BI", "CV", "AE", "CM", "KH", "CA",
    "CL", "CO", "KM", "CG", "CD", "CR", "HR", "HR", "CU", "DJ", "DM", "DO", "DK", "TL", "DE", "EC", "SV", "ER", "EE", "ET",
    "FJ", "GA", "GM", "GH", "GD", "GE", "GT", "GW", "GQ", "GN", "GY", "HT", "NL", "KR", "US", "HN", "HU", "GR", "IS", "ID",
    "IR", "IQ", "IE", "IL", "JM", "JO", "KZ", "KE", "KI", "KW", "CY", "KG", "LA", "LV", "LS", "LB", "LR", "LY", "LI", "LT",
    "LU", "MK", "MG", "MW", "MY", "MV", "ML", "MT", "MA", "MH", "MR", "MU", "MX", "FM", "MD", "MC", "MN", "ME", "MZ", "MM",
    "NA", "SS", "ZA", "NR", "NO", "NP", "NZ", "NI", "NE", "NG", "RU", "JP", "OM", "PK", "PW", "PA", "PG", "PY", "PE", "FR",
    "FI", "PH", "QA", "RO", "RW", "KN", "LC", "VC", "WS", "SM", "ST", "CZ", "SN", "RS", "SC", "SL", "SG", "SK", "SI", "SB",
    "SO", "LK", "SD", "SR", "SZ", "SY", "TJ", "TZ", "ES", "TD", "TH", "TR", "SE", "CH", "TG", "TO", "KP", "TT", "CN", "CF",
    "TN", "TM", "TV", "AU", "UG", "UA", "UY", "UZ", "VU", "VA", "VE", "IT", "YE", "ZM", "ZW",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn provinces_countries_and_gaps() {
        use BirthPlaceKind::{Country, Province};
        for (code, kind, name) in [
            ("001", Province, "Hà Nội"),
            ("046", Province, "Thừa Thiên Huế"),
            ("096", Province, "Cà Mau"),
            ("101", Country, "AF"),
            ("139", Country, "KH"),
            ("175", Country, "US"),
            ("193", Country, "LA"),
            ("295", Country, "ZW"),
        ] {
            let place = birth_place(code).unwrap();
            assert_eq!((place.kind, place.name.as_str()), (kind, name));
        }
        for gap in [
            "000", "003", "097", "100", "296", "999", "46", "0046", "４６0", "",
        ] {
            assert_eq!(birth_place(gap), None, "{gap}");
        }
    }

    #[test]
    fn codes_ascend() {
        assert!(PROVINCES.windows(2).all(|two| two[0].0 < two[1].0));
    }
}
