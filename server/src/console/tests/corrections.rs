//! What pages and exports say of a visit that was corrected, and who waits where afterwards.

use flows::{
    health::{
        priority::PriorityGround,
        queue::{Event, Interleave, Queue},
    },
    person::Birth,
    policy::Strength,
};

use super::{
    desk::{has, page_after, typed},
    *,
};
use crate::store::{
    CallNext, Decision, Method, NewVisit, PlaceChange, Queues as _, Recorded, conformance::visit,
    subject_requests,
};

/// Somebody born in 1990 with this ground.
async fn young(world: &World<'_>, priority: Option<PriorityGround>) -> Recorded {
    let mut new = NewVisit { queue: Queue::of(priority), ..visit(Some("001190034567")) };
    new.patient.birth = Some(Birth { year: 1990, month: None, day: None });
    new.patient.priority = priority;
    let check_in = world.check_in(new, at(0)).await;
    world.store.record_check_in(check_in).await.unwrap()
}

fn born(seen: u32, birth: &str) -> String {
    format!(
        "seen={seen}&wrong=data&reason=sai&full_name={}&number=&birth={}&sex=female&where_to=illness%2Fp1",
        typed("Nguyễn Thị Hoà"),
        typed(birth)
    )
}

async fn row(desk: &Desk, visit: &Recorded) -> Queue {
    let queue = desk.store.queue(STATION, station_day(at(0)), Interleave::default()).await.unwrap();
    queue.place(visit.visit).unwrap().queue
}

#[tokio::test]
async fn a_corrected_birth_date_moves_whoever_still_waits() {
    let desk = Desk::open().await;
    let world = World::new(&*desk.store).await;
    let recorded = young(&world, None).await;
    let correct = format!("/staff/visits/{}/correct", recorded.visit);
    let ground = async || desk.store.visit(recorded.visit).await.unwrap().unwrap().patient.unwrap().priority;
    page_after(&desk, &correct, &born(1, "1950")).await;
    assert_eq!((row(&desk, &recorded).await, ground().await), (Queue::Priority, Some(PriorityGround::Age)));
    page_after(&desk, &correct, &born(2, "1990")).await;
    assert_eq!((row(&desk, &recorded).await, ground().await), (Queue::Normal, None));
    // Whoever is with the doctor stays there.
    let (station, room, by, at) = (STATION.into(), "p1".into(), decision(), at(600));
    let call = CallNext { station, room, seen: 0, by, rule: Interleave::default(), at };
    assert!(desk.store.call_next(call).await.unwrap().is_some());
    let (visit, by, rule) = (recorded.visit, decision(), Interleave::default());
    let change = PlaceChange { visit, event: Event::Started, by, rule, at };
    desk.store.change_place(change).await.unwrap();
    page_after(&desk, &correct, &born(3, "1950")).await;
    assert_eq!((row(&desk, &recorded).await, ground().await), (Queue::Normal, Some(PriorityGround::Age)));
}

fn decision() -> Decision {
    Decision { staff: "Trần Văn Mẫu".into(), id: None, reason: "đến lượt".into() }
}

#[tokio::test]
async fn what_somebody_said_of_being_seen_first_stays_said() {
    let desk = Desk::open().await;
    let world = World::new(&*desk.store).await;
    let recorded = young(&world, Some(PriorityGround::Pregnant)).await;
    let correct = format!("/staff/visits/{}/correct", recorded.visit);
    page_after(&desk, &correct, &born(1, "1991")).await;
    assert_eq!(row(&desk, &recorded).await, Queue::Priority);
    let kept = desk.store.visit(recorded.visit).await.unwrap().unwrap();
    assert_eq!(kept.patient.unwrap().priority, Some(PriorityGround::Pregnant));
}

#[tokio::test]
async fn no_page_and_no_export_says_of_one_person_what_a_chip_proved_of_another() {
    let desk = Desk::open().await;
    let world = World::new(&*desk.store).await;
    let recorded = world.checked_in("001148012345", at(0)).await;
    let path = format!("/staff/visits/{}", recorded.visit);
    desk.post(&format!("{path}/export"), "reason=xem+lai+ho+so&recipient=tram&file=fhir").await;
    let (_, fhir) = desk.get(&format!("{path}/fhir.json")).await;
    has(&fhir, &["challenge_answered", "C06"]);
    let correction = format!(
        "seen=1&wrong=person&reason={}&full_name={}&number=001090034567&birth=1990&sex=male&where_to=illness%2Fp1",
        typed("bấm nhầm người"),
        typed("Trần Văn Tám")
    );
    let page = page_after(&desk, &format!("{path}/correct"), &correction).await;
    has(&page, &["Trần Văn Tám", "bấm nhầm người"]);
    assert!(!page.contains("Chip là bản gốc") && !page.contains("Trả lời của C06"), "{page}");
    let (_, record) = desk.get(&format!("{path}/record.json")).await;
    let record: serde_json::Value = serde_json::from_str(&record).unwrap();
    for field in ["verdict", "card", "access", "challenge", "signer_sha256", "evidence_basis"] {
        assert_eq!(record[field], serde_json::Value::Null, "{field}");
    }
    assert_eq!(record["admitted_by"]["reason"], "bấm nhầm người");
    assert_eq!(record["phuong_thuc_dinh_danh"], "NHAP_TAY");
    let (_, fhir) = desk.get(&format!("{path}/fhir.json")).await;
    has(&fhir, &["Trần Văn Tám", "bấm nhầm người"]);
    assert!(!fhir.contains("challenge_answered") && !fhir.contains("C06"), "{fhir}");
}

#[tokio::test]
async fn a_small_child_whom_staff_admit_comes_with_somebody() {
    let desk = Desk::open().await;
    let world = World::new(&*desk.store).await;
    let call = desk.call(&world, "identify").await;
    let path = format!("/staff/calls/{call}/admit");
    let child = GOOD.replace("birth=1950", "birth=2%2F3%2F2022");
    for alone in [
        child.clone(),
        format!("{child}&relation=parent&companion="),
        format!("{child}&relation=&companion={}", typed("Lò Thị Mẹ")),
    ] {
        let (head, page) = desk.post(&path, &alone).await;
        assert_eq!(head.status(), StatusCode::UNPROCESSABLE_ENTITY, "{alone}");
        has(&page, &["Người đi cùng: điền cả quan hệ và họ tên"]);
    }
    let with = format!("{child}&relation=parent&companion={}", typed("Lò Thị Mẹ"));
    let page = page_after(&desk, &path, &with).await;
    has(&page, &["U001", "Cha, mẹ: Lò Thị Mẹ"]);
}

#[tokio::test]
async fn an_elderly_emergency_is_an_emergency() {
    let desk = Desk::open().await;
    let world = World::new(&*desk.store).await;
    let call = desk.call(&world, "identify").await;
    let page =
        page_after(&desk, &format!("/staff/calls/{call}/admit"), &format!("{GOOD}&priority=emergency")).await;
    has(&page, &["C001"]);
}

/// Whose request it is follows whose visit it is.
#[tokio::test]
async fn a_request_to_correct_opens_the_visit_that_turned_out_to_be_theirs() {
    let desk = Desk::open().await;
    let world = World::new(&*desk.store).await;
    let first = world.checked_in("001148012345", at(0)).await;
    let second = world.checked_in("001148012346", at(0)).await;
    let merging = crate::store::DecideSubjects {
        first: second.subject,
        second: first.subject,
        outcome: crate::store::SameOrNot::Merged,
        decision: decision(),
        at: at(10),
    };
    crate::store::Numbers::decide_subjects(&*desk.store, merging).await.unwrap();
    let kind = flows::law::RequestKind::Correct;
    let request = subject_requests::NewSubjectRequest {
        kind,
        subject: Some(second.subject),
        asked: subject_requests::Asked {
            requester: "Nguyễn Thị Hoà".into(),
            relation: None,
            recognised_by: "CCCD".into(),
            contact: "tại trạm".into(),
            wish: "sửa tên".into(),
            received_by: "Trần Văn Mẫu".into(),
        },
        received_at: at(20),
        due: kind.due(station_day(at(0)), &WorkingDays::default()),
        at: at(20),
    };
    let request = subject_requests::SubjectRequests::receive_request(&*desk.store, request).await.unwrap();
    let (status, page) = desk.get(&format!("/staff/visits/{}/correct?request={request}", first.visit)).await;
    assert_eq!(status, StatusCode::OK, "{page}");
}

#[tokio::test]
async fn a_document_proves_no_other_name_than_its_own() {
    let desk = Desk::open().await;
    let world = World::new(&*desk.store).await;
    let proved = async || {
        let recorded = world.checked_in("001148012345", at(0)).await;
        desk.store.visit(recorded.visit).await.unwrap().unwrap()
    };
    let before = proved().await;
    assert_eq!((before.recorded.method, before.recorded.strength), (Method::Chip, Strength::FullChipProof));
    let correct = format!("/staff/visits/{}/correct", before.recorded.visit);
    let form = |seen: u32, wrong: &str, room: &str| {
        let name = typed("Nguyễn Thị Hoan");
        format!(
            "seen={seen}&wrong={wrong}&reason=sai&full_name={name}&number=&birth=2%2F3%2F1948&sex=female&where_to=illness%2F{room}"
        )
    };
    // Where only the room was wrong, the name in the form changes nothing.
    page_after(&desk, &correct, &form(1, "place", "p2")).await;
    let moved = proved().await;
    assert_eq!(moved.patient.as_ref().unwrap().full_name, "Nguyễn Thị Hoà");
    assert_eq!((moved.recorded.method, moved.recorded.strength), (Method::Chip, Strength::FullChipProof));
    page_after(&desk, &correct, &form(2, "data", "p2")).await;
    let renamed = proved().await;
    assert_eq!(renamed.patient.as_ref().unwrap().full_name, "Nguyễn Thị Hoan");
    assert_eq!((renamed.recorded.method, renamed.recorded.strength), (Method::ByHand, Strength::NoDocument));
}
