//! Signing in by VNeID: attempts under way, and whose number it is.

use async_trait::async_trait;
use identity::{SecretBytes, number::PersonalNumber};
use jiff::{SignedDuration, Timestamp};
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};
use sqlx::Row as _;
use zeroize::Zeroizing;

use super::{
    Keys, Logged, Operation, Place, Sealed, SessionToken, StoreError, Transaction,
    sessions::{self, Stage},
};
use crate::store::{
    sqlite::{open::SERVER, transaction::time},
    staff::{CODE_MINUTES, IdentityAttempt},
};

/// What is sealed of an attempt.
#[derive(Serialize, Deserialize)]
struct Kept {
    attempt: SecretBytes,
    next: String,
}

fn place(row: &str) -> Place<'_> {
    Place { table: "identity_attempts", column: "attempt", row }
}

fn state_hash(keys: &Keys, state: &str) -> [u8; 32] {
    keys.master.look_up("identity_attempts.state", state.as_bytes())
}

fn browser_hash(keys: &Keys, browser: &SessionToken) -> [u8; 32] {
    keys.master.look_up("identity_attempts.browser", browser.0.expose_secret().as_bytes())
}

pub(super) fn number_hash(keys: &Keys, number: &PersonalNumber) -> [u8; 32] {
    keys.master.look_up("staff.number", number.as_str().as_bytes())
}

#[async_trait]
impl Operation for IdentityAttempt {
    type Output = SessionToken;

    async fn run(&self, tx: &mut Transaction<'_>) -> Result<SessionToken, StoreError> {
        forget(tx, self.at).await?;
        let drawn = Zeroizing::new(tx.keys().random.bytes::<32>()?);
        let browser = SessionToken(hex::encode(drawn.as_ref()).into());
        let state = state_hash(tx.keys(), self.state.expose_secret());
        let key = tx.key(SERVER).await?.ok_or(StoreError::Malformed { what: "the server's key" })?;
        let kept = Kept { attempt: self.attempt.clone(), next: self.next.clone() };
        let sealed = tx.seal(&kept, &key, place(&hex::encode(state)))?;
        let browser_hash = browser_hash(tx.keys(), &browser);
        sqlx::query("INSERT INTO identity_attempts (state, browser, attempt, at) VALUES (?, ?, ?, ?)")
            .bind(state.as_slice())
            .bind(browser_hash.as_slice())
            .bind(sealed)
            .bind(self.at.as_millisecond())
            .execute(tx.on())
            .await?;
        tx.log_content(Logged::IdentityAsked, "vneid", &[&state], self.at).await?;
        Ok(browser)
    }
}

/// Attempts that nobody came back from.
pub(super) async fn forget(tx: &mut Transaction<'_>, at: Timestamp) -> Result<(), StoreError> {
    let limit = at.checked_sub(SignedDuration::from_mins(CODE_MINUTES));
    let limit = limit.map_or(i64::MIN, Timestamp::as_millisecond);
    sqlx::query("DELETE FROM identity_attempts WHERE at < ?").bind(limit).execute(tx.on()).await?;
    Ok(())
}

pub(super) struct Take {
    pub(super) state: SecretString,
    pub(super) browser: SessionToken,
    pub(super) at: Timestamp,
}

#[async_trait]
impl Operation for Take {
    type Output = Option<(SecretBytes, String)>;

    async fn run(&self, tx: &mut Transaction<'_>) -> Result<Self::Output, StoreError> {
        let state = state_hash(tx.keys(), self.state.expose_secret());
        let browser = browser_hash(tx.keys(), &self.browser);
        let row = sqlx::query("DELETE FROM identity_attempts WHERE state = ? AND browser = ? RETURNING *")
            .bind(state.as_slice())
            .bind(browser.as_slice())
            .fetch_optional(tx.on())
            .await?;
        let Some(row) = row else { return Ok(None) };
        tx.log_content(Logged::IdentityAnswered, "vneid", &[&state], self.at).await?;
        let begun = time("identity_attempts.at", row.try_get("at")?)?;
        if begun.duration_until(self.at) > SignedDuration::from_mins(CODE_MINUTES) {
            return Ok(None);
        }
        let key = tx.key(SERVER).await?.ok_or(StoreError::Malformed { what: "the server's key" })?;
        let kept: Kept =
            Sealed::from_stored(row.try_get("attempt")?).open(&key, place(&hex::encode(state)))?;
        Ok(Some((kept.attempt, kept.next)))
    }
}

pub(super) struct ByNumber {
    pub(super) number: PersonalNumber,
    pub(super) at: Timestamp,
}

#[async_trait]
impl Operation for ByNumber {
    type Output = Option<SessionToken>;

    #[expect(clippy::single_match_else, reason = "the two ends stand side by side")]
    async fn run(&self, tx: &mut Transaction<'_>) -> Result<Option<SessionToken>, StoreError> {
        let number = number_hash(tx.keys(), &self.number);
        let staff: Option<String> =
            sqlx::query_scalar("SELECT id FROM staff WHERE number = ? AND locked_at IS NULL")
                .bind(number.as_slice())
                .fetch_optional(tx.on())
                .await?;
        match staff {
            Some(staff) => Ok(Some(sessions::open_one(tx, &staff, Stage::VneId, self.at).await?)),
            None => {
                tx.log_content(Logged::SignInFailed, "vneid", &[], self.at).await?;
                Ok(None)
            }
        }
    }
}
