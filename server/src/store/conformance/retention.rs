//! What is over goes; what is not, stays; and the log knows the difference.

use flows::law::{Record, retention::Ending};

use super::{
    consents::consenting,
    incidents::{noticed, stepped},
    subject_requests::decision,
    *,
};
use crate::store::{
    incidents::IncidentEvent,
    retention::{Mark, MarkKind, PurgeProof},
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
        [(Record::InsuranceAnswer, Ending::ColumnsEmptied, 1), (Record::SessionRow, Ending::RowDeleted, 1)]
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
