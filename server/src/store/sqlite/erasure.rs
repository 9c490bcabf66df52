//! Erasure: what is deleted is the key.

use async_trait::async_trait;
use flows::law::{Record, retention::Ending};
use jiff::Timestamp;
use sqlx::SqliteConnection;
use uuid::Uuid;

use super::{
    audit::Logged,
    corrections, numbers, outbox,
    purge::{self, Purged},
    sign_ins,
    transaction::{Transaction, id},
    writer::Operation,
};
use crate::store::{Forgotten, StoreError};

pub(super) async fn subject(
    connection: &mut SqliteConnection,
    look_up: &[u8; 32],
) -> Result<Option<Uuid>, StoreError> {
    let found: Option<String> = sqlx::query_scalar("SELECT id FROM subjects WHERE look_up = ?")
        .bind(look_up.as_slice())
        .fetch_optional(&mut *connection)
        .await?;
    match found {
        Some(found) => Ok(Some(id("subjects.id", &numbers::root(connection, found).await?)?)),
        None => Ok(None),
    }
}

pub(super) struct DestroySubjectKey {
    pub(super) subject: Uuid,
    pub(super) at: Timestamp,
}

#[async_trait]
impl Operation for DestroySubjectKey {
    type Output = ();

    async fn run(&self, tx: &mut Transaction<'_>) -> Result<(), StoreError> {
        destroy(tx, &self.subject.to_string(), self.at).await
    }
}

/// Destroys a subject's key, with those of the subjects that were merged into it, of those under which the person was
/// kept before, and of the conversations that ended in their visits.
pub(super) async fn destroy(
    tx: &mut Transaction<'_>,
    subject: &str,
    at: Timestamp,
) -> Result<(), StoreError> {
    let known: Option<i64> = sqlx::query_scalar("SELECT 1 FROM subjects WHERE id = ?")
        .bind(subject)
        .fetch_optional(tx.on())
        .await?;
    let mut theirs = numbers::merged_into(tx.on(), subject).await?;
    for merged in theirs.clone() {
        theirs.extend(corrections::earlier_of(tx.on(), &merged).await?);
    }
    theirs.extend(corrections::earlier_of(tx.on(), subject).await?);
    if known.is_none() || !destroy_one(tx, subject, at).await? {
        return Err(StoreError::UnknownSubject);
    }
    for subject in &theirs {
        destroy_one(tx, subject, at).await?;
    }
    Ok(())
}

/// Says whether there was a key.
async fn destroy_one(tx: &mut Transaction<'_>, subject: &str, at: Timestamp) -> Result<bool, StoreError> {
    if !tx.destroy_key(subject).await? {
        return Ok(false);
    }
    numbers::forget(tx, subject, at).await?;
    // Whoever comes back is a new subject: the keyed hash would link them to the erased one.
    let row = sqlx::query("UPDATE subjects SET look_up = NULL WHERE id = ? RETURNING *")
        .bind(subject)
        .fetch_one(tx.on())
        .await?;
    let sessions: Vec<String> = sqlx::query_scalar(
        "SELECT id FROM sessions WHERE visit IN (SELECT id FROM visits WHERE subject = ?1)
         UNION SELECT session FROM visits WHERE subject = ?1 AND session IS NOT NULL",
    )
    .bind(subject)
    .fetch_all(tx.on())
    .await?;
    for session in &sessions {
        tx.destroy_key(session).await?;
        sqlx::query("DELETE FROM requests WHERE owner = ?").bind(session).execute(tx.on()).await?;
    }
    sqlx::query("DELETE FROM same_day WHERE visit IN (SELECT id FROM visits WHERE subject = ?)")
        .bind(subject)
        .execute(tx.on())
        .await?;
    outbox::erase(tx, subject, at).await?;
    tx.log(Logged::KeyDestroyed, subject, &row, at).await?;
    Ok(true)
}

pub(super) struct ForgetExpired {
    pub(super) at: Timestamp,
}

#[async_trait]
impl Operation for ForgetExpired {
    type Output = Forgotten;

    async fn run(&self, tx: &mut Transaction<'_>) -> Result<Forgotten, StoreError> {
        let older_than = Record::SessionState.over_before(self.at).unwrap_or(Timestamp::MIN);
        let limit = older_than.as_millisecond();
        let sessions: Vec<String> = sqlx::query_scalar(
            "SELECT sessions.id FROM sessions JOIN keys ON keys.owner = sessions.id WHERE sessions.turned_at < ?",
        )
        .bind(limit)
        .fetch_all(tx.on())
        .await?;
        let mut requests = Vec::new();
        for session in &sessions {
            tx.destroy_key(session).await?;
            let gone: Vec<String> = sqlx::query_scalar("DELETE FROM requests WHERE owner = ? RETURNING key")
                .bind(session)
                .fetch_all(tx.on())
                .await?;
            requests.extend(gone);
        }
        // A response of a conversation that goes on stays as long as that does, or it could not be repeated.
        let gone: Vec<String> = sqlx::query_scalar(
            "DELETE FROM requests WHERE claimed_at < ? AND (owner IS NULL OR owner NOT IN (SELECT id FROM sessions))
             RETURNING key",
        )
        .bind(limit)
        .fetch_all(tx.on())
        .await?;
        requests.extend(gone);
        sign_ins::forget(tx, self.at).await?;
        let challenges: Vec<String> =
            sqlx::query_scalar("DELETE FROM challenges WHERE issued_at < ? RETURNING id")
                .bind(limit)
                .fetch_all(tx.on())
                .await?;
        let same_day: Vec<String> = match Record::SameDay.over_before(self.at) {
            Some(limit) => {
                sqlx::query_scalar("DELETE FROM same_day WHERE at < ? RETURNING visit")
                    .bind(limit.as_millisecond())
                    .fetch_all(tx.on())
                    .await?
            }
            None => Vec::new(),
        };
        for (record, ending, ids) in [
            (Record::SessionState, Ending::KeyDestroyed, &sessions),
            (Record::StoredResponse, Ending::RowDeleted, &requests),
            (Record::Challenge, Ending::RowDeleted, &challenges),
            (Record::SameDay, Ending::RowDeleted, &same_day),
        ] {
            purge::prove(tx, &Purged { record, ending, older_than, ids, logged: false }, self.at).await?;
        }
        Ok(Forgotten { sessions: sessions.len() as u64, requests: requests.len() as u64 })
    }
}
