//! Coverage: the insurance card that counts now.

use flows::engine::InsuranceStatus;
use identity::insurance::InsuranceNumber;
use serde_json::{Value, json};

use super::{Links, element, system};
use crate::store::{Visit, visits::insurance_code};

/// The number that the person showed or typed: nobody has confirmed that it is theirs.
fn shown(visit: &Visit) -> Option<&InsuranceNumber> {
    visit.patient.as_ref()?.insurance_number.as_ref()
}

/// Whether there is anything to say: a card that the register answered with, or a number that was shown.
pub(super) fn is_known(visit: &Visit) -> bool {
    visit.card_now().is_some() || shown(visit).is_some()
}

/// The Coverage, where there is one. The register's card is the identifier; the number that was shown, which may be
/// that of an older card, the subscriber's.
pub(super) fn coverage(visit: &Visit, links: &Links) -> Option<Value> {
    let (card, shown) = (visit.card_now(), shown(visit));
    if card.is_none() && shown.is_none() {
        return None;
    }
    let state = visit.insurance_now();
    let place = card.and_then(|card| card.place_code.as_ref().map(|code| (code, &card.place_name)));
    let first_registration = place.map(|(code, name)| {
        json!({
            "type": element::concept(
                system::COVERAGE_CLASS,
                "first-registration",
                "Nơi đăng ký khám chữa bệnh ban đầu",
            ),
            "value": element::identifier(system::FACILITY, code),
            "name": name,
        })
    });
    let status = match (card, state) {
        (None, _) | (_, InsuranceStatus::NeedsStaff | InsuranceStatus::Unverified) => "draft",
        (_, InsuranceStatus::Valid | InsuranceStatus::Renewed) => "active",
        (_, InsuranceStatus::NotValid) => "cancelled",
    };
    let subscriber = shown.map(|number| match number {
        InsuranceNumber::Card(number) => element::identifier(system::INSURANCE_CARD, number.as_str()),
        InsuranceNumber::SocialInsurance(number) => {
            element::identifier(system::SOCIAL_INSURANCE, number.as_str())
        }
    });
    Some(json!({
        "resourceType": "Coverage",
        "extension": [{ "url": system::INSURANCE_STATE, "valueCode": insurance_code(state) }],
        "identifier": [card.map(|card| element::identifier(system::INSURANCE_CARD, &card.number))],
        "status": status,
        "kind": "insurance",
        "type": element::concept(system::V3_ACT_CODE, "PUBLICPOL", "public healthcare"),
        "subscriberId": [subscriber],
        "beneficiary": element::reference("Patient", links.patient),
        "period": { "start": card.map(|card| card.valid_from), "end": card.map(|card| card.valid_to) },
        "insurer": { "type": "Organization", "display": "Bảo hiểm xã hội Việt Nam" },
        "class": [first_registration],
    }))
}
