//! Each fault of the portal: what is surely not there, what may be, and that none is a panic.

use super::{samples::but, *};

fn other(number: &str) -> Vec<flows::lodging::Declaration> {
    but(|guest, _| guest.document = samples::document(1, number))
}

#[tokio::test]
async fn what_was_refused_unread_is_not_sent_and_whose_answer_is_lost_is_unclear() {
    let portal =
        Portal::with(Limits { break_after: u32::MAX, retries: 0, ..PATIENT }, Mode::Demonstration).await;
    assert_eq!(portal.declare(HOTEL, other("001148012300")).await, taken(1));
    let content = Trouble::Malformed(Flaw::Content);
    let mut there = 1;
    for (number, (fault, trouble)) in [
        ("server_error", Trouble::Status(500)),
        ("malformed", content),
        ("doubled", content),
        ("hostile", content),
        ("deep", content),
        ("disconnect", Trouble::Interrupted),
        ("oversized", Trouble::TooLarge),
    ]
    .into_iter()
    .enumerate()
    {
        portal.fault(fault, Some(1)).await;
        let list = || other(&format!("00114801231{number}"));
        assert_eq!(
            portal.declare(HOTEL, list()).await,
            Err(Undelivered::Unclear(unavailable(trouble))),
            "{fault}"
        );
        // It is there: whoever sends it again is told so.
        there += 1;
        assert_eq!(portal.counted("cslt-khach-san").await.0, there, "{fault}");
        assert_eq!(reasons(portal.declare(HOTEL, list()).await), [Reason::AlreadyStaying], "{fault}");
    }
    // A gateway's answer and a redirect may come from before or behind what takes declarations.
    for (fault, status) in [("maintenance", 503), ("redirect", 302)] {
        portal.fault(fault, Some(1)).await;
        let answer = portal.declare(HOTEL, other("001148012330")).await;
        assert_eq!(answer, Err(Undelivered::Unclear(unavailable(Trouble::Status(status)))), "{fault}");
    }
    assert_eq!(portal.counted("cslt-khach-san").await.0, there);
}

#[tokio::test]
async fn each_fault_of_the_login_means_that_nothing_was_sent() {
    let content = Trouble::Malformed(Flaw::Content);
    for (fault, error) in [
        ("server_error", unavailable(Trouble::Status(500))),
        ("malformed", unavailable(content)),
        ("hostile", unavailable(content)),
        ("oversized", unavailable(Trouble::TooLarge)),
        ("disconnect", unavailable(Trouble::Interrupted)),
        ("unauthorized", refused("401")),
    ] {
        let portal = Portal::start().await;
        portal.fault(fault, Some(1)).await;
        assert_eq!(portal.declare(HOTEL, vietnamese()).await, Err(Undelivered::NotSent(error)), "{fault}");
        assert_eq!(portal.operations().await, ["token"]);
    }
}

#[tokio::test]
async fn taken_with_the_answer_lost_is_unclear_and_then_already_staying() {
    let portal = Portal::hurried().await;
    assert_eq!(portal.declare(HOTEL, other("001148012301")).await, taken(1));
    portal.fault("timeout", Some(1)).await;
    let answer = portal.declare(HOTEL, other("001148012302")).await;
    assert_eq!(answer, Err(Undelivered::Unclear(unavailable(Trouble::TimedOut))));
    assert_eq!(portal.counted("cslt-khach-san").await.0, 2);
    assert_eq!(reasons(portal.declare(HOTEL, other("001148012302")).await), [Reason::AlreadyStaying]);
}

#[tokio::test]
async fn a_silent_login_is_not_unclear() {
    let portal = Portal::hurried().await;
    portal.fault("timeout", None).await;
    let answer = portal.declare(HOTEL, vietnamese()).await;
    assert_eq!(answer, Err(Undelivered::NotSent(unavailable(Trouble::TimedOut))));
    assert_eq!(portal.counted("cslt-khach-san").await, (0, 0));
}

#[tokio::test]
async fn an_answer_a_byte_at_a_time_ends_by_the_time_limit() {
    let portal = Portal::hurried().await;
    assert_eq!(portal.declare(HOTEL, other("001148012301")).await, taken(1));
    let drip = json!({ "fault": "drip", "milliseconds": 200 });
    portal.control(reqwest::Method::PUT, "faults/lodging", drip).await;
    let answer = portal.declare(HOTEL, other("001148012302")).await;
    assert_eq!(answer, Err(Undelivered::Unclear(unavailable(Trouble::TimedOut))));
}

#[tokio::test]
async fn a_request_that_something_repeated_on_the_way_is_seen_as_already_staying() {
    let portal = Portal::start().await;
    assert_eq!(portal.declare(HOTEL, other("001148012301")).await, taken(1));
    portal.fault("duplicate", Some(1)).await;
    assert_eq!(reasons(portal.declare(HOTEL, other("001148012302")).await), [Reason::AlreadyStaying]);
    assert_eq!(portal.counted("cslt-khach-san").await.0, 2);
}

#[tokio::test]
async fn a_portal_that_is_not_there_is_not_sent_to_and_then_left_alone() {
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let limits = Limits { break_after: 1, ..PATIENT };
    let lodging =
        Configuration { base_url: format!("http://{free}"), limits, ..configuration().lodging.unwrap() };
    let clock = Clock::new(|| Timestamp::UNIX_EPOCH);
    let client = LodgingClient::new(lodging, Mode::Demonstration, clock, random()).unwrap();
    let batch = Batch::new(vietnamese()).unwrap();
    for trouble in [Trouble::NoConnection, Trouble::CircuitOpen] {
        let answer = client.declare(HOTEL, &batch).await;
        assert_eq!(answer, Err(Undelivered::NotSent(unavailable(trouble))));
    }
}

#[tokio::test]
async fn a_server_in_production_takes_no_simulated_answer() {
    let portal = Portal::with(PATIENT, Mode::Production).await;
    let answer = portal.declare(HOTEL, vietnamese()).await;
    assert_eq!(answer, Err(Undelivered::NotSent(unavailable(Trouble::Simulated))));
}
