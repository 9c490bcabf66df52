//! Deadlines, and telling the police by hand.

use super::*;

#[tokio::test]
async fn an_hour_before_a_deadline_the_owner_is_told_to_telephone() {
    let desk = Desk::owner().await;
    let soon = desk.sleeps(foreigner(), -5 * HOUR, |new| new).await;
    // Vietnamese, since this morning: until 23:00.
    let open = desk.sleeps(guest(NUMBER, 0), 0, |new| new).await;
    let page = desk.get(INN).await.1;
    let (_, alarm) = page.split_once("class=\"alarm\"").unwrap();
    let alarm = alarm.split_once("</section>").unwrap().0;
    has(
        alarm,
        &[
            "Gọi điện hoặc đến công an xã",
            "tel:0000000113",
            "Công an xã Mẫu",
            "Thôn 1, xã Mẫu",
            "MARTIN CLAIRE",
            &soon.to_string(),
        ],
    );
    assert!(!alarm.contains(&open.to_string()), "{alarm}");
    has(&page, &["còn 20 phút", "due soon", "còn 14 giờ 50 phút", "due open", "Phòng 101"]);

    let list = desk.get(&format!("{INN}/list")).await.1;
    has(
        &list,
        &["12AB34567", NUMBER, "MARTIN CLAIRE", "tạm trú đến 30/09/2026", "15/09/2026 08:30", "Du lịch"],
    );

    let told = format!("{INN}/told");
    let stay = soon.to_string();
    for (fields, words) in [
        (vec![("stay", stay.as_str()), ("how", "telephone")], "Đã báo ai"),
        (vec![("stay", stay.as_str()), ("whom", "Đồng chí Trực")], "Bằng cách nào"),
        (vec![("whom", "Đồng chí Trực"), ("how", "telephone")], "Chưa chọn khách"),
    ] {
        assert!(desk.refused(&told, &fields).await.contains(words), "{words}");
    }
    let page = desk.done(&told, &[("stay", &stay), ("whom", "Đồng chí Trực"), ("how", "telephone")]).await;
    assert!(!page.contains("class=\"alarm\"") && page.contains("Đã báo công an"), "{page}");
    let page = desk.get(&format!("{INN}/guests/{soon}")).await.1;
    has(&page, &["Đã báo qua điện thoại: Đồng chí Trực", "Phạm Thị Chủ"]);
}

#[tokio::test]
async fn what_is_late_is_late_and_what_was_taken_owes_nothing() {
    let desk = Desk::owner().await;
    // Came at 23:00 sharp: until 08:00, ten minutes ago.
    let late = desk.sleeps(guest(NUMBER, -9 * HOUR), -9 * HOUR, |new| new).await;
    has(
        &desk.get(INN).await.1,
        &["quá hạn 10 phút", "due late", "trước 08 giờ ngày hôm sau", "class=\"alarm\""],
    );
    desk.portal_says(StayAnswer::Accepted(Acceptance::Portal)).await;
    let page = desk.get(INN).await.1;
    assert!(!page.contains("class=\"alarm\"") && !page.contains("due late"), "{page}");
    has(&page, &["Đang lưu trú", "<strong>0</strong> còn phải khai"]);
    has(&desk.get(&format!("{INN}/guests/{late}")).await.1, &["Cổng đã nhận"]);
    has(&desk.get(&format!("{INN}/list")).await.1, &["Không còn ai"]);
}

#[tokio::test]
async fn what_the_portal_refused_says_why() {
    let desk = Desk::owner().await;
    let stay = desk.sleeps(guest(NUMBER, 0), 0, |new| new).await;
    desk.portal_says(StayAnswer::Rejected("Số giấy tờ <b>không hợp lệ".into())).await;
    for path in [INN.to_owned(), format!("{INN}/guests/{stay}")] {
        let page = desk.get(&path).await.1;
        has(&page, &["Bị từ chối", "Số giấy tờ &#60;b&#62;không hợp lệ"]);
    }
    // On paper it was taken all the same.
    let path = format!("{INN}/guests/{stay}/change");
    assert!(desk.refused(&path, &[("action", "paper"), ("seen", "1")]).await.contains("Lý do"));
    let page =
        desk.done(&path, &[("action", "paper"), ("seen", "1"), ("reason", "Đồng chí Trực, 08:15")]).await;
    has(&page, &["Đang lưu trú", "Công an đã nhận bằng giấy", "Đồng chí Trực, 08:15"]);
}

#[tokio::test]
async fn the_owner_decides_about_a_message_that_did_not_arrive() {
    let desk = Desk::owner().await;
    let stay = desk.sleeps(guest(NUMBER, 0), 0, |new| new).await;
    let dead = async || {
        let lease = jiff::SignedDuration::from_mins(2);
        let message = desk.store.claim_message(at(700), lease).await.unwrap().unwrap();
        let failed = NotDelivered {
            message: message.id,
            attempt: message.attempt,
            error: "no_account".into(),
            again: None,
            unclear: false,
            alone: false,
            at: at(701),
        };
        desk.store.message_not_delivered(failed).await.unwrap();
        message.id
    };
    let message = dead().await;
    let page = desk.get(INN).await.1;
    has(&page, &["no_account", "Thông báo lưu trú", "Gửi lại", &format!("guests/{stay}")]);
    let retry = format!("{INN}/messages/{message}/retry");
    assert!(desk.refused(&retry, &[("reason", "")]).await.contains("Lý do"));
    // Through another place's pages it is not theirs to decide.
    let elsewhere = format!("{VESSEL}/messages/{message}/retry");
    assert_eq!(desk.post(&elsewhere, "reason=x").await.0.status(), StatusCode::CONFLICT);
    let page = desk.done(&retry, &[("reason", "đã có tài khoản")]).await;
    assert!(!page.contains("no_account"), "{page}");
    let again = dead().await;
    let page = desk.done(&format!("{INN}/messages/{again}/set-aside"), &[("reason", "đã báo giấy")]).await;
    assert!(!page.contains("no_account"), "{page}");
    assert_eq!(
        desk.post(&format!("{INN}/messages/{again}/retry"), "reason=x").await.0.status(),
        StatusCode::CONFLICT
    );
}
