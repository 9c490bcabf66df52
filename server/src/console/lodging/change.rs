//! What is done about a guest: confirm, withdraw, extend, leave, taken on paper.

use axum::{
    Form,
    extract::State,
    response::{IntoResponse as _, Redirect, Response},
};
use flows::lodging::{Acceptance, LodgingPlace, StayEvent};
use jiff::Timestamp;
use serde::Deserialize;

use super::{
    super::{
        Console,
        failure::Failure,
        form::{line, optional_line},
        session::Staff,
    },
    Here, Named, PLACES,
    form::moment,
    guest, say, view,
};
use crate::store::stays::{ChangeStay, KeptStay};

/// The form of a button.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(in crate::console) struct Typed {
    /// `confirm`, `withdraw`, `extend`, `leave` or `paper`.
    action: String,
    /// The version that was seen.
    seen: String,
    reason: String,
    until: String,
    at: String,
}

/// The event, and the words of whoever decides it.
fn read(
    typed: &Typed,
    stay: &KeptStay,
    place: &LodgingPlace,
    now: Timestamp,
    faults: &mut Vec<String>,
) -> Option<(StayEvent, String)> {
    let reason = |faults: &mut _| line(&typed.reason, "Lý do / Reason", faults);
    let said = |words: &str, faults: &mut _| {
        optional_line(&typed.reason, "Lý do / Reason", faults).unwrap_or_else(|| words.to_owned())
    };
    match typed.action.as_str() {
        "confirm" => {
            let gaps = view::gaps(stay, place, now);
            faults.extend(gaps.iter().map(|gap| format!("{} ({})", gap.vietnamese(), gap.english())));
            Some((StayEvent::Confirmed, "đã xem giấy tờ và người".to_owned()))
        }
        "withdraw" => Some((StayEvent::Withdrawn, reason(faults)?)),
        "paper" => Some((StayEvent::Accepted { how: Acceptance::Paper }, reason(faults)?)),
        "extend" => {
            let until = moment(&typed.until, "Ở đến / Until", now, faults);
            let planned = stay.until(now).unwrap_or(stay.arrival);
            let later = until.filter(|until| *until > planned && *until > now);
            if later.is_none() {
                faults.push("Ở đến: phải sau ngày đi đã khai và sau bây giờ (later than planned)".into());
            }
            Some((StayEvent::Extended { until: later? }, said("ở thêm", faults)))
        }
        "leave" => {
            let at = if typed.at.trim().is_empty() {
                Some(now)
            } else {
                moment(&typed.at, "Rời lúc / Left at", now, faults)
            };
            // A minute that a form shows is over before it comes back.
            let possible = at.filter(|at| *at >= stay.arrival && *at <= now);
            if possible.is_none() {
                faults.push("Rời lúc: không trước lúc đến và không sau bây giờ (not before arrival, not in the future)".into());
            }
            Some((StayEvent::Left { at: possible? }, said("đã rời đi", faults)))
        }
        _ => None,
    }
}

/// `POST /lodging/{place}/guests/{stay}/change`
pub(in crate::console) async fn change(
    State(console): State<Console>,
    staff: Staff,
    Here(place): Here,
    Named(stay): Named,
    Form(typed): Form<Typed>,
) -> Result<Response, Failure> {
    let now = console.clock.now();
    let stay = console.stay_at(&place, stay).await?;
    let mut faults = Vec::new();
    let read = read(&typed, &stay, &place, now, &mut faults);
    if read.is_none() && faults.is_empty() {
        faults.push("Chưa chọn việc cần làm (choose what to do)".into());
    }
    let (Some((event, reason)), true) = (read, faults.is_empty()) else {
        return guest::page(&console, &staff, &place, &stay, (false, false), faults).await;
    };
    let to_say = say::to_say(&place, &stay, &event, None, &reason);
    let change = ChangeStay {
        stay: stay.id,
        seen: typed.seen.parse().map_err(|_| Failure::StayChanged)?,
        event,
        corrected: None,
        by: staff.decision(reason),
        to_say,
        at: now,
    };
    console.store.change_stay(change).await?;
    console.stays_changed();
    Ok(Redirect::to(&format!("{PLACES}/{}/guests/{}", place.id, stay.id)).into_response())
}
