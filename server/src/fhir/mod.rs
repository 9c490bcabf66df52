//! A visit for other software: FHIR R5 (5.0.0).
//!
//! One Bundle of the kind `collection`: the Patient, the Coverage where an insurance card counted or was shown, who
//! came with the patient (RelatedPerson), the Encounter, what
//! was verified of the person and of the card (two VerificationResults), and the Provenance of it all. It says what
//! the record says and no more; of an erased person, or of one whose data are restricted, nothing but
//! that there was one. `docs/fhir.md` lists the systems
//! that identifiers and codes belong to.

use flows::health::Station;
use jiff::Timestamp;
use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use crate::store::Visit;

mod coverage;
mod element;
mod encounter;
mod patient;
mod provenance;
mod representative;
pub mod system;
mod verification;

/// The media type of FHIR in JSON.
pub const MEDIA_TYPE: &str = "application/fhir+json; charset=utf-8";

/// What an export is made with.
#[derive(Debug, Clone, Copy)]
pub struct Export<'a> {
    /// The station, for the names of places and reasons.
    pub station: &'a Station,
    /// Whether national systems are simulated: every resource then carries a tag that says so.
    pub simulated: bool,
    /// Now.
    pub at: Timestamp,
}

/// What the resources of one bundle call each other.
struct Links {
    patient: Uuid,
    encounter: Uuid,
    coverage: Option<Uuid>,
    representative: Option<Uuid>,
    identity: Uuid,
    insurance: Uuid,
    provenance: Uuid,
}

impl Links {
    fn new(visit: &Visit) -> Self {
        let own = |kind: &str| derived(visit.recorded.visit, kind);
        Self {
            patient: visit.recorded.subject,
            encounter: visit.recorded.visit,
            coverage: coverage::is_known(visit).then(|| own("Coverage")),
            representative: representative::of(visit).map(|_| own("RelatedPerson")),
            identity: own("VerificationResult/identity"),
            insurance: own("VerificationResult/insurance"),
            provenance: own("Provenance"),
        }
    }
}

/// An id that is the same each time the visit is exported.
fn derived(visit: Uuid, kind: &str) -> Uuid {
    let digest = Sha256::new().chain_update(visit.as_bytes()).chain_update(kind).finalize();
    let mut bytes = [0; 16];
    bytes.iter_mut().zip(digest).for_each(|(to, from)| *to = from);
    uuid::Builder::from_custom_bytes(bytes).into_uuid()
}

/// The bundle of a visit.
pub fn bundle(visit: &Visit, export: &Export<'_>) -> Value {
    let links = Links::new(visit);
    let resources = [
        (Some(links.patient), patient::patient(visit, &links, export)),
        (links.coverage, coverage::coverage(visit, &links).unwrap_or_default()),
        (links.representative, representative::related_person(visit, &links).unwrap_or_default()),
        (Some(links.encounter), encounter::encounter(visit, &links, export)),
        (Some(links.identity), verification::identity(visit, &links, export)),
        (Some(links.insurance), verification::insurance(visit, &links, export)),
        (Some(links.provenance), provenance::provenance(visit, &links, export)),
    ];
    let entries = resources.into_iter().filter_map(|(id, resource)| {
        let id = id?;
        let resource = with_head(resource, id, export.simulated);
        Some(json!({ "fullUrl": element::urn(id), "resource": resource }))
    });
    let bundle = json!({
        "resourceType": "Bundle",
        "identifier": element::identifier(system::VISIT, &visit.recorded.visit.to_string()),
        "type": "collection",
        "timestamp": export.at,
        "entry": entries.collect::<Vec<_>>(),
    });
    compact(with_head(bundle, derived(visit.recorded.visit, "Bundle"), export.simulated)).unwrap_or_default()
}

/// The resource with its id, and with the tags of simulated data.
fn with_head(mut resource: Value, id: Uuid, simulated: bool) -> Value {
    if let Some(members) = resource.as_object_mut() {
        members.insert("id".to_owned(), json!(id.to_string()));
        if simulated {
            let tags = [
                element::coding(system::V3_ACT_REASON, "HTEST", "test health data"),
                element::coding(system::TAG, "simulated", "DỮ LIỆU MÔ PHỎNG"),
            ];
            members.insert("meta".to_owned(), json!({ "tag": tags }));
        }
    }
    resource
}

/// Without members that are null or empty, which FHIR does not allow (5.0.0, JSON representation). `None` where nothing
/// is left.
fn compact(value: Value) -> Option<Value> {
    match value {
        Value::Null => None,
        Value::String(text) if text.is_empty() => None,
        Value::Array(items) => {
            let items: Vec<_> = items.into_iter().filter_map(compact).collect();
            (!items.is_empty()).then_some(Value::Array(items))
        }
        Value::Object(members) => {
            let members: Map<_, _> =
                members.into_iter().filter_map(|(name, value)| Some((name, compact(value)?))).collect();
            (!members.is_empty()).then_some(Value::Object(members))
        }
        other => Some(other),
    }
}

#[cfg(test)]
mod tests;
