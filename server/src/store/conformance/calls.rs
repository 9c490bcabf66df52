//! Calls for staff.

use super::*;
use crate::store::visits::station_day;

pub async fn call(world: &World<'_>, session: Option<Uuid>, code: ReasonCode, at: Timestamp) -> Uuid {
    let call = NewCall {
        kiosk: "demo".into(),
        session,
        step: "identify".into(),
        code,
        request: world.begun("demo", at).await,
        respond: Respond::new(|call: &Uuid| secret(&call.to_string())),
        at,
    };
    let key = call.request.key;
    let id = world.store.call_staff(call).await.unwrap();
    let again = world.store.begin_request(world.request("demo", key, at)).await.unwrap();
    assert_eq!(again, Begun::Replayed(secret(&id.to_string())));
    id
}

fn decision() -> Decision {
    Decision { staff: "Trần Văn Mẫu".into(), id: None, reason: "Thẻ hỏng chip".into() }
}

fn admission(call: Uuid, number: Option<&str>, at: Timestamp) -> AdmitByHand {
    AdmitByHand {
        call,
        decision: decision(),
        visit: NewVisit { method: Method::ByHand, strength: Strength::NoDocument, ..visit(number) },
        chip: None,
        submission: None,
        messages: Vec::new(),
        at,
    }
}

pub async fn a_call_is_open_until_it_is_answered(world: &World<'_>) {
    let session = world.session(at(0)).await;
    let second = call(world, Some(session), ReasonCode::HelpWanted, at(2)).await;
    let first = call(world, None, ReasonCode::ReaderGone, at(1)).await;
    let open = world.store.open_calls().await.unwrap();
    let expected = OpenCall {
        id: first,
        kiosk: "demo".into(),
        place: "Sảnh chính".into(),
        session: None,
        step: "identify".into(),
        code: ReasonCode::ReaderGone,
        at: at(1),
        standing: CallStanding { state: CallState::Waiting, since: at(1), by: None, repeated: 0 },
    };
    assert_eq!(open.first(), Some(&expected));
    assert_eq!(open.iter().map(|call| call.id).collect::<Vec<_>>(), [first, second]);
    assert!(!world.store.session(session, "demo").await.unwrap().unwrap().calls_closed);
    let close = CloseCall { call: second, decision: decision(), at: at(3) };
    world.store.close_call(close).await.unwrap();
    assert_eq!(world.store.open_calls().await.unwrap(), [expected]);
    let row = world.store.session(session, "demo").await.unwrap().unwrap();
    assert_eq!((row.recorded, row.calls_closed), (None, true));
}

pub async fn pressing_again_is_the_same_call(world: &World<'_>) {
    let session = world.session(at(0)).await;
    let first = call(world, Some(session), ReasonCode::HelpWanted, at(1)).await;
    assert_eq!(call(world, Some(session), ReasonCode::HelpWanted, at(2)).await, first);
    assert_ne!(call(world, Some(session), ReasonCode::WrongCan, at(2)).await, first);
    let close = CloseCall { call: first, decision: decision(), at: at(3) };
    world.store.close_call(close).await.unwrap();
    assert_ne!(call(world, Some(session), ReasonCode::HelpWanted, at(4)).await, first);
}

pub async fn two_people_who_call_from_the_first_screen_are_two_calls(world: &World<'_>) {
    let first = call(world, None, ReasonCode::HelpWanted, at(1)).await;
    let second = call(world, None, ReasonCode::HelpWanted, at(60)).await;
    let open = world.store.open_calls().await.unwrap();
    assert_eq!(open.iter().map(|call| call.id).collect::<Vec<_>>(), [first, second]);
}

pub async fn who_is_admitted_by_hand_gets_a_number_and_the_kiosk_learns_it(world: &World<'_>) {
    let session = world.session(at(0)).await;
    let turn = Turn {
        call: Some(StepCall { step: "identify".into(), code: ReasonCode::SignatureInvalid }),
        ..world.turn(session, 0, at(1)).await
    };
    world.store.save_turn(turn).await.unwrap();
    call(world, Some(session), ReasonCode::HelpWanted, at(2)).await;
    let first = world.store.open_calls().await.unwrap()[0].id;
    let recorded = world.store.admit_by_hand(admission(first, None, at(3))).await.unwrap();
    assert_eq!((recorded.ticket_number().as_str(), recorded.method), ("001", Method::ByHand));
    assert_eq!(world.store.open_calls().await.unwrap(), [], "the person's other call still waits");
    let row = world.store.session(session, "demo").await.unwrap().unwrap();
    assert_eq!((row.recorded, row.version), (Some(recorded.clone()), 2));
    let kept = world.store.visit(recorded.visit).await.unwrap().unwrap();
    assert_eq!((kept.decision, kept.verdict), (Some(decision()), None));
    // The kiosk's own turn was made from a state that is no more.
    let turn = world.turn(session, 1, at(4)).await;
    assert!(matches!(world.store.save_turn(turn).await, Err(StoreError::StaleSession)));
    // Nobody is known by this name alone.
    let second = call(world, None, ReasonCode::NoDocument, at(5)).await;
    let other = world.store.admit_by_hand(admission(second, None, at(5))).await.unwrap();
    assert_ne!((other.subject, other.number), (recorded.subject, recorded.number));
}

pub async fn who_is_admitted_by_hand_with_a_number_is_the_person_known_by_it(world: &World<'_>) {
    let first = world.checked_in("001148012345", at(0)).await;
    let call = call(world, None, ReasonCode::HelpWanted, at(1)).await;
    let again = world.store.admit_by_hand(admission(call, Some("001148012345"), at(2))).await.unwrap();
    assert_eq!(again, Recorded { already: true, ..first });
    assert_eq!(world.store.open_calls().await.unwrap(), []);
}

pub async fn a_call_can_be_answered_once(world: &World<'_>) {
    let call = call(world, None, ReasonCode::HelpWanted, at(0)).await;
    let (first, second) = tokio::join!(
        world.store.admit_by_hand(admission(call, None, at(1))),
        world.store.admit_by_hand(admission(call, None, at(1)))
    );
    assert_eq!(u8::from(first.is_ok()) + u8::from(second.is_ok()), 1);
    let close = || CloseCall { call, decision: decision(), at: at(2) };
    assert!(matches!(world.store.close_call(close()).await, Err(StoreError::UnknownCall)));
    let nobody = CloseCall { call: world.id(), ..close() };
    assert!(matches!(world.store.close_call(nobody).await, Err(StoreError::UnknownCall)));
    assert_eq!(world.store.visits(STATION, station_day(at(1))).await.unwrap().len(), 1);
}

pub async fn a_call_from_the_first_screen_needs_no_conversation(world: &World<'_>) {
    call(world, None, ReasonCode::HelpWanted, at(0)).await;
    // But one that names a conversation has to be its kiosk's.
    let session = world.session(at(0)).await;
    let foreign = NewCall {
        kiosk: "other".into(),
        session: Some(session),
        step: "identify".into(),
        code: ReasonCode::HelpWanted,
        request: world.begun("other", at(1)).await,
        respond: Respond::new(|_| secret("called")),
        at: at(1),
    };
    assert!(matches!(world.store.call_staff(foreign).await, Err(StoreError::UnknownSession)));
}

pub async fn who_had_a_number_already_was_admitted_by_nobody(world: &World<'_>) {
    let first = world.checked_in("001148012345", at(0)).await;
    let call = call(world, None, ReasonCode::HelpWanted, at(1)).await;
    let again = world.store.admit_by_hand(admission(call, Some("001148012345"), at(2))).await.unwrap();
    assert_eq!((again.visit, again.already), (first.visit, true));
    let kept = world.store.visit(first.visit).await.unwrap().unwrap();
    assert_eq!((kept.recorded.method, kept.decision), (Method::Chip, None), "the chip did");
}
