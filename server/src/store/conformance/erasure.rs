//! Erasure, and the log that outlives it.

use super::*;

async fn leaves(world: &World<'_>) -> u64 {
    match world.store.verify_audit().await.unwrap() {
        AuditReport::Intact { leaves, .. } => leaves,
        broken => panic!("{broken:?}"),
    }
}

pub async fn an_erased_person_cannot_be_read_and_comes_back_as_a_stranger(world: &World<'_>) {
    let number = PersonalNumber::parse("001148012345").unwrap();
    let check_in = world.check_in(visit(Some(number.as_str())), at(0)).await;
    let (session, key) = (check_in.session, check_in.request.key);
    let recorded = world.store.record_check_in(check_in).await.unwrap();
    let neighbour = world.checked_in("001148000002", at(0)).await;
    world.store.destroy_subject_key(recorded.subject, at(1)).await.unwrap();

    let kept = world.store.visit(recorded.visit).await.unwrap().unwrap();
    assert_eq!((&kept.patient, &kept.insurance_card), (&None, &None));
    let without_code = Recorded { code: None, ..recorded.clone() };
    assert_eq!(kept.recorded, without_code, "the number has to stay: the queue was called by it");
    assert_eq!(world.store.session(session, "demo").await.unwrap(), None);
    let replay = world.store.begin_request(world.request("demo", key, at(2))).await.unwrap();
    assert_eq!(replay, Begun::New, "the response names the person");
    assert_eq!(world.store.subject(&number).await.unwrap(), None);
    let again = world.store.destroy_subject_key(recorded.subject, at(2)).await;
    assert!(matches!(again, Err(StoreError::UnknownSubject)));
    leaves(world).await;

    let back = world.checked_in(number.as_str(), at(3)).await;
    assert!(!back.already && back.subject != recorded.subject);
    assert!(world.store.visit(neighbour.visit).await.unwrap().unwrap().patient.is_some());
}

pub async fn conversations_are_forgotten_after_a_day(world: &World<'_>) {
    let old = world.session(at(0)).await;
    let visit = world.checked_in("001148012345", at(1)).await;
    let young = world.session(at(3600)).await;
    let day = sessions_hours() * 3600;
    assert_eq!(world.store.forget_expired(at(day)).await.unwrap(), Forgotten::default());
    let forgotten = world.store.forget_expired(at(day + 2)).await.unwrap();
    assert_eq!(forgotten.sessions, 2);
    assert_eq!(world.store.session(old, "demo").await.unwrap(), None);
    assert!(world.store.session(young, "demo").await.unwrap().is_some());
    // A visit is kept as long as the law says, not as long as a conversation.
    assert!(world.store.visit(visit.visit).await.unwrap().unwrap().patient.is_some());
    leaves(world).await;
}

const fn sessions_hours() -> i64 {
    super::super::sessions::SESSION_HOURS
}

pub async fn every_change_leaves_a_leaf(world: &World<'_>) {
    let mut before = leaves(world).await;
    let mut grew = async |what: &str| {
        let now = leaves(world).await;
        assert!(now > before, "{what} left no leaf");
        before = now;
    };
    world.store.set_kiosks(kiosks().split_off(1), at(0)).await.unwrap();
    grew("withdrawing a kiosk").await;
    world.store.set_kiosks(kiosks(), at(0)).await.unwrap();
    grew("enrolling a kiosk").await;
    let request = world.begun("demo", at(0)).await;
    grew("a request").await;
    world.store.abandon_request(request, at(0)).await.unwrap();
    grew("giving it up").await;
    let session = world.session(at(0)).await;
    grew("a conversation").await;
    world.challenge(session, at(0)).await;
    grew("a challenge").await;
    let turn = world.turn(session, 0, at(1)).await;
    world.store.save_turn(turn).await.unwrap();
    grew("a turn").await;
    let recorded = world.checked_in("001148012345", at(1)).await;
    grew("a check-in").await;
    world.store.destroy_subject_key(recorded.subject, at(2)).await.unwrap();
    grew("an erasure").await;
    world.store.forget_expired(at(200_000)).await.unwrap();
    grew("forgetting").await;
}
