//! Leasing a message to whoever delivers it, and what came of it.

use async_trait::async_trait;
use identity::SecretBytes;
use jiff::{SignedDuration, Timestamp};
use sqlx::{QueryBuilder, Row as _, Sqlite, sqlite::SqliteRow};

use super::{
    super::{checks, corrections, stays},
    About, Subject, erase, follow, of, payload_place,
};
use crate::{
    sealed::{DataKey, Place, Sealed},
    store::{
        ClaimedMessage, Delivered, Found, MessageKind, MessageReceipt, NotDelivered, Of, StoreError,
        outbox::MOST_TOGETHER,
        sqlite::{
            audit::Logged,
            parse_word,
            transaction::{Transaction, id, time},
            writer::Operation,
        },
    },
};

/// Leases the next message.
pub(in crate::store::sqlite) struct Claim {
    pub(in crate::store::sqlite) at: Timestamp,
    pub(in crate::store::sqlite) lease: SignedDuration,
}

/// What is due: no earlier one about the same subject to the same system is waiting or dead.
const DUE: &str = "state = 'waiting' AND not_before <= ?2 AND coalesce(leased_until, 0) <= ?2
    AND NOT EXISTS (
        SELECT 1 FROM outbox AS earlier
        WHERE earlier.lane = due.lane AND earlier.subject = due.subject
            AND earlier.seq < due.seq AND earlier.state IN ('waiting', 'dead'))";

#[async_trait]
impl Operation for Claim {
    type Output = Option<ClaimedMessage>;

    async fn run(&self, tx: &mut Transaction<'_>) -> Result<Option<ClaimedMessage>, StoreError> {
        loop {
            let rows = self.lease(tx, "ORDER BY not_before, seq LIMIT 1", None).await?;
            let Some(row) = rows.first() else { return Ok(None) };
            let Some(mut message) = self.opened(tx, row).await? else { continue };
            let (batch, alone): (Option<String>, bool) = (row.try_get("batch")?, row.try_get("alone")?);
            if let Some(batch) = batch.filter(|_| !alone) {
                let others = format!("AND alone = 0 ORDER BY not_before, seq LIMIT {}", MOST_TOGETHER - 1);
                for row in self.lease(tx, &others, Some(&batch)).await? {
                    message.with.extend(self.opened(tx, &row).await?);
                }
            }
            return Ok(Some(message));
        }
    }
}

impl Claim {
    /// Leases what is due, of this batch where one is given.
    async fn lease(
        &self,
        tx: &mut Transaction<'_>,
        which: &str,
        batch: Option<&str>,
    ) -> Result<Vec<SqliteRow>, StoreError> {
        let until = self.at.saturating_add(self.lease).unwrap_or(Timestamp::MAX);
        let mut query = QueryBuilder::<Sqlite>::new(
            // The time after which it is given up begins with the first attempt: what waited behind another was not
            // tried in vain meanwhile.
            "UPDATE outbox SET leased_until = ?1, attempts = attempts + 1, tried = tried + 1,
                 since = iif(tried = 0, ?2, since)
             WHERE seq IN (SELECT seq FROM outbox AS due WHERE (?3 IS NULL OR batch = ?3) AND ",
        );
        query.push(DUE).push(" ").push(which).push(") RETURNING *");
        let rows = query.build().bind(until.as_millisecond()).bind(self.at.as_millisecond()).bind(batch);
        let mut rows = rows.fetch_all(tx.on()).await?;
        rows.sort_by_key(|row| row.try_get::<i64, _>("seq").unwrap_or_default());
        Ok(rows)
    }

    /// A leased message, opened; none where it does not go out after all.
    async fn opened(
        &self,
        tx: &mut Transaction<'_>,
        row: &SqliteRow,
    ) -> Result<Option<ClaimedMessage>, StoreError> {
        let (message, subject): (&str, &str) = (row.try_get("id")?, row.try_get("subject")?);
        let Some(key) = tx.key(subject).await? else {
            erase(tx, subject, self.at).await?;
            return Ok(None);
        };
        tx.log(Logged::MessageClaimed, message, row, self.at).await?;
        let sealed = row.try_get::<Option<Vec<u8>>, _>("payload")?;
        let opened = sealed
            .map(|sealed| Sealed::<SecretBytes>::from_stored(sealed).open(&key, payload_place(message)));
        // One row that is damaged holds up nobody else's messages.
        let Some(Ok(payload)) = opened else {
            set_aside(tx, message, self.at).await?;
            return Ok(None);
        };
        let (kind, of) = (parse_word("outbox.kind", row.try_get("kind")?)?, of(row)?);
        if let (MessageKind::StayDeclaration, Of::Stay(stay)) = (kind, of)
            && !stays::sent(tx, &stay.to_string(), self.at).await?
        {
            superseded(tx, message, self.at).await?;
            return Ok(None);
        }
        Ok(Some(ClaimedMessage {
            id: id("outbox.id", message)?,
            kind,
            of,
            attempt: row.try_get("attempts")?,
            tried: row.try_get("tried")?,
            since: time("outbox.since", row.try_get("since")?)?,
            unclear: row.try_get("unclear")?,
            payload,
            with: Vec::new(),
        }))
    }
}

/// The declaration of a stay that was withdrawn, corrected, or told otherwise, meanwhile: it does not go out.
async fn superseded(tx: &mut Transaction<'_>, message: &str, at: Timestamp) -> Result<(), StoreError> {
    let row = sqlx::query(
        "UPDATE outbox SET state = 'set_aside', payload = NULL, leased_until = NULL, error = 'superseded', ended_at = ?
         WHERE id = ? RETURNING *",
    )
    .bind(at.as_millisecond())
    .bind(message)
    .fetch_one(tx.on())
    .await?;
    tx.log(Logged::MessageEnded, message, &row, at).await
}

/// A message that cannot be read is staff's.
async fn set_aside(tx: &mut Transaction<'_>, message: &str, at: Timestamp) -> Result<(), StoreError> {
    let row = sqlx::query(
        "UPDATE outbox SET state = 'dead', leased_until = NULL, error = 'payload_unreadable', ended_at = ?
         WHERE id = ? RETURNING *",
    )
    .bind(at.as_millisecond())
    .bind(message)
    .fetch_one(tx.on())
    .await?;
    tx.log(Logged::MessageDeferred, message, &row, at).await
}

#[async_trait]
impl Operation for Delivered {
    type Output = ();

    async fn run(&self, tx: &mut Transaction<'_>) -> Result<(), StoreError> {
        let message = self.message.to_string();
        let subject: Option<String> = sqlx::query_scalar("SELECT subject FROM outbox WHERE id = ?")
            .bind(&message)
            .fetch_optional(tx.on())
            .await?;
        let key = match subject {
            Some(subject) => tx.key(&subject).await?,
            None => None,
        };
        let sent = match (&self.receipt, &key) {
            (Some(receipt), Some(key)) => Some(tx.seal(&receipt.sent, key, payload_place(&message))?),
            _ => None,
        };
        // A dead letter too: the report may come after the lease ran out and a later attempt was the last.
        let row = sqlx::query(
            "UPDATE outbox SET state = 'delivered', payload = ?, leased_until = NULL, error = NULL, ended_at = ?
             WHERE id = ? AND state IN ('waiting', 'dead') RETURNING *",
        )
        .bind(sent)
        .bind(self.at.as_millisecond())
        .bind(&message)
        .fetch_optional(tx.on())
        .await?;
        let Some(row) = row else { return Ok(()) };
        tx.log(Logged::MessageEnded, &message, &row, self.at).await?;
        // Erased since it was leased: the answer is nobody's.
        if let (Some(receipt), Some(key)) = (&self.receipt, &key) {
            keep(tx, &row, receipt, key, self.at).await?;
        }
        let visit = match of(&row)? {
            Of::Visit(visit) => visit.to_string(),
            Of::Stay(stay) => {
                return match &self.found {
                    Some(Found::Stay(answer)) if key.is_some() => {
                        stays::answered(tx, &stay.to_string(), answer, self.at).await
                    }
                    _ => Ok(()),
                };
            }
        };
        let visit = visit.as_str();
        // Whose visit it is may have turned out since it was asked: the answer about somebody else is not about it.
        let theirs = corrections::is_about_theirs(tx, visit, row.try_get("subject")?).await?;
        match self.found.as_ref().filter(|_| theirs) {
            Some(Found::Insurance(insurance)) => {
                checks::keep_insurance(tx, visit, row.try_get("subject")?, insurance, self.at).await
            }
            Some(Found::Population(outcome)) => checks::keep_population(tx, visit, *outcome, self.at).await,
            Some(Found::Stay(_)) | None => Ok(()),
        }
    }
}

async fn keep(
    tx: &mut Transaction<'_>,
    message: &SqliteRow,
    receipt: &MessageReceipt,
    key: &DataKey,
    at: Timestamp,
) -> Result<(), StoreError> {
    let id: &str = message.try_get("id")?;
    let row = sqlx::query(
        "INSERT INTO outbox_receipts (message, visit, receipt, received_at, answer, at)
         VALUES (?, ?, ?, ?, ?, ?) RETURNING *",
    )
    .bind(id)
    .bind(message.try_get::<&str, _>("visit")?)
    .bind(&receipt.transaction)
    .bind(receipt.received.as_millisecond())
    .bind(tx.seal(&receipt.answer, key, answer_place(id))?)
    .bind(at.as_millisecond())
    .fetch_one(tx.on())
    .await?;
    tx.log(Logged::ReceiptKept, id, &row, at).await
}

pub(super) fn answer_place(row: &str) -> Place<'_> {
    Place { table: "outbox_receipts", column: "answer", row }
}

#[async_trait]
impl Operation for NotDelivered {
    type Output = ();

    async fn run(&self, tx: &mut Transaction<'_>) -> Result<(), StoreError> {
        let message = self.message.to_string();
        let row = sqlx::query(
            "UPDATE outbox SET state = iif(?1 IS NULL, 'dead', 'waiting'), not_before = coalesce(?1, not_before),
                 leased_until = NULL, error = ?2, ended_at = iif(?1 IS NULL, ?3, NULL),
                 unclear = max(unclear, ?6), alone = max(alone, ?7)
             WHERE id = ?4 AND state = 'waiting' AND attempts = ?5 RETURNING *",
        )
        .bind(self.again.map(Timestamp::as_millisecond))
        .bind(&self.error)
        .bind(self.at.as_millisecond())
        .bind(&message)
        .bind(self.attempt)
        .bind(self.unclear)
        .bind(self.alone)
        .fetch_optional(tx.on())
        .await?;
        let Some(row) = row else { return Ok(()) };
        tx.log(Logged::MessageDeferred, &message, &row, self.at).await?;
        // It was on its way when the visit turned out to be somebody else's.
        let (visit, before): (Option<&str>, &str) = (row.try_get("visit")?, row.try_get("subject")?);
        let Some(visit) = visit else { return Ok(()) };
        let whose = corrections::whose(tx, visit).await?;
        match tx.key(&whose).await? {
            Some(key) if whose != before => {
                follow(tx, &About { of: Subject::Visit(visit), subject: &whose, key: &key }, self.at).await
            }
            _ => Ok(()),
        }
    }
}
