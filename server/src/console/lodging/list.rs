//! What is needed to tell the police, on paper or before the telephone.

use askama::Template;
use axum::{extract::State, http::StatusCode, response::Response};
use flows::lodging::{LodgingPlace, StayReason, place::Police};
use jiff::Timestamp;

use super::{
    super::{
        Console,
        failure::{Failure, html},
        form::birth_text,
        session::Staff,
        time::{day, moment},
    },
    Frame, Here,
    look::Look,
    view,
};
use crate::{
    console::lodging::form::sex,
    store::stays::{KeptStay, Which},
};

/// Everything of a guest that is told.
struct Row {
    name: String,
    birth: String,
    sex: &'static str,
    nationality: String,
    document: String,
    permitted: Option<String>,
    room: String,
    arrival: String,
    departure: String,
    reason: String,
    deadline: String,
    told: bool,
}

impl Row {
    fn new(stay: &KeptStay, place: &LodgingPlace, now: Timestamp) -> Option<Self> {
        let draft = stay.draft.as_ref()?;
        let document = draft.document.as_ref();
        let reason = match (draft.reason, &draft.reason_text) {
            (Some(StayReason::Other), Some(said)) => said.clone(),
            (reason, _) => reason.map(StayReason::vietnamese).unwrap_or_default().to_owned(),
        };
        Some(Self {
            name: draft.full_name.clone().unwrap_or_default(),
            birth: draft.birth.map(birth_text).unwrap_or_default(),
            sex: sex(draft.sex),
            nationality: draft.nationality.as_ref().map(|code| code.as_str().to_owned()).unwrap_or_default(),
            document: document
                .map(|shown| format!("{} {}", shown.kind().vietnamese(), shown.number()))
                .unwrap_or_default(),
            permitted: draft.permitted_until.map(day),
            room: view::room(place, draft.room.as_deref()),
            arrival: moment(draft.arrival),
            departure: stay.until(now).map(moment).unwrap_or_default(),
            reason,
            deadline: moment(view::deadline(stay, place).at),
            told: stay.standing(now).told_by_hand(),
        })
    }
}

#[derive(Template)]
#[template(path = "lodging/list.html")]
struct Page {
    frame: Frame,
    at: String,
    address: String,
    police: Police,
    rows: Vec<Row>,
}

/// `GET /lodging/{place}/list`
pub(in crate::console) async fn show(
    State(console): State<Console>,
    staff: Staff,
    Here(place): Here,
) -> Result<Response, Failure> {
    let now = console.clock.now();
    let stays = console.store.stays(&place.id, Which::Owed, now).await?;
    let ids: Vec<_> = stays.iter().map(|stay| stay.id).collect();
    console.note_look(&staff, &place, &ids, Look::Paper, None).await?;
    let page = Page {
        frame: Frame::new(&console, &staff, &place),
        at: moment(now),
        address: place.located().to_owned(),
        police: place.police.clone(),
        rows: stays.iter().filter_map(|stay| Row::new(stay, &place, now)).collect(),
    };
    html(StatusCode::OK, &page)
}
