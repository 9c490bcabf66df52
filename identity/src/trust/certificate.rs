//! X.509 certificates (RFC 5280) of those who sign documents, as far as passive authentication needs them.

use const_oid::{
    ObjectIdentifier,
    db::rfc5280::{
        ID_CE_AUTHORITY_KEY_IDENTIFIER, ID_CE_BASIC_CONSTRAINTS, ID_CE_CERTIFICATE_POLICIES,
        ID_CE_CRL_DISTRIBUTION_POINTS, ID_CE_EXT_KEY_USAGE, ID_CE_ISSUER_ALT_NAME, ID_CE_KEY_USAGE,
        ID_CE_PRIVATE_KEY_USAGE_PERIOD, ID_CE_SUBJECT_ALT_NAME, ID_CE_SUBJECT_KEY_IDENTIFIER,
    },
};
use der::{Decode as _, Encode as _};
use jiff::Timestamp;
use sha2::{Digest as _, Sha256};
use x509_cert::{
    certificate::{CertificateInner, Raw, TbsCertificateInner},
    ext::{
        Extension,
        pkix::{AuthorityKeyIdentifier, BasicConstraints, ExtendedKeyUsage, KeyUsage, SubjectKeyIdentifier},
    },
    time::Time,
};

use super::{
    DEMONSTRATION_FINGERPRINTS, DEMONSTRATION_MARK,
    name::DistinguishedName,
    signature::{
        KeyError, PublicKey, SignatureAlgorithm, SignatureVerifier, UnsupportedAlgorithm, VerifyError,
    },
};
use crate::{
    reason::ReasonCode,
    tlv::{self, Reader, TlvError},
};

/// `id-icao-mrtd-security`: key purposes under it name other uses than signing documents (master lists, deviation lists,
/// visible seals).
const ICAO_SECURITY: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.23.136.1.1");
/// Extensions of ICAO 9303-12 table 5: document types, and a change of the issuer's name.
const DOCUMENT_TYPE_LIST: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.23.136.1.1.6.2");
const NAME_CHANGE: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.23.136.1.1.6.1");

/// The bytes are no X.509 certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an X.509 certificate in DER")]
pub struct NotACertificate;

impl From<TlvError> for NotACertificate {
    fn from(_: TlvError) -> Self {
        Self
    }
}

impl From<der::Error> for NotACertificate {
    fn from(_: der::Error) -> Self {
        Self
    }
}

/// A certificate as read: nothing about it is verified yet.
#[derive(Debug, Clone)]
pub struct Certificate {
    der: Vec<u8>,
    sha256: [u8; 32],
    subject: DistinguishedName,
    issuer: DistinguishedName,
    serial: Vec<u8>,
    not_before: i64,
    not_after: i64,
    public_key: Result<PublicKey, KeyError>,
    public_key_sha256: [u8; 32],
    subject_key_identifier: Option<Vec<u8>>,
    authority_key_identifier: Option<Vec<u8>>,
    usage: Usage,
    demonstration: bool,
    pub(super) signed: Signed,
}

/// What a certificate may be used for.
#[derive(Debug, Clone)]
struct Usage {
    authority: bool,
    stated: Option<KeyUsage>,
    other_icao_purpose: bool,
    unknown_critical: bool,
    /// The kinds of document, where it names them: the first letters of their zones, one or two.
    documents: Option<Vec<String>>,
}

/// Something signed in the form of X.509: a certificate or a revocation list.
#[derive(Debug, Clone)]
pub(super) struct Signed {
    pub(super) content: Vec<u8>,
    algorithm: Result<SignatureAlgorithm, UnsupportedAlgorithm>,
    signature: Vec<u8>,
}

impl Signed {
    /// Takes `SEQUENCE { content, algorithm, signature }` apart, keeping the bytes that were signed.
    pub(super) fn parse(der: &[u8]) -> Result<Self, TlvError> {
        let mut reader = Reader::new(tlv::only(0x30, der)?);
        let content = tlv::write(0x30, reader.expect_tag(0x30)?);
        let algorithm = SignatureAlgorithm::from_der(&tlv::write(0x30, reader.expect_tag(0x30)?), None);
        let signature = reader.expect_tag(0x03)?.get(1..).unwrap_or_default().to_vec();
        reader.finish()?;
        Ok(Self { content, algorithm, signature })
    }

    /// Verifies it under the key of `issuer`.
    pub(super) fn verify(
        &self,
        issuer: &Certificate,
        verifier: &dyn SignatureVerifier,
    ) -> Result<(), VerifyError> {
        let algorithm = self.algorithm.map_err(|_| VerifyError::Unsupported)?;
        let key = issuer.public_key.as_ref().map_err(|_| VerifyError::Unsupported)?;
        verifier.verify(algorithm, key, &self.content, &self.signature)
    }
}

impl Certificate {
    /// Reads a certificate in DER.
    ///
    /// # Errors
    /// Where it is none, an extension stands in it twice, or the algorithm inside is not the one outside
    /// (RFC 5280 4.1.1.2).
    pub fn parse(der: &[u8]) -> Result<Self, NotACertificate> {
        let signed = Signed::parse(der)?;
        let parsed = CertificateInner::<Raw>::from_der(der)?;
        let tbs = parsed.tbs_certificate();
        if tbs.signature() != parsed.signature_algorithm() {
            return Err(NotACertificate);
        }
        let key = tbs.subject_public_key_info();
        let key_identifier = |identifier: &[u8]| identifier.to_vec();
        Ok(Self {
            der: der.to_vec(),
            sha256: Sha256::digest(der).into(),
            subject: name(tbs.subject())?,
            issuer: name(tbs.issuer())?,
            serial: integer_content(tbs.serial_number())?,
            not_before: seconds(tbs.validity().not_before)?,
            not_after: seconds(tbs.validity().not_after)?,
            public_key: PublicKey::from_subject_public_key_info(&key.to_der()?),
            public_key_sha256: Sha256::digest(key.subject_public_key.raw_bytes()).into(),
            subject_key_identifier: extension::<SubjectKeyIdentifier>(tbs)?
                .map(|identifier| key_identifier(identifier.0.as_bytes())),
            authority_key_identifier: extension::<AuthorityKeyIdentifier>(tbs)?
                .and_then(|identifier| identifier.key_identifier)
                .map(|identifier| key_identifier(identifier.as_bytes())),
            usage: usage(tbs)?,
            demonstration: extensions(tbs).iter().any(|extension| extension.extn_id == DEMONSTRATION_MARK),
            signed,
        })
    }

    /// The DER.
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// SHA-256 of the DER, by which operators know a certificate.
    pub const fn sha256(&self) -> [u8; 32] {
        self.sha256
    }

    /// Whom it is of.
    pub const fn subject(&self) -> &DistinguishedName {
        &self.subject
    }

    /// Who issued it.
    pub const fn issuer(&self) -> &DistinguishedName {
        &self.issuer
    }

    /// The key, where this software verifies with such keys.
    ///
    /// # Errors
    /// Where it does not.
    pub fn public_key(&self) -> Result<&PublicKey, KeyError> {
        self.public_key.as_ref().map_err(|error| *error)
    }

    /// Content of the serial number's INTEGER.
    pub(crate) fn serial(&self) -> &[u8] {
        &self.serial
    }

    pub(crate) fn subject_key_identifier(&self) -> Option<&[u8]> {
        self.subject_key_identifier.as_deref()
    }

    pub(crate) fn authority_key_identifier(&self) -> Option<&[u8]> {
        self.authority_key_identifier.as_deref()
    }

    /// Whether it is one of the project's made-up issuers: by its mark, its fingerprint or its key.
    pub fn is_demonstration(&self) -> bool {
        self.demonstration
            || DEMONSTRATION_FINGERPRINTS
                .iter()
                .any(|known| *known == self.sha256 || *known == self.public_key_sha256)
    }

    /// Whether it says that it is its own issuer.
    pub fn is_self_issued(&self) -> bool {
        self.subject == self.issuer
    }

    /// Whether its authority key identifier is not that of its own key.
    pub(super) fn names_another_key(&self) -> bool {
        self.authority_key_identifier.is_some()
            && self.authority_key_identifier != self.subject_key_identifier
    }

    /// Whether it may certify document signers (ICAO 9303-12 table 5; RFC 5280 4.2.1.3, 4.2.1.9).
    pub fn may_certify(&self) -> bool {
        self.usage.authority
            && !self.usage.unknown_critical
            && self.usage.stated.is_none_or(|usage| usage.key_cert_sign())
    }

    /// Whether it may sign documents: no authority, and neither its key usage nor its purpose says otherwise.
    pub fn may_sign_documents(&self) -> bool {
        !self.usage.authority
            && !self.usage.unknown_critical
            && !self.usage.other_icao_purpose
            && self.usage.stated.is_none_or(|usage| usage.digital_signature())
    }

    /// Whether it may sign documents whose zone begins with `code`: where it lists kinds, only those. A kind of one letter
    /// is every kind that begins with it.
    pub(crate) fn may_sign_kind(&self, code: &str) -> bool {
        self.usage.documents.as_ref().is_none_or(|kinds| {
            kinds.iter().any(|kind| kind == code || (kind.len() == 1 && code.starts_with(kind.as_str())))
        })
    }

    /// `None` where its dates include `at`, else the reason.
    pub fn outside_dates(&self, at: Timestamp) -> Option<ReasonCode> {
        if at.as_second() < self.not_before {
            Some(ReasonCode::IssuerCertificateNotYetValid)
        } else if at.as_second() > self.not_after {
            Some(ReasonCode::IssuerCertificateExpired)
        } else {
            None
        }
    }
}

fn usage(tbs: &TbsCertificateInner<Raw>) -> Result<Usage, NotACertificate> {
    let known = [
        ID_CE_AUTHORITY_KEY_IDENTIFIER,
        ID_CE_SUBJECT_KEY_IDENTIFIER,
        ID_CE_BASIC_CONSTRAINTS,
        ID_CE_KEY_USAGE,
        ID_CE_EXT_KEY_USAGE,
        ID_CE_PRIVATE_KEY_USAGE_PERIOD,
        ID_CE_CERTIFICATE_POLICIES,
        ID_CE_CRL_DISTRIBUTION_POINTS,
        ID_CE_ISSUER_ALT_NAME,
        ID_CE_SUBJECT_ALT_NAME,
        DOCUMENT_TYPE_LIST,
        NAME_CHANGE,
        DEMONSTRATION_MARK,
    ];
    Ok(Usage {
        authority: extension::<BasicConstraints>(tbs)?.is_some_and(|constraints| constraints.ca),
        stated: extension::<KeyUsage>(tbs)?,
        other_icao_purpose: extension::<ExtendedKeyUsage>(tbs)?
            .is_some_and(|purposes| purposes.0.iter().any(|purpose| purpose.starts_with(ICAO_SECURITY))),
        unknown_critical: extensions(tbs)
            .iter()
            .any(|extension| extension.critical && !known.contains(&extension.extn_id)),
        documents: extensions(tbs)
            .iter()
            .find(|extension| extension.extn_id == DOCUMENT_TYPE_LIST)
            .map(|extension| document_types(extension.extn_value.as_bytes()))
            .transpose()?,
    })
}

/// DocumentTypeListSyntax: `SEQUENCE { version INTEGER, docTypeList SET OF PrintableString }`.
fn document_types(content: &[u8]) -> Result<Vec<String>, NotACertificate> {
    let mut reader = Reader::new(tlv::only(0x30, content)?);
    reader.expect_tag(0x02)?;
    let mut kinds = Reader::new(reader.expect_tag(0x31)?);
    reader.finish()?;
    let mut list = Vec::new();
    while !kinds.is_empty() {
        let kind = String::from_utf8(kinds.expect_tag(0x13)?.to_vec()).map_err(|_| NotACertificate)?;
        list.push(kind.trim_end_matches('<').to_owned());
    }
    Ok(list)
}

fn extensions(tbs: &TbsCertificateInner<Raw>) -> &[Extension] {
    tbs.extensions().map(Vec::as_slice).unwrap_or_default()
}

fn extension<'a, T>(tbs: &'a TbsCertificateInner<Raw>) -> Result<Option<T>, NotACertificate>
where
    T: der::Decode<'a> + const_oid::AssociatedOid,
{
    tbs.get_extension::<T>().map(|found| found.map(|(_, value)| value)).map_err(|_| NotACertificate)
}

/// A name in comparable form.
pub(super) fn name(name: &x509_cert::name::Name) -> Result<DistinguishedName, NotACertificate> {
    let der = name.to_der()?;
    Ok(DistinguishedName::from_content(tlv::only(0x30, &der)?)?)
}

/// The content of an INTEGER, which a SOD's signer information repeats.
pub(super) fn integer_content(number: &impl der::Encode) -> Result<Vec<u8>, NotACertificate> {
    let der = number.to_der()?;
    Ok(tlv::only(0x02, &der)?.to_vec())
}

/// Seconds since 1970.
pub(super) fn seconds(time: Time) -> Result<i64, NotACertificate> {
    i64::try_from(time.to_unix_duration().as_secs()).map_err(|_| NotACertificate)
}
