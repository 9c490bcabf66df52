//! What staff do about open calls.

use super::*;
use crate::store::desk::{COMING_SECONDS, REPEAT_SECONDS};

fn member(name: &str) -> Member {
    Member { account: None, name: name.into() }
}

fn decision(name: &str) -> Decision {
    Decision { staff: name.into(), id: None, reason: "đã giúp nhập số".into() }
}

/// A call in a conversation at the kiosk `demo`.
async fn called(world: &World<'_>, at: Timestamp) -> (Uuid, Uuid) {
    let session = world.session(at).await;
    let call = StepCall { step: "identify".into(), code: ReasonCode::HelpWanted };
    let turn = Turn { call: Some(call), ..world.turn(session, 0, at).await };
    world.store.save_turn(turn).await.unwrap();
    let open = world.store.open_calls().await.unwrap();
    (session, open.into_iter().find(|call| call.session == Some(session)).unwrap().id)
}

async fn standing(world: &World<'_>, call: Uuid) -> CallStanding {
    world.store.call_standing(call, "demo").await.unwrap().unwrap()
}

fn coming(call: Uuid, name: &str, at: Timestamp) -> AcknowledgeCall {
    AcknowledgeCall { call, by: member(name), at }
}

fn taking(call: Uuid, name: &str, at: Timestamp) -> TakeOver {
    TakeOver { call, by: member(name), instead: false, at }
}

pub async fn a_call_that_is_acknowledged_says_who_is_coming(world: &World<'_>) {
    let (session, call) = called(world, at(0)).await;
    let waiting = CallStanding { state: CallState::Waiting, since: at(0), by: None, repeated: 0 };
    assert_eq!(standing(world, call).await, waiting);
    world.store.acknowledge_call(coming(call, "Lê Thị Cán", at(5))).await.unwrap();
    let known = CallStanding {
        state: CallState::Acknowledged,
        since: at(5),
        by: Some(member("Lê Thị Cán")),
        repeated: 0,
    };
    assert_eq!(standing(world, call).await, known);
    assert_eq!(world.store.session_call(session).await.unwrap(), Some(known.clone()));
    assert_eq!(world.store.open_calls().await.unwrap()[0].standing, known);
    // Pressed twice is once; somebody else is told.
    world.store.acknowledge_call(coming(call, "Lê Thị Cán", at(6))).await.unwrap();
    assert_eq!(standing(world, call).await, known);
    let second = world.store.acknowledge_call(coming(call, "Trần Văn Mẫu", at(6))).await;
    assert!(matches!(second, Err(StoreError::CallTaken)), "{second:?}");
    // Another kiosk learns nothing of it.
    assert_eq!(world.store.call_standing(call, "other").await.unwrap(), None);
}

pub async fn two_members_of_staff_cannot_take_the_same_call(world: &World<'_>) {
    let (_, call) = called(world, at(0)).await;
    let (first, second) = tokio::join!(
        world.store.take_over(taking(call, "Lê Thị Cán", at(1))),
        world.store.take_over(taking(call, "Trần Văn Mẫu", at(1)))
    );
    assert_eq!(u8::from(first.is_ok()) + u8::from(second.is_ok()), 1, "{first:?} {second:?}");
    let (holder, other) = if first.is_ok() {
        ("Lê Thị Cán", "Trần Văn Mẫu")
    } else {
        ("Trần Văn Mẫu", "Lê Thị Cán")
    };
    assert_eq!(standing(world, call).await.by, Some(member(holder)));
    // Nor can the other end it, or say that they are coming.
    let close = CloseCall { call, decision: decision(other), at: at(2) };
    assert!(matches!(world.store.close_call(close).await, Err(StoreError::CallTaken)));
    let admit = AdmitByHand {
        call,
        decision: decision(other),
        visit: visit(None),
        chip: None,
        messages: Vec::new(),
        submission: None,
        at: at(2),
    };
    assert!(matches!(world.store.admit_by_hand(admit).await, Err(StoreError::CallTaken)));
    let back = HandBack { call, decision: decision(other), at: at(2) };
    assert!(matches!(world.store.hand_back(back).await, Err(StoreError::CallTaken)));
    let come = world.store.acknowledge_call(coming(call, other, at(2))).await;
    assert!(matches!(come, Err(StoreError::CallTaken)));
    // Whoever takes it in somebody's place says so, and has it then.
    world.store.take_over(TakeOver { instead: true, ..taking(call, other, at(3)) }).await.unwrap();
    assert_eq!(standing(world, call).await.by, Some(member(other)));
    world.store.close_call(CloseCall { call, decision: decision(other), at: at(4) }).await.unwrap();
    assert_eq!(standing(world, call).await.state, CallState::Answered);
    let late = world.store.take_over(taking(call, other, at(5))).await;
    assert!(matches!(late, Err(StoreError::UnknownCall)));
}

pub async fn a_call_is_made_again_each_minute_until_somebody_answers(world: &World<'_>) {
    let (_, call) = called(world, at(0)).await;
    assert_eq!(world.store.repeat_unanswered(at(REPEAT_SECONDS - 1)).await.unwrap(), 0);
    assert_eq!(world.store.repeat_unanswered(at(REPEAT_SECONDS)).await.unwrap(), 1);
    assert_eq!(world.store.repeat_unanswered(at(REPEAT_SECONDS)).await.unwrap(), 0, "twice at once");
    assert_eq!(world.store.repeat_unanswered(at(2 * REPEAT_SECONDS)).await.unwrap(), 1);
    let stands = standing(world, call).await;
    assert_eq!((stands.state, stands.since, stands.repeated), (CallState::Waiting, at(0), 2));
    world.store.acknowledge_call(coming(call, "Lê Thị Cán", at(130))).await.unwrap();
    assert_eq!(world.store.repeat_unanswered(at(129 + COMING_SECONDS)).await.unwrap(), 0);
    assert_eq!(standing(world, call).await.repeated, 2);
    // Whoever wanted to come has not: it is anybody's again.
    assert_eq!(world.store.repeat_unanswered(at(130 + COMING_SECONDS)).await.unwrap(), 1);
    let stands = standing(world, call).await;
    assert_eq!((stands.state, stands.repeated), (CallState::Waiting, 3));
    assert_eq!(world.store.repeat_unanswered(at(130 + COMING_SECONDS + REPEAT_SECONDS)).await.unwrap(), 1);
    world.store.take_over(taking(call, "Trần Văn Mẫu", at(500))).await.unwrap();
    assert_eq!(world.store.repeat_unanswered(at(990)).await.unwrap(), 0);
    // One that was closed is not made again either.
    let (_, second) = called(world, at(1000)).await;
    let close = CloseCall { call: second, decision: decision("Lê Thị Cán"), at: at(1001) };
    world.store.close_call(close).await.unwrap();
    assert_eq!(world.store.repeat_unanswered(at(2000)).await.unwrap(), 0);
}

pub async fn a_conversation_that_is_handed_back_goes_on_and_may_call_again(world: &World<'_>) {
    let (session, call) = called(world, at(0)).await;
    world.store.take_over(taking(call, "Lê Thị Cán", at(1))).await.unwrap();
    let back = HandBack { call, decision: decision("Lê Thị Cán"), at: at(2) };
    world.store.hand_back(back.clone()).await.unwrap();
    assert_eq!(world.store.open_calls().await.unwrap(), []);
    let row = world.store.session(session, "demo").await.unwrap().unwrap();
    assert!(row.calls_closed && row.handed_back && row.recorded.is_none());
    assert!(matches!(world.store.hand_back(back).await, Err(StoreError::UnknownCall)), "twice");
    let again = StepCall { step: "choose".into(), code: ReasonCode::HelpWanted };
    let turn = Turn { call: Some(again), ..world.turn(session, 1, at(3)).await };
    world.store.save_turn(turn).await.unwrap();
    let row = world.store.session(session, "demo").await.unwrap().unwrap();
    assert!(!row.calls_closed && !row.handed_back);
    let second = world.store.open_calls().await.unwrap()[0].id;
    let close = CloseCall { call: second, decision: decision("Lê Thị Cán"), at: at(4) };
    world.store.close_call(close).await.unwrap();
    let row = world.store.session(session, "demo").await.unwrap().unwrap();
    assert!(row.calls_closed && !row.handed_back, "closed is not handed back");
}

pub async fn a_call_of_no_conversation_cannot_be_handed_back(world: &World<'_>) {
    let call = NewCall {
        kiosk: "demo".into(),
        session: None,
        step: "welcome".into(),
        code: ReasonCode::HelpWanted,
        request: world.begun("demo", at(0)).await,
        respond: Respond::new(|_| secret("called")),
        at: at(0),
    };
    let call = world.store.call_staff(call).await.unwrap();
    let back = HandBack { call, decision: decision("Lê Thị Cán"), at: at(1) };
    assert!(matches!(world.store.hand_back(back).await, Err(StoreError::UnknownCall)));
    assert_eq!(world.store.open_calls().await.unwrap().len(), 1);
}

pub async fn what_staff_did_about_calls_stands_in_the_log(world: &World<'_>) {
    let (_, call) = called(world, at(0)).await;
    world.store.repeat_unanswered(at(60)).await.unwrap();
    world.store.acknowledge_call(coming(call, "Lê Thị Cán", at(61))).await.unwrap();
    world.store.take_over(taking(call, "Lê Thị Cán", at(62))).await.unwrap();
    let back = HandBack { call, decision: decision("Lê Thị Cán"), at: at(63) };
    world.store.hand_back(back).await.unwrap();
    let report = world.store.verify_audit().await.unwrap();
    assert!(matches!(report, AuditReport::Intact { .. }), "{report:?}");
}
