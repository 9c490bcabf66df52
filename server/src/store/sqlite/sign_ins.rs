//! Sign-ins of citizens at VNeID.

use async_trait::async_trait;
use identity::SecretBytes;
use jiff::{SignedDuration, Timestamp};
use secrecy::{ExposeSecret as _, SecretString};
use sqlx::Row as _;

use super::{
    SqliteStore,
    audit::Logged,
    calls, requests,
    sessions::{self, Next},
    transaction::{Transaction, id, time},
    writer::Operation,
};
use crate::{
    sealed::{Place, Sealed},
    store::{
        StoreError,
        sign_ins::{FORGOTTEN_MINUTES, NewSignIn, SIGN_IN_MINUTES, SignInTurn, SignInUnderWay, SignIns},
    },
};

fn place(row: &str) -> Place<'_> {
    Place { table: "sign_ins", column: "attempt", row }
}

fn state_hash(tx: &Transaction<'_>, state: &SecretString) -> [u8; 32] {
    tx.keyed("sign_ins.state", state.expose_secret())
}

#[async_trait]
impl SignIns for SqliteStore {
    async fn keep_sign_in(&self, sign_in: NewSignIn) -> Result<(), StoreError> {
        self.writer.submit(sign_in).await
    }

    async fn take_sign_in(
        &self,
        state: &SecretString,
        at: Timestamp,
    ) -> Result<Option<SignInUnderWay>, StoreError> {
        self.writer.submit(Take { state: state.clone(), at }).await
    }

    async fn save_sign_in(&self, turn: SignInTurn) -> Result<(), StoreError> {
        self.writer.submit(turn).await
    }
}

/// Sign-ins that nobody came back from.
pub(super) async fn forget(tx: &mut Transaction<'_>, at: Timestamp) -> Result<(), StoreError> {
    sqlx::query("DELETE FROM sign_ins WHERE at < ?")
        .bind(requests::before(at, FORGOTTEN_MINUTES * 60))
        .execute(tx.on())
        .await?;
    Ok(())
}

#[async_trait]
impl Operation for NewSignIn {
    type Output = ();

    async fn run(&self, tx: &mut Transaction<'_>) -> Result<(), StoreError> {
        let session = sessions::owned(tx, self.session, &self.kiosk).await?;
        forget(tx, self.at).await?;
        sqlx::query("DELETE FROM sign_ins WHERE session = ?").bind(&session.id).execute(tx.on()).await?;
        let state = state_hash(tx, &self.state);
        let attempt = tx.seal(&self.attempt, &session.key, place(&hex::encode(state)))?;
        sqlx::query("INSERT INTO sign_ins (state, session, attempt, at) VALUES (?, ?, ?, ?)")
            .bind(state.as_slice())
            .bind(&session.id)
            .bind(attempt)
            .bind(self.at.as_millisecond())
            .execute(tx.on())
            .await?;
        session.complete(tx, &self.request, &self.response).await?;
        tx.log_content(Logged::IdentityAsked, &session.id, &[&state], self.at).await
    }
}

struct Take {
    state: SecretString,
    at: Timestamp,
}

#[async_trait]
impl Operation for Take {
    type Output = Option<SignInUnderWay>;

    async fn run(&self, tx: &mut Transaction<'_>) -> Result<Self::Output, StoreError> {
        let state = state_hash(tx, &self.state);
        let row = sqlx::query("DELETE FROM sign_ins WHERE state = ? RETURNING *")
            .bind(state.as_slice())
            .fetch_optional(tx.on())
            .await?;
        let Some(row) = row else { return Ok(None) };
        let session: String = row.try_get("session")?;
        tx.log_content(Logged::IdentityAnswered, &session, &[&state], self.at).await?;
        let Some(key) = tx.key(&session).await? else { return Ok(None) };
        let kiosk: String = sqlx::query_scalar("SELECT kiosk FROM sessions WHERE id = ?")
            .bind(&session)
            .fetch_one(tx.on())
            .await?;
        let begun = time("sign_ins.at", row.try_get("at")?)?;
        let attempt = Sealed::<SecretBytes>::from_stored(row.try_get("attempt")?)
            .open(&key, place(&hex::encode(state)))?;
        Ok(Some(SignInUnderWay {
            session: id("sign_ins.session", &session)?,
            kiosk,
            attempt,
            expired: begun.duration_until(self.at) > SignedDuration::from_mins(SIGN_IN_MINUTES),
        }))
    }
}

#[async_trait]
impl Operation for SignInTurn {
    type Output = ();

    async fn run(&self, tx: &mut Transaction<'_>) -> Result<(), StoreError> {
        let session = sessions::owned(tx, self.session, &self.kiosk).await?;
        let next = Next { version: self.version, state: &self.state, visit: None, at: self.at };
        session.go_on(tx, &next).await?;
        if let Some(call) = &self.call {
            calls::insert(tx, &self.kiosk, Some(&session.id), call, self.at).await?;
        }
        Ok(())
    }
}
