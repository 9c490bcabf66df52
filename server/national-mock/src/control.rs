//! `/control`: faults to switch on, and what was asked, without what was asked about.
//!
//! - `PUT /control/faults/{population|lgsp|bhxh|c06|vneid|lodging}` with `{"fault": "slow", "milliseconds": 300,
//!   "to_milliseconds": 1500, "times": 1, "from": "…", "until": "…"}`; without `times` and `until` the fault stays
//!   until `{"fault": "none"}`.
//! - `PUT /control/revoked` with `{"numbers": ["…"]}`: these people's cards, and no others, are revoked.
//! - `PUT /control/seed` with `{"seed": 7}` begins the row of random waits anew.
//! - `GET /control/exchanges` lists the requests received: field names and lengths, never a value; `DELETE` empties it.
//! - `DELETE /control/tokens` makes the register, the LGSP and the lodging portal forget every token they gave.
//! - `GET /control/lodging/{account}` says how many stays a place has declared and how many are on: what a person counts on
//!   the portal's page.

use std::{
    collections::{BTreeMap, VecDeque},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use axum::{
    Json, Router,
    extract::{Path as Segment, State},
    http::StatusCode,
    routing::{delete, get, put},
};
use jiff::{
    Timestamp,
    tz::{Offset, TimeZone},
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::Mock;
pub use crate::fault::{Fault, Switch};

/// A simulated system.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum System {
    /// The population database (CSDLQG về dân cư).
    Population,
    /// The provincial integration platform (LGSP), another way to the population database.
    Lgsp,
    /// The health-insurance register (cổng BHXH).
    Bhxh,
    /// The chip check of C06.
    C06,
    /// VNeID as identity provider.
    Vneid,
    /// The police portal for stays.
    Lodging,
}

impl System {
    /// Its folder in a recording.
    pub fn name(self) -> &'static str {
        match self {
            Self::Population => "population",
            Self::Lgsp => "lgsp",
            Self::Bhxh => "bhxh",
            Self::C06 => "c06",
            Self::Vneid => "vneid",
            Self::Lodging => "lodging",
        }
    }

    /// How its files end in a recording.
    pub(crate) fn extension(self) -> &'static str {
        match self {
            Self::Population => "xml",
            Self::Lgsp | Self::Bhxh | Self::C06 | Self::Vneid | Self::Lodging => "json",
        }
    }
}

/// One request and its answer, without any value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exchange {
    /// Counts the exchanges of its system, from 1.
    pub number: usize,
    /// The system that was asked.
    pub system: System,
    /// What was asked for: the SOAP operation, or the last part of the path.
    pub operation: String,
    /// HTTP status of the answer; none where the fault left it out.
    pub status: Option<u16>,
    /// The fault that was on.
    pub fault: Fault,
    /// Each field of query and body, with the length of its value in characters.
    pub fields: BTreeMap<String, usize>,
}

/// Exchanges that are kept; older ones are dropped.
const KEPT: usize = 1_000;

#[derive(Default)]
struct Inner {
    switches: BTreeMap<System, Switch>,
    seed: u64,
    draws: BTreeMap<System, u64>,
    counts: BTreeMap<System, usize>,
    exchanges: VecDeque<Exchange>,
}

impl Inner {
    /// The next of a row of numbers that only seed and system decide.
    fn draw(&mut self, system: System) -> u64 {
        let seed = self.seed;
        let draw = self.draws.entry(system).or_default();
        *draw += 1;
        let digest: [u8; 32] = Sha256::digest(format!("{seed} {} {draw}", system.name())).into();
        digest.first_chunk().copied().map_or(0, u64::from_le_bytes)
    }
}

/// Switches, list of exchanges and recording.
pub(crate) struct Control {
    inner: Mutex<Inner>,
    record: Option<PathBuf>,
}

impl Control {
    pub(crate) fn new(record: Option<PathBuf>) -> Self {
        Self { inner: Mutex::default(), record }
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn reseed(&self, seed: u64) {
        let mut inner = self.inner();
        inner.seed = seed;
        inner.draws.clear();
    }

    pub(crate) fn set(&self, system: System, switch: Switch) {
        self.inner().switches.insert(system, switch);
    }

    /// The fault for the next answer of `system`, counted down, and its wait.
    pub(crate) fn next_fault(&self, system: System, now: Timestamp) -> (Fault, Duration) {
        let mut inner = self.inner();
        let Some(switch) = inner.switches.get_mut(&system).filter(|switch| switch.is_on(now)) else {
            return (Fault::None, Duration::ZERO);
        };
        let on = *switch;
        switch.times = on.times.map(|times| times - 1);
        let draw = inner.draw(system);
        (on.fault, on.wait(draw))
    }

    /// Numbers `exchange` and keeps it.
    pub(crate) fn keep(&self, mut exchange: Exchange) -> usize {
        let mut inner = self.inner();
        let count = inner.counts.entry(exchange.system).or_default();
        *count += 1;
        exchange.number = *count;
        let number = *count;
        inner.exchanges.push_back(exchange);
        if inner.exchanges.len() > KEPT {
            inner.exchanges.pop_front();
        }
        number
    }

    pub(crate) fn exchanges(&self) -> Vec<Exchange> {
        self.inner().exchanges.iter().cloned().collect()
    }

    pub(crate) fn record(&self) -> Option<&Path> {
        self.record.as_deref()
    }
}

pub(crate) fn router(mock: &Arc<Mock>) -> Router {
    Router::new()
        .route("/faults/{system}", put(set_fault))
        .route("/seed", put(set_seed))
        .route("/revoked", put(set_revoked))
        .route("/exchanges", get(exchanges).delete(forget_exchanges))
        .route("/tokens", delete(forget_tokens))
        .route("/lodging/{account}", get(counted))
        .with_state(Arc::clone(mock))
}

async fn set_fault(
    State(mock): State<Arc<Mock>>,
    Segment(system): Segment<System>,
    Json(switch): Json<Switch>,
) -> StatusCode {
    mock.control.set(system, switch);
    StatusCode::NO_CONTENT
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Seed {
    seed: u64,
}

async fn set_seed(State(mock): State<Arc<Mock>>, Json(Seed { seed }): Json<Seed>) -> StatusCode {
    mock.control.reseed(seed);
    StatusCode::NO_CONTENT
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Revoked {
    numbers: Vec<String>,
}

async fn set_revoked(State(mock): State<Arc<Mock>>, Json(Revoked { numbers }): Json<Revoked>) -> StatusCode {
    mock.cards.revoke(numbers);
    StatusCode::NO_CONTENT
}

async fn exchanges(State(mock): State<Arc<Mock>>) -> Json<Vec<Exchange>> {
    Json(mock.control.exchanges())
}

async fn forget_exchanges(State(mock): State<Arc<Mock>>) -> StatusCode {
    mock.control.inner().exchanges.clear();
    StatusCode::NO_CONTENT
}

async fn forget_tokens(State(mock): State<Arc<Mock>>) -> StatusCode {
    mock.tokens.forget();
    mock.partner_tokens.forget();
    mock.lodging_tokens.forget();
    StatusCode::NO_CONTENT
}

async fn counted(State(mock): State<Arc<Mock>>, Segment(account): Segment<String>) -> Json<Value> {
    let now = TimeZone::fixed(Offset::constant(7)).to_datetime((mock.clock)());
    let (declared, staying) = mock.stays.counted(&account, now);
    Json(json!({ "declared": declared, "staying": staying }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_lasts_as_many_requests_as_asked_for() {
        let control = Control::new(None);
        control.set(System::Bhxh, Switch { fault: Fault::ServerError, times: Some(2), ..Switch::default() });
        let next = |system| control.next_fault(system, Timestamp::UNIX_EPOCH).0;
        let faults: Vec<_> = (0..3).map(|_| next(System::Bhxh)).collect();
        assert_eq!(faults, [Fault::ServerError, Fault::ServerError, Fault::None]);
        assert_eq!(next(System::Population), Fault::None);
    }

    #[test]
    fn the_same_seed_makes_the_same_waits_in_each_system() {
        let waits = |seed| {
            let control = Control::new(None);
            let slow = Switch { fault: Fault::Slow, to_milliseconds: Some(100_000), ..Switch::default() };
            for system in [System::C06, System::Bhxh] {
                control.set(system, slow);
            }
            control.reseed(seed);
            let next = |system| control.next_fault(system, Timestamp::UNIX_EPOCH).1;
            [System::C06, System::Bhxh, System::C06].map(next)
        };
        assert_eq!(waits(7), waits(7));
        assert_ne!(waits(7), waits(8));
        let [first, _, second] = waits(7);
        assert_ne!(first, second);
    }
}
