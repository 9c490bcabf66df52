//! Conversations and challenges.

use async_trait::async_trait;
use identity::SecretBytes;
use jiff::Timestamp;
use sqlx::{Row as _, SqliteConnection};
use uuid::Uuid;

use super::{
    Keys,
    audit::Logged,
    calls, consents, parse_word, requests,
    transaction::{Transaction, bytes, time},
    visits, word,
    writer::Operation,
};
use crate::{
    sealed::{DataKey, Place, Sealed},
    store::{
        ChallengeFault, NewChallenge, NewSession, RequestKey, SessionRow, StoreError, Turn,
        sessions::{CHALLENGE_SECONDS, MOST_CHALLENGES},
    },
};

fn place(row: &str) -> Place<'_> {
    Place { table: "sessions", column: "state", row }
}

#[async_trait]
impl Operation for NewSession {
    type Output = ();

    async fn run(&self, tx: &mut Transaction<'_>) -> Result<(), StoreError> {
        let id = self.id.to_string();
        if requests::kiosk(tx.on(), &self.kiosk).await?.is_none() {
            return Err(StoreError::UnknownKiosk);
        }
        let key = tx.new_key(&id).await?;
        let state = tx.seal(&self.state, &key, place(&id))?;
        let row = sqlx::query(
            "INSERT INTO sessions (id, kiosk, service, language, version, state, opened_at, turned_at)
             VALUES (?, ?, ?, ?, 0, ?, ?, ?) RETURNING *",
        )
        .bind(&id)
        .bind(&self.kiosk)
        .bind(word(&self.service)?)
        .bind(word(&self.language)?)
        .bind(state)
        .bind(self.at.as_millisecond())
        .bind(self.at.as_millisecond())
        .fetch_one(tx.on())
        .await?;
        requests::complete(tx, &self.request, &id, &key, &self.response).await?;
        tx.log(Logged::SessionOpened, &id, &row, self.at).await
    }
}

pub(super) async fn session(
    connection: &mut SqliteConnection,
    keys: &Keys,
    id: Uuid,
    kiosk: &str,
) -> Result<Option<SessionRow>, StoreError> {
    let row_id = id.to_string();
    let row = sqlx::query("SELECT * FROM sessions WHERE id = ? AND kiosk = ?")
        .bind(&row_id)
        .bind(kiosk)
        .fetch_optional(&mut *connection)
        .await?;
    let (Some(row), Some(key)) = (row, keys.fetch(connection, &row_id).await?) else { return Ok(None) };
    let recorded = match row.try_get::<Option<String>, _>("visit")? {
        Some(visit) => visits::recorded(connection, keys, &visit).await?,
        None => None,
    };
    let calls = sqlx::query(
        "SELECT count(*) AS made, count(call_endings.call) AS ended
         FROM calls LEFT JOIN call_endings ON call_endings.call = calls.id WHERE calls.session = ?",
    )
    .bind(&row_id)
    .fetch_one(&mut *connection)
    .await?;
    let (made, ended): (i64, i64) = (calls.try_get("made")?, calls.try_get("ended")?);
    let last_handed_back: Option<i64> = sqlx::query_scalar(
        "SELECT EXISTS (SELECT 1 FROM call_events WHERE call = calls.id AND what = 'handed_back')
         FROM calls JOIN call_endings ON call_endings.call = calls.id
         WHERE calls.session = ? ORDER BY call_endings.at DESC, call_endings.rowid DESC LIMIT 1",
    )
    .bind(&row_id)
    .fetch_optional(connection)
    .await?;
    Ok(Some(SessionRow {
        id,
        kiosk: kiosk.to_owned(),
        service: parse_word("sessions.service", row.try_get("service")?)?,
        language: parse_word("sessions.language", row.try_get("language")?)?,
        version: row.try_get("version")?,
        state: Sealed::<SecretBytes>::from_stored(row.try_get("state")?).open(&key, place(&row_id))?,
        recorded,
        calls_closed: made > 0 && made == ended,
        handed_back: made == ended && last_handed_back == Some(1),
        opened_at: time("sessions.opened_at", row.try_get("opened_at")?)?,
        turned_at: time("sessions.turned_at", row.try_get("turned_at")?)?,
    }))
}

/// A conversation that the kiosk may speak for.
pub(super) struct Conversation {
    pub(super) id: String,
    pub(super) key: DataKey,
}

/// The conversation, if `kiosk` opened it and it was not forgotten.
pub(super) async fn owned(
    tx: &mut Transaction<'_>,
    session: Uuid,
    kiosk: &str,
) -> Result<Conversation, StoreError> {
    let id = session.to_string();
    let wrapped: Option<Vec<u8>> = sqlx::query_scalar(
        "SELECT wrapped FROM sessions JOIN keys ON keys.owner = sessions.id
         WHERE sessions.id = ? AND sessions.kiosk = ?",
    )
    .bind(&id)
    .bind(kiosk)
    .fetch_optional(tx.on())
    .await?;
    let key = tx.unwrap(&id, &wrapped.ok_or(StoreError::UnknownSession)?)?;
    Ok(Conversation { id, key })
}

/// The next state of a conversation.
pub(super) struct Next<'a> {
    pub(super) version: u32,
    pub(super) state: &'a SecretBytes,
    pub(super) visit: Option<&'a str>,
    pub(super) at: Timestamp,
}

impl Conversation {
    /// Writes the next state over the one that it was made from.
    pub(super) async fn go_on(&self, tx: &mut Transaction<'_>, next: &Next<'_>) -> Result<(), StoreError> {
        let state = tx.seal(next.state, &self.key, place(&self.id))?;
        let row = sqlx::query(
            "UPDATE sessions SET state = ?, version = version + 1, turned_at = ?, visit = coalesce(?, visit)
             WHERE id = ? AND version = ? RETURNING *",
        )
        .bind(state)
        .bind(next.at.as_millisecond())
        .bind(next.visit)
        .bind(&self.id)
        .bind(next.version)
        .fetch_optional(tx.on())
        .await?
        .ok_or(StoreError::StaleSession)?;
        tx.log(Logged::TurnSaved, &self.id, &row, next.at).await
    }

    /// Stores the response to a request in it.
    pub(super) async fn complete(
        &self,
        tx: &mut Transaction<'_>,
        request: &RequestKey,
        response: &SecretBytes,
    ) -> Result<(), StoreError> {
        requests::complete(tx, request, &self.id, &self.key, response).await
    }
}

#[async_trait]
impl Operation for Turn {
    type Output = ();

    async fn run(&self, tx: &mut Transaction<'_>) -> Result<(), StoreError> {
        let session = owned(tx, self.session, &self.kiosk).await?;
        let next = Next { version: self.version, state: &self.state, visit: None, at: self.at };
        session.go_on(tx, &next).await?;
        if let Some(challenge) = self.spends {
            spend(tx, challenge, self.session, &self.kiosk, self.at).await?;
        }
        if let Some(consent) = &self.consent {
            consents::keep(tx, &session.id, &self.kiosk, consent, self.at).await?;
        }
        if let Some(call) = &self.call {
            calls::insert(tx, &self.kiosk, Some(&session.id), call, self.at).await?;
        }
        session.complete(tx, &self.request, &self.response).await
    }
}

#[async_trait]
impl Operation for NewChallenge {
    type Output = ();

    async fn run(&self, tx: &mut Transaction<'_>) -> Result<(), StoreError> {
        let id = self.id.to_string();
        let session = owned(tx, self.session, &self.kiosk).await?;
        let issued: u32 = sqlx::query_scalar("SELECT count(*) FROM challenges WHERE session = ?")
            .bind(&session.id)
            .fetch_one(tx.on())
            .await?;
        if issued >= MOST_CHALLENGES {
            return Err(StoreError::TooManyChallenges);
        }
        let row = sqlx::query(
            "INSERT INTO challenges (id, session, nonce, issued_at) VALUES (?, ?, ?, ?) RETURNING *",
        )
        .bind(&id)
        .bind(&session.id)
        .bind(self.nonce.as_slice())
        .bind(self.at.as_millisecond())
        .fetch_one(tx.on())
        .await?;
        session.complete(tx, &self.request, &self.response).await?;
        tx.log(Logged::ChallengeIssued, &id, &row, self.at).await
    }
}

/// The nonce of a challenge that may be used at `at`.
pub(super) async fn challenge(
    connection: &mut SqliteConnection,
    id: Uuid,
    session: Uuid,
    kiosk: &str,
    at: Timestamp,
) -> Result<[u8; 8], StoreError> {
    let row = sqlx::query(
        "SELECT nonce, issued_at FROM challenges JOIN sessions ON sessions.id = challenges.session
         WHERE challenges.id = ? AND sessions.id = ? AND sessions.kiosk = ? AND used_at IS NULL",
    )
    .bind(id.to_string())
    .bind(session.to_string())
    .bind(kiosk)
    .fetch_optional(connection)
    .await?
    .ok_or(ChallengeFault::Used)?;
    if row.try_get::<i64, _>("issued_at")? < requests::before(at, CHALLENGE_SECONDS) {
        return Err(ChallengeFault::Expired.into());
    }
    bytes("challenges.nonce", row.try_get("nonce")?)
}

async fn spend(
    tx: &mut Transaction<'_>,
    id: Uuid,
    session: Uuid,
    kiosk: &str,
    at: Timestamp,
) -> Result<(), StoreError> {
    challenge(tx.on(), id, session, kiosk, at).await?;
    sqlx::query("UPDATE challenges SET used_at = ? WHERE id = ?")
        .bind(at.as_millisecond())
        .bind(id.to_string())
        .execute(tx.on())
        .await?;
    Ok(())
}
