//! Rights that a page has to give to whoever asks: also to those without a number, counted from the day they asked, and
//! kept wherever data leave.

use flows::{law::RequestKind, policy::Strength};
use identity::insurance::SocialInsuranceNumber;

use super::*;
use crate::store::{
    CheckIn, CorrectVisit, Corrections as _, GivenNumber, NewVisit, NumberStanding, Recorded, Retention as _,
    SubjectNumber, SubjectRequests as _, Wrong,
    conformance::{
        reception::{correction, patient},
        subject_requests::decision,
        visit,
    },
    retention::{Mark, MarkKind},
    subject_requests::SubjectRequest,
};

const ASKED: &str = "kind=view&requester=x&relation=&recognised_by=Gi%E1%BA%A5y+khai+sinh&contact=x&wish=x";

/// A child without a number, received today.
async fn child(world: &World<'_>, numbers: Vec<GivenNumber>) -> Recorded {
    let new = NewVisit { numbers, strength: Strength::StaticOrTyped, ..visit(None) };
    let check_in = CheckIn { chip: None, submission: None, ..world.check_in(new, at(0)).await };
    world.store.record_check_in(check_in).await.unwrap()
}

async fn asked(desk: &Desk, form: &str) -> SubjectRequest {
    let (head, page) = desk.post("/staff/privacy/requests", form).await;
    assert_eq!(head.status(), StatusCode::SEE_OTHER, "{page}");
    let id = Uuid::parse_str(location(&head).rsplit('/').next().unwrap()).unwrap();
    desk.store.subject_request(id).await.unwrap().unwrap()
}

#[tokio::test]
async fn what_is_restricted_leaves_in_no_file_and_is_named_on_no_consents_page() {
    let desk = Desk::open().await;
    let world = World::new(&*desk.store).await;
    let yesterday = world.checked_in("001148012345", at(-86_400)).await;
    let by_hand = CorrectVisit {
        insurance: visit(None).insurance,
        ..correction(&yesterday, Wrong::Data, patient("Nguyễn Thị Hoà", Some("001148012345")), at(1))
    };
    desk.store.correct_visit(by_hand).await.unwrap();
    let path = format!("/staff/visits/{}", yesterday.visit);
    desk.post(&format!("{path}/why"), "reason=Ng%C6%B0%E1%BB%9Di+b%E1%BB%87nh+h%E1%BB%8Fi").await;
    let read = async || {
        let files = [desk.export(&path, "record").await, desk.export(&path, "fhir").await];
        let (status, consents) = desk.get(&format!("{path}/consents")).await;
        assert_eq!(status, StatusCode::OK);
        [files.as_slice(), &[consents]].concat()
    };
    let secrets = ["Hoà", "HT2010148012345", "nhập nhầm người", "001148012345", "001*****2345"];
    let before = read().await;
    for secret in secrets {
        assert!(before.iter().any(|page| page.contains(secret)), "{secret} stands nowhere to begin with");
    }
    let mark = Mark {
        subject: yesterday.subject,
        kind: MarkKind::Restricted,
        placed: true,
        decision: decision("theo yêu cầu"),
        at: at(2),
    };
    desk.store.mark_subject(mark).await.unwrap();
    let after = read().await;
    for page in &after {
        for secret in secrets {
            assert!(!page.contains(secret), "{secret} leaves in {page}");
        }
    }
    assert!(after[1].contains("masked"), "that there was a visit may be said: {}", after[1]);
    assert!(after[2].contains("đang hạn chế xử lý"), "{}", after[2]);
}

#[tokio::test]
async fn whoever_has_no_number_asks_from_the_page_of_a_visit() {
    let desk = Desk::open().await;
    let world = World::new(&*desk.store).await;
    let child = child(&world, Vec::new()).await;
    let (_, page) = desk.get(&format!("/staff/visits/{}", child.visit)).await;
    let begin = format!("/staff/privacy/requests/new?visit={}", child.visit);
    assert!(page.contains(&begin), "{page}");
    let (status, page) = desk.get(&begin).await;
    assert_eq!(status, StatusCode::OK);
    assert!(page.contains(&child.ticket_number()) && page.contains("15/09/2026"), "{page}");
    let form = format!("{ASKED}&received_on=2026-09-15&visit={}", child.visit);
    assert_eq!(asked(&desk, &form).await.subject, Some(child.subject));
    // What was wrong keeps the visit in the form.
    let (head, page) = desk.post("/staff/privacy/requests", &form.replace("wish=x", "wish=")).await;
    assert_eq!(head.status(), StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.contains(&format!("name=\"visit\" value=\"{}\"", child.visit)), "{page}");
    for unknown in ["x", "00000000-0000-4000-8000-000000000000"] {
        let form = format!("{ASKED}&received_on=2026-09-15&visit={unknown}");
        assert_eq!(desk.post("/staff/privacy/requests", &form).await.0.status(), StatusCode::NOT_FOUND);
    }
    let reception = Desk::with(&[Role::Reception]).await;
    let world = World::new(&*reception.store).await;
    let child = world.checked_in("001148012345", at(0)).await;
    let (_, page) = reception.get(&format!("/staff/visits/{}", child.visit)).await;
    assert!(page.contains("Nguyễn Thị Hoà") && !page.contains("requests/new"), "{page}");
}

#[tokio::test]
async fn an_insurance_number_finds_whom_a_request_is_about() {
    let desk = Desk::open().await;
    let world = World::new(&*desk.store).await;
    let number = SubjectNumber::Insured(SocialInsuranceNumber::parse("0148012345").unwrap());
    let child = child(&world, vec![GivenNumber { number, standing: NumberStanding::Registered }]).await;
    for typed in ["HT2010148012345", "0148012345"] {
        let form = format!("{ASKED}&received_on=2026-09-15&number=&insurance_number={typed}");
        assert_eq!(asked(&desk, &form).await.subject, Some(child.subject), "{typed}");
    }
    let nobody = format!("{ASKED}&received_on=2026-09-15&insurance_number=0148099999");
    assert_eq!(asked(&desk, &nobody).await.subject, None);
    for (typed, words) in [("insurance_number=1", "Mã thẻ BHYT"), ("number=+", "Người có dữ liệu")]
    {
        let form = format!("{ASKED}&received_on=2026-09-15&{typed}");
        let (head, page) = desk.post("/staff/privacy/requests", &form).await;
        assert_eq!(head.status(), StatusCode::UNPROCESSABLE_ENTITY, "{typed}");
        assert!(page.contains(words), "{words} is missing in {page}");
    }
}

#[tokio::test]
async fn days_run_from_when_a_request_came_and_not_from_when_it_was_typed() {
    let desk = Desk::open().await;
    let world = World::new(&*desk.store).await;
    world.checked_in("001148012345", at(0)).await;
    let form = |day: &str| format!("{ASKED}&number=001148012345&received_on={day}");
    let came = jiff::civil::date(2026, 9, 8);
    let file = asked(&desk, &form("2026-09-08")).await;
    assert_eq!(file.due, RequestKind::View.due(came, &flows::law::WorkingDays::default()));
    assert_eq!(station_day(file.received_at), came);
    let (_, page) = desk.get(&format!("/staff/privacy/requests/{}", file.id)).await;
    assert!(page.contains("08/09/2026"), "{page}");
    assert_eq!(asked(&desk, &form("2026-09-15")).await.received_at, at(600), "of today: now");
    for refused in ["2026-09-16", "2026-06-16", "", "hôm+nay"] {
        let (head, page) = desk.post("/staff/privacy/requests", &form(refused)).await;
        assert_eq!(head.status(), StatusCode::UNPROCESSABLE_ENTITY, "{refused}");
        assert!(page.contains("Ngày nhận: không muộn hơn hôm nay"), "{page}");
    }
    let (_, empty) = desk.get("/staff/privacy/requests/new").await;
    assert!(empty.contains("value=\"2026-09-15\""), "{empty}");
}
