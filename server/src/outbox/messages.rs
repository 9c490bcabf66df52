//! What messages carry, and how each is made.

use flows::{
    InsuranceCard, Person,
    engine::{Insurance, InsuranceStatus, Population},
};
use identity::SecretBytes;
use jiff::{
    Timestamp,
    civil::{DateTime, Time},
    tz::Offset,
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use super::Policy;
use crate::{
    national::insurance::{Action, CareKind, CheckInDocument, Item, PatientGroup, ResultCode, Ward},
    store::{MessageKind, NewMessage, Patient, Reception, StoreError, Visit},
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
    /// The CHECK-IN document of this visit, by what is known now: a card that a later look-up found counts, and the time of
    /// birth that staff wrote down when they received a newborn. None where the patient was erased.
    pub fn document(&self, visit: &Visit, reception: Option<&Reception>) -> Option<CheckInDocument> {
        let circumstances = reception.and_then(|reception| reception.circumstances.as_ref());
        let born_at = circumstances.and_then(|circumstances| circumstances.born_at);
        let Patient { full_name, number, birth, sex, .. } = visit.patient.as_ref()?;
        let local = |at| Offset::constant(7).to_datetime(at);
        Some(CheckInDocument {
            visit: visit.recorded.visit.to_string(),
            patient: self.patient.clone().unwrap_or_else(|| visit.recorded.subject.to_string()),
            full_name: full_name.clone(),
            identity_number: number.as_ref().map(|number| number.as_str().to_owned()),
            birth: *birth,
            birth_time: self.birth_time.or_else(|| born_at.map(DateTime::time)),
            sex: *sex,
            cards: card_that_holds(visit).cloned().into_iter().collect(),
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

/// The insurance card of a visit, where it holds: one that the register does not know, that has run out or was withdrawn
/// is not passed on as if it did. Cards of Defence and Police are looked at by staff, who tell where one does not hold.
fn card_that_holds(visit: &Visit) -> Option<&InsuranceCard> {
    let looked_at = || {
        let code = visit.insurance_result_now().and_then(ResultCode::parse);
        code.is_some_and(|code| code.action() == Action::StaffLookAtCard)
    };
    let holds = match visit.insurance_now() {
        InsuranceStatus::Valid | InsuranceStatus::Renewed => true,
        InsuranceStatus::NeedsStaff => looked_at(),
        InsuranceStatus::NotValid | InsuranceStatus::Unverified => false,
    };
    visit.card_now().filter(|_| holds)
}

/// Whether the insurance register is asked later: where it gave no answer, and where its answer may be another one
/// a little later (050, 121 to 123).
fn wants_asking(insurance: &Insurance) -> bool {
    let code = insurance.result_code.as_deref().and_then(ResultCode::parse);
    insurance.status == InsuranceStatus::Unverified || code.is_some_and(|code| code.action().asks_again())
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
        (MessageKind::InsuranceLookUp, wants_asking(insurance) && person.is_insurable()),
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
    let Some(person) = patient.person() else { return Ok(Vec::new()) };
    asked_again(&person, insurance, None, at)
}

/// The look-up that goes out at once for a patient whose insurance was corrected. None where too little is known to ask.
///
/// # Errors
/// As [`asked_again`].
pub fn asked_now(patient: &Patient, at: Timestamp) -> Result<Option<NewMessage>, StoreError> {
    let Some(person) = patient.person().filter(Person::is_insurable) else { return Ok(None) };
    let (kind, payload) = (MessageKind::InsuranceLookUp, write(&person)?);
    Ok(Some(NewMessage { kind, part: String::new(), payload, not_before: at }))
}

/// The question to the population database that goes out at once for a patient whose data were corrected. None where too
/// little is known to ask.
///
/// # Errors
/// As [`asked_again`].
pub fn population_asked_now(patient: &Patient, at: Timestamp) -> Result<Option<NewMessage>, StoreError> {
    let Some(person) = patient.person().filter(|person| person.number.is_some()) else { return Ok(None) };
    let (kind, payload) = (MessageKind::PopulationCheck, write(&person)?);
    Ok(Some(NewMessage { kind, part: String::new(), payload, not_before: at }))
}

fn write<T: Serialize>(value: &T) -> Result<SecretBytes, StoreError> {
    let bytes = serde_json::to_vec(value);
    bytes.map(SecretBytes::new).map_err(|_| StoreError::Malformed { what: "a message to be written" })
}

/// Reads a payload.
pub(super) fn read<T: DeserializeOwned>(payload: &SecretBytes) -> Option<T> {
    serde_json::from_slice(payload.as_slice()).ok()
}
