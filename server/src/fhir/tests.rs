use flows::{
    CardStanding, InsuranceCard, Text,
    engine::{Insurance, InsuranceStatus},
    health::{Reason, Room, priority::PriorityGround},
    law::LegalBasis,
    person::{Birth, Relation, Representative, Sex},
    policy::Strength,
};
use identity::{
    insurance::{InsuranceCardNumber, InsuranceNumber, SocialInsuranceNumber},
    number::PersonalNumber,
    proof::verdict::{Access, ChallengeOrigin},
};
use jiff::civil::date;

use super::*;
use crate::store::{
    Method, Queue,
    calls::Decision,
    conformance::{at, proved},
    visits::{InsuranceCheck, Patient, Recorded},
};

fn station() -> Station {
    let text = |vi: &str, en: &str| Text { vi: vi.into(), en: en.into() };
    Station {
        code: "01999".into(),
        name: text("Trạm y tế xã Mẫu", "Mau commune health station"),
        desk: text("Quầy tiếp đón", "Reception"),
        emergency_room: "p1".into(),
        rooms: vec![Room { id: "p1".into(), name: text("Phòng 1", "Room 1") }],
        reasons: vec![Reason {
            id: "illness".into(),
            label: text("Khám bệnh", "Illness"),
            rooms: vec!["p1".into()],
        }],
        queue: flows::health::queue::Interleave::default(),
    }
}

fn export(visit: &Visit) -> Value {
    bundle(visit, &Export { station: &station(), simulated: true, at: at(60) })
}

/// Checked in with the chip of her card.
fn by_chip() -> Visit {
    Visit {
        recorded: Recorded {
            visit: Uuid::from_u128(1),
            subject: Uuid::from_u128(2),
            number: 3,
            queue: Queue::Priority,
            room: "p1".into(),
            at: at(0),
            method: Method::Chip,
            strength: Strength::FullChipProof,
            insurance: InsuranceStatus::Renewed,
            code: None,
            already: false,
        },
        station: "01999".into(),
        session: Some(Uuid::from_u128(4)),
        verdict: Some(proved()),
        access: Some(Access::PaceCan),
        challenge: Some(ChallengeOrigin::Server),
        signer_sha256: Some([0xAB; 32]),
        card: Some(CardStanding::Valid),
        insurance_result: Some("003".into()),
        patient: Some(Patient {
            full_name: "Nguyễn Thị Hoà".into(),
            number: Some(PersonalNumber::parse("001148012345").unwrap()),
            insurance_number: None,
            birth: Some(Birth { year: 1948, month: Some(3), day: Some(2) }),
            sex: Sex::Female,
            reason: "illness".into(),
            priority: None,
            representative: None,
            code_warnings: Vec::new(),
        }),
        insurance_check: None,
        population_check: None,
        insurance_card: Some(InsuranceCard {
            number: "HT2010148012345".into(),
            valid_from: Some(date(2026, 1, 1)),
            valid_to: None,
            place_code: Some("01999".into()),
            place_name: Some("Trạm y tế xã Mẫu".into()),
        }),
        decision: None,
        legal_basis: LegalBasis::Law,
        evidence_basis: Some(LegalBasis::Consent),
        restricted: false,
    }
}

/// Admitted on a member of staff's word, born in a year, the register down.
fn by_hand() -> Visit {
    let mut visit = by_chip();
    visit.recorded.method = Method::ByHand;
    visit.recorded.strength = Strength::NoDocument;
    visit.recorded.queue = Queue::Normal;
    visit.recorded.insurance = InsuranceStatus::Unverified;
    visit.verdict = None;
    visit.access = None;
    visit.challenge = None;
    visit.signer_sha256 = None;
    visit.card = None;
    visit.session = None;
    visit.insurance_result = None;
    visit.insurance_card = None;
    visit.patient = Some(Patient {
        full_name: "\u{202E}Lê Thị\n<Bình>\u{0} & \"Em\"".into(),
        number: None,
        insurance_number: None,
        birth: Some(Birth { year: 1948, month: None, day: None }),
        sex: Sex::Unknown,
        reason: "illness".into(),
        priority: None,
        representative: None,
        code_warnings: Vec::new(),
    });
    visit.decision =
        Some(Decision { staff: "Lê Thị Cán".into(), id: None, reason: "Quên thẻ ở nhà".into() });
    visit
}

/// A small child whom her mother brings, with the card of which the register knows nothing yet.
fn brought() -> Visit {
    let mut visit = by_hand();
    visit.recorded.queue = Queue::Priority;
    visit.patient = Some(Patient {
        full_name: "Lò Thị Chỉ Nọ".into(),
        number: None,
        insurance_number: Some(InsuranceNumber::Card(InsuranceCardNumber::parse("TE1010123456789").unwrap())),
        birth: Some(Birth { year: 2022, month: Some(3), day: Some(2) }),
        sex: Sex::Female,
        reason: "illness".into(),
        priority: Some(PriorityGround::Age),
        representative: Some(Representative {
            relation: Relation::Parent,
            full_name: Some("Lò Thị \u{202E}Mẹ".into()),
        }),
        code_warnings: Vec::new(),
    });
    visit
}

/// A pregnant woman; and an emergency.
fn with_ground(ground: PriorityGround) -> Visit {
    let mut visit = by_chip();
    visit.recorded.queue = Queue::of(Some(ground));
    if let Some(patient) = visit.patient.as_mut() {
        patient.priority = Some(ground);
    }
    visit
}

fn erased() -> Visit {
    let mut visit = by_chip();
    visit.patient = None;
    visit.insurance_card = None;
    visit
}

/// `tests/python/validate_fhir.py` validates these same files by an independent implementation of FHIR R5.
#[test]
fn bundles_are_those_agreed() {
    insta::assert_json_snapshot!("by_chip", export(&by_chip()));
    insta::assert_json_snapshot!("by_hand", export(&by_hand()));
    insta::assert_json_snapshot!("erased", export(&erased()));
    insta::assert_json_snapshot!("brought", export(&brought()));
}

fn resource(bundle: &Value, kind: &str) -> Value {
    let entries = bundle["entry"].as_array().unwrap().iter();
    entries.map(|entry| &entry["resource"]).find(|r| r["resourceType"] == kind).cloned().unwrap_or_default()
}

#[test]
fn a_priority_says_its_ground_and_where_that_is_known_from() {
    for (ground, source, urgent) in [
        (PriorityGround::Age, "birth-date", false),
        (PriorityGround::Pregnant, "declared", false),
        (PriorityGround::Emergency, "staff", true),
    ] {
        let priority = resource(&export(&with_ground(ground)), "Encounter")["priority"].clone();
        assert_eq!(priority["extension"][0]["valueCode"], source);
        assert_eq!(priority["text"], ground.name());
        assert!(
            priority["coding"].as_array().unwrap().iter().any(|coding| coding["code"] == ground.as_str())
        );
        assert_eq!(priority.to_string().contains("\"EM\""), urgent, "{priority}");
    }
    let none = resource(&export(&by_hand()), "Encounter")["priority"].clone();
    assert_eq!(none, json!({ "coding": [element::coding(system::QUEUE, "normal", "Thường")] }));
}

#[test]
fn who_came_with_the_patient_takes_part_in_the_visit() {
    let bundle = export(&brought());
    let person = resource(&bundle, "RelatedPerson");
    assert_eq!(person["name"][0]["text"], "Lò Thị Mẹ");
    assert_eq!(person["relationship"][0]["coding"][0]["code"], "PRN");
    let actor = &resource(&bundle, "Encounter")["participant"][0]["actor"]["reference"];
    assert_eq!(*actor, format!("urn:uuid:{}", person["id"].as_str().unwrap()));
    assert_eq!(resource(&export(&by_chip()), "RelatedPerson"), Value::Null);
}

#[test]
fn a_number_that_was_only_shown_is_the_subscriber_s_and_proves_nothing() {
    let coverage = resource(&export(&brought()), "Coverage");
    assert_eq!((&coverage["status"], &coverage["identifier"]), (&json!("draft"), &Value::Null));
    assert_eq!(coverage["subscriberId"][0]["value"], "TE1010123456789");
    // The register's answer stands beside it.
    let mut answered = by_chip();
    let number = SocialInsuranceNumber::parse("0148012345").unwrap();
    answered.patient.as_mut().unwrap().insurance_number = Some(InsuranceNumber::SocialInsurance(number));
    let coverage = resource(&export(&answered), "Coverage");
    assert_eq!(coverage["identifier"][0]["value"], "HT2010148012345");
    assert_eq!(coverage["subscriberId"][0]["system"], system::SOCIAL_INSURANCE);
}

#[test]
fn nothing_of_an_erased_person_is_left() {
    let text = export(&erased()).to_string();
    for word in ["Hoà", "001148012345", "HT2010148012345", "1948", "illness", "Coverage"] {
        assert!(!text.contains(word), "{word}");
    }
}

#[test]
fn a_later_answer_of_the_register_counts() {
    let mut visit = by_hand();
    let card = InsuranceCard {
        number: "GD4010148012345".into(),
        valid_from: None,
        valid_to: None,
        place_code: None,
        place_name: None,
    };
    let insurance =
        Insurance { status: InsuranceStatus::Valid, result_code: Some("000".into()), card: Some(card) };
    visit.insurance_check = Some(InsuranceCheck { insurance, at: at(600) });
    let bundle = export(&visit);
    assert_eq!(bundle["entry"][1]["resource"]["status"], "active");
    assert_eq!(bundle["entry"][4]["resource"]["status"], "validated");
    assert_eq!(bundle["entry"][4]["resource"]["statusDate"], at(600).to_string());
}

#[test]
fn an_export_repeats_itself_and_only_simulated_data_say_so() {
    let visit = by_chip();
    assert_eq!(export(&visit), export(&visit));
    let tags = |bundle: &Value| bundle.to_string().matches("HTEST").count();
    assert_eq!(tags(&export(&visit)), 7, "the bundle and each of its resources");
    let real = bundle(&visit, &Export { station: &station(), simulated: false, at: at(60) });
    assert_eq!(tags(&real), 0);
}

/// No reference in the bundle leads nowhere.
#[test]
fn every_reference_has_its_resource() {
    fn references(value: &Value, found: &mut Vec<String>) {
        match value {
            Value::Object(members) => {
                found.extend(members.get("reference").and_then(Value::as_str).map(str::to_owned));
                members.values().for_each(|value| references(value, found));
            }
            Value::Array(items) => items.iter().for_each(|value| references(value, found)),
            _ => {}
        }
    }
    for visit in [by_chip(), by_hand(), erased(), brought()] {
        let bundle = export(&visit);
        let entries = bundle["entry"].as_array().unwrap();
        let mut found = Vec::new();
        references(&bundle, &mut found);
        assert!(found.len() > 8);
        for reference in found {
            assert!(entries.iter().any(|entry| entry["fullUrl"] == *reference), "{reference}");
        }
    }
}
