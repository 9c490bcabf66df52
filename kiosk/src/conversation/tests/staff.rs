//! Calls for staff, and what comes of them.

use super::*;

#[test]
fn staff_who_are_called_are_told_and_their_admission_reaches_the_screen() {
    let mut play = Play::new();
    play.identify().person(PersonSays::CallStaff);
    assert_eq!(*play.step(), Step::StaffCalled { code: ReasonCode::HelpWanted, told: Told::Going });
    play.server(ServerEvent::StaffTold(false));
    assert_eq!(*play.step(), Step::StaffCalled { code: ReasonCode::HelpWanted, told: Told::NotYet });
    play.server(ServerEvent::StaffTold(true));
    play.after(5.0);
    assert!(matches!(play.orders[..], [Command::Poll { .. }]));
    // A late answer to something else does not take the screen back.
    play.view(flows::Step::Consent { purpose: Purpose::HealthCheckIn, role: ConsentRole::Person });
    assert!(play.staff().is_some());
    play.view(flows::Step::Done { ticket: ticket(), notices: vec![], unproved: None });
    assert!(matches!(play.step(), Step::Done { .. }));
}

fn progress(state: CallState, place: Option<&str>) -> CallProgress {
    CallProgress {
        state,
        since: "2026-09-15T08:00:00+07:00".into(),
        repeated: 0,
        where_to_go: place.map(text),
    }
}

/// The server's answer while staff are called.
fn news(step: flows::Step, call: Option<CallProgress>) -> ServerEvent {
    ServerEvent::News(Box::new(SessionView { session_id: "s1".into(), step, verdict: None, call }))
}

#[test]
fn whoever_waits_learns_that_staff_know_and_where_to_go_if_nobody_does() {
    let mut play = Play::new();
    play.identify().person(PersonSays::CallStaff).server(ServerEvent::StaffTold(true));
    let called = || flows::Step::CallStaff { code: ReasonCode::HelpWanted };
    for stands in [
        progress(CallState::Waiting, Some("Bàn tiếp đón")),
        progress(CallState::Acknowledged, None),
        progress(CallState::TakenOver, Some("Bàn tiếp đón")),
    ] {
        play.server(news(called(), Some(stands.clone())));
        assert_eq!(play.staff(), Some(ReasonCode::HelpWanted));
        assert_eq!(play.state.visit().unwrap().help.progress, Some(stands));
    }
}

#[test]
fn a_visit_that_staff_hand_back_goes_on_where_it_was() {
    let handed_back = flows::Step::Identify { ways: vec![Way::Chip], again: None };
    let mut play = Play::new();
    play.identify().person(PersonSays::CallStaff).server(ServerEvent::StaffTold(true));
    play.after(100.0);
    play.server(news(handed_back.clone(), None));
    assert!(matches!(play.step(), Step::TypeNumber { refused: None, .. }), "{:?}", play.step());
    assert_eq!(play.state.visit().unwrap().help, Help::default());
    // Whoever is helped has as long as anybody.
    play.after(40.0);
    assert!(play.state.warned_at.is_none());
    // News that were asked for before do nothing to a visit that goes on.
    play.server(news(flows::Step::CallStaff { code: ReasonCode::HelpWanted }, None));
    assert!(play.staff().is_none());
    // Before staff were told, no news can be theirs.
    let mut play = Play::new();
    play.identify().person(PersonSays::CallStaff).server(news(handed_back, None));
    assert!(play.staff().is_some());
}

#[test]
fn a_call_from_the_first_screen_is_followed_until_it_is_answered() {
    let mut play = Play::new();
    play.person(PersonSays::CallStaff).server(ServerEvent::StaffTold(true));
    play.server(ServerEvent::CallMade("c7".into())).after(5.0);
    assert!(
        matches!(&play.orders[..], [Command::PollCall { call, .. }] if call == "c7"),
        "{:?}",
        play.orders
    );
    play.server(ServerEvent::CallStands(progress(CallState::Acknowledged, None)));
    assert!(play.staff().is_some());
    play.server(ServerEvent::CallStands(progress(CallState::Answered, None)));
    assert!(matches!(play.state.at, At::Leaving(_)));
}

#[test]
fn what_stayed_unproved_reaches_the_last_screen() {
    let mut play = Play::new();
    play.person(PersonSays::Begin(Service::Health));
    let unproved = Some(ReasonCode::IssuerUnknown);
    play.view(flows::Step::Done { ticket: ticket(), notices: vec![], unproved });
    assert!(matches!(play.step(), Step::Done { unproved: Some(ReasonCode::IssuerUnknown), .. }));
}

#[test]
fn whoever_leaves_staff_alone_does_not_end_their_case() {
    let mut play = Play::new();
    play.identify().person(PersonSays::CallStaff).person(PersonSays::Stop);
    assert!(!play.orders.iter().any(|order| matches!(order, Command::Abort { .. })));
}

#[test]
fn staff_can_be_called_before_anything_began() {
    let mut play = Play::new();
    play.person(PersonSays::CallStaff);
    assert!(matches!(play.orders[..], [Command::CallStaff { session: None, step: "welcome", .. }]));
    play.person(PersonSays::Stop).wiped();
    assert_eq!(play.state.at, At::Welcome);
}

#[test]
fn an_emergency_calls_staff_at_one_touch_and_asks_nothing() {
    let mut play = Play::new();
    play.person(PersonSays::Emergency);
    let called =
        Command::CallStaff { visit: VisitId(1), session: None, step: "welcome", code: ReasonCode::Emergency };
    assert_eq!(play.orders, [called]);
    assert_eq!(play.staff(), Some(ReasonCode::Emergency));
    // Whoever presses again calls nobody twice.
    assert!(play.person(PersonSays::Emergency).orders.is_empty());
}

#[test]
fn a_forgotten_card_calls_staff_once() {
    let mut play = Play::new();
    play.reading().person(PersonSays::Stop).wiped();
    assert!(play.after(19.0).orders.is_empty());
    play.after(2.0);
    let left = ReasonCode::CardLeftBehind;
    assert!(matches!(&play.orders[..], [Command::CallStaff { code, .. }] if *code == left));
    assert!(play.after(2.0).orders.is_empty());
    play.server(ServerEvent::StaffTold(true));
    assert!(matches!(play.state.at, At::TakeCard { told: Some(Told::Yes), .. }));
}
