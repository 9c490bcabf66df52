//! Reception by hand: no document, a newborn, an emergency before any identification.

use askama::Template;
use axum::{
    Form,
    extract::State,
    http::StatusCode,
    response::{IntoResponse as _, Redirect, Response},
};
use flows::{
    engine::Insurance,
    health::{Station, priority::PriorityGround},
    person::Birth,
    policy::Strength,
};
use jiff::civil::{Date, DateTime};
use serde::Deserialize;
use uuid::Uuid;

use super::{
    Console, Frame, calls,
    failure::{Failure, html},
    form::{self, WhereTo},
    live::News,
    session::Staff,
    time::{self, local},
};
use crate::{
    outbox::messages::asked_for_patient,
    staff::Role,
    store::{
        CallState, Circumstances, Companion, Method, NewVisit, Occasion, Patient, Queue, ReceiveByHand,
        StoreError,
    },
};

/// The name that stands for one until it is known.
const NAMELESS: &str = "Chưa xác định danh tính";
/// Completed years below which someone comes with a person who answers for them.
pub(super) const ALONE_FROM: i16 = 6;
/// Years that somebody unknown may look.
const OLDEST_LOOK: u8 = 120;

/// A form as it was typed. Each of the three has some of these fields.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Typed {
    occasion: String,
    reason: String,
    full_name: String,
    number: String,
    birth: String,
    /// As [`time::read`] reads it.
    born_at: String,
    sex: String,
    relation: String,
    companion: String,
    apparent_age: String,
    /// `REASON/ROOM`
    where_to: String,
    /// The word of a [`PriorityGround`], or empty.
    priority: String,
    /// The call for staff that an emergency came with, or empty.
    call: String,
    /// Which form it is, drawn when it was shown: sent twice it is one patient.
    form: String,
}

#[derive(Template)]
#[template(path = "reception.html")]
struct Page {
    frame: Frame,
    no_document: Typed,
    newborn: Typed,
    emergency: Typed,
    where_to: Vec<WhereTo>,
    /// The same for an emergency, which has its room.
    emergency_to: Vec<WhereTo>,
    grounds: [PriorityGround; 5],
    now: String,
    /// Which form each of the three is.
    forms: [Uuid; 3],
    faults: Vec<String>,
}

fn page(
    console: &Console,
    staff: &Staff,
    typed: Option<(Occasion, Typed)>,
    faults: Vec<String>,
) -> Result<Response, Failure> {
    let status = if faults.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let chosen = typed.as_ref().map(|(_, typed)| typed.where_to.clone()).unwrap_or_default();
    let (mut no_document, mut newborn, mut emergency) =
        (Typed::default(), Typed::default(), Typed::default());
    match typed {
        Some((Occasion::NoDocument, typed)) => no_document = typed,
        Some((Occasion::Newborn, typed)) => newborn = typed,
        Some((Occasion::Emergency, typed)) => emergency = typed,
        None => {}
    }
    let emergency_to = match emergency.where_to.as_str() {
        "" => form::emergency_place(&console.station),
        typed => typed.to_owned(),
    };
    let page = Page {
        frame: staff.frame(console),
        no_document,
        newborn,
        emergency,
        where_to: form::where_to(&console.station, &chosen),
        emergency_to: form::where_to(&console.station, &emergency_to),
        grounds: PriorityGround::ALL,
        now: time::moment(console.clock.now()),
        forms: [console.random.uuid()?, console.random.uuid()?, console.random.uuid()?],
        faults,
    };
    html(status, &page)
}

/// `GET /staff/reception`
pub(super) async fn show(State(console): State<Console>, staff: Staff) -> Result<Response, Failure> {
    staff.require(Role::Reception)?;
    page(&console, &staff, None, Vec::new())
}

/// Who comes with the patient, where somebody does.
fn companion(typed: &Typed, needed: bool, faults: &mut Vec<String>) -> Option<Companion> {
    let relation = form::optional_line(&typed.relation, "Quan hệ / Relation", faults);
    let name = form::optional_name(&typed.companion, "Họ tên người đi cùng / Companion's name", faults);
    match (relation, name) {
        (Some(relation), Some(full_name)) => Some(Companion { relation, full_name }),
        (None, None) if !needed => None,
        _ => {
            faults.push(
                "Người đi cùng: điền cả quan hệ và họ tên (companion: give relation and full name)".into(),
            );
            None
        }
    }
}

fn born_at(typed: &str, now: DateTime, faults: &mut Vec<String>) -> Option<DateTime> {
    let born = time::read(typed);
    let weeks = |born: &DateTime| now.date().since(born.date()).is_ok_and(|span| span.get_days() <= 28);
    let born = born.filter(|born| *born <= now && weeks(born));
    if born.is_none() {
        faults.push(
            "Ngày giờ sinh: chưa đúng; trẻ sơ sinh là trong 28 ngày (birth: within the last 28 days)".into(),
        );
    }
    born
}

fn apparent_age(typed: &str, faults: &mut Vec<String>) -> Option<u8> {
    let typed = typed.trim();
    if typed.is_empty() {
        return None;
    }
    let age = typed.parse::<u8>().ok().filter(|age| *age <= OLDEST_LOOK);
    if age.is_none() {
        faults.push(format!("Tuổi ước chừng: từ 0 đến {OLDEST_LOOK}, hoặc để trống (apparent age)"));
    }
    age
}

/// What a form says of a person.
struct Person {
    full_name: String,
    number: Option<identity::number::PersonalNumber>,
    birth: Option<Birth>,
    method: Method,
    priority: Option<PriorityGround>,
    why: String,
    companion: Option<Companion>,
    born_at: Option<DateTime>,
    apparent_age: Option<u8>,
}

fn without_document(typed: &Typed, today: Date, faults: &mut Vec<String>) -> Option<Person> {
    let why = form::line(&typed.reason, "Lý do nhập tay / Why by hand", faults);
    let full_name = form::name(&typed.full_name, "Họ và tên người bệnh / Patient's full name", faults);
    let number = form::number(&typed.number, faults);
    let birth = form::birth(&typed.birth, today, faults);
    let small = birth.is_some_and(|birth| birth.younger_than(ALONE_FROM, today));
    let companion = companion(typed, small, faults);
    Some(Person {
        full_name: full_name?,
        number,
        birth,
        method: Method::ByHand,
        priority: form::ground(PriorityGround::parse(&typed.priority), birth, today),
        why: why?,
        companion,
        born_at: None,
        apparent_age: None,
    })
}

fn newborn(typed: &Typed, now: DateTime, faults: &mut Vec<String>) -> Option<Person> {
    let born = born_at(&typed.born_at, now, faults);
    let named = form::optional_name(&typed.full_name, "Họ tên trẻ / Child's name", faults);
    let companion = companion(typed, true, faults)?;
    let born = born?;
    let birth = Birth { year: born.year(), month: Some(born.month()), day: Some(born.day()) };
    Some(Person {
        full_name: named.unwrap_or_else(|| format!("Con của {}", companion.full_name)),
        number: None,
        birth: Some(birth),
        method: Method::ByHand,
        priority: Some(PriorityGround::Age),
        why: "Trẻ sơ sinh".to_owned(),
        companion: Some(companion),
        born_at: Some(born),
        apparent_age: None,
    })
}

fn unknown(typed: &Typed, faults: &mut Vec<String>) -> Person {
    let age = apparent_age(&typed.apparent_age, faults);
    let note = form::optional_line(&typed.reason, "Ghi chú / Note", faults);
    Person {
        full_name: NAMELESS.to_owned(),
        number: None,
        birth: None,
        method: Method::Undetermined,
        priority: Some(PriorityGround::Emergency),
        why: note.unwrap_or_else(|| "Cấp cứu, chưa xác định danh tính".to_owned()),
        companion: None,
        born_at: None,
        apparent_age: age,
    }
}

/// What a form says, or what is wrong with it.
fn read(
    occasion: Occasion,
    typed: &Typed,
    staff: &Staff,
    station: &Station,
    now: DateTime,
) -> Result<(Circumstances, NewVisit), Vec<String>> {
    let mut faults = Vec::new();
    let person = match occasion {
        Occasion::NoDocument => without_document(typed, now.date(), &mut faults),
        Occasion::Newborn => newborn(typed, now, &mut faults),
        Occasion::Emergency => Some(unknown(typed, &mut faults)),
    };
    let place = match (occasion, typed.where_to.as_str()) {
        (Occasion::Emergency, "") => station.emergency(),
        (_, typed) => form::place(typed, station, &mut faults),
    };
    let (Some(person), Some((reason, room)), []) = (person, place, faults.as_slice()) else {
        return Err(faults);
    };
    let circumstances = Circumstances {
        decision: staff.decision(person.why),
        companion: person.companion,
        born_at: person.born_at,
        apparent_age: person.apparent_age,
    };
    let patient = Patient {
        full_name: person.full_name,
        number: person.number,
        birth: person.birth,
        sex: form::sex(&typed.sex),
        reason: reason.id.clone(),
        insurance_number: None,
        priority: person.priority,
        representative: None,
        code_warnings: Vec::new(),
    };
    let visit = NewVisit {
        station: station.code.clone(),
        patient,
        method: person.method,
        strength: Strength::NoDocument,
        queue: Queue::of(person.priority),
        room: room.id.clone(),
        insurance: Insurance::unverified(None),
        numbers: Vec::new(),
        answer: None,
        population: None,
    };
    Ok((circumstances, visit))
}

/// The open call that the form answers, if any; one that somebody else has at their desk is theirs.
async fn answered(console: &Console, staff: &Staff, typed: &Typed) -> Result<Option<Uuid>, Failure> {
    if typed.call.is_empty() {
        return Ok(None);
    }
    let call = Uuid::parse_str(&typed.call).map_err(|_| Failure::NotFound)?;
    let standing = calls::open(console, call).await?.standing;
    let theirs = standing.by.is_some_and(|by| by != staff.member());
    if standing.state == CallState::TakenOver && theirs {
        return Err(StoreError::CallTaken.into());
    }
    Ok(Some(call))
}

/// `POST /staff/reception`
pub(super) async fn receive(
    State(console): State<Console>,
    staff: Staff,
    Form(typed): Form<Typed>,
) -> Result<Response, Failure> {
    staff.require(Role::Reception)?;
    let at = console.clock.now();
    let occasion = match typed.occasion.as_str() {
        "no_document" => Occasion::NoDocument,
        "newborn" => Occasion::Newborn,
        "emergency" => Occasion::Emergency,
        _ => return Err(Failure::NotFound),
    };
    match read(occasion, &typed, &staff, &console.station, local(at)) {
        Err(faults) => page(&console, &staff, Some((occasion, typed)), faults),
        Ok((circumstances, visit)) => {
            let call = answered(&console, &staff, &typed).await?;
            let messages = asked_for_patient(&visit.patient, &visit.insurance, at)?;
            // Nobody in an emergency waits for a form that says which one it is.
            let form = Uuid::parse_str(&typed.form).or_else(|_| console.random.uuid())?;
            let answers = call.is_some();
            let reception =
                ReceiveByHand { occasion, visit, circumstances, messages, form, answers: call, at };
            let recorded = console.store.receive_by_hand(reception).await?.recorded;
            console.live.tell(News::Queue);
            if answers {
                console.live.tell(News::Calls);
            }
            let again = if recorded.already { "?again" } else { "" };
            Ok(Redirect::to(&format!("/staff/visits/{}{again}", recorded.visit)).into_response())
        }
    }
}
