//! Each processing of personal data and its legal basis.

use super::{LegalBasis, retention::Record};
use crate::step::Purpose;

/// What is done with personal data, and why it may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Processing {
    /// Its name, stable.
    pub id: &'static str,
    /// What is done.
    pub what: &'static str,
    /// Việc gì: the same on pages.
    pub vietnamese: &'static str,
    /// On which basis.
    pub basis: LegalBasis,
    /// The articles.
    pub articles: &'static str,
    /// Which data.
    pub data: &'static str,
    /// Whether sensitive data are among them (NĐ 356/2025 Đ4 k1: health, biometrics).
    pub sensitive: bool,
    /// As which record they are kept; none where nothing is.
    pub kept_as: Option<Record>,
    /// Who gets them outside the station.
    pub recipients: &'static str,
}

impl Processing {
    /// The purpose under which a kiosk or the desk asks for consent to it; none where it rests on something else, on a
    /// request of the person's own in writing, on a consent that VNeID asks for, or on one that no text asks for yet
    /// (comparing faces).
    pub fn purpose(&self) -> Option<Purpose> {
        let asked = ["chip_read", POPULATION_CHECK, "document_status_check"].contains(&self.id);
        (asked && self.basis == LegalBasis::Consent).then_some(Purpose::HealthCheckIn)
    }
}

/// Every processing.
pub const PROCESSINGS: [Processing; 19] = [
    Processing {
        id: "chip_read",
        what: "Reading the card's chip and verifying it",
        vietnamese: "Đọc và kiểm tra chip của thẻ",
        basis: LegalBasis::Consent,
        articles: "Luật 91/2025/QH15 Đ9; Luật Căn cước 26/2023/QH15 Đ22 k5",
        data: "DG1, DG2, DG13 with the rest of the chip's files, in memory until the verdict; kept: name, number, birth, sex, verdict, challenge and the chip's answer",
        sensitive: true,
        kept_as: Some(Record::Evidence),
        recipients: "nobody",
    },
    Processing {
        id: POPULATION_CHECK,
        what: "Asking the population database whether a person with this number, name and birth exists (yes or no)",
        vietnamese: "Hỏi cơ sở dữ liệu dân cư: có người này hay không",
        basis: LegalBasis::Consent,
        articles: "Luật 91/2025/QH15 Đ9; NĐ 69/2024/NĐ-CP Đ19",
        data: "number, name, date of birth; the answer is one bit",
        sensitive: false,
        kept_as: Some(Record::Visit),
        recipients: "Bộ Công an (CSDLQG về dân cư), which has them",
    },
    Processing {
        id: "document_status_check",
        what: "Asking C06 whether the document was revoked",
        vietnamese: "Hỏi C06: thẻ còn giá trị hay đã bị hủy",
        basis: LegalBasis::Consent,
        articles: "Luật 91/2025/QH15 Đ9; Luật Căn cước 26/2023/QH15 Đ22 k5",
        data: "what identifies the document; the answer is a status",
        sensitive: false,
        kept_as: Some(Record::Evidence),
        recipients: "Bộ Công an (C06), which has them",
    },
    Processing {
        id: "vneid_sign_in",
        what: "Taking over who somebody is from VNeID, where they sign in on their own telephone",
        vietnamese: "Nhận thông tin định danh từ VNeID khi người đó đăng nhập trên điện thoại của mình",
        basis: LegalBasis::Consent,
        articles: "Luật 91/2025/QH15 Đ9; NĐ 69/2024/NĐ-CP Đ19",
        data: "number, name, date of birth, level of authentication; VNeID asks for the consent itself",
        sensitive: false,
        kept_as: Some(Record::Visit),
        recipients: "nobody; VNeID learns that somebody signed in at this station",
    },
    Processing {
        id: "insurance_look_up",
        what: "Looking the insurance card up at reception",
        vietnamese: "Tra cứu thẻ bảo hiểm y tế khi tiếp đón",
        basis: LegalBasis::Law,
        articles: "Luật 91/2025/QH15 Đ19 k1; NĐ 188/2025/NĐ-CP Đ37, Đ38",
        data: "number or card number, name, birth; the answer without the visit history",
        sensitive: true,
        kept_as: Some(Record::InsuranceAnswer),
        recipients: "BHXH Việt Nam, which has them",
    },
    Processing {
        id: "reception",
        what: "Recording a visit and giving a number",
        vietnamese: "Ghi lượt khám và cấp số thứ tự",
        basis: LegalBasis::Law,
        articles: "Luật 91/2025/QH15 Đ19 k1; NĐ 188/2025/NĐ-CP Đ37, Đ38; NĐ 102/2025/NĐ-CP",
        data: "name, number, birth, sex, reason, insurance card, room, number in the row, phuong_thuc_dinh_danh",
        sensitive: true,
        kept_as: Some(Record::Visit),
        recipients: "nobody beyond the rows below",
    },
    Processing {
        id: "emergency_reception",
        what: "Recording a patient in an emergency before anyone is asked or identified",
        vietnamese: "Ghi nhận người bệnh cấp cứu trước khi hỏi hoặc định danh",
        basis: LegalBasis::Emergency,
        articles: "Luật 91/2025/QH15 Đ19 k1; Luật Khám bệnh, chữa bệnh 15/2023/QH15 Đ3 k2",
        data: "a temporary id; what staff can tell",
        sensitive: true,
        kept_as: Some(Record::Visit),
        recipients: "UBND xã, of an unknown patient, within 48 hours",
    },
    Processing {
        id: "check_in_message",
        what: "Sending the CHECK-IN message after the first cost",
        vietnamese: "Gửi bản tin CHECK-IN sau chi phí đầu tiên",
        basis: LegalBasis::Law,
        articles: "Luật 91/2025/QH15 Đ19 k1; QĐ 4750/QĐ-BYT, QĐ 3176/QĐ-BYT",
        data: "the check-in table's fields",
        sensitive: true,
        kept_as: Some(Record::OutboxPayload),
        recipients: "BHXH Việt Nam",
    },
    Processing {
        id: "visit_history",
        what: "Asking the insurance register for a patient's visits elsewhere, where a clinician says why",
        vietnamese: "Hỏi cổng BHXH lịch sử khám chữa bệnh khi bác sĩ nêu lý do",
        basis: LegalBasis::Law,
        articles: "Luật 91/2025/QH15 Đ19 k1, Đ26; NĐ 188/2025/NĐ-CP Đ37, Đ38",
        data: "visits at other places with their illnesses: shown once, kept sealed with the visit and the reason; of every other look-up they are dropped before storage",
        sensitive: true,
        kept_as: Some(Record::RawInsuranceAnswer),
        recipients: "BHXH Việt Nam, which has them",
    },
    Processing {
        id: "staff_display",
        what: "Showing a visit to the staff who serve the patient",
        vietnamese: "Hiển thị lượt khám cho nhân viên phục vụ",
        basis: LegalBasis::Law,
        articles: "Luật 91/2025/QH15 Đ19 k1, Đ26",
        data: "name, masked number, year of birth, reason, insurance",
        sensitive: true,
        kept_as: Some(Record::AccessLog),
        recipients: "nobody",
    },
    Processing {
        id: "queue_board",
        what: "Calling people up on the board and by voice",
        vietnamese: "Gọi số trên bảng và bằng giọng nói",
        basis: LegalBasis::Law,
        articles: "Luật 91/2025/QH15 Đ19 k1; Luật Khám bệnh, chữa bệnh 15/2023/QH15 Đ3 k2",
        data: "number in the row and room: no name",
        sensitive: false,
        kept_as: None,
        recipients: "whoever waits",
    },
    Processing {
        id: FACE_MATCH,
        what: "Comparing the face with the chip's photo",
        vietnamese: "So khuôn mặt với ảnh trong chip",
        basis: LegalBasis::Consent,
        articles: "Luật 91/2025/QH15 Đ9, Đ31; NĐ 356/2025/NĐ-CP Đ29",
        data: "a picture and a template, in memory; kept: score and decision",
        sensitive: true,
        kept_as: Some(Record::Evidence),
        recipients: "nobody",
    },
    Processing {
        id: "visit_export",
        what: "Handing a visit to another system or organisation (FHIR)",
        vietnamese: "Xuất lượt khám cho hệ thống hoặc tổ chức khác",
        basis: LegalBasis::Consent,
        articles: "Luật 91/2025/QH15 Đ26: a written request of the person",
        data: "the visit's record",
        sensitive: true,
        kept_as: Some(Record::AccessLog),
        recipients: "whom the person names in writing",
    },
    Processing {
        id: STAY_DECLARATION,
        what: "Declaring to the police of the commune who stays the night",
        vietnamese: "Thông báo lưu trú với công an xã",
        basis: LegalBasis::Law,
        articles: "Luật 91/2025/QH15 Đ19 k1; Luật Cư trú 68/2020/QH14 Đ30 (from 2026-07-01 as amended); TT 55/2021/TT-BCA Đ15; of foreigners Luật 47/2014/QH13 Đ33",
        data: "name, birth, sex, nationality, document and number, residence, room, arrival, departure, reason; no picture of a document",
        sensitive: false,
        kept_as: Some(Record::Stay),
        recipients: "Công an xã, by the portal, a file, paper or telephone",
    },
    Processing {
        id: "stay_counts",
        what: "Counting stays by day, place type and nationality, small counts suppressed",
        vietnamese: "Thống kê lưu trú theo ngày, loại hình, quốc tịch; ẩn số nhỏ",
        basis: LegalBasis::Law,
        articles: "Luật 91/2025/QH15 Đ19 k1; Luật Cư trú 68/2020/QH14 Đ30",
        data: "counts of at least five: nobody's data",
        sensitive: false,
        kept_as: None,
        recipients: "the commune",
    },
    Processing {
        id: "staff_accounts",
        what: "Signing staff in, and what they did",
        vietnamese: "Tài khoản và thao tác của nhân viên",
        basis: LegalBasis::Contract,
        articles: "Luật 91/2025/QH15 Đ19 k1",
        data: "name, number, roles, password hash, times of sign-in",
        sensitive: false,
        kept_as: Some(Record::StaffSession),
        recipients: "nobody",
    },
    Processing {
        id: "access_log",
        what: "Keeping who saw which record and why; the audit log",
        vietnamese: "Nhật ký truy cập và nhật ký kiểm toán",
        basis: LegalBasis::Law,
        articles: "Luật 91/2025/QH15 Đ19 k1",
        data: "staff, record's id, reason, time",
        sensitive: false,
        kept_as: Some(Record::AccessLog),
        recipients: "an auditor",
    },
    Processing {
        id: "subject_requests",
        what: "Answering what people ask about their data",
        vietnamese: "Giải quyết yêu cầu của chủ thể dữ liệu",
        basis: LegalBasis::Law,
        articles: "Luật 91/2025/QH15; NĐ 356/2025/NĐ-CP",
        data: "who asks, what, the answer",
        sensitive: false,
        kept_as: Some(Record::SubjectRequest),
        recipients: "the person",
    },
    Processing {
        id: "incidents",
        what: "Keeping and reporting breaches",
        vietnamese: "Hồ sơ và thông báo vi phạm dữ liệu",
        basis: LegalBasis::Law,
        articles: "Luật 91/2025/QH15 Đ23, Đ31; NĐ 356/2025/NĐ-CP Đ29",
        data: "what happened, whose data by category and count, measures",
        sensitive: false,
        kept_as: Some(Record::Incident),
        recipients: "A05; the people concerned where they are harmed",
    },
];

/// The processing in which the population database is asked.
pub const POPULATION_CHECK: &str = "population_check";
/// The processing in which the police are told of a stay.
pub const STAY_DECLARATION: &str = "stay_declaration";
/// The processing in which a face is compared.
pub const FACE_MATCH: &str = "face_match";

/// The processing with this id.
pub fn processing(id: &str) -> Option<&'static Processing> {
    PROCESSINGS.iter().find(|processing| processing.id == id)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn each_processing_stands_once_with_its_articles() {
        let ids: BTreeSet<_> = PROCESSINGS.iter().map(|processing| processing.id).collect();
        assert_eq!(ids.len(), PROCESSINGS.len());
        for processing in &PROCESSINGS {
            let article = processing.basis.article().rsplit_once(' ').unwrap().0;
            let law = article.split(" Đ").next().unwrap();
            assert!(processing.articles.contains(law), "{}: {law}", processing.id);
        }
    }

    #[test]
    fn what_rests_on_consent_names_the_purpose_that_is_asked_for_or_a_written_request() {
        for processing in &PROCESSINGS {
            let rests = processing.basis == LegalBasis::Consent;
            let elsewhere = processing.articles.contains("written request")
                || [FACE_MATCH, "vneid_sign_in"].contains(&processing.id);
            assert_eq!(processing.purpose().is_some(), rests && !elsewhere, "{}", processing.id);
        }
    }

    /// Luật 91/2025/QH15 Đ9 with NĐ 356/2025 Đ6, Luật Căn cước Đ22 k5: the chip and the face are read with consent only.
    #[test]
    fn what_needs_consent_has_it_as_its_basis() {
        for id in ["chip_read", POPULATION_CHECK, FACE_MATCH] {
            assert_eq!(processing(id).unwrap().basis, LegalBasis::Consent, "{id}");
        }
        for id in ["insurance_look_up", "check_in_message", "reception"] {
            assert_eq!(processing(id).unwrap().basis, LegalBasis::Law, "{id}");
        }
    }
}
