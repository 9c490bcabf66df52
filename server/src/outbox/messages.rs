//! What messages carry, and how each is made.

use flows::{
    Person,
    engine::{Insurance, InsuranceStatus, Population},
};
use identity::SecretBytes;
use jiff::{Timestamp, civil::Time, tz::Offset};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use super::Policy;
use crate::{
    national::insurance::{CareKind, CheckInDocument, Item, PatientGroup, Ward},
    store::{MessageKind, NewMessage, Patient, StoreError, Visit},
};

/// The first cost of a visit, as the station's software reported it: what the record does not know.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cost {
    /// The software's own code of the patient, where it has one.
    pub patient: Option<String>,
    /// The kind of care.
    pub care: CareKind,
    /// On what ground the patient is seen.
    pub group: PatientGroup,
    /// The service that costs.
    pub service: Option<Item>,
    /// The drug.
    pub drug: Option<Item>,
    /// The supply.
    pub supply: Option<Item>,
    /// When it was ordered.
    pub ordered: Timestamp,
    /// The time of birth of a newborn.
    pub birth_time: Option<Time>,
    /// The ward, for the first cost there.
    pub ward: Option<Ward>,
}

impl std::fmt::Debug for Cost {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Cost(masked)")
    }
}

impl Cost {
    /// The CHECK-IN document of this visit, by what is known now: a card that a later look-up found counts. None where
    /// the patient was erased.
    pub fn document(&self, visit: &Visit) -> Option<CheckInDocument> {
        let Patient { full_name, number, birth, sex, .. } = visit.patient.as_ref()?;
        let local = |at| Offset::constant(7).to_datetime(at);
        Some(CheckInDocument {
            visit: visit.recorded.visit.to_string(),
            patient: self.patient.clone().unwrap_or_else(|| visit.recorded.subject.to_string()),
            full_name: full_name.clone(),
            identity_number: number.as_ref().map(|number| number.as_str().to_owned()),
            birth: *birth,
            birth_time: self.birth_time,
            sex: *sex,
            cards: visit.card_now().cloned().into_iter().collect(),
            group: self.group,
            arrived: local(visit.recorded.at),
            ward: self.ward.clone(),
            care: self.care,
            facility: visit.station.clone(),
            service: self.service.clone(),
            drug: self.drug.clone(),
            supply: self.supply.clone(),
            ordered: local(self.ordered),
        })
    }

    /// The message that carries it.
    ///
    /// # Errors
    /// Where it has no JSON form, which it always has.
    pub fn message(&self, at: Timestamp) -> Result<NewMessage, StoreError> {
        // In a ward the first cost counts anew.
        let part = if self.ward.is_some() { "ward" } else { "" }.to_owned();
        Ok(NewMessage { kind: MessageKind::CheckIn, part, payload: write(self)?, not_before: at })
    }
}

/// What a person has to tell a system: something that was sent is wrong, and it has no call to mend it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Correction {
    /// The system, as staff know it.
    pub system: String,
    /// What to say: what was sent, with its receipt's number, and what is right.
    pub say: String,
}

impl std::fmt::Debug for Correction {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Correction(masked)")
    }
}

impl Correction {
    /// The message that carries it. `part` tells several corrections of one visit apart: the id of the corrected record.
    ///
    /// # Errors
    /// Where it has no JSON form, which it always has.
    pub fn message(&self, part: String, at: Timestamp) -> Result<NewMessage, StoreError> {
        Ok(NewMessage { kind: MessageKind::Correction, part, payload: write(self)?, not_before: at })
    }

    /// Reads what [`crate::store::UndeliveredMessage::to_say`] holds.
    pub fn read(payload: &SecretBytes) -> Option<Self> {
        read(payload)
    }
}

/// What goes out with the record of a visit: each question that had no answer is asked again later.
///
/// # Errors
/// Where the person has no JSON form, which they always have.
pub fn asked_again(
    person: &Person,
    insurance: &Insurance,
    population: Option<Population>,
    at: Timestamp,
) -> Result<Vec<NewMessage>, StoreError> {
    let unanswered = [
        // Without a number neither can be asked, now or later.
        (
            MessageKind::InsuranceLookUp,
            insurance.status == InsuranceStatus::Unverified && person.is_insurable(),
        ),
        (
            MessageKind::PopulationCheck,
            population == Some(Population::Unavailable) && person.number.is_some(),
        ),
    ];
    unanswered
        .into_iter()
        .filter(|(_, unanswered)| *unanswered)
        .map(|(kind, _)| {
            let first = Policy::of(kind).retry.map(|retry| retry.first).unwrap_or_default();
            let not_before = at.saturating_add(first).unwrap_or(at);
            Ok(NewMessage { kind, part: String::new(), payload: write(person)?, not_before })
        })
        .collect()
}

/// The same for a patient whom staff admitted: only where enough is known to ask.
///
/// # Errors
/// As [`asked_again`].
pub fn asked_for_patient(
    patient: &Patient,
    insurance: &Insurance,
    at: Timestamp,
) -> Result<Vec<NewMessage>, StoreError> {
    let Some(birth) = patient.birth else { return Ok(Vec::new()) };
    let person = Person {
        number: patient.number.clone(),
        insurance_number: patient.insurance_number.clone(),
        full_name: patient.full_name.clone(),
        birth,
        sex: patient.sex,
    };
    asked_again(&person, insurance, None, at)
}

fn write<T: Serialize>(value: &T) -> Result<SecretBytes, StoreError> {
    let bytes = serde_json::to_vec(value);
    bytes.map(SecretBytes::new).map_err(|_| StoreError::Malformed { what: "a message to be written" })
}

/// Reads a payload.
pub(super) fn read<T: DeserializeOwned>(payload: &SecretBytes) -> Option<T> {
    serde_json::from_slice(payload.as_slice()).ok()
}
