//! Codes and typing: what proves nothing about who holds it.

use super::*;

const EVERY_WAY: [Way; 4] = [Way::Chip, Way::Qr, Way::Typed, Way::Child];

fn asked(rules: &HealthRules<'_>) -> Session {
    let mut session = Session::new(Service::Health, Language::Vi, EVERY_WAY.to_vec());
    session.advance(consent(true), rules).unwrap();
    session
}

fn year(year: i16) -> Event {
    Event::Answered(Answer::BirthYear { year })
}

fn young() -> Person {
    let mut young = person();
    young.birth = Birth { year: 2022, month: Some(3), day: Some(2) };
    young
}

fn presented(person: Person, source: Source) -> Event {
    Event::Presented(Ok(Presented { person, source, representative: None }))
}

fn relation_of(session: &Session) -> Option<Relation> {
    Some(session.known()?.representative.as_ref()?.relation)
}

#[test]
fn whoever_shows_a_code_sees_nothing_of_it_and_types_what_they_know() {
    let station = station();
    let rules = rules(&station);
    for source in [Source::CardQr, Source::InsuranceQr] {
        let mut session = asked(&rules);
        assert_eq!(session.advance(shown(source), &rules), Ok(Effect::Show));
        assert_eq!(session.step(&rules), Step::AskBirthYear { again: None });
        assert_eq!(session.advance(year(1949), &rules), Ok(Effect::Show));
        let again = Some(ReasonCode::BirthYearMismatch);
        assert_eq!(session.step(&rules), Step::AskBirthYear { again });
        // No earlier number is looked for: it may be another person's.
        assert_eq!(session.advance(year(1948), &rules), Ok(Effect::CheckPopulation));
        session.advance(Event::PopulationChecked(Population::Matches), &rules).unwrap();
        session.advance(insurance(InsuranceStatus::NotValid), &rules).unwrap();
        assert_eq!(session.advance(choose("vaccination"), &rules), Ok(Effect::Record));
        assert_eq!(session.known().unwrap().strength, Strength::StaticOrTyped);
        session.advance(Event::Recorded { ticket: ticket(), again: false }, &rules).unwrap();
        // Nothing of what the insurance register said.
        assert_eq!(
            session.step(&rules),
            done(vec![Notice::PriorityByAge], Some(ReasonCode::HolderNotProved))
        );
    }
}

#[test]
fn an_insurance_card_that_was_misread_is_read_once_more_and_then_looked_at_by_staff() {
    let station = station();
    let rules = rules(&station);
    let misread = || {
        let answer =
            Insurance { status: InsuranceStatus::NeedsStaff, result_code: Some("052".into()), card: None };
        Event::InsuranceCardMisread(answer)
    };
    let looked_up = |session: &mut Session, source| {
        session.advance(shown(source), &rules).unwrap();
        session.advance(year(1948), &rules).unwrap();
        session.advance(Event::PopulationChecked(Population::Matches), &rules).unwrap();
    };
    let mut session = asked(&rules);
    looked_up(&mut session, Source::InsuranceQr);
    assert_eq!(session.advance(misread(), &rules), Ok(Effect::Show));
    let again = Some(ReasonCode::QrMalformed);
    assert_eq!(session.step(&rules), Step::Identify { ways: EVERY_WAY.to_vec(), again });
    assert!(session.known().is_none(), "nothing of the first reading is kept");
    looked_up(&mut session, Source::InsuranceQr);
    assert_eq!(session.advance(misread(), &rules), Ok(Effect::Show));
    assert!(matches!(session.step(&rules), Step::Choose { .. }), "{:?}", session.step(&rules));
    let insurance = session.known().unwrap().insurance.as_ref().unwrap();
    assert_eq!(insurance.status, InsuranceStatus::NeedsStaff);

    // A personal number was not read from an insurance card.
    let mut session = asked(&rules);
    looked_up(&mut session, Source::CardQr);
    session.advance(misread(), &rules).unwrap();
    assert!(matches!(session.step(&rules), Step::Choose { .. }));
}

#[test]
fn three_wrong_years_call_staff() {
    let station = station();
    let rules = rules(&station);
    let mut session = asked(&rules);
    session.advance(shown(Source::CardQr), &rules).unwrap();
    session.advance(year(1900), &rules).unwrap();
    session.advance(year(1901), &rules).unwrap();
    let effect = session.advance(year(1902), &rules);
    assert_eq!(effect, Ok(Effect::CallStaff(ReasonCode::TooManyAttempts)));
}

#[test]
fn whoever_types_is_told_only_to_go_on_or_to_wait_for_staff() {
    let station = station();
    let rules = rules(&station);
    let mut session = asked(&rules);
    assert_eq!(session.advance(shown(Source::Typed), &rules), Ok(Effect::CheckPopulation));
    let mut unknown = session.clone();
    let effect = unknown.advance(Event::PopulationChecked(Population::Mismatch), &rules);
    assert_eq!(effect, Ok(Effect::CallStaff(ReasonCode::DetailsNotConfirmed)));
    let mut too_often = session.clone();
    let effect = too_often.advance(Event::LookUpsExhausted, &rules);
    assert_eq!(effect, Ok(Effect::CallStaff(ReasonCode::TooManyLookUps)));
    // A database that is down keeps nobody out.
    let effect = session.advance(Event::PopulationChecked(Population::Unavailable), &rules);
    assert_eq!(effect, Ok(Effect::LookUpInsurance));
}

#[test]
fn an_earlier_number_is_not_told_to_a_weaker_door() {
    let station = station();
    let rules = rules(&station);
    let mut session = asked(&rules);
    session.advance(shown(Source::Typed), &rules).unwrap();
    session.advance(Event::PopulationChecked(Population::Matches), &rules).unwrap();
    session.advance(insurance(InsuranceStatus::Valid), &rules).unwrap();
    session.advance(choose("self"), &rules).unwrap();
    session.advance(choose("vaccination"), &rules).unwrap();
    let event = Event::Recorded { ticket: ticket(), again: true };
    let effect = session.advance(event, &rules);
    assert_eq!(effect, Ok(Effect::CallStaff(ReasonCode::HolderNotProved)));
}

#[test]
fn a_code_that_is_of_no_use_is_asked_for_again_three_times_at_most() {
    let station = station();
    let rules = rules(&station);
    let mut session = asked(&rules);
    for _ in 0..2 {
        let effect = session.advance(Event::Presented(Err(ReasonCode::QrUnsupported)), &rules);
        assert_eq!(effect, Ok(Effect::Show));
        let again = Some(ReasonCode::QrUnsupported);
        assert_eq!(session.step(&rules), Step::Identify { ways: EVERY_WAY.to_vec(), again });
    }
    let effect = session.advance(Event::Presented(Err(ReasonCode::QrUnreadable)), &rules);
    assert_eq!(effect, Ok(Effect::CallStaff(ReasonCode::TooManyAttempts)));
}

#[test]
fn only_a_child_under_six_comes_without_a_card() {
    let station = station();
    let rules = rules(&station);
    let mut session = asked(&rules);
    let mother =
        Some(Representative { relation: Relation::Parent, full_name: Some("Trần Thị Bình".into()) });
    let mut unregistered = young();
    unregistered.number = None;
    let child = Presented { person: unregistered, source: Source::Child, representative: mother.clone() };
    let mut old = session.clone();
    old.advance(shown(Source::Child), &rules).unwrap();
    let again = Some(ReasonCode::NotAYoungChild);
    assert_eq!(old.step(&rules), Step::Identify { ways: EVERY_WAY.to_vec(), again });
    // Without a number no register can be asked; that keeps nobody out.
    assert_eq!(session.advance(Event::Presented(Ok(child)), &rules), Ok(Effect::Show));
    assert_eq!(session.advance(choose("vaccination"), &rules), Ok(Effect::Record));
    assert_eq!(session.known().unwrap().representative, mother);
}

#[test]
fn somebody_comes_for_another_person_and_the_relation_is_kept() {
    let station = station();
    let rules = rules(&station);
    let (mut session, _) = identified(verdict());
    assert_eq!(session.advance(Event::Answered(Answer::OnBehalf), &rules), Ok(Effect::Show));
    assert!(matches!(session.step(&rules), Step::Choose { question: Question::Relation, .. }));
    assert_eq!(session.advance(choose("child"), &rules), Ok(Effect::FindEarlierVisit));
    assert_eq!(relation_of(&session), Some(Relation::Child));
}

#[test]
fn whoever_brings_another_s_code_says_what_they_are_and_still_types_the_year() {
    let station = station();
    let rules = rules(&station);
    for source in [Source::CardQr, Source::InsuranceQr] {
        let mut session = asked(&rules);
        session.advance(shown(source), &rules).unwrap();
        assert_eq!(session.advance(Event::Answered(Answer::OnBehalf), &rules), Ok(Effect::Show));
        let Step::Choose { question: Question::Relation, options } = session.step(&rules) else {
            panic!("{:?}", session.step(&rules))
        };
        assert_eq!(options, Relation::choices());
        assert_eq!(session.advance(choose("spouse"), &rules), Ok(Effect::Show));
        assert_eq!(session.step(&rules), Step::AskBirthYear { again: None }, "nothing is looked up before");
        assert_eq!(session.advance(year(1948), &rules), Ok(Effect::CheckPopulation));
        assert_eq!(relation_of(&session), Some(Relation::Spouse));
    }
}

#[test]
fn whoever_types_says_for_whom() {
    let station = station();
    let rules = rules(&station);
    let mut session = asked(&rules);
    session.advance(shown(Source::Typed), &rules).unwrap();
    session.advance(Event::PopulationChecked(Population::Matches), &rules).unwrap();
    session.advance(insurance(InsuranceStatus::Valid), &rules).unwrap();
    let Step::Choose { question: Question::Relation, options } = session.step(&rules) else {
        panic!("{:?}", session.step(&rules))
    };
    assert_eq!(options.first().map(|option| option.id.as_str()), Some("self"));
    let mut other = session.clone();
    session.advance(choose("self"), &rules).unwrap();
    assert!(matches!(session.step(&rules), Step::Choose { question: Question::Reason, .. }));
    assert_eq!(relation_of(&session), None);
    other.advance(choose("sibling"), &rules).unwrap();
    assert!(matches!(other.step(&rules), Step::Choose { question: Question::Reason, .. }), "asked once");
    assert_eq!(relation_of(&other), Some(Relation::Sibling));
}

#[test]
fn who_is_neither_young_nor_old_is_asked_for_another_ground() {
    let station = station();
    let rules = rules(&station);
    let mut adult = person();
    adult.birth = Birth { year: 1990, month: None, day: None };
    let mut session = asked(&rules);
    session.advance(presented(adult, Source::Typed), &rules).unwrap();
    session.advance(Event::PopulationChecked(Population::Matches), &rules).unwrap();
    session.advance(insurance(InsuranceStatus::Valid), &rules).unwrap();
    session.advance(choose("self"), &rules).unwrap();
    session.advance(choose("vaccination"), &rules).unwrap();
    assert!(matches!(session.step(&rules), Step::Choose { question: Question::Priority, .. }));
    let mut other = session.clone();
    assert_eq!(session.advance(choose("pregnant"), &rules), Ok(Effect::Record));
    assert_eq!(rules.notices(session.known().unwrap()), vec![Notice::PriorityDeclared]);
    assert_eq!(other.advance(choose("none"), &rules), Ok(Effect::Record));
    assert_eq!(rules.notices(other.known().unwrap()), vec![]);
}

#[test]
fn a_kiosk_is_offered_only_what_it_can_take() {
    let station = station();
    let rules = rules(&station);
    let mut session = Session::new(Service::Health, Language::Vi, vec![Way::Typed]);
    session.advance(consent(true), &rules).unwrap();
    assert_eq!(session.step(&rules), Step::Identify { ways: vec![Way::Typed], again: None });
    assert!(session.expects(Way::Typed, &rules) && !session.expects(Way::Qr, &rules));
    let mut none = Session::new(Service::Health, Language::Vi, vec![]);
    assert_eq!(none.advance(consent(true), &rules), Ok(Effect::CallStaff(ReasonCode::NoDocument)));
}
