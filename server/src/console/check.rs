//! Is it this machine that asks, did the form come from our own page, and does the address name a record?

use axum::{
    extract::{FromRequestParts, Path, Request, State},
    http::{HeaderMap, Method, header, request::Parts, uri::Authority},
    middleware::Next,
    response::{IntoResponse as _, Response},
};

use uuid::Uuid;

use super::{Console, failure::Failure};

/// The id in an address.
pub(super) struct Id(pub(super) Uuid);

impl<S: Send + Sync> FromRequestParts<S> for Id {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Failure> {
        let path = Path::<String>::from_request_parts(parts, state).await.map_err(|_| Failure::NotFound)?;
        Uuid::parse_str(&path).map(Self).map_err(|_| Failure::NotFound)
    }
}

/// Refuses a request for another host (a page elsewhere may have its name point to this machine), and a form
/// that another page sent.
pub(super) async fn from_this_machine(
    State(console): State<Console>,
    request: Request,
    next: Next,
) -> Response {
    let headers = request.headers();
    // HTTP/2 names the host in the address.
    let host = text(headers, header::HOST).or_else(|| request.uri().authority().map(Authority::as_str));
    let refused = match host.and_then(|host| console.origin(host)) {
        Some(origin) => {
            let reads = matches!(*request.method(), Method::GET | Method::HEAD);
            (!reads && !from_own_page(headers, &origin)).then_some(Failure::ForeignForm)
        }
        None => Some(Failure::ForeignHost),
    };
    match refused {
        Some(failure) => failure.into_response(),
        None => next.run(request).await,
    }
}

fn is_loopback(host: &str) -> bool {
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    };
    matches!(name, "127.0.0.1" | "localhost" | "[::1]")
}

impl Console {
    /// The origin (RFC 6454) under which a browser that names this `host` has the pages: this machine's, or the public
    /// address of the configuration. None for any other host.
    pub(super) fn origin(&self, host: &str) -> Option<String> {
        if let Some(public) = &self.public_address
            && public.as_str().split_once("://").is_some_and(|(_, own)| own.eq_ignore_ascii_case(host))
        {
            return Some(public.as_str().to_owned());
        }
        is_loopback(host).then(|| format!("http://{host}"))
    }
}

fn from_own_page(headers: &HeaderMap, origin: &str) -> bool {
    if let Some(site) = text(headers, "sec-fetch-site") {
        return site == "same-origin";
    }
    text(headers, header::ORIGIN) == Some(origin)
}

fn text(headers: &HeaderMap, name: impl header::AsHeaderName) -> Option<&str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}
