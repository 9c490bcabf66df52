//! A request happens once.

use super::*;

pub async fn a_request_sent_again_gets_the_response_that_was_given(world: &World<'_>) {
    let session = world.session(at(0)).await;
    let turn = world.turn(session, 0, at(1)).await;
    let key = turn.request.key;
    world.store.save_turn(turn).await.unwrap();
    let again = world.store.begin_request(world.request("demo", key, at(2))).await.unwrap();
    assert_eq!(again, Begun::Replayed(secret("turned")));
}

pub async fn a_key_that_stood_for_another_request_is_refused(world: &World<'_>) {
    let request = world.begun("demo", at(0)).await;
    let mut other = world.request("demo", request.key, at(1));
    other.idempotency = Some(Idempotency { key: request.key, fingerprint: [8; 32] });
    assert_eq!(world.store.begin_request(other).await.unwrap(), Begun::OtherPayload);
    // Keys are each kiosk's own.
    let elsewhere = world.store.begin_request(world.request("other", request.key, at(1))).await.unwrap();
    assert_eq!(elsewhere, Begun::New);
}

pub async fn a_request_under_way_is_not_carried_out_twice(world: &World<'_>) {
    let request = world.begun("demo", at(0)).await;
    let limit = super::super::requests::CLAIM_SECONDS;
    let begin = |seconds| world.store.begin_request(world.request("demo", request.key, at(seconds)));
    assert_eq!(begin(limit).await.unwrap(), Begun::InFlight);
    assert_eq!(begin(limit + 1).await.unwrap(), Begun::New, "its claim never ends");
}

pub async fn an_abandoned_request_may_be_sent_again(world: &World<'_>) {
    let request = world.begun("demo", at(0)).await;
    world.store.abandon_request(request.clone(), at(1)).await.unwrap();
    let again = world.store.begin_request(world.request("demo", request.key, at(2))).await.unwrap();
    assert_eq!(again, Begun::New);
}

pub async fn whoever_was_overtaken_does_not_complete(world: &World<'_>) {
    let session = world.session(at(0)).await;
    let slow = world.turn(session, 0, at(0)).await;
    let quick = Turn { version: 0, state: secret("quick"), response: secret("quick"), ..slow.clone() };
    world.store.save_turn(quick).await.unwrap();
    let slow = Turn { version: 1, ..slow };
    assert!(matches!(world.store.save_turn(slow).await, Err(StoreError::UnknownRequest)));
    let row = world.store.session(session, "demo").await.unwrap().unwrap();
    assert_eq!((row.version, row.state), (1, secret("quick")));
}

pub async fn a_nonce_is_good_once_for_each_kiosk(world: &World<'_>) {
    let with_nonce = |kiosk: &str| NewRequest {
        nonce: "the same".into(),
        idempotency: None,
        ..world.request(kiosk, Uuid::nil(), at(0))
    };
    assert_eq!(world.store.begin_request(with_nonce("demo")).await.unwrap(), Begun::New);
    assert_eq!(world.store.begin_request(with_nonce("demo")).await.unwrap(), Begun::NonceUsed);
    assert_eq!(world.store.begin_request(with_nonce("other")).await.unwrap(), Begun::New);
    // A nonce that was used claims no key either.
    let key = world.id();
    let replayed = NewRequest { nonce: "the same".into(), ..world.request("demo", key, at(60)) };
    assert_eq!(world.store.begin_request(replayed).await.unwrap(), Begun::NonceUsed);
    assert_eq!(world.store.begin_request(world.request("demo", key, at(60))).await.unwrap(), Begun::New);
}

pub async fn an_unknown_kiosk_is_refused(world: &World<'_>) {
    let request = world.request("stranger", world.id(), at(0));
    assert!(matches!(world.store.begin_request(request).await, Err(StoreError::UnknownKiosk)));
    assert_eq!(world.store.kiosk("stranger").await.unwrap(), None);
}

pub async fn a_kiosk_can_get_a_new_key(world: &World<'_>) {
    let kiosk =
        Kiosk {
            id: "demo".into(), public_key: [7; 32], place: "Phòng chờ".into(), kind: ClientKind::Kiosk
        };
    world.store.set_kiosks(vec![kiosk.clone()], at(1)).await.unwrap();
    assert_eq!(world.store.kiosk("demo").await.unwrap(), Some(kiosk));
}

pub async fn a_kiosk_that_is_no_longer_listed_may_not_call(world: &World<'_>) {
    let [demo, other] = kiosks().try_into().unwrap();
    world.store.set_kiosks(vec![demo.clone()], at(1)).await.unwrap();
    assert_eq!(world.store.kiosk("demo").await.unwrap(), Some(demo.clone()));
    assert_eq!(world.store.kiosk("other").await.unwrap(), None);
    let request = world.request("other", world.id(), at(2));
    assert!(matches!(world.store.begin_request(request).await, Err(StoreError::UnknownKiosk)));
    // Listed again, it may.
    world.store.set_kiosks(vec![demo, other.clone()], at(3)).await.unwrap();
    assert_eq!(world.store.kiosk("other").await.unwrap(), Some(other));
}
