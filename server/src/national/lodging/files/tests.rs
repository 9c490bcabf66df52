//! What is written and read, without the portal.

mod hostile;
mod reading;
mod writing;

use std::io::{Cursor, Write as _};

use flows::lodging::Declaration;
use zip::{ZipWriter, write::SimpleFileOptions};

use super::{excel, layout::Column};
use crate::national::lodging::{
    Catalogue,
    tests::samples::{at, vietnamese},
};

/// The lists of the golden messages.
fn catalogue() -> Catalogue {
    let texts = |list: &[(&str, &str)]| {
        list.iter().map(|(code, name)| ((*code).to_owned(), (*name).to_owned())).collect::<Vec<_>>()
    };
    Catalogue::default()
        .with_nationalities(
            [("VNM", "Việt Nam", "Viet Nam"), ("D", "Đức", "Germany")]
                .map(|(code, name, english)| (code.to_owned(), name.to_owned(), english.to_owned())),
        )
        .with_provinces(texts(&[("101", "Hà Nội"), ("805", "An Giang")]))
        .with_communes("101", texts(&[("101900167", "Phường Mẫu"), ("101900168", "Xã Mẫu")]))
}

/// The import file of these guests.
fn written(guests: &[Declaration]) -> excel::ExcelFile {
    excel::write(guests, &catalogue(), at("2026-09-15T08:00:00"), true).unwrap()
}

/// An archive of these parts.
fn archive(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in parts {
        writer.start_file(*name, SimpleFileOptions::default()).unwrap();
        writer.write_all(content).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// A workbook whose one sheet has these rows, from the first: `(row, cells as XML)`.
fn workbook(sheet: &str) -> Vec<u8> {
    let types = r#"<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>"#;
    let rels = r#"<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>"#;
    let book = r#"<?xml version="1.0"?><workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="DS" sheetId="1" r:id="rId1"/></sheets></workbook>"#;
    let book_rels = r#"<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>"#;
    let sheet = format!(
        r#"<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{sheet}</sheetData></worksheet>"#
    );
    archive(&[
        ("[Content_Types].xml", types.as_bytes()),
        ("_rels/.rels", rels.as_bytes()),
        ("xl/workbook.xml", book.as_bytes()),
        ("xl/_rels/workbook.xml.rels", book_rels.as_bytes()),
        ("xl/worksheets/sheet1.xml", sheet.as_bytes()),
    ])
}

/// The row of headers as XML of a sheet.
fn header_row() -> String {
    let cell = |column: &Column| inline(&format!("{}3", column.letter()), column.header());
    format!(r#"<row r="3">{}</row>"#, Column::ALL.iter().map(cell).collect::<String>())
}

/// A cell of text.
fn inline(name: &str, text: &str) -> String {
    let text = quick_xml::escape::escape(text);
    format!(r#"<c r="{name}" t="inlineStr"><is><t>{text}</t></is></c>"#)
}

/// The row of headers as CSV.
fn header_line(separator: &str) -> String {
    Column::ALL.iter().map(|column| column.header()).collect::<Vec<_>>().join(separator)
}

/// A line of CSV: the first guest, with some cells changed.
fn line(separator: &str, changes: &[(Column, &str)]) -> String {
    let mut cells = [
        "1",
        "Nguyễn Thị Hoà",
        "02/03/1948",
        "F - Nữ",
        "VNM - Viet Nam",
        "1 - Thẻ CCCD",
        "",
        "001148012345",
        "0900000001",
        "1 - Thường trú",
        "101 - Hà Nội",
        "101900167 - Phường Mẫu",
        "Thôn 1",
        "15/09/2026 20:00",
        "16/09/2026 11:00",
        "Phòng 101",
        "1 - Du lịch",
        "",
        "",
    ];
    for (column, text) in changes {
        cells[*column as usize] = text;
    }
    cells.join(separator)
}

/// The drafts' source, so that nothing is compared with itself.
fn first() -> Declaration {
    vietnamese().remove(0)
}
