//! The worker: what it does with each outcome, in which order, and through crashes.

use std::{
    collections::VecDeque,
    path::Path,
    sync::{
        Arc, Mutex,
        atomic::{AtomicI64, Ordering},
    },
};

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use tempfile::TempDir;
use uuid::Uuid;

use super::*;
use crate::{
    clock::Clock,
    config::Mode,
    sealed::MasterKey,
    store::{
        DecideMessage, Decision, MessageKind, Outbox as _, Standing, Store,
        conformance::{World, at, outbox::with_messages, seeded},
        sqlite::{SqliteOptions, SqliteStore},
    },
};

mod crash;
mod order;

/// What a receiver does with the next message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Does {
    Takes,
    IsDown,
    Refuses,
    Panics,
}

/// Takes messages as its script says, and those after its end.
#[derive(Default)]
struct Receiver {
    script: Mutex<VecDeque<Does>>,
    taken: Mutex<Vec<Uuid>>,
}

impl Receiver {
    fn that(script: &[Does]) -> Arc<Self> {
        let receiver = Self::default();
        receiver.script.lock().unwrap().extend(script);
        Arc::new(receiver)
    }

    fn take(&self, message: Uuid) {
        self.taken.lock().unwrap().push(message);
    }

    fn taken(&self) -> Vec<Uuid> {
        self.taken.lock().unwrap().clone()
    }
}

#[async_trait]
impl Handler for Receiver {
    async fn deliver(&self, message: &ClaimedMessage) -> Result<Answer, Failure> {
        let does = self.script.lock().unwrap().pop_front();
        match does.unwrap_or(Does::Takes) {
            Does::Takes => self.take(message.id),
            Does::IsDown => return Err(Failure::Later("timed_out".into())),
            Does::Refuses => return Err(Failure::Never("refused_205".into())),
            Does::Panics => panic!("Nguyễn Thị Hoà"),
        }
        Ok(Answer::default())
    }
}

/// A clock that the test moves.
#[derive(Clone)]
struct Hands(Arc<AtomicI64>);

impl Hands {
    fn new() -> Self {
        Self(Arc::new(AtomicI64::new(at(0).as_millisecond())))
    }

    fn clock(&self) -> Clock {
        let hands = self.clone();
        Clock::new(move || hands.now())
    }

    fn now(&self) -> Timestamp {
        Timestamp::from_millisecond(self.0.load(Ordering::Relaxed)).unwrap()
    }

    fn set(&self, now: Timestamp) {
        self.0.fetch_max(now.as_millisecond(), Ordering::Relaxed);
    }

    fn wait(&self, time: SignedDuration) {
        self.set(self.now() + time);
    }
}

async fn opened(folder: &Path, seed: u64) -> Arc<SqliteStore> {
    let options = SqliteOptions {
        folder: folder.to_owned(),
        mode: Mode::Demonstration,
        master: MasterKey::new(&[7; 32]),
        random: seeded(seed),
        at: at(0),
    };
    Arc::new(SqliteStore::open(options).await.unwrap())
}

async fn fresh() -> (TempDir, Arc<SqliteStore>) {
    let folder = tempfile::tempdir().unwrap();
    let store = opened(folder.path(), 1).await;
    (folder, store)
}

fn worker(store: &Arc<SqliteStore>, hands: &Hands, receiver: &Arc<Receiver>) -> Worker {
    Worker {
        store: Arc::clone(store) as _,
        clock: hands.clock(),
        random: seeded(11),
        handler: Arc::clone(receiver) as _,
    }
}

fn decision(message: Uuid, at: Timestamp) -> DecideMessage {
    let decision = Decision { id: None, staff: "Lê Thị Cán".into(), reason: "thử lại".into() };
    DecideMessage { message, decision, at }
}

/// Delivers until nothing waits: the clock goes on to whatever comes due next, and staff retry what is dead.
async fn deliver_all(store: &Arc<SqliteStore>, hands: &Hands, receiver: &Arc<Receiver>) {
    let worker = worker(store, hands, receiver);
    for _ in 0..1_000 {
        worker.deliver_due().await.unwrap();
        for dead in store.dead_letters().await.unwrap() {
            store.retry_message(decision(dead.id, hands.now())).await.unwrap();
        }
        let status = store.outbox_status().await.unwrap();
        match status.next {
            Some(next) => hands.set(next),
            None => return assert_eq!((status.waiting, status.dead), (0, 0)),
        }
    }
    panic!("messages are stuck: {:?}", store.undelivered_messages().await);
}

#[tokio::test]
async fn a_message_that_fails_comes_back_until_it_is_taken() {
    let (_folder, store) = fresh().await;
    let world = World::new(&*store).await;
    with_messages(&world, "001148000001", &[MessageKind::CheckIn]).await;
    let (hands, receiver) = (Hands::new(), Receiver::that(&[Does::IsDown, Does::Panics, Does::IsDown]));
    let worker = worker(&store, &hands, &receiver);
    // Jitter may bring the next attempt at once, so a turn may hold more than one.
    worker.deliver_due().await.unwrap();
    let waiting = store.undelivered_messages().await.unwrap();
    assert!(matches!(waiting[0].standing, Standing::Waiting { next } if next > hands.now()));
    assert_eq!(waiting[0].error.as_deref(), Some("timed_out"));
    deliver_all(&store, &hands, &receiver).await;
    assert_eq!(receiver.taken(), [waiting[0].id]);
    assert!(hands.now().duration_since(at(0)) < SignedDuration::from_mins(1));
}

#[tokio::test]
async fn what_repetition_cannot_mend_is_a_dead_letter_at_once() {
    let (_folder, store) = fresh().await;
    let world = World::new(&*store).await;
    with_messages(&world, "001148000001", &[MessageKind::CheckIn]).await;
    let (hands, receiver) = (Hands::new(), Receiver::that(&[Does::Refuses]));
    worker(&store, &hands, &receiver).deliver_due().await.unwrap();
    let dead = store.dead_letters().await.unwrap();
    assert_eq!((dead[0].attempts, dead[0].error.as_deref()), (1, Some("refused_205")));
    assert!(receiver.taken().is_empty());
}

#[tokio::test]
async fn a_system_that_stays_down_makes_a_dead_letter_when_the_policy_ends() {
    let (_folder, store) = fresh().await;
    let world = World::new(&*store).await;
    with_messages(&world, "001148000001", &[MessageKind::CheckIn]).await;
    let (hands, receiver) = (Hands::new(), Receiver::that(&[Does::IsDown; 5_000]));
    let worker = worker(&store, &hands, &receiver);
    let retry = Policy::of(MessageKind::CheckIn).retry.unwrap();
    while let Some(next) = store.outbox_status().await.unwrap().next {
        hands.set(next);
        worker.deliver_due().await.unwrap();
    }
    let dead = store.dead_letters().await.unwrap();
    assert_eq!(dead.len(), 1);
    let lived = hands.now().duration_since(at(0));
    assert!(lived >= retry.give_up && lived <= retry.give_up + retry.cap, "{lived}");
    // An attempt every five minutes or so: the cap is ten, and jitter halves it.
    assert!((600..1_200).contains(&dead[0].attempts), "{} attempts", dead[0].attempts);

    let receiver = Receiver::that(&[]);
    deliver_all(&store, &hands, &receiver).await;
    assert_eq!(receiver.taken(), [dead[0].id], "staff had it tried again");
}

#[tokio::test]
async fn the_worker_is_woken_by_a_new_message_and_ends_when_it_is_told() {
    let (_folder, store) = fresh().await;
    let world = World::new(&*store).await;
    let (hands, receiver) = (Hands::new(), Receiver::that(&[]));
    let (tell, told) = tokio::sync::oneshot::channel::<()>();
    let running = tokio::spawn(worker(&store, &hands, &receiver).run(async {
        let _ = told.await;
    }));
    with_messages(&world, "001148000001", &[MessageKind::CheckIn]).await;
    // Nothing but the new row wakes it: its own pause is a minute.
    while store.outbox_status().await.unwrap().waiting > 0 {
        tokio::task::yield_now().await;
    }
    assert_eq!(receiver.taken().len(), 1);
    tell.send(()).unwrap();
    running.await.unwrap();
    Arc::into_inner(store).unwrap().close().await;
}
