//! `CHUKYDONVI`: the facility's signature on the CHECK-IN document (NĐ 188/2025/NĐ-CP Điều 69).
//!
//! **The official profile is not public.** Known is SHA-256 and that the element is there. So it is either left empty,
//! by configuration, or holds a stand-in: an enveloped XML Signature (XML Signature Syntax and Processing 1.1) over the
//! whole document, Exclusive XML Canonicalization 1.0, SHA-256, ECDSA on P-256 with the facility's certificate in it.

use std::path::{Path, PathBuf};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use der::{Decode as _, DecodePem as _, Encode as _};
use figment::value::magic::RelativePathBuf;
use p256::{
    ecdsa::{Signature, SigningKey, signature::Signer as _},
    pkcs8::DecodePrivateKey as _,
};
use serde::Deserialize;
use sha2::{Digest as _, Sha256};
use thiserror::Error;
use x509_cert::Certificate;
use zeroize::Zeroizing;

/// Why a document could not be signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum SignerError {
    /// The key or the device that holds it gave no signature.
    #[error("the facility's key gave no signature; look at the key or the device that holds it")]
    NoSignature,
}

/// Signs as the facility.
pub trait FacilitySigner: Send + Sync {
    /// The content of `CHUKYDONVI` (XML) for a document whose canonical form, with that element empty, is `canonical`.
    /// None where the element stays empty.
    ///
    /// # Errors
    /// Where the signature cannot be made now.
    fn sign(&self, canonical: &[u8]) -> Result<Option<String>, SignerError>;
}

/// Leaves `CHUKYDONVI` empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unsigned;

impl FacilitySigner for Unsigned {
    fn sign(&self, _canonical: &[u8]) -> Result<Option<String>, SignerError> {
        Ok(None)
    }
}

/// The section `[national.insurance.signature]`: what the facility signs with. Left out, `CHUKYDONVI` stays empty.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignatureFiles {
    /// The facility's certificate (X.509, PEM or DER), on a P-256 key.
    pub certificate: RelativePathBuf,
    /// Its private key (PKCS #8, PEM or DER), in a file that only its owner may read.
    pub key: RelativePathBuf,
}

/// Why the facility's certificate and key cannot be used.
#[derive(Debug, Error)]
pub enum SignatureFilesError {
    /// A file cannot be read.
    #[error("{} cannot be read; check the path and its permissions", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why not.
        #[source]
        source: std::io::Error,
    },
    /// The certificate is not one.
    #[error("{} holds no X.509 certificate (PEM or DER)", path.display())]
    Certificate {
        /// The file.
        path: PathBuf,
    },
    /// The key is not one.
    #[error("{} holds no private key on P-256 (PKCS #8, PEM or DER)", path.display())]
    Key {
        /// The file.
        path: PathBuf,
    },
    /// Others than its owner may read the key.
    #[error("{} may be read by others than its owner; make it 0600", path.display())]
    Permissions {
        /// The file.
        path: PathBuf,
    },
    /// The two do not belong together.
    #[error("{} is not the key of the certificate; enter the two that belong together", path.display())]
    NotItsKey {
        /// The key's file.
        path: PathBuf,
    },
}

/// The stand-in: an enveloped XML Signature.
pub struct XmlSignature {
    key: SigningKey,
    /// DER in base64, as `X509Certificate` holds it.
    certificate: String,
}

impl std::fmt::Debug for XmlSignature {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("XmlSignature")
    }
}

impl XmlSignature {
    /// Reads certificate and key.
    ///
    /// # Errors
    /// Where a file cannot be read or is not what it should be, or the key is not the certificate's.
    pub fn load(files: &SignatureFiles) -> Result<Self, SignatureFilesError> {
        let (certificate_path, path) = (files.certificate.relative(), files.key.relative());
        let bytes = read(&certificate_path)?;
        let certificate = Certificate::from_pem(&bytes)
            .or_else(|_| Certificate::from_der(&bytes))
            .map_err(|_| SignatureFilesError::Certificate { path: certificate_path })?;
        private(&path)?;
        let bytes = Zeroizing::new(read(&path)?);
        let key = std::str::from_utf8(&bytes)
            .ok()
            .and_then(|text| SigningKey::from_pkcs8_pem(text).ok())
            .or_else(|| SigningKey::from_pkcs8_der(&bytes).ok())
            .ok_or_else(|| SignatureFilesError::Key { path: path.clone() })?;
        let public = certificate.tbs_certificate().subject_public_key_info().subject_public_key.raw_bytes();
        if key.verifying_key().to_sec1_point(false).as_bytes() != public {
            return Err(SignatureFilesError::NotItsKey { path });
        }
        let der = certificate.to_der().map_err(|_| SignatureFilesError::NotItsKey { path })?;
        Ok(Self { key, certificate: STANDARD.encode(der) })
    }
}

impl FacilitySigner for XmlSignature {
    fn sign(&self, canonical: &[u8]) -> Result<Option<String>, SignerError> {
        let digest = STANDARD.encode(Sha256::digest(canonical));
        // Deterministic (RFC 6979): the same document has the same signature however often it is sent.
        let signature: Signature = self
            .key
            .try_sign(signed_info(&digest, " xmlns=\"http://www.w3.org/2000/09/xmldsig#\"").as_bytes())
            .map_err(|_| SignerError::NoSignature)?;
        Ok(Some(format!(
            "<Signature xmlns=\"http://www.w3.org/2000/09/xmldsig#\">{info}<SignatureValue>{value}</SignatureValue>\
             <KeyInfo><X509Data><X509Certificate>{certificate}</X509Certificate></X509Data></KeyInfo></Signature>",
            info = signed_info(&digest, ""),
            value = STANDARD.encode(signature.to_bytes()),
            certificate = self.certificate,
        )))
    }
}

/// `SignedInfo`. It is written as its canonical form is but for the namespace, which that form declares on it and the
/// document on its parent.
fn signed_info(digest: &str, namespace: &str) -> String {
    let method = |tag: &str, algorithm: &str| format!("<{tag} Algorithm=\"{algorithm}\"></{tag}>");
    let exclusive = "http://www.w3.org/2001/10/xml-exc-c14n#";
    format!(
        "<SignedInfo{namespace}>{canonicalization}{signature}<Reference URI=\"\"><Transforms>{enveloped}{transform}\
         </Transforms>{hash}<DigestValue>{digest}</DigestValue></Reference></SignedInfo>",
        canonicalization = method("CanonicalizationMethod", exclusive),
        signature = method("SignatureMethod", "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256"),
        enveloped = method("Transform", "http://www.w3.org/2000/09/xmldsig#enveloped-signature"),
        transform = method("Transform", exclusive),
        hash = method("DigestMethod", "http://www.w3.org/2001/04/xmlenc#sha256"),
    )
}

fn read(path: &Path) -> Result<Vec<u8>, SignatureFilesError> {
    std::fs::read(path).map_err(|source| SignatureFilesError::File { path: path.to_owned(), source })
}

fn private(path: &Path) -> Result<(), SignatureFilesError> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let metadata = std::fs::metadata(path)
            .map_err(|source| SignatureFilesError::File { path: path.to_owned(), source })?;
        if metadata.permissions().mode() & 0o077 != 0 {
            return Err(SignatureFilesError::Permissions { path: path.to_owned() });
        }
    }
    Ok(())
}
