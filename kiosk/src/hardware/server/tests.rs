use super::{
    super::call::tests::{Received, Reply, Script, caller, caller_at, told},
    *,
};

const VISIT: VisitId = VisitId(3);

fn view(step: &str) -> String {
    format!(r#"{{"session_id":"s1","step":{step}}}"#)
}

fn json(status: u16, body: &str) -> Reply {
    Reply::Json(status, body.into())
}

fn problem(status: u16, code: &str) -> Reply {
    json(status, &format!(r#"{{"type":"","title":"","status":{status},"code":"{code}","detail":""}}"#))
}

fn conversation(script: &Script, attempts: usize, orders: Vec<Order>) -> Vec<Event> {
    let (sender, inbox) = mpsc::channel();
    for order in orders {
        sender.send(order).unwrap();
    }
    drop(sender);
    told(|events| converse(&caller(&script.address, attempts), &inbox, events))
}

fn errands(script: &Script, orders: Vec<Errand>) -> Vec<Event> {
    let (sender, inbox) = mpsc::channel();
    for order in orders {
        sender.send(order).unwrap();
    }
    drop(sender);
    told(|events| run_errands(&caller(&script.address, 1), &inbox, events, Duration::ZERO))
}

fn keys(received: &[Received]) -> Vec<&str> {
    received.iter().filter_map(|received| received.header("idempotency-key")).collect()
}

fn answer() -> Order {
    Order::Answer {
        visit: VISIT,
        session: "s1".into(),
        answer: Box::new(Answer::ConfirmPerson { is_me: true }),
    }
}

fn shows(events: &[Event], step: &flows::Step) -> bool {
    events.iter().any(|event| {
        matches!(event, Event::Server { visit: VISIT, event: ServerEvent::View(view) } if view.step == *step)
    })
}

#[test]
fn a_session_is_opened_and_its_step_shown() {
    let script = Script::new(vec![json(201, &view(r#"{"kind":"consent","purpose":"health_check_in"}"#))]);
    let order = Order::Open { visit: VISIT, service: Service::Health, language: Language::En };
    let events = conversation(&script, 1, vec![order]);
    assert!(shows(
        &events,
        &flows::Step::Consent {
            purpose: flows::step::Purpose::HealthCheckIn,
            role: flows::law::age::ConsentRole::Person
        }
    ));
    let received = &script.received()[0];
    assert_eq!((received.method.as_str(), received.path.as_str()), ("POST", "/v1/sessions"));
    assert_eq!(received.body, br#"{"service":"health","language":"en","ways":["chip"]}"#);
}

#[test]
fn trying_again_after_an_outage_is_the_same_call() {
    let script = Script::new(vec![Reply::Nothing, Reply::Nothing, json(200, &view(r#"{"kind":"ended"}"#))]);
    let events = conversation(&script, 2, vec![answer(), Order::Resend { visit: VISIT }]);
    let failed = Event::Server { visit: VISIT, event: ServerEvent::Failed(Failure::Unreachable) };
    assert_eq!(events[0], failed);
    assert!(shows(&events, &flows::Step::Ended));
    let received = script.received();
    let keys = keys(&received);
    assert!(keys.len() == 3 && keys.iter().all(|key| *key == keys[0]), "{keys:?}");
}

#[test]
fn a_wipe_leaves_nothing_to_send_again() {
    let script = Script::new(vec![Reply::Nothing]);
    let wipe = Order::Wipe { visit: VISIT };
    let events = conversation(&script, 1, vec![answer(), wipe, Order::Resend { visit: VISIT }]);
    assert_eq!(events[1], Event::Wiped { visit: VISIT, worker: Worker::Server });
    assert_eq!(script.received().len(), 1);
    let failed = Event::Server { visit: VISIT, event: ServerEvent::Failed(Failure::Refused) };
    assert_eq!(events[2], failed);
}

#[test]
fn a_screen_that_is_behind_the_session_catches_up() {
    let script = Script::new(vec![
        problem(409, "answer_unexpected"),
        json(200, &view(r#"{"kind":"call_staff","code":"help_wanted"}"#)),
    ]);
    let events = conversation(&script, 1, vec![answer()]);
    assert!(shows(&events, &flows::Step::CallStaff { code: ReasonCode::HelpWanted }));
    assert_eq!(script.received()[1].path, "/v1/sessions/s1");
}

#[test]
fn a_session_that_the_server_forgot_is_over() {
    let script = Script::new(vec![problem(404, "session_unknown")]);
    let events = conversation(&script, 3, vec![answer()]);
    assert_eq!(events, [Event::Server { visit: VISIT, event: ServerEvent::Failed(Failure::SessionGone) }]);
}

#[test]
fn a_challenge_for_a_session_that_moved_on_shows_where_it_stands() {
    let script = Script::new(vec![
        problem(409, "challenge_not_wanted"),
        json(200, &view(r#"{"kind":"call_staff","code":"help_wanted"}"#)),
    ]);
    let order = Order::Challenge { visit: VISIT, session: "s1".into() };
    let events = conversation(&script, 1, vec![order]);
    assert!(shows(&events, &flows::Step::CallStaff { code: ReasonCode::HelpWanted }));
}

#[test]
fn a_refusal_and_an_answer_of_another_version_are_not_taken_for_a_lost_network() {
    let script = Script::new(vec![problem(401, "signature_invalid"), json(200, "{}")]);
    let events = conversation(&script, 1, vec![answer(), answer()]);
    let refused = Event::Server { visit: VISIT, event: ServerEvent::Failed(Failure::Refused) };
    assert_eq!(events, [refused.clone(), refused]);
}

#[test]
fn a_challenge_comes_with_its_id() {
    let script =
        Script::new(vec![json(201, r#"{"challenge_id":"c9","nonce":"AAECAwQFBgc=","expires_in":120}"#)]);
    let order = Order::Challenge { visit: VISIT, session: "s1".into() };
    let events = conversation(&script, 1, vec![order]);
    let [Event::Server { event: ServerEvent::Challenge(challenge), .. }] = &events[..] else {
        panic!("{events:?}")
    };
    assert_eq!(challenge.challenge_id, "c9");
    assert_eq!(challenge.nonce.as_slice(), [0, 1, 2, 3, 4, 5, 6, 7]);
    assert_eq!(script.received()[0].path, "/v1/sessions/s1/challenges");
}

fn staff(session: Option<&str>) -> Errand {
    Errand::CallStaff {
        visit: VISIT,
        session: session.map(str::to_owned),
        step: "welcome",
        code: ReasonCode::HelpWanted,
    }
}

fn told_staff(got_through: bool) -> Event {
    Event::Server { visit: VISIT, event: ServerEvent::StaffTold(got_through) }
}

#[test]
fn a_call_for_staff_is_repeated_until_it_gets_through_and_counts_once() {
    let called = r#"{"call_id":"k1"}"#;
    let script = Script::new(vec![Reply::Nothing, problem(503, "timed_out"), json(201, called)]);
    // What else there is to do is done in between.
    let events = errands(&script, vec![staff(None), Errand::Welcome, staff(None)]);
    assert_eq!(events[0], told_staff(false));
    let received = script.received();
    let calls: Vec<_> = received.iter().filter(|call| call.path == "/v1/staff-calls").cloned().collect();
    assert_eq!(keys(&calls).first(), keys(&calls).last());
    assert!(calls.len() >= 2);
}

#[test]
fn a_session_that_takes_no_call_gets_one_beside_it() {
    let script = Script::new(vec![problem(404, "session_unknown"), json(201, r#"{"call_id":"k1"}"#)]);
    let made = Event::Server { visit: VISIT, event: ServerEvent::CallMade("k1".into()) };
    assert_eq!(errands(&script, vec![staff(Some("s1"))]), [told_staff(true), made]);
    let received = script.received();
    assert_eq!(received[0].path, "/v1/sessions/s1/answers");
    assert_eq!(received[1].path, "/v1/staff-calls");
    assert_eq!(received[1].body, br#"{"step":"welcome","code":"help_wanted"}"#);
    assert_ne!(keys(&received)[0], keys(&received)[1]);
}

#[test]
fn a_call_for_staff_while_the_session_moves_on_still_belongs_to_it() {
    let script = Script::new(vec![
        problem(409, "session_changed"),
        json(200, &view(r#"{"kind":"call_staff","code":"help_wanted"}"#)),
    ]);
    let events = errands(&script, vec![staff(Some("s1"))]);
    assert_eq!(events[0], told_staff(true));
    let received = script.received();
    assert!(received.iter().all(|call| call.path == "/v1/sessions/s1/answers"));
    assert_ne!(keys(&received)[0], keys(&received)[1]);
}

#[test]
fn staff_are_not_sent_to_somebody_who_is_long_gone() {
    let welcome = r#"{"station":{"vi":"Trạm","en":"Station"},"simulated":false,"services":["health"]}"#;
    let script = Script::new(vec![Reply::Nothing, json(200, welcome), json(201, r#"{"call_id":"k1"}"#)]);
    let time = std::sync::atomic::AtomicI64::new(0);
    // Each look at the clock is two minutes later than the one before.
    let caller =
        caller_at(&script.address, 1, move || time.fetch_add(120, std::sync::atomic::Ordering::Relaxed));
    let (sender, inbox) = mpsc::channel();
    for order in [staff(None), Errand::Welcome] {
        sender.send(order).unwrap();
    }
    drop(sender);
    told(|events| run_errands(&caller, &inbox, events, Duration::ZERO));
    let paths: Vec<_> = script.received().into_iter().map(|call| call.path).collect();
    assert_eq!(paths, ["/v1/staff-calls", "/v1/welcome"]);
}

#[test]
fn a_call_for_staff_in_a_session_is_its_answer() {
    let script = Script::new(vec![json(200, &view(r#"{"kind":"call_staff","code":"help_wanted"}"#))]);
    let events = errands(&script, vec![staff(Some("s1"))]);
    assert_eq!(events[0], told_staff(true));
    assert!(shows(&events, &flows::Step::CallStaff { code: ReasonCode::HelpWanted }));
}

#[test]
fn the_first_screen_learns_whether_data_are_simulated_or_that_nobody_answers() {
    let welcome = r#"{"station":{"vi":"Trạm","en":"Station"},"simulated":false,"services":["health"]}"#;
    let script = Script::new(vec![json(200, welcome), Reply::Nothing]);
    let events = errands(&script, vec![Errand::Welcome, Errand::Welcome]);
    assert!(matches!(&events[0], Event::Welcome(Some(welcome)) if !welcome.simulated));
    assert_eq!(events[1], Event::Welcome(None));
}

#[test]
fn whoever_leaves_is_not_waited_for() {
    let script = Script::new(vec![json(200, &view(r#"{"kind":"ended"}"#))]);
    assert!(errands(&script, vec![Errand::Abort { session: "s1".into() }]).is_empty());
    assert_eq!(script.received()[0].body, br#"{"answer":{"kind":"abort"}}"#);
}
