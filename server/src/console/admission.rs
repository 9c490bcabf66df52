//! Admitting a patient on the word of a member of staff (NHAP_TAY).

use askama::Template;
use axum::{
    Form,
    extract::State,
    http::StatusCode,
    response::{IntoResponse as _, Redirect, Response},
};
use flows::{
    engine::Insurance,
    health::{
        Station,
        priority::{PriorityGround, priority_by_age},
    },
    person::{Birth, Sex},
    policy::Strength,
};
use identity::number::PersonalNumber;
use jiff::civil::Date;
use serde::Deserialize;
use unicode_normalization::UnicodeNormalization as _;

use super::{
    Console, Frame,
    calls::{self, CallView},
    check::Id,
    failure::{Failure, html},
    live::News,
    session::Staff,
};
use crate::{
    outbox::messages::asked_for_patient,
    session::proven,
    staff::Role,
    store::{AdmitByHand, Decision, Method, NewVisit, OpenCall, Patient, Queue, visits::station_day},
};

/// Characters in one line of the form.
const LONGEST_LINE: usize = 200;
/// Years that a living person may be old.
const OLDEST: i16 = 130;

/// The form as it was typed.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Typed {
    pub(super) reason: String,
    pub(super) full_name: String,
    pub(super) number: String,
    pub(super) birth_year: String,
    pub(super) sex: String,
    /// `REASON/ROOM`
    pub(super) where_to: String,
    /// The word of a [`PriorityGround`], or nothing.
    pub(super) priority: String,
    /// The note in the form that closes the call.
    #[serde(skip)]
    pub(super) closing: String,
}

/// A reason and a room that serves it.
struct WhereTo {
    value: String,
    reason: String,
    room: String,
    chosen: bool,
}

#[derive(Template)]
#[template(path = "call.html")]
struct Page {
    frame: Frame,
    call: CallView,
    typed: Typed,
    where_to: Vec<WhereTo>,
    grounds: [PriorityGround; 5],
    faults: Vec<String>,
}

/// The page of a call, with what was typed and what is wrong with it.
pub(super) fn page(
    console: &Console,
    staff: &Staff,
    call: OpenCall,
    typed: Typed,
    faults: Vec<String>,
) -> Result<Response, Failure> {
    let status = if faults.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let where_to = where_to(&console.station, &typed.where_to);
    let call = CallView::new(call, console.clock.now());
    let page =
        Page { frame: staff.frame(console), call, typed, where_to, grounds: PriorityGround::ALL, faults };
    html(status, &page)
}

fn where_to(station: &Station, chosen: &str) -> Vec<WhereTo> {
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

/// One line that has to be filled in.
pub(super) fn line(typed: &str, field: &str, faults: &mut Vec<String>) -> Option<String> {
    let line: String = typed.split_whitespace().collect::<Vec<_>>().join(" ").nfc().collect();
    if line.is_empty() {
        faults.push(format!("{field}: chưa điền (is empty)"));
        return None;
    }
    if line.chars().count() > LONGEST_LINE {
        faults.push(format!("{field}: dài quá {LONGEST_LINE} chữ (is too long)"));
        return None;
    }
    Some(line)
}

fn number(typed: &str, faults: &mut Vec<String>) -> Option<PersonalNumber> {
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

fn birth(typed: &str, today: Date, faults: &mut Vec<String>) -> Option<Birth> {
    let typed = typed.trim();
    if typed.is_empty() {
        return None;
    }
    let years = today.year() - OLDEST..=today.year();
    match typed.parse::<i16>() {
        Ok(year) if years.contains(&year) => Some(Birth { year, month: None, day: None }),
        _ => {
            faults.push(format!(
                "Năm sinh: từ {} đến {}, hoặc để trống (year of birth, or leave it empty)",
                years.start(),
                years.end()
            ));
            None
        }
    }
}

/// What the form says, or what is wrong with it.
fn read(
    typed: &Typed,
    staff: &Staff,
    station: &Station,
    today: Date,
) -> Result<(Decision, NewVisit), Vec<String>> {
    let mut faults = Vec::new();
    let why = line(&typed.reason, "Lý do nhập tay / Why by hand", &mut faults);
    let full_name = line(&typed.full_name, "Họ và tên người bệnh / Patient's full name", &mut faults);
    let number = number(&typed.number, &mut faults);
    let birth = birth(&typed.birth_year, today, &mut faults);
    let place = typed
        .where_to
        .split_once('/')
        .and_then(|(reason, room)| Some((station.reason(reason)?, station.room_for(reason, Some(room))?)));
    if place.is_none() {
        faults.push("Lý do khám và phòng: chưa chọn (choose reason and room)".into());
    }
    let (Some(why), Some(full_name), Some((reason, room)), []) = (why, full_name, place, faults.as_slice())
    else {
        return Err(faults);
    };
    let by_age = birth.is_some_and(|birth| priority_by_age(birth, today)).then_some(PriorityGround::Age);
    let priority = by_age.or_else(|| PriorityGround::parse(&typed.priority));
    let visit = NewVisit {
        station: station.code.clone(),
        patient: Patient {
            full_name,
            number,
            birth,
            sex: match typed.sex.as_str() {
                "male" => Sex::Male,
                "female" => Sex::Female,
                _ => Sex::Unknown,
            },
            reason: reason.id.clone(),
            insurance_number: None,
            priority,
            representative: None,
        },
        method: Method::ByHand,
        strength: Strength::NoDocument,
        queue: if priority.is_some() { Queue::Priority } else { Queue::Normal },
        room: room.id.clone(),
        insurance: Insurance::unverified(None),
    };
    Ok((staff.decision(why), visit))
}

/// `POST /staff/calls/{call}/admit`
pub(super) async fn admit(
    State(console): State<Console>,
    staff: Staff,
    Id(call): Id,
    Form(typed): Form<Typed>,
) -> Result<Response, Failure> {
    staff.require(Role::Reception)?;
    let at = console.clock.now();
    let (decision, visit) = match read(&typed, &staff, &console.station, station_day(at)) {
        Ok(read) => read,
        Err(faults) => return page(&console, &staff, calls::open(&console, call).await?, typed, faults),
    };
    let open = calls::open(&console, call).await?;
    let session = match open.session {
        Some(session) => console.store.session(session, &open.kiosk).await?,
        None => None,
    };
    let (chip, submission) = session.and_then(|session| proven(&session.state)).unzip();
    let messages = asked_for_patient(&visit.patient, &visit.insurance, at)?;
    let admission = AdmitByHand { call, decision, visit, chip, submission, messages, at };
    let recorded = console.store.admit_by_hand(admission).await?;
    console.live.tell(News::Calls);
    console.live.tell(News::Queue);
    let again = if recorded.already { "?again" } else { "" };
    Ok(Redirect::to(&format!("/staff/visits/{}{again}", recorded.visit)).into_response())
}
