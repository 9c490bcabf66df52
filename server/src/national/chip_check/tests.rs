//! The chip check against the simulated service, over real sockets.

use std::sync::Arc;

use jiff::Timestamp;
use national_mock::Mock;
use serde_json::json;

use super::*;
use crate::{
    clock::Clock,
    config::Mode,
    national::{
        Flaw, System, Trouble,
        tests::{PATIENT, configuration as national, people, random},
    },
};

pub(super) fn configuration(server: &str) -> Configuration {
    Configuration { url: format!("{server}/c06/verify"), limits: PATIENT, ..national().c06.unwrap() }
}

/// The card of the golden question.
pub(super) fn card() -> CardRead {
    let digest = "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881";
    CardRead {
        number: PersonalNumber::parse("001148012345").unwrap(),
        signer: vec![0x30, 0x03, 0x02, 0x01, 0x01],
        security_object_digest: hex::decode(digest).unwrap().try_into().unwrap(),
        device: "kiosk-01".to_owned(),
        consent: "6f9619ff-8b86-4d01-b42d-00cf4fc964ff".to_owned(),
    }
}

fn now() -> Timestamp {
    "2026-09-15T08:00:00+07:00".parse().unwrap()
}

async fn serve() -> String {
    let mock = Mock::new(people(), Arc::new(now), None);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, national_mock::router(&mock)).await });
    address
}

fn client(configuration: Configuration, mode: Mode) -> ChipCheckClient {
    ChipCheckClient::new(configuration, mode, Clock::new(now), random()).unwrap()
}

async fn fault(address: &str, fault: &str) {
    let url = format!("{address}/control/faults/c06");
    let body = json!({ "fault": fault });
    reqwest::Client::new().put(url).json(&body).send().await.unwrap().error_for_status().unwrap();
}

fn unavailable(trouble: Trouble) -> Result<Statement, NationalError> {
    Err(NationalError::Unavailable { system: System::ChipCheck, trouble })
}

fn refused(code: &str) -> Result<Statement, NationalError> {
    Err(NationalError::Refused { system: System::ChipCheck, code: code.to_owned() })
}

#[tokio::test]
async fn a_card_is_good_or_revoked_or_was_never_issued() {
    let address = serve().await;
    let client = client(configuration(&address), Mode::Demonstration);
    let body = json!({ "numbers": ["001090000008"] });
    let request = reqwest::Client::new().put(format!("{address}/control/revoked")).json(&body);
    request.send().await.unwrap().error_for_status().unwrap();
    for (number, standing) in [
        ("001148012345", Standing::Valid),
        ("001090000008", Standing::Revoked),
        ("001199000001", Standing::NotIssued),
    ] {
        let card = CardRead { number: PersonalNumber::parse(number).unwrap(), ..card() };
        assert_eq!(client.verify(&card).await.unwrap().standing, standing, "{number}");
    }
}

#[tokio::test]
async fn wrong_keys_and_each_fault_are_told_apart() {
    let address = serve().await;
    let right = configuration(&address);
    let wrong = Configuration { partner_key: "x".into(), ..right.clone() };
    assert_eq!(client(wrong, Mode::Demonstration).verify(&card()).await, refused("11"));
    let forged = Configuration { public_key: [7; 32], ..right.clone() };
    assert_eq!(client(forged, Mode::Demonstration).verify(&card()).await, unavailable(Trouble::Unproved));
    let nothing = CardRead { signer: Vec::new(), ..card() };
    let client = client(right, Mode::Demonstration);
    assert_eq!(client.verify(&nothing).await, refused("10"));
    for (name, expected) in [
        ("server_error", unavailable(Trouble::Status(500))),
        ("malformed", unavailable(Trouble::Malformed(Flaw::Content))),
        ("doubled", unavailable(Trouble::Malformed(Flaw::Content))),
        ("hostile", unavailable(Trouble::Malformed(Flaw::Content))),
        ("deep", unavailable(Trouble::Malformed(Flaw::Content))),
        ("disconnect", unavailable(Trouble::Interrupted)),
        ("oversized", unavailable(Trouble::TooLarge)),
        ("redirect", unavailable(Trouble::Status(302))),
        ("maintenance", unavailable(Trouble::Status(503))),
        ("unauthorized", refused("401")),
    ] {
        fault(&address, name).await;
        assert_eq!(client.verify(&card()).await, expected, "{name}");
    }
    // A question that arrives twice has the same answer.
    fault(&address, "duplicate").await;
    assert_eq!(client.verify(&card()).await.unwrap().standing, Standing::Valid);
}

#[tokio::test]
async fn a_server_in_production_takes_no_simulated_answer() {
    let address = serve().await;
    let answer = client(configuration(&address), Mode::Production).verify(&card()).await;
    assert_eq!(answer, unavailable(Trouble::Simulated));
}
