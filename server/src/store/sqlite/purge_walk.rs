//! Purges in the walk over the audit log: which rows were lawfully changed or deleted, and whether each purge says so.

use std::collections::BTreeMap;

use sqlx::{Row as _, SqliteConnection};

use super::{
    audit::{FILE_ACCESS, Logged},
    purge::{ids_digest, name},
    transaction::{bytes, row_digest},
};
use crate::store::StoreError;

/// A table whose rows a purge may reduce or delete.
struct Table {
    name: &'static str,
    /// The column by which the log names a row.
    key: &'static str,
    /// How such a row is read again.
    select: &'static str,
}

const fn table(name: &'static str, key: &'static str, select: &'static str) -> Table {
    Table { name, key, select }
}

const TABLES: [Table; 19] = [
    table("visits", "id", "SELECT * FROM visits WHERE id = ?"),
    table("visit_versions", "id", "SELECT * FROM visit_versions WHERE id = ?"),
    table("receptions", "visit", "SELECT * FROM receptions WHERE visit = ?"),
    table("task_endings", "task", "SELECT * FROM task_endings WHERE task = ?"),
    table("call_endings", "call", "SELECT * FROM call_endings WHERE call = ?"),
    table("outbox_decisions", "id", "SELECT * FROM outbox_decisions WHERE id = ?"),
    table("insurance_checks", "id", "SELECT * FROM insurance_checks WHERE id = ?"),
    table("insurance_answers", "id", "SELECT * FROM insurance_answers WHERE id = ?"),
    table("outbox_receipts", "message", "SELECT * FROM outbox_receipts WHERE message = ?"),
    table("queue_events", "id", "SELECT * FROM queue_events WHERE id = ?"),
    table("accesses", "id", "SELECT * FROM accesses WHERE id = ?"),
    table("file_accesses", "id", "SELECT * FROM file_accesses WHERE id = ?"),
    table("file_accesses", "id", FILE_ACCESS),
    table("consents", "id", "SELECT * FROM consents WHERE id = ?"),
    table("consent_subjects", "consent", "SELECT * FROM consent_subjects WHERE consent = ?"),
    table("consent_stays", "consent", "SELECT * FROM consent_stays WHERE consent = ?"),
    table("stay_looks", "id", "SELECT * FROM stay_looks WHERE id = ?"),
    table("stays", "id", "SELECT * FROM stays WHERE id = ?"),
    table("consent_roles", "consent", "SELECT * FROM consent_roles WHERE consent = ?"),
];

/// The column by which the log names a row of this table.
pub(super) fn key_column(table: &str) -> Result<&'static str, StoreError> {
    let known = TABLES.iter().find(|known| known.name == table);
    known.map(|known| known.key).ok_or(StoreError::Malformed { what: "a table to be purged" })
}

/// What the log says of purges.
pub(super) struct Purges {
    /// The last leaf of a purge about a row, by its name.
    last: BTreeMap<String, u64>,
    /// The rows whose purge has no proof yet, in order.
    pending: Vec<String>,
    /// The first leaf of those.
    pub(super) unproved: Option<u64>,
}

impl Purges {
    /// Reads which rows were purged. What it reads is covered by the walk that follows.
    pub(super) async fn read(connection: &mut SqliteConnection) -> Result<Self, StoreError> {
        let rows = sqlx::query(
            "SELECT max(seq) AS seq, record FROM audit WHERE operation IN ('row_reduced', 'row_purged') GROUP BY record",
        )
        .fetch_all(connection)
        .await?;
        let mut last = BTreeMap::new();
        for row in rows {
            let seq: i64 = row.try_get("seq")?;
            let seq = u64::try_from(seq).map_err(|_| StoreError::Malformed { what: "audit.seq" })?;
            last.insert(row.try_get("record")?, seq);
        }
        Ok(Self { last, pending: Vec::new(), unproved: None })
    }

    /// The last leaf of a purge about the row that `select` reads.
    pub(super) fn last_about(&self, select: &str, record: &str) -> Option<u64> {
        let table = TABLES.iter().find(|known| known.select == select)?;
        self.last.get(&name(table.name, record)).copied()
    }

    /// Takes the next leaf. Says whether all is as it says.
    pub(super) async fn walk(
        &mut self,
        connection: &mut SqliteConnection,
        what: Logged,
        record: &str,
        digest: &[u8; 32],
        seq: u64,
    ) -> Result<bool, StoreError> {
        match what {
            Logged::RowReduced | Logged::RowPurged => {
                self.pending.push(record.to_owned());
                self.unproved.get_or_insert(seq);
                if self.last.get(record) != Some(&seq) {
                    return Ok(true);
                }
                let select = record.split_once('/').and_then(|(table, id)| {
                    TABLES.iter().find(|known| known.name == table).map(|known| (known.select, id))
                });
                let Some((select, id)) = select else { return Ok(false) };
                let row = sqlx::query(select).bind(id).fetch_optional(connection).await?;
                let now = row.as_ref().map(row_digest).transpose()?;
                Ok(if what == Logged::RowPurged { now.is_none() } else { now.as_ref() == Some(digest) })
            }
            Logged::Purged => {
                let pending = std::mem::take(&mut self.pending);
                self.unproved = None;
                let row = sqlx::query("SELECT count, logged, ids_sha256 FROM purges WHERE id = ?")
                    .bind(record)
                    .fetch_optional(connection)
                    .await?;
                let Some(row) = row else { return Ok(false) };
                if row.try_get::<i64, _>("logged")? == 0 {
                    return Ok(pending.is_empty());
                }
                let ids: [u8; 32] = bytes("purges.ids_sha256", row.try_get("ids_sha256")?)?;
                let count = usize::try_from(row.try_get::<i64, _>("count")?);
                Ok(count == Ok(pending.len()) && ids == ids_digest(&pending))
            }
            _ => Ok(true),
        }
    }
}
