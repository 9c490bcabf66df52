//! The national systems, asked and answered in the flow's words. No trouble there keeps a patient from being seen.

use std::sync::Arc;

use flows::{
    Person,
    engine::{Insurance, InsuranceStatus, Population},
};
use tracing::warn;

use crate::national::{
    InsuranceRegister, NationalError, PopulationDatabase,
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
}

impl std::fmt::Debug for Registers {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Registers")
    }
}

impl Registers {
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
