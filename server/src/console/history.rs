//! A clinician's look at the patient's visits elsewhere: asked for with a reason, shown once, kept sealed.

use askama::Template;
use axum::{Form, extract::State, http::StatusCode, response::Response};
use flows::Person;
use identity::text::{clean_line, clean_line_within};
use serde::Deserialize;
use tracing::warn;

use super::{
    Console, Frame, accesses,
    check::Id,
    failure::{Failure, html},
    session::Staff,
    visits::{self, found},
};
use crate::{
    national::insurance::{PastVisit, VisitHistory},
    session::alert,
    staff::Role,
    store::{
        KeepHistory,
        accesses::{NewAccess, Purpose, Shown},
        visits::station_day,
    },
};

/// Characters of a reason, at least and at most. A word is none.
const REASON: std::ops::RangeInclusive<usize> = 10..=200;

/// The form.
#[derive(Deserialize)]
pub(super) struct Typed {
    #[serde(default)]
    reason: String,
}

/// A visit elsewhere as the page shows it.
struct PastView {
    arrived: String,
    left: String,
    facility: String,
    illness: String,
    state: String,
    outcome: String,
    reason: String,
}

impl From<&PastVisit> for PastView {
    fn from(visit: &PastVisit) -> Self {
        let text = |text: &Option<String>| text.as_deref().map(clean_line).unwrap_or_default();
        Self {
            arrived: moment(&text(&visit.arrived)),
            left: moment(&text(&visit.left)),
            facility: text(&visit.facility),
            illness: text(&visit.illness),
            state: text(&visit.state),
            outcome: text(&visit.outcome),
            reason: text(&visit.reason),
        }
    }
}

/// `yyyyMMddHHmm` as it is read; anything else as it is.
fn moment(text: &str) -> String {
    jiff::civil::DateTime::strptime("%Y%m%d%H%M", text)
        .map_or_else(|_| text.to_owned(), |moment| moment.strftime("%H:%M %d/%m/%Y").to_string())
}

#[derive(Template)]
#[template(path = "history.html")]
struct Page {
    frame: Frame,
    visit: uuid::Uuid,
    number: String,
    reason: String,
    /// None: the register did not answer.
    visits: Option<Vec<PastView>>,
}

fn reason(typed: &str) -> Option<String> {
    clean_line_within(typed, *REASON.end()).filter(|reason| REASON.contains(&reason.chars().count()))
}

/// `POST /staff/visits/{visit}/history`
pub(super) async fn show(
    State(console): State<Console>,
    staff: Staff,
    Id(visit): Id,
    Form(typed): Form<Typed>,
) -> Result<Response, Failure> {
    staff.require(Role::Clinician)?;
    let visit = found(&console, visit).await?;
    if !console.may_see(&staff, &visit, Shown::Record).await? {
        return accesses::ask(&console, &staff, &visit, Vec::new());
    }
    let now = console.clock.now();
    let patient = visit.patient_shown(station_day(now)).ok_or(Failure::NotFound)?;
    let fault = |words: &str| vec![words.to_owned()];
    let Some(reason) = reason(&typed.reason) else {
        let words =
            "Lý do: từ 10 đến 200 chữ, nói việc khám chữa bệnh nào cần (a reason of 10 to 200 characters)";
        return visits::page(&console, &staff, &visit, None, fault(words)).await;
    };
    let Some(person) = patient.person().filter(Person::is_insurable) else {
        let words = "Chưa đủ dữ liệu để hỏi cổng: cần ngày sinh và số định danh hoặc mã thẻ BHYT (birth and a number are needed)";
        return visits::page(&console, &staff, &visit, None, fault(words)).await;
    };
    let id = visit.recorded.visit;
    let access = NewAccess {
        staff: staff.id,
        session: staff.session,
        visits: vec![id],
        shown: Shown::History,
        purpose: if console.duty(&staff, &visit).is_some() { Purpose::Care } else { Purpose::Reason },
        reason: Some(reason.clone()),
        recipient: None,
        at: now,
    };
    // What could not be written down is not asked for.
    console.store.record_access(access).await?;
    let history = ask(&console, &person).await?;
    if let Some(history) = &history {
        let keeping = KeepHistory {
            visit: id,
            json: history.answer.clone(),
            decision: staff.decision(reason.clone()),
            staff: staff.id,
            at: console.clock.now(),
        };
        console.store.keep_history(keeping).await?;
    }
    let status = if history.is_some() { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    let page = Page {
        frame: staff.frame(&console),
        visit: id,
        number: visit.recorded.ticket_number(),
        reason,
        visits: history.map(|history| history.visits.iter().map(PastView::from).collect()),
    };
    html(status, &page)
}

/// The register's answer; none where it gave none.
async fn ask(console: &Console, person: &Person) -> Result<Option<VisitHistory>, Failure> {
    match console.insurance.visit_history(person).await {
        Ok(history) => Ok(Some(history)),
        Err(error) => {
            warn!(%error, "visits elsewhere not shown");
            if let Some(alert) = alert(&error, console.clock.now()) {
                console.store.raise_alert(alert).await?;
            }
            Ok(None)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_says_something() {
        assert_eq!(reason("  Đau ngực,   xem đơn cũ ").as_deref(), Some("Đau ngực, xem đơn cũ"));
        for short in [
            "",
            "khám",
            "         ",
            "a         b",
            "\u{200b}\u{200b}\u{200b}\u{200b}\u{200b}\u{200b}\u{200b}\u{200b}\u{200b}\u{200b}\u{200b}",
        ] {
            assert_eq!(reason(short), None, "{short:?}");
        }
        assert_eq!(reason(&"dài ".repeat(60)), None);
    }

    #[test]
    fn a_moment_is_read_where_it_is_one() {
        assert_eq!(moment("202608010915"), "09:15 01/08/2026");
        assert_eq!(moment("hôm qua"), "hôm qua");
    }
}
