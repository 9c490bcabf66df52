//! VNeID as identity provider, for staff and for citizens: OpenID Connect, authorization code with PKCE.
//!
//! Known: that portals sign people in by a plain authorization-code flow. Stand-in: everything beyond the standard (scope and
//! claim `so_dinh_danh`, the two values of `acr`, discovery, Basic login of the client).

mod attempt;
mod client;
mod protocol;

use async_trait::async_trait;
use flows::Person;
use jiff::Timestamp;
use secrecy::SecretString;
use serde::Deserialize;

pub use attempt::{Attempt, Returned};
pub use client::VneidClient;

use super::{Limits, NationalError, secret::secret};

/// An identity provider that people sign in at with their own device.
#[async_trait]
pub trait IdentityProvider: Send + Sync {
    /// Begins a sign-in: where to send the browser, and what to keep until it comes back to `redirect_uri`.
    ///
    /// # Errors
    /// Where the provider does not say where its page is, or `redirect_uri` is no address.
    async fn authorization_url(&self, redirect_uri: &str) -> Result<Authorization, NationalError>;

    /// Ends a sign-in: checks that the browser brings back this attempt's `state`, exchanges the code, and verifies
    /// signature, issuer, audience, nonce and times of the identity token. An attempt is good once: forget it before.
    ///
    /// # Errors
    /// [`NationalError::Refused`] with code `state_mismatch` or `issuer_mismatch` (not this attempt's answer: begin anew), or the provider's
    /// code (`access_denied`: the person said no; `invalid_grant`: too late or twice);
    /// [`NationalError::Unavailable`] else, with [`Trouble::Unproved`](super::Trouble::Unproved) where the token
    /// does not prove who signed in.
    async fn exchange(&self, attempt: &Attempt, returned: &Returned) -> Result<SignedIn, NationalError>;
}

/// A sign-in that has begun.
#[derive(Debug)]
pub struct Authorization {
    /// The provider's page, for the browser only: `state` is in it, so it belongs in no log.
    pub url: SecretString,
    /// What must be kept until the browser comes back.
    pub attempt: Attempt,
}

/// How the person proved themselves to the provider (NĐ 69/2024/NĐ-CP: mức độ định danh điện tử).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Mức độ 1.
    One,
    /// Mức độ 2: stands for the card (Luật Căn cước 26/2023).
    Two,
}

/// Who signed in. Good for the one visit or staff session that it was made for (NĐ 69/2024 Điều 19).
#[derive(Clone, PartialEq, Eq)]
pub struct SignedIn {
    /// The provider's own name for the person towards this client (`sub`).
    pub subject: String,
    /// Number, name and birth date; the provider does not tell the sex.
    pub person: Person,
    /// The level of the account.
    pub level: Level,
    /// When the person proved themselves (`auth_time`).
    pub authenticated_at: Timestamp,
}

impl std::fmt::Debug for SignedIn {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SignedIn")
            .field("person", &self.person)
            .field("level", &self.level)
            .finish_non_exhaustive()
    }
}

/// The section `[national.vneid]` of the configuration.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Configuration {
    /// The issuer, without a slash at its end; its metadata are at `/.well-known/openid-configuration` below it.
    pub issuer: String,
    /// This server's name there.
    pub client_id: String,
    /// This server's password there.
    #[serde(deserialize_with = "secret")]
    pub client_secret: SecretString,
    /// Time limits.
    #[serde(default)]
    pub limits: Limits,
}

#[cfg(test)]
mod tests;
