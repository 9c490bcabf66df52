//! Everything that is kept about a person, for the person: to be printed, and to be read by a machine.

use askama::Template;
use axum::{
    Form,
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse as _, Response},
};
use flows::law::RequestKind;
use serde::Deserialize;
use serde_json::{Value, json};
use uuid::Uuid;

use identity::text::clean_line;

use super::{
    super::{
        Console, Frame,
        check::Id,
        failure::{Failure, html},
        form::line,
        session::Staff,
    },
    moment, requests,
};
use crate::{
    staff::Role,
    store::subject_requests::{ReadRecords, SubjectRecords},
};

/// The form: why everything is read.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Why {
    reason: String,
}

/// A record as it is printed.
struct Sheet {
    table: String,
    rows: Vec<Vec<(String, String)>>,
}

#[derive(Template)]
#[template(path = "privacy/records.html")]
struct Page {
    frame: Frame,
    request: Uuid,
    at: String,
    sheets: Vec<Sheet>,
}

/// The records about the subject of a request that asks to see them. That they were read is logged first.
async fn read(console: &Console, staff: &Staff, request: Uuid, why: &Why) -> Result<SubjectRecords, Failure> {
    staff.require(Role::Manager)?;
    let request = requests::found(console, request).await?;
    let asks = matches!(request.kind, RequestKind::View | RequestKind::Provide);
    let (Some(subject), true) = (request.subject, asks) else { return Err(Failure::NotFound) };
    let reason = line(&why.reason, "Lý do / Reason", &mut Vec::new())
        .unwrap_or_else(|| format!("{} ({})", request.kind.vietnamese(), request.id));
    console.note_everything(staff, request.id, subject, reason.clone()).await?;
    let reading = ReadRecords { subject, decision: staff.decision(reason), at: console.clock.now() };
    Ok(console.store.read_records(reading).await?)
}

/// A value in one line: what is sealed as an object is written as its parts.
fn printed(value: &Value) -> String {
    match value {
        Value::Null => "–".to_owned(),
        Value::String(text) => clean_line(text),
        Value::Object(parts) => parts
            .iter()
            .map(|(name, part)| format!("{name}: {}", printed(part)))
            .collect::<Vec<_>>()
            .join("; "),
        Value::Array(parts) => parts.iter().map(printed).collect::<Vec<_>>().join(", "),
        other => other.to_string(),
    }
}

/// `POST /staff/privacy/requests/{request}/records`
pub(super) async fn show(
    State(console): State<Console>,
    staff: Staff,
    Id(request): Id,
    Form(why): Form<Why>,
) -> Result<Response, Failure> {
    let records = read(&console, &staff, request, &why).await?;
    let sheets = records.tables.iter().map(|(table, rows)| Sheet {
        table: table.clone(),
        rows: rows
            .iter()
            .map(|row| row.iter().map(|(column, value)| (column.clone(), printed(value))).collect())
            .collect(),
    });
    let page = Page {
        frame: staff.frame(&console),
        request,
        at: moment(console.clock.now()),
        sheets: sheets.collect(),
    };
    html(StatusCode::OK, &page)
}

/// `POST /staff/privacy/requests/{request}/records.json`
pub(super) async fn download(
    State(console): State<Console>,
    staff: Staff,
    Id(request): Id,
    Form(why): Form<Why>,
) -> Result<Response, Failure> {
    let records = read(&console, &staff, request, &why).await?;
    let tables: serde_json::Map<String, Value> = records
        .tables
        .into_iter()
        .map(|(table, rows)| (table, rows.into_iter().map(Value::Object).collect()))
        .collect();
    let body = json!({
        "simulated": console.simulated,
        "station": console.station.code,
        "subject": records.subject.to_string(),
        "at": console.clock.now(),
        "records": tables,
    });
    let headers = [(header::CONTENT_DISPOSITION, "attachment; filename=\"records.json\"")];
    Ok((headers, axum::Json(body)).into_response())
}
