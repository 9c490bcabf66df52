//! The staff's pages, rendered by the server: who calls, who was admitted, and admitting by hand.
//!
//! They need no script: with one, calls show and sound at once. Whoever asks has to be signed in (`session`): but for
//! the pages that sign in, no handler is reached without. They answer only this machine; each form has to come from
//! these pages and carry its session's own secret.

use std::sync::Arc;

use axum::{
    Router,
    extract::{DefaultBodyLimit, State},
    http::{HeaderName, HeaderValue, header},
    middleware,
    response::{IntoResponse, Redirect},
    routing::{MethodRouter, get, post},
};
use flows::{health::Station, law::WorkingDays};
use session::Staff;

use crate::{
    clock::Clock,
    config::PublicAddress,
    lodging::Places,
    national::{IdentityProvider, InsuranceRegister},
    random::Random,
    staff::password::Passwords,
    store::Store,
};
use live::Live;

mod accesses;
mod accounts;
mod admission;
mod alerts;
mod calls;
mod check;
mod correction;
mod desk;
mod export;
mod failure;
mod form;
pub mod fuzzing;
mod history;
mod ledger;
pub mod live;
mod lodging;
mod outbox;
mod persons;
mod privacy;
mod queue;
mod reception;
mod session;
mod sign_in;
mod tasks;
mod time;
mod visit_consents;
mod visits;
mod vneid;
mod ward;
mod words;

/// A form is a few lines of text.
const MOST_BYTES: usize = 16 * 1024;

/// What the pages are made from.
#[derive(Clone)]
pub struct Console {
    /// What is kept.
    pub store: Arc<dyn Store>,
    /// The time.
    pub clock: Clock,
    /// The station whose staff this is.
    pub station: Arc<Station>,
    /// The places where people stay the night, whose owners and staff have pages of their own.
    pub places: Arc<Places>,
    /// Whether data are simulated: every page then says DỮ LIỆU MÔ PHỎNG.
    pub simulated: bool,
    /// Tells the pages.
    pub live: Live,
    /// For codes that are shown once.
    pub random: Random,
    /// For passwords.
    pub passwords: Passwords,
    /// The insurance register, for a clinician who asks for the visits elsewhere.
    pub insurance: Arc<dyn InsuranceRegister>,
    /// VNeID, where it is configured.
    pub vneid: Option<Arc<dyn IdentityProvider>>,
    /// On which days an office works: for due dates.
    pub working_days: Arc<WorkingDays>,
    /// Whether the pages are reached over TLS: cookies then come over nothing else.
    pub secure: bool,
    /// Where people reach the pages from elsewhere, by whatever speaks TLS before this server.
    pub public_address: Option<PublicAddress>,
}

impl std::fmt::Debug for Console {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Console").field("simulated", &self.simulated).finish_non_exhaustive()
    }
}

/// What stands on every page.
struct Frame {
    station: String,
    simulated: bool,
    /// Whether people stay the night here.
    ward: bool,
    /// Who is signed in.
    staff: Option<Staff>,
    /// What each of their forms carries.
    csrf: String,
}

impl Console {
    /// For pages that nobody is signed in for; the others take [`Staff::frame`].
    fn frame(&self) -> Frame {
        Frame {
            station: self.station.name.vi.clone(),
            simulated: self.simulated,
            ward: self.places.of_station(&self.station.code).is_some(),
            staff: None,
            csrf: String::new(),
        }
    }
}

/// The pages for who is signed in, by path: each handler takes [`Staff`] and asks for the role. A table, so that a test
/// goes through every one of them.
fn pages() -> Vec<(&'static str, MethodRouter<Console>)> {
    let mut pages = vec![
        ("/staff", get(calls::list)),
        ("/staff/", get(|| async { Redirect::permanent("/staff") })),
        ("/staff/live.js", get(script)),
        ("/staff/events", get(events)),
        ("/staff/sign-out", post(sign_in::sign_out)),
        ("/staff/account", get(accounts::show_own).post(accounts::change_own)),
        ("/staff/accounts", get(accounts::list).post(accounts::add)),
        ("/staff/accounts/{account}", post(accounts::change)),
        ("/staff/accesses", get(accesses::list).post(accesses::of_person)),
        ("/staff/calls/{call}", get(calls::show)),
        ("/staff/calls/{call}/admit", post(admission::admit)),
        ("/staff/calls/{call}/close", post(calls::close)),
        ("/staff/calls/{call}/acknowledge", post(desk::acknowledge)),
        ("/staff/calls/{call}/take", post(desk::take)),
        ("/staff/calls/{call}/hand-back", post(desk::hand_back)),
        ("/staff/reception", get(reception::show).post(reception::receive)),
        ("/staff/tasks", get(tasks::list)),
        ("/staff/tasks/{task}/done", post(tasks::done)),
        ("/staff/outbox", get(outbox::list)),
        ("/staff/outbox/{message}/retry", post(outbox::retry)),
        ("/staff/outbox/{message}/set-aside", post(outbox::set_aside)),
        ("/staff/visits/{visit}/correct", get(correction::show).post(correction::correct)),
        ("/staff/visits/{visit}/consents", get(visit_consents::show).post(visit_consents::answer)),
        ("/staff/visits/{visit}/consents/withdraw", post(visit_consents::withdraw)),
        ("/staff/queue", get(queue::show)),
        ("/staff/queue.js", get(queue_script)),
        ("/staff/queue/next", post(queue::next)),
        ("/staff/queue/{visit}", post(queue::change)),
        ("/staff/ward", get(ward::show).post(ward::admit)),
        ("/staff/ward/{stay}", post(ward::complete)),
        ("/staff/ward/{stay}/leave", post(ward::leave)),
        ("/staff/ward/{stay}/withdraw", post(ward::withdraw)),
        ("/staff/visits", get(visits::list)),
        ("/staff/visits/{visit}", get(visits::show)),
        ("/staff/visits/{visit}/why", post(accesses::why)),
        ("/staff/visits/{visit}/history", post(history::show)),
        ("/staff/alerts/{alert}/settle", post(alerts::settle)),
        ("/staff/persons", get(persons::list).post(persons::decide)),
        ("/staff/visits/{visit}/record.json", get(export::record)),
        ("/staff/visits/{visit}/fhir.json", get(export::fhir)),
        ("/staff/visits/{visit}/export", post(export::choose)),
    ];
    pages.extend(privacy::routes());
    pages
}

/// The pages, under `/staff` and `/lodging`.
pub fn router(console: Console) -> Router {
    let headers = [
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; style-src 'self'; font-src 'self'; script-src 'self'; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
        ),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        // Not `no-referrer`: forms would come with `Origin: null`.
        (header::REFERRER_POLICY, "same-origin"),
        (header::CACHE_CONTROL, "no-store"),
    ];
    // For whoever comes.
    let open = Router::new()
        .route("/staff/style.css", get(style))
        .route("/staff/lodging.css", get(lodging_style))
        .route("/staff/lodging.js", get(lodging_script))
        .route("/staff/vneid/start", get(vneid::start))
        .route("/staff/vneid/callback", get(vneid::callback))
        .route("/staff/sign-in", get(sign_in::password::show).post(sign_in::password::enter))
        .route("/staff/sign-in/code", get(sign_in::code::show).post(sign_in::code::enter))
        .route("/staff/sign-in/enrol", get(sign_in::enrolment::show).post(sign_in::enrolment::enrol));
    let pages = pages()
        .into_iter()
        .chain(lodging::routes())
        .fold(Router::new(), |router, (path, page)| router.route(path, page));
    let pages = pages
        .route_layer(middleware::from_fn_with_state(console.clone(), session::guard))
        .merge(open)
        .layer(DefaultBodyLimit::max(MOST_BYTES))
        .layer(middleware::from_fn_with_state(console.clone(), check::from_this_machine))
        .layer(middleware::from_fn_with_state(console.clone(), failure::with_page))
        .with_state(console);
    headers.into_iter().fold(pages, |pages, (name, value): (HeaderName, &'static str)| {
        pages.layer(tower_http::set_header::SetResponseHeaderLayer::overriding(
            name,
            HeaderValue::from_static(value),
        ))
    })
}

/// What changed, as it changes.
async fn events(State(console): State<Console>) -> impl IntoResponse {
    console.live.events()
}

async fn script() -> ([(HeaderName, &'static str); 1], &'static str) {
    ([(header::CONTENT_TYPE, "text/javascript; charset=utf-8")], include_str!("pages/live.js"))
}

async fn queue_script() -> ([(HeaderName, &'static str); 1], &'static str) {
    ([(header::CONTENT_TYPE, "text/javascript; charset=utf-8")], include_str!("pages/queue.js"))
}

async fn lodging_script() -> ([(HeaderName, &'static str); 1], &'static str) {
    ([(header::CONTENT_TYPE, "text/javascript; charset=utf-8")], include_str!("pages/lodging/lodging.js"))
}

async fn lodging_style() -> ([(HeaderName, &'static str); 1], &'static str) {
    ([(header::CONTENT_TYPE, "text/css; charset=utf-8")], include_str!("pages/lodging/lodging.css"))
}

async fn style() -> ([(HeaderName, &'static str); 1], &'static str) {
    ([(header::CONTENT_TYPE, "text/css; charset=utf-8")], crate::look::style!("pages/style.css"))
}

#[cfg(test)]
mod tests;
