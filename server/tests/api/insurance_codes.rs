//! Every result code of the insurance register, from the look-up to the citizen's screen and to what staff read.

use std::collections::BTreeSet;

use flows::{
    Answer, Step,
    engine::InsuranceStatus::{self, NeedsStaff, NotValid, Renewed, Unverified, Valid},
    step::Notice,
};
use identity::ReasonCode;
use jiff::civil::date;
use server::{
    national::insurance::ResultCode,
    store::{Alerts as _, Answers as _, Outbox as _, Store as _, Visit as Kept},
};

use crate::{
    kit::Server,
    visit::Visit,
    without_proof::{HER_CARD, her_insurance_card},
};

/// What follows from a code.
#[derive(Clone, Copy)]
struct Row {
    code: &'static str,
    status: InsuranceStatus,
    /// On the screen of somebody whose chip proved who they are.
    notice: Notice,
    /// A word of what it means, as staff read it.
    meaning: &'static str,
    /// A word of what staff do; empty where there is nothing to do.
    advice: &'static str,
    /// The register is asked once more.
    asked_again: bool,
    /// Whoever runs the server is told.
    alert: bool,
}

const fn row(
    code: &'static str,
    status: InsuranceStatus,
    notice: Notice,
    meaning: &'static str,
    advice: &'static str,
) -> Row {
    Row { code, status, notice, meaning, advice, asked_again: false, alert: false }
}

const fn again(row: Row) -> Row {
    Row { asked_again: true, ..row }
}

const fn alerting(row: Row) -> Row {
    Row { alert: true, asked_again: true, ..row }
}

const ROWS: [Row; 27] = [
    row("000", Valid, Notice::InsuranceValid, "Thông tin thẻ chính xác", ""),
    row("001", NeedsStaff, Notice::InsuranceNeedsStaff, "Bộ Quốc phòng", "Xem thẻ giấy"),
    row("002", NeedsStaff, Notice::InsuranceNeedsStaff, "Bộ Công an", "Xem thẻ giấy"),
    row("003", Renewed, Notice::InsuranceRenewed, "Thẻ cũ hết giá trị", "Đã dùng thẻ mới"),
    row("004", Renewed, Notice::InsuranceRenewed, "Thẻ cũ còn giá trị", "Đã dùng thẻ mới"),
    row("010", NotValid, Notice::InsuranceNotValid, "Thẻ hết giá trị sử dụng", "khám thu phí"),
    again(row("050", NeedsStaff, Notice::InsuranceNeedsStaff, "Không thấy thông tin thẻ", "đang tự tra lại")),
    row("051", NeedsStaff, Notice::InsuranceNeedsStaff, "Mã thẻ không đúng", "Quét lại"),
    row("052", NeedsStaff, Notice::InsuranceNeedsStaff, "sai mã tỉnh", "Quét lại"),
    row("053", NeedsStaff, Notice::InsuranceNeedsStaff, "sai mã quyền lợi", "Quét lại"),
    alerting(row(
        "054",
        Unverified,
        Notice::InsuranceUnverified,
        "không có trong danh sách",
        "người quản trị",
    )),
    alerting(row("055", Unverified, Notice::InsuranceUnverified, "Họ tên cán bộ", "người quản trị")),
    row("060", NeedsStaff, Notice::InsuranceNeedsStaff, "Sai họ tên", "Hỏi người bệnh họ tên"),
    row("061", NeedsStaff, Notice::InsuranceNeedsStaff, "đúng ký tự đầu", "Hỏi người bệnh họ tên"),
    row("070", NeedsStaff, Notice::InsuranceNeedsStaff, "Sai ngày sinh", "Hỏi người bệnh họ tên"),
    again(row("100", Unverified, Notice::InsuranceUnverified, "Lỗi lấy dữ liệu", "cứ khám")),
    again(row("101", Unverified, Notice::InsuranceUnverified, "Lỗi server", "cứ khám")),
    row("110", NeedsStaff, Notice::InsuranceNeedsStaff, "Thẻ đã thu hồi", "cơ quan BHXH"),
    row("120", NeedsStaff, Notice::InsuranceNeedsStaff, "Thẻ đã báo giảm", "cơ quan BHXH"),
    again(row("121", NeedsStaff, Notice::InsuranceNeedsStaff, "chuyển ngoại tỉnh", "đang tự tra lại")),
    again(row("122", NeedsStaff, Notice::InsuranceNeedsStaff, "chuyển nội tỉnh", "đang tự tra lại")),
    again(row("123", NeedsStaff, Notice::InsuranceNeedsStaff, "cùng đơn vị", "đang tự tra lại")),
    row("124", NotValid, Notice::InsuranceNotValid, "Ngừng tham gia", "khám thu phí"),
    row("130", Valid, Notice::InsuranceValid, "Trẻ em không xuất trình thẻ", "giấy khai sinh"),
    alerting(row("205", Unverified, Notice::InsuranceUnverified, "Sai định dạng tham số", "người quản trị")),
    alerting(row("401", Unverified, Notice::InsuranceUnverified, "Lỗi xác thực", "người quản trị")),
    alerting(row("501", Unverified, Notice::InsuranceUnverified, "Token không đúng", "người quản trị")),
];

async fn kept(server: &Server) -> Kept {
    server.store.visits("01999", date(2026, 9, 15)).await.unwrap().remove(0)
}

/// A code is for staff: nothing that a kiosk is sent holds one.
fn shows_no_code(step: &Step, code: &str) {
    let sent = serde_json::to_string(step).unwrap();
    assert!(!sent.contains(&format!("\"{code}\"")) && !sent.contains("maKetQua"), "{code}: {sent}");
}

#[test]
fn the_table_holds_each_code_once() {
    let rows: BTreeSet<_> = ROWS.iter().map(|row| row.code).collect();
    let codes: BTreeSet<_> = ResultCode::ALL.iter().map(|code| code.as_str()).collect();
    assert_eq!(rows, codes);
    assert_eq!(ROWS.len(), ResultCode::ALL.len());
}

#[tokio::test]
async fn each_code_is_words_on_the_screen_and_words_with_the_code_for_staff() {
    for row in &ROWS {
        let code = row.code;
        let server = Server::whose_register_says(code).await;
        let mut visit = Visit::presented(&server, "nguyen-thi-hoa").await;
        visit.finish().await;
        let Step::Done { notices, .. } = &visit.view.step else { panic!("{code}: {:?}", visit.view) };
        assert_eq!(notices, &[Notice::PriorityByAge, row.notice], "{code}");
        shows_no_code(&visit.view.step, code);

        let record = kept(&server).await;
        assert_eq!(record.recorded.insurance, row.status, "{code}");
        assert_eq!(record.insurance_result.as_deref(), Some(code));
        let card = record.insurance_card.as_ref();
        if row.status == Renewed {
            let card = card.unwrap();
            assert_eq!(card.number, "HT3010148012345", "{code}: the new card");
            let dates = (Some(date(2026, 1, 1)), Some(date(2026, 12, 31)));
            assert_eq!((card.valid_from, card.valid_to), dates, "{code}: with its dates");
        }

        let staff = server.staff().await;
        let page = server.raw(staff.page(&format!("/staff/visits/{}", record.recorded.visit))).await;
        let english = ResultCode::parse(code).unwrap().english().replace('\'', "&#39;");
        for words in [&format!("<code>{code}</code>"), row.meaning, row.advice, &english] {
            assert!(page.text().contains(words), "{code}: {words} is missing in {}", page.text());
        }

        let queued = server.store.undelivered_messages().await.unwrap().len();
        assert_eq!(queued, usize::from(row.asked_again), "{code}: asked once more");
        let alerts = server.store.alerts().await.unwrap();
        assert_eq!(
            alerts.iter().map(|alert| alert.code.as_str()).collect::<Vec<_>>(),
            row.alert.then_some(code).as_slice()
        );
        let first = server.raw(staff.page("/staff")).await;
        assert_eq!(first.text().contains("cần người quản trị máy chủ"), row.alert, "{code}");
        let answers = server.store.answers_of(record.recorded.visit).await.unwrap();
        assert_eq!(answers.len(), usize::from(row.status != Unverified), "{code}: the answer is kept");
    }
}

#[tokio::test]
async fn whoever_proved_nothing_is_told_nothing_of_any_code() {
    for row in &ROWS {
        let server = Server::whose_register_says(row.code).await;
        let mut visit = Visit::at_any_door(&server).await;
        visit.show(HER_CARD).await;
        visit.answer(Answer::BirthYear { year: 1948 }).await;
        visit.choose().await;
        let Step::Done { notices, .. } = &visit.view.step else { panic!("{}: {:?}", row.code, visit.view) };
        assert_eq!(notices, &[Notice::PriorityByAge], "{}", row.code);
        shows_no_code(&visit.view.step, row.code);
        assert_eq!(kept(&server).await.recorded.insurance, row.status, "{}: staff see it", row.code);
    }
}

#[tokio::test]
async fn whoever_goes_on_with_a_conversation_at_the_desk_reads_the_code_too() {
    let server = Server::whose_register_says("060").await;
    let mut visit = Visit::presented(&server, "nguyen-thi-hoa").await;
    visit.answer(Answer::ConfirmPerson { is_me: true }).await;
    visit.answer(Answer::CallStaff { code: ReasonCode::HelpWanted }).await;
    let call = server.store.open_calls().await.unwrap().remove(0).id;
    let staff = server.staff().await;
    let path = format!("/staff/calls/{call}");
    let before = server.raw(staff.page(&path)).await;
    assert!(!before.text().contains("<code>060</code>"), "nobody has taken it over");
    server.raw(staff.form(&format!("{path}/take"), "x=")).await;
    let page = server.raw(staff.page(&path)).await;
    for words in ["<code>060</code> Sai họ tên", "The name is wrong", "Hỏi người bệnh họ tên"] {
        assert!(page.text().contains(words), "{words} is missing in {}", page.text());
    }
}

#[tokio::test]
async fn an_insurance_card_with_an_impossible_number_is_read_once_more() {
    let server = Server::start().await;
    let misread = her_insurance_card().replace("HT2010148012345", "HT2990148012345");
    let mut visit = Visit::at_any_door(&server).await;
    visit.show(&misread).await;
    visit.answer(Answer::BirthYear { year: 1948 }).await;
    let Step::Identify { again, .. } = &visit.view.step else { panic!("{:?}", visit.view) };
    assert_eq!(*again, Some(ReasonCode::QrMalformed));
    visit.show(&misread).await;
    visit.answer(Answer::BirthYear { year: 1948 }).await;
    visit.choose().await;
    assert!(matches!(visit.view.step, Step::Done { .. }), "seen all the same: {:?}", visit.view);
    let record = kept(&server).await;
    assert_eq!(record.insurance_result.as_deref(), Some("052"));

    // Read rightly the second time, it is as if it had been so the first.
    let server = Server::start().await;
    let mut visit = Visit::at_any_door(&server).await;
    visit.show(&misread).await;
    visit.answer(Answer::BirthYear { year: 1948 }).await;
    visit.show(&her_insurance_card()).await;
    visit.answer(Answer::BirthYear { year: 1948 }).await;
    visit.choose().await;
    assert_eq!(kept(&server).await.recorded.insurance, Valid);
}

#[tokio::test]
async fn what_may_change_is_asked_once_more_and_then_left_to_staff() {
    let server = Server::whose_register_says("121").await;
    let mut visit = Visit::presented(&server, "nguyen-thi-hoa").await;
    visit.finish().await;
    let visit = kept(&server).await.recorded.visit;
    server.wait(31);
    server.worker.deliver_due().await.unwrap();
    assert!(server.store.undelivered_messages().await.unwrap().is_empty());
    let record = kept(&server).await;
    assert_eq!((record.insurance_now(), record.insurance_result_now()), (NeedsStaff, Some("121")));
    assert!(record.insurance_check.is_some(), "the second answer is kept as such");
    let asked: Vec<_> =
        server.store.answers_of(visit).await.unwrap().into_iter().map(|answer| answer.asked_by).collect();
    assert_eq!(asked, ["demo", "outbox"]);
}
