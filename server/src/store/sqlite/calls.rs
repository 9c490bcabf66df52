//! Calls for staff.

use async_trait::async_trait;
use jiff::Timestamp;
use sqlx::{Row as _, SqliteConnection};
use uuid::Uuid;

use super::{
    Keys,
    audit::Logged,
    consents, desk, parse_word, requests, sessions,
    transaction::{Transaction, id, time},
    visits, word,
    writer::Operation,
};
use crate::{
    sealed::{DataKey, Place},
    store::{AdmitByHand, CloseCall, Decision, NewCall, OpenCall, Recorded, StepCall, StoreError},
};

#[async_trait]
impl Operation for NewCall {
    type Output = Uuid;

    async fn run(&self, tx: &mut Transaction<'_>) -> Result<Uuid, StoreError> {
        let session = match self.session {
            Some(session) => Some(sessions::owned(tx, session, &self.kiosk).await?),
            None if requests::kiosk(tx.on(), &self.kiosk).await?.is_none() => {
                return Err(StoreError::UnknownKiosk);
            }
            None => None,
        };
        let call = StepCall { step: self.step.clone(), code: self.code };
        let id = session.as_ref().map(|session| session.id.as_str());
        let call = insert(tx, &self.kiosk, id, &call, self.at).await?;
        let response = self.respond.to(&call);
        match &session {
            Some(session) => session.complete(tx, &self.request, &response).await?,
            None => requests::complete_alone(tx, &self.request, &response).await?,
        }
        Ok(call)
    }
}

/// Writes a call down, unless the same one is open. A call of no conversation is never the same: whoever stands
/// there now is another person.
pub(super) async fn insert(
    tx: &mut Transaction<'_>,
    kiosk: &str,
    session: Option<&str>,
    call: &StepCall,
    at: Timestamp,
) -> Result<Uuid, StoreError> {
    let code = word(&call.code)?;
    let same: Option<String> = sqlx::query_scalar(
        "SELECT calls.id FROM calls LEFT JOIN call_endings ON call_endings.call = calls.id
         WHERE call_endings.call IS NULL AND calls.kiosk = ? AND calls.session = ? AND calls.step = ?
             AND calls.code = ?",
    )
    .bind(kiosk)
    .bind(session)
    .bind(&call.step)
    .bind(&code)
    .fetch_optional(tx.on())
    .await?;
    if let Some(same) = same {
        tx.log_content(Logged::CallRepeated, &same, &[], at).await?;
        return id("calls.id", &same);
    }
    let new = tx.new_id()?;
    let row = sqlx::query(
        "INSERT INTO calls (id, kiosk, session, step, code, at) VALUES (?, ?, ?, ?, ?, ?) RETURNING *",
    )
    .bind(&new)
    .bind(kiosk)
    .bind(session)
    .bind(&call.step)
    .bind(&code)
    .bind(at.as_millisecond())
    .fetch_one(tx.on())
    .await?;
    tx.log(Logged::StaffCalled, &new, &row, at).await?;
    id("calls.id", &new)
}

pub(super) async fn open(
    connection: &mut SqliteConnection,
    keys: &Keys,
) -> Result<Vec<OpenCall>, StoreError> {
    let rows = sqlx::query(
        "SELECT calls.*, kiosks.place FROM calls JOIN kiosks ON kiosks.id = calls.kiosk
         LEFT JOIN call_endings ON call_endings.call = calls.id
         WHERE call_endings.call IS NULL ORDER BY calls.at, calls.id",
    )
    .fetch_all(&mut *connection)
    .await?;
    let mut open = Vec::with_capacity(rows.len());
    for row in &rows {
        let session: Option<String> = row.try_get("session")?;
        open.push(OpenCall {
            id: id("calls.id", row.try_get("id")?)?,
            kiosk: row.try_get("kiosk")?,
            place: row.try_get("place")?,
            session: session.as_deref().map(|session| id("calls.session", session)).transpose()?,
            step: row.try_get("step")?,
            code: parse_word("calls.code", row.try_get("code")?)?,
            at: time("calls.at", row.try_get("at")?)?,
            standing: desk::standing(connection, keys, row).await?,
        });
    }
    Ok(open)
}

/// The open calls of a conversation.
pub(super) async fn open_of(tx: &mut Transaction<'_>, session: &str) -> Result<Vec<String>, StoreError> {
    let open = sqlx::query_scalar(
        "SELECT calls.id FROM calls LEFT JOIN call_endings ON call_endings.call = calls.id
         WHERE calls.session = ? AND call_endings.call IS NULL",
    )
    .bind(session)
    .fetch_all(tx.on())
    .await?;
    Ok(open)
}

/// The session of an open call.
async fn session_of(tx: &mut Transaction<'_>, call: Uuid) -> Result<Option<String>, StoreError> {
    sqlx::query_scalar(
        "SELECT session FROM calls LEFT JOIN call_endings ON call_endings.call = calls.id
         WHERE calls.id = ? AND call_endings.call IS NULL",
    )
    .bind(call.to_string())
    .fetch_optional(tx.on())
    .await?
    .ok_or(StoreError::UnknownCall)
}

/// How a call ends, and under whose key the decision is sealed.
struct Ending<'a> {
    decision: &'a Decision,
    owner: &'a str,
    key: &'a DataKey,
    visit: Option<&'a str>,
    at: Timestamp,
}

async fn end(tx: &mut Transaction<'_>, call: &str, ending: &Ending<'_>) -> Result<(), StoreError> {
    let decision = tx.seal(ending.decision, ending.key, decision_place(call))?;
    let row = sqlx::query(
        "INSERT INTO call_endings (call, visit, owner, decision, at) VALUES (?, ?, ?, ?, ?) RETURNING *",
    )
    .bind(call)
    .bind(ending.visit)
    .bind(ending.owner)
    .bind(decision)
    .bind(ending.at.as_millisecond())
    .fetch_one(tx.on())
    .await?;
    tx.log(Logged::CallAnswered, call, &row, ending.at).await
}

pub(super) fn decision_place(call: &str) -> Place<'_> {
    Place { table: "call_endings", column: "decision", row: call }
}

#[async_trait]
impl Operation for CloseCall {
    type Output = ();

    async fn run(&self, tx: &mut Transaction<'_>) -> Result<(), StoreError> {
        desk::free_for(tx, self.call, &self.decision).await?;
        end_without_visit(tx, &self.call.to_string(), &self.decision, self.at).await
    }
}

/// Ends a call in which nobody was admitted.
pub(super) async fn end_without_visit(
    tx: &mut Transaction<'_>,
    call: &str,
    decision: &Decision,
    at: Timestamp,
) -> Result<(), StoreError> {
    let key = desk::key_of(tx, call).await?;
    end(tx, call, &Ending { decision, owner: call, key: &key, visit: None, at }).await
}

#[async_trait]
impl Operation for AdmitByHand {
    type Output = Recorded;

    async fn run(&self, tx: &mut Transaction<'_>) -> Result<Recorded, StoreError> {
        let session = session_of(tx, self.call).await?;
        desk::free_for(tx, self.call, &self.decision).await?;
        let call = self.call.to_string();
        let source = visits::Source {
            session: session.as_deref(),
            method: self.visit.method,
            chip: self.chip.as_ref(),
            submission: self.submission.as_ref(),
            messages: &self.messages,
            at: self.at,
        };
        let recorded = visits::record(tx, &self.visit, &source).await?;
        let (visit, subject) = (recorded.visit.to_string(), recorded.subject.to_string());
        let key = tx.key(&subject).await?.ok_or(StoreError::UnknownSubject)?;
        let ending =
            Ending { decision: &self.decision, owner: &subject, key: &key, visit: Some(&visit), at: self.at };
        end(tx, &call, &ending).await?;
        if let Some(session) = &session {
            consents::link(tx, session, (&subject, &visit), None, self.at).await?;
            // What else this person called for is answered too.
            for other in open_of(tx, session).await? {
                end(tx, &other, &ending).await?;
            }
            // The kiosk that still speaks for this session has to fetch it anew.
            let gone_on = sqlx::query(
                "UPDATE sessions SET visit = ?, version = version + 1, turned_at = ?
                 WHERE id = ? AND visit IS NULL RETURNING *",
            )
            .bind(&visit)
            .bind(self.at.as_millisecond())
            .bind(session)
            .fetch_optional(tx.on())
            .await?;
            if let Some(row) = gone_on {
                tx.log(Logged::TurnSaved, session, &row, self.at).await?;
            }
        }
        Ok(recorded)
    }
}
