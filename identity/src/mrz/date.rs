//! Dates in the zone: YYMMDD, so that each rule has to say which century is meant.

use jiff::civil::Date;

/// A date of birth of which month or day may be unknown.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct BirthDate {
    /// The year.
    pub year: i16,
    /// The month, 1 to 12, where it is known.
    pub month: Option<i8>,
    /// The day, 1 to 31, where it and the month are known.
    pub day: Option<i8>,
}

impl std::fmt::Debug for BirthDate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("BirthDate(****)")
    }
}

/// The birth that `text` means: in the latest century that does not put it after `today`. `None` where it is no date.
pub(super) fn birth(text: &str, today: Date) -> Option<BirthDate> {
    let [year, month, day] = parts(text);
    let (year, month) = (year?, month.and_then(|month| i8::try_from(month).ok()));
    let day = day.filter(|_| month.is_some());
    let candidate = |century: i16| match (month, day) {
        (Some(month), Some(day)) => {
            let date = Date::new(century + year, month, i8::try_from(day).ok()?).ok()?;
            Some((date <= today, BirthDate { year: date.year(), month: Some(month), day: Some(date.day()) }))
        }
        (Some(month), None) => {
            let date = Date::new(century + year, month, 1).ok()?;
            Some((date <= today, BirthDate { year: date.year(), month: Some(month), day: None }))
        }
        (None, _) => {
            let year = century + year;
            Some((year <= today.year(), BirthDate { year, month: None, day: None }))
        }
    };
    let latest = century(today);
    [latest, latest - 100, latest - 200]
        .into_iter()
        .filter_map(candidate)
        .find_map(|(past, birth)| past.then_some(birth))
}

/// The first date with the two-digit year of `text` after `issued`; without a date of issue the one in the century 2000.
/// `None` where it is no date.
pub(super) fn expiry_after(text: &str, issued: Option<Date>) -> Option<Date> {
    match issued {
        None => full(text, 2000),
        Some(issued) => {
            let first = century(issued);
            [first, first + 100, first + 200]
                .into_iter()
                .filter_map(|century| full(text, century))
                .find(|date| *date > issued)
        }
    }
}

/// The date with the two-digit year of `text` that is nearest to `today`, the later of two as near. `None` where it is no
/// date.
pub(super) fn expiry_nearest(text: &str, today: Date) -> Option<Date> {
    let now = century(today);
    [now + 100, now, now - 100]
        .into_iter()
        .filter_map(|century| full(text, century))
        .min_by_key(|date| (*date - today).get_days().unsigned_abs())
}

/// Whether each of year, month and day is two digits, or `<<` for unknown (9303-3 4.8).
pub(super) fn is_well_formed(text: &str) -> bool {
    let unknown_or_digits =
        |pair: &[u8]| pair == b"<<" || (pair.len() == 2 && pair.iter().all(u8::is_ascii_digit));
    text.len() == 6 && text.as_bytes().chunks(2).all(unknown_or_digits)
}

/// The date of which every part is known, in `century`.
fn full(text: &str, century: i16) -> Option<Date> {
    let [Some(year), Some(month), Some(day)] = parts(text) else { return None };
    Date::new(century + year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
}

fn century(day: Date) -> i16 {
    day.year() / 100 * 100
}

/// Year, month and day of YYMMDD; unknown (`<<`, or 00 for month and day) is `None`.
fn parts(text: &str) -> [Option<i16>; 3] {
    let part =
        |from: usize| text.get(from..from + 2).and_then(|digits| digits.parse::<u8>().ok()).map(i16::from);
    [part(0), part(2).filter(|month| *month != 0), part(4).filter(|day| *day != 0)]
}
