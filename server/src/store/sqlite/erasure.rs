//! Erasure: what is deleted is the key.

use async_trait::async_trait;
use jiff::Timestamp;
use sqlx::SqliteConnection;
use uuid::Uuid;

use super::{
    audit::Logged,
    corrections, outbox,
    requests::before,
    transaction::{Transaction, id},
    writer::Operation,
};
use crate::store::{Forgotten, StoreError, sessions::SESSION_HOURS};

pub(super) async fn subject(
    connection: &mut SqliteConnection,
    look_up: &[u8; 32],
) -> Result<Option<Uuid>, StoreError> {
    let found: Option<String> = sqlx::query_scalar("SELECT id FROM subjects WHERE look_up = ?")
        .bind(look_up.as_slice())
        .fetch_optional(connection)
        .await?;
    found.map(|found| id("subjects.id", &found)).transpose()
}

pub(super) struct DestroySubjectKey {
    pub(super) subject: Uuid,
    pub(super) at: Timestamp,
}

#[async_trait]
impl Operation for DestroySubjectKey {
    type Output = ();

    async fn run(&self, tx: &mut Transaction<'_>) -> Result<(), StoreError> {
        let subject = self.subject.to_string();
        let known: Option<i64> = sqlx::query_scalar("SELECT 1 FROM subjects WHERE id = ?")
            .bind(&subject)
            .fetch_optional(tx.on())
            .await?;
        if known.is_none() || !tx.destroy_key(&subject).await? {
            return Err(StoreError::UnknownSubject);
        }
        // Whoever comes back is a new subject: the keyed hash would link them to the erased one.
        let row = sqlx::query("UPDATE subjects SET look_up = NULL WHERE id = ? RETURNING *")
            .bind(&subject)
            .fetch_one(tx.on())
            .await?;
        let sessions: Vec<String> = sqlx::query_scalar(
            "SELECT id FROM sessions WHERE visit IN (SELECT id FROM visits WHERE subject = ?1)
             UNION SELECT session FROM visits WHERE subject = ?1 AND session IS NOT NULL",
        )
        .bind(&subject)
        .fetch_all(tx.on())
        .await?;
        for session in &sessions {
            tx.destroy_key(session).await?;
            sqlx::query("DELETE FROM requests WHERE owner = ?").bind(session).execute(tx.on()).await?;
        }
        outbox::erase(tx, &subject, self.at).await?;
        tx.log(Logged::KeyDestroyed, &subject, &row, self.at).await?;
        // What was kept of them while nobody knew who they were.
        for temporary in corrections::temporary_of(tx, &subject).await? {
            if tx.destroy_key(&temporary).await? {
                let row = sqlx::query("SELECT * FROM subjects WHERE id = ?")
                    .bind(&temporary)
                    .fetch_one(tx.on())
                    .await?;
                tx.log(Logged::KeyDestroyed, &temporary, &row, self.at).await?;
            }
        }
        Ok(())
    }
}

pub(super) struct ForgetExpired {
    pub(super) at: Timestamp,
}

#[async_trait]
impl Operation for ForgetExpired {
    type Output = Forgotten;

    async fn run(&self, tx: &mut Transaction<'_>) -> Result<Forgotten, StoreError> {
        let limit = before(self.at, SESSION_HOURS * 3600);
        let sessions: Vec<String> = sqlx::query_scalar(
            "SELECT sessions.id FROM sessions JOIN keys ON keys.owner = sessions.id WHERE sessions.turned_at < ?",
        )
        .bind(limit)
        .fetch_all(tx.on())
        .await?;
        let mut forgotten = Forgotten::default();
        for session in &sessions {
            tx.destroy_key(session).await?;
            forgotten.sessions += 1;
            let gone =
                sqlx::query("DELETE FROM requests WHERE owner = ?").bind(session).execute(tx.on()).await?;
            forgotten.requests += gone.rows_affected();
        }
        // A response of a conversation that goes on stays as long as that does, or it could not be repeated.
        let gone = sqlx::query(
            "DELETE FROM requests WHERE claimed_at < ? AND (owner IS NULL OR owner NOT IN (SELECT id FROM sessions))",
        )
        .bind(limit)
        .execute(tx.on())
        .await?;
        forgotten.requests += gone.rows_affected();
        let challenges =
            sqlx::query("DELETE FROM challenges WHERE issued_at < ?").bind(limit).execute(tx.on()).await?;
        let counts = [forgotten.sessions, forgotten.requests, challenges.rows_affected()];
        if counts != [0; 3] {
            let counts = counts.map(u64::to_be_bytes);
            tx.log_content(Logged::ExpiredForgotten, "sessions", &[&counts.concat()], self.at).await?;
        }
        Ok(forgotten)
    }
}
