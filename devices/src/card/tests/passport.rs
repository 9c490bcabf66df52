//! A foreigner's passport: its lines typed, its chip read with them in process, its verdict.

use identity::{
    mrz::td3,
    proof::{
        document::{DocumentKind, Expiry},
        verdict::Axis,
    },
};

use super::*;
use crate::seeds::Passport;

const SLUG: &str = "beispiel-anna";

fn passport(slug: &str) -> Passport {
    seeds::passport(seeds_folder(), slug).unwrap()
}

/// The two lines as printed in the passport that `card` is the chip of.
fn lines(card: &PersonalisedCard) -> String {
    let zone = &card.files[&FileId::DG1][5..];
    format!("{}\r\n{}\r\n", String::from_utf8_lossy(&zone[..44]), String::from_utf8_lossy(&zone[44..]))
}

/// Read with the key that follows from the typed lines, as a kiosk would.
fn read_by_lines(card: PersonalisedCard) -> CardRead {
    let zone = td3::read(&lines(&card).to_lowercase(), proof::day_in_vietnam(at())).unwrap();
    read(card, Password::Mrz(zone.key().unwrap()))
}

#[test]
fn typed_lines_open_the_chip_and_every_axis_but_the_holder_passes() {
    for (slug, access) in [(SLUG, Access::PaceMrz), ("mustermann-friedrich", Access::Bac)] {
        let read = read_by_lines(personalise(&passport(slug)).unwrap());
        assert_eq!(read.access, access, "{slug}");
        assert!(!read.files.contains_key(&FileId::DG13), "a foreigner's passport has none");
        assert!(read.files.contains_key(&FileId::DG2));
        let proof = proof::verify(&presented(&read), &trust(), at());
        assert!(proof.verdict.full_chip_proof(), "{slug}: {:?}", proof.verdict);
        let passed =
            proof.verdict.axes().iter().filter(|(_, axis)| axis.result == AxisResult::Passed).count();
        assert_eq!(passed, 5, "all but revocation, of which there is no list, and the holder");

        let document = proof.document.unwrap();
        assert_eq!((document.kind, document.nationality.as_str()), (DocumentKind::Passport, "D"));
        assert_eq!(document.document_number, passport(slug).passport.number);
        assert_eq!(document.expiry, Some(Expiry::On(passport(slug).passport.date_of_expiry)));
        assert_eq!(document.personal_number, None);
        let (name, cut) = match slug {
            SLUG => ("BEISPIEL ANNA LENA", false),
            _ => ("MUESTERMANN BEISPIELHAUSEN JOERG FRIED", true),
        };
        assert_eq!((document.full_name.as_str(), document.name_may_be_truncated), (name, cut));
    }
}

#[test]
fn each_defect_of_a_passport_shows_in_its_verdict() {
    for (defect, name, code) in [
        (Defect::ForgedDataGroup, "data_groups", ReasonCode::DataGroupMismatch),
        (Defect::ForgedSecurityObject, "security_object", ReasonCode::SignatureInvalid),
        (Defect::UnknownIssuer, "issuer", ReasonCode::IssuerUnknown),
        (Defect::ClonedChip, "chip", ReasonCode::ChipProofInvalid),
        (Defect::WithholdsProof, "chip", ReasonCode::ProofWithheld),
    ] {
        let mut passport = passport(SLUG);
        passport.passport.defect = defect;
        let card = personalise(&passport).unwrap();
        let password = by_mrz(&card);
        let proof = proof::verify(&presented(&read(card, password)), &trust(), at());
        assert_eq!(faults(&proof), BTreeMap::from([(name, code)]), "{defect:?}");
        let unchanged = !matches!(defect, Defect::ForgedDataGroup | Defect::ForgedSecurityObject);
        assert_eq!(proof.document.is_some(), unchanged, "{defect:?}");
    }
}

#[test]
fn a_tampered_zone_fails_though_its_check_digits_are_right() {
    let mut read = read_by_lines(personalise(&passport(SLUG)).unwrap());
    let mut forged = passport(SLUG);
    forged.person.given_names = "Berta".into();
    let dg1 = personalise(&forged).unwrap().files.remove(&FileId::DG1).unwrap();
    assert!(identity::lds::dg1::parse(&dg1).is_ok());
    read.files.insert(FileId::DG1, dg1.into());
    let proof = proof::verify(&presented(&read), &trust(), at());
    assert_eq!(proof.verdict.data_groups, Axis::failed(ReasonCode::DataGroupMismatch));
    assert!(proof.document.is_none() && !proof.verdict.passive_authentication());
}

#[test]
fn an_issuer_of_viet_nam_does_not_sign_for_germany() {
    let mut passport = passport(SLUG);
    passport.passport.issuing_state = "VNM".parse().unwrap();
    let card = personalise(&passport).unwrap();
    let password = by_mrz(&card);
    let proof = proof::verify(&presented(&read(card, password)), &trust(), at());
    assert_eq!(faults(&proof), BTreeMap::from([("issuer", ReasonCode::IssuerOfAnotherState)]));
}

#[test]
fn lines_of_another_passport_do_not_open_the_chip_and_the_error_says_so() {
    for (slug, access) in [(SLUG, "pace"), ("mustermann-friedrich", "bac")] {
        let card = personalise(&passport(slug)).unwrap();
        let [number, birth, _] = card.mrz_key.clone();
        let wrong = Password::Mrz(MrzKey::new(&number, &birth, "330517").unwrap());
        let Err(CardReadError::Chip(error)) = try_read(card, wrong) else { panic!("{access}: it opened") };
        assert_eq!(error.code(), ReasonCode::WrongCan, "{access}");
        let said = error.to_string();
        assert!(said.contains("machine-readable zone") && said.contains("compare"), "{said}");
        assert!(!said.contains(number.trim_end_matches('<')) && !said.contains(birth.as_str()), "{said}");
    }
}

#[test]
fn a_simulated_passport_is_refused_in_production() {
    let read = read_by_lines(personalise(&passport(SLUG)).unwrap());
    let proof = proof::verify(&presented(&read), &TrustStore::new(Mode::Production), at());
    assert_eq!(faults(&proof), BTreeMap::from([("issuer", ReasonCode::DemonstrationIssuerRefused)]));
}
