//! Pages for those who wait, without signing in: the board in the waiting room, and the place of a ticket.
//!
//! They show numbers, rooms and how many wait, and never anything about a person. They work without script: then they
//! load themselves again; with it they hear of changes at once.

use std::sync::Arc;

use axum::{
    Router,
    http::{HeaderName, HeaderValue, header},
    middleware,
    routing::get,
};
use flows::health::Station;
use tokio::sync::Semaphore;
use tower_http::set_header::SetResponseHeaderLayer;

use crate::{clock::Clock, console::live::Live, store::Store};

mod board;
mod events;
mod failure;
mod limit;
mod speech;
mod ticket;

pub(crate) use limit::Limit;

/// Boards that may hear of changes at the same time. Others load themselves again.
const MOST_LISTENERS: usize = 64;

/// What the pages are made from.
#[derive(Clone)]
pub struct Waiting {
    /// What is kept.
    pub store: Arc<dyn Store>,
    /// The time.
    pub clock: Clock,
    /// The station.
    pub station: Arc<Station>,
    /// Whether data are simulated: every page then says DỮ LIỆU MÔ PHỎNG.
    pub simulated: bool,
    /// Tells the pages.
    pub live: Live,
}

impl std::fmt::Debug for Waiting {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Waiting").field("simulated", &self.simulated).finish_non_exhaustive()
    }
}

/// The pages' common state.
#[derive(Clone)]
struct Pages {
    waiting: Waiting,
    listeners: Arc<Semaphore>,
}

/// What stands on every page.
struct Frame {
    station: String,
    simulated: bool,
}

impl Pages {
    fn frame(&self) -> Frame {
        Frame { station: self.waiting.station.name.vi.clone(), simulated: self.waiting.simulated }
    }
}

/// The pages, under `/board` and `/t`.
pub fn router(waiting: Waiting) -> Router {
    let limit = Arc::new(Limit::new(waiting.clock.clone()));
    let pages = Pages { waiting, listeners: Arc::new(Semaphore::new(MOST_LISTENERS)) };
    let router = Router::new()
        .route("/board", get(board::all))
        .route("/board/events", get(events::events))
        .route("/board/board.js", get(script))
        .route("/board/style.css", get(style))
        .route("/board/room/{room}", get(board::room))
        .route("/t/{code}", get(ticket::show))
        .layer(middleware::from_fn_with_state(limit, limit::each_source))
        .layer(middleware::from_fn_with_state(pages.clone(), failure::with_page))
        .with_state(pages);
    with_headers(router)
}

/// Pages with the headers that keep them to themselves.
pub(crate) fn with_headers(router: Router) -> Router {
    let headers = [
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; style-src 'self'; font-src 'self'; script-src 'self'; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
        ),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        // A ticket's address is its key, and a sign-in's has the code in it.
        (header::REFERRER_POLICY, "no-referrer"),
        (header::CACHE_CONTROL, "no-store"),
        (HeaderName::from_static("x-robots-tag"), "noindex"),
    ];
    headers.into_iter().fold(router, |router, (name, value): (HeaderName, &'static str)| {
        router.layer(SetResponseHeaderLayer::overriding(name, HeaderValue::from_static(value)))
    })
}

async fn script() -> ([(HeaderName, &'static str); 1], &'static str) {
    ([(header::CONTENT_TYPE, "text/javascript; charset=utf-8")], include_str!("pages/board.js"))
}

async fn style() -> ([(HeaderName, &'static str); 1], &'static str) {
    ([(header::CONTENT_TYPE, "text/css; charset=utf-8")], crate::look::style!("pages/waiting.css"))
}

#[cfg(test)]
mod tests;
