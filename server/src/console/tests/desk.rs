//! Calls at the desk, reception by hand, corrections, dead letters.

use identity::SecretBytes;

use super::*;
use crate::store::{
    Desk as _, Member, MessageKind, NewMessage, Outbox as _, Queues as _, TakeOver, desk::COMING_SECONDS,
};

/// `text` as a form carries it.
pub(super) fn typed(text: &str) -> String {
    form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

pub(super) async fn page_after(desk: &Desk, path: &str, form: &str) -> String {
    let (head, body) = desk.post(path, form).await;
    assert_eq!(head.status(), StatusCode::SEE_OTHER, "{path}: {body}");
    desk.get(location(&head)).await.1
}

pub(super) fn has(page: &str, all: &[&str]) {
    for words in all {
        assert!(page.contains(words), "{words} is missing in {page}");
    }
}

#[tokio::test]
async fn whoever_acknowledges_a_call_stands_beside_it() {
    let desk = Desk::open().await;
    let world = World::new(&*desk.store).await;
    let call = desk.call(&world, "identify").await;
    let (_, before) = desk.get("/staff").await;
    has(&before, &["class=\"call waiting\"", "Chưa ai trả lời"]);
    let page = page_after(&desk, &format!("/staff/calls/{call}/acknowledge"), "").await;
    has(&page, &["Đang tới: Trần Văn Mẫu", "Nhận làm tiếp tại bàn"]);
    assert!(!page.contains("Tôi biết, đang tới"));
    let (_, list) = desk.get("/staff").await;
    has(&list, &["class=\"call acknowledged\"", "Trần Văn Mẫu"]);
    desk.store.repeat_unanswered(at(600 + COMING_SECONDS - 1)).await.unwrap();
    assert!(!desk.get("/staff").await.1.contains("đã gọi lại"));
    // They did not come: whoever is there may.
    desk.store.repeat_unanswered(at(600 + COMING_SECONDS)).await.unwrap();
    has(&desk.get("/staff").await.1, &["đã gọi lại", "class=\"call waiting\""]);
}

#[tokio::test]
async fn a_call_that_somebody_else_has_taken_cannot_be_ended_only_taken_in_their_place() {
    let desk = Desk::open().await;
    let world = World::new(&*desk.store).await;
    let call = desk.call(&world, "identify").await;
    let by = Member { account: Some(Uuid::nil()), name: "Lê Thị Cán".into() };
    desk.store.take_over(TakeOver { call, by, instead: false, at: at(1) }).await.unwrap();
    let (_, page) = desk.get(&format!("/staff/calls/{call}")).await;
    has(&page, &["Đang làm tại bàn: Lê Thị Cán", "Nhận thay"]);
    assert!(!page.contains("/admit") && !page.contains("/close"), "{page}");
    for (step, form) in [("admit", GOOD), ("close", "reason=x"), ("take", ""), ("acknowledge", "")] {
        let (head, page) = desk.post(&format!("/staff/calls/{call}/{step}"), form).await;
        assert_eq!(head.status(), StatusCode::CONFLICT, "{step}");
        assert!(page.contains("Nhân viên khác"), "{step}");
    }
    let page = page_after(&desk, &format!("/staff/calls/{call}/take"), "instead=on").await;
    has(&page, &["Đang làm tại bàn: Trần Văn Mẫu", "/admit"]);
    page_after(&desk, &format!("/staff/calls/{call}/admit"), GOOD).await;
    assert_eq!(desk.store.open_calls().await.unwrap(), []);
}

#[tokio::test]
async fn one_press_gives_an_emergency_a_number_and_the_commune_is_to_be_told() {
    let desk = Desk::open().await;
    World::new(&*desk.store).await;
    let (_, form) = desk.get("/staff/reception").await;
    has(&form, &["Cấp số ngay", "Trẻ sơ sinh", "Không có giấy tờ", "DỮ LIỆU MÔ PHỎNG"]);
    let page = page_after(
        &desk,
        "/staff/reception",
        "occasion=emergency&sex=&apparent_age=&reason=&where_to=illness%2Fp1",
    )
    .await;
    has(&page, &["TAM-20260915-", "Chưa xác định là ai", "Cấp cứu, chưa xác định danh tính", "Trần Văn Mẫu"]);
    let (_, tasks) = desk.get("/staff/tasks").await;
    has(&tasks, &["Báo UBND xã", "17/09/2026 08:10", "TAM-20260915-"]);
    assert!(!tasks.contains("quá hạn"));
    let task = tasks.split_once("/staff/tasks/").unwrap().1;
    let done = format!("/staff/tasks/{}", task.split_once('"').unwrap().0);
    let (head, _) = desk.post(&done, "reason=").await;
    assert_eq!(head.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let after = page_after(&desk, &done, &format!("reason={}", typed("gọi điện cho văn thư xã"))).await;
    has(&after, &["Không có việc nào"]);
    assert_eq!(desk.post(&done, "reason=x").await.0.status(), StatusCode::CONFLICT);
}

#[tokio::test]
async fn an_unknown_patient_who_is_identified_has_both_records() {
    let desk = Desk::open().await;
    let world = World::new(&*desk.store).await;
    let known = world.checked_in("001148012345", at(-86_400)).await;
    let (head, _) = desk.post("/staff/reception", "occasion=emergency&where_to=illness%2Fp1").await;
    let visit = location(&head).to_owned();
    let (_, form) = desk.get(&format!("{visit}/correct")).await;
    has(&form, &["value=\"identified\" checked", "name=\"full_name\" value=\"\""]);
    let identified = format!(
        "seen=1&wrong=identified&reason={}&full_name={}&number=001148012345&birth=1948&sex=female&where_to=illness%2Fp1",
        typed("người nhà mang căn cước đến"),
        typed("Nguyễn Thị Hoà"),
    );
    let page = page_after(&desk, &format!("{visit}/correct"), &identified).await;
    has(
        &page,
        &[
            "Nguyễn Thị Hoà",
            "001*****2345",
            "Bản 1",
            "Bản 2",
            "Chưa xác định danh tính",
            "gộp hồ sơ tạm",
            "người nhà mang căn cước đến",
            "TAM-20260915-",
        ],
    );
    assert!(desk.get("/staff/tasks").await.1.contains("Không có việc nào"), "nobody is unknown any more");
    let id = Uuid::parse_str(visit.rsplit('/').next().unwrap()).unwrap();
    assert_eq!(desk.store.visit(id).await.unwrap().unwrap().recorded.subject, known.subject);
    // Sent from a page that was open before.
    assert_eq!(desk.post(&format!("{visit}/correct"), &identified).await.0.status(), StatusCode::CONFLICT);
}

#[tokio::test]
async fn a_newborn_is_received_with_whoever_brings_them() {
    let desk = Desk::open().await;
    World::new(&*desk.store).await;
    let form = |born: &str, relation: &str| {
        format!(
            "occasion=newborn&relation={}&companion={}&born_at={born}&sex=male&full_name=&where_to=illness%2Fp1",
            typed(relation),
            typed("Lò Thị Mẹ")
        )
    };
    for (bad, words) in [
        (form("2026-09-15T09:00", "Mẹ"), "Ngày giờ sinh"),
        (form("2026-08-01T09:00", "Mẹ"), "Ngày giờ sinh"),
        (form("hôm qua", "Mẹ"), "Ngày giờ sinh"),
        (form("2026-09-15T05:30", ""), "Người đi cùng"),
    ] {
        let (head, page) = desk.post("/staff/reception", &bad).await;
        assert_eq!(head.status(), StatusCode::UNPROCESSABLE_ENTITY, "{bad}");
        has(&page, &[words, "Lò Thị Mẹ"]);
    }
    let page = page_after(&desk, "/staff/reception", &form("2026-09-15T05:30", "Mẹ")).await;
    has(
        &page,
        &[
            "U001",
            "Con của Lò Thị Mẹ",
            "Mẹ: Lò Thị Mẹ",
            "15/09/2026 05:30",
            "Nhân viên nhập tay",
            "TAM-20260915-",
        ],
    );
}

#[tokio::test]
async fn a_small_child_without_a_card_comes_with_somebody() {
    let desk = Desk::open().await;
    World::new(&*desk.store).await;
    let alone = format!(
        "occasion=no_document&reason=x&full_name={}&number=&birth=2%2F3%2F2022&sex=&where_to=illness%2Fp2",
        typed("Vàng A Bé")
    );
    let (head, page) = desk.post("/staff/reception", &alone).await;
    assert_eq!(head.status(), StatusCode::UNPROCESSABLE_ENTITY);
    has(&page, &["Người đi cùng", "Vàng A Bé", "value=\"2/3/2022\""]);
    let with = format!("{alone}&relation={}&companion={}", typed("Bà"), typed("Giàng Thị Bà"));
    let page = page_after(&desk, "/staff/reception", &with).await;
    has(&page, &["U001", "Vàng A Bé", "Bà: Giàng Thị Bà", "Không có giấy tờ"]);
}

#[tokio::test]
async fn a_wrong_admission_is_corrected_and_the_page_shows_both() {
    let desk = Desk::open().await;
    let world = World::new(&*desk.store).await;
    let recorded = world.checked_in("001148012345", at(0)).await;
    let path = format!("/staff/visits/{}", recorded.visit);
    let (_, form) = desk.get(&format!("{path}/correct")).await;
    // The number in full stands nowhere.
    assert!(form.contains("001*****2345") && !form.contains("001148012345"));
    let correction = |reason: &str| {
        format!(
            "seen=1&wrong=data&reason={}&full_name={}&number=&birth=2%2F3%2F1948&sex=female&where_to=illness%2Fp2",
            typed(reason),
            typed("Nguyễn Thị Hòa")
        )
    };
    let (head, page) = desk.post(&format!("{path}/correct"), &correction("")).await;
    assert_eq!(head.status(), StatusCode::UNPROCESSABLE_ENTITY);
    has(&page, &["Lý do sửa", "Nguyễn Thị Hòa"]);
    let page = page_after(&desk, &format!("{path}/correct"), &correction("gõ sai dấu")).await;
    let queue = desk.store.queue(STATION, station_day(at(0)), flows::health::queue::Interleave::default());
    assert_eq!(queue.await.unwrap().place(recorded.visit).unwrap().room, "p2", "the place follows the room");
    has(&page, &["Nguyễn Thị Hòa", "Nguyễn Thị Hoà", "gõ sai dấu", "Sai dữ liệu", "Bản 1", "Bản 2"]);
    let kept = desk.store.visit(recorded.visit).await.unwrap().unwrap();
    // What the chip proved stays proved: the person is the same.
    assert_eq!((kept.recorded.method, kept.recorded.strength), (recorded.method, recorded.strength));
    assert_eq!(kept.recorded.subject, recorded.subject);
    assert!(kept.insurance_card.is_some());
}

#[tokio::test]
async fn what_was_sent_is_put_right_by_a_person_who_says_so() {
    let desk = Desk::open().await;
    let world = World::new(&*desk.store).await;
    let message = NewMessage {
        kind: MessageKind::CheckIn,
        part: String::new(),
        payload: SecretBytes::new(b"{}".to_vec()),
        not_before: at(0),
    };
    let check_in = crate::store::CheckIn {
        messages: vec![message],
        ..world.check_in(crate::store::conformance::visit(Some("001148012345")), at(0)).await
    };
    let recorded = desk.store.record_check_in(check_in).await.unwrap();
    assert!(desk.store.claim_message(at(1), jiff::SignedDuration::from_mins(2)).await.unwrap().is_some());
    let correction = format!(
        "seen=1&wrong=person&reason={}&full_name={}&number=001090034567&birth=1990&sex=male&where_to=illness%2Fp1",
        typed("bấm nhầm người"),
        typed("Trần Văn Tám")
    );
    let page = page_after(&desk, &format!("/staff/visits/{}/correct", recorded.visit), &correction).await;
    has(&page, &["phải có người báo", "001*****4567"]);
    let (_, outbox) = desk.get("/staff/outbox").await;
    has(&outbox, &["Nhầm người", "bấm nhầm người", "CHECK-IN gửi cổng", "Đã báo"]);
    assert!(!outbox.contains("001090034567") && !outbox.contains("/retry"), "{outbox}");
    let letter = desk.store.dead_letters().await.unwrap()[0].id;
    let path = format!("/staff/outbox/{letter}/set-aside");
    assert_eq!(desk.post(&path, "reason=").await.0.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let after = page_after(&desk, &path, &format!("reason={}", typed("gọi tổng đài cổng"))).await;
    has(&after, &["Không có thư nào cần nhân viên"]);
    assert_eq!(desk.post(&path, "reason=x").await.0.status(), StatusCode::CONFLICT);
}

#[tokio::test]
async fn whoever_does_not_receive_patients_does_not_correct_them_either() {
    let desk = Desk::with(&[Role::Clinician]).await;
    let world = World::new(&*desk.store).await;
    let recorded = world.checked_in("001148012345", at(0)).await;
    let correct = format!("/staff/visits/{}/correct", recorded.visit);
    for path in ["/staff/reception", "/staff/tasks", "/staff/outbox", &correct] {
        assert_eq!(desk.get(path).await.0, StatusCode::FORBIDDEN, "{path}");
    }
    let (head, _) = desk.post("/staff/reception", "occasion=emergency&where_to=illness%2Fp1").await;
    assert_eq!(head.status(), StatusCode::FORBIDDEN);
    assert_eq!(desk.post(&correct, "seen=1").await.0.status(), StatusCode::FORBIDDEN);
    assert_eq!(desk.store.visits(STATION, station_day(at(0))).await.unwrap().len(), 1);
}
