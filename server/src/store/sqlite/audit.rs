//! Which operations are logged, and the walk over the log.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use sqlx::{Row as _, SqliteConnection};

use super::{
    parse_word,
    transaction::{bytes, row_digest},
};
use crate::{
    audit::{AuditReport, GENESIS, Leaf},
    store::StoreError,
};

/// Leaves read at a time.
const PAGE: i64 = 1000;

/// An operation in the log, and the kind of row it wrote.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Logged {
    DatabaseMade,
    KioskEnrolled,
    KioskWithdrawn,
    RequestBegun,
    RequestAbandoned,
    SessionOpened,
    TurnSaved,
    ChallengeIssued,
    ConsentAnswered,
    StaffCalled,
    CallRepeated,
    CallAnswered,
    CheckedIn,
    NumberRepeated,
    KeyDestroyed,
    ExpiredForgotten,
}

impl Logged {
    /// How to read the row that it wrote, where that is never changed or removed afterwards.
    const fn kept_row(self) -> Option<&'static str> {
        match self {
            Self::DatabaseMade => Some("SELECT * FROM meta WHERE name = ?"),
            Self::ConsentAnswered => Some("SELECT * FROM consents WHERE id = ?"),
            Self::StaffCalled => Some("SELECT * FROM calls WHERE id = ?"),
            Self::CallAnswered => Some("SELECT * FROM call_endings WHERE call = ?"),
            Self::CheckedIn | Self::NumberRepeated => Some("SELECT * FROM visits WHERE id = ?"),
            Self::KioskEnrolled
            | Self::KioskWithdrawn
            | Self::RequestBegun
            | Self::RequestAbandoned
            | Self::SessionOpened
            | Self::TurnSaved
            | Self::ChallengeIssued
            | Self::CallRepeated
            | Self::KeyDestroyed
            | Self::ExpiredForgotten => None,
        }
    }
}

/// Walks the log. The caller holds one snapshot for the whole walk.
pub(super) async fn verify(connection: &mut SqliteConnection) -> Result<AuditReport, StoreError> {
    let mut leaves: i64 = 0;
    let mut head = GENESIS;
    let mut kiosks = BTreeMap::new();
    loop {
        let page = sqlx::query("SELECT * FROM audit WHERE seq > ? ORDER BY seq LIMIT ?")
            .bind(leaves)
            .bind(PAGE)
            .fetch_all(&mut *connection)
            .await?;
        if page.is_empty() {
            break;
        }
        for row in page {
            let number: i64 = row.try_get("seq")?;
            let seq = u64::try_from(number).map_err(|_| StoreError::Malformed { what: "audit.seq" })?;
            let operation: String = row.try_get("operation")?;
            let record: String = row.try_get("record")?;
            let digest = bytes("audit.digest", row.try_get("digest")?)?;
            let previous: [u8; 32] = bytes("audit.previous", row.try_get("previous")?)?;
            let hash: [u8; 32] = bytes("audit.hash", row.try_get("hash")?)?;
            let leaf = Leaf { seq, at: row.try_get("at")?, operation: &operation, record: &record, digest };
            if number != leaves + 1 || previous != head || leaf.hash(&previous) != hash {
                return Ok(AuditReport::BrokenLeaf { seq });
            }
            // A word that nobody writes cannot have come this far: the hash covers it.
            let what: Logged = parse_word("audit.operation", &operation)?;
            if let Some(select) = what.kept_row() {
                let kept = sqlx::query(select).bind(&record).fetch_optional(&mut *connection).await?;
                if kept.as_ref().map(row_digest).transpose()? != Some(digest) {
                    return Ok(AuditReport::ChangedRecord { seq });
                }
            }
            if matches!(what, Logged::KioskEnrolled | Logged::KioskWithdrawn) {
                kiosks.insert(record, (seq, digest));
            }
            (leaves, head) = (number, hash);
        }
    }
    for (id, (seq, digest)) in &kiosks {
        let row = sqlx::query("SELECT * FROM kiosks WHERE id = ?").bind(id);
        let row = row.fetch_optional(&mut *connection).await?;
        if row.as_ref().map(row_digest).transpose()? != Some(*digest) {
            return Ok(AuditReport::ChangedRecord { seq: *seq });
        }
    }
    let enrolled: i64 = sqlx::query_scalar("SELECT count(*) FROM kiosks").fetch_one(&mut *connection).await?;
    let unlogged: i64 = sqlx::query_scalar(
        "SELECT (SELECT count(*) FROM visits) + (SELECT count(*) FROM consents) + (SELECT count(*) FROM calls)
              + (SELECT count(*) FROM call_endings)
              - (SELECT count(*) FROM audit WHERE operation IN
                    ('checked_in', 'consent_answered', 'staff_called', 'call_answered'))",
    )
    .fetch_one(connection)
    .await?;
    if unlogged != 0 || usize::try_from(enrolled) != Ok(kiosks.len()) {
        return Ok(AuditReport::UnloggedRecords);
    }
    Ok(AuditReport::Intact { leaves: leaves.unsigned_abs(), head })
}
