//! What the pages say in Vietnamese.

use flows::{
    CardStanding,
    engine::{InsuranceStatus, Population},
};
use identity::{ReasonCode, proof::verdict::AxisResult, qr::QrWarning};

use crate::{
    national::insurance::StaffWords,
    store::{CallState, Duty, MessageKind, Method, NumberKind, Occasion, Wrong},
};

/// A screen of the kiosk, where it is one that this program knows.
pub(super) fn step(step: &str) -> Option<&'static str> {
    Some(match step {
        "welcome" => "Màn hình chào",
        "consent" => "Xin đồng ý",
        "identify" => "Đọc thẻ",
        "confirm_person" => "Xác nhận người",
        "choose" => "Chọn lý do, phòng",
        "done" => "Đã có số",
        "call_staff" => "Chờ nhân viên",
        "card_left_behind" => "Thẻ để quên",
        _ => return None,
    })
}

/// How a call stands: in Vietnamese, in English, and for the style.
pub(super) const fn call_state(state: CallState) -> (&'static str, &'static str, &'static str) {
    match state {
        CallState::Waiting => ("Chưa ai trả lời", "nobody has answered", "waiting"),
        CallState::Acknowledged => ("Đang tới", "somebody is coming", "acknowledged"),
        CallState::TakenOver => ("Đang làm tại bàn", "goes on at the desk", "taken_over"),
        CallState::Answered => ("Đã xong", "over", "answered"),
    }
}

/// How identity was established.
pub(super) const fn method(method: Method) -> &'static str {
    match method {
        Method::CardQr => "Mã QR in trên thẻ căn cước",
        Method::Chip => "Chip của thẻ căn cước",
        Method::Vneid => "Ứng dụng VNeID",
        Method::AuthenticationService => "Dịch vụ xác thực điện tử",
        Method::InsuranceLookUp => "Tra cứu bảo hiểm y tế",
        Method::ByHand => "Nhân viên nhập tay",
        Method::Undetermined => "Chưa xác định là ai",
    }
}

/// What was wrong with a visit: in Vietnamese and in English.
pub(super) const fn wrong(wrong: Wrong) -> (&'static str, &'static str) {
    match wrong {
        Wrong::Data => ("Sai dữ liệu của đúng người", "wrong data of the right person"),
        Wrong::Person => ("Nhầm người", "another person"),
        Wrong::Place => ("Sai phòng hoặc lý do khám", "wrong room or reason"),
        Wrong::Insurance => ("Sai bảo hiểm y tế", "wrong insurance"),
        Wrong::Identified => {
            ("Nay đã biết là ai (gộp hồ sơ tạm)", "identified now: the temporary record is merged")
        }
    }
}

/// Why somebody was received by hand.
pub(super) const fn occasion(occasion: Occasion) -> &'static str {
    match occasion {
        Occasion::NoDocument => "Không có giấy tờ",
        Occasion::Newborn => "Trẻ sơ sinh",
        Occasion::Emergency => "Cấp cứu",
    }
}

/// A duty of the station: in Vietnamese and in English.
pub(super) const fn duty(duty: Duty) -> (&'static str, &'static str) {
    match duty {
        Duty::TellCommune => (
            "Báo UBND xã về người bệnh chưa xác định danh tính (trong 48 giờ)",
            "tell the People's Committee of the commune of a patient whom nobody knows, within 48 hours",
        ),
    }
}

/// A kind of message: in Vietnamese and in English.
pub(super) const fn message(kind: MessageKind) -> (&'static str, &'static str) {
    match kind {
        MessageKind::CheckIn => ("CHECK-IN gửi cổng tiếp nhận BHXH", "CHECK-IN to the insurance register"),
        MessageKind::InsuranceLookUp => ("Tra lại thẻ BHYT", "insurance look-up, asked again"),
        MessageKind::PopulationCheck => {
            ("Hỏi lại CSDL quốc gia về dân cư", "population database, asked again")
        }
        MessageKind::Correction => ("Đính chính phải báo bằng người", "correction that a person has to tell"),
        MessageKind::StayDeclaration => ("Thông báo lưu trú", "declaration of a stay"),
        MessageKind::StayChange => ("Gia hạn, trả phòng sớm", "extension or early departure"),
        MessageKind::StayCorrection => (
            "Đính chính lưu trú phải báo công an",
            "correction of a stay that a person has to tell the police",
        ),
    }
}

/// How the insurance stands.
pub(super) const fn insurance(status: InsuranceStatus) -> &'static str {
    match status {
        InsuranceStatus::Valid => "Hợp lệ",
        InsuranceStatus::Renewed => "Đã đổi thẻ mới",
        InsuranceStatus::NotValid => "Không còn hợp lệ",
        InsuranceStatus::NeedsStaff => "Cần nhân viên xem",
        InsuranceStatus::Unverified => "Chưa xác minh được",
    }
}

/// How C06's answer about a card stands to the verdict, and what it is.
pub(super) const fn card(standing: CardStanding) -> (AxisResult, &'static str) {
    match standing {
        CardStanding::Valid => (AxisResult::Passed, "Thẻ đã cấp cho số này, còn giá trị"),
        CardStanding::NotIssued => (AxisResult::Failed, "C06 trả lời: không cấp thẻ này cho số này"),
        CardStanding::Revoked => (AxisResult::Failed, "Thẻ đã bị thu hồi hoặc hủy"),
        CardStanding::Unavailable => (AxisResult::NotDone, "C06 chưa trả lời"),
    }
}

/// What the population database said.
pub(super) const fn population(said: Population) -> &'static str {
    match said {
        Population::Matches => "Có người này với thông tin này",
        Population::Mismatch => "Không có người này với thông tin này",
        Population::Unavailable => "Chưa trả lời",
    }
}

/// What looks odd in a code.
pub(super) const fn code_warning(warning: QrWarning) -> &'static str {
    match warning {
        QrWarning::BirthYearDiffers => "Số định danh được cấp cho năm sinh khác",
        QrWarning::SexDiffers => "Số định danh được cấp cho giới tính khác",
        QrWarning::BirthPlaceUnlisted => "Số định danh không bắt đầu bằng mã tỉnh hay mã nước nào",
        QrWarning::IssuedBeforeBirth => "Ngày cấp trước năm sinh",
        QrWarning::ValidityReversed => "Ngày hết hạn trước ngày bắt đầu",
        QrWarning::EndMarkMissing => "Thiếu dấu kết thúc: mã có thể chỉ đọc được một phần",
    }
}

/// How the insurance stands, with what the register said where it answered.
pub(super) struct InsuranceView {
    pub(super) status: &'static str,
    pub(super) said: Option<StaffWords>,
}

impl InsuranceView {
    pub(super) fn new(status: InsuranceStatus, code: Option<&str>) -> Self {
        Self { status: insurance(status), said: code.map(|code| StaffWords::of(code, status)) }
    }
}

/// A kind of number: in Vietnamese and in English.
pub(super) const fn number(kind: NumberKind) -> (&'static str, &'static str) {
    match kind {
        NumberKind::Personal => ("số định danh", "personal number"),
        NumberKind::OldCard => ("số CMND cũ", "number of the old card"),
        NumberKind::Cancelled => ("số định danh đã hủy", "cancelled personal number"),
        NumberKind::Insured => ("mã số BHXH", "social-insurance number"),
    }
}

/// How an axis of the verdict came out: in Vietnamese, and for the style.
pub(super) const fn result(result: AxisResult) -> (&'static str, &'static str) {
    match result {
        AxisResult::Passed => ("Đạt", "passed"),
        AxisResult::Failed => ("Không đạt", "failed"),
        AxisResult::NotDone => ("Chưa kiểm tra", "not_done"),
    }
}

/// What happened.
pub(super) const fn reason(code: ReasonCode) -> &'static str {
    use ReasonCode as R;
    match code {
        R::SignatureVerified => "Chữ ký trên thẻ đúng",
        R::SecurityObjectMissing => "Không đọc được tệp bảo mật (EF.SOD)",
        R::SecurityObjectMalformed => "Tệp bảo mật (EF.SOD) sai cấu trúc",
        R::SignerCertificateMissing => "Thẻ không kèm chứng thư của nơi ký",
        R::SignedAttributesInvalid => "Thuộc tính đã ký không khớp",
        R::SignatureInvalid => "Chữ ký trên thẻ sai: thẻ có thể giả",
        R::AlgorithmUnsupported => "Phần mềm chưa kiểm được thuật toán của thẻ",
        R::HashesMatch => "Dữ liệu trên thẻ nguyên vẹn",
        R::DataGroupMismatch => "Dữ liệu trên thẻ đã bị sửa",
        R::DataGroupMissing => "Thiếu dữ liệu bắt buộc trên thẻ",
        R::DataGroupNotListed => "Thẻ có dữ liệu không được ký",
        R::DataGroupMalformed => "Không hiểu được dữ liệu trên thẻ",
        R::DataGroupsDisagree => "Dữ liệu trên thẻ mâu thuẫn với nhau",
        R::IssuerTrusted => "Nơi cấp được tin cậy",
        R::IssuerUnknown => "Chưa cài chứng thư của nơi cấp",
        R::IssuerSignatureInvalid => "Chứng thư ký thẻ không phải do nơi cấp ký",
        R::IssuerOfAnotherState => "Nơi ký thẻ không phải của nước ghi trên thẻ: thẻ có thể giả",
        R::IssuerCertificateMalformed => "Chứng thư ký thẻ sai cấu trúc",
        R::IssuerCertificateExpired => "Chứng thư của nơi cấp đã hết hạn",
        R::IssuerCertificateNotYetValid => "Chứng thư của nơi cấp chưa có hiệu lực",
        R::DemonstrationIssuerRefused => "Thẻ của nơi cấp mô phỏng",
        R::NotRevoked => "Thẻ và nơi ký không bị thu hồi",
        R::RevocationNotChecked => "Chưa kiểm tra thu hồi",
        R::SignerRevoked => "Chứng thư ký thẻ đã bị thu hồi",
        R::DocumentRevoked => "Thẻ đã bị thu hồi",
        R::ChallengeAnswered => "Chip là bản gốc",
        R::ChipKeyAbsent => "Thẻ không có khóa để chứng minh là bản gốc",
        R::ChipProofUnsupported => "Phần mềm chưa kiểm được cách chứng minh của thẻ",
        R::ChipProofInvalid => "Chip không phải bản gốc: thẻ có thể bị sao chép",
        R::ProofWithheld => "Thẻ không chứng minh được là bản gốc",
        R::ChallengeNotFromServer => "Thử thách không phải do máy chủ tạo",
        R::ChallengeExpired => "Đọc thẻ quá 120 giây, cần đọc lại",
        R::ChallengeUsed => "Thử thách đã dùng: có thể là phát lại",
        R::AccessInformationMismatch => "Thông tin truy cập không khớp dữ liệu đã ký",
        R::WithinValidity => "Thẻ còn hạn",
        R::NoExpiry => "Thẻ không thời hạn",
        R::DocumentExpired => "Thẻ đã hết hạn",
        R::DocumentNotYetValid => "Ngày cấp thẻ ở tương lai",
        R::DatesUnreadable => "Không đọc được ngày trên thẻ",
        R::StaffConfirmed => "Nhân viên xác nhận đúng người",
        R::StaffRejected => "Nhân viên xác nhận không đúng người",
        R::KioskStatement => "Kiosk báo khuôn mặt khớp",
        R::HolderNotChecked => "Chưa đối chiếu người với thẻ",
        R::PassiveAuthenticationNotPassed => "Chưa xét, vì dữ liệu thẻ chưa được xác thực",
        R::CardNotAccepted => "Không phải thẻ căn cước có chip",
        R::WrongCan => "Nhập sai 6 số cuối",
        R::MrzNeeded => "Thẻ chỉ đọc được bằng dòng mã MRZ ở mặt sau",
        R::TooManyWrongCans => "Nhập sai 6 số cuối ba lần",
        R::CardRemoved => "Thẻ bị lấy ra khi đang đọc",
        R::CardPresentBefore => "Có thẻ nằm sẵn trên đầu đọc",
        R::CardLeftBehind => "Thẻ để quên trên đầu đọc",
        R::CardBusy => "Chương trình khác đang giữ thẻ",
        R::ReaderGone => "Mất đầu đọc thẻ",
        R::FileTooLarge => "Tệp trên thẻ quá lớn",
        R::ChipEndless => "Chip gửi dữ liệu mãi không hết",
        R::FileMalformed => "Tệp trên thẻ bị hỏng",
        R::SecureMessagingBroken => "Kênh bảo mật với thẻ bị hỏng",
        R::ChipSilent => "Chip không trả lời",
        R::HelpWanted => "Người dân bấm Gọi nhân viên",
        R::ConsentRefused => "Người dân không đồng ý đọc thẻ",
        R::NotThisPerson => "Người dân nói không phải mình",
        R::IdentityMismatch => "Hai giấy tờ của hai người khác nhau",
        R::TooManyAttempts => "Thử quá nhiều lần",
        R::NoDocument => "Không mang giấy tờ",
        R::SessionExpired => "Quá lâu không thao tác",
        R::ServerUnreachable => "Kiosk không kết nối được máy chủ",
        R::CallRefused => "Máy chủ từ chối yêu cầu của kiosk",
        R::HolderNotProved => "Mã in hoặc thông tin tự khai, chưa chứng minh được là của ai",
        R::QrUnreadable => "Mã QR không đọc được",
        R::QrMalformed => "Mã QR của thẻ bị lỗi",
        R::QrUnsupported => "Mã QR VNeID chưa kiểm tra được tại đây",
        R::VneidRefused => "Người dân từ chối, hoặc VNeID không xác nhận",
        R::VneidExpired => "Đăng nhập VNeID quá 5 phút",
        R::VneidLevelTooLow => "Tài khoản VNeID mức 1, chưa thay được thẻ",
        R::VneidUnavailable => "VNeID không trả lời",
        R::BirthYearMismatch => "Năm sinh nhập không khớp với mã",
        R::DetailsNotConfirmed => "Cơ sở dữ liệu dân cư không xác nhận thông tin đã khai",
        R::NotAYoungChild => "Không phải trẻ dưới 6 tuổi",
        R::RepresentativeAbsent => "Trẻ chưa có cha, mẹ hoặc người giám hộ đi cùng",
        R::TooManyLookUps => "Tra cứu quá nhiều lần",
        R::Emergency => "Cấp cứu",
        R::CardNotIssued => "C06 không ghi nhận đã cấp thẻ này",
        R::PopulationMismatch => "Không khớp Cơ sở dữ liệu quốc gia về dân cư",
    }
}

/// What staff do about it. Empty where nothing needs doing.
pub(super) const fn advice(code: ReasonCode) -> &'static str {
    use ReasonCode as R;
    match code {
        R::SignatureVerified
        | R::HashesMatch
        | R::IssuerTrusted
        | R::NotRevoked
        | R::ChallengeAnswered
        | R::WithinValidity
        | R::NoExpiry
        | R::StaffConfirmed
        | R::KioskStatement
        | R::HolderNotChecked => "",
        R::SecurityObjectMalformed
        | R::SignedAttributesInvalid
        | R::SignatureInvalid
        | R::DataGroupMismatch
        | R::DataGroupsDisagree
        | R::IssuerSignatureInvalid
        | R::IssuerOfAnotherState
        | R::SignerRevoked
        | R::ChipProofInvalid
        | R::AccessInformationMismatch => "Không tin thẻ này. Nhập tay và báo cáo về thẻ.",
        R::SignerCertificateMissing
        | R::IssuerCertificateMalformed
        | R::DataGroupNotListed
        | R::DemonstrationIssuerRefused => "Không tin thẻ này. Nhập tay.",
        R::SecurityObjectMissing
        | R::DataGroupMissing
        | R::ProofWithheld
        | R::FileMalformed
        | R::SecureMessagingBroken
        | R::CardRemoved
        | R::ChipSilent
        | R::ChallengeExpired
        | R::ChallengeNotFromServer
        | R::ChallengeUsed => "Đặt thẻ lại và để yên. Nếu vẫn vậy thì nhập tay.",
        R::AlgorithmUnsupported | R::DataGroupMalformed => "Nhập tay. Báo cho người làm phần mềm.",
        R::IssuerUnknown
        | R::RevocationNotChecked
        | R::ChipKeyAbsent
        | R::ChipProofUnsupported
        | R::DatesUnreadable
        | R::PassiveAuthenticationNotPassed => "Xem thẻ bằng mắt rồi nhập tay.",
        R::IssuerCertificateExpired | R::IssuerCertificateNotYetValid | R::DocumentNotYetValid => {
            "Nhập tay. Báo người quản trị xem đồng hồ và chứng thư của máy chủ."
        }
        R::DocumentRevoked => "Nhập tay, theo quy định về thẻ bị thu hồi.",
        R::DocumentExpired => "Nhập tay. Nhắc người dân đổi thẻ.",
        R::StaffRejected => "Theo quy định của nơi này; tên và lý do được lưu.",
        R::CardNotAccepted | R::FileTooLarge | R::ChipEndless | R::MrzNeeded | R::NoDocument => {
            "Xem giấy tờ khác, hoặc nhập tay."
        }
        R::WrongCan | R::TooManyWrongCans => "Giúp nhập 6 số cuối của số trên mặt trước thẻ, hoặc nhập tay.",
        R::CardPresentBefore | R::CardLeftBehind => "Lấy thẻ ra và tìm chủ thẻ.",
        R::CardBusy | R::ReaderGone => "Xem đầu đọc của kiosk; trong lúc đó nhập tay.",
        R::HelpWanted | R::TooManyAttempts | R::SessionExpired => "Đến kiosk giúp người dân.",
        R::ConsentRefused => "Phục vụ bằng nhập tay, không phân biệt đối xử.",
        R::NotThisPerson => "Hỏi xem thẻ là của ai.",
        R::IdentityMismatch => "Hỏi xem giấy tờ là của ai.",
        R::ServerUnreachable => "Xem mạng và máy chủ; trong lúc đó phát số bằng giấy.",
        R::CallRefused => {
            "Báo người quản trị xem đồng hồ, khóa và phiên bản của kiosk; trong lúc đó nhập tay."
        }
        R::HolderNotProved => "Xem thẻ cùng người dân; tìm số đã lấy hôm nay nếu có.",
        R::QrUnreadable | R::QrMalformed => "Quét lại, hoặc dùng giấy tờ khác.",
        R::QrUnsupported | R::VneidUnavailable => "Dùng thẻ hoặc giấy tờ khác.",
        R::VneidRefused | R::VneidExpired => "Đăng nhập lại, hoặc dùng thẻ.",
        R::VneidLevelTooLow => "Dùng thẻ; công an xã nâng tài khoản lên mức 2.",
        R::BirthYearMismatch => "Hỏi mã này là của ai.",
        R::DetailsNotConfirmed => "Xem giấy tờ cùng người dân.",
        R::NotAYoungChild => "Xem giấy tờ, hoặc nhập tay.",
        R::RepresentativeAbsent => "Đến với trẻ, tìm người đại diện; tiếp đón bằng tay không cần sự đồng ý.",
        R::TooManyLookUps => "Nhập tay; nếu lặp lại, xem ai đang đứng ở máy.",
        R::Emergency => "Đến ngay; số và giấy tờ làm sau.",
        R::CardNotIssued => "So thẻ với người, gọi điện hỏi C06; hướng dẫn đến công an xã.",
        R::PopulationMismatch => "So thẻ với người; hướng dẫn đến công an xã sửa dữ liệu.",
    }
}

/// An axis of the verdict.
pub(super) fn axis(name: &'static str) -> &'static str {
    match name {
        "security_object" => "Chữ ký của thẻ",
        "data_groups" => "Dữ liệu trên thẻ",
        "issuer" => "Nơi cấp",
        "revocation" => "Thu hồi",
        "chip" => "Chip gốc",
        "validity" => "Thời hạn",
        "holder" => "Chủ thẻ",
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn staff_are_told_what_to_do_wherever_engineers_are() {
        for code in ReasonCode::ALL {
            assert_eq!(advice(*code).is_empty(), code.action().is_empty(), "{code}");
        }
    }

    #[test]
    fn no_two_reasons_read_alike() {
        let words: BTreeSet<_> = ReasonCode::ALL.iter().map(|code| reason(*code)).collect();
        assert_eq!(words.len(), ReasonCode::ALL.len());
    }
}
