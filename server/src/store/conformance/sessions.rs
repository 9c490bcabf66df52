//! Conversations and challenges.

use flows::step::Purpose;

use super::*;
use crate::store::sessions::MOST_CHALLENGES;

pub async fn a_conversation_stands_where_it_was_left(world: &World<'_>) {
    let session = world.session(at(0)).await;
    let turn = world.turn(session, 0, at(5)).await;
    world.store.save_turn(turn).await.unwrap();
    let row = world.store.session(session, "demo").await.unwrap().unwrap();
    let expected = SessionRow {
        id: session,
        kiosk: "demo".into(),
        service: Service::Health,
        language: Language::Vi,
        version: 1,
        state: secret("state next"),
        recorded: None,
        calls_closed: false,
        handed_back: false,
        opened_at: at(0),
        turned_at: at(5),
    };
    assert_eq!(row, expected);
}

pub async fn a_conversation_answers_only_the_kiosk_that_opened_it(world: &World<'_>) {
    let session = world.session(at(0)).await;
    assert_eq!(world.store.session(session, "other").await.unwrap(), None);
    let request = world.begun("other", at(1)).await;
    let turn = Turn { kiosk: "other".into(), request, ..world.turn(session, 0, at(1)).await };
    assert!(matches!(world.store.save_turn(turn).await, Err(StoreError::UnknownSession)));
    let check_in = world.check_in(visit(Some("001148012345")), at(1)).await;
    let request = world.begun("other", at(1)).await;
    let check_in = CheckIn { kiosk: "other".into(), request, ..check_in };
    assert!(matches!(world.store.record_check_in(check_in).await, Err(StoreError::UnknownSession)));
    let challenge = world.challenge(session, at(1)).await;
    let fault = world.store.challenge(challenge, session, "other", at(1)).await;
    assert!(matches!(fault, Err(StoreError::Challenge(ChallengeFault::Used))));
}

pub async fn of_two_turns_from_one_state_one_counts(world: &World<'_>) {
    let session = world.session(at(0)).await;
    let (first, second) = (world.turn(session, 0, at(1)).await, world.turn(session, 0, at(1)).await);
    let (first, second) = tokio::join!(world.store.save_turn(first), world.store.save_turn(second));
    let outcomes = [first, second];
    assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1);
    assert!(outcomes.iter().any(|outcome| matches!(outcome, Err(StoreError::StaleSession))));
}

pub async fn a_refused_turn_leaves_nothing_behind(world: &World<'_>) {
    let session = world.session(at(0)).await;
    let before = world.store.verify_audit().await.unwrap();
    let turn = world.turn(session, 7, at(1)).await;
    let turn = Turn {
        consent: Some(Consent {
            purpose: Purpose::HealthCheckIn,
            given: true,
            language: Language::Vi,
            text_sha256: [5; 32],
            text: None,
            spoken: None,
        }),
        call: Some(StepCall { step: "consent".into(), code: ReasonCode::HelpWanted }),
        ..turn
    };
    let key = turn.request.key;
    assert!(matches!(world.store.save_turn(turn).await, Err(StoreError::StaleSession)));
    assert_eq!(world.store.open_calls().await.unwrap(), []);
    assert_eq!(world.store.session(session, "demo").await.unwrap().unwrap().state, secret("state 0"));
    // Its request is still the caller's to complete or abandon.
    let again = world.store.begin_request(world.request("demo", key, at(2))).await.unwrap();
    assert_eq!(again, Begun::InFlight);
    let AuditReport::Intact { leaves: before, .. } = before else { panic!("{before:?}") };
    let after = world.store.verify_audit().await.unwrap();
    // Two requests were begun.
    assert!(matches!(after, AuditReport::Intact { leaves, .. } if leaves == before + 2), "{after:?}");
}

pub async fn a_challenge_is_good_once(world: &World<'_>) {
    let session = world.session(at(0)).await;
    let challenge = world.challenge(session, at(0)).await;
    let nonce = world.store.challenge(challenge, session, "demo", at(1)).await.unwrap();
    assert_eq!(&nonce, b"8 bytes!");
    let turn = Turn { spends: Some(challenge), ..world.turn(session, 0, at(1)).await };
    world.store.save_turn(turn).await.unwrap();
    let fault = world.store.challenge(challenge, session, "demo", at(2)).await;
    assert!(matches!(fault, Err(StoreError::Challenge(ChallengeFault::Used))));
    let turn = Turn { spends: Some(challenge), ..world.turn(session, 1, at(2)).await };
    let fault = world.store.save_turn(turn).await;
    assert!(matches!(fault, Err(StoreError::Challenge(ChallengeFault::Used))));
}

pub async fn a_challenge_is_dead_after_two_minutes(world: &World<'_>) {
    let session = world.session(at(0)).await;
    let challenge = world.challenge(session, at(0)).await;
    world.store.challenge(challenge, session, "demo", at(120)).await.unwrap();
    let fault = world.store.challenge(challenge, session, "demo", at(121)).await;
    assert!(matches!(fault, Err(StoreError::Challenge(ChallengeFault::Expired))));
    let turn = Turn { spends: Some(challenge), ..world.turn(session, 0, at(121)).await };
    let fault = world.store.save_turn(turn).await;
    assert!(matches!(fault, Err(StoreError::Challenge(ChallengeFault::Expired))));
}

pub async fn a_conversation_gets_so_many_challenges_and_no_more(world: &World<'_>) {
    let session = world.session(at(0)).await;
    for _ in 0..MOST_CHALLENGES {
        world.challenge(session, at(0)).await;
    }
    let one_more = NewChallenge {
        id: world.id(),
        session,
        kiosk: "demo".into(),
        nonce: *b"8 bytes!",
        request: world.begun("demo", at(0)).await,
        response: secret("challenge"),
        at: at(0),
    };
    assert!(matches!(world.store.issue_challenge(one_more).await, Err(StoreError::TooManyChallenges)));
    world.challenge(world.session(at(0)).await, at(0)).await;
}

pub async fn a_challenge_of_another_conversation_is_refused(world: &World<'_>) {
    let (mine, theirs) = (world.session(at(0)).await, world.session(at(0)).await);
    let challenge = world.challenge(theirs, at(0)).await;
    for id in [challenge, world.id()] {
        let fault = world.store.challenge(id, mine, "demo", at(1)).await;
        assert!(matches!(fault, Err(StoreError::Challenge(ChallengeFault::Used))));
    }
    let turn = Turn { spends: Some(challenge), ..world.turn(mine, 0, at(1)).await };
    assert!(matches!(world.store.save_turn(turn).await, Err(StoreError::Challenge(ChallengeFault::Used))));
}

pub async fn a_turn_that_fails_spends_no_challenge(world: &World<'_>) {
    let session = world.session(at(0)).await;
    let challenge = world.challenge(session, at(0)).await;
    let turn = world.turn(session, 0, at(1)).await;
    // Its request was given up meanwhile: the last thing written fails.
    world.store.abandon_request(turn.request.clone(), at(1)).await.unwrap();
    let turn = Turn { spends: Some(challenge), ..turn };
    assert!(matches!(world.store.save_turn(turn).await, Err(StoreError::UnknownRequest)));
    world.store.challenge(challenge, session, "demo", at(2)).await.unwrap();
}
