//! Who signed, and whether that was revoked.

use super::*;

#[test]
fn a_certificate_that_cannot_be_read_is_the_issuers_axis() {
    let card = Card::new("main").edit(FileId::Sod, |sod| {
        // The version of the certificate becomes an OCTET STRING.
        let version = [0xA0, 0x03, 0x02, 0x01, 0x02];
        let at = sod.windows(5).position(|window| window == version).unwrap();
        sod[at + 2] = 0x04;
    });
    let proof = card.verify(&main_trust());
    expect("signer", &proof, "security_object", Axis::failed(Code::SignerCertificateMissing));
    expect("issuer", &proof, "issuer", Axis::failed(Code::IssuerCertificateMalformed));
}

#[test]
fn each_kind_of_signer_has_its_own_code() {
    for (name, own, expected) in [
        ("unknown-issuer", false, Axis::not_done(Code::IssuerUnknown)),
        ("unknown-issuer", true, Axis::passed(Code::IssuerTrusted)),
        ("small-letters", true, Axis::passed(Code::IssuerTrusted)),
        ("expired-signer", true, Axis::failed(Code::IssuerCertificateExpired)),
        ("later-signer", true, Axis::failed(Code::IssuerCertificateNotYetValid)),
        ("expired-csca", true, Axis::failed(Code::IssuerCertificateExpired)),
        ("signer-is-authority", true, Axis::failed(Code::IssuerCertificateMalformed)),
        ("signer-may-not-sign", true, Axis::failed(Code::IssuerCertificateMalformed)),
        ("signer-of-master-lists", true, Axis::failed(Code::IssuerCertificateMalformed)),
        ("signer-with-unknown-critical", true, Axis::failed(Code::IssuerCertificateMalformed)),
    ] {
        let mut store = TrustStore::new(Mode::Production);
        if own {
            store.add(name, &data(&format!("{name}.cer"))).unwrap();
        }
        let proof = Card::new(name).verify(&store);
        expect(name, &proof, "issuer", expected);
        expect(name, &proof, "security_object", Axis::passed(Code::SignatureVerified));
        assert_eq!(proof.verdict.passive_authentication(), expected.has_passed());
        assert!(proof.document.is_some());
    }
}

#[test]
fn a_trusted_issuer_speaks_only_for_its_own_state_and_kinds_of_document() {
    let another = Axis::failed(Code::IssuerOfAnotherState);
    let passed = Axis::passed(Code::IssuerTrusted);
    for (name, expected) in [
        // Signers of Laos and of Viet Nam, zones of Viet Nam and of Laos.
        ("another-state", another),
        ("zone-of-another-state", another),
        ("german", passed),
        ("signer-of-cards", passed),
        ("signer-of-letter", passed),
        ("signer-of-passports", Axis::failed(Code::IssuerCertificateMalformed)),
    ] {
        let proof = Card::new(name).verify(&trust(&["main.cer", &format!("{name}.cer")]));
        expect(name, &proof, "issuer", expected);
        expect(name, &proof, "data_groups", Axis::passed(Code::HashesMatch));
        assert_eq!(proof.verdict.passive_authentication(), expected == passed, "{name}");
        if expected != passed {
            expect(name, &proof, "chip", Axis::not_done(Code::PassiveAuthenticationNotPassed));
        }
    }
}

#[test]
fn the_country_code_in_small_letters_is_the_same_issuer() {
    // The two CSCAs have the same name but for the case, and different keys.
    let store = trust(&["main.cer", "small-letters.cer"]);
    for name in ["main", "small-letters"] {
        expect(name, &Card::new(name).verify(&store), "issuer", Axis::passed(Code::IssuerTrusted));
    }
    let proof = Card::new("small-letters").verify(&main_trust());
    expect("another key", &proof, "issuer", Axis::failed(Code::IssuerSignatureInvalid));
}

#[test]
fn a_renewed_certificate_of_the_same_key_carries_on_where_the_old_one_ended() {
    let store = trust(&["expired-csca.cer", "renewed-csca.cer"]);
    let proof = Card::new("expired-csca").verify(&store);
    expect("renewed", &proof, "issuer", Axis::passed(Code::IssuerTrusted));
    // Another key of the same name does not.
    let proof = Card::new("expired-csca").verify(&trust(&["expired-csca.cer", "main.cer"]));
    expect("another key", &proof, "issuer", Axis::failed(Code::IssuerCertificateExpired));
}

#[test]
fn an_issuer_that_changed_its_name_is_known_by_its_key() {
    let proof = Card::new("main").verify(&trust(&["renamed-csca.cer"]));
    expect("renamed", &proof, "issuer", Axis::passed(Code::IssuerTrusted));
    let proof = Card::new("unknown-issuer").verify(&trust(&["renamed-csca.cer"]));
    expect("another", &proof, "issuer", Axis::not_done(Code::IssuerUnknown));
}

#[test]
fn made_up_issuers_are_refused_in_production_even_unknown_and_trusted_in_a_demonstration() {
    let proof = Card::new("marked").verify(&main_trust());
    expect("production", &proof, "issuer", Axis::failed(Code::DemonstrationIssuerRefused));
    let mut store = TrustStore::new(Mode::Demonstration);
    store.add("marked", &data("marked.cer")).unwrap();
    assert!(Card::new("marked").verify(&store).verdict.full_chip_proof());
}

#[test]
fn revocation_lists_count_once_they_verify() {
    for (lists, expected) in [
        (&["none-revoked.crl"][..], Axis::passed(Code::NotRevoked)),
        (&["signer-revoked.crl"], Axis::failed(Code::SignerRevoked)),
        (&["none-revoked.crl", "signer-revoked.crl"], Axis::failed(Code::SignerRevoked)),
        (&["future.crl"], Axis::not_done(Code::RevocationNotChecked)),
        (&["stale.crl"], Axis::not_done(Code::RevocationNotChecked)),
        (&[], Axis::not_done(Code::RevocationNotChecked)),
    ] {
        for certificate_first in [true, false] {
            let mut files = lists.to_vec();
            files.insert(if certificate_first { 0 } else { lists.len() }, "main.cer");
            let proof = Card::new("main").verify(&trust(&files));
            expect(&format!("{files:?}"), &proof, "revocation", expected);
            assert_eq!(proof.verdict.passive_authentication(), !expected.has_failed());
            let later = if expected.has_failed() {
                Code::PassiveAuthenticationNotPassed
            } else {
                Code::HolderNotChecked
            };
            expect("later", &proof, "holder", Axis::not_done(later));
        }
    }
    let mut store = main_trust();
    assert_eq!(store.add("forged", &data("forged.crl")).unwrap_err().code, Code::IssuerSignatureInvalid);
    let mut store = TrustStore::new(Mode::Production);
    store.add("forged", &data("forged.crl")).unwrap();
    store.add("main", &data("main.cer")).unwrap();
    let proof = Card::new("main").verify(&store);
    expect("forged", &proof, "revocation", Axis::not_done(Code::RevocationNotChecked));
    let proof = Card::new("unknown-issuer").verify(&trust(&["main.cer", "signer-revoked.crl"]));
    expect("another issuer's list", &proof, "revocation", Axis::not_done(Code::RevocationNotChecked));
}
