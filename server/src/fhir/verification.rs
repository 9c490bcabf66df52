//! VerificationResult: what was verified of the person, and of the insurance card.

use flows::{
    CardStanding,
    engine::{InsuranceStatus, Population},
    policy::Strength,
};
use identity::{Verdict, text::clean_line};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::{Export, Links, element, system};
use crate::store::{
    Method, Visit,
    visits::{insurance_code, station_day},
};

/// How identity was established: the axes of the verdict where a chip was read, the member of staff who vouches.
pub(super) fn identity(visit: &Visit, links: &Links, export: &Export<'_>) -> Value {
    let recorded = &visit.recorded;
    let verdict = visit.verdict.iter().flat_map(axes);
    let beside = [
        element::extension(system::STRENGTH, &json!(recorded.strength)),
        element::extension(system::CHIP_ACCESS, &json!(visit.access)),
        element::extension(system::CHIP_CHALLENGE, &json!(visit.challenge)),
    ];
    let attestation = visit.decision.as_ref().map(|decision| {
        json!({
            "extension": [{ "url": system::DECISION_REASON, "valueString": clean_line(&decision.reason) }],
            "who": { "type": "Practitioner", "display": clean_line(&decision.staff) },
            "date": station_day(recorded.at),
        })
    });
    let population = visit.population_check.as_ref().map(|check| {
        let (code, display) = match check.outcome {
            Population::Matches => ("successful", "Successful"),
            Population::Mismatch => ("failed", "Failed"),
            Population::Unavailable => ("unknown", "Unknown"),
        };
        json!({
            "who": { "type": "Organization", "display": "Cơ sở dữ liệu quốc gia về dân cư" },
            "validationStatus": element::concept(system::VALIDATION_STATUS, code, display),
            "validationDate": check.at,
        })
    });
    json!({
        "resourceType": "VerificationResult",
        "extension": verdict.chain(beside).collect::<Vec<_>>(),
        "target": [element::reference("Patient", links.patient)],
        "status": match (recorded.method, recorded.strength) {
            (Method::ByHand, _) => "attested",
            (_, Strength::FullChipProof | Strength::Vneid) => "validated",
            (_, Strength::Failed) => "val-fail",
            _ => "in-process",
        },
        "statusDate": recorded.at,
        "validationProcess": [element::concept(system::METHOD, recorded.method.as_str(), "")],
        "primarySource": visit.card.iter().map(|card| c06(*card, recorded.at)).chain(population).collect::<Vec<_>>(),
        "attestation": attestation,
        "validator": [{ "organization": element::facility(&visit.station, export.station) }],
    })
}

/// What C06 said of the card when the visit was recorded.
fn c06(card: CardStanding, at: Timestamp) -> Value {
    let (code, display) = match card {
        CardStanding::Valid => ("successful", "Successful"),
        CardStanding::NotIssued | CardStanding::Revoked => ("failed", "Failed"),
        CardStanding::Unavailable => ("unknown", "Unknown"),
    };
    json!({
        "who": { "type": "Organization", "display": "Trung tâm dữ liệu quốc gia về dân cư (C06)" },
        "validationStatus": element::concept(system::VALIDATION_STATUS, code, display),
        "validationDate": at,
    })
}

/// One extension for each axis.
fn axes(verdict: &Verdict) -> impl Iterator<Item = Value> {
    verdict.axes().into_iter().map(|(name, axis)| {
        json!({
            "url": system::VERDICT_AXIS,
            "extension": [
                element::extension("axis", &json!(name)),
                element::extension("result", &json!(axis.result)),
                element::extension("code", &json!(axis.code.as_str())),
            ],
        })
    })
}

/// What the insurance register said: of the card where there is one, else of the person.
pub(super) fn insurance(visit: &Visit, links: &Links, export: &Export<'_>) -> Value {
    let (state, result, at) = match &visit.insurance_check {
        Some(check) => (check.insurance.status, check.insurance.result_code.as_ref(), check.at),
        None => (visit.recorded.insurance, visit.insurance_result.as_ref(), visit.recorded.at),
    };
    let (status, code, display) = match state {
        InsuranceStatus::Valid | InsuranceStatus::Renewed => ("validated", "successful", "Successful"),
        InsuranceStatus::NotValid => ("val-fail", "failed", "Failed"),
        InsuranceStatus::NeedsStaff | InsuranceStatus::Unverified => ("in-process", "unknown", "Unknown"),
    };
    let result = result.map(|result| element::concept(system::INSURANCE_RESULT, result, ""));
    let target = links.coverage.map_or_else(
        || element::reference("Patient", links.patient),
        |coverage| element::reference("Coverage", coverage),
    );
    json!({
        "resourceType": "VerificationResult",
        "target": [target],
        "status": status,
        "statusDate": at,
        "validationType": element::concept(system::VALIDATION_TYPE, "primary", "Primary Source"),
        "validationProcess": [element::concept(system::INSURANCE_STATE, insurance_code(state), ""), result],
        "primarySource": [{
            "who": { "type": "Organization", "display": "Bảo hiểm xã hội Việt Nam" },
            "validationStatus": element::concept(system::VALIDATION_STATUS, code, display),
            "validationDate": at,
        }],
        "validator": [{ "organization": element::facility(&visit.station, export.station) }],
    })
}
