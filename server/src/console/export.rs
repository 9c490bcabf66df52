//! A visit as a file: for whoever has to show what is kept, and for other software. Each export names why and for whom
//! (Luật 91/2025/QH15 Đ26). What a person had restricted leaves in no file.

use askama::Template;
use axum::{
    Form, Json,
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse as _, Redirect, Response},
};
use serde::Deserialize;
use serde_json::json;
use uuid::Uuid;

use super::{
    Console, Frame,
    accesses::{Given, MAY_GIVE_A_REASON},
    check::Id,
    failure::{Failure, html},
    form,
    session::Staff,
    time,
    visits::found,
};
use crate::{
    fhir::{Export, MEDIA_TYPE, bundle},
    store::{
        Visit,
        accesses::Opens,
        visits::{insurance_code, station_day},
    },
};

/// The form, as it was typed.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Typed {
    reason: String,
    recipient: String,
    /// Which file: `record` or `fhir`.
    file: String,
}

#[derive(Template)]
#[template(path = "export.html")]
struct Page {
    frame: Frame,
    visit: Uuid,
    number: String,
    day: String,
    reason: String,
    recipient: String,
    faults: Vec<String>,
}

/// The page that asks why someone takes a record away, and for whom.
fn ask(
    console: &Console,
    staff: &Staff,
    visit: &Visit,
    typed: Typed,
    faults: Vec<String>,
) -> Result<Response, Failure> {
    let status = if faults.is_empty() { StatusCode::FORBIDDEN } else { StatusCode::UNPROCESSABLE_ENTITY };
    let page = Page {
        frame: staff.frame(console),
        visit: visit.recorded.visit,
        number: visit.recorded.ticket_number(),
        day: time::day(station_day(visit.recorded.at)),
        reason: typed.reason,
        recipient: typed.recipient,
        faults,
    };
    html(status, &page)
}

/// `POST /staff/visits/{visit}/export`
pub(super) async fn choose(
    State(console): State<Console>,
    staff: Staff,
    Id(visit): Id,
    Form(typed): Form<Typed>,
) -> Result<Response, Failure> {
    staff.require_any(&MAY_GIVE_A_REASON)?;
    let visit = found(&console, visit).await?;
    let mut faults = Vec::new();
    let reason = form::line(&typed.reason, "Lý do / Reason", &mut faults);
    let recipient = form::line(&typed.recipient, "Bên nhận / Who gets it", &mut faults);
    let file = match typed.file.as_str() {
        "record" => Some("record.json"),
        "fhir" => Some("fhir.json"),
        _ => None,
    };
    if file.is_none() {
        faults.push("Tệp: chưa chọn (choose a file)".into());
    }
    let (Some(reason), Some(recipient), Some(file)) = (reason, recipient, file) else {
        return ask(&console, &staff, &visit, typed, faults);
    };
    let id = visit.recorded.visit;
    let given = Given { reason, recipient: Some(recipient) };
    console.note_reason(&staff, id, Opens::Export, given).await?;
    Ok(Redirect::to(&format!("/staff/visits/{id}/{file}")).into_response())
}

/// `GET /staff/visits/{visit}/record.json`: the record, for whoever has to show what is kept.
pub(super) async fn record(
    State(console): State<Console>,
    staff: Staff,
    Id(visit): Id,
) -> Result<Response, Failure> {
    let receipts = console.store.receipts(visit).await?;
    let visit = found(&console, visit).await?;
    if !console.may_export(&staff, visit.recorded.visit).await? {
        return ask(&console, &staff, &visit, Typed::default(), Vec::new());
    }
    let corrected = console.store.visit_versions(visit.recorded.visit).await?.len() > 1;
    let visit = visit.shown(station_day(console.clock.now()));
    let (recorded, patient) = (&visit.recorded, visit.patient.as_ref());
    let birth = patient.and_then(|patient| patient.birth);
    let record = json!({
        "simulated": console.simulated,
        "visit": recorded.visit.to_string(),
        "subject": recorded.subject.to_string(),
        "station": visit.station,
        "at": recorded.at,
        "number": recorded.ticket_number(),
        "queue": recorded.queue,
        "room": recorded.room,
        "phuong_thuc_dinh_danh": recorded.method,
        "strength": visit.recorded.strength,
        "insurance": { "state": insurance_code(recorded.insurance), "result": visit.insurance_result, "card": visit.insurance_card.as_ref().map(|card| &card.number) },
        "insurance_now": { "state": insurance_code(visit.insurance_now()), "result": visit.insurance_result_now(), "card": visit.card_now().map(|card| &card.number), "since": visit.insurance_check.as_ref().map(|check| check.at) },
        "population_check": visit.population_check.map(|check| json!({ "outcome": check.outcome, "at": check.at })),
        "check_in_receipts": receipts.iter().map(|receipt| json!({ "message": receipt.message.to_string(), "maGiaoDich": receipt.transaction, "received": receipt.received, "at": receipt.at })).collect::<Vec<_>>(),
        "patient": patient.map(|patient| json!({
            "full_name": patient.full_name,
            "number_masked": patient.number.as_ref().map(identity::number::PersonalNumber::masked),
            "birth": birth,
            "sex": patient.sex,
            "reason": patient.reason,
            "priority": patient.priority,
            "representative": patient.representative,
        })),
        "legal_basis": visit.legal_basis,
        "evidence_basis": visit.evidence_basis,
        "restricted": visit.restricted,
        "corrected": corrected,
        "verdict": visit.verdict,
        "card": visit.card,
        "access": visit.access,
        "challenge": visit.challenge,
        "signer_sha256": visit.signer_sha256.map(hex::encode),
        "admitted_by": visit.decision.as_ref().map(|decision| json!({ "staff": decision.staff, "reason": decision.reason })),
    });
    Ok(Json(record).into_response())
}

/// `GET /staff/visits/{visit}/fhir.json`: the visit for other software, in FHIR R5.
pub(super) async fn fhir(
    State(console): State<Console>,
    staff: Staff,
    Id(visit): Id,
) -> Result<Response, Failure> {
    let visit = found(&console, visit).await?;
    if !console.may_export(&staff, visit.recorded.visit).await? {
        return ask(&console, &staff, &visit, Typed::default(), Vec::new());
    }
    let at = console.clock.now();
    let export = Export { station: &console.station, simulated: console.simulated, at };
    let bundle = bundle(&visit.shown(station_day(at)), &export);
    Ok(([(header::CONTENT_TYPE, MEDIA_TYPE)], bundle.to_string()).into_response())
}
