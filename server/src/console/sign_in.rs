//! Signing in and out: password, then the code of one's own device; the first time, enrolling that device.

use askama::Template;
use axum::{
    Form,
    extract::{RawQuery, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse as _, Redirect, Response},
};
use jiff::Timestamp;
use qrcode::{EcLevel, QrCode, render::svg};
use secrecy::SecretString;
use serde::Deserialize;
use subtle::ConstantTimeEq as _;

use super::{
    Console, Frame,
    failure::{Failure, html},
    session::{From, HALFWAY, SIGNED_IN, Staff, cookie, local_page, token},
};
use crate::{
    staff::{Code, Password, UserName, code::RECOVERY_CODES},
    store::staff::{
        Change, ChangeStaff, CodeAnswer, CodeAttempt, Enrolling, Enrolment, Expected, PasswordPassed,
        SessionToken, SignInAttempt, SignInBegun, digests,
    },
};

/// What a form of these pages brought that cannot be taken.
#[derive(Clone, Copy)]
pub(super) enum Fault {
    None,
    Wrong,
    WrongCode,
    TimedOut,
    Expired,
    Differ,
    Wait { minutes: i64 },
    Password(crate::staff::PasswordFault),
}

impl Fault {
    pub(super) fn words(self) -> String {
        match self {
            Self::None => String::new(),
            Self::Wrong => "Tên đăng nhập hoặc mật khẩu không đúng (wrong user name or password)".into(),
            Self::WrongCode => {
                "Mã không đúng, hoặc đã dùng rồi. Xin chờ mã mới (wrong code, or used before)".into()
            }
            Self::TimedOut => {
                "Đã tự đăng xuất sau 15 phút không dùng. Xin đăng nhập lại (signed out after 15 idle minutes)"
                    .into()
            }
            Self::Expired => "Đã quá giờ, xin đăng nhập lại từ đầu (took too long: begin again)".into(),
            Self::Differ => "Hai lần gõ mật khẩu không giống nhau (the two passwords differ)".into(),
            Self::Wait { minutes } => {
                format!(
                    "Sai nhiều lần. Xin thử lại sau {minutes} phút (too many failures: wait {minutes} min)"
                )
            }
            Self::Password(fault) => fault.words().into(),
        }
    }

    const fn status(self) -> StatusCode {
        match self {
            Self::None | Self::TimedOut => StatusCode::OK,
            Self::Wait { .. } => StatusCode::TOO_MANY_REQUESTS,
            _ => StatusCode::UNPROCESSABLE_ENTITY,
        }
    }
}

/// Whole minutes from `at` until `until`, at least one.
fn wait(until: Timestamp, at: Timestamp) -> Fault {
    Fault::Wait { minutes: (at.duration_until(until).as_secs().max(1) + 59) / 60 }
}

#[derive(Template)]
#[template(path = "sign_in.html")]
struct PasswordPage {
    frame: Frame,
    next: String,
    user_name: String,
    fault: String,
    vneid: bool,
}

#[derive(Template)]
#[template(path = "code.html")]
struct CodePage {
    frame: Frame,
    next: String,
    fault: String,
}

#[derive(Template)]
#[template(path = "enrol.html")]
struct EnrolPage {
    frame: Frame,
    user_name: String,
    secret: String,
    picture: String,
    fault: String,
}

#[derive(Template)]
#[template(path = "recovery.html")]
struct RecoveryPage {
    frame: Frame,
    codes: Vec<String>,
}

fn password_page(console: &Console, next: &str, user_name: &str, fault: Fault) -> Result<Response, Failure> {
    let page = PasswordPage {
        frame: console.frame(),
        next: next.to_owned(),
        user_name: user_name.to_owned(),
        fault: fault.words(),
        vneid: console.vneid.is_some(),
    };
    html(fault.status(), &page)
}

fn code_page(console: &Console, next: &str, fault: Fault) -> Result<Response, Failure> {
    html(fault.status(), &CodePage { frame: console.frame(), next: next.to_owned(), fault: fault.words() })
}

fn enrol_page(console: &Console, enrolling: &Enrolling, fault: Fault) -> Result<Response, Failure> {
    // A colon would end the issuer's name in the address.
    let issuer = console.station.name.vi.replace(':', " ");
    let address = enrolling.one_time.address(&enrolling.user_name, &issuer).ok_or(Failure::Drawing)?;
    let code = QrCode::with_error_correction_level(address, EcLevel::M).map_err(|_| Failure::Drawing)?;
    let picture = code.render::<svg::Color<'_>>().min_dimensions(264, 264).build();
    let page = EnrolPage {
        frame: console.frame(),
        user_name: enrolling.user_name.as_str().to_owned(),
        secret: enrolling.one_time.shown(),
        // Only the drawing: a declaration of XML has no place inside a page.
        picture: picture.find("<svg").and_then(|start| picture.get(start..)).unwrap_or_default().to_owned(),
        fault: fault.words(),
    };
    html(fault.status(), &page)
}

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
fn with_cookies(
    console: &Console,
    response: impl axum::response::IntoResponse,
    cookies: &[(&str, &str)],
) -> Response {
    let mut response = response.into_response();
    for (name, value) in cookies {
        response.headers_mut().append(header::SET_COOKIE, cookie(name, value, console.secure));
    }
    response
}

fn shown(token: &SessionToken) -> &str {
    secrecy::ExposeSecret::expose_secret(&token.0)
}

/// `GET /staff/sign-in`
pub(super) async fn show(
    State(console): State<Console>,
    RawQuery(query): RawQuery,
) -> Result<Response, Failure> {
    let (next, timed_out) = asked(query.as_deref());
    password_page(&console, &next, "", if timed_out { Fault::TimedOut } else { Fault::None })
}

/// User name and password.
#[derive(Deserialize)]
pub(super) struct Credentials {
    #[serde(default)]
    user_name: String,
    #[serde(default)]
    password: SecretString,
    #[serde(default)]
    next: String,
}

/// `POST /staff/sign-in`
pub(super) async fn password(
    State(console): State<Console>,
    From(source): From,
    Form(form): Form<Credentials>,
) -> Result<Response, Failure> {
    let next = local_page(&form.next).unwrap_or("/staff");
    let Ok(user_name) = UserName::parse(&form.user_name) else {
        return password_page(&console, next, "", Fault::Wrong);
    };
    let attempt = SignInAttempt { user_name, source, at: console.clock.now() };
    let expected = match console.store.begin_sign_in(attempt.clone()).await? {
        SignInBegun::Expects(expected) => expected,
        SignInBegun::Wait { until } => {
            return held_up(until, attempt.at, |fault| {
                password_page(&console, next, attempt.user_name.as_str(), fault)
            });
        }
    };
    let Some((staff, enrols)) = compare(&console, &form.password, expected, attempt.at).await? else {
        let user_name = attempt.user_name.clone();
        console.store.fail_sign_in(attempt).await?;
        return password_page(&console, next, user_name.as_str(), Fault::Wrong);
    };
    let token = console.store.pass_password(PasswordPassed { attempt, staff, enrols }).await?;
    let page = if enrols { "/staff/sign-in/enrol" } else { "/staff/sign-in/code" };
    Ok(with_cookies(&console, leading_to(page, next), &[(HALFWAY, shown(&token))]))
}

/// A page that says how long to wait, to people and to programs.
fn held_up(
    until: Timestamp,
    at: Timestamp,
    page: impl FnOnce(Fault) -> Result<Response, Failure>,
) -> Result<Response, Failure> {
    let mut response = page(wait(until, at))?;
    let seconds = at.duration_until(until).as_secs().max(1);
    response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    Ok(response)
}

/// Whose password it is, and whether they are to enrol. Takes as long where there is no such account.
async fn compare(
    console: &Console,
    typed: &SecretString,
    expected: Expected,
    at: Timestamp,
) -> Result<Option<(uuid::Uuid, bool)>, Failure> {
    let text = secrecy::ExposeSecret::expose_secret(typed);
    let password = Password::typed(text);
    match expected {
        Expected::Password { staff, hash } => {
            if !console.passwords.verify(&password, Some(&hash)).await? {
                return Ok(None);
            }
            if hash.is_outdated() {
                let change = Change::Rehash(console.passwords.hash(&password).await?);
                console.store.change_staff(ChangeStaff { staff, change, by: Some(staff), at }).await?;
            }
            Ok(Some((staff, false)))
        }
        Expected::Enrolment { staff, digest } => {
            console.passwords.verify(&password, None).await?;
            let right = Code::typed(text).is_some_and(|code| code.digest().ct_eq(&digest).into());
            Ok(right.then_some((staff, true)))
        }
        Expected::Nobody => {
            console.passwords.verify(&password, None).await?;
            Ok(None)
        }
    }
}

/// `GET /staff/sign-in/code`
pub(super) async fn show_code(
    State(console): State<Console>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Response, Failure> {
    let (next, _) = asked(query.as_deref());
    match token(&headers, HALFWAY) {
        Some(_) => code_page(&console, &next, Fault::None),
        None => Ok(leading_to("/staff/sign-in", &next).into_response()),
    }
}

/// A one-time code, or a recovery code.
#[derive(Deserialize)]
pub(super) struct TypedCode {
    #[serde(default)]
    code: SecretString,
    #[serde(default)]
    next: String,
}

/// `POST /staff/sign-in/code`
pub(super) async fn code(
    State(console): State<Console>,
    From(source): From,
    headers: HeaderMap,
    Form(form): Form<TypedCode>,
) -> Result<Response, Failure> {
    let next = local_page(&form.next).unwrap_or("/staff");
    let at = console.clock.now();
    let Some(token) = token(&headers, HALFWAY) else {
        return password_page(&console, next, "", Fault::Expired);
    };
    match console.store.enter_code(CodeAttempt { token, code: form.code, source, at }).await? {
        CodeAnswer::SignedIn(token) => Ok(signed_in(&console, Redirect::to(next), &token)),
        CodeAnswer::Wrong => code_page(&console, next, Fault::WrongCode),
        CodeAnswer::Wait { until } => held_up(until, at, |fault| code_page(&console, next, fault)),
        CodeAnswer::Expired => password_page(&console, next, "", Fault::Expired),
    }
}

/// `response` to someone who is signed in from now on.
pub(super) fn signed_in(
    console: &Console,
    response: impl axum::response::IntoResponse,
    token: &SessionToken,
) -> Response {
    with_cookies(console, response, &[(SIGNED_IN, shown(token)), (HALFWAY, "")])
}

/// `GET /staff/sign-in/enrol`
pub(super) async fn show_enrolment(
    State(console): State<Console>,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    match enrolling(&console, &headers).await? {
        Some((_, enrolling)) => enrol_page(&console, &enrolling, Fault::None),
        None => password_page(&console, "/staff", "", Fault::Expired),
    }
}

async fn enrolling(
    console: &Console,
    headers: &HeaderMap,
) -> Result<Option<(SessionToken, Enrolling)>, Failure> {
    let Some(token) = token(headers, HALFWAY) else { return Ok(None) };
    let enrolling = console.store.enrolling(&token, console.clock.now()).await?;
    Ok(enrolling.map(|enrolling| (token, enrolling)))
}

/// A new password, and the first code of the device.
#[derive(Deserialize)]
pub(super) struct TypedEnrolment {
    #[serde(default)]
    password: SecretString,
    #[serde(default)]
    again: SecretString,
    #[serde(default)]
    code: SecretString,
}

/// The chosen password, typed twice.
pub(super) fn chosen(
    password: &SecretString,
    again: &SecretString,
    user_name: &UserName,
) -> Result<Password, Fault> {
    let text = secrecy::ExposeSecret::expose_secret;
    if text(password) != text(again) {
        return Err(Fault::Differ);
    }
    Password::chosen(text(password), user_name).map_err(Fault::Password)
}

/// `POST /staff/sign-in/enrol`
pub(super) async fn enrol(
    State(console): State<Console>,
    From(source): From,
    headers: HeaderMap,
    Form(form): Form<TypedEnrolment>,
) -> Result<Response, Failure> {
    let Some((token, enrolling)) = enrolling(&console, &headers).await? else {
        return password_page(&console, "/staff", "", Fault::Expired);
    };
    let password = match chosen(&form.password, &form.again, &enrolling.user_name) {
        Ok(password) => password,
        Err(fault) => return enrol_page(&console, &enrolling, fault),
    };
    let at = console.clock.now();
    let codes = (0..RECOVERY_CODES).map(|_| Code::draw(&console.random)).collect::<Result<Vec<_>, _>>()?;
    let enrolment = Enrolment {
        attempt: CodeAttempt { token, code: form.code, source, at },
        password: console.passwords.hash(&password).await?,
        recovery: digests(&codes),
    };
    match console.store.enrol(enrolment).await? {
        CodeAnswer::SignedIn(token) => {
            let codes = codes.iter().map(Code::shown).collect();
            let page = html(StatusCode::OK, &RecoveryPage { frame: console.frame(), codes })?;
            Ok(signed_in(&console, page, &token))
        }
        CodeAnswer::Wrong => enrol_page(&console, &enrolling, Fault::WrongCode),
        CodeAnswer::Wait { until } => held_up(until, at, |fault| enrol_page(&console, &enrolling, fault)),
        CodeAnswer::Expired => password_page(&console, "/staff", "", Fault::Expired),
    }
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
