//! EF.SOD: a CMS SignedData over the hashes of the data groups (ICAO 9303-10 4.6.2, RFC 5652).

use std::collections::BTreeMap;

use const_oid::{
    ObjectIdentifier,
    db::{
        rfc5911::{ID_CONTENT_TYPE, ID_MESSAGE_DIGEST, ID_SIGNED_DATA},
        rfc5912::{ECDSA_WITH_SHA_256, ID_SHA_256},
    },
};
use der::Encode as _;
use sha2::{Digest as _, Sha256};

use super::{PersonaliseError, issuer::Issuer};
use crate::card::der::{object, octets, oid, sequence, set_of, small_integer};

/// id-icao-mrtd-security-ldsSecurityObject.
const LDS_SECURITY_OBJECT: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.23.136.1.1.1");

/// EF.SOD over `data_groups` (number and content), signed by the document signer of `issuer`.
pub fn write(data_groups: &BTreeMap<u8, Vec<u8>>, issuer: &Issuer) -> Result<Vec<u8>, PersonaliseError> {
    let sha_256 = sequence(&[&oid(ID_SHA_256)]);
    let hashes: Vec<u8> = data_groups
        .iter()
        .flat_map(|(number, content)| sequence(&[&small_integer(*number), &octets(&Sha256::digest(content))]))
        .collect();
    let security_object = sequence(&[&small_integer(0), &sha_256, &sequence(&[&hashes])]);

    let attribute = |kind, value: &[u8]| sequence(&[&oid(kind), &object(0x31, &[value])]);
    let attributes = vec![
        attribute(ID_CONTENT_TYPE, &oid(LDS_SECURITY_OBJECT)),
        attribute(ID_MESSAGE_DIGEST, &octets(&Sha256::digest(&security_object))),
    ];
    // Signed as a SET OF, sent under an implicit tag (RFC 5652 5.4).
    let signed_attributes = set_of(attributes);
    let signature = issuer.sign(&signed_attributes);
    let mut implicit_attributes = signed_attributes;
    if let Some(tag) = implicit_attributes.first_mut() {
        *tag = 0xA0;
    }

    let certificate = &issuer.document_signer;
    let signer = sequence(&[
        &certificate.tbs_certificate().issuer().to_der()?,
        &certificate.tbs_certificate().serial_number().to_der()?,
    ]);
    let signer_info = sequence(&[
        &small_integer(1),
        &signer,
        &sha_256,
        &implicit_attributes,
        &sequence(&[&oid(ECDSA_WITH_SHA_256)]),
        &octets(&signature),
    ]);
    let signed_data = sequence(&[
        &small_integer(3),
        &object(0x31, &[&sha_256]),
        &sequence(&[&oid(LDS_SECURITY_OBJECT), &object(0xA0, &[&octets(&security_object)])]),
        &object(0xA0, &[&certificate.to_der()?]),
        &object(0x31, &[&signer_info]),
    ]);
    let content_info = sequence(&[&oid(ID_SIGNED_DATA), &object(0xA0, &[&signed_data])]);
    Ok(object(0x77, &[&content_info]))
}
