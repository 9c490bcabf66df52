use super::*;

mod properties;

const ROOM: &str = "p1";

fn lines() -> Lines<u32> {
    Lines::new(Interleave::default())
}

fn joined(queue: Queue) -> Event<u32> {
    Event::Joined { queue, room: ROOM.into() }
}

/// A queue in which these wait, numbered from 1.
fn waiting(queues: &[Queue]) -> Lines<u32> {
    let mut lines = lines();
    for (id, queue) in (1..).zip(queues) {
        lines.apply(id, &joined(*queue)).unwrap();
    }
    lines
}

fn call(lines: &mut Lines<u32>) -> u32 {
    let next = lines.next(ROOM).unwrap();
    lines.apply(next, &Event::Called).unwrap();
    next
}

use Queue::{Emergency, Normal, Priority};

#[test]
fn two_of_the_priority_row_are_called_for_one_of_the_normal_row() {
    let lines = waiting(&[Normal, Normal, Priority, Priority, Priority, Normal]);
    assert_eq!(lines.order(ROOM), [3, 4, 1, 5, 2, 6]);
    assert_eq!(lines.ahead(1), Some(2));
}

#[test]
fn an_emergency_is_before_everybody_and_does_not_disturb_the_turns() {
    let mut lines = waiting(&[Normal, Priority, Priority, Priority]);
    assert_eq!((call(&mut lines), call(&mut lines)), (2, 3));
    lines.apply(9, &joined(Emergency)).unwrap();
    assert_eq!(lines.order(ROOM), [9, 1, 4]);
    // It goes in without being called; nobody else does.
    assert_eq!(lines.apply(4, &Event::Started), Err(Refusal::Not(State::Waiting)));
    lines.apply(9, &Event::Started).unwrap();
    assert_eq!(lines.next(ROOM), Some(1));
}

#[test]
fn priority_calls_count_only_while_somebody_was_passed_over() {
    let mut lines = waiting(&[Priority, Priority, Priority, Priority]);
    for _ in 0..3 {
        call(&mut lines);
    }
    lines.apply(9, &joined(Normal)).unwrap();
    lines.apply(10, &joined(Priority)).unwrap();
    lines.apply(11, &joined(Priority)).unwrap();
    assert_eq!(lines.order(ROOM), [4, 10, 9, 11]);
}

#[test]
fn who_was_absent_and_is_back_waits_behind_three_and_the_second_time_behind_all() {
    let mut lines = waiting(&[Normal; 6]);
    assert_eq!(call(&mut lines), 1);
    lines.apply(1, &Event::Absent).unwrap();
    assert_eq!(lines.ahead(1), None);
    lines.apply(1, &Event::Returned).unwrap();
    assert_eq!(lines.order(ROOM), [2, 3, 4, 1, 5, 6]);
    for id in [2, 3, 4, 1] {
        assert_eq!(call(&mut lines), id);
    }
    lines.apply(1, &Event::Absent).unwrap();
    lines.apply(7, &joined(Normal)).unwrap();
    lines.apply(8, &joined(Normal)).unwrap();
    lines.apply(1, &Event::Returned).unwrap();
    assert_eq!(lines.order(ROOM), [5, 6, 7, 8, 1]);
}

#[test]
fn who_is_sent_to_another_room_unseen_keeps_their_turn_and_who_was_seen_joins_anew() {
    let mut lines = lines();
    let other = |queue| Event::Joined { queue, room: "p2".into() };
    for (id, event) in [(1, joined(Normal)), (2, other(Normal)), (3, joined(Normal)), (4, other(Normal))] {
        lines.apply(id, &event).unwrap();
    }
    let to = |room: &str| Event::Moved { room: room.into() };
    lines.apply(3, &to("p2")).unwrap();
    assert_eq!((lines.order(ROOM), lines.order("p2")), (vec![1], vec![2, 3, 4]));
    call(&mut lines);
    lines.apply(1, &Event::Started).unwrap();
    lines.apply(1, &to("p2")).unwrap();
    assert_eq!((lines.order(ROOM), lines.order("p2")), (vec![], vec![2, 3, 4, 1]));
    assert_eq!(lines.apply(4, &to("p2")), Err(Refusal::NoChange));
}

#[test]
fn of_two_numbers_of_one_person_the_one_that_stays_gets_what_is_better_of_both() {
    let mut lines = waiting(&[Normal, Normal, Normal, Priority]);
    lines.apply(1, &Event::Merged { into: 3 }).unwrap();
    assert_eq!(lines.order(ROOM), [4, 3, 2]);
    assert_eq!(lines.place(1).unwrap().state, State::Merged);
    call(&mut lines);
    lines.apply(4, &Event::Merged { into: 2 }).unwrap();
    let kept = lines.place(2).unwrap();
    assert_eq!((kept.state, kept.queue), (State::Called, Priority));
    assert_eq!(lines.order(ROOM), [3]);
    assert_eq!(lines.apply(3, &Event::Merged { into: 3 }), Err(Refusal::NotOpen));
    assert_eq!(lines.apply(3, &Event::Merged { into: 1 }), Err(Refusal::NotOpen));
    assert_eq!(lines.order(ROOM), [3]);
}

#[test]
fn a_number_put_into_another_row_keeps_its_turn_there() {
    let mut lines = waiting(&[Priority, Normal, Priority]);
    lines.apply(2, &Event::Reranked { queue: Priority }).unwrap();
    assert_eq!(lines.order(ROOM), [1, 2, 3]);
    assert_eq!(lines.apply(2, &Event::Reranked { queue: Priority }), Err(Refusal::NoChange));
}

#[test]
fn what_may_follow_on_each_state_is_this_and_no_more() {
    let events: [Event<u32>; 10] = [
        Event::Called,
        Event::Recalled,
        Event::Absent,
        Event::Returned,
        Event::Started,
        Event::Finished,
        Event::Moved { room: "p2".into() },
        Event::Reranked { queue: Priority },
        Event::Cancelled,
        Event::Merged { into: 2 },
    ];
    let table = [
        (State::Waiting, "called moved reranked cancelled merged"),
        (State::Called, "recalled absent started finished moved reranked cancelled merged"),
        (State::BeingSeen, "finished moved reranked merged"),
        (State::Absent, "returned reranked cancelled merged"),
        (State::Finished, ""),
        (State::Cancelled, ""),
        (State::Merged, ""),
    ];
    for (state, allowed) in table {
        let follow = events.iter().filter(|event| event.follows(state, Normal).is_some());
        let words: Vec<_> = follow.map(Event::as_str).collect();
        assert_eq!(words.join(" "), allowed, "{state:?}");
    }
}

#[test]
fn a_refused_event_changes_nothing() {
    let mut lines = waiting(&[Normal, Normal]);
    assert_eq!(lines.apply(1, &joined(Normal)), Err(Refusal::AlreadyThere));
    assert_eq!(lines.apply(7, &Event::Called), Err(Refusal::Unknown));
    assert_eq!(lines.apply(1, &Event::Finished), Err(Refusal::Not(State::Waiting)));
    assert_eq!(lines.order(ROOM), [1, 2]);
}

/// Staff who move somebody to another room and back do not take others' turns away.
#[test]
fn who_came_back_late_waits_behind_the_same_people_after_a_move() {
    let mut lines = waiting(&[Normal; 5]);
    assert_eq!(call(&mut lines), 1);
    lines.apply(1, &Event::Absent).unwrap();
    lines.apply(1, &Event::Returned).unwrap();
    assert_eq!(lines.order(ROOM), [2, 3, 4, 1, 5]);
    for room in ["p2", ROOM] {
        lines.apply(1, &Event::Moved { room: room.into() }).unwrap();
    }
    assert_eq!(lines.order(ROOM), [2, 3, 4, 1, 5]);
}
