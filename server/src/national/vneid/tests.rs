//! Sign-in against the simulated provider, over real sockets.

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

use jiff::Timestamp;
use national_mock::Mock;
use reqwest::redirect::Policy;
use secrecy::ExposeSecret as _;
use serde_json::json;

use super::*;
use crate::{
    clock::Clock,
    config::Mode,
    national::{
        Flaw, System, Trouble,
        tests::{PATIENT, people, random},
    },
};

const REDIRECT: &str = "http://127.0.0.1:8080/console/sign-in/vneid";

pub(super) fn configuration(issuer: &str) -> Configuration {
    Configuration {
        issuer: issuer.to_owned(),
        client_id: "tyt01999-kiosk".to_owned(),
        client_secret: "bi-mat-vneid-mo-phong".into(),
        limits: PATIENT,
    }
}

struct World {
    address: String,
    now: Arc<AtomicI64>,
    clock: Clock,
    vneid: VneidClient,
}

impl World {
    async fn start() -> Self {
        let now = Arc::new(AtomicI64::new(1_789_434_000));
        let shown = Arc::clone(&now);
        let time = move || Timestamp::from_second(shown.load(Ordering::SeqCst)).unwrap();
        let mock = Mock::new(people(), Arc::new(time.clone()), None);
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, national_mock::router(&mock)).await });
        let clock = Clock::new(time);
        let configuration = configuration(&format!("{address}/vneid"));
        let vneid = VneidClient::new(configuration, Mode::Demonstration, clock.clone(), random()).unwrap();
        Self { address, now, clock, vneid }
    }

    /// What a person does in the browser: looks at the page, presses a button, is sent back.
    async fn choose(&self, authorization: &Authorization, person: &str) -> Returned {
        let browser = reqwest::Client::builder().redirect(Policy::none()).build().unwrap();
        let url = authorization.url.expose_secret();
        let page = browser.get(url).send().await.unwrap().error_for_status().unwrap();
        let page = page.text().await.unwrap();
        assert!(page.contains("DỮ LIỆU MÔ PHỎNG") && page.contains("Nguyễn Thị Hoà"));
        let (_, query) = url.split_once('?').unwrap();
        let mut form: Vec<(String, String)> = form_urlencoded::parse(query.as_bytes()).into_owned().collect();
        form.push(("person".to_owned(), person.to_owned()));
        let address = format!("{}/vneid/authorize", self.address);
        let back = browser.post(address).form(&form).send().await.unwrap();
        let location = back.headers()["location"].to_str().unwrap().to_owned();
        let (address, query) = location.split_once('?').unwrap();
        assert_eq!(address, REDIRECT);
        let fields: std::collections::BTreeMap<String, String> =
            form_urlencoded::parse(query.as_bytes()).into_owned().collect();
        serde_json::from_value(json!(fields)).unwrap()
    }

    async fn fault(&self, fault: &str, times: u32) {
        let url = format!("{}/control/faults/vneid", self.address);
        let body = json!({ "fault": fault, "times": times });
        reqwest::Client::new().put(url).json(&body).send().await.unwrap().error_for_status().unwrap();
    }

    async fn begin(&self) -> Authorization {
        self.vneid.authorization_url(REDIRECT).await.unwrap()
    }
}

fn refused(code: &str) -> Result<SignedIn, NationalError> {
    Err(NationalError::Refused { system: System::Vneid, code: code.to_owned() })
}

fn unavailable(trouble: Trouble) -> Result<SignedIn, NationalError> {
    Err(NationalError::Unavailable { system: System::Vneid, trouble })
}

#[tokio::test]
async fn staff_and_citizens_sign_in_at_the_level_of_their_account() {
    let world = World::start().await;
    for (chosen, name, level) in [
        ("001148012345 muc_do_2", "Nguyễn Thị Hoà", Level::Two),
        ("001031000007 muc_do_1", "Y Blơm Niê Kdăm", Level::One),
        ("001180000099 muc_do_2", "Lê Thị Cán", Level::Two),
    ] {
        let authorization = world.begin().await;
        let returned = world.choose(&authorization, chosen).await;
        let signed_in = world.vneid.exchange(&authorization.attempt, &returned).await.unwrap();
        assert_eq!(signed_in.person.full_name, name);
        assert_eq!(signed_in.level, level);
        assert!(chosen.starts_with(signed_in.person.number.as_ref().unwrap().as_str()));
    }
}

#[tokio::test]
async fn an_attempt_is_good_for_its_own_answer_once_and_for_a_minute() {
    let world = World::start().await;
    let (mine, other) = (world.begin().await, world.begin().await);
    let returned = world.choose(&other, "001148012345 muc_do_2").await;
    assert_eq!(world.vneid.exchange(&mine.attempt, &returned).await, refused("state_mismatch"));
    world.vneid.exchange(&other.attempt, &returned).await.unwrap();
    assert_eq!(world.vneid.exchange(&other.attempt, &returned).await, refused("invalid_grant"));

    let late = world.choose(&mine, "001148012345 muc_do_2").await;
    world.now.fetch_add(60, Ordering::SeqCst);
    assert_eq!(world.vneid.exchange(&mine.attempt, &late).await, refused("invalid_grant"));
}

#[tokio::test]
async fn whoever_says_no_or_answers_for_another_provider_does_not_sign_in() {
    let world = World::start().await;
    let authorization = world.begin().await;
    let returned = world.choose(&authorization, "").await;
    assert_eq!(world.vneid.exchange(&authorization.attempt, &returned).await, refused("access_denied"));
    let mut returned = world.choose(&authorization, "001148012345 muc_do_2").await;
    returned.iss = Some("http://127.0.0.1:1/vneid".to_owned());
    assert_eq!(world.vneid.exchange(&authorization.attempt, &returned).await, refused("issuer_mismatch"));
}

#[tokio::test]
async fn each_fault_of_the_provider_is_told_apart() {
    let world = World::start().await;
    for (fault, expected) in [
        ("server_error", unavailable(Trouble::Status(500))),
        ("malformed", unavailable(Trouble::Malformed(Flaw::Content))),
        ("doubled", unavailable(Trouble::Malformed(Flaw::Content))),
        ("hostile", unavailable(Trouble::Malformed(Flaw::Content))),
        ("deep", unavailable(Trouble::Malformed(Flaw::Content))),
        ("disconnect", unavailable(Trouble::Interrupted)),
        ("oversized", unavailable(Trouble::TooLarge)),
        ("redirect", unavailable(Trouble::Status(302))),
        ("maintenance", unavailable(Trouble::Status(503))),
        // The code came twice: the second time it is spent.
        ("duplicate", refused("invalid_grant")),
    ] {
        let authorization = world.begin().await;
        let returned = world.choose(&authorization, "001148012345 muc_do_2").await;
        world.fault(fault, 1).await;
        let answer = world.vneid.exchange(&authorization.attempt, &returned).await;
        assert_eq!(answer, expected, "{fault}");
    }
}

#[tokio::test]
async fn metadata_are_read_again_after_an_hour_and_their_failure_is_told() {
    let world = World::start().await;
    world.begin().await;
    world.fault("malformed", 1).await;
    world.begin().await;
    world.now.fetch_add(3_600, Ordering::SeqCst);
    let answer = world.vneid.authorization_url(REDIRECT).await;
    assert_eq!(answer.err(), unavailable(Trouble::Malformed(Flaw::Content)).err());
    world.begin().await;
    let nowhere = world.vneid.authorization_url("/console").await.err();
    let expected = NationalError::NotAskable { system: System::Vneid, field: "redirect_uri" };
    assert_eq!(nowhere, Some(expected));
}

#[tokio::test]
async fn a_server_in_production_takes_nobody_from_the_simulated_provider() {
    let world = World::start().await;
    let configuration = configuration(&format!("{}/vneid", world.address));
    let vneid = VneidClient::new(configuration, Mode::Production, world.clock.clone(), random()).unwrap();
    let answer = vneid.authorization_url(REDIRECT).await;
    assert_eq!(answer.err(), unavailable(Trouble::Simulated).err());
}
