//! Consent at the desk.

use flows::{
    Language, consent,
    law::age::ConsentRole,
    person::{Birth, Relation},
    step::Purpose,
};

use super::*;
use crate::store::{
    AccessLog as _, CheckIn, Consents as _, NewVisit, Recorded, Retention as _,
    accesses::{Accesses, Shown},
    conformance::{consents::consenting, visit},
    consents::{ConsentAnswer, LedgerEntry},
};

fn digest(role: ConsentRole, language: Language) -> String {
    consent::current(Purpose::HealthCheckIn, role, language).unwrap().sha256_hex()
}

/// Someone born in this year, received today.
async fn born(world: &World<'_>, number: &str, year: i16) -> Recorded {
    let mut visit: NewVisit = visit(Some(number));
    visit.patient.birth = Some(Birth { year, month: Some(3), day: Some(2) });
    let check_in = CheckIn { visit: visit.clone(), ..world.check_in(visit, at(0)).await };
    world.store.record_check_in(check_in).await.unwrap()
}

async fn ledger(desk: &Desk, of: &Recorded) -> Vec<LedgerEntry> {
    desk.store.consents_of(of.subject).await.unwrap()
}

fn path(of: &Recorded) -> String {
    format!("/staff/visits/{}/consents", of.visit)
}

fn has(page: &str, all: &[&str]) {
    for words in all {
        assert!(page.contains(words), "{words} is missing in {page}");
    }
}

#[tokio::test]
async fn what_somebody_says_at_the_desk_is_kept_with_the_words_on_the_page() {
    let desk = Desk::open().await;
    let world = World::new(&*desk.store).await;
    let person = world.checked_in("001148012345", at(0)).await;
    let (_, page) = desk.get(&format!("/staff/visits/{}", person.visit)).await;
    has(&page, &["Hỏi tại quầy", &path(&person)]);
    let (status, page) = desk.get(&path(&person)).await;
    let text = consent::current(Purpose::HealthCheckIn, ConsentRole::Person, Language::Vi).unwrap();
    assert_eq!(status, StatusCode::OK);
    has(&page, &["Chưa hỏi lần nào", &text.sha256_hex()]);
    has(&page, &text.paragraphs);
    assert!(!page.contains("checked"), "nothing is ticked beforehand");
    assert_eq!(page.matches("<blockquote>").count(), 1, "an adult is asked for themselves alone");
    let (_, english) = desk.get(&format!("{}?language=en", path(&person))).await;
    has(&english, &[&digest(ConsentRole::Person, Language::En)]);

    let form = format!("text_sha256={}&answer=yes", text.sha256_hex());
    let (head, _) = desk.post(&path(&person), &form).await;
    assert_eq!((head.status(), location(&head)), (StatusCode::SEE_OTHER, path(&person).as_str()));
    let [entry] = &ledger(&desk, &person).await[..] else { panic!() };
    assert_eq!((entry.answer, entry.role), (ConsentAnswer::Given, Some(ConsentRole::Person)));
    assert_eq!((entry.text_sha256, entry.at), (text.sha256(), at(600)));
    assert_eq!(entry.by_hand.as_ref().unwrap().staff, "Trần Văn Mẫu");
    // Who sees the visit sees what was said, to which words, and who wrote it down.
    let (_, page) = desk.get(&format!("/staff/visits/{}", person.visit)).await;
    has(&page, &["Đồng ý", "Người bệnh", "Quầy, Trần Văn Mẫu", &text.sha256_hex()]);
}

#[tokio::test]
async fn for_a_child_the_page_asks_whom_the_law_asks() {
    let desk = Desk::open().await;
    let world = World::new(&*desk.store).await;
    let small = born(&world, "001222000001", 2022).await;
    let older = born(&world, "001212000002", 2012).await;
    let (child, parent) = (ConsentRole::Child, ConsentRole::Representative);
    let (_, page) = desk.get(&path(&small)).await;
    assert!(page.contains(&digest(parent, Language::Vi)) && !page.contains(&digest(child, Language::Vi)));
    let (_, page) = desk.get(&path(&older)).await;
    has(&page, &[&digest(child, Language::Vi), &digest(parent, Language::Vi)]);

    let parent = digest(parent, Language::Vi);
    for (form, words) in [
        (format!("text_sha256={parent}&answer=yes&representative=x"), "Quan hệ"),
        (format!("text_sha256={parent}&answer=yes&representative=x&relation=grandparent"), "Quan hệ"),
        (format!("text_sha256={parent}&answer=yes&relation=parent"), "Họ và tên người đại diện"),
        (format!("text_sha256={parent}&relation=parent&representative=x"), "Trả lời"),
        // Words that ask somebody else, or that nobody knows.
        (format!("text_sha256={}&answer=yes", digest(child, Language::Vi)), "Lời hỏi đã đổi"),
        (format!("text_sha256={}&answer=yes", "00".repeat(32)), "Lời hỏi đã đổi"),
    ] {
        let (head, page) = desk.post(&path(&small), &form).await;
        assert_eq!(head.status(), StatusCode::UNPROCESSABLE_ENTITY, "{form}");
        has(&page, &[words]);
    }
    assert!(ledger(&desk, &small).await.is_empty());

    let form = format!(
        "text_sha256={parent}&answer=no&relation=guardian&representative=L%C3%AA+Th%E1%BB%8B+%E1%BB%B6"
    );
    let (head, _) = desk.post(&path(&small), &form).await;
    assert_eq!(head.status(), StatusCode::SEE_OTHER);
    let [entry] = &ledger(&desk, &small).await[..] else { panic!() };
    assert_eq!((entry.answer, entry.relation), (ConsentAnswer::Refused, Some(Relation::Guardian)));
    assert_eq!(entry.by_hand.as_ref().unwrap().representative.as_deref(), Some("Lê Thị Ỷ"));
    has(&desk.get(&path(&small)).await.1, &["Không đồng ý", "Người giám hộ", "Lê Thị Ỷ"]);
}

#[tokio::test]
async fn a_withdrawal_is_a_new_row_and_takes_effect_at_once() {
    let desk = Desk::open().await;
    let world = World::new(&*desk.store).await;
    let person = consenting(&world, "001148012345").await;
    let page = desk.get(&path(&person)).await.1;
    has(&page, &["Rút lại: Đọc chip để đăng ký khám"]);
    let withdraw = format!("{}/withdraw", path(&person));
    let (head, page) = desk.post(&withdraw, "purpose=lodging").await;
    assert_eq!(head.status(), StatusCode::UNPROCESSABLE_ENTITY);
    has(&page, &["chưa chọn việc gì"]);
    let (head, _) = desk.post(&withdraw, "purpose=health_check_in&relation=&representative=").await;
    assert_eq!(head.status(), StatusCode::SEE_OTHER);
    let entries = ledger(&desk, &person).await;
    assert_eq!(
        entries.iter().map(|entry| entry.answer).collect::<Vec<_>>(),
        [ConsentAnswer::Given, ConsentAnswer::Withdrawn]
    );
    assert_eq!((entries[1].withdraws, entries[1].role), (Some(entries[0].id), Some(ConsentRole::Person)));
    let proofs = desk.store.purges(10).await.unwrap();
    assert_eq!((proofs[0].record, proofs[0].count), (flows::law::Record::Evidence, 1));
    assert!(!desk.get(&path(&person)).await.1.contains("/withdraw"), "there is nothing left to take back");
}

#[tokio::test]
async fn consents_are_for_reception_with_its_form_and_leave_a_trace() {
    let desk = Desk::with(&[Role::Clinician, Role::Manager, Role::Auditor]).await;
    let world = World::new(&*desk.store).await;
    let person = world.checked_in("001148012345", at(0)).await;
    let form = format!("text_sha256={}&answer=yes", digest(ConsentRole::Person, Language::Vi));
    assert_eq!(desk.get(&path(&person)).await.0, StatusCode::FORBIDDEN);
    for path in [path(&person), format!("{}/withdraw", path(&person))] {
        assert_eq!(desk.post(&path, &form).await.0.status(), StatusCode::FORBIDDEN);
    }
    assert!(!desk.get(&format!("/staff/visits/{}", person.visit)).await.1.contains("Hỏi tại quầy"));

    let desk = Desk::with(&[Role::Reception]).await;
    let world = World::new(&*desk.store).await;
    let person = world.checked_in("001148012345", at(0)).await;
    let without_secret = desk.request_from_page(&path(&person)).body(Body::from(form.clone())).unwrap();
    assert_eq!(
        desk.send(without_secret).await.0.status(),
        StatusCode::FORBIDDEN,
        "a form without its secret"
    );
    assert!(ledger(&desk, &person).await.is_empty());
    desk.get(&path(&person)).await;
    let accesses = desk.store.accesses(Accesses::To(person.subject)).await.unwrap();
    assert_eq!(accesses.iter().map(|access| access.shown).collect::<Vec<_>>(), [Shown::Record]);
    // Of another day the page asks why.
    let old = world.checked_in("001148000002", at(-86_400)).await;
    let (status, page) = desk.get(&path(&old)).await;
    assert_eq!(status, StatusCode::FORBIDDEN);
    has(&page, &["Vì sao cần xem hồ sơ này?"]);
    desk.post(&path(&old), &form).await;
    assert!(ledger(&desk, &old).await.is_empty());
}
