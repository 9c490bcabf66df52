//! Correcting a visit: a new version, and the old one stays.

use askama::Template;
use axum::{
    Form,
    extract::{Query, State as Of},
    http::StatusCode,
    response::{IntoResponse as _, Redirect, Response},
};
use flows::{
    engine::{Insurance, InsuranceStatus},
    health::{
        priority::PriorityGround,
        queue::{Event, Queue, State},
    },
    law::RequestKind,
    policy::Strength,
};
use identity::{SecretBytes, number::PersonalNumber};
use serde::Deserialize;
use unicode_normalization::UnicodeNormalization as _;
use uuid::Uuid;

use super::{
    Console, Frame,
    accesses::{self, Given},
    check::Id,
    failure::{Failure, html},
    form::{self, WhereTo},
    live::News,
    session::Staff,
    time,
    visits::found,
    words,
};
use crate::{
    national::insurance::{Action, ResultCode},
    outbox::messages::{asked_now, population_asked_now},
    staff::Role,
    store::{
        CorrectVisit, Decision, Method, Patient, PlaceChange, QueuePlace, StoreError, Visit, Wrong,
        accesses::{Opens, Shown},
        subject_requests::{self, CarryOut, Outcome},
        visits::station_day,
    },
};

/// The form as it was typed.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Typed {
    /// The request about their data that it answers; none where the desk corrects on its own.
    request: String,
    /// The version that was looked at.
    seen: String,
    wrong: String,
    reason: String,
    full_name: String,
    number: String,
    birth: String,
    sex: String,
    /// The number on the insurance card, where that was wrong.
    insurance_number: String,
    /// `REASON/ROOM`
    where_to: String,
}

/// What can have been wrong.
struct WrongView {
    value: &'static str,
    words: &'static str,
    english: &'static str,
    chosen: bool,
}

#[derive(Template)]
#[template(path = "correct.html")]
struct Page {
    frame: Frame,
    visit: Uuid,
    ticket: String,
    number_masked: Option<String>,
    wrongs: Vec<WrongView>,
    typed: Typed,
    where_to: Vec<WhereTo>,
    faults: Vec<String>,
}

fn page(
    console: &Console,
    staff: &Staff,
    visit: &Visit,
    typed: Typed,
    faults: Vec<String>,
) -> Result<Response, Failure> {
    let status = if faults.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let number = visit.patient.as_ref().and_then(|patient| patient.number.as_ref());
    let wrongs = Wrong::ALL.map(|wrong| {
        let (words, english) = words::wrong(wrong);
        WrongView { value: wrong.as_str(), words, english, chosen: typed.wrong == wrong.as_str() }
    });
    let page = Page {
        frame: staff.frame(console),
        visit: visit.recorded.visit,
        ticket: visit.recorded.ticket_number(),
        number_masked: number.map(PersonalNumber::masked),
        wrongs: wrongs.into(),
        where_to: form::where_to(&console.station, &typed.where_to),
        typed,
        faults,
    };
    html(status, &page)
}

/// On whose word a visit is corrected.
#[derive(Clone, Copy)]
enum Ground {
    /// The desk's own.
    Desk,
    /// A request of the person's: the manager carries it out.
    Request(Uuid),
}

impl Ground {
    /// By the id of a request, or nothing. Whoever may not correct on it is refused.
    async fn of(console: &Console, staff: &Staff, visit: &Visit, request: &str) -> Result<Self, Failure> {
        if request.is_empty() {
            staff.require(Role::Reception)?;
            return Ok(Self::Desk);
        }
        staff.require(Role::Manager)?;
        let id = Uuid::parse_str(request).map_err(|_| Failure::NotFound)?;
        let request = console.store.subject_request(id).await?.ok_or(Failure::NotFound)?;
        let theirs = match request.subject {
            // Also where their records were merged, or it turned out to be theirs.
            Some(subject) => {
                let visits = console.store.visits_of(subject).await?;
                visits.iter().any(|theirs| theirs.visit == visit.recorded.visit)
            }
            None => false,
        };
        let open = request.kind == RequestKind::Correct && !request.is_over();
        if theirs && open { Ok(Self::Request(id)) } else { Err(Failure::NotFound) }
    }

    /// Lets `staff` see the record, and writes that down with its ground.
    async fn may_see(self, console: &Console, staff: &Staff, visit: &Visit) -> Result<bool, Failure> {
        let Self::Request(request) = self else {
            return console.may_see(staff, visit, Shown::Record).await;
        };
        let given = Given { reason: format!("Yêu cầu {request}"), recipient: None };
        console.note_reason(staff, visit.recorded.visit, Opens::Record, given).await?;
        Ok(true)
    }

    /// The patient, as far as they may be shown: data whose use was restricted only to carry out the person's own wish.
    fn patient<'a>(self, console: &Console, visit: &'a Visit) -> Option<&'a Patient> {
        match self {
            Self::Desk => visit.patient_shown(station_day(console.clock.now())),
            Self::Request(_) => visit.patient.as_ref(),
        }
    }
}

/// The request in the address.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    request: String,
}

/// `GET /staff/visits/{visit}/correct`
pub(super) async fn show(
    Of(console): Of<Console>,
    staff: Staff,
    Id(visit): Id,
    Query(asked): Query<Asked>,
) -> Result<Response, Failure> {
    staff.require_any(&[Role::Reception, Role::Manager])?;
    let visit = found(&console, visit).await?;
    let ground = Ground::of(&console, &staff, &visit, &asked.request).await?;
    if !ground.may_see(&console, &staff, &visit).await? {
        return accesses::ask(&console, &staff, &visit, Vec::new());
    }
    let patient = ground.patient(&console, &visit).ok_or(Failure::NotFound)?;
    let version = console.store.visit_versions(visit.recorded.visit).await?.len();
    let unknown = visit.recorded.method == Method::Undetermined;
    let typed = Typed {
        request: asked.request,
        seen: version.to_string(),
        wrong: if unknown { Wrong::Identified } else { Wrong::Data }.as_str().to_owned(),
        full_name: if unknown { String::new() } else { patient.full_name.clone() },
        birth: patient.birth.map(form::birth_text).unwrap_or_default(),
        sex: form::sex_value(patient.sex).to_owned(),
        where_to: format!("{}/{}", patient.reason, visit.recorded.room),
        ..Typed::default()
    };
    page(&console, &staff, &visit, typed, Vec::new())
}

/// What the form makes of a visit, or what is wrong with it.
fn read(
    typed: &Typed,
    staff: &Staff,
    console: &Console,
    visit: &Visit,
) -> Result<Result<CorrectVisit, Vec<String>>, Failure> {
    let at = console.clock.now();
    let today = station_day(at);
    let day = station_day(visit.recorded.at);
    let mut faults = Vec::new();
    let wrong = Wrong::ALL.into_iter().find(|wrong| wrong.as_str() == typed.wrong);
    if wrong.is_none() {
        faults.push("Sai gì: chưa chọn (choose what was wrong)".into());
    }
    let why = form::line(&typed.reason, "Lý do sửa / Why it is corrected", &mut faults);
    let full_name = form::name(&typed.full_name, "Họ và tên người bệnh / Patient's full name", &mut faults);
    let number = form::number(&typed.number, &mut faults);
    let birth = form::birth(&typed.birth, today, &mut faults);
    let insured = form::insurance_number(&typed.insurance_number, &mut faults);
    let place = form::place(&typed.where_to, &console.station, &mut faults);
    let (Some(wrong), Some(why), Some(full_name), Some((reason, room)), [], Ok(seen), Some(before)) =
        (wrong, why, full_name, place, faults.as_slice(), typed.seen.parse::<u32>(), visit.patient.as_ref())
    else {
        return Ok(Err(faults));
    };
    let other = wrong.is_about_somebody_else();
    // Left empty, the number stays, unless it is somebody else's.
    let number = if other { number } else { number.or_else(|| before.number.clone()) };
    let renumbered = number != before.number;
    let recorded = &visit.recorded;
    // Where the place or the insurance was wrong, who it is was not.
    let (full_name, birth) = match wrong {
        Wrong::Place | Wrong::Insurance => (before.full_name.clone(), before.birth),
        _ => (full_name, birth),
    };
    let renamed = full_name != before.full_name || birth != before.birth;
    let kept = !other && !renumbered;
    // A document proves the name that stands in it, however its marks are placed, and no other.
    let same = plain(&full_name) == plain(&before.full_name) && birth == before.birth;
    let still_proved = kept && (same || !recorded.strength.may_see_own_records());
    let another = !kept || wrong == Wrong::Insurance || insured.is_some();
    let asks = another || (renamed && was_about_the_name(visit));
    let insurance = Insurance {
        status: if asks { InsuranceStatus::Unverified } else { visit.insurance_now() },
        result_code: visit.insurance_result_now().filter(|_| !asks).map(str::to_owned),
        // One that was somebody else's, or is what was wrong, counts no more.
        card: visit.card_now().filter(|_| !another).cloned(),
    };
    let patient = Patient {
        full_name,
        number,
        birth,
        sex: form::sex(&typed.sex),
        reason: reason.id.clone(),
        insurance_number: insured.clone().or_else(|| before.insurance_number.clone().filter(|_| kept)),
        // What was said stays said; age counts as it is known now.
        priority: form::ground(before.priority.filter(|ground| *ground != PriorityGround::Age), birth, day),
        representative: if wrong == Wrong::Person { None } else { before.representative.clone() },
        code_warnings: if kept { before.code_warnings.clone() } else { Vec::new() },
    };
    let look_up = if asks {
        // The card's own number, where that was corrected: the personal number led to the wrong one.
        let mut asked = patient.clone();
        if insured.is_some() {
            asked.number = None;
        }
        asked_now(&asked, at)?
    } else {
        None
    };
    // It rests on the consent of whoever was there: nobody else is asked about.
    let about_them = wrong == Wrong::Data && (renumbered || renamed);
    let population_check = if about_them { population_asked_now(&patient, at)? } else { None };
    let (what, _) = words::wrong(wrong);
    let to_say = format!(
        "Lượt khám số {} ngày {}: {what}. Lý do: {why}. Xin báo cổng tiếp nhận BHXH dữ liệu đúng theo lượt khám đã sửa.",
        recorded.ticket_number(),
        time::day(time::local(recorded.at).date()),
    );
    Ok(Ok(CorrectVisit {
        visit: recorded.visit,
        seen,
        wrong,
        patient,
        method: if still_proved { recorded.method } else { Method::ByHand },
        strength: if still_proved { recorded.strength } else { Strength::NoDocument },
        room: room.id.clone(),
        insurance,
        decision: staff.decision(why),
        look_up,
        population_check,
        to_say: SecretBytes::new(to_say.into_bytes()),
        at,
    }))
}

/// A name without its marks, in small letters: `Hoà` and `Hòa` are one.
fn plain(name: &str) -> String {
    let letters = name.to_lowercase().replace('đ', "d");
    letters.nfd().filter(|letter| letter.is_alphabetic()).collect()
}

/// Whether the register refused this name or birth date, or has not said anything: another name is then another
/// question.
fn was_about_the_name(visit: &Visit) -> bool {
    let code = visit.insurance_result_now().and_then(ResultCode::parse);
    visit.insurance_now() == InsuranceStatus::Unverified
        || code.is_some_and(|code| code.action() == Action::AskThenStaff)
}

/// Writes the new version; for a request, that it was done as well. Says whether a register has to be told.
async fn carry_out(console: &Console, ground: Ground, correction: CorrectVisit) -> Result<bool, Failure> {
    let request = match ground {
        Ground::Desk => return Ok(console.store.correct_visit(correction).await?.to_tell),
        Ground::Request(request) => request,
    };
    let (decision, at) = (correction.decision.clone(), correction.at);
    let action = subject_requests::Action::Correct(Box::new(correction));
    let outcome = console.store.carry_out(CarryOut { request, action, decision, at }).await?;
    Ok(matches!(outcome, Outcome::Corrected(corrected) if corrected.to_tell))
}

/// What the place in the queue has to follow.
struct Follows {
    visit: Uuid,
    /// The corrected room.
    room: Option<String>,
    /// The row, where the ground for being seen before others is another one.
    row: Option<Queue>,
    by: Decision,
}

/// Has the place in today's queue follow a correction, while the person still waits.
async fn follow(console: &Console, follows: Follows) -> Result<(), Failure> {
    let Follows { visit, room, row, by } = follows;
    let (at, rule) = (console.clock.now(), console.station.queue);
    let queue = console.store.queue(&console.station.code, station_day(at), rule).await?;
    let waits = |place: &&QueuePlace| place.state.is_open() && place.state != State::BeingSeen;
    let Some(place) = queue.place(visit).filter(waits) else { return Ok(()) };
    let moved = room.filter(|room| place.room != *room).map(|room| Event::Moved { room });
    // Whom staff put among the emergencies stays there.
    let urgent = place.queue == Queue::Emergency;
    let reranked = row.filter(|row| place.queue != *row && !urgent).map(|queue| Event::Reranked { queue });
    for event in moved.into_iter().chain(reranked) {
        let change = PlaceChange { visit, event, by: by.clone(), rule, at };
        match console.store.change_place(change).await {
            Ok(()) => console.live.tell(News::Queue),
            // Called or seen meanwhile: whoever has the person there sends them on.
            Err(StoreError::Queue(_)) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

/// `POST /staff/visits/{visit}/correct`
pub(super) async fn correct(
    Of(console): Of<Console>,
    staff: Staff,
    Id(visit): Id,
    Form(typed): Form<Typed>,
) -> Result<Response, Failure> {
    staff.require_any(&[Role::Reception, Role::Manager])?;
    let visit = found(&console, visit).await?;
    let ground = Ground::of(&console, &staff, &visit, &typed.request).await?;
    if !ground.may_see(&console, &staff, &visit).await? {
        return accesses::ask(&console, &staff, &visit, Vec::new());
    }
    ground.patient(&console, &visit).ok_or(Failure::NotFound)?;
    match read(&typed, &staff, &console, &visit)? {
        Err(faults) => page(&console, &staff, &visit, typed, faults),
        Ok(correction) => {
            let before = visit.patient.as_ref().and_then(|patient| patient.priority);
            let now = correction.patient.priority;
            let follows = Follows {
                visit: visit.recorded.visit,
                room: Some(correction.room.clone()).filter(|room| *room != visit.recorded.room),
                row: (before != now).then(|| Queue::of(now)),
                by: correction.decision.clone(),
            };
            let to_tell = carry_out(&console, ground, correction).await?;
            follow(&console, follows).await?;
            let tell = if to_tell { "?tell" } else { "" };
            let next = match ground {
                Ground::Desk => format!("/staff/visits/{}{tell}", visit.recorded.visit),
                Ground::Request(request) => format!("/staff/privacy/requests/{request}"),
            };
            Ok(Redirect::to(&next).into_response())
        }
    }
}
