//! Excel (.xlsx): a ZIP archive of XML.

use std::{
    io::{Cursor, Read as _},
    panic::{AssertUnwindSafe, catch_unwind},
};

use calamine::{DataRef, Reader as _, Xlsx};
use quick_xml::{Reader, events::Event};
use zip::ZipArchive;

use super::{
    super::layout::{FIRST_ROW, GUESTS},
    Cell, CellFault, Column, ImportError, LONGEST, Line, RowFault, UNPACKED,
};

/// The most parts that an archive may have. A workbook with four sheets has a dozen.
const PARTS: usize = 200;

/// The longest cell that is looked at, in bytes: no longer one is copied.
const LONGEST_CELL: usize = 8_192;

pub(super) fn lines(bytes: &[u8]) -> Result<Vec<Line>, ImportError> {
    checked(bytes)?;
    // The reader is bounded by what was checked; should it still meet something that it cannot read, that ends this file alone.
    catch_unwind(AssertUnwindSafe(|| sheet(bytes))).unwrap_or(Err(ImportError::NotAWorkbook))
}

/// Unpacks everything once, within bounds, and looks for formulas.
fn checked(bytes: &[u8]) -> Result<(), ImportError> {
    let broken = |_| ImportError::NotAWorkbook;
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(broken)?;
    if archive.len() > PARTS {
        return Err(ImportError::Unpacks);
    }
    let mut left = UNPACKED;
    for index in 0..archive.len() {
        let part = archive.by_index(index).map_err(broken)?;
        // What it says of itself, and then what it is.
        if part.size() > left {
            return Err(ImportError::Unpacks);
        }
        let mut content = Vec::new();
        part.take(left + 1).read_to_end(&mut content).map_err(|_| ImportError::NotAWorkbook)?;
        left = left.checked_sub(content.len() as u64).ok_or(ImportError::Unpacks)?;
        if let Some((row, column)) = std::str::from_utf8(&content).ok().and_then(formula) {
            return Err(ImportError::Formula { row, column });
        }
    }
    Ok(())
}

/// Where a sheet has its first formula (`c/f`), counted from 1.
fn formula(xml: &str) -> Option<(usize, usize)> {
    let mut reader = Reader::from_str(xml);
    let mut cell = (0, 0);
    loop {
        match reader.read_event() {
            Ok(Event::Start(element) | Event::Empty(element)) => match element.local_name().into_inner() {
                "c" => {
                    let name = element.try_get_attribute("r").ok().flatten();
                    cell = name.map_or((0, 0), |name| position(&name.value));
                }
                "f" => return Some(cell),
                _ => {}
            },
            Ok(Event::Eof) | Err(_) => return None,
            Ok(_) => {}
        }
    }
}

/// Row and column of `B7`.
fn position(name: &str) -> (usize, usize) {
    let letters = name.bytes().take_while(u8::is_ascii_uppercase).take(3);
    let column = letters.fold(0, |column, letter| column * 26 + usize::from(letter - b'A' + 1));
    let row = name.trim_start_matches(|c: char| c.is_ascii_uppercase()).parse().unwrap_or(0);
    (row, column)
}

/// The rows of the sheet of guests, or of the first where it has another name. Cells are read one after the other: a sheet
/// that has one in its last corner is no table of a million rows.
fn sheet(bytes: &[u8]) -> Result<Vec<Line>, ImportError> {
    let mut workbook: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(|_| ImportError::NotAWorkbook)?;
    let names = workbook.sheet_names();
    let name = names.iter().find(|name| *name == GUESTS).or(names.first());
    let name = name.ok_or(ImportError::NotAWorkbook)?.clone();
    let mut cells = workbook.worksheet_cells_reader(&name).map_err(|_| ImportError::NotAWorkbook)?;
    let mut lines: Vec<Line> = Vec::new();
    let last = FIRST_ROW as usize + LONGEST - 1;
    while let Some(found) = cells.next_cell().map_err(|_| ImportError::NotAWorkbook)? {
        let (row, place) = found.get_position();
        let (row, place) = (row as usize + 1, place as usize);
        let (text, number) = value(found.get_value());
        if text.trim().is_empty() {
            continue;
        }
        if row > last {
            return Err(ImportError::TooManyRows);
        }
        let index = match lines.binary_search_by_key(&row, |line| line.row) {
            Ok(index) => index,
            Err(index) => {
                lines.insert(index, Line { row, cells: Vec::new(), faults: Vec::new() });
                index
            }
        };
        let Some(line) = lines.get_mut(index) else { continue };
        let column = Column::at(place);
        if column.is_none() {
            // Once for each row.
            if !line.faults.iter().any(|fault| fault.fault == CellFault::Beyond) {
                line.faults.push(RowFault { row, column, fault: CellFault::Beyond });
            }
            continue;
        }
        while line.cells.len() <= place {
            line.cells.push(Cell { text: String::new(), number: false });
        }
        if let Some(cell) = line.cells.get_mut(place) {
            *cell = Cell { text, number };
        }
    }
    Ok(lines)
}

/// A cell's text, and whether it was none. Text that is far too long is cut where it is still seen to be too long.
fn value(value: &DataRef<'_>) -> (String, bool) {
    let cut = |text: &str| text.get(..text.floor_char_boundary(LONGEST_CELL)).unwrap_or_default().to_owned();
    match value {
        DataRef::String(text) => (cut(text), false),
        DataRef::SharedString(text) => (cut(text), false),
        DataRef::Empty => (String::new(), false),
        DataRef::Int(number) => (number.to_string(), true),
        DataRef::Float(number) => (number.to_string(), true),
        DataRef::Bool(_)
        | DataRef::DateTime(_)
        | DataRef::DateTimeIso(_)
        | DataRef::DurationIso(_)
        | DataRef::Error(_) => ("?".to_owned(), true),
    }
}
