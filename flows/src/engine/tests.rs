use super::*;
use crate::{
    CardStanding, Person, Text,
    health::{HealthRules, Reason, Room, Station},
    person::{Birth, Relation, Representative, Sex},
    policy::Decision,
    step::Purpose,
};
use identity::{Verdict, number::PersonalNumber, proof::verdict::Axis};
use jiff::civil::date;
use proptest::prelude::*;

fn text(text: &str) -> Text {
    Text { vi: text.into(), en: text.into() }
}

fn station() -> Station {
    let room = |id: &str| Room { id: id.into(), name: text(id) };
    let reason = |id: &str, rooms: &[&str]| Reason {
        id: id.into(),
        label: text(id),
        rooms: rooms.iter().map(|id| (*id).to_owned()).collect(),
    };
    Station {
        code: "01999".into(),
        name: text("Trạm"),
        desk: text("Trạm"),
        emergency_room: "p1".into(),
        rooms: vec![room("p1"), room("p2")],
        reasons: vec![reason("illness", &["p1", "p2"]), reason("vaccination", &["p2"])],
        queue: crate::health::queue::Interleave::default(),
    }
}

fn rules(station: &Station) -> HealthRules<'_> {
    HealthRules { station, today: date(2026, 9, 15) }
}

fn person() -> Person {
    Person {
        number: Some(PersonalNumber::parse("001148012345").unwrap()),
        insurance_number: None,
        old_numbers: Vec::new(),
        full_name: "Nguyễn Thị Hoà".into(),
        birth: Birth { year: 1948, month: Some(3), day: Some(2) },
        sex: Sex::Female,
    }
}

fn verdict() -> Verdict {
    Verdict {
        security_object: Axis::passed(ReasonCode::SignatureVerified),
        data_groups: Axis::passed(ReasonCode::HashesMatch),
        issuer: Axis::passed(ReasonCode::IssuerTrusted),
        revocation: Axis::not_done(ReasonCode::RevocationNotChecked),
        chip: Axis::passed(ReasonCode::ChallengeAnswered),
        validity: Axis::passed(ReasonCode::NoExpiry),
        holder: Axis::not_done(ReasonCode::HolderNotChecked),
    }
}

fn ticket() -> Ticket {
    Ticket {
        number: "U001".into(),
        room: text("p1"),
        station: text("Trạm"),
        issued_at: "2026-09-15T08:00:00+07:00".into(),
        priority: true,
        simulated: true,
        code: None,
        link: None,
    }
}

fn done(notices: Vec<Notice>, unproved: Option<ReasonCode>) -> Step {
    Step::Done { ticket: ticket(), notices, unproved }
}

fn consent(given: bool) -> Event {
    consent_of(ConsentRole::Person, given)
}

fn consent_of(role: ConsentRole, given: bool) -> Event {
    Event::Answered(Answer::Consent {
        purpose: Purpose::HealthCheckIn,
        role,
        given,
        language: Language::Vi,
        text_sha256: "00".repeat(32),
    })
}

fn choose(id: &str) -> Event {
    Event::Answered(Answer::Choose { id: id.into() })
}

fn insurance(status: InsuranceStatus) -> Event {
    Event::InsuranceLookedUp(Insurance { status, result_code: None, card: None })
}

type Spoiled = fn(&mut Verdict) -> &mut Axis;

const IS_ME: Event = Event::Answered(Answer::ConfirmPerson { is_me: true });

/// Up to the question who it is, with `verdict`.
fn identified(verdict: Verdict) -> (Session, Effect) {
    let station = station();
    let rules = rules(&station);
    let mut session = Session::new(Service::Health, Language::Vi, vec![Way::Chip]);
    assert_eq!(session.advance(consent(true), &rules), Ok(Effect::Show));
    assert_eq!(session.step(&rules), Step::Identify { ways: vec![Way::Chip], again: None });
    let effect =
        session.advance(Event::Identified { person: Some(person()), verdict, card: None }, &rules).unwrap();
    (session, effect)
}

mod children;
mod vneid;
mod without_proof;

#[test]
fn a_patient_with_a_proved_card_gets_to_a_ticket() {
    let station = station();
    let rules = rules(&station);
    let (mut session, effect) = identified(verdict());
    assert_eq!(effect, Effect::Show);
    assert_eq!(session.step(&rules), Step::ConfirmPerson { person: person().on_screen() });
    assert_eq!(session.advance(IS_ME, &rules), Ok(Effect::FindEarlierVisit));
    assert_eq!(session.advance(Event::EarlierVisit(None), &rules), Ok(Effect::CheckPopulation));
    let population = Event::PopulationChecked(Population::Matches);
    assert_eq!(session.advance(population, &rules), Ok(Effect::LookUpInsurance));
    assert_eq!(session.advance(insurance(InsuranceStatus::Valid), &rules), Ok(Effect::Show));
    assert!(matches!(session.step(&rules), Step::Choose { question: Question::Reason, .. }));
    assert_eq!(session.advance(choose("illness"), &rules), Ok(Effect::Show));
    assert!(matches!(session.step(&rules), Step::Choose { question: Question::Room, .. }));
    assert_eq!(session.advance(choose("p1"), &rules), Ok(Effect::Record));
    let known = session.known().unwrap();
    assert_eq!((known.decision, known.room.as_deref()), (Decision::Done, Some("p1")));
    assert_eq!(session.advance(Event::Recorded { ticket: ticket(), again: false }, &rules), Ok(Effect::Show));
    let notices = vec![Notice::PriorityByAge, Notice::InsuranceValid];
    assert_eq!(session.step(&rules), done(notices, None));
    assert!(session.known().is_none(), "what was known is forgotten once it is recorded");
}

#[test]
fn a_reason_with_one_room_does_not_ask_which() {
    let station = station();
    let rules = rules(&station);
    let (mut session, _) = identified(verdict());
    session.advance(IS_ME, &rules).unwrap();
    session.advance(Event::EarlierVisit(None), &rules).unwrap();
    session.advance(Event::PopulationChecked(Population::Unavailable), &rules).unwrap();
    session.advance(insurance(InsuranceStatus::Unverified), &rules).unwrap();
    assert_eq!(session.advance(choose("vaccination"), &rules), Ok(Effect::Record));
}

#[test]
fn someone_who_was_here_today_gets_the_same_number_and_no_more_questions() {
    let station = station();
    let rules = rules(&station);
    let (mut session, _) = identified(verdict());
    session.advance(IS_ME, &rules).unwrap();
    assert_eq!(session.advance(Event::EarlierVisit(Some(ticket())), &rules), Ok(Effect::Show));
    assert_eq!(session.step(&rules), done(vec![Notice::AlreadyCheckedIn], None));
}

#[test]
fn an_unknown_issuer_is_admitted_but_shown_nothing_from_the_registers() {
    let station = station();
    let rules = rules(&station);
    let mut unknown = verdict();
    let not_passed = Axis::not_done(ReasonCode::PassiveAuthenticationNotPassed);
    unknown.issuer = Axis::not_done(ReasonCode::IssuerUnknown);
    (unknown.chip, unknown.validity) = (not_passed, not_passed);
    let (mut session, effect) = identified(unknown);
    assert_eq!(effect, Effect::Show);
    assert_eq!(
        session.advance(IS_ME, &rules),
        Ok(Effect::CheckPopulation),
        "no earlier number is looked for"
    );
    let mismatch = Event::PopulationChecked(Population::Mismatch);
    assert_eq!(
        session.advance(mismatch, &rules),
        Ok(Effect::LookUpInsurance),
        "nothing is told of a stranger"
    );
    session.advance(insurance(InsuranceStatus::NotValid), &rules).unwrap();
    session.advance(choose("vaccination"), &rules).unwrap();
    let mut second = session.clone();
    session.advance(Event::Recorded { ticket: ticket(), again: false }, &rules).unwrap();
    let open = Some(ReasonCode::IssuerUnknown);
    assert_eq!(session.step(&rules), done(vec![Notice::PriorityByAge], open));
    let effect = second.advance(Event::Recorded { ticket: ticket(), again: true }, &rules);
    assert_eq!(effect, Ok(Effect::CallStaff(ReasonCode::IssuerUnknown)), "nor that somebody was here");
}

#[test]
fn an_earlier_visit_that_came_between_is_told_to_whoever_proved_who_they_are() {
    let station = station();
    let rules = rules(&station);
    let (mut session, _) = identified(verdict());
    session.advance(IS_ME, &rules).unwrap();
    session.advance(Event::EarlierVisit(None), &rules).unwrap();
    session.advance(Event::PopulationChecked(Population::Matches), &rules).unwrap();
    session.advance(insurance(InsuranceStatus::Valid), &rules).unwrap();
    assert_eq!(session.advance(choose("vaccination"), &rules), Ok(Effect::Record));
    let event = Event::Recorded { ticket: ticket(), again: true };
    assert_eq!(session.advance(event, &rules), Ok(Effect::Show));
    assert_eq!(session.step(&rules), done(vec![Notice::AlreadyCheckedIn], None));
}

#[test]
fn every_failed_axis_leads_to_staff_with_its_own_reason() {
    let station = station();
    let rules = rules(&station);
    let cases: [(Spoiled, ReasonCode); 6] = [
        (|v| &mut v.security_object, ReasonCode::SignatureInvalid),
        (|v| &mut v.data_groups, ReasonCode::DataGroupMismatch),
        (|v| &mut v.issuer, ReasonCode::IssuerSignatureInvalid),
        (|v| &mut v.revocation, ReasonCode::DocumentRevoked),
        (|v| &mut v.chip, ReasonCode::ChipProofInvalid),
        (|v| &mut v.validity, ReasonCode::DocumentExpired),
    ];
    for (axis, code) in cases {
        let mut bad = verdict();
        *axis(&mut bad) = Axis::failed(code);
        let (mut session, effect) = identified(bad);
        assert_eq!(effect, Effect::CallStaff(code));
        assert_eq!(session.step(&rules), Step::CallStaff { code });
        assert!(session.known().is_none(), "nothing is kept that was not proved");
        assert_eq!(session.advance(Event::AdmittedByStaff(ticket()), &rules), Ok(Effect::Show));
        assert_eq!(session.step(&rules), done(vec![], None));
    }
}

#[test]
fn files_that_nobody_understands_lead_to_staff_with_the_axis_that_says_so() {
    let station = station();
    let rules = rules(&station);
    let mut lone = verdict();
    lone.data_groups = Axis::not_done(ReasonCode::DataGroupMissing);
    let mut session =
        Session::new(Service::Health, Language::Vi, vec![Way::Chip, Way::Qr, Way::Typed, Way::Child]);
    session.advance(consent(true), &rules).unwrap();
    let effect = session.advance(Event::Identified { person: None, verdict: lone, card: None }, &rules);
    assert_eq!(effect, Ok(Effect::CallStaff(ReasonCode::DataGroupMissing)));
}

#[test]
fn refused_consent_and_the_wrong_person_lead_to_staff() {
    let station = station();
    let rules = rules(&station);
    let mut session = Session::new(Service::Health, Language::En, vec![Way::Chip]);
    assert_eq!(session.advance(consent(false), &rules), Ok(Effect::CallStaff(ReasonCode::ConsentRefused)));
    let (mut session, _) = identified(verdict());
    let not_me = Event::Answered(Answer::ConfirmPerson { is_me: false });
    assert_eq!(session.advance(not_me, &rules), Ok(Effect::CallStaff(ReasonCode::NotThisPerson)));
    assert!(session.known().is_none());
}

#[test]
fn a_challenge_that_died_is_asked_again_three_times_at_most() {
    let station = station();
    let rules = rules(&station);
    let mut late = verdict();
    late.chip = Axis::failed(ReasonCode::ChallengeExpired);
    let (mut session, _) = identified(late);
    let again = Step::Identify { ways: vec![Way::Chip], again: Some(ReasonCode::ChallengeExpired) };
    assert_eq!(session.step(&rules), again);
    let event = || Event::Identified { person: Some(person()), verdict: late, card: None };
    assert_eq!(session.advance(event(), &rules), Ok(Effect::Show));
    assert_eq!(session.advance(event(), &rules), Ok(Effect::CallStaff(ReasonCode::TooManyAttempts)));
}

#[test]
fn what_was_not_offered_or_not_asked_is_refused_and_changes_nothing() {
    let station = station();
    let rules = rules(&station);
    let (mut session, _) = identified(verdict());
    let before = session.clone();
    assert_eq!(session.advance(choose("illness"), &rules), Err(Refusal::WrongStep));
    assert_eq!(session.advance(Event::AdmittedByStaff(ticket()), &rules), Err(Refusal::WrongStep));
    assert_eq!(session, before);
    session.advance(IS_ME, &rules).unwrap();
    session.advance(Event::EarlierVisit(None), &rules).unwrap();
    session.advance(Event::PopulationChecked(Population::Matches), &rules).unwrap();
    session.advance(insurance(InsuranceStatus::Valid), &rules).unwrap();
    assert_eq!(session.advance(choose("surgery"), &rules), Err(Refusal::NotOffered));
}

#[test]
fn a_person_unknown_to_the_population_database_is_seen_by_staff() {
    let station = station();
    let rules = rules(&station);
    let (mut session, _) = identified(verdict());
    session.advance(IS_ME, &rules).unwrap();
    session.advance(Event::EarlierVisit(None), &rules).unwrap();
    let effect = session.advance(Event::PopulationChecked(Population::Mismatch), &rules);
    assert_eq!(effect, Ok(Effect::CallStaff(ReasonCode::PopulationMismatch)));
}

#[test]
fn a_card_that_c06_did_not_issue_is_looked_at_by_staff_and_then_goes_on() {
    let station = station();
    let rules = rules(&station);
    for (card, shown) in [
        (None, Effect::Show),
        (Some(CardStanding::Valid), Effect::Show),
        (Some(CardStanding::Unavailable), Effect::Show),
        (Some(CardStanding::NotIssued), Effect::CallStaff(ReasonCode::CardNotIssued)),
    ] {
        let mut session = Session::new(Service::Health, Language::Vi, vec![Way::Chip]);
        session.advance(consent(true), &rules).unwrap();
        let event = Event::Identified { person: Some(person()), verdict: verdict(), card };
        assert_eq!(session.advance(event, &rules), Ok(shown.clone()), "{card:?}");
        if shown != Effect::Show {
            session.advance(Event::HandedBack, &rules).unwrap();
        }
        assert_eq!(session.step(&rules), Step::ConfirmPerson { person: person().on_screen() }, "{card:?}");
    }
}

#[test]
fn a_revoked_document_fails_its_axis_and_ends_with_staff() {
    let revoked = verdict().with_document_revoked();
    assert!(!revoked.passive_authentication());
    assert_eq!(revoked.chip.code, ReasonCode::PassiveAuthenticationNotPassed);
    assert_eq!(identified(revoked).1, Effect::CallStaff(ReasonCode::DocumentRevoked));
}

#[test]
fn a_conversation_that_is_handed_back_goes_on_where_it_called() {
    let station = station();
    let rules = rules(&station);
    let help = || Event::Answered(Answer::CallStaff { code: ReasonCode::HelpWanted });
    let mut session = Session::new(Service::Health, Language::Vi, vec![Way::Chip]);
    for next in
        [consent(true), Event::Identified { person: Some(person()), verdict: verdict(), card: None }, IS_ME]
    {
        let asked = session.step(&rules);
        session.advance(help(), &rules).unwrap();
        assert!(matches!(session.step(&rules), Step::CallStaff { .. }));
        // Pressing again while staff are called forgets nothing.
        session.advance(help(), &rules).unwrap();
        assert_eq!(session.advance(Event::HandedBack, &rules), Ok(Effect::Show));
        assert_eq!(session.step(&rules), asked);
        assert_eq!(session.advance(Event::HandedBack, &rules), Err(Refusal::WrongStep), "twice");
        session.advance(next, &rules).unwrap();
    }
}

#[test]
fn whoever_failed_too_often_tries_again_with_staff_beside_them() {
    let station = station();
    let rules = rules(&station);
    let mut late = verdict();
    late.chip = Axis::failed(ReasonCode::ChallengeExpired);
    let (mut session, _) = identified(late);
    let event = || Event::Identified { person: Some(person()), verdict: late, card: None };
    session.advance(event(), &rules).unwrap();
    session.advance(event(), &rules).unwrap();
    session.advance(Event::HandedBack, &rules).unwrap();
    assert_eq!(session.step(&rules), Step::Identify { ways: vec![Way::Chip], again: None });
    assert_eq!(session.advance(event(), &rules), Ok(Effect::Show), "the attempts begin anew");
}

#[test]
fn the_wrong_person_s_card_is_asked_for_anew_when_staff_hand_back() {
    let station = station();
    let rules = rules(&station);
    let (mut session, _) = identified(verdict());
    session.advance(Event::Answered(Answer::ConfirmPerson { is_me: false }), &rules).unwrap();
    session.advance(Event::HandedBack, &rules).unwrap();
    assert!(session.known().is_none());
    assert_eq!(session.step(&rules), Step::Identify { ways: vec![Way::Chip], again: None });
}

#[test]
fn what_staff_looked_at_with_the_person_is_not_asked_of_the_register_again() {
    let station = station();
    let rules = rules(&station);
    let (mut session, _) = identified(verdict());
    session.advance(IS_ME, &rules).unwrap();
    session.advance(Event::EarlierVisit(None), &rules).unwrap();
    session.advance(Event::PopulationChecked(Population::Mismatch), &rules).unwrap();
    session.advance(Event::HandedBack, &rules).unwrap();
    assert!(matches!(session.step(&rules), Step::ConfirmPerson { .. }));
    assert_eq!(session.advance(IS_ME, &rules), Ok(Effect::LookUpInsurance));
    assert_eq!(session.known().unwrap().population, Some(Population::Mismatch));
}

#[test]
fn a_stored_session_goes_on_where_it_was() {
    let station = station();
    let rules = rules(&station);
    let (mut session, _) = identified(verdict());
    session.advance(IS_ME, &rules).unwrap();
    let stored = serde_json::to_string(&session).unwrap();
    let mut restored: Session = serde_json::from_str(&stored).unwrap();
    assert_eq!(restored, session);
    assert_eq!(restored.advance(Event::EarlierVisit(None), &rules), Ok(Effect::CheckPopulation));
}

/// Presented in a way that proves nothing.
fn shown(source: Source) -> Event {
    Event::Presented(Ok(Presented { person: person(), source, representative: None }))
}

fn any_event() -> impl Strategy<Value = Event> {
    let failed = {
        let mut bad = verdict();
        bad.data_groups = Axis::failed(ReasonCode::DataGroupMismatch);
        bad
    };
    prop_oneof![
        any::<(bool, u8)>().prop_map(|(given, role)| {
            consent_of(ConsentRole::ALL[usize::from(role) % ConsentRole::ALL.len()], given)
        }),
        any::<bool>().prop_map(|is_me| Event::Answered(Answer::ConfirmPerson { is_me })),
        prop_oneof![
            Just("illness"),
            Just("p1"),
            Just("p9"),
            Just("none"),
            Just("parent"),
            Just("self"),
            Just("nobody")
        ]
        .prop_map(choose),
        Just(Event::Answered(Answer::OnBehalf)),
        any::<bool>()
            .prop_map(|right| Event::Answered(Answer::BirthYear { year: if right { 1948 } else { 1949 } })),
        prop_oneof![Just(Source::CardQr), Just(Source::Typed), Just(Source::Child)].prop_map(shown),
        Just(Event::Presented(Err(ReasonCode::QrUnreadable))),
        Just(Event::LookUpsExhausted),
        Just(Event::Answered(Answer::CallStaff { code: ReasonCode::HelpWanted })),
        Just(Event::Answered(Answer::Abort)),
        any::<(bool, bool, bool)>().prop_map(move |(good, readable, issued)| Event::Identified {
            person: readable.then(person),
            verdict: if good { verdict() } else { failed },
            card: Some(if issued { CardStanding::Valid } else { CardStanding::NotIssued }),
        }),
        prop_oneof![Just(2023), Just(2015)].prop_map(|year| {
            let mut child = person();
            child.birth = Birth { year, month: None, day: None };
            Event::Identified { person: Some(child), verdict: verdict(), card: None }
        }),
        any::<bool>().prop_map(|found| Event::EarlierVisit(found.then(ticket))),
        any::<bool>().prop_map(|proved| Event::SignedIn(if proved {
            Ok(person())
        } else {
            Err(ReasonCode::VneidRefused)
        })),
        Just(Event::PopulationChecked(Population::Unavailable)),
        Just(insurance(InsuranceStatus::Unverified)),
        any::<bool>().prop_map(|again| Event::Recorded { ticket: ticket(), again }),
        Just(Event::AdmittedByStaff(ticket())),
        Just(Event::ClosedByStaff),
        Just(Event::HandedBack),
    ]
}

proptest! {
    /// Whatever comes in whatever order: a refused event changes nothing, a person stays reachable until the end,
    /// and an ended conversation knows nobody.
    #[test]
    fn no_order_of_events_gets_a_conversation_stuck(events in proptest::collection::vec(any_event(), 0..40)) {
        let station = station();
        let rules = rules(&station);
        let mut session = Session::new(Service::Health, Language::Vi, vec![Way::Chip, Way::Vneid, Way::Qr, Way::Typed, Way::Child]);
        for event in events {
            let before = session.clone();
            if session.advance(event, &rules).is_err() {
                prop_assert_eq!(&session, &before);
            }
            let help = Event::Answered(Answer::CallStaff { code: ReasonCode::HelpWanted });
            prop_assert_eq!(session.clone().advance(help, &rules).is_err(), session.is_over());
            prop_assert!(!session.is_over() || session.known().is_none());
            // Nothing that rests on a child's consent was done before everybody had given it whose consent counts.
            prop_assert!(session.known().is_none_or(|k| k.population.is_none() || k.has_consent()));
        }
    }
}
