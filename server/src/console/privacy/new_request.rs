//! A request about someone's data that came: who asks for what, and from which day its periods run.

use askama::Template;
use axum::{
    Form,
    extract::{Query, State},
    response::{IntoResponse as _, Redirect, Response},
};
use flows::{law::RequestKind, person::Relation};
use identity::{insurance::SocialInsuranceNumber, number::PersonalNumber};
use jiff::{SignedDuration, Timestamp, civil::Date, tz::Offset};
use serde::Deserialize;
use uuid::Uuid;

use super::{
    super::{
        Console, Frame, accesses,
        failure::{Failure, html},
        form::{self, line},
        session::Staff,
        visits,
    },
    file::{Choice, status},
    written,
};
use crate::{
    staff::Role,
    store::{
        Visit,
        accesses::Shown,
        subject_requests::{Asked, NewSubjectRequest},
        visits::station_day,
    },
};

/// How long ago a request may have come that is written down today: the longest that answering one may take is 30 days.
const LONGEST_UNTYPED: SignedDuration = SignedDuration::from_hours(90 * 24);

/// The form for a request that came, as it was typed.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Received {
    kind: String,
    /// The day on which it came.
    #[serde(rename = "received_on")]
    came_on: String,
    /// The visit from whose page it begins: whoever has no number at all can ask too.
    visit: String,
    number: String,
    insurance_number: String,
    requester: String,
    relation: String,
    recognised_by: String,
    contact: String,
    wish: String,
}

#[derive(Template)]
#[template(path = "privacy/new_request.html")]
struct NewPage {
    frame: Frame,
    typed: Received,
    /// The visit that it begins from, its number and its day.
    ticket: Option<(Uuid, String, String)>,
    today: Date,
    earliest: Option<Date>,
    kinds: Vec<Choice>,
    relations: Vec<Choice>,
    holidays_unknown: Option<i16>,
    faults: Vec<String>,
}

fn new_page(
    console: &Console,
    staff: &Staff,
    typed: Received,
    visit: Option<&Visit>,
    faults: Vec<String>,
) -> Result<Response, Failure> {
    let today = station_day(console.clock.now());
    let year = today.year();
    let page = NewPage {
        frame: staff.frame(console),
        ticket: visit
            .map(|visit| &visit.recorded)
            .map(|recorded| (recorded.visit, recorded.ticket_number(), written(station_day(recorded.at)))),
        today,
        earliest: earliest(today),
        kinds: Choice::of(&RequestKind::ALL, RequestKind::as_str, RequestKind::vietnamese, &typed.kind),
        relations: Choice::of(Relation::ALL, Relation::as_str, Relation::vietnamese, &typed.relation),
        holidays_unknown: (!console.working_days.knows(year)).then_some(year),
        typed,
        faults,
    };
    html(status(&page.faults), &page)
}

fn earliest(today: Date) -> Option<Date> {
    today.checked_sub(LONGEST_UNTYPED).ok()
}

/// The day on which it came: not after today, and not longer ago than a request can wait to be typed.
fn received_on(typed: &str, today: Date, faults: &mut Vec<String>) -> Option<Date> {
    let day =
        typed.trim().parse().ok().filter(|day| *day <= today && earliest(today).is_none_or(|e| *day >= e));
    if day.is_none() {
        faults.push(
            "Ngày nhận: không muộn hơn hôm nay, không quá 90 ngày trước (received on: not after today, at most 90 \
             days ago)"
                .into(),
        );
    }
    day
}

/// The visit that a request begins from, if any, where `staff` may see it here and now: else the page that asks why.
async fn begun_from(
    console: &Console,
    staff: &Staff,
    typed: &Received,
) -> Result<Result<Option<Visit>, Response>, Failure> {
    if typed.visit.is_empty() {
        return Ok(Ok(None));
    }
    let visit = Uuid::parse_str(&typed.visit).map_err(|_| Failure::NotFound)?;
    let visit = visits::found(console, visit).await?;
    if console.may_see(staff, &visit, Shown::Record).await? {
        Ok(Ok(Some(visit)))
    } else {
        accesses::ask(console, staff, &visit, Vec::new()).map(Err)
    }
}

/// Who the person concerned is known as, as it was typed.
enum Concerned {
    Visit(Uuid),
    Person(PersonalNumber),
    Insured(SocialInsuranceNumber),
}

fn concerned(typed: &Received, visit: Option<&Visit>, faults: &mut Vec<String>) -> Option<Concerned> {
    if let Some(visit) = visit {
        return Some(Concerned::Visit(visit.recorded.subject));
    }
    if let Some(number) = form::number(&typed.number, faults) {
        return Some(Concerned::Person(number));
    }
    let before = faults.len();
    let insured = form::insurance_number(&typed.insurance_number, faults)
        .map(|number| Concerned::Insured(number.social_insurance_number()));
    if insured.is_none() && typed.number.trim().is_empty() && faults.len() == before {
        faults.push(
            "Người có dữ liệu: xin điền số định danh (12 chữ số) hoặc mã thẻ BHYT, hoặc bắt đầu từ trang lượt khám \
             (personal or insurance number, or begin from a visit's page)"
                .into(),
        );
    }
    insured
}

/// The day at the station, at its first moment; of today: now.
fn moment_of(day: Date, now: Timestamp) -> Timestamp {
    let midnight = Offset::constant(7).to_timestamp(day.at(0, 0, 0, 0));
    midnight.ok().filter(|_| day != station_day(now)).unwrap_or(now)
}

/// The visit in the address.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Beginning {
    visit: String,
}

/// `GET /staff/privacy/requests/new`
pub(super) async fn new(
    State(console): State<Console>,
    staff: Staff,
    Query(from): Query<Beginning>,
) -> Result<Response, Failure> {
    staff.require(Role::Manager)?;
    let came_on = station_day(console.clock.now()).to_string();
    let typed = Received { visit: from.visit, came_on, ..Received::default() };
    match begun_from(&console, &staff, &typed).await? {
        Ok(visit) => new_page(&console, &staff, typed, visit.as_ref(), Vec::new()),
        Err(asked) => Ok(asked),
    }
}

/// `POST /staff/privacy/requests`
pub(super) async fn receive(
    State(console): State<Console>,
    staff: Staff,
    Form(typed): Form<Received>,
) -> Result<Response, Failure> {
    staff.require(Role::Manager)?;
    let visit = match begun_from(&console, &staff, &typed).await? {
        Ok(visit) => visit,
        Err(asked) => return Ok(asked),
    };
    let at = console.clock.now();
    let mut faults = Vec::new();
    let received = received_on(&typed.came_on, station_day(at), &mut faults);
    let kind = RequestKind::ALL.into_iter().find(|kind| kind.as_str() == typed.kind);
    if kind.is_none() {
        faults.push("Yêu cầu gì: chưa chọn (choose what is asked)".into());
    }
    let relation = Relation::parse(&typed.relation);
    let requester = line(&typed.requester, "Người yêu cầu / Who asks", &mut faults);
    let recognised_by = line(&typed.recognised_by, "Giấy tờ đã xem / Document looked at", &mut faults);
    let contact = line(&typed.contact, "Gửi trả lời về / Where the answer goes", &mut faults);
    let wish = line(&typed.wish, "Nội dung / What they want", &mut faults);
    let concerned = concerned(&typed, visit.as_ref(), &mut faults);
    let (Some(kind), Some(received), Some(requester), Some(recognised_by), Some(contact), Some(wish), []) =
        (kind, received, requester, recognised_by, contact, wish, faults.as_slice())
    else {
        return new_page(&console, &staff, typed, visit.as_ref(), faults);
    };
    let subject = match concerned {
        Some(Concerned::Visit(subject)) => Some(subject),
        Some(Concerned::Person(number)) => console.store.subject(&number).await?,
        Some(Concerned::Insured(number)) => console.store.insured_subject(&number).await?,
        None => return new_page(&console, &staff, typed, visit.as_ref(), faults),
    };
    let received_by = staff.name.clone();
    let request = NewSubjectRequest {
        kind,
        subject,
        asked: Asked { requester, relation, recognised_by, contact, wish, received_by },
        received_at: moment_of(received, at),
        due: kind.due(received, &console.working_days),
        at,
    };
    let id = console.store.receive_request(request).await?;
    Ok(Redirect::to(&format!("/staff/privacy/requests/{id}")).into_response())
}
