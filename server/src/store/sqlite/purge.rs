//! What is over goes, and leaves a proof.
//!
//! A row that is kept has its digest in the audit log. Where a purge changes or deletes such a row, it appends a
//! leaf about it first (`row_reduced`, `row_purged`) and then the leaf of the purge itself, whose row holds count
//! and digest of exactly those ids. The walk over the log compares both: what is gone without a purge is found.

use async_trait::async_trait;
use flows::law::{Record, retention::Ending};
use jiff::Timestamp;
use sha2::{Digest as _, Sha256};
use sqlx::{Row as _, sqlite::SqliteRow};
use uuid::Uuid;

use super::{
    SqliteStore,
    audit::Logged,
    corrections, numbers, outbox, parse_word,
    transaction::{Transaction, bytes, id, time},
    word,
    writer::Operation,
};
use crate::{
    sealed::Place,
    store::{
        StoreError,
        retention::{Mark, MarkKind, PURGED_AT_ONCE, PurgeProof, Retention},
    },
};

mod kinds;

/// What was purged together.
pub(super) struct Purged<'a> {
    pub(super) record: Record,
    pub(super) ending: Ending,
    pub(super) older_than: Timestamp,
    /// The ids; for rows with leaves of their own, as those name them, in that order.
    pub(super) ids: &'a [String],
    /// Whether each has a leaf of its own.
    pub(super) logged: bool,
}

/// SHA-256 over ids, each with its length before it.
pub(super) fn ids_digest<'a>(ids: impl IntoIterator<Item = &'a String>) -> [u8; 32] {
    let mut hash = Sha256::new();
    for id in ids {
        hash.update((id.len() as u64).to_be_bytes());
        hash.update(id);
    }
    hash.finalize().into()
}

/// Writes the proof down. Nothing purged leaves none.
pub(super) async fn prove(
    tx: &mut Transaction<'_>,
    purged: &Purged<'_>,
    at: Timestamp,
) -> Result<Option<PurgeProof>, StoreError> {
    if purged.ids.is_empty() {
        return Ok(None);
    }
    let new = tx.new_id()?;
    let count = i64::try_from(purged.ids.len()).unwrap_or(i64::MAX);
    let row = sqlx::query(
        "INSERT INTO purges (id, record, ending, count, logged, older_than, ids_sha256, at)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?) RETURNING *",
    )
    .bind(&new)
    .bind(purged.record.as_str())
    .bind(word(&purged.ending)?)
    .bind(count)
    .bind(i64::from(purged.logged))
    .bind(purged.older_than.as_millisecond())
    .bind(ids_digest(purged.ids).as_slice())
    .bind(at.as_millisecond())
    .fetch_one(tx.on())
    .await?;
    tx.log(Logged::Purged, &new, &row, at).await?;
    proof(&row).map(Some)
}

fn proof(row: &SqliteRow) -> Result<PurgeProof, StoreError> {
    Ok(PurgeProof {
        id: id("purges.id", row.try_get("id")?)?,
        record: parse_word("purges.record", row.try_get("record")?)?,
        ending: parse_word("purges.ending", row.try_get("ending")?)?,
        count: row.try_get::<i64, _>("count")?.unsigned_abs(),
        older_than: time("purges.older_than", row.try_get("older_than")?)?,
        ids_sha256: bytes("purges.ids_sha256", row.try_get("ids_sha256")?)?,
        at: time("purges.at", row.try_get("at")?)?,
    })
}

/// How a leaf names a row of a table.
pub(super) fn name(table: &str, id: &str) -> String {
    format!("{table}/{id}")
}

/// Empties the proof of identity of every visit of a subject: it rested on their consent.
pub(super) async fn empty_evidence(
    tx: &mut Transaction<'_>,
    subject: &str,
    at: Timestamp,
) -> Result<u64, StoreError> {
    let visits: Vec<String> = sqlx::query_scalar(
        "WITH theirs AS MATERIALIZED (SELECT same AS subject FROM same_person WHERE same_person.subject = ?1)
         SELECT id FROM visits WHERE (subject IN (SELECT subject FROM theirs)
                 OR id IN (SELECT visit FROM visit_versions JOIN conversation_subjects USING (visit)
                     WHERE conversation_subjects.subject IN (SELECT subject FROM theirs)))
             AND (proof IS NOT NULL OR submission IS NOT NULL)",
    )
    .bind(subject)
    .fetch_all(tx.on())
    .await?;
    let ids = kinds::empty_evidence_of(tx, &visits, at).await?;
    let purged = Purged {
        record: Record::Evidence,
        ending: Ending::ColumnsEmptied,
        older_than: at,
        ids: &ids,
        logged: true,
    };
    Ok(prove(tx, &purged, at).await?.map_or(0, |proof| proof.count))
}

/// One transaction of a purge.
struct PurgeSome {
    kind: &'static kinds::Kind,
    at: Timestamp,
}

#[async_trait]
impl Operation for PurgeSome {
    type Output = Option<PurgeProof>;

    async fn run(&self, tx: &mut Transaction<'_>) -> Result<Option<PurgeProof>, StoreError> {
        let kinds::Kind { record, ending, .. } = *self.kind;
        let Some(older_than) = record.over_before(self.at) else { return Ok(None) };
        let kinds::Gone { ids, logged } = self.kind.purge(tx, older_than, self.at).await?;
        let purged = Purged { record, ending, older_than, ids: &ids, logged };
        prove(tx, &purged, self.at).await
    }
}

#[async_trait]
impl Operation for Mark {
    type Output = ();

    async fn run(&self, tx: &mut Transaction<'_>) -> Result<(), StoreError> {
        mark(tx, self).await
    }
}

/// Places a mark, or lifts it wherever it is on that person: their records may have been merged since it was placed.
pub(super) async fn mark(tx: &mut Transaction<'_>, mark: &Mark) -> Result<(), StoreError> {
    let subject = mark.subject.to_string();
    tx.key(&subject).await?.ok_or(StoreError::UnknownSubject)?;
    if mark.placed {
        let root = numbers::root(tx.on(), subject).await?;
        if mark.kind == MarkKind::Restricted {
            // What is restricted is not asked about either.
            outbox::stop_what_rested_on_consent(tx, &root, outbox::Stopped::Restricted, mark.at).await?;
        }
        for earlier in corrections::earlier_of(tx.on(), &root).await? {
            write_mark(tx, mark, &earlier).await?;
        }
        return write_mark(tx, mark, &root).await;
    }
    let marked: Vec<String> = sqlx::query_scalar(
        "SELECT DISTINCT mark.subject FROM subject_marks AS mark JOIN same_person ON same_person.same = mark.subject
         WHERE same_person.subject = ?1 AND mark.kind = ?2 AND mark.placed = 1 AND NOT EXISTS (
             SELECT 1 FROM subject_marks AS later
             WHERE later.subject = mark.subject AND later.kind = mark.kind AND later.rowid > mark.rowid)",
    )
    .bind(&subject)
    .bind(word(&mark.kind)?)
    .fetch_all(tx.on())
    .await?;
    for subject in &marked {
        write_mark(tx, mark, subject).await?;
    }
    Ok(())
}

async fn write_mark(tx: &mut Transaction<'_>, mark: &Mark, subject: &str) -> Result<(), StoreError> {
    // Whoever was erased has no records left that a mark could hold.
    let Some(key) = tx.key(subject).await? else { return Ok(()) };
    let new = tx.new_id()?;
    let decision = tx.seal(&mark.decision, &key, mark_place(&new))?;
    let row = sqlx::query(
        "INSERT INTO subject_marks (id, subject, kind, placed, decision, at) VALUES (?, ?, ?, ?, ?, ?) RETURNING *",
    )
    .bind(&new)
    .bind(subject)
    .bind(word(&mark.kind)?)
    .bind(i64::from(mark.placed))
    .bind(decision)
    .bind(mark.at.as_millisecond())
    .fetch_one(tx.on())
    .await?;
    tx.log(Logged::SubjectMarked, &new, &row, mark.at).await
}

fn mark_place(row: &str) -> Place<'_> {
    Place { table: "subject_marks", column: "decision", row }
}

/// The marks that are on a subject.
pub(super) async fn marks(
    connection: &mut sqlx::SqliteConnection,
    subject: &str,
) -> Result<Vec<MarkKind>, StoreError> {
    let words: Vec<String> =
        sqlx::query_scalar("SELECT kind FROM marked_subjects WHERE subject = ? ORDER BY kind")
            .bind(subject)
            .fetch_all(connection)
            .await?;
    words.iter().map(|word| parse_word("subject_marks.kind", word)).collect()
}

#[async_trait]
impl Retention for SqliteStore {
    async fn purge(&self, at: Timestamp) -> Result<Vec<PurgeProof>, StoreError> {
        let mut proofs = Vec::new();
        for kind in &kinds::KINDS {
            while let Some(proof) = self.writer.submit(PurgeSome { kind, at }).await? {
                let more = proof.count >= u64::from(PURGED_AT_ONCE);
                proofs.push(proof);
                if !more {
                    break;
                }
            }
        }
        Ok(proofs)
    }

    async fn purges(&self, most: u32) -> Result<Vec<PurgeProof>, StoreError> {
        let rows = sqlx::query("SELECT * FROM purges ORDER BY rowid DESC LIMIT ?")
            .bind(most)
            .fetch_all(&self.readers)
            .await?;
        rows.iter().map(proof).collect()
    }

    async fn mark_subject(&self, mark: Mark) -> Result<(), StoreError> {
        self.writer.submit(mark).await
    }

    async fn marks_of(&self, subject: Uuid) -> Result<Vec<MarkKind>, StoreError> {
        marks(&mut *self.readers.acquire().await?, &subject.to_string()).await
    }
}
