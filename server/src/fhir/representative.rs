//! RelatedPerson: who came for the patient, or with them.

use flows::person::{Relation, Representative};
use identity::text::clean_line;
use serde_json::{Value, json};

use super::{Links, element, system};
use crate::store::Visit;

/// The representative of whom the record says something.
pub(super) fn of(visit: &Visit) -> Option<&Representative> {
    visit.patient.as_ref()?.representative.as_ref()
}

/// What HL7 calls a relation, where it has a word for it.
const fn role(relation: Relation) -> Option<(&'static str, &'static str)> {
    Some(match relation {
        Relation::Parent => ("PRN", "parent"),
        Relation::Grandparent => ("GRPRN", "grandparent"),
        Relation::Child => ("CHILD", "child"),
        Relation::Spouse => ("SPS", "spouse"),
        Relation::Sibling => ("SIB", "sibling"),
        Relation::Guardian => ("GUARD", "guardian"),
        Relation::Other => return None,
    })
}

/// The RelatedPerson, where somebody came.
pub(super) fn related_person(visit: &Visit, links: &Links) -> Option<Value> {
    let representative = of(visit)?;
    let relation = representative.relation;
    let hl7 = role(relation).map(|(code, display)| element::coding(system::V3_ROLE_CODE, code, display));
    let own = element::coding(system::RELATION, relation.as_str(), &relation.label().vi);
    Some(json!({
        "resourceType": "RelatedPerson",
        "patient": element::reference("Patient", links.patient),
        "relationship": [{ "coding": [hl7, own] }],
        "name": [{ "text": representative.full_name.as_deref().map(clean_line) }],
    }))
}
