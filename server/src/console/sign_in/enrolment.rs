//! The first time: choosing a password, and enrolling one's own device.

use askama::Template;
use axum::{
    Form,
    extract::State,
    http::{HeaderMap, StatusCode},
    response::Response,
};
use qrcode::{EcLevel, QrCode, render::svg};
use secrecy::SecretString;
use serde::Deserialize;

use super::{Console, Fault, Frame, fault::held_up, password, signed_in};
use crate::{
    console::{
        failure::{Failure, html},
        session::{From, HALFWAY, token},
    },
    staff::{Code, Password, UserName, code::RECOVERY_CODES},
    store::staff::{CodeAnswer, CodeAttempt, Enrolling, Enrolment, SessionToken, digests},
};

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

fn page(console: &Console, enrolling: &Enrolling, fault: Fault) -> Result<Response, Failure> {
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

/// `GET /staff/sign-in/enrol`
pub(in crate::console) async fn show(
    State(console): State<Console>,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    match enrolling(&console, &headers).await? {
        Some((_, enrolling)) => page(&console, &enrolling, Fault::None),
        None => password::page(&console, "/staff", "", Fault::Expired),
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
pub(in crate::console) struct TypedEnrolment {
    #[serde(default)]
    password: SecretString,
    #[serde(default)]
    again: SecretString,
    #[serde(default)]
    code: SecretString,
}

/// The chosen password, typed twice.
pub(in crate::console) fn chosen(
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
pub(in crate::console) async fn enrol(
    State(console): State<Console>,
    From(source): From,
    headers: HeaderMap,
    Form(form): Form<TypedEnrolment>,
) -> Result<Response, Failure> {
    let Some((token, enrolling)) = enrolling(&console, &headers).await? else {
        return password::page(&console, "/staff", "", Fault::Expired);
    };
    let password = match chosen(&form.password, &form.again, &enrolling.user_name) {
        Ok(password) => password,
        Err(fault) => return page(&console, &enrolling, fault),
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
            let shown = html(StatusCode::OK, &RecoveryPage { frame: console.frame(), codes })?;
            Ok(signed_in(&console, shown, &token))
        }
        CodeAnswer::Wrong => page(&console, &enrolling, Fault::WrongCode),
        CodeAnswer::Wait { until } => held_up(until, at, |fault| page(&console, &enrolling, fault)),
        CodeAnswer::Expired => password::page(&console, "/staff", "", Fault::Expired),
    }
}
