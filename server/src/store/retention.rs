//! Purging what is over, with a proof; and what keeps something from being purged or used.

use async_trait::async_trait;
use flows::law::{Record, retention::Ending};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Decision, StoreError};

/// Rows that one transaction purges at most: nobody waits long behind it.
pub const PURGED_AT_ONCE: u32 = 200;

/// The proof that something was purged. It names nobody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PurgeProof {
    /// Its id.
    pub id: Uuid,
    /// Which kind of record.
    pub record: Record,
    /// What happened to it.
    pub ending: Ending,
    /// How many.
    pub count: u64,
    /// They were older than this.
    pub older_than: Timestamp,
    /// SHA-256 over their ids, each with its length before it.
    pub ids_sha256: [u8; 32],
    /// When.
    pub at: Timestamp,
}

/// What keeps a subject's data as they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MarkKind {
    /// Hạn chế xử lý: the person wants them kept and not used, but for care.
    Restricted,
    /// They are needed in a dispute or an inquiry.
    Held,
}

/// A mark that is placed on a subject or lifted.
#[derive(Debug, Clone)]
pub struct Mark {
    /// Whose data.
    pub subject: Uuid,
    /// Which mark.
    pub kind: MarkKind,
    /// Placed, or lifted.
    pub placed: bool,
    /// Who, and why.
    pub decision: Decision,
    /// Now.
    pub at: Timestamp,
}

/// The operations of retention.
#[async_trait]
pub trait Retention: Send + Sync {
    /// Purges what is over at `at`, by [`flows::law::RETENTION`], in transactions of [`PURGED_AT_ONCE`] rows. What a
    /// mark protects stays. The proofs come back, and are kept.
    ///
    /// # Errors
    /// Where something could not be written; what was purged before stays purged.
    async fn purge(&self, at: Timestamp) -> Result<Vec<PurgeProof>, StoreError>;

    /// The latest proofs, the newest first.
    ///
    /// # Errors
    /// Where they could not be read.
    async fn purges(&self, most: u32) -> Result<Vec<PurgeProof>, StoreError>;

    /// Places a mark, or lifts it.
    ///
    /// # Errors
    /// [`StoreError::UnknownSubject`], or where it could not be written.
    async fn mark_subject(&self, mark: Mark) -> Result<(), StoreError>;

    /// The marks that are on a subject.
    ///
    /// # Errors
    /// Where they could not be read.
    async fn marks_of(&self, subject: Uuid) -> Result<Vec<MarkKind>, StoreError>;
}
