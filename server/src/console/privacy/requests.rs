//! Requests about someone's data.

use askama::Template;
use axum::{
    Form,
    extract::State,
    response::{IntoResponse as _, Redirect, Response},
};
use flows::law::RequestKind;
use serde::Deserialize;
use uuid::Uuid;

use super::{
    super::{
        Console, Frame,
        check::Id,
        failure::{Failure, html},
        form::line,
        session::Staff,
    },
    file::{StepView, status},
    marks, moment, written,
};
use crate::{
    staff::Role,
    store::{
        accesses::{File, Shown},
        subject_requests::{Action, Asked, CarryOut, NewRequestStep, RequestEvent, SubjectRequest},
        visits::station_day,
    },
};

/// What can be done for a request of this kind, beside answering.
struct ActionView {
    value: &'static str,
    label: &'static str,
    english: &'static str,
}

struct VisitChoice {
    id: String,
    day: String,
    number: String,
}

#[derive(Template)]
#[template(path = "privacy/request.html")]
#[expect(clippy::struct_excessive_bools, reason = "what the template asks for")]
struct Page {
    frame: Frame,
    id: Uuid,
    kind: &'static str,
    received: String,
    acknowledge: String,
    finish: String,
    extended: String,
    next: Option<String>,
    late: bool,
    asked: Option<Asked>,
    known: bool,
    over: bool,
    acknowledged: bool,
    had_extension: bool,
    steps: Vec<StepView>,
    actions: Vec<ActionView>,
    corrects: bool,
    visits: Vec<VisitChoice>,
    /// What keeps the data as they are.
    marks: Vec<(&'static str, &'static str)>,
    /// What can be done about that.
    changes: Vec<marks::Change>,
    faults: Vec<String>,
}

const fn event_words(event: RequestEvent) -> &'static str {
    match event {
        RequestEvent::Acknowledged => "Đã báo nhận",
        RequestEvent::Extended => "Đã báo gia hạn",
        RequestEvent::Done => "Đã thực hiện",
        RequestEvent::Refused => "Đã từ chối",
    }
}

fn actions(kind: RequestKind) -> Vec<ActionView> {
    let action = |value, label, english| ActionView { value, label, english };
    match kind {
        RequestKind::View | RequestKind::Provide => {
            vec![action("answer", "Đã cho xem hoặc đã giao bản sao", "shown or handed over")]
        }
        RequestKind::Correct => Vec::new(),
        RequestKind::Delete => {
            vec![action("delete", "Xóa, trừ phần luật buộc giữ", "delete, but what a law requires to keep")]
        }
        RequestKind::Restrict => vec![action("restrict", "Hạn chế xử lý", "restrict")],
        RequestKind::Withdraw => vec![action("withdraw", "Rút lại mọi sự đồng ý", "withdraw every consent")],
        RequestKind::Object => vec![
            action("restrict", "Chấp nhận: hạn chế xử lý", "heed it: restrict"),
            action("answer", "Đã giải quyết cách khác", "dealt with otherwise"),
        ],
    }
}

/// The page of a request, with what is wrong with a form on it.
pub(super) async fn page(
    console: &Console,
    staff: &Staff,
    request: SubjectRequest,
    faults: Vec<String>,
) -> Result<Response, Failure> {
    let today = station_day(console.clock.now());
    if request.asked.is_some() {
        console.note_file(staff, File::Request(request.id), request.subject, Shown::Record).await?;
    }
    let next = request.next_due();
    let corrects = request.kind == RequestKind::Correct && request.subject.is_some();
    let visits = match request.subject {
        Some(subject) if corrects => console.store.visits_of(subject).await?,
        _ => Vec::new(),
    };
    let marks = match request.subject {
        Some(subject) => Some(console.store.marks_of(subject).await?),
        None => None,
    };
    let page = Page {
        frame: staff.frame(console),
        id: request.id,
        changes: marks.as_deref().map(marks::Change::possible).unwrap_or_default(),
        marks: marks.into_iter().flatten().map(marks::words).collect(),
        kind: request.kind.vietnamese(),
        received: moment(request.received_at),
        acknowledge: written(request.due.acknowledge),
        finish: written(request.due.finish),
        extended: written(request.due.extended),
        late: next.is_some_and(|due| due < today),
        next: next.map(written),
        known: request.subject.is_some(),
        over: request.is_over(),
        acknowledged: request.had(RequestEvent::Acknowledged),
        had_extension: request.had(RequestEvent::Extended),
        actions: actions(request.kind),
        corrects,
        visits: visits
            .iter()
            .map(|visit| VisitChoice {
                id: visit.visit.to_string(),
                day: written(station_day(visit.at)),
                number: visit.ticket_number(),
            })
            .collect(),
        steps: request
            .steps
            .iter()
            .map(|step| {
                let article = step.article.as_deref();
                StepView::new(event_words(step.event), article, step.decision.as_ref(), step.at)
            })
            .collect(),
        asked: request.asked,
        faults,
    };
    html(status(&page.faults), &page)
}

/// The request at this address.
pub(super) async fn found(console: &Console, id: Uuid) -> Result<SubjectRequest, Failure> {
    console.store.subject_request(id).await?.ok_or(Failure::NotFound)
}

/// `GET /staff/privacy/requests/{request}`
pub(super) async fn show(
    State(console): State<Console>,
    staff: Staff,
    Id(id): Id,
) -> Result<Response, Failure> {
    staff.require(Role::Manager)?;
    let request = found(&console, id).await?;
    page(&console, &staff, request, Vec::new()).await
}

/// The form for a step.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Stepped {
    event: String,
    article: String,
    reason: String,
}

/// `POST /staff/privacy/requests/{request}/step`
pub(super) async fn step(
    State(console): State<Console>,
    staff: Staff,
    Id(id): Id,
    Form(typed): Form<Stepped>,
) -> Result<Response, Failure> {
    staff.require(Role::Manager)?;
    let mut faults = Vec::new();
    let event = match typed.event.as_str() {
        "acknowledged" => Some(RequestEvent::Acknowledged),
        "extended" => Some(RequestEvent::Extended),
        "refused" => Some(RequestEvent::Refused),
        _ => None,
    };
    let reason = line(&typed.reason, "Nội dung / What was told", &mut faults);
    let article = match event {
        Some(RequestEvent::Refused) => line(&typed.article, "Căn cứ từ chối / Article", &mut faults),
        _ => None,
    };
    let (Some(event), Some(reason), []) = (event, reason, faults.as_slice()) else {
        let request = found(&console, id).await?;
        return page(&console, &staff, request, faults).await;
    };
    let step = NewRequestStep {
        request: id,
        event,
        article,
        decision: staff.decision(reason),
        at: console.clock.now(),
    };
    console.store.step_request(step).await?;
    Ok(Redirect::to(&format!("/staff/privacy/requests/{id}")).into_response())
}

/// The form for what is done.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Carried {
    action: String,
    reason: String,
}

/// `POST /staff/privacy/requests/{request}/carry-out`
pub(super) async fn carry_out(
    State(console): State<Console>,
    staff: Staff,
    Id(id): Id,
    Form(typed): Form<Carried>,
) -> Result<Response, Failure> {
    staff.require(Role::Manager)?;
    let request = found(&console, id).await?;
    let mut faults = Vec::new();
    let reason = line(&typed.reason, "Lý do và kết quả / Reason and result", &mut faults);
    let action = match typed.action.as_str() {
        "answer" => Some(Action::Answer),
        "delete" => Some(Action::Delete),
        "restrict" => Some(Action::Restrict),
        "withdraw" => Some(Action::Withdraw),
        _ => None,
    };
    let (Some(action), Some(reason), []) = (action, reason, faults.as_slice()) else {
        return page(&console, &staff, request, faults).await;
    };
    let carried = CarryOut { request: id, action, decision: staff.decision(reason), at: console.clock.now() };
    // A visit is corrected on its own page. What the law keeps shows on the request's: refused, with the article.
    console.store.carry_out(carried).await?;
    Ok(Redirect::to(&format!("/staff/privacy/requests/{id}")).into_response())
}
