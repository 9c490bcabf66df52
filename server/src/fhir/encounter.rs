//! Encounter: the visit, from the number in the queue on.

use flows::health::priority::PriorityGround;
use serde_json::{Value, json};

use super::{Export, Links, element, system};
use crate::store::{Queue, Visit};

/// The priority: the row, and why somebody is in it. The ground is health data like the rest of the record.
fn priority(visit: &Visit) -> Value {
    let queue = visit.recorded.queue;
    let row = match queue {
        Queue::Emergency => "Cấp cứu",
        Queue::Priority => "Ưu tiên",
        Queue::Normal => "Thường",
    };
    let urgent =
        (queue == Queue::Emergency).then(|| element::coding(system::V3_ACT_PRIORITY, "EM", "emergency"));
    let ground = visit.patient.as_ref().and_then(|patient| patient.priority);
    let source = ground.map(|ground| match ground {
        PriorityGround::Age => "birth-date",
        PriorityGround::Emergency => "staff",
        PriorityGround::Pregnant | PriorityGround::SevereDisability | PriorityGround::PersonOfMerit => {
            "declared"
        }
    });
    json!({
        "extension": [element::extension(system::PRIORITY_SOURCE, &json!(source))],
        "coding": [
            element::coding(system::QUEUE, queue.as_str(), row),
            urgent,
            ground.map(|ground| element::coding(system::PRIORITY_GROUND, ground.as_str(), ground.name())),
        ],
        "text": ground.map(PriorityGround::name),
    })
}

/// The Encounter. The record ends with the arrival: what comes of it is the station's own software's to say.
pub(super) fn encounter(visit: &Visit, links: &Links, export: &Export<'_>) -> Value {
    let recorded = &visit.recorded;
    let (class, class_display) = match recorded.queue {
        Queue::Emergency => ("EMER", "emergency"),
        Queue::Priority | Queue::Normal => ("AMB", "ambulatory"),
    };
    let reason = visit.patient.as_ref().map(|patient| {
        let label = export.station.reason(&patient.reason).map_or("", |reason| reason.label.vi.as_str());
        json!({ "value": [{ "concept": element::concept(system::REASON, &patient.reason, label) }] })
    });
    let room = export.station.room(&recorded.room).map(|room| room.name.vi.as_str());
    json!({
        "resourceType": "Encounter",
        "identifier": [
            element::identifier(system::VISIT, &recorded.visit.to_string()),
            element::identifier(system::TICKET, &recorded.ticket_number()),
        ],
        "status": "in-progress",
        "subjectStatus": element::concept(system::SUBJECT_STATUS, "arrived", "Arrived"),
        "class": [element::concept(system::V3_ACT_CODE, class, class_display)],
        "priority": priority(visit),
        "subject": element::reference("Patient", links.patient),
        "participant": [links.representative.map(|id| json!({ "actor": element::reference("RelatedPerson", id) }))],
        "serviceProvider": element::facility(&visit.station, export.station),
        "actualPeriod": { "start": recorded.at },
        "reason": [reason],
        "location": [{
            "location": {
                "type": "Location",
                "identifier": element::identifier(system::ROOM, &recorded.room),
                "display": room,
            },
        }],
    })
}
