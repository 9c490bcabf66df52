//! What a chip's files and issuers' certificates are read with.

use std::collections::BTreeMap;

use super::Target;
use crate::{
    SecretBytes,
    lds::{FileId, card_access, com, dg1, dg2, dg13, dg14, dg15, security_object},
    proof::{Challenge, Presented, verdict::Access, verify},
    trust::{Mode, TrustStore},
};

pub(super) const TARGETS: &[Target] = &[
    Target { name: "card_access", run: |bytes| drop(card_access::parse(bytes)) },
    Target { name: "com", run: |bytes| drop(com::parse(bytes)) },
    Target { name: "dg1", run: dg1 },
    Target { name: "dg2", run: |bytes| drop(dg2::parse(bytes)) },
    Target { name: "dg13", run: dg13 },
    Target { name: "dg14", run: dg14 },
    Target { name: "dg15", run: |bytes| drop(dg15::parse(bytes)) },
    Target { name: "security_object", run: |bytes| drop(security_object::parse(bytes)) },
    Target { name: "trust_store", run: |bytes| drop(TrustStore::new(Mode::Production).add("fuzz", bytes)) },
    Target { name: "verdict", run: verdict },
];

fn dg1(bytes: &[u8]) {
    let Ok(zone) = dg1::parse(bytes) else { return };
    let today = jiff::civil::date(2026, 9, 15);
    let _ = (zone.birth(today), zone.expiry(None, today), zone.personal_number(), zone.name());
}

fn dg13(bytes: &[u8]) {
    let Ok(data) = dg13::parse(bytes) else { return };
    let _ = (data.personal_number(), data.date_of_birth(), data.date_of_issue(), data.expiry());
}

fn dg14(bytes: &[u8]) {
    let Ok(infos) = dg14::parse(bytes) else { return };
    let _ = (infos.active_authentication_hash(), infos.agrees_with_signed(&infos));
}

/// A hostile EF.SOD over a genuine card's files: only the hashes that the issuer signed may pass.
fn verdict(sod: &[u8]) {
    macro_rules! vector {
        ($name:literal) => {
            include_bytes!(concat!("../../tests/vectors/passive_authentication/", $name))
        };
    }
    let files = BTreeMap::from([
        (FileId::CardAccess, SecretBytes::new(vector!("card-access.bin").to_vec())),
        (FileId::DG1, SecretBytes::new(vector!("dg1.bin").to_vec())),
        (FileId::DG13, SecretBytes::new(vector!("dg13.bin").to_vec())),
        (FileId::DG14, SecretBytes::new(vector!("dg14.bin").to_vec())),
        (FileId::DG15, SecretBytes::new(vector!("dg15.bin").to_vec())),
        (FileId::Sod, SecretBytes::new(sod.to_vec())),
    ]);
    let mut trust = TrustStore::new(Mode::Production);
    let _ = trust.add("main", vector!("main.cer"));
    let presented = Presented {
        files: &files,
        access: Access::PaceCan,
        active_authentication: Some(vector!("aa-rsa-answer.bin")),
        challenge: Challenge::Server([0x01, 0x23, 0x45, 0x67, 0x89, 0xAB, 0xCD, 0xEF]),
    };
    let at = jiff::Timestamp::constant(1_789_434_000, 0);
    let proof = verify(&presented, &trust, at);
    if proof.verdict.passive_authentication() {
        let content = |file| security_object::parse(file).map(|sod| sod.content);
        assert_eq!(
            content(sod),
            content(vector!("main.bin")),
            "other hashes than those signed were taken for signed"
        );
    }
}
