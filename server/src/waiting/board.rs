//! The board: which number goes to which room.

use std::collections::BTreeSet;

use askama::Template;
use axum::{
    extract::{Path, State},
    response::Response,
};
use flows::health::{Room, queue::State as Standing};

use super::{
    Frame, Pages,
    failure::{Failure, html},
    speech,
};
use crate::store::{DayQueue, visits::station_day};

/// Numbers that are shown beside the last called one.
const MOST_CALLED: usize = 3;
/// Numbers that are shown as next.
const MOST_NEXT: usize = 5;
/// Calls that a board which was away for a moment can still say.
const CALLS_KEPT: usize = 8;

/// A room on the board.
pub(super) struct RoomView {
    name: String,
    english: String,
    /// The number called last, if it is still there.
    now: Option<String>,
    /// Whether it was called and nobody has come yet.
    called: bool,
    /// Called before that and not seen yet.
    also: Vec<String>,
    next: Vec<String>,
    waiting: usize,
    absent: Vec<String>,
}

impl RoomView {
    fn new(room: &Room, queue: &DayQueue) -> Self {
        let mut seen = BTreeSet::new();
        let here = queue.calls.iter().rev().filter(|call| call.room == room.id && seen.insert(call.visit));
        let here: Vec<_> = here.filter_map(|call| queue.place(call.visit)).collect();
        let here = || here.iter().filter(|place| place.room == room.id);
        let now = here().find(|place| matches!(place.state, Standing::Called | Standing::BeingSeen));
        let also = here().filter(|place| {
            place.state == Standing::Called && now.is_none_or(|now| now.visit != place.visit)
        });
        let also = also.take(MOST_CALLED).map(|place| place.number.clone()).collect();
        let absent = here().filter(|place| place.state == Standing::Absent).take(MOST_NEXT);
        let waiting = queue.waiting(&room.id);
        Self {
            name: room.name.vi.clone(),
            english: room.name.en.clone(),
            called: now.is_some_and(|now| now.state == Standing::Called),
            now: now.map(|now| now.number.clone()),
            also,
            absent: absent.map(|place| place.number.clone()).collect(),
            next: waiting.iter().take(MOST_NEXT).map(|place| place.number.clone()).collect(),
            waiting: waiting.len(),
        }
    }
}

/// A call for the voice.
struct CallView {
    seq: u64,
    words: String,
}

/// What changes on a board: rendered into the page, and sent when it changed.
#[derive(Template)]
#[template(path = "board-rooms.html")]
pub(super) struct Board {
    rooms: Vec<RoomView>,
    /// How closely the rooms stand, for the style.
    density: &'static str,
    calls: Vec<CallView>,
    /// Which state of the queue this is: the day, and its last event.
    pub(super) version: String,
}

impl Board {
    /// The board of all rooms or of one, as the queue stands now.
    pub(super) async fn now(pages: &Pages, only: Option<&str>) -> Result<Self, Failure> {
        let station = &pages.waiting.station;
        let today = station_day(pages.waiting.clock.now());
        let queue = pages.waiting.store.queue(&station.code, today, station.queue).await?;
        let shown = |room: &&Room| only.is_none_or(|only| only == room.id);
        let rooms: Vec<_> = station.rooms.iter().filter(shown).collect();
        let calls = queue.calls.iter().rev().filter_map(|call| {
            let room = rooms.iter().find(|room| room.id == call.room)?;
            Some(CallView { seq: call.seq, words: speech::call(&call.number, &room.name.vi) })
        });
        let mut calls: Vec<_> = calls.take(CALLS_KEPT).collect();
        calls.reverse();
        Ok(Self {
            density: match rooms.len() {
                0..=4 => "few",
                5 | 6 => "many",
                _ => "crowd",
            },
            rooms: rooms.into_iter().map(|room| RoomView::new(room, &queue)).collect(),
            calls,
            version: format!("{today}.{}", queue.version),
        })
    }
}

#[derive(Template)]
#[template(path = "board.html")]
struct Page {
    frame: Frame,
    board: Board,
    /// Where changes are heard of.
    events: String,
    alone: bool,
    priority_per_normal: u32,
}

async fn page(pages: &Pages, only: Option<&str>) -> Result<Response, Failure> {
    let room = |room| form_urlencoded::byte_serialize(str::as_bytes(room)).collect::<String>();
    html(&Page {
        frame: pages.frame(),
        board: Board::now(pages, only).await?,
        events: only.map_or("/board/events".into(), |only| format!("/board/events?room={}", room(only))),
        alone: only.is_some(),
        priority_per_normal: pages.waiting.station.queue.priority_per_normal,
    })
}

/// `GET /board`
pub(super) async fn all(State(pages): State<Pages>) -> Result<Response, Failure> {
    page(&pages, None).await
}

/// `GET /board/room/{room}`
pub(super) async fn room(
    State(pages): State<Pages>,
    room: Result<Path<String>, axum::extract::rejection::PathRejection>,
) -> Result<Response, Failure> {
    let Path(room) = room.map_err(|_| Failure::NotFound)?;
    pages.waiting.station.room(&room).ok_or(Failure::NotFound)?;
    page(&pages, Some(&room)).await
}
