//! The client against the simulated portal over real sockets, and what needs no portal.

mod calls;
mod catalogue;
mod declarations;
mod faults;
pub(in crate::national) mod samples;
mod tokens;

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

use jiff::Timestamp;
use national_mock::{Mock, control::Exchange, people::People};
use serde_json::{Value, json};

use self::samples::{foreigners, vietnamese};
use super::*;
use crate::{
    clock::Clock,
    config::Mode,
    national::{
        Flaw, NationalError, System, Trouble,
        tests::{PATIENT, configuration, random},
    },
};

/// A hotel: the portal wants a room of every guest.
const HOTEL: &str = "khach-san-mau";
/// A home with rooms: it does not.
const HOME: &str = "nha-mau";

/// The simulated portal and a client.
struct Portal {
    address: String,
    now: Arc<AtomicI64>,
    client: LodgingClient,
}

impl Portal {
    async fn start() -> Self {
        Self::with(PATIENT, Mode::Demonstration).await
    }

    /// For calls that must end by the time limit.
    async fn hurried() -> Self {
        Self::with(Limits { answer_milliseconds: 1_000, ..PATIENT }, Mode::Demonstration).await
    }

    async fn with(limits: Limits, mode: Mode) -> Self {
        // 2026-09-15T08:00:00+07:00.
        let now = Arc::new(AtomicI64::new(1_789_434_000));
        let shown = Arc::clone(&now);
        let time = move || Timestamp::from_second(shown.load(Ordering::SeqCst)).unwrap();
        let mock = Mock::new(People::default(), Arc::new(time.clone()), None);
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, national_mock::router(&mock)).await });
        let base_url = format!("{address}/lodging");
        let configuration = Configuration { base_url, limits, ..configuration().lodging.unwrap() };
        let client = LodgingClient::new(configuration, mode, Clock::new(time), random()).unwrap();
        Self { address, now, client }
    }

    fn advance(&self, seconds: i64) {
        self.now.fetch_add(seconds, Ordering::SeqCst);
    }

    async fn control(&self, method: reqwest::Method, path: &str, body: Value) -> String {
        let url = format!("{}/control/{path}", self.address);
        let request = reqwest::Client::new().request(method, url).json(&body);
        request.send().await.unwrap().error_for_status().unwrap().text().await.unwrap()
    }

    async fn fault(&self, fault: &str, times: Option<u32>) {
        let body = json!({ "fault": fault, "times": times });
        self.control(reqwest::Method::PUT, "faults/lodging", body).await;
    }

    async fn operations(&self) -> Vec<String> {
        let exchanges = self.control(reqwest::Method::GET, "exchanges", json!(null)).await;
        let exchanges: Vec<Exchange> = serde_json::from_str(&exchanges).unwrap();
        exchanges.into_iter().map(|exchange| exchange.operation).collect()
    }

    /// What a person counts on the portal's page: declared, and still staying.
    async fn counted(&self, account: &str) -> (u64, u64) {
        let counted = self.control(reqwest::Method::GET, &format!("lodging/{account}"), json!(null)).await;
        let counted: Value = serde_json::from_str(&counted).unwrap();
        (counted["declared"].as_u64().unwrap(), counted["staying"].as_u64().unwrap())
    }

    async fn declare(
        &self,
        place: &str,
        list: Vec<flows::lodging::Declaration>,
    ) -> Result<Delivery, Undelivered> {
        self.client.declare(place, &Batch::new(list).unwrap()).await
    }
}

#[expect(clippy::unnecessary_wraps, reason = "it stands beside what a call gives")]
const fn taken(sent: usize) -> Result<Delivery, Undelivered> {
    Ok(Delivery::Taken { sent, counted: None })
}

fn unavailable(trouble: Trouble) -> NationalError {
    NationalError::Unavailable { system: System::Lodging, trouble }
}

fn refused(code: &str) -> NationalError {
    NationalError::Refused { system: System::Lodging, code: code.to_owned() }
}

/// The reasons of a refusal of one guest.
fn reasons(answer: Result<Delivery, Undelivered>) -> Vec<Reason> {
    match answer {
        Ok(Delivery::Refused(refusal)) => refusal.of(0).cloned().collect(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_documentation_is_printed_from_the_table() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/lodging-portal-answers.md");
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&path, documentation()).unwrap();
    }
    assert_eq!(std::fs::read_to_string(path).unwrap(), documentation(), "run it with UPDATE_DOCS=1");
}

#[test]
fn a_batch_is_of_one_kind_and_names_nobody_twice() {
    let batch = |list| Batch::new(list).map(|batch| batch.declarations().len());
    assert_eq!(batch(vietnamese()), Ok(2));
    assert_eq!(batch(vec![]), Err(BatchFault::Empty));
    assert_eq!(batch([vietnamese(), foreigners()].concat()), Err(BatchFault::Mixed));
    assert_eq!(batch([vietnamese(), vietnamese()].concat()), Err(BatchFault::Twice { first: 0, second: 2 }));
    let many = vec![vietnamese().remove(0); 101];
    assert_eq!(batch(many), Err(BatchFault::TooMany(101)));
}

#[test]
fn the_portal_s_made_up_accounts_are_known_as_such() {
    let whole = configuration();
    let mut real = whole.clone();
    for secret in [&mut real.population.secret, &mut real.population.api_key, &mut real.insurance.password] {
        *secret = "x".into();
    }
    (real.lgsp, real.c06, real.vneid) = (None, None, None);
    assert!(real.is_made_up(), "the portal's own");
    let lodging = real.lodging.as_mut().unwrap();
    lodging.client_secret = "x".into();
    assert!(real.is_made_up(), "the places'");
    let lodging = real.lodging.as_mut().unwrap();
    lodging.accounts.values_mut().for_each(|account| account.password = "x".into());
    assert!(!real.is_made_up());
}

#[test]
fn an_account_s_name_with_a_colon_cannot_be_sent() {
    let lodging = configuration().lodging.unwrap();
    let wrong = Configuration { client_id: "a:b".into(), ..lodging.clone() };
    let clock = Clock::new(|| Timestamp::UNIX_EPOCH);
    let made = LodgingClient::new(wrong, Mode::Demonstration, clock.clone(), random()).err().unwrap();
    assert!(made.to_string().contains("client_id"), "{made}");
    let elsewhere = Configuration { base_url: "http://10.0.0.1".into(), ..lodging };
    assert!(LodgingClient::new(elsewhere, Mode::Demonstration, clock, random()).is_err());
}
