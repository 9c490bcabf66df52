//! The made-up issuers: a CSCA and the document signer under it (ICAO 9303-12), the same every time.

use std::str::FromStr as _;

use bp384::{BrainpoolP384r1, elliptic_curve::PublicKey, r1::NonZeroScalar};
use const_oid::db::rfc5912::ECDSA_WITH_SHA_256;
use der::{
    DateTime, Encode as _,
    asn1::{GeneralizedTime, OctetString, UtcTime},
};
use ecdsa::signature::{self, Keypair};
use identity::trust::DEMONSTRATION_MARK;
use sha1::Sha1;
use sha2::{Digest as _, Sha256};
use x509_cert::{
    Certificate, TbsCertificate,
    builder::{Builder as _, CertificateBuilder, profile::BuilderProfile},
    ext::{
        Extension, ToExtension as _,
        pkix::{AuthorityKeyIdentifier, BasicConstraints, KeyUsage, KeyUsages, SubjectKeyIdentifier},
    },
    name::Name,
    serial_number::SerialNumber,
    spki::{self, AlgorithmIdentifierOwned, SubjectPublicKeyInfoOwned, SubjectPublicKeyInfoRef},
    time::{Time, Validity},
};

use super::{PersonaliseError, scalar};
use crate::card::der::utf8;

type DerSignature = ecdsa::der::Signature<BrainpoolP384r1>;

/// A made-up issuing state: its country signing certificate, and a document signer with its key.
pub struct Issuer {
    /// The self-signed certificate that a demonstration trusts (DER).
    pub csca: Vec<u8>,
    /// The document signer's certificate.
    pub document_signer: Certificate,
    key: SigningKey,
}

impl Issuer {
    /// The issuer of Vietnamese cards that `seeds/trust/` holds.
    ///
    /// # Errors
    /// None with the labels here.
    pub fn demonstration() -> Result<Self, PersonaliseError> {
        Self::new("demonstration", "CSCA MO PHONG", "DS MO PHONG", "VN")
    }

    /// An issuer that is in no trust store.
    ///
    /// # Errors
    /// None with the labels here.
    pub fn unknown() -> Result<Self, PersonaliseError> {
        Self::new("unknown", "CSCA KHONG AI BIET", "DS KHONG AI BIET", "VN")
    }

    /// The issuer of foreigners' passports that `seeds/trust/` holds: it speaks for Germany, whose zones say `D`.
    ///
    /// # Errors
    /// None with the labels here.
    pub fn abroad() -> Result<Self, PersonaliseError> {
        Self::new("abroad", "MO PHONG CSCA", "MO PHONG DS", "DE")
    }

    fn new(label: &str, csca_name: &str, signer_name: &str, country: &str) -> Result<Self, PersonaliseError> {
        let name = |common: &str| Name::from_str(&format!("CN={common},O=DU LIEU MO PHONG,C={country}"));
        let csca_key = SigningKey(scalar(&format!("csca {label}"))?);
        let key = SigningKey(scalar(&format!("document signer {label}"))?);
        let (csca_subject, signer_subject) = (name(csca_name)?, name(signer_name)?);
        let csca = certificate(
            Profile { issuer: csca_subject.clone(), subject: csca_subject.clone(), authority: true },
            1,
            &csca_key,
            &csca_key,
        )?;
        let document_signer = certificate(
            Profile { issuer: csca_subject, subject: signer_subject, authority: false },
            2,
            &key,
            &csca_key,
        )?;
        Ok(Self { csca: csca.to_der()?, document_signer, key })
    }

    /// ECDSA over the SHA-256 of `message`, as the DER sequence of r and s.
    pub fn sign(&self, message: &[u8]) -> Vec<u8> {
        self.key.sign(message).as_bytes().to_vec()
    }
}

fn certificate(
    profile: Profile,
    serial: u8,
    subject_key: &SigningKey,
    issuer_key: &SigningKey,
) -> Result<Certificate, PersonaliseError> {
    // RFC 5280 4.1.2.5: years from 2050 on are a GeneralizedTime.
    let validity = Validity::new(
        Time::UtcTime(UtcTime::from_date_time(DateTime::new(2020, 1, 1, 0, 0, 0)?)?),
        Time::GeneralTime(GeneralizedTime::from_date_time(DateTime::new(2099, 12, 31, 23, 59, 59)?)),
    );
    let public_key = SubjectPublicKeyInfoOwned::from_key(&subject_key.verifying_key())?;
    let builder = CertificateBuilder::new(profile, SerialNumber::from(serial), validity, public_key)?;
    Ok(builder.build::<_, DerSignature>(issuer_key)?)
}

/// An ECDSA key on brainpoolP384r1 that signs SHA-256 digests, as Vietnamese document signers do.
struct SigningKey(NonZeroScalar);

impl SigningKey {
    fn sign(&self, message: &[u8]) -> DerSignature {
        let digest = Sha256::digest(message);
        ecdsa::hazmat::sign_prehashed_rfc6979::<BrainpoolP384r1, Sha256>(&self.0, &digest, &[]).0.to_der()
    }
}

impl Keypair for SigningKey {
    type VerifyingKey = PublicKey<BrainpoolP384r1>;

    fn verifying_key(&self) -> Self::VerifyingKey {
        PublicKey::from_secret_scalar(&self.0)
    }
}

impl spki::DynSignatureAlgorithmIdentifier for SigningKey {
    fn signature_algorithm_identifier(&self) -> spki::Result<AlgorithmIdentifierOwned> {
        Ok(AlgorithmIdentifierOwned { oid: ECDSA_WITH_SHA_256, parameters: None })
    }
}

impl signature::Signer<DerSignature> for SigningKey {
    fn try_sign(&self, message: &[u8]) -> Result<DerSignature, signature::Error> {
        Ok(self.sign(message))
    }
}

/// The extensions of ICAO 9303-12 table 6 that both kinds of certificate must carry, and our mark.
struct Profile {
    issuer: Name,
    subject: Name,
    authority: bool,
}

impl BuilderProfile for Profile {
    fn get_issuer(&self, _subject: &Name) -> Name {
        self.issuer.clone()
    }

    fn get_subject(&self) -> Name {
        self.subject.clone()
    }

    fn build_extensions(
        &self,
        subject_key: SubjectPublicKeyInfoRef<'_>,
        issuer_key: SubjectPublicKeyInfoRef<'_>,
        _certificate: &TbsCertificate,
    ) -> x509_cert::builder::Result<Vec<Extension>> {
        // RFC 5280 4.2.1.2, method 1.
        let identifier = |key: SubjectPublicKeyInfoRef<'_>| {
            OctetString::new(Sha1::digest(key.subject_public_key.raw_bytes()).as_slice())
        };
        let none: &[Extension] = &[];
        let usage = if self.authority {
            KeyUsages::KeyCertSign | KeyUsages::CRLSign
        } else {
            KeyUsages::DigitalSignature.into()
        };
        let authority_key =
            AuthorityKeyIdentifier { key_identifier: Some(identifier(issuer_key)?), ..Default::default() };
        let mut extensions = vec![
            (&KeyUsage(usage)).to_extension(&self.subject, none)?,
            (&SubjectKeyIdentifier(identifier(subject_key)?)).to_extension(&self.subject, none)?,
            (&authority_key).to_extension(&self.subject, none)?,
            Extension {
                extn_id: DEMONSTRATION_MARK,
                critical: false,
                extn_value: OctetString::new(utf8("DU LIEU MO PHONG"))?,
            },
        ];
        if self.authority {
            let constraints = BasicConstraints { ca: true, path_len_constraint: Some(0) };
            extensions.push((&constraints).to_extension(&self.subject, none)?);
        }
        Ok(extensions)
    }
}
