//! The HTTP calls that all systems share: time limit, turns, circuit breaker, retries, size limit.

mod breaker;
mod limits;

use std::time::Duration;

use backon::Retryable as _;
use jiff::SignedDuration;
use reqwest::{Client, RequestBuilder, Url, redirect};
use tokio::sync::Semaphore;
use zeroize::Zeroizing;

use self::breaker::Breaker;
pub use self::limits::Limits;
use super::{ConfigurationError, NationalError, System, Trouble};
use crate::{clock::Clock, config::Mode, random::Random};

/// The header of an answer that is made up.
const SIMULATED: &str = "x-simulated";

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

/// What a client stands in: the server's mode, its clock and its generator.
#[derive(Clone)]
pub(super) struct Surroundings {
    pub(super) mode: Mode,
    pub(super) clock: Clock,
    pub(super) random: Random,
}

/// A client for one system.
pub(super) struct Http {
    client: Client,
    system: System,
    limits: Limits,
    turns: Semaphore,
    breaker: Breaker,
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
        surroundings: Surroundings,
    ) -> Result<Self, ConfigurationError> {
        let Surroundings { mode, clock, random } = surroundings;
        let client = Client::builder()
            .connect_timeout(Duration::from_millis(limits.connect_milliseconds))
            // A redirect would carry the token in the query to wherever the answer says.
            .redirect(redirect::Policy::none())
            .no_proxy()
            .build()
            .map_err(|_| ConfigurationError::Client(system))?;
        let pause = i64::try_from(limits.break_milliseconds).unwrap_or(i64::MAX);
        Ok(Self {
            client,
            system,
            turns: Semaphore::new(limits.concurrent.max(1).into()),
            breaker: Breaker::new(limits.break_after, SignedDuration::from_millis(pause), clock),
            limits,
            random,
            size_limit,
            mode,
        })
    }

    pub(super) fn get(&self, url: Url) -> RequestBuilder {
        self.client.get(url)
    }

    pub(super) fn delete(&self, url: Url) -> RequestBuilder {
        self.client.delete(url)
    }

    pub(super) fn post(&self, url: Url) -> RequestBuilder {
        self.client.post(url)
    }

    /// Does a whole call within the time limit, in its turn, where the circuit is closed.
    pub(super) async fn in_time<T>(
        &self,
        call: impl Future<Output = Result<T, NationalError>>,
    ) -> Result<T, NationalError> {
        let system = self.system;
        let unavailable = |trouble| NationalError::Unavailable { system, trouble };
        let milliseconds = |number| tokio::time::sleep(Duration::from_millis(number));
        let late = milliseconds(self.limits.answer_milliseconds);
        tokio::pin!(late);
        let _turn = tokio::select! {
            biased;
            Ok(turn) = self.turns.acquire() => turn,
            () = milliseconds(self.limits.turn_milliseconds) => return Err(unavailable(Trouble::Busy)),
            () = &mut late => return Err(unavailable(Trouble::Busy)),
            else => return Err(unavailable(Trouble::Busy)),
        };
        let pass = self.breaker.enter().map_err(|breaker::Open| unavailable(Trouble::CircuitOpen))?;
        let answer = tokio::select! {
            biased;
            answer = call => answer,
            () = &mut late => Err(unavailable(Trouble::TimedOut)),
        };
        if matches!(&answer, Err(error) if error.is_outage()) {
            pass.failed();
        } else {
            pass.succeeded();
        }
        answer
    }

    /// Sends what `build` makes, and again where `repeat` says that this does no harm.
    pub(super) async fn exchange(
        &self,
        repeat: Repeat,
        build: impl Fn() -> RequestBuilder,
    ) -> Result<Reply, Trouble> {
        let waits = self.limits.waits(&self.random).map_err(|_| Trouble::NoRandomness)?;
        (|| self.send(build())).retry(waits.into_iter()).when(|trouble| repeat.allows(*trouble)).await
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
