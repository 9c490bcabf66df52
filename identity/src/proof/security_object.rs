//! The axis `security_object`: the SOD's signature under the certificate in it (RFC 5652 5.4, 5.6).

use subtle::ConstantTimeEq as _;

use super::verdict::Axis;
use crate::{
    lds::security_object::{SecurityObject, SignerIdentifier},
    reason::ReasonCode,
    trust::{
        certificate::Certificate,
        signature::{SignatureAlgorithm, SignatureVerifier, VerifyError},
    },
};

/// The axis, and who signed.
pub(super) struct Signed {
    pub(super) axis: Axis,
    /// The certificate that the SOD names as its signer's, whether or not the signature verifies under it.
    pub(super) signer: Option<Certificate>,
    /// Whether none was found, but one could not be read.
    pub(super) malformed_certificate: bool,
}

pub(super) fn verify(sod: &SecurityObject, verifier: &dyn SignatureVerifier) -> Signed {
    let mut malformed_certificate = false;
    let signer = sod.certificates().find_map(|der| {
        let parsed = Certificate::parse(der);
        malformed_certificate |= parsed.is_err();
        parsed.ok().filter(|certificate| names(&sod.signer.identifier, certificate))
    });
    let axis = match &signer {
        None => Axis::failed(ReasonCode::SignerCertificateMissing),
        Some(signer) => signature(sod, signer, verifier),
    };
    Signed { axis, malformed_certificate: malformed_certificate && signer.is_none(), signer }
}

fn names(identifier: &SignerIdentifier, certificate: &Certificate) -> bool {
    match identifier {
        SignerIdentifier::IssuerAndSerial(issuer, serial) => {
            certificate.issuer() == issuer && certificate.serial() == serial
        }
        SignerIdentifier::KeyIdentifier(identifier) => {
            certificate.subject_key_identifier() == Some(identifier)
        }
    }
}

fn signature(sod: &SecurityObject, signer: &Certificate, verifier: &dyn SignatureVerifier) -> Axis {
    let unsupported = Axis::not_done(ReasonCode::AlgorithmUnsupported);
    let Some(digest) = sod.signer.digest_algorithm else { return unsupported };
    // ICAO 9303-10 4.6.2.2 wants them. Without them a signature over other content of the signer's could be passed off
    // as one over these bytes.
    let attributes = match &sod.signer.signed_attributes {
        Some(attributes) if attributes.content_type_right => attributes,
        _ => return Axis::failed(ReasonCode::SignedAttributesInvalid),
    };
    let content = digest.digest(&sod.content);
    let same = attributes.message_digest.as_ref().is_some_and(|stated| bool::from(content.ct_eq(stated)));
    if !same {
        return Axis::failed(ReasonCode::SignedAttributesInvalid);
    }
    let Ok(algorithm) = SignatureAlgorithm::from_der(&sod.signer.signature_algorithm, Some(digest)) else {
        return unsupported;
    };
    let Ok(key) = signer.public_key() else { return unsupported };
    match verifier.verify(algorithm, key, &attributes.signed, &sod.signer.signature) {
        Ok(()) => Axis::passed(ReasonCode::SignatureVerified),
        Err(VerifyError::Invalid) => Axis::failed(ReasonCode::SignatureInvalid),
        Err(VerifyError::Unsupported) => unsupported,
    }
}
