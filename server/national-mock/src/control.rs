//! `/control`: faults to switch on, and what was asked, without what was asked about.
//!
//! - `PUT /control/faults/{population|bhxh}` with `{"fault": "timeout", "milliseconds": 0, "times": 1}`;
//!   without `times` the fault stays until `{"fault": "none"}`.
//! - `GET /control/exchanges` lists the requests received: field names and lengths, never a value; `DELETE` empties it.
//! - `DELETE /control/tokens` makes the register forget every token it gave.

use std::{
    collections::{BTreeMap, VecDeque},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use axum::{
    Json, Router,
    extract::{Path as Segment, State},
    http::StatusCode,
    routing::{delete, get, put},
};
use serde::{Deserialize, Serialize};

use crate::Mock;

/// A simulated system.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum System {
    /// The population database (CSDLQG về dân cư).
    Population,
    /// The health-insurance register (cổng BHXH).
    Bhxh,
}

impl System {
    /// Its folder in a recording.
    pub fn name(self) -> &'static str {
        match self {
            Self::Population => "population",
            Self::Bhxh => "bhxh",
        }
    }

    /// How its files end in a recording.
    pub(crate) fn extension(self) -> &'static str {
        match self {
            Self::Population => "xml",
            Self::Bhxh => "json",
        }
    }
}

/// What goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fault {
    /// Nothing.
    #[default]
    None,
    /// The right answer, after `milliseconds`.
    Slow,
    /// No answer, ever.
    Timeout,
    /// The connection ends within the answer.
    Disconnect,
    /// HTTP 401.
    Unauthorized,
    /// HTTP 500 with a page that is not in the format.
    ServerError,
    /// Half of the right answer.
    Malformed,
    /// An answer without end.
    Oversized,
    /// XML: entities that expand to gigabytes. JSON: a value of another type.
    Hostile,
    /// Ten thousand levels of nesting.
    Deep,
    /// HTTP 302 to another address.
    Redirect,
}

/// A fault, and for how long.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Switch {
    /// What goes wrong.
    pub fault: Fault,
    /// Milliseconds before the answer of [`Fault::Slow`].
    #[serde(default)]
    pub milliseconds: u64,
    /// For how many requests; none: until switched off.
    #[serde(default)]
    pub times: Option<u32>,
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
    counts: BTreeMap<System, usize>,
    exchanges: VecDeque<Exchange>,
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

    pub(crate) fn set(&self, system: System, switch: Switch) {
        self.inner().switches.insert(system, switch);
    }

    /// The fault for the next answer of `system`, counted down.
    pub(crate) fn next_fault(&self, system: System) -> Switch {
        let mut inner = self.inner();
        let Some(switch) = inner.switches.get_mut(&system) else { return Switch::default() };
        let now = *switch;
        match &mut switch.times {
            None => {}
            Some(0 | 1) => *switch = Switch::default(),
            Some(times) => *times -= 1,
        }
        if now.times == Some(0) { Switch::default() } else { now }
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
        .route("/exchanges", get(exchanges).delete(forget_exchanges))
        .route("/tokens", delete(forget_tokens))
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

async fn exchanges(State(mock): State<Arc<Mock>>) -> Json<Vec<Exchange>> {
    Json(mock.control.exchanges())
}

async fn forget_exchanges(State(mock): State<Arc<Mock>>) -> StatusCode {
    mock.control.inner().exchanges.clear();
    StatusCode::NO_CONTENT
}

async fn forget_tokens(State(mock): State<Arc<Mock>>) -> StatusCode {
    mock.tokens.forget();
    StatusCode::NO_CONTENT
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_lasts_as_many_requests_as_asked_for() {
        let control = Control::new(None);
        control.set(System::Bhxh, Switch { fault: Fault::ServerError, milliseconds: 0, times: Some(2) });
        let faults: Vec<_> = (0..3).map(|_| control.next_fault(System::Bhxh).fault).collect();
        assert_eq!(faults, [Fault::ServerError, Fault::ServerError, Fault::None]);
        assert_eq!(control.next_fault(System::Population).fault, Fault::None);
    }
}
