//! Signing in at VNeID with one's own telephone.

use super::*;

fn asked(rules: &HealthRules<'_>, ways: Vec<Way>) -> Session {
    let mut session = Session::new(Service::Health, Language::Vi, ways);
    session.advance(consent(true), rules).unwrap();
    session
}

#[test]
fn who_signed_in_is_as_known_as_by_a_chip() {
    let station = station();
    let rules = rules(&station);
    let mut session = asked(&rules, vec![Way::Chip, Way::Vneid]);
    assert_eq!(session.step(&rules), Step::Identify { ways: vec![Way::Chip, Way::Vneid], again: None });
    assert_eq!(session.advance(Event::SignedIn(Ok(person())), &rules), Ok(Effect::Show));
    assert_eq!(session.step(&rules), Step::ConfirmPerson { person: person().on_screen() });
    let known = session.known().unwrap();
    assert_eq!((known.source, known.strength, known.unproved), (Source::Vneid, Strength::Vneid, None));
    assert_eq!(known.decision, Decision::Done);
    assert_eq!(session.advance(IS_ME, &rules), Ok(Effect::FindEarlierVisit), "an earlier number is theirs");
    assert_eq!(session.advance(Event::EarlierVisit(Some(ticket())), &rules), Ok(Effect::Show));
    assert_eq!(session.step(&rules), done(vec![Notice::AlreadyCheckedIn], None));
}

#[test]
fn what_vneid_did_not_confirm_is_asked_again_three_times_at_most() {
    let station = station();
    let rules = rules(&station);
    let mut session = asked(&rules, vec![Way::Vneid]);
    for code in [ReasonCode::VneidLevelTooLow, ReasonCode::VneidExpired] {
        assert_eq!(session.advance(Event::SignedIn(Err(code)), &rules), Ok(Effect::Show));
        assert_eq!(session.step(&rules), Step::Identify { ways: vec![Way::Vneid], again: Some(code) });
    }
    let effect = session.advance(Event::SignedIn(Err(ReasonCode::VneidRefused)), &rules);
    assert_eq!(effect, Ok(Effect::CallStaff(ReasonCode::TooManyAttempts)));
    assert!(session.known().is_none());
}

#[test]
fn nobody_signs_in_where_it_was_not_offered_or_somebody_is_known_already() {
    let station = station();
    let rules = rules(&station);
    let mut session = asked(&rules, vec![Way::Chip]);
    assert_eq!(session.advance(Event::SignedIn(Ok(person())), &rules), Err(Refusal::WrongStep));
    let mut session = asked(&rules, vec![Way::Chip, Way::Vneid]);
    session.advance(Event::SignedIn(Ok(person())), &rules).unwrap();
    assert_eq!(session.advance(Event::SignedIn(Ok(person())), &rules), Err(Refusal::WrongStep));
}
