//! Today's queue: calling numbers to rooms, and what happens to them.

use askama::Template;
use axum::{
    Form,
    extract::{Query, State},
    http::StatusCode,
    response::{IntoResponse as _, Redirect, Response},
};
use flows::health::{
    Room,
    queue::{Event, Queue, State as Standing},
};
use serde::Deserialize;
use uuid::Uuid;

use super::{
    Console, Frame,
    check::Id,
    failure::{Failure, html},
    form,
    live::News,
    session::Staff,
    time,
};
use crate::{
    staff::Role,
    store::{CallNext, DayQueue, PlaceChange, QueuePlace, StoreError, visits::station_day},
};

/// Who works with the queue.
const ROLES: &[Role] = &[Role::Reception, Role::Clinician];

/// A button of a place: what happens, and what it says.
struct Button {
    event: &'static str,
    words: &'static str,
    english: &'static str,
    class: &'static str,
}

const fn button(event: &'static str, words: &'static str, english: &'static str) -> Button {
    Button { event, words, english, class: "" }
}

const fn quiet(event: &'static str, words: &'static str, english: &'static str) -> Button {
    Button { event, words, english, class: "second" }
}

const AGAIN: Button = button("recalled", "Gọi lại", "call again");
const COMES_IN: Button = button("started", "Vào khám", "has come in");
const STRAIGHT_IN: Button = button("started", "Vào khám ngay", "straight in");
const ABSENT: Button = quiet("absent", "Vắng", "absent");
const FINISHED: Button = quiet("finished", "Xong", "finished");
const SEEN: Button = button("finished", "Khám xong", "finished");
const BACK: Button = button("returned", "Đã quay lại", "is back");

/// A place as the page shows it.
#[derive(Template)]
#[template(path = "queue-place.html")]
struct PlaceView {
    visit: Uuid,
    number: String,
    row: &'static str,
    class: &'static str,
    words: &'static str,
    since: String,
    buttons: Vec<Button>,
    rows: Vec<(&'static str, &'static str)>,
    /// Rooms to go to, by id.
    rooms: Vec<(String, String)>,
    /// Numbers that the same person may have, by visit.
    others: Vec<(Uuid, String)>,
    may_cancel: bool,
    csrf: String,
    only: String,
}

/// A room as the page shows it.
struct RoomView {
    id: String,
    name: String,
    /// The last call that the page knows of.
    seen: u64,
    next: Option<String>,
    /// Called, in the room, or absent.
    active: Vec<PlaceView>,
    waiting: Vec<PlaceView>,
    finished: usize,
}

const fn row(queue: Queue) -> &'static str {
    match queue {
        Queue::Emergency => "Cấp cứu",
        Queue::Priority => "Ưu tiên",
        Queue::Normal => "Thường",
    }
}

const fn standing(state: Standing) -> &'static str {
    match state {
        Standing::Waiting => "Đang chờ",
        Standing::Called => "Đang gọi",
        Standing::BeingSeen => "Đang khám",
        Standing::Absent => "Vắng",
        Standing::Finished => "Đã xong",
        Standing::Cancelled => "Đã hủy",
        Standing::Merged => "Đã gộp",
    }
}

const fn class(state: Standing) -> &'static str {
    match state {
        Standing::Called => "called",
        Standing::BeingSeen => "seen",
        Standing::Absent => "absent",
        _ => "",
    }
}

fn buttons(place: &QueuePlace) -> Vec<Button> {
    match (place.state, place.queue) {
        (Standing::Called, _) => vec![AGAIN, COMES_IN, ABSENT, FINISHED],
        (Standing::BeingSeen, _) => vec![SEEN],
        (Standing::Absent, _) => vec![BACK],
        (Standing::Waiting, Queue::Emergency) => vec![STRAIGHT_IN],
        _ => Vec::new(),
    }
}

/// What places are shown from.
struct Shown<'a> {
    console: &'a Console,
    queue: &'a DayQueue,
    csrf: &'a str,
    only: &'a str,
}

impl Shown<'_> {
    fn place(&self, place: &QueuePlace) -> PlaceView {
        let other = |other: &&QueuePlace| other.visit != place.visit && other.state.is_open();
        // Who was seen may come back to the same room later; who is absent comes back first.
        let to = |id: &str| match place.state {
            Standing::BeingSeen => true,
            Standing::Absent => false,
            _ => id != place.room,
        };
        let rooms = self.console.station.rooms.iter().filter(|room| to(&room.id));
        let rows = Queue::ALL.into_iter().filter(|queue| *queue != place.queue);
        let others = self.queue.places.iter().filter(other);
        PlaceView {
            visit: place.visit,
            number: place.number.clone(),
            row: row(place.queue),
            class: class(place.state),
            words: standing(place.state),
            since: time::hour(place.since),
            buttons: buttons(place),
            rows: rows.map(|queue| (queue.as_str(), row(queue))).collect(),
            rooms: rooms.map(|room| (room.id.clone(), room.name.vi.clone())).collect(),
            others: others
                .map(|other| (other.visit, format!("{} – {}", other.number, standing(other.state))))
                .collect(),
            may_cancel: place.state != Standing::BeingSeen,
            csrf: self.csrf.to_owned(),
            only: self.only.to_owned(),
        }
    }

    fn room(&self, room: &Room) -> RoomView {
        let waiting = self.queue.waiting(&room.id);
        let here = || self.queue.places.iter().filter(|place| place.room == room.id);
        let mut at_work: Vec<_> = here()
            .filter(|place| matches!(place.state, Standing::Called | Standing::BeingSeen | Standing::Absent))
            .collect();
        at_work.sort_by_key(|place| (place.state == Standing::Absent, place.since));
        RoomView {
            id: room.id.clone(),
            name: room.name.vi.clone(),
            seen: self.queue.last_call(&room.id),
            next: waiting.first().map(|place| place.number.clone()),
            active: at_work.into_iter().map(|place| self.place(place)).collect(),
            finished: here().filter(|place| place.state == Standing::Finished).count(),
            waiting: waiting.into_iter().map(|place| self.place(place)).collect(),
        }
    }
}

/// Which room the page shows, and what it has to say about the last button.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    room: String,
    #[serde(default)]
    said: String,
}

/// What a page says after a button did not do what was wanted.
fn said(code: &str) -> Option<(&'static str, &'static str)> {
    Some(match code {
        "nobody" => ("Không còn ai chờ ở phòng này.", "Nobody waits for this room."),
        "moved-on" => (
            "Phòng này vừa gọi số khác: xin xem lại rồi bấm nếu vẫn cần.",
            "The room has just called another number. Look again, and press once more if it is still wanted.",
        ),
        "cannot" => (
            "Số này vừa thay đổi, chưa làm gì. Xin xem lại danh sách.",
            "The number has changed meanwhile. Nothing was done; look at the list again.",
        ),
        "reason" => ("Chưa làm gì: xin ghi lý do.", "Nothing was done: please give the reason."),
        "choice" => ("Chưa làm gì: xin chọn lại.", "Nothing was done: please choose again."),
        _ => return None,
    })
}

#[derive(Template)]
#[template(path = "queue.html")]
struct Page {
    frame: Frame,
    rooms: Vec<RoomView>,
    /// The only room shown, by id; empty for all.
    only: String,
    names: Vec<(String, String)>,
    said: Option<(&'static str, &'static str)>,
    now: String,
    priority_per_normal: u32,
}

/// `GET /staff/queue`
pub(super) async fn show(
    State(console): State<Console>,
    staff: Staff,
    Query(asked): Query<Asked>,
) -> Result<Response, Failure> {
    staff.require_any(ROLES)?;
    let (now, station) = (console.clock.now(), &console.station);
    let queue = console.store.queue(&station.code, station_day(now), station.queue).await?;
    let only = station.room(&asked.room).map_or("", |room| &room.id);
    let frame = staff.frame(&console);
    let shown = Shown { console: &console, queue: &queue, csrf: &frame.csrf, only };
    let rooms = station.rooms.iter().filter(|room| only.is_empty() || room.id == only);
    let rooms = rooms.map(|room| shown.room(room)).collect();
    let page = Page {
        rooms,
        frame,
        only: only.to_owned(),
        names: station.rooms.iter().map(|room| (room.id.clone(), room.name.vi.clone())).collect(),
        said: said(&asked.said),
        now: time::hour(now),
        priority_per_normal: station.queue.priority_per_normal,
    };
    html(StatusCode::OK, &page)
}

/// Back to the list, as it was seen.
fn back(console: &Console, only: &str, said: Option<&str>) -> Response {
    let mut query = form_urlencoded::Serializer::new(String::new());
    if let Some(room) = console.station.room(only) {
        query.append_pair("room", &room.id);
    }
    if let Some(said) = said {
        query.append_pair("said", said);
    }
    let query = query.finish();
    let mark = if query.is_empty() { "" } else { "?" };
    Redirect::to(&format!("/staff/queue{mark}{query}")).into_response()
}

/// The button that calls the next one.
#[derive(Debug, Deserialize)]
pub(super) struct Next {
    room: String,
    #[serde(default)]
    seen: u64,
    #[serde(default)]
    only: String,
}

/// `POST /staff/queue/next`
pub(super) async fn next(
    State(console): State<Console>,
    staff: Staff,
    Form(form): Form<Next>,
) -> Result<Response, Failure> {
    staff.require_any(ROLES)?;
    let room = console.station.room(&form.room).ok_or(Failure::NotFound)?;
    let call = CallNext {
        station: console.station.code.clone(),
        room: room.id.clone(),
        seen: form.seen,
        by: staff.decision(String::new()),
        rule: console.station.queue,
        at: console.clock.now(),
    };
    let said = match console.store.call_next(call).await {
        Ok(Some(_)) => {
            console.live.tell(News::Queue);
            None
        }
        Ok(None) => Some("nobody"),
        Err(StoreError::QueueMovedOn) => Some("moved-on"),
        Err(error) => return Err(error.into()),
    };
    Ok(back(&console, &form.only, said))
}

/// A button or form of one number.
#[derive(Debug, Deserialize)]
pub(super) struct Change {
    event: String,
    #[serde(default)]
    room: String,
    #[serde(default)]
    queue: String,
    #[serde(default)]
    into: String,
    #[serde(default)]
    reason: String,
    #[serde(default)]
    only: String,
}

impl Change {
    /// What is to happen; none where the choice is not one.
    fn event(&self, console: &Console) -> Option<Event<Uuid>> {
        Some(match self.event.as_str() {
            "recalled" => Event::Recalled,
            "absent" => Event::Absent,
            "returned" => Event::Returned,
            "started" => Event::Started,
            "finished" => Event::Finished,
            "moved" => Event::Moved { room: console.station.room(&self.room)?.id.clone() },
            "reranked" => {
                let queue = Queue::ALL.into_iter().find(|queue| queue.as_str() == self.queue)?;
                Event::Reranked { queue }
            }
            "cancelled" => Event::Cancelled,
            "merged" => Event::Merged { into: Uuid::parse_str(&self.into).ok()? },
            _ => return None,
        })
    }
}

/// `POST /staff/queue/{visit}`
pub(super) async fn change(
    State(console): State<Console>,
    staff: Staff,
    Id(visit): Id,
    Form(form): Form<Change>,
) -> Result<Response, Failure> {
    staff.require_any(ROLES)?;
    let Some(event) = form.event(&console) else {
        return Ok(back(&console, &form.only, Some("choice")));
    };
    // What takes something from somebody is not done without a word why.
    let needs_reason = matches!(event, Event::Cancelled | Event::Merged { .. } | Event::Reranked { .. });
    let reason = form::line(&form.reason, "Lý do", &mut Vec::new());
    if reason.is_none() && (needs_reason || !form.reason.trim().is_empty()) {
        return Ok(back(&console, &form.only, Some("reason")));
    }
    let change = PlaceChange {
        visit,
        event,
        by: staff.decision(reason.unwrap_or_default()),
        rule: console.station.queue,
        at: console.clock.now(),
    };
    let said = match console.store.change_place(change).await {
        Ok(()) => {
            console.live.tell(News::Queue);
            None
        }
        Err(StoreError::Queue(_)) => Some("cannot"),
        Err(error) => return Err(error.into()),
    };
    Ok(back(&console, &form.only, said))
}
