//! Each fault of a system, told apart from the others.

use super::*;

#[tokio::test]
async fn each_fault_is_told_apart_and_none_is_a_panic() {
    let systems = Systems::start().await;
    systems.insurance.look_up(&hoa()).await.unwrap();
    let content = Trouble::Malformed(Flaw::Content);
    for (fault, soap, json) in [
        ("server_error", Trouble::Status(500), Trouble::Status(500)),
        ("maintenance", Trouble::Status(503), Trouble::Status(503)),
        ("malformed", Trouble::Malformed(Flaw::Syntax), content),
        ("doubled", Trouble::Malformed(Flaw::Content), content),
        ("disconnect", Trouble::Interrupted, Trouble::Interrupted),
        ("oversized", Trouble::TooLarge, Trouble::TooLarge),
        ("hostile", Trouble::Malformed(Flaw::DocumentType), content),
        ("deep", Trouble::Malformed(Flaw::Depth), content),
        ("redirect", Trouble::Status(302), Trouble::Status(302)),
    ] {
        systems.fault("population", fault, None).await;
        systems.fault("bhxh", fault, None).await;
        assert_eq!(systems.population.verify(&hoa()).await, unavailable(System::Population, soap), "{fault}");
        assert_eq!(systems.insurance.look_up(&hoa()).await, unavailable(System::Insurance, json), "{fault}");
    }
    systems.fault("population", "unauthorized", None).await;
    assert_eq!(systems.population.verify(&hoa()).await, refused(System::Population, "401"));
    for system in ["population", "bhxh"] {
        systems.fault(system, "none", None).await;
    }
    assert_eq!(systems.population.verify(&hoa()).await, Ok(Existence::Exists));
    assert_eq!(systems.insurance.look_up(&hoa()).await.unwrap().code, ResultCode::ReplacedExpired);
}

#[tokio::test]
async fn each_fault_of_the_login_is_told_apart_too() {
    for (fault, expected) in [
        ("server_error", unavailable(System::Insurance, Trouble::Status(500))),
        ("malformed", unavailable(System::Insurance, Trouble::Malformed(Flaw::Content))),
        ("hostile", unavailable(System::Insurance, Trouble::Malformed(Flaw::Content))),
        ("oversized", unavailable(System::Insurance, Trouble::TooLarge)),
        ("unauthorized", refused(System::Insurance, "401")),
    ] {
        let systems = Systems::start().await;
        systems.fault("bhxh", fault, Some(1)).await;
        assert_eq!(systems.insurance.look_up(&hoa()).await, expected, "{fault}");
        assert_eq!(systems.operations().await, [TAKE]);
    }
}

#[tokio::test]
async fn a_silent_system_ends_by_the_time_limit_and_is_not_asked_twice() {
    let systems = Systems::hurried().await;
    systems.fault("population", "timeout", None).await;
    systems.fault("bhxh", "timeout", None).await;
    let timed_out = unavailable(System::Population, Trouble::TimedOut);
    assert_eq!(systems.population.verify(&hoa()).await, timed_out);
    assert_eq!(systems.insurance.look_up(&hoa()).await, unavailable(System::Insurance, Trouble::TimedOut));
    assert_eq!(systems.operations().await, ["XacThucThongTinCongDan", TAKE]);
}

#[tokio::test]
async fn login_and_look_up_together_have_one_time_limit() {
    let systems = Systems::hurried().await;
    let slow = json!({ "fault": "slow", "milliseconds": 700 });
    systems.control(reqwest::Method::PUT, "faults/bhxh", slow).await;
    assert_eq!(systems.insurance.look_up(&hoa()).await, unavailable(System::Insurance, Trouble::TimedOut));
}

#[tokio::test]
async fn the_portal_is_down_for_one_person_and_reports_trouble_for_another() {
    let systems = Systems::hurried().await;
    assert_eq!(systems.insurance.look_up(&blom()).await, unavailable(System::Insurance, Trouble::TimedOut));
    let systems = Systems::start().await;
    let trouble = person("001090000008", "Trần O'Mẫu & <Con>", born(1990, Some(12), Some(31)));
    let reported = unavailable(System::Insurance, Trouble::ReportedCode(100));
    assert_eq!(systems.insurance.look_up(&trouble).await, reported);
}

#[tokio::test]
async fn behind_a_broken_gateway_it_is_tried_three_times() {
    let asked = Arc::new(AtomicI64::new(0));
    let counter = Arc::clone(&asked);
    let gateway = axum::Router::new().fallback(move || {
        counter.fetch_add(1, Ordering::SeqCst);
        async { axum::http::StatusCode::BAD_GATEWAY }
    });
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let client = population_client(listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, gateway).await });
    assert_eq!(client.verify(&hoa()).await, unavailable(System::Population, Trouble::Status(502)));
    assert_eq!(asked.load(Ordering::SeqCst), 3);
}

#[tokio::test]
async fn a_server_in_production_takes_no_simulated_answer() {
    let systems = Systems::start().await;
    let (clock, random) = (Clock::new(|| Timestamp::from_second(1_789_434_000).unwrap()), random());
    let population = population_configuration(&systems.address);
    let population =
        PopulationClient::new(population, Mode::Production, clock.clone(), random.clone()).unwrap();
    let answer = population.verify(&hoa()).await;
    assert_eq!(answer, unavailable(System::Population, Trouble::Simulated));
    let insurance = insurance_configuration(&format!("{}/bhxh", systems.address));
    let insurance = InsuranceClient::new(insurance, Mode::Production, clock, random).unwrap();
    assert_eq!(insurance.look_up(&hoa()).await, unavailable(System::Insurance, Trouble::Simulated));
}

#[tokio::test]
async fn a_system_that_is_not_there_is_no_connection() {
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let answer = population_client(free).verify(&hoa()).await;
    assert_eq!(answer, unavailable(System::Population, Trouble::NoConnection));
}
