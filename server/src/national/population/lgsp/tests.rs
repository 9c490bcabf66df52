//! The population database by way of the simulated LGSP, over real sockets.

use std::sync::atomic::{AtomicI64, Ordering};

use national_mock::{Mock, control::Exchange};
use serde_json::json;

use super::*;
use crate::national::{
    Flaw,
    tests::{PATIENT, born, configuration as national, people, person, population_configuration, random},
};

struct World {
    address: String,
    now: Arc<AtomicI64>,
}

impl World {
    async fn start() -> Self {
        let now = Arc::new(AtomicI64::new(1_789_434_000));
        let world = Self { address: String::new(), now };
        let mock = Mock::new(people(), Arc::new(world.time()), None);
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, national_mock::router(&mock)).await });
        Self { address, ..world }
    }

    fn time(&self) -> impl Fn() -> Timestamp + Send + Sync + use<> {
        let now = Arc::clone(&self.now);
        move || Timestamp::from_second(now.load(Ordering::SeqCst)).unwrap()
    }

    fn configuration(&self) -> Configuration {
        let base_url = format!("{}/lgsp", self.address);
        Configuration { base_url, limits: PATIENT, ..national().lgsp.unwrap() }
    }

    fn client(&self, configuration: &Configuration, mode: Mode) -> LgspClient {
        let population = population_configuration(&self.address);
        LgspClient::new(configuration, population, mode, Clock::new(self.time()), random()).unwrap()
    }

    async fn control(&self, method: reqwest::Method, path: &str, body: serde_json::Value) -> String {
        let url = format!("{}/control/{path}", self.address);
        let request = reqwest::Client::new().request(method, url).json(&body);
        request.send().await.unwrap().error_for_status().unwrap().text().await.unwrap()
    }

    async fn fault(&self, fault: &str) {
        self.control(reqwest::Method::PUT, "faults/lgsp", json!({ "fault": fault })).await;
    }

    async fn operations(&self) -> Vec<String> {
        let text = self.control(reqwest::Method::GET, "exchanges", json!(null)).await;
        let exchanges: Vec<Exchange> = serde_json::from_str(&text).unwrap();
        exchanges.into_iter().map(|exchange| exchange.operation).collect()
    }
}

fn hoa() -> Person {
    person("001148012345", "Nguyễn Thị Hoà", born(1948, Some(3), Some(2)))
}

const TOKEN: &str = "token";
const VERIFY: &str = "XacThucThongTinCongDan";

#[tokio::test]
async fn the_platform_says_yes_or_no_with_one_login_in_fifty_minutes() {
    let world = World::start().await;
    let client = world.client(&world.configuration(), Mode::Demonstration);
    assert_eq!(client.verify(&hoa()).await, Ok(Existence::Exists));
    let other = person("001148012345", "Nguyễn Thị Hồng", born(1948, None, None));
    assert_eq!(client.verify(&other).await, Ok(Existence::Unknown));
    world.now.fetch_add(50 * 60, Ordering::SeqCst);
    assert_eq!(client.verify(&hoa()).await, Ok(Existence::Exists));
    world.control(reqwest::Method::DELETE, "tokens", json!(null)).await;
    assert_eq!(client.verify(&hoa()).await, Ok(Existence::Exists));
    assert_eq!(world.operations().await, [TOKEN, VERIFY, VERIFY, TOKEN, VERIFY, VERIFY, TOKEN, VERIFY]);
}

#[tokio::test]
async fn wrong_keys_fields_and_each_fault_are_told_apart() {
    let world = World::start().await;
    let right = world.configuration();
    let wrong = Configuration { secret_key: "x".into(), ..right.clone() };
    let refusal = Err(refused("401".to_owned()));
    assert_eq!(world.client(&wrong, Mode::Demonstration).verify(&hoa()).await, refusal);
    let client = world.client(&right, Mode::Demonstration);
    let long = person("001148012345", &"Ơ".repeat(101), born(1948, None, None));
    let not_askable = Err(NationalError::NotAskable { system: SYSTEM, field: "HoVaTen" });
    assert_eq!(client.verify(&long).await, not_askable);
    for (fault, trouble) in [
        ("server_error", Trouble::Status(500)),
        ("malformed", Trouble::Malformed(Flaw::Syntax)),
        ("doubled", Trouble::Malformed(Flaw::Syntax)),
        ("hostile", Trouble::Malformed(Flaw::Content)),
        ("deep", Trouble::Malformed(Flaw::Content)),
        ("disconnect", Trouble::Interrupted),
        ("oversized", Trouble::TooLarge),
        ("redirect", Trouble::Status(302)),
        ("maintenance", Trouble::Status(503)),
    ] {
        world.fault(fault).await;
        assert_eq!(client.verify(&hoa()).await, Err(unavailable(trouble)), "{fault}");
    }
    world.fault("none").await;
    assert_eq!(client.verify(&hoa()).await, Ok(Existence::Exists));
    let production = world.client(&right, Mode::Production);
    assert_eq!(production.verify(&hoa()).await, Err(unavailable(Trouble::Simulated)));
}
