//! Files made to do harm.

use super::*;
use crate::national::lodging::files::{
    ImportError, LONGEST, RowFault,
    import::{CellFault, LARGEST, read},
};

fn error(bytes: &[u8]) -> ImportError {
    read(bytes).map(|import| import.drafts.len()).expect_err("it was read")
}

/// A row of the first guest, some cells replaced by XML.
fn row(number: u32, changes: &[(Column, &str)]) -> String {
    let texts = line("|", &[]);
    let cells = Column::ALL.iter().zip(texts.split('|')).map(|(column, text)| {
        let changed = changes.iter().find(|(changed, _)| changed == column);
        changed.map_or_else(
            || inline(&format!("{}{number}", column.letter()), text),
            |(_, xml)| (*xml).to_owned(),
        )
    });
    format!(r#"<row r="{number}">{}</row>"#, cells.collect::<String>())
}

fn guests(rows: &str) -> Vec<u8> {
    workbook(&format!("{}{rows}", header_row()))
}

#[test]
fn a_plain_workbook_of_another_program_is_read() {
    let import = read(&guests(&row(5, &[]))).unwrap();
    assert_eq!((import.drafts.len(), import.faults), (1, vec![]));
}

#[test]
fn a_formula_is_refused_with_its_place_and_never_computed() {
    for formula in [
        r#"<c r="B5"><f>HYPERLINK("http://127.0.0.1/")</f><v>0</v></c>"#,
        r#"<c r="B5" t="str"><v>x</v><f t="shared" ref="B5:B6" si="18446744073709551615">1</f></c>"#,
        r#"<c r="B5"><x:f xmlns:x="http://schemas.openxmlformats.org/spreadsheetml/2006/main"/></c>"#,
    ] {
        let file = guests(&row(5, &[(Column::FullName, formula)]));
        assert_eq!(error(&file), ImportError::Formula { row: 5, column: 2 }, "{formula}");
    }
}

#[test]
fn text_that_looks_like_a_formula_is_text() {
    let import = read(&guests(&row(5, &[(Column::FullName, &inline("B5", "=1+1"))]))).unwrap();
    assert_eq!(import.drafts[0].1.full_name.as_deref(), Some("=1+1"));
}

#[test]
fn a_number_where_zeros_may_be_lost_is_refused_and_a_room_is_not() {
    let numbers = [(Column::DocumentNumber, r#"<c r="H5"><v>1148012345</v></c>"#)];
    let import = read(&guests(&row(5, &numbers))).unwrap();
    let expected = RowFault { row: 5, column: Some(Column::DocumentNumber), fault: CellFault::Number };
    assert_eq!((import.drafts.len(), import.faults), (0, vec![expected]));
    let room = [(Column::Room, r#"<c r="P5"><v>101</v></c>"#)];
    let import = read(&guests(&row(5, &room))).unwrap();
    assert_eq!(import.drafts[0].1.room.as_deref(), Some("101"));
}

#[test]
fn a_file_that_unpacks_to_gigabytes_is_refused() {
    let zeros = vec![b' '; 17 << 20];
    let bomb = archive(&[("xl/workbook.xml", &zeros)]);
    assert!(bomb.len() < LARGEST, "it is small as it arrives: {}", bomb.len());
    assert_eq!(error(&bomb), ImportError::Unpacks);
    // Each part within the bound, all together beyond.
    let part = vec![b' '; 6 << 20];
    assert_eq!(error(&archive(&[("a", &part), ("b", &part), ("c", &part)])), ImportError::Unpacks);
    let names: Vec<String> = (0..201).map(|number| number.to_string()).collect();
    let parts: Vec<(&str, &[u8])> = names.iter().map(|name| (name.as_str(), &b""[..])).collect();
    assert_eq!(error(&archive(&parts)), ImportError::Unpacks);
}

#[test]
fn a_file_that_lies_about_its_unpacked_size_is_refused() {
    let zeros = vec![b' '; 17 << 20];
    let mut bomb = archive(&[("xl/workbook.xml", &zeros)]);
    let size = u32::try_from(zeros.len()).unwrap().to_le_bytes();
    let mut lies = 0;
    for place in 0..bomb.len() - 4 {
        if bomb[place..place + 4] == size {
            bomb[place..place + 4].copy_from_slice(&10_u32.to_le_bytes());
            lies += 1;
        }
    }
    assert!(lies > 0, "the size stands somewhere");
    assert!(matches!(error(&bomb), ImportError::Unpacks | ImportError::NotAWorkbook));
}

#[test]
fn a_cell_in_the_last_corner_is_no_table_of_a_million_rows() {
    let corner = format!("{}<row r=\"1048576\">{}</row>", row(5, &[]), inline("XFD1048576", "x"));
    assert_eq!(error(&guests(&corner)), ImportError::TooManyRows);
    let wide = format!(r#"<row r="5">{}</row>"#, inline("XFD5", "x"));
    let import = read(&guests(&wide)).unwrap();
    assert!(import.faults.contains(&RowFault { row: 5, column: None, fault: CellFault::Beyond }));
}

#[test]
fn too_many_rows_are_refused() {
    let last = FIRST + u32::try_from(LONGEST).unwrap();
    let rows: String = (FIRST..last).map(|number| row(number, &[])).collect();
    assert_eq!(read(&guests(&rows)).unwrap().drafts.len(), LONGEST);
    assert_eq!(error(&guests(&format!("{rows}{}", row(last, &[])))), ImportError::TooManyRows);
}

const FIRST: u32 = crate::national::lodging::files::layout::FIRST_ROW;

#[test]
fn what_is_no_list_is_refused_with_a_reason() {
    for (bytes, expected) in [
        (&b""[..], ImportError::Empty),
        (b"  \n", ImportError::Empty),
        (b"hello", ImportError::Separator),
        (b"a,b\n1,2\n", ImportError::NoHeader),
        (b"PK\x03\x04", ImportError::NotAWorkbook),
        (b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", ImportError::NotAWorkbook),
        // Windows-1258, UTF-16 without its mark, half a letter, UTF-32.
        (b"STT,H\xF2 T\xEAN\n", ImportError::Encoding),
        (b"S\0T\0T\0,\0", ImportError::Encoding),
        (b"\xFF\xFES\0T\0T", ImportError::Encoding),
        (b"\xFF\xFE\0\0S\0\0\0,\0\0\0", ImportError::Encoding),
        (b"\xFE\xFF\xD8\x00\x00,", ImportError::Encoding),
    ] {
        assert_eq!(error(bytes), expected, "{}", String::from_utf8_lossy(bytes));
    }
    assert_eq!(error(&vec![b','; LARGEST + 1]), ImportError::TooLarge);
    assert_eq!(error(header_line(",").as_bytes()), ImportError::Empty);
    assert_eq!(error(&archive(&[("hello.txt", b"hello")])), ImportError::NotAWorkbook);
    assert_eq!(error(&workbook("")), ImportError::NoHeader);
}

#[test]
fn a_quotation_without_end_is_one_long_cell() {
    let text = format!("{}\n1,\"{}", header_line(","), "a,".repeat(2_000));
    let import = read(text.as_bytes()).unwrap();
    assert!(import.drafts.is_empty() && import.faults.iter().any(|fault| fault.fault == CellFault::TooLong));
}

#[test]
fn an_error_quotes_nothing_of_the_file() {
    let text = format!("{}\n{}\n", header_line(","), line(",", &[(Column::DocumentNumber, "0011480123456")]));
    let import = read(text.as_bytes()).unwrap();
    let shown = format!("{import:?} {}", import.faults[0].fault);
    assert!(!shown.contains("0011480") && !shown.contains("Hoà"), "{shown}");
}
