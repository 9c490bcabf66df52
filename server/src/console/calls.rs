//! The calls that nobody has answered, and one of them.

use askama::Template;
use axum::{
    Form,
    extract::State,
    http::StatusCode,
    response::{Redirect, Response},
};
use identity::ReasonCode;
use jiff::Timestamp;
use serde::Deserialize;
use uuid::Uuid;

use super::{
    Console, Frame,
    admission::{self, Typed},
    alerts::{self, AlertView},
    check::Id,
    failure::{Failure, html},
    form,
    live::News,
    session::Staff,
    time, words,
};
use crate::{
    staff::Role,
    store::{CloseCall, OpenCall},
};

/// A call as a page shows it.
pub(super) struct CallView {
    pub(super) id: Uuid,
    pub(super) place: String,
    pub(super) kiosk: String,
    pub(super) step: String,
    pub(super) code: &'static str,
    pub(super) what: &'static str,
    pub(super) what_english: &'static str,
    pub(super) advice: &'static str,
    pub(super) advice_english: &'static str,
    pub(super) since: String,
    pub(super) minutes: i64,
    pub(super) state: &'static str,
    pub(super) state_english: &'static str,
    pub(super) state_class: &'static str,
    pub(super) by: Option<String>,
    pub(super) repeated: u32,
    /// It goes before every other call, and sounds otherwise.
    pub(super) emergency: bool,
}

impl CallView {
    pub(super) fn new(call: OpenCall, now: Timestamp) -> Self {
        let (state, state_english, state_class) = words::call_state(call.standing.state);
        Self {
            id: call.id,
            place: call.place,
            kiosk: call.kiosk,
            step: words::step(&call.step).map_or(call.step, str::to_owned),
            code: call.code.as_str(),
            what: words::reason(call.code),
            what_english: call.code.meaning(),
            advice: words::advice(call.code),
            advice_english: call.code.action(),
            since: time::hour(call.at),
            minutes: now.duration_since(call.at).as_mins().max(0),
            state,
            state_english,
            state_class,
            by: call.standing.by.as_ref().map(|member| member.name.clone()),
            repeated: call.standing.repeated,
            emergency: call.code == ReasonCode::Emergency,
        }
    }
}

#[derive(Template)]
#[template(path = "calls.html")]
struct ListPage {
    frame: Frame,
    calls: Vec<CallView>,
    alerts: Vec<AlertView>,
    now: String,
}

/// `GET /staff`
pub(super) async fn list(State(console): State<Console>, staff: Staff) -> Result<Response, Failure> {
    let now = console.clock.now();
    let mut calls = console.store.open_calls().await?;
    calls.sort_by_key(|call| (call.code != ReasonCode::Emergency, call.at));
    let page = ListPage {
        frame: staff.frame(&console),
        alerts: alerts::open(&console).await?,
        calls: calls.into_iter().map(|call| CallView::new(call, now)).collect(),
        now: time::hour(now),
    };
    html(StatusCode::OK, &page)
}

/// The call with this id, if it is open.
pub(super) async fn open(console: &Console, call: Uuid) -> Result<OpenCall, Failure> {
    let calls = console.store.open_calls().await?;
    calls.into_iter().find(|open| open.id == call).ok_or(Failure::CallAnswered)
}

/// `GET /staff/calls/{call}`
pub(super) async fn show(
    State(console): State<Console>,
    staff: Staff,
    Id(call): Id,
) -> Result<Response, Failure> {
    staff.require(Role::Reception)?;
    let call = open(&console, call).await?;
    admission::page(&console, &staff, call, None, Vec::new()).await
}

/// The form that closes a call.
#[derive(Deserialize)]
pub(super) struct Closing {
    #[serde(default)]
    reason: String,
}

/// `POST /staff/calls/{call}/close`
pub(super) async fn close(
    State(console): State<Console>,
    staff: Staff,
    Id(call): Id,
    Form(closing): Form<Closing>,
) -> Result<Response, Failure> {
    staff.require(Role::Reception)?;
    let mut faults = Vec::new();
    let Some(reason) = form::line(&closing.reason, "Ghi chú / Note", &mut faults) else {
        let call = open(&console, call).await?;
        let typed = Typed { closing: closing.reason, ..Typed::default() };
        return admission::page(&console, &staff, call, Some(typed), faults).await;
    };
    let decision = staff.decision(reason);
    console.store.close_call(CloseCall { call, decision, at: console.clock.now() }).await?;
    console.live.tell(News::Calls);
    Ok(axum::response::IntoResponse::into_response(Redirect::to("/staff")))
}
