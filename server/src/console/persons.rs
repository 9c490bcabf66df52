//! Two records that may be one person: a number in common says so, and staff decide.

use askama::Template;
use axum::{
    Form,
    extract::State,
    http::StatusCode,
    response::{IntoResponse as _, Redirect, Response},
};
use serde::Deserialize;
use uuid::Uuid;

use super::{
    Console, Frame,
    failure::{Failure, html},
    form,
    session::Staff,
    time, words,
};
use crate::{
    staff::Role,
    store::{
        DecideSubjects, SameNumber, SameOrNot,
        accesses::{Purpose, Shown},
    },
};

/// One of the two, as the page shows them: their latest visit, and who it is where that visit is of today.
struct PersonView {
    visits: usize,
    latest: Option<Uuid>,
    number: String,
    day: String,
    method: &'static str,
    name: Option<String>,
    number_masked: Option<String>,
    birth_year: Option<i16>,
}

struct PairView {
    first: Uuid,
    second: Uuid,
    /// In that order.
    persons: [PersonView; 2],
    /// What they have in common: in Vietnamese and in English.
    common: Vec<(&'static str, &'static str)>,
}

#[derive(Template)]
#[template(path = "persons.html")]
struct Page {
    frame: Frame,
    pairs: Vec<PairView>,
    faults: Vec<String>,
}

/// Who it is stands here only as far as ordinary duty shows it; an older visit's page asks for a reason.
async fn person(
    console: &Console,
    staff: &Staff,
    subject: Uuid,
    seen: &mut Vec<Uuid>,
) -> Result<PersonView, Failure> {
    let visits = console.store.visits_of(subject).await?;
    let mut view = PersonView {
        visits: visits.len(),
        latest: None,
        number: String::new(),
        day: String::new(),
        method: "",
        name: None,
        number_masked: None,
        birth_year: None,
    };
    let Some(latest) = visits.first() else { return Ok(view) };
    view.latest = Some(latest.visit);
    view.number = latest.ticket_number();
    view.day = time::day(time::local(latest.at).date());
    view.method = latest.method.as_str();
    if let Some(visit) = console.store.visit(latest.visit).await?
        && console.duty(staff, &visit).is_some()
        && let Some(patient) = &visit.patient
    {
        seen.push(latest.visit);
        view.name = Some(patient.full_name.clone());
        view.number_masked = patient.number.as_ref().map(identity::number::PersonalNumber::masked);
        view.birth_year = patient.birth.map(|birth| birth.year);
    }
    Ok(view)
}

async fn page(console: &Console, staff: &Staff, faults: Vec<String>) -> Result<Response, Failure> {
    let status = if faults.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let (mut pairs, mut seen) = (Vec::new(), Vec::new());
    for SameNumber { first, second, kinds } in console.store.same_numbers().await? {
        pairs.push(PairView {
            first,
            second,
            persons: [
                person(console, staff, first, &mut seen).await?,
                person(console, staff, second, &mut seen).await?,
            ],
            common: kinds.into_iter().map(words::number).collect(),
        });
    }
    console.note_access(staff, seen, Shown::List, Purpose::Reception).await?;
    html(status, &Page { frame: staff.frame(console), pairs, faults })
}

/// `GET /staff/persons`
pub(super) async fn list(State(console): State<Console>, staff: Staff) -> Result<Response, Failure> {
    staff.require(Role::Reception)?;
    page(&console, &staff, Vec::new()).await
}

/// The form that decides about two.
#[derive(Deserialize)]
pub(super) struct Deciding {
    first: Uuid,
    second: Uuid,
    outcome: String,
    #[serde(default)]
    reason: String,
}

/// `POST /staff/persons`
pub(super) async fn decide(
    State(console): State<Console>,
    staff: Staff,
    Form(form): Form<Deciding>,
) -> Result<Response, Failure> {
    staff.require(Role::Reception)?;
    let mut faults = Vec::new();
    let Some(reason) = form::line(&form.reason, "Lý do / Reason", &mut faults) else {
        return page(&console, &staff, faults).await;
    };
    let outcome = match form.outcome.as_str() {
        "merged" => SameOrNot::Merged,
        "apart" => SameOrNot::Apart,
        _ => return Err(Failure::NotFound),
    };
    let decision = DecideSubjects {
        first: form.first,
        second: form.second,
        outcome,
        decision: staff.decision(reason),
        at: console.clock.now(),
    };
    console.store.decide_subjects(decision).await?;
    Ok(Redirect::to("/staff/persons").into_response())
}
