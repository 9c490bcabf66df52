//! Reception by hand, corrections, and what follows from them.

use std::sync::atomic::{AtomicU64, Ordering};

use super::*;
use crate::store::visits::station_day;

fn decision() -> Decision {
    Decision { staff: "Lê Thị Cán".into(), id: None, reason: "cấp cứu, chưa rõ là ai".into() }
}

fn circumstances() -> Circumstances {
    Circumstances { decision: decision(), companion: None, born_at: None, apparent_age: Some(40) }
}

/// Someone whom nobody knows.
fn unknown() -> NewVisit {
    let visit = visit(None);
    let mut patient = visit.patient.clone();
    patient.full_name = "Chưa xác định danh tính".into();
    patient.birth = None;
    patient.sex = Sex::Unknown;
    let insurance = Insurance { status: InsuranceStatus::Unverified, result_code: None, card: None };
    NewVisit { patient, method: Method::Undetermined, strength: Strength::NoDocument, insurance, ..visit }
}

/// A form that was not sent before.
pub fn new_form() -> Uuid {
    static SHOWN: AtomicU64 = AtomicU64::new(1);
    Uuid::from_u128(SHOWN.fetch_add(1, Ordering::Relaxed).into())
}

/// Somebody unknown is received.
pub async fn emergency(world: &World<'_>, at: Timestamp) -> Received {
    let reception = ReceiveByHand {
        occasion: Occasion::Emergency,
        visit: unknown(),
        circumstances: circumstances(),
        messages: Vec::new(),
        form: new_form(),
        answers: None,
        at,
    };
    world.store.receive_by_hand(reception).await.unwrap()
}

/// A correction of a visit of [`visit`].
pub fn correction(recorded: &Recorded, wrong: Wrong, patient: Patient, at: Timestamp) -> CorrectVisit {
    CorrectVisit {
        visit: recorded.visit,
        seen: 1,
        wrong,
        patient,
        method: Method::ByHand,
        strength: Strength::NoDocument,
        room: "p2".into(),
        insurance: Insurance { status: InsuranceStatus::Unverified, result_code: None, card: None },
        decision: Decision {
            staff: "Lê Thị Cán".into(), id: None, reason: "nhập nhầm người".into()
        },
        look_up: None,
        population_check: None,
        to_say: secret("nói lại"),
        at,
    }
}

/// A patient with this name and number.
pub fn patient(name: &str, number: Option<&str>) -> Patient {
    let mut patient = visit(number).patient;
    patient.full_name = name.into();
    patient
}

pub async fn an_emergency_has_a_number_before_anybody_knows_who_it_is(world: &World<'_>) {
    let received = emergency(world, at(0)).await;
    let temporary = received.temporary_id.clone().unwrap();
    assert!(temporary.as_str().starts_with("TAM-20260915-"));
    assert_eq!(received.recorded.method, Method::Undetermined);
    let kept = world.store.reception(received.recorded.visit).await.unwrap().unwrap();
    let expected = Reception {
        occasion: Occasion::Emergency,
        temporary_id: Some(temporary.clone()),
        circumstances: Some(circumstances()),
    };
    assert_eq!(kept, expected);
    let visit = world.store.visit(received.recorded.visit).await.unwrap().unwrap();
    assert_eq!(visit.decision, Some(decision()), "who decided is not kept");
    // Another is another person, whatever is known of them.
    let second = emergency(world, at(1)).await;
    assert_ne!(second.recorded.subject, received.recorded.subject);
    assert_ne!(second.temporary_id, Some(temporary));
    assert!(matches!(world.store.verify_audit().await.unwrap(), AuditReport::Intact { .. }));
}

pub async fn the_commune_is_told_of_the_unknown_within_48_hours(world: &World<'_>) {
    let received = emergency(world, at(0)).await;
    let tasks = world.store.tasks(STATION).await.unwrap();
    assert_eq!(tasks.len(), 1);
    assert_eq!((tasks[0].duty, tasks[0].visit), (Duty::TellCommune, received.recorded.visit));
    assert_eq!((tasks[0].due, &tasks[0].temporary_id), (at(48 * 3600), &received.temporary_id));
    assert_eq!(world.store.tasks("99999").await.unwrap(), []);
    let end = EndTask { task: tasks[0].id, decision: decision(), at: at(100) };
    world.store.end_task(end.clone()).await.unwrap();
    assert_eq!(world.store.tasks(STATION).await.unwrap(), []);
    assert!(matches!(world.store.end_task(end).await, Err(StoreError::UnknownTask)), "twice");
    // Nothing is owed about someone who could say who they are.
    let named = ReceiveByHand {
        occasion: Occasion::NoDocument,
        visit: NewVisit { method: Method::ByHand, ..visit(None) },
        circumstances: circumstances(),
        messages: Vec::new(),
        form: new_form(),
        answers: None,
        at: at(101),
    };
    let received = world.store.receive_by_hand(named).await.unwrap();
    assert!(received.temporary_id.is_some());
    assert_eq!(world.store.tasks(STATION).await.unwrap(), []);
    assert!(matches!(world.store.verify_audit().await.unwrap(), AuditReport::Intact { .. }));
}

pub async fn who_has_a_number_of_today_gets_it_again_by_hand(world: &World<'_>) {
    let first = world.checked_in("001148012345", at(0)).await;
    let again = ReceiveByHand {
        occasion: Occasion::NoDocument,
        visit: NewVisit { method: Method::ByHand, ..visit(Some("001148012345")) },
        circumstances: circumstances(),
        messages: Vec::new(),
        form: new_form(),
        answers: None,
        at: at(1),
    };
    let received = world.store.receive_by_hand(again).await.unwrap();
    assert_eq!((received.recorded.visit, received.recorded.already), (first.visit, true));
    assert_eq!(received.temporary_id, None);
}

pub async fn a_temporary_record_becomes_the_identified_person_s_and_both_stay(world: &World<'_>) {
    let earlier = world.checked_in("001148012345", at(-86_400)).await;
    let received = emergency(world, at(0)).await;
    let known = patient("Nguyễn Thị Hoà", Some("001148012345"));
    let identified = correction(&received.recorded, Wrong::Identified, known.clone(), at(60));
    let corrected = world.store.correct_visit(identified).await.unwrap();
    assert_eq!(corrected, Corrected { version: 2, to_tell: false });
    let visit = world.store.visit(received.recorded.visit).await.unwrap().unwrap();
    assert_eq!((visit.recorded.subject, visit.patient), (earlier.subject, Some(known)));
    assert_eq!(world.store.tasks(STATION).await.unwrap(), [], "nobody is unknown any more");
    let versions = world.store.visit_versions(received.recorded.visit).await.unwrap();
    assert_eq!(versions.len(), 2);
    assert_eq!((versions[0].subject, versions[0].method), (received.recorded.subject, Method::Undetermined));
    assert_eq!((versions[1].wrong, versions[1].subject), (Some(Wrong::Identified), earlier.subject));
    let number = PersonalNumber::parse("001148012345").unwrap();
    let again = world.store.earlier_visit(&number, STATION, station_day(at(0)));
    assert_eq!(again.await.unwrap().map(|found| found.visit), Some(received.recorded.visit));
    // What was kept while nobody knew them goes with them.
    world.store.destroy_subject_key(earlier.subject, at(90)).await.unwrap();
    let erased = world.store.reception(received.recorded.visit).await.unwrap().unwrap();
    assert_eq!(erased.circumstances, None);
    assert_eq!(world.store.visit(received.recorded.visit).await.unwrap().unwrap().patient, None);
    assert!(matches!(world.store.verify_audit().await.unwrap(), AuditReport::Intact { .. }));
}

pub async fn a_wrong_admission_is_corrected_and_the_old_one_stays(world: &World<'_>) {
    let wrong = world.checked_in("001148012345", at(0)).await;
    let right = patient("Trần Văn Tám", Some("001090034567"));
    world.store.correct_visit(correction(&wrong, Wrong::Person, right.clone(), at(10))).await.unwrap();
    let visit = world.store.visit(wrong.visit).await.unwrap().unwrap();
    assert_eq!(visit.patient, Some(right));
    assert_eq!((visit.recorded.room.as_str(), visit.recorded.method), ("p2", Method::ByHand));
    assert_eq!((visit.insurance_card, visit.recorded.insurance), (None, InsuranceStatus::Unverified));
    assert_eq!(visit.recorded.number, wrong.number, "the number stays");
    assert_ne!(visit.recorded.subject, wrong.subject);
    let versions = world.store.visit_versions(wrong.visit).await.unwrap();
    assert_eq!(versions[0].patient.as_ref().unwrap().full_name, "Nguyễn Thị Hoà");
    assert_eq!(versions[0].wrong, None);
    assert_eq!(versions[1].decision.as_ref().unwrap().reason, "nhập nhầm người");
    // The one who was never here has no number; the one who is has.
    let today = station_day(at(0));
    let number = |text: &str| PersonalNumber::parse(text).unwrap();
    let found = world.store.earlier_visit(&number("001148012345"), STATION, today).await.unwrap();
    assert_eq!(found, None);
    let found = world.store.earlier_visit(&number("001090034567"), STATION, today).await.unwrap();
    assert_eq!(found.unwrap().visit, wrong.visit);
    // Erasing the one does not touch what is kept of the other.
    world.store.destroy_subject_key(wrong.subject, at(20)).await.unwrap();
    let versions = world.store.visit_versions(wrong.visit).await.unwrap();
    assert!(versions[0].patient.is_none() && versions[1].patient.is_some());
    assert!(matches!(world.store.verify_audit().await.unwrap(), AuditReport::Intact { .. }));
}

pub async fn of_two_corrections_of_one_version_the_first_counts(world: &World<'_>) {
    let recorded = world.checked_in("001148012345", at(0)).await;
    let fix = |name: &str| {
        let patient = patient(name, Some("001148012345"));
        correction(&recorded, Wrong::Data, patient, at(10))
    };
    world.store.correct_visit(fix("Nguyễn Thị Hòa")).await.unwrap();
    let second = world.store.correct_visit(fix("Nguyễn Thị Hoa")).await;
    assert!(matches!(second, Err(StoreError::VisitCorrected)), "{second:?}");
    let visit = world.store.visit(recorded.visit).await.unwrap().unwrap();
    assert_eq!(visit.patient.unwrap().full_name, "Nguyễn Thị Hòa");
    assert_eq!(visit.recorded.subject, recorded.subject);
    let nobody = Recorded { visit: world.id(), ..recorded };
    let unknown = correction(&nobody, Wrong::Data, patient("Ai", None), at(11));
    assert!(matches!(world.store.correct_visit(unknown).await, Err(StoreError::UnknownVisit)));
}

pub async fn what_the_register_was_sent_is_put_right_by_a_person(world: &World<'_>) {
    let check_in = CheckIn {
        messages: vec![NewMessage {
            kind: MessageKind::CheckIn,
            part: String::new(),
            payload: secret("{}"),
            not_before: at(0),
        }],
        ..world.check_in(visit(Some("001148012345")), at(0)).await
    };
    let recorded = world.store.record_check_in(check_in).await.unwrap();
    assert!(world.store.claim_message(at(1), SignedDuration::from_mins(2)).await.unwrap().is_some());
    for seen in [1, 2] {
        let patient = patient("Nguyễn Thị Hòa", Some("001148012345"));
        let fix = CorrectVisit { seen, ..correction(&recorded, Wrong::Data, patient, at(10)) };
        assert!(world.store.correct_visit(fix).await.unwrap().to_tell);
    }
    // Each correction has to be told, not only the first.
    let letters = world.store.dead_letters().await.unwrap();
    assert_eq!(letters.len(), 2);
    assert_eq!((letters[0].kind, &letters[0].to_say), (MessageKind::Correction, &Some(secret("nói lại"))));
}

pub async fn a_form_that_is_sent_twice_is_one_reception(world: &World<'_>) {
    let call = calls::call(world, None, ReasonCode::Emergency, at(0)).await;
    let reception = ReceiveByHand {
        occasion: Occasion::Emergency,
        visit: unknown(),
        circumstances: circumstances(),
        messages: Vec::new(),
        form: new_form(),
        answers: Some(call),
        at: at(1),
    };
    let first = world.store.receive_by_hand(reception.clone()).await.unwrap();
    assert_eq!(world.store.open_calls().await.unwrap(), [], "the call ends with it");
    let again = world.store.receive_by_hand(ReceiveByHand { at: at(2), ..reception.clone() }).await.unwrap();
    assert_eq!(again.recorded, Recorded { already: true, ..first.recorded });
    assert_eq!(world.store.tasks(STATION).await.unwrap().len(), 1, "one duty");
    // Another form is another patient; a call that is over is answered by none, and nothing of it stays.
    let late = ReceiveByHand { form: new_form(), at: at(3), ..reception.clone() };
    assert!(matches!(world.store.receive_by_hand(late).await, Err(StoreError::UnknownCall)));
    let another = ReceiveByHand { form: new_form(), answers: None, at: at(4), ..reception };
    let another = world.store.receive_by_hand(another).await.unwrap();
    assert_eq!((another.recorded.number, another.recorded.already), (2, false));
    assert!(matches!(world.store.verify_audit().await.unwrap(), AuditReport::Intact { .. }));
}
