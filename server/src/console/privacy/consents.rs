//! The consent ledger, and the texts.

use askama::Template;
use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::Response,
};

use super::{
    super::{
        Console, Frame,
        failure::{Failure, html},
        ledger::LedgerLine,
        session::Staff,
    },
    OVERSIGHT,
};

/// Rows on a page.
const SHOWN: u32 = 200;

#[derive(Template)]
#[template(path = "privacy/consents.html")]
struct ListPage {
    frame: Frame,
    unknown: Vec<LedgerLine>,
    lines: Vec<LedgerLine>,
}

/// `GET /staff/privacy/consents`: the newest answers, without names.
pub(super) async fn list(State(console): State<Console>, staff: Staff) -> Result<Response, Failure> {
    staff.require_any(&OVERSIGHT)?;
    let unknown = console.store.latest_consents(true, SHOWN).await?;
    let lines = console.store.latest_consents(false, SHOWN).await?;
    let page = ListPage {
        frame: staff.frame(&console),
        unknown: unknown.iter().map(LedgerLine::new).collect(),
        lines: lines.iter().map(LedgerLine::new).collect(),
    };
    html(StatusCode::OK, &page)
}

#[derive(Template)]
#[template(path = "privacy/consent_text.html")]
struct TextPage {
    frame: Frame,
    version: u16,
    sha256: String,
    paragraphs: Vec<String>,
}

/// `GET /staff/privacy/consents/{sha256}`: a text, word for word.
pub(super) async fn text(
    State(console): State<Console>,
    staff: Staff,
    Path(sha256): Path<String>,
) -> Result<Response, Failure> {
    staff.require_any(&OVERSIGHT)?;
    let mut digest = [0; 32];
    hex::decode_to_slice(&sha256, &mut digest).map_err(|_| Failure::NotFound)?;
    let text = console.store.consent_text(digest).await?.ok_or(Failure::NotFound)?;
    let page = TextPage {
        frame: staff.frame(&console),
        version: text.version,
        sha256: hex::encode(digest),
        paragraphs: text.text.lines().map(str::to_owned).collect(),
    };
    html(StatusCode::OK, &page)
}
