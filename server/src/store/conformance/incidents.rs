//! Incidents and their clock.

use super::{subject_requests::decision, *};
use crate::store::incidents::{
    Affected, IncidentEvent, IncidentKind, IncidentReport, NewIncident, NewIncidentStep,
};

fn report() -> IncidentReport {
    IncidentReport {
        what: "Mất máy tính bảng ở quầy".into(),
        affected: vec![Affected { category: "health".into(), people: Some(12) }],
        consequences: "chưa rõ".into(),
        measures: "khóa tài khoản".into(),
        reported_by: "Trần Văn Mẫu".into(),
    }
}

/// An incident that was noticed then.
pub async fn noticed(world: &World<'_>, when: Timestamp) -> Uuid {
    let incident = NewIncident { kind: IncidentKind::Lost, noticed_at: when, report: report(), at: when };
    world.store.record_incident(incident).await.unwrap()
}

/// A step in its file.
pub async fn stepped(
    world: &World<'_>,
    incident: Uuid,
    event: IncidentEvent,
    when: Timestamp,
) -> Result<(), StoreError> {
    let step = NewIncidentStep { incident, event, decision: decision("đã gửi"), at: when };
    world.store.step_incident(step).await
}

pub async fn an_incident_is_kept_with_what_was_done_and_its_clock(world: &World<'_>) {
    let old = noticed(world, at(0)).await;
    let young = noticed(world, at(3600)).await;
    stepped(world, old, IncidentEvent::Measure, at(10)).await.unwrap();
    let ids =
        |list: Vec<crate::store::incidents::Incident>| list.iter().map(|file| file.id).collect::<Vec<_>>();
    assert_eq!(ids(world.store.incidents().await.unwrap()), [old, young], "the clock that ends first");
    stepped(world, old, IncidentEvent::AuthorityTold, at(20)).await.unwrap();
    let file = world.store.incident(old).await.unwrap().unwrap();
    assert_eq!((file.report, file.noticed_at), (Some(report()), at(0)));
    assert_eq!(file.steps.len(), 2);
    let file = world.store.incident(old).await.unwrap().unwrap();
    assert!(!file.clock_runs());
    assert_eq!(ids(world.store.incidents().await.unwrap()), [young, old]);
    stepped(world, old, IncidentEvent::Closed, at(30)).await.unwrap();
    let after = stepped(world, old, IncidentEvent::Measure, at(31)).await;
    assert!(matches!(after, Err(StoreError::UnknownIncident)), "a closed file");
    let nobody = stepped(world, world.id(), IncidentEvent::Measure, at(31)).await;
    assert!(matches!(nobody, Err(StoreError::UnknownIncident)));
    assert!(matches!(world.store.verify_audit().await.unwrap(), AuditReport::Intact { .. }));
}
