//! The visits of the day, and one of them.

use askama::Template;
use axum::{
    extract::{RawQuery, State},
    http::StatusCode,
    response::Response,
};
use flows::CardStanding;
use identity::Verdict;
use uuid::Uuid;

use super::{
    Console, Frame, accesses,
    check::Id,
    failure::{Failure, html},
    ledger::LedgerLine,
    session::Staff,
    time,
    words::{self, InsuranceView},
};
use crate::{
    staff::Role,
    store::{
        Queue, Reception, Visit, VisitVersion,
        accesses::{Purpose, Shown},
        visits::station_day,
    },
};

/// A visit as a page shows it.
struct VisitView {
    id: Uuid,
    number: String,
    room: String,
    /// Of today.
    time: String,
    at: String,
    priority: bool,
    emergency: bool,
    method: &'static str,
    insurance: InsuranceView,
    /// What the population database said.
    population: Option<&'static str>,
    /// What looked odd in the code that was shown.
    code_warnings: Vec<&'static str>,
    name: Option<String>,
    number_masked: Option<String>,
    birth_year: Option<i16>,
    /// Who acts for them: what they are to them, and their name where it is known.
    representative: Option<String>,
    staff: Option<String>,
    why: Option<String>,
    axes: Vec<AxisView>,
}

/// One axis of the verdict.
pub(super) struct AxisView {
    pub(super) words: &'static str,
    pub(super) result: &'static str,
    /// For the style.
    pub(super) class: &'static str,
    pub(super) what: &'static str,
}

/// The axes of a verdict, and what C06 says of the card beside them.
pub(super) fn axes(verdict: &Verdict, card: Option<CardStanding>) -> Vec<AxisView> {
    let axes = verdict.axes().into_iter().map(|(name, axis)| AxisView {
        words: words::axis(name),
        result: words::result(axis.result).0,
        class: words::result(axis.result).1,
        what: words::reason(axis.code),
    });
    let beside = card.map(|standing| {
        let (result, what) = words::card(standing);
        let (result, class) = words::result(result);
        AxisView { words: "Trả lời của C06", result, class, what }
    });
    axes.chain(beside).collect()
}

/// How a visit was received by hand.
struct ReceptionView {
    occasion: &'static str,
    temporary_id: Option<String>,
    companion: Option<String>,
    born_at: Option<String>,
    apparent_age: Option<u8>,
}

impl ReceptionView {
    fn new(reception: &Reception) -> Self {
        let circumstances = reception.circumstances.as_ref();
        let companion = circumstances.and_then(|circumstances| circumstances.companion.as_ref());
        Self {
            occasion: words::occasion(reception.occasion),
            temporary_id: reception.temporary_id.as_ref().map(|id| id.as_str().to_owned()),
            companion: companion.map(|with| format!("{}: {}", with.relation, with.full_name)),
            born_at: circumstances.and_then(|circumstances| Some(time::written(circumstances.born_at?))),
            apparent_age: circumstances.and_then(|circumstances| circumstances.apparent_age),
        }
    }
}

/// One version of a visit that was corrected.
struct VersionView {
    version: u32,
    wrong: &'static str,
    name: Option<String>,
    number_masked: Option<String>,
    room: String,
    method: &'static str,
    insurance: &'static str,
    staff: Option<String>,
    why: Option<String>,
    at: String,
}

impl VersionView {
    fn new(console: &Console, version: &VisitVersion, shown: bool) -> Self {
        let patient = version.patient.as_ref().filter(|_| shown);
        let room = console.station.room(&version.room);
        Self {
            version: version.version,
            wrong: version.wrong.map_or("Bản đầu", |wrong| words::wrong(wrong).0),
            name: patient.map(|patient| patient.full_name.clone()),
            number_masked: patient.and_then(|patient| Some(patient.number.as_ref()?.masked())),
            room: room.map_or_else(|| version.room.clone(), |room| room.name.vi.clone()),
            method: words::method(version.method),
            insurance: words::insurance(version.insurance),
            staff: version.decision.as_ref().map(|decision| decision.staff.clone()),
            why: version.decision.as_ref().filter(|_| shown).map(|decision| decision.reason.clone()),
            at: time::moment(version.at),
        }
    }
}

impl VisitView {
    fn new(console: &Console, visit: &Visit) -> Self {
        let recorded = &visit.recorded;
        let room = console.station.room(&recorded.room);
        let today = station_day(console.clock.now());
        let patient = visit.patient_shown(today);
        let decision = visit.decision.as_ref();
        Self {
            id: recorded.visit,
            number: recorded.ticket_number(),
            room: room.map_or_else(|| recorded.room.clone(), |room| room.name.vi.clone()),
            time: time::hour(recorded.at),
            at: time::moment(recorded.at),
            priority: recorded.queue == Queue::Priority,
            emergency: recorded.queue == Queue::Emergency,
            method: words::method(recorded.method),
            insurance: InsuranceView::new(visit.insurance_now(), visit.insurance_result_now()),
            population: visit.population_check.map(|check| words::population(check.outcome)),
            code_warnings: patient
                .map(|patient| patient.code_warnings.iter().map(|odd| words::code_warning(*odd)).collect())
                .unwrap_or_default(),
            name: patient.map(|patient| patient.full_name.clone()),
            number_masked: patient.and_then(|patient| Some(patient.number.as_ref()?.masked())),
            birth_year: patient.and_then(|patient| Some(patient.birth?.year)),
            representative: patient.and_then(|patient| patient.representative.as_ref()).map(|with| {
                let relation = with.relation.vietnamese();
                with.full_name
                    .as_ref()
                    .map_or_else(|| relation.to_owned(), |name| format!("{relation}: {name}"))
            }),
            staff: decision.map(|decision| decision.staff.clone()),
            why: decision.filter(|_| patient.is_some()).map(|decision| decision.reason.clone()),
            axes: visit.verdict.as_ref().map(|verdict| axes(verdict, visit.card)).unwrap_or_default(),
        }
    }
}

#[derive(Template)]
#[template(path = "visits.html")]
struct ListPage {
    frame: Frame,
    day: String,
    visits: Vec<VisitView>,
}

/// `GET /staff/visits`
pub(super) async fn list(State(console): State<Console>, staff: Staff) -> Result<Response, Failure> {
    staff.require_any(&[Role::Reception, Role::Clinician])?;
    let today = station_day(console.clock.now());
    let visits = console.store.visits(&console.station.code, today).await?;
    let purpose = if staff.has(Role::Reception) { Purpose::Reception } else { Purpose::Care };
    let shown = visits.iter().map(|visit| visit.recorded.visit).collect();
    console.note_access(&staff, shown, Shown::List, purpose).await?;
    let page = ListPage {
        frame: staff.frame(&console),
        day: time::day(today),
        visits: visits.iter().map(|visit| VisitView::new(&console, visit)).collect(),
    };
    html(StatusCode::OK, &page)
}

pub(super) async fn found(console: &Console, visit: Uuid) -> Result<Visit, Failure> {
    console.store.visit(visit).await?.ok_or(Failure::NotFound)
}

#[derive(Template)]
#[template(path = "visit.html")]
#[expect(clippy::struct_excessive_bools, reason = "what the template asks for")]
struct Page {
    frame: Frame,
    visit: VisitView,
    reception: Option<ReceptionView>,
    /// Only where there is more than one.
    versions: Vec<VersionView>,
    /// What the person, or who represents them, agreed to.
    ledger: Vec<LedgerLine>,
    may_record_consent: bool,
    again: bool,
    /// A person has to tell a national system of a correction.
    tell: bool,
    may_correct: bool,
    /// A clinician may ask for the visits elsewhere.
    may_see_history: bool,
    may_export: bool,
    /// Whoever receives requests about data begins one here, whatever numbers the person has.
    may_receive_request: bool,
    /// What is wrong with the form that asks for them.
    faults: Vec<String>,
}

/// `GET /staff/visits/{visit}`
pub(super) async fn show(
    State(console): State<Console>,
    staff: Staff,
    Id(visit): Id,
    RawQuery(query): RawQuery,
) -> Result<Response, Failure> {
    let visit = found(&console, visit).await?;
    if !console.may_see(&staff, &visit, Shown::Record).await? {
        return accesses::ask(&console, &staff, &visit, Vec::new());
    }
    page(&console, &staff, &visit, query.as_deref(), Vec::new()).await
}

/// The page of a visit that may be seen, with what is wrong with the form on it.
pub(super) async fn page(
    console: &Console,
    staff: &Staff,
    visit: &Visit,
    query: Option<&str>,
    faults: Vec<String>,
) -> Result<Response, Failure> {
    let status = if faults.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let versions = console.store.visit_versions(visit.recorded.visit).await?;
    // What a person had restricted is not shown by an older version or by who came with them either.
    let shown = visit.patient_shown(station_day(console.clock.now())).is_some();
    let ledger = console.store.consents_of(visit.recorded.subject).await?;
    let page = Page {
        frame: staff.frame(console),
        reception: console
            .store
            .reception(visit.recorded.visit)
            .await?
            .filter(|_| shown)
            .as_ref()
            .map(ReceptionView::new),
        versions: if versions.len() > 1 {
            versions.iter().map(|version| VersionView::new(console, version, shown)).collect()
        } else {
            Vec::new()
        },
        ledger: ledger.iter().filter(|_| shown).map(LedgerLine::new).collect(),
        may_record_consent: staff.has(Role::Reception) && shown,
        may_correct: staff.has(Role::Reception) && shown,
        may_see_history: staff.has(Role::Clinician) && shown,
        may_export: staff.require_any(&accesses::MAY_GIVE_A_REASON).is_ok(),
        may_receive_request: staff.has(Role::Manager),
        visit: VisitView::new(console, visit),
        again: query == Some("again"),
        tell: query == Some("tell"),
        faults,
    };
    html(status, &page)
}
