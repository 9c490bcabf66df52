//! Each button of a guest's page.

use super::*;

/// A guest whom the portal has.
async fn taken(desk: &Desk) -> Uuid {
    let stay = desk.sleeps(guest(NUMBER, 0), 0, |new| new).await;
    desk.portal_says(StayAnswer::Accepted(Acceptance::Portal)).await;
    stay
}

fn correct(stay: Uuid) -> String {
    format!("{INN}/guests/{stay}/correct")
}

const CORRECTED: [(&str, &str); 13] = [
    ("seen", "1"),
    ("full_name", "Nguyễn Thị Hoài"),
    ("birth", "2/3/1948"),
    ("sex", "female"),
    ("nationality", "VNM"),
    ("document_kind", "1"),
    ("document_number", NUMBER),
    ("room", "102"),
    ("arrival", "2026-09-15T08:00"),
    ("departure", "2026-09-15T20:00"),
    ("stay_reason", "1"),
    ("reason", "gõ sai tên"),
    ("looked", "1"),
];

#[tokio::test]
async fn a_correction_keeps_the_old_version_and_asks_a_person_to_tell() {
    let desk = Desk::owner().await;
    let stay = taken(&desk).await;
    let form_page = desk.get(&correct(stay)).await.1;
    has(
        &form_page,
        &["value=\"Nguyễn Thị Hoà\"", &format!("value=\"{NUMBER}\""), "value=\"2026-09-15T08:00\""],
    );
    assert!(desk.refused(&correct(stay), &CORRECTED[..11]).await.contains("Vì sao sửa"));
    let page = desk.done(&correct(stay), &CORRECTED).await;
    has(&page, &["Nguyễn Thị Hoài", "Bản 1, từ", "gõ sai tên", "Đính chính"]);
    // What is said names what changed, and nothing else.
    let (_, say) = page.split_once("class=\"say\"").unwrap();
    let say = say.split_once("</p>").unwrap().0;
    has(
        say,
        &[
            "họ tên đã báo “Nguyễn Thị Hoà”, nay là “Nguyễn Thị Hoài”",
            "phòng đã báo “101”, nay là “102”",
            NUMBER,
        ],
    );
    assert!(!say.contains("ngày sinh"), "{say}");
    // Somebody else's older page changes nothing.
    assert_eq!(desk.post(&correct(stay), &form(&CORRECTED)).await.0.status(), StatusCode::CONFLICT);
    let letters = desk.store.undelivered_messages().await.unwrap();
    let aside = format!("{INN}/messages/{}/set-aside", letters[0].id);
    let page = desk.done(&aside, &[("reason", "đã gọi đồng chí Trực")]).await;
    assert!(!page.contains("class=\"say\""), "{page}");
}

#[tokio::test]
async fn a_draft_is_completed_and_confirmed_by_a_correction() {
    let desk = Desk::owner().await;
    let mut draft = guest(NUMBER, 0);
    draft.sex = flows::person::Sex::Unknown;
    let stay = desk.sleeps(draft, 0, |new| NewStay { ready: false, ..new }).await;
    has(&desk.get(&format!("{INN}/guests/{stay}")).await.1, &["thiếu giới tính", "Bổ sung"]);
    // Without a look at the document it stays a draft.
    desk.done(&correct(stay), &CORRECTED[..12]).await;
    assert_eq!(desk.stands(stay).await, Stands::Draft);
    let again: Vec<_> =
        CORRECTED.iter().map(|(name, old)| (*name, if *name == "seen" { "2" } else { old })).collect();
    desk.done(&correct(stay), &again).await;
    assert_eq!(desk.stands(stay).await, Stands::Ready);
    assert_eq!(desk.store.undelivered_messages().await.unwrap().len(), 1, "nobody has to be told of a draft");
}

#[tokio::test]
async fn a_guest_stays_longer_and_leaves() {
    let desk = Desk::owner().await;
    let stay = taken(&desk).await;
    let path = format!("{INN}/guests/{stay}/change");
    for (action, field, value, words) in [
        ("extend", "until", "2026-09-15T19:00", "Ở đến"),
        ("extend", "until", "", "Ở đến"),
        ("leave", "at", "2026-09-15T07:59", "Rời lúc"),
        ("leave", "at", "2026-09-15T08:11", "Rời lúc"),
        ("jump", "at", "", "Chưa chọn"),
    ] {
        let faults = desk.refused(&path, &[("action", action), (field, value), ("seen", "1")]).await;
        assert!(faults.contains(words), "{action} {value}: {faults}");
    }
    let page = desk.done(&path, &[("action", "extend"), ("until", "2026-09-17T10:00"), ("seen", "1")]).await;
    has(&page, &["Ở thêm đến 17/09/2026 10:00", "đã gia hạn"]);
    let waiting =
        desk.store.claim_message(at(601), jiff::SignedDuration::from_mins(2)).await.unwrap().unwrap();
    assert_eq!(waiting.kind, MessageKind::StayChange);
    let page = desk.done(&path, &[("action", "leave"), ("at", "2026-09-15T08:10"), ("seen", "1")]).await;
    has(&page, &["Đã rời đi", "Rời đi lúc 15/09/2026 08:10"]);
    let again = desk.post(&path, "action=leave&seen=1").await.0;
    assert_eq!(again.status(), StatusCode::CONFLICT);
}

#[tokio::test]
async fn a_foreigner_s_extension_is_told_by_a_person() {
    let desk = Desk::owner().await;
    let stay = desk.sleeps(foreigner(), 0, |new| new).await;
    desk.portal_says(StayAnswer::Accepted(Acceptance::Portal)).await;
    let path = format!("{INN}/guests/{stay}/change");
    let page = desk.done(&path, &[("action", "extend"), ("until", "2026-09-20T10:00"), ("seen", "1")]).await;
    has(&page, &["class=\"say\"", "MARTIN CLAIRE", "ở thêm đến 20/09/2026 10:00"]);
}

#[tokio::test]
async fn a_stay_that_was_none_is_withdrawn_for_a_reason() {
    let desk = Desk::owner().await;
    let stay = taken(&desk).await;
    let path = format!("{INN}/guests/{stay}/change");
    assert!(desk.refused(&path, &[("action", "withdraw"), ("seen", "1")]).await.contains("Lý do"));
    let page =
        desk.done(&path, &[("action", "withdraw"), ("reason", "khách không đến"), ("seen", "1")]).await;
    has(&page, &["Đã rút", "khách không đến", "class=\"say\"", "rút thông báo lưu trú"]);
    assert!(!desk.get(INN).await.1.contains("class=\"call stay"), "nobody sleeps there");
}

#[tokio::test]
async fn the_number_of_a_guest_who_is_gone_is_shown_for_a_reason() {
    let desk = Desk::owner().await;
    let stay = desk.sleeps(guest(NUMBER, -72 * HOUR), -72 * HOUR, |new| new).await;
    let page = desk.get(&format!("{INN}/guests/{stay}")).await.1;
    assert!(page.contains(NUMBER), "what is owed is duty");
    desk.portal_says(StayAnswer::Accepted(Acceptance::Portal)).await;
    let path = format!("{INN}/guests/{stay}");
    desk.done(&format!("{path}/change"), &[("action", "leave"), ("at", "2026-09-13T08:00"), ("seen", "1")])
        .await;
    let page = desk.get(&path).await.1;
    assert!(page.contains("001*****2345") && !page.contains(NUMBER), "{page}");
    assert_eq!(desk.get(&correct(stay)).await.0, StatusCode::CONFLICT);
    let day = desk.get(&format!("{INN}/days?day=2026-09-12")).await.1;
    assert!(day.contains(NAME) && day.contains("001*****2345") && !day.contains(NUMBER), "{day}");
    assert!(desk.refused(&format!("{path}/number"), &[("reason", "")]).await.contains("Lý do"));
    let (head, page) = desk.post(&format!("{path}/number"), &form(&[("reason", "khách để quên đồ")])).await;
    assert_eq!(head.status(), StatusCode::OK);
    assert!(page.contains(NUMBER));
}

#[tokio::test]
async fn an_erased_guest_has_no_name_on_any_page() {
    let desk = Desk::owner().await;
    let stay = taken(&desk).await;
    desk.store.destroy_subject_key(desk.kept(stay).await.subject, at(400)).await.unwrap();
    for path in [INN.to_owned(), format!("{INN}/guests/{stay}"), format!("{INN}/days?day=2026-09-15")] {
        let (status, page) = desk.get(&path).await;
        assert!(
            status.is_success() && page.contains("Đã xóa dữ liệu") && !page.contains("Hoà"),
            "{path}: {page}"
        );
    }
}
