//! The HTTP calls that both systems share: time limits, size limit, one retry.

use std::time::Duration;

use backon::{ConstantBuilder, Retryable as _};
use reqwest::{Client, RequestBuilder, Url, redirect};
use serde::Deserialize;
use zeroize::Zeroizing;

use super::{ConfigurationError, NationalError, System, Trouble};
use crate::{config::Mode, random::Random};

/// The header of an answer that is made up.
const SIMULATED: &str = "x-simulated";

/// How long a person at the kiosk waits for a national system at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    /// Milliseconds until a connection must stand.
    pub connect_milliseconds: u64,
    /// Milliseconds until the whole look-up must be done: connecting, login and retry included.
    pub answer_milliseconds: u64,
    /// Milliseconds before the one retry; up to as much again is added at random, so that kiosks that lost the
    /// connection together do not come back together.
    pub retry_milliseconds: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self { connect_milliseconds: 2_000, answer_milliseconds: 5_000, retry_milliseconds: 200 }
    }
}

/// An answer: any status, a body within the size limit.
pub(super) struct Reply {
    pub(super) status: u16,
    pub(super) body: Zeroizing<Vec<u8>>,
}

/// When a request may be sent again at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Repeat {
    /// A question: also where a gateway before the system gave up (502, 503, 504).
    IfNothingDone,
    /// A message that changes something there: only where there was no connection. Else it may have arrived.
    IfNotSent,
}

impl Repeat {
    fn allows(self, trouble: Trouble) -> bool {
        match trouble {
            Trouble::NoConnection => true,
            Trouble::Status(502..=504) => self == Self::IfNothingDone,
            _ => false,
        }
    }
}

/// A client for one system.
pub(super) struct Http {
    client: Client,
    system: System,
    limit: Duration,
    retry: Duration,
    random: Random,
    size_limit: usize,
    mode: Mode,
}

impl Http {
    /// # Errors
    /// Where the time limits cannot be kept.
    pub(super) fn new(
        system: System,
        limits: Limits,
        size_limit: usize,
        mode: Mode,
        random: Random,
    ) -> Result<Self, ConfigurationError> {
        let client = Client::builder()
            .connect_timeout(Duration::from_millis(limits.connect_milliseconds))
            // A redirect would carry the token in the query to wherever the answer says.
            .redirect(redirect::Policy::none())
            .no_proxy()
            .build()
            .map_err(|_| ConfigurationError::Client(system))?;
        Ok(Self {
            client,
            system,
            limit: Duration::from_millis(limits.answer_milliseconds),
            retry: Duration::from_millis(limits.retry_milliseconds),
            random,
            size_limit,
            mode,
        })
    }

    pub(super) fn post(&self, url: Url) -> RequestBuilder {
        self.client.post(url)
    }

    /// Does a whole look-up within the time limit.
    pub(super) async fn in_time<T>(
        &self,
        look_up: impl Future<Output = Result<T, NationalError>>,
    ) -> Result<T, NationalError> {
        let system = self.system;
        let late = |_| Err(NationalError::Unavailable { system, trouble: Trouble::TimedOut });
        tokio::time::timeout(self.limit, look_up).await.unwrap_or_else(late)
    }

    /// Sends what `build` makes. Retries once where `repeat` says that this does no harm.
    pub(super) async fn exchange(
        &self,
        repeat: Repeat,
        build: impl Fn() -> RequestBuilder,
    ) -> Result<Reply, Trouble> {
        let seed = u64::from_le_bytes(self.random.bytes().map_err(|_| Trouble::NoRandomness)?);
        let once = ConstantBuilder::new().with_delay(self.retry).with_max_times(1).with_jitter_seed(seed);
        (|| self.send(build())).retry(once.with_jitter()).when(|trouble| repeat.allows(*trouble)).await
    }

    async fn send(&self, request: RequestBuilder) -> Result<Reply, Trouble> {
        let mut response = request.send().await.map_err(|error| trouble(&error))?;
        if self.mode == Mode::Production && response.headers().contains_key(SIMULATED) {
            return Err(Trouble::Simulated);
        }
        let status = response.status().as_u16();
        if matches!(status, 502..=504) {
            return Err(Trouble::Status(status));
        }
        let mut body = Zeroizing::new(Vec::new());
        while let Some(chunk) = response.chunk().await.map_err(|error| trouble(&error))? {
            if body.len() + chunk.len() > self.size_limit {
                return Err(Trouble::TooLarge);
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Reply { status, body })
    }
}

/// Only the kind is kept: the client's own error names the address, and with it the token.
fn trouble(error: &reqwest::Error) -> Trouble {
    if error.is_connect() { Trouble::NoConnection } else { Trouble::Interrupted }
}

/// An address on this machine, without encryption: the only kind there is until the server can speak TLS.
pub(super) fn loopback(system: System, address: &str) -> Result<Url, ConfigurationError> {
    let url = Url::parse(address).map_err(|_| ConfigurationError::Address(system))?;
    let host = url.host_str().unwrap_or_default();
    let local = host == "localhost"
        || host.trim_matches(['[', ']']).parse().is_ok_and(|address: std::net::IpAddr| address.is_loopback());
    if url.scheme() == "http" && local { Ok(url) } else { Err(ConfigurationError::NotLoopback(system)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_sent_in_the_clear_to_another_machine() {
        for local in ["http://127.0.0.1:8090/population", "http://localhost:1/", "http://[::1]:8090/bhxh"] {
            assert!(loopback(System::Population, local).is_ok(), "{local}");
        }
        for other in [
            "http://10.0.0.1/",
            "https://127.0.0.1/",
            "http://127.0.0.1.example/",
            "http://localhost.example/",
        ] {
            assert_eq!(
                loopback(System::Population, other),
                Err(ConfigurationError::NotLoopback(System::Population)),
                "{other}"
            );
        }
        assert_eq!(
            loopback(System::Insurance, "127.0.0.1"),
            Err(ConfigurationError::Address(System::Insurance))
        );
    }
}
