//! Requests about someone's data.

use askama::Template;
use axum::{
    Form,
    extract::State,
    response::{IntoResponse as _, Redirect, Response},
};
use flows::{law::RequestKind, person::Relation};
use identity::number::PersonalNumber;
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
    file::{Choice, StepView, status},
    marks, moment, written,
};
use crate::{
    staff::Role,
    store::{
        accesses::{File, Shown},
        subject_requests::{
            Action, Asked, CarryOut, NewRequestStep, NewSubjectRequest, RequestEvent, SubjectRequest,
        },
        visits::station_day,
    },
};

/// The form for a request that came, as it was typed.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Received {
    kind: String,
    number: String,
    requester: String,
    relation: String,
    recognised_by: String,
    contact: String,
    wish: String,
}

#[derive(Template)]
#[template(path = "privacy/new_request.html")]
struct NewPage {
    frame: Frame,
    typed: Received,
    kinds: Vec<Choice>,
    relations: Vec<Choice>,
    holidays_unknown: Option<i16>,
    faults: Vec<String>,
}

fn new_page(
    console: &Console,
    staff: &Staff,
    typed: Received,
    faults: Vec<String>,
) -> Result<Response, Failure> {
    let year = station_day(console.clock.now()).year();
    let page = NewPage {
        frame: staff.frame(console),
        kinds: Choice::of(&RequestKind::ALL, RequestKind::as_str, RequestKind::vietnamese, &typed.kind),
        relations: Choice::of(Relation::ALL, Relation::as_str, Relation::vietnamese, &typed.relation),
        holidays_unknown: (!console.working_days.knows(year)).then_some(year),
        typed,
        faults,
    };
    html(status(&page.faults), &page)
}

/// `GET /staff/privacy/requests/new`
pub(super) async fn new(State(console): State<Console>, staff: Staff) -> Result<Response, Failure> {
    staff.require(Role::Manager)?;
    new_page(&console, &staff, Received::default(), Vec::new())
}

/// `POST /staff/privacy/requests`
pub(super) async fn receive(
    State(console): State<Console>,
    staff: Staff,
    Form(typed): Form<Received>,
) -> Result<Response, Failure> {
    staff.require(Role::Manager)?;
    let mut faults = Vec::new();
    let kind = RequestKind::ALL.into_iter().find(|kind| kind.as_str() == typed.kind);
    if kind.is_none() {
        faults.push("Yêu cầu gì: chưa chọn (choose what is asked)".into());
    }
    let relation = Relation::parse(&typed.relation);
    let requester = line(&typed.requester, "Người yêu cầu / Who asks", &mut faults);
    let recognised_by = line(&typed.recognised_by, "Giấy tờ đã xem / Document looked at", &mut faults);
    let contact = line(&typed.contact, "Gửi trả lời về / Where the answer goes", &mut faults);
    let wish = line(&typed.wish, "Nội dung / What they want", &mut faults);
    let digits: String = typed.number.chars().filter(|c| !c.is_whitespace()).collect();
    let number = PersonalNumber::parse(&digits);
    if number.is_err() {
        faults.push("Số định danh: phải đủ 12 chữ số (12 digits)".into());
    }
    let (Some(kind), Some(requester), Some(recognised_by), Some(contact), Some(wish), Ok(number), []) =
        (kind, requester, recognised_by, contact, wish, number, faults.as_slice())
    else {
        return new_page(&console, &staff, typed, faults);
    };
    let at = console.clock.now();
    let received_by = staff.name.clone();
    let request = NewSubjectRequest {
        kind,
        subject: console.store.subject(&number).await?,
        asked: Asked { requester, relation, recognised_by, contact, wish, received_by },
        due: kind.due(station_day(at), &console.working_days),
        at,
    };
    let id = console.store.receive_request(request).await?;
    Ok(Redirect::to(&format!("/staff/privacy/requests/{id}")).into_response())
}

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
