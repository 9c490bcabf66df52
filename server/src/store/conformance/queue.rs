//! The queue.

use std::task::Poll;

use flows::{
    TicketCode,
    health::queue::{Event, Interleave, Refusal, State},
};

use super::*;
use crate::{audit::AuditReport, store::visits::station_day};

const DAY: i64 = 24 * 3600;

fn by() -> Decision {
    Decision { staff: "Lê Thị Cán".into(), id: None, reason: "gọi số".into() }
}

fn rule() -> Interleave {
    Interleave::default()
}

fn call(room: &str, seen: u64, seconds: i64) -> CallNext {
    CallNext { station: STATION.into(), room: room.into(), seen, by: by(), rule: rule(), at: at(seconds) }
}

fn change(visit: Uuid, event: Event<Uuid>, seconds: i64) -> PlaceChange {
    PlaceChange { visit, event, by: by(), rule: rule(), at: at(seconds) }
}

impl World<'_> {
    async fn today(&self) -> DayQueue {
        self.store.queue(STATION, station_day(at(0)), rule()).await.unwrap()
    }

    async fn happens(&self, visit: Uuid, event: Event<Uuid>) {
        self.store.change_place(change(visit, event, 60)).await.unwrap();
    }

    async fn next(&self) -> Option<Call> {
        let seen = self.today().await.last_call("p1");
        self.store.call_next(call("p1", seen, 60)).await.unwrap()
    }

    async fn state(&self, visit: Uuid) -> State {
        self.today().await.place(visit).unwrap().state
    }
}

pub async fn a_number_goes_its_way_through_the_queue(world: &World<'_>) {
    let first = world.checked_in("001148000001", at(0)).await;
    let urgent = NewVisit { queue: Queue::Priority, ..visit(Some("001148000002")) };
    let urgent = world.store.record_check_in(world.check_in(urgent, at(1)).await).await.unwrap();
    let emergency = NewVisit { queue: Queue::Emergency, ..visit(None) };
    let emergency = world.store.record_check_in(world.check_in(emergency, at(2)).await).await.unwrap();
    let queue = world.today().await;
    let numbers = |places: Vec<&QueuePlace>| -> Vec<String> {
        places.iter().map(|place| place.number.clone()).collect()
    };
    assert_eq!(numbers(queue.waiting("p1")), ["C001", "U001", "001"]);
    assert_eq!(queue.place(first.visit).unwrap().ahead, Some(2));
    world.happens(emergency.visit, Event::Started).await;
    let called = world.next().await.unwrap();
    assert_eq!((called.visit, called.number.as_str(), called.room.as_str()), (urgent.visit, "U001", "p1"));
    world.happens(urgent.visit, Event::Recalled).await;
    world.happens(urgent.visit, Event::Absent).await;
    assert_eq!(world.next().await.unwrap().visit, first.visit);
    world.happens(first.visit, Event::Started).await;
    world.happens(first.visit, Event::Moved { room: "p2".into() }).await;
    world.happens(urgent.visit, Event::Returned).await;
    let queue = world.today().await;
    assert_eq!(
        (numbers(queue.waiting("p1")), numbers(queue.waiting("p2"))),
        (vec!["U001".into()], vec!["001".into()])
    );
    let calls: Vec<_> = queue.calls.iter().map(|call| (call.number.as_str(), call.again)).collect();
    assert_eq!(calls, [("U001", false), ("U001", true), ("001", false)]);
    assert!(queue.calls.is_sorted_by_key(|call| call.seq) && queue.version > queue.calls[2].seq);
    world.happens(emergency.visit, Event::Finished).await;
    world.happens(urgent.visit, Event::Cancelled).await;
    assert_eq!(world.next().await, None);
    assert!(matches!(world.store.verify_audit().await.unwrap(), AuditReport::Intact { .. }));
}

pub async fn however_many_desks_call_nobody_is_called_twice(world: &World<'_>) {
    let mut waiting = std::collections::BTreeSet::new();
    for person in 0..20 {
        let queue = if person % 3 == 0 { Queue::Priority } else { Queue::Normal };
        let new = NewVisit { queue, ..visit(Some(&format!("0011480{person:05}"))) };
        let recorded = world.store.record_check_in(world.check_in(new, at(0)).await).await.unwrap();
        waiting.insert(recorded.visit);
    }
    let mut called = Vec::new();
    while !waiting.is_empty() {
        let seen = world.today().await.last_call("p1");
        let mut desks: Vec<_> = (0..4).map(|_| world.store.call_next(call("p1", seen, 60))).collect();
        let mut outcomes: Vec<Option<_>> = desks.iter().map(|_| None).collect();
        // Each is polled before any is waited for.
        std::future::poll_fn(|context| {
            for (future, outcome) in desks.iter_mut().zip(&mut outcomes) {
                if outcome.is_none()
                    && let Poll::Ready(result) = future.as_mut().poll(context)
                {
                    *outcome = Some(result);
                }
            }
            if outcomes.iter().all(Option::is_some) { Poll::Ready(()) } else { Poll::Pending }
        })
        .await;
        for outcome in outcomes.into_iter().flatten() {
            match outcome {
                Ok(Some(call)) => {
                    assert!(waiting.remove(&call.visit), "{} was called before", call.number);
                    called.push(call.number);
                }
                Ok(None) => panic!("somebody waits"),
                Err(error) => assert!(matches!(error, StoreError::QueueMovedOn), "{error}"),
            }
        }
    }
    assert_eq!(called.len(), 20);
    assert_eq!(called[..6], ["U001", "U002", "001", "U003", "U004", "002"]);
}

pub async fn one_press_never_calls_two(world: &World<'_>) {
    world.checked_in("001148000001", at(0)).await;
    world.checked_in("001148000002", at(0)).await;
    let first = world.store.call_next(call("p1", 0, 1)).await.unwrap().unwrap();
    let again = world.store.call_next(call("p1", 0, 1)).await;
    assert!(matches!(again, Err(StoreError::QueueMovedOn)), "{again:?}");
    let second = world.store.call_next(call("p1", first.seq, 2)).await.unwrap().unwrap();
    assert_eq!((first.number.as_str(), second.number.as_str()), ("001", "002"));
}

pub async fn a_number_that_is_still_in_the_queue_is_given_again_with_the_same_code(world: &World<'_>) {
    let first = world.checked_in("001148012345", at(0)).await;
    assert!(first.code.is_some());
    for event in [
        None,
        Some(Event::Called),
        Some(Event::Absent),
        Some(Event::Returned),
        Some(Event::Called),
        Some(Event::Started),
    ] {
        match event {
            Some(Event::Called) => assert_eq!(world.next().await.unwrap().visit, first.visit),
            Some(event) => world.happens(first.visit, event).await,
            None => {}
        }
        let again = world.checked_in("001148012345", at(120)).await;
        assert_eq!(again, Recorded { already: true, ..first.clone() });
    }
}

pub async fn who_has_been_seen_or_taken_out_gets_a_new_number(world: &World<'_>) {
    let number = PersonalNumber::parse("001148012345").unwrap();
    let first = world.checked_in("001148012345", at(0)).await;
    world.next().await.unwrap();
    world.happens(first.visit, Event::Finished).await;
    assert_eq!(world.store.earlier_visit(&number, STATION, station_day(at(0))).await.unwrap(), None);
    let second = world.checked_in("001148012345", at(120)).await;
    assert_eq!((second.number, second.already, second.subject), (2, false, first.subject));
    assert_ne!(second.code, first.code);
    world.happens(second.visit, Event::Cancelled).await;
    let third = world.checked_in("001148012345", at(180)).await;
    assert_eq!((third.number, third.already), (3, false));
    let again = world.checked_in("001148012345", at(240)).await;
    assert_eq!(again, Recorded { already: true, ..third });
}

pub async fn who_was_merged_is_known_by_the_number_that_stays(world: &World<'_>) {
    let by_hand = world.store.record_check_in(world.check_in(visit(None), at(0)).await).await.unwrap();
    let other = world.checked_in("001148000002", at(1)).await;
    let identified = world.checked_in("001148012345", at(2)).await;
    world.happens(identified.visit, Event::Merged { into: by_hand.visit }).await;
    let again = world.checked_in("001148012345", at(120)).await;
    assert_eq!(again, Recorded { already: true, ..by_hand.clone() });
    let place =
        world.store.ticket_place(&identified.code.unwrap(), STATION, rule(), at(120)).await.unwrap().unwrap();
    assert_eq!((place.visit, place.ahead), (by_hand.visit, Some(0)));
    assert_eq!(world.state(other.visit).await, State::Waiting);
    assert_eq!(world.today().await.place(identified.visit).unwrap().merged_into, Some(by_hand.visit));
}

pub async fn a_ticket_s_code_shows_the_place_today_and_nothing_else(world: &World<'_>) {
    let first = world.checked_in("001148000001", at(0)).await;
    let second = world.checked_in("001148000002", at(0)).await;
    let (first_code, code) = (first.code.unwrap(), second.code.unwrap());
    assert_ne!(first_code, code);
    let look = async |code: &TicketCode, station: &str, seconds: i64| {
        world.store.ticket_place(code, station, rule(), at(seconds)).await.unwrap()
    };
    let place = look(&code, STATION, 60).await.unwrap();
    assert_eq!((place.number.as_str(), place.state, place.ahead), ("002", State::Waiting, Some(1)));
    world.next().await.unwrap();
    assert_eq!(look(&first_code, STATION, 60).await.unwrap().state, State::Called);
    assert_eq!(look(&code, STATION, 60).await.unwrap().ahead, Some(0));
    assert_eq!(look(&code, STATION, DAY).await, None);
    assert_eq!(look(&code, "01998", 60).await, None);
    assert_eq!(look(&TicketCode::new([0; 16]), STATION, 60).await, None);
}

pub async fn what_cannot_follow_is_refused_and_leaves_nothing(world: &World<'_>) {
    let first = world.checked_in("001148000001", at(0)).await;
    let before = world.today().await;
    let joined = Event::Joined { queue: Queue::Normal, room: "p1".into() };
    for (event, refusal) in [
        (Event::Finished, Refusal::Not(State::Waiting)),
        (Event::Started, Refusal::Not(State::Waiting)),
        (Event::Called, Refusal::AlreadyThere),
        (joined, Refusal::AlreadyThere),
        (Event::Moved { room: "p1".into() }, Refusal::NoChange),
        (Event::Merged { into: first.visit }, Refusal::NotOpen),
        (Event::Merged { into: world.id() }, Refusal::NotOpen),
    ] {
        let refused = world.store.change_place(change(first.visit, event, 1)).await;
        assert!(matches!(refused, Err(StoreError::Queue(why)) if why == refusal), "{refused:?}");
    }
    let unknown = world.store.change_place(change(world.id(), Event::Cancelled, 1)).await;
    assert!(matches!(unknown, Err(StoreError::Queue(Refusal::Unknown))), "{unknown:?}");
    assert_eq!(world.today().await, before);
}

pub async fn yesterday_s_numbers_are_gone(world: &World<'_>) {
    let yesterday = world.checked_in("001148000001", at(0)).await;
    let today = world.checked_in("001148000001", at(DAY)).await;
    assert!(!today.already);
    let late = world.store.change_place(change(yesterday.visit, Event::Cancelled, DAY)).await;
    assert!(matches!(late, Err(StoreError::Queue(Refusal::Unknown))), "{late:?}");
    let called = world.store.call_next(call("p1", 0, DAY)).await.unwrap().unwrap();
    assert_eq!(called.visit, today.visit);
}

pub async fn an_erased_person_s_number_can_still_be_called(world: &World<'_>) {
    let person = world.checked_in("001148000001", at(0)).await;
    world.store.destroy_subject_key(person.subject, at(1)).await.unwrap();
    assert_eq!(world.next().await.unwrap().visit, person.visit);
    world.happens(person.visit, Event::Finished).await;
    assert_eq!(world.store.visit(person.visit).await.unwrap().unwrap().recorded.code, None);
    assert!(matches!(world.store.verify_audit().await.unwrap(), AuditReport::Intact { .. }));
}

pub async fn a_call_goes_over_to_the_number_that_stays(world: &World<'_>) {
    let called = world.checked_in("001148012345", at(0)).await;
    let stays = world.checked_in("001148000002", at(1)).await;
    assert_eq!(world.next().await.unwrap().visit, called.visit);
    world.happens(called.visit, Event::Merged { into: stays.visit }).await;
    assert_eq!(world.state(stays.visit).await, State::Called);
    let today = world.today().await;
    let last = today.calls.last().unwrap();
    assert_eq!((last.visit, last.room.as_str(), last.again), (stays.visit, "p1", true));
    assert_eq!(last.number, stays.ticket_number());
    // Whoever pressed "next" before that is still asked what they have seen.
    assert_eq!(today.last_call("p1"), today.calls[0].seq);
}
