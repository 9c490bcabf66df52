//! Provinces: the codes in personal numbers, and the provinces of today.

/// The provinces and centrally governed cities before 2025-07-01, by the code with which a personal number begins
/// (NĐ 137/2015/NĐ-CP Đ13; TT 59/2021/TT-BCA Đ4). Numbers that were given stay as they are.
pub const BY_NUMBER: [(u16, &str); 63] = [
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
    (77, "Bà Rịa–Vũng Tàu"),
    (79, "Thành phố Hồ Chí Minh"),
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

/// The 34 provinces and centrally governed cities since 2025-07-01 (NQ 202/2025/QH15), by their code in addresses
/// (QĐ 19/2025/QĐ-TTg, two digits). There is no district between province and commune any more.
pub const TODAY: [(u8, &str); 34] = [
    (1, "Hà Nội"),
    (4, "Cao Bằng"),
    (8, "Tuyên Quang"),
    (11, "Điện Biên"),
    (12, "Lai Châu"),
    (14, "Sơn La"),
    (15, "Lào Cai"),
    (19, "Thái Nguyên"),
    (20, "Lạng Sơn"),
    (22, "Quảng Ninh"),
    (24, "Bắc Ninh"),
    (25, "Phú Thọ"),
    (31, "Hải Phòng"),
    (33, "Hưng Yên"),
    (37, "Ninh Bình"),
    (38, "Thanh Hóa"),
    (40, "Nghệ An"),
    (42, "Hà Tĩnh"),
    (44, "Quảng Trị"),
    (46, "Huế"),
    (48, "Đà Nẵng"),
    (51, "Quảng Ngãi"),
    (52, "Gia Lai"),
    (56, "Khánh Hòa"),
    (66, "Đắk Lắk"),
    (68, "Lâm Đồng"),
    (75, "Đồng Nai"),
    (79, "Thành phố Hồ Chí Minh"),
    (80, "Tây Ninh"),
    (82, "Đồng Tháp"),
    (86, "Vĩnh Long"),
    (91, "An Giang"),
    (92, "Cần Thơ"),
    (96, "Cà Mau"),
];

/// Where a birth was registered, as the first three digits of a personal number say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BirthPlace {
    /// A province of Việt Nam, by the name that it had before 2025-07-01.
    Province(&'static str),
    /// Abroad: from 100 on the codes are those of countries. Their list is not kept here, and any is accepted.
    Abroad,
    /// Neither. What births since the merger of provinces get is not known, so this too is no more than a hint.
    Unlisted,
}

impl BirthPlace {
    /// The place with the three-digit code `code`.
    pub fn of(code: u16) -> Self {
        match BY_NUMBER.iter().find(|(listed, _)| *listed == code) {
            Some((_, name)) => Self::Province(name),
            None if code >= 100 => Self::Abroad,
            None => Self::Unlisted,
        }
    }
}

/// The name of the province of today with the two-digit code `code`.
pub fn today(code: u8) -> Option<&'static str> {
    TODAY.iter().find(|(listed, _)| *listed == code).map(|(_, name)| *name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_ascend_and_stand_once() {
        assert!(BY_NUMBER.is_sorted_by(|a, b| a.0 < b.0));
        assert!(TODAY.is_sorted_by(|a, b| a.0 < b.0));
    }

    #[test]
    fn a_code_is_a_province_a_country_or_neither() {
        assert_eq!(BirthPlace::of(1), BirthPlace::Province("Hà Nội"));
        assert_eq!(BirthPlace::of(96), BirthPlace::Province("Cà Mau"));
        assert_eq!(BirthPlace::of(3), BirthPlace::Unlisted);
        assert_eq!(BirthPlace::of(0), BirthPlace::Unlisted);
        assert_eq!(BirthPlace::of(100), BirthPlace::Abroad);
        assert_eq!(BirthPlace::of(999), BirthPlace::Abroad);
    }

    #[test]
    fn a_merged_province_is_found_by_its_code_of_today_alone() {
        assert_eq!(today(24), Some("Bắc Ninh"));
        assert_eq!(BirthPlace::of(24), BirthPlace::Province("Bắc Giang"));
        assert_eq!(today(27), None);
    }
}
