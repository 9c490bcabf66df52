//! The national systems, simulated: the population database and the way to it by the
//! provincial platform, the health-insurance register, the chip check of C06, VNeID, and the police portal for stays.
//!
//! It shares no code and no type with the server: requests are read and answers written as raw XML and JSON by
//! field tables, so that a wrong tag cannot be wrong on both sides. Everything it says comes from made-up people in
//! `seeds/citizens`, the same every time; what a real system would refuse is refused here too. Faults are switched
//! on at `/control`. Every answer is marked as simulated.
#![forbid(unsafe_code)]

pub mod bhxh;
pub mod c06;
pub mod control;
pub mod lgsp;
pub mod lodging;
pub mod people;
pub mod population;
pub mod vneid;

mod exchange;
mod fault;

use std::{path::PathBuf, sync::Arc};

use axum::{
    Router,
    http::{HeaderName, HeaderValue},
    response::Response,
};
use jiff::Timestamp;

use crate::{
    control::{Control, Fault, Switch, System},
    people::People,
};

/// What each answer begins its remark with, where the format has room for one.
pub const SIMULATED: &str = "DỮ LIỆU MÔ PHỎNG.";

/// Where the simulation's time comes from.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// The simulated systems.
pub struct Mock {
    pub(crate) people: People,
    pub(crate) control: Control,
    pub(crate) tokens: bhxh::Tokens,
    pub(crate) partner_tokens: bhxh::Tokens,
    pub(crate) receipts: bhxh::Receipts,
    pub(crate) codes: vneid::Codes,
    pub(crate) cards: c06::Cards,
    pub(crate) lodging_tokens: lodging::Tokens,
    pub(crate) stays: lodging::Stays,
    pub(crate) clock: Clock,
}

impl Mock {
    /// Systems that know `people` and live by `clock`. With `record` every request and answer is also written in
    /// full to `record/SYSTEM/NN-operation-{request,response}.{xml,json}`, secrets left out.
    pub fn new(people: People, clock: Clock, record: Option<PathBuf>) -> Arc<Self> {
        Arc::new(Self {
            people,
            control: Control::new(record),
            tokens: bhxh::Tokens::default(),
            partner_tokens: bhxh::Tokens::default(),
            receipts: bhxh::Receipts::default(),
            codes: vneid::Codes::default(),
            cards: c06::Cards::default(),
            lodging_tokens: lodging::Tokens::default(),
            stays: lodging::Stays::default(),
            clock,
        })
    }
}

impl Mock {
    /// Begins the row of random waits anew, by `seed`.
    pub fn set_seed(&self, seed: u64) {
        self.control.reseed(seed);
    }

    /// From now on the chip check takes as long as a real one: 300 to 1,500 ms.
    pub fn take_time(&self) {
        let (fault, milliseconds, to_milliseconds) = (Fault::Slow, 300, Some(1_500));
        let switch = Switch { fault, milliseconds, to_milliseconds, ..Switch::default() };
        self.control.set(System::C06, switch);
    }
}

/// Every address: `/population`, `/lgsp/…`, `/bhxh/api/…`, `/c06/verify`, `/vneid/…`, `/lodging/…`, `/control/…`.
pub fn router(mock: &Arc<Mock>) -> Router {
    Router::new()
        .merge(population::router(mock))
        .nest("/lgsp", lgsp::router(mock))
        .nest("/bhxh", bhxh::router(mock))
        .nest("/c06", c06::router(mock))
        .nest("/vneid", vneid::router(mock))
        .nest("/lodging", lodging::router(mock))
        .nest("/control", control::router(mock))
        .layer(axum::middleware::map_response(mark))
}

/// Marks an answer, whatever its format: a real server must not take it for a register's.
async fn mark(mut response: Response) -> Response {
    let name = HeaderName::from_static("x-simulated");
    response.headers_mut().insert(name, HeaderValue::from_static("true"));
    response
}
