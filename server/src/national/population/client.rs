//! The population database over HTTP.

use async_trait::async_trait;
use flows::person::Person;
use reqwest::{Url, header::HeaderValue};
use secrecy::ExposeSecret as _;

use super::{
    Citizen, CitizenLookUp, Configuration, Existence, PopulationDatabase,
    wire::{
        self, Operation, Reply,
        citizen::{LookUpReply, look_up_reply},
    },
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

/// The largest answer that is read, in bytes. A real one has under a thousand.
const SIZE_LIMIT: usize = 64 << 10;

/// The population database over HTTP.
pub struct PopulationClient {
    configuration: Configuration,
    url: Url,
    http: Http,
    clock: Clock,
    random: Random,
}

impl std::fmt::Debug for PopulationClient {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PopulationClient")
    }
}

impl PopulationClient {
    /// A client by `configuration`. In production it takes no simulated answer. `random` gives each request its number (`MaYeuCau`).
    ///
    /// # Errors
    /// Where the address is not on this machine or a setting does not fit the format.
    pub fn new(
        configuration: Configuration,
        mode: Mode,
        clock: Clock,
        random: Random,
    ) -> Result<Self, ConfigurationError> {
        let url = loopback(SYSTEM, &configuration.url)?;
        if let Some(field) = wire::unfit(&configuration) {
            return Err(ConfigurationError::Setting { system: SYSTEM, field });
        }
        for (field, value) in [
            ("api_key", configuration.api_key.expose_secret()),
            ("x_road_client", configuration.x_road_client.as_str()),
        ] {
            if HeaderValue::from_str(value).is_err() {
                return Err(ConfigurationError::Setting { system: SYSTEM, field });
            }
        }
        let http = Http::new(
            SYSTEM,
            configuration.limits,
            SIZE_LIMIT,
            Surroundings { mode, clock: clock.clone(), random: random.clone() },
        )?;
        Ok(Self { configuration, url, http, clock, random })
    }

    fn request(&self, body: &str) -> reqwest::RequestBuilder {
        let Configuration { user, secret, api_key, x_road_client, .. } = &self.configuration;
        let timestamp = self.clock.now().as_millisecond().to_string();
        let authorization = wire::authorization(self.url.as_str(), user, &timestamp, secret);
        let secret_header = |value: &str| {
            HeaderValue::from_str(value).map(|mut value| {
                value.set_sensitive(true);
                value
            })
        };
        let request = self
            .http
            .post(self.url.clone())
            .header("Content-Type", "application/xml")
            .header("SOAPAction", "\"\"")
            .header("Timestamp", timestamp)
            .header("X-Road-Client", x_road_client)
            .body(body.to_owned());
        match (secret_header(authorization.expose_secret()), secret_header(api_key.expose_secret())) {
            (Ok(authorization), Ok(api_key)) => {
                request.header("Authorization", authorization).header("ApiKey", api_key)
            }
            // Cannot be: base64, and a key looked at when the client was made. The service would refuse it.
            _ => request,
        }
    }
}

const SYSTEM: System = System::Population;

fn unavailable(trouble: Trouble) -> NationalError {
    NationalError::Unavailable { system: SYSTEM, trouble }
}

fn refused<T>(code: String) -> Result<T, NationalError> {
    Err(NationalError::Refused { system: SYSTEM, code })
}

impl PopulationClient {
    /// Asks, and reads the answer by `read`, which says what it is or gives a fault's code and whether it is ours.
    async fn ask<T>(
        &self,
        operation: Operation,
        person: &Person,
        read: impl Fn(&[u8]) -> Result<Result<T, (String, bool)>, Flaw>,
    ) -> Result<T, NationalError> {
        let number = self.random.uuid().map_err(|_| unavailable(Trouble::NoRandomness))?.to_string();
        let body = wire::request(operation, &self.configuration, &number, person)
            .map_err(|field| NationalError::NotAskable { system: SYSTEM, field })?;
        let call = async {
            let build = || self.request(&body);
            let reply = self.http.exchange(Repeat::IfNothingDone, build).await.map_err(unavailable)?;
            match (reply.status, read(&reply.body)) {
                (200, Ok(Ok(answer))) => Ok(answer),
                (_, Ok(Err((code, true)))) => refused(code),
                (_, Ok(Err((_, false)))) => Err(unavailable(Trouble::Reported)),
                (200, Err(flaw)) => Err(unavailable(Trouble::Malformed(flaw))),
                (status @ (401 | 403), _) => refused(status.to_string()),
                (status, _) => Err(unavailable(Trouble::Status(status))),
            }
        };
        self.http.in_time(call).await
    }
}

#[async_trait]
impl PopulationDatabase for PopulationClient {
    async fn verify(&self, person: &Person) -> Result<Existence, NationalError> {
        let read = |bytes: &[u8]| {
            Ok(match wire::reply(bytes)? {
                Reply::Answer(existence) => Ok(existence),
                Reply::Fault { code, ours } => Err((code, ours)),
            })
        };
        self.ask(Operation::Verify, person, read).await
    }
}

#[async_trait]
impl CitizenLookUp for PopulationClient {
    async fn look_up(&self, person: &Person) -> Result<Option<Citizen>, NationalError> {
        let number = person
            .number
            .as_ref()
            .ok_or(NationalError::NotAskable { system: SYSTEM, field: "SoDinhDanh" })?;
        let read = |bytes: &[u8]| {
            Ok(match look_up_reply(bytes, number)? {
                LookUpReply::Known(citizen) => Ok(Some(citizen)),
                LookUpReply::Nobody => Ok(None),
                LookUpReply::Fault { code, ours } => Err((code, ours)),
            })
        };
        self.ask(Operation::LookUp, person, read).await
    }
}
