//! A passport's zone as a person or a reader that types like a keyboard hands it over.

use jiff::civil::Date;
use thiserror::Error;
use unicode_normalization::char::{decompose_canonical, is_combining_mark};
use zeroize::Zeroizing;

use super::{Field, LINE, MrzError, Td3, ZONE};
use crate::text::is_hidden;

/// Why what was handed over is no passport's zone. Names the field, never what is in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum ReadError {
    /// Letters with Vietnamese marks: what was typed before is lost.
    #[error(
        "a Vietnamese input method changed what was typed; switch it off (EN instead of VI, in Unikey E instead of V) \
         and read the passport again"
    )]
    InputMethod,
    /// One of two lines has another length than 44.
    #[error("line {line} has {found} characters instead of 44; read it again")]
    Line {
        /// Which, 1 or 2.
        line: usize,
        /// Characters it has.
        found: usize,
    },
    /// The zone is not as it must be.
    #[error("{0}; read both lines again, or compare them with the passport")]
    Zone(#[from] MrzError),
}

impl ReadError {
    /// The stable word.
    pub const fn code(self) -> &'static str {
        match self {
            Self::InputMethod => "mrz_input_method",
            Self::Line { .. } | Self::Zone(MrzError::Length { .. }) => "mrz_length",
            Self::Zone(MrzError::Character(_)) => "mrz_character",
            Self::Zone(MrzError::CheckDigit(_)) => "mrz_check_digit",
            Self::Zone(MrzError::Form(_)) => "mrz_form",
        }
    }

    /// The field, where one is known to be wrong.
    pub const fn field(self) -> Option<Field> {
        match self {
            Self::Zone(MrzError::CheckDigit(field) | MrzError::Form(field)) => Some(field),
            _ => None,
        }
    }
}

/// Reads a passport's zone as it was typed, at `today`.
///
/// Undone is what loses nothing:
/// - the lines may be parted by line ends, tabs, spaces or nothing; control characters and marks that nobody sees, which
///   readers send along, are left out;
/// - small letters are taken for capitals;
/// - `‹`, `〈`, `＜` and `&lt;` are taken for `<`, and `«`, `《` and `≪` for `<<`: so input methods, word processors and web
///   forms write them;
/// - `O` and `I` where only a digit can stand are 0 and 1, and 0 and 1 where only a letter can stand are `O` and `I`. In the
///   passport number and the optional data both can stand: there nothing is changed. The check digits are verified
///   after that, so a repair that they do not bear out is refused. (None reaches the name, where no digit can stand at all.)
///
/// Refused is what would have to be guessed at, above all what a Vietnamese input method made of letters (`dd` becomes `đ`,
/// `uw` becomes `ư`, a letter that is typed as a tone vanishes). Issuing state and nationality have no check digit, so they
/// must be listed in ICAO 9303-3; birth and expiry must be dates, the birth's unknown parts `<<`.
///
/// # Errors
/// As above; see [`ReadError`].
pub fn read(text: &str, today: Date) -> Result<Td3, ReadError> {
    let zone = Td3::parse(&repaired(&cleaned(text)?))?;
    for (field, right) in [
        (Field::IssuingState, zone.issuing_state().is_listed()),
        (Field::Nationality, zone.nationality().is_listed()),
        (Field::DateOfBirth, zone.date_of_birth() == "<<<<<<" || zone.birth(today).is_some()),
        (Field::DateOfExpiry, zone.expiry(today).is_some()),
    ] {
        if !right {
            return Err(MrzError::Form(field).into());
        }
    }
    Ok(zone)
}

/// The 88 characters in capitals, all of them ASCII.
fn cleaned(text: &str) -> Result<Zeroizing<String>, ReadError> {
    // None of the replacements is longer than what it replaces.
    let mut zone = Zeroizing::new(String::with_capacity(text.len()));
    let mut lengths = Vec::new();
    let mut gap = true;
    let mut rest = text;
    while let Some(character) = rest.chars().next() {
        let entity = rest.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("&lt;"));
        let taken = if entity { 4 } else { character.len_utf8() };
        rest = rest.get(taken..).unwrap_or_default();
        let meant = match character {
            _ if entity => "<",
            '‹' | '〈' | '＜' => "<",
            '«' | '《' | '≪' => "<<",
            _ if character.is_whitespace() => {
                gap = true;
                continue;
            }
            _ if is_hidden(character) => continue,
            _ if is_made_by_input_method(character) => return Err(ReadError::InputMethod),
            _ if !character.is_ascii() => return Err(MrzError::Character(zone.len()).into()),
            _ => "",
        };
        if std::mem::take(&mut gap) {
            lengths.push(0);
        }
        let before = zone.len();
        if meant.is_empty() {
            zone.push(character.to_ascii_uppercase());
        } else {
            zone.push_str(meant);
        }
        if let Some(length) = lengths.last_mut() {
            *length += zone.len() - before;
        }
    }
    match lengths.as_slice() {
        _ if zone.len() == ZONE => Ok(zone),
        [found, LINE] => Err(ReadError::Line { line: 1, found: *found }),
        [LINE, found] => Err(ReadError::Line { line: 2, found: *found }),
        _ => Err(MrzError::Length { expected: ZONE, found: zone.len() }.into()),
    }
}

/// Whether a Vietnamese input method, or the Vietnamese keyboard, makes such a character: a Latin letter with a mark, or a
/// mark alone.
fn is_made_by_input_method(character: char) -> bool {
    let (mut letter, mut marked) = (false, false);
    decompose_canonical(character, |part| {
        letter |= part.is_ascii_alphabetic();
        marked |= is_combining_mark(part);
    });
    matches!(character, 'đ' | 'Đ' | '₫') || is_combining_mark(character) || (letter && marked)
}

/// What can stand at a place of the zone.
enum Place {
    Letter,
    Digit,
    Either,
}

/// From 0 (9303-4 4.2.2).
const fn place(position: usize) -> Place {
    match position {
        // The first line; nationality and sex.
        0..LINE | 54..57 | 64 => Place::Letter,
        // The number's check digit; birth and expiry with theirs; the optional data's check digit and that of the whole.
        53 | 57..64 | 65..72 | 86..ZONE => Place::Digit,
        _ => Place::Either,
    }
}

/// `zone` with what cannot stand in its place read as what it is taken for.
fn repaired(zone: &str) -> Zeroizing<String> {
    let mut repaired = Zeroizing::new(String::with_capacity(zone.len()));
    repaired.extend(zone.chars().enumerate().map(|(position, character)| {
        match (place(position), character) {
            (Place::Digit, 'O') => '0',
            (Place::Digit, 'I') => '1',
            (Place::Letter, '0') => 'O',
            (Place::Letter, '1') => 'I',
            _ => character,
        }
    }));
    repaired
}
