//! The ward (model 8): who stays the night in a medical facility is declared, from an overnight stay and not from a
//! check-in.

use flows::{
    lodging::{
        DocumentKind, Draft, GuestDocument, LodgingPlace, NationalityCode, Path, Route, StayReason, local_day,
    },
    policy::Strength,
};
use jiff::Timestamp;

use crate::{
    national::insurance::CareKind,
    store::{
        Decision, Method, Stays, StoreError, Visit,
        stays::{NewStay, StayRecorded},
    },
};

/// Why a caretaker (người nhà) stays: the portal has no reason for it, so it is said in words.
pub const CARETAKER: &str = "Chăm người bệnh";

/// Kinds of care in which the patient stays (MA_LOAI_KCB 03, 06, 09). Of any other nothing is declared.
pub fn is_overnight(care: CareKind) -> bool {
    ["03", "06", "09"].contains(&care.as_str())
}

/// By which way a place declares.
pub const fn path(place: &LodgingPlace) -> Path {
    match place.route {
        Route::Portal => Path::Portal,
        Route::File => Path::File,
    }
}

/// What is known of a patient who stays from `arrival` on: nothing of their illness, and no bed yet.
pub fn patient(visit: &Visit, arrival: Timestamp) -> Draft {
    let mut draft = Draft::arriving(arrival);
    draft.reason = Some(StayReason::Treatment);
    let Some(patient) = &visit.patient else { return draft };
    draft.full_name = Some(patient.full_name.clone());
    draft.birth = patient.birth;
    draft.sex = patient.sex;
    // Which card it is only the card itself says; its number is the same.
    draft.document = patient
        .number
        .as_ref()
        .and_then(|number| GuestDocument::parse(DocumentKind::CitizenCard, number.as_str(), None).ok());
    draft.nationality =
        patient.number.as_ref().and_then(|_| NationalityCode::parse(NationalityCode::VIETNAM).ok());
    draft
}

/// A stay in the ward that staff, or the station's software, write down. How somebody proved who they are when they checked
/// in is bound to that visit (NĐ 69/2024/NĐ-CP Đ19): here it is the ward's word.
pub fn stay(
    place: &LodgingPlace,
    visit: Option<&Visit>,
    draft: Draft,
    by: Option<Decision>,
    at: Timestamp,
) -> NewStay {
    NewStay {
        place: place.id.clone(),
        path: path(place),
        party: None,
        visit: visit.map(|visit| visit.recorded.visit),
        ready: draft.declaration(place, local_day(at)).is_ok(),
        draft,
        method: Method::ByHand,
        strength: Strength::NoDocument,
        chip: None,
        submission: None,
        by,
        at,
    }
}

/// Writes down that a patient stays the night, as the station's software reported it. The bed is missing: the ward says
/// it.
///
/// # Errors
/// Where it could not be written.
pub async fn reported(
    store: &dyn Stays,
    place: &LodgingPlace,
    visit: &Visit,
    at: Timestamp,
) -> Result<StayRecorded, StoreError> {
    store.record_stay(stay(place, Some(visit), patient(visit, at), None, at)).await
}
