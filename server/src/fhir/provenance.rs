//! Provenance: who made the record, and out of what.

use identity::text::clean_line;
use serde_json::{Value, json};

use super::{Export, Links, element, system};
use crate::store::Visit;

/// The Provenance of every other resource of the bundle.
pub(super) fn provenance(visit: &Visit, links: &Links, export: &Export<'_>) -> Value {
    let targets = [
        Some(("Patient", links.patient)),
        links.coverage.map(|coverage| ("Coverage", coverage)),
        links.representative.map(|representative| ("RelatedPerson", representative)),
        Some(("Encounter", links.encounter)),
        Some(("VerificationResult", links.identity)),
        Some(("VerificationResult", links.insurance)),
    ];
    let staff = visit.decision.as_ref().map(|decision| {
        json!({
            "type": element::concept(system::PARTICIPANT, "verifier", "Verifier"),
            "who": { "type": "Practitioner", "display": clean_line(&decision.staff) },
            "onBehalfOf": element::facility(&visit.station, export.station),
        })
    });
    let sources = [
        visit.session.map(|session| element::identifier(system::CONVERSATION, &session.to_string())),
        visit.signer_sha256.map(|hash| element::identifier(system::DOCUMENT_SIGNER, &hex::encode(hash))),
    ];
    json!({
        "resourceType": "Provenance",
        "target": targets.into_iter().flatten().map(|(kind, id)| element::reference(kind, id)).collect::<Vec<_>>(),
        "occurredDateTime": visit.recorded.at,
        "recorded": visit.recorded.at,
        "activity": element::concept(system::V3_DATA_OPERATION, "CREATE", "create"),
        "patient": element::reference("Patient", links.patient),
        "encounter": element::reference("Encounter", links.encounter),
        "agent": [
            {
                "type": element::concept(system::PARTICIPANT, "assembler", "Assembler"),
                "who": element::facility(&visit.station, export.station),
            },
            staff,
        ],
        "entity": sources
            .into_iter()
            .flatten()
            .map(|identifier| json!({ "role": "source", "what": { "identifier": identifier } }))
            .collect::<Vec<_>>(),
    })
}
