//! The token of the insurance register: taken once, used by many, renewed.

use super::*;

#[tokio::test]
async fn many_patients_at_once_log_in_once() {
    let systems = Arc::new(Systems::start().await);
    let asking: Vec<_> = (0..8)
        .map(|_| {
            let systems = Arc::clone(&systems);
            tokio::spawn(async move { systems.insurance.look_up(&hoa()).await.unwrap().code })
        })
        .collect();
    for answer in asking {
        assert_eq!(answer.await.unwrap(), ResultCode::ReplacedExpired);
    }
    let logins = systems.operations().await.iter().filter(|operation| *operation == TAKE).count();
    assert_eq!(logins, 1);
}

#[tokio::test]
async fn a_token_is_renewed_after_fifty_minutes_and_when_the_register_forgot_it() {
    let systems = Systems::start().await;
    systems.insurance.look_up(&hoa()).await.unwrap();
    systems.advance(49);
    systems.insurance.look_up(&hoa()).await.unwrap();
    systems.advance(1);
    systems.insurance.look_up(&hoa()).await.unwrap();
    systems.control(reqwest::Method::DELETE, "tokens", json!(null)).await;
    systems.insurance.look_up(&hoa()).await.unwrap();
    assert_eq!(systems.operations().await, [TAKE, LOOK_UP, LOOK_UP, TAKE, LOOK_UP, LOOK_UP, TAKE, LOOK_UP]);
}

#[tokio::test]
async fn a_register_that_refuses_every_token_is_asked_twice_and_no_more() {
    let systems = Systems::start().await;
    systems.insurance.look_up(&hoa()).await.unwrap();
    systems.fault("bhxh", "unauthorized", None).await;
    // The renewal meets the refusal already at the login.
    assert_eq!(systems.insurance.look_up(&hoa()).await, refused(System::Insurance, "401"));
    assert_eq!(systems.operations().await, [TAKE, LOOK_UP, LOOK_UP, TAKE]);
    systems.fault("bhxh", "none", None).await;
    systems.insurance.look_up(&hoa()).await.unwrap();
}

#[tokio::test]
async fn http_401_on_a_look_up_renews_the_token_once() {
    let systems = Systems::start().await;
    systems.insurance.look_up(&hoa()).await.unwrap();
    systems.fault("bhxh", "unauthorized", Some(1)).await;
    systems.insurance.look_up(&hoa()).await.unwrap();
    assert_eq!(systems.operations().await, [TAKE, LOOK_UP, LOOK_UP, TAKE, LOOK_UP]);
}
