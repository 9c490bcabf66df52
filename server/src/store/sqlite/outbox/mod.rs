//! What must reach a national system.

use async_trait::async_trait;
use jiff::Timestamp;
use sqlx::{Row as _, sqlite::SqliteRow};

use super::{
    audit::Logged,
    corrections, requests,
    transaction::{Transaction, id},
    writer::Operation,
};
use crate::{
    sealed::{DataKey, Place},
    store::{FirstCost, MessageKind, NewMessage, Of, Queued, StoreError},
};

mod corrected;
mod delivery;
mod staff;

pub(super) use corrected::{end_questions, follow};
pub(super) use delivery::Claim;
pub(super) use staff::{Decide, Listed, Outcome, receipts, status, undelivered};

/// The record that messages speak of.
#[derive(Clone, Copy)]
pub(super) enum Subject<'a> {
    Visit(&'a str),
    Stay(&'a str),
}

impl<'a> Subject<'a> {
    const fn visit(self) -> Option<&'a str> {
        match self {
            Self::Visit(visit) => Some(visit),
            Self::Stay(_) => None,
        }
    }

    const fn stay(self) -> Option<&'a str> {
        match self {
            Self::Stay(stay) => Some(stay),
            Self::Visit(_) => None,
        }
    }
}

/// What messages are about.
pub(super) struct About<'a> {
    pub(super) of: Subject<'a>,
    pub(super) subject: &'a str,
    pub(super) key: &'a DataKey,
}

/// Queues a message in the transaction of its record. One with the same kind, record and part stays as it is.
pub(super) async fn queue(
    tx: &mut Transaction<'_>,
    about: &About<'_>,
    message: &NewMessage,
    at: Timestamp,
) -> Result<Queued, StoreError> {
    queue_in(tx, about, message, None, at).await
}

/// The same for one that may go out in one call with others of the same `batch`.
pub(super) async fn queue_in(
    tx: &mut Transaction<'_>,
    about: &About<'_>,
    message: &NewMessage,
    batch: Option<&str>,
    at: Timestamp,
) -> Result<Queued, StoreError> {
    let kind = message.kind.as_str();
    let there: Option<String> =
        sqlx::query_scalar("SELECT id FROM outbox WHERE kind = ? AND visit IS ? AND stay IS ? AND part = ?")
            .bind(kind)
            .bind(about.of.visit())
            .bind(about.of.stay())
            .bind(&message.part)
            .fetch_optional(tx.on())
            .await?;
    if let Some(there) = there {
        return Ok(Queued { message: id("outbox.id", &there)?, already: true });
    }
    let new = tx.new_id()?;
    let payload = tx.seal(&message.payload, about.key, payload_place(&new))?;
    // Nobody delivers what a person has to tell: it is theirs from the beginning.
    let for_staff = message.kind.lane() == crate::store::Lane::Staff;
    let row = sqlx::query(
        "INSERT INTO outbox (id, kind, lane, subject, visit, stay, part, payload, state, queued_at, since, not_before,
             ended_at, batch)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?10, ?11, ?12, ?13) RETURNING *",
    )
    .bind(&new)
    .bind(kind)
    .bind(message.kind.lane().as_str())
    .bind(about.subject)
    .bind(about.of.visit())
    .bind(about.of.stay())
    .bind(&message.part)
    .bind(payload)
    .bind(if for_staff { "dead" } else { "waiting" })
    .bind(at.as_millisecond())
    .bind(message.not_before.as_millisecond())
    .bind(for_staff.then_some(at.as_millisecond()))
    .bind(batch)
    .fetch_one(tx.on())
    .await?;
    tx.log(Logged::MessageQueued, &new, &row, at).await?;
    Ok(Queued { message: id("outbox.id", &new)?, already: false })
}

/// What a message speaks of.
fn of(row: &SqliteRow) -> Result<Of, StoreError> {
    match (row.try_get("visit")?, row.try_get("stay")?) {
        (Some(visit), None) => Ok(Of::Visit(id("outbox.visit", visit)?)),
        (None, Some(stay)) => Ok(Of::Stay(id("outbox.stay", stay)?)),
        _ => Err(StoreError::Malformed { what: "what a message speaks of" }),
    }
}

fn payload_place(row: &str) -> Place<'_> {
    Place { table: "outbox", column: "payload", row }
}

#[async_trait]
impl Operation for FirstCost {
    type Output = Option<Queued>;

    async fn run(&self, tx: &mut Transaction<'_>) -> Result<Option<Queued>, StoreError> {
        let visit = self.visit.to_string();
        let subject = corrections::whose(tx, &visit).await?;
        let key = tx.key(&subject).await?.ok_or(StoreError::UnknownVisit)?;
        let queued = match &self.message {
            Some(message) => {
                let about = About { of: Subject::Visit(&visit), subject: &subject, key: &key };
                Some(queue(tx, &about, message, self.at).await?)
            }
            None => None,
        };
        requests::complete_alone(tx, &self.request, &self.respond.to(&queued)).await?;
        let said = queued.map_or_else(Vec::new, |queued| queued.message.as_bytes().to_vec());
        tx.log_content(Logged::FirstCostReported, &visit, &[&said], self.at).await?;
        Ok(queued)
    }
}

/// Why a question that rests on consent is not asked any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stopped {
    /// The consent was taken back.
    Withdrawn,
    /// The person had the use of their data restricted.
    Restricted,
    /// The person objected.
    Objected,
}

impl Stopped {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Withdrawn => "consent_withdrawn",
            Self::Restricted => "restricted",
            Self::Objected => "objected",
        }
    }
}

/// Ends the questions about a person that rested on their consent alone.
pub(super) async fn stop_what_rested_on_consent(
    tx: &mut Transaction<'_>,
    subject: &str,
    why: Stopped,
    at: Timestamp,
) -> Result<u64, StoreError> {
    let mut stopped = 0;
    for kind in MessageKind::ALL.into_iter().filter(|kind| kind.rests_on_consent()) {
        let rows = sqlx::query(
            "UPDATE outbox SET state = 'set_aside', payload = NULL, leased_until = NULL, ended_at = ?, error = ?
             WHERE subject IN (SELECT same FROM same_person WHERE same_person.subject = ?)
                 AND kind = ? AND state IN ('waiting', 'dead') RETURNING *",
        )
        .bind(at.as_millisecond())
        .bind(why.as_str())
        .bind(subject)
        .bind(kind.as_str())
        .fetch_all(tx.on())
        .await?;
        for row in rows {
            tx.log(Logged::MessageEnded, row.try_get("id")?, &row, at).await?;
            stopped += 1;
        }
    }
    Ok(stopped)
}

/// Ends the messages of a subject whose key is destroyed: nobody can read them any more.
pub(super) async fn erase(tx: &mut Transaction<'_>, subject: &str, at: Timestamp) -> Result<(), StoreError> {
    let rows = sqlx::query(
        "UPDATE outbox SET state = 'erased', payload = NULL, leased_until = NULL, ended_at = ?
         WHERE subject = ? AND state IN ('waiting', 'dead') RETURNING *",
    )
    .bind(at.as_millisecond())
    .bind(subject)
    .fetch_all(tx.on())
    .await?;
    for row in rows {
        tx.log(Logged::MessageEnded, row.try_get("id")?, &row, at).await?;
    }
    Ok(())
}
