//! The columns of the portal's Excel file, by position.

macro_rules! columns {
    ($( $name:ident $letter:literal $header:literal; )+) => {
        /// A column of the sheet of guests.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[expect(missing_docs, reason = "each is its header")]
        pub enum Column {
            $( $name, )+
        }

        impl Column {
            /// Every column, from A.
            pub const ALL: &'static [Self] = &[$(Self::$name,)+];

            /// Its letter.
            pub const fn letter(self) -> &'static str {
                match self { $(Self::$name => $letter,)+ }
            }

            /// What stands above it.
            pub const fn header(self) -> &'static str {
                match self { $(Self::$name => $header,)+ }
            }
        }
    };
}

columns! {
    Number "A" "STT";
    FullName "B" "HỌ TÊN *";
    Birth "C" "NGÀY SINH *";
    Sex "D" "GIỚI TÍNH *";
    Nationality "E" "QUỐC TỊCH *";
    DocumentKind "F" "LOẠI GIẤY TỜ *";
    DocumentName "G" "TÊN GIẤY TỜ";
    DocumentNumber "H" "SỐ GIẤY TỜ *";
    Telephone "I" "SỐ ĐIỆN THOẠI";
    Residence "J" "NƠI CƯ TRÚ HIỆN NAY";
    Province "K" "TỈNH/THÀNH PHỐ";
    Commune "L" "PHƯỜNG/XÃ/ĐẶC KHU";
    Address "M" "ĐỊA CHỈ CHI TIẾT";
    Arrival "N" "NGÀY ĐẾN *";
    Departure "O" "NGÀY ĐI DỰ KIẾN *";
    Room "P" "SỐ PHÒNG/KHOA";
    Reason "Q" "LÝ DO CƯ TRÚ *";
    ReasonText "R" "NHẬP LÝ DO";
    Note "S" "GHI CHÚ";
}

impl Column {
    /// The column at a place, from 0.
    pub fn at(place: usize) -> Option<Self> {
        Self::ALL.get(place).copied()
    }
}

/// The sheet of guests.
pub const GUESTS: &str = "DS_KHACH_VIET_NAM_LUU_TRU";
/// The sheet of provinces.
pub const PROVINCES: &str = "TINH_THANH";
/// The sheet of communes.
pub const COMMUNES: &str = "PHUONG_XA";
/// The sheet of the other lists.
pub const LISTS: &str = "DANH_MUC";

/// What the fourth row begins with. The portal skips that row by its place.
pub const EXAMPLE: &str = "[EXAMPLE]";

/// The row of headers, from 1.
pub const HEADER_ROW: u32 = 3;

/// The first row of guests, from 1.
pub const FIRST_ROW: u32 = 5;

/// The nationality of everybody in the file.
pub const VIETNAM: &str = "VNM - Viet Nam";
/// A man's sex.
pub const MALE: &str = "M - Nam";
/// A woman's sex.
pub const FEMALE: &str = "F - Nữ";
