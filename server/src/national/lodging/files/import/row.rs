//! A row of text as what is known of a guest.

use flows::{
    lodging::{
        DocumentFault, DocumentKind, Draft, GuestDocument, LOCAL, NationalityCode, Residence, ResidenceKind,
        StayReason,
    },
    person::{Birth, Sex},
};
use identity::text::clean_line_within;
use jiff::{
    Timestamp,
    civil::{Date, Time, time},
};

use super::{super::layout::EXAMPLE, CellFault, Column, Import, ImportError, LONGEST, Line, RowFault};
use crate::national::lodging::catalogue::folded;

/// The longest value, in characters.
const LONGEST_VALUE: usize = 1_000;

/// The first rows, among which that of the headers is.
const HEADS: usize = 4;

/// The hour of a departure that is not said.
const CHECK_OUT: Time = time(12, 0, 0, 0);

pub(super) fn drafts(lines: Vec<Line>) -> Result<Import, ImportError> {
    let begins = |line: &Line| {
        let cell = |place: usize| line.cells.get(place).map_or_else(String::new, |cell| label(&cell.text));
        cell(0) == "stt" && cell(1) == "ho ten"
    };
    let header = lines.iter().take(HEADS).position(begins).ok_or(ImportError::NoHeader)?;
    let mut lines = lines.into_iter().skip(header);
    let names = lines.next().ok_or(ImportError::NoHeader)?;
    for (place, column) in Column::ALL.iter().enumerate() {
        let name = names.cells.get(place).map_or_else(String::new, |cell| label(&cell.text));
        if name != label(column.header()) {
            return Err(ImportError::Header(*column));
        }
    }
    let mut import = Import { drafts: Vec::new(), faults: Vec::new() };
    let mut guests = 0;
    for mut line in lines {
        let example = line.cells.first().is_some_and(|cell| cell.text.trim() == EXAMPLE);
        let empty =
            line.cells.iter().skip(1).all(|cell| cell.text.trim().is_empty()) && line.faults.is_empty();
        if example || empty {
            continue;
        }
        guests += 1;
        if guests > LONGEST {
            return Err(ImportError::TooManyRows);
        }
        let draft = Row { line: &mut line }.draft();
        match draft {
            Some(draft) if line.faults.is_empty() => import.drafts.push((line.row, draft)),
            _ => import.faults.append(&mut line.faults),
        }
    }
    if guests == 0 { Err(ImportError::Empty) } else { Ok(import) }
}

/// A header without its star, marks and capitals.
fn label(header: &str) -> String {
    folded(header.trim_end_matches([' ', '*']))
}

struct Row<'a> {
    line: &'a mut Line,
}

impl Row<'_> {
    fn fault(&mut self, column: Column, fault: CellFault) {
        self.line.faults.push(RowFault { row: self.line.row, column: Some(column), fault });
    }

    /// The text of a cell, where there is any.
    fn text(&mut self, column: Column) -> Option<String> {
        let cell = self.line.cells.get(column as usize)?;
        let line = clean_line_within(&cell.text, LONGEST_VALUE);
        if line.is_none() {
            self.fault(column, CellFault::TooLong);
        }
        line.filter(|text| !text.is_empty())
    }

    /// The same of a cell that must not have been a number.
    fn literal(&mut self, column: Column) -> Option<String> {
        if self.line.cells.get(column as usize).is_some_and(|cell| cell.number) {
            self.fault(column, CellFault::Number);
            return None;
        }
        self.text(column)
    }

    /// What `read` makes of a cell.
    fn read<T>(
        &mut self,
        column: Column,
        fault: CellFault,
        read: impl FnOnce(&str) -> Option<T>,
    ) -> Option<T> {
        let text = self.literal(column)?;
        let value = read(&text);
        if value.is_none() {
            self.fault(column, fault);
        }
        value
    }

    /// One of a list, by the code before its label.
    fn code<T>(&mut self, column: Column, of: impl FnOnce(u8) -> Option<T>) -> Option<T> {
        let text = self.text(column)?;
        let value = code(&text).parse().ok().and_then(of);
        if value.is_none() {
            self.fault(column, CellFault::Code);
        }
        value
    }

    fn document(&mut self) -> Option<GuestDocument> {
        let kind = self.code(Column::DocumentKind, DocumentKind::of);
        let name = self.text(Column::DocumentName);
        let number = self.literal(Column::DocumentNumber);
        match (kind, number) {
            (Some(kind), Some(number)) => match GuestDocument::parse(kind, &number, name.as_deref()) {
                Ok(document) => Some(document),
                Err(fault) => {
                    self.fault(Column::DocumentNumber, CellFault::Document(fault));
                    None
                }
            },
            (Some(_), None) => {
                if !self.line.faults.iter().any(|fault| fault.column == Some(Column::DocumentNumber)) {
                    self.fault(Column::DocumentNumber, CellFault::Document(DocumentFault::Empty));
                }
                None
            }
            (None, Some(_)) => {
                if !self.line.faults.iter().any(|fault| fault.column == Some(Column::DocumentKind)) {
                    self.fault(Column::DocumentKind, CellFault::Code);
                }
                None
            }
            (None, None) => None,
        }
    }

    fn residence(&mut self) -> Option<Residence> {
        let kind = self.code(Column::Residence, ResidenceKind::of);
        let province = self.text(Column::Province).map(|text| code(&text).to_owned());
        let commune = self.text(Column::Commune).map(|text| code(&text).to_owned());
        let detail = self.text(Column::Address);
        let known = kind.is_some() || province.is_some() || commune.is_some() || detail.is_some();
        known.then(|| Residence {
            // Said of an address and not which: it is neither.
            kind: kind.unwrap_or(ResidenceKind::Other),
            province,
            commune,
            detail: detail.unwrap_or_default(),
        })
    }

    /// The guest; none where there is no arrival. Faults are kept in the line.
    fn draft(&mut self) -> Option<Draft> {
        let full_name = self.text(Column::FullName);
        let birth = self.read(Column::Birth, CellFault::Date, birth);
        let sex = self.read(Column::Sex, CellFault::Sex, sex).unwrap_or(Sex::Unknown);
        let nationality = self.read(Column::Nationality, CellFault::Nationality, |text| {
            NationalityCode::parse(code(text)).ok()
        });
        let document = self.document();
        let telephone = self.literal(Column::Telephone);
        let residence = self.residence();
        let arrival = self.read(Column::Arrival, CellFault::Date, moment);
        let departure = self.read(Column::Departure, CellFault::Date, moment);
        let room = self.text(Column::Room);
        let reason = self.code(Column::Reason, StayReason::of);
        let reason_text = self.text(Column::ReasonText);
        let note = self.text(Column::Note);
        let Some((day, hour)) = arrival else {
            if !self.line.faults.iter().any(|fault| fault.column == Some(Column::Arrival)) {
                self.fault(Column::Arrival, CellFault::NoArrival);
            }
            return None;
        };
        // Without an hour the day's first: the deadline that follows is the earliest that there can be.
        let mut draft = Draft::arriving(at(day, hour.unwrap_or(Time::midnight()))?);
        draft.full_name = full_name;
        draft.birth = birth;
        draft.sex = sex;
        draft.nationality = nationality;
        draft.document = document;
        draft.telephone = telephone;
        draft.residence = residence;
        draft.departure = departure.and_then(|(leaves, left)| {
            let end = if leaves == day { time(23, 59, 59, 0) } else { CHECK_OUT };
            at(leaves, left.unwrap_or(end))
        });
        (draft.room, draft.reason, draft.reason_text, draft.note) = (room, reason, reason_text, note);
        Some(draft)
    }
}

fn at(day: Date, hour: Time) -> Option<Timestamp> {
    LOCAL.to_timestamp(day.to_datetime(hour)).ok()
}

/// `mã` of `mã - nhãn`.
fn code(cell: &str) -> &str {
    cell.split_once(" - ").map_or(cell, |(code, _)| code).trim()
}

fn sex(text: &str) -> Option<Sex> {
    match folded(text).as_str() {
        "m - nam" | "m" | "nam" => Some(Sex::Male),
        "f - nu" | "f" | "nu" => Some(Sex::Female),
        _ => None,
    }
}

/// A part of a date: so many digits.
fn digits<T: std::str::FromStr>(part: &str, count: std::ops::RangeInclusive<usize>) -> Option<T> {
    let fits = count.contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
    fits.then(|| part.parse().ok()).flatten()
}

/// `dd/MM/yyyy`, `MM/yyyy` or `yyyy`.
fn birth(text: &str) -> Option<Birth> {
    let parts: Vec<&str> = text.split('/').collect();
    let (day, month, year) = match parts.as_slice() {
        [day, month, year] => (Some(digits(day, 1..=2)?), Some(digits(month, 1..=2)?), year),
        [month, year] => (None, Some(digits(month, 1..=2)?), year),
        [year] => (None, None, year),
        _ => return None,
    };
    let year = digits(year, 4..=4)?;
    Date::new(year, month.unwrap_or(1), day.unwrap_or(1)).ok()?;
    Some(Birth { year, month, day })
}

/// `dd/MM/yyyy`, with or without `HH:mm`.
fn moment(text: &str) -> Option<(Date, Option<Time>)> {
    let (day, hour) = text.split_once(' ').map_or((text, None), |(day, hour)| (day, Some(hour)));
    let Birth { year, month: Some(month), day: Some(day) } = birth(day)? else { return None };
    let hour = match hour {
        None => None,
        Some(hour) => {
            let (hours, minutes) = hour.split_once(':')?;
            Some(Time::new(digits(hours, 1..=2)?, digits(minutes, 2..=2)?, 0, 0).ok()?)
        }
    };
    Some((Date::new(year, month, day).ok()?, hour))
}
