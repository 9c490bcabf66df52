//! How a stay stands.

use proptest::prelude::*;

use super::*;

const ARRIVAL: &str = "2026-09-15T20:00:00";
const NOW: &str = "2026-09-15T21:00:00";

fn after(events: &[StayEvent]) -> Standing {
    let mut standing = Standing::new(at(ARRIVAL), Path::Portal, at(NOW));
    for event in events {
        standing.apply(event).unwrap_or_else(|unfit| panic!("{event:?}: {unfit}"));
    }
    standing
}

fn sent() -> StayEvent {
    StayEvent::Sent { by: Path::Portal }
}

fn accepted() -> StayEvent {
    StayEvent::Accepted { how: Acceptance::Portal }
}

fn rejected() -> StayEvent {
    StayEvent::Rejected { reason: "overlapping stay".into() }
}

#[test]
fn the_way_of_a_guest_who_stays_longer_and_leaves() {
    use StayEvent::{Confirmed, Drafted, Extended, Left};
    let until = at("2026-09-18T11:00:00");
    let mut way = vec![Drafted];
    let mut walk = |event: Option<StayEvent>, state: State| {
        way.extend(event);
        assert_eq!(after(&way).state(), state);
    };
    walk(None, State::Draft);
    walk(Some(Confirmed), State::Ready);
    walk(Some(sent()), State::Sent);
    walk(Some(accepted()), State::Staying);
    walk(Some(Extended { until }), State::Extended);
    walk(Some(Left { at: until }), State::Left);
}

#[test]
fn who_is_accepted_before_they_come_is_not_yet_staying() {
    let events = [StayEvent::Ready, sent(), accepted()];
    let before = Standing::fold(at(ARRIVAL), Path::Portal, at("2026-09-15T19:59:59"), &events);
    assert_eq!(before.state(), State::Accepted);
}

#[test]
fn a_refusal_keeps_its_reason_until_it_is_corrected() {
    let refused = after(&[StayEvent::Ready, sent(), rejected()]);
    assert_eq!((refused.state(), refused.reason()), (State::Rejected, Some("overlapping stay")));
    let again = after(&[StayEvent::Ready, sent(), rejected(), StayEvent::Corrected { draft: false }]);
    assert_eq!((again.state(), again.reason()), (State::Ready, None));
    let draft = after(&[StayEvent::Ready, sent(), rejected(), StayEvent::Corrected { draft: true }]);
    assert_eq!(draft.state(), State::Draft);
}

#[test]
fn what_the_portal_has_stays_accepted_through_a_correction() {
    let corrected = after(&[StayEvent::Ready, sent(), accepted(), StayEvent::Corrected { draft: true }]);
    assert_eq!(corrected.state(), State::Staying);
    assert!(corrected.is_known_there());
}

#[test]
fn what_fell_out_of_the_portal_s_window_goes_by_file_and_is_counted() {
    let mut way = vec![StayEvent::Ready, sent(), StayEvent::FellToPaper];
    assert_eq!((after(&way).state(), after(&way).path()), (State::Ready, Path::File));
    way.push(StayEvent::Sent { by: Path::File });
    way.push(StayEvent::Sent { by: Path::File });
    assert!(after(&way).clone().apply(&accepted()).is_err(), "the portal says success even for no rows");
    way.push(StayEvent::Accepted { how: Acceptance::Counted });
    assert_eq!(after(&way).acceptance(), Some(Acceptance::Counted));
}

#[test]
fn what_was_withdrawn_or_left_is_over() {
    let mut withdrawn = after(&[StayEvent::Ready, sent(), accepted(), StayEvent::Withdrawn]);
    assert_eq!(withdrawn.state(), State::Withdrawn);
    assert_eq!(withdrawn.apply(&StayEvent::Confirmed), Err(Unfit(State::Withdrawn)));
    let left = StayEvent::Left { at: at(NOW) };
    let mut gone = after(&[StayEvent::Ready, sent(), accepted(), left.clone()]);
    for event in [left, StayEvent::Withdrawn, StayEvent::Extended { until: at("2026-09-20T00:00:00") }] {
        assert_eq!(gone.apply(&event), Err(Unfit(State::Left)));
    }
}

#[test]
fn nobody_leaves_before_they_came() {
    let early = StayEvent::Left { at: at("2026-09-15T19:59:59") };
    assert!(after(&[StayEvent::Ready]).apply(&early).is_err());
}

#[test]
fn who_left_undeclared_is_still_owed() {
    let gone = after(&[StayEvent::Ready, StayEvent::Left { at: at(NOW) }]);
    assert!(gone.is_owed());
    assert_eq!(gone.state(), State::Ready);
}

#[test]
fn the_owner_is_told_an_hour_before_unless_something_was_accepted_or_told() {
    let deadline = Deadline::of(at(ARRIVAL), false, false);
    let at_ten = |events: &[StayEvent]| {
        Standing::fold(at(ARRIVAL), Path::Portal, at("2026-09-15T22:00:00"), events).is_to_be_told(&deadline)
    };
    assert!(at_ten(&[StayEvent::Drafted]));
    assert!(at_ten(&[StayEvent::Ready, sent(), rejected()]));
    assert!(!at_ten(&[StayEvent::Ready, sent(), accepted()]));
    assert!(!at_ten(&[StayEvent::Ready, StayEvent::ToldByHand]));
    assert!(!at_ten(&[StayEvent::Ready, StayEvent::Withdrawn]));
    assert!(!after(&[StayEvent::Ready]).is_to_be_told(&deadline), "at nine there is time");
}

fn events() -> impl Strategy<Value = StayEvent> {
    let path = prop_oneof![Just(Path::Portal), Just(Path::File), Just(Path::Paper)];
    let how = prop_oneof![
        Just(Acceptance::Portal),
        Just(Acceptance::AlreadyStaying),
        Just(Acceptance::Counted),
        Just(Acceptance::Paper),
    ];
    let moment = (0_i64..1_000_000)
        .prop_map(|later| at("2026-09-15T00:00:00") + jiff::SignedDuration::from_secs(later));
    prop_oneof![
        Just(StayEvent::Ready),
        Just(StayEvent::Drafted),
        Just(StayEvent::Confirmed),
        path.prop_map(|by| StayEvent::Sent { by }),
        how.prop_map(|how| StayEvent::Accepted { how }),
        Just(rejected()),
        Just(StayEvent::FellToPaper),
        any::<bool>().prop_map(|draft| StayEvent::Corrected { draft }),
        Just(StayEvent::Withdrawn),
        Just(StayEvent::ToldByHand),
        moment.clone().prop_map(|until| StayEvent::Extended { until }),
        moment.prop_map(|at| StayEvent::Left { at }),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_happens_what_was_taken_stays_taken(all in proptest::collection::vec(events(), 0..40)) {
        let mut standing = Standing::new(at(ARRIVAL), Path::Portal, at(NOW));
        for event in &all {
            let before = standing.clone();
            if let Err(Unfit(state)) = standing.apply(event) {
                prop_assert_eq!(state, before.state());
                prop_assert_eq!(&standing, &before, "a refused event changes nothing");
            } else {
                if let Some(how) = before.acceptance() {
                    prop_assert_eq!(standing.acceptance(), Some(how));
                }
                prop_assert!(before.state() != State::Withdrawn);
                prop_assert!(before.left().is_none() || standing.left() == before.left());
            }
            // Nothing counts as taken that was never on its way, but by a person's word.
            if standing.acceptance() == Some(Acceptance::Portal) {
                prop_assert_eq!(standing.path(), Path::Portal);
            }
            prop_assert!(standing.state() != State::Rejected || standing.reason().is_some());
            prop_assert!(standing.state() != State::Ready || standing.reason().is_none());
        }
        let folded = Standing::fold(at(ARRIVAL), Path::Portal, at(NOW), &all);
        prop_assert_eq!(folded, standing);
    }
}
