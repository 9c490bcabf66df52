//! What these pages call records, times and endings.

use flows::law::{Period, Record, retention::Ending};

/// A kind of record.
pub(super) const fn record(record: Record) -> &'static str {
    match record {
        Record::SessionState => "Nội dung một lượt dùng kiosk",
        Record::StoredResponse => "Câu trả lời giữ lại để gửi lại",
        Record::RequestNonce => "Mã dùng một lần của yêu cầu",
        Record::Challenge => "Thử thách gửi tới chip",
        Record::SessionRow => "Dấu vết một lượt dùng kiosk",
        Record::Consent => "Sự đồng ý",
        Record::Visit => "Lượt khám",
        Record::Evidence => "Bằng chứng định danh",
        Record::InsuranceAnswer => "Trả lời của cổng BHYT",
        Record::RawInsuranceAnswer => "Trả lời của cổng BHYT, nguyên văn",
        Record::Stay => "Lượt lưu trú",
        Record::QueueEvent => "Diễn biến trong hàng chờ",
        Record::SameDay => "Dấu nhận ra người đăng ký hai lần trong ngày",
        Record::LookUp => "Lượt tra cứu của người chưa chứng minh",
        Record::StaffDecision => "Quyết định của nhân viên",
        Record::OutboxPayload => "Thư gửi hệ thống quốc gia",
        Record::OutboxReceipt => "Biên nhận của hệ thống quốc gia",
        Record::AccessLog => "Nhật ký xem hồ sơ",
        Record::AuditLeaf => "Nhật ký kiểm toán",
        Record::StaffSession => "Lượt đăng nhập của nhân viên",
        Record::SubjectRequest => "Yêu cầu về dữ liệu",
        Record::Incident => "Hồ sơ sự cố",
        Record::PurgeProof => "Bằng chứng đã xóa",
    }
}

/// How long.
pub(super) fn period(period: Period) -> String {
    match period {
        Period::Seconds(seconds) => format!("{seconds} giây"),
        Period::Hours(hours) => format!("{hours} giờ"),
        Period::Days(days) => format!("{days} ngày"),
        Period::Years(years) => format!("{years} năm"),
        Period::Always => "chừng nào còn cơ sở dữ liệu".to_owned(),
    }
}

/// What happens then.
pub(super) const fn ending(ending: Ending) -> &'static str {
    match ending {
        Ending::KeyDestroyed => "hủy khóa",
        Ending::ColumnsEmptied => "xóa phần được mã hóa",
        Ending::RowDeleted => "xóa cả dòng",
        Ending::Kept => "giữ lại",
    }
}
