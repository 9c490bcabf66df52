//! Correcting a guest's data: a new version, and the old one stays.

use askama::Template;
use axum::{
    Form,
    extract::State,
    http::StatusCode,
    response::{IntoResponse as _, Redirect, Response},
};
use flows::lodging::{Draft, LodgingPlace, StayEvent, local_day};
use uuid::Uuid;

use super::{
    super::{
        Console,
        failure::{Failure, html},
        form::line,
        session::Staff,
    },
    Frame, Here, Named, PLACES,
    form::Typed,
    look::Look,
    new::Choices,
    say,
};
use crate::store::stays::{ChangeStay, KeptStay};

#[derive(Template)]
#[template(path = "lodging/correct.html")]
struct Page {
    frame: Frame,
    stay: Uuid,
    number: u32,
    typed: Typed,
    choices: Choices,
    faults: Vec<String>,
}

async fn page(
    console: &Console,
    staff: &Staff,
    place: &LodgingPlace,
    stay: &KeptStay,
    typed: Typed,
    faults: Vec<String>,
) -> Result<Response, Failure> {
    let status = if faults.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    console.note_look(staff, place, &[stay.id], Look::Guest, None).await?;
    let page = Page {
        frame: Frame::new(console, staff, place),
        stay: stay.id,
        number: stay.number,
        choices: Choices::new(place, &typed),
        typed,
        faults,
    };
    html(status, &page)
}

/// `GET /lodging/{place}/guests/{stay}/correct`
pub(in crate::console) async fn show(
    State(console): State<Console>,
    staff: Staff,
    Here(place): Here,
    Named(stay): Named,
) -> Result<Response, Failure> {
    let stay = console.stay_at(&place, stay).await?;
    let draft = correctable(&console, &stay)?;
    let typed = Typed { seen: stay.version.to_string(), ..Typed::of(draft) };
    page(&console, &staff, &place, &stay, typed, Vec::new()).await
}

/// The data of a stay that can be corrected: not of one that is over, whose number is masked.
fn correctable<'a>(console: &Console, stay: &'a KeptStay) -> Result<&'a Draft, Failure> {
    let now = console.clock.now();
    let fits = stay.standing(now).apply(&StayEvent::Corrected { draft: false }).is_ok();
    let duty = super::view::is_duty(stay, now);
    stay.draft.as_ref().filter(|_| fits && duty).ok_or(Failure::StayChanged)
}

/// `POST /lodging/{place}/guests/{stay}/correct`
pub(in crate::console) async fn correct(
    State(console): State<Console>,
    staff: Staff,
    Here(place): Here,
    Named(stay): Named,
    Form(typed): Form<Typed>,
) -> Result<Response, Failure> {
    let now = console.clock.now();
    let stay = console.stay_at(&place, stay).await?;
    let before = correctable(&console, &stay)?;
    let mut faults = Vec::new();
    let mut draft = typed.stay(&place, now, &mut faults);
    typed.guest(&mut draft, local_day(now), &mut faults);
    // A code of the address that nobody typed stays where the address does.
    if let (Some(old), Some(new)) = (&before.residence, &mut draft.residence)
        && old.detail == new.detail
    {
        (new.province, new.commune) = (old.province.clone(), old.commune.clone());
    }
    let reason = line(&typed.reason, "Vì sao sửa / Why", &mut faults);
    if typed.arrival.trim().is_empty() {
        faults.push("Đến lúc: chưa điền (arrival is empty)".into());
    }
    let (Some(reason), true) = (reason, faults.is_empty()) else {
        return page(&console, &staff, &place, &stay, typed, faults).await;
    };
    let whole = draft.declaration(&place, local_day(now)).is_ok();
    let event = StayEvent::Corrected { draft: !whole || typed.looked.is_empty() };
    let to_say = say::to_say(&place, &stay, &event, Some(&draft), &reason);
    let change = ChangeStay {
        stay: stay.id,
        seen: typed.seen.parse().map_err(|_| Failure::StayChanged)?,
        event,
        corrected: Some(draft),
        by: staff.decision(reason),
        to_say,
        at: now,
    };
    console.store.change_stay(change).await?;
    console.stays_changed();
    Ok(Redirect::to(&format!("{PLACES}/{}/guests/{}", place.id, stay.id)).into_response())
}
