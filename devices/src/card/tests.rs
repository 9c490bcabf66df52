//! Every seeded card, read in process and judged: its defect and nothing else shows in the verdict.

mod passport;

use std::{collections::BTreeMap, path::Path};

use identity::{
    ReasonCode,
    chip::{
        Password,
        read::{CardRead, ReadOptions, ReadRequest, ReadingPlan},
    },
    lds::FileId,
    mrz::MrzKey,
    proof::{
        self, Challenge, Presented, Proof,
        verdict::{Access, AxisResult},
    },
    trust::{Mode, TrustStore},
};

use super::{
    VirtualCard,
    personalise::{PersonalisedCard, personalise},
};
use crate::{
    reader::{CardReadError, CardReader as _, in_process, read_card},
    seeds::{self, AccessProtocols, BirthDate, Cipher, Citizen, Curve, Defect, Expiry, PaceKind},
};

const NONCE: [u8; 8] = *b"a nonce.";

fn seeds_folder() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../seeds"))
}

fn trust() -> TrustStore {
    let mut trust = TrustStore::new(Mode::Demonstration);
    for entry in std::fs::read_dir(seeds_folder().join("trust")).unwrap() {
        let path = entry.unwrap().path();
        trust.add("seed", &std::fs::read(path).unwrap()).unwrap();
    }
    trust
}

fn judged(citizen: &Citizen) -> Proof {
    let card = personalise(citizen).unwrap();
    let password = match citizen.card.access {
        AccessProtocols::PaceAndBac => Password::Can(card.can.clone()),
        AccessProtocols::BacOnly => by_mrz(&card),
    };
    let read = read(card, password);
    proof::verify(&presented(&read), &trust(), at())
}

fn at() -> jiff::Timestamp {
    "2026-09-15T08:00:00+07:00".parse().unwrap()
}

fn by_mrz(card: &PersonalisedCard) -> Password {
    let [number, birth, expiry] = &card.mrz_key;
    Password::Mrz(MrzKey::new(number, birth, expiry).unwrap())
}

fn read(card: PersonalisedCard, password: Password) -> CardRead {
    try_read(card, password).unwrap()
}

fn try_read(card: PersonalisedCard, password: Password) -> Result<CardRead, CardReadError> {
    let request = ReadRequest { password, challenge: Some(NONCE), options: ReadOptions::default() };
    let counting = || {
        let mut next = 0_u8;
        move |bytes: &mut [u8]| {
            bytes.fill_with(|| {
                next = next.wrapping_add(3);
                next & 0x7F
            });
        }
    };
    let (mut reader, desk) = in_process::reader();
    desk.insert(VirtualCard::new(card, Box::new(counting())));
    let mut channel = reader.connect().unwrap();
    read_card(channel.as_mut(), &mut ReadingPlan::new(request, counting()), |_| ())
}

fn presented(read: &CardRead) -> Presented<'_> {
    Presented {
        files: &read.files,
        access: read.access,
        active_authentication: read.active_authentication.as_ref().map(identity::SecretBytes::as_slice),
        challenge: Challenge::Server(NONCE),
    }
}

/// The axes that failed, and `issuer` where it is open.
fn faults(proof: &Proof) -> BTreeMap<&'static str, ReasonCode> {
    proof
        .verdict
        .axes()
        .into_iter()
        .filter(|(name, axis)| axis.has_failed() || (*name == "issuer" && axis.result == AxisResult::NotDone))
        .map(|(name, axis)| (name, axis.code))
        .collect()
}

#[test]
fn each_seeded_card_has_the_verdict_that_its_defect_deserves() {
    for citizen in seeds::citizens(seeds_folder()).unwrap() {
        let proof = judged(&citizen);
        let mut expected = match citizen.card.defect {
            Defect::None => BTreeMap::new(),
            Defect::ForgedDataGroup => BTreeMap::from([("data_groups", ReasonCode::DataGroupMismatch)]),
            Defect::ForgedSecurityObject => {
                BTreeMap::from([("security_object", ReasonCode::SignatureInvalid)])
            }
            Defect::UnknownIssuer => BTreeMap::from([("issuer", ReasonCode::IssuerUnknown)]),
            Defect::ClonedChip => BTreeMap::from([("chip", ReasonCode::ChipProofInvalid)]),
            Defect::WithholdsProof => BTreeMap::from([("chip", ReasonCode::ProofWithheld)]),
        };
        if citizen.slug == "vo-nha-cam" {
            expected.insert("validity", ReasonCode::DocumentExpired);
        }
        assert_eq!(faults(&proof), expected, "{}", citizen.slug);
        assert_eq!(proof.verdict.full_chip_proof(), expected.is_empty(), "{}", citizen.slug);
    }
}

#[test]
fn a_verified_card_says_what_its_seed_says() {
    for citizen in seeds::citizens(seeds_folder()).unwrap() {
        if !matches!(
            citizen.card.defect,
            Defect::None | Defect::ClonedChip | Defect::WithholdsProof | Defect::UnknownIssuer
        ) {
            continue;
        }
        let document = judged(&citizen).document.unwrap();
        assert_eq!(
            document.personal_number.as_ref(),
            Some(&citizen.person.personal_number),
            "{}",
            citizen.slug
        );
        assert_eq!(document.full_name, citizen.person.full_name);
        assert_eq!(document.residence.as_deref(), Some(citizen.person.residence.as_str()));
        let birth = document.date_of_birth.unwrap();
        match citizen.person.date_of_birth {
            BirthDate::Full(date) => {
                let (month, day) = (Some(date.month()), Some(date.day()));
                assert_eq!((birth.year, birth.month, birth.day), (date.year(), month, day));
            }
            BirthDate::Year(year) => assert_eq!((birth.year, birth.month), (year, None)),
        }
        match (citizen.card.date_of_expiry, document.expiry.unwrap()) {
            (Expiry::On(date), identity::lds::dg13::Expiry::On(read)) => assert_eq!(date, read),
            (Expiry::Never, identity::lds::dg13::Expiry::Never) => {}
            other => panic!("{}: {other:?}", citizen.slug),
        }
    }
}

#[test]
fn a_chip_with_any_cipher_and_curve_of_pace_is_read_and_proved() {
    let mut citizen = seeds::citizen(seeds_folder(), "nguyen-thi-hoa").unwrap();
    for cipher in [Cipher::TripleDes, Cipher::Aes128, Cipher::Aes192, Cipher::Aes256] {
        for curve in [Curve::P256, Curve::BrainpoolP256r1] {
            citizen.card.pace = PaceKind { cipher, curve };
            let card = personalise(&citizen).unwrap();
            for (password, access) in
                [(Password::Can(card.can.clone()), Access::PaceCan), (by_mrz(&card), Access::PaceMrz)]
            {
                let read = read(card.clone(), password);
                assert_eq!(read.access, access, "{cipher:?} {curve:?}");
                for (file, content) in card.files.iter().filter(|(file, _)| **file != FileId::Com) {
                    assert!(read.files[file].as_slice() == content, "{file} by {cipher:?} {curve:?}");
                }
                let proof = proof::verify(&presented(&read), &trust(), at());
                assert!(proof.verdict.full_chip_proof(), "{cipher:?} {curve:?}: {:?}", faults(&proof));
            }
        }
    }
}

#[test]
fn a_simulated_card_is_refused_in_production_even_where_its_issuer_is_not_in_the_store() {
    for slug in ["nguyen-thi-hoa", "ly-thi-ngoc-tram"] {
        let card = personalise(&seeds::citizen(seeds_folder(), slug).unwrap()).unwrap();
        let password = Password::Can(card.can.clone());
        let proof =
            proof::verify(&presented(&read(card, password)), &TrustStore::new(Mode::Production), at());
        assert_eq!(faults(&proof), BTreeMap::from([("issuer", ReasonCode::DemonstrationIssuerRefused)]));
        assert!(!proof.verdict.passive_authentication(), "{slug}");
    }
}
