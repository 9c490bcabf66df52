//! Whatever happens at a station, the queue stays fair.

use proptest::prelude::*;

use super::*;

/// What happens at a station, in tests.
#[derive(Debug, Clone, Copy)]
enum Act {
    Join(Queue),
    Call,
    /// Of those called, one does not come.
    Miss(usize),
    /// Of those absent, one comes back.
    Return(usize),
    /// Of those called, one goes in, and is done.
    See(usize),
    /// Of those waiting, one does not want any more.
    Cancel(usize),
    /// Of those waiting, one is put into another row.
    Rerank(usize, Queue),
    /// Of those waiting, one is sent before another door, or one from there comes here.
    Move(usize),
    /// Of those waiting, two are one person.
    Merge(usize, usize),
}

impl Act {
    /// Whether it may put somebody before who waits already: a better row, the older of two turns, a turn from before
    /// another door.
    const fn is_of_staff(self) -> bool {
        matches!(self, Self::Rerank(..) | Self::Move(_) | Self::Merge(..))
    }
}

const OTHER_ROOM: &str = "p2";

fn act() -> impl Strategy<Value = Act> {
    let queue = prop_oneof![1 => Just(Emergency), 8 => Just(Priority), 8 => Just(Normal)];
    prop_oneof![
        4 => queue.prop_map(Act::Join),
        4 => Just(Act::Call),
        1 => any::<usize>().prop_map(Act::Miss),
        1 => any::<usize>().prop_map(Act::Return),
    ]
}

/// All that happens: what comes by itself, and what staff do to the order.
fn any_act() -> impl Strategy<Value = Act> {
    let queue = prop_oneof![Just(Emergency), Just(Priority), Just(Normal)];
    prop_oneof![
        10 => act(),
        2 => any::<usize>().prop_map(Act::See),
        1 => any::<usize>().prop_map(Act::Cancel),
        1 => (any::<usize>(), queue).prop_map(|(index, queue)| Act::Rerank(index, queue)),
        1 => any::<usize>().prop_map(Act::Move),
        1 => any::<(usize, usize)>().prop_map(|(index, other)| Act::Merge(index, other)),
    ]
}

fn those_in(lines: &Lines<u32>, state: State) -> Vec<u32> {
    lines.places().filter(|(_, place)| place.state == state).map(|(id, _)| id).collect()
}

/// Lets something happen. Gives who was called, from which row, and whether both rows waited then.
fn happen(lines: &mut Lines<u32>, act: Act, next_id: &mut u32) -> Option<(u32, Queue, bool)> {
    let pick = |from: Vec<u32>, index: usize| from.get(index.checked_rem(from.len())?).copied();
    match act {
        Act::Join(queue) => {
            *next_id += 1;
            lines.apply(*next_id, &joined(queue)).unwrap();
        }
        Act::Call => {
            let id = lines.next(ROOM)?;
            let waits = |row| {
                lines.places().any(|(_, place)| {
                    place.state == State::Waiting && place.queue == row && place.room == ROOM
                })
            };
            let both = waits(Priority) && waits(Normal);
            let queue = lines.place(id).unwrap().queue;
            lines.apply(id, &Event::Called).unwrap();
            return Some((id, queue, both));
        }
        Act::Miss(index) => {
            if let Some(id) = pick(those_in(lines, State::Called), index) {
                lines.apply(id, &Event::Absent).unwrap();
            }
        }
        Act::Return(index) => {
            if let Some(id) = pick(those_in(lines, State::Absent), index) {
                lines.apply(id, &Event::Returned).unwrap();
            }
        }
        Act::See(index) => {
            if let Some(id) = pick(those_in(lines, State::Called), index) {
                lines.apply(id, &Event::Started).unwrap();
                lines.apply(id, &Event::Finished).unwrap();
            }
        }
        Act::Cancel(index) => {
            if let Some(id) = pick(those_in(lines, State::Waiting), index) {
                lines.apply(id, &Event::Cancelled).unwrap();
            }
        }
        Act::Rerank(index, queue) => {
            if let Some(id) = pick(those_in(lines, State::Waiting), index) {
                let same = lines.place(id).unwrap().queue == queue;
                assert_eq!(lines.apply(id, &Event::Reranked { queue }).is_err(), same);
            }
        }
        Act::Move(index) => {
            if let Some(id) = pick(those_in(lines, State::Waiting), index) {
                let room = if lines.place(id).unwrap().room == ROOM { OTHER_ROOM } else { ROOM };
                lines.apply(id, &Event::Moved { room: room.into() }).unwrap();
            }
        }
        Act::Merge(index, other) => {
            let waiting = those_in(lines, State::Waiting);
            if let (Some(id), Some(into)) = (pick(waiting.clone(), index), pick(waiting, other)) {
                assert_eq!(lines.apply(id, &Event::Merged { into }).is_err(), id == into);
            }
        }
    }
    None
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// Old people first, and yet a working mother with a normal number sees the line move.
    #[test]
    fn while_both_rows_wait_neither_is_passed_over_for_long(
        ratio in 1_u32..=9,
        acts in proptest::collection::vec(any_act(), 0..200),
    ) {
        let mut lines = Lines::new(Interleave { priority_per_normal: ratio, ..Interleave::default() });
        let (mut next_id, mut calls) = (0, Vec::new());
        for act in acts {
            calls.extend(happen(&mut lines, act, &mut next_id).filter(|(_, queue, _)| *queue != Emergency));
        }
        let window = usize::try_from(ratio).unwrap() + 1;
        for calls in calls.windows(window).filter(|calls| calls.iter().all(|(_, _, both)| *both)) {
            prop_assert!(calls.iter().any(|(_, queue, _)| *queue == Normal), "{calls:?}");
            prop_assert!(calls.iter().any(|(_, queue, _)| *queue == Priority), "{calls:?}");
        }
    }

    #[test]
    fn an_emergency_never_waits_for_another_row(acts in proptest::collection::vec(any_act(), 0..200)) {
        let (mut lines, mut next_id) = (lines(), 0);
        for act in acts {
            let emergencies = lines
                .places()
                .any(|(_, p)| p.state == State::Waiting && p.queue == Emergency && p.room == ROOM);
            if let Some((_, queue, _)) = happen(&mut lines, act, &mut next_id) {
                prop_assert!(!emergencies || queue == Emergency);
            }
        }
    }

    /// Of two in one row who never were absent, the one who came first is called first.
    #[test]
    fn the_order_within_a_row_is_kept(acts in proptest::collection::vec(act(), 0..200)) {
        let (mut lines, mut next_id, mut called) = (lines(), 0, Vec::new());
        let mut absent = std::collections::BTreeSet::new();
        for act in acts {
            called.extend(happen(&mut lines, act, &mut next_id));
            absent.extend(those_in(&lines, State::Absent));
        }
        for row in Queue::ALL {
            let ids: Vec<u32> = called.iter()
                .filter(|(id, queue, _)| *queue == row && !absent.contains(id))
                .map(|(id, ..)| *id)
                .collect();
            prop_assert!(ids.is_sorted(), "{ids:?}");
        }
    }

    /// Whatever comes after, whoever waits is called within a number of calls that was known when they came: those
    /// before them in their row, each of these and themselves with the turns of the other row; emergencies, people who
    /// come back (each of them once) and whom staff put before them besides.
    #[test]
    fn nobody_waits_for_ever(
        before in proptest::collection::vec(act(), 0..60),
        mine in prop_oneof![Just(Priority), Just(Normal)],
        after in proptest::collection::vec(any_act(), 0..400),
    ) {
        let (mut lines, mut next_id) = (lines(), 0);
        for act in before {
            happen(&mut lines, act, &mut next_id);
        }
        let row_before = lines.places().filter(|(_, p)| p.state == State::Waiting && p.queue == mine).count();
        happen(&mut lines, Act::Join(mine), &mut next_id);
        let me = next_id;
        let turns = 1 + usize::try_from(Interleave::default().priority_per_normal).unwrap();
        let mut allowed = (row_before + 1) * turns;
        for act in after {
            let comes_back = matches!(act, Act::Return(_)) && !those_in(&lines, State::Absent).is_empty();
            allowed += if comes_back || act.is_of_staff() { turns } else { 0 };
            let called = happen(&mut lines, act, &mut next_id);
            let mine_still = lines.place(me).is_some_and(|place| {
                place.state == State::Waiting && place.queue == mine && place.room == ROOM
            });
            match called {
                Some((id, ..)) if id == me => break,
                // Staff did something to this very number.
                _ if !mine_still => break,
                Some((_, Emergency, _)) | None => {}
                Some(_) => {
                    allowed -= 1;
                    prop_assert!(allowed > 0, "still waiting");
                }
            }
        }
    }

    /// One person who is absent again and again does not hold up who stays.
    #[test]
    fn who_comes_and_goes_overtakes_each_once(rounds in 1_usize..40) {
        let mut lines = waiting(&[Normal; 5]);
        let mut seen = Vec::new();
        for _ in 0..rounds {
            let Some(id) = lines.next(ROOM) else { break };
            lines.apply(id, &Event::Called).unwrap();
            if id <= 4 {
                lines.apply(id, &Event::Absent).unwrap();
                lines.apply(id, &Event::Returned).unwrap();
            }
            seen.push(id);
        }
        prop_assert!(seen.contains(&5) || seen.len() < 9, "{seen:?}");
    }

    /// Whatever staff do, everybody who waits stands in exactly one line, and nobody else stands in any.
    #[test]
    fn whoever_waits_stands_in_one_line(acts in proptest::collection::vec(any_act(), 0..200)) {
        let (mut lines, mut next_id) = (lines(), 0);
        for act in acts {
            happen(&mut lines, act, &mut next_id);
            let mut standing: Vec<u32> = [ROOM, OTHER_ROOM].iter().flat_map(|room| lines.order(room)).collect();
            standing.sort_unstable();
            let mut waiting = those_in(&lines, State::Waiting);
            waiting.sort_unstable();
            prop_assert_eq!(standing, waiting, "after {:?}", act);
        }
        prop_assert_eq!(lines.places().count(), usize::try_from(next_id).unwrap(), "nobody is lost");
    }

    #[test]
    fn the_same_events_give_the_same_order_and_it_is_the_one_that_is_called(
        acts in proptest::collection::vec(any_act(), 0..120),
    ) {
        let (mut first, mut second, mut ids) = (lines(), lines(), (0, 0));
        for act in acts {
            happen(&mut first, act, &mut ids.0);
            happen(&mut second, act, &mut ids.1);
        }
        let order = first.order(ROOM);
        prop_assert_eq!(&order, &second.order(ROOM));
        for (ahead, id) in order.into_iter().enumerate() {
            prop_assert_eq!(first.ahead(id), Some(0));
            prop_assert_eq!(second.ahead(id), Some(ahead));
            prop_assert_eq!(call(&mut first), id);
        }
    }
}
