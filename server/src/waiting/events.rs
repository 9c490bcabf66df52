//! What a board hears: itself, whenever it has changed.

use std::{convert::Infallible, time::Duration};

use askama::Template as _;
use axum::{
    extract::{Query, State},
    http::HeaderMap,
    response::{
        IntoResponse, Response,
        sse::{Event, Sse},
    },
};
use futures_util::stream;
use serde::Deserialize;
use tokio::{
    sync::{
        OwnedSemaphorePermit,
        broadcast::{Receiver, error::RecvError},
    },
    time::timeout,
};

use super::{Pages, board::Board, failure::Failure};
use crate::console::live::News;

/// How long a board hears nothing before it is looked whether something changed that nobody told, the day at least;
/// it then gets a sign of life.
const LOOK_AGAIN: Duration = Duration::from_secs(10);

/// Which board it is.
#[derive(Debug, Deserialize)]
pub(super) struct Which {
    room: Option<String>,
}

struct Listening {
    pages: Pages,
    room: Option<String>,
    /// The state that the board shows.
    shown: Option<String>,
    news: Receiver<News>,
    /// The first look is at once.
    first: bool,
    _permit: OwnedSemaphorePermit,
}

/// `GET /board/events`: the board as server-sent events. An event's id is the state of the queue; a board that comes
/// back with `Last-Event-ID` gets nothing again that it has.
pub(super) async fn events(
    State(pages): State<Pages>,
    headers: HeaderMap,
    which: Result<Query<Which>, axum::extract::rejection::QueryRejection>,
) -> Result<Response, Failure> {
    let Query(Which { room }) = which.map_err(|_| Failure::NotFound)?;
    if let Some(room) = &room {
        pages.waiting.station.room(room).ok_or(Failure::NotFound)?;
    }
    let permit = pages.listeners.clone().try_acquire_owned().map_err(|_| Failure::TooMany)?;
    let shown = headers.get("last-event-id").and_then(|id| id.to_str().ok()).map(str::to_owned);
    let news = pages.waiting.live.listen();
    let listening = Listening { pages, room, shown, news, first: true, _permit: permit };
    Ok(Sse::new(stream::unfold(listening, Listening::next)).into_response())
}

/// What a board's stream hears.
enum Heard {
    /// The queue may have changed.
    Change,
    /// Nothing for a while.
    Silence,
    /// The server ends.
    End,
}

impl Listening {
    async fn next(mut self) -> Option<(Result<Event, Infallible>, Self)> {
        loop {
            let heard = if std::mem::take(&mut self.first) { Heard::Change } else { self.hear().await };
            if matches!(heard, Heard::End) {
                return None;
            }
            // A store that fails now may answer the next time.
            if let Ok(board) = Board::now(&self.pages, self.room.as_deref()).await
                && self.shown.as_ref() != Some(&board.version)
                && let Ok(text) = board.render()
            {
                let text = text.replace('\r', " ");
                let event = Event::default().event("board").id(&board.version).data(text);
                self.shown = Some(board.version);
                return Some((Ok(event), self));
            }
            if matches!(heard, Heard::Silence) {
                return Some((Ok(Event::default().event("alive").data("alive")), self));
            }
        }
    }

    async fn hear(&mut self) -> Heard {
        loop {
            match timeout(LOOK_AGAIN, self.news.recv()).await {
                Ok(Ok(News::Ending) | Err(RecvError::Closed)) => return Heard::End,
                Ok(Ok(News::Queue) | Err(RecvError::Lagged(_))) => return Heard::Change,
                // Other news is not the board's.
                Ok(Ok(_)) => {}
                Err(_) => return Heard::Silence,
            }
        }
    }
}
