//! The axis `chip`: an original, not a copy.

use super::{Challenge, Presented, data_groups::Contents, verdict::Axis};
use crate::{
    chip::active_authentication,
    lds::{FileId, card_access, security_info::SecurityInfos, security_object::SecurityObject},
    reason::ReasonCode,
    trust::signature::{SignatureVerifier, VerifyError},
};

/// The axis, once passive authentication has passed.
pub(super) fn verify(
    presented: &Presented<'_>,
    sod: &SecurityObject,
    contents: &Contents,
    verifier: &dyn SignatureVerifier,
) -> Axis {
    let proof = proof(presented, sod, contents, verifier);
    if !proof.has_failed() && access_information_differs(presented, contents) {
        return Axis::failed(ReasonCode::AccessInformationMismatch);
    }
    // Leaving DG14 out must not switch that comparison off.
    if proof.has_passed() && sod.lists(FileId::DG14) && contents.security_infos.is_none() {
        return Axis::not_done(ReasonCode::DataGroupMissing);
    }
    proof
}

/// Active authentication (ICAO 9303-11 6.1). The SOD says whether the card has a key to prove itself with; a chip that has
/// one and gives no proof is taken for a copy.
fn proof(
    presented: &Presented<'_>,
    sod: &SecurityObject,
    contents: &Contents,
    verifier: &dyn SignatureVerifier,
) -> Axis {
    if !sod.lists(FileId::DG14) && !sod.lists(FileId::DG15) {
        return Axis::not_done(ReasonCode::ChipKeyAbsent);
    }
    let withheld = Axis::failed(ReasonCode::ProofWithheld);
    let (Some(answer), Some(key)) = (presented.active_authentication, &contents.active_authentication) else {
        return withheld;
    };
    let (nonce, from_server) = match presented.challenge {
        Challenge::Server(nonce) => (nonce, true),
        Challenge::Prefetched(nonce) | Challenge::Kiosk(nonce) => (nonce, false),
        // An answer to a challenge that is dead or nowhere is no proof.
        Challenge::None => return withheld,
        Challenge::Refused(code) => return Axis::failed(code),
    };
    let unsupported = Axis::not_done(ReasonCode::ChipProofUnsupported);
    let Some(key) = &key.key else { return unsupported };
    let hash = contents.security_infos.as_ref().and_then(SecurityInfos::active_authentication_hash);
    match active_authentication::verify(verifier, key, nonce, answer, hash) {
        Ok(()) if from_server => Axis::passed(ReasonCode::ChallengeAnswered),
        Ok(()) => Axis::not_done(ReasonCode::ChallengeNotFromServer),
        Err(VerifyError::Invalid) => Axis::failed(ReasonCode::ChipProofInvalid),
        Err(VerifyError::Unsupported) => unsupported,
    }
}

/// Whether EF.CardAccess, which anybody can write, says something else than the signed DG14.
fn access_information_differs(presented: &Presented<'_>, contents: &Contents) -> bool {
    let Some(signed) = &contents.security_infos else { return false };
    match presented.files.get(&FileId::CardAccess) {
        Some(file) => {
            card_access::parse(file.as_slice()).map_or(true, |infos| !infos.agrees_with_signed(signed))
        }
        // A chip that speaks PACE has one (ICAO 9303-11 4.2): it was hidden.
        None => signed.offers_pace(),
    }
}
