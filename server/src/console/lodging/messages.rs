//! Messages about guests that did not reach the police portal, and what a person has to tell the police.

use axum::{
    Form,
    extract::State,
    response::{IntoResponse as _, Redirect, Response},
};
use flows::lodging::LodgingPlace;
use serde::Deserialize;
use uuid::Uuid;

use super::{
    super::{Console, failure::Failure, form, session::Staff, time::moment, words},
    Here, Named, PLACES, tonight,
};
use crate::{
    staff::Role,
    store::{DecideMessage, Lane, Standing, UndeliveredMessage},
};

/// A message as the page shows it.
pub(super) struct MessageView {
    pub(super) id: Uuid,
    pub(super) stay: Uuid,
    pub(super) what: &'static str,
    pub(super) english: &'static str,
    pub(super) since: String,
    pub(super) error: Option<String>,
    pub(super) to_say: Option<String>,
    /// The portal takes it: it can be tried again.
    pub(super) retriable: bool,
}

/// The dead letters about stays at this place.
async fn dead(console: &Console, place: &LodgingPlace) -> Result<Vec<(Uuid, UndeliveredMessage)>, Failure> {
    let mut dead = Vec::new();
    for message in console.store.undelivered_messages().await? {
        let (Some(id), Standing::Dead { .. }) = (message.stay(), message.standing) else { continue };
        if console.store.stay(id).await?.is_some_and(|stay| stay.place == place.id) {
            dead.push((id, message));
        }
    }
    Ok(dead)
}

/// The same as pages show them.
pub(super) async fn of_place(console: &Console, place: &LodgingPlace) -> Result<Vec<MessageView>, Failure> {
    let view = |(stay, message): (Uuid, UndeliveredMessage)| {
        let (what, english) = words::message(message.kind);
        let since = match message.standing {
            Standing::Dead { since } => since,
            _ => message.queued,
        };
        MessageView {
            id: message.id,
            stay,
            what,
            english,
            since: moment(since),
            error: message.error,
            to_say: message.to_say.map(|text| String::from_utf8_lossy(text.as_slice()).into_owned()),
            retriable: message.kind.lane() != Lane::Staff,
        }
    };
    Ok(dead(console, place).await?.into_iter().map(view).collect())
}

/// The form that decides about a message.
#[derive(Deserialize)]
pub(in crate::console) struct Deciding {
    #[serde(default)]
    reason: String,
}

async fn decide(
    console: &Console,
    staff: &Staff,
    place: &LodgingPlace,
    message: Uuid,
    typed: &Deciding,
    again: bool,
) -> Result<Response, Failure> {
    staff.require(Role::LodgingOwner)?;
    if !dead(console, place).await?.iter().any(|(_, letter)| letter.id == message) {
        return Err(Failure::DoneAlready);
    }
    let mut faults = Vec::new();
    let Some(reason) = form::line(&typed.reason, "Lý do / Reason", &mut faults) else {
        return tonight::page(console, staff, place, faults).await;
    };
    let decision = DecideMessage { message, decision: staff.decision(reason), at: console.clock.now() };
    if again {
        console.store.retry_message(decision).await?;
    } else {
        console.store.set_message_aside(decision).await?;
    }
    console.stays_changed();
    Ok(Redirect::to(&format!("{PLACES}/{}", place.id)).into_response())
}

/// `POST /lodging/{place}/messages/{message}/retry`
pub(in crate::console) async fn retry(
    State(console): State<Console>,
    staff: Staff,
    Here(place): Here,
    Named(message): Named,
    Form(typed): Form<Deciding>,
) -> Result<Response, Failure> {
    decide(&console, &staff, &place, message, &typed, true).await
}

/// `POST /lodging/{place}/messages/{message}/set-aside`
pub(in crate::console) async fn set_aside(
    State(console): State<Console>,
    staff: Staff,
    Here(place): Here,
    Named(message): Named,
    Form(typed): Form<Deciding>,
) -> Result<Response, Failure> {
    decide(&console, &staff, &place, message, &typed, false).await
}
