//! What the files of requests and of incidents have in common on pages.

use axum::http::StatusCode;
use jiff::Timestamp;

use super::moment;
use crate::store::Decision;

/// Something that can be chosen.
pub(super) struct Choice {
    pub(super) value: &'static str,
    pub(super) label: &'static str,
    pub(super) chosen: bool,
}

impl Choice {
    /// Each of `all`; the one whose value was typed is chosen.
    pub(super) fn of<T: Copy>(
        all: &[T],
        value: impl Fn(T) -> &'static str,
        label: impl Fn(T) -> &'static str,
        typed: &str,
    ) -> Vec<Self> {
        let choice = |one: &T| Self { value: value(*one), label: label(*one), chosen: value(*one) == typed };
        all.iter().map(choice).collect()
    }
}

/// One thing that was done, by whom, and why. The names are empty where the file's key was destroyed.
pub(super) struct StepView {
    pub(super) what: &'static str,
    pub(super) article: Option<String>,
    pub(super) staff: String,
    pub(super) reason: String,
    pub(super) at: String,
}

impl StepView {
    pub(super) fn new(
        what: &'static str,
        article: Option<&str>,
        decision: Option<&Decision>,
        at: Timestamp,
    ) -> Self {
        Self {
            what,
            article: article.map(str::to_owned),
            staff: decision.map(|decision| decision.staff.clone()).unwrap_or_default(),
            reason: decision.map(|decision| decision.reason.clone()).unwrap_or_default(),
            at: moment(at),
        }
    }
}

/// The status of a page that may have mistakes on it.
pub(super) fn status(faults: &[String]) -> StatusCode {
    if faults.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY }
}
