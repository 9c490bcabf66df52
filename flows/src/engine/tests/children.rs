//! Children: whose consent counts, and what is done without it (Luật 91/2025/QH15).

use super::*;
use crate::law::{
    PROCESSINGS,
    processing::{FACE_MATCH, POPULATION_CHECK},
};

fn born(year: i16, month: Option<i8>, day: Option<i8>) -> Person {
    let mut child = person();
    child.birth = Birth { year, month, day };
    child
}

const fn whole(year: i16, month: i8, day: i8) -> (i16, Option<i8>, Option<i8>) {
    (year, Some(month), Some(day))
}

/// A session in which the card of somebody of this birth was proved.
fn with_card(rules: &HealthRules<'_>, person: Person) -> Session {
    let mut session = Session::new(Service::Health, Language::Vi, vec![Way::Chip]);
    session.advance(consent(true), rules).unwrap();
    session
        .advance(Event::Identified { person: Some(person), verdict: verdict(), card: None }, rules)
        .unwrap();
    session
}

fn relation_of(session: &Session) -> Option<Relation> {
    Some(session.known()?.representative.as_ref()?.relation)
}

fn spoken(role: ConsentRole, relation: Option<Relation>) -> Spoken {
    Spoken { role, relation }
}

/// Up to the reason for the visit. What is asked of the registers on the way comes back.
fn registers(session: &mut Session, effect: Effect, rules: &HealthRules<'_>) -> Vec<Effect> {
    let (mut asked, mut effect) = (Vec::new(), effect);
    while effect != Effect::Show {
        let answer = match effect {
            Effect::FindEarlierVisit => Event::EarlierVisit(None),
            Effect::CheckPopulation => Event::PopulationChecked(Population::Matches),
            Effect::LookUpInsurance => insurance(InsuranceStatus::Valid),
            other => panic!("{other:?}"),
        };
        asked.push(effect);
        effect = session.advance(answer, rules).unwrap();
    }
    assert!(matches!(session.step(rules), Step::Choose { question: Question::Reason, .. }));
    asked
}

/// The table over ages, on 15 September 2026: a date that is not whole counts as young as it can be.
#[test]
fn who_is_asked_besides_follows_from_the_birth() {
    let station = station();
    let rules = rules(&station);
    let (young, older) = (Question::Relation, Question::Companion);
    for (birth, asked) in [
        (whole(2019, 9, 16), Some(young)),
        (whole(2019, 9, 15), Some(older)),
        (whole(2019, 9, 14), Some(older)),
        ((2019, Some(9), None), Some(young)),
        ((2019, None, None), Some(young)),
        ((2018, None, None), Some(older)),
        (whole(2008, 9, 16), Some(older)),
        (whole(2008, 9, 15), None),
        ((2008, Some(9), None), Some(older)),
        ((2008, None, None), Some(older)),
        ((2007, None, None), None),
        (whole(2026, 9, 15), Some(young)),
    ] {
        let (year, month, day) = birth;
        let mut session = with_card(&rules, born(year, month, day));
        let effect = session.advance(IS_ME, &rules).unwrap();
        match asked {
            Some(expected) => {
                assert_eq!(effect, Effect::Show, "{birth:?}");
                let Step::Choose { question, .. } = session.step(&rules) else { panic!("{birth:?}") };
                assert_eq!(question, expected, "{birth:?}");
                assert!(!session.may_keep_proof(), "{birth:?}: nothing is kept before");
            }
            None => assert_eq!(effect, Effect::FindEarlierVisit, "{birth:?}"),
        }
    }
}

#[test]
fn for_a_child_under_seven_the_yes_of_a_parent_or_guardian_counts() {
    let station = station();
    let rules = rules(&station);
    for relation in [Relation::Parent, Relation::Guardian] {
        let mut session = with_card(&rules, born(2022, Some(3), Some(2)));
        session.advance(Event::Answered(Answer::OnBehalf), &rules).unwrap();
        let effect = session.advance(choose(relation.as_str()), &rules).unwrap();
        assert_eq!(
            registers(&mut session, effect, &rules),
            [Effect::FindEarlierVisit, Effect::CheckPopulation, Effect::LookUpInsurance]
        );
        let known = session.known().unwrap();
        assert_eq!(known.spoken(), spoken(ConsentRole::Representative, Some(relation)));
        assert!(session.may_keep_proof());
    }
}

#[test]
fn who_may_not_consent_for_a_child_gets_it_seen_but_nothing_that_rests_on_consent() {
    let station = station();
    let rules = rules(&station);
    for (year, relation) in [(2022, "grandparent"), (2022, "other"), (2015, "sibling")] {
        let mut session = with_card(&rules, born(year, Some(3), Some(2)));
        session.advance(Event::Answered(Answer::OnBehalf), &rules).unwrap();
        let effect = session.advance(choose(relation), &rules).unwrap();
        // The law asks for reception and the look-up of the insurance; the population check rests on consent.
        assert_eq!(
            registers(&mut session, effect, &rules),
            [Effect::FindEarlierVisit, Effect::LookUpInsurance],
            "{relation}"
        );
        assert_eq!(relation_of(&session).map(Relation::as_str), Some(relation));
        assert!(!session.may_keep_proof());
        let known = session.known().unwrap();
        for processing in &PROCESSINGS {
            let on_consent = processing.basis == crate::law::LegalBasis::Consent;
            assert_eq!(known.permits(processing.id), !on_consent, "{}", processing.id);
        }
    }
}

/// No face of a child is compared without the representative's consent.
#[test]
fn a_face_is_compared_only_where_everybody_consented() {
    let station = station();
    let rules = rules(&station);
    let adult = with_card(&rules, person());
    assert!(adult.known().unwrap().permits(FACE_MATCH));
    let mut child = with_card(&rules, born(2012, Some(3), Some(2)));
    assert!(!child.known().unwrap().permits(FACE_MATCH), "nobody was asked yet");
    child.advance(IS_ME, &rules).unwrap();
    child.advance(choose("parent"), &rules).unwrap();
    assert!(!child.known().unwrap().permits(FACE_MATCH), "the child's yes alone");
    child.advance(consent_of(ConsentRole::Representative, true), &rules).unwrap();
    assert!(child.known().unwrap().permits(FACE_MATCH));
    assert!(!child.known().unwrap().permits("no_such_processing"));
}

#[test]
fn a_child_from_seven_on_and_its_parent_are_both_asked() {
    let station = station();
    let rules = rules(&station);
    let mut session = with_card(&rules, born(2012, Some(3), Some(2)));
    session.advance(IS_ME, &rules).unwrap();
    assert_eq!(session.advance(choose("parent"), &rules), Ok(Effect::Show));
    let role = ConsentRole::Representative;
    assert_eq!(session.step(&rules), Step::Consent { purpose: Purpose::HealthCheckIn, role });
    assert_eq!(session.consenting(), Some(spoken(role, Some(Relation::Parent))));
    // The yes of the beginning does not count a second time.
    assert_eq!(session.advance(consent(true), &rules), Err(Refusal::WrongStep));
    let mut refused = session.clone();
    let effect = refused.advance(consent_of(role, false), &rules);
    assert_eq!(effect, Ok(Effect::CallStaff(ReasonCode::ConsentRefused)));
    assert!(!refused.may_keep_proof());
    let effect = session.advance(consent_of(role, true), &rules).unwrap();
    assert!(registers(&mut session, effect, &rules).contains(&Effect::CheckPopulation));
    assert_eq!(session.known().unwrap().spoken(), spoken(ConsentRole::Child, None));
    assert!(session.known().unwrap().permits(POPULATION_CHECK));
}

#[test]
fn a_parent_who_answers_for_a_child_from_seven_on_hands_the_question_to_the_child() {
    let station = station();
    let rules = rules(&station);
    let mut session = with_card(&rules, born(2012, Some(3), Some(2)));
    session.advance(Event::Answered(Answer::OnBehalf), &rules).unwrap();
    session.advance(choose("parent"), &rules).unwrap();
    let role = ConsentRole::Child;
    assert_eq!(session.step(&rules), Step::Consent { purpose: Purpose::HealthCheckIn, role });
    assert_eq!(session.consenting(), Some(spoken(role, None)), "the child speaks for itself");
    assert_eq!(session.advance(consent_of(role, true), &rules), Ok(Effect::FindEarlierVisit));
    let first = session.known().unwrap().spoken();
    assert_eq!(first, spoken(ConsentRole::Representative, Some(Relation::Parent)));
}

#[test]
fn whoever_shows_a_code_or_types_says_who_they_are_before_a_child_s_data_go_anywhere() {
    let station = station();
    let rules = rules(&station);
    for source in [Source::CardQr, Source::InsuranceQr, Source::Typed] {
        let mut session = Session::new(Service::Health, Language::Vi, vec![Way::Qr, Way::Typed]);
        session.advance(consent(true), &rules).unwrap();
        let child = born(2012, Some(3), Some(2));
        let presented = Presented { person: child, source, representative: None };
        session.advance(Event::Presented(Ok(presented)), &rules).unwrap();
        if source != Source::Typed {
            session.advance(Event::Answered(Answer::BirthYear { year: 2012 }), &rules).unwrap();
        }
        assert!(matches!(session.step(&rules), Step::Choose { question: Question::Relation, .. }));
        session.advance(choose("self"), &rules).unwrap();
        assert!(matches!(session.step(&rules), Step::Choose { question: Question::Companion, .. }));
        session.advance(choose("guardian"), &rules).unwrap();
        let effect = session.advance(consent_of(ConsentRole::Representative, true), &rules);
        assert_eq!(effect, Ok(Effect::CheckPopulation), "{source:?}");
    }
}

#[test]
fn a_child_alone_gets_a_person_and_is_seen_all_the_same() {
    let station = station();
    let rules = rules(&station);
    for (year, question) in [(2022, Question::Relation), (2012, Question::Companion)] {
        let mut session = with_card(&rules, born(year, Some(3), Some(2)));
        session.advance(IS_ME, &rules).unwrap();
        let alone = session.advance(choose("nobody"), &rules);
        assert_eq!(alone, Ok(Effect::CallStaff(ReasonCode::RepresentativeAbsent)));
        assert!(!session.may_keep_proof());
        let mut by_hand = session.clone();
        assert_eq!(by_hand.advance(Event::AdmittedByStaff(ticket()), &rules), Ok(Effect::Show));
        // Staff may have found a parent meanwhile, so it is asked again; if not, care goes on by the law alone.
        session.advance(Event::HandedBack, &rules).unwrap();
        let Step::Choose { question: again, .. } = session.step(&rules) else { panic!() };
        assert_eq!(again, question);
        let effect = session.advance(choose("nobody"), &rules).unwrap();
        let asked = registers(&mut session, effect, &rules);
        assert_eq!(asked, [Effect::FindEarlierVisit, Effect::LookUpInsurance]);
        assert!(!session.may_keep_proof());
    }
}
