//! How long records are kept, what was purged, and on which basis anything is processed.

use askama::Template;
use axum::{extract::State, http::StatusCode, response::Response};
use flows::law::{PROCESSINGS, RETENTION};

use super::{
    super::{
        Console, Frame,
        failure::{Failure, html},
        session::Staff,
    },
    OVERSIGHT, moment, words,
};

/// Proofs on a page.
const SHOWN: u32 = 200;

struct RuleLine {
    record: &'static str,
    period: String,
    english: String,
    since: &'static str,
    ending: &'static str,
    required: &'static str,
}

struct ProofLine {
    at: String,
    record: &'static str,
    ending: &'static str,
    count: u64,
    older_than: String,
    digest: String,
}

#[derive(Template)]
#[template(path = "privacy/retention.html")]
struct Page {
    frame: Frame,
    rules: Vec<RuleLine>,
    proofs: Vec<ProofLine>,
}

/// `GET /staff/privacy/retention`
pub(super) async fn show(State(console): State<Console>, staff: Staff) -> Result<Response, Failure> {
    staff.require_any(&OVERSIGHT)?;
    let proofs = console.store.purges(SHOWN).await?;
    let page = Page {
        frame: staff.frame(&console),
        rules: RETENTION
            .iter()
            .map(|rule| RuleLine {
                record: words::record(rule.record),
                period: words::period(rule.period),
                english: rule.period.to_string(),
                since: rule.since,
                ending: words::ending(rule.ending),
                required: rule.required.unwrap_or(""),
            })
            .collect(),
        proofs: proofs
            .iter()
            .map(|proof| ProofLine {
                at: moment(proof.at),
                record: words::record(proof.record),
                ending: words::ending(proof.ending),
                count: proof.count,
                older_than: moment(proof.older_than),
                digest: hex::encode(proof.ids_sha256),
            })
            .collect(),
    };
    html(StatusCode::OK, &page)
}

struct BasisLine {
    what: &'static str,
    english: &'static str,
    basis: &'static str,
    articles: &'static str,
    data: &'static str,
    sensitive: bool,
    kept: &'static str,
    recipients: &'static str,
}

#[derive(Template)]
#[template(path = "privacy/bases.html")]
struct BasesPage {
    frame: Frame,
    lines: Vec<BasisLine>,
}

/// `GET /staff/privacy/bases`
pub(super) async fn bases(State(console): State<Console>, staff: Staff) -> Result<Response, Failure> {
    staff.require_any(&OVERSIGHT)?;
    let lines = PROCESSINGS.iter().map(|processing| BasisLine {
        what: processing.vietnamese,
        english: processing.what,
        basis: processing.basis.vietnamese(),
        articles: processing.articles,
        data: processing.data,
        sensitive: processing.sensitive,
        kept: processing.kept_as.map_or("–", words::record),
        recipients: processing.recipients,
    });
    html(StatusCode::OK, &BasesPage { frame: staff.frame(&console), lines: lines.collect() })
}
