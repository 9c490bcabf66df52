//! What a conversation has found out so far.

use identity::ReasonCode;
use serde::{Deserialize, Serialize};

use super::consenting::{Consents, Speaker};
use crate::{
    InsuranceCard, Person,
    health::priority::Declared,
    law::Consenter,
    person::Representative,
    policy::{Decision, Strength},
    step::Way,
};

/// What is known so far.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Known {
    /// Who it is.
    pub person: Person,
    /// Where that is known from.
    pub source: Source,
    /// How strongly that was established.
    pub strength: Strength,
    /// Which axis stayed open, where the proof is not full.
    pub unproved: Option<ReasonCode>,
    /// What the policy says to it.
    pub decision: Decision,
    /// Whether an earlier visit was looked for. (One that was found ends the conversation.)
    pub earlier_visit_sought: bool,
    /// The population database's answer.
    pub population: Option<Population>,
    /// The insurance register's answer.
    pub insurance: Option<Insurance>,
    /// Who acts for the person; none: they themselves.
    pub representative: Option<Representative>,
    /// Whose consent there is.
    pub consents: Consents,
    /// The year of birth is still to be typed by whoever showed the code.
    #[serde(default)]
    pub year_wanted: bool,
    /// What the person said when asked whether they are seen before others.
    pub declared: Option<Declared>,
    /// The reason chosen.
    pub reason: Option<String>,
    /// The room chosen.
    pub room: Option<String>,
}

impl Known {
    /// Of someone of whom nothing is known yet but who they are.
    pub(super) fn new(presented: Presented, standing: Standing, consenter: Consenter) -> Self {
        let speaker = presented.representative.as_ref().map(|_| Speaker::Another);
        // Anyone may hold a code, or a picture of it.
        let year_wanted = matches!(presented.source, Source::CardQr | Source::InsuranceQr);
        Self {
            person: presented.person,
            source: presented.source,
            strength: standing.strength,
            unproved: standing.unproved,
            decision: standing.decision,
            earlier_visit_sought: false,
            population: None,
            insurance: None,
            representative: presented.representative,
            consents: Consents { consenter, speaker, other_given: false, sought: false, nobody: false },
            year_wanted,
            declared: None,
            reason: None,
            room: None,
        }
    }
}

/// How far identity is established, and what the policy says to it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Standing {
    pub strength: Strength,
    pub unproved: Option<ReasonCode>,
    pub decision: Decision,
}

/// What was presented without a chip's proof: a static code, or what somebody typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Presented {
    /// Whom it names.
    pub person: Person,
    /// Where that is known from.
    pub source: Source,
    /// Who presents it for the person; none: they themselves.
    pub representative: Option<Representative>,
}

/// Where a person's data come from. The field `phuong_thuc_dinh_danh` of the record follows from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// The chip of a CCCD or Căn cước.
    Chip,
    /// VNeID: the person signed in there with their own telephone.
    Vneid,
    /// The QR code printed on the card.
    CardQr,
    /// The QR code of a health-insurance card.
    InsuranceQr,
    /// Typed by whoever stands there.
    Typed,
    /// Typed for a child under six who has no card yet.
    Child,
}

impl Source {
    /// The way by which it came.
    pub const fn way(self) -> Way {
        match self {
            Self::Chip => Way::Chip,
            Self::Vneid => Way::Vneid,
            Self::CardQr | Self::InsuranceQr => Way::Qr,
            Self::Typed => Way::Typed,
            Self::Child => Way::Child,
        }
    }
}

impl std::fmt::Debug for Known {
    /// Not the reason for the visit: that is health data.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Known")
            .field("strength", &self.strength)
            .field("decision", &self.decision)
            .finish_non_exhaustive()
    }
}

/// The population database's answer (XacThuc: yes or no, nothing more).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Population {
    /// It knows the person with these data.
    Matches,
    /// It does not.
    Mismatch,
    /// It could not be asked.
    Unavailable,
}

/// The insurance register's answer, as far as the flow needs it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Insurance {
    /// What follows from it.
    pub status: InsuranceStatus,
    /// The register's result code (maKetQua), where it answered.
    pub result_code: Option<String>,
    /// The card to use, where there is one: the new one after 003 and 004.
    pub card: Option<InsuranceCard>,
}

impl std::fmt::Debug for Insurance {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Insurance({:?}, {:?})", self.status, self.result_code)
    }
}

/// What follows from an insurance look-up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InsuranceStatus {
    /// Valid as looked up.
    Valid,
    /// The old card was replaced; the new one is used.
    Renewed,
    /// Not valid any more: fee-paying, or staff.
    NotValid,
    /// A person looks at it.
    NeedsStaff,
    /// CHUA_XAC_MINH: the register could not be asked. The patient is seen all the same.
    Unverified,
}

impl Insurance {
    /// CHUA_XAC_MINH: nobody asked, or nobody answered.
    pub const fn unverified(result_code: Option<String>) -> Self {
        Self { status: InsuranceStatus::Unverified, result_code, card: None }
    }
}
