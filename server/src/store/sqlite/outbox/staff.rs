//! What staff and supervision see of the outbox, and what staff decide.

use async_trait::async_trait;
use identity::SecretBytes;
use sqlx::{Row as _, SqliteConnection, sqlite::SqliteRow};
use uuid::Uuid;

use super::{delivery::answer_place, payload_place};
use crate::{
    sealed::{DataKey, Place, Sealed},
    store::{
        DecideMessage, KeptReceipt, Lane, MessageKind, OutboxStatus, Standing, StoreError,
        UndeliveredMessage,
        outbox::MOST_LISTED,
        sqlite::{
            Keys,
            audit::Logged,
            parse_word,
            transaction::{Transaction, id, time},
            writer::Operation,
        },
    },
};

/// Which messages are listed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in crate::store::sqlite) enum Listed {
    /// All that were not delivered.
    Undelivered,
    /// Dead letters.
    Dead,
}

pub(in crate::store::sqlite) async fn undelivered(
    connection: &mut SqliteConnection,
    keys: &Keys,
    listed: Listed,
) -> Result<Vec<UndeliveredMessage>, StoreError> {
    let rows = sqlx::query(
        "SELECT outbox.*,
             (SELECT earlier.id FROM outbox AS earlier
              WHERE earlier.lane = outbox.lane AND earlier.subject = outbox.subject
                  AND earlier.seq < outbox.seq AND earlier.state IN ('waiting', 'dead')
              ORDER BY earlier.seq LIMIT 1) AS before,
             (SELECT count(*) FROM outbox AS later
              WHERE later.lane = outbox.lane AND later.subject = outbox.subject
                  AND later.seq > outbox.seq AND later.state IN ('waiting', 'dead')) AS behind
         FROM outbox WHERE state IN ('waiting', 'dead') AND (state = 'dead' OR ?1) ORDER BY seq LIMIT ?2",
    )
    .bind(listed == Listed::Undelivered)
    .bind(MOST_LISTED)
    .fetch_all(&mut *connection)
    .await?;
    let mut messages = Vec::with_capacity(rows.len());
    for row in &rows {
        messages.push(message(connection, keys, row).await?);
    }
    Ok(messages)
}

async fn message(
    connection: &mut SqliteConnection,
    keys: &Keys,
    row: &SqliteRow,
) -> Result<UndeliveredMessage, StoreError> {
    let message: &str = row.try_get("id")?;
    let kind: MessageKind = parse_word("outbox.kind", row.try_get("kind")?)?;
    let before: Option<&str> = row.try_get("before")?;
    let lane: Lane = parse_word("outbox.lane", row.try_get("lane")?)?;
    let standing = match (row.try_get("state")?, before) {
        ("dead", _) => Standing::Dead { since: time("outbox.ended_at", row.try_get("ended_at")?)? },
        (_, Some(before)) => Standing::Behind { message: id("outbox.id", before)? },
        (_, None) => {
            let leased: Option<i64> = row.try_get("leased_until")?;
            let next: i64 = row.try_get("not_before")?;
            Standing::Waiting { next: time("outbox.not_before", next.max(leased.unwrap_or(next)))? }
        }
    };
    let payload: Option<Vec<u8>> = row.try_get("payload")?;
    let to_say = match payload.filter(|_| lane == Lane::Staff) {
        Some(payload) => match keys.fetch(connection, row.try_get("subject")?).await? {
            // One that cannot be read keeps nobody from seeing the others.
            Some(key) => Sealed::<SecretBytes>::from_stored(payload).open(&key, payload_place(message)).ok(),
            None => None,
        },
        None => None,
    };
    Ok(UndeliveredMessage {
        id: id("outbox.id", message)?,
        kind,
        of: super::of(row)?,
        standing,
        attempts: row.try_get("attempts")?,
        error: row.try_get("error")?,
        queued: time("outbox.queued_at", row.try_get("queued_at")?)?,
        behind: row.try_get("behind")?,
        to_say,
    })
}

/// What becomes of a dead letter.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in crate::store::sqlite) enum Outcome {
    /// It is tried again.
    Retry,
    /// It is not delivered.
    SetAside,
}

/// A decision about a dead letter.
pub(in crate::store::sqlite) struct Decide {
    pub(in crate::store::sqlite) outcome: Outcome,
    pub(in crate::store::sqlite) decision: DecideMessage,
}

#[async_trait]
impl Operation for Decide {
    type Output = ();

    async fn run(&self, tx: &mut Transaction<'_>) -> Result<(), StoreError> {
        let DecideMessage { message, decision, at } = &self.decision;
        let (message, now) = (message.to_string(), at.as_millisecond());
        let dead = sqlx::query("SELECT lane, subject FROM outbox WHERE id = ? AND state = 'dead'")
            .bind(&message)
            .fetch_optional(tx.on())
            .await?
            .ok_or(StoreError::UnknownMessage)?;
        let lane: Lane = parse_word("outbox.lane", dead.try_get("lane")?)?;
        let (outcome, row) = match self.outcome {
            Outcome::Retry if lane == Lane::Staff => return Err(StoreError::NotRetriable),
            Outcome::Retry => {
                let row = sqlx::query(
                    "UPDATE outbox SET state = 'waiting', since = ?1, not_before = ?1, leased_until = NULL,
                         tried = 0, ended_at = NULL WHERE id = ?2 RETURNING *",
                );
                ("retry", row.bind(now).bind(&message).fetch_one(tx.on()).await?)
            }
            Outcome::SetAside => {
                let row = sqlx::query(
                    "UPDATE outbox SET state = 'set_aside', payload = NULL, leased_until = NULL, ended_at = ?1
                     WHERE id = ?2 RETURNING *",
                );
                ("set_aside", row.bind(now).bind(&message).fetch_one(tx.on()).await?)
            }
        };
        tx.log(Logged::MessageEnded, &message, &row, *at).await?;
        let key = tx.key(dead.try_get("subject")?).await?.ok_or(StoreError::UnknownMessage)?;
        let new = tx.new_id()?;
        let place = Place { table: "outbox_decisions", column: "decision", row: &new };
        let decision = tx.seal(decision, &key, place)?;
        let row = sqlx::query(
            "INSERT INTO outbox_decisions (id, message, outcome, decision, at) VALUES (?, ?, ?, ?, ?) RETURNING *",
        )
        .bind(&new)
        .bind(&message)
        .bind(outcome)
        .bind(decision)
        .bind(now)
        .fetch_one(tx.on())
        .await?;
        tx.log(Logged::MessageDecided, &new, &row, *at).await
    }
}

pub(in crate::store::sqlite) async fn receipts(
    connection: &mut SqliteConnection,
    keys: &Keys,
    visit: Uuid,
) -> Result<Vec<KeptReceipt>, StoreError> {
    let rows = sqlx::query(
        "SELECT outbox_receipts.*, outbox.payload, outbox.subject FROM outbox_receipts JOIN outbox ON outbox.id = message
         WHERE outbox_receipts.visit = ? ORDER BY outbox_receipts.at, seq",
    )
    .bind(visit.to_string())
    .fetch_all(&mut *connection)
    .await?;
    let mut receipts = Vec::with_capacity(rows.len());
    for row in &rows {
        // Of whom the message was, whosever the visit is now.
        let key = keys.fetch(&mut *connection, row.try_get("subject")?).await?;
        receipts.push(receipt(row, key.as_ref())?);
    }
    Ok(receipts)
}

fn receipt(row: &SqliteRow, key: Option<&DataKey>) -> Result<KeptReceipt, StoreError> {
    let message: &str = row.try_get("message")?;
    let unsealed = |sealed: Option<Vec<u8>>, place| {
        let (Some(key), Some(sealed)) = (key, sealed) else { return Ok(None) };
        Ok::<_, StoreError>(Some(Sealed::<SecretBytes>::from_stored(sealed).open(key, place)?))
    };
    Ok(KeptReceipt {
        message: id("outbox_receipts.message", message)?,
        transaction: row.try_get("receipt")?,
        received: time("outbox_receipts.received_at", row.try_get("received_at")?)?,
        at: time("outbox_receipts.at", row.try_get("at")?)?,
        sent: unsealed(row.try_get("payload")?, payload_place(message))?,
        answer: unsealed(row.try_get("answer")?, answer_place(message))?,
    })
}

pub(in crate::store::sqlite) async fn status(
    connection: &mut SqliteConnection,
) -> Result<OutboxStatus, StoreError> {
    let row = sqlx::query(
        "SELECT coalesce(sum(state = 'waiting'), 0) AS waiting, coalesce(sum(state = 'dead'), 0) AS dead,
             min(queued_at) AS oldest
         FROM outbox WHERE state IN ('waiting', 'dead')",
    )
    .fetch_one(&mut *connection)
    .await?;
    let next: Option<i64> = sqlx::query_scalar(
        "SELECT min(max(not_before, coalesce(leased_until, not_before))) FROM outbox AS due
         WHERE state = 'waiting' AND NOT EXISTS (
             SELECT 1 FROM outbox AS earlier
             WHERE earlier.lane = due.lane AND earlier.subject = due.subject
                 AND earlier.seq < due.seq AND earlier.state IN ('waiting', 'dead'))",
    )
    .fetch_one(connection)
    .await?;
    let moment = |what, value: Option<i64>| value.map(|value| time(what, value)).transpose();
    let (waiting, dead): (i64, i64) = (row.try_get("waiting")?, row.try_get("dead")?);
    Ok(OutboxStatus {
        waiting: waiting.unsigned_abs(),
        dead: dead.unsigned_abs(),
        oldest: moment("outbox.queued_at", row.try_get("oldest")?)?,
        next: moment("outbox.not_before", next)?,
    })
}
