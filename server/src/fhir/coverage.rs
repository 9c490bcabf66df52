//! Coverage: the insurance card that counts now.

use flows::engine::InsuranceStatus;
use serde_json::{Value, json};

use super::{Links, element, system};
use crate::store::{Visit, visits::insurance_code};

/// The Coverage, where there is a card.
pub(super) fn coverage(visit: &Visit, links: &Links) -> Option<Value> {
    let card = visit.card_now()?;
    let state = visit.insurance_now();
    let first_registration = card.place_code.as_ref().map(|code| {
        json!({
            "type": element::concept(
                system::COVERAGE_CLASS,
                "first-registration",
                "Nơi đăng ký khám chữa bệnh ban đầu",
            ),
            "value": element::identifier(system::FACILITY, code),
            "name": card.place_name,
        })
    });
    Some(json!({
        "resourceType": "Coverage",
        "extension": [{ "url": system::INSURANCE_STATE, "valueCode": insurance_code(state) }],
        "identifier": [element::identifier(system::INSURANCE_CARD, &card.number)],
        "status": match state {
            InsuranceStatus::Valid | InsuranceStatus::Renewed => "active",
            InsuranceStatus::NotValid => "cancelled",
            InsuranceStatus::NeedsStaff | InsuranceStatus::Unverified => "draft",
        },
        "kind": "insurance",
        "type": element::concept(system::V3_ACT_CODE, "PUBLICPOL", "public healthcare"),
        "beneficiary": element::reference("Patient", links.patient),
        "period": { "start": card.valid_from, "end": card.valid_to },
        "insurer": { "type": "Organization", "display": "Bảo hiểm xã hội Việt Nam" },
        "class": [first_registration],
    }))
}
