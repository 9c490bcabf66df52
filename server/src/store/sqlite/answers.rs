//! The insurance register's answers as they arrived.

use async_trait::async_trait;
use identity::SecretBytes;
use jiff::Timestamp;
use sqlx::Row as _;
use uuid::Uuid;

use super::{
    SqliteStore,
    audit::Logged,
    corrections,
    transaction::{Transaction, time},
    writer::Operation,
};
use crate::{
    sealed::{DataKey, Place, Sealed},
    store::{Answers, Decision, KeepHistory, KeptAnswer, StoreError},
};

fn place<'a>(column: &'static str, row: &'a str) -> Place<'a> {
    Place { table: "insurance_answers", column, row }
}

/// An answer to be written.
pub(super) struct New<'a> {
    pub(super) visit: &'a str,
    /// Whose key seals it.
    pub(super) subject: &'a str,
    pub(super) asked_by: &'a str,
    pub(super) json: &'a SecretBytes,
    /// Who asked for the visits elsewhere.
    pub(super) decision: Option<&'a Decision>,
    pub(super) at: Timestamp,
}

/// Keeps an answer.
pub(super) async fn keep(
    tx: &mut Transaction<'_>,
    key: &DataKey,
    answer: &New<'_>,
) -> Result<(), StoreError> {
    let new = tx.new_id()?;
    // As text, so that whoever is shown what is kept of them can read it.
    let json = zeroize::Zeroizing::new(String::from_utf8_lossy(answer.json.as_slice()).into_owned());
    let json = tx.seal(&*json, key, place("answer", &new))?;
    let decision =
        answer.decision.map(|decision| tx.seal(decision, key, place("decision", &new))).transpose()?;
    let row = sqlx::query(
        "INSERT INTO insurance_answers (id, visit, subject, asked_by, answer, decision, at)
         VALUES (?, ?, ?, ?, ?, ?, ?) RETURNING *",
    )
    .bind(&new)
    .bind(answer.visit)
    .bind(answer.subject)
    .bind(answer.asked_by)
    .bind(json)
    .bind(decision)
    .bind(answer.at.as_millisecond())
    .fetch_one(tx.on())
    .await?;
    tx.log(Logged::AnswerKept, &new, &row, answer.at).await
}

#[async_trait]
impl Operation for KeepHistory {
    type Output = ();

    async fn run(&self, tx: &mut Transaction<'_>) -> Result<(), StoreError> {
        let visit = self.visit.to_string();
        let subject = corrections::whose(tx, &visit).await?;
        let key = tx.key(&subject).await?.ok_or(StoreError::UnknownVisit)?;
        let answer = New {
            visit: &visit,
            subject: &subject,
            asked_by: &self.staff.to_string(),
            json: &self.json,
            decision: Some(&self.decision),
            at: self.at,
        };
        keep(tx, &key, &answer).await
    }
}

#[async_trait]
impl Answers for SqliteStore {
    async fn keep_history(&self, history: KeepHistory) -> Result<(), StoreError> {
        self.writer.submit(history).await
    }

    async fn answers_of(&self, visit: Uuid) -> Result<Vec<KeptAnswer>, StoreError> {
        let mut reader = self.readers.begin().await?;
        let rows = sqlx::query("SELECT * FROM insurance_answers WHERE visit = ? ORDER BY at, rowid")
            .bind(visit.to_string())
            .fetch_all(&mut *reader)
            .await?;
        let mut answers = Vec::with_capacity(rows.len());
        for row in &rows {
            let answer: String = row.try_get("id")?;
            let (mut json, mut decision) = (None, None);
            if let Some(key) = self.keys.fetch(&mut reader, row.try_get("subject")?).await? {
                let text: String =
                    Sealed::from_stored(row.try_get("answer")?).open(&key, place("answer", &answer))?;
                json = Some(SecretBytes::new(text.into_bytes()));
                if let Some(sealed) = row.try_get::<Option<Vec<u8>>, _>("decision")? {
                    decision = Some(Sealed::from_stored(sealed).open(&key, place("decision", &answer))?);
                }
            }
            let at = time("insurance_answers.at", row.try_get("at")?)?;
            answers.push(KeptAnswer { asked_by: row.try_get("asked_by")?, decision, json, at });
        }
        Ok(answers)
    }
}
