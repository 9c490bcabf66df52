//! The health-insurance register over HTTP: login and look-up.

mod check_in;

use std::sync::Arc;

use async_trait::async_trait;
use flows::person::Person;
use identity::SecretBytes;
use jiff::{SignedDuration, Timestamp};
use reqwest::Url;
use secrecy::SecretString;
use tokio::sync::Mutex;
use zeroize::Zeroizing;

use super::{
    Configuration, Finding, InsuranceRegister, VisitHistory,
    wire::{self, LookUpReply, Token, TokenReply, check_in::Facility},
};
use crate::{
    clock::Clock,
    config::Mode,
    national::{
        ConfigurationError, Flaw, NationalError, System, Trouble,
        http::{Http, Repeat, Surroundings, loopback},
    },
    random::Random,
};

const SYSTEM: System = System::Insurance;

/// The largest answer that is read, in bytes: the list of visits has no stated end.
const SIZE_LIMIT: usize = 1 << 20;

/// How long a token is used. The register's own limit is not known; others renew after 50 minutes.
const TOKEN_USE: SignedDuration = SignedDuration::from_mins(50);

/// A token and the time it was taken at.
type Taken = (Arc<Token>, Timestamp);

/// The health-insurance register over HTTP.
pub struct InsuranceClient {
    configuration: Configuration,
    password_digest: SecretString,
    token_url: Url,
    look_up_url: Url,
    check_in_url: Url,
    facility: Facility,
    http: Http,
    clock: Clock,
    // Held while a token is taken, so that many look-ups at once log in once.
    token: Mutex<Option<Taken>>,
}

impl std::fmt::Debug for InsuranceClient {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("InsuranceClient")
    }
}

impl InsuranceClient {
    /// A client by `configuration`. In production it takes no simulated answer. `random` spreads retries.
    ///
    /// # Errors
    /// Where the address is not on this machine, the account is not that of a facility, or the path is none.
    pub fn new(
        configuration: Configuration,
        mode: Mode,
        clock: Clock,
        random: Random,
    ) -> Result<Self, ConfigurationError> {
        let url = |path: &str| loopback(SYSTEM, &format!("{}{path}", configuration.base_url));
        let setting = |field| ConfigurationError::Setting { system: SYSTEM, field };
        if !configuration.check_in_path.starts_with('/') {
            return Err(setting("check_in_path"));
        }
        Ok(Self {
            facility: Facility::of_account(&configuration.user).ok_or(setting("user"))?,
            check_in_url: url(&configuration.check_in_path)?,
            password_digest: wire::password_digest(&configuration.password),
            token_url: url("/api/token/take")?,
            look_up_url: url("/api/egw/KQNhanLichSuKCB2024")?,
            http: Http::new(
                SYSTEM,
                configuration.limits,
                SIZE_LIMIT,
                Surroundings { mode, clock: clock.clone(), random },
            )?,
            configuration,
            clock,
            token: Mutex::default(),
        })
    }

    /// A token that can be used now and is not `stale`.
    async fn token(&self, stale: Option<&Arc<Token>>) -> Result<Arc<Token>, NationalError> {
        let mut cached = self.token.lock().await;
        let now = self.clock.now();
        if let Some((token, taken)) = cached.as_ref()
            && (SignedDuration::ZERO..TOKEN_USE).contains(&now.duration_since(*taken))
            && stale.is_none_or(|stale| !Arc::ptr_eq(stale, token))
        {
            return Ok(Arc::clone(token));
        }
        let token = Arc::new(self.take_token().await?);
        *cached = Some((Arc::clone(&token), now));
        Ok(token)
    }

    async fn take_token(&self) -> Result<Token, NationalError> {
        let form = wire::token_request(&self.configuration.user, &self.password_digest);
        let build = || {
            self.http
                .post(self.token_url.clone())
                .header("Content-Type", "application/x-www-form-urlencoded")
                .body(form.to_string())
        };
        let reply = self.http.exchange(Repeat::IfNothingDone, build).await.map_err(unavailable)?;
        match (reply.status, wire::token_reply(&reply.body)) {
            (200, Ok(TokenReply::Given(token))) => Ok(token),
            (_, Ok(TokenReply::Refused(code))) => Err(NationalError::Refused { system: SYSTEM, code }),
            (200, Err(wire::Malformed)) => Err(unavailable(Trouble::Malformed(Flaw::Content))),
            (status @ (401 | 403), _) => {
                Err(NationalError::Refused { system: SYSTEM, code: status.to_string() })
            }
            (status, _) => Err(unavailable(Trouble::Status(status))),
        }
    }

    /// Asks once, and once more with a new token where the register wants one. Gives what the answer says, and the
    /// answer itself.
    async fn answer(&self, person: &Person) -> Result<(Finding, SecretBytes), NationalError> {
        let body = wire::look_up_request(&self.configuration, person)
            .ok_or(NationalError::NotAskable { system: SYSTEM, field: "maThe" })?;
        let look_up = async {
            let token = self.token(None).await?;
            match self.ask(&token, &body).await? {
                (LookUpReply::TokenRefused(_), _) => {
                    let token = self.token(Some(&token)).await?;
                    self.ask(&token, &body).await
                }
                reply => Ok(reply),
            }
        };
        match self.http.in_time(look_up).await? {
            (LookUpReply::Found(finding), raw) => Ok((finding, raw)),
            (LookUpReply::PortalDown(code), _) => Err(unavailable(Trouble::ReportedCode(code))),
            (LookUpReply::TokenRefused(code) | LookUpReply::Refused(code), _) => {
                Err(NationalError::Refused { system: SYSTEM, code })
            }
        }
    }

    async fn ask(
        &self,
        token: &Token,
        body: &Zeroizing<String>,
    ) -> Result<(LookUpReply, SecretBytes), NationalError> {
        let url = wire::look_up_url(
            self.look_up_url.clone(),
            token,
            &self.configuration.user,
            &self.password_digest,
        );
        let build =
            || self.http.post(url.clone()).header("Content-Type", "application/json").body(body.to_string());
        let reply = self.http.exchange(Repeat::IfNothingDone, build).await.map_err(unavailable)?;
        match reply.status {
            200 => {
                let said = wire::look_up_reply(&reply.body).map_err(malformed)?;
                Ok((said, SecretBytes::new(reply.body.to_vec())))
            }
            status @ (401 | 403) => {
                Ok((LookUpReply::TokenRefused(status.to_string()), SecretBytes::default()))
            }
            status => Err(unavailable(Trouble::Status(status))),
        }
    }
}

fn unavailable(trouble: Trouble) -> NationalError {
    NationalError::Unavailable { system: SYSTEM, trouble }
}

const fn malformed(_: wire::Malformed) -> NationalError {
    NationalError::Unavailable { system: SYSTEM, trouble: Trouble::Malformed(Flaw::Content) }
}

#[async_trait]
impl InsuranceRegister for InsuranceClient {
    async fn look_up(&self, person: &Person) -> Result<Finding, NationalError> {
        Ok(self.answer(person).await?.0)
    }

    async fn visit_history(&self, person: &Person) -> Result<VisitHistory, NationalError> {
        let (finding, raw) = self.answer(person).await?;
        wire::history_reply(raw.as_slice(), finding.code).map_err(malformed)
    }
}
