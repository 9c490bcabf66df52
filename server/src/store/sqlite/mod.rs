//! SQLite: the embedded default. WAL, synchronous FULL, one task that writes, a pool that reads.

use std::{path::PathBuf, sync::Arc};

use async_trait::async_trait;
use flows::{TicketCode, health::queue::Interleave};
use identity::number::PersonalNumber;
use jiff::{SignedDuration, Timestamp, civil::Date};
use serde::{Serialize, de::DeserializeOwned};
use sqlx::{SqliteConnection, SqlitePool};
use tokio::sync::Notify;
use uuid::Uuid;

use super::{
    AdmitByHand, Begun, Call, CallNext, CheckIn, ClaimedMessage, CloseCall, DayQueue, DecideMessage,
    Delivered, FirstCost, Forgotten, KeptReceipt, Kiosk, NewCall, NewChallenge, NewRequest, NewSession,
    NotDelivered, OpenCall, Outbox, OutboxStatus, PlaceChange, QueuePlace, Queued, Queues, Recorded,
    RequestKey, SessionRow, Store, StoreError, Turn, UndeliveredMessage, Visit, visits::station_day,
};
use crate::{
    audit::AuditReport,
    config::Mode,
    random::Random,
    sealed::{DataKey, MasterKey},
};

mod alerts;
mod answers;
mod audit;
mod calls;
mod checks;
mod consents;
mod corrections;
mod desk;
mod erasure;
mod incidents;
mod look_ups;
mod numbers;
mod open;
mod outbox;
mod purge;
mod purge_walk;
mod queue;
mod reception;
mod records;
mod requests;
mod sessions;
mod sign_ins;
mod staff;
mod stays;
mod subject_requests;
mod transaction;
mod visits;
mod writer;

pub(crate) use open::DATABASE;

/// How a database is opened.
#[derive(Debug)]
pub struct SqliteOptions {
    /// The folder of the database. It must be there.
    pub folder: PathBuf,
    /// Written into a new database; refused where an old one says otherwise.
    pub mode: Mode,
    /// The key that seals. It must not live in the same backup as the database.
    pub master: MasterKey,
    /// The generator for keys, nonces and ids.
    pub random: Random,
    /// Now, for the audit log of a new database.
    pub at: Timestamp,
}

/// The keys in memory.
struct Keys {
    master: MasterKey,
    random: Random,
}

impl Keys {
    fn look_up(&self, number: &PersonalNumber) -> [u8; 32] {
        self.master.look_up("subjects.number", number.as_str().as_bytes())
    }

    fn ticket_look_up(&self, code: &TicketCode) -> [u8; 32] {
        self.master.look_up("queue_events.code", code.as_bytes())
    }

    async fn fetch(
        &self,
        connection: &mut SqliteConnection,
        owner: &str,
    ) -> Result<Option<DataKey>, StoreError> {
        let wrapped: Option<Vec<u8>> = sqlx::query_scalar("SELECT wrapped FROM keys WHERE owner = ?")
            .bind(owner)
            .fetch_optional(connection)
            .await?;
        wrapped.map(|wrapped| Ok(self.master.unwrap_data_key(owner, &wrapped)?)).transpose()
    }
}

/// The store in one SQLite file, open in this process alone.
pub struct SqliteStore {
    writer: writer::Writer,
    readers: SqlitePool,
    queued: Notify,
    keys: Arc<Keys>,
}

impl SqliteStore {
    /// Finishes what is being written and lets the files go.
    pub async fn close(self) {
        self.readers.close().await;
        self.writer.close().await;
    }
}

impl std::fmt::Debug for SqliteStore {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SqliteStore")
    }
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        // SQLITE_FULL; extended codes carry the primary one in their low byte.
        let full = error
            .as_database_error()
            .and_then(|error| error.code()?.parse::<u32>().ok())
            .is_some_and(|code| code & 0xff == 13);
        if full { Self::DiskFull } else { Self::Database(Arc::new(error)) }
    }
}

/// The word that stands for `value` in a column: the one it has in JSON.
fn word<T: Serialize>(value: &T) -> Result<String, StoreError> {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => Ok(word),
        _ => Err(StoreError::Malformed { what: "a word to be written" }),
    }
}

/// The value that a column's word stands for.
fn parse_word<T: DeserializeOwned>(what: &'static str, word: &str) -> Result<T, StoreError> {
    serde_json::from_value(serde_json::Value::String(word.to_owned()))
        .map_err(|_| StoreError::Malformed { what })
}

#[async_trait]
impl Store for SqliteStore {
    async fn set_kiosks(&self, kiosks: Vec<Kiosk>, at: Timestamp) -> Result<(), StoreError> {
        self.writer.submit(requests::SetKiosks { kiosks, at }).await
    }

    async fn kiosk(&self, id: &str) -> Result<Option<Kiosk>, StoreError> {
        requests::kiosk(&mut *self.readers.acquire().await?, id).await
    }

    async fn begin_request(&self, request: NewRequest) -> Result<Begun, StoreError> {
        self.writer.submit(request).await
    }

    async fn abandon_request(&self, request: RequestKey, at: Timestamp) -> Result<(), StoreError> {
        self.writer.submit(requests::Abandon { request, at }).await
    }

    async fn open_session(&self, session: NewSession) -> Result<(), StoreError> {
        self.writer.submit(session).await
    }

    async fn session(&self, id: Uuid, kiosk: &str) -> Result<Option<SessionRow>, StoreError> {
        sessions::session(&mut *self.readers.begin().await?, &self.keys, id, kiosk).await
    }

    async fn issue_challenge(&self, challenge: NewChallenge) -> Result<(), StoreError> {
        self.writer.submit(challenge).await
    }

    async fn challenge(
        &self,
        id: Uuid,
        session: Uuid,
        kiosk: &str,
        at: Timestamp,
    ) -> Result<[u8; 8], StoreError> {
        sessions::challenge(&mut *self.readers.acquire().await?, id, session, kiosk, at).await
    }

    async fn save_turn(&self, turn: Turn) -> Result<(), StoreError> {
        self.writer.submit(turn).await
    }

    async fn record_check_in(&self, check_in: CheckIn) -> Result<Recorded, StoreError> {
        let recorded = self.writer.submit(check_in).await?;
        self.queued.notify_one();
        Ok(recorded)
    }

    async fn call_staff(&self, call: NewCall) -> Result<Uuid, StoreError> {
        self.writer.submit(call).await
    }

    async fn open_calls(&self) -> Result<Vec<OpenCall>, StoreError> {
        calls::open(&mut *self.readers.begin().await?, &self.keys).await
    }

    async fn admit_by_hand(&self, admission: AdmitByHand) -> Result<Recorded, StoreError> {
        let recorded = self.writer.submit(admission).await?;
        self.queued.notify_one();
        Ok(recorded)
    }

    async fn close_call(&self, ending: CloseCall) -> Result<(), StoreError> {
        self.writer.submit(ending).await
    }

    async fn visit(&self, id: Uuid) -> Result<Option<Visit>, StoreError> {
        visits::visit(&mut *self.readers.begin().await?, &self.keys, id).await
    }

    async fn visits(&self, station: &str, day: Date) -> Result<Vec<Visit>, StoreError> {
        visits::of_day(&mut *self.readers.begin().await?, &self.keys, station, day).await
    }

    async fn earlier_visit(
        &self,
        number: &PersonalNumber,
        station: &str,
        day: Date,
    ) -> Result<Option<Recorded>, StoreError> {
        let look_up = self.keys.look_up(number);
        visits::earlier(&mut *self.readers.begin().await?, &self.keys, &look_up, station, day).await
    }

    async fn subject(&self, number: &PersonalNumber) -> Result<Option<Uuid>, StoreError> {
        erasure::subject(&mut *self.readers.acquire().await?, &self.keys.look_up(number)).await
    }

    async fn destroy_subject_key(&self, subject: Uuid, at: Timestamp) -> Result<(), StoreError> {
        self.writer.submit(erasure::DestroySubjectKey { subject, at }).await
    }

    async fn forget_expired(&self, at: Timestamp) -> Result<Forgotten, StoreError> {
        self.writer.submit(erasure::ForgetExpired { at }).await
    }

    async fn verify_audit(&self) -> Result<AuditReport, StoreError> {
        audit::verify(&mut *self.readers.begin().await?, &self.keys).await
    }
}

#[async_trait]
impl Outbox for SqliteStore {
    async fn record_first_cost(&self, cost: FirstCost) -> Result<Option<Queued>, StoreError> {
        let queued = self.writer.submit(cost).await?;
        self.queued.notify_one();
        Ok(queued)
    }

    async fn claim_message(
        &self,
        at: Timestamp,
        lease: SignedDuration,
    ) -> Result<Option<ClaimedMessage>, StoreError> {
        self.writer.submit(outbox::Claim { at, lease }).await
    }

    async fn message_delivered(&self, delivered: Delivered) -> Result<(), StoreError> {
        self.writer.submit(delivered).await
    }

    async fn message_not_delivered(&self, failed: NotDelivered) -> Result<(), StoreError> {
        self.writer.submit(failed).await
    }

    async fn undelivered_messages(&self) -> Result<Vec<UndeliveredMessage>, StoreError> {
        let listed = outbox::Listed::Undelivered;
        outbox::undelivered(&mut *self.readers.begin().await?, &self.keys, listed).await
    }

    async fn dead_letters(&self) -> Result<Vec<UndeliveredMessage>, StoreError> {
        outbox::undelivered(&mut *self.readers.begin().await?, &self.keys, outbox::Listed::Dead).await
    }

    async fn retry_message(&self, decision: DecideMessage) -> Result<(), StoreError> {
        self.writer.submit(outbox::Decide { outcome: outbox::Outcome::Retry, decision }).await?;
        self.queued.notify_one();
        Ok(())
    }

    async fn set_message_aside(&self, decision: DecideMessage) -> Result<(), StoreError> {
        self.writer.submit(outbox::Decide { outcome: outbox::Outcome::SetAside, decision }).await?;
        self.queued.notify_one();
        Ok(())
    }

    async fn receipts(&self, visit: Uuid) -> Result<Vec<KeptReceipt>, StoreError> {
        outbox::receipts(&mut *self.readers.begin().await?, &self.keys, visit).await
    }

    async fn outbox_status(&self) -> Result<OutboxStatus, StoreError> {
        outbox::status(&mut *self.readers.begin().await?).await
    }

    async fn messages_queued(&self) {
        self.queued.notified().await;
    }
}

#[async_trait]
impl Queues for SqliteStore {
    async fn call_next(&self, call: CallNext) -> Result<Option<Call>, StoreError> {
        self.writer.submit(call).await
    }

    async fn change_place(&self, change: PlaceChange) -> Result<(), StoreError> {
        self.writer.submit(change).await
    }

    async fn queue(&self, station: &str, day: Date, rule: Interleave) -> Result<DayQueue, StoreError> {
        queue::of_day(&mut *self.readers.begin().await?, station, day, rule).await
    }

    async fn ticket_place(
        &self,
        code: &TicketCode,
        station: &str,
        rule: Interleave,
        at: Timestamp,
    ) -> Result<Option<QueuePlace>, StoreError> {
        let look_up = self.keys.ticket_look_up(code);
        let day = station_day(at);
        queue::by_code(&mut *self.readers.begin().await?, &look_up, station, day, rule).await
    }
}

#[cfg(test)]
mod tests;
