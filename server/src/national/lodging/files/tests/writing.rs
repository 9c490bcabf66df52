//! The Excel file and the XML.

use flows::{lodging::Guest, person::Birth};

use super::*;
use crate::national::lodging::{
    files::{FileError, LONGEST, xml},
    tests::samples::{but, foreign_but, foreigners},
};

/// The guests of the sample file, which openpyxl reads back in the end-to-end tests: every kind of hostile beginning
/// stands in a cell of its own.
fn sample() -> Vec<Declaration> {
    let hostile = but(|guest, stay| {
        guest.full_name = "=HYPERLINK(\"http://127.0.0.1/\")".into();
        guest.telephone = Some("+84900000001".into());
        guest.residence.as_mut().unwrap().detail = "-1+1".into();
        guest.residence.as_mut().unwrap().commune = Some("101900999".into());
        guest.note = Some("\t@SUM(A1)\r\n=1".into());
        stay.room = Some("007".into());
    });
    [vietnamese(), hostile].concat()
}

/// The file is kept as it is, so that an outside program can judge it (tests/python/check_lodging_workbook.py).
#[test]
fn the_import_file_is_the_judged_one_byte_for_byte() {
    let path =
        std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/national/lodging/files/sample.xlsx");
    let file = written(&sample());
    if std::env::var_os("UPDATE_SNAPSHOTS").is_some() {
        std::fs::write(&path, &file.bytes).unwrap();
    }
    assert!(
        std::fs::read(path).unwrap() == file.bytes,
        "run it with UPDATE_SNAPSHOTS=1, and let openpyxl judge it"
    );
    assert_eq!((file.guests, file.without_codes), (3, vec![2]));
}

#[test]
fn what_cannot_go_into_the_excel_file_is_named() {
    let write = |list: &[Declaration]| {
        excel::write(list, &catalogue(), at("2026-09-15T08:00:00"), false).map(|file| file.guests)
    };
    assert_eq!(write(&[]), Err(FileError::Empty));
    assert_eq!(write(&vec![first(); LONGEST + 1]), Err(FileError::TooMany(LONGEST + 1)));
    assert_eq!(write(&[vietnamese(), foreigners()].concat()), Err(FileError::OtherKind(2)));
    let long = but(|guest, _| guest.note = Some("a".repeat(1_001)));
    assert_eq!(write(&long), Err(FileError::Value { index: 0, field: "S" }));
    let birth = but(|guest, _| guest.birth = Birth { year: 2001, month: Some(2), day: Some(29) });
    assert_eq!(write(&birth), Err(FileError::Value { index: 0, field: "C" }));
}

#[test]
fn only_a_simulated_file_says_that_it_is() {
    let made =
        |simulated| excel::write(&[first()], &catalogue(), at("2026-09-15T08:00:00"), simulated).unwrap();
    assert!(made(true) != made(false));
    let real = xml::write(&[(foreigners().remove(0), None)], false).unwrap();
    assert!(!real.contains("MÔ PHỎNG"));
}

#[test]
fn foreigners_are_the_golden_xml_byte_for_byte() {
    let mut list = foreigners();
    list[0].stay.room = Some("A&B <1>".into());
    list[1].stay.room = None;
    let left = [None, Some(at("2026-09-16T09:00:00"))];
    let written = xml::write(&list.into_iter().zip(left).collect::<Vec<_>>(), true).unwrap();
    assert_eq!(*written, include_str!("../../../../../../tests/wire/lodging/foreign-guests.xml"));
}

#[test]
fn a_name_is_written_as_in_a_machine_readable_zone_or_not_at_all() {
    for (name, expected) in [
        ("Erika Mustermann", Some("ERIKA MUSTERMANN")),
        ("MUSTERMANN<<ERIKA", Some("MUSTERMANN ERIKA")),
        ("Jürgen Groß-Ångström", Some("JUERGEN GROSS AANGSTROEM")),
        ("Seán O'Connor", Some("SEAN OCONNOR")),
        ("Łukasz Đorđević", Some("LUKASZ DORDEVIC")),
        ("王小明", None),
        ("<script>", None),
        ("", None),
    ] {
        assert_eq!(xml::mrz_name(name).as_deref(), expected, "{name}");
    }
    let other = foreign_but(|guest, _| guest.full_name = "王小明".into());
    let refused = xml::write(&[(other[0].clone(), None)], true).err();
    assert_eq!(refused, Some(FileError::Value { index: 0, field: "ho_ten" }));
    let vietnamese = xml::write(&[(first(), None)], true).err();
    assert_eq!(vietnamese, Some(FileError::OtherKind(0)));
    assert!(matches!(first().guest, Guest::Vietnamese(_)));
    assert_eq!(xml::write(&[], true).err(), Some(FileError::Empty));
}
