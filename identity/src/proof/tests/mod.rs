//! Every verdict against what OpenSSL signed (`tests/vectors/passive_authentication/make.py`).

mod chip;
mod issuer;
mod passport;

use std::path::Path;

use super::*;
use crate::{
    proof::verdict::AxisResult,
    trust::{
        Mode,
        rustcrypto::RustCrypto,
        signature::{SignatureVerifier, default_verifier},
    },
};
use ReasonCode as Code;

pub(crate) fn data(name: &str) -> Vec<u8> {
    let folder = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/vectors/passive_authentication"));
    std::fs::read(folder.join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn has(name: &str) -> bool {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/vectors/passive_authentication"))
        .join(name)
        .exists()
}

const NONCE: [u8; 8] = [0x01, 0x23, 0x45, 0x67, 0x89, 0xAB, 0xCD, 0xEF];

/// A card on the reader: its files, and what was asked of it.
struct Card {
    files: BTreeMap<FileId, SecretBytes>,
    answer: Option<Vec<u8>>,
    challenge: Challenge,
    access: Access,
}

impl Card {
    /// The card whose SOD is `NAME.bin`: the first card's files, but those that `NAME-dgN.bin` replaces.
    fn new(name: &str) -> Self {
        let sod = data(&format!("{name}.bin"));
        let mut files = BTreeMap::from([
            (FileId::CardAccess, data("card-access.bin").into()),
            (FileId::Sod, sod.clone().into()),
        ]);
        let parsed = lds::security_object::parse(&sod);
        for (number, file) in
            [(1, FileId::DG1), (2, FileId::DG2), (13, FileId::DG13), (14, FileId::DG14), (15, FileId::DG15)]
        {
            let own = format!("{name}-dg{number}.bin");
            if has(&own) {
                files.insert(file, data(&own).into());
            } else if parsed.as_ref().is_ok_and(|sod| sod.lists(file)) {
                files.insert(file, data(&format!("dg{number}.bin")).into());
            }
        }
        let answer = Some(data("aa-rsa-answer.bin"));
        Self { files, answer, challenge: Challenge::Server(NONCE), access: Access::PaceCan }
    }

    fn edit(mut self, file: FileId, change: impl FnOnce(&mut Vec<u8>)) -> Self {
        let mut content = self.files[&file].as_slice().to_vec();
        change(&mut content);
        self.files.insert(file, content.into());
        self
    }

    fn without(mut self, file: FileId) -> Self {
        self.files.remove(&file).unwrap();
        self
    }

    fn verify(&self, trust: &TrustStore) -> Proof {
        self.verify_at(trust, "2026-09-15T08:00:00+07:00")
    }

    fn verify_at(&self, trust: &TrustStore, at: &str) -> Proof {
        let presented = Presented {
            files: &self.files,
            access: self.access,
            active_authentication: self.answer.as_deref(),
            challenge: self.challenge,
        };
        verify(&presented, trust, at.parse().unwrap())
    }
}

fn trust(files: &[&str]) -> TrustStore {
    let mut store = TrustStore::new(Mode::Production);
    for file in files {
        store.add(file, &data(file)).unwrap();
    }
    store
}

fn main_trust() -> TrustStore {
    trust(&["main.cer"])
}

/// Flips bit 0 of the byte at the first occurrence of `pattern`.
fn flip(content: &mut [u8], pattern: &[u8]) {
    let at = content.windows(pattern.len()).position(|window| window == pattern).unwrap();
    content[at] ^= 1;
}

#[test]
fn the_genuine_card_passes_every_axis_but_the_holder() {
    let proof = Card::new("main").verify(&trust(&["main.cer", "none-revoked.crl"]));
    assert_eq!(
        proof.verdict,
        Verdict {
            security_object: Axis::passed(Code::SignatureVerified),
            data_groups: Axis::passed(Code::HashesMatch),
            issuer: Axis::passed(Code::IssuerTrusted),
            revocation: Axis::passed(Code::NotRevoked),
            chip: Axis::passed(Code::ChallengeAnswered),
            validity: Axis::passed(Code::NoExpiry),
            holder: Axis::not_done(Code::HolderNotChecked),
        }
    );
    assert!(proof.verdict.full_chip_proof());
    assert_eq!(proof.signer_sha256, Some(Sha256::digest(data("main-ds.cer")).into()));
    assert_eq!(proof.sod_sha256, Some(Sha256::digest(data("main.bin")).into()));
    let document = proof.document.unwrap();
    assert_eq!(document.personal_number.as_ref().unwrap().as_str(), "001148012345");
    assert_eq!(document.full_name, "Nguyễn Thị Hoà");
    assert_eq!(document.residence.as_deref(), Some("Thôn 1, Xã Mẫu, Hà Nội"));
    assert_eq!(document.old_numbers, [crate::number::OldNumber::parse("012345678").unwrap()]);
    assert_eq!(document.expiry, Some(document::Expiry::Never));
    assert_eq!(document.sex, document::Sex::Female);
    assert!(!format!("{document:?}").contains("Nguy"));
}

/// Every algorithm, by each implementation of the verifier in this build.
#[test]
fn every_algorithm_of_the_standard_verifies_and_a_changed_signature_does_not() {
    let verifiers: [&'static dyn SignatureVerifier; 2] = [&RustCrypto, default_verifier()];
    let folder = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/vectors/passive_authentication"));
    let mut names: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .filter_map(|entry| {
            entry.unwrap().file_name().into_string().unwrap().strip_suffix(".bin").map(str::to_owned)
        })
        .filter(|name| name.starts_with("algorithm-"))
        .collect();
    names.sort();
    assert!(names.len() >= 16, "{names:?}");
    for name in names {
        for verifier in verifiers {
            let mut store = TrustStore::with_verifier(Mode::Production, verifier);
            store.add(&name, &data(&format!("{name}.cer"))).unwrap();
            assert_eq!(store.summary().self_signed_verified, 1, "{name}");
            let verdict = Card::new(&name).verify(&store).verdict;
            assert!(verdict.full_chip_proof(), "{name} {verifier:?} {verdict:?}");

            let changed = Card::new(&name).edit(FileId::Sod, |sod| *sod.last_mut().unwrap() ^= 1);
            let verdict = changed.verify(&store).verdict;
            assert_eq!(verdict.security_object, Axis::failed(Code::SignatureInvalid), "{name} {verifier:?}");
            assert!(changed.verify(&store).document.is_none());

            let mut certificate = data(&format!("{name}.cer"));
            *certificate.last_mut().unwrap() ^= 1;
            let mut store = TrustStore::with_verifier(Mode::Production, verifier);
            let refused = store.add(&name, &certificate).unwrap_err();
            assert_eq!(refused.code, Code::IssuerSignatureInvalid, "{name} {verifier:?}");
        }
    }
}

#[test]
fn what_cannot_be_verified_is_said_to_be_so_and_never_passes() {
    for name in ["unsupported-p521", "unsupported-rsa1024"] {
        let proof = Card::new(name).verify(&main_trust());
        assert_eq!(proof.verdict.security_object, Axis::not_done(Code::AlgorithmUnsupported), "{name}");
        assert!(!proof.verdict.passive_authentication());
        assert!(proof.document.is_none());
    }
    let refused = TrustStore::new(Mode::Production).add("p521", &data("unsupported-p521.cer")).unwrap_err();
    assert_eq!(refused.code, Code::AlgorithmUnsupported);
}

#[test]
fn every_hash_and_version_and_way_to_name_the_signer_is_read() {
    for name in [
        "hash-sha1",
        "hash-sha224",
        "hash-sha256",
        "hash-sha384",
        "hash-sha512",
        "version-1",
        "key-identifier",
    ] {
        let verdict = Card::new(name).verify(&main_trust()).verdict;
        assert!(verdict.full_chip_proof(), "{name} {verdict:?}");
    }
    let sod = lds::security_object::parse(&data("version-1.bin")).unwrap();
    assert_eq!(sod.lds_version(), Some("0108"));
}

/// A verdict's axis by its name.
fn axis(proof: &Proof, name: &str) -> Axis {
    proof.verdict.axes().into_iter().find(|(axis, _)| *axis == name).unwrap().1
}

fn expect(what: &str, proof: &Proof, name: &str, expected: Axis) {
    assert_eq!(axis(proof, name), expected, "{what}: {:?}", proof.verdict);
}

#[test]
fn each_forgery_has_its_own_code() {
    let hash_in_sod = |sod: &mut Vec<u8>| {
        let hash = Sha256::digest(data("dg13.bin"));
        flip(sod, &hash);
    };
    let another_content_type = |sod: &mut Vec<u8>| {
        // In the attribute `content-type`.
        let attribute = hex::decode("06092a864886f70d010903310806066781080101").unwrap();
        let at = sod.windows(attribute.len()).position(|window| window == attribute).unwrap();
        sod[at + attribute.len()] ^= 1;
    };
    let cases: Vec<(&str, Card, &str, Code)> = vec![
        (
            "DG13 changed",
            Card::new("main").edit(FileId::DG13, |file| flip(file, b"Nguy")),
            "data_groups",
            Code::DataGroupMismatch,
        ),
        (
            "DG15 of another key",
            Card::new("main").edit(FileId::DG15, |file| *file = data("dg15-ec.bin")),
            "data_groups",
            Code::DataGroupMismatch,
        ),
        (
            "the hash in the SOD changed",
            Card::new("main").edit(FileId::Sod, hash_in_sod),
            "security_object",
            Code::SignedAttributesInvalid,
        ),
        (
            "another content type in the signed attributes",
            Card::new("main").edit(FileId::Sod, another_content_type),
            "security_object",
            Code::SignedAttributesInvalid,
        ),
        (
            "no signed attributes",
            Card::new("no-attributes"),
            "security_object",
            Code::SignedAttributesInvalid,
        ),
        ("no certificate", Card::new("no-certificate"), "security_object", Code::SignerCertificateMissing),
        (
            "another content type",
            Card::new("other-content"),
            "security_object",
            Code::SecurityObjectMalformed,
        ),
        (
            "not a SOD",
            Card::new("main").edit(FileId::Sod, |sod| sod.truncate(40)),
            "security_object",
            Code::SecurityObjectMalformed,
        ),
        (
            "a file that is not listed",
            Card::new("no-key").edit(FileId::Sod, |_| ()).adding(FileId::DG15),
            "data_groups",
            Code::DataGroupNotListed,
        ),
        ("another number in DG13", Card::new("other-number"), "data_groups", Code::DataGroupsDisagree),
        ("another birth date in DG13", Card::new("other-birth"), "data_groups", Code::DataGroupsDisagree),
        ("another CSCA of the same name", Card::new("same-name"), "issuer", Code::IssuerSignatureInvalid),
    ];
    for (what, card, name, code) in cases {
        let proof = card.verify(&main_trust());
        expect(what, &proof, name, Axis::failed(code));
        for later in ["chip", "validity", "holder"] {
            expect(what, &proof, later, Axis::not_done(Code::PassiveAuthenticationNotPassed));
        }
        assert!(proof.document.is_none() || name == "issuer", "{what}");
    }
}

impl Card {
    fn adding(mut self, file: FileId) -> Self {
        let FileId::DataGroup(number) = file else { panic!("a data group") };
        self.files.insert(file, data(&format!("dg{}.bin", number.get())).into());
        self
    }
}

#[test]
fn one_bit_anywhere_in_the_security_object_never_passes() {
    let good = data("main.bin");
    let store = main_trust();
    let genuine = Card::new("main").verify(&store).verdict;
    for position in 0..good.len() {
        let card = Card::new("main").edit(FileId::Sod, |sod| sod[position] ^= 1 << (position % 8));
        let verdict = card.verify(&store).verdict;
        // The versions and the list of digest algorithms stand outside the signature and mean nothing.
        assert!(!verdict.passive_authentication() || verdict == genuine, "byte {position}: {verdict:?}");
    }
}

#[test]
fn what_is_missing_is_not_done_and_not_failed() {
    let alone = {
        let mut card = Card::new("main");
        card.files.retain(|file, _| *file == FileId::Sod);
        card
    };
    let cases = [
        ("no SOD", Card::new("main").without(FileId::Sod), "security_object", Code::SecurityObjectMissing),
        ("no DG1", Card::new("main").without(FileId::DG1), "data_groups", Code::DataGroupMissing),
        ("no DG13", Card::new("main").without(FileId::DG13), "data_groups", Code::DataGroupMissing),
        ("a lone SOD", alone, "data_groups", Code::DataGroupMissing),
        ("DG13 that nobody can read", Card::new("dg13-malformed"), "data_groups", Code::DataGroupMalformed),
    ];
    for (what, card, name, code) in cases {
        let proof = card.verify(&main_trust());
        expect(what, &proof, name, Axis::not_done(code));
        assert_eq!(proof.verdict.first_failure(), None, "{what}");
        assert!(proof.document.is_none(), "{what}");
    }
}

#[test]
fn dates_are_those_of_vietnam_and_the_last_day_counts() {
    for (name, at, expected) in [
        ("main", "2026-09-15T08:00:00+07:00", Axis::passed(Code::NoExpiry)),
        ("expired", "2026-09-15T08:00:00+07:00", Axis::failed(Code::DocumentExpired)),
        ("last-day", "2026-09-15T08:00:00+07:00", Axis::passed(Code::WithinValidity)),
        ("last-day", "2026-09-15T23:59:59+07:00", Axis::passed(Code::WithinValidity)),
        ("last-day", "2026-09-16T00:00:00+07:00", Axis::failed(Code::DocumentExpired)),
        ("issued-later", "2026-09-15T23:59:59+07:00", Axis::failed(Code::DocumentNotYetValid)),
        ("issued-later", "2026-09-15T17:00:00Z", Axis::passed(Code::NoExpiry)),
        ("dates-unreadable", "2026-09-15T08:00:00+07:00", Axis::not_done(Code::DatesUnreadable)),
        // DG13 is silent: the MRZ's 991231 after 2022 is 2099.
        ("no-expiry-entry", "2026-09-15T08:00:00+07:00", Axis::passed(Code::WithinValidity)),
        ("bare", "2026-09-15T08:00:00+07:00", Axis::passed(Code::WithinValidity)),
    ] {
        let proof = Card::new(name).verify_at(&main_trust(), at);
        expect(name, &proof, "validity", expected);
    }
}

#[test]
fn births_without_day_and_of_people_over_100_are_read() {
    let born = |name| Card::new(name).verify(&main_trust()).document.unwrap().date_of_birth.unwrap();
    assert_eq!(born("year-only"), document::BirthDate { year: 1948, month: None, day: None });
    assert_eq!(born("over-100"), document::BirthDate { year: 1920, month: Some(2), day: Some(1) });
    // What is no date says nothing; the zone does.
    assert_eq!(born("birth-unreadable"), born("bare"));
    assert!(Card::new("birth-unreadable").verify(&main_trust()).verdict.full_chip_proof());
    assert_eq!(born("bare"), document::BirthDate { year: 1948, month: Some(3), day: Some(2) });
}

#[test]
fn a_card_whose_details_are_empty_still_names_its_holder() {
    let document = Card::new("bare").verify(&main_trust()).document.unwrap();
    assert_eq!(document.full_name, "NGUYEN THI HOA");
    assert_eq!(document.personal_number.as_ref().unwrap().as_str(), "001148012345");
    assert_eq!(document.residence, None);
}

#[test]
fn results_are_never_passed_for_files_of_nothing() {
    let files = BTreeMap::from([(FileId::Sod, SecretBytes::new(Vec::new()))]);
    let presented = Presented {
        files: &files,
        access: Access::Bac,
        active_authentication: Some(&[]),
        challenge: Challenge::None,
    };
    let proof = verify(&presented, &main_trust(), Timestamp::UNIX_EPOCH);
    assert!(proof.verdict.axes().iter().all(|(_, axis)| axis.result != AxisResult::Passed));
}

#[test]
fn debug_shows_nothing_that_is_one_persons_or_one_cards() {
    let card = Card::new("main");
    let presented = Presented {
        files: &card.files,
        access: card.access,
        active_authentication: card.answer.as_deref(),
        challenge: card.challenge,
    };
    let proof = card.verify(&main_trust());
    let rsa = lds::dg15::parse(&data("dg15.bin")).unwrap();
    let ec = lds::dg15::parse(&data("dg15-ec.bin")).unwrap();
    assert_eq!(format!("{rsa:?}"), "DataGroup15(Some(PublicKey(RSA, 2048 bits)))");
    assert_eq!(format!("{ec:?}"), "DataGroup15(Some(PublicKey(P256)))");
    // A list of bytes would be a list of numbers.
    for text in [format!("{presented:?}"), format!("{proof:?}")] {
        assert!(!text.contains(", 1") && !text.contains("sha256") && !text.contains("NGUYEN"), "{text}");
    }
    assert_eq!(
        format!("{presented:?}").split("access").next(),
        Some(
            "Presented { files: [CardAccess, Sod, DataGroup(DataGroupNumber(1)), \
              DataGroup(DataGroupNumber(13)), DataGroup(DataGroupNumber(14)), DataGroup(DataGroupNumber(15))], "
        )
    );
}
