//! What only whoever runs the server can mend: a national system refuses this server, not a person.

use async_trait::async_trait;
use jiff::Timestamp;
use uuid::Uuid;

use super::{Decision, StoreError};

/// A refusal that was seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewAlert {
    /// Which system: `insurance`.
    pub system: &'static str,
    /// Its code: digits, never content.
    pub code: String,
    /// Now.
    pub at: Timestamp,
}

/// An alert that nobody has settled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alert {
    /// Its id.
    pub id: Uuid,
    /// Which system.
    pub system: String,
    /// Its code.
    pub code: String,
    /// Since when.
    pub since: Timestamp,
}

/// What was done about an alert.
#[derive(Debug, Clone)]
pub struct SettleAlert {
    /// The alert.
    pub alert: Uuid,
    /// Who, and what they did.
    pub decision: Decision,
    /// Now.
    pub at: Timestamp,
}

/// The operations on alerts.
#[async_trait]
pub trait Alerts: Send + Sync {
    /// Raises an alert. While one for the same system and code is not settled, it is that one: says whether it is new.
    ///
    /// # Errors
    /// Where it could not be written.
    async fn raise_alert(&self, alert: NewAlert) -> Result<bool, StoreError>;

    /// The alerts that nobody has settled, the oldest first.
    ///
    /// # Errors
    /// Where they could not be read.
    async fn alerts(&self) -> Result<Vec<Alert>, StoreError>;

    /// Settles an alert. The next refusal raises a new one.
    ///
    /// # Errors
    /// [`StoreError::UnknownAlert`] where there is none that is open; or where it could not be written.
    async fn settle_alert(&self, settling: SettleAlert) -> Result<(), StoreError>;
}
