//! EF.SOD (ICAO 9303-10 4.6.2): the document security object, a CMS SignedData (RFC 5652) around the hashes of
//! the data groups.
//!
//! Reading proves nothing: [`crate::proof::verify`] checks the signature. The signed attributes are kept as the
//! file has them, since the signature covers those bytes and not what another encoder would make of them.

use std::collections::BTreeMap;

use const_oid::ObjectIdentifier;
use zeroize::Zeroizing;

use super::{FileId, LdsError, security_info::unsigned};
use crate::{
    tlv::{self, Reader},
    trust::{name::DistinguishedName, signature::HashAlgorithm},
};

/// `id-signedData` (RFC 5652 5.1).
const SIGNED_DATA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.7.2");
/// `id-icao-mrtd-security-ldsSecurityObject`.
const LDS_SECURITY_OBJECT: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.23.136.1.1.1");
/// Attributes `content-type` and `message-digest` (RFC 5652 11.1, 11.2).
const CONTENT_TYPE: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.3");
const MESSAGE_DIGEST: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.4");
/// More certificates than any SOD holds (one).
const MAX_CERTIFICATES: usize = 8;

/// EF.SOD as read. The hashes count as personal data: `Debug` shows only which files they are of.
#[derive(Clone, PartialEq, Eq)]
pub struct SecurityObject {
    hash_algorithm: HashAlgorithm,
    hashes: BTreeMap<FileId, Zeroizing<Vec<u8>>>,
    lds_version: Option<String>,
    pub(crate) content: Zeroizing<Vec<u8>>,
    certificates: Vec<Vec<u8>>,
    pub(crate) signer: SignerInfo,
}

/// Who signed, and what exactly (RFC 5652 5.3).
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct SignerInfo {
    pub(crate) identifier: SignerIdentifier,
    /// `None` where this software does not know the algorithm.
    pub(crate) digest_algorithm: Option<HashAlgorithm>,
    pub(crate) signed_attributes: Option<SignedAttributes>,
    /// DER of the AlgorithmIdentifier.
    pub(crate) signature_algorithm: Vec<u8>,
    pub(crate) signature: Vec<u8>,
}

/// How the signer's certificate is named.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum SignerIdentifier {
    /// By its issuer and serial number (the content of the INTEGER).
    IssuerAndSerial(DistinguishedName, Vec<u8>),
    /// By its subject key identifier.
    KeyIdentifier(Vec<u8>),
}

/// The signed attributes (RFC 5652 5.3, 11).
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct SignedAttributes {
    /// What the signature covers: the attributes as sent, under the tag of SET OF (RFC 5652 5.4).
    pub(crate) signed: Zeroizing<Vec<u8>>,
    /// Whether `content-type` is there once and names the LDS security object.
    pub(crate) content_type_right: bool,
    /// `message-digest`, where it is there once.
    pub(crate) message_digest: Option<Zeroizing<Vec<u8>>>,
}

impl SecurityObject {
    /// The algorithm of the files' hashes.
    pub const fn hash_algorithm(&self) -> HashAlgorithm {
        self.hash_algorithm
    }

    /// The data groups that it lists: what is worth reading, since nothing else can be proved.
    pub fn files(&self) -> impl Iterator<Item = FileId> {
        self.hashes.keys().copied()
    }

    /// Whether it lists `file`.
    pub fn lists(&self, file: FileId) -> bool {
        self.hashes.contains_key(&file)
    }

    /// The hash that it lists for `file`.
    pub fn hash(&self, file: FileId) -> Option<&[u8]> {
        self.hashes.get(&file).map(|hash| hash.as_slice())
    }

    /// The version of the logical data structure, such as `0108`, which only version 1 of the object states.
    pub fn lds_version(&self) -> Option<&str> {
        self.lds_version.as_deref()
    }

    /// The certificates in it, DER.
    pub fn certificates(&self) -> impl Iterator<Item = &[u8]> {
        self.certificates.iter().map(Vec::as_slice)
    }
}

impl std::fmt::Debug for SecurityObject {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SecurityObject")
            .field("hash_algorithm", &self.hash_algorithm)
            .field("files", &self.hashes.keys().map(ToString::to_string).collect::<Vec<_>>())
            .finish_non_exhaustive()
    }
}

/// Reads EF.SOD.
///
/// # Errors
/// Where it is not a SignedData with one signer around an LDS security object of version 0 or 1, or lists hashes by an
/// algorithm that ICAO 9303-10 does not name.
pub fn parse(file: &[u8]) -> Result<SecurityObject, LdsError> {
    let mut content_info = Reader::new(tlv::only(0x30, tlv::only(FileId::Sod.tag().into(), file)?)?);
    expect_oid(&mut content_info, SIGNED_DATA)?;
    let mut signed_data = Reader::new(tlv::only(0x30, content_info.expect_tag(0xA0)?)?);
    content_info.finish()?;

    signed_data.expect_tag(0x02)?;
    signed_data.expect_tag(0x31)?;
    let mut encapsulated = Reader::new(signed_data.expect_tag(0x30)?);
    expect_oid(&mut encapsulated, LDS_SECURITY_OBJECT)?;
    let content = tlv::only(0x04, encapsulated.expect_tag(0xA0)?)?;
    encapsulated.finish()?;

    let mut certificates = Vec::new();
    let signers = loop {
        match signed_data.next_object()? {
            Some(object) if object.tag == 0xA0 => {
                let mut reader = Reader::new(object.value);
                while let Some(certificate) = reader.next_object()? {
                    if certificates.len() == MAX_CERTIFICATES {
                        return Err(LdsError::TooMuch("certificates"));
                    }
                    certificates.push(tlv::write(certificate.tag, certificate.value));
                }
            }
            // Revocation lists: those that count are the operator's.
            Some(object) if object.tag == 0xA1 => {}
            Some(object) if object.tag == 0x31 => break object.value,
            _ => return Err(LdsError::Content("the SignedData has no signers")),
        }
    };
    signed_data.finish()?;
    let signer = signer_info(tlv::only(0x30, signers)?)?;
    let (hash_algorithm, hashes, lds_version) = lds_security_object(content)?;
    Ok(SecurityObject {
        hash_algorithm,
        hashes,
        lds_version,
        content: Zeroizing::new(content.to_vec()),
        certificates,
        signer,
    })
}

type Hashes = BTreeMap<FileId, Zeroizing<Vec<u8>>>;

/// LDSSecurityObject (ICAO 9303-10 appendix D).
fn lds_security_object(content: &[u8]) -> Result<(HashAlgorithm, Hashes, Option<String>), LdsError> {
    let mut object = Reader::new(tlv::only(0x30, content)?);
    let version = unsigned(object.expect_tag(0x02)?)?;
    let hash_algorithm = hash_algorithm(object.expect_tag(0x30)?)?
        .ok_or(LdsError::Unsupported("a hash algorithm that ICAO 9303-10 does not name"))?;
    let mut list = Reader::new(object.expect_tag(0x30)?);
    let mut hashes = Hashes::new();
    while !list.is_empty() {
        let mut entry = Reader::new(list.expect_tag(0x30)?);
        let number = unsigned(entry.expect_tag(0x02)?)?;
        let file = u8::try_from(number)
            .ok()
            .and_then(FileId::data_group)
            .ok_or(LdsError::Content("a hash of a data group that does not exist"))?;
        let hash = entry.expect_tag(0x04)?;
        entry.finish()?;
        if hash.len() != hash_algorithm.output_len() {
            return Err(LdsError::Content("a hash has another length than its algorithm makes"));
        }
        if hashes.insert(file, Zeroizing::new(hash.to_vec())).is_some() {
            return Err(LdsError::Content("a data group is listed twice"));
        }
    }
    let lds_version = match (version, object.next_object()?) {
        (0, None) => None,
        (1, Some(info)) if info.tag == 0x30 => {
            let text = Reader::new(info.value).expect_tag(0x13)?;
            Some(String::from_utf8(text.to_vec()).map_err(|_| LdsError::Content("the version is not text"))?)
        }
        _ => return Err(LdsError::Unsupported("a version of the LDS security object other than 0 and 1")),
    };
    object.finish()?;
    Ok((hash_algorithm, hashes, lds_version))
}

/// SignerInfo (RFC 5652 5.3).
fn signer_info(content: &[u8]) -> Result<SignerInfo, LdsError> {
    let mut reader = Reader::new(content);
    reader.expect_tag(0x02)?;
    let identifier = match reader.next_object()? {
        Some(object) if object.tag == 0x30 => {
            let mut pair = Reader::new(object.value);
            let issuer = DistinguishedName::from_content(pair.expect_tag(0x30)?)?;
            let serial = pair.expect_tag(0x02)?.to_vec();
            pair.finish()?;
            SignerIdentifier::IssuerAndSerial(issuer, serial)
        }
        Some(object) if object.tag == 0x80 => SignerIdentifier::KeyIdentifier(object.value.to_vec()),
        _ => return Err(LdsError::Content("the signer is not named")),
    };
    let digest_algorithm = hash_algorithm(reader.expect_tag(0x30)?)?;
    let mut next = reader.next_object()?;
    let mut signed_attributes = None;
    if let Some(object) = next.filter(|object| object.tag == 0xA0) {
        signed_attributes = Some(attributes(object.value)?);
        next = reader.next_object()?;
    }
    let signature_algorithm = match next {
        Some(object) if object.tag == 0x30 => tlv::write(0x30, object.value),
        _ => return Err(LdsError::Content("no signature algorithm")),
    };
    let signature = reader.expect_tag(0x04)?.to_vec();
    Ok(SignerInfo { identifier, digest_algorithm, signed_attributes, signature_algorithm, signature })
}

fn attributes(content: &[u8]) -> Result<SignedAttributes, LdsError> {
    let mut reader = Reader::new(content);
    let (mut content_types, mut digests) = (Vec::new(), Vec::new());
    while !reader.is_empty() {
        let mut attribute = Reader::new(reader.expect_tag(0x30)?);
        let kind = attribute.expect_tag(0x06)?;
        let values = attribute.expect_tag(0x31)?;
        attribute.finish()?;
        if kind == CONTENT_TYPE.as_bytes() {
            content_types.push(values);
        } else if kind == MESSAGE_DIGEST.as_bytes() {
            digests.push(values);
        }
    }
    // Each must be there once, with one value (RFC 5652 11.1, 11.2).
    let content_type_right = matches!(content_types[..], [values]
        if tlv::only(0x06, values) == Ok(LDS_SECURITY_OBJECT.as_bytes()));
    let message_digest = match digests[..] {
        [values] => tlv::only(0x04, values).ok().map(|digest| Zeroizing::new(digest.to_vec())),
        _ => None,
    };
    Ok(SignedAttributes {
        signed: Zeroizing::new(tlv::write(0x31, content)),
        content_type_right,
        message_digest,
    })
}

/// The hash algorithm that the content of an AlgorithmIdentifier names; `None` where it is not known.
fn hash_algorithm(content: &[u8]) -> Result<Option<HashAlgorithm>, LdsError> {
    Ok(HashAlgorithm::from_oid_bytes(Reader::new(content).expect_tag(0x06)?))
}

fn expect_oid(reader: &mut Reader<'_>, expected: ObjectIdentifier) -> Result<(), LdsError> {
    if reader.expect_tag(0x06)? == expected.as_bytes() {
        Ok(())
    } else {
        Err(LdsError::Content("another kind of content than an LDS security object"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::proof::tests::data;

    fn object(version: u8, entries: &[(u8, usize)], rest: &[u8]) -> Vec<u8> {
        let sha_256 = tlv::write(0x30, &tlv::write(0x06, const_oid::db::rfc5912::ID_SHA_256.as_bytes()));
        let list: Vec<u8> = entries
            .iter()
            .flat_map(|(number, length)| {
                tlv::write(0x30, &[vec![2, 1, *number], tlv::write(0x04, &vec![7; *length])].concat())
            })
            .collect();
        tlv::write(0x30, &[&[2, 1, version][..], &sha_256, &tlv::write(0x30, &list), rest].concat())
    }

    #[test]
    fn a_file_cut_anywhere_is_refused() {
        let file = data("main.bin");
        assert!(parse(&file).is_ok());
        for end in 0..file.len() {
            assert!(parse(&file[..end]).is_err(), "{end}");
        }
    }

    #[test]
    fn the_list_drives_the_read() {
        let sod = parse(&data("main.bin")).unwrap();
        let files: Vec<_> = sod.files().collect();
        assert_eq!(files, [FileId::DG1, FileId::DG13, FileId::DG14, FileId::DG15]);
        assert!(sod.lists(FileId::DG13) && !sod.lists(FileId::DG2));
        assert_eq!(sod.lds_version(), None);
    }

    #[test]
    fn lists_that_no_issuer_writes_are_refused() {
        assert!(lds_security_object(&object(0, &[(1, 32), (16, 32)], &[])).is_ok());
        for entries in [&[(0, 32)][..], &[(17, 32)], &[(1, 31)], &[(1, 0)], &[(1, 32), (1, 32)]] {
            assert!(matches!(lds_security_object(&object(0, entries, &[])), Err(LdsError::Content(_))));
        }
        let info = tlv::write(0x30, &tlv::write(0x13, b"0108"));
        assert!(lds_security_object(&object(1, &[], &info)).is_ok());
        for (version, rest) in [(0, info.as_slice()), (1, &[]), (2, &[])] {
            assert!(lds_security_object(&object(version, &[], rest)).is_err());
        }
    }

    #[test]
    fn debug_shows_no_hash() {
        let text = format!("{:?}", parse(&data("main.bin")).unwrap());
        assert_eq!(
            text,
            r#"SecurityObject { hash_algorithm: Sha256, files: ["EF.DG1", "EF.DG13", "EF.DG14", "EF.DG15"], .. }"#
        );
    }
}
