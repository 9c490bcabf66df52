//! A new guest.

use askama::Template;
use axum::{
    Form,
    extract::{Query, State},
    http::StatusCode,
    response::{IntoResponse as _, Redirect, Response},
};
use flows::{
    Service,
    lodging::{
        DocumentKind, LodgingPlace, ResidenceKind, StayEvent, StayReason, local_day, place::LodgingRoom,
    },
    person::Relation,
    policy::{self, Decision},
};
use serde::Deserialize;
use uuid::Uuid;

use super::{
    super::{
        Console,
        failure::{Failure, html},
        session::Staff,
    },
    Frame, Here, PLACES,
    form::{Typed, field_moment},
    look::Look,
    path,
    person::Kind,
};
use crate::store::stays::{ChangeStay, NewStay, StayRecorded, Which};

/// Something to choose.
pub(super) struct Choice {
    pub(super) value: String,
    pub(super) words: String,
    pub(super) chosen: bool,
}

/// What the fields of a form about a guest offer.
pub(super) struct Choices {
    pub(super) rooms: Vec<Choice>,
    pub(super) reasons: Vec<Choice>,
    pub(super) documents: Vec<Choice>,
    pub(super) residences: Vec<Choice>,
    pub(super) relations: Vec<Choice>,
}

impl Choices {
    pub(super) fn new(place: &LodgingPlace, typed: &Typed) -> Self {
        let choice =
            |value: String, words: String, typed: &str| Choice { chosen: value == typed, value, words };
        let room = |room: &LodgingRoom| choice(room.id.clone(), room.told(), &typed.room);
        let code = |code: u8, words: &str, typed: &str| choice(code.to_string(), words.to_owned(), typed);
        Self {
            rooms: place.rooms.iter().map(room).collect(),
            reasons: StayReason::ALL
                .iter()
                .map(|reason| code(reason.code(), reason.vietnamese(), &typed.stay_reason))
                .collect(),
            documents: DocumentKind::ALL
                .iter()
                .map(|kind| code(kind.code(), kind.vietnamese(), &typed.document_kind))
                .collect(),
            residences: ResidenceKind::ALL
                .iter()
                .map(|kind| code(kind.code(), kind.vietnamese(), &typed.residence_kind))
                .collect(),
            relations: Relation::ALL
                .iter()
                .map(|of| choice(of.as_str().to_owned(), of.vietnamese().to_owned(), &typed.adult_relation))
                .collect(),
        }
    }
}

#[derive(Template)]
#[template(path = "lodging/new.html")]
struct Page {
    frame: Frame,
    typed: Typed,
    choices: Choices,
    /// Whom they may have come with.
    parties: Vec<Choice>,
    faults: Vec<String>,
}

async fn page(
    console: &Console,
    staff: &Staff,
    place: &LodgingPlace,
    typed: Typed,
    faults: Vec<String>,
) -> Result<Response, Failure> {
    let status = if faults.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let now = console.clock.now();
    let there = console.store.stays(&place.id, Which::Night(local_day(now)), now).await?;
    let ids: Vec<_> = there.iter().map(|stay| stay.id).collect();
    console.note_look(staff, place, &ids, Look::List, None).await?;
    let parties = there.iter().filter(|stay| stay.party == stay.id).filter_map(|stay| {
        let draft = stay.draft.as_ref()?;
        let value = stay.id.to_string();
        let words = format!("{} – {}", stay.number, draft.full_name.as_deref().unwrap_or("chưa có tên"));
        Some(Choice { chosen: value == typed.party, value, words })
    });
    let page = Page {
        frame: Frame::new(console, staff, place),
        parties: parties.collect(),
        choices: Choices::new(place, &typed),
        typed,
        faults,
    };
    html(status, &page)
}

/// What the address says of the form.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(in crate::console) struct Asked {
    kind: String,
    party: String,
}

/// `GET /lodging/{place}/guests/new`
pub(in crate::console) async fn show(
    State(console): State<Console>,
    staff: Staff,
    Here(place): Here,
    Query(asked): Query<Asked>,
) -> Result<Response, Failure> {
    let mut typed = Typed {
        kind: Kind::parse(&asked.kind).as_str().to_owned(),
        arrival: field_moment(console.clock.now()),
        nationality: flows::lodging::NationalityCode::VIETNAM.to_owned(),
        ..Typed::default()
    };
    // Who comes with somebody mostly shares room, days and reason.
    if let Ok(party) = Uuid::parse_str(&asked.party) {
        let first = console.stay_at(&place, party).await?;
        console.note_look(&staff, &place, &[first.id], Look::Guest, None).await?;
        if let Some(draft) = &first.draft {
            let of = Typed::of(draft);
            let (room, departure, stay_reason) = (of.room, of.departure, of.stay_reason);
            typed = Typed { party: first.party.to_string(), room, departure, stay_reason, ..typed };
        }
    }
    page(&console, &staff, &place, typed, Vec::new()).await
}

/// `POST /lodging/{place}/guests/new`
pub(in crate::console) async fn record(
    State(console): State<Console>,
    staff: Staff,
    Here(place): Here,
    Form(typed): Form<Typed>,
) -> Result<Response, Failure> {
    let now = console.clock.now();
    let mut faults = Vec::new();
    let kind = Kind::parse(&typed.kind);
    let mut draft = typed.stay(&place, now, &mut faults);
    kind.read(&typed, &mut draft, local_day(now), &mut faults);
    let party = match typed.party.as_str() {
        "" => None,
        id => {
            let id = Uuid::parse_str(id).map_err(|_| Failure::NotFound)?;
            Some(console.stay_at(&place, id).await?.party)
        }
    };
    if !faults.is_empty() {
        return page(&console, &staff, &place, typed, faults).await;
    }
    let (method, strength) = kind.evidence();
    let whole = draft.declaration(&place, local_day(now)).is_ok();
    let stay = NewStay {
        place: place.id.clone(),
        path: path(&place),
        party,
        visit: None,
        draft,
        method,
        strength,
        chip: None,
        submission: None,
        ready: whole && policy::decide(Service::Lodging, strength) == Decision::Done,
        by: Some(staff.decision("ghi khách".to_owned())),
        at: now,
    };
    let ready = stay.ready;
    let recorded = console.store.record_stay(stay).await?;
    if whole && !ready && !recorded.already && !typed.looked.is_empty() {
        confirm(&console, &staff, &recorded).await?;
    }
    console.stays_changed();
    let again = if recorded.already { "?again" } else { "" };
    Ok(Redirect::to(&format!("{PLACES}/{}/guests/{}{again}", place.id, recorded.stay)).into_response())
}

/// Whoever wrote the guest down looked at the document.
async fn confirm(console: &Console, staff: &Staff, recorded: &StayRecorded) -> Result<(), Failure> {
    let confirmed = ChangeStay {
        stay: recorded.stay,
        seen: 1,
        event: StayEvent::Confirmed,
        corrected: None,
        by: staff.decision("đã xem giấy tờ và người".to_owned()),
        to_say: None,
        at: console.clock.now(),
    };
    console.store.change_stay(confirmed).await?;
    Ok(())
}
