//! Who asks: the session behind a request, and what every form has to carry.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use axum::{
    body::{Body, Bytes, to_bytes},
    extract::{ConnectInfo, FromRequestParts, Request, State},
    http::{HeaderMap, HeaderValue, Method, header, request::Parts},
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use subtle::ConstantTimeEq as _;
use uuid::Uuid;

use super::{Console, Frame, MOST_BYTES, failure::Failure, lodging};
use crate::{
    staff::{Post, Role},
    store::{
        Decision,
        staff::{Presented, SessionToken, Source, StaffSession},
    },
};

/// The cookie of whoever is signed in.
pub(super) const SIGNED_IN: &str = "staff";
/// The cookie between password and second factor.
pub(super) const HALFWAY: &str = "staff-step";

/// The cookie while VNeID is asked.
pub(super) const WITH_VNEID: &str = "staff-vneid";

/// The query that marks a page which loads itself again: that keeps nobody signed in.
pub(super) const LIVE: &str = "live";

/// The member of staff who asks. Whoever handles a request takes it as an argument; without a session the request
/// does not get that far.
#[derive(Clone)]
pub(super) struct Staff {
    /// The account.
    pub(super) id: Uuid,
    /// Their name.
    pub(super) name: String,
    /// What they do here: at the place that the address names, or at the station.
    pub(super) roles: Vec<Role>,
    /// What they do anywhere.
    pub(super) posts: Vec<Post>,
    /// The session.
    pub(super) session: Uuid,
    csrf: String,
}

impl Staff {
    fn new(session: &StaffSession, place: &str) -> Self {
        let here = session.posts.iter().filter(|post| post.place == place);
        Self {
            id: session.staff,
            name: session.name.clone(),
            roles: here.map(|post| post.role).collect(),
            posts: session.posts.clone(),
            session: session.session,
            csrf: hex::encode(session.csrf),
        }
    }

    /// What each of their forms carries.
    pub(super) fn csrf(&self) -> &str {
        &self.csrf
    }

    /// Whether they have this role here.
    pub(super) fn has(&self, role: Role) -> bool {
        self.roles.contains(&role)
    }

    /// Whether they see the accounts.
    pub(super) fn manages(&self) -> bool {
        self.has(Role::Manager)
    }

    /// Whether they see the access log.
    pub(super) fn audits(&self) -> bool {
        self.has(Role::Auditor)
    }

    /// Goes on only for someone with this role here.
    pub(super) fn require(&self, role: Role) -> Result<(), Failure> {
        self.require_any(&[role])
    }

    /// Goes on only for someone with one of these roles here.
    pub(super) fn require_any(&self, roles: &[Role]) -> Result<(), Failure> {
        if roles.iter().any(|role| self.has(*role)) { Ok(()) } else { Err(Failure::NotYours) }
    }

    /// What they decide, with their reason.
    pub(super) fn decision(&self, reason: String) -> Decision {
        Decision { staff: self.name.clone(), id: Some(self.id), reason }
    }

    /// What stands on every page that they see.
    pub(super) fn frame(&self, console: &Console) -> Frame {
        Frame { csrf: self.csrf.clone(), staff: Some(self.clone()), ..console.frame() }
    }
}

impl std::fmt::Debug for Staff {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Staff").field("id", &self.id).field("roles", &self.roles).finish_non_exhaustive()
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Staff {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Failure> {
        parts.extensions.get::<Self>().cloned().ok_or(Failure::SignIn { next: None, timed_out: false })
    }
}

/// Where a request comes from.
pub(super) struct From(pub(super) Source);

impl<S: Send + Sync> FromRequestParts<S> for From {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Self::Rejection> {
        // Without a socket it is this process that asks.
        let address = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
        Ok(Self(Source::of(address.unwrap_or(IpAddr::V4(Ipv4Addr::LOCALHOST)))))
    }
}

/// What an account opens that has no role here: itself, the way out, and the list of the lodgings where it has one.
const WITHOUT_A_ROLE: [&str; 3] = ["/staff/account", "/staff/sign-out", lodging::PLACES];

/// Lets through who is signed in and has at least one role here: at the lodging whose pages these are, else at the
/// station. Of what changes anything, only what carries the session's own secret.
pub(super) async fn guard(State(console): State<Console>, request: Request, next: Next) -> Response {
    match admitted(&console, request).await {
        Ok(request) => next.run(request).await,
        Err(failure) => failure.into_response(),
    }
}

async fn admitted(console: &Console, request: Request) -> Result<Request, Failure> {
    let at = console.clock.now();
    let presented = match token(request.headers(), SIGNED_IN) {
        Some(token) => console.store.staff_session(&token, at).await?,
        None => Presented::Nobody,
    };
    let session = match presented {
        Presented::SignedIn(session) => session,
        Presented::TimedOut => return Err(Failure::SignIn { next: wanted(&request), timed_out: true }),
        Presented::Nobody => return Err(Failure::SignIn { next: wanted(&request), timed_out: false }),
    };
    let path = request.uri().path();
    let lodging = match lodging::named_in(path) {
        Some(id) => Some(console.places.get(id).ok_or(Failure::NotFound)?.clone()),
        None => None,
    };
    let staff = Staff::new(&session, lodging.as_ref().map_or(&console.station.code, |place| &place.id));
    let lodges = || staff.posts.iter().any(|post| lodging::ROLES.contains(&post.role));
    let refused = match &lodging {
        Some(_) => !lodging::ROLES.iter().any(|role| staff.has(*role)),
        None => staff.roles.is_empty() && !WITHOUT_A_ROLE.contains(&path),
    };
    if refused && path == "/staff" && lodges() {
        return Err(Failure::AtLodgings);
    }
    if refused {
        return Err(Failure::NoRoleHere);
    }
    let longest = if lodging::takes_files(path) { lodging::MOST_BYTES } else { MOST_BYTES };
    let (mut parts, mut body) = request.into_parts();
    if !matches!(parts.method, Method::GET | Method::HEAD) {
        let bytes = to_bytes(body, longest).await.map_err(|_| Failure::TooLarge)?;
        if !carries(&parts.headers, &bytes, &session.csrf).await {
            return Err(Failure::ForeignForm);
        }
        body = Body::from(bytes);
    }
    if session.to_be_touched(at) && !loads_itself(&parts) {
        console.store.touch_staff_session(session.session, at).await?;
    }
    parts.extensions.insert(staff);
    if let Some(place) = lodging {
        parts.extensions.insert(lodging::Here(place));
    }
    Ok(Request::from_parts(parts, body))
}

/// Whether a form carries the session's secret. One that brings a file has it as a part of its own, before the file.
async fn carries(headers: &HeaderMap, form: &Bytes, csrf: &[u8; 32]) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let sent = match multer::parse_boundary(kind) {
        Ok(boundary) => part(form, boundary, "csrf").await,
        Err(_) => form_urlencoded::parse(form)
            .find(|(name, _)| name == "csrf")
            .map(|(_, value)| value.into_owned().into_bytes()),
    };
    let mut secret = [0; 32];
    sent.is_some_and(|sent| hex::decode_to_slice(sent, &mut secret).is_ok()) && bool::from(secret.ct_eq(csrf))
}

/// The first part of a form with a file, where it has this name.
async fn part(form: &Bytes, boundary: String, name: &str) -> Option<Vec<u8>> {
    let body = form.clone();
    let stream = futures_util::stream::once(async { Ok::<_, std::convert::Infallible>(body) });
    let field = multer::Multipart::new(stream, boundary).next_field().await.ok()??;
    if field.name() != Some(name) {
        return None;
    }
    Some(field.bytes().await.ok()?.to_vec())
}

/// A page that nobody touched for, or a stream of events.
fn loads_itself(parts: &Parts) -> bool {
    let streams = parts.headers.get(header::ACCEPT).is_some_and(|accept| accept == "text/event-stream");
    streams || parts.uri.query().is_some_and(|query| query.split('&').any(|part| part == LIVE))
}

/// The page that was wanted, to come back to. A form is not sent again.
fn wanted(request: &Request) -> Option<String> {
    if *request.method() != Method::GET {
        return None;
    }
    let wanted = request.uri().path_and_query()?.as_str();
    local_page(wanted).map(str::to_owned)
}

/// Longest address to come back to, in characters.
const LONGEST_PAGE: usize = 200;

/// The address, if it is one of these pages: signing in leads nowhere else.
pub(super) fn local_page(address: &str) -> Option<&str> {
    let rest = ["/staff", lodging::PLACES].into_iter().find_map(|pages| address.strip_prefix(pages))?;
    let plain = address.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    let inside = rest.is_empty() || rest.starts_with(['/', '?']);
    (inside && plain && !rest.contains("//") && address.len() <= LONGEST_PAGE).then_some(address)
}

/// The token in a cookie.
pub(super) fn token(headers: &HeaderMap, cookie: &str) -> Option<SessionToken> {
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs =
        cookies.flat_map(|cookies| cookies.split(';')).filter_map(|pair| pair.trim().split_once('='));
    let (_, value) = pairs.find(|(name, _)| name.strip_prefix("__Host-").unwrap_or(name) == cookie)?;
    let fits = value.len() == 64 && value.bytes().all(|byte| byte.is_ascii_hexdigit());
    fits.then(|| SessionToken(value.into()))
}

/// A cookie that only these pages get and no script reads; over TLS under a name that no other page can set.
pub(super) fn cookie(name: &str, value: &str, secure: bool) -> HeaderValue {
    set_cookie(name, value, secure, "Strict")
}

/// The same, for a cookie that is to come along when another site leads back here.
pub(super) fn lax_cookie(name: &str, value: &str, secure: bool) -> HeaderValue {
    set_cookie(name, value, secure, "Lax")
}

fn set_cookie(name: &str, value: &str, secure: bool, same_site: &str) -> HeaderValue {
    let (prefix, secure) = if secure { ("__Host-", "; Secure") } else { ("", "") };
    let age = if value.is_empty() { "; Max-Age=0" } else { "" };
    let text = format!("{prefix}{name}={value}; Path=/; HttpOnly; SameSite={same_site}{secure}{age}");
    let mut header = HeaderValue::from_str(&text).unwrap_or_else(|_| HeaderValue::from_static(""));
    header.set_sensitive(true);
    header
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signing_in_leads_to_these_pages_only() {
        for page in
            ["/staff", "/staff/visits", "/staff?live", "/staff/visits/x?again", "/lodging", "/lodging/x/list"]
        {
            assert_eq!(local_page(page), Some(page));
        }
        for page in [
            "//evil.example",
            "https://evil.example",
            "/staff//evil.example",
            "/staff/\\evil.example",
            "/staffs",
            "/lodgings",
            "/lodging//evil.example",
            "/staff.evil.example",
            "/v1/welcome",
            "",
            "/staff/a b",
            "/staff/\r\nSet-Cookie:x",
            "/staff@evil",
        ] {
            assert_eq!(local_page(page), None, "{page}");
        }
    }

    #[test]
    fn a_cookie_is_read_whatever_stands_beside_it() {
        let value = "ab".repeat(32);
        let read = |text: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::COOKIE, HeaderValue::from_str(text).unwrap());
            token(&headers, SIGNED_IN).is_some()
        };
        assert!(read(&format!("staff={value}")) && read(&format!("a=b; __Host-staff={value}; c=d")));
        assert!(
            !read("staff=") && !read(&format!("staff-step={value}")) && !read(&format!("staff={value}0"))
        );
        assert!(!read(&format!("staff={}", "zz".repeat(32))));
    }

    #[test]
    fn over_tls_the_cookie_is_sent_over_tls_alone() {
        let text = |secure| cookie(SIGNED_IN, "ab", secure).to_str().unwrap().to_owned();
        assert_eq!(text(true), "__Host-staff=ab; Path=/; HttpOnly; SameSite=Strict; Secure");
        assert_eq!(text(false), "staff=ab; Path=/; HttpOnly; SameSite=Strict");
        assert!(cookie(SIGNED_IN, "", false).to_str().unwrap().ends_with("; Max-Age=0"));
    }
}
