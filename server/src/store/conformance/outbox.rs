//! What must reach a national system.

use flows::engine::Population;

use super::*;

const LEASE: SignedDuration = SignedDuration::from_mins(2);

/// A message that may go out at `not_before`.
pub fn message(kind: MessageKind, not_before: Timestamp) -> NewMessage {
    NewMessage { kind, part: String::new(), payload: secret(&format!("about {}", kind.as_str())), not_before }
}

/// Records a check-in of whoever has `number`, with messages of these kinds.
pub async fn with_messages(world: &World<'_>, number: &str, kinds: &[MessageKind]) -> Recorded {
    let messages = kinds.iter().map(|kind| message(*kind, at(0))).collect();
    let check_in = world.check_in(visit(Some(number)), at(0)).await;
    world.store.record_check_in(CheckIn { messages, ..check_in }).await.unwrap()
}

/// The message that is leased now.
pub async fn claimed(world: &World<'_>, now: Timestamp) -> Option<ClaimedMessage> {
    world.store.claim_message(now, LEASE).await.unwrap()
}

/// A message was taken.
pub async fn delivered(world: &World<'_>, message: Uuid, now: Timestamp) {
    let delivered = Delivered { message, receipt: None, found: None, at: now };
    world.store.message_delivered(delivered).await.unwrap();
}

/// A message was not taken.
pub async fn failed(world: &World<'_>, message: &ClaimedMessage, again: Option<Timestamp>, now: Timestamp) {
    let failed = NotDelivered {
        unclear: false,
        alone: false,
        message: message.id,
        attempt: message.attempt,
        error: "timed_out".into(),
        again,
        at: now,
    };
    world.store.message_not_delivered(failed).await.unwrap();
}

/// What staff decide about a dead letter.
pub fn decide(message: Uuid, now: Timestamp) -> DecideMessage {
    let decision =
        Decision {
            staff: "Trần Văn Mẫu".into(), id: None, reason: "Đã báo qua điện thoại".into()
        };
    DecideMessage { message, decision, at: now }
}

/// The first cost of a visit, as the station's software reports it.
pub async fn first_cost(world: &World<'_>, visit: Uuid, part: &str, now: Timestamp) -> FirstCost {
    FirstCost {
        visit,
        message: Some(NewMessage { part: part.to_owned(), ..message(MessageKind::CheckIn, now) }),
        request: world.begun("demo", now).await,
        respond: Respond::new(|queued: &Option<Queued>| {
            secret(&queued.map_or_else(|| "nothing".to_owned(), |queued| queued.message.to_string()))
        }),
        at: now,
    }
}

pub async fn a_message_goes_out_with_its_record_or_not_at_all(world: &World<'_>) {
    let check_in = world.check_in(visit(Some("001148000001")), at(0)).await;
    let messages = vec![message(MessageKind::InsuranceLookUp, at(0))];
    let refused = CheckIn { version: 9, messages: messages.clone(), ..check_in };
    assert!(matches!(world.store.record_check_in(refused).await, Err(StoreError::StaleSession)));
    assert_eq!(claimed(world, at(1)).await, None);
    assert_eq!(world.store.outbox_status().await.unwrap(), OutboxStatus::default());

    let recorded = with_messages(world, "001148000001", &[MessageKind::InsuranceLookUp]).await;
    world.store.messages_queued().await;
    let status = world.store.outbox_status().await.unwrap();
    assert_eq!((status.waiting, status.dead, status.oldest, status.next), (1, 0, Some(at(0)), Some(at(0))));
    let message = claimed(world, at(1)).await.unwrap();
    assert_eq!((message.kind, message.of), (MessageKind::InsuranceLookUp, Of::Visit(recorded.visit)));
    assert_eq!((message.attempt, message.tried, message.since), (1, 1, at(1)));
    assert_eq!(message.payload, secret("about insurance_look_up"));
    delivered(world, message.id, at(2)).await;
    assert_eq!(claimed(world, at(9_999)).await, None);
    assert_eq!(world.store.outbox_status().await.unwrap(), OutboxStatus::default());
}

/// The time after which a message is given up begins with its own first attempt.
pub async fn what_only_waited_behind_another_has_its_whole_time(world: &World<'_>) {
    use MessageKind::{CheckIn, InsuranceLookUp};
    let visit = with_messages(world, "001148000001", &[InsuranceLookUp]).await;
    let cost = first_cost(world, visit.visit, "", at(0)).await;
    world.store.record_first_cost(cost).await.unwrap();
    let first = claimed(world, at(1)).await.unwrap();
    failed(world, &first, None, at(2)).await;
    let days = 4 * 86_400;
    assert_eq!(claimed(world, at(days)).await, None, "it waits behind the dead letter");
    world.store.set_message_aside(decide(first.id, at(days))).await.unwrap();
    let second = claimed(world, at(days + 1)).await.unwrap();
    assert_eq!((second.kind, second.since), (CheckIn, at(days + 1)));
    failed(world, &second, Some(at(days + 60)), at(days + 2)).await;
    let again = claimed(world, at(days + 60)).await.unwrap();
    assert_eq!((again.tried, again.since), (2, at(days + 1)), "and it runs from there");
}

pub async fn a_number_given_again_sends_nothing_again(world: &World<'_>) {
    with_messages(world, "001148000001", &[MessageKind::InsuranceLookUp]).await;
    let again = with_messages(world, "001148000001", &[MessageKind::InsuranceLookUp]).await;
    assert!(again.already);
    assert_eq!(world.store.undelivered_messages().await.unwrap().len(), 1);
}

pub async fn messages_about_one_person_to_one_system_keep_their_order(world: &World<'_>) {
    use MessageKind::{CheckIn, InsuranceLookUp, PopulationCheck};
    let kinds = [InsuranceLookUp, PopulationCheck];
    let first = with_messages(world, "001148000001", &kinds).await;
    let cost = first_cost(world, first.visit, "", at(0)).await;
    world.store.record_first_cost(cost).await.unwrap();
    let other = with_messages(world, "001148000002", &[InsuranceLookUp]).await;

    // To another system and about another person: those pass.
    let mut leased = Vec::new();
    while let Some(message) = claimed(world, at(1)).await {
        leased.push(message);
    }
    let seen: Vec<_> = leased.iter().map(|message| (message.kind, message.visit().unwrap())).collect();
    assert_eq!(
        seen,
        [(InsuranceLookUp, first.visit), (PopulationCheck, first.visit), (InsuranceLookUp, other.visit)]
    );
    let listed = world.store.undelivered_messages().await.unwrap();
    let behind = listed.iter().find(|message| message.kind == CheckIn).unwrap();
    assert_eq!(behind.standing, Standing::Behind { message: leased[0].id });
    assert_eq!(listed[0].behind, 1);
    // A failure of the first keeps the second back until the first is through.
    failed(world, &leased[0], Some(at(60)), at(2)).await;
    assert_eq!(claimed(world, at(59)).await, None);
    let again = claimed(world, at(60)).await.unwrap();
    assert_eq!((again.id, again.attempt, again.tried), (leased[0].id, 2, 2));
    delivered(world, again.id, at(61)).await;
    assert_eq!(claimed(world, at(61)).await.unwrap().kind, CheckIn);
}

pub async fn a_lease_that_runs_out_gives_the_message_back(world: &World<'_>) {
    with_messages(world, "001148000001", &[MessageKind::InsuranceLookUp]).await;
    let first = claimed(world, at(0)).await.unwrap();
    assert_eq!(claimed(world, at(119)).await, None);
    assert_eq!(world.store.outbox_status().await.unwrap().next, Some(at(120)));
    let second = claimed(world, at(120)).await.unwrap();
    assert_eq!((second.id, second.attempt), (first.id, 2));
    // The first was only slow: what it delivered is delivered.
    delivered(world, first.id, at(121)).await;
    assert_eq!(claimed(world, at(9_999)).await, None);
    delivered(world, second.id, at(122)).await;
    assert_eq!(world.store.outbox_status().await.unwrap(), OutboxStatus::default());
}

pub async fn a_late_report_of_a_failure_counts_for_nothing(world: &World<'_>) {
    with_messages(world, "001148000001", &[MessageKind::InsuranceLookUp]).await;
    let first = claimed(world, at(0)).await.unwrap();
    let second = claimed(world, at(120)).await.unwrap();
    failed(world, &first, None, at(121)).await;
    let listed = world.store.undelivered_messages().await.unwrap();
    assert_eq!(listed[0].standing, Standing::Waiting { next: at(240) });
    failed(world, &second, None, at(122)).await;
    let listed = world.store.dead_letters().await.unwrap();
    assert_eq!(listed[0].standing, Standing::Dead { since: at(122) });
    assert_eq!((listed[0].error.as_deref(), listed[0].attempts), (Some("timed_out"), 2));
    // Nor does a failure undo what was delivered.
    delivered(world, second.id, at(123)).await;
    failed(world, &second, Some(at(124)), at(124)).await;
    assert_eq!(claimed(world, at(999)).await, None);
}

pub async fn a_dead_letter_holds_the_later_ones_until_staff_decide(world: &World<'_>) {
    let recorded = with_messages(world, "001148000001", &[MessageKind::InsuranceLookUp]).await;
    let cost = first_cost(world, recorded.visit, "", at(0)).await;
    world.store.record_first_cost(cost).await.unwrap();
    let first = claimed(world, at(0)).await.unwrap();
    failed(world, &first, None, at(1)).await;
    assert_eq!(claimed(world, at(9_999)).await, None);
    let dead = world.store.dead_letters().await.unwrap();
    assert_eq!(dead.iter().map(|dead| (dead.id, dead.behind)).collect::<Vec<_>>(), [(first.id, 1)]);
    let status = world.store.outbox_status().await.unwrap();
    assert_eq!((status.waiting, status.dead, status.next), (1, 1, None));

    world.store.set_message_aside(decide(first.id, at(2))).await.unwrap();
    assert_eq!(claimed(world, at(2)).await.unwrap().kind, MessageKind::CheckIn);
    assert!(world.store.dead_letters().await.unwrap().is_empty());
    let twice = world.store.set_message_aside(decide(first.id, at(3))).await;
    assert!(matches!(twice, Err(StoreError::UnknownMessage)));
}

pub async fn staff_have_a_dead_letter_tried_again(world: &World<'_>) {
    with_messages(world, "001148000001", &[MessageKind::InsuranceLookUp]).await;
    let first = claimed(world, at(0)).await.unwrap();
    let early = world.store.retry_message(decide(first.id, at(1))).await;
    assert!(matches!(early, Err(StoreError::UnknownMessage)), "it is on its way");
    failed(world, &first, None, at(1)).await;
    world.store.retry_message(decide(first.id, at(50))).await.unwrap();
    let again = claimed(world, at(50)).await.unwrap();
    assert_eq!((again.id, again.attempt, again.tried, again.since), (first.id, 2, 1, at(50)));
}

pub async fn what_a_person_has_to_tell_is_theirs_from_the_beginning(world: &World<'_>) {
    let kinds = [MessageKind::Correction, MessageKind::InsuranceLookUp];
    with_messages(world, "001148000001", &kinds).await;
    let dead = world.store.dead_letters().await.unwrap();
    assert_eq!(dead.len(), 1);
    assert_eq!(dead[0].to_say, Some(secret("about correction")));
    assert_eq!((dead[0].kind, dead[0].attempts, dead[0].behind), (MessageKind::Correction, 0, 0));
    let retried = world.store.retry_message(decide(dead[0].id, at(1))).await;
    assert!(matches!(retried, Err(StoreError::NotRetriable)));
    assert_eq!(claimed(world, at(1)).await.unwrap().kind, MessageKind::InsuranceLookUp);
    world.store.set_message_aside(decide(dead[0].id, at(2))).await.unwrap();
    assert!(world.store.dead_letters().await.unwrap().is_empty());
}

/// What the insurance register found, and nothing to be kept of its answer.
pub fn found(insurance: Insurance) -> Found {
    Found::Insurance(InsuranceFound { insurance, number: None, answer: None })
}

pub async fn an_answer_becomes_a_row_and_the_visit_s_stays(world: &World<'_>) {
    let kinds = [MessageKind::InsuranceLookUp, MessageKind::PopulationCheck];
    let recorded = with_messages(world, "001148000001", &kinds).await;
    let insurance = Insurance {
        status: InsuranceStatus::Valid,
        result_code: Some("000".into()),
        card: Some(flows::InsuranceCard {
            number: "HT2010148054321".into(),
            valid_from: None,
            valid_to: None,
            place_code: None,
            place_name: None,
        }),
    };
    for found in [found(insurance.clone()), Found::Population(Population::Matches)] {
        let message = claimed(world, at(5)).await.unwrap();
        let delivered = Delivered { message: message.id, receipt: None, found: Some(found), at: at(6) };
        world.store.message_delivered(delivered.clone()).await.unwrap();
        world.store.message_delivered(delivered).await.unwrap();
    }
    let kept = world.store.visit(recorded.visit).await.unwrap().unwrap();
    assert_eq!(kept.recorded.insurance, InsuranceStatus::Unverified, "as it was when the number was given");
    assert_eq!(kept.insurance_now(), InsuranceStatus::Valid);
    assert_eq!(kept.card_now(), insurance.card.as_ref());
    assert_eq!(kept.insurance_check, Some(InsuranceCheck { insurance, at: at(6) }));
    let population = PopulationCheck { outcome: Population::Matches, at: at(6) };
    assert_eq!(kept.population_check, Some(population));
    assert!(matches!(world.store.verify_audit().await.unwrap(), AuditReport::Intact { .. }));
}

pub async fn a_receipt_is_kept_with_what_was_sent(world: &World<'_>) {
    let recorded = with_messages(world, "001148000001", &[MessageKind::CheckIn]).await;
    let message = claimed(world, at(1)).await.unwrap();
    let receipt = MessageReceipt {
        transaction: "GD-2026-000001".into(),
        received: at(1),
        sent: secret("<MA_LK/>"),
        answer: secret("{}"),
    };
    let delivered = Delivered { message: message.id, receipt: Some(receipt), found: None, at: at(2) };
    world.store.message_delivered(delivered).await.unwrap();
    let kept = world.store.receipts(recorded.visit).await.unwrap();
    let expected = KeptReceipt {
        message: message.id,
        transaction: "GD-2026-000001".into(),
        received: at(1),
        at: at(2),
        sent: Some(secret("<MA_LK/>")),
        answer: Some(secret("{}")),
    };
    assert_eq!(kept, std::slice::from_ref(&expected));
    world.store.destroy_subject_key(recorded.subject, at(3)).await.unwrap();
    let kept = world.store.receipts(recorded.visit).await.unwrap();
    assert_eq!(kept, [KeptReceipt { sent: None, answer: None, ..expected }]);
}

pub async fn the_first_cost_is_queued_once_and_answered_each_time(world: &World<'_>) {
    let recorded = world.checked_in("001148000001", at(0)).await;
    let cost = first_cost(world, recorded.visit, "", at(10)).await;
    let key = cost.request.key;
    let first = world.store.record_first_cost(cost).await.unwrap().unwrap();
    assert!(!first.already);
    let replay = world.store.begin_request(world.request("demo", key, at(11))).await.unwrap();
    assert_eq!(replay, Begun::Replayed(secret(&first.message.to_string())));
    // Under another key it is the same message; in a ward it is another.
    let again = first_cost(world, recorded.visit, "", at(12)).await;
    let again = world.store.record_first_cost(again).await.unwrap().unwrap();
    assert_eq!(again, Queued { already: true, ..first });
    let ward = first_cost(world, recorded.visit, "ward", at(13)).await;
    assert_ne!(world.store.record_first_cost(ward).await.unwrap().unwrap().message, first.message);
    // Where nothing is sent, the call is answered all the same.
    let nothing = FirstCost { message: None, ..first_cost(world, recorded.visit, "", at(14)).await };
    assert_eq!(world.store.record_first_cost(nothing).await.unwrap(), None);
    assert_eq!(world.store.undelivered_messages().await.unwrap().len(), 2);
    let nobody = first_cost(world, world.id(), "", at(15)).await;
    assert!(matches!(world.store.record_first_cost(nobody).await, Err(StoreError::UnknownVisit)));
}

pub async fn an_erased_person_s_messages_are_not_delivered(world: &World<'_>) {
    let kinds = [MessageKind::InsuranceLookUp, MessageKind::Correction];
    let erased = with_messages(world, "001148000001", &kinds).await;
    let other = with_messages(world, "001148000002", &[MessageKind::InsuranceLookUp]).await;
    let on_its_way = claimed(world, at(0)).await.unwrap();
    world.store.destroy_subject_key(erased.subject, at(1)).await.unwrap();
    assert!(world.store.dead_letters().await.unwrap().is_empty());
    // What comes back of the one that was on its way is nobody's.
    let insurance = visit(None).insurance;
    let found = Some(found(insurance));
    let late = Delivered { message: on_its_way.id, receipt: None, found, at: at(2) };
    world.store.message_delivered(late).await.unwrap();
    assert_eq!(world.store.visit(erased.visit).await.unwrap().unwrap().insurance_check, None);
    assert_eq!(claimed(world, at(9_999)).await.unwrap().visit(), Some(other.visit));
    let cost = first_cost(world, erased.visit, "", at(3)).await;
    assert!(matches!(world.store.record_first_cost(cost).await, Err(StoreError::UnknownVisit)));
}

pub async fn every_step_of_a_message_leaves_a_leaf(world: &World<'_>) {
    let leaves = async || match world.store.verify_audit().await.unwrap() {
        AuditReport::Intact { leaves, .. } => leaves,
        broken => panic!("{broken:?}"),
    };
    let mut before = leaves().await;
    let mut grew = async |what: &str| {
        let now = leaves().await;
        assert!(now > before, "{what} left no leaf");
        before = now;
    };
    let recorded = with_messages(world, "001148000001", &[MessageKind::InsuranceLookUp]).await;
    grew("queuing").await;
    let message = claimed(world, at(1)).await.unwrap();
    grew("leasing").await;
    failed(world, &message, None, at(2)).await;
    grew("giving up").await;
    world.store.retry_message(decide(message.id, at(3))).await.unwrap();
    grew("trying again").await;
    delivered(world, message.id, at(4)).await;
    grew("delivery").await;
    let cost = first_cost(world, recorded.visit, "", at(5)).await;
    world.store.record_first_cost(cost).await.unwrap();
    grew("the first cost").await;
}
