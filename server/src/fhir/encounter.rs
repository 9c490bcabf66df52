//! Encounter: the visit, from the number in the queue on.

use serde_json::{Value, json};

use super::{Export, Links, element, system};
use crate::store::{Queue, Visit};

/// The Encounter. The record ends with the arrival: what comes of it is the station's own software's to say.
pub(super) fn encounter(visit: &Visit, links: &Links, export: &Export<'_>) -> Value {
    let recorded = &visit.recorded;
    let (queue, class, class_display) = match recorded.queue {
        Queue::Emergency => ("Cấp cứu", "EMER", "emergency"),
        Queue::Priority => ("Ưu tiên", "AMB", "ambulatory"),
        Queue::Normal => ("Thường", "AMB", "ambulatory"),
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
        "priority": element::concept(system::QUEUE, recorded.queue.as_str(), queue),
        "subject": element::reference("Patient", links.patient),
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
