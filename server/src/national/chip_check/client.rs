//! The chip check over HTTP.

use async_trait::async_trait;
use reqwest::{Url, header::HeaderValue};
use secrecy::ExposeSecret as _;

use super::{
    CardRead, ChipCheck, Configuration, Statement,
    wire::{self, Question, Reply, Useless},
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

const SYSTEM: System = System::ChipCheck;

/// The largest answer that is read, in bytes.
const SIZE_LIMIT: usize = 64 << 10;

/// The chip check over HTTP.
pub struct ChipCheckClient {
    configuration: Configuration,
    url: Url,
    partner_code: HeaderValue,
    partner_key: HeaderValue,
    http: Http,
    clock: Clock,
    random: Random,
}

impl std::fmt::Debug for ChipCheckClient {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ChipCheckClient")
    }
}

impl ChipCheckClient {
    /// A client by `configuration`. In production it takes no simulated answer. `random` gives each question its number.
    ///
    /// # Errors
    /// Where the address is not on this machine or a setting cannot be sent.
    pub fn new(
        configuration: Configuration,
        mode: Mode,
        clock: Clock,
        random: Random,
    ) -> Result<Self, ConfigurationError> {
        let header = |field, value: &str| {
            let mut value = HeaderValue::from_str(value)
                .map_err(|_| ConfigurationError::Setting { system: SYSTEM, field })?;
            value.set_sensitive(true);
            Ok(value)
        };
        let surroundings = Surroundings { mode, clock: clock.clone(), random: random.clone() };
        Ok(Self {
            url: loopback(SYSTEM, &configuration.url)?,
            partner_code: header("partner_code", &configuration.partner_code)?,
            partner_key: header("partner_key", configuration.partner_key.expose_secret())?,
            http: Http::new(SYSTEM, configuration.limits, SIZE_LIMIT, surroundings)?,
            configuration,
            clock,
            random,
        })
    }
}

#[async_trait]
impl ChipCheck for ChipCheckClient {
    async fn verify(&self, card: &CardRead) -> Result<Statement, NationalError> {
        let unavailable = |trouble| NationalError::Unavailable { system: SYSTEM, trouble };
        let refused = |code| Err(NationalError::Refused { system: SYSTEM, code });
        let number = self.random.uuid().map_err(|_| unavailable(Trouble::NoRandomness))?;
        let question = Question::new(number.to_string(), card);
        let body = question.body();
        let call = async {
            let build = || {
                self.http
                    .post(self.url.clone())
                    .header("Content-Type", "application/json")
                    .header("X-Partner-Code", self.partner_code.clone())
                    .header("X-Partner-Key", self.partner_key.clone())
                    .body(body.to_string())
            };
            let answer = self.http.exchange(Repeat::IfNothingDone, build).await.map_err(unavailable)?;
            match answer.status {
                200 => {}
                status @ (401 | 403) => return refused(status.to_string()),
                status => return Err(unavailable(Trouble::Status(status))),
            }
            let key = &self.configuration.public_key;
            match wire::reply(&answer.body, &question, key, self.clock.now()) {
                Ok(Reply::Statement(statement)) => Ok(statement),
                Ok(Reply::Refused(code)) => refused(code),
                Ok(Reply::Down) => Err(unavailable(Trouble::Reported)),
                Err(Useless::Malformed) => Err(unavailable(Trouble::Malformed(Flaw::Content))),
                Err(Useless::Unproved) => Err(unavailable(Trouble::Unproved)),
            }
        };
        self.http.in_time(call).await
    }
}
