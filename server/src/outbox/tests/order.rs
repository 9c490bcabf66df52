//! Any interleaving of failures, crashes, restarts and successes: each message arrives, in its person's order.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::*;

/// What happens next.
#[derive(Debug, Clone)]
enum Happens {
    /// The worker delivers what is due, to a receiver that does this.
    Deliver(Vec<Does>),
    /// A worker dies with a leased message before it was sent.
    DiesBeforeSending,
    /// A worker dies after the other side took it and before that was written down.
    DiesAfterSending,
    /// The server ends and starts again.
    Restart,
    /// Time goes by.
    Wait(i64),
    /// Staff have every dead letter tried again.
    StaffRetry,
}

fn does() -> impl Strategy<Value = Does> {
    prop_oneof![
        4 => Just(Does::Takes),
        3 => Just(Does::IsDown),
        1 => Just(Does::Refuses),
        1 => Just(Does::Panics),
    ]
}

fn happens() -> impl Strategy<Value = Happens> {
    prop_oneof![
        4 => prop::collection::vec(does(), 1..6).prop_map(Happens::Deliver),
        2 => Just(Happens::DiesBeforeSending),
        2 => Just(Happens::DiesAfterSending),
        1 => Just(Happens::Restart),
        3 => (0..400_i64).prop_map(Happens::Wait),
        1 => Just(Happens::StaffRetry),
    ]
}

/// Which messages each of the people has.
fn people() -> impl Strategy<Value = Vec<Vec<MessageKind>>> {
    let kinds = prop::sample::subsequence(
        vec![MessageKind::InsuranceLookUp, MessageKind::PopulationCheck, MessageKind::CheckIn],
        1..=3,
    );
    prop::collection::vec(kinds, 1..4)
}

/// The ordering key of each message, and the messages under it in the order of their rows.
type InOrder = BTreeMap<(Uuid, &'static str), Vec<Uuid>>;

async fn queued(store: &Arc<SqliteStore>) -> InOrder {
    let mut order = InOrder::new();
    for message in store.undelivered_messages().await.unwrap() {
        order.entry((message.visit().unwrap(), message.kind.lane().as_str())).or_default().push(message.id);
    }
    order
}

async fn play(people: &[Vec<MessageKind>], script: &[Happens]) {
    let (folder, mut store) = fresh().await;
    {
        let world = World::new(&*store).await;
        for (place, kinds) in people.iter().enumerate() {
            with_messages(&world, &format!("0011480{place:05}"), kinds).await;
        }
    }
    let order = queued(&store).await;
    let hands = Hands::new();
    let receiver = Receiver::that(&[]);
    for (step, happens) in script.iter().enumerate() {
        let lease = SignedDuration::from_mins(2);
        match happens {
            Happens::Deliver(script) => {
                *receiver.script.lock().unwrap() = script.iter().copied().collect();
                worker(&store, &hands, &receiver).deliver_due().await.unwrap();
                receiver.script.lock().unwrap().clear();
            }
            Happens::DiesBeforeSending => {
                store.claim_message(hands.now(), lease).await.unwrap();
            }
            Happens::DiesAfterSending => {
                if let Some(message) = store.claim_message(hands.now(), lease).await.unwrap() {
                    receiver.take(message.id);
                }
            }
            Happens::Restart => {
                Arc::into_inner(store).unwrap().close().await;
                store = opened(folder.path(), 100 + step as u64).await;
            }
            Happens::Wait(seconds) => hands.wait(SignedDuration::from_secs(*seconds)),
            Happens::StaffRetry => {
                for dead in store.dead_letters().await.unwrap() {
                    store.retry_message(decision(dead.id, hands.now())).await.unwrap();
                }
            }
        }
    }
    deliver_all(&store, &hands, &receiver).await;

    let taken = receiver.taken();
    for messages in order.values() {
        // A message may come again, but never after a later one about the same person to the same system.
        let mut seen: Vec<_> = taken.iter().copied().filter(|taken| messages.contains(taken)).collect();
        seen.dedup();
        assert_eq!(&seen, messages, "lost, or out of order");
    }
    // A receiver that deduplicates has each exactly once.
    let all: usize = order.values().map(Vec::len).sum();
    assert_eq!(taken.iter().collect::<BTreeSet<_>>().len(), all);
    assert!(matches!(store.verify_audit().await.unwrap(), crate::audit::AuditReport::Intact { .. }));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn each_message_arrives_in_its_person_s_order(
        people in people(),
        script in prop::collection::vec(happens(), 0..14),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(play(&people, &script));
    }
}
