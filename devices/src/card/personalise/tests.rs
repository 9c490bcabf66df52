use std::{
    io::Write as _,
    path::Path,
    process::{Command, Stdio},
};

use super::*;
use crate::{
    card::portrait::Sitter,
    seeds::{self, Bearer, CardKind},
};

fn seeds_folder() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../seeds"))
}

fn card(slug: &str) -> PersonalisedCard {
    personalise(&seeds::bearer(seeds_folder(), slug).unwrap()).unwrap()
}

/// What is wrong with somebody's document, and which file that concerns.
fn defect(bearer: &Bearer) -> (Defect, FileId) {
    match bearer {
        Bearer::Citizen(citizen) => (citizen.card.defect, FileId::DG13),
        Bearer::Traveller(passport) => (passport.passport.defect, FileId::DG1),
    }
}

/// Everybody, and a passport whose DG1 was changed after signing.
fn everybody() -> Vec<Bearer> {
    let mut all = seeds::bearers(seeds_folder()).unwrap();
    let mut forged = seeds::passport(seeds_folder(), "beispiel-anna").unwrap();
    forged.passport.defect = Defect::ForgedDataGroup;
    all.push(Bearer::Traveller(Box::new(forged)));
    all
}

/// The certificates that a demonstration trusts: file and content.
fn anchors() -> [(&'static str, Vec<u8>); 2] {
    [
        ("mo-phong-csca.cer", Issuer::demonstration().unwrap().csca),
        ("mo-phong-csca-de.cer", Issuer::abroad().unwrap().csca),
    ]
}

/// The content of the outermost object.
fn unwrapped(file: &[u8]) -> &[u8] {
    let start = match file[1] {
        0x82 => 4,
        0x81 => 3,
        _ => 2,
    };
    &file[start..]
}

#[test]
fn the_committed_trust_anchors_are_the_made_up_issuers_certificates() {
    for (file, made) in anchors() {
        let path = seeds_folder().join("trust").join(file);
        if std::env::var_os("UPDATE_SEEDS").is_some() {
            std::fs::write(&path, &made).unwrap();
        }
        assert_eq!(std::fs::read(path).unwrap(), made, "run UPDATE_SEEDS=1 cargo test -p devices");
    }
    assert_eq!(std::fs::read_dir(seeds_folder().join("trust")).unwrap().count(), anchors().len());
}

#[test]
fn no_trust_anchor_is_that_of_the_unknown_issuer() {
    let unknown = Issuer::unknown().unwrap().csca;
    for entry in std::fs::read_dir(seeds_folder().join("trust")).unwrap() {
        assert_ne!(std::fs::read(entry.unwrap().path()).unwrap(), unknown);
    }
}

/// Production refuses made-up issuers by this list even where the mark is not in the certificate.
#[test]
fn the_list_of_made_up_issuers_is_that_of_every_certificate_and_key_that_seeds_make() {
    let mut made = Vec::new();
    for issuer in [Issuer::demonstration(), Issuer::unknown(), Issuer::abroad()].map(Result::unwrap) {
        let csca = <x509_cert::Certificate as der::Decode>::from_der(&issuer.csca).unwrap();
        for certificate in [csca, issuer.document_signer] {
            let key = certificate.tbs_certificate().subject_public_key_info();
            made.push(Sha256::digest(der::Encode::to_der(&certificate).unwrap()).into());
            made.push(Sha256::digest(key.subject_public_key.raw_bytes()).into());
        }
    }
    let shown = |list: &[[u8; 32]]| list.iter().map(hex::encode).collect::<Vec<_>>();
    assert_eq!(shown(identity::trust::DEMONSTRATION_FINGERPRINTS), shown(&made));
}

#[test]
fn the_committed_kiosk_key_belongs_to_the_private_key_that_cccd_seeds_writes() {
    use ring::signature::KeyPair as _;
    let pair = ring::signature::Ed25519KeyPair::from_seed_unchecked(&kiosk_key("demo")).unwrap();
    let text = std::fs::read_to_string(seeds_folder().join("kiosks/demo.toml")).unwrap();
    let table: toml::Table = text.parse().unwrap();
    assert_eq!(table["id"].as_str(), Some("demo"));
    assert_eq!(table["public_key"].as_str(), Some(hex::encode(pair.public_key()).as_str()));
}

#[test]
fn two_cards_of_one_citizen_are_alike_to_the_byte() {
    let (one, two) = (card("nguyen-thi-hoa"), card("nguyen-thi-hoa"));
    assert_eq!(one.files, two.files);
    assert!(one.active_authentication == two.active_authentication);
}

#[test]
fn a_forged_data_group_is_not_the_one_that_was_hashed() {
    for bearer in everybody() {
        let card = personalise(&bearer).unwrap();
        let contains = |file: FileId| {
            let digest = Sha256::digest(&card.files[&file]);
            card.files[&FileId::Sod].windows(32).any(|window| window == digest.as_slice())
        };
        for file in card.files.keys().filter(|file| matches!(file, FileId::DataGroup(_))) {
            let forged = defect(&bearer) == (Defect::ForgedDataGroup, *file);
            assert_eq!(contains(*file), !forged, "{} {file}", bearer.slug());
        }
    }
}

#[test]
fn openssl_accepts_the_sod_of_every_good_card_and_no_forged_one() {
    let folder = tempfile::tempdir().unwrap();
    let anchor = folder.path().join("cscas.pem");
    let mut certificates = Vec::new();
    for (file, _) in anchors() {
        let converted = Command::new("openssl")
            .args(["x509", "-inform", "DER", "-in"])
            .arg(seeds_folder().join("trust").join(file))
            .output()
            .unwrap();
        assert!(converted.status.success());
        certificates.extend(converted.stdout);
    }
    std::fs::write(&anchor, certificates).unwrap();
    for bearer in everybody() {
        let card = personalise(&bearer).unwrap();
        let mut openssl = Command::new("openssl")
            .args(["cms", "-verify", "-inform", "DER", "-purpose", "any", "-out", "/dev/null", "-CAfile"])
            .arg(&anchor)
            .stdin(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        openssl.stdin.take().unwrap().write_all(unwrapped(&card.files[&FileId::Sod])).unwrap();
        let output = openssl.wait_with_output().unwrap();
        let good = !matches!(defect(&bearer).0, Defect::ForgedSecurityObject | Defect::UnknownIssuer);
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.success(), good, "{}: {said}", bearer.slug());
    }
}

#[test]
fn openssl_understands_the_certificates_and_the_mark_in_them() {
    let folder = tempfile::tempdir().unwrap();
    for (anchor, issuer, country) in [
        ("mo-phong-csca.cer", Issuer::demonstration().unwrap(), "C = VN"),
        ("mo-phong-csca-de.cer", Issuer::abroad().unwrap(), "C = DE"),
    ] {
        let signer = folder.path().join(anchor);
        std::fs::write(&signer, der::Encode::to_der(&issuer.document_signer).unwrap()).unwrap();
        for certificate in [signer, seeds_folder().join("trust").join(anchor)] {
            let output = Command::new("openssl")
                .args(["x509", "-inform", "DER", "-noout", "-text", "-in"])
                .arg(certificate)
                .output()
                .unwrap();
            let text = String::from_utf8(output.stdout).unwrap();
            for part in
                ["brainpoolP384r1", "ecdsa-with-SHA256", "DU LIEU MO PHONG", country, "Dec 31 23:59:59 2099"]
            {
                assert!(text.contains(part), "{part} is not in {text}");
            }
        }
    }
}

#[test]
fn a_child_has_no_photo_and_an_early_chip_no_card_access() {
    let child = card("tran-gia-bao");
    assert!(!child.files.contains_key(&FileId::DG2));
    assert!(!child.files[&FileId::Sod].is_empty());
    let early = card("duong-nghia-hon");
    assert!(!early.files.contains_key(&FileId::CardAccess) && !early.files.contains_key(&FileId::DG14));
}

#[test]
fn the_mrz_has_ninety_characters_and_the_facts_of_the_card() {
    for citizen in seeds::citizens(seeds_folder()).unwrap() {
        let mrz = mrz::of_card(&citizen).unwrap();
        assert_eq!(mrz.text.len(), 90, "{}", citizen.slug);
        assert!(mrz.text.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'<'));
    }
    let mrz = mrz::of_card(&seeds::citizen(seeds_folder(), "nguyen-thi-hoa").unwrap()).unwrap();
    let line = |index: usize| &mrz.text[index * 30..][..30];
    assert_eq!(&line(0)[..14], "IDVNM148012345");
    assert_eq!(&line(0)[15..29], "001148012345<<");
    assert_eq!((&line(1)[..6], &line(1)[7..14], &line(1)[15..18]), ("480302", "F991231", "VNM"));
    assert_eq!(line(2), "NGUYEN<<THI<HOA<<<<<<<<<<<<<<<");
    let year_only = mrz::of_card(&seeds::citizen(seeds_folder(), "le-thi-be-em").unwrap()).unwrap();
    assert_eq!(year_only.key[1], "51<<<<");
}

#[test]
fn a_passports_mrz_has_two_lines_and_a_name_that_is_too_long_ends_in_a_letter() {
    let lines = |slug: &str| {
        let mrz = mrz::of_passport(&seeds::passport(seeds_folder(), slug).unwrap()).unwrap();
        let (one, two) = mrz.text.split_at(44);
        (one.to_owned(), two.to_owned(), mrz.key)
    };
    let (one, two, key) = lines("beispiel-anna");
    assert_eq!(one, "P<D<<BEISPIEL<<ANNA<LENA<<<<<<<<<<<<<<<<<<<<");
    assert_eq!(two, "C01X00T478D<<9005178F3305164<<<<<<<<<<<<<<08");
    assert_eq!(key, ["C01X00T47", "900517", "330516"]);
    let (one, two, key) = lines("mustermann-friedrich");
    assert_eq!(one, "P<D<<MUESTERMANN<BEISPIELHAUSEN<<JOERG<FRIED");
    assert_eq!((two.len(), key), (44, ["C9MUSTR3<", "571230", "310228"].map(String::from)));
}

#[test]
fn a_passports_number_that_no_passport_has_is_refused_by_the_slug() {
    let mut passport = seeds::passport(seeds_folder(), "beispiel-anna").unwrap();
    for bad in ["", "C01X00T471", "c01x00t47", "C01 X00T4"] {
        passport.passport.number = bad.into();
        let error = personalise(&passport).unwrap_err();
        assert!(matches!(&error, PersonaliseError::PassportNumber(slug) if slug == "beispiel-anna"), "{bad}");
    }
}

#[test]
fn portraits_are_as_large_as_those_of_real_cards_and_differ() {
    let all: Vec<Sitter> = seeds::bearers(seeds_folder())
        .unwrap()
        .iter()
        .map(|bearer| match bearer {
            Bearer::Citizen(citizen) => citizen.as_ref().into(),
            Bearer::Traveller(passport) => passport.as_ref().into(),
        })
        .collect();
    let portraits: std::collections::BTreeSet<Vec<u8>> =
        all.iter().map(|sitter| portrait::draw(sitter).unwrap()).collect();
    assert_eq!(portraits.len(), all.len());
    for jpeg in &portraits {
        assert!((12_000..25_000).contains(&jpeg.len()), "{}", jpeg.len());
        let picture = image::load_from_memory(jpeg).unwrap();
        assert_eq!((picture.width(), picture.height()), (480, 640));
    }
    if let Some(folder) = std::env::var_os("PORTRAITS") {
        for sitter in &all {
            let path = Path::new(&folder).join(format!("{}.jpg", sitter.slug));
            std::fs::write(path, portrait::draw(sitter).unwrap()).unwrap();
        }
    }
}

#[test]
fn a_card_of_2024_has_entries_without_a_value() {
    let citizen = seeds::citizen(seeds_folder(), "pham-quoc-dat").unwrap();
    assert_eq!(citizen.card.kind, CardKind::CanCuoc2024);
    let dg13 = &card("pham-quoc-dat").files[&FileId::DG13];
    assert!(dg13.windows(5).any(|window| window == [0x30, 0x03, 0x02, 0x01, 0x06]));
    assert!(dg13.windows(8).any(|window| window == b"21071990"));
}
