//! What pages learn at once: that something changed, and nothing about anybody.

use std::{convert::Infallible, time::Duration};

use axum::response::sse::{Event, KeepAlive, Sse};
use futures_util::{Stream, StreamExt as _, stream};
use tokio::sync::broadcast::{self, error::RecvError};

/// News kept for a page that is slow to read. One that misses some is told to look again.
const KEPT: usize = 64;
/// How long a silent connection is left without a sign of life.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// What happened. No word about a person is in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum News {
    /// Somebody calls, or calls again: it sounds.
    Rang,
    /// Something about calls changed.
    Calls,
    /// Something about the queue changed: a new number, a call, or what became of one.
    Queue,
    /// Something about stays changed, or a deadline came near.
    Stays,
    /// The server ends: connections are closed.
    Ending,
}

impl News {
    const fn word(self) -> &'static str {
        match self {
            Self::Rang => "ring",
            Self::Calls => "calls",
            Self::Queue => "queue",
            Self::Stays => "stays",
            Self::Ending => "ending",
        }
    }
}

/// Tells the pages that are open. Cloning gives another handle on the same.
#[derive(Debug, Clone)]
pub struct Live(broadcast::Sender<News>);

impl Default for Live {
    fn default() -> Self {
        Self(broadcast::channel(KEPT).0)
    }
}

impl Live {
    /// Tells every page that is open; there may be none.
    pub fn tell(&self, news: News) {
        let _ = self.0.send(news);
    }

    /// What is told from now on.
    pub fn listen(&self) -> broadcast::Receiver<News> {
        self.0.subscribe()
    }

    /// The same as server-sent events. The first says that the page is to look, whatever it missed before.
    pub(super) fn events(&self) -> Sse<impl Stream<Item = Result<Event, Infallible>> + use<>> {
        let events = stream::once(async { News::Calls })
            .chain(stream::unfold(self.listen(), heard))
            .map(|news| Ok(Event::default().event(news.word()).data(news.word())));
        Sse::new(events).keep_alive(KeepAlive::new().interval(KEEP_ALIVE))
    }
}

async fn heard(mut news: broadcast::Receiver<News>) -> Option<(News, broadcast::Receiver<News>)> {
    match news.recv().await {
        Ok(News::Ending) | Err(RecvError::Closed) => None,
        Ok(told) => Some((told, news)),
        // A call may be among what was missed.
        Err(RecvError::Lagged(_)) => Some((News::Rang, news)),
    }
}
