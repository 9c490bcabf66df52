//! The portal over HTTP.

mod tokens;

use std::sync::atomic::{AtomicBool, Ordering};

use async_trait::async_trait;
use reqwest::{
    Url,
    header::{AUTHORIZATION, HeaderValue},
};
use secrecy::ExposeSecret as _;
use zeroize::Zeroizing;

use self::tokens::{Held, Tokens};
use super::{
    Batch, Catalogue, Configuration, Delivery, DepartureChange, GuestKind, LodgingPortal, Undelivered,
    catalogue::List,
    wire::{self, PortalReply},
};
use crate::{
    clock::Clock,
    config::Mode,
    national::{
        ConfigurationError, Flaw, NationalError, System, Trouble,
        http::{Http, Repeat, Reply, Surroundings, loopback},
    },
    random::Random,
};

const SYSTEM: System = System::Lodging;

/// The largest answer that is read, in bytes: the longest list has the communes of a province.
const SIZE_LIMIT: usize = 1 << 20;

/// The portal over HTTP.
pub struct LodgingClient {
    addresses: Addresses,
    http: Http,
    tokens: Tokens,
}

struct Addresses {
    vietnamese: Url,
    foreign: Url,
    departures: Url,
    public: Url,
}

impl std::fmt::Debug for LodgingClient {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("LodgingClient")
    }
}

/// What came of sending once.
enum Sent {
    Reply(PortalReply),
    Not(NationalError),
    Perhaps(NationalError),
}

impl LodgingClient {
    /// A client by `configuration`. In production it takes no simulated answer. `random` spreads retries.
    ///
    /// # Errors
    /// Where the address is not on this machine or the login cannot be sent.
    pub fn new(
        configuration: Configuration,
        mode: Mode,
        clock: Clock,
        random: Random,
    ) -> Result<Self, ConfigurationError> {
        let base = configuration.base_url.clone();
        let url = |path: &str| loopback(SYSTEM, &format!("{base}{path}"));
        let addresses = Addresses {
            vietnamese: url("/client-service/kbtt-vn/kbtt-3th")?,
            foreign: url("/client-service/kbtt/kbtt-3th")?,
            departures: url("/client-service/kbtt-vn/kbtt-3th/doi-ngay-tra-phong")?,
            public: url("/cms-backend/public/")?,
        };
        let surroundings = Surroundings { mode, clock: clock.clone(), random };
        Ok(Self {
            addresses,
            http: Http::new(SYSTEM, configuration.limits, SIZE_LIMIT, surroundings)?,
            tokens: Tokens::new(configuration, clock)?,
        })
    }

    /// Sends a body, and once more with a new token where the portal wants one.
    async fn deliver(
        &self,
        place: &str,
        url: &Url,
        body: &Zeroizing<String>,
        count: usize,
    ) -> Result<Delivery, Undelivered> {
        let account = self.tokens.of(place).ok_or_else(|| Undelivered::NoAccount(place.to_owned()))?;
        // Set before the first byte of the declaration may leave: from then on silence says nothing.
        let begun = AtomicBool::new(false);
        let delivery = async {
            let mut held = account.token(&self.http, None).await?;
            begun.store(true, Ordering::Relaxed);
            let mut sent = self.send(&held, url, body, count).await;
            if matches!(sent, Sent::Reply(PortalReply::TokenRefused)) {
                // A refused token means that nothing was taken.
                begun.store(false, Ordering::Relaxed);
                held = account.token(&self.http, Some(&held)).await?;
                begun.store(true, Ordering::Relaxed);
                sent = self.send(&held, url, body, count).await;
            }
            begun.store(matches!(sent, Sent::Perhaps(_)), Ordering::Relaxed);
            match sent {
                Sent::Reply(reply) => Ok(reply),
                Sent::Not(error) | Sent::Perhaps(error) => Err(error),
            }
        };
        match self.http.in_time(delivery).await {
            Ok(PortalReply::Success { counted }) => Ok(Delivery::Taken { sent: count, counted }),
            Ok(PortalReply::Refused(refusal)) => Ok(Delivery::Refused(refusal)),
            Ok(PortalReply::TokenRefused) => Err(Undelivered::NotSent(refused("401".to_owned()))),
            Ok(PortalReply::Other(code)) => Err(Undelivered::Unclear(refused(code))),
            Err(error) if begun.load(Ordering::Relaxed) => Err(Undelivered::Unclear(error)),
            Err(error) => Err(Undelivered::NotSent(error)),
        }
    }

    async fn send(&self, held: &Held, url: &Url, body: &Zeroizing<String>, count: usize) -> Sent {
        let Some(bearer) = bearer(held) else { return Sent::Not(malformed()) };
        let build = || {
            self.http
                .post(url.clone())
                .header(AUTHORIZATION, bearer.clone())
                .header("Content-Type", "application/json")
                .body(body.to_string())
        };
        let Reply { status, body } = match self.http.exchange(Repeat::IfNotSent, build).await {
            Ok(reply) => reply,
            Err(trouble @ (Trouble::NoConnection | Trouble::NoRandomness)) => {
                return Sent::Not(unavailable(trouble));
            }
            Err(trouble) => return Sent::Perhaps(unavailable(trouble)),
        };
        match status {
            200..=299 | 400 => {
                wire::reply(&body, count).map_or_else(|_| Sent::Perhaps(malformed()), Sent::Reply)
            }
            401 => Sent::Reply(PortalReply::TokenRefused),
            // Refused before anything was read: the account's right, the address, the form, the pace.
            403..=405 | 413 | 415 => Sent::Not(refused(status.to_string())),
            429 => Sent::Not(unavailable(Trouble::Status(status))),
            status => Sent::Perhaps(unavailable(Trouble::Status(status))),
        }
    }

    async fn list<T>(
        &self,
        url: Url,
        read: impl Fn(&[u8]) -> Result<T, wire::Malformed>,
    ) -> Result<T, NationalError> {
        let build = || self.http.get(url.clone());
        let reply = self.http.exchange(Repeat::IfNothingDone, build).await.map_err(unavailable)?;
        match reply.status {
            200 => read(&reply.body).map_err(|wire::Malformed| malformed()),
            status @ (401 | 403 | 404) => Err(refused(status.to_string())),
            status => Err(unavailable(Trouble::Status(status))),
        }
    }

    fn public(&self, path: &str) -> Result<Url, NationalError> {
        self.addresses.public.join(path).map_err(|_| not_askable("base_url"))
    }
}

/// The header of a call, not shown by what prints headers.
fn bearer(held: &Held) -> Option<HeaderValue> {
    let value = Zeroizing::new(format!("Bearer {}", held.token.access.expose_secret()));
    let mut value = HeaderValue::from_str(&value).ok()?;
    value.set_sensitive(true);
    Some(value)
}

const fn unavailable(trouble: Trouble) -> NationalError {
    NationalError::Unavailable { system: SYSTEM, trouble }
}

const fn malformed() -> NationalError {
    unavailable(Trouble::Malformed(Flaw::Content))
}

const fn refused(code: String) -> NationalError {
    NationalError::Refused { system: SYSTEM, code }
}

const fn not_askable(field: &'static str) -> NationalError {
    NationalError::NotAskable { system: SYSTEM, field }
}

#[async_trait]
impl LodgingPortal for LodgingClient {
    async fn declare(&self, place: &str, batch: &Batch) -> Result<Delivery, Undelivered> {
        let body = wire::declarations(batch).map_err(|field| Undelivered::NotSent(not_askable(field)))?;
        let url = match batch.kind() {
            GuestKind::Vietnamese => &self.addresses.vietnamese,
            GuestKind::Foreign => &self.addresses.foreign,
        };
        self.deliver(place, url, &body, batch.declarations().len()).await
    }

    async fn change_departures(
        &self,
        place: &str,
        changes: &[DepartureChange],
    ) -> Result<Delivery, Undelivered> {
        if changes.is_empty() {
            return Err(Undelivered::NotSent(not_askable("loai")));
        }
        let body = wire::changes(changes).map_err(|field| Undelivered::NotSent(not_askable(field)))?;
        self.deliver(place, &self.addresses.departures, &body, changes.len()).await
    }

    async fn catalogue(&self, provinces: &[String]) -> Result<Catalogue, NationalError> {
        let reading = async {
            let mut catalogue = Catalogue::default()
                .with_nationalities(self.list(self.public("dm-qt/3th/get-all")?, wire::nationalities).await?)
                .with_provinces(self.list(self.public("dm-tinh-tp/get-all")?, wire::provinces).await?);
            for list in List::ALL {
                let url = self.public(&format!("{}/get-all", list.path()))?;
                catalogue = catalogue.with_list(list, self.list(url, wire::items).await?);
            }
            for province in provinces {
                let mut url = self.public("dm-phuong-xa")?;
                url.query_pairs_mut().append_pair("trucThuocTinh", province);
                catalogue = catalogue.with_communes(province, self.list(url, wire::items).await?);
            }
            Ok(catalogue)
        };
        self.http.in_time(reading).await
    }

    async fn end(&self) {
        self.tokens.end(&self.http).await;
    }
}
