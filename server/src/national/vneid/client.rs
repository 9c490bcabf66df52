//! Sign-in at VNeID over HTTP.

use std::{pin::Pin, sync::Arc};

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use openidconnect::{AsyncHttpClient, HttpRequest, HttpResponse, IssuerUrl};
use reqwest::Url;
use secrecy::{ExposeSecret as _, SecretString};
use serde::de::IgnoredAny;
use subtle::ConstantTimeEq as _;
use tokio::sync::Mutex;

use super::{
    Attempt, Authorization, Configuration, IdentityProvider, Returned, SignedIn,
    protocol::{self, Failure, Metadata, Unverified},
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

const SYSTEM: System = System::Vneid;

/// The largest answer that is read, in bytes.
const SIZE_LIMIT: usize = 256 << 10;

/// How long metadata and keys are used. A key that is not among them is looked for at once.
const METADATA_USE: SignedDuration = SignedDuration::from_hours(1);

/// Sign-in at VNeID over HTTP.
pub struct VneidClient {
    configuration: Configuration,
    issuer: IssuerUrl,
    transport: Transport,
    clock: Clock,
    random: Random,
    metadata: Mutex<Option<(Arc<Metadata>, Timestamp)>>,
}

impl std::fmt::Debug for VneidClient {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("VneidClient")
    }
}

impl VneidClient {
    /// A client by `configuration`. In production it takes no simulated answer. `random` makes the secrets of each
    /// attempt.
    ///
    /// # Errors
    /// Where the issuer is not on this machine.
    pub fn new(
        configuration: Configuration,
        mode: Mode,
        clock: Clock,
        random: Random,
    ) -> Result<Self, ConfigurationError> {
        loopback(SYSTEM, &configuration.issuer)?;
        let issuer =
            IssuerUrl::new(configuration.issuer.clone()).map_err(|_| ConfigurationError::Address(SYSTEM))?;
        let http = Http::new(
            SYSTEM,
            configuration.limits,
            SIZE_LIMIT,
            Surroundings { mode, clock: clock.clone(), random: random.clone() },
        )?;
        let transport = Transport(http);
        Ok(Self { configuration, issuer, transport, clock, random, metadata: Mutex::default() })
    }

    /// Metadata that can be used now and are not `stale`.
    async fn metadata(&self, stale: Option<&Arc<Metadata>>) -> Result<Arc<Metadata>, Failure> {
        let mut cached = self.metadata.lock().await;
        let now = self.clock.now();
        if let Some((metadata, taken)) = cached.as_ref()
            && (SignedDuration::ZERO..METADATA_USE).contains(&now.duration_since(*taken))
            && stale.is_none_or(|stale| !Arc::ptr_eq(stale, metadata))
        {
            return Ok(Arc::clone(metadata));
        }
        let metadata = Arc::new(protocol::discover(&self.issuer, &self.transport).await?);
        *cached = Some((Arc::clone(&metadata), now));
        Ok(metadata)
    }

    async fn sign_in(&self, attempt: &Attempt, code: &SecretString) -> Result<SignedIn, Failure> {
        let metadata = self.metadata(None).await?;
        let token =
            protocol::take_token(&self.configuration, &metadata, attempt, code, &self.transport).await?;
        let verify = |metadata: &Metadata, token: &Unverified| {
            protocol::verify(&self.configuration, metadata, attempt, token, self.clock.now())
        };
        match verify(&metadata, &token) {
            Err(Failure::UnknownKey) => verify(&*self.metadata(Some(&metadata)).await?, &token),
            answer => answer,
        }
    }
}

/// Our HTTP calls as the protocol's: with their limits, and to nowhere that the configuration may not lead.
struct Transport(Http);

impl Transport {
    /// Sends what the protocol asks for. Metadata are a question; a code is good once and not sent twice.
    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, Trouble> {
        let (parts, body) = request.into_parts();
        // The address is the metadata's: they may lead nowhere that the configuration may not.
        let url = loopback(SYSTEM, &parts.uri.to_string()).map_err(|_| Trouble::Malformed(Flaw::Content))?;
        let question = parts.method == http::Method::GET;
        let repeat = if question { Repeat::IfNothingDone } else { Repeat::IfNotSent };
        let build = || {
            let request = if question { self.0.get(url.clone()) } else { self.0.post(url.clone()) };
            request.headers(parts.headers.clone()).body(body.clone())
        };
        let reply = self.0.exchange(repeat, build).await?;
        if matches!(reply.status, 300..=399 | 500..) {
            return Err(Trouble::Status(reply.status));
        }
        // The protocol's own reader would stop after the first of two documents.
        if serde_json::from_slice::<IgnoredAny>(&reply.body).is_err() {
            return Err(Trouble::Malformed(Flaw::Content));
        }
        let mut response = HttpResponse::new(reply.body.to_vec());
        *response.status_mut() =
            http::StatusCode::from_u16(reply.status).map_err(|_| Trouble::Status(reply.status))?;
        Ok(response)
    }
}

impl<'c> AsyncHttpClient<'c> for Transport {
    type Error = Trouble;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, Trouble>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(self.send(request))
    }
}

fn refused(code: &str) -> NationalError {
    NationalError::Refused { system: SYSTEM, code: code.to_owned() }
}

impl From<Failure> for NationalError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Trouble(trouble) => Self::Unavailable { system: SYSTEM, trouble },
            Failure::UnknownKey => Self::Unavailable { system: SYSTEM, trouble: Trouble::Unproved },
            Failure::Refused(code) => refused(&code),
        }
    }
}

#[async_trait]
impl IdentityProvider for VneidClient {
    async fn authorization_url(&self, redirect_uri: &str) -> Result<Authorization, NationalError> {
        let not_askable = |_| NationalError::NotAskable { system: SYSTEM, field: "redirect_uri" };
        Url::parse(redirect_uri).map_err(not_askable)?;
        let attempt = Attempt::begin(&self.random, redirect_uri)
            .map_err(|_| Failure::Trouble(Trouble::NoRandomness))?;
        let metadata = self.transport.0.in_time(async { Ok(self.metadata(None).await?) }).await?;
        let url = protocol::authorization_url(&self.configuration, &metadata, &attempt)?;
        loopback(SYSTEM, url.expose_secret())
            .map_err(|_| Failure::Trouble(Trouble::Malformed(Flaw::Content)))?;
        Ok(Authorization { url, attempt })
    }

    async fn exchange(&self, attempt: &Attempt, returned: &Returned) -> Result<SignedIn, NationalError> {
        let same = returned.state.expose_secret().as_bytes().ct_eq(attempt.state().as_bytes());
        if !bool::from(same) {
            return Err(refused("state_mismatch"));
        }
        // Another provider's answer, slipped in here (RFC 9207).
        if returned.iss.as_deref().is_some_and(|issuer| issuer != self.issuer.as_str()) {
            return Err(refused("issuer_mismatch"));
        }
        let Some(code) = &returned.code else {
            return Err(refused(&protocol::code_of(returned.error.as_deref().unwrap_or_default())));
        };
        self.transport.0.in_time(async { Ok(self.sign_in(attempt, code).await?) }).await
    }
}
