//! Data types of FHIR that several resources use.

use flows::health::Station;
use serde_json::{Value, json};
use uuid::Uuid;

use super::system;

/// The URI of a resource in the bundle.
pub(super) fn urn(id: Uuid) -> String {
    format!("urn:uuid:{id}")
}

/// A Reference to a resource in the bundle.
pub(super) fn reference(kind: &str, id: Uuid) -> Value {
    json!({ "reference": urn(id), "type": kind })
}

/// An Identifier.
pub(super) fn identifier(system: &str, value: &str) -> Value {
    json!({ "system": system, "value": value })
}

/// A Coding.
pub(super) fn coding(system: &str, code: &str, display: &str) -> Value {
    json!({ "system": system, "code": code, "display": display })
}

/// A CodeableConcept of one code.
pub(super) fn concept(system: &str, code: &str, display: &str) -> Value {
    json!({ "coding": [coding(system, code, display)] })
}

/// An extension that is one code.
pub(super) fn extension(url: &str, code: &Value) -> Value {
    if code.is_null() { Value::Null } else { json!({ "url": url, "valueCode": code }) }
}

/// A Reference to a place of care, named by its code; by its name too where it is this station.
pub(super) fn facility(code: &str, station: &Station) -> Value {
    let display = (code == station.code).then_some(&station.name.vi);
    json!({ "type": "Organization", "identifier": identifier(system::FACILITY, code), "display": display })
}
