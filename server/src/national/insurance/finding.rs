//! What a look-up found out, in plain types.

use flows::engine::{Insurance, InsuranceStatus};
use identity::SecretBytes;
use jiff::civil::Date;

use super::{Action, ResultCode};
use crate::national::NationalError;

/// What the register says of a person.
#[derive(Clone, PartialEq, Eq)]
pub struct Finding {
    /// The register's code.
    pub code: ResultCode,
    /// What then happens at the kiosk: that of the code, or [`Action::Staff`] where the answer lacks the new card
    /// that its code promises.
    pub action: Action,
    /// The card that counts; none where the answer names none.
    pub card: Option<Card>,
    /// The answer as it arrived (JSON), to be kept as evidence.
    pub raw: SecretBytes,
}

impl std::fmt::Debug for Finding {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Finding")
            .field("code", &self.code)
            .field("action", &self.action)
            .finish_non_exhaustive()
    }
}

/// What a flow needs to know of a look-up. Without an answer the insurance is not verified, and nothing worse.
pub fn for_flow(look_up: &Result<Finding, NationalError>) -> Insurance {
    match look_up {
        Ok(finding) => Insurance {
            status: status(finding.action),
            result_code: Some(finding.code.as_str().to_owned()),
            card: finding.card.as_ref().map(|card| card.number.clone()),
        },
        Err(error) => Insurance {
            status: InsuranceStatus::Unverified,
            result_code: match error {
                NationalError::Refused { code, .. } => Some(code.clone()),
                NationalError::Unavailable { .. } | NationalError::NotAskable { .. } => None,
            },
            card: None,
        },
    }
}

const fn status(action: Action) -> InsuranceStatus {
    match action {
        Action::GoOn => InsuranceStatus::Valid,
        Action::UseNewCard => InsuranceStatus::Renewed,
        Action::FeeOrStaff | Action::Fee => InsuranceStatus::NotValid,
        Action::StaffLookAtCard
        | Action::RetryThenStaff
        | Action::ReadAgain
        | Action::AskThenStaff
        | Action::Staff
        | Action::AskRegisterAgainThenStaff
        | Action::ChildWithoutCard => InsuranceStatus::NeedsStaff,
        Action::PortalDown | Action::OperatorAlert | Action::MaintainerAlert | Action::RenewToken => {
            InsuranceStatus::Unverified
        }
    }
}

/// A health-insurance card.
#[derive(Clone, PartialEq, Eq)]
pub struct Card {
    /// `maThe`, or `maTheMoi` where a new card replaces the one found.
    pub number: String,
    /// First day of validity.
    pub valid_from: Option<Date>,
    /// Last day of validity; none: not limited, or not said.
    pub valid_to: Option<Date>,
    /// Code of the place of first treatment (`maDKBD`), 5 characters.
    pub place_code: Option<String>,
    /// Name of that place.
    pub place_name: Option<String>,
}

impl std::fmt::Debug for Card {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Card(…)")
    }
}
