//! The places' tokens: taken, refreshed, revoked.

use super::{samples::but, *};

fn other(number: &str) -> Vec<flows::lodging::Declaration> {
    but(|guest, _| guest.document = samples::document(1, number))
}

#[tokio::test]
async fn each_place_logs_in_once_by_its_own_account() {
    let portal = Arc::new(Portal::start().await);
    let declaring: Vec<_> = (0..8)
        .map(|number| {
            let portal = Arc::clone(&portal);
            let list = other(&format!("00114801230{number}"));
            tokio::spawn(
                async move { portal.declare(if number % 2 == 0 { HOTEL } else { HOME }, list).await },
            )
        })
        .collect();
    for answer in declaring {
        assert_eq!(answer.await.unwrap(), taken(1));
    }
    let logins = portal.operations().await.iter().filter(|operation| *operation == "token").count();
    assert_eq!(logins, 2);
    assert_eq!((portal.counted("cslt-khach-san").await.0, portal.counted("cslt-nha-o").await.0), (4, 4));
}

#[tokio::test]
async fn a_token_is_refreshed_when_less_than_a_minute_is_left() {
    let portal = Portal::start().await;
    let steps = [(0, "001148012301"), (59 * 60, "001148012302"), (1, "001148012303")];
    for (seconds, number) in steps {
        portal.advance(seconds);
        assert_eq!(portal.declare(HOTEL, other(number)).await, taken(1));
    }
    assert_eq!(portal.operations().await, ["token", "kbtt-vn", "kbtt-vn", "refresh-token", "kbtt-vn"]);
}

#[tokio::test]
async fn where_the_refresh_is_refused_one_logs_in_anew() {
    let portal = Portal::start().await;
    assert_eq!(portal.declare(HOTEL, other("001148012301")).await, taken(1));
    portal.control(reqwest::Method::DELETE, "tokens", json!(null)).await;
    portal.advance(3_600);
    assert_eq!(portal.declare(HOTEL, other("001148012302")).await, taken(1));
    assert_eq!(portal.operations().await, ["token", "kbtt-vn", "refresh-token", "token", "kbtt-vn"]);
}

#[tokio::test]
async fn a_token_that_the_portal_forgot_is_renewed_once_and_the_guest_declared_once() {
    let portal = Portal::start().await;
    assert_eq!(portal.declare(HOTEL, other("001148012301")).await, taken(1));
    portal.control(reqwest::Method::DELETE, "tokens", json!(null)).await;
    assert_eq!(portal.declare(HOTEL, other("001148012302")).await, taken(1));
    assert_eq!(portal.operations().await, ["token", "kbtt-vn", "kbtt-vn", "token", "kbtt-vn"]);
    portal.fault("unauthorized", Some(1)).await;
    assert_eq!(portal.declare(HOTEL, other("001148012303")).await, taken(1));
    assert_eq!(portal.counted("cslt-khach-san").await.0, 3);
}

#[tokio::test]
async fn a_portal_that_refuses_every_token_is_asked_twice_and_has_nothing() {
    let portal = Portal::start().await;
    assert_eq!(portal.declare(HOTEL, other("001148012301")).await, taken(1));
    portal.fault("unauthorized", None).await;
    let answer = portal.declare(HOTEL, other("001148012302")).await;
    assert_eq!(answer, Err(Undelivered::NotSent(refused("401"))));
    assert_eq!(portal.operations().await, ["token", "kbtt-vn", "kbtt-vn", "token"]);
    assert_eq!(portal.counted("cslt-khach-san").await.0, 1);
}

#[tokio::test]
async fn wrong_accounts_are_refusals_that_an_operator_must_see() {
    let portal = Portal::start().await;
    let right =
        Configuration { base_url: format!("{}/lodging", portal.address), ..configuration().lodging.unwrap() };
    let mut password = right.clone();
    password.accounts.values_mut().for_each(|account| account.password = "x".into());
    let software = Configuration { client_secret: "x".into(), ..right };
    for (wrong, code) in [(password, "400"), (software, "401")] {
        let clock = Clock::new(|| Timestamp::from_second(1_789_434_000).unwrap());
        let client = LodgingClient::new(wrong, Mode::Demonstration, clock, random()).unwrap();
        let answer = client.declare(HOTEL, &Batch::new(vietnamese()).unwrap()).await;
        assert_eq!(answer, Err(Undelivered::NotSent(refused(code))));
    }
}

#[tokio::test]
async fn at_the_end_every_token_is_revoked() {
    let portal = Portal::start().await;
    for (place, number) in [(HOTEL, "001148012301"), (HOME, "001148012302")] {
        assert_eq!(portal.declare(place, other(number)).await, taken(1));
    }
    portal.client.end().await;
    portal.client.end().await;
    let operations = portal.operations().await;
    assert_eq!(operations.iter().filter(|operation| *operation == "revoke").count(), 2);
    // Whoever still had them could do nothing.
    let stale = reqwest::Client::new()
        .post(format!("{}/lodging/client-service/kbtt-vn/kbtt-3th", portal.address))
        .bearer_auth("x")
        .json(&json!([]));
    assert_eq!(stale.send().await.unwrap().status(), 401);
    assert_eq!(portal.declare(HOTEL, other("001148012303")).await, taken(1));
}
