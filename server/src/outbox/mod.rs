//! What must reach a national system, until it has: the policy of each message, and the worker that delivers them.
//!
//! A message is written with its record (`store::outbox`); from there on it is this module's. Each is delivered at
//! least once, those about one person to one system in their order, with back-off between attempts. What cannot be
//! delivered becomes a dead letter that staff see and decide about; nothing is ever stuck silently.

pub mod first_cost;
pub mod handlers;
pub mod lodging;
pub mod messages;
pub mod policy;
mod worker;

#[cfg(test)]
mod tests;

use async_trait::async_trait;

pub use handlers::NationalHandlers;
pub use policy::{MESSAGES, Policy};
pub use worker::Worker;

use crate::store::{ClaimedMessage, Found, MessageReceipt};

/// What a system said to a message that it took.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Answer {
    /// The receipt, where it gives one.
    pub receipt: Option<MessageReceipt>,
    /// What the answer says about the visit.
    pub found: Option<Found>,
}

/// Why a message was not taken: a stable word, never content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failure {
    /// Trying again may help.
    Later(String),
    /// Trying again may help; it may have arrived all the same.
    Unclear(String),
    /// One of those that went together was refused: each is tried by itself, at once.
    Alone(String),
    /// Trying again cannot help.
    Never(String),
}

/// Delivers messages of every kind.
#[async_trait]
pub trait Handler: Send + Sync {
    /// Delivers one message. It may have been delivered before: what the other side does then is its handler's to
    /// know.
    ///
    /// # Errors
    /// Where it was not taken, as far as is known.
    async fn deliver(&self, message: &ClaimedMessage) -> Result<Answer, Failure>;

    /// Delivers messages that were leased together, in one call where the other side takes them so. What came of each is
    /// in their order, the first one's first.
    async fn deliver_together(&self, message: &ClaimedMessage) -> Vec<Result<Answer, Failure>> {
        let mut outcomes = Vec::with_capacity(1 + message.with.len());
        for message in std::iter::once(message).chain(&message.with) {
            outcomes.push(self.deliver(message).await);
        }
        outcomes
    }
}
