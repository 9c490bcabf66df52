//! Admitting a patient on the word of a member of staff (NHAP_TAY), in answer to a call.

use askama::Template;
use axum::{
    Form,
    extract::State,
    http::StatusCode,
    response::{IntoResponse as _, Redirect, Response},
};
use flows::{
    engine::Insurance,
    health::{
        Station,
        priority::{PriorityGround, priority_by_age},
    },
    policy::Strength,
};
use identity::ReasonCode;
use jiff::civil::Date;
use serde::Deserialize;

use super::{
    Console, Frame,
    calls::{self, CallView},
    check::Id,
    failure::{Failure, html},
    form::{self, WhereTo},
    live::News,
    session::Staff,
    visits::{AxisView, axes},
    words::InsuranceView,
};
use crate::{
    outbox::messages::asked_for_patient,
    session::{AtDesk, at_desk, proven},
    staff::Role,
    store::{
        AdmitByHand, CallState, Decision, Method, NewVisit, OpenCall, Patient, Queue, SessionRow,
        accesses::{File, Shown},
        visits::station_day,
    },
};

/// The form as it was typed.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Typed {
    pub(super) reason: String,
    pub(super) full_name: String,
    pub(super) number: String,
    pub(super) birth: String,
    pub(super) sex: String,
    /// `REASON/ROOM`
    pub(super) where_to: String,
    /// The word of a [`PriorityGround`], or nothing.
    pub(super) priority: String,
    /// The note in the form that closes the call.
    #[serde(skip)]
    pub(super) closing: String,
}

impl Typed {
    /// What the conversation established, for whoever goes on with it at the desk.
    fn from_conversation(known: &AtDesk) -> Self {
        let Some(person) = &known.person else { return Self::default() };
        Self {
            full_name: person.full_name.clone(),
            number: person.number.as_ref().map(|number| number.as_str().to_owned()).unwrap_or_default(),
            birth: form::birth_text(person.birth),
            sex: form::sex_value(person.sex).to_owned(),
            where_to: match (&known.reason, &known.room) {
                (Some(reason), Some(room)) => format!("{reason}/{room}"),
                _ => String::new(),
            },
            ..Self::default()
        }
    }
}

#[derive(Template)]
#[template(path = "call.html")]
#[expect(clippy::struct_excessive_bools, reason = "what the template asks for")]
struct Page {
    frame: Frame,
    call: CallView,
    /// Somebody else goes on with it.
    taken: bool,
    /// Whoever looks at it does.
    mine: bool,
    may_acknowledge: bool,
    may_hand_back: bool,
    axes: Vec<AxisView>,
    /// What the insurance register said in the conversation, for whoever goes on with it.
    insurance: Option<InsuranceView>,
    prefilled: bool,
    typed: Typed,
    where_to: Vec<WhereTo>,
    grounds: [PriorityGround; 5],
    faults: Vec<String>,
}

/// The page of a call, with what was typed and what is wrong with it. With nothing typed, whoever took the call over
/// sees what the conversation established.
pub(super) async fn page(
    console: &Console,
    staff: &Staff,
    call: OpenCall,
    typed: Option<Typed>,
    faults: Vec<String>,
) -> Result<Response, Failure> {
    let status = if faults.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let held = call.standing.state == CallState::TakenOver;
    let mine = held && call.standing.by.as_ref() == Some(&staff.member());
    let known = conversation(console, &call).await?.and_then(|session| at_desk(&session.state));
    // Whom the conversation established is shown to whoever goes on with it, and to nobody else.
    if mine && let Some(person) = known.as_ref().and_then(|known| known.person.as_ref()) {
        let subject = match &person.number {
            Some(number) => console.store.subject(number).await?,
            None => None,
        };
        console.note_file(staff, File::Call(call.id), subject, Shown::Record).await?;
    }
    let prefilled = typed.is_none() && mine && known.as_ref().is_some_and(|known| known.person.is_some());
    let mut typed = match (&known, typed) {
        (_, Some(typed)) => typed,
        (Some(known), None) if mine => Typed::from_conversation(known),
        (_, None) => Typed::default(),
    };
    if call.code == ReasonCode::Emergency && typed.where_to.is_empty() {
        typed.where_to = form::emergency_place(&console.station);
        PriorityGround::Emergency.as_str().clone_into(&mut typed.priority);
    }
    let page = Page {
        frame: staff.frame(console),
        taken: held && !mine,
        mine,
        may_acknowledge: call.standing.state == CallState::Waiting,
        may_hand_back: (mine || !held) && known.as_ref().is_some_and(|known| !known.over),
        axes: known
            .as_ref()
            .and_then(|known| known.verdict.as_ref().map(|verdict| axes(verdict, known.card)))
            .unwrap_or_default(),
        insurance: known
            .as_ref()
            .filter(|_| mine)
            .and_then(|known| known.insurance.as_ref())
            .map(|insurance| InsuranceView::new(insurance.status, insurance.result_code.as_deref())),
        prefilled,
        where_to: form::where_to(&console.station, &typed.where_to),
        call: CallView::new(call, console.clock.now()),
        typed,
        grounds: PriorityGround::ALL,
        faults,
    };
    html(status, &page)
}

/// The conversation that a call came from.
async fn conversation(console: &Console, call: &OpenCall) -> Result<Option<SessionRow>, Failure> {
    match call.session {
        Some(session) => Ok(console.store.session(session, &call.kiosk).await?),
        None => Ok(None),
    }
}

/// What the form says, or what is wrong with it.
fn read(
    typed: &Typed,
    staff: &Staff,
    station: &Station,
    today: Date,
) -> Result<(Decision, NewVisit), Vec<String>> {
    let mut faults = Vec::new();
    let why = form::line(&typed.reason, "Lý do nhập tay / Why by hand", &mut faults);
    let full_name = form::name(&typed.full_name, "Họ và tên người bệnh / Patient's full name", &mut faults);
    let number = form::number(&typed.number, &mut faults);
    let birth = form::birth(&typed.birth, today, &mut faults);
    let place = form::place(&typed.where_to, station, &mut faults);
    let (Some(why), Some(full_name), Some((reason, room)), []) = (why, full_name, place, faults.as_slice())
    else {
        return Err(faults);
    };
    let by_age = birth.is_some_and(|birth| priority_by_age(birth, today)).then_some(PriorityGround::Age);
    let priority = by_age.or_else(|| PriorityGround::parse(&typed.priority));
    let visit = NewVisit {
        station: station.code.clone(),
        patient: Patient {
            full_name,
            number,
            birth,
            sex: form::sex(&typed.sex),
            reason: reason.id.clone(),
            insurance_number: None,
            priority,
            representative: None,
        },
        method: Method::ByHand,
        strength: Strength::NoDocument,
        queue: Queue::of(priority),
        room: room.id.clone(),
        insurance: Insurance::unverified(None),
        numbers: Vec::new(),
        answer: None,
    };
    Ok((staff.decision(why), visit))
}

/// `POST /staff/calls/{call}/admit`
pub(super) async fn admit(
    State(console): State<Console>,
    staff: Staff,
    Id(call): Id,
    Form(typed): Form<Typed>,
) -> Result<Response, Failure> {
    staff.require(Role::Reception)?;
    let at = console.clock.now();
    let open = calls::open(&console, call).await?;
    let (decision, mut visit) = match read(&typed, &staff, &console.station, station_day(at)) {
        Ok(read) => read,
        Err(faults) => return page(&console, &staff, open, Some(typed), faults).await,
    };
    let session = conversation(&console, &open).await?;
    // Whom the conversation established, and staff did not say to be another, is established as strongly.
    if let Some(known) = session.as_ref().and_then(|session| at_desk(&session.state))
        && let (Some(person), Some(number), Some(strength)) =
            (&known.person, &visit.patient.number, known.strength)
        && person.number.as_ref() == Some(number)
    {
        visit.strength = strength;
    }
    let (chip, submission) = session.and_then(|session| proven(&session.state)).unzip();
    let messages = asked_for_patient(&visit.patient, &visit.insurance, at)?;
    let admission = AdmitByHand { call, decision, visit, chip, submission, messages, at };
    let recorded = console.store.admit_by_hand(admission).await?;
    console.live.tell(News::Calls);
    console.live.tell(News::Queue);
    let again = if recorded.already { "?again" } else { "" };
    Ok(Redirect::to(&format!("/staff/visits/{}{again}", recorded.visit)).into_response())
}
