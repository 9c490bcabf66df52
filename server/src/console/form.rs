//! What forms have in common: lines, numbers, dates, sex, rooms.

use flows::{
    health::{
        Reason, Room, Station,
        priority::{PriorityGround, priority_by_age},
    },
    person::{Birth, Sex},
};
use identity::{
    insurance::InsuranceNumber,
    number::PersonalNumber,
    text::{clean_line, person_name},
};
use jiff::civil::Date;

/// Characters in one line of a form.
const LONGEST_LINE: usize = 200;
/// Years that a living person may be old.
const OLDEST: i16 = 130;

/// A reason and a room that serves it.
pub(super) struct WhereTo {
    pub(super) value: String,
    pub(super) reason: String,
    pub(super) room: String,
    pub(super) chosen: bool,
}

/// Every reason with every room that serves it; the one with the value `chosen` is.
pub(super) fn where_to(station: &Station, chosen: &str) -> Vec<WhereTo> {
    let reasons = station.reasons.iter();
    reasons
        .flat_map(|reason| {
            reason.rooms.iter().filter_map(|room| station.room(room)).map(move |room| {
                let value = format!("{}/{}", reason.id, room.id);
                WhereTo {
                    chosen: value == chosen,
                    value,
                    reason: reason.label.vi.clone(),
                    room: room.name.vi.clone(),
                }
            })
        })
        .collect()
}

/// Where an emergency goes, as [`place`] reads it.
pub(super) fn emergency_place(station: &Station) -> String {
    station.emergency().map(|(reason, room)| format!("{}/{}", reason.id, room.id)).unwrap_or_default()
}

/// The reason and room of `REASON/ROOM`.
pub(super) fn place<'a>(
    typed: &str,
    station: &'a Station,
    faults: &mut Vec<String>,
) -> Option<(&'a Reason, &'a Room)> {
    let place = typed
        .split_once('/')
        .and_then(|(reason, room)| Some((station.reason(reason)?, station.room_for(reason, Some(room))?)));
    if place.is_none() {
        faults.push("Lý do khám và phòng: chưa chọn (choose reason and room)".into());
    }
    place
}

/// What was typed, as one clean line; none where nothing was.
fn clean(typed: &str) -> Option<String> {
    Some(clean_line(typed)).filter(|line| !line.is_empty())
}

/// One line that may be left empty.
pub(super) fn optional_line(typed: &str, field: &str, faults: &mut Vec<String>) -> Option<String> {
    let line = clean(typed)?;
    if line.chars().count() > LONGEST_LINE {
        faults.push(format!("{field}: dài quá {LONGEST_LINE} chữ (is too long)"));
        return None;
    }
    Some(line)
}

/// One line that has to be filled in.
pub(super) fn line(typed: &str, field: &str, faults: &mut Vec<String>) -> Option<String> {
    if clean(typed).is_none() {
        faults.push(format!("{field}: chưa điền (is empty)"));
        return None;
    }
    optional_line(typed, field, faults)
}

/// The name of a person, or nothing.
pub(super) fn optional_name(typed: &str, field: &str, faults: &mut Vec<String>) -> Option<String> {
    let line = clean(typed)?;
    let name = person_name(&line);
    if name.is_none() {
        faults.push(format!("{field}: chỉ gồm chữ cái, dấu cách, dấu nháy, gạch nối, dấu chấm; không quá 100 chữ (letters only)"));
    }
    name
}

/// The name of a person, which has to be filled in.
pub(super) fn name(typed: &str, field: &str, faults: &mut Vec<String>) -> Option<String> {
    if clean(typed).is_none() {
        faults.push(format!("{field}: chưa điền (is empty)"));
        return None;
    }
    optional_name(typed, field, faults)
}

/// A personal number, or nothing.
pub(super) fn number(typed: &str, faults: &mut Vec<String>) -> Option<PersonalNumber> {
    let digits: String = typed.chars().filter(|c| !c.is_whitespace()).collect();
    if digits.is_empty() {
        return None;
    }
    let number = PersonalNumber::parse(&digits);
    if number.is_err() {
        faults.push("Số định danh: phải đủ 12 chữ số, hoặc để trống (12 digits, or leave it empty)".into());
    }
    number.ok()
}

/// The number on an insurance card, or nothing.
pub(super) fn insurance_number(typed: &str, faults: &mut Vec<String>) -> Option<InsuranceNumber> {
    let typed: String = typed.chars().filter(|c| !c.is_whitespace()).collect();
    if typed.is_empty() {
        return None;
    }
    let number = InsuranceNumber::parse(&typed.to_uppercase());
    if number.is_err() {
        faults.push(
            "Mã thẻ BHYT: 15 ký tự như in trên thẻ, hoặc 10 số, hoặc để trống (15 characters or 10 digits)"
                .into(),
        );
    }
    number.ok()
}

/// A date of birth as far as it is known, or nothing: `1950`, `3/1950` or `2/3/1950`.
pub(super) fn birth(typed: &str, today: Date, faults: &mut Vec<String>) -> Option<Birth> {
    let typed = typed.trim();
    if typed.is_empty() {
        return None;
    }
    let birth = read_birth(typed).filter(|birth| {
        let oldest = today.year() - OLDEST;
        let earliest = Date::new(birth.year, birth.month.unwrap_or(1), birth.day.unwrap_or(1));
        birth.year >= oldest && earliest.is_ok_and(|earliest| earliest <= today)
    });
    if birth.is_none() {
        faults.push(format!(
            "Năm sinh: năm, tháng/năm hoặc ngày/tháng/năm, từ {} đến hôm nay, hoặc để trống (birth, or leave it \
             empty)",
            today.year() - OLDEST
        ));
    }
    birth
}

fn read_birth(typed: &str) -> Option<Birth> {
    let parts: Vec<&str> = typed.split('/').map(str::trim).collect();
    let year = |text: &str| (text.len() == 4).then(|| text.parse::<i16>().ok()).flatten();
    match parts.as_slice() {
        [y] => Some(Birth { year: year(y)?, month: None, day: None }),
        [m, y] => Some(Birth { year: year(y)?, month: Some(m.parse().ok()?), day: None }),
        [d, m, y] => Some(Birth { year: year(y)?, month: Some(m.parse().ok()?), day: Some(d.parse().ok()?) }),
        _ => None,
    }
}

/// A date of birth as [`birth`] reads it.
pub(super) fn birth_text(birth: Birth) -> String {
    match (birth.day, birth.month) {
        (Some(day), Some(month)) => format!("{day}/{month}/{}", birth.year),
        (None, Some(month)) => format!("{month}/{}", birth.year),
        _ => birth.year.to_string(),
    }
}

/// Why someone is seen before others, where they are: an emergency before age, and age before what they say.
pub(super) fn ground(
    said: Option<PriorityGround>,
    birth: Option<Birth>,
    today: Date,
) -> Option<PriorityGround> {
    let by_age = birth.is_some_and(|birth| priority_by_age(birth, today));
    match said {
        Some(PriorityGround::Emergency) => said,
        _ if by_age => Some(PriorityGround::Age),
        said => said,
    }
}

/// `male`, `female`, or not known.
pub(super) fn sex(typed: &str) -> Sex {
    match typed {
        "male" => Sex::Male,
        "female" => Sex::Female,
        _ => Sex::Unknown,
    }
}

/// As [`sex`] reads it.
pub(super) const fn sex_value(sex: Sex) -> &'static str {
    match sex {
        Sex::Male => "male",
        Sex::Female => "female",
        Sex::Unknown => "",
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn a_birth_is_taken_as_far_as_it_is_known() {
        let read = |typed: &str| birth(typed, date(2026, 9, 15), &mut Vec::new());
        for typed in ["1950", "3/1950", "2/3/1950", "15/9/2026", "29/2/1952"] {
            assert_eq!(read(typed).map(birth_text).as_deref(), Some(typed));
        }
        for typed in [
            "50",
            "1850",
            "2027",
            "16/9/2026",
            "10/2026",
            "30/2/1950",
            "0/3/1950",
            "2/13/1950",
            "x",
            "1/2/3/4",
        ] {
            let mut faults = Vec::new();
            assert_eq!(birth(typed, date(2026, 9, 15), &mut faults), None, "{typed}");
            assert_eq!(faults.len(), 1, "{typed}");
        }
    }
}
