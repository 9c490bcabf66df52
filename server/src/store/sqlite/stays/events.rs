//! What happens to a stay, written down.

use flows::lodging::{Path, State, StayEvent};
use jiff::Timestamp;

use super::{Open, event_place, open, plain, read};
use crate::store::{
    Decision, StoreError,
    sqlite::{audit::Logged, transaction::Transaction},
    stays::{StayAnswer, Told},
};

/// Who decided an event, and whom they told.
#[derive(Default, Clone, Copy)]
pub(super) struct By<'a> {
    pub(super) decision: Option<&'a Decision>,
    pub(super) told: Option<&'a Told>,
}

/// Writes down that `event` happens, where it can.
pub(super) async fn happen(
    tx: &mut Transaction<'_>,
    stay: &Open<'_>,
    event: &StayEvent,
    by: By<'_>,
    at: Timestamp,
) -> Result<(), StoreError> {
    let (keys, connection) = tx.keys_and_connection();
    let kept = read::one(connection, keys, stay.id).await?.ok_or(StoreError::UnknownStay)?;
    kept.standing(at).apply(event).map_err(|unfit| StoreError::StayUnfit(unfit.0))?;
    write(tx, stay, event, by, at).await
}

/// Writes `event` down.
pub(super) async fn write(
    tx: &mut Transaction<'_>,
    stay: &Open<'_>,
    event: &StayEvent,
    by: By<'_>,
    at: Timestamp,
) -> Result<(), StoreError> {
    let id = tx.new_id()?;
    let data = serde_json::to_value(plain(event));
    let data = data.map_err(|_| StoreError::Malformed { what: "an event to be written" })?;
    let word = data.get("event").and_then(serde_json::Value::as_str).unwrap_or_default().to_owned();
    let reason = match event {
        StayEvent::Rejected { reason } => Some(tx.seal(reason, &stay.key, event_place("reason", &id))?),
        _ => None,
    };
    let decision = by.decision.map(|by| tx.seal(by, &stay.key, event_place("decision", &id))).transpose()?;
    let told = by.told.map(|told| tx.seal(told, &stay.key, event_place("told", &id))).transpose()?;
    let row = sqlx::query(
        "INSERT INTO stay_events (id, stay, event, data, reason, decision, told, at)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?) RETURNING *",
    )
    .bind(&id)
    .bind(stay.id)
    .bind(word)
    .bind(data.to_string())
    .bind(reason)
    .bind(decision)
    .bind(told)
    .bind(at.as_millisecond())
    .fetch_one(tx.on())
    .await?;
    tx.log(Logged::StayChanged, &id, &row, at).await
}

/// A declaration was leased to go to the portal. Of a stay that is not waiting for it any more nothing is written, and
/// it does not go.
pub(in crate::store::sqlite) async fn sent(
    tx: &mut Transaction<'_>,
    stay: &str,
    at: Timestamp,
) -> Result<bool, StoreError> {
    let (keys, connection) = tx.keys_and_connection();
    let Some(kept) = read::one(connection, keys, stay).await? else { return Ok(false) };
    let standing = kept.standing(at);
    match standing.state() {
        State::Ready if standing.path() == Path::Portal => {
            let stay = open(tx, stay).await?;
            write(tx, &stay, &StayEvent::Sent { by: Path::Portal }, By::default(), at).await?;
            Ok(true)
        }
        // It is being tried again.
        State::Sent => Ok(standing.path() == Path::Portal),
        _ => Ok(false),
    }
}

/// What the portal said, where the stay still waits for it.
pub(in crate::store::sqlite) async fn answered(
    tx: &mut Transaction<'_>,
    stay: &str,
    answer: &StayAnswer,
    at: Timestamp,
) -> Result<(), StoreError> {
    let stay = open(tx, stay).await?;
    let event = match answer {
        StayAnswer::Accepted(how) => StayEvent::Accepted { how: *how },
        StayAnswer::Rejected(reason) => StayEvent::Rejected { reason: reason.clone() },
        StayAnswer::FellToPaper => StayEvent::FellToPaper,
    };
    match happen(tx, &stay, &event, By::default(), at).await {
        // Withdrawn, or told on paper, meanwhile: what the portal says of it changes nothing here.
        Err(StoreError::StayUnfit(_)) => Ok(()),
        outcome => outcome,
    }
}
