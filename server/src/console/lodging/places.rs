//! The places where somebody has a role.

use askama::Template;
use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse as _, Redirect, Response},
};

use super::{
    super::{
        Console,
        failure::{Failure, html},
        session::Staff,
    },
    PLACES, ROLES,
};

/// A place in the list.
struct Choice {
    id: String,
    name: String,
    kind: &'static str,
    located: String,
}

#[derive(Template)]
#[template(path = "lodging/places.html")]
struct Page {
    simulated: bool,
    staff: String,
    csrf: String,
    places: Vec<Choice>,
}

/// `GET /lodging`
pub(in crate::console) async fn list(
    State(console): State<Console>,
    staff: Staff,
) -> Result<Response, Failure> {
    let theirs = |id: &str| staff.posts.iter().any(|post| post.place == id && ROLES.contains(&post.role));
    let places = console.places.all().filter(|place| theirs(&place.id)).map(|place| Choice {
        id: place.id.clone(),
        name: place.name.vi.clone(),
        kind: place.kind.vietnamese(),
        located: place.located().to_owned(),
    });
    let places: Vec<_> = places.collect();
    if let [only] = places.as_slice() {
        return Ok(Redirect::to(&format!("{PLACES}/{}", only.id)).into_response());
    }
    let csrf = staff.csrf().to_owned();
    html(StatusCode::OK, &Page { simulated: console.simulated, staff: staff.name, csrf, places })
}
