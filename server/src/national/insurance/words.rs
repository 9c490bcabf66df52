//! What each result code is in words: for the citizen's screen and for staff. `docs/insurance-codes.md` is this table.
//!
//! A citizen never sees a code: the screen's words follow from the visit's status alone. Staff see the code with the
//! register's own meaning of it and with what to do.

use std::fmt::Write as _;

use flows::{engine::InsuranceStatus, health::insurance_notice, policy::Strength};

use super::{Action, ResultCode};

/// A result code as staff see it. It names nobody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StaffWords {
    /// The three digits, as the register gave them.
    pub code: String,
    /// What it means, in the register's words.
    pub meaning: &'static str,
    /// The same in English.
    pub meaning_english: &'static str,
    /// What to do; empty where there is nothing to do.
    pub advice: &'static str,
    /// The same in English.
    pub advice_english: &'static str,
}

impl StaffWords {
    /// What staff see of a visit whose insurance stands like this after the register answered with `code`.
    pub fn of(code: &str, status: InsuranceStatus) -> Self {
        let Some(known) = ResultCode::parse(code) else {
            let (advice, advice_english) = advice(Action::MaintainerAlert);
            return Self {
                code: code.to_owned(),
                meaning: "Mã không có trong bảng của cổng tiếp nhận",
                meaning_english: "A code that is not in the register's table",
                advice,
                advice_english,
            };
        };
        // A new card that was promised and is not in the answer: what counts is what was made of it.
        let action = match (known.action(), status) {
            (Action::UseNewCard, InsuranceStatus::NeedsStaff) => Action::Staff,
            (Action::UseNewCard, InsuranceStatus::Valid) => Action::GoOn,
            (action, _) => action,
        };
        let (advice, advice_english) = advice(action);
        Self {
            code: known.as_str().to_owned(),
            meaning: known.meaning(),
            meaning_english: known.english(),
            advice,
            advice_english,
        }
    }
}

/// What staff do: in Vietnamese and in English.
pub const fn advice(action: Action) -> (&'static str, &'static str) {
    match action {
        Action::GoOn => ("", ""),
        Action::UseNewCard => (
            "Đã dùng thẻ mới và hạn của thẻ mới; báo người bệnh đổi thẻ.",
            "The new card and its dates are used; tell the patient to carry that one.",
        ),
        Action::StaffLookAtCard => (
            "Xem thẻ giấy hoặc ảnh thẻ cùng người bệnh; khám theo thẻ đó.",
            "Look at the paper card or its picture with the patient, and go by that.",
        ),
        Action::FeeOrStaff => (
            "Hỏi người bệnh có thẻ khác không; không có thì khám thu phí.",
            "Ask whether there is another card; if not, the patient pays.",
        ),
        Action::Fee => (
            "Báo người bệnh: đã ngừng tham gia BHYT, khám thu phí.",
            "Tell the patient that they are no longer insured and pay the fee.",
        ),
        Action::RetryThenStaff => (
            "Máy đang tự tra lại. Vẫn không thấy: xem thẻ BHYT cùng người bệnh, sửa mã thẻ trong lượt khám.",
            "The register is asked once more by itself. If it stays so, look at the insurance card with the patient and correct its number in the visit.",
        ),
        Action::ReadAgain => (
            "Quét lại thẻ BHYT. Vẫn sai: gõ mã thẻ in trên thẻ vào mục sửa lượt khám.",
            "Scan the insurance card again. If it stays so, type the number printed on it when correcting the visit.",
        ),
        Action::AskThenStaff => (
            "Hỏi người bệnh họ tên và ngày sinh như in trên thẻ BHYT; sửa trong lượt khám, máy tự tra lại.",
            "Ask for name and date of birth as on the insurance card and correct the visit; the register is then asked again.",
        ),
        Action::Staff => (
            "Xem thẻ cùng người bệnh; hỏi cơ quan BHXH nếu người bệnh cho là thẻ còn dùng được.",
            "Look at the card with the patient; ask the insurance office where they say that it is good.",
        ),
        Action::AskRegisterAgainThenStaff => (
            "Thẻ vừa chuyển nơi: máy đang tự tra lại. Vẫn vậy: hỏi cơ quan BHXH.",
            "The card has just moved: the register is asked once more by itself. If it stays so, ask the insurance office.",
        ),
        Action::ChildWithoutCard => (
            "Trẻ em không cần thẻ: xem giấy khai sinh hoặc giấy chứng sinh; ghi người đi cùng.",
            "A child needs no card: look at the certificate of birth, and write down who came with it.",
        ),
        Action::PortalDown => (
            "Cổng tiếp nhận đang lỗi: cứ khám, máy tự tra lại sau.",
            "The register has trouble of its own: see the patient; it is asked again later.",
        ),
        Action::OperatorAlert => (
            "Cán bộ tra cứu khai báo trên máy chủ không khớp danh sách của cổng: cứ khám; người quản trị đã được báo.",
            "The officer registered in this server does not match the register's list: see the patient; the administrator is told.",
        ),
        Action::MaintainerAlert => (
            "Máy chủ hỏi sai định dạng: cứ khám; người quản trị đã được báo.",
            "This server asked in a wrong format: see the patient; the administrator is told.",
        ),
        Action::RenewToken => (
            "Cổng không nhận tài khoản của trạm dù đã đăng nhập lại: cứ khám; người quản trị đã được báo.",
            "The register refuses the station's account after another login: see the patient; the administrator is told.",
        ),
    }
}

/// The words of the citizen's screen, as the kiosk has them, for a document.
const fn on_screen(status: InsuranceStatus) -> &'static str {
    match status {
        InsuranceStatus::Valid => "Bảo hiểm y tế có giá trị.",
        InsuranceStatus::Renewed => "Đã dùng thẻ bảo hiểm mới của ông/bà.",
        InsuranceStatus::NotValid => "Thẻ bảo hiểm chưa dùng được. Xin hỏi nhân viên.",
        InsuranceStatus::NeedsStaff => "Nhân viên sẽ xem lại thẻ bảo hiểm cùng ông/bà.",
        InsuranceStatus::Unverified => "Hệ thống bảo hiểm đang chậm. Ông/bà vẫn được khám.",
    }
}

/// The text of `docs/insurance-codes.md`.
pub fn documentation() -> String {
    let mut text = String::from(include_str!("words.md"));
    text.push_str("\n| code | meaning | then | the visit is | screen of who proved who they are | staff see |\n|---|---|---|---|---|---|\n");
    for code in ResultCode::ALL {
        let status = code.action().status();
        let notice = insurance_notice(status, Strength::FullChipProof);
        let notice = notice.and_then(|notice| serde_json::to_value(notice).ok());
        let words = StaffWords::of(code.as_str(), status);
        let alert = if code.action().raises_alert() { ", alert" } else { "" };
        // Writing to a string does not fail.
        let _ = writeln!(
            text,
            "| {} | {} ({}) | `{:?}`{alert} | {} | `done`, `{}`: {} | {} {} |",
            words.code,
            words.meaning,
            words.meaning_english,
            code.action(),
            crate::store::visits::insurance_code(status),
            notice.as_ref().and_then(serde_json::Value::as_str).unwrap_or_default(),
            on_screen(status),
            words.advice,
            words.advice_english,
        );
    }
    text
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn the_documentation_is_this_table() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/insurance-codes.md");
        if std::env::var_os("UPDATE_DOCS").is_some() {
            std::fs::write(path, documentation()).unwrap();
        }
        assert_eq!(std::fs::read_to_string(path).unwrap(), documentation(), "run it with UPDATE_DOCS=1");
    }

    #[test]
    fn the_document_says_what_the_kiosk_says() {
        let kiosk = include_str!("../../../../kiosk/words/vi/main.ftl");
        for (status, notice) in [
            (InsuranceStatus::Valid, "valid"),
            (InsuranceStatus::Renewed, "renewed"),
            (InsuranceStatus::NotValid, "not-valid"),
            (InsuranceStatus::NeedsStaff, "needs-staff"),
            (InsuranceStatus::Unverified, "unverified"),
        ] {
            assert!(
                kiosk.contains(&format!("notice-insurance-{notice} = {}\n", on_screen(status))),
                "{notice}"
            );
        }
    }

    #[test]
    fn no_two_codes_read_alike_and_each_says_what_to_do() {
        let words = |code: &ResultCode| StaffWords::of(code.as_str(), code.action().status());
        let all: Vec<_> = ResultCode::ALL.iter().map(words).collect();
        for language in [|words: &StaffWords| words.meaning, |words: &StaffWords| words.meaning_english] {
            assert_eq!(all.iter().map(language).collect::<BTreeSet<_>>().len(), ResultCode::ALL.len());
        }
        for words in &all {
            assert_eq!(words.advice.is_empty(), words.code == "000", "{}", words.code);
            assert_eq!(words.advice.is_empty(), words.advice_english.is_empty(), "{}", words.code);
        }
    }

    #[test]
    fn a_new_card_that_was_not_there_is_not_said_to_be_used() {
        let used = StaffWords::of("003", InsuranceStatus::Renewed);
        let missing = StaffWords::of("003", InsuranceStatus::NeedsStaff);
        assert_eq!(used.meaning, missing.meaning);
        assert!(used.advice.contains("thẻ mới") && missing.advice.contains("Xem thẻ"));
        assert_eq!(StaffWords::of("004", InsuranceStatus::Valid).advice, "");
        assert!(StaffWords::of("999", InsuranceStatus::Unverified).meaning.contains("không có trong bảng"));
    }
}
