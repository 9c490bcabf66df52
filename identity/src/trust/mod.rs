//! Issuers: which certificates a place trusts, and whether one of them certified a document's signer.
//!
//! The store takes bytes with a name for messages; the caller walks folders.

pub mod certificate;
pub mod curve;
mod demonstration;
pub mod name;
mod revocation;
#[cfg(feature = "ring")]
pub mod ring;
pub mod rustcrypto;
pub mod signature;

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::Serialize;
use sha2::{Digest as _, Sha256};

pub use self::demonstration::{DEMONSTRATION_FINGERPRINTS, DEMONSTRATION_MARK};
use self::{
    certificate::Certificate,
    revocation::RevocationList,
    signature::{SignatureVerifier, VerifyError, default_verifier},
};
use crate::{proof::verdict::Axis, reason::ReasonCode};

/// What a trust store is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Made-up issuers may be trusted.
    Demonstration,
    /// Made-up issuers are refused.
    Production,
}

/// Why a file was not taken into the trust store.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{name} is not trusted ({code}): {} {}", .code.meaning(), .code.action())]
pub struct TrustError {
    /// The name given with the bytes.
    pub name: String,
    /// SHA-256 of the bytes.
    pub sha256: [u8; 32],
    /// Why.
    pub code: ReasonCode,
}

/// What was taken into the trust store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Added {
    /// A CSCA certificate.
    Certificate,
    /// A revocation list. It counts once a certificate of its issuer that verifies it is there.
    RevocationList,
}

/// Counts of what is in a trust store, and what it refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// CSCA certificates, each once.
    pub certificates: usize,
    /// Countries that they are of.
    pub countries: usize,
    /// Those whose own signature verified; the others are link certificates.
    pub self_signed_verified: usize,
    /// What was refused, in the order it came.
    pub refused: Vec<Refused>,
}

/// A file that a trust store refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Refused {
    /// SHA-256 of the file, lower-case hex.
    pub sha256: String,
    /// Why.
    pub code: ReasonCode,
}

/// The issuers that a place trusts.
#[derive(Debug, Clone)]
pub struct TrustStore {
    mode: Mode,
    verifier: &'static dyn SignatureVerifier,
    authorities: Vec<Certificate>,
    self_signed: usize,
    lists: Vec<RevocationList>,
    unverified_lists: Vec<RevocationList>,
    refused: Vec<Refused>,
}

impl TrustStore {
    /// An empty store. With it every issuer is unknown.
    pub fn new(mode: Mode) -> Self {
        Self::with_verifier(mode, default_verifier())
    }

    /// An empty store that verifies with `verifier`.
    pub fn with_verifier(mode: Mode, verifier: &'static dyn SignatureVerifier) -> Self {
        Self {
            mode,
            verifier,
            authorities: Vec::new(),
            self_signed: 0,
            lists: Vec::new(),
            unverified_lists: Vec::new(),
            refused: Vec::new(),
        }
    }

    /// How signatures are verified.
    pub fn verifier(&self) -> &'static dyn SignatureVerifier {
        self.verifier
    }

    /// The CSCA certificates in it.
    pub fn certificates(&self) -> impl Iterator<Item = &Certificate> {
        self.authorities.iter()
    }

    /// Takes in a CSCA certificate or a revocation list, DER. A certificate that is there already is not doubled. One that
    /// is not its own issuer (a link certificate) must verify under one that was added before; [`TrustStore::add_all`] finds the order.
    ///
    /// # Errors
    /// `demonstration_issuer_refused` in production mode; `issuer_certificate_malformed` where it is neither, or may not
    /// certify; `issuer_signature_invalid` where its signature does not verify; `issuer_unknown` for a link certificate
    /// whose issuer is not there; `algorithm_unsupported`.
    pub fn add(&mut self, name: &str, bytes: &[u8]) -> Result<Added, TrustError> {
        self.try_add(bytes).map_err(|code| {
            let sha256: [u8; 32] = Sha256::digest(bytes).into();
            self.refused.push(Refused { sha256: hex::encode(sha256), code });
            TrustError { name: name.to_owned(), sha256, code }
        })
    }

    /// Takes in files, each a name and its bytes, in whatever order they come: a link certificate is tried again once its
    /// issuer is there. Gives what was refused.
    pub fn add_all(&mut self, files: impl IntoIterator<Item = (String, Vec<u8>)>) -> Vec<TrustError> {
        let mut left: Vec<_> = files.into_iter().collect();
        loop {
            let waiting = left.len();
            let refused_before = self.refused.len();
            let mut refusals = Vec::new();
            left.retain(|(name, bytes)| match self.add(name, bytes) {
                Ok(_) => false,
                Err(error) => {
                    refusals.push(error);
                    true
                }
            });
            if left.len() == waiting || left.is_empty() {
                return refusals;
            }
            // They are tried again, and counted then.
            self.refused.truncate(refused_before);
        }
    }

    fn try_add(&mut self, bytes: &[u8]) -> Result<Added, ReasonCode> {
        let Ok(certificate) = Certificate::parse(bytes) else {
            let list = RevocationList::parse(bytes).map_err(|_| ReasonCode::IssuerCertificateMalformed)?;
            self.unverified_lists.push(list);
            self.verify_lists()?;
            return Ok(Added::RevocationList);
        };
        if self.mode == Mode::Production && certificate.is_demonstration() {
            return Err(ReasonCode::DemonstrationIssuerRefused);
        }
        if !certificate.may_certify() {
            return Err(ReasonCode::IssuerCertificateMalformed);
        }
        // A link certificate may carry the same name on both sides; its authority key identifier tells.
        let itself = Some(&certificate).filter(|certificate| certificate.is_self_issued());
        let others = self.authorities.iter().filter(|authority| authority.subject() == certificate.issuer());
        match first_that_verifies(itself.into_iter().chain(others), |issuer| {
            certificate.signed.verify(issuer, self.verifier)
        }) {
            Some(Ok(_)) => {}
            Some(Err(VerifyError::Invalid)) if certificate.names_another_key() => {
                return Err(ReasonCode::IssuerUnknown);
            }
            Some(Err(error)) => return Err(code(error)),
            None => return Err(ReasonCode::IssuerUnknown),
        }
        let self_signed = certificate.signed.verify(&certificate, self.verifier).is_ok();
        if !self.authorities.iter().any(|known| known.sha256() == certificate.sha256()) {
            self.self_signed += usize::from(self_signed);
            self.authorities.push(certificate);
        }
        // A list whose own signature is wrong was refused when its issuer was there first; now it is only not used.
        let _ = self.verify_lists();
        Ok(Added::Certificate)
    }

    /// Moves the lists that now verify to those that count, and drops those that verify under no certificate of their
    /// issuer.
    fn verify_lists(&mut self) -> Result<(), ReasonCode> {
        let mut result = Ok(());
        for list in std::mem::take(&mut self.unverified_lists) {
            let issuers = self.authorities.iter().filter(|authority| *authority.subject() == list.issuer);
            match first_that_verifies(issuers, |issuer| list.signed.verify(issuer, self.verifier)) {
                Some(Ok(_)) => self.lists.push(list),
                Some(Err(error)) => result = Err(code(error)),
                None => self.unverified_lists.push(list),
            }
        }
        result
    }

    /// Counts, and what was refused.
    pub fn summary(&self) -> Summary {
        let countries: BTreeSet<_> =
            self.authorities.iter().filter_map(|authority| authority.subject().country()).collect();
        Summary {
            certificates: self.authorities.len(),
            countries: countries.len(),
            self_signed_verified: self.self_signed,
            refused: self.refused.clone(),
        }
    }

    /// The axes `issuer` and `revocation` of documents that `signer` signed, at `at`.
    pub fn judge(&self, signer: &Certificate, at: Timestamp) -> (Axis, Axis) {
        let not_checked = Axis::not_done(ReasonCode::RevocationNotChecked);
        match self.issuer_of(signer, at) {
            Ok(authority) => {
                (Axis::passed(ReasonCode::IssuerTrusted), self.revocation(signer, authority, at))
            }
            Err(axis) => (axis, not_checked),
        }
    }

    fn issuer_of(&self, signer: &Certificate, at: Timestamp) -> Result<&Certificate, Axis> {
        if self.mode == Mode::Production && signer.is_demonstration() {
            return Err(Axis::failed(ReasonCode::DemonstrationIssuerRefused));
        }
        let named = |authority: &&Certificate| {
            authority.subject() == signer.issuer()
                || (authority.subject().country() == signer.issuer().country()
                    && signer.authority_key_identifier().is_some()
                    && authority.subject_key_identifier() == signer.authority_key_identifier())
        };
        let candidates = || self.authorities.iter().filter(named);
        let verified = |authority: &Certificate| signer.signed.verify(authority, self.verifier);
        let authority = match first_that_verifies(candidates(), verified) {
            None => return Err(Axis::not_done(ReasonCode::IssuerUnknown)),
            Some(Err(VerifyError::Unsupported)) => {
                return Err(Axis::not_done(ReasonCode::AlgorithmUnsupported));
            }
            Some(Err(VerifyError::Invalid)) => return Err(Axis::failed(ReasonCode::IssuerSignatureInvalid)),
            Some(Ok(authority)) => authority,
        };
        if !signer.may_sign_documents() {
            return Err(Axis::failed(ReasonCode::IssuerCertificateMalformed));
        }
        if let Some(code) = signer.outside_dates(at) {
            return Err(Axis::failed(code));
        }
        // A CSCA key may have several certificates, with dates that follow one another.
        match authority.outside_dates(at) {
            None => Ok(authority),
            Some(code) => candidates()
                .find(|other| {
                    other.outside_dates(at).is_none()
                        && other.public_key().ok() == authority.public_key().ok()
                })
                .ok_or(Axis::failed(code)),
        }
    }

    fn revocation(&self, signer: &Certificate, authority: &Certificate, at: Timestamp) -> Axis {
        let lists = || {
            self.lists
                .iter()
                .filter(|list| list.issuer == *authority.subject() || list.issuer == *signer.issuer())
        };
        if lists().any(|list| list.names(signer)) {
            Axis::failed(ReasonCode::SignerRevoked)
        } else if lists().any(|list| list.is_current(at)) {
            Axis::passed(ReasonCode::NotRevoked)
        } else {
            Axis::not_done(ReasonCode::RevocationNotChecked)
        }
    }
}

/// The first of `issuers` under whose key something verifies; else why the likeliest did not. `None` without issuers.
fn first_that_verifies<'a>(
    issuers: impl Iterator<Item = &'a Certificate>,
    verify: impl Fn(&Certificate) -> Result<(), VerifyError>,
) -> Option<Result<&'a Certificate, VerifyError>> {
    let mut failure = None;
    for issuer in issuers {
        match verify(issuer) {
            Ok(()) => return Some(Ok(issuer)),
            // Several keys under one name: one that could not be tried leaves the question open.
            Err(error) if failure != Some(VerifyError::Unsupported) => failure = Some(error),
            Err(_) => {}
        }
    }
    failure.map(Err)
}

const fn code(error: VerifyError) -> ReasonCode {
    match error {
        VerifyError::Invalid => ReasonCode::IssuerSignatureInvalid,
        VerifyError::Unsupported => ReasonCode::AlgorithmUnsupported,
    }
}

#[cfg(test)]
mod tests;
