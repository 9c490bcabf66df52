//! The import file of the lodging portal, judged by openpyxl.

use std::{fs, path::PathBuf};

use end_to_end::{process::root, python};

fn file(path: &str) -> PathBuf {
    root().canonicalize().unwrap().join(path)
}

/// What the server's own test makes, byte for byte.
const WORKBOOK: &str = "server/src/national/lodging/files/sample.xlsx";

const EXPECTED: &str = "tests/wire/lodging/import-file.json";

#[test]
fn every_cell_is_the_text_that_the_portal_takes() {
    let said = python::check_lodging_workbook(&file(WORKBOOK), &file(EXPECTED)).unwrap();
    assert_eq!(said.trim(), "3 guests");
}

#[test]
fn the_judge_finds_what_is_wrong() {
    let folder = tempfile::tempdir().unwrap();
    let expected = folder.path().join("expected.json");
    let whole = fs::read_to_string(file(EXPECTED)).unwrap();
    for (right, wrong, told) in [
        ("001148012345", "1148012345", "row 5"),
        ("[EXAMPLE]", "[VÍ DỤ]", "row 4"),
        ("HỌ TÊN *", "TÊN *", "row 3"),
        ("PHUONG_XA", "XA_PHUONG", "sheets"),
        ("18 - Chữa bệnh", "18 - Du lịch", "DANH_MUC"),
    ] {
        let changed = whole.replacen(right, wrong, 1);
        assert_ne!(changed, whole, "{right}");
        fs::write(&expected, changed).unwrap();
        let error = python::check_lodging_workbook(&file(WORKBOOK), &expected).unwrap_err().to_string();
        assert!(error.contains(told), "{error}");
    }
}
