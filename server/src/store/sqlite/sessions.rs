//! Conversations and challenges.

use async_trait::async_trait;
use identity::SecretBytes;
use jiff::Timestamp;
use sqlx::{Row as _, SqliteConnection};
use uuid::Uuid;

use super::{
    Keys,
    audit::Logged,
    calls, parse_word, requests,
    transaction::{Transaction, bytes, time},
    visits, word,
    writer::Operation,
};
use crate::{
    sealed::{Place, Sealed},
    store::{
        ChallengeFault, Consent, NewChallenge, NewSession, SessionRow, StoreError, Turn,
        sessions::CHALLENGE_SECONDS,
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
        sqlx::query(
            "INSERT INTO sessions (id, kiosk, service, language, version, state, opened_at, turned_at)
             VALUES (?, ?, ?, ?, 0, ?, ?, ?)",
        )
        .bind(&id)
        .bind(&self.kiosk)
        .bind(word(&self.service)?)
        .bind(word(&self.language)?)
        .bind(state)
        .bind(self.at.as_millisecond())
        .bind(self.at.as_millisecond())
        .execute(tx.on())
        .await?;
        requests::complete(tx, &self.request, Some(&id), &self.response).await?;
        tx.log(Logged::SessionOpened, &id, self.at).await
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
        Some(visit) => visits::recorded(connection, &visit).await?,
        None => None,
    };
    let calls = sqlx::query(
        "SELECT count(*) AS made, count(call_endings.call) AS ended
         FROM calls LEFT JOIN call_endings ON call_endings.call = calls.id WHERE calls.session = ?",
    )
    .bind(&row_id)
    .fetch_one(connection)
    .await?;
    let (made, ended): (i64, i64) = (calls.try_get("made")?, calls.try_get("ended")?);
    Ok(Some(SessionRow {
        id,
        kiosk: kiosk.to_owned(),
        service: parse_word("sessions.service", row.try_get("service")?)?,
        language: parse_word("sessions.language", row.try_get("language")?)?,
        version: row.try_get("version")?,
        state: Sealed::<SecretBytes>::from_stored(row.try_get("state")?).open(&key, place(&row_id))?,
        recorded,
        calls_closed: made > 0 && made == ended,
        opened_at: time("sessions.opened_at", row.try_get("opened_at")?)?,
        turned_at: time("sessions.turned_at", row.try_get("turned_at")?)?,
    }))
}

/// The next state of a conversation, for [`go_on`].
pub(super) struct Next<'a> {
    pub(super) session: &'a str,
    pub(super) kiosk: &'a str,
    pub(super) version: u32,
    pub(super) state: &'a SecretBytes,
    pub(super) visit: Option<&'a str>,
    pub(super) at: Timestamp,
}

/// Writes the next state over the one that it was made from.
pub(super) async fn go_on(tx: &mut Transaction<'_>, next: &Next<'_>) -> Result<(), StoreError> {
    let key = owned(tx, next.session, next.kiosk).await?;
    let state = tx.seal(next.state, &key, place(next.session))?;
    let done = sqlx::query(
        "UPDATE sessions SET state = ?, version = version + 1, turned_at = ?, visit = coalesce(?, visit)
         WHERE id = ? AND version = ?",
    )
    .bind(state)
    .bind(next.at.as_millisecond())
    .bind(next.visit)
    .bind(next.session)
    .bind(next.version)
    .execute(tx.on())
    .await?;
    if done.rows_affected() == 0 {
        return Err(StoreError::StaleSession);
    }
    tx.log(Logged::TurnSaved, next.session, next.at).await
}

/// The key of a conversation that `kiosk` opened.
pub(super) async fn owned(
    tx: &mut Transaction<'_>,
    session: &str,
    kiosk: &str,
) -> Result<crate::sealed::DataKey, StoreError> {
    let opener: Option<String> = sqlx::query_scalar("SELECT kiosk FROM sessions WHERE id = ?")
        .bind(session)
        .fetch_optional(tx.on())
        .await?;
    if opener.as_deref() != Some(kiosk) {
        return Err(StoreError::UnknownSession);
    }
    tx.key(session).await?.ok_or(StoreError::UnknownSession)
}

#[async_trait]
impl Operation for Turn {
    type Output = ();

    async fn run(&self, tx: &mut Transaction<'_>) -> Result<(), StoreError> {
        let session = self.session.to_string();
        let next = Next {
            session: &session,
            kiosk: &self.kiosk,
            version: self.version,
            state: &self.state,
            visit: None,
            at: self.at,
        };
        go_on(tx, &next).await?;
        if let Some(challenge) = self.spends {
            spend(tx, challenge, self.session, &self.kiosk, self.at).await?;
        }
        if let Some(consent) = &self.consent {
            keep_consent(tx, &session, consent, self.at).await?;
        }
        if let Some(call) = &self.call {
            calls::insert(tx, &self.kiosk, Some(&session), call, self.at).await?;
        }
        requests::complete(tx, &self.request, Some(&session), &self.response).await
    }
}

async fn keep_consent(
    tx: &mut Transaction<'_>,
    session: &str,
    consent: &Consent,
    at: Timestamp,
) -> Result<(), StoreError> {
    let id = tx.new_id()?;
    sqlx::query(
        "INSERT INTO consents (id, session, purpose, given, language, text_sha256, at) VALUES (?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(&id)
    .bind(session)
    .bind(word(&consent.purpose)?)
    .bind(i64::from(consent.given))
    .bind(word(&consent.language)?)
    .bind(consent.text_sha256.as_slice())
    .bind(at.as_millisecond())
    .execute(tx.on())
    .await?;
    tx.log(Logged::ConsentAnswered, &id, at).await
}

#[async_trait]
impl Operation for NewChallenge {
    type Output = ();

    async fn run(&self, tx: &mut Transaction<'_>) -> Result<(), StoreError> {
        let (id, session) = (self.id.to_string(), self.session.to_string());
        owned(tx, &session, &self.kiosk).await?;
        sqlx::query("INSERT INTO challenges (id, session, nonce, issued_at) VALUES (?, ?, ?, ?)")
            .bind(&id)
            .bind(&session)
            .bind(self.nonce.as_slice())
            .bind(self.at.as_millisecond())
            .execute(tx.on())
            .await?;
        requests::complete(tx, &self.request, Some(&session), &self.response).await?;
        tx.log(Logged::ChallengeIssued, &id, self.at).await
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
