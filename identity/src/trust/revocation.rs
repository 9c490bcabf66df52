//! Revocation lists of the issuers (RFC 5280 5; ICAO 9303-12 7.1.4).

use std::collections::BTreeSet;

use der::Decode as _;
use jiff::Timestamp;
use x509_cert::{certificate::Raw, crl::CertificateList};

use super::{
    certificate::{Certificate, NotACertificate, Signed, integer_content, name, seconds},
    name::DistinguishedName,
};

/// A revocation list whose signature the store has verified before it counts.
#[derive(Debug, Clone)]
pub(super) struct RevocationList {
    pub(super) issuer: DistinguishedName,
    this_update: i64,
    next_update: Option<i64>,
    revoked: BTreeSet<Vec<u8>>,
    pub(super) signed: Signed,
}

impl RevocationList {
    pub(super) fn parse(der: &[u8]) -> Result<Self, NotACertificate> {
        let signed = Signed::parse(der)?;
        let list = CertificateList::<Raw>::from_der(der)?.tbs_cert_list;
        let critical = |extensions: Option<&Vec<x509_cert::ext::Extension>>| {
            extensions.is_some_and(|extensions| extensions.iter().any(|extension| extension.critical))
        };
        // A delta or partial list says so in a critical extension; taken for a whole one it would hide revocations.
        if critical(list.crl_extensions.as_ref()) {
            return Err(NotACertificate);
        }
        let revoked = list
            .revoked_certificates
            .into_iter()
            .flatten()
            .map(|entry| integer_content(&entry.serial_number))
            .collect::<Result<_, _>>()?;
        Ok(Self {
            issuer: name(&list.issuer)?,
            this_update: seconds(list.this_update)?,
            next_update: list.next_update.map(seconds).transpose()?,
            revoked,
            signed,
        })
    }

    /// Whether it names `certificate`.
    pub(super) fn names(&self, certificate: &Certificate) -> bool {
        self.revoked.contains(certificate.serial())
    }

    /// Whether a certificate that it does not name may be taken as not revoked at `at`.
    pub(super) fn is_current(&self, at: Timestamp) -> bool {
        self.this_update <= at.as_second() && self.next_update.is_none_or(|next| at.as_second() <= next)
    }
}
