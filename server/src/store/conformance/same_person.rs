//! One person under two records: merged by staff, identified later, or recorded under a number that was wrong.

use flows::law::{Record, RequestKind, retention::Ending};

use super::{
    consents::consenting_as,
    incidents::{noticed, stepped},
    outbox::message,
    reception::{correction, emergency, patient},
    subject_requests::{carried_out, decision, received},
    *,
};
use crate::store::{
    incidents::IncidentEvent,
    retention::{Mark, MarkKind},
    subject_requests::{Action, Outcome, ReadRecords},
};

const HOA: &str = "001148012345";
/// Her number with a digit that somebody mistyped.
const MISTYPED: &str = "001148012354";
const YEAR: i64 = 366 * 24 * 3600;

async fn intact(world: &World<'_>) {
    let report = world.store.verify_audit().await.unwrap();
    assert!(matches!(report, AuditReport::Intact { .. }), "{report:?}");
}

async fn kept(world: &World<'_>, visit: Uuid) -> Visit {
    world.store.visit(visit).await.unwrap().unwrap()
}

async fn merged(world: &World<'_>, first: &Recorded, second: &Recorded) {
    let merging = DecideSubjects {
        first: first.subject,
        second: second.subject,
        outcome: SameOrNot::Merged,
        decision: decision("đã so hai thẻ"),
        at: at(50),
    };
    world.store.decide_subjects(merging).await.unwrap();
}

/// Someone who typed who they are, and consented.
async fn typed(world: &World<'_>, number: Option<&str>) -> Recorded {
    let visit = NewVisit { method: Method::ByHand, strength: Strength::StaticOrTyped, ..visit(number) };
    consenting_as(world, visit).await
}

async fn corrected(world: &World<'_>, recorded: &Recorded, number: &str) -> Uuid {
    let right = patient("Nguyễn Thị Hoà", Some(number));
    world.store.correct_visit(correction(recorded, Wrong::Data, right, at(60))).await.unwrap();
    kept(world, recorded.visit).await.recorded.subject
}

async fn everything(world: &World<'_>, subject: Uuid) -> String {
    let reading = ReadRecords { subject, decision: decision("theo yêu cầu"), at: at(900) };
    serde_json::to_string(&world.store.read_records(reading).await.unwrap().tables).unwrap()
}

/// A purge at six years takes both records of a person, and what comes after them in its order goes as well.
async fn goes_with_all_that_is_over(world: &World<'_>, visits: [Uuid; 2]) {
    let incident = noticed(world, at(0)).await;
    stepped(world, incident, IncidentEvent::Closed, at(0)).await.unwrap();
    let proofs = world.store.purge(at(6 * YEAR)).await.unwrap();
    let gone: Vec<_> = proofs.iter().map(|proof| (proof.record, proof.ending, proof.count)).collect();
    assert!(gone.contains(&(Record::Visit, Ending::KeyDestroyed, 2)), "{gone:?}");
    assert!(gone.contains(&(Record::Incident, Ending::KeyDestroyed, 1)), "{gone:?}");
    for visit in visits {
        assert!(kept(world, visit).await.patient.is_none());
    }
    intact(world).await;
}

pub async fn who_was_merged_is_purged_with_both_records(world: &World<'_>) {
    let before = world.checked_in(HOA, at(0)).await;
    let after = world.checked_in("001148054321", at(10)).await;
    merged(world, &before, &after).await;
    goes_with_all_that_is_over(world, [before.visit, after.visit]).await;
}

pub async fn who_was_identified_is_purged_with_the_temporary_record(world: &World<'_>) {
    // Known before, so that the purge comes to their own record first and takes the temporary one with it.
    let known = world.checked_in(HOA, at(-86_400)).await;
    let unknown = emergency(world, at(0)).await.recorded;
    let was = patient("Nguyễn Thị Hoà", Some(HOA));
    world.store.correct_visit(correction(&unknown, Wrong::Identified, was, at(60))).await.unwrap();
    assert_ne!(known.subject, unknown.subject);
    goes_with_all_that_is_over(world, [known.visit, unknown.visit]).await;
}

/// Whoever had no number, or one with a wrong digit, keeps all that is theirs when the right one is written down.
pub async fn whose_number_was_wrong_stays_who_they_are(world: &World<'_>) {
    for wrong in [None, Some(MISTYPED)] {
        let recorded = typed(world, wrong).await;
        let mark = |kind, placed| Mark {
            subject: recorded.subject,
            kind,
            placed,
            decision: decision("theo yêu cầu"),
            at: at(30),
        };
        world.store.mark_subject(mark(MarkKind::Restricted, true)).await.unwrap();
        let number = format!("0011481{:05}", world.fresh());
        assert_eq!(corrected(world, &recorded, &number).await, recorded.subject, "{wrong:?}");
        let found = PersonalNumber::parse(&number).unwrap();
        assert_eq!(world.store.subject(&found).await.unwrap(), Some(recorded.subject), "{wrong:?}");
        assert!(kept(world, recorded.visit).await.restricted, "{wrong:?}");
        assert_eq!(world.store.consents_of(recorded.subject).await.unwrap().len(), 1, "{wrong:?}");
        let numbers = world.store.numbers_of(recorded.subject).await.unwrap();
        let cancelled: Vec<_> = numbers
            .iter()
            .filter(|kept| kept.kind == NumberKind::Cancelled)
            .map(|kept| kept.number.as_slice())
            .collect();
        assert_eq!(cancelled, wrong.map(str::as_bytes).into_iter().collect::<Vec<_>>());
        world.store.mark_subject(mark(MarkKind::Restricted, false)).await.unwrap();
        // Whoever really has the wrong number is somebody else, whom staff may compare.
        if let Some(wrong) = wrong {
            let owner = world.checked_in(wrong, at(100)).await;
            assert_ne!(owner.subject, recorded.subject);
            assert_eq!(world.store.same_numbers().await.unwrap().len(), 1);
        }
        intact(world).await;
    }
}

/// What a chip proved was not mistyped: with another number the visit is somebody else's.
pub async fn whose_number_was_proved_is_not_renumbered(world: &World<'_>) {
    let proved = world.checked_in(HOA, at(0)).await;
    assert_ne!(corrected(world, &proved, MISTYPED).await, proved.subject);
    let number = PersonalNumber::parse(HOA).unwrap();
    assert_eq!(world.store.subject(&number).await.unwrap(), Some(proved.subject));
}

/// The right number is that of somebody who is kept already: the visit is theirs, with what was agreed to and marked.
pub async fn who_was_known_by_another_number_has_what_was_agreed_to_under_the_wrong_one(world: &World<'_>) {
    let known = world.checked_in(HOA, at(-86_400)).await;
    let recorded = typed(world, Some(MISTYPED)).await;
    let mark = Mark {
        subject: recorded.subject,
        kind: MarkKind::Restricted,
        placed: true,
        decision: decision("theo yêu cầu"),
        at: at(30),
    };
    world.store.mark_subject(mark.clone()).await.unwrap();
    assert_eq!(corrected(world, &recorded, HOA).await, known.subject);
    assert!(kept(world, recorded.visit).await.restricted, "the mark is hers");
    assert!(everything(world, known.subject).await.contains(MISTYPED), "the older version is hers too");

    let ledger = world.store.consents_of(known.subject).await.unwrap();
    assert_eq!(ledger.len(), 1, "she agreed to it");
    let request = received(world, RequestKind::Withdraw, Some(known.subject), at(70)).await;
    carried_out(world, request, Action::Withdraw, at(71)).await.unwrap();
    let ledger = world.store.consents_of(known.subject).await.unwrap();
    assert_eq!(ledger[1].withdraws, Some(ledger[0].id));
    let proofs = world.store.purges(10).await.unwrap();
    assert_eq!((proofs[0].record, proofs[0].count), (Record::Evidence, 2), "of both visits");

    // A mark that is lifted is lifted under both.
    let lifted = Mark { subject: known.subject, placed: false, ..mark };
    world.store.mark_subject(lifted).await.unwrap();
    for subject in [known.subject, recorded.subject] {
        assert_eq!(world.store.marks_of(subject).await.unwrap(), []);
    }
    let old = at(6 * YEAR);
    let request = received(world, RequestKind::Delete, Some(known.subject), old).await;
    assert_eq!(carried_out(world, request, Action::Delete, old).await.unwrap(), Outcome::Done);
    let versions = world.store.visit_versions(recorded.visit).await.unwrap();
    assert!(versions.iter().all(|version| version.patient.is_none()), "an older version is left");
    intact(world).await;
}

/// A number that was mistyped may be somebody's: nothing of theirs is read, marked or erased with the other.
pub async fn whose_number_was_typed_by_mistake_is_left_alone(world: &World<'_>) {
    let owner = world.checked_in(MISTYPED, at(-86_400)).await;
    let known = world.checked_in(HOA, at(-86_400)).await;
    let recorded = typed(world, Some(MISTYPED)).await;
    assert_eq!(recorded.subject, owner.subject, "her word for it");
    assert_eq!(corrected(world, &recorded, HOA).await, known.subject);
    assert_eq!(world.store.consents_of(known.subject).await.unwrap().len(), 1);
    assert!(world.store.consents_of(owner.subject).await.unwrap().is_empty());
    let hers = everything(world, known.subject).await;
    assert!(!hers.contains(&owner.visit.to_string()) && !hers.contains(&owner.subject.to_string()), "{hers}");
    world.store.destroy_subject_key(known.subject, at(100)).await.unwrap();
    assert!(kept(world, owner.visit).await.patient.is_some());
    intact(world).await;
}

/// What was asked before staff merged is done for all that is the person's now.
pub async fn a_request_from_before_a_merge_is_about_the_whole_person(world: &World<'_>) {
    let stays = world.checked_in("001148054321", at(0)).await;
    let goes = typed(world, Some(HOA)).await;
    let question = message(MessageKind::PopulationCheck, at(5));
    let other =
        CheckIn { messages: vec![question], ..world.check_in(visit(Some("001148054321")), at(86_400)).await };
    let other = world.store.record_check_in(other).await.unwrap();
    let request = async |kind| received(world, kind, Some(goes.subject), at(40)).await;
    let [restrict, withdraw, delete] = [
        request(RequestKind::Restrict).await,
        request(RequestKind::Withdraw).await,
        request(RequestKind::Delete).await,
    ];
    merged(world, &stays, &goes).await;
    let file = world.store.subject_request(restrict).await.unwrap().unwrap();
    assert_eq!(file.subject, Some(stays.subject), "the person as known now");
    let all = everything(world, goes.subject).await;
    for visit in [stays.visit, goes.visit, other.visit] {
        assert!(all.contains(&visit.to_string()), "{visit} is not shown");
    }
    carried_out(world, restrict, Action::Restrict, at(90_000)).await.unwrap();
    for visit in [stays.visit, goes.visit] {
        assert!(kept(world, visit).await.restricted);
    }
    let lift = Mark {
        subject: stays.subject,
        kind: MarkKind::Restricted,
        placed: false,
        decision: decision("hết hạn chế"),
        at: at(90_001),
    };
    world.store.mark_subject(lift).await.unwrap();
    carried_out(world, withdraw, Action::Withdraw, at(90_002)).await.unwrap();
    assert_eq!(world.store.undelivered_messages().await.unwrap(), [], "nothing is asked any more");
    let old = at(8 * YEAR);
    assert_eq!(carried_out(world, delete, Action::Delete, old).await.unwrap(), Outcome::Done);
    for visit in [stays.visit, goes.visit, other.visit] {
        assert!(kept(world, visit).await.patient.is_none());
    }
    intact(world).await;
}

/// Whoever restricts or objects is asked about no more on their consent; what a law asks for goes on.
pub async fn who_restricts_or_objects_is_not_asked_about_any_more(world: &World<'_>) {
    let kinds = [MessageKind::PopulationCheck, MessageKind::InsuranceLookUp];
    for (kind, action) in [
        (RequestKind::Restrict, Action::Restrict),
        (RequestKind::Object, Action::Restrict),
        (RequestKind::Object, Action::Answer),
    ] {
        let number = format!("0011480{:05}", world.fresh());
        let recorded = super::outbox::with_messages(world, &number, &kinds).await;
        let request = received(world, kind, Some(recorded.subject), at(10)).await;
        carried_out(world, request, action, at(11)).await.unwrap();
        let waiting = world.store.undelivered_messages().await.unwrap();
        let theirs = waiting.iter().filter(|message| message.visit() == Some(recorded.visit));
        let left: Vec<_> = theirs.map(|message| message.kind).collect();
        assert_eq!(left, [MessageKind::InsuranceLookUp], "{kind:?}");
    }
    intact(world).await;
}

/// An answer to another request stops nothing.
pub async fn who_only_looked_at_their_data_is_asked_about_as_before(world: &World<'_>) {
    let recorded = super::outbox::with_messages(world, HOA, &[MessageKind::PopulationCheck]).await;
    let request = received(world, RequestKind::View, Some(recorded.subject), at(10)).await;
    carried_out(world, request, Action::Answer, at(11)).await.unwrap();
    assert_eq!(world.store.undelivered_messages().await.unwrap().len(), 1);
}

/// The insurance card is over after a year, whichever version of the visit says it.
pub async fn a_corrected_card_is_over_after_a_year(world: &World<'_>) {
    let recorded = world.checked_in(HOA, at(0)).await;
    let insurance = visit(Some(HOA)).insurance;
    let fix = CorrectVisit {
        insurance,
        ..correction(&recorded, Wrong::Insurance, patient("Nguyễn Thị Hoà", Some(HOA)), at(10))
    };
    world.store.correct_visit(fix).await.unwrap();
    world.store.purge(at(364 * 24 * 3600)).await.unwrap();
    assert!(kept(world, recorded.visit).await.insurance_card.is_some());
    world.store.purge(at(YEAR)).await.unwrap();
    let visit = kept(world, recorded.visit).await;
    assert!(visit.insurance_card.is_none() && visit.patient.is_some());
    let left = everything(world, recorded.subject).await;
    assert!(!left.contains("HT2010148012345"), "{left}");
    intact(world).await;
}
