//! The national systems, asked and answered in the flow's words. No trouble there keeps a patient from being seen.

use std::sync::Arc;

use flows::{
    CardStanding, Person,
    engine::{Insurance, InsuranceStatus, Population},
};
use identity::SecretBytes;
use tracing::warn;

use crate::national::{
    ChipCheck, InsuranceRegister, NationalError, PopulationDatabase,
    chip_check::{CardRead, Standing},
    insurance::{Action, Finding},
    population::Existence,
};

/// The national systems of the health flow.
#[derive(Clone)]
pub struct Registers {
    /// The population database.
    pub population: Arc<dyn PopulationDatabase>,
    /// The health-insurance register.
    pub insurance: Arc<dyn InsuranceRegister>,
    /// The chip check of C06, where there is one.
    pub cards: Option<Arc<dyn ChipCheck>>,
}

impl std::fmt::Debug for Registers {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Registers")
    }
}

impl Registers {
    /// What C06 says of a card, with its answer as it came. Nothing where no chip check is configured.
    pub(super) async fn check_card(&self, card: &CardRead) -> Option<(CardStanding, Option<SecretBytes>)> {
        let cards = self.cards.as_ref()?;
        Some(match cards.verify(card).await {
            Ok(statement) => {
                let standing = match statement.standing {
                    Standing::Valid => CardStanding::Valid,
                    Standing::NotIssued => CardStanding::NotIssued,
                    Standing::Revoked => CardStanding::Revoked,
                };
                (standing, Some(statement.raw))
            }
            Err(error) => {
                warn!(%error, "the card was not asked about");
                (CardStanding::Unavailable, None)
            }
        })
    }

    pub(super) async fn check_population(&self, person: &Person) -> Population {
        match self.population.verify(person).await {
            Ok(Existence::Exists) => Population::Matches,
            Ok(Existence::Unknown) => Population::Mismatch,
            Err(error) => {
                warn!(%error, "not asked");
                Population::Unavailable
            }
        }
    }

    pub(super) async fn look_up_insurance(&self, person: &Person) -> Insurance {
        match self.insurance.look_up(person).await {
            Ok(finding) => insured(finding),
            Err(error) => {
                warn!(%error, "not looked up");
                let result_code = match error {
                    NationalError::Refused { code, .. } => Some(code),
                    NationalError::Unavailable { .. } | NationalError::NotAskable { .. } => None,
                };
                Insurance { status: InsuranceStatus::Unverified, result_code, card: None }
            }
        }
    }
}

/// What a finding is to a visit.
pub(crate) fn insured(finding: Finding) -> Insurance {
    Insurance {
        status: match finding.action {
            Action::GoOn | Action::ChildWithoutCard => InsuranceStatus::Valid,
            Action::UseNewCard => InsuranceStatus::Renewed,
            Action::FeeOrStaff | Action::Fee => InsuranceStatus::NotValid,
            Action::StaffLookAtCard
            | Action::RetryThenStaff
            | Action::ReadAgain
            | Action::AskThenStaff
            | Action::Staff
            | Action::AskRegisterAgainThenStaff => InsuranceStatus::NeedsStaff,
            Action::PortalDown | Action::OperatorAlert | Action::MaintainerAlert | Action::RenewToken => {
                InsuranceStatus::Unverified
            }
        },
        result_code: Some(finding.code.as_str().to_owned()),
        card: finding.card,
    }
}
