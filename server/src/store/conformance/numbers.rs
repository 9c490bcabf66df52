//! A subject is known by its numbers, each as strongly as it was shown.

use identity::{
    insurance::{InsuranceNumber, SocialInsuranceNumber},
    number::{OldCardNumber, OldNumber},
};

use super::{subject_requests::decision, *};
use crate::store::subject_requests::ReadRecords;

const HOA: &str = "001148012345";
const INSURED: &str = "0148012345";
const OLD_CARD: &str = "012345678";

fn insured(standing: NumberStanding) -> GivenNumber {
    GivenNumber { number: SubjectNumber::Insured(SocialInsuranceNumber::parse(INSURED).unwrap()), standing }
}

fn old_card(standing: NumberStanding) -> GivenNumber {
    GivenNumber { number: SubjectNumber::OldCard(OldCardNumber::parse(OLD_CARD).unwrap()), standing }
}

/// A check-in with these numbers beside the personal one.
async fn with(world: &World<'_>, number: Option<&str>, numbers: Vec<GivenNumber>, at: Timestamp) -> Recorded {
    let mut new = NewVisit { numbers, ..visit(number) };
    if number.is_none() {
        new.patient.insurance_number = Some(InsuranceNumber::parse(INSURED).unwrap());
        new.strength = Strength::StaticOrTyped;
        new.method = Method::InsuranceLookUp;
    }
    let check_in = world.check_in(new, at).await;
    world.store.record_check_in(check_in).await.unwrap()
}

async fn finished(world: &World<'_>, visit: Uuid, at: Timestamp) {
    let event = flows::health::queue::Event::Cancelled;
    let change = PlaceChange {
        visit,
        event,
        by: decision("về rồi"),
        rule: flows::health::queue::Interleave::default(),
        at,
    };
    world.store.change_place(change).await.unwrap();
}

async fn intact(world: &World<'_>) {
    let report = world.store.verify_audit().await.unwrap();
    assert!(matches!(report, AuditReport::Intact { .. }), "{report:?}");
}

fn deciding(first: Uuid, second: Uuid, outcome: SameOrNot) -> DecideSubjects {
    DecideSubjects { first, second, outcome, decision: decision("đã so hai thẻ"), at: at(50) }
}

async fn subject(world: &World<'_>, number: &str) -> Option<Uuid> {
    world.store.subject(&PersonalNumber::parse(number).unwrap()).await.unwrap()
}

pub async fn an_insurance_card_alone_finds_whose_number_a_register_gave(world: &World<'_>) {
    for standing in [NumberStanding::Registered, NumberStanding::Proved] {
        let number = format!("0011480{:05}", world.fresh());
        let first = with(world, Some(&number), vec![insured(standing)], at(0)).await;
        let same_day = with(world, None, vec![insured(NumberStanding::Stated)], at(10)).await;
        assert!(same_day.already, "still in the queue: the same number");
        assert_eq!((same_day.visit, same_day.subject), (first.visit, first.subject));
        assert_eq!(same_day.strength, Strength::FullChipProof, "a weaker door changes nothing of it");
        finished(world, first.visit, at(20)).await;
        let later = with(world, None, vec![insured(NumberStanding::Stated)], at(30)).await;
        assert!(!later.already && later.visit != first.visit);
        assert_eq!(later.subject, first.subject);
        world.store.destroy_subject_key(first.subject, at(40)).await.unwrap();
        intact(world).await;
    }
}

pub async fn a_number_that_was_only_stated_finds_nobody(world: &World<'_>) {
    let first = with(world, Some(HOA), vec![insured(NumberStanding::Stated)], at(0)).await;
    let second = with(world, None, vec![insured(NumberStanding::Stated)], at(10)).await;
    assert!(!second.already && second.subject != first.subject);
    let offered = world.store.same_numbers().await.unwrap();
    let expected =
        SameNumber { first: first.subject, second: second.subject, kinds: vec![NumberKind::Insured] };
    assert_eq!(offered, [expected], "staff may see that it is one person");
    // Of two who have it neither is found.
    with(world, Some("001090034567"), vec![insured(NumberStanding::Registered)], at(20)).await;
    with(world, Some("001090034568"), vec![insured(NumberStanding::Registered)], at(30)).await;
    let nobody = with(world, None, vec![insured(NumberStanding::Stated)], at(86_400)).await;
    assert!(!nobody.already && nobody.subject != first.subject && nobody.subject != second.subject);
    intact(world).await;
}

pub async fn who_was_known_by_an_insurance_card_gets_a_personal_number(world: &World<'_>) {
    let card = with(world, None, vec![insured(NumberStanding::Registered)], at(0)).await;
    let chip = with(world, Some(HOA), vec![insured(NumberStanding::Registered)], at(10)).await;
    assert!(chip.already, "the same person, still in the queue");
    assert_eq!(chip.subject, card.subject);
    assert_eq!(subject(world, HOA).await, Some(card.subject));
    // With a number of their own already, another one is another person until staff say otherwise.
    let tomorrow = at(86_400);
    let chip = with(world, Some(HOA), vec![insured(NumberStanding::Registered)], tomorrow).await;
    let other = with(world, Some("001148054321"), vec![insured(NumberStanding::Registered)], tomorrow).await;
    assert_ne!(other.subject, chip.subject);
    assert_eq!(world.store.same_numbers().await.unwrap().len(), 1);
    intact(world).await;
}

pub async fn a_new_number_with_the_old_card_s_is_offered_and_never_merged_by_itself(world: &World<'_>) {
    let before = with(world, Some(HOA), vec![old_card(NumberStanding::Proved)], at(0)).await;
    let after = with(world, Some("001148054321"), vec![old_card(NumberStanding::Proved)], at(10)).await;
    assert!(!after.already && after.subject != before.subject);
    let offered = world.store.same_numbers().await.unwrap();
    let expected =
        SameNumber { first: before.subject, second: after.subject, kinds: vec![NumberKind::OldCard] };
    assert_eq!(offered, [expected]);

    world.store.decide_subjects(deciding(before.subject, after.subject, SameOrNot::Apart)).await.unwrap();
    assert_eq!(world.store.same_numbers().await.unwrap(), []);
    let twice = world.store.decide_subjects(deciding(before.subject, after.subject, SameOrNot::Merged)).await;
    assert!(matches!(twice, Err(StoreError::SubjectsDecided)));
    assert_ne!(subject(world, "001148054321").await, Some(before.subject));
    intact(world).await;
}

pub async fn a_personal_number_that_a_document_says_was_before_is_offered_too(world: &World<'_>) {
    let before = world.checked_in(HOA, at(0)).await;
    let number = SubjectNumber::from(&OldNumber::parse(HOA).unwrap());
    let given = GivenNumber { number, standing: NumberStanding::Proved };
    let after = with(world, Some("001148054321"), vec![given], at(10)).await;
    assert_ne!(after.subject, before.subject);
    let offered = world.store.same_numbers().await.unwrap();
    assert_eq!((offered[0].first, offered[0].second), (before.subject, after.subject));
}

pub async fn two_that_staff_merged_are_one_person_from_here_on(world: &World<'_>) {
    let before = with(world, Some(HOA), vec![old_card(NumberStanding::Proved)], at(0)).await;
    let after = with(world, Some("001148054321"), vec![old_card(NumberStanding::Proved)], at(10)).await;
    let nobody = deciding(before.subject, world.id(), SameOrNot::Merged);
    assert!(matches!(world.store.decide_subjects(nobody).await, Err(StoreError::UnknownSubject)));
    let merging = deciding(before.subject, after.subject, SameOrNot::Merged);
    world.store.decide_subjects(merging.clone()).await.unwrap();
    assert!(matches!(world.store.decide_subjects(merging).await, Err(StoreError::SubjectsDecided)));
    assert_eq!(world.store.same_numbers().await.unwrap(), []);
    for number in [HOA, "001148054321"] {
        assert_eq!(subject(world, number).await, Some(before.subject), "{number}");
    }
    // Every number is kept, and the one that is not in use any more says so.
    let numbers = world.store.numbers_of(before.subject).await.unwrap();
    for (kind, number) in [
        (NumberKind::Personal, HOA),
        (NumberKind::Personal, "001148054321"),
        (NumberKind::OldCard, OLD_CARD),
        (NumberKind::Cancelled, HOA),
    ] {
        let found = numbers.iter().any(|kept| {
            kept.kind == kind
                && kept.number.as_slice() == number.as_bytes()
                && kept.standing == NumberStanding::Proved
        });
        assert!(found, "{kind:?} {numbers:?}");
    }
    // Each record stays its own; the person has both, and gets the first number of the day again.
    assert_eq!(world.store.visits_of(before.subject).await.unwrap().len(), 2);
    let again = with(world, Some("001148054321"), Vec::new(), at(60)).await;
    assert!(again.already && again.visit == before.visit);
    let next_day = with(world, Some("001148054321"), Vec::new(), at(86_400)).await;
    assert_eq!(next_day.subject, before.subject);
    intact(world).await;
}

pub async fn what_is_kept_of_a_person_names_each_number(world: &World<'_>) {
    let numbers = vec![old_card(NumberStanding::Proved), insured(NumberStanding::Registered)];
    let before = with(world, Some(HOA), numbers, at(0)).await;
    let after = with(world, Some("001148054321"), vec![old_card(NumberStanding::Proved)], at(10)).await;
    world.store.decide_subjects(deciding(before.subject, after.subject, SameOrNot::Merged)).await.unwrap();
    let reading =
        ReadRecords { subject: before.subject, decision: decision("người bệnh hỏi"), at: at(60) };
    let records = world.store.read_records(reading).await.unwrap();
    let (_, rows) = records.tables.iter().find(|(table, _)| table == "subject_numbers").unwrap();
    let listed: Vec<_> = rows.iter().map(|row| row["number"].as_str().unwrap()).collect();
    for number in [HOA, "001148054321", OLD_CARD, INSURED] {
        assert!(listed.contains(&number), "{number}: {listed:?}");
    }
    assert!(rows.iter().all(|row| !row.contains_key("look_up")), "a keyed hash says nothing to the person");
    let (_, visits) = records.tables.iter().find(|(table, _)| table == "visits").unwrap();
    assert_eq!(visits.len(), 2);
    assert!(visits.iter().all(|row| row["patient"].is_object()), "those that were merged are opened too");
}

pub async fn a_mark_and_an_erasure_hold_for_what_was_merged(world: &World<'_>) {
    use crate::store::retention::{Mark, MarkKind};
    let before = with(world, Some(HOA), vec![old_card(NumberStanding::Proved)], at(0)).await;
    let after = with(world, Some("001148054321"), vec![old_card(NumberStanding::Proved)], at(10)).await;
    world.store.decide_subjects(deciding(before.subject, after.subject, SameOrNot::Merged)).await.unwrap();
    let mark = Mark {
        subject: before.subject,
        kind: MarkKind::Held,
        placed: true,
        decision: decision("khiếu nại"),
        at: at(60),
    };
    world.store.mark_subject(mark.clone()).await.unwrap();
    assert_eq!(world.store.marks_of(after.subject).await.unwrap(), [MarkKind::Held]);
    world.store.mark_subject(Mark { placed: false, ..mark }).await.unwrap();

    world.store.destroy_subject_key(before.subject, at(70)).await.unwrap();
    for visit in [before.visit, after.visit] {
        assert!(world.store.visit(visit).await.unwrap().unwrap().patient.is_none());
    }
    for number in [HOA, "001148054321"] {
        assert_eq!(subject(world, number).await, None, "{number}");
    }
    assert_eq!(world.store.numbers_of(before.subject).await.unwrap(), []);
    let back = with(world, Some("001148054321"), vec![old_card(NumberStanding::Proved)], at(80)).await;
    assert!(!back.already && back.subject != before.subject && back.subject != after.subject);
    assert_eq!(world.store.same_numbers().await.unwrap(), [], "nothing links them to who was erased");
    intact(world).await;
}
