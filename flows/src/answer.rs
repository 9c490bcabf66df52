//! What the citizen answered to a step.

use identity::ReasonCode;
use serde::{Deserialize, Serialize};

use crate::{Evidence, Language, law::age::ConsentRole, step::Purpose};

/// An answer to the step that was shown.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Answer {
    /// To [`crate::Step::Consent`].
    Consent {
        /// Which purpose was asked about.
        purpose: Purpose,
        /// Who was asked.
        #[serde(default)]
        role: ConsentRole,
        /// Yes or no.
        given: bool,
        /// The language it was asked in.
        language: Language,
        /// SHA-256 (lower-case hex) of the exact text shown, UTF-8.
        text_sha256: String,
    },
    /// To [`crate::Step::Identify`].
    Evidence {
        /// What was read.
        evidence: Evidence,
    },
    /// To [`crate::Step::ConfirmPerson`].
    ConfirmPerson {
        /// Whether the person says that they are the one shown.
        is_me: bool,
    },
    /// To [`crate::Step::ConfirmPerson`] or [`crate::Step::AskBirthYear`]: it is the card of somebody else, for whom the
    /// person has come.
    OnBehalf,
    /// To [`crate::Step::AskBirthYear`].
    BirthYear {
        /// Four digits.
        year: i16,
    },
    /// To [`crate::Step::Choose`].
    Choose {
        /// The [`crate::step::Choice::id`] chosen.
        id: String,
    },
    /// At any step: a person is wanted.
    CallStaff {
        /// Why: `help_wanted` where the person pressed the button, else what the kiosk could not get past.
        code: ReasonCode,
    },
    /// At any step: the person leaves.
    Abort,
}

impl std::fmt::Debug for Answer {
    /// Only which answer it is: what was chosen may be health data.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Consent { given, .. } => write!(f, "Consent({given})"),
            Self::Evidence { .. } => f.write_str("Evidence"),
            Self::ConfirmPerson { is_me } => write!(f, "ConfirmPerson({is_me})"),
            Self::OnBehalf => f.write_str("OnBehalf"),
            Self::BirthYear { .. } => f.write_str("BirthYear"),
            Self::Choose { .. } => f.write_str("Choose"),
            Self::CallStaff { code } => write!(f, "CallStaff({code})"),
            Self::Abort => f.write_str("Abort"),
        }
    }
}
