//! The numbers that a person is known by here. A subject is this station's own key; numbers come and go.
//!
//! **What a number may do follows from how it is known.** One that a chip proved or a register answered with
//! finds its subject when it is shown alone, as an insurance card's is. One that somebody only stated is kept, and finds
//! nobody. Two subjects with one number between them may be one person: that is never decided here, it is offered to
//! staff, who say so with a reason.

use async_trait::async_trait;
use identity::{
    insurance::SocialInsuranceNumber,
    number::{OldCardNumber, OldNumber, PersonalNumber},
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Decision, StoreError};

/// Which kind of number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NumberKind {
    /// Số định danh cá nhân, 12 digits.
    Personal,
    /// Số CMND, 9 digits.
    OldCard,
    /// A personal number that was cancelled.
    Cancelled,
    /// Mã số BHXH, 10 digits: the last ten characters of an insurance card.
    Insured,
}

/// A number of one of these kinds.
#[derive(Clone, PartialEq, Eq)]
pub enum SubjectNumber {
    /// Số định danh cá nhân.
    Personal(PersonalNumber),
    /// Số CMND.
    OldCard(OldCardNumber),
    /// A personal number that was cancelled.
    Cancelled(PersonalNumber),
    /// Mã số BHXH.
    Insured(SocialInsuranceNumber),
}

impl SubjectNumber {
    /// Its kind.
    pub const fn kind(&self) -> NumberKind {
        match self {
            Self::Personal(_) => NumberKind::Personal,
            Self::OldCard(_) => NumberKind::OldCard,
            Self::Cancelled(_) => NumberKind::Cancelled,
            Self::Insured(_) => NumberKind::Insured,
        }
    }

    /// The digits.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Personal(number) | Self::Cancelled(number) => number.as_str(),
            Self::OldCard(number) => number.as_str(),
            Self::Insured(number) => number.as_str(),
        }
    }
}

impl From<&OldNumber> for SubjectNumber {
    fn from(number: &OldNumber) -> Self {
        match number {
            OldNumber::Card(number) => Self::OldCard(number.clone()),
            OldNumber::Personal(number) => Self::Cancelled(number.clone()),
        }
    }
}

impl std::fmt::Debug for SubjectNumber {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SubjectNumber({:?})", self.kind())
    }
}

/// How a number is known to be the person's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NumberStanding {
    /// Somebody said so: a printed code, typing, the word of staff.
    Stated,
    /// A register answered with it for the person's other number, name and birth date.
    Registered,
    /// A chip that was proved holds it.
    Proved,
}

impl NumberStanding {
    /// Whether the number alone finds the person.
    pub const fn finds(self) -> bool {
        matches!(self, Self::Registered | Self::Proved)
    }
}

/// A number that came with a visit, beside those in the patient's data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GivenNumber {
    /// The number.
    pub number: SubjectNumber,
    /// How it is known.
    pub standing: NumberStanding,
}

/// A number that is kept of a subject.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptNumber {
    /// Its kind.
    pub kind: NumberKind,
    /// The digits.
    pub number: identity::SecretBytes,
    /// How it is known.
    pub standing: NumberStanding,
    /// Since when.
    pub at: Timestamp,
}

/// Two subjects that have a number in common.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SameNumber {
    /// The one that was known first.
    pub first: Uuid,
    /// The other one.
    pub second: Uuid,
    /// Which kinds of number they have in common.
    pub kinds: Vec<NumberKind>,
}

/// What staff say of two subjects.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SameOrNot {
    /// They are one person. From here on both numbers lead to the first; each record stays as it was written.
    Merged,
    /// They are two. They are not offered again.
    Apart,
}

/// A decision about two subjects.
#[derive(Debug, Clone)]
pub struct DecideSubjects {
    /// The one that stays: the person as known first.
    pub first: Uuid,
    /// The other one. Where they are one person its personal number is the one in use, and the first's was cancelled.
    pub second: Uuid,
    /// What they are.
    pub outcome: SameOrNot,
    /// Who says so, and why.
    pub decision: Decision,
    /// Now.
    pub at: Timestamp,
}

/// The operations on numbers.
#[async_trait]
pub trait Numbers: Send + Sync {
    /// The numbers that are kept of a subject, and of those that were merged into it, the oldest first. Empty where
    /// the subject was erased.
    ///
    /// # Errors
    /// Where they could not be read.
    async fn numbers_of(&self, subject: Uuid) -> Result<Vec<KeptNumber>, StoreError>;

    /// The subject whose insured person's number this is, as a document or a register said; none where it is nobody's or
    /// several people's.
    ///
    /// # Errors
    /// Where it could not be read.
    async fn insured_subject(&self, number: &SocialInsuranceNumber) -> Result<Option<Uuid>, StoreError>;

    /// Subjects that have a number in common and that nobody has decided about, the latest first, at most
    /// [`MOST_OFFERED`].
    ///
    /// # Errors
    /// Where they could not be read.
    async fn same_numbers(&self) -> Result<Vec<SameNumber>, StoreError>;

    /// Writes down whether two subjects are one person.
    ///
    /// # Errors
    /// [`StoreError::UnknownSubject`] where one of them is none or was erased; [`StoreError::SubjectsDecided`] where
    /// they are one already, or it was decided about meanwhile; or where it could not be written.
    async fn decide_subjects(&self, decision: DecideSubjects) -> Result<(), StoreError>;
}

/// Most pairs in one list.
pub const MOST_OFFERED: usize = 100;
