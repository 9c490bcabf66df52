//! Signing in by VNeID (a stand-in: OpenID Connect, authorization code with PKCE).
//!
//! VNeID says who someone is; that they are staff, and what they may do, stands in their account. No account is made
//! by itself.

use askama::Template;
use axum::{
    extract::{Query, RawQuery, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse as _, Redirect, Response},
};
use secrecy::ExposeSecret as _;

use super::{
    Console, Frame,
    failure::{Failure, html},
    session::{HALFWAY, WITH_VNEID, cookie, lax_cookie, local_page, token},
    sign_in::{asked, signed_in},
};
use crate::{
    national::vneid::{Attempt, Level, Returned},
    store::staff::IdentityAttempt,
};

/// Where the browser comes back to.
const CALLBACK: &str = "/staff/vneid/callback";

#[derive(Template)]
#[template(path = "vneid.html")]
struct AnswerPage {
    frame: Frame,
    next: String,
    fault: &'static str,
}

fn refused(console: &Console, fault: &'static str) -> Result<Response, Failure> {
    let page = AnswerPage { frame: console.frame(), next: String::new(), fault };
    let mut response = html(StatusCode::UNPROCESSABLE_ENTITY, &page)?;
    response.headers_mut().append(header::SET_COOKIE, cookie(WITH_VNEID, "", console.secure));
    Ok(response)
}

/// `GET /staff/vneid/start`
pub(super) async fn start(
    State(console): State<Console>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Response, Failure> {
    let (next, _) = asked(query.as_deref());
    // The host was checked: it is this machine's, or the public address.
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
    let origin = host.and_then(|host| console.origin(host)).ok_or(Failure::ForeignHost)?;
    let vneid = console.vneid.as_ref().ok_or(Failure::NotFound)?;
    let begun = vneid.authorization_url(&format!("{origin}{CALLBACK}")).await;
    let Ok(begun) = begun else {
        return refused(&console, "VNeID chưa trả lời. Xin đăng nhập bằng mật khẩu (VNeID does not answer)");
    };
    let attempt = IdentityAttempt {
        state: begun.attempt.state().into(),
        attempt: begun.attempt.to_bytes(),
        next,
        at: console.clock.now(),
    };
    let browser = console.store.keep_identity_attempt(attempt).await?;
    let mut response = Redirect::to(begun.url.expose_secret()).into_response();
    if let Some(location) = response.headers_mut().get_mut(header::LOCATION) {
        location.set_sensitive(true);
    }
    let cookie = lax_cookie(WITH_VNEID, browser.0.expose_secret(), console.secure);
    response.headers_mut().append(header::SET_COOKIE, cookie);
    Ok(response)
}

/// `GET /staff/vneid/callback`
pub(super) async fn callback(
    State(console): State<Console>,
    headers: HeaderMap,
    returned: Result<Query<Returned>, axum::extract::rejection::QueryRejection>,
) -> Result<Response, Failure> {
    const AGAIN: &str = "Lần đăng nhập VNeID này không còn dùng được. Xin bắt đầu lại (begin again)";
    let vneid = console.vneid.as_ref().ok_or(Failure::NotFound)?;
    let at = console.clock.now();
    let (Ok(Query(returned)), Some(browser)) = (returned, token(&headers, WITH_VNEID)) else {
        return refused(&console, AGAIN);
    };
    // Taken before anything is asked: an attempt is good once, whatever comes of it.
    let kept = console.store.take_identity_attempt(&returned.state, &browser, at).await?;
    let Some((attempt, next)) =
        kept.and_then(|(bytes, next)| Some((Attempt::from_bytes(bytes.as_slice())?, next)))
    else {
        return refused(&console, AGAIN);
    };
    let Ok(person) = vneid.exchange(&attempt, &returned).await else {
        return refused(
            &console,
            "VNeID không xác nhận. Xin thử lại hoặc dùng mật khẩu (VNeID did not confirm)",
        );
    };
    let token = match (person.level, &person.person.number) {
        (Level::Two, Some(number)) => console.store.sign_in_by_number(number, at).await?,
        _ => None,
    };
    let Some(token) = token else {
        return refused(
            &console,
            "Người này không có tài khoản nhân viên tại trạm, hoặc VNeID chưa ở mức 2 (no staff account here, or not level 2)",
        );
    };
    // The way back came from another site: a redirect would not carry the new cookie, a link of our own does.
    let next = local_page(&next).unwrap_or("/staff").to_owned();
    let page = html(StatusCode::OK, &AnswerPage { frame: console.frame(), next, fault: "" })?;
    let mut response = signed_in(&console, page, &token);
    for name in [WITH_VNEID, HALFWAY] {
        response.headers_mut().append(header::SET_COOKIE, cookie(name, "", console.secure));
    }
    response.headers_mut().insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    Ok(response)
}
