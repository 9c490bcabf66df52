//! The page of the queue.

use flows::health::queue::{Event, Interleave, Queue, State as Standing};

use super::*;
use crate::store::{DayQueue, NewVisit, PlaceChange, Queues as _, Recorded, conformance::visit};

async fn arrived(desk: &Desk, world: &World<'_>, queue: Queue, number: &str) -> Recorded {
    let new = NewVisit { queue, ..visit(Some(number)) };
    desk.store.record_check_in(world.check_in(new, at(0)).await).await.unwrap()
}

async fn today(desk: &Desk) -> DayQueue {
    desk.store.queue(STATION, station_day(at(0)), Interleave::default()).await.unwrap()
}

async fn state(desk: &Desk, recorded: &Recorded) -> Standing {
    today(desk).await.place(recorded.visit).unwrap().state
}

/// What stands in the form of the button that calls the next one.
fn seen(page: &str) -> String {
    let (_, rest) = page.split_once("name=\"seen\" value=\"").unwrap();
    rest.split('"').next().unwrap().to_owned()
}

async fn press(desk: &Desk, recorded: &Recorded, form: &str) -> String {
    let (head, _) = desk.post(&format!("/staff/queue/{}", recorded.visit), form).await;
    assert_eq!(head.status(), StatusCode::SEE_OTHER, "{form}");
    location(&head).to_owned()
}

#[tokio::test]
async fn a_number_is_called_seen_and_finished_by_buttons() {
    let desk = Desk::with(&[Role::Clinician]).await;
    let world = World::new(&*desk.store).await;
    let (_, empty) = desk.get("/staff/queue").await;
    assert!(empty.contains("Không có người chờ") && empty.contains("DỮ LIỆU MÔ PHỎNG"));
    let normal = arrived(&desk, &world, Queue::Normal, "001148000001").await;
    let priority = arrived(&desk, &world, Queue::Priority, "001148000002").await;
    let (status, page) = desk.get("/staff/queue?room=p1").await;
    assert_eq!(status, StatusCode::OK);
    assert!(page.contains("Gọi số tiếp theo: U001") && !page.contains("Gọi số tiếp theo: 001"), "{page}");
    assert!(page.contains("<b>U001</b> <b>001</b>"), "{page}");
    for secret in ["Nguyễn", "Hoà", "001148", "HT2", "1948"] {
        assert!(!page.contains(secret), "{secret} stands on the list");
    }
    let form = format!("room=p1&only=p1&seen={}", seen(&page));
    let (head, _) = desk.post("/staff/queue/next", &form).await;
    assert_eq!(location(&head), "/staff/queue?room=p1");
    assert_eq!(state(&desk, &priority).await, Standing::Called);
    // The same button once more, from the old page: nobody is called by it.
    let (head, _) = desk.post("/staff/queue/next", &form).await;
    assert_eq!(location(&head), "/staff/queue?room=p1&said=moved-on");
    assert_eq!(state(&desk, &normal).await, Standing::Waiting);
    let (_, page) = desk.get("/staff/queue?room=p1&said=moved-on").await;
    assert!(page.contains("vừa gọi số khác") && page.contains("Gọi lại") && page.contains("Vắng"));
    for (event, standing) in
        [("recalled", Standing::Called), ("absent", Standing::Absent), ("returned", Standing::Waiting)]
    {
        assert_eq!(press(&desk, &priority, &format!("event={event}&only=")).await, "/staff/queue");
        assert_eq!(state(&desk, &priority).await, standing, "{event}");
    }
    let (_, page) = desk.get("/staff/queue").await;
    let (head, _) = desk.post("/staff/queue/next", &format!("room=p1&seen={}", seen(&page))).await;
    assert_eq!(location(&head), "/staff/queue");
    press(&desk, &priority, "event=started").await;
    press(&desk, &priority, "event=finished").await;
    assert_eq!(state(&desk, &priority).await, Standing::Finished);
    let done = press(&desk, &priority, "event=finished").await;
    assert_eq!(done, "/staff/queue?said=cannot");
}

#[tokio::test]
async fn what_takes_something_from_somebody_needs_a_reason() {
    let desk = Desk::open().await;
    let world = World::new(&*desk.store).await;
    let one = arrived(&desk, &world, Queue::Normal, "001148000001").await;
    let other = arrived(&desk, &world, Queue::Normal, "001148000002").await;
    let into = format!("event=merged&into={}", other.visit);
    for form in ["event=cancelled", "event=cancelled&reason=+", "event=reranked&queue=priority", &into] {
        assert_eq!(press(&desk, &one, form).await, "/staff/queue?said=reason", "{form}");
    }
    for form in ["event=moved&room=p9", "event=reranked&queue=first&reason=x", "event=joined", "event=called"]
    {
        assert_eq!(press(&desk, &one, form).await, "/staff/queue?said=choice", "{form}");
    }
    assert_eq!(state(&desk, &one).await, Standing::Waiting);
    assert_eq!(press(&desk, &one, "event=moved&room=p2&only=p2").await, "/staff/queue?room=p2");
    assert_eq!(today(&desk).await.place(one.visit).unwrap().room, "p2");
    press(&desk, &one, "event=reranked&queue=emergency&reason=Kh%C3%B3+th%E1%BB%9F").await;
    assert_eq!(today(&desk).await.place(one.visit).unwrap().queue, Queue::Emergency);
    press(&desk, &one, &format!("{into}&reason=C%C3%B9ng+m%E1%BB%99t+ng%C6%B0%E1%BB%9Di")).await;
    assert_eq!(state(&desk, &one).await, Standing::Merged);
    press(&desk, &other, "event=cancelled&reason=%C4%90%C3%A3+v%E1%BB%81").await;
    assert_eq!(state(&desk, &other).await, Standing::Cancelled);
    assert!(matches!(desk.store.verify_audit().await.unwrap(), crate::audit::AuditReport::Intact { .. }));
}

#[tokio::test]
async fn who_has_no_part_in_it_sees_no_queue_and_changes_nothing() {
    let desk = Desk::with(&[Role::Auditor, Role::Manager]).await;
    let world = World::new(&*desk.store).await;
    let one = arrived(&desk, &world, Queue::Normal, "001148000001").await;
    assert_eq!(desk.get("/staff/queue").await.0, StatusCode::FORBIDDEN);
    let (head, _) = desk.post("/staff/queue/next", "room=p1&seen=0").await;
    assert_eq!(head.status(), StatusCode::FORBIDDEN);
    let (head, _) = desk.post(&format!("/staff/queue/{}", one.visit), "event=cancelled&reason=x").await;
    assert_eq!(head.status(), StatusCode::FORBIDDEN);
    assert_eq!(state(&desk, &one).await, Standing::Waiting);
}

#[tokio::test]
async fn other_pages_hear_of_it_and_a_place_that_is_not_there_is_said_so() {
    let desk = Desk::open().await;
    let world = World::new(&*desk.store).await;
    let one = arrived(&desk, &world, Queue::Normal, "001148000001").await;
    let mut news = desk.live.listen();
    let (_, page) = desk.get("/staff/queue").await;
    desk.post("/staff/queue/next", &format!("room=p1&seen={}", seen(&page))).await;
    assert_eq!(news.recv().await.unwrap(), live::News::Queue);
    press(&desk, &one, "event=started").await;
    assert_eq!(news.recv().await.unwrap(), live::News::Queue);
    let (head, _) = desk.post(&format!("/staff/queue/{}", Uuid::nil()), "event=cancelled&reason=x").await;
    assert_eq!(location(&head), "/staff/queue?said=cannot");
    let (head, _) = desk.post("/staff/queue/next", "room=p9&seen=0").await;
    assert_eq!(head.status(), StatusCode::NOT_FOUND);
    let (_, page) = desk.get("/staff/queue").await;
    let (head, _) = desk.post("/staff/queue/next", &format!("room=p1&seen={}", seen(&page))).await;
    assert_eq!(location(&head), "/staff/queue?said=nobody");
    let rule = Interleave::default();
    let by = crate::store::Decision { staff: "x".into(), id: None, reason: String::new() };
    let over = PlaceChange { visit: one.visit, event: Event::Finished, by, rule, at: at(600) };
    desk.store.change_place(over).await.unwrap();
}
