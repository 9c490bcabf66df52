//! The insurance register's answers as they arrived, kept as evidence of what was asked and answered at reception
//! (NĐ 188/2025/NĐ-CP Đ37, Đ38).

use async_trait::async_trait;
use identity::SecretBytes;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Decision, StoreError};

/// Who asked the register, where it was not a kiosk and not a member of staff: the outbox, again.
pub const ASKED_AGAIN: &str = "outbox";

/// An answer to a look-up, without the person's visits elsewhere.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InsuranceAnswer {
    /// The JSON. Sealed.
    pub json: SecretBytes,
    /// Who asked: the kiosk's id, or [`ASKED_AGAIN`].
    pub asked_by: String,
    /// When it came.
    pub at: Timestamp,
}

/// A person's visits elsewhere, which a clinician asked for.
#[derive(Debug, Clone)]
pub struct KeepHistory {
    /// The visit for which they were asked for.
    pub visit: Uuid,
    /// The register's answer (JSON). Sealed.
    pub json: SecretBytes,
    /// Who asked, and why. Sealed.
    pub decision: Decision,
    /// Their account.
    pub staff: Uuid,
    /// Now.
    pub at: Timestamp,
}

/// An answer that is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptAnswer {
    /// Who asked: a kiosk's id, [`ASKED_AGAIN`], or the account of a member of staff.
    pub asked_by: String,
    /// Who asked for the visits elsewhere, and why; none for a look-up, in which there are none.
    pub decision: Option<Decision>,
    /// The JSON. None where the subject was erased.
    pub json: Option<SecretBytes>,
    /// When it came.
    pub at: Timestamp,
}

/// The operations on answers. Those to look-ups are written with the record that they belong to.
#[async_trait]
pub trait Answers: Send + Sync {
    /// Keeps what a clinician asked for.
    ///
    /// # Errors
    /// [`StoreError::UnknownVisit`] where there is none or its subject was erased; or where it could not be written.
    async fn keep_history(&self, history: KeepHistory) -> Result<(), StoreError>;

    /// The answers that are kept with a visit, the oldest first.
    ///
    /// # Errors
    /// Where they could not be read.
    async fn answers_of(&self, visit: Uuid) -> Result<Vec<KeptAnswer>, StoreError>;
}
