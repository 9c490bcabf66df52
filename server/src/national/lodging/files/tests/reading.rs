//! Lists of guests that are as they should be, or nearly.

use flows::{
    lodging::{DocumentFault, DocumentKind, ResidenceKind, StayReason},
    person::{Birth, Sex},
};

use super::*;
use crate::national::lodging::files::{
    ImportError, LONGEST,
    import::{CellFault, Import, read},
};

fn csv(lines: &[String]) -> Result<Import, ImportError> {
    read(format!("{}\n{}\n", header_line(","), lines.join("\n")).as_bytes())
}

/// The faults of one line.
fn faults(changes: &[(Column, &str)]) -> Vec<(Option<Column>, CellFault)> {
    let import = csv(&[line(",", changes)]).unwrap();
    assert_eq!(import.drafts.len(), usize::from(import.faults.is_empty()));
    assert!(import.faults.iter().all(|fault| fault.row == 2));
    import.faults.iter().map(|fault| (fault.column, fault.fault)).collect()
}

#[test]
fn what_was_written_is_read() {
    let import = read(&written(&vietnamese()).bytes).unwrap();
    assert!(import.faults.is_empty(), "{:?}", import.faults);
    let rows: Vec<usize> = import.drafts.iter().map(|(row, _)| *row).collect();
    assert_eq!(rows, [5, 6], "below the example");
    let (_, draft) = &import.drafts[0];
    assert_eq!(draft.full_name.as_deref(), Some("Nguyễn Thị Hoà"));
    assert!(draft.birth == Some(Birth { year: 1948, month: Some(3), day: Some(2) }));
    assert!(draft.sex == Sex::Female && draft.reason == Some(StayReason::Tourism));
    let document = draft.document.as_ref().unwrap();
    assert_eq!((document.kind(), document.number()), (DocumentKind::CitizenCard, "001148012345"));
    let residence = draft.residence.as_ref().unwrap();
    assert_eq!(residence.kind, ResidenceKind::Permanent);
    assert_eq!(
        (residence.province.as_deref(), residence.commune.as_deref()),
        (Some("101"), Some("101900167"))
    );
    // The file has days alone: the first moment of the one, midday of the other.
    assert_eq!(draft.arrival, at("2026-09-15T00:00:00"));
    assert_eq!(draft.departure, Some(at("2026-09-16T12:00:00")));
    let (_, other) = &import.drafts[1];
    assert_eq!(other.document.as_ref().unwrap().name(), Some("Thẻ thương binh"));
    assert_eq!(other.reason_text.as_deref(), Some("Chăm người bệnh"));
}

#[test]
fn csv_is_read_in_each_encoding_and_with_each_separator() {
    for separator in [",", ";", "\t"] {
        let text = format!("{}\r\n{}\r\n", header_line(separator), line(separator, &[]));
        let wide = |unit: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(unit).collect::<Vec<u8>>();
        for bytes in [
            text.clone().into_bytes(),
            [&[0xEF, 0xBB, 0xBF], text.as_bytes()].concat(),
            [vec![0xFF, 0xFE], wide(u16::to_le_bytes)].concat(),
            [vec![0xFE, 0xFF], wide(u16::to_be_bytes)].concat(),
        ] {
            let import = read(&bytes).unwrap();
            assert!(import.faults.is_empty(), "{:?}", import.faults);
            let (row, draft) = &import.drafts[0];
            assert_eq!((*row, draft.full_name.as_deref()), (2, Some("Nguyễn Thị Hoà")));
            assert_eq!(draft.arrival, at("2026-09-15T20:00:00"));
            assert_eq!(draft.departure, Some(at("2026-09-16T11:00:00")));
        }
    }
}

#[test]
fn titles_the_example_and_empty_lines_are_no_guests() {
    let mut example = line(",", &[(Column::Number, "[EXAMPLE]"), (Column::Sex, "?")]);
    example.push('\n');
    let text = format!("Danh sách\n\n{}\n{example}{}\n,,,\n", header_line(","), line(",", &[]));
    let import = read(text.as_bytes()).unwrap();
    assert_eq!((import.drafts.len(), import.faults.len()), (1, 0));
}

#[test]
fn a_draft_may_lack_anything_but_the_arrival() {
    let empty: Vec<(Column, &str)> = Column::ALL
        .iter()
        .filter(|column| !matches!(column, Column::FullName | Column::Arrival))
        .map(|column| (*column, ""))
        .collect();
    assert_eq!(faults(&empty), []);
    assert_eq!(faults(&[(Column::Arrival, "")]), [(Some(Column::Arrival), CellFault::NoArrival)]);
}

#[test]
fn each_fault_is_named_with_its_row_and_column() {
    use CellFault as Fault;
    let long = "a".repeat(1_001);
    for (column, text, fault) in [
        (Column::Birth, "31/02/1948", Fault::Date),
        (Column::Birth, "29/02/2001", Fault::Date),
        (Column::Birth, "48", Fault::Date),
        (Column::Arrival, "2026-09-15", Fault::Date),
        (Column::Arrival, "09/2026", Fault::Date),
        (Column::Departure, "16/09/2026 24:00", Fault::Date),
        (Column::Sex, "Bà", Fault::Sex),
        (Column::Nationality, "Việt Nam", Fault::Nationality),
        (Column::DocumentKind, "10 - Khác", Fault::Code),
        (Column::DocumentKind, "", Fault::Code),
        (Column::DocumentNumber, "", Fault::Document(DocumentFault::Empty)),
        (Column::DocumentNumber, "148012345", Fault::Document(DocumentFault::TwelveDigits)),
        (Column::Residence, "4 - Không rõ", Fault::Code),
        (Column::Reason, "0", Fault::Code),
        (Column::Note, &long, Fault::TooLong),
        (Column::FullName, "=1+1", Fault::Formula),
        (Column::Note, "@SUM(A1)", Fault::Formula),
        (Column::Note, "+HYPERLINK(1)", Fault::Formula),
        (Column::Note, "\"\t-cmd|' /C calc'!A0\"", Fault::Formula),
    ] {
        assert_eq!(faults(&[(column, text)]), [(Some(column), fault)], "{column:?} {text}");
    }
    for (column, text) in [
        (Column::Birth, "1948"),
        (Column::Birth, "03/1948"),
        (Column::Birth, "29/02/2000"),
        (Column::Sex, "nữ"),
        (Column::Nationality, "D - Germany"),
        (Column::Telephone, "+84 900 000 001"),
        (Column::Note, "-"),
    ] {
        assert_eq!(faults(&[(column, text)]), [], "{column:?} {text}");
    }
    assert_eq!(faults(&[(Column::Note, ",x")]), [(None, Fault::Beyond)]);
    let two = faults(&[(Column::Sex, "?"), (Column::Reason, "?")]);
    assert_eq!(two.len(), 2, "every fault of a row at once");
}

#[test]
fn rows_without_fault_are_read_beside_those_with_one() {
    let lines = [line(",", &[]), line(",", &[(Column::Sex, "?")]), line(",", &[(Column::Number, "3")])];
    let import = csv(&lines).unwrap();
    assert_eq!(import.drafts.iter().map(|(row, _)| *row).collect::<Vec<_>>(), [2, 4]);
    assert_eq!(import.faults.iter().map(|fault| fault.row).collect::<Vec<_>>(), [3]);
}

#[test]
fn columns_count_by_their_place_and_must_be_the_portal_s() {
    let moved =
        header_line(",").replacen("HỌ TÊN *,NGÀY SINH *,GIỚI TÍNH *", "HỌ TÊN *,GIỚI TÍNH *,NGÀY SINH *", 1);
    assert_eq!(read(moved.as_bytes()).err(), Some(ImportError::Header(Column::Birth)));
    let plain = header_line(",").replace(" *", "").to_lowercase();
    let text = format!("{plain}\n{}\n", line(",", &[]));
    assert_eq!(read(text.as_bytes()).unwrap().drafts.len(), 1);
}

#[test]
fn a_thousand_guests_are_read_and_no_more() {
    let lines = |count| vec![line(",", &[]); count];
    assert_eq!(csv(&lines(LONGEST)).unwrap().drafts.len(), LONGEST);
    assert_eq!(csv(&lines(LONGEST + 1)).err(), Some(ImportError::TooManyRows));
}
