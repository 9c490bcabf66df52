//! Sign-ins of citizens at VNeID.

use secrecy::SecretString;

use super::*;
use crate::store::sign_ins::{FORGOTTEN_MINUTES, NewSignIn, SIGN_IN_MINUTES, SignInTurn};

async fn begun(world: &World<'_>, session: Uuid, state: &str, second: i64) -> SecretString {
    let state = SecretString::from(state);
    let request = world.begun("demo", at(second)).await;
    let sign_in = NewSignIn {
        session,
        kiosk: "demo".into(),
        state: state.clone(),
        attempt: secret("verifier"),
        request,
        response: secret("response"),
        at: at(second),
    };
    world.store.keep_sign_in(sign_in).await.unwrap();
    state
}

pub async fn a_sign_in_is_good_once_for_its_conversation(world: &World<'_>) {
    let session = world.session(at(0)).await;
    let state = begun(world, session, "state", 1).await;
    assert!(world.store.take_sign_in(&"another".into(), at(2)).await.unwrap().is_none());
    let taken = world.store.take_sign_in(&state, at(2)).await.unwrap().unwrap();
    assert_eq!((taken.session, taken.kiosk.as_str(), taken.expired), (session, "demo", false));
    assert_eq!(taken.attempt, secret("verifier"));
    assert!(world.store.take_sign_in(&state, at(2)).await.unwrap().is_none(), "it is good twice");
}

pub async fn a_sign_in_that_begins_anew_ends_the_one_before(world: &World<'_>) {
    let (session, other) = (world.session(at(0)).await, world.session(at(0)).await);
    let first = begun(world, session, "first", 1).await;
    let others = begun(world, other, "others", 1).await;
    let second = begun(world, session, "second", 2).await;
    assert!(world.store.take_sign_in(&first, at(3)).await.unwrap().is_none());
    assert!(world.store.take_sign_in(&second, at(3)).await.unwrap().is_some());
    assert!(world.store.take_sign_in(&others, at(3)).await.unwrap().is_some());
}

pub async fn a_sign_in_that_took_too_long_says_so_for_an_hour(world: &World<'_>) {
    let session = world.session(at(0)).await;
    let state = begun(world, session, "state", 0).await;
    let late = SIGN_IN_MINUTES * 60 + 1;
    assert!(world.store.take_sign_in(&state, at(late)).await.unwrap().unwrap().expired);
    let state = begun(world, session, "later", 0).await;
    let much_later = at(FORGOTTEN_MINUTES * 60 + 1);
    world.store.forget_expired(much_later).await.unwrap();
    assert!(world.store.take_sign_in(&state, much_later).await.unwrap().is_none());
}

pub async fn who_signed_in_takes_the_conversation_one_step_on(world: &World<'_>) {
    let session = world.session(at(0)).await;
    let call = StepCall { step: "identify".into(), code: ReasonCode::TooManyAttempts };
    let turn = SignInTurn {
        session,
        kiosk: "demo".into(),
        version: 0,
        state: secret("signed in"),
        call: Some(call),
        at: at(1),
    };
    world.store.save_sign_in(turn.clone()).await.unwrap();
    let row = world.store.session(session, "demo").await.unwrap().unwrap();
    assert_eq!((row.version, row.state), (1, secret("signed in")));
    let calls = world.store.open_calls().await.unwrap();
    assert_eq!((calls.len(), calls[0].session), (1, Some(session)));
    assert!(matches!(world.store.save_sign_in(turn.clone()).await, Err(StoreError::StaleSession)));
    let stranger = SignInTurn { kiosk: "other".into(), version: 1, ..turn };
    assert!(matches!(world.store.save_sign_in(stranger).await, Err(StoreError::UnknownSession)));
}
