//! A place's token: taken, refreshed when less than a minute is left, revoked at the end.

use std::{collections::BTreeMap, sync::Arc};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use jiff::SignedDuration;
use reqwest::{
    RequestBuilder, Url,
    header::{AUTHORIZATION, HeaderValue},
};
use secrecy::{ExposeSecret as _, SecretString};
use tokio::sync::Mutex;
use zeroize::Zeroizing;

use super::{SYSTEM, malformed, refused, unavailable};
use crate::{
    clock::Clock,
    national::{
        ConfigurationError, NationalError, Trouble,
        http::{Http, Repeat, loopback},
        lodging::{
            Account, Configuration,
            wire::{self, Token, TokenReply},
        },
    },
};

/// A token is refreshed when less than this is left.
const SPARE: SignedDuration = SignedDuration::from_secs(60);

/// A token as it was taken.
pub(super) struct Held {
    pub(super) token: Token,
}

/// The tokens of all places.
pub(super) struct Tokens(BTreeMap<String, AccountTokens>);

/// The token of one place.
pub(super) struct AccountTokens {
    login: Arc<Login>,
    account: Account,
    // Held while a token is taken, so that many declarations at once log in once.
    held: Mutex<Option<Arc<Held>>>,
}

struct Login {
    take: Url,
    refresh: Url,
    revoke: Url,
    basic: HeaderValue,
    clock: Clock,
}

impl Tokens {
    pub(super) fn new(configuration: Configuration, clock: Clock) -> Result<Self, ConfigurationError> {
        let url = |path: &str| loopback(SYSTEM, &format!("{}{path}", configuration.base_url));
        let setting = |field| ConfigurationError::Setting { system: SYSTEM, field };
        // RFC 7617 2: a name with a colon would be another name.
        if configuration.client_id.contains(':') {
            return Err(setting("client_id"));
        }
        let secret = configuration.client_secret.expose_secret();
        let pair = Zeroizing::new(format!("{}:{secret}", configuration.client_id));
        let header = Zeroizing::new(format!("Basic {}", STANDARD.encode(pair.as_bytes())));
        let mut basic = HeaderValue::from_str(&header).map_err(|_| setting("client_secret"))?;
        basic.set_sensitive(true);
        let login = Arc::new(Login {
            take: url("/authorization-service/oauth/token")?,
            refresh: url("/authorization-service/oauth/refresh-token")?,
            revoke: url("/authorization-service/oauth/revoke")?,
            basic,
            clock,
        });
        let of_place = |(place, account)| {
            let login = Arc::clone(&login);
            (place, AccountTokens { login, account, held: Mutex::default() })
        };
        Ok(Self(configuration.accounts.into_iter().map(of_place).collect()))
    }

    /// Of a place that has an account.
    pub(super) fn of(&self, place: &str) -> Option<&AccountTokens> {
        self.0.get(place)
    }

    /// Revokes what is held.
    pub(super) async fn end(&self, http: &Http) {
        for account in self.0.values() {
            let Some(held) = account.held.lock().await.take() else { continue };
            if let Err(error) = http.in_time(account.login.revoke(http, &held.token)).await {
                tracing::warn!(%error, "a token of the lodging portal was not revoked; it runs out by itself");
            }
        }
    }
}

impl AccountTokens {
    /// A token that lives for a minute at least and is not `stale`.
    pub(super) async fn token(
        &self,
        http: &Http,
        stale: Option<&Arc<Held>>,
    ) -> Result<Arc<Held>, NationalError> {
        let mut held = self.held.lock().await;
        if let Some(known) = held.take()
            && stale.is_none_or(|stale| !Arc::ptr_eq(stale, &known))
        {
            if self.login.clock.now().duration_until(known.token.expires) >= SPARE {
                *held = Some(Arc::clone(&known));
                return Ok(known);
            }
            if let Some(token) = self.login.refresh(http, &known.token.refresh).await {
                let fresh = Arc::new(Held { token });
                *held = Some(Arc::clone(&fresh));
                return Ok(fresh);
            }
        }
        let fresh = Arc::new(Held { token: self.login.take(http, &self.account).await? });
        *held = Some(Arc::clone(&fresh));
        Ok(fresh)
    }
}

impl Login {
    async fn take(&self, http: &Http, account: &Account) -> Result<Token, NationalError> {
        let form = wire::token_request(account);
        let build = || {
            http.post(self.take.clone())
                .header(AUTHORIZATION, self.basic.clone())
                .header("Content-Type", "application/x-www-form-urlencoded")
                .body(form.to_string())
        };
        self.given(http, build).await
    }

    /// A refreshed token; none where the portal gives none, whatever it says: then one logs in anew.
    async fn refresh(&self, http: &Http, refresh: &SecretString) -> Option<Token> {
        let mut url = self.refresh.clone();
        url.query_pairs_mut().append_pair("refresh_token", refresh.expose_secret());
        let build = || http.post(url.clone()).header(AUTHORIZATION, self.basic.clone());
        self.given(http, build).await.ok()
    }

    async fn given(&self, http: &Http, build: impl Fn() -> RequestBuilder) -> Result<Token, NationalError> {
        let reply = http.exchange(Repeat::IfNothingDone, build).await.map_err(unavailable)?;
        match (reply.status, wire::token_reply(&reply.body)) {
            (200, Ok(TokenReply::Given(token))) => Ok(token),
            (_, Ok(TokenReply::Refused(code))) => Err(refused(code)),
            (200, Err(wire::Malformed)) => Err(malformed()),
            (status @ (400 | 401 | 403), _) => Err(refused(status.to_string())),
            (status, _) => Err(unavailable(Trouble::Status(status))),
        }
    }

    async fn revoke(&self, http: &Http, token: &Token) -> Result<(), NationalError> {
        let mut url = self.revoke.clone();
        url.query_pairs_mut().append_pair("access_token", token.access.expose_secret());
        let build = || http.delete(url.clone()).header(AUTHORIZATION, self.basic.clone());
        let reply = http.exchange(Repeat::IfNothingDone, build).await.map_err(unavailable)?;
        match reply.status {
            200..=299 => Ok(()),
            status => Err(unavailable(Trouble::Status(status))),
        }
    }
}
