//! Stays.

use async_trait::async_trait;
use flows::lodging::{Draft, StayEvent};
use jiff::{Timestamp, civil::Date};

use super::{SqliteStore, transaction::Transaction};
use crate::{
    sealed::{DataKey, Place},
    store::{
        StoreError,
        stays::{
            ChangeStay, CountFile, Counted, KeptFile, KeptLook, KeptStay, MakeFile, NewStay, StayAtKiosk,
            StayChanged, StayCount, StayLook, StayRecorded, StayVersion, Stays, TellPolice, Which,
        },
    },
};
use uuid::Uuid;

mod change;
mod events;
mod files;
mod looks;
mod read;
mod record;

pub(super) use events::{answered, sent};

fn draft_place(row: &str) -> Place<'_> {
    Place { table: "stay_versions", column: "draft", row }
}

fn version_decision(row: &str) -> Place<'_> {
    Place { table: "stay_versions", column: "decision", row }
}

fn event_place<'a>(column: &'static str, row: &'a str) -> Place<'a> {
    Place { table: "stay_events", column, row }
}

/// The document of a guest at a place, as it is looked up: the same number at another place has another hash.
fn document(tx: &Transaction<'_>, place: &str, draft: &Draft) -> Option<[u8; 32]> {
    let document = draft.document.as_ref()?;
    let text = format!("{place}\n{}\n{}", document.kind().code(), document.number());
    Some(tx.keyed("stays.document", &text))
}

/// A stay that is about to change.
struct Open<'a> {
    id: &'a str,
    subject: String,
    key: DataKey,
}

/// The stay, with the key of its subject.
async fn open<'a>(tx: &mut Transaction<'_>, id: &'a str) -> Result<Open<'a>, StoreError> {
    let subject: Option<String> =
        sqlx::query_scalar("SELECT subject FROM stays WHERE id = ?").bind(id).fetch_optional(tx.on()).await?;
    let subject = subject.ok_or(StoreError::UnknownStay)?;
    let key = tx.key(&subject).await?.ok_or(StoreError::UnknownStay)?;
    Ok(Open { id, subject, key })
}

/// What stands in `data`: the event, without the words of a refusal, which may name somebody.
fn plain(event: &StayEvent) -> StayEvent {
    match event {
        StayEvent::Rejected { .. } => StayEvent::Rejected { reason: String::new() },
        other => other.clone(),
    }
}

#[async_trait]
impl Stays for SqliteStore {
    async fn record_stay(&self, stay: NewStay) -> Result<StayRecorded, StoreError> {
        let recorded = self.writer.submit(record::Record(stay)).await?;
        self.queued.notify_one();
        Ok(recorded)
    }

    async fn record_stay_at_kiosk(&self, stay: StayAtKiosk) -> Result<StayRecorded, StoreError> {
        let recorded = self.writer.submit(stay).await?;
        self.queued.notify_one();
        Ok(recorded)
    }

    async fn change_stay(&self, change: ChangeStay) -> Result<StayChanged, StoreError> {
        let changed = self.writer.submit(change).await?;
        self.queued.notify_one();
        Ok(changed)
    }

    async fn tell_police(&self, telling: TellPolice) -> Result<u32, StoreError> {
        self.writer.submit(telling).await
    }

    async fn make_stay_file(&self, file: MakeFile) -> Result<Uuid, StoreError> {
        self.writer.submit(file).await
    }

    async fn count_stay_file(&self, count: CountFile) -> Result<Counted, StoreError> {
        self.writer.submit(count).await
    }

    async fn stay_files(&self, place: &str) -> Result<Vec<KeptFile>, StoreError> {
        files::of_place(&mut *self.readers.begin().await?, place).await
    }

    async fn stay(&self, id: Uuid) -> Result<Option<KeptStay>, StoreError> {
        read::one(&mut *self.readers.begin().await?, &self.keys, &id.to_string()).await
    }

    async fn stay_versions(&self, stay: Uuid) -> Result<Vec<StayVersion>, StoreError> {
        read::versions(&mut *self.readers.begin().await?, &self.keys, &stay.to_string()).await
    }

    async fn stays(&self, place: &str, which: Which, at: Timestamp) -> Result<Vec<KeptStay>, StoreError> {
        read::of_place(&mut *self.readers.begin().await?, &self.keys, place, which, at).await
    }

    async fn record_stay_look(&self, look: StayLook) -> Result<(), StoreError> {
        self.writer.submit(look).await
    }

    async fn stay_reason_given(
        &self,
        session: Uuid,
        place: &str,
        since: Timestamp,
    ) -> Result<bool, StoreError> {
        looks::reason_given(&mut *self.readers.acquire().await?, session, place, since).await
    }

    async fn stay_looks(&self, places: &[String]) -> Result<Vec<KeptLook>, StoreError> {
        looks::of_places(&mut *self.readers.begin().await?, &self.keys, places).await
    }

    async fn stay_counts(
        &self,
        places: &[String],
        from: Date,
        to: Date,
    ) -> Result<Vec<StayCount>, StoreError> {
        read::counts(&mut *self.readers.begin().await?, places, from, to).await
    }
}
