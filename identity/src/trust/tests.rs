//! The store's own rules. What it says of documents is tested in `proof`.

use super::*;
use crate::proof::tests::data;

#[test]
fn a_certificate_counts_once_and_the_summary_names_what_was_refused() {
    let mut store = TrustStore::new(Mode::Production);
    for file in ["main.cer", "main.cer", "same-name.cer", "small-letters.cer"] {
        assert_eq!(store.add(file, &data(file)), Ok(Added::Certificate));
    }
    let error = store.add("marked.cer", &data("marked.cer")).unwrap_err();
    assert_eq!(error.code, ReasonCode::DemonstrationIssuerRefused);
    assert!(
        error.to_string().starts_with("marked.cer is not trusted (demonstration_issuer_refused): "),
        "{error}"
    );
    let summary = store.summary();
    assert_eq!((summary.certificates, summary.countries, summary.self_signed_verified), (3, 1, 3));
    let sha256 = hex::encode(Sha256::digest(data("marked.cer")));
    assert_eq!(summary.refused, [Refused { sha256, code: ReasonCode::DemonstrationIssuerRefused }]);
}

#[test]
fn what_may_not_certify_is_no_trust_anchor() {
    let mut store = TrustStore::new(Mode::Demonstration);
    for file in ["main-ds.cer", "csca-without-constraints.cer", "main.bin", "dg15.bin"] {
        assert_eq!(
            store.add(file, &data(file)).unwrap_err().code,
            ReasonCode::IssuerCertificateMalformed,
            "{file}"
        );
    }
    assert_eq!(store.summary().certificates, 0);
}

#[test]
fn a_partial_revocation_list_is_not_taken_for_a_whole_one() {
    let mut store = TrustStore::new(Mode::Production);
    store.add("main", &data("main.cer")).unwrap();
    let refused = store.add("delta", &data("delta.crl")).unwrap_err();
    assert_eq!(refused.code, ReasonCode::IssuerCertificateMalformed);
}

#[test]
fn a_certificate_that_names_two_algorithms_is_none() {
    let mut certificate = data("main.cer");
    let algorithm = const_oid::db::rfc5912::ECDSA_WITH_SHA_256;
    let width = algorithm.as_bytes().len();
    let outer = certificate.windows(width).rposition(|window| window == algorithm.as_bytes()).unwrap();
    certificate[outer + width - 1] += 1;
    let refused = TrustStore::new(Mode::Production).add("two", &certificate).unwrap_err();
    assert_eq!(refused.code, ReasonCode::IssuerCertificateMalformed);
}

#[test]
fn a_certificate_that_is_not_its_own_issuer_needs_its_issuer_first() {
    let mut store = TrustStore::new(Mode::Production);
    let link = data("link.cer");
    assert_eq!(store.add("link", &link).unwrap_err().code, ReasonCode::IssuerUnknown);
    store.add("main", &data("main.cer")).unwrap();
    assert_eq!(store.add("link", &link), Ok(Added::Certificate));
    assert_eq!(store.summary().self_signed_verified, 1);
}

#[test]
fn what_files_are_called_does_not_decide_whom_a_place_trusts() {
    for order in [["link.cer", "main.cer", "marked.cer"], ["marked.cer", "main.cer", "link.cer"]] {
        let mut store = TrustStore::new(Mode::Production);
        let refused = store.add_all(order.map(|file| (file.to_owned(), data(file))));
        assert_eq!(refused.len(), 1, "{refused:?}");
        assert_eq!(refused[0].code, ReasonCode::DemonstrationIssuerRefused);
        let summary = store.summary();
        assert_eq!((summary.certificates, summary.refused.len()), (2, 1), "{order:?}");
    }
    let mut store = TrustStore::new(Mode::Production);
    let refused = store.add_all([("link.cer".to_owned(), data("link.cer"))]);
    assert_eq!(refused[0].code, ReasonCode::IssuerUnknown);
    assert_eq!(store.summary().refused.len(), 1);
}

#[test]
fn the_seeds_issuers_are_refused_in_production_by_mark_by_fingerprint_and_by_key() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../seeds/trust");
    let mut seen = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let certificate = std::fs::read(entry.unwrap().path()).unwrap();
        let mut store = TrustStore::new(Mode::Demonstration);
        assert_eq!(store.add("seed", &certificate), Ok(Added::Certificate));
        let sha256: [u8; 32] = Sha256::digest(&certificate).into();
        assert!(DEMONSTRATION_FINGERPRINTS.contains(&sha256), "{} is not on the list", hex::encode(sha256));

        // The same key, certified without the mark: another extension stands in its place.
        let mark = DEMONSTRATION_MARK.as_bytes();
        let at = certificate.windows(mark.len()).position(|window| window == mark).unwrap();
        let mut unmarked = certificate.clone();
        unmarked[at + mark.len() - 1] ^= 2;
        for bytes in [&certificate, &unmarked] {
            let refused = TrustStore::new(Mode::Production).add("seed", bytes).unwrap_err();
            assert_eq!(refused.code, ReasonCode::DemonstrationIssuerRefused);
        }
        seen += 1;
    }
    assert!(seen > 0);
}
