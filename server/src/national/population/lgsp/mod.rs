//! The provincial integration platform (LGSP): another way to the population database.
//!
//! Known: a REST wrapper with a token endpoint, and the header `lgspaccesstoken` with its five members. Stand-in: paths, that the
//! fields are those of the SOAP operation as JSON, and the shape of the answers.

pub(in crate::national) mod wire;

use std::sync::Arc;

use async_trait::async_trait;
use flows::Person;
use jiff::{SignedDuration, Timestamp};
use reqwest::{Url, header::HeaderValue};
use secrecy::SecretString;
use serde::Deserialize;
use tokio::sync::Mutex;
use zeroize::Zeroizing;

use self::wire::{Reply, TokenReply};
use super::{
    Existence, PopulationDatabase,
    wire::{fields, unfit},
};
use crate::{
    clock::Clock,
    config::Mode,
    national::{
        ConfigurationError, Limits, NationalError, System, Trouble,
        http::{Http, Repeat, Surroundings, loopback},
        secret::secret,
    },
    random::Random,
};

const SYSTEM: System = System::Lgsp;

/// The largest answer that is read, in bytes.
const SIZE_LIMIT: usize = 64 << 10;

/// How long a token is used.
const TOKEN_USE: SignedDuration = SignedDuration::from_mins(50);

/// The section `[national.lgsp]` of the configuration. With it the population database is asked by this way; what is asked
/// there comes from `[national.population]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Configuration {
    /// The address before `/token` and the operations, without a slash at its end.
    pub base_url: String,
    /// `AccessKey`.
    #[serde(deserialize_with = "secret")]
    pub access_key: SecretString,
    /// `SecretKey`.
    #[serde(deserialize_with = "secret")]
    pub secret_key: SecretString,
    /// `AppName`.
    pub app_name: String,
    /// `PartnerCode`.
    pub partner_code: String,
    /// `PartnerCodeCus`.
    pub partner_code_cus: String,
    /// Time limits.
    #[serde(default)]
    pub limits: Limits,
}

type Taken = (Arc<HeaderValue>, Timestamp);

/// The population database by way of the LGSP.
pub struct LgspClient {
    population: super::Configuration,
    keys: HeaderValue,
    token_url: Url,
    verify_url: Url,
    http: Http,
    clock: Clock,
    random: Random,
    // Held while a token is taken, so that many questions at once log in once.
    token: Mutex<Option<Taken>>,
}

impl std::fmt::Debug for LgspClient {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("LgspClient")
    }
}

impl LgspClient {
    /// A client by `configuration`, which asks in the words of `population`. In production it takes no simulated answer.
    ///
    /// # Errors
    /// Where the address is not on this machine or a setting does not fit the format.
    pub fn new(
        configuration: &Configuration,
        population: super::Configuration,
        mode: Mode,
        clock: Clock,
        random: Random,
    ) -> Result<Self, ConfigurationError> {
        if let Some(field) = unfit(&population) {
            return Err(ConfigurationError::Setting { system: SYSTEM, field });
        }
        let url = |path: &str| loopback(SYSTEM, &format!("{}{path}", configuration.base_url));
        let surroundings = Surroundings { mode, clock: clock.clone(), random: random.clone() };
        Ok(Self {
            population,
            keys: wire::keys(configuration)
                .ok_or(ConfigurationError::Setting { system: SYSTEM, field: "access_key" })?,
            token_url: url("/token")?,
            verify_url: url("/XacThucThongTinCongDan")?,
            http: Http::new(SYSTEM, configuration.limits, SIZE_LIMIT, surroundings)?,
            clock,
            random,
            token: Mutex::default(),
        })
    }

    /// A token that can be used now and is not `stale`.
    async fn token(&self, stale: Option<&Arc<HeaderValue>>) -> Result<Arc<HeaderValue>, NationalError> {
        let mut cached = self.token.lock().await;
        let now = self.clock.now();
        if let Some((token, taken)) = cached.as_ref()
            && (SignedDuration::ZERO..TOKEN_USE).contains(&now.duration_since(*taken))
            && stale.is_none_or(|stale| !Arc::ptr_eq(stale, token))
        {
            return Ok(Arc::clone(token));
        }
        let build = || {
            self.http
                .post(self.token_url.clone())
                .header("Content-Type", "application/json")
                .header("lgspaccesstoken", self.keys.clone())
        };
        let reply = self.http.exchange(Repeat::IfNothingDone, build).await.map_err(unavailable)?;
        let token = match (reply.status, wire::token_reply(&reply.body)) {
            (200, Ok(TokenReply(token))) => Arc::new(token),
            (200, Err(flaw)) => return Err(unavailable(Trouble::Malformed(flaw))),
            (status @ (400 | 401 | 403), _) => return Err(refused(status.to_string())),
            (status, _) => return Err(unavailable(Trouble::Status(status))),
        };
        *cached = Some((Arc::clone(&token), now));
        Ok(token)
    }

    async fn ask(&self, token: &HeaderValue, body: &Zeroizing<String>) -> Result<Reply, NationalError> {
        let build = || {
            self.http
                .post(self.verify_url.clone())
                .header("Content-Type", "application/json")
                .header("lgspaccesstoken", self.keys.clone())
                .header("Authorization", token.clone())
                .body(body.to_string())
        };
        let reply = self.http.exchange(Repeat::IfNothingDone, build).await.map_err(unavailable)?;
        match reply.status {
            200 => wire::reply(&reply.body).map_err(|flaw| unavailable(Trouble::Malformed(flaw))),
            status @ (401 | 403) => Ok(Reply::TokenRefused(status.to_string())),
            status => Err(unavailable(Trouble::Status(status))),
        }
    }
}

fn unavailable(trouble: Trouble) -> NationalError {
    NationalError::Unavailable { system: SYSTEM, trouble }
}

fn refused(code: String) -> NationalError {
    NationalError::Refused { system: SYSTEM, code }
}

#[async_trait]
impl PopulationDatabase for LgspClient {
    async fn verify(&self, person: &Person) -> Result<Existence, NationalError> {
        let number = self.random.uuid().map_err(|_| unavailable(Trouble::NoRandomness))?.to_string();
        let fields = fields(&self.population, &number, person)
            .map_err(|field| NationalError::NotAskable { system: SYSTEM, field })?;
        let body = wire::request(&fields);
        let call = async {
            let token = self.token(None).await?;
            let reply = match self.ask(&token, &body).await? {
                Reply::TokenRefused(_) => {
                    let token = self.token(Some(&token)).await?;
                    self.ask(&token, &body).await?
                }
                reply => reply,
            };
            match reply {
                Reply::Answer(existence) => Ok(existence),
                Reply::Down => Err(unavailable(Trouble::Reported)),
                Reply::TokenRefused(code) | Reply::Refused(code) => Err(refused(code)),
            }
        };
        self.http.in_time(call).await
    }
}

#[cfg(test)]
mod tests;
