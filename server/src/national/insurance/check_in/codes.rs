//! The code lists that the CHECK-IN document uses. Codes are text: `1.2` is not a number.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

macro_rules! codes {
    ($(#[$doc:meta])* $name:ident; $( $code:literal $meaning:literal; )+) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub struct $name(&'static str);

        impl $name {
            /// Every code and what it means, in the list's words.
            pub const ALL: &'static [(&'static str, &'static str)] = &[$(($code, $meaning),)+];

            /// The code, if it is one of the list.
            pub fn parse(code: &str) -> Option<Self> {
                Self::ALL.iter().find(|(known, _)| *known == code).map(|(known, _)| Self(known))
            }

            /// The code.
            pub const fn as_str(self) -> &'static str {
                self.0
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.0)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let code = String::deserialize(deserializer)?;
                Self::parse(&code).ok_or_else(|| D::Error::custom("not a code of its list"))
            }
        }
    };
}

codes! {
    /// `MA_LOAI_KCB`: the kind of care (QĐ 1804/QĐ-BYT 2026).
    CareKind;
    "01" "khám bệnh";
    "02" "điều trị ngoại trú";
    "03" "điều trị nội trú";
    "04" "điều trị nội trú ban ngày";
    "05" "điều trị ngoại trú bệnh dài ngày, có khám bệnh và lĩnh thuốc";
    "06" "điều trị lưu tại phòng khám đa khoa khu vực, trạm y tế";
    "07" "nhận thuốc theo hẹn";
    "08" "điều trị ngoại trú bệnh dài ngày, có dịch vụ kỹ thuật hoặc thuốc";
    "09" "điều trị nội trú dưới 4 giờ";
    "10" "khác";
    "11" "khám bệnh, chữa bệnh lưu động";
    "12" "khám bệnh, chữa bệnh tại nhà";
    "13" "y học gia đình";
    "14" "khám bệnh, chữa bệnh từ xa";
    "15" "khám sức khoẻ định kỳ";
    "16" "khám sàng lọc";
}

codes! {
    /// `MA_DOITUONG_KCB`: on what ground the patient is seen (QĐ 3276/QĐ-BYT 2025). The final code is fixed at the end
    /// of the visit.
    PatientGroup;
    "1.1" "đúng nơi đăng ký khám bệnh, chữa bệnh ban đầu";
    "1.2" "khám bệnh, chữa bệnh tại cơ sở cấp ban đầu";
    "1.3" "có phiếu chuyển cơ sở khám bệnh, chữa bệnh";
    "1.4" "thay đổi nơi lưu trú, tạm trú";
    "1.5" "hẹn khám lại";
    "1.6" "hiến bộ phận cơ thể";
    "1.7" "trẻ sơ sinh";
    "1.11" "tự đến cơ sở cấp ban đầu khác";
    "1.12" "cấp cơ bản theo điểm, nội trú";
    "1.13" "cấp cơ bản theo điểm, nội trú";
    "1.14" "cấp cơ bản theo điểm, nội trú";
    "1.15" "cấp cơ bản theo điểm, nội trú";
    "1.16" "phụ lục II Thông tư 01/2025";
    "1.17" "phụ lục I Thông tư 01/2025";
    "1.18" "cấp chuyên sâu, trước là tuyến tỉnh, ngoại trú";
    "2" "cấp cứu";
    "3.1" "tự đến cấp chuyên sâu";
    "3.2" "tự đến cấp chuyên sâu";
    "3.3" "tự đến cấp chuyên sâu";
    "3.6" "dân tộc thiểu số, hộ nghèo, nội trú cấp chuyên sâu";
    "7" "lĩnh thuốc: dịch bệnh";
    "7.2" "lĩnh thuốc: uỷ quyền";
    "7.3" "lĩnh thuốc: cơ sở khác";
    "7.4" "lĩnh thuốc: chuyển thuốc";
    "8" "thu hồi đề nghị thanh toán";
    "9" "không có bảo hiểm y tế";
    "10" "lĩnh thuốc theo giấy hẹn";
}

impl PatientGroup {
    /// Whether it is an emergency (cấp cứu): no CHECK-IN message is sent for one (QĐ 4750 Điều 2).
    pub fn is_emergency(self) -> bool {
        self.0 == "2"
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn a_code_is_one_of_the_list_and_text() {
        assert_eq!(CareKind::parse("01").map(CareKind::as_str), Some("01"));
        assert_eq!(CareKind::parse("1"), None);
        assert_eq!(CareKind::parse("17"), None);
        assert_eq!(PatientGroup::parse("1.20"), None);
        assert!(PatientGroup::parse("2").unwrap().is_emergency());
        assert!(!PatientGroup::parse("1.2").unwrap().is_emergency());
        for (list, length) in [(CareKind::ALL, 2), (PatientGroup::ALL, 4)] {
            let codes: BTreeSet<_> = list.iter().map(|(code, _)| *code).collect();
            assert_eq!(codes.len(), list.len());
            assert!(codes.iter().all(|code| code.len() <= length));
        }
    }

    /// Typed a second time, from the lists.
    #[test]
    fn the_lists_are_whole() {
        let codes =
            |list: &[(&'static str, &str)]| list.iter().map(|(code, _)| *code).collect::<Vec<_>>().join(" ");
        assert_eq!(codes(CareKind::ALL), "01 02 03 04 05 06 07 08 09 10 11 12 13 14 15 16");
        assert_eq!(
            codes(PatientGroup::ALL),
            "1.1 1.2 1.3 1.4 1.5 1.6 1.7 1.11 1.12 1.13 1.14 1.15 1.16 1.17 1.18 2 3.1 3.2 3.3 3.6 \
             7 7.2 7.3 7.4 8 9 10"
        );
    }

    #[test]
    fn a_kept_code_comes_back_and_no_other() {
        let kept = serde_json::to_string(&PatientGroup::parse("1.12").unwrap()).unwrap();
        assert_eq!(kept, "\"1.12\"");
        assert_eq!(serde_json::from_str::<PatientGroup>(&kept).unwrap().as_str(), "1.12");
        assert!(serde_json::from_str::<PatientGroup>("\"1.99\"").is_err());
    }
}
