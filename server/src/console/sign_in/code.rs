//! The second page: the code of one's own device, or a recovery code.

use askama::Template;
use axum::{
    Form,
    extract::{RawQuery, State},
    http::HeaderMap,
    response::{IntoResponse as _, Redirect, Response},
};
use secrecy::SecretString;
use serde::Deserialize;

use super::{Console, Fault, Frame, asked, fault::held_up, leading_to, password, signed_in};
use crate::{
    console::{
        failure::{Failure, html},
        session::{From, HALFWAY, local_page, token},
    },
    store::staff::{CodeAnswer, CodeAttempt},
};

#[derive(Template)]
#[template(path = "code.html")]
struct CodePage {
    frame: Frame,
    next: String,
    fault: String,
}

fn page(console: &Console, next: &str, fault: Fault) -> Result<Response, Failure> {
    html(fault.status(), &CodePage { frame: console.frame(), next: next.to_owned(), fault: fault.words() })
}

/// `GET /staff/sign-in/code`
pub(in crate::console) async fn show(
    State(console): State<Console>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Response, Failure> {
    let (next, _) = asked(query.as_deref());
    match token(&headers, HALFWAY) {
        Some(_) => page(&console, &next, Fault::None),
        None => Ok(leading_to("/staff/sign-in", &next).into_response()),
    }
}

/// A one-time code, or a recovery code.
#[derive(Deserialize)]
pub(in crate::console) struct TypedCode {
    #[serde(default)]
    code: SecretString,
    #[serde(default)]
    next: String,
}

/// `POST /staff/sign-in/code`
pub(in crate::console) async fn enter(
    State(console): State<Console>,
    From(source): From,
    headers: HeaderMap,
    Form(form): Form<TypedCode>,
) -> Result<Response, Failure> {
    let next = local_page(&form.next).unwrap_or("/staff");
    let at = console.clock.now();
    let Some(token) = token(&headers, HALFWAY) else {
        return password::page(&console, next, "", Fault::Expired);
    };
    match console.store.enter_code(CodeAttempt { token, code: form.code, source, at }).await? {
        CodeAnswer::SignedIn(token) => Ok(signed_in(&console, Redirect::to(next), &token)),
        CodeAnswer::Wrong => page(&console, next, Fault::WrongCode),
        CodeAnswer::Wait { until } => held_up(until, at, |fault| page(&console, next, fault)),
        CodeAnswer::Expired => password::page(&console, next, "", Fault::Expired),
    }
}
