//! From the files of a card to a verdict: passive authentication (ICAO 9303-11 5.1) and what follows from it.

mod chip;
mod data_groups;
pub mod document;
mod issuer;
mod security_object;
mod validity;
pub mod verdict;

use std::collections::BTreeMap;

use jiff::{Timestamp, civil::Date, tz::Offset};
use sha2::{Digest as _, Sha256};

pub use self::document::Document;
use self::verdict::{Access, Axis, ChallengeOrigin, Verdict};
use crate::{
    SecretBytes,
    lds::{self, FileId, LdsError, security_info::SecurityInfos},
    reason::ReasonCode,
    trust::TrustStore,
};

/// What a reading side presents. Its `Debug` shows neither content nor the chip's answer.
#[derive(Clone, Copy)]
pub struct Presented<'a> {
    /// The files as read.
    pub files: &'a BTreeMap<FileId, SecretBytes>,
    /// How read access was gained: the reading side's claim.
    pub access: Access,
    /// The chip's answer to INTERNAL AUTHENTICATE, if it gave one.
    pub active_authentication: Option<&'a [u8]>,
    /// What the chip was asked to sign.
    pub challenge: Challenge,
}

/// The challenge (RND.IFD, ICAO 9303-11 6.1) that the chip's answer is to be checked against.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Challenge {
    /// Made by the server for this session, used once, still alive.
    Server([u8; 8]),
    /// Made by the server beforehand, for no session in particular.
    Prefetched([u8; 8]),
    /// Made by the reading side itself.
    Kiosk([u8; 8]),
    /// None.
    None,
    /// The server's, but dead: `challenge_expired` or `challenge_used`.
    Refused(ReasonCode),
}

impl Challenge {
    /// Who made it.
    pub const fn origin(self) -> ChallengeOrigin {
        match self {
            // It may belong to another session, or never have existed.
            Self::None | Self::Refused(ReasonCode::ChallengeUsed) => ChallengeOrigin::None,
            Self::Server(_) | Self::Refused(_) => ChallengeOrigin::Server,
            Self::Prefetched(_) => ChallengeOrigin::Prefetched,
            Self::Kiosk(_) => ChallengeOrigin::Kiosk,
        }
    }
}

/// What was proved, and what the document says. Its `Debug` shows no digest of the card.
#[derive(Clone)]
pub struct Proof {
    /// The axes.
    pub verdict: Verdict,
    /// How read access was gained: the claim, but BAC on a card whose signed DG14 offers PACE is a fall from PACE.
    pub access: Access,
    /// Who made the challenge.
    pub challenge: ChallengeOrigin,
    /// What the document says. Only where `security_object` and `data_groups` passed: the data are then unchanged since
    /// somebody signed them. Whether that was the issuer, the verdict says.
    pub document: Option<Document>,
    /// SHA-256 of EF.SOD.
    pub sod_sha256: Option<[u8; 32]>,
    /// The document signer's certificate (X.509, DER) in EF.SOD.
    pub signer: Option<Vec<u8>>,
    /// SHA-256 of the document signer's certificate.
    pub signer_sha256: Option<[u8; 32]>,
}

impl std::fmt::Debug for Presented<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Presented")
            .field("files", &self.files.keys().collect::<Vec<_>>())
            .field("access", &self.access)
            .field("answered", &self.active_authentication.is_some())
            .field("challenge", &self.challenge.origin())
            .finish()
    }
}

impl std::fmt::Debug for Proof {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Proof")
            .field("verdict", &self.verdict)
            .field("access", &self.access)
            .field("challenge", &self.challenge)
            .field("document", &self.document)
            .finish_non_exhaustive()
    }
}

/// The day in Vietnam (UTC+7, no summer time) at `at`.
pub fn day_in_vietnam(at: Timestamp) -> Date {
    Offset::constant(7).to_datetime(at).date()
}

/// Judges what was presented, with the issuers that `trust` holds, at `at`.
///
/// Reads nothing else and never fails: whatever is wrong with the files stands in the verdict.
pub fn verify(presented: &Presented<'_>, trust: &TrustStore, at: Timestamp) -> Proof {
    let passive_first = Axis::not_done(ReasonCode::PassiveAuthenticationNotPassed);
    let mut proof = Proof {
        verdict: Verdict {
            security_object: Axis::not_done(ReasonCode::SecurityObjectMissing),
            data_groups: passive_first,
            issuer: passive_first,
            revocation: Axis::not_done(ReasonCode::RevocationNotChecked),
            chip: passive_first,
            validity: passive_first,
            holder: passive_first,
        },
        access: presented.access,
        challenge: presented.challenge.origin(),
        document: None,
        sod_sha256: None,
        signer: None,
        signer_sha256: None,
    };
    let Some(file) = presented.files.get(&FileId::Sod) else { return proof };
    proof.sod_sha256 = Some(Sha256::digest(file.as_slice()).into());
    let sod = match lds::security_object::parse(file.as_slice()) {
        Ok(sod) => sod,
        Err(error) => {
            proof.verdict.security_object = match error {
                LdsError::Unsupported(_) => Axis::not_done(ReasonCode::AlgorithmUnsupported),
                _ => Axis::failed(ReasonCode::SecurityObjectMalformed),
            };
            return proof;
        }
    };
    let today = day_in_vietnam(at);
    let signed = security_object::verify(&sod, trust.verifier());
    proof.verdict.security_object = signed.axis;
    match &signed.signer {
        Some(signer) => {
            proof.signer = Some(signer.der().to_vec());
            proof.signer_sha256 = Some(signer.sha256());
            (proof.verdict.issuer, proof.verdict.revocation) = trust.judge(signer, at);
        }
        None if signed.malformed_certificate => {
            proof.verdict.issuer = Axis::failed(ReasonCode::IssuerCertificateMalformed);
        }
        None => {}
    }
    let contents = match data_groups::verify(presented.files, &sod, today) {
        Ok(contents) => contents,
        Err(axis) => {
            proof.verdict.data_groups = axis;
            return proof;
        }
    };
    proof.verdict.data_groups = Axis::passed(ReasonCode::HashesMatch);
    if proof.verdict.issuer.has_passed()
        && let Some(signer) = &signed.signer
        && let Err(axis) = issuer::may_sign(signer, &contents.mrz)
    {
        proof.verdict.issuer = axis;
    }
    if signed.axis.has_passed() {
        // Whoever hides EF.CardAccess makes a fall to BAC look as if there were nothing else; the signed DG14 tells.
        if proof.access == Access::Bac
            && contents.security_infos.as_ref().is_some_and(SecurityInfos::offers_pace)
        {
            proof.access = Access::BacAfterPaceFailed;
        }
        proof.document = Some(Document::new(&contents, today));
    }
    if proof.verdict.passive_authentication() {
        proof.verdict.chip = chip::verify(presented, &sod, &contents, trust.verifier());
        proof.verdict.validity = validity::verify(&contents, today);
        proof.verdict.holder = Axis::not_done(ReasonCode::HolderNotChecked);
    }
    proof
}

#[cfg(test)]
pub(crate) mod tests;
