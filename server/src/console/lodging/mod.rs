//! The pages of whoever runs a lodging, under `/lodging/{place}`: who sleeps there tonight, what is due, what failed and
//! why; writing guests down, confirming, correcting, extending; files for the police portal.
//!
//! They are read on a phone. Whoever asks has a role at that place ([`ROLES`]); the guard of the staff's pages sees to it.

use axum::{
    extract::{DefaultBodyLimit, FromRequestParts, Path},
    http::request::Parts,
    routing::{MethodRouter, get, post},
};
use flows::lodging::{LodgingPlace, Route};
use uuid::Uuid;

use super::{Console, failure::Failure, live::News, session::Staff};
use crate::{national::lodging::files::import, staff::Role, store::stays::KeptStay};

mod change;
mod correct;
mod days;
mod files;
mod form;
mod guest;
mod list;
mod look;
mod messages;
mod new;
mod person;
mod places;
mod say;
mod telling;
mod tonight;
mod upload;
mod view;

/// The list of the places where somebody has a role; their pages stand below it.
pub(super) const PLACES: &str = "/lodging";

/// Who has pages at a lodging.
pub(super) const ROLES: [Role; 2] = [Role::LodgingOwner, Role::LodgingStaff];

/// The longest form that brings a file, in bytes: written as text inside a form it takes a third more.
pub(super) const MOST_BYTES: usize = import::LARGEST / 3 * 4 + 64 * 1024;

/// The id of the place that an address is about.
pub(super) fn named_in(path: &str) -> Option<&str> {
    let rest = path.strip_prefix(PLACES)?.strip_prefix('/')?;
    rest.split('/').next()
}

/// Whether a form sent to this address brings a file.
pub(super) fn takes_files(path: &str) -> bool {
    named_in(path).is_some() && (path.ends_with("/import") || path.ends_with("/import/record"))
}

/// The place that the address is about, whose roles the guard asked for.
#[derive(Clone)]
pub(super) struct Here(pub(super) LodgingPlace);

impl<S: Send + Sync> FromRequestParts<S> for Here {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Failure> {
        parts.extensions.get::<Self>().cloned().ok_or(Failure::NotFound)
    }
}

/// What stands behind the place in an address: the id of a stay, a file or a message.
pub(super) struct Named(pub(super) Uuid);

impl<S: Send + Sync> FromRequestParts<S> for Named {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Failure> {
        let path = Path::<(String, String)>::from_request_parts(parts, state).await;
        let Path((_, id)) = path.map_err(|_| Failure::NotFound)?;
        Uuid::parse_str(&id).map(Self).map_err(|_| Failure::NotFound)
    }
}

/// What stands on every page of a place.
struct Frame {
    place: String,
    name: String,
    simulated: bool,
    staff: String,
    csrf: String,
    owner: bool,
}

impl Frame {
    fn new(console: &Console, staff: &Staff, place: &LodgingPlace) -> Self {
        Self {
            place: place.id.clone(),
            name: place.name.vi.clone(),
            simulated: console.simulated,
            staff: staff.name.clone(),
            csrf: staff.csrf().to_owned(),
            owner: staff.has(Role::LodgingOwner),
        }
    }
}

impl Console {
    /// A stay at this place.
    async fn stay_at(&self, place: &LodgingPlace, id: Uuid) -> Result<KeptStay, Failure> {
        let stay = self.store.stay(id).await?;
        stay.filter(|stay| stay.place == place.id).ok_or(Failure::NotFound)
    }

    /// Tells the pages that are open.
    fn stays_changed(&self) {
        self.live.tell(News::Stays);
    }
}

/// By which way a place tells the police.
const fn path(place: &LodgingPlace) -> flows::lodging::Path {
    match place.route {
        Route::Portal => flows::lodging::Path::Portal,
        Route::File => flows::lodging::Path::File,
    }
}

/// The pages, by path.
pub(super) fn routes() -> Vec<(&'static str, MethodRouter<Console>)> {
    let with_file = |page: MethodRouter<Console>| page.layer(DefaultBodyLimit::max(MOST_BYTES));
    vec![
        ("/lodging", get(places::list)),
        ("/lodging/{place}", get(tonight::show)),
        ("/lodging/{place}/events", get(super::events)),
        ("/lodging/{place}/list", get(list::show)),
        ("/lodging/{place}/told", post(telling::tell)),
        ("/lodging/{place}/days", get(days::show)),
        ("/lodging/{place}/guests/new", get(new::show).post(new::record)),
        ("/lodging/{place}/guests/{stay}", get(guest::show)),
        ("/lodging/{place}/guests/{stay}/number", post(guest::number)),
        ("/lodging/{place}/guests/{stay}/change", post(change::change)),
        ("/lodging/{place}/guests/{stay}/correct", get(correct::show).post(correct::correct)),
        ("/lodging/{place}/messages/{message}/retry", post(messages::retry)),
        ("/lodging/{place}/messages/{message}/set-aside", post(messages::set_aside)),
        ("/lodging/{place}/files", get(files::list).post(files::make)),
        ("/lodging/{place}/files/{file}/count", post(files::count)),
        ("/lodging/{place}/import", with_file(get(upload::show).post(upload::read))),
        ("/lodging/{place}/import/record", with_file(post(upload::record))),
    ]
}
