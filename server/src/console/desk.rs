//! A call at the desk: "I know", taking it over, handing it back.

use axum::{
    Form,
    extract::State,
    response::{IntoResponse as _, Redirect, Response},
};
use serde::Deserialize;
use uuid::Uuid;

use super::{
    Console,
    admission::{self, Typed},
    calls,
    check::Id,
    failure::Failure,
    form,
    live::News,
    session::Staff,
};
use crate::{
    staff::Role,
    store::{AcknowledgeCall, HandBack, Member, TakeOver},
};

impl Staff {
    /// As calls keep them.
    pub(super) fn member(&self) -> Member {
        Member { account: Some(self.id), name: self.name.clone() }
    }
}

fn back_to(console: &Console, call: Uuid) -> Response {
    console.live.tell(News::Calls);
    Redirect::to(&format!("/staff/calls/{call}")).into_response()
}

/// `POST /staff/calls/{call}/acknowledge`
pub(super) async fn acknowledge(
    State(console): State<Console>,
    staff: Staff,
    Id(call): Id,
) -> Result<Response, Failure> {
    staff.require(Role::Reception)?;
    let acknowledgement = AcknowledgeCall { call, by: staff.member(), at: console.clock.now() };
    console.store.acknowledge_call(acknowledgement).await?;
    Ok(back_to(&console, call))
}

/// The form that takes a call over.
#[derive(Deserialize)]
pub(super) struct Taking {
    /// `on` where it is taken from somebody else.
    #[serde(default)]
    instead: String,
}

/// `POST /staff/calls/{call}/take`
pub(super) async fn take(
    State(console): State<Console>,
    staff: Staff,
    Id(call): Id,
    Form(form): Form<Taking>,
) -> Result<Response, Failure> {
    staff.require(Role::Reception)?;
    let taking =
        TakeOver { call, by: staff.member(), instead: !form.instead.is_empty(), at: console.clock.now() };
    console.store.take_over(taking).await?;
    Ok(back_to(&console, call))
}

/// The form that hands a call back.
#[derive(Deserialize)]
pub(super) struct Handing {
    #[serde(default)]
    reason: String,
}

/// `POST /staff/calls/{call}/hand-back`
pub(super) async fn hand_back(
    State(console): State<Console>,
    staff: Staff,
    Id(call): Id,
    Form(handing): Form<Handing>,
) -> Result<Response, Failure> {
    staff.require(Role::Reception)?;
    let mut faults = Vec::new();
    let Some(reason) = form::line(&handing.reason, "Đã giúp gì / What was done", &mut faults) else {
        let call = calls::open(&console, call).await?;
        return admission::page(&console, &staff, call, Some(Typed::default()), faults).await;
    };
    let handing = HandBack { call, decision: staff.decision(reason), at: console.clock.now() };
    console.store.hand_back(handing).await?;
    console.live.tell(News::Calls);
    Ok(Redirect::to("/staff").into_response())
}
