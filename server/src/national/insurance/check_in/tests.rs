//! The stand-in signature, judged by another program: `xmlsec1`.

use std::{fs, os::unix::fs::PermissionsExt as _, path::Path, process::Command};

use figment::value::magic::RelativePathBuf;
use tempfile::TempDir;

use super::{CheckInDocument, SignatureFiles, SignatureFilesError, XmlSignature, document::tests::hoa};

/// A made-up facility's key and certificate, by OpenSSL's command line.
fn made(folder: &Path, curve: &str) -> SignatureFiles {
    let (key, certificate) = (folder.join("key.pem"), folder.join("certificate.pem"));
    let output = Command::new("openssl")
        .args(["req", "-x509", "-newkey", "ec", "-pkeyopt"])
        .arg(format!("ec_paramgen_curve:{curve}"))
        .args(["-nodes", "-days", "36500", "-subj", "/CN=Tram y te xa Mau (DU LIEU MO PHONG)", "-keyout"])
        .args([&key, Path::new("-out"), &certificate])
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    fs::set_permissions(&key, fs::Permissions::from_mode(0o600)).unwrap();
    SignatureFiles { certificate: RelativePathBuf::from(certificate), key: RelativePathBuf::from(key) }
}

/// The document, signed by a made-up facility whose certificate is in the folder.
pub(super) fn signed(document: &CheckInDocument) -> (String, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let signer = XmlSignature::load(&made(folder.path(), "prime256v1")).unwrap();
    let bytes = document.write(&signer).unwrap();
    assert_eq!(bytes, document.write(&signer).unwrap(), "the same each time it is sent");
    (String::from_utf8(bytes.as_slice().to_vec()).unwrap(), folder)
}

/// Whether `xmlsec1` finds the signature good under the facility's certificate.
fn verifies(text: &str, folder: &Path) -> bool {
    let file = folder.join("document.xml");
    fs::write(&file, text).unwrap();
    let output = Command::new("xmlsec1")
        .args(["--verify", "--enabled-key-data", "x509", "--trusted-pem"])
        .args([&folder.join("certificate.pem"), &file])
        .output()
        .unwrap();
    output.status.success()
}

#[test]
fn another_program_verifies_the_signature_and_finds_every_change() {
    let hostile = CheckInDocument { full_name: "Ơ <&> \"'\t]]>".into(), ..hoa() };
    for document in [hoa(), hostile] {
        let (text, folder) = signed(&document);
        assert!(verifies(&text, folder.path()), "{text}");
        for (from, to) in [
            ("<STT>1<", "<STT>2<"),
            ("<DU_PHONG/>", "<DU_PHONG>x</DU_PHONG>"),
            ("<SO_CCCD>001148012345<", "<SO_CCCD>001148012346<"),
            ("202609150800<", "202609150801<"),
        ] {
            let changed = text.replacen(from, to, 1);
            assert_ne!(changed, text);
            assert!(!verifies(&changed, folder.path()), "{to}");
        }
    }
}

#[test]
fn key_and_certificate_must_belong_together_and_the_key_is_the_owner_s() {
    let (folder, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (files, others) = (made(folder.path(), "prime256v1"), made(other.path(), "prime256v1"));
    let mixed = SignatureFiles { certificate: files.certificate.clone(), key: others.key };
    assert!(matches!(XmlSignature::load(&mixed), Err(SignatureFilesError::NotItsKey { .. })));
    let swapped = SignatureFiles { certificate: files.key.clone(), key: files.certificate.clone() };
    assert!(matches!(XmlSignature::load(&swapped), Err(SignatureFilesError::Certificate { .. })));
    let wrong_curve = made(other.path(), "secp384r1");
    assert!(matches!(XmlSignature::load(&wrong_curve), Err(SignatureFilesError::Key { .. })));
    fs::set_permissions(folder.path().join("key.pem"), fs::Permissions::from_mode(0o644)).unwrap();
    assert!(matches!(XmlSignature::load(&files), Err(SignatureFilesError::Permissions { .. })));
}
