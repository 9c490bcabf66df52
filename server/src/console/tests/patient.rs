//! What staff see of the insurance register's answers, a clinician's look at the visits elsewhere, two records that may
//! be one person, and what only whoever runs the server can mend.

use std::sync::atomic::Ordering;

use flows::engine::{Insurance, InsuranceStatus};
use identity::number::OldCardNumber;

use super::{
    desk::{has, page_after, typed},
    *,
};
use crate::store::{
    Alerts as _, Answers as _, GivenNumber, MessageKind, NewAlert, NewVisit, NumberStanding, Outbox as _,
    Recorded, SubjectNumber,
    accesses::{AccessLog as _, Accesses, Purpose, Shown},
    conformance::visit,
};

const WHY: &str = "Đau ngực, xem đơn thuốc cũ";

async fn insured(world: &World<'_>, status: InsuranceStatus, code: &str) -> Recorded {
    let insurance = Insurance { status, result_code: Some(code.into()), card: None };
    let check_in = world.check_in(NewVisit { insurance, ..visit(Some("001148012345")) }, at(0)).await;
    world.store.record_check_in(check_in).await.unwrap()
}

fn looks(desk: &Desk, visit: &Recorded) -> String {
    assert!(desk.register.asked.lock().unwrap().is_empty());
    format!("/staff/visits/{}/history", visit.visit)
}

#[tokio::test]
async fn a_code_stands_beside_its_words_and_what_to_do() {
    let desk = Desk::open().await;
    let world = World::new(&*desk.store).await;
    let recorded = insured(&world, InsuranceStatus::NeedsStaff, "060").await;
    let (_, page) = desk.get(&format!("/staff/visits/{}", recorded.visit)).await;
    has(
        &page,
        &[
            "Cần nhân viên xem",
            "<code>060</code>",
            "Sai họ tên",
            "The name is wrong",
            "Hỏi người bệnh họ tên",
        ],
    );
    let (_, list) = desk.get("/staff/visits").await;
    has(&list, &["<code>060</code> Sai họ tên"]);
    let record = desk.export(&format!("/staff/visits/{}", recorded.visit), "record").await;
    let record: serde_json::Value = serde_json::from_str(&record).unwrap();
    assert_eq!(record["insurance_now"]["result"], "060");
}

#[tokio::test]
async fn an_alert_is_on_the_first_page_until_a_manager_says_what_was_done() {
    let desk = Desk::open().await;
    let none = desk.get("/staff").await.1;
    assert!(!none.contains("cần người quản trị máy chủ"));
    for code in ["054", "205", "401", "999"] {
        let alert = NewAlert { system: "insurance", code: code.into(), at: at(0) };
        desk.store.raise_alert(alert).await.unwrap();
    }
    has(&desk.get("/staff").await.1, &["<code>054</code>", "CCCD cán bộ tra cứu không có trong danh sách"]);
    let (_, page) = desk.get("/staff/outbox").await;
    has(
        &page,
        &[
            "Cần người quản trị máy chủ",
            "15/09/2026 08:00",
            "staff_name và staff_number",
            "The number of the officer who looks up is not in the register",
            "Sai định dạng tham số",
            "báo nơi phát triển",
            "Lỗi xác thực",
            "Mã không có trong bảng",
        ],
    );
    let alert = desk.store.alerts().await.unwrap()[0].id;
    let path = format!("/staff/alerts/{alert}/settle");
    assert_eq!(desk.post(&path, "reason=").await.0.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let after = page_after(&desk, &path, &format!("reason={}", typed("sửa số CCCD cán bộ"))).await;
    assert!(!after.contains("<code>054</code>") && after.contains("<code>205</code>"), "{after}");
    assert_eq!(desk.post(&path, "reason=x").await.0.status(), StatusCode::CONFLICT);

    let reception = Desk::with(&[Role::Reception]).await;
    let alert = NewAlert { system: "insurance", code: "055".into(), at: at(0) };
    reception.store.raise_alert(alert).await.unwrap();
    let (_, page) = reception.get("/staff/outbox").await;
    assert!(page.contains("<code>055</code>") && !page.contains("/settle"), "{page}");
    let alert = reception.store.alerts().await.unwrap()[0].id;
    let path = format!("/staff/alerts/{alert}/settle");
    assert_eq!(reception.post(&path, "reason=x").await.0.status(), StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_clinician_sees_the_visits_elsewhere_for_a_reason_and_on_that_page_alone() {
    let desk = Desk::with(&[Role::Clinician]).await;
    let world = World::new(&*desk.store).await;
    let recorded = world.checked_in("001148012345", at(0)).await;
    let path = looks(&desk, &recorded);
    let own = format!("/staff/visits/{}", recorded.visit);
    has(&desk.get(&own).await.1, &["Xem lịch sử khám chữa bệnh", &path]);
    for short in ["", "khám bệnh", "a         b"] {
        let (head, page) = desk.post(&path, &format!("reason={}", typed(short))).await;
        assert_eq!(head.status(), StatusCode::UNPROCESSABLE_ENTITY, "{short:?}");
        has(&page, &["từ 10 đến 200 chữ"]);
    }
    assert!(desk.register.asked.lock().unwrap().is_empty(), "nobody asks without a reason");

    let (head, page) = desk.post(&path, &format!("reason={}", typed(WHY))).await;
    assert_eq!(head.status(), StatusCode::OK, "{page}");
    has(&page, &[WHY, "08:12 01/06/2026", "dạ dày"]);
    assert!(!page.contains("<b>"), "what a register says cannot become markup");
    assert_eq!(desk.register.asked.lock().unwrap().len(), 1);
    assert!(!desk.get(&own).await.1.contains("dạ dày"), "it is on its own page alone");

    let looks = desk.store.accesses(Accesses::To(recorded.subject)).await.unwrap();
    let look = looks.iter().find(|access| access.shown == Shown::History).unwrap();
    assert_eq!((look.purpose, look.reason.as_deref()), (Purpose::Care, Some(WHY)));
    let kept = desk.store.answers_of(recorded.visit).await.unwrap();
    assert_eq!(kept.len(), 1);
    assert_eq!(kept[0].decision.as_ref().unwrap().reason, WHY);
    assert!(String::from_utf8_lossy(kept[0].json.as_ref().unwrap().as_slice()).contains("dạ dày"));
}

#[tokio::test]
async fn nobody_but_a_clinician_sees_the_visits_elsewhere() {
    let desk = Desk::with(&[Role::Reception, Role::Manager, Role::Auditor]).await;
    let world = World::new(&*desk.store).await;
    let recorded = world.checked_in("001148012345", at(0)).await;
    let path = looks(&desk, &recorded);
    let (_, page) = desk.get(&format!("/staff/visits/{}", recorded.visit)).await;
    assert!(!page.contains("/history"), "{page}");
    let (head, _) = desk.post(&path, &format!("reason={}", typed(WHY))).await;
    assert_eq!(head.status(), StatusCode::FORBIDDEN);
    assert!(desk.register.asked.lock().unwrap().is_empty());
    assert!(desk.store.answers_of(recorded.visit).await.unwrap().is_empty());

    // Nor a clinician of a record that they do not serve today, before they said why they open it.
    let desk = Desk::with(&[Role::Clinician]).await;
    let world = World::new(&*desk.store).await;
    let recorded = world.checked_in("001148012345", at(-86_400)).await;
    let (head, _) = desk.post(&looks(&desk, &recorded), &format!("reason={}", typed(WHY))).await;
    assert_eq!(head.status(), StatusCode::FORBIDDEN);
    assert!(desk.register.asked.lock().unwrap().is_empty());
}

#[tokio::test]
async fn a_register_that_does_not_answer_leaves_the_look_in_the_log_and_nothing_else() {
    let desk = Desk::open().await;
    let world = World::new(&*desk.store).await;
    let recorded = world.checked_in("001148012345", at(0)).await;
    let path = looks(&desk, &recorded);
    desk.register.down.store(true, Ordering::Relaxed);
    let (head, page) = desk.post(&path, &format!("reason={}", typed(WHY))).await;
    assert_eq!(head.status(), StatusCode::SERVICE_UNAVAILABLE);
    has(&page, &["chưa trả lời"]);
    let looks = desk.store.accesses(Accesses::Latest).await.unwrap();
    assert!(looks.iter().any(|access| access.shown == Shown::History));
    assert!(desk.store.answers_of(recorded.visit).await.unwrap().is_empty());
    assert_eq!(desk.store.alerts().await.unwrap()[0].code, "054");
    has(&desk.get("/staff/accesses").await.1, &["Lịch sử khám chữa bệnh", WHY]);
}

#[tokio::test]
async fn staff_say_whether_two_records_are_one_person() {
    let desk = Desk::open().await;
    let world = World::new(&*desk.store).await;
    let old = GivenNumber {
        number: SubjectNumber::OldCard(OldCardNumber::parse("012345678").unwrap()),
        standing: NumberStanding::Proved,
    };
    let mut subjects = Vec::new();
    for (number, seconds) in [("001148012345", 0), ("001148054321", 10)] {
        let new = NewVisit { numbers: vec![old.clone()], ..visit(Some(number)) };
        let check_in = world.check_in(new, at(seconds)).await;
        subjects.push(desk.store.record_check_in(check_in).await.unwrap().subject);
    }
    let (_, page) = desk.get("/staff/persons").await;
    has(&page, &["số CMND cũ", "001*****2345", "001*****4321", "Nguyễn Thị Hoà"]);
    assert!(!page.contains("012345678") && !page.contains("001148054321"), "no number in full");
    let form = |outcome: &str, reason: &str| {
        format!("first={}&second={}&outcome={outcome}&reason={}", subjects[0], subjects[1], typed(reason))
    };
    let (head, _) = desk.post("/staff/persons", &form("merged", "")).await;
    assert_eq!(head.status(), StatusCode::UNPROCESSABLE_ENTITY, "not without a reason");
    let page = page_after(&desk, "/staff/persons", &form("merged", "đã so hai thẻ")).await;
    has(&page, &["Không có ai"]);
    let number = identity::number::PersonalNumber::parse("001148054321").unwrap();
    assert_eq!(desk.store.subject(&number).await.unwrap(), Some(subjects[0]));
    let (head, _) = desk.post("/staff/persons", &form("apart", "nhầm")).await;
    assert_eq!(head.status(), StatusCode::CONFLICT);

    let clinician = Desk::with(&[Role::Clinician]).await;
    assert_eq!(clinician.get("/staff/persons").await.0, StatusCode::FORBIDDEN);
    assert_eq!(clinician.post("/staff/persons", &form("apart", "x")).await.0.status(), StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn insurance_that_is_corrected_is_asked_about_again() {
    let desk = Desk::open().await;
    let world = World::new(&*desk.store).await;
    let recorded = insured(&world, InsuranceStatus::NeedsStaff, "051").await;
    let correct = format!("/staff/visits/{}/correct", recorded.visit);
    let form = |seen: u32, wrong: &str, name: &str, insurance: &str| {
        format!(
            "seen={seen}&wrong={wrong}&reason=sai&full_name={}&number=&birth=2%2F3%2F1948&sex=female&insurance_number={insurance}&where_to=illness%2Fp1",
            typed(name)
        )
    };
    let (head, page) = desk.post(&correct, &form(1, "insurance", "Nguyễn Thị Hoà", "HT2")).await;
    assert_eq!(head.status(), StatusCode::UNPROCESSABLE_ENTITY);
    has(&page, &["Mã thẻ BHYT: 15 ký tự"]);
    // A room is no question to the register.
    let page = page_after(&desk, &correct, &form(1, "place", "Nguyễn Thị Hoà", "")).await;
    has(&page, &["<code>051</code>"]);
    assert!(desk.store.undelivered_messages().await.unwrap().is_empty());

    let page = page_after(&desk, &correct, &form(2, "insurance", "Nguyễn Thị Hoà", "ht2010148012345")).await;
    has(&page, &["Chưa xác minh được"]);
    let queued = desk.store.undelivered_messages().await.unwrap();
    assert_eq!(queued.iter().map(|message| message.kind).collect::<Vec<_>>(), [MessageKind::InsuranceLookUp]);
    let leased =
        desk.store.claim_message(at(600), jiff::SignedDuration::from_secs(60)).await.unwrap().unwrap();
    let asked: flows::Person = serde_json::from_slice(leased.payload.as_slice()).unwrap();
    assert_eq!(asked.insurance_number.as_ref().unwrap().as_str(), "HT2010148012345");
    assert!(asked.number.is_none(), "the register is asked about the card that was corrected");
}

#[tokio::test]
async fn another_name_is_another_question_where_the_register_refused_the_first() {
    for (code, status, again) in [
        ("060", InsuranceStatus::NeedsStaff, true),
        ("070", InsuranceStatus::NeedsStaff, true),
        ("100", InsuranceStatus::Unverified, true),
        ("000", InsuranceStatus::Valid, false),
    ] {
        let desk = Desk::open().await;
        let world = World::new(&*desk.store).await;
        let recorded = insured(&world, status, code).await;
        let form = format!(
            "seen=1&wrong=data&reason=sai&full_name={}&number=&birth=2%2F3%2F1948&sex=female&where_to=illness%2Fp1",
            typed("Nguyễn Thị Hòa")
        );
        page_after(&desk, &format!("/staff/visits/{}/correct", recorded.visit), &form).await;
        let queued = desk.store.undelivered_messages().await.unwrap().len();
        assert_eq!(queued, usize::from(again), "{code}");
    }
}
