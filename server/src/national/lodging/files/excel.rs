//! The portal's import file for Vietnamese guests (`tblt_vn_import.xlsx`).
//!
//! Sheets, columns, the skipped fourth row and the text format of every cell are as the portal takes them (checked by real
//! uploads, 26/07/2026). Stand-ins: what stands in the two title rows, and how the three sheets of lists are laid out.

use flows::{
    lodging::{Declaration, DocumentKind, Guest, LOCAL, ResidenceKind, Stay, StayReason, VietnameseGuest},
    person::Sex,
};
use identity::text::clean_line_within;
use jiff::{Timestamp, civil::Date};
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Workbook, Worksheet, XlsxError};

use super::{
    FileError, count,
    layout::{
        COMMUNES, Column, EXAMPLE, FEMALE, FIRST_ROW, GUESTS, HEADER_ROW, LISTS, MALE, PROVINCES, VIETNAM,
    },
};
use crate::national::lodging::{
    Catalogue,
    wire::{birth_note, first_day},
};

/// The longest value of a cell, in characters.
const LONGEST_VALUE: usize = 1_000;

/// An import file.
#[derive(Clone, PartialEq, Eq)]
pub struct ExcelFile {
    /// The file.
    pub bytes: Vec<u8>,
    /// How many guests are in it: what the portal's page must show after the upload.
    pub guests: usize,
    /// Guests (by their place in the list) whose province or commune has no label in the portal's lists here: those two cells
    /// are empty, the address in words is there.
    pub without_codes: Vec<usize>,
}

impl std::fmt::Debug for ExcelFile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "ExcelFile({} guests)", self.guests)
    }
}

/// Writes the import file. The same parameters make the same bytes. `simulated` says so in the file's title.
///
/// # Errors
/// Where there is nobody, too many, a foreigner, or a value that does not fit.
pub fn write(
    guests: &[Declaration],
    catalogue: &Catalogue,
    made_at: Timestamp,
    simulated: bool,
) -> Result<ExcelFile, FileError> {
    count(guests.len())?;
    let mut without_codes = Vec::new();
    let mut rows = Vec::with_capacity(guests.len());
    for (index, Declaration { guest, stay }) in guests.iter().enumerate() {
        let Guest::Vietnamese(guest) = guest else { return Err(FileError::OtherKind(index)) };
        let (row, labelled) = row(index, guest, stay, catalogue)?;
        rows.push(row);
        if !labelled {
            without_codes.push(index);
        }
    }
    let bytes = workbook(&rows, catalogue, made_at, simulated).map_err(|_| FileError::NotMade)?;
    Ok(ExcelFile { bytes, guests: rows.len(), without_codes })
}

/// A date as the file holds it.
pub(super) fn date(date: Date) -> String {
    date.strftime("%d/%m/%Y").to_string()
}

/// The cells of a guest, and whether province and commune have their labels.
fn row(
    index: usize,
    guest: &VietnameseGuest,
    stay: &Stay,
    catalogue: &Catalogue,
) -> Result<(Vec<String>, bool), FileError> {
    let residence = guest.residence.as_ref();
    let label = |code: Option<&String>, name: fn(&Catalogue, &str) -> Option<String>| match code {
        Some(code) => name(catalogue, code).map(|name| format!("{code} - {name}")),
        None => Some(String::new()),
    };
    let province = label(residence.and_then(|of| of.province.as_ref()), |catalogue, code| {
        catalogue.province_name(code).map(str::to_owned)
    });
    let commune = label(residence.and_then(|of| of.commune.as_ref()), |catalogue, code| {
        catalogue.commune_name(code).map(str::to_owned)
    });
    let labelled = province.is_some() && commune.is_some();
    let day = |at| date(LOCAL.to_datetime(at).date());
    let birth = first_day(guest.birth).ok_or(FileError::Value { index, field: Column::Birth.letter() })?;
    let notes = [guest.note.as_deref(), birth_note(guest.birth)];
    let cells = Column::ALL.iter().map(|column| {
        let value = match column {
            Column::Number => (index + 1).to_string(),
            Column::FullName => guest.full_name.clone(),
            Column::Birth => date(birth),
            Column::Sex => match guest.sex {
                Sex::Male => MALE.to_owned(),
                Sex::Female => FEMALE.to_owned(),
                Sex::Unknown => return Err(FileError::Value { index, field: column.letter() }),
            },
            Column::Nationality => VIETNAM.to_owned(),
            Column::DocumentKind => guest.document.kind().cell(),
            Column::DocumentName => guest.document.name().unwrap_or_default().to_owned(),
            Column::DocumentNumber => guest.document.number().to_owned(),
            Column::Telephone => guest.telephone.clone().unwrap_or_default(),
            Column::Residence => residence.map(|of| of.kind.cell()).unwrap_or_default(),
            Column::Province => province.clone().unwrap_or_default(),
            Column::Commune => commune.clone().unwrap_or_default(),
            Column::Address => residence.map(|of| of.detail.clone()).unwrap_or_default(),
            Column::Arrival => day(stay.arrival),
            Column::Departure => day(stay.departure),
            Column::Room => stay.room.clone().unwrap_or_default(),
            Column::Reason => guest.reason.cell(),
            Column::ReasonText => guest.reason_text.clone().unwrap_or_default(),
            Column::Note => notes.iter().flatten().copied().collect::<Vec<_>>().join("; "),
        };
        clean_line_within(&value, LONGEST_VALUE).ok_or(FileError::Value { index, field: column.letter() })
    });
    Ok((cells.collect::<Result<_, _>>()?, labelled))
}

/// The two formats of text: every cell is `@`; one that a spreadsheet would take for a formula when it is typed anew is
/// also marked as quoted.
struct Formats {
    text: Format,
    quoted: Format,
}

impl Formats {
    fn new() -> Self {
        let text = Format::new().set_num_format("@");
        Self { quoted: text.clone().set_quote_prefix(), text }
    }

    fn of(&self, value: &str) -> &Format {
        if value.starts_with(['=', '+', '-', '@']) { &self.quoted } else { &self.text }
    }

    /// Writes a row, from 1, as text.
    fn row(&self, sheet: &mut Worksheet, row: u32, values: &[impl AsRef<str>]) -> Result<(), XlsxError> {
        for (column, value) in (0..).zip(values) {
            let value = value.as_ref();
            sheet.write_string_with_format(row - 1, column, value, self.of(value))?;
        }
        Ok(())
    }

    /// A title: its other cells are there and empty.
    fn title(&self, sheet: &mut Worksheet, row: u32, title: &str) -> Result<(), XlsxError> {
        let cells: Vec<&str> =
            Column::ALL.iter().map(|column| if *column == Column::Number { title } else { "" }).collect();
        self.row(sheet, row, &cells)
    }

    /// A sheet that is nothing but lists, each under its title. Shorter ones are filled up with empty cells.
    fn lists(&self, sheet: &mut Worksheet, lists: &[(&str, Vec<String>)]) -> Result<(), XlsxError> {
        let longest = lists.iter().map(|(_, items)| items.len()).max().unwrap_or_default();
        for (column, (title, items)) in (0..).zip(lists) {
            sheet.set_column_format(column, &self.text)?.set_column_width(column, 30)?;
            let items = items.iter().map(String::as_str).chain(std::iter::repeat("")).take(longest);
            for (row, value) in (0..).zip(std::iter::once(*title).chain(items)) {
                sheet.write_string_with_format(row, column, value, self.of(value))?;
            }
        }
        Ok(())
    }
}

fn workbook(
    rows: &[Vec<String>],
    catalogue: &Catalogue,
    made_at: Timestamp,
    simulated: bool,
) -> Result<Vec<u8>, XlsxError> {
    let mut workbook = Workbook::new();
    let made_at = ExcelDateTime::from_timestamp(made_at.as_second())?;
    workbook.set_properties(&DocProperties::new().set_creation_datetime(&made_at));
    let formats = Formats::new();

    let sheet = workbook.add_worksheet().set_name(GUESTS)?;
    for column in (0..).take(Column::ALL.len()) {
        sheet.set_column_format(column, &formats.text)?.set_column_width(column, 18)?;
    }
    let remark =
        if simulated { "DỮ LIỆU MÔ PHỎNG" } else { "Dữ liệu từ dòng 5; dòng 4 là ví dụ" };
    formats.title(sheet, 1, "DANH SÁCH KHÁCH VIỆT NAM LƯU TRÚ")?;
    formats.title(sheet, 2, remark)?;
    formats.row(sheet, HEADER_ROW, &Column::ALL.iter().map(|column| column.header()).collect::<Vec<_>>())?;
    formats.title(sheet, FIRST_ROW - 1, EXAMPLE)?;
    for (row, cells) in (FIRST_ROW..).zip(rows) {
        formats.row(sheet, row, cells)?;
    }

    let label = |(code, name): (&str, &str)| format!("{code} - {name}");
    let provinces = catalogue.provinces().map(label).collect();
    formats
        .lists(workbook.add_worksheet().set_name(PROVINCES)?, &[(Column::Province.header(), provinces)])?;
    let communes = catalogue.communes().map(|(code, name, _)| label((code, name))).collect();
    let of: Vec<String> = catalogue.communes().map(|(_, _, province)| province.to_owned()).collect();
    let lists = [(Column::Commune.header(), communes), (Column::Province.header(), of)];
    formats.lists(workbook.add_worksheet().set_name(COMMUNES)?, &lists)?;
    let lists = [
        (Column::Nationality.header(), catalogue.nationalities().map(label).collect()),
        (Column::Sex.header(), vec![MALE.to_owned(), FEMALE.to_owned()]),
        (Column::DocumentKind.header(), DocumentKind::ALL.iter().map(|kind| kind.cell()).collect()),
        (Column::Residence.header(), ResidenceKind::ALL.iter().map(|kind| kind.cell()).collect()),
        (Column::Reason.header(), StayReason::ALL.iter().map(|reason| reason.cell()).collect()),
    ];
    formats.lists(workbook.add_worksheet().set_name(LISTS)?, &lists)?;
    workbook.save_to_buffer()
}
