//! The police portal for stays (tbltkbtt, thông báo lưu trú): who sleeps where tonight.
//!
//! Its interface for other software (v1.4, 08/2026) and its Excel file are **public in one copy only**. They are followed
//! exactly; whoever runs this compares them with what the portal publishes. `docs/national.md` says what is a stand-in.
//!
//! Two ways lead there: the interface ([`LodgingPortal`]), for places with an account for software, and [`files`] that the
//! owner takes to the portal's pages.

mod answer;
mod batch;
pub mod catalogue;
mod client;
pub mod files;
pub(super) mod wire;

#[cfg(test)]
pub(in crate::national) mod tests;

use std::collections::BTreeMap;

use async_trait::async_trait;
use secrecy::SecretString;
use serde::Deserialize;

pub use answer::{
    Delivery, GuestRefusal, PortalField, PortalWords, Reason, Refusal, Undelivered, documentation,
};
pub use batch::{Batch, BatchFault, DepartureChange, GuestKind, Told};
pub use catalogue::Catalogue;
pub use client::LodgingClient;

use super::{Limits, NationalError, secret::secret};

/// The portal's interface for other software.
#[async_trait]
pub trait LodgingPortal: Send + Sync {
    /// Declares the guests of one batch, in the name of `place`. The portal takes a batch whole or, as far as is known, not
    /// at all.
    ///
    /// # Errors
    /// Where it cannot be said that the portal took or refused it: [`Undelivered`] says whether it may have arrived.
    async fn declare(&self, place: &str, batch: &Batch) -> Result<Delivery, Undelivered>;

    /// Tells that guests stay longer, or left before they meant to (`doi-ngay-tra-phong`).
    ///
    /// # Errors
    /// As [`LodgingPortal::declare`].
    async fn change_departures(
        &self,
        place: &str,
        changes: &[DepartureChange],
    ) -> Result<Delivery, Undelivered>;

    /// The portal's code lists, with the communes of `provinces` (its own codes). Changes nothing there.
    ///
    /// # Errors
    /// Where there is no usable answer.
    async fn catalogue(&self, provinces: &[String]) -> Result<Catalogue, NationalError>;

    /// Revokes every token that is still held. For the end of the program: what cannot be revoked runs out by itself.
    async fn end(&self);
}

/// The section `[national.lodging]` of the configuration.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Configuration {
    /// The address before `/authorization-service/…`, without a slash at its end.
    pub base_url: String,
    /// The name of this software at the portal: with `client_secret` the Basic header of a login.
    pub client_id: String,
    /// Its secret.
    #[serde(deserialize_with = "secret")]
    pub client_secret: SecretString,
    /// One account for each place that declares by the interface, by the place's id.
    #[serde(default)]
    pub accounts: BTreeMap<String, Account>,
    /// Time limits.
    #[serde(default)]
    pub limits: Limits,
}

/// A place's account at the portal (`[national.lodging.accounts.PLACE]`).
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Account {
    /// Its name.
    #[serde(deserialize_with = "secret")]
    pub username: SecretString,
    /// Its password.
    #[serde(deserialize_with = "secret")]
    pub password: SecretString,
}
