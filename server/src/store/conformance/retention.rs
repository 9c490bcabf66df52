//! What is over goes; what is not, stays; and the log knows the difference.

use flows::law::{Record, retention::Ending};

use super::{
    consents::consenting,
    incidents::{noticed, stepped},
    outbox::{claimed, decide, failed, message, with_messages},
    reception::{correction, new_form},
    staff::signed_in,
    subject_requests::decision,
    *,
};
use crate::{
    staff::Role,
    store::{
        accesses::{Accesses, NewAccess, Purpose, Shown},
        incidents::IncidentEvent,
        look_ups::{LookedUp, NewLookUp},
        retention::{Mark, MarkKind, PurgeProof},
        staff::{Presented, StaffSession},
        subject_requests::ReadRecords,
    },
};

const DAY: i64 = 24 * 3600;
/// A little more than a year.
const YEAR: i64 = 366 * DAY;

fn gone(proofs: &[PurgeProof]) -> Vec<(Record, Ending, u64)> {
    proofs.iter().map(|proof| (proof.record, proof.ending, proof.count)).collect()
}

async fn intact(world: &World<'_>) {
    let report = world.store.verify_audit().await.unwrap();
    assert!(matches!(report, AuditReport::Intact { .. }), "{report:?}");
}

pub async fn nothing_is_purged_before_its_time(world: &World<'_>) {
    let person = consenting(world, "001148012345").await;
    assert_eq!(world.store.purge(at(179 * DAY)).await.unwrap(), []);
    let kept = world.store.visit(person.visit).await.unwrap().unwrap();
    assert!(kept.patient.is_some() && kept.insurance_card.is_some());
    assert!(world.store.purges(10).await.unwrap().is_empty());
}

pub async fn each_kind_goes_in_its_turn_and_leaves_a_proof(world: &World<'_>) {
    let person = consenting(world, "001148012345").await;
    let proofs = world.store.purge(at(181 * DAY)).await.unwrap();
    assert_eq!(gone(&proofs), [(Record::Evidence, Ending::ColumnsEmptied, 1)]);
    assert_eq!(world.store.purges(1).await.unwrap(), proofs);
    assert_eq!(proofs[0].at, at(181 * DAY));
    intact(world).await;

    world.store.forget_expired(at(YEAR)).await.unwrap();
    let proofs = world.store.purge(at(YEAR)).await.unwrap();
    // And a conversation that no other record names.
    assert_eq!(
        gone(&proofs),
        [
            (Record::InsuranceAnswer, Ending::ColumnsEmptied, 1),
            (Record::QueueEvent, Ending::RowDeleted, 1),
            (Record::SessionRow, Ending::RowDeleted, 1),
        ]
    );
    let kept = world.store.visit(person.visit).await.unwrap().unwrap();
    assert!(kept.patient.is_some() && kept.insurance_card.is_none());
    assert_eq!(kept.verdict, Some(proved()), "how they were identified stays with the visit");
    intact(world).await;

    let proofs = world.store.purge(at(5 * YEAR)).await.unwrap();
    let kinds: Vec<_> = proofs.iter().map(|proof| (proof.record, proof.ending)).collect();
    assert!(kinds.contains(&(Record::Visit, Ending::KeyDestroyed)), "{kinds:?}");
    assert!(kinds.contains(&(Record::Consent, Ending::RowDeleted)), "{kinds:?}");
    assert!(world.store.visit(person.visit).await.unwrap().unwrap().patient.is_none());
    assert!(world.store.consents_of(person.subject).await.unwrap().is_empty());
    intact(world).await;
    assert_eq!(world.store.purge(at(5 * YEAR + 1)).await.unwrap(), [], "twice is nothing more");
}

pub async fn who_still_comes_loses_what_is_old_and_keeps_what_is_new(world: &World<'_>) {
    let old = world.checked_in("001148012345", at(0)).await;
    let new = world.checked_in("001148012345", at(5 * YEAR - DAY)).await;
    assert_eq!(old.subject, new.subject);
    world.store.purge(at(5 * YEAR)).await.unwrap();
    let visit = async |id| world.store.visit(id).await.unwrap().unwrap();
    assert!(visit(old.visit).await.patient.is_none());
    assert!(visit(new.visit).await.patient.is_some());
    intact(world).await;
}

pub async fn what_is_held_or_restricted_is_not_purged(world: &World<'_>) {
    for kind in [MarkKind::Held, MarkKind::Restricted] {
        let person = consenting(world, &format!("0011480{:05}", world.fresh())).await;
        let mark = |placed| Mark {
            subject: person.subject,
            kind,
            placed,
            decision: decision("khiếu nại"),
            at: at(3),
        };
        world.store.mark_subject(mark(true)).await.unwrap();
        let proofs = world.store.purge(at(5 * YEAR)).await.unwrap();
        let kept = world.store.visit(person.visit).await.unwrap().unwrap();
        assert!(kept.patient.is_some() && kept.insurance_card.is_some(), "{kind:?}: {proofs:?}");
        assert_eq!(world.store.consents_of(person.subject).await.unwrap().len(), 1);
        world.store.mark_subject(mark(false)).await.unwrap();
        world.store.purge(at(5 * YEAR)).await.unwrap();
        assert!(world.store.visit(person.visit).await.unwrap().unwrap().patient.is_none());
        intact(world).await;
    }
}

pub async fn an_incident_s_file_is_kept_five_years_after_it_is_closed(world: &World<'_>) {
    let closed = noticed(world, at(0)).await;
    let open = noticed(world, at(0)).await;
    stepped(world, closed, IncidentEvent::Closed, at(YEAR)).await.unwrap();
    assert_eq!(world.store.purge(at(5 * YEAR)).await.unwrap(), []);
    let proofs = world.store.purge(at(6 * YEAR + DAY)).await.unwrap();
    assert_eq!(gone(&proofs), [(Record::Incident, Ending::KeyDestroyed, 1)]);
    assert!(world.store.incident(closed).await.unwrap().unwrap().report.is_none());
    assert!(world.store.incident(open).await.unwrap().unwrap().report.is_some());
    intact(world).await;
}

pub async fn a_conversation_s_row_goes_once_nothing_names_it(world: &World<'_>) {
    world.session(at(0)).await;
    consenting(world, "001148012345").await;
    world.store.forget_expired(at(YEAR)).await.unwrap();
    let proofs = world.store.purge(at(YEAR + DAY)).await.unwrap();
    // The one that a visit and a consent name stays, and the one of the check-in's own request.
    assert!(gone(&proofs).contains(&(Record::SessionRow, Ending::RowDeleted, 2)), "{proofs:?}");
    intact(world).await;
}

/// How many of `record` went in a purge at `when`.
async fn went(world: &World<'_>, record: Record, when: Timestamp) -> u64 {
    let proofs = world.store.purge(when).await.unwrap();
    for proof in &proofs {
        assert!(proof.older_than < when && proof.at == when);
    }
    intact(world).await;
    proofs.iter().filter(|proof| proof.record == record).map(|proof| proof.count).sum()
}

async fn signed_in_at(world: &World<'_>, name: &str, when: Timestamp) -> StaffSession {
    let token = signed_in(world.store, name, "Trần Văn Mẫu", &[Role::Reception], when).await;
    let Presented::SignedIn(session) = world.store.staff_session(&token, when).await.unwrap() else {
        panic!("nobody is signed in")
    };
    *session
}

async fn seen(world: &World<'_>, session: &StaffSession, visit: Uuid, when: Timestamp) {
    let access = NewAccess {
        staff: session.staff,
        session: session.session,
        visits: vec![visit],
        shown: Shown::Record,
        purpose: Purpose::Reception,
        reason: None,
        recipient: None,
        at: when,
    };
    world.store.record_access(access).await.unwrap();
}

pub async fn who_saw_a_record_is_known_for_five_years(world: &World<'_>) {
    let person = world.checked_in("001148012345", at(0)).await;
    let session = signed_in_at(world, "mau", at(0)).await;
    seen(world, &session, person.visit, at(10)).await;
    seen(world, &session, person.visit, at(YEAR)).await;
    assert_eq!(went(world, Record::AccessLog, at(5 * YEAR - 5 * DAY)).await, 0);
    assert_eq!(went(world, Record::AccessLog, at(5 * YEAR)).await, 1);
    let left = world.store.accesses(Accesses::To(person.subject)).await.unwrap();
    assert_eq!(left.iter().map(|access| access.at).collect::<Vec<_>>(), [at(YEAR)]);
    let mark = Mark {
        subject: person.subject,
        kind: MarkKind::Held,
        placed: true,
        decision: decision("khiếu nại"),
        at: at(5 * YEAR),
    };
    // The subject's key is gone by now, so nothing can be sealed for them; somebody else's is held.
    assert!(world.store.mark_subject(mark.clone()).await.is_err());
    let held = world.checked_in("001148000002", at(5 * YEAR)).await;
    seen(world, &session, held.visit, at(5 * YEAR + 10)).await;
    world.store.mark_subject(Mark { subject: held.subject, ..mark }).await.unwrap();
    assert_eq!(went(world, Record::AccessLog, at(11 * YEAR)).await, 1, "what is needed in a dispute stays");
}

/// The access log goes on naming a session that is gone.
pub async fn a_staff_session_goes_thirty_days_after_its_end_and_the_access_log_stays(world: &World<'_>) {
    let person = world.checked_in("001148012345", at(0)).await;
    let old = signed_in_at(world, "mau", at(0)).await;
    let young = signed_in_at(world, "can", at(20 * DAY)).await;
    seen(world, &old, person.visit, at(10)).await;
    world.store.sign_out(old.session, at(60)).await.unwrap();
    world.store.sign_out(young.session, at(20 * DAY + 60)).await.unwrap();
    assert_eq!(went(world, Record::StaffSession, at(30 * DAY)).await, 0);
    // And the one in which the code was still missing: it ended with the sign-in.
    assert_eq!(went(world, Record::StaffSession, at(31 * DAY)).await, 2);
    assert_eq!(world.store.accesses(Accesses::To(person.subject)).await.unwrap().len(), 1);
    assert_eq!(went(world, Record::StaffSession, at(51 * DAY)).await, 2);
}

pub async fn what_happened_to_a_place_in_the_queue_goes_after_a_year(world: &World<'_>) {
    world.checked_in("001148000001", at(0)).await;
    let young = world.checked_in("001148000002", at(10 * DAY)).await;
    assert_eq!(went(world, Record::QueueEvent, at(364 * DAY)).await, 0);
    assert_eq!(went(world, Record::QueueEvent, at(YEAR)).await, 1);
    let recorded = world.store.visit(young.visit).await.unwrap().unwrap().recorded;
    assert_eq!(recorded.code, young.code, "the code of the younger is still known");
}

pub async fn that_somebody_was_looked_up_is_forgotten_after_an_hour(world: &World<'_>) {
    let look_up = |number: &str, when| NewLookUp {
        kiosk: "demo".into(),
        of: LookedUp::Person(PersonalNumber::parse(number).unwrap()),
        at: when,
    };
    world.store.may_look_up(look_up("001148000001", at(0))).await.unwrap();
    world.store.may_look_up(look_up("001148000002", at(1800))).await.unwrap();
    assert_eq!(went(world, Record::LookUp, at(3600)).await, 0);
    assert_eq!(went(world, Record::LookUp, at(3601)).await, 1);
    assert_eq!(went(world, Record::LookUp, at(7200)).await, 1);
}

async fn receipt_at(world: &World<'_>, number: &str, when: Timestamp) -> Recorded {
    let messages = vec![message(MessageKind::CheckIn, when)];
    let check_in = world.check_in(visit(Some(number)), when).await;
    let recorded = world.store.record_check_in(CheckIn { messages, ..check_in }).await.unwrap();
    let lease = SignedDuration::from_mins(2);
    let claimed = world.store.claim_message(when, lease).await.unwrap().unwrap();
    let receipt = MessageReceipt {
        transaction: "GD-2026-000001".into(),
        received: when,
        sent: secret("<MA_LK/>"),
        answer: secret("{}"),
    };
    let delivered = Delivered { message: claimed.id, receipt: Some(receipt), found: None, at: when };
    world.store.message_delivered(delivered).await.unwrap();
    recorded
}

/// What was sent goes first, its receipt later; that it was sent stays known.
pub async fn what_was_sent_goes_after_thirty_days_and_its_receipt_after_a_year(world: &World<'_>) {
    let old = receipt_at(world, "001148000001", at(0)).await;
    let young = receipt_at(world, "001148000002", at(10 * DAY)).await;
    let dead = with_messages(world, "001148000003", &[MessageKind::Correction]).await;
    assert_eq!(went(world, Record::OutboxPayload, at(29 * DAY)).await, 0);
    assert_eq!(went(world, Record::OutboxPayload, at(31 * DAY)).await, 1);
    let sent = async |visit: Uuid| world.store.receipts(visit).await.unwrap()[0].sent.clone();
    assert_eq!((sent(old.visit).await, sent(young.visit).await), (None, Some(secret("<MA_LK/>"))));
    let letters = world.store.dead_letters().await.unwrap();
    assert_eq!(
        (letters[0].visit().unwrap(), letters[0].to_say.is_some()),
        (dead.visit, true),
        "it still has to be told"
    );
    assert_eq!(went(world, Record::OutboxReceipt, at(364 * DAY)).await, 0);
    assert_eq!(went(world, Record::OutboxReceipt, at(YEAR)).await, 1);
    assert!(world.store.receipts(old.visit).await.unwrap().is_empty());
    assert_eq!(world.store.receipts(young.visit).await.unwrap().len(), 1);
}

async fn taken_over(world: &World<'_>, when: Timestamp) -> Uuid {
    let session = world.session(when).await;
    let call = StepCall { step: "identify".into(), code: ReasonCode::HelpWanted };
    world.store.save_turn(Turn { call: Some(call), ..world.turn(session, 0, when).await }).await.unwrap();
    let open = world.store.open_calls().await.unwrap();
    let call = open.into_iter().find(|call| call.session == Some(session)).unwrap().id;
    let by = Member { account: None, name: "Lê Thị Cán".into() };
    world.store.take_over(TakeOver { call, by, instead: false, at: when }).await.unwrap();
    call
}

/// Who went to whom is forgotten, also where a visit came of it; what explains the visit stays with it.
pub async fn what_staff_did_about_a_call_is_forgotten_after_a_year(world: &World<'_>) {
    let closed = taken_over(world, at(0)).await;
    let by = Decision { staff: "Lê Thị Cán".into(), id: None, reason: "chỉ hỏi đường".into() };
    world.store.close_call(CloseCall { call: closed, decision: by.clone(), at: at(60) }).await.unwrap();
    let admitted = taken_over(world, at(0)).await;
    let admission = AdmitByHand {
        call: admitted,
        visit: NewVisit { method: Method::ByHand, ..visit(Some("001148000001")) },
        chip: None,
        submission: None,
        decision: by.clone(),
        messages: Vec::new(),
        at: at(60),
    };
    let recorded = world.store.admit_by_hand(admission).await.unwrap();
    let young = taken_over(world, at(10 * DAY)).await;
    world.store.close_call(CloseCall { call: young, decision: by.clone(), at: at(10 * DAY) }).await.unwrap();
    assert_eq!(went(world, Record::StaffDecision, at(364 * DAY)).await, 0);
    assert_eq!(went(world, Record::StaffDecision, at(YEAR)).await, 2);
    assert_eq!(world.store.visit(recorded.visit).await.unwrap().unwrap().decision, Some(by));
    assert_eq!(went(world, Record::StaffDecision, at(YEAR + 10 * DAY)).await, 1);
}

/// What the desk wrote down of a visit goes with it where the person still comes.
pub async fn what_the_desk_wrote_of_an_old_visit_goes_with_it(world: &World<'_>) {
    let circumstances = Circumstances {
        decision: decision("quên thẻ"),
        companion: Some(Companion { relation: "Con".into(), full_name: "Lê Văn Tám".into() }),
        born_at: None,
        apparent_age: None,
    };
    let by_hand = |when| ReceiveByHand {
        occasion: Occasion::NoDocument,
        visit: NewVisit { method: Method::ByHand, ..visit(Some("001148012345")) },
        circumstances: circumstances.clone(),
        messages: Vec::new(),
        form: new_form(),
        answers: None,
        at: when,
    };
    let old = world.store.receive_by_hand(by_hand(at(0))).await.unwrap().recorded;
    let patient = visit(Some("001148012345")).patient;
    let corrected = correction(&old, Wrong::Data, patient, at(60));
    world.store.correct_visit(corrected).await.unwrap();
    let young = world.store.receive_by_hand(by_hand(at(4 * YEAR))).await.unwrap().recorded;
    assert_eq!(went(world, Record::Visit, at(5 * YEAR - 5 * DAY)).await, 0);
    // The visit, its second version and how it was received.
    assert_eq!(went(world, Record::Visit, at(5 * YEAR)).await, 3);
    let received = async |visit| world.store.reception(visit).await.unwrap().unwrap().circumstances;
    assert_eq!((received(old.visit).await, received(young.visit).await), (None, Some(circumstances)));
    assert!(world.store.visit(old.visit).await.unwrap().unwrap().patient.is_none());
    for version in world.store.visit_versions(old.visit).await.unwrap() {
        assert!(version.patient.is_none() && version.decision.is_none());
    }
    assert!(world.store.visit(young.visit).await.unwrap().unwrap().patient.is_some());
}

pub async fn what_staff_decided_about_an_old_visit_s_messages_goes_with_it(world: &World<'_>) {
    let old = with_messages(world, "001148012345", &[MessageKind::CheckIn]).await;
    let letter = claimed(world, at(1)).await.unwrap();
    failed(world, &letter, None, at(2)).await;
    world.store.set_message_aside(decide(letter.id, at(3))).await.unwrap();
    let young = world.checked_in("001148012345", at(4 * YEAR)).await;
    assert_eq!(young.subject, old.subject);
    let read = async || {
        let reading = ReadRecords { subject: old.subject, decision: decision("theo yêu cầu"), at: at(9) };
        serde_json::to_string(&world.store.read_records(reading).await.unwrap().tables).unwrap()
    };
    assert!(read().await.contains("Đã báo qua điện thoại"));
    // The visit, and what was decided about its message.
    assert_eq!(went(world, Record::Visit, at(5 * YEAR)).await, 2);
    assert!(!read().await.contains("Đã báo qua điện thoại"));
    assert!(world.store.visit(young.visit).await.unwrap().unwrap().patient.is_some());
}

/// Somebody known since long, whose only visit of late began as an unknown patient's.
pub async fn who_was_identified_of_late_keeps_their_key(world: &World<'_>) {
    let known = world.checked_in("001148012345", at(0)).await;
    let unknown = NewVisit { method: Method::Undetermined, ..visit(None) };
    let late = at(4 * YEAR);
    let check_in = CheckIn { chip: None, submission: None, ..world.check_in(unknown, late).await };
    let emergency = world.store.record_check_in(check_in).await.unwrap();
    let patient = visit(Some("001148012345")).patient;
    let identified = correction(&emergency, Wrong::Identified, patient, late);
    world.store.correct_visit(identified).await.unwrap();
    world.store.purge(at(5 * YEAR)).await.unwrap();
    intact(world).await;
    let kept = world.store.visit(emergency.visit).await.unwrap().unwrap();
    assert_eq!(kept.recorded.subject, known.subject);
    assert!(kept.patient.is_some(), "a visit of a year ago is not over");
    assert!(world.store.visit(known.visit).await.unwrap().unwrap().patient.is_none());
}

/// In which role a consent was given goes with it.
pub async fn a_consent_goes_with_its_role(world: &World<'_>) {
    let old = consenting(world, "001148012345").await;
    // The ledger's row, whose it was, and in which role.
    assert_eq!(went(world, Record::Consent, at(5 * YEAR - 5 * DAY)).await, 0);
    assert_eq!(went(world, Record::Consent, at(5 * YEAR)).await, 3);
    assert!(world.store.consents_of(old.subject).await.unwrap().is_empty());
}
