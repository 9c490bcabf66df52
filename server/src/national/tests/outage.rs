//! Systems that keep failing, and calls that get no turn.

use super::*;

#[tokio::test]
async fn a_system_that_keeps_failing_is_left_alone_and_tried_again_after_a_pause() {
    let systems = Systems::start().await;
    systems.fault("population", "server_error", None).await;
    for _ in 0..5 {
        let answer = systems.population.verify(&hoa()).await;
        assert_eq!(answer, unavailable(System::Population, Trouble::Status(500)));
    }
    systems.fault("population", "none", None).await;
    let answer = systems.population.verify(&hoa()).await;
    assert_eq!(answer, unavailable(System::Population, Trouble::CircuitOpen));
    assert_eq!(systems.operations().await.len(), 5);
    // The other system has a circuit of its own.
    systems.insurance.look_up(&hoa()).await.unwrap();
    systems.advance(1);
    assert_eq!(systems.population.verify(&hoa()).await, Ok(Existence::Exists));
}

#[tokio::test]
async fn silence_opens_the_circuit_and_answers_of_no_use_do_not() {
    let systems = Systems::hurried_with(Limits { break_after: 2, ..PATIENT }).await;
    systems.fault("population", "malformed", None).await;
    for _ in 0..3 {
        let answer = systems.population.verify(&hoa()).await;
        assert_eq!(answer, unavailable(System::Population, Trouble::Malformed(Flaw::Syntax)));
    }
    systems.fault("population", "timeout", None).await;
    for trouble in [Trouble::TimedOut, Trouble::TimedOut, Trouble::CircuitOpen] {
        assert_eq!(systems.population.verify(&hoa()).await, unavailable(System::Population, trouble));
    }
}

#[tokio::test]
async fn a_call_that_gets_no_turn_is_told_so_and_the_others_go_on() {
    let limits = Limits { concurrent: 1, turn_milliseconds: 50, ..PATIENT };
    let systems = Arc::new(Systems::with_limits(limits).await);
    systems.fault("population", "timeout", Some(1)).await;
    let first = {
        let systems = Arc::clone(&systems);
        tokio::spawn(async move { systems.population.verify(&hoa()).await })
    };
    // The first has its turn once it is on the far side's list.
    while systems.operations().await.is_empty() {
        tokio::task::yield_now().await;
    }
    let busy = unavailable(System::Population, Trouble::Busy);
    assert_eq!(systems.population.verify(&hoa()).await, busy);
    // Whoever waited for the first went away: its turn is free again.
    first.abort();
    assert!(first.await.unwrap_err().is_cancelled());
    assert_eq!(systems.population.verify(&hoa()).await, Ok(Existence::Exists));
}

/// An answer that comes a byte at a time never ends a call that has a time limit, however many bytes there are.
#[tokio::test]
async fn a_slow_drip_holds_nobody_up() {
    let systems = Systems::hurried().await;
    let drip = json!({ "fault": "drip", "milliseconds": 50 });
    for system in ["population", "bhxh"] {
        systems.control(reqwest::Method::PUT, &format!("faults/{system}"), drip.clone()).await;
    }
    let late = unavailable(System::Population, Trouble::TimedOut);
    assert_eq!(systems.population.verify(&hoa()).await, late);
    assert_eq!(systems.insurance.look_up(&hoa()).await, unavailable(System::Insurance, Trouble::TimedOut));
    // Where there is time for all of it, it is an answer.
    let systems = Systems::start().await;
    let drip = json!({ "fault": "drip", "milliseconds": 1 });
    systems.control(reqwest::Method::PUT, "faults/population", drip).await;
    assert_eq!(systems.population.verify(&hoa()).await, Ok(Existence::Exists));
}

#[tokio::test]
async fn a_question_that_the_network_doubles_has_its_answer() {
    let systems = Systems::start().await;
    for system in ["population", "bhxh"] {
        systems.fault(system, "duplicate", None).await;
    }
    assert_eq!(systems.population.verify(&hoa()).await, Ok(Existence::Exists));
    assert_eq!(systems.insurance.look_up(&hoa()).await.unwrap().code, ResultCode::ReplacedExpired);
}
