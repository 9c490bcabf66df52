//! The worker: leases what is due, has it delivered, and writes down what came of it.

use std::{pin::pin, sync::Arc, time::Duration};

use jiff::SignedDuration;
use tokio::task::JoinSet;
use tracing::{info, warn};

use super::{Answer, Failure, Handler, Policy};
use crate::{
    clock::Clock,
    random::Random,
    store::{ClaimedMessage, Delivered, NotDelivered, Store, StoreError},
};

/// Messages that are delivered at once, each of another person or to another system.
const AT_ONCE: usize = 4;

/// How long one attempt may take. The national systems' own limits lie below it.
const ATTEMPT_LIMIT: Duration = Duration::from_mins(1);

/// How long a message is leased: longer than an attempt takes and its outcome needs to be written.
const LEASE: SignedDuration = SignedDuration::from_mins(2);

/// The longest pause: a clock that was set is noticed after it.
const LONGEST_PAUSE: Duration = Duration::from_mins(1);

/// The pause after the store failed.
const STORE_PAUSE: Duration = Duration::from_secs(10);

/// How long what is under way may still take when the server ends.
const GRACE: Duration = Duration::from_secs(10);

/// Delivers what is in the outbox.
#[derive(Clone)]
pub struct Worker {
    /// Where the messages are.
    pub store: Arc<dyn Store>,
    /// The time.
    pub clock: Clock,
    /// Spreads attempts.
    pub random: Random,
    /// Delivers one message.
    pub handler: Arc<dyn Handler>,
}

impl std::fmt::Debug for Worker {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Worker")
    }
}

impl Worker {
    /// Delivers messages as they come due, until `end`. What is then under way has ten seconds to finish; what does
    /// not is delivered again after its lease.
    pub async fn run(self, end: impl Future<Output = ()>) {
        let mut end = pin!(end);
        let mut under_way = JoinSet::new();
        loop {
            let pause = match self.start_due(&mut under_way).await {
                Ok(()) => self.pause().await,
                Err(error) => {
                    warn!(%error, "the outbox cannot be read; it is tried again");
                    STORE_PAUSE
                }
            };
            let free = under_way.len() < AT_ONCE;
            tokio::select! {
                () = &mut end => break,
                Some(_) = under_way.join_next() => {}
                () = self.store.messages_queued(), if free => {}
                () = tokio::time::sleep(pause), if free => {}
            }
        }
        let rest = async { while under_way.join_next().await.is_some() {} };
        if tokio::time::timeout(GRACE, rest).await.is_err() {
            warn!("messages are still under way; they are delivered again after their lease");
        }
        under_way.shutdown().await;
    }

    /// Delivers whatever is due now, and what that frees, and comes back when nothing is.
    ///
    /// # Errors
    /// Where the store cannot be read or written.
    pub async fn deliver_due(&self) -> Result<(), StoreError> {
        let mut under_way = JoinSet::new();
        loop {
            self.start_due(&mut under_way).await?;
            if under_way.join_next().await.is_none() {
                return Ok(());
            }
        }
    }

    /// Starts delivering what is due, as far as there is room.
    async fn start_due(&self, under_way: &mut JoinSet<()>) -> Result<(), StoreError> {
        while under_way.len() < AT_ONCE {
            let Some(message) = self.store.claim_message(self.clock.now(), LEASE).await? else { break };
            let worker = self.clone();
            under_way.spawn(async move { worker.attempt(&message).await });
        }
        Ok(())
    }

    /// How long nothing comes due.
    async fn pause(&self) -> Duration {
        let next = match self.store.outbox_status().await {
            Ok(status) => status.next,
            Err(_) => return STORE_PAUSE,
        };
        next.map_or(LONGEST_PAUSE, |next| {
            // A lease that somebody else holds, or one that was missed by a moment: never a busy loop.
            let wait = self.clock.now().duration_until(next).max(SignedDuration::from_millis(10));
            wait.unsigned_abs().min(LONGEST_PAUSE)
        })
    }

    /// Delivers what was leased together and writes down what came of each. Where that cannot be written, the lease runs
    /// out.
    async fn attempt(&self, message: &ClaimedMessage) {
        let outcomes = self.deliver(message).await;
        let messages = std::iter::once(message).chain(&message.with);
        for (message, outcome) in messages.zip(outcomes) {
            self.settle(message, outcome).await;
        }
    }

    async fn settle(&self, message: &ClaimedMessage, outcome: Result<Answer, Failure>) {
        let (id, kind, attempt) = (message.id, message.kind.as_str(), message.attempt);
        let at = self.clock.now();
        let written = match outcome {
            Ok(Answer { receipt, found }) => {
                info!(%id, kind, attempt, "delivered");
                self.store.message_delivered(Delivered { message: id, receipt, found, at }).await
            }
            Err(failure) => {
                let unclear = matches!(failure, Failure::Unclear(_));
                let alone = matches!(failure, Failure::Alone(_));
                let (error, again) = match failure {
                    Failure::Never(error) => (error, None),
                    Failure::Alone(error) => (error, Some(at)),
                    Failure::Later(error) | Failure::Unclear(error) => {
                        let retry = Policy::of(message.kind).retry;
                        let again =
                            retry.map(|retry| retry.again(message.tried, message.since, at, &self.random));
                        match again.transpose() {
                            Ok(again) => (error, again.flatten()),
                            // Without randomness it comes back with its lease.
                            Err(fault) => return warn!(%id, kind, %fault, "not delivered"),
                        }
                    }
                };
                warn!(%id, kind, attempt, error, dead = again.is_none(), "not delivered");
                let failed = NotDelivered { message: id, attempt, error, again, unclear, alone, at };
                self.store.message_not_delivered(failed).await
            }
        };
        if let Err(error) = written {
            warn!(%id, kind, %error, "what came of a message could not be written; it is delivered again");
        }
    }

    /// On a task of its own, so that a handler that panics is a failure like others and is given up like others.
    async fn deliver(&self, message: &ClaimedMessage) -> Vec<Result<Answer, Failure>> {
        let count = 1 + message.with.len();
        let failed = |word: &str| vec![Err(Failure::Unclear(word.to_owned())); count];
        let (handler, message) = (Arc::clone(&self.handler), message.clone());
        let mut task = JoinSet::new();
        task.spawn(async move { handler.deliver_together(&message).await });
        match tokio::time::timeout(ATTEMPT_LIMIT, task.join_next()).await {
            Ok(Some(Ok(outcomes))) if outcomes.len() == count => outcomes,
            Ok(_) => failed("handler_failed"),
            Err(_) => failed("timed_out"),
        }
    }
}
