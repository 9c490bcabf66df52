//! Patient: who came.

use flows::person::{Birth, Sex};
use identity::text::clean_line;
use serde_json::{Value, json};

use super::{Export, Links, element, system};
use crate::store::Visit;

/// The Patient. Of someone whose data were erased: the id alone, and that the rest is not given.
pub(super) fn patient(visit: &Visit, links: &Links, export: &Export<'_>) -> Value {
    let subject = element::identifier(system::SUBJECT, &links.patient.to_string());
    let Some(patient) = &visit.patient else {
        return json!({
            "resourceType": "Patient",
            "extension": [{ "url": system::ABSENT, "valueCode": "masked" }],
            "identifier": [subject],
        });
    };
    let number = patient.number.as_ref().map(|number| {
        json!({
            "use": "official",
            "type": element::concept(system::V2_0203, "NI", "National unique individual identifier"),
            "system": system::PERSONAL_NUMBER,
            "value": number.as_str(),
        })
    });
    json!({
        "resourceType": "Patient",
        "identifier": [subject, number],
        // A Vietnamese name is one whole: which word is the family's is nowhere recorded.
        "name": [{ "use": "official", "text": clean_line(&patient.full_name) }],
        "gender": match patient.sex {
            Sex::Male => "male",
            Sex::Female => "female",
            Sex::Unknown => "unknown",
        },
        "birthDate": patient.birth.map(date),
        "managingOrganization": element::facility(&visit.station, export.station),
    })
}

/// A FHIR date, as far as it is known: `1948`, `1948-03`, `1948-03-02`.
fn date(birth: Birth) -> String {
    match (birth.month, birth.day) {
        (Some(month), Some(day)) => format!("{:04}-{month:02}-{day:02}", birth.year),
        (Some(month), None) => format!("{:04}-{month:02}", birth.year),
        (None, _) => format!("{:04}", birth.year),
    }
}
