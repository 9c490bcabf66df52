//! Passive authentication of one card on one core: SOD, DS and CSCA signatures, hashes, files, dates. Compare
//! `cargo bench -p identity --bench passive_authentication` with and without `--features ring`.
#![expect(clippy::panic, reason = "a bench without its data stops")]

use std::{collections::BTreeMap, hint::black_box, path::Path};

use criterion::{Criterion, criterion_group, criterion_main};
use identity::{
    SecretBytes,
    lds::FileId,
    proof::{Challenge, Presented, verdict::Access, verify},
    trust::{
        Mode, TrustStore,
        rustcrypto::RustCrypto,
        signature::{SignatureVerifier, default_verifier},
    },
};

const CASES: [(&str, &str); 6] = [
    ("brainpoolP384r1 (the CCCD's)", "main"),
    ("brainpoolP256r1", "algorithm-brainpoolP256r1-sha256"),
    ("P-256", "algorithm-p256-sha256"),
    ("P-384", "algorithm-p384-sha384"),
    ("RSA-2048 PKCS#1", "algorithm-rsa2048-pkcs1-sha256"),
    ("RSA-3072 PSS", "algorithm-rsa3072-pss-sha256-salt32"),
];

fn data(name: &str) -> Vec<u8> {
    let folder = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/vectors/passive_authentication"));
    std::fs::read(folder.join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn passive_authentication(criterion: &mut Criterion) {
    let verifiers: [&'static dyn SignatureVerifier; 2] = [&RustCrypto, default_verifier()];
    let count = if cfg!(feature = "ring") { 2 } else { 1 };
    for (name, file) in CASES {
        let mut files: BTreeMap<FileId, SecretBytes> =
            [(FileId::DG1, "dg1"), (FileId::DG13, "dg13"), (FileId::DG14, "dg14"), (FileId::DG15, "dg15")]
                .map(|(id, file)| (id, data(&format!("{file}.bin")).into()))
                .into();
        files.insert(FileId::Sod, data(&format!("{file}.bin")).into());
        let presented = Presented {
            files: &files,
            access: Access::PaceCan,
            active_authentication: None,
            challenge: Challenge::None,
        };
        let at = jiff::Timestamp::constant(1_789_434_000, 0);
        for verifier in verifiers.into_iter().take(count) {
            let mut trust = TrustStore::with_verifier(Mode::Production, verifier);
            trust.add(file, &data(&format!("{file}.cer"))).unwrap_or_else(|error| panic!("{error}"));
            assert!(verify(&presented, &trust, at).verdict.passive_authentication(), "{name}");
            criterion.bench_function(&format!("passive authentication, {name}, {verifier:?}"), |bencher| {
                bencher.iter(|| verify(black_box(&presented), &trust, at));
            });
        }
    }
}

criterion_group!(benches, passive_authentication);
criterion_main!(benches);
