//! Requests about someone's data.

use flows::law::{RequestKind, WorkingDays};

use super::{consents::consenting, reception::correction, *};
use crate::store::{
    Corrected,
    retention::{Mark, MarkKind},
    subject_requests::{
        Action, Asked, CarryOut, NewRequestStep, NewSubjectRequest, Outcome, ReadRecords, RequestEvent,
    },
    visits::station_day,
};

const YEAR: i64 = 366 * 24 * 3600;

/// A named member of staff, and why.
pub fn decision(reason: &str) -> Decision {
    Decision { staff: "Trần Văn Mẫu".into(), id: None, reason: reason.into() }
}

/// A request that was received.
pub async fn received(world: &World<'_>, kind: RequestKind, subject: Option<Uuid>, when: Timestamp) -> Uuid {
    let request = NewSubjectRequest {
        kind,
        subject,
        asked: Asked {
            requester: "Nguyễn Thị Hoà".into(),
            relation: None,
            recognised_by: "CCCD".into(),
            contact: "tại trạm".into(),
            wish: "xin xem dữ liệu của tôi".into(),
            received_by: "Trần Văn Mẫu".into(),
        },
        received_at: when,
        due: kind.due(station_day(when), &WorkingDays::default()),
        at: when,
    };
    world.store.receive_request(request).await.unwrap()
}

/// Carries a request out.
pub async fn carried_out(
    world: &World<'_>,
    request: Uuid,
    action: Action,
    when: Timestamp,
) -> Result<Outcome, StoreError> {
    world.store.carry_out(CarryOut { request, action, decision: decision("theo yêu cầu"), at: when }).await
}

async fn intact(world: &World<'_>) {
    let report = world.store.verify_audit().await.unwrap();
    assert!(matches!(report, AuditReport::Intact { .. }), "{report:?}");
}

pub async fn a_request_has_its_days_and_is_answered_once(world: &World<'_>) {
    let person = world.checked_in("001148012345", at(0)).await;
    let request = received(world, RequestKind::View, Some(person.subject), at(0)).await;
    let later = received(world, RequestKind::Delete, None, at(1)).await;
    let file = world.store.subject_request(request).await.unwrap().unwrap();
    // Tuesday 15 September 2026: Thursday to acknowledge, Friday 25 to answer.
    assert_eq!(file.next_due().unwrap().to_string(), "2026-09-17");
    let step = |event, article: Option<&str>| NewRequestStep {
        request,
        event,
        article: article.map(str::to_owned),
        decision: decision("đã báo"),
        at: at(60),
    };
    world.store.step_request(step(RequestEvent::Acknowledged, None)).await.unwrap();
    let file = world.store.subject_request(request).await.unwrap().unwrap();
    assert_eq!(file.next_due().unwrap().to_string(), "2026-09-25");
    world.store.step_request(step(RequestEvent::Extended, None)).await.unwrap();
    let file = world.store.subject_request(request).await.unwrap().unwrap();
    assert_eq!(file.next_due().unwrap().to_string(), "2026-09-30");
    // The one that has to be acknowledged next stands first.
    let ids: Vec<_> = world.store.subject_requests().await.unwrap().iter().map(|file| file.id).collect();
    assert_eq!(ids, [later, request]);
    let refused = world.store.step_request(step(RequestEvent::Refused, Some(" "))).await;
    assert!(matches!(refused, Err(StoreError::ArticleMissing)), "a refusal without an article");
    carried_out(world, request, Action::Answer, at(61)).await.unwrap();
    let file = world.store.subject_request(request).await.unwrap().unwrap();
    assert!(file.is_over() && file.next_due().is_none());
    assert_eq!(file.steps.last().unwrap().decision, Some(decision("theo yêu cầu")));
    for again in [
        world.store.step_request(step(RequestEvent::Refused, Some("Đ9"))).await,
        carried_out(world, request, Action::Answer, at(62)).await.map(|_| ()),
    ] {
        assert!(matches!(again, Err(StoreError::UnknownSubjectRequest)), "{again:?}");
    }
    intact(world).await;
}

pub async fn what_a_law_requires_is_not_deleted_and_the_refusal_names_it(world: &World<'_>) {
    let person = consenting(world, "001148012345").await;
    let request = received(world, RequestKind::Delete, Some(person.subject), at(100)).await;
    let outcome = carried_out(world, request, Action::Delete, at(101)).await.unwrap();
    let Outcome::Kept { article, until, evidence_emptied } = outcome else { panic!("{outcome:?}") };
    assert!(article.contains("Đ19 k1"), "{article}");
    assert_eq!(until.unwrap().to_string(), "2031-09-15");
    assert_eq!(evidence_emptied, 1, "no law requires the chip's proof");
    let file = world.store.subject_request(request).await.unwrap().unwrap();
    assert!(file.had(RequestEvent::Refused));
    assert_eq!(file.steps[0].article.as_deref(), Some(article.as_str()));
    assert!(world.store.visit(person.visit).await.unwrap().unwrap().patient.is_some());
    intact(world).await;
}

pub async fn what_no_law_requires_any_more_is_deleted_unless_it_is_held(world: &World<'_>) {
    let number = PersonalNumber::parse("001148012345").unwrap();
    let person = consenting(world, number.as_str()).await;
    let mark = |placed| Mark {
        subject: person.subject,
        kind: MarkKind::Held,
        placed,
        decision: decision("đang giải quyết khiếu nại"),
        at: at(50),
    };
    world.store.mark_subject(mark(true)).await.unwrap();
    let old = at(5 * YEAR + 10);
    let request = received(world, RequestKind::Delete, Some(person.subject), old).await;
    let outcome = carried_out(world, request, Action::Delete, old).await.unwrap();
    assert!(matches!(outcome, Outcome::Kept { until: None, evidence_emptied: 0, .. }), "{outcome:?}");
    world.store.mark_subject(mark(false)).await.unwrap();
    let request = received(world, RequestKind::Delete, Some(person.subject), old).await;
    assert_eq!(carried_out(world, request, Action::Delete, old).await.unwrap(), Outcome::Done);
    assert_eq!(world.store.subject(&number).await.unwrap(), None);
    assert!(world.store.visit(person.visit).await.unwrap().unwrap().patient.is_none());
    // That it was asked and done can still be shown.
    let file = world.store.subject_request(request).await.unwrap().unwrap();
    assert!(file.asked.is_some() && file.had(RequestEvent::Done));
    intact(world).await;
}

/// What a person has corrected by right and what the desk corrects are the same: a version of the visit.
pub async fn a_correction_that_is_asked_for_is_a_version_that_names_the_request(world: &World<'_>) {
    let person = world.checked_in("001148012345", at(0)).await;
    let other = world.checked_in("001148000002", at(0)).await;
    let request = received(world, RequestKind::Correct, Some(person.subject), at(1)).await;
    let old = world.store.visit(person.visit).await.unwrap().unwrap().patient;
    let mut patient = visit(Some("001148012345")).patient;
    patient.full_name = "Nguyễn Thị Hòa".into();
    let correct = |visit: &Recorded, seen| {
        Action::Correct(Box::new(CorrectVisit {
            seen,
            ..correction(visit, Wrong::Data, patient.clone(), at(2))
        }))
    };
    let foreign = carried_out(world, request, correct(&other, 1), at(2)).await;
    assert!(matches!(foreign, Err(StoreError::UnknownSubject)), "another person's visit");
    let stale = carried_out(world, request, correct(&person, 2), at(2)).await;
    assert!(matches!(stale, Err(StoreError::VisitCorrected)), "the desk was quicker");
    assert!(!world.store.subject_request(request).await.unwrap().unwrap().is_over());
    let outcome = carried_out(world, request, correct(&person, 1), at(2)).await.unwrap();
    assert_eq!(outcome, Outcome::Corrected(Corrected { version: 2, to_tell: false }));
    assert!(world.store.subject_request(request).await.unwrap().unwrap().had(RequestEvent::Done));
    let versions = world.store.visit_versions(person.visit).await.unwrap();
    assert_eq!((&versions[0].patient, versions[1].patient.as_ref()), (&old, Some(&patient)));
    let reason = &versions[1].decision.as_ref().unwrap().reason;
    assert!(reason.contains(&request.to_string()), "{reason}");
    assert_eq!(world.store.visits_of(person.subject).await.unwrap().len(), 1);
    intact(world).await;
}

/// A visit that turned out to be somebody else's is among theirs, and no longer among the other's.
pub async fn a_visit_that_was_corrected_to_somebody_else_is_theirs(world: &World<'_>) {
    let before = world.checked_in("001148012345", at(0)).await;
    let theirs = world.checked_in("001148000002", at(-86_400)).await;
    let patient = visit(Some("001148000002")).patient;
    world.store.correct_visit(correction(&before, Wrong::Person, patient, at(2))).await.unwrap();
    assert_eq!(world.store.visits_of(before.subject).await.unwrap(), []);
    let visits = world.store.visits_of(theirs.subject).await.unwrap();
    let ids: Vec<_> = visits.iter().map(|visit| (visit.visit, visit.subject)).collect();
    assert_eq!(ids, [(before.visit, theirs.subject), (theirs.visit, theirs.subject)]);
}

pub async fn restricted_data_are_shown_for_care_and_for_nothing_else(world: &World<'_>) {
    let person = world.checked_in("001148012345", at(0)).await;
    let request = received(world, RequestKind::Restrict, Some(person.subject), at(1)).await;
    carried_out(world, request, Action::Restrict, at(2)).await.unwrap();
    assert_eq!(world.store.marks_of(person.subject).await.unwrap(), [MarkKind::Restricted]);
    let kept = world.store.visit(person.visit).await.unwrap().unwrap();
    assert!(kept.restricted && kept.patient.is_some());
    assert!(kept.patient_shown(station_day(at(3600))).is_some(), "who waits has to be called");
    assert!(kept.patient_shown(station_day(at(86_400))).is_none());
    // They are received as before.
    let again = world.checked_in("001148012345", at(86_400)).await;
    assert_eq!(again.subject, person.subject);
    let lift = Mark {
        subject: person.subject,
        kind: MarkKind::Restricted,
        placed: false,
        decision: decision("hết hạn chế"),
        at: at(90_000),
    };
    world.store.mark_subject(lift).await.unwrap();
    assert!(!world.store.visit(person.visit).await.unwrap().unwrap().restricted);
    intact(world).await;
}

pub async fn everything_about_a_person_can_be_read_and_nothing_about_another(world: &World<'_>) {
    let person = consenting(world, "001148012345").await;
    let mut other = visit(Some("001148000002"));
    other.patient.full_name = "Lê Thị Ỷ".into();
    let check_in = world.check_in(other, at(3)).await;
    let other = world.store.record_check_in(check_in).await.unwrap();
    let request = received(world, RequestKind::View, Some(person.subject), at(4)).await;
    let reading =
        || ReadRecords { subject: person.subject, decision: decision("theo yêu cầu"), at: at(5) };
    let records = world.store.read_records(reading()).await.unwrap();
    let text = serde_json::to_string(&records.tables).unwrap();
    for theirs in [
        "Nguyễn Thị Hoà",
        "001148012345",
        "HT2010148012345",
        "illness",
        "sha-256=:AAAA:",
        "health_check_in",
        "xin xem dữ liệu của tôi",
        &request.to_string(),
        &person.visit.to_string(),
    ] {
        assert!(text.contains(theirs), "{theirs} is missing in {text}");
    }
    for foreign in ["Lê Thị Ỷ", "001148000002", &other.visit.to_string(), &other.subject.to_string()] {
        assert!(!text.contains(foreign), "{foreign} is another person's");
    }
    assert!(!text.contains("look_up"), "a keyed hash helps whoever guesses numbers");
    let AuditReport::Intact { leaves: before, .. } = world.store.verify_audit().await.unwrap() else {
        panic!()
    };
    world.store.read_records(reading()).await.unwrap();
    let AuditReport::Intact { leaves: after, .. } = world.store.verify_audit().await.unwrap() else {
        panic!()
    };
    assert_eq!(after, before + 1, "a reading that leaves no trace");
    let nobody = ReadRecords { subject: world.id(), ..reading() };
    assert!(matches!(world.store.read_records(nobody).await, Err(StoreError::UnknownSubject)));
}

pub async fn a_visit_says_on_which_basis_it_was_recorded(world: &World<'_>) {
    use flows::law::LegalBasis;
    let received = world.checked_in("001148012345", at(0)).await;
    let kept = world.store.visit(received.visit).await.unwrap().unwrap();
    assert_eq!((kept.legal_basis, kept.evidence_basis), (LegalBasis::Law, Some(LegalBasis::Consent)));
    let unknown = NewVisit { method: Method::Undetermined, ..visit(None) };
    let check_in = CheckIn { chip: None, submission: None, ..world.check_in(unknown, at(1)).await };
    let received = world.store.record_check_in(check_in).await.unwrap();
    let kept = world.store.visit(received.visit).await.unwrap().unwrap();
    assert_eq!((kept.legal_basis, kept.evidence_basis), (LegalBasis::Emergency, None));
}
