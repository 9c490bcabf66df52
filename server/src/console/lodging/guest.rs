//! A guest: the data, their versions, what happened, and what can be done.

use askama::Template;
use axum::{
    Form,
    extract::{RawQuery, State},
    http::StatusCode,
    response::Response,
};
use flows::lodging::{LodgingPlace, Standing, StayEvent, StayReason};
use serde::Deserialize;

use super::{
    super::{
        Console,
        failure::{Failure, html},
        form::{self, birth_text},
        session::Staff,
        time::{day, moment},
        words,
    },
    Frame, Here, Named,
    form::{field_moment, sex},
    look::Look,
    messages::{self, MessageView},
    view::{self, StayView},
};
use crate::store::stays::{KeptEvent, KeptStay, StayVersion, ToldHow};

/// What is known, line by line.
struct Line {
    words: &'static str,
    english: &'static str,
    value: String,
}

fn lines(place: &LodgingPlace, draft: &flows::lodging::Draft, full_number: bool) -> Vec<Line> {
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let document = draft.document.as_ref();
    let number = document.map(|shown| if full_number { shown.number().to_owned() } else { shown.masked() });
    let kind = document.map(|shown| shown.name().unwrap_or_else(|| shown.kind().vietnamese()).to_owned());
    let reason = match (draft.reason, &draft.reason_text) {
        (Some(StayReason::Other), Some(said)) => said.clone(),
        (reason, _) => reason.map(StayReason::vietnamese).unwrap_or_default().to_owned(),
    };
    let adult = draft.adult.as_ref();
    let lines = [
        ("Họ và tên", "name", text(&draft.full_name)),
        ("Ngày sinh", "birth", draft.birth.map(birth_text).unwrap_or_default()),
        ("Giới tính", "sex", sex(draft.sex).to_owned()),
        (
            "Quốc tịch",
            "nationality",
            draft.nationality.as_ref().map(|code| code.as_str().to_owned()).unwrap_or_default(),
        ),
        ("Giấy tờ", "document", kind.unwrap_or_default()),
        ("Số giấy tờ", "its number", number.unwrap_or_default()),
        ("Thời hạn tạm trú", "permitted until", draft.permitted_until.map(day).unwrap_or_default()),
        (
            "Nơi cư trú",
            "residence",
            draft
                .residence
                .as_ref()
                .map(|of| format!("{}: {}", of.kind.vietnamese(), of.detail))
                .unwrap_or_default(),
        ),
        ("Điện thoại", "telephone", text(&draft.telephone)),
        (
            "Người lớn chịu trách nhiệm",
            "responsible adult",
            adult
                .map(|adult| format!("{} ({})", adult.full_name, adult.relation.vietnamese()))
                .unwrap_or_default(),
        ),
        ("Phòng", "room", view::room(place, draft.room.as_deref())),
        ("Đến", "arrival", moment(draft.arrival)),
        ("Đi dự kiến", "planned departure", draft.departure.map(moment).unwrap_or_default()),
        ("Lý do", "reason", reason),
        ("Ghi chú", "note", text(&draft.note)),
    ];
    let lines = lines.into_iter().filter(|(_, _, value)| !value.is_empty());
    lines.map(|(words, english, value)| Line { words, english, value }).collect()
}

/// An older version of the data.
struct VersionView {
    number: u32,
    since: String,
    by: Option<(String, String)>,
    lines: Vec<Line>,
}

/// Something that happened.
struct EventView {
    words: String,
    english: &'static str,
    at: String,
    who: Option<String>,
    why: Option<String>,
}

fn event(kept: &KeptEvent) -> EventView {
    let (words, english) = match &kept.event {
        StayEvent::Ready => ("Đã ghi, đủ để gửi".to_owned(), "written down, ready"),
        StayEvent::Drafted => ("Đã ghi, chờ xác nhận".to_owned(), "written down, to be confirmed"),
        StayEvent::Confirmed => ("Đã xác nhận".to_owned(), "confirmed"),
        StayEvent::Sent { by: flows::lodging::Path::Portal } => {
            ("Gửi cổng thông báo lưu trú".to_owned(), "sent to the portal")
        }
        StayEvent::Sent { .. } => ("Đã lập tệp".to_owned(), "in a file"),
        StayEvent::Accepted { how } => accepted(*how),
        StayEvent::Rejected { reason } => (format!("Bị từ chối: {reason}"), "rejected"),
        StayEvent::FellToPaper => {
            ("Cổng không còn nhận: khai bằng tệp hoặc giấy".to_owned(), "by file or on paper from here on")
        }
        StayEvent::Corrected { .. } => ("Đính chính".to_owned(), "corrected"),
        StayEvent::Withdrawn => ("Rút thông báo".to_owned(), "withdrawn"),
        StayEvent::ToldByHand => (told(kept), "the police were told"),
        StayEvent::Extended { until } => (format!("Ở thêm đến {}", moment(*until)), "stays longer"),
        StayEvent::Left { at } => (format!("Rời đi lúc {}", moment(*at)), "left"),
    };
    let by = kept.by.as_ref();
    let who = by.map(|by| by.staff.clone());
    let why = by.map(|by| by.reason.clone()).filter(|why| !why.is_empty());
    EventView { words, english, at: moment(kept.at), who, why }
}

fn accepted(how: flows::lodging::Acceptance) -> (String, &'static str) {
    use flows::lodging::Acceptance;
    match how {
        Acceptance::Portal => ("Cổng đã nhận".to_owned(), "taken by the portal"),
        Acceptance::AlreadyStaying => (
            "Cổng báo khách đang lưu trú: lần gửi trước đã được nhận".to_owned(),
            "taken by an earlier sending",
        ),
        Acceptance::Counted => ("Đã đếm đủ trên cổng".to_owned(), "counted on the portal's page"),
        Acceptance::Paper => ("Công an đã nhận bằng giấy hoặc lời báo".to_owned(), "taken on paper"),
    }
}

fn told(kept: &KeptEvent) -> String {
    kept.told.as_ref().map_or_else(
        || "Đã báo công an".to_owned(),
        |told| {
            let how = match told.how {
                ToldHow::Telephone => "qua điện thoại",
                ToldHow::InPerson => "trực tiếp",
            };
            format!("Đã báo {how}: {}", told.whom)
        },
    )
}

/// What can be done now.
#[expect(clippy::struct_excessive_bools, reason = "what the template asks for")]
struct Actions {
    confirm: bool,
    correct: bool,
    withdraw: bool,
    extend: bool,
    leave: bool,
    paper: bool,
}

impl Actions {
    fn new(stay: &KeptStay, standing: &Standing, whole: bool) -> Self {
        let can = |event: &StayEvent| stay.draft.is_some() && standing.clone().apply(event).is_ok();
        let (arrival, how) = (stay.arrival, flows::lodging::Acceptance::Paper);
        Self {
            confirm: whole && can(&StayEvent::Confirmed),
            correct: can(&StayEvent::Corrected { draft: false }),
            withdraw: can(&StayEvent::Withdrawn),
            extend: can(&StayEvent::Extended { until: arrival }),
            leave: can(&StayEvent::Left { at: arrival }),
            paper: can(&StayEvent::Accepted { how }),
        }
    }
}

#[derive(Template)]
#[template(path = "lodging/guest.html")]
struct Page {
    frame: Frame,
    stay: StayView,
    version: u32,
    method: &'static str,
    lines: Vec<Line>,
    /// The number is masked, and is shown for a reason.
    masked: bool,
    versions: Vec<VersionView>,
    events: Vec<EventView>,
    actions: Actions,
    messages: Vec<MessageView>,
    party: Vec<(uuid::Uuid, String)>,
    now: String,
    again: bool,
    faults: Vec<String>,
}

fn older(place: &LodgingPlace, version: &StayVersion) -> VersionView {
    VersionView {
        number: version.version,
        since: moment(version.at),
        by: version.by.as_ref().map(|by| (by.staff.clone(), by.reason.clone())),
        lines: version.draft.as_ref().map(|draft| lines(place, draft, false)).unwrap_or_default(),
    }
}

/// The guest's page; `full_number`: a reason was given to see it.
pub(super) async fn page(
    console: &Console,
    staff: &Staff,
    place: &LodgingPlace,
    stay: &KeptStay,
    (full_number, again): (bool, bool),
    faults: Vec<String>,
) -> Result<Response, Failure> {
    let status = if faults.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let now = console.clock.now();
    let standing = stay.standing(now);
    let shows = full_number || view::is_duty(stay, now);
    let versions = console.store.stay_versions(stay.id).await?;
    let messages = messages::of_place(console, place).await?;
    let party = super::tonight::tonight(console, place).await?;
    let party: Vec<_> =
        party.into_iter().filter(|with| with.party == stay.party && with.id != stay.id).collect();
    let seen: Vec<_> = party.iter().map(|with| with.id).chain([stay.id]).collect();
    console.note_look(staff, place, &seen, Look::Guest, None).await?;
    let named = |with: KeptStay| {
        (with.id, with.draft.as_ref().and_then(|draft| draft.full_name.clone()).unwrap_or_default())
    };
    let page = Page {
        frame: Frame::new(console, staff, place),
        version: stay.version,
        method: words::method(stay.method),
        lines: stay.draft.as_ref().map(|draft| lines(place, draft, shows)).unwrap_or_default(),
        masked: !shows && stay.draft.is_some(),
        versions: versions
            .iter()
            .filter(|old| old.version != stay.version)
            .map(|old| older(place, old))
            .collect(),
        events: stay.events.iter().map(event).collect(),
        actions: Actions::new(stay, &standing, view::gaps(stay, place, now).is_empty()),
        messages: messages.into_iter().filter(|message| message.stay == stay.id).collect(),
        party: party.into_iter().map(named).collect(),
        now: field_moment(now),
        stay: StayView::new(stay, place, now),
        again,
        faults,
    };
    html(status, &page)
}

/// `GET /lodging/{place}/guests/{stay}`
pub(in crate::console) async fn show(
    State(console): State<Console>,
    staff: Staff,
    Here(place): Here,
    Named(stay): Named,
    RawQuery(query): RawQuery,
) -> Result<Response, Failure> {
    let stay = console.stay_at(&place, stay).await?;
    page(&console, &staff, &place, &stay, (false, query.as_deref() == Some("again")), Vec::new()).await
}

/// Why the number of a guest who is gone is wanted.
#[derive(Deserialize)]
pub(in crate::console) struct Why {
    #[serde(default)]
    reason: String,
}

/// `POST /lodging/{place}/guests/{stay}/number`
pub(in crate::console) async fn number(
    State(console): State<Console>,
    staff: Staff,
    Here(place): Here,
    Named(stay): Named,
    Form(why): Form<Why>,
) -> Result<Response, Failure> {
    let stay = console.stay_at(&place, stay).await?;
    let mut faults = Vec::new();
    let reason = form::line(&why.reason, "Lý do / Reason", &mut faults);
    if let Some(reason) = &reason {
        console.note_look(&staff, &place, &[stay.id], Look::Number, Some(reason)).await?;
    }
    page(&console, &staff, &place, &stay, (reason.is_some(), false), faults).await
}
