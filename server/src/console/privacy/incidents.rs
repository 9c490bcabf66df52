//! Incidents: the file, the 72-hour clock, and the notice to be printed.

use askama::Template;
use axum::{
    Form, Json,
    extract::State,
    http::StatusCode,
    response::{IntoResponse as _, Redirect, Response},
};
use flows::law::incident::due;
use jiff::{Timestamp, tz::Offset};
use serde::Deserialize;
use serde_json::json;
use uuid::Uuid;

use super::{
    super::{
        Console, Frame,
        check::Id,
        failure::{Failure, html},
        form::line,
        session::Staff,
        time,
    },
    clock_words,
    file::{Choice, StepView, status},
    moment,
};
use crate::{
    staff::Role,
    store::incidents::{
        Affected, Incident, IncidentEvent, IncidentKind, IncidentReport, NewIncident, NewIncidentStep,
    },
};

/// The categories of data that the form counts.
const CATEGORIES: [(&str, &str); 4] = [
    ("basic", "Dữ liệu cơ bản: họ tên, số định danh, ngày sinh"),
    ("health", "Dữ liệu sức khỏe"),
    ("biometric", "Dữ liệu sinh trắc học"),
    ("staff", "Dữ liệu của nhân viên"),
];

/// The form, as it was typed.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Typed {
    kind: String,
    noticed_at: String,
    what: String,
    basic: String,
    health: String,
    biometric: String,
    staff_data: String,
    consequences: String,
    measures: String,
}

#[derive(Template)]
#[template(path = "privacy/new_incident.html")]
struct NewPage {
    frame: Frame,
    typed: Typed,
    kinds: Vec<Choice>,
    faults: Vec<String>,
}

fn new_page(
    console: &Console,
    staff: &Staff,
    typed: Typed,
    faults: Vec<String>,
) -> Result<Response, Failure> {
    let kinds = Choice::of(&IncidentKind::ALL, IncidentKind::as_str, IncidentKind::vietnamese, &typed.kind);
    html(status(&faults), &NewPage { frame: staff.frame(console), kinds, typed, faults })
}

/// `GET /staff/privacy/incidents/new`
pub(super) async fn new(State(console): State<Console>, staff: Staff) -> Result<Response, Failure> {
    staff.require(Role::Manager)?;
    let typed = Typed { noticed_at: moment(console.clock.now()), ..Typed::default() };
    new_page(&console, &staff, typed, Vec::new())
}

/// When it was noticed: not in the future, from which a clock would run too long.
fn noticed(typed: &str, now: Timestamp, faults: &mut Vec<String>) -> Option<Timestamp> {
    let at = time::read(typed)
        .and_then(|local| Offset::constant(7).to_timestamp(local).ok())
        .filter(|at| *at <= now);
    if at.is_none() {
        faults.push(
            "Phát hiện lúc: ngày và giờ, không muộn hơn bây giờ (when it was noticed, not later than now)"
                .into(),
        );
    }
    at
}

#[expect(clippy::single_match_else, reason = "the two ends stand side by side")]
fn people(typed: &str, category: &str, faults: &mut Vec<String>) -> Option<Affected> {
    let typed = typed.trim();
    if typed.is_empty() {
        return None;
    }
    let people = match typed {
        "?" => None,
        number => match number.parse() {
            Ok(number) => Some(number),
            Err(_) => {
                faults.push(format!("Số người ({category}): một số, hoặc ? nếu chưa rõ (a number, or ?)"));
                return None;
            }
        },
    };
    Some(Affected { category: category.to_owned(), people })
}

/// `POST /staff/privacy/incidents`
pub(super) async fn record(
    State(console): State<Console>,
    staff: Staff,
    Form(typed): Form<Typed>,
) -> Result<Response, Failure> {
    staff.require(Role::Manager)?;
    let now = console.clock.now();
    let mut faults = Vec::new();
    let kind = IncidentKind::ALL.into_iter().find(|kind| kind.as_str() == typed.kind);
    if kind.is_none() {
        faults.push("Loại sự cố: chưa chọn (choose the kind)".into());
    }
    let noticed_at = noticed(&typed.noticed_at, now, &mut faults);
    let what = line(&typed.what, "Việc gì đã xảy ra / What happened", &mut faults);
    let consequences = line(&typed.consequences, "Hậu quả có thể / What may come of it", &mut faults);
    let measures = line(&typed.measures, "Biện pháp đã làm / Measures", &mut faults);
    let counts = [&typed.basic, &typed.health, &typed.biometric, &typed.staff_data];
    let affected: Vec<_> = CATEGORIES
        .iter()
        .zip(counts)
        .filter_map(|((category, _), typed)| people(typed, category, &mut faults))
        .collect();
    let (Some(kind), Some(noticed_at), Some(what), Some(consequences), Some(measures), []) =
        (kind, noticed_at, what, consequences, measures, faults.as_slice())
    else {
        return new_page(&console, &staff, typed, faults);
    };
    let report = IncidentReport { what, affected, consequences, measures, reported_by: staff.name.clone() };
    let id = console.store.record_incident(NewIncident { kind, noticed_at, report, at: now }).await?;
    Ok(Redirect::to(&format!("/staff/privacy/incidents/{id}")).into_response())
}

struct AffectedView {
    category: &'static str,
    people: String,
}

/// An incident's file as pages show it.
struct FileView {
    id: Uuid,
    kind: &'static str,
    noticed: String,
    recorded: String,
    due: String,
    clock: Option<String>,
    urgent: bool,
    closed: bool,
    report: Option<IncidentReport>,
    affected: Vec<AffectedView>,
    steps: Vec<StepView>,
}

const fn event_words(event: IncidentEvent) -> &'static str {
    match event {
        IncidentEvent::Measure => "Biện pháp, thông tin thêm",
        IncidentEvent::AuthorityTold => "Đã thông báo A05",
        IncidentEvent::SubjectsTold => "Đã thông báo người bị ảnh hưởng",
        IncidentEvent::NoNotice => "Không phải thông báo",
        IncidentEvent::Closed => "Đã đóng hồ sơ",
    }
}

fn category_words(category: &str) -> &'static str {
    CATEGORIES.iter().find(|(known, _)| *known == category).map_or("Khác", |(_, words)| words)
}

impl FileView {
    fn new(incident: Incident, now: Timestamp) -> Self {
        let (words, urgent) = clock_words(incident.noticed_at, now);
        let runs = incident.clock_runs();
        let affected = incident.report.as_ref().map(|report| report.affected.as_slice()).unwrap_or_default();
        Self {
            id: incident.id,
            kind: incident.kind.vietnamese(),
            noticed: moment(incident.noticed_at),
            recorded: moment(incident.recorded_at),
            due: moment(due(incident.noticed_at)),
            clock: runs.then_some(words),
            urgent: runs && urgent,
            closed: incident.had(IncidentEvent::Closed),
            affected: affected
                .iter()
                .map(|affected| AffectedView {
                    category: category_words(&affected.category),
                    people: affected.people.map_or_else(|| "chưa rõ".to_owned(), |people| people.to_string()),
                })
                .collect(),
            steps: incident
                .steps
                .iter()
                .map(|step| StepView::new(event_words(step.event), None, step.decision.as_ref(), step.at))
                .collect(),
            report: incident.report,
        }
    }
}

#[derive(Template)]
#[template(path = "privacy/incident.html")]
struct Page {
    frame: Frame,
    file: FileView,
    faults: Vec<String>,
}

async fn found(console: &Console, staff: &Staff, id: Uuid) -> Result<Incident, Failure> {
    staff.require(Role::Manager)?;
    console.store.incident(id).await?.ok_or(Failure::NotFound)
}

/// `GET /staff/privacy/incidents/{incident}`
pub(super) async fn show(
    State(console): State<Console>,
    staff: Staff,
    Id(id): Id,
) -> Result<Response, Failure> {
    let incident = found(&console, &staff, id).await?;
    let file = FileView::new(incident, console.clock.now());
    html(StatusCode::OK, &Page { frame: staff.frame(&console), file, faults: Vec::new() })
}

/// The form for a step.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Stepped {
    event: String,
    reason: String,
}

/// `POST /staff/privacy/incidents/{incident}/step`
pub(super) async fn step(
    State(console): State<Console>,
    staff: Staff,
    Id(id): Id,
    Form(typed): Form<Stepped>,
) -> Result<Response, Failure> {
    let incident = found(&console, &staff, id).await?;
    let mut faults = Vec::new();
    let event = match typed.event.as_str() {
        "measure" => Some(IncidentEvent::Measure),
        "authority_told" => Some(IncidentEvent::AuthorityTold),
        "subjects_told" => Some(IncidentEvent::SubjectsTold),
        "no_notice" => Some(IncidentEvent::NoNotice),
        "closed" => Some(IncidentEvent::Closed),
        _ => None,
    };
    let reason = line(&typed.reason, "Nội dung / What exactly", &mut faults);
    if event == Some(IncidentEvent::Closed) && incident.clock_runs() {
        faults.push(
            "Chưa đóng được: chưa thông báo A05, cũng chưa ghi vì sao không phải thông báo (tell A05, or say why not)".into(),
        );
    }
    let (Some(event), Some(reason), []) = (event, reason, faults.as_slice()) else {
        let file = FileView::new(incident, console.clock.now());
        let page = Page { frame: staff.frame(&console), file, faults };
        return html(StatusCode::UNPROCESSABLE_ENTITY, &page);
    };
    let decision = staff.decision(reason);
    console
        .store
        .step_incident(NewIncidentStep { incident: id, event, decision, at: console.clock.now() })
        .await?;
    Ok(Redirect::to(&format!("/staff/privacy/incidents/{id}")).into_response())
}

#[derive(Template)]
#[template(path = "privacy/notice.html")]
struct NoticePage {
    frame: Frame,
    station_code: String,
    now: String,
    file: FileView,
}

/// `GET /staff/privacy/incidents/{incident}/notice`: to be printed. Its layout is ours.
pub(super) async fn notice(
    State(console): State<Console>,
    staff: Staff,
    Id(id): Id,
) -> Result<Response, Failure> {
    let incident = found(&console, &staff, id).await?;
    let now = console.clock.now();
    let page = NoticePage {
        frame: staff.frame(&console),
        station_code: console.station.code.clone(),
        now: moment(now),
        file: FileView::new(incident, now),
    };
    html(StatusCode::OK, &page)
}

/// `GET /staff/privacy/incidents/{incident}/notice.json`
pub(super) async fn notice_json(
    State(console): State<Console>,
    staff: Staff,
    Id(id): Id,
) -> Result<Response, Failure> {
    let incident = found(&console, &staff, id).await?;
    let steps: Vec<_> = incident
        .steps
        .iter()
        .map(|step| {
            json!({
                "event": step.event,
                "what": step.decision.as_ref().map(|decision| &decision.reason),
                "by": step.decision.as_ref().map(|decision| &decision.staff),
                "at": step.at,
            })
        })
        .collect();
    let body = json!({
        "simulated": console.simulated,
        "layout": "ours: only the name of Mẫu 08 is known to us",
        "station": { "code": console.station.code, "name": console.station.name.vi },
        "incident": incident.id.to_string(),
        "kind": incident.kind,
        "noticed_at": incident.noticed_at,
        "due_at": due(incident.noticed_at),
        "report": incident.report,
        "steps": steps,
    });
    Ok(Json(body).into_response())
}
