//! The pages of whoever answers for personal data (người phụ trách bảo vệ dữ liệu): requests, consents, incidents,
//! what was purged, and on which basis anything is processed. The station's manager sees them all; an auditor sees
//! those that name nobody.

use askama::Template;
use axum::{
    extract::State,
    http::StatusCode,
    response::Response,
    routing::{MethodRouter, get, post},
};
use flows::law::incident::{ClockState, clock};
use jiff::Timestamp;

use super::{
    Console, Frame,
    failure::{Failure, html},
    session::Staff,
    time::{day as written, moment},
};
use crate::{staff::Role, store::visits::station_day};

mod consents;
mod file;
mod incidents;
mod marks;
mod new_request;
mod records;
mod requests;
mod retention;
mod words;

/// Who sees pages that name nobody.
const OVERSIGHT: [Role; 2] = [Role::Manager, Role::Auditor];

/// The pages, under `/staff/privacy`.
pub(super) fn routes() -> Vec<(&'static str, MethodRouter<Console>)> {
    vec![
        ("/staff/privacy", get(overview)),
        ("/staff/privacy/requests", post(new_request::receive)),
        ("/staff/privacy/requests/new", get(new_request::new)),
        ("/staff/privacy/requests/{request}", get(requests::show)),
        ("/staff/privacy/requests/{request}/step", post(requests::step)),
        ("/staff/privacy/requests/{request}/carry-out", post(requests::carry_out)),
        ("/staff/privacy/requests/{request}/mark", post(marks::mark)),
        ("/staff/privacy/requests/{request}/records", post(records::show)),
        ("/staff/privacy/requests/{request}/records.json", post(records::download)),
        ("/staff/privacy/consents", get(consents::list)),
        ("/staff/privacy/consents/{sha256}", get(consents::text)),
        ("/staff/privacy/incidents", post(incidents::record)),
        ("/staff/privacy/incidents/new", get(incidents::new)),
        ("/staff/privacy/incidents/{incident}", get(incidents::show)),
        ("/staff/privacy/incidents/{incident}/step", post(incidents::step)),
        ("/staff/privacy/incidents/{incident}/notice", get(incidents::notice)),
        ("/staff/privacy/incidents/{incident}/notice.json", get(incidents::notice_json)),
        ("/staff/privacy/retention", get(retention::show)),
        ("/staff/privacy/bases", get(retention::bases)),
    ]
}

/// How an incident's clock stands, in words; and whether someone has to hurry.
fn clock_words(noticed: Timestamp, now: Timestamp) -> (String, bool) {
    match clock(noticed, now) {
        ClockState::Running { hours } => (format!("còn {hours} giờ ({hours} hours left)"), false),
        ClockState::Urgent { hours } => (format!("chỉ còn {hours} giờ (only {hours} hours left)"), true),
        ClockState::Overdue { hours } => (format!("quá hạn {hours} giờ (overdue by {hours} hours)"), true),
    }
}

struct RequestLine {
    id: String,
    kind: &'static str,
    received: String,
    due: Option<String>,
    late: bool,
    refused: bool,
}

struct IncidentLine {
    id: String,
    kind: &'static str,
    noticed: String,
    clock: Option<String>,
    urgent: bool,
}

#[derive(Template)]
#[template(path = "privacy/overview.html")]
struct Overview {
    frame: Frame,
    requests: Vec<RequestLine>,
    incidents: Vec<IncidentLine>,
    unknown_texts: usize,
}

/// `GET /staff/privacy`
async fn overview(State(console): State<Console>, staff: Staff) -> Result<Response, Failure> {
    staff.require(Role::Manager)?;
    let now = console.clock.now();
    let today = station_day(now);
    let requests = console.store.subject_requests().await?;
    let incidents = console.store.incidents().await?;
    let page = Overview {
        frame: staff.frame(&console),
        requests: requests
            .iter()
            .map(|request| {
                let due = request.next_due();
                RequestLine {
                    id: request.id.to_string(),
                    kind: request.kind.vietnamese(),
                    received: written(station_day(request.received_at)),
                    late: due.is_some_and(|due| due < today),
                    due: due.map(written),
                    refused: request.had(crate::store::subject_requests::RequestEvent::Refused),
                }
            })
            .collect(),
        incidents: incidents
            .iter()
            .map(|incident| {
                let (words, urgent) = clock_words(incident.noticed_at, now);
                let runs = incident.clock_runs();
                IncidentLine {
                    id: incident.id.to_string(),
                    kind: incident.kind.vietnamese(),
                    noticed: moment(incident.noticed_at),
                    clock: runs.then_some(words),
                    urgent: runs && urgent,
                }
            })
            .collect(),
        unknown_texts: console.store.latest_consents(true, 100).await?.len(),
    };
    html(StatusCode::OK, &page)
}
