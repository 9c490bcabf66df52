//! What came of a declaration.

use std::fmt::Write as _;

use thiserror::Error;
use zeroize::{Zeroize, ZeroizeOnDrop};

use crate::national::NationalError;

/// The portal's answer to a batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Delivery {
    /// It says success. That alone does not say how many it took: it says so to an empty list too.
    Taken {
        /// How many were sent.
        sent: usize,
        /// How many it says that it took, where the answer has a count.
        counted: Option<usize>,
    },
    /// It took none of them: a batch with one wrong declaration is refused whole (a stand-in). The others are to be sent
    /// again without it.
    Refused(Refusal),
}

impl Delivery {
    /// Whether the portal's own count is that of what was sent; none where it gave none.
    pub const fn count_agrees(&self) -> Option<bool> {
        match self {
            Self::Taken { sent, counted: Some(counted) } => Some(*sent == *counted),
            Self::Taken { .. } | Self::Refused(_) => None,
        }
    }
}

/// Why there is no answer about a batch.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Undelivered {
    /// The place has no account for software.
    #[error(
        "the place {0} has no account under [national.lodging.accounts]; set one, or let it declare by file"
    )]
    NoAccount(String),
    /// Surely not sent: it can be sent again.
    #[error("not sent: {0}")]
    NotSent(NationalError),
    /// Sent, and no answer, or one that cannot be read: the portal may have taken it.
    #[error("sent, but it is not known whether it was taken: {0}")]
    Unclear(NationalError),
}

/// A refused batch, with what the portal says of its guests.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// What it says of each; a guest may be named more than once, and guests without fault are not.
    pub guests: Vec<GuestRefusal>,
    /// What it says beside that.
    pub other: Vec<PortalWords>,
}

impl Refusal {
    /// What is said of the guest at `index`.
    pub fn of(&self, index: usize) -> impl Iterator<Item = &Reason> {
        self.guests.iter().filter(move |refusal| refusal.index == index).map(|refusal| &refusal.reason)
    }
}

/// One fault of one guest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GuestRefusal {
    /// The guest's place in the batch, from 0.
    pub index: usize,
    /// What is wrong.
    pub reason: Reason,
}

/// Words of the portal that are in no list here. They may name a person: masked in `Debug`, wiped when dropped.
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub struct PortalWords(String);

impl PortalWords {
    /// As many characters of it as a page shows.
    pub(super) fn new(text: &str) -> Self {
        Self(identity::text::cut_line(&identity::text::clean_line(text), 300))
    }

    /// The words, for the owner's page alone.
    pub fn text(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for PortalWords {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PortalWords(masked)")
    }
}

macro_rules! fields {
    ($( $name:ident $wire:literal $vi:literal; )+) => {
        /// A field of a declaration, as the portal names it.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[expect(missing_docs, reason = "each is its own name on the wire")]
        pub enum PortalField {
            $( $name, )+
        }

        impl PortalField {
            /// Every field.
            pub const ALL: &'static [Self] = &[$(Self::$name,)+];

            /// Its name on the wire.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$name => $wire,)+ }
            }

            /// What pages call it.
            pub const fn vietnamese(self) -> &'static str {
                match self { $(Self::$name => $vi,)+ }
            }

            /// The one with this name.
            pub fn named(name: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|field| field.name() == name)
            }
        }
    };
}

fields! {
    HoTen "hoTen" "họ tên";
    GioiTinh "gioiTinh" "giới tính";
    SoDienThoai "soDienThoai" "số điện thoại";
    NgayThangNamSinh "ngayThangNamSinhStr" "ngày sinh";
    LoaiNgayThangNamSinh "loaiNgayThangNamSinh" "độ đầy đủ của ngày sinh";
    GhiChu "ghiChu" "ghi chú";
    NoiCuTru "noiCuTru" "nơi cư trú hiện nay";
    MaTT "maTT" "tỉnh, thành phố";
    MaPX "maPX" "phường, xã, đặc khu";
    DiaChi "diaChi" "địa chỉ chi tiết";
    NgayDen "ngayDenCsltStr" "ngày đến";
    NgayDi "ngayDiDuKienStr" "ngày đi dự kiến";
    SoPhong "soPhong" "số phòng";
    LyDoCuTru "lyDoCuTru" "lý do cư trú";
    LyDoChiTiet "lyDoChiTiet" "lý do chi tiết";
    LoaiGiayTo "loaiGiayTo" "loại giấy tờ";
    SoGiayTo "soGiayTo" "số giấy tờ";
    QuocTich "quocTich" "quốc tịch";
    SoHoChieu "soHoChieu" "số hộ chiếu";
    ThoiHanTamTru "thoiHanTamTruStr" "thời hạn tạm trú";
    Loai "loai" "loại thay đổi";
    ThoiGian "thoiGianStr" "thời gian gia hạn";
}

/// Why the portal refuses a guest (interface v1.4, answers).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reason {
    /// The arrival is neither today nor yesterday: by file or on paper.
    ArrivalWindow,
    /// The departure is before yesterday.
    DepartureBeforeYesterday,
    /// The departure is before the arrival.
    DepartureBeforeArrival,
    /// The document is that of somebody who stays and has not checked out. After an unclear answer this may be the
    /// declaration itself.
    AlreadyStaying,
    /// The stay overlaps another of the same document.
    Overlapping,
    /// `thoiHanTamTru` is over.
    PermitOver,
    /// CCCD, Căn cước, notice of the number: 12 digits.
    TwelveDigits,
    /// CMND: 9 or 12 digits.
    NineOrTwelveDigits,
    /// Driving licence: at most 20 letters and digits.
    LicenceNumber,
    /// Passport: at most 10.
    PassportNumber,
    /// Insurance card: at most 20.
    InsuranceNumber,
    /// Spaces in a number.
    Spaces,
    /// The same document twice in one request.
    Duplicate,
    /// A field is missing.
    Missing(PortalField),
    /// A code that is in none of the portal's lists.
    UnknownCode(PortalField),
    /// A value that is not in its format.
    Format(PortalField),
    /// Nobody with this document stays there: of an extension or a departure.
    NotStaying,
    /// An extension that ends before the stay would have.
    ExtensionTooShort,
    /// Something else, in the portal's words.
    Other(PortalWords),
}

impl Reason {
    /// One of each kind that has no words of its own, with an example of those that name a field.
    pub const KNOWN: [Self; 18] = [
        Self::ArrivalWindow,
        Self::DepartureBeforeYesterday,
        Self::DepartureBeforeArrival,
        Self::AlreadyStaying,
        Self::Overlapping,
        Self::PermitOver,
        Self::TwelveDigits,
        Self::NineOrTwelveDigits,
        Self::LicenceNumber,
        Self::PassportNumber,
        Self::InsuranceNumber,
        Self::Spaces,
        Self::Duplicate,
        Self::Missing(PortalField::SoPhong),
        Self::UnknownCode(PortalField::QuocTich),
        Self::Format(PortalField::NgayDen),
        Self::NotStaying,
        Self::ExtensionTooShort,
    ];

    /// Its stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::ArrivalWindow => "portal_arrival_window",
            Self::DepartureBeforeYesterday => "portal_departure_before_yesterday",
            Self::DepartureBeforeArrival => "portal_departure_before_arrival",
            Self::AlreadyStaying => "portal_already_staying",
            Self::Overlapping => "portal_overlapping",
            Self::PermitOver => "portal_permit_over",
            Self::TwelveDigits => "portal_twelve_digits",
            Self::NineOrTwelveDigits => "portal_nine_or_twelve_digits",
            Self::LicenceNumber => "portal_licence_number",
            Self::PassportNumber => "portal_passport_number",
            Self::InsuranceNumber => "portal_insurance_number",
            Self::Spaces => "portal_spaces",
            Self::Duplicate => "portal_duplicate",
            Self::Missing(_) => "portal_missing",
            Self::UnknownCode(_) => "portal_unknown_code",
            Self::Format(_) => "portal_format",
            Self::NotStaying => "portal_not_staying",
            Self::ExtensionTooShort => "portal_extension_too_short",
            Self::Other(_) => "portal_other",
        }
    }

    /// What the owner's page says: what happened and what to do.
    pub fn vietnamese(&self) -> String {
        match self {
            Self::ArrivalWindow => {
                "ngày đến không phải hôm nay hoặc hôm qua: khai bằng tệp hoặc trên giấy".into()
            }
            Self::DepartureBeforeYesterday => "ngày đi dự kiến trước hôm qua: sửa ngày đi".into(),
            Self::DepartureBeforeArrival => "ngày đi trước ngày đến: sửa ngày đi".into(),
            Self::AlreadyStaying => "giấy tờ này đang lưu trú, chưa trả phòng: xem lần khai trước".into(),
            Self::Overlapping => "thời gian trùng với lần lưu trú khác: sửa ngày đến, ngày đi".into(),
            Self::PermitOver => "thời hạn tạm trú đã hết: xem lại hộ chiếu".into(),
            Self::TwelveDigits => "số CCCD, Căn cước phải đúng 12 chữ số: xem lại thẻ".into(),
            Self::NineOrTwelveDigits => "số CMND phải có 9 hoặc 12 chữ số: xem lại thẻ".into(),
            Self::LicenceNumber => "số giấy phép lái xe tối đa 20 chữ và số".into(),
            Self::PassportNumber => "số hộ chiếu tối đa 10 chữ và số".into(),
            Self::InsuranceNumber => "số thẻ BHYT tối đa 20 chữ và số".into(),
            Self::Spaces => "số giấy tờ không được có dấu cách".into(),
            Self::Duplicate => "giấy tờ có hai lần trong một lần gửi: bỏ một".into(),
            Self::Missing(field) => format!("thiếu {}", field.vietnamese()),
            Self::UnknownCode(field) => format!("cổng không có mã này: {}", field.vietnamese()),
            Self::Format(field) => format!("sai định dạng: {}", field.vietnamese()),
            Self::NotStaying => "cổng không thấy khách này đang lưu trú: kiểm tra trên cổng".into(),
            Self::ExtensionTooShort => "ngày gia hạn phải sau ngày đi đã khai".into(),
            Self::Other(words) => format!("cổng trả lời: {}", words.text()),
        }
    }

    /// The same in English.
    pub fn english(&self) -> String {
        match self {
            Self::ArrivalWindow => {
                "the arrival is neither today nor yesterday: declare by file or on paper".into()
            }
            Self::DepartureBeforeYesterday => "the planned departure is before yesterday: correct it".into(),
            Self::DepartureBeforeArrival => "departure before arrival: correct it".into(),
            Self::AlreadyStaying => {
                "this document is staying and not checked out: look at the earlier declaration".into()
            }
            Self::Overlapping => "the stay overlaps another one: correct arrival or departure".into(),
            Self::PermitOver => "the permitted stay is over: look at the passport".into(),
            Self::TwelveDigits => "a CCCD or Căn cước number has exactly 12 digits: look at the card".into(),
            Self::NineOrTwelveDigits => "a CMND number has 9 or 12 digits: look at the card".into(),
            Self::LicenceNumber => "a driving licence number has at most 20 letters and digits".into(),
            Self::PassportNumber => "a passport number has at most 10 letters and digits".into(),
            Self::InsuranceNumber => "an insurance card number has at most 20 letters and digits".into(),
            Self::Spaces => "a document's number holds no spaces".into(),
            Self::Duplicate => "the document is twice in one request: leave one out".into(),
            Self::Missing(field) => format!("missing: {}", field.name()),
            Self::UnknownCode(field) => format!("the portal has no such code: {}", field.name()),
            Self::Format(field) => format!("not in its format: {}", field.name()),
            Self::NotStaying => "the portal knows no such guest staying: look at its pages".into(),
            Self::ExtensionTooShort => "the extension must end after the declared departure".into(),
            Self::Other(words) => format!("the portal says: {}", words.text()),
        }
    }
}

/// The table of `docs/lodging-portal-answers.md`.
pub fn documentation() -> String {
    let mut text = String::from(
        "# Why the portal refuses a guest\n\n<!-- Printed from the table by `UPDATE_DOCS=1 cargo test -p server \
         national::lodging`. -->\n\nThe rules are those of the interface v1.4, public in one copy only; the portal's exact words \
         are not known.\n\n| code | owner's page | in English |\n|---|---|---|\n",
    );
    for reason in &Reason::KNOWN {
        let _ = writeln!(text, "| `{}` | {} | {} |", reason.code(), reason.vietnamese(), reason.english());
    }
    text
}
