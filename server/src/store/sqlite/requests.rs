//! Kiosks, and what makes a request happen once.

use async_trait::async_trait;
use identity::SecretBytes;
use jiff::{SignedDuration, Timestamp};
use sqlx::{Row as _, SqliteConnection};

use super::{
    audit::Logged,
    open::SERVER,
    parse_word,
    transaction::{Transaction, bytes},
    word,
    writer::Operation,
};
use crate::{
    sealed::{DataKey, Place, Sealed},
    store::{
        Begun, Idempotency, Kiosk, NewRequest, RequestKey, StoreError,
        requests::{CLAIM_SECONDS, NONCE_SECONDS},
    },
};

pub(super) struct SetKiosks {
    pub(super) kiosks: Vec<Kiosk>,
    pub(super) at: Timestamp,
}

#[async_trait]
impl Operation for SetKiosks {
    type Output = ();

    async fn run(&self, tx: &mut Transaction<'_>) -> Result<(), StoreError> {
        let enrolled: Vec<String> =
            sqlx::query_scalar("SELECT id FROM kiosks WHERE withdrawn_at IS NULL").fetch_all(tx.on()).await?;
        for id in enrolled.iter().filter(|id| self.kiosks.iter().all(|kiosk| kiosk.id != **id)) {
            let row = sqlx::query("UPDATE kiosks SET withdrawn_at = ? WHERE id = ? RETURNING *")
                .bind(self.at.as_millisecond())
                .bind(id)
                .fetch_one(tx.on())
                .await?;
            tx.log(Logged::KioskWithdrawn, id, &row, self.at).await?;
        }
        for kiosk in &self.kiosks {
            enrol(tx, kiosk, self.at).await?;
        }
        Ok(())
    }
}

async fn enrol(tx: &mut Transaction<'_>, new: &Kiosk, at: Timestamp) -> Result<(), StoreError> {
    let Kiosk { id, public_key, place, kind } = new;
    if kiosk(tx.on(), id).await?.as_ref() == Some(new) {
        return Ok(());
    }
    let row = sqlx::query(
        "INSERT INTO kiosks (id, public_key, place, kind, enrolled_at) VALUES (?, ?, ?, ?, ?)
         ON CONFLICT (id) DO UPDATE SET public_key = excluded.public_key, place = excluded.place,
             kind = excluded.kind, enrolled_at = excluded.enrolled_at, withdrawn_at = NULL RETURNING *",
    )
    .bind(id)
    .bind(public_key.as_slice())
    .bind(place)
    .bind(word(kind)?)
    .bind(at.as_millisecond())
    .fetch_one(tx.on())
    .await?;
    tx.log(Logged::KioskEnrolled, id, &row, at).await
}

pub(super) async fn kiosk(connection: &mut SqliteConnection, id: &str) -> Result<Option<Kiosk>, StoreError> {
    let row = sqlx::query("SELECT public_key, place, kind FROM kiosks WHERE id = ? AND withdrawn_at IS NULL")
        .bind(id)
        .fetch_optional(connection)
        .await?;
    row.map(|row| {
        Ok(Kiosk {
            id: id.to_owned(),
            public_key: bytes("kiosks.public_key", row.try_get("public_key")?)?,
            place: row.try_get("place")?,
            kind: parse_word("kiosks.kind", row.try_get("kind")?)?,
        })
    })
    .transpose()
}

#[async_trait]
impl Operation for NewRequest {
    type Output = Begun;

    async fn run(&self, tx: &mut Transaction<'_>) -> Result<Begun, StoreError> {
        if kiosk(tx.on(), &self.kiosk).await?.is_none() {
            return Err(StoreError::UnknownKiosk);
        }
        sqlx::query("DELETE FROM request_nonces WHERE used_at < ?")
            .bind(before(self.at, NONCE_SECONDS))
            .execute(tx.on())
            .await?;
        let noted = sqlx::query(
            "INSERT INTO request_nonces (kiosk, nonce, used_at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
        )
        .bind(&self.kiosk)
        .bind(&self.nonce)
        .bind(self.at.as_millisecond())
        .execute(tx.on())
        .await?;
        if noted.rows_affected() == 0 {
            return Ok(Begun::NonceUsed);
        }
        let idempotency = self.idempotency.map(|Idempotency { key, fingerprint }| Idempotency {
            key,
            fingerprint: tx.fingerprint(&fingerprint),
        });
        let begun = match &idempotency {
            Some(idempotency) => claim(tx, &self.kiosk, idempotency, self.at).await?,
            None => Begun::New,
        };
        let fingerprint = idempotency.map_or([0; 32], |idempotency| idempotency.fingerprint);
        tx.log_content(Logged::RequestBegun, &self.kiosk, &[self.nonce.as_bytes(), &fingerprint], self.at)
            .await?;
        Ok(begun)
    }
}

async fn claim(
    tx: &mut Transaction<'_>,
    kiosk: &str,
    Idempotency { key, fingerprint }: &Idempotency,
    at: Timestamp,
) -> Result<Begun, StoreError> {
    let request = RequestKey { kiosk: kiosk.to_owned(), key: *key };
    let row = sqlx::query(
        "SELECT fingerprint, claimed_at, owner, response FROM requests WHERE kiosk = ? AND key = ?",
    )
    .bind(kiosk)
    .bind(key.to_string())
    .fetch_optional(tx.on())
    .await?;
    let Some(row) = row else {
        sqlx::query("INSERT INTO requests (kiosk, key, fingerprint, claimed_at) VALUES (?, ?, ?, ?)")
            .bind(kiosk)
            .bind(key.to_string())
            .bind(fingerprint.as_slice())
            .bind(at.as_millisecond())
            .execute(tx.on())
            .await?;
        return Ok(Begun::New);
    };
    if bytes("requests.fingerprint", row.try_get("fingerprint")?)? != *fingerprint {
        return Ok(Begun::OtherPayload);
    }
    if let (Some(owner), Some(response)) =
        (row.try_get::<Option<String>, _>("owner")?, row.try_get::<Option<Vec<u8>>, _>("response")?)
    {
        let key = tx.key(&owner).await?.ok_or(StoreError::UnknownSession)?;
        let response = Sealed::<SecretBytes>::from_stored(response).open(&key, place(&request.row()))?;
        return Ok(Begun::Replayed(response));
    }
    if row.try_get::<i64, _>("claimed_at")? >= before(at, CLAIM_SECONDS) {
        return Ok(Begun::InFlight);
    }
    sqlx::query("UPDATE requests SET claimed_at = ? WHERE kiosk = ? AND key = ?")
        .bind(at.as_millisecond())
        .bind(kiosk)
        .bind(key.to_string())
        .execute(tx.on())
        .await?;
    Ok(Begun::New)
}

pub(super) struct Abandon {
    pub(super) request: RequestKey,
    pub(super) at: Timestamp,
}

#[async_trait]
impl Operation for Abandon {
    type Output = ();

    async fn run(&self, tx: &mut Transaction<'_>) -> Result<(), StoreError> {
        let gone = sqlx::query("DELETE FROM requests WHERE kiosk = ? AND key = ? AND response IS NULL")
            .bind(&self.request.kiosk)
            .bind(self.request.key.to_string())
            .execute(tx.on())
            .await?;
        if gone.rows_affected() == 0 {
            return Ok(());
        }
        let key = self.request.key;
        tx.log_content(Logged::RequestAbandoned, &self.request.kiosk, &[key.as_bytes()], self.at).await
    }
}

/// Stores the response to a request of no conversation.
pub(super) async fn complete_alone(
    tx: &mut Transaction<'_>,
    request: &RequestKey,
    response: &SecretBytes,
) -> Result<(), StoreError> {
    let key = tx.key(SERVER).await?.ok_or(StoreError::Malformed { what: "the server's key" })?;
    complete(tx, request, SERVER, &key, response).await
}

/// Stores the response to a request, sealed under the conversation that it belongs to.
pub(super) async fn complete(
    tx: &mut Transaction<'_>,
    request: &RequestKey,
    owner: &str,
    key: &DataKey,
    response: &SecretBytes,
) -> Result<(), StoreError> {
    let sealed = tx.seal(response, key, place(&request.row()))?;
    let done = sqlx::query(
        "UPDATE requests SET owner = ?, response = ? WHERE kiosk = ? AND key = ? AND response IS NULL",
    )
    .bind(owner)
    .bind(sealed)
    .bind(&request.kiosk)
    .bind(request.key.to_string())
    .execute(tx.on())
    .await?;
    if done.rows_affected() == 1 { Ok(()) } else { Err(StoreError::UnknownRequest) }
}

impl RequestKey {
    fn row(&self) -> String {
        format!("{}/{}", self.kiosk, self.key)
    }
}

fn place(row: &str) -> Place<'_> {
    Place { table: "requests", column: "response", row }
}

/// Unix milliseconds, `seconds` before `at`.
pub(super) fn before(at: Timestamp, seconds: i64) -> i64 {
    at.saturating_sub(SignedDuration::from_secs(seconds)).map_or(i64::MIN, Timestamp::as_millisecond)
}
