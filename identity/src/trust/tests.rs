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
fn a_certificate_that_is_not_its_own_issuer_needs_its_issuer_first() {
    let mut store = TrustStore::new(Mode::Production);
    let link = data("link.cer");
    assert_eq!(store.add("link", &link).unwrap_err().code, ReasonCode::IssuerUnknown);
    store.add("main", &data("main.cer")).unwrap();
    assert_eq!(store.add("link", &link), Ok(Added::Certificate));
    assert_eq!(store.summary().self_signed_verified, 1);
}
