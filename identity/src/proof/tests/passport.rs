//! Foreigners' passports: two lines, no DG13, another state's issuer.

use jiff::civil::date;

use super::*;
use crate::proof::document::{BirthDate, DocumentKind, Expiry, Sex};

fn verified(name: &str) -> Proof {
    Card::new(name).verify(&trust(&[&format!("{name}.cer")]))
}

#[test]
fn a_genuine_passport_passes_every_axis_but_the_holder_and_says_who_it_is_of() {
    let proof = verified("passport");
    assert!(proof.verdict.full_chip_proof(), "{:?}", proof.verdict);
    expect("passport", &proof, "validity", Axis::passed(Code::WithinValidity));
    let document = proof.document.unwrap();
    assert_eq!((document.kind, document.issuing_state.as_str()), (DocumentKind::Passport, "D"));
    assert_eq!(document.document_number, "C01X00T47");
    assert_eq!(document.full_name, "BEISPIEL ANNA LENA");
    assert!(!document.name_may_be_truncated);
    assert_eq!((document.nationality.as_str(), document.sex), ("D", Sex::Female));
    assert_eq!(document.date_of_birth, Some(BirthDate { year: 1990, month: Some(5), day: Some(17) }));
    assert_eq!(document.expiry, Some(Expiry::On(date(2033, 5, 16))));
    assert_eq!((&document.personal_number, &document.residence), (&None, &None));
    assert_eq!(document.date_of_issue, None);
    let card = Card::new("main").verify(&main_trust()).document.unwrap();
    assert_eq!((card.kind, card.issuing_state.as_str()), (DocumentKind::IdentityCard, "VNM"));
}

#[test]
fn what_a_passport_says_is_read_from_its_zone() {
    let document = |name| verified(name).document.unwrap();
    assert_eq!(document("passport-stateless").nationality.as_str(), "XXA");
    assert!(document("passport-truncated").name_may_be_truncated);
    assert_eq!(document("passport-truncated").full_name, "MUSTERMANN BEISPIELHAUSEN EVA FRIEDERI");
    let born = BirthDate { year: 1990, month: None, day: None };
    assert_eq!(document("passport-birth-unknown").date_of_birth, Some(born));
}

#[test]
fn a_passports_last_day_counts_and_the_day_after_it_has_expired() {
    expect("expired", &verified("passport-expired"), "validity", Axis::failed(Code::DocumentExpired));
    let last = verified("passport-last-day");
    expect("last day", &last, "validity", Axis::passed(Code::WithinValidity));
}

#[test]
fn a_passports_issuer_speaks_only_for_the_state_in_the_zone() {
    let another = Axis::failed(Code::IssuerOfAnotherState);
    for (name, expected) in [
        ("passport", Axis::passed(Code::IssuerTrusted)),
        ("passport-vietnamese", Axis::passed(Code::IssuerTrusted)),
        ("passport-of-another-state", another),
        // Germany's zones say D: ICAO lists no DEU.
        ("passport-german-by-iso", another),
        ("passport-signer-of-cards", Axis::failed(Code::IssuerCertificateMalformed)),
    ] {
        let proof = verified(name);
        expect(name, &proof, "issuer", expected);
        expect(name, &proof, "data_groups", Axis::passed(Code::HashesMatch));
        assert_eq!(proof.verdict.passive_authentication(), expected.has_passed(), "{name}");
    }
    let proof = Card::new("passport").verify(&main_trust());
    expect("not installed", &proof, "issuer", Axis::not_done(Code::IssuerUnknown));
}

#[test]
fn a_passport_needs_dg1_and_a_photo_that_is_sent_must_be_its_own() {
    let store = trust(&["passport.cer"]);
    let missing = Axis::not_done(Code::DataGroupMissing);
    let changed = Axis::failed(Code::DataGroupMismatch);
    for (what, card, expected) in [
        ("no DG1", Card::new("passport").without(FileId::DG1), missing),
        ("no DG2", Card::new("passport").without(FileId::DG2), Axis::passed(Code::HashesMatch)),
        ("another DG1", Card::new("passport").edit(FileId::DG1, |file| flip(file, b"BEISPIEL")), changed),
        ("another DG2", Card::new("passport").edit(FileId::DG2, |file| flip(file, b"picture")), changed),
        (
            "a DG13 that is not listed",
            Card::new("passport").adding(FileId::DG13),
            Axis::failed(Code::DataGroupNotListed),
        ),
        (
            "a zone with a wrong check digit, signed so",
            Card::new("passport-wrong-digit"),
            Axis::not_done(Code::DataGroupMalformed),
        ),
    ] {
        expect(what, &card.verify(&store), "data_groups", expected);
    }
}

#[test]
fn a_passport_without_a_key_is_no_proof_of_an_original_and_nobodys_fault() {
    let mut card = Card::new("passport-without-key");
    card.answer = None;
    card.files.remove(&FileId::CardAccess);
    card.access = Access::Bac;
    let proof = card.verify(&trust(&["passport-without-key.cer"]));
    expect("no key", &proof, "chip", Axis::not_done(Code::ChipKeyAbsent));
    assert!(proof.verdict.passive_authentication());
    assert_eq!(proof.verdict.first_failure(), None);
}
