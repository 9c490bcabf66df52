//! CSV (RFC 4180), as spreadsheets write it.

use super::{Cell, CellFault, Column, ImportError, LONGEST, Line, RowFault};

/// Rows that may stand before those of guests: titles, headers, the example.
const BEFORE: usize = 4;

pub(super) fn lines(bytes: &[u8]) -> Result<Vec<Line>, ImportError> {
    let text = decoded(bytes)?;
    let separator = separator(&text)?;
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(separator)
        .from_reader(text.as_bytes());
    let mut lines = Vec::new();
    let mut place = Place { text: &text, offset: 0, line: 1 };
    let mut record = csv::StringRecord::new();
    while reader.read_record(&mut record).map_err(|_| ImportError::Encoding)? {
        if lines.len() >= LONGEST + BEFORE {
            return Err(ImportError::TooManyRows);
        }
        let row = place.line_at(record.position().map_or(0, csv::Position::byte));
        let mut line = Line { row, cells: Vec::new(), faults: Vec::new() };
        for (place, cell) in record.iter().enumerate() {
            let column = Column::at(place);
            if column.is_none() && !cell.trim().is_empty() {
                line.faults.push(RowFault { row, column, fault: CellFault::Beyond });
                break;
            }
            if computes(cell) {
                line.faults.push(RowFault { row, column, fault: CellFault::Formula });
            }
            line.cells.push(Cell { text: cell.to_owned(), number: false });
        }
        lines.push(line);
    }
    Ok(lines)
}

/// Where in the text one is. The reader's own count of lines lags behind where they end in CR and LF.
struct Place<'a> {
    text: &'a str,
    offset: usize,
    line: usize,
}

impl Place<'_> {
    /// The line, from 1, of the record that begins at this byte or behind the ends of lines that follow it.
    fn line_at(&mut self, byte: u64) -> usize {
        let byte = usize::try_from(byte).unwrap_or(usize::MAX);
        let rest = self.text.as_bytes().get(byte..).unwrap_or_default();
        let ends = rest.iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
        let start = byte.saturating_add(ends);
        let passed = self.text.as_bytes().get(self.offset..start).unwrap_or_default();
        self.line += passed.split(|byte| *byte == b'\n').count().saturating_sub(1);
        self.offset = start;
        self.line
    }
}

/// Whether a spreadsheet that opens the file would compute the cell. A telephone number may begin with `+`.
fn computes(cell: &str) -> bool {
    let signed = |rest: &str| !rest.chars().all(|c| c.is_ascii_digit() || matches!(c, ' ' | '.' | '-'));
    match cell.trim_start_matches([' ', '\t', '\r', '\n']).split_at_checked(1) {
        Some(("=" | "@", _)) => true,
        Some(("+" | "-", rest)) => signed(rest),
        _ => false,
    }
}

/// UTF-8 with or without its mark, UTF-16 with it.
fn decoded(bytes: &[u8]) -> Result<String, ImportError> {
    let wide = |bytes: &[u8], unit: fn([u8; 2]) -> u16| {
        let (pairs, rest) = bytes.as_chunks::<2>();
        let units = pairs.iter().map(|pair| unit(*pair));
        let text = char::decode_utf16(units).collect::<Result<String, _>>();
        text.ok().filter(|_| rest.is_empty()).ok_or(ImportError::Encoding)
    };
    let text = match bytes {
        [0xFF, 0xFE, rest @ ..] => wide(rest, u16::from_le_bytes)?,
        [0xFE, 0xFF, rest @ ..] => wide(rest, u16::from_be_bytes)?,
        [0xEF, 0xBB, 0xBF, rest @ ..] | rest => utf8(rest)?,
    };
    // UTF-16 without its mark, or UTF-32.
    if text.contains('\0') { Err(ImportError::Encoding) } else { Ok(text) }
}

fn utf8(bytes: &[u8]) -> Result<String, ImportError> {
    std::str::from_utf8(bytes).map(str::to_owned).map_err(|_| ImportError::Encoding)
}

/// The separator that stands most often in the first rows.
fn separator(text: &str) -> Result<u8, ImportError> {
    if text.trim().is_empty() {
        return Err(ImportError::Empty);
    }
    let count = |separator: u8| {
        text.lines()
            .take(BEFORE)
            .map(|line| line.bytes().filter(|byte| *byte == separator).count())
            .sum::<usize>()
    };
    let most = [b',', b';', b'\t'].into_iter().max_by_key(|separator| count(*separator));
    most.filter(|separator| count(*separator) > 0).ok_or(ImportError::Separator)
}
