//! Who came on a day.

use askama::Template;
use axum::{
    extract::{Query, State},
    http::StatusCode,
    response::Response,
};
use flows::lodging::local_day;
use jiff::civil::Date;
use serde::Deserialize;

use super::{
    super::{
        Console,
        failure::{Failure, html},
        session::Staff,
        time,
    },
    Frame, Here,
    look::Look,
    view::StayView,
};
use crate::store::stays::Which;

#[derive(Template)]
#[template(path = "lodging/days.html")]
struct Page {
    frame: Frame,
    day: String,
    asked: String,
    stays: Vec<StayView>,
}

/// The day in the address.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(in crate::console) struct Asked {
    day: String,
}

/// `GET /lodging/{place}/days`
pub(in crate::console) async fn show(
    State(console): State<Console>,
    staff: Staff,
    Here(place): Here,
    Query(asked): Query<Asked>,
) -> Result<Response, Failure> {
    let now = console.clock.now();
    let day: Date = asked.day.parse().unwrap_or_else(|_| local_day(now));
    let stays = console.store.stays(&place.id, Which::Arrived(day), now).await?;
    let ids: Vec<_> = stays.iter().map(|stay| stay.id).collect();
    console.note_look(&staff, &place, &ids, Look::List, None).await?;
    let page = Page {
        frame: Frame::new(&console, &staff, &place),
        day: time::day(day),
        asked: day.to_string(),
        stays: stays.iter().map(|stay| StayView::new(stay, &place, now)).collect(),
    };
    html(StatusCode::OK, &page)
}
