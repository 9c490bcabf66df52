//! The portal's code lists (DANH_MUC of its Excel file; interface v1.4).

macro_rules! codes {
    ($(#[$doc:meta])+ $name:ident; $( $(#[$about:meta])+ $variant:ident $code:literal $vi:literal $en:literal; )+) => {
        $(#[$doc])+
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name {
            $( $(#[$about])+ $variant, )+
        }

        impl $name {
            /// Every one, in the portal's order.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The portal's code.
            pub const fn code(self) -> u8 {
                match self { $(Self::$variant => $code,)+ }
            }

            /// The portal's words.
            pub const fn vietnamese(self) -> &'static str {
                match self { $(Self::$variant => $vi,)+ }
            }

            /// The same in English.
            pub const fn english(self) -> &'static str {
                match self { $(Self::$variant => $en,)+ }
            }

            /// The one with this code.
            pub fn of(code: u8) -> Option<Self> {
                Self::ALL.iter().copied().find(|known| known.code() == code)
            }

            /// `code - label`, as a cell of the Excel file holds it.
            pub fn cell(self) -> String {
                format!("{} - {}", self.code(), self.vietnamese())
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_u8(self.code())
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let code = u8::deserialize(deserializer)?;
                Self::of(code).ok_or_else(|| serde::de::Error::custom("no such code in the portal's list"))
            }
        }
    };
}

codes! {
    /// LOẠI GIẤY TỜ: the document that a guest shows. In JSON its code.
    DocumentKind;
    /// The card of 2021.
    CitizenCard 1 "Thẻ CCCD" "Citizen card (CCCD)";
    /// The old card, until 2024-12-31.
    OldIdentityCard 2 "Thẻ CMND" "Old identity card (CMND)";
    /// Giấy phép lái xe.
    DrivingLicence 3 "Giấy phép lái xe" "Driving licence";
    /// Hộ chiếu.
    Passport 4 "Hộ chiếu" "Passport";
    /// Giấy khai sinh.
    BirthCertificate 5 "Giấy khai sinh" "Birth certificate";
    /// Thẻ BHYT.
    InsuranceCard 6 "Thẻ BHYT" "Health-insurance card";
    /// Thông báo số định danh cá nhân.
    NumberNotice 7 "Thông báo số ĐDCN" "Notice of the personal number";
    /// The card of 2024.
    CanCuoc 8 "Thẻ Căn cước" "Identity card (Căn cước)";
    /// Anything else; it is named.
    Other 9 "Giấy tờ khác" "Other document";
}

codes! {
    /// NƠI CƯ TRÚ HIỆN NAY: what the address is to the guest. In JSON its code.
    ResidenceKind;
    /// Thường trú.
    Permanent 1 "Thường trú" "Permanent residence";
    /// Tạm trú.
    Temporary 2 "Tạm trú" "Temporary residence";
    /// Khác.
    Other 3 "Khác" "Other";
}

codes! {
    /// LÝ DO CƯ TRÚ: why the guest stays. In JSON its code.
    StayReason;
    /// Du lịch.
    Tourism 1 "Du lịch" "Tourism";
    /// Công tác.
    Business 2 "Công tác" "Business trip";
    /// Học tập.
    Study 3 "Học tập" "Study";
    /// Thăm viếng.
    Visit 4 "Thăm viếng" "Visit";
    /// Hội nghị.
    Conference 5 "Hội nghị" "Conference";
    /// Thăm thân.
    Relatives 6 "Thăm thân" "Visiting relatives";
    /// Từ thiện.
    Charity 7 "Từ thiện" "Charity";
    /// Tổ chức quốc tế.
    InternationalOrganisation 8 "Tổ chức quốc tế" "International organisation";
    /// Kết hôn.
    Marriage 9 "Kết hôn" "Marriage";
    /// Lãnh sự quán.
    Consulate 10 "Lãnh sự quán" "Consulate";
    /// Viện trợ.
    Aid 11 "Viện trợ" "Aid";
    /// Đại sứ quán.
    Embassy 12 "Đại sứ quán" "Embassy";
    /// Định cư.
    Settlement 13 "Định cư" "Settlement";
    /// Tiếp thị.
    Marketing 14 "Tiếp thị" "Marketing";
    /// Báo chí.
    Press 15 "Báo chí" "Press";
    /// Thương mại.
    Trade 16 "Thương mại" "Trade";
    /// Gia hạn thị thực.
    VisaExtension 17 "Gia hạn thị thực" "Visa extension";
    /// Chữa bệnh.
    Treatment 18 "Chữa bệnh" "Medical treatment";
    /// Lao động.
    Labour 19 "Lao động" "Work";
    /// Mục đích khác; it is said which.
    Other 20 "Mục đích khác" "Other purpose";
}
