//! The national systems that a check-in asks: one folder each, with the trait, the wire format and the HTTP client.
//!
//! No wire type leaves its folder. Nothing of a call (address, query, headers, body) is ever in a log or an error:
//! they hold tokens and what people are called. No outage here keeps a patient from being seen: every error means
//! "admit, mark as not verified, ask again later".

pub mod chip_check;
pub mod fuzzing;
pub mod insurance;
pub mod lodging;
pub mod population;
pub mod vneid;

mod error;
mod http;
mod secret;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;

pub use chip_check::{ChipCheck, ChipCheckClient};
pub use error::{ConfigurationError, Flaw, NationalError, System, Trouble};
pub use http::Limits;
pub use insurance::{CheckInChannel, InsuranceClient, InsuranceRegister, Receipt};
pub use lodging::{LodgingClient, LodgingPortal};
pub use population::{CitizenLookUp, LgspClient, PopulationClient, PopulationDatabase};
pub use vneid::{IdentityProvider, VneidClient};

use crate::{clock::Clock, config::Mode, random::Random};

/// The section `[national]` of the server's configuration. There are no defaults for addresses and accounts.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NationalConfiguration {
    /// The population database.
    pub population: population::Configuration,
    /// The provincial integration platform: with it the population database is asked by that way.
    pub lgsp: Option<population::lgsp::Configuration>,
    /// The health-insurance register.
    pub insurance: insurance::Configuration,
    /// The chip check of C06; without it no card is asked about there.
    pub c06: Option<chip_check::Configuration>,
    /// VNeID; without it nobody can sign in by it.
    pub vneid: Option<vneid::Configuration>,
    /// The police portal for stays; without it every place declares by file.
    pub lodging: Option<lodging::Configuration>,
}

impl NationalConfiguration {
    /// The population database: by way of the provincial platform where that is configured, else straight.
    ///
    /// # Errors
    /// Where a setting of either cannot be used.
    pub fn population_database(
        &self,
        mode: Mode,
        clock: Clock,
        random: Random,
    ) -> Result<Arc<dyn PopulationDatabase>, ConfigurationError> {
        let population = self.population.clone();
        Ok(match &self.lgsp {
            Some(lgsp) => Arc::new(LgspClient::new(lgsp, population, mode, clock, random)?),
            None => Arc::new(PopulationClient::new(population, mode, clock, random)?),
        })
    }

    /// Whether a secret in it is one that the simulated systems know.
    pub fn is_made_up(&self) -> bool {
        [
            (&self.population.secret, "bi-mat-mo-phong"),
            (&self.population.api_key, "khoa-mo-phong"),
            (&self.insurance.password, "mat-khau-mo-phong"),
        ]
        .into_iter()
        .chain(self.lgsp.iter().map(|lgsp| (&lgsp.secret_key, "bi-mat-lgsp-mo-phong")))
        .chain(self.c06.iter().map(|c06| (&c06.partner_key, "khoa-c06-mo-phong")))
        .chain(self.vneid.iter().map(|vneid| (&vneid.client_secret, "bi-mat-vneid-mo-phong")))
        .chain(self.lodging.iter().map(|lodging| (&lodging.client_secret, "bi-mat-cslt-mo-phong")))
        .chain(self.lodging.iter().flat_map(|lodging| lodging.accounts.values()).map(made_up_account))
        .any(|(secret, made_up)| secret.expose_secret() == made_up)
    }
}

/// The password that every account of the simulated portal has.
fn made_up_account(account: &lodging::Account) -> (&SecretString, &'static str) {
    (&account.password, "mat-khau-cslt-mo-phong")
}
