//! The pages of whoever answers for personal data.

use super::*;
use crate::store::{
    AccessLog as _, Incidents as _, Retention as _, SubjectRequests as _,
    accesses::{Accesses, Purpose, Shown},
    conformance::consents::consenting,
    incidents::IncidentEvent,
    retention::MarkKind,
    subject_requests::RequestEvent,
};

const REQUEST: &str = "received_on=2026-09-15&number=001148+012345&requester=Nguy%E1%BB%85n+Th%E1%BB%8B+Ho%C3%A0&relation=&recognised_by=CCCD&contact=t%E1%BA%A1i+tr%E1%BA%A1m&wish=xin+xem&kind=";

async fn received(desk: &Desk, kind: &str) -> String {
    let (head, page) = desk.post("/staff/privacy/requests", &format!("{REQUEST}{kind}")).await;
    assert_eq!(head.status(), StatusCode::SEE_OTHER, "{page}");
    location(&head).to_owned()
}

#[tokio::test]
async fn nobody_but_the_manager_sees_requests_and_incidents() {
    let desk = Desk::with(&[Role::Reception, Role::Clinician, Role::Auditor]).await;
    for path in [
        "/staff/privacy",
        "/staff/privacy/requests/new",
        "/staff/privacy/incidents/new",
        "/staff/privacy/requests/00000000-0000-4000-8000-000000000000",
    ] {
        assert_eq!(desk.get(path).await.0, StatusCode::FORBIDDEN, "{path}");
    }
    for path in ["/staff/privacy/requests", "/staff/privacy/incidents"] {
        assert_eq!(desk.post(path, "").await.0.status(), StatusCode::FORBIDDEN, "{path}");
    }
    // What names nobody is for the auditor too.
    for path in ["/staff/privacy/consents", "/staff/privacy/retention", "/staff/privacy/bases"] {
        assert_eq!(desk.get(path).await.0, StatusCode::OK, "{path}");
    }
    let reception = Desk::with(&[Role::Reception]).await;
    assert_eq!(reception.get("/staff/privacy/consents").await.0, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_request_is_received_with_its_days_and_answered_with_everything_that_is_kept() {
    let desk = Desk::open().await;
    let world = World::new(&*desk.store).await;
    consenting(&world, "001148012345").await;
    let request = received(&desk, "view").await;
    let (_, page) = desk.get(&request).await;
    for words in ["Xem dữ liệu", "17/09/2026", "25/09/2026", "30/09/2026", "Nguyễn Thị Hoà", "Báo nhận trước"]
    {
        assert!(page.contains(words), "{words} is missing in {page}");
    }
    assert!(!request.contains("001148012345"), "a number in an address");
    let (head, _) =
        desk.post(&format!("{request}/step"), "event=acknowledged&reason=%C4%91%C3%A3+b%C3%A1o").await;
    assert_eq!(head.status(), StatusCode::SEE_OTHER);
    let (head, printed) = desk.post(&format!("{request}/records"), "").await;
    assert_eq!(head.status(), StatusCode::OK);
    for kept in ["Nguyễn Thị Hoà", "001148012345", "HT2010148012345", "consents", "visits"] {
        assert!(printed.contains(kept), "{kept} is missing in {printed}");
    }
    let (head, file) = desk.post(&format!("{request}/records.json"), "").await;
    assert!(head.headers()[header::CONTENT_DISPOSITION].to_str().unwrap().starts_with("attachment"));
    let file: serde_json::Value = serde_json::from_str(&file).unwrap();
    assert_eq!(file["records"]["visits"][0]["patient"]["full_name"], "Nguyễn Thị Hoà");
    // The largest disclosure that there is stands in the log by person and by staff, with why.
    let latest = desk.store.accesses(Accesses::Latest).await.unwrap().remove(0);
    let id = request.rsplit('/').next().unwrap();
    assert_eq!((latest.shown, latest.purpose), (Shown::Everything, Purpose::Request));
    assert_eq!(latest.reason, Some(format!("Xem dữ liệu ({id})")));
    let person = desk.store.visits(STATION, station_day(at(0))).await.unwrap().remove(0).recorded.subject;
    for filter in [format!("person={person}"), format!("staff={}", latest.staff)] {
        let (_, log) = desk.get(&format!("/staff/accesses?{filter}")).await;
        assert_eq!(log.matches("Toàn bộ dữ liệu").count(), 2, "{log}");
        assert!(log.contains("Trần Văn Mẫu") && log.contains(&format!("“Xem dữ liệu ({id})”")), "{log}");
    }
    assert_eq!(file["simulated"], true);
    let (head, _) =
        desk.post(&format!("{request}/carry-out"), "action=answer&reason=%C4%91%C3%A3+giao").await;
    assert_eq!(head.status(), StatusCode::SEE_OTHER);
    // Twice is a conflict, and changes nothing.
    let (head, page) = desk.post(&format!("{request}/carry-out"), "action=answer&reason=l%E1%BA%A1i").await;
    assert_eq!(head.status(), StatusCode::CONFLICT, "{page}");
    let (_, overview) = desk.get("/staff/privacy").await;
    assert!(overview.contains("Đã xong"), "{overview}");
}

#[tokio::test]
async fn a_deletion_that_a_law_forbids_shows_the_article() {
    let desk = Desk::open().await;
    let world = World::new(&*desk.store).await;
    let person = consenting(&world, "001148012345").await;
    let request = received(&desk, "delete").await;
    desk.post(&format!("{request}/carry-out"), "action=delete&reason=theo+y%C3%AAu+c%E1%BA%A7u").await;
    let (_, page) = desk.get(&request).await;
    assert!(page.contains("Đã từ chối") && page.contains("Đ19 k1"), "{page}");
    assert!(desk.store.visit(person.visit).await.unwrap().unwrap().patient.is_some());
}

#[tokio::test]
async fn a_refusal_needs_its_article() {
    let desk = Desk::open().await;
    let world = World::new(&*desk.store).await;
    consenting(&world, "001148012345").await;
    let request = received(&desk, "object").await;
    let (head, page) = desk.post(&format!("{request}/step"), "event=refused&reason=kh%C3%B4ng").await;
    assert_eq!(head.status(), StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.contains("Căn cứ từ chối"), "{page}");
    let (head, _) =
        desk.post(&format!("{request}/step"), "event=refused&reason=kh%C3%B4ng&article=%C4%9019").await;
    assert_eq!(head.status(), StatusCode::SEE_OTHER);
    let id = Uuid::parse_str(request.rsplit('/').next().unwrap()).unwrap();
    let file = desk.store.subject_request(id).await.unwrap().unwrap();
    assert!(file.had(RequestEvent::Refused));
    assert_eq!(file.steps[0].decision.as_ref().unwrap().staff, "Trần Văn Mẫu");
}

#[tokio::test]
async fn a_correction_shows_on_the_visit_and_restricted_data_do_not_show_the_day_after() {
    let desk = Desk::open().await;
    let world = World::new(&*desk.store).await;
    let person = consenting(&world, "001148012345").await;
    let request = received(&desk, "correct").await;
    let correct = format!("/staff/visits/{}/correct", person.visit);
    let (_, page) = desk.get(&request).await;
    let id = request.rsplit('/').next().unwrap();
    assert!(page.contains(&format!("{correct}?request={id}")), "{page}");
    let (_, form) = desk.get(&format!("{correct}?request={id}")).await;
    assert!(form.contains(&format!("name=\"request\" value=\"{id}\"")), "{form}");
    let corrected = |request: &str| {
        format!(
            "request={request}&seen=1&wrong=data&full_name=Nguy%E1%BB%85n+Th%E1%BB%8B+H%C3%B2a&number=&birth=2%2F3%2F1948&sex=female&where_to=illness%2Fp1&reason=sai+d%E1%BA%A5u"
        )
    };
    // A request that is about something else, or that nobody made, corrects nothing.
    let other = received(&desk, "view").await;
    for wrong in [other.rsplit('/').next().unwrap(), "00000000-0000-4000-8000-000000000000", "x"] {
        assert_eq!(desk.post(&correct, &corrected(wrong)).await.0.status(), StatusCode::NOT_FOUND, "{wrong}");
    }
    let (head, page) = desk.post(&correct, &corrected(id)).await;
    assert_eq!(head.status(), StatusCode::SEE_OTHER, "{page}");
    assert_eq!(location(&head), request);
    assert!(desk.get(&request).await.1.contains("Đã thực hiện"));
    let (_, visit) = desk.get(&format!("/staff/visits/{}", person.visit)).await;
    for words in ["Nguyễn Thị Hòa", "Bản 2", "Nguyễn Thị Hoà", &format!("Yêu cầu {id}: sai dấu")]
    {
        assert!(visit.contains(words), "{words} is missing in {visit}");
    }
    // It is answered: once is enough.
    assert_eq!(desk.post(&correct, &corrected(id)).await.0.status(), StatusCode::NOT_FOUND);
    let request = received(&desk, "restrict").await;
    desk.post(&format!("{request}/carry-out"), "action=restrict&reason=theo+y%C3%AAu+c%E1%BA%A7u").await;
    assert_eq!(desk.store.marks_of(person.subject).await.unwrap().len(), 1);
    let (_, today) = desk.get(&format!("/staff/visits/{}", person.visit)).await;
    assert!(today.contains("Nguyễn Thị Hòa"), "who waits today is cared for");
}

#[tokio::test]
async fn an_incident_has_72_hours_and_a_notice_that_says_whose_layout_it_is() {
    let desk = Desk::open().await;
    World::new(&*desk.store).await;
    let form = "kind=lost&noticed_at=2026-09-13T09%3A00&what=M%E1%BA%A5t+m%C3%A1y&health=12&basic=%3F&consequences=ch%C6%B0a+r%C3%B5&measures=kh%C3%B3a+t%C3%A0i+kho%E1%BA%A3n";
    let (head, page) = desk.post("/staff/privacy/incidents", form).await;
    assert_eq!(head.status(), StatusCode::SEE_OTHER, "{page}");
    let incident = location(&head).to_owned();
    // The desk's clock stands at 08:10 on 15 September: 47 of 72 hours are gone.
    let (_, page) = desk.get(&incident).await;
    assert!(page.contains("16/09/2026 09:00") && page.contains("còn 24 giờ"), "{page}");
    let (_, overview) = desk.get("/staff/privacy").await;
    assert!(overview.contains("Mất dữ liệu hoặc thiết bị") && overview.contains("còn 24 giờ"));
    let (_, notice) = desk.get(&format!("{incident}/notice")).await;
    for words in
        ["Mẫu 08", "cách trình bày dưới đây là của phần mềm", "12 người", "chưa rõ người", "13/09/2026 09:00"]
    {
        assert!(notice.contains(words), "{words} is missing in {notice}");
    }
    let (_, file) = desk.get(&format!("{incident}/notice.json")).await;
    let file: serde_json::Value = serde_json::from_str(&file).unwrap();
    assert_eq!(file["due_at"], "2026-09-16T02:00:00Z");
    // Nobody closes it before A05 was told, or somebody said why not.
    let (head, _) = desk.post(&format!("{incident}/step"), "event=closed&reason=xong").await;
    assert_eq!(head.status(), StatusCode::UNPROCESSABLE_ENTITY);
    for event in ["authority_told", "closed"] {
        let (head, _) = desk.post(&format!("{incident}/step"), &format!("event={event}&reason=xong")).await;
        assert_eq!(head.status(), StatusCode::SEE_OTHER);
    }
    let id = Uuid::parse_str(incident.rsplit('/').next().unwrap()).unwrap();
    assert!(desk.store.incident(id).await.unwrap().unwrap().had(IncidentEvent::Closed));
}

#[tokio::test]
async fn forms_with_mistakes_record_nothing_and_keep_what_was_typed() {
    let desk = Desk::open().await;
    World::new(&*desk.store).await;
    for (form, words) in [
        (REQUEST.to_owned(), "Yêu cầu gì"),
        (format!("{REQUEST}view").replace("012345", "0123"), "12 chữ số"),
        (format!("{REQUEST}view").replace("CCCD", ""), "Giấy tờ đã xem"),
    ] {
        let (head, page) = desk.post("/staff/privacy/requests", &form).await;
        assert_eq!(head.status(), StatusCode::UNPROCESSABLE_ENTITY, "{form}");
        assert!(page.contains(words) && page.contains("Nguyễn Thị Hoà"), "{page}");
    }
    let late = "kind=lost&noticed_at=2026-09-16T09%3A00&what=a&consequences=b&measures=c";
    let (head, page) = desk.post("/staff/privacy/incidents", late).await;
    assert_eq!(head.status(), StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.contains("không muộn hơn bây giờ"), "{page}");
    assert!(desk.store.incidents().await.unwrap().is_empty());
    assert!(desk.store.subject_requests().await.unwrap().is_empty());
}

#[tokio::test]
async fn consents_are_listed_with_their_text_and_purges_with_their_proof() {
    let desk = Desk::open().await;
    let world = World::new(&*desk.store).await;
    consenting(&world, "001148012345").await;
    let (_, page) = desk.get("/staff/privacy/consents").await;
    let text = flows::consent::current(
        flows::step::Purpose::HealthCheckIn,
        flows::law::age::ConsentRole::Person,
        flows::Language::Vi,
    )
    .unwrap();
    assert!(page.contains("Đồng ý") && page.contains(&text.sha256_hex()), "{page}");
    assert!(!page.contains("Hoà"), "the ledger names nobody");
    let (status, shown) = desk.get(&format!("/staff/privacy/consents/{}", text.sha256_hex())).await;
    assert!(status.is_success() && shown.contains(text.paragraphs[1]), "{shown}");
    assert_eq!(desk.get("/staff/privacy/consents/00").await.0, StatusCode::NOT_FOUND);
    desk.store.purge(at(200 * 86_400)).await.unwrap();
    let (_, page) = desk.get("/staff/privacy/retention").await;
    assert!(page.contains("Bằng chứng định danh") && page.contains("180 ngày"), "{page}");
    let (_, page) = desk.get("/staff/privacy/bases").await;
    assert!(page.contains("Sự đồng ý") && page.contains("Luật Căn cước 26/2023/QH15 Đ22 k5"));
}

/// When the proof of identity of a visit is over, unless a mark holds it.
const MUCH_LATER: i64 = 200 * 86_400;

#[tokio::test]
async fn data_are_held_for_a_dispute_and_let_go_again() {
    let desk = Desk::open().await;
    let world = World::new(&*desk.store).await;
    let person = consenting(&world, "001148012345").await;
    let request = received(&desk, "view").await;
    let (_, page) = desk.get(&request).await;
    assert!(page.contains("Giữ lại vì tranh chấp") && !page.contains("Bỏ giữ"), "{page}");
    let mark = format!("{request}/mark");
    for refused in
        ["change=hold&reason=", "change=release&reason=xong", "change=lift&reason=xong", "reason=xong"]
    {
        assert_eq!(desk.post(&mark, refused).await.0.status(), StatusCode::UNPROCESSABLE_ENTITY, "{refused}");
    }
    assert_eq!(desk.store.marks_of(person.subject).await.unwrap(), []);
    let (head, _) = desk.post(&mark, "change=hold&reason=khi%E1%BA%BFu+n%E1%BA%A1i").await;
    assert_eq!(location(&head), request);
    assert_eq!(desk.store.marks_of(person.subject).await.unwrap(), [MarkKind::Held]);
    assert!(desk.get(&request).await.1.contains("Đang giữ lại vì tranh chấp"));
    // Twice is once.
    assert_eq!(desk.post(&mark, "change=hold&reason=x").await.0.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let proofs = async || {
        let purged = desk.store.purge(at(MUCH_LATER)).await.unwrap();
        purged.iter().filter(|proof| proof.record == flows::law::Record::Evidence).count()
    };
    assert_eq!(proofs().await, 0, "what is needed in a dispute is gone");
    // It is lifted after the request was answered as well.
    desk.post(&format!("{request}/carry-out"), "action=answer&reason=%C4%91%C3%A3+giao").await;
    let (head, page) = desk.post(&mark, "change=release&reason=xong").await;
    assert_eq!(head.status(), StatusCode::SEE_OTHER, "{page}");
    assert_eq!(desk.store.marks_of(person.subject).await.unwrap(), []);
    assert_eq!(proofs().await, 1);
    let report = desk.store.verify_audit().await.unwrap();
    assert!(matches!(report, crate::audit::AuditReport::Intact { .. }), "{report:?}");
}

#[tokio::test]
async fn a_restriction_is_lifted_and_the_record_shows_again() {
    let desk = Desk::open().await;
    let world = World::new(&*desk.store).await;
    // The day before: whoever waits today is shown all the same.
    let yesterday = world.checked_in("001148012345", at(-86_400)).await;
    let visit = format!("/staff/visits/{}", yesterday.visit);
    desk.post(&format!("{visit}/why"), "reason=Ng%C6%B0%E1%BB%9Di+b%E1%BB%87nh+h%E1%BB%8Fi").await;
    assert!(desk.get(&visit).await.1.contains("Nguyễn Thị Hoà"));
    let request = received(&desk, "restrict").await;
    desk.post(&format!("{request}/carry-out"), "action=restrict&reason=theo+y%C3%AAu+c%E1%BA%A7u").await;
    assert!(!desk.get(&visit).await.1.contains("Nguyễn Thị Hoà"), "what was restricted shows");
    let (_, page) = desk.get(&request).await;
    assert!(page.contains("Đang hạn chế xử lý") && page.contains("Bỏ hạn chế"), "{page}");
    let lift = "change=lift&reason=ng%C6%B0%E1%BB%9Di+b%E1%BB%87nh+%C4%91%E1%BB%93ng+%C3%BD";
    let (head, page) = desk.post(&format!("{request}/mark"), lift).await;
    assert_eq!(head.status(), StatusCode::SEE_OTHER, "{page}");
    assert!(desk.get(&visit).await.1.contains("Nguyễn Thị Hoà"));
    // Nobody but the manager.
    let reception = Desk::with(&[Role::Reception]).await;
    let path = "/staff/privacy/requests/00000000-0000-4000-8000-000000000000/mark";
    assert_eq!(reception.post(path, lift).await.0.status(), StatusCode::FORBIDDEN);
}

/// What a manager corrects for a request, reception alone may not; nor does a manager correct without one.
#[tokio::test]
async fn a_visit_is_corrected_by_the_desk_or_for_a_request_and_not_otherwise() {
    let manager = Desk::with(&[Role::Manager]).await;
    let world = World::new(&*manager.store).await;
    let person = consenting(&world, "001148012345").await;
    let correct = format!("/staff/visits/{}/correct", person.visit);
    assert_eq!(manager.get(&correct).await.0, StatusCode::FORBIDDEN);
    let request = received(&manager, "correct").await;
    let id = request.rsplit('/').next().unwrap();
    let (status, _) = manager.get(&format!("{correct}?request={id}")).await;
    assert_eq!(status, StatusCode::OK);
    let seen = manager.store.accesses(crate::store::accesses::Accesses::To(person.subject)).await.unwrap();
    assert_eq!(seen[0].reason, Some(format!("Yêu cầu {id}")));

    let reception = Desk::with(&[Role::Reception]).await;
    let world = World::new(&*reception.store).await;
    let person = consenting(&world, "001148012345").await;
    let correct = format!("/staff/visits/{}/correct", person.visit);
    assert_eq!(reception.get(&format!("{correct}?request={id}")).await.0, StatusCode::FORBIDDEN);
    assert_eq!(reception.get(&correct).await.0, StatusCode::OK);
}
