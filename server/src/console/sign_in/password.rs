//! The first page: user name and password, or the enrolment code in its place.

use askama::Template;
use axum::{
    Form,
    extract::{RawQuery, State},
    response::Response,
};
use jiff::Timestamp;
use secrecy::SecretString;
use serde::Deserialize;
use subtle::ConstantTimeEq as _;

use super::{Console, Fault, Frame, asked, fault::held_up, leading_to, shown, with_cookies};
use crate::{
    console::{
        failure::{Failure, html},
        session::{From, HALFWAY, local_page},
    },
    staff::{Code, Password, UserName},
    store::staff::{Change, ChangeStaff, Expected, PasswordPassed, SignInAttempt, SignInBegun},
};

#[derive(Template)]
#[template(path = "sign_in.html")]
struct PasswordPage {
    frame: Frame,
    next: String,
    user_name: String,
    fault: String,
    vneid: bool,
}

pub(super) fn page(
    console: &Console,
    next: &str,
    user_name: &str,
    fault: Fault,
) -> Result<Response, Failure> {
    let page = PasswordPage {
        frame: console.frame(),
        next: next.to_owned(),
        user_name: user_name.to_owned(),
        fault: fault.words(),
        vneid: console.vneid.is_some(),
    };
    html(fault.status(), &page)
}

/// `GET /staff/sign-in`
pub(in crate::console) async fn show(
    State(console): State<Console>,
    RawQuery(query): RawQuery,
) -> Result<Response, Failure> {
    let (next, timed_out) = asked(query.as_deref());
    page(&console, &next, "", if timed_out { Fault::TimedOut } else { Fault::None })
}

/// User name and password.
#[derive(Deserialize)]
pub(in crate::console) struct Credentials {
    #[serde(default)]
    user_name: String,
    #[serde(default)]
    password: SecretString,
    #[serde(default)]
    next: String,
}

/// `POST /staff/sign-in`
pub(in crate::console) async fn enter(
    State(console): State<Console>,
    From(source): From,
    Form(form): Form<Credentials>,
) -> Result<Response, Failure> {
    let next = local_page(&form.next).unwrap_or("/staff");
    let Ok(user_name) = UserName::parse(&form.user_name) else {
        return page(&console, next, "", Fault::Wrong);
    };
    let attempt = SignInAttempt { user_name, source, at: console.clock.now() };
    let expected = match console.store.begin_sign_in(attempt.clone()).await? {
        SignInBegun::Expects(expected) => expected,
        SignInBegun::Wait { until } => {
            return held_up(until, attempt.at, |fault| {
                page(&console, next, attempt.user_name.as_str(), fault)
            });
        }
    };
    let Some((staff, enrols)) = compare(&console, &form.password, expected, attempt.at).await? else {
        let user_name = attempt.user_name.clone();
        console.store.fail_sign_in(attempt).await?;
        return page(&console, next, user_name.as_str(), Fault::Wrong);
    };
    let token = console.store.pass_password(PasswordPassed { attempt, staff, enrols }).await?;
    let next_page = if enrols { "/staff/sign-in/enrol" } else { "/staff/sign-in/code" };
    Ok(with_cookies(&console, leading_to(next_page, next), &[(HALFWAY, shown(&token))]))
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
