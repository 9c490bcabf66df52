//! Messages that did not reach a national system: staff have them tried again, or set them aside.

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
    alerts::{self, AlertView},
    check::Id,
    failure::{Failure, html},
    form,
    session::Staff,
    time::moment,
    words,
};
use crate::{
    staff::Role,
    store::{
        DecideMessage, Lane, Standing, UndeliveredMessage,
        accesses::{Purpose, Shown},
    },
};

/// Who may decide about them.
const DECIDES: [Role; 2] = [Role::Reception, Role::Manager];

/// A message as the page shows it.
struct MessageView {
    id: Uuid,
    visit: Uuid,
    what: &'static str,
    what_english: &'static str,
    state: String,
    error: Option<String>,
    attempts: u32,
    behind: u32,
    queued: String,
    to_say: Option<String>,
    dead: bool,
    /// A system takes it: it can be tried again.
    retriable: bool,
}

impl MessageView {
    fn new(message: UndeliveredMessage, visit: Uuid) -> Self {
        let (what, what_english) = words::message(message.kind);
        Self {
            id: message.id,
            visit,
            what,
            what_english,
            state: match message.standing {
                Standing::Waiting { next } => format!("Chờ gửi lúc {}", moment(next)),
                Standing::Behind { .. } => "Chờ thư trước của cùng người".to_owned(),
                Standing::Dead { since } => format!("Cần nhân viên từ {}", moment(since)),
            },
            error: message.error,
            attempts: message.attempts,
            behind: message.behind,
            queued: moment(message.queued),
            to_say: message.to_say.map(|text| String::from_utf8_lossy(text.as_slice()).into_owned()),
            dead: matches!(message.standing, Standing::Dead { .. }),
            retriable: message.kind.lane() != Lane::Staff,
        }
    }
}

#[derive(Template)]
#[template(path = "outbox.html")]
struct Page {
    frame: Frame,
    dead: Vec<MessageView>,
    waiting: Vec<MessageView>,
    faults: Vec<String>,
    alerts: Vec<AlertView>,
    may_settle: bool,
}

pub(super) async fn page(console: &Console, staff: &Staff, faults: Vec<String>) -> Result<Response, Failure> {
    let status = if faults.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let messages = console.store.undelivered_messages().await?;
    // What is to be told is about a patient, in a member of staff's words.
    let told = messages.iter().filter(|message| message.to_say.is_some());
    let told = told.filter_map(UndeliveredMessage::visit);
    console.note_access(staff, told.collect(), Shown::List, Purpose::Reception).await?;
    // Those about stays are their places'.
    let of_visits = messages.into_iter().filter_map(|message| {
        let visit = message.visit()?;
        Some(MessageView::new(message, visit))
    });
    let (dead, waiting) = of_visits.partition::<Vec<_>, _>(|message| message.dead);
    let (alerts, may_settle) = (alerts::open(console).await?, staff.has(Role::Manager));
    html(status, &Page { frame: staff.frame(console), dead, waiting, faults, alerts, may_settle })
}

/// `GET /staff/outbox`
pub(super) async fn list(State(console): State<Console>, staff: Staff) -> Result<Response, Failure> {
    staff.require_any(&DECIDES)?;
    page(&console, &staff, Vec::new()).await
}

/// The form that decides about a message.
#[derive(Deserialize)]
pub(super) struct Deciding {
    #[serde(default)]
    reason: String,
}

async fn decide(
    console: &Console,
    staff: &Staff,
    message: Uuid,
    form: &Deciding,
    again: bool,
) -> Result<Response, Failure> {
    staff.require_any(&DECIDES)?;
    let mut faults = Vec::new();
    let Some(reason) = form::line(&form.reason, "Lý do / Reason", &mut faults) else {
        return page(console, staff, faults).await;
    };
    let decision = DecideMessage { message, decision: staff.decision(reason), at: console.clock.now() };
    if again {
        console.store.retry_message(decision).await?;
    } else {
        console.store.set_message_aside(decision).await?;
    }
    Ok(Redirect::to("/staff/outbox").into_response())
}

/// `POST /staff/outbox/{message}/retry`
pub(super) async fn retry(
    State(console): State<Console>,
    staff: Staff,
    Id(message): Id,
    Form(form): Form<Deciding>,
) -> Result<Response, Failure> {
    decide(&console, &staff, message, &form, true).await
}

/// `POST /staff/outbox/{message}/set-aside`
pub(super) async fn set_aside(
    State(console): State<Console>,
    staff: Staff,
    Id(message): Id,
    Form(form): Form<Deciding>,
) -> Result<Response, Failure> {
    decide(&console, &staff, message, &form, false).await
}
