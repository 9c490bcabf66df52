//! Who may see a record now, why, and the log of who did.

use askama::Template;
use axum::{
    Form,
    extract::{Query, State},
    http::StatusCode,
    response::{IntoResponse as _, Redirect, Response},
};
use identity::number::PersonalNumber;
use jiff::SignedDuration;
use serde::Deserialize;
use uuid::Uuid;

use super::{
    Console, Frame,
    check::Id,
    failure::{Failure, html},
    form,
    session::Staff,
    time,
};
use crate::{
    staff::Role,
    store::{
        Visit,
        accesses::{
            Access, Accesses, File, NewAccess, NewFileAccess, Opens, Purpose, REASON_MINUTES, Seen, Shown,
        },
        visits::station_day,
    },
};

/// Who may give a reason to see a record that they do not serve now, and to export one. Whoever reads the access log does
/// not open what it is about.
pub(super) const MAY_GIVE_A_REASON: [Role; 3] = [Role::Reception, Role::Clinician, Role::Manager];

/// A reason that was given, and whom an export goes to.
pub(super) struct Given {
    pub(super) reason: String,
    pub(super) recipient: Option<String>,
}

impl Console {
    /// What ordinary duty lets `staff` see of this visit: reception and care, at the station, on the day.
    pub(super) fn duty(&self, staff: &Staff, visit: &Visit) -> Option<Purpose> {
        let today = station_day(self.clock.now()) == station_day(visit.recorded.at);
        if !today || visit.station != self.station.code {
            return None;
        }
        [(Role::Reception, Purpose::Reception), (Role::Clinician, Purpose::Care)]
            .into_iter()
            .find_map(|(role, purpose)| staff.has(role).then_some(purpose))
    }

    /// Writes down that these records are shown, before they are.
    pub(super) async fn note_access(
        &self,
        staff: &Staff,
        visits: Vec<Uuid>,
        shown: Shown,
        purpose: Purpose,
    ) -> Result<(), Failure> {
        if visits.is_empty() {
            return Ok(());
        }
        let at = self.clock.now();
        let (staff, session) = (staff.id, staff.session);
        let access = NewAccess { staff, session, visits, shown, purpose, reason: None, recipient: None, at };
        Ok(self.store.record_access(access).await?)
    }

    /// Writes down that a file is shown that is kept outside of a visit, before it is.
    pub(super) async fn note_file(
        &self,
        staff: &Staff,
        file: File,
        subject: Option<Uuid>,
        shown: Shown,
    ) -> Result<(), Failure> {
        let (at, session) = (self.clock.now(), staff.session);
        let access = NewFileAccess { staff: staff.id, session, file, subject, shown, reason: None, at };
        Ok(self.store.record_file_access(access).await?)
    }

    /// Writes down that everything that is kept of a person is read for a request, and why, before it is.
    pub(super) async fn note_everything(
        &self,
        staff: &Staff,
        request: Uuid,
        subject: Uuid,
        reason: String,
    ) -> Result<(), Failure> {
        let access = NewFileAccess {
            staff: staff.id,
            session: staff.session,
            file: File::Request(request),
            subject: Some(subject),
            shown: Shown::Everything,
            reason: Some(reason),
            at: self.clock.now(),
        };
        Ok(self.store.record_file_access(access).await?)
    }

    /// Writes down why `staff` open a record or its files, before they do.
    pub(super) async fn note_reason(
        &self,
        staff: &Staff,
        visit: Uuid,
        opens: Opens,
        given: Given,
    ) -> Result<(), Failure> {
        let access = NewAccess {
            staff: staff.id,
            session: staff.session,
            visits: vec![visit],
            shown: opens.asked(),
            purpose: Purpose::Reason,
            reason: Some(given.reason),
            recipient: given.recipient,
            at: self.clock.now(),
        };
        Ok(self.store.record_access(access).await?)
    }

    /// Whether `staff` gave a reason a moment ago, in this session, that opens this of the visit.
    async fn reason_given(&self, staff: &Staff, visit: Uuid, opens: Opens) -> Result<bool, Failure> {
        let now = self.clock.now();
        let since = now.checked_sub(SignedDuration::from_mins(REASON_MINUTES)).unwrap_or(now);
        Ok(self.store.reason_given(staff.session, visit, opens, since).await?)
    }

    /// Lets `staff` see one record, and writes that down: by duty, or for a reason given a moment ago in this session.
    /// Where neither holds, the reason is to be asked for, of whoever [`MAY_GIVE_A_REASON`].
    #[expect(clippy::single_match_else, reason = "the two ends stand side by side")]
    pub(super) async fn may_see(&self, staff: &Staff, visit: &Visit, shown: Shown) -> Result<bool, Failure> {
        let id = visit.recorded.visit;
        let purpose = match self.duty(staff, visit) {
            Some(purpose) => purpose,
            None => {
                staff.require_any(&MAY_GIVE_A_REASON)?;
                if !self.reason_given(staff, id, Opens::Record).await? {
                    return Ok(false);
                }
                Purpose::Reason
            }
        };
        self.note_access(staff, vec![id], shown, purpose).await?;
        Ok(true)
    }

    /// Lets `staff` take a record away as a file, and writes that down: for a reason and a recipient given a moment ago
    /// in this session, whoever they are and whenever the visit was (Luật 91/2025/QH15 Đ26). Without, both are to be
    /// asked for.
    pub(super) async fn may_export(&self, staff: &Staff, visit: Uuid) -> Result<bool, Failure> {
        staff.require_any(&MAY_GIVE_A_REASON)?;
        if !self.reason_given(staff, visit, Opens::Export).await? {
            return Ok(false);
        }
        self.note_access(staff, vec![visit], Shown::Export, Purpose::Reason).await?;
        Ok(true)
    }
}

#[derive(Template)]
#[template(path = "why.html")]
struct WhyPage {
    frame: Frame,
    visit: Uuid,
    number: String,
    day: String,
    faults: Vec<String>,
}

/// The page that asks why someone wants to see a record that they do not serve now.
pub(super) fn ask(
    console: &Console,
    staff: &Staff,
    visit: &Visit,
    faults: Vec<String>,
) -> Result<Response, Failure> {
    let status = if faults.is_empty() { StatusCode::FORBIDDEN } else { StatusCode::UNPROCESSABLE_ENTITY };
    let page = WhyPage {
        frame: staff.frame(console),
        visit: visit.recorded.visit,
        number: visit.recorded.ticket_number(),
        day: time::day(station_day(visit.recorded.at)),
        faults,
    };
    html(status, &page)
}

/// A reason.
#[derive(Deserialize)]
pub(super) struct Why {
    #[serde(default)]
    reason: String,
}

/// `POST /staff/visits/{visit}/why`
pub(super) async fn why(
    State(console): State<Console>,
    staff: Staff,
    Id(visit): Id,
    Form(form): Form<Why>,
) -> Result<Response, Failure> {
    staff.require_any(&MAY_GIVE_A_REASON)?;
    let mut faults = Vec::new();
    let reason = form::line(&form.reason, "Lý do / Reason", &mut faults);
    let Some(reason) = reason else {
        let visit = console.store.visit(visit).await?.ok_or(Failure::NotFound)?;
        return ask(&console, &staff, &visit, faults);
    };
    let known = console.store.visit(visit).await?.ok_or(Failure::NotFound)?.recorded.visit;
    console.note_reason(&staff, known, Opens::Record, Given { reason, recipient: None }).await?;
    Ok(Redirect::to(&format!("/staff/visits/{known}")).into_response())
}

/// A row as the page shows it.
struct Row {
    time: String,
    staff: Uuid,
    name: String,
    subject: Option<Uuid>,
    seen: String,
    shown: &'static str,
    purpose: &'static str,
    reason: Option<String>,
    recipient: Option<String>,
}

impl From<Access> for Row {
    fn from(access: Access) -> Self {
        Self {
            time: time::local(access.at).strftime("%d/%m/%Y %H:%M:%S").to_string(),
            staff: access.staff,
            name: access.name,
            subject: access.subject,
            seen: match access.seen {
                Seen::Visit { day, number, .. } => format!("Số {number}, {}", time::day(day)),
                Seen::File(File::Call(_)) => "Người gọi từ kiosk".to_owned(),
                Seen::File(File::Request(_)) => "Yêu cầu về dữ liệu cá nhân".to_owned(),
            },
            shown: match access.shown {
                Shown::List => "Danh sách",
                Shown::Record => "Hồ sơ",
                Shown::Export => "Xuất tệp",
                Shown::Asked => "Nêu lý do",
                Shown::ExportAsked => "Nêu lý do xuất tệp",
                Shown::Everything => "Toàn bộ dữ liệu",
                Shown::History => "Lịch sử khám chữa bệnh",
            },
            purpose: match access.purpose {
                Purpose::Reception => "Tiếp đón",
                Purpose::Care => "Khám chữa bệnh",
                Purpose::Reason => "Theo lý do đã nêu",
                Purpose::Request => "Trả lời yêu cầu của người dân",
            },
            reason: access.reason,
            recipient: access.recipient,
        }
    }
}

#[derive(Template)]
#[template(path = "accesses.html")]
struct LogPage {
    frame: Frame,
    rows: Vec<Row>,
    filtered: bool,
    faults: Vec<String>,
}

/// Whose accesses are wanted.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Wanted {
    staff: Option<Uuid>,
    person: Option<Uuid>,
}

/// `GET /staff/accesses`
pub(super) async fn list(
    State(console): State<Console>,
    staff: Staff,
    Query(wanted): Query<Wanted>,
) -> Result<Response, Failure> {
    staff.require(Role::Auditor)?;
    let which = match (wanted.person, wanted.staff) {
        (Some(subject), _) => Accesses::To(subject),
        (None, Some(staff)) => Accesses::By(staff),
        (None, None) => Accesses::Latest,
    };
    page(&console, &staff, which, Vec::new()).await
}

async fn page(
    console: &Console,
    staff: &Staff,
    which: Accesses,
    faults: Vec<String>,
) -> Result<Response, Failure> {
    let status = if faults.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let rows = console.store.accesses(which).await?.into_iter().map(Row::from).collect();
    let filtered = which != Accesses::Latest;
    html(status, &LogPage { frame: staff.frame(console), rows, filtered, faults })
}

/// A personal number, which never stands in an address.
#[derive(Deserialize)]
pub(super) struct Person {
    #[serde(default)]
    number: String,
}

/// `POST /staff/accesses`
#[expect(clippy::single_match_else, reason = "the two ends stand side by side")]
pub(super) async fn of_person(
    State(console): State<Console>,
    staff: Staff,
    Form(form): Form<Person>,
) -> Result<Response, Failure> {
    staff.require(Role::Auditor)?;
    let digits: String = form.number.chars().filter(|c| !c.is_whitespace()).collect();
    let subject = match PersonalNumber::parse(&digits) {
        Ok(number) => console.store.subject(&number).await?,
        Err(_) => None,
    };
    match subject {
        Some(subject) => Ok(Redirect::to(&format!("/staff/accesses?person={subject}")).into_response()),
        None => {
            let faults = vec!["Không có ai với số định danh này (nobody is known by this number)".to_owned()];
            page(&console, &staff, Accesses::Latest, faults).await
        }
    }
}
