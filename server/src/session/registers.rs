//! The national systems, asked and answered in the flow's words. No trouble there keeps a patient from being seen.

use std::sync::Arc;

use flows::{
    CardStanding, Person,
    engine::{Insurance, Population},
};
use identity::SecretBytes;
use jiff::Timestamp;
use tracing::warn;

use crate::{
    national::{
        ChipCheck, InsuranceRegister, NationalError, PopulationDatabase, Trouble,
        chip_check::{CardRead, Standing},
        insurance::Finding,
        population::Existence,
    },
    store::NewAlert,
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

    /// Asks the insurance register. A refusal of this server is for whoever runs it: the alert comes with it.
    pub(super) async fn look_up_insurance(&self, person: &Person, at: Timestamp) -> LookedUp {
        match self.insurance.look_up(person).await {
            Ok(finding) => LookedUp { insurance: insured(&finding), finding: Some(finding), alert: None },
            Err(error) => {
                warn!(%error, "not looked up");
                let alert = alert(&error, at);
                let result_code = match error {
                    NationalError::Refused { code, .. } => Some(code),
                    NationalError::Unavailable { trouble: Trouble::ReportedCode(code), .. } => {
                        Some(code.to_string())
                    }
                    NationalError::Unavailable { .. } | NationalError::NotAskable { .. } => None,
                };
                LookedUp { insurance: Insurance::unverified(result_code), finding: None, alert }
            }
        }
    }
}

/// What came of a look-up in the insurance register.
pub(super) struct LookedUp {
    /// How the insurance stands.
    pub insurance: Insurance,
    /// The answer, where there was one about the person.
    pub finding: Option<Finding>,
    /// What whoever runs the server has to know.
    pub alert: Option<NewAlert>,
}

/// What whoever runs the server has to know of an error of the insurance register: that it refuses this server
/// (054, 055, 205, a login that stays refused, a code that is in no table), not a person.
pub(crate) fn alert(error: &NationalError, at: Timestamp) -> Option<NewAlert> {
    match error {
        NationalError::Refused { code, .. } => Some(NewAlert { system: INSURANCE, code: code.clone(), at }),
        NationalError::Unavailable { .. } | NationalError::NotAskable { .. } => None,
    }
}

/// The insurance register, in alerts.
const INSURANCE: &str = "insurance";

/// What a finding is to a visit.
pub(crate) fn insured(finding: &Finding) -> Insurance {
    Insurance {
        status: finding.action.status(),
        result_code: Some(finding.code.as_str().to_owned()),
        card: finding.card.clone(),
    }
}
