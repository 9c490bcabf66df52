//! A ticket's place in the queue.

use askama::Template;
use axum::{
    extract::{Path, State},
    response::Response,
};
use flows::{TicketCode, health::queue::State as Standing};

use super::{
    Frame, Pages,
    failure::{Failure, html},
};
use crate::store::QueuePlace;

#[derive(Template)]
#[template(path = "ticket.html")]
struct Page {
    frame: Frame,
    number: String,
    room: String,
    room_english: String,
    /// Whether it is this person's turn now.
    called: bool,
    words: String,
    english: String,
}

/// `GET /t/{code}`
pub(super) async fn show(
    State(pages): State<Pages>,
    code: Result<Path<String>, axum::extract::rejection::PathRejection>,
) -> Result<Response, Failure> {
    let code: TicketCode = code.ok().and_then(|code| code.parse().ok()).ok_or(Failure::NoSuchTicket)?;
    let waiting = &pages.waiting;
    let (station, at) = (&waiting.station, waiting.clock.now());
    let place = waiting.store.ticket_place(&code, &station.code, station.queue, at).await?;
    let place = place.ok_or(Failure::NoSuchTicket)?;
    let room = station.room(&place.room).map(|room| room.name.clone());
    let (words, english) = words(&place);
    html(&Page {
        frame: pages.frame(),
        room: room.as_ref().map_or_else(|| place.room.clone(), |room| room.vi.clone()),
        room_english: room.map(|room| room.en).unwrap_or_default(),
        called: place.state == Standing::Called,
        number: place.number,
        words,
        english,
    })
}

fn words(place: &QueuePlace) -> (String, String) {
    let words = |vi: &str, en: &str| (vi.to_owned(), en.to_owned());
    match (place.state, place.ahead) {
        (Standing::Waiting, Some(0)) => words("Ông/bà là người tiếp theo", "You are next"),
        (Standing::Waiting, Some(1)) => words("Còn 1 người phía trước", "1 person is before you"),
        (Standing::Waiting, Some(ahead)) => {
            (format!("Còn {ahead} người phía trước"), format!("{ahead} people are before you"))
        }
        (Standing::Waiting, None) => words("Đang chờ", "Waiting"),
        (Standing::Called, _) => {
            words("Đang gọi số này. Xin mời vào!", "This number is being called. Please go in!")
        }
        (Standing::BeingSeen, _) => words("Đang được khám", "Being seen"),
        (Standing::Absent, _) => words(
            "Số này đã được gọi mà chưa thấy ai. Xin báo nhân viên để được gọi lại.",
            "This number was called and nobody came. Tell staff, and it is called again.",
        ),
        (Standing::Finished, _) => words("Đã khám xong", "Finished"),
        (Standing::Cancelled | Standing::Merged, _) => words(
            "Số này không còn dùng. Xin hỏi nhân viên.",
            "This number is not used any more. Please ask staff.",
        ),
    }
}
