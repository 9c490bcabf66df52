//! What other software gets of a visit, judged by an independent implementation of FHIR R5.

use std::path::PathBuf;

use end_to_end::{process::root, python};
use serde_json::{Value, json};

/// The bundles that the server's own tests hold to.
fn agreed() -> Vec<PathBuf> {
    let folder = root().canonicalize().unwrap().join("server/src/fhir/snapshots");
    std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect()
}

#[test]
fn every_kind_of_visit_is_fhir() {
    let files = agreed();
    let lines = python::validate_fhir_files(&files).unwrap();
    assert_eq!(lines.lines().count(), files.len());
    assert!(files.len() >= 4, "by chip, by hand, erased, brought by somebody");
    assert!(
        lines.contains("Patient, Coverage, Encounter, VerificationResult, VerificationResult, Provenance")
    );
    assert!(lines.contains("Patient, Coverage, RelatedPerson, Encounter, "), "{lines}");
}

#[test]
fn the_judge_finds_what_is_wrong() {
    let file = agreed().into_iter().find(|path| path.to_string_lossy().ends_with("by_chip.snap")).unwrap();
    let text = std::fs::read_to_string(file).unwrap();
    let good: Value = serde_json::from_str(text.split_once("\n---\n").unwrap().1).unwrap();
    python::validate_fhir(&good.to_string()).unwrap();
    for (pointer, value, words) in [
        ("/entry/5/resource/agent", Value::Null, "agent"),
        ("/entry/1/resource/status", json!("valid"), "status"),
        ("/entry/0/resource/birthDate", json!("1948-02-31"), "birthDate"),
        ("/entry/0/resource/resourceType", json!("Citizen"), "Citizen"),
    ] {
        let mut bad = good.clone();
        *bad.pointer_mut(pointer).unwrap() = value;
        let error = python::validate_fhir(&bad.to_string()).unwrap_err().to_string();
        assert!(error.contains(words), "{pointer}: {error}");
    }
}
