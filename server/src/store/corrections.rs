//! Corrections of a visit: each is a new version, and every older one stays, with who corrected it and why.

use async_trait::async_trait;
use flows::{
    engine::{Insurance, InsuranceStatus},
    policy::Strength,
};
use identity::SecretBytes;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Decision, Method, NewMessage, Patient, StoreError};

/// What was wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Wrong {
    /// The data of the right person.
    Data,
    /// The person: the visit was another's.
    Person,
    /// The room or the reason.
    Place,
    /// The insurance.
    Insurance,
    /// Nothing: the person was unknown and is known now. The temporary record and the person's own are one from here
    /// on, and both are kept.
    Identified,
}

impl Wrong {
    /// Each of them.
    pub const ALL: [Self; 5] = [Self::Data, Self::Person, Self::Place, Self::Insurance, Self::Identified];

    /// Whether whoever it is now is not who it was said to be.
    pub const fn is_about_somebody_else(self) -> bool {
        matches!(self, Self::Person | Self::Identified)
    }

    /// The word in the database and in forms.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Data => "data",
            Self::Person => "person",
            Self::Place => "place",
            Self::Insurance => "insurance",
            Self::Identified => "identified",
        }
    }
}

/// A correction: the visit as it should have been.
#[derive(Debug, Clone)]
pub struct CorrectVisit {
    /// The visit.
    pub visit: Uuid,
    /// The version that was corrected, from 1.
    pub seen: u32,
    /// What was wrong.
    pub wrong: Wrong,
    /// Who it is. With the personal number of somebody who is kept here the visit is theirs from here on. Where only the
    /// data were wrong and nobody has the number, the person keeps all that is theirs and has this number from here on;
    /// unless a document proved the one they had: then the visit is somebody else's.
    pub patient: Patient,
    /// How identity was established.
    pub method: Method,
    /// How strongly.
    pub strength: Strength,
    /// The id of the room.
    pub room: String,
    /// How the insurance stands.
    pub insurance: Insurance,
    /// Who corrects it, and why.
    pub decision: Decision,
    /// The look-up that goes out for it, where the insurance that was corrected has to be asked about. The store gives
    /// it the part that tells it from earlier ones.
    pub look_up: Option<NewMessage>,
    /// The question to the population database about the corrected data. It goes out where one about the earlier data
    /// had no answer yet: it rests on the person's consent, so there is none where somebody else came.
    pub population_check: Option<NewMessage>,
    /// What a person has to tell the health-insurance register, where it was told what is wrong. Used only where
    /// something was sent, or was tried.
    pub to_say: SecretBytes,
    /// Now.
    pub at: Timestamp,
}

/// What became of a correction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Corrected {
    /// The new version, from 2.
    pub version: u32,
    /// A person has to tell a national system: the message is among the dead letters.
    pub to_tell: bool,
}

/// One version of a visit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VisitVersion {
    /// From 1.
    pub version: u32,
    /// What was wrong before it. None for the first.
    pub wrong: Option<Wrong>,
    /// Whose visit it is.
    pub subject: Uuid,
    /// Who. None where that subject was erased.
    pub patient: Option<Patient>,
    /// How identity was established.
    pub method: Method,
    /// How strongly.
    pub strength: Strength,
    /// The id of the room.
    pub room: String,
    /// How the insurance stood.
    pub insurance: InsuranceStatus,
    /// Who corrected, and why. None for the first, and where that subject was erased.
    pub decision: Option<Decision>,
    /// Since when it counts.
    pub at: Timestamp,
}

/// Correcting what was recorded.
#[async_trait]
pub trait Corrections: Send + Sync {
    /// Writes a new version of a visit; from here on it is what the visit says. Questions to a register about what was
    /// corrected end, and those about what is right are queued with it. A CHECK-IN that waits is the right person's and
    /// goes out after the answer; where one was sent, or tried, a person is asked to tell the register.
    ///
    /// # Errors
    /// [`StoreError::UnknownVisit`] where there is none or its subject was erased; [`StoreError::VisitCorrected`]
    /// where somebody corrected it meanwhile; or where it could not be written.
    async fn correct_visit(&self, correction: CorrectVisit) -> Result<Corrected, StoreError>;

    /// Every version of a visit, the first first. Empty where there is no such visit.
    ///
    /// # Errors
    /// Where they could not be read.
    async fn visit_versions(&self, visit: Uuid) -> Result<Vec<VisitVersion>, StoreError>;
}
