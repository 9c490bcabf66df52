//! The ward's page.

use flows::lodging::{State as Stands, StayReason};

use super::{
    desk::{has, page_after, typed},
    *,
};
use crate::{
    lodging::ward::CARETAKER,
    store::{
        Outbox as _, Stays as _,
        stays::{KeptStay, Looked, Which},
    },
};

const WARD: &str = "luu-benh-tram-mau";

async fn tonight(desk: &Desk) -> Vec<KeptStay> {
    let night = Which::Night(flows::lodging::local_day(at(600)));
    desk.store.stays(WARD, night, at(600)).await.unwrap()
}

/// The desk, and a patient who has checked in.
async fn with_a_patient() -> (Desk, String) {
    let desk = Desk::with(&[Role::Clinician]).await;
    let world = World::new(&*desk.store).await;
    let visit = world.checked_in("001148012345", at(0)).await.visit;
    (desk, visit.to_string())
}

#[tokio::test]
async fn a_check_in_is_no_stay_and_an_overnight_stay_is_declared_when_nothing_is_missing() {
    let (desk, visit) = with_a_patient().await;
    let (status, page) = desk.get("/staff/ward").await;
    assert_eq!(status, StatusCode::OK);
    has(&page, &["Đêm nay không có ai", "Nguyễn Thị Hoà", "DỮ LIỆU MÔ PHỎNG"]);
    assert!(!page.contains("001148012345"), "the whole number stands on the page");
    let page = page_after(&desk, "/staff/ward", &format!("visit={visit}&nights=1")).await;
    has(&page, &["thiếu số phòng", "Chờ xác nhận", "001*****2345"]);
    let stays = tonight(&desk).await;
    assert_eq!(stays[0].draft.as_ref().unwrap().reason, Some(StayReason::Treatment));
    let bed = format!("seen=1&bed=luu-1-2&reason={}", typed("có giường"));
    let page = page_after(&desk, &format!("/staff/ward/{}", stays[0].id), &bed).await;
    has(&page, &["Khoa lưu bệnh/Phòng lưu 1/Giường 2", "Chờ gửi"]);
    assert!(!page.contains("thiếu số phòng"));
    assert_eq!(desk.store.outbox_status().await.unwrap().waiting, 1);
    // The same patient once more is the same stay.
    desk.post("/staff/ward", &format!("visit={visit}&bed=luu-1-1&nights=1")).await;
    assert_eq!(tonight(&desk).await.len(), 1);
    let looks = desk.store.stay_looks(&[WARD.into()]).await.unwrap();
    assert_eq!(looks.iter().map(|look| look.looked).collect::<Vec<_>>(), [Looked::List], "once in a while");
}

#[tokio::test]
async fn a_caretaker_is_a_lodger_and_discharge_closes_the_stay() {
    let (desk, visit) = with_a_patient().await;
    page_after(&desk, "/staff/ward", &format!("visit={visit}&bed=luu-1-1&nights=2")).await;
    let patient = tonight(&desk).await[0].id;
    let form = format!(
        "with={patient}&full_name={}&number=001090034567&birth=21%2F7%2F1990&sex=male&bed=luu-1-2&nights=2",
        typed("Lê Văn Tám")
    );
    let page = page_after(&desk, "/staff/ward", &form).await;
    has(&page, &["Lê Văn Tám", "người nhà"]);
    let stays = tonight(&desk).await;
    let caretaker = stays.iter().find(|stay| stay.id != patient).unwrap();
    let draft = caretaker.draft.as_ref().unwrap();
    assert_eq!((draft.reason, draft.reason_text.as_deref()), (Some(StayReason::Other), Some(CARETAKER)));
    assert_eq!((caretaker.party, caretaker.visit), (patient, None));
    assert_eq!(caretaker.standing(at(600)).state(), Stands::Ready);
    page_after(&desk, &format!("/staff/ward/{patient}/leave"), "seen=1").await;
    let left = desk.store.stay(patient).await.unwrap().unwrap();
    assert_eq!(left.standing(at(600)).left(), Some(at(600)));
    assert_eq!(tonight(&desk).await.iter().map(|stay| stay.id).collect::<Vec<_>>(), [caretaker.id]);
    let page = page_after(&desk, &format!("/staff/ward/{}/withdraw", caretaker.id), "seen=1&reason=x").await;
    has(&page, &["Đêm nay không có ai"]);
}

#[tokio::test]
async fn what_is_typed_badly_changes_nothing_and_others_see_no_ward() {
    let (desk, visit) = with_a_patient().await;
    for bad in ["nights=0", "nights=99", "number=12", "birth=32%2F1%2F1990"] {
        let (head, page) = desk.post("/staff/ward", &format!("visit={visit}&{bad}")).await;
        assert_eq!(head.status(), StatusCode::UNPROCESSABLE_ENTITY, "{bad}");
        has(&page, &["Chưa ghi gì"]);
    }
    assert_eq!(tonight(&desk).await, []);
    for path in ["/staff/ward/x", &format!("/staff/ward/{}/leave", Uuid::nil())] {
        let (head, _) = desk.post(path, "seen=1").await;
        assert_eq!(head.status(), StatusCode::NOT_FOUND, "{path}");
    }
    let manager = Desk::with(&[Role::Manager]).await;
    assert_eq!(manager.get("/staff/ward").await.0, StatusCode::FORBIDDEN);
}

/// Reception and care see names on the day of the visit alone.
#[tokio::test]
async fn of_yesterday_s_visits_the_number_is_offered_and_no_name_and_of_older_ones_nothing() {
    let desk = Desk::with(&[Role::Clinician]).await;
    let world = World::new(&*desk.store).await;
    let yesterday = world.checked_in("001148012345", at(-24 * 3600)).await;
    let older = world.checked_in("001148000002", at(-48 * 3600)).await;
    let (_, page) = desk.get("/staff/ward").await;
    assert!(page.contains(&yesterday.visit.to_string()) && !page.contains(&older.visit.to_string()));
    assert!(!page.contains("Nguyễn Thị Hoà"), "{page}");
    let (head, _) = desk.post("/staff/ward", &format!("visit={}&nights=1", older.visit)).await;
    assert_eq!(head.status(), StatusCode::NOT_FOUND);
    desk.post("/staff/ward", &format!("visit={}&nights=1", yesterday.visit)).await;
    assert_eq!(tonight(&desk).await.len(), 1);
}
