//! The consent ledger (Luật 91/2025/QH15 Đ9; NĐ 356/2025/NĐ-CP Đ6): who agreed to what, to which words, when, how.
//! Rows are only added: a withdrawal is a row of its own.

use async_trait::async_trait;
use flows::{
    Language,
    consent::ConsentText,
    law::age::{ConsentRole, Spoken},
    person::Relation,
    step::Purpose,
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;
use zeroize::{Zeroize, ZeroizeOnDrop};

use super::StoreError;

/// What someone said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConsentAnswer {
    /// Yes.
    Given,
    /// No. Kept as well: nobody may be asked until they say yes.
    Refused,
    /// Not any more.
    Withdrawn,
}

/// Where it was said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Channel {
    /// At a kiosk, by its id.
    Kiosk(String),
    /// At the desk, to a member of staff.
    Desk,
}

/// Who wrote a consent down by hand, and who spoke for the person. Sealed.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
pub struct ByHand {
    /// The member of staff.
    pub staff: String,
    /// The representative's full name, where one spoke.
    pub representative: Option<String>,
}

impl std::fmt::Debug for ByHand {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ByHand(masked)")
    }
}

/// Consent answered at the desk.
#[derive(Debug, Clone)]
pub struct ConsentAtDesk {
    /// Whose data.
    pub subject: Uuid,
    /// The text that was read out or handed over.
    pub text: ConsentText,
    /// Yes or no.
    pub given: bool,
    /// Who spoke.
    pub spoken: Spoken,
    /// Who wrote it down, and the representative's name.
    pub by_hand: ByHand,
    /// Now.
    pub at: Timestamp,
}

/// Consent taken back at the desk.
#[derive(Debug, Clone)]
pub struct Withdrawal {
    /// Whose data.
    pub subject: Uuid,
    /// For what.
    pub purpose: Purpose,
    /// Who spoke.
    pub spoken: Spoken,
    /// Who wrote it down, and the representative's name.
    pub by_hand: ByHand,
    /// Now.
    pub at: Timestamp,
}

/// What a withdrawal did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Withdrawn {
    /// Consents that do not count any more.
    pub consents: u64,
    /// Visits whose proof of identity, which rested on them, was emptied. What was done before stays lawful.
    pub evidence_emptied: u64,
    /// Questions to national systems that rested on them alone and will not be asked any more.
    pub messages_stopped: u64,
}

/// A row of the ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LedgerEntry {
    /// Its id.
    pub id: Uuid,
    /// The conversation, at a kiosk.
    pub session: Option<Uuid>,
    /// Whose, once that was known.
    pub subject: Option<Uuid>,
    /// For what.
    pub purpose: Purpose,
    /// What was said.
    pub answer: ConsentAnswer,
    /// In which language.
    pub language: Language,
    /// SHA-256 of the text.
    pub text_sha256: [u8; 32],
    /// Whether the text is one that this server knows. Where it is not, what the person saw cannot be shown, and the
    /// consent proves little: someone looks at that kiosk.
    pub text_known: bool,
    /// Where.
    pub channel: Channel,
    /// In which role. None where that was never known.
    pub role: Option<ConsentRole>,
    /// What the representative is to the person.
    pub relation: Option<Relation>,
    /// Who wrote it down. None at a kiosk, and where the subject was erased.
    pub by_hand: Option<ByHand>,
    /// The consent that it takes back.
    pub withdraws: Option<Uuid>,
    /// When.
    pub at: Timestamp,
}

/// A consent text as it was shown, kept once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptText {
    /// For what.
    pub purpose: Purpose,
    /// In which language.
    pub language: Language,
    /// Its version.
    pub version: u16,
    /// The words.
    pub text: String,
}

/// The operations on the ledger. Answers at a kiosk come with a [`super::Turn`].
#[async_trait]
pub trait Consents: Send + Sync {
    /// Writes down what someone, or who represents them, said at the desk.
    ///
    /// # Errors
    /// [`StoreError::UnknownSubject`], or where it could not be written.
    async fn record_consent(&self, consent: ConsentAtDesk) -> Result<Uuid, StoreError>;

    /// The latest consent given in a conversation at a kiosk, before it is known whose it is.
    ///
    /// # Errors
    /// Where it could not be read.
    async fn session_consent(&self, session: Uuid) -> Result<Option<Uuid>, StoreError>;

    /// Takes back every consent of a person to a purpose. What rested on it alone, the proof of identity of their
    /// visits, is emptied, and what was still to be asked of a national system is not; what a law requires stays.
    ///
    /// # Errors
    /// [`StoreError::UnknownSubject`], or where it could not be written.
    async fn withdraw_consent(&self, withdrawal: Withdrawal) -> Result<Withdrawn, StoreError>;

    /// What a person agreed to and did not, the oldest first.
    ///
    /// # Errors
    /// Where it could not be read.
    async fn consents_of(&self, subject: Uuid) -> Result<Vec<LedgerEntry>, StoreError>;

    /// The latest rows of the ledger, the newest first; of texts that this server does not know where `unknown`.
    ///
    /// # Errors
    /// Where they could not be read.
    async fn latest_consents(&self, unknown: bool, most: u32) -> Result<Vec<LedgerEntry>, StoreError>;

    /// The text with this digest, if consent was ever answered to it.
    ///
    /// # Errors
    /// Where it could not be read.
    async fn consent_text(&self, sha256: [u8; 32]) -> Result<Option<KeptText>, StoreError>;
}
