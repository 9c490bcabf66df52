//! Whatever happens, in any order: nobody is stuck, and nothing of them stays.

use proptest::prelude::*;

use super::*;

fn any_code() -> impl Strategy<Value = ReasonCode> {
    prop::sample::select(ReasonCode::ALL)
}

fn any_step() -> impl Strategy<Value = flows::Step> {
    prop_oneof![
        Just(flows::Step::Consent { purpose: Purpose::HealthCheckIn, role: ConsentRole::Person }),
        Just(flows::Step::Identify { ways: vec![Way::Chip], again: None }),
        Just(flows::Step::ConfirmPerson { person: person() }),
        Just(flows::Step::Choose {
            question: Question::Reason,
            options: vec![Choice { id: "a".into(), label: text("A") }]
        }),
        Just(flows::Step::Done { ticket: ticket(), notices: vec![], unproved: None }),
        any_code().prop_map(|code| flows::Step::CallStaff { code }),
        Just(flows::Step::Ended),
    ]
}

fn any_progress() -> impl Strategy<Value = CallProgress> {
    let states =
        [CallState::Waiting, CallState::Acknowledged, CallState::TakenOver, CallState::Answered].to_vec();
    (prop::sample::select(states), 0u32..3, any::<bool>()).prop_map(|(state, repeated, lost)| CallProgress {
        state,
        since: "2026-09-15T08:00:00+07:00".into(),
        repeated,
        where_to_go: lost.then(|| text("Bàn tiếp đón")),
    })
}

/// An event, with whether it belongs to the current visit and read.
fn any_event() -> impl Strategy<Value = (bool, Event)> {
    let person = prop_oneof![
        Just(PersonSays::Language(Language::En)),
        Just(PersonSays::Begin(Service::Health)),
        any::<bool>().prop_map(|given| PersonSays::Consent { given, text_sha256: String::new() }),
        (0u8..=9).prop_map(PersonSays::Digit),
        Just(PersonSays::EraseDigit),
        Just(PersonSays::NumberComplete),
        Just(PersonSays::Retry),
        Just(PersonSays::Back),
        any::<bool>().prop_map(PersonSays::IsMe),
        Just(PersonSays::Choose("a".into())),
        Just(PersonSays::CallStaff),
        Just(PersonSays::Emergency),
        Just(PersonSays::Stop),
        Just(PersonSays::StillHere),
    ];
    let reader = prop::sample::select(vec![
        ReaderEvent::Ready,
        ReaderEvent::Inserted,
        ReaderEvent::Removed,
        ReaderEvent::Gone,
    ]);
    let read = prop_oneof![
        Just(ReadEvent::Progress { file: FileId::DG2, done: 1, total: 2 }),
        Just(ReadEvent::Preview(preview())),
        Just(ReadEvent::Finished(Box::new(evidence()))),
        any_code().prop_map(ReadEvent::Failed),
    ];
    let server = prop_oneof![
        4 => any_step().prop_map(|step| ServerEvent::View(Box::new(SessionView {
            session_id: "s1".into(),
            step,
            verdict: None,
            call: None,
        }))),
        1 => Just(ServerEvent::Challenge(ChallengeIssued {
            challenge_id: "c".into(),
            nonce: SecretBytes::new(vec![0; 8]),
            expires_in: 120
        })),
        2 => (any_step(), prop::option::of(any_progress())).prop_map(|(step, call)| {
            ServerEvent::News(Box::new(SessionView { session_id: "s1".into(), step, verdict: None, call }))
        }),
        1 => any_progress().prop_map(ServerEvent::CallStands),
        1 => Just(ServerEvent::CallMade("c1".into())),
        1 => any::<bool>().prop_map(ServerEvent::StaffTold),
        1 => Just(ServerEvent::Failed(Failure::Unreachable)),
        1 => Just(ServerEvent::Failed(Failure::SessionGone)),
        1 => Just(ServerEvent::Failed(Failure::Refused)),
    ];
    let (visit, any_read) = (VisitId(0), ReadId(0));
    let event = prop_oneof![
        6 => person.prop_map(Event::Person),
        2 => reader.prop_map(Event::Reader),
        3 => read.prop_map(move |event| Event::Read { read: any_read, event }),
        6 => server.prop_map(move |event| Event::Server { visit, event }),
        1 => Just(Event::Tick),
        1 => any::<bool>().prop_map(|there| Event::Welcome(there.then(welcome))),
        1 => Just(Event::Wiped { visit, worker: Worker::Reader }),
        1 => Just(Event::Wiped { visit, worker: Worker::Server }),
        1 => any::<bool>().prop_map(move |printed| Event::Printed { visit, printed }),
    ];
    (prop::bool::weighted(0.9), event)
}

fn addressed(event: Event, current: bool, state: &State) -> Event {
    let off = u64::from(!current);
    let visit = VisitId(state.visit.0.wrapping_sub(off));
    match event {
        Event::Read { event, .. } => Event::Read { read: ReadId(state.read.0.wrapping_sub(off)), event },
        Event::Server { event, .. } => Event::Server { visit, event },
        Event::Printed { printed, .. } => Event::Printed { visit, printed },
        Event::Wiped { worker, .. } => Event::Wiped { visit, worker },
        other => other,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(400) })]

    #[test]
    fn whatever_happens_stopping_leads_to_the_welcome_screen_and_nothing_personal_is_left(
        events in prop::collection::vec((any_event(), 0.0f64..20.0), 0..60)
    ) {
        let mut play = Play::new();
        for ((current, event), pause) in events {
            play.now += pause;
            let event = addressed(event, current, &play.state);
            play.event(event);
            let Some(visit) = play.state.visit() else { continue };
            // What was typed and read stays only as long as a step needs it.
            if matches!(visit.step, Step::Done { .. } | Step::StaffCalled { .. } | Step::Choose { .. }) {
                prop_assert!(visit.can.is_none());
                prop_assert_eq!(&visit.preview, &Preview::default());
            }
        }
        // Whether somebody presses something or nobody does: two minutes later all is wiped.
        if play.state.visit().is_some() {
            play.person(PersonSays::Stop);
            prop_assert!(matches!(play.state.at, At::Leaving(_)));
        }
        prop_assert!(play.state.visit().is_none());
        play.wiped().reader(ReaderEvent::Removed);
        let staff_wanted = matches!(play.state.at, At::Visit(_));
        if staff_wanted {
            prop_assert_eq!(play.staff(), Some(ReasonCode::HelpWanted));
            play.person(PersonSays::Stop).wiped();
        }
        prop_assert_eq!(&play.state.at, &At::Welcome);
        play.event(Event::Welcome(Some(welcome()))).person(PersonSays::Begin(Service::Health));
        let opened = matches!(&play.orders[..], [Command::OpenSession { .. }]);
        prop_assert!(opened);
    }

    #[test]
    fn left_alone_every_state_returns_to_the_welcome_screen(
        events in prop::collection::vec(any_event(), 0..60)
    ) {
        let mut play = Play::new();
        for (current, event) in events {
            let event = addressed(event, current, &play.state);
            play.event(event);
        }
        for _ in 0..700 {
            play.after(1.0);
        }
        prop_assert_eq!(&play.state.at, &At::Welcome);
        prop_assert_eq!(play.state.language, Language::Vi);
    }
}
