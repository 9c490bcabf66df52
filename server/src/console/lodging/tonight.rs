//! Tonight: who sleeps here, what is due, what failed and why.

use std::collections::{BTreeMap, BTreeSet};

use askama::Template;
use axum::{extract::State, http::StatusCode, response::Response};
use flows::lodging::{LodgingPlace, local_day, place::Police};
use uuid::Uuid;

use super::{
    super::{
        Console,
        failure::{Failure, html},
        session::Staff,
        time::{day, hour},
    },
    Frame, Here,
    look::Look,
    messages::{self, MessageView},
    view::StayView,
};
use crate::store::stays::{KeptStay, Which};

/// Guests of one room.
struct RoomView {
    name: String,
    stays: Vec<StayView>,
}

#[derive(Template)]
#[template(path = "lodging/tonight.html")]
struct Page {
    frame: Frame,
    day: String,
    at: String,
    kind: &'static str,
    police: Police,
    sleeping: usize,
    owed: usize,
    /// Whom the owner is to tell about now, by telephone or in person.
    to_be_told: Vec<(Uuid, String)>,
    /// What is owed, the first deadline first.
    due: Vec<StayView>,
    rooms: Vec<RoomView>,
    messages: Vec<MessageView>,
    by_file: usize,
    faults: Vec<String>,
}

/// Whoever sleeps here tonight, and whatever is still owed of others, each once.
pub(super) async fn tonight(console: &Console, place: &LodgingPlace) -> Result<Vec<KeptStay>, Failure> {
    let now = console.clock.now();
    let mut stays = console.store.stays(&place.id, Which::Night(local_day(now)), now).await?;
    let there: BTreeSet<_> = stays.iter().map(|stay| stay.id).collect();
    let owed = console.store.stays(&place.id, Which::Owed, now).await?;
    stays.extend(owed.into_iter().filter(|stay| !there.contains(&stay.id)));
    Ok(stays)
}

pub(super) async fn page(
    console: &Console,
    staff: &Staff,
    place: &LodgingPlace,
    faults: Vec<String>,
) -> Result<Response, Failure> {
    let now = console.clock.now();
    let status = if faults.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let stays = tonight(console, place).await?;
    let ids: Vec<_> = stays.iter().map(|stay| stay.id).collect();
    console.note_look(staff, place, &ids, Look::List, None).await?;
    let view = |stay: &KeptStay| StayView::new(stay, place, now);
    let mut owed: Vec<_> = stays.iter().filter(|stay| stay.standing(now).is_owed()).collect();
    owed.sort_by_key(|stay| super::view::deadline(stay, place).at);
    let due: Vec<_> = owed.into_iter().map(view).collect();
    let night = console.store.stays(&place.id, Which::Night(local_day(now)), now).await?;
    let mut rooms = BTreeMap::<String, Vec<StayView>>::new();
    for stay in night.iter().map(view) {
        rooms.entry(stay.room.clone()).or_default().push(stay);
    }
    let page = Page {
        frame: Frame::new(console, staff, place),
        day: day(local_day(now)),
        at: hour(now),
        kind: place.kind.vietnamese(),
        police: place.police.clone(),
        sleeping: night.len(),
        owed: due.len(),
        to_be_told: due
            .iter()
            .filter(|stay| stay.to_be_told)
            .map(|stay| (stay.id, stay.name.clone()))
            .collect(),
        by_file: due.iter().filter(|stay| stay.by_file && stay.gaps.is_empty()).count(),
        due,
        rooms: rooms.into_iter().map(|(name, stays)| RoomView { name, stays }).collect(),
        messages: messages::of_place(console, place).await?,
        faults,
    };
    html(status, &page)
}

/// `GET /lodging/{place}`
pub(in crate::console) async fn show(
    State(console): State<Console>,
    staff: Staff,
    Here(place): Here,
) -> Result<Response, Failure> {
    page(&console, &staff, &place, Vec::new()).await
}
