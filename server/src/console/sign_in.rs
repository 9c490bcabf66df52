//! Signing in and out: password, then the code of one's own device; the first time, enrolling that device.

use axum::{
    extract::State,
    http::header,
    response::{IntoResponse, Redirect, Response},
};

use super::{
    Console, Frame,
    failure::Failure,
    session::{HALFWAY, SIGNED_IN, Staff, cookie, local_page},
};
use crate::store::staff::SessionToken;

pub(super) mod code;
pub(super) mod enrolment;
mod fault;
pub(super) mod password;

pub(super) use fault::Fault;

/// What the address of a page of these says.
pub(super) fn asked(query: Option<&str>) -> (String, bool) {
    let pairs = form_urlencoded::parse(query.unwrap_or_default().as_bytes());
    let (mut next, mut timed_out) = ("/staff".to_owned(), false);
    for (name, value) in pairs {
        match &*name {
            "next" => local_page(&value).unwrap_or("/staff").clone_into(&mut next),
            "timed-out" => timed_out = true,
            _ => {}
        }
    }
    (next, timed_out)
}

/// The page of `path` that leads to `next` afterwards.
fn leading_to(path: &str, next: &str) -> Redirect {
    let query: String = form_urlencoded::Serializer::new(String::new()).append_pair("next", next).finish();
    Redirect::to(&format!("{path}?{query}"))
}

/// `response`, setting these cookies.
fn with_cookies(console: &Console, response: impl IntoResponse, cookies: &[(&str, &str)]) -> Response {
    let mut response = response.into_response();
    for (name, value) in cookies {
        response.headers_mut().append(header::SET_COOKIE, cookie(name, value, console.secure));
    }
    response
}

fn shown(token: &SessionToken) -> &str {
    secrecy::ExposeSecret::expose_secret(&token.0)
}

/// `response` to someone who is signed in from now on.
pub(super) fn signed_in(console: &Console, response: impl IntoResponse, token: &SessionToken) -> Response {
    with_cookies(console, response, &[(SIGNED_IN, shown(token)), (HALFWAY, "")])
}

/// `POST /staff/sign-out`
pub(super) async fn sign_out(State(console): State<Console>, staff: Staff) -> Result<Response, Failure> {
    console.store.sign_out(staff.session, console.clock.now()).await?;
    Ok(with_cookies(&console, Redirect::to("/staff/sign-in"), &[(SIGNED_IN, ""), (HALFWAY, "")]))
}

/// Where whoever is not signed in goes.
pub(super) fn elsewhere(next: Option<&str>, timed_out: bool) -> Redirect {
    let mut query = form_urlencoded::Serializer::new(String::new());
    if let Some(next) = next {
        query.append_pair("next", next);
    }
    if timed_out {
        query.append_pair("timed-out", "");
    }
    let query: String = query.finish();
    let mark = if query.is_empty() { "" } else { "?" };
    Redirect::to(&format!("/staff/sign-in{mark}{query}"))
}
