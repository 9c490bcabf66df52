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
        session::Staff,
    },
    OVERSIGHT, moment,
};
use crate::store::consents::{Channel, ConsentAnswer, LedgerEntry};

/// Rows on a page.
const SHOWN: u32 = 200;

struct Line {
    at: String,
    purpose: &'static str,
    answer: &'static str,
    channel: String,
    language: &'static str,
    sha256: String,
    /// Its beginning, to tell one from another.
    short: String,
    known: bool,
    relation: Option<&'static str>,
}

impl Line {
    fn new(entry: &LedgerEntry) -> Self {
        Self {
            at: moment(entry.at),
            purpose: match entry.purpose {
                flows::step::Purpose::HealthCheckIn => "Đọc chip để đăng ký khám",
            },
            answer: match entry.answer {
                ConsentAnswer::Given => "Đồng ý",
                ConsentAnswer::Refused => "Không đồng ý",
                ConsentAnswer::Withdrawn => "Rút lại",
            },
            channel: match &entry.channel {
                Channel::Kiosk(kiosk) => format!("Máy {kiosk}"),
                Channel::Desk => "Quầy".to_owned(),
            },
            language: match entry.language {
                flows::Language::Vi => "tiếng Việt",
                flows::Language::En => "tiếng Anh",
            },
            sha256: hex::encode(entry.text_sha256),
            short: hex::encode(entry.text_sha256.first_chunk::<6>().unwrap_or(&[0; 6])),
            known: entry.text_known,
            relation: entry.relation.map(flows::law::age::Relation::vietnamese),
        }
    }
}

#[derive(Template)]
#[template(path = "privacy/consents.html")]
struct ListPage {
    frame: Frame,
    unknown: Vec<Line>,
    lines: Vec<Line>,
}

/// `GET /staff/privacy/consents`: the newest answers, without names.
pub(super) async fn list(State(console): State<Console>, staff: Staff) -> Result<Response, Failure> {
    staff.require_any(&OVERSIGHT)?;
    let unknown = console.store.latest_consents(true, SHOWN).await?;
    let lines = console.store.latest_consents(false, SHOWN).await?;
    let page = ListPage {
        frame: staff.frame(&console),
        unknown: unknown.iter().map(Line::new).collect(),
        lines: lines.iter().map(Line::new).collect(),
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
