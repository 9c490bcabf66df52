//! How often people who have proved nothing were looked up: a machine that may be asked without end tells everything
//! in the end.

use async_trait::async_trait;
use identity::{insurance::InsuranceNumber, number::PersonalNumber};
use jiff::Timestamp;

use super::StoreError;

/// Minutes that count.
pub const LOOK_UP_MINUTES: i64 = 60;

/// Look-ups of one number in that time, over all kiosks.
pub const MOST_OF_A_NUMBER: u32 = 6;

/// Look-ups at one kiosk in that time.
pub const MOST_AT_A_KIOSK: u32 = 60;

/// Whose data are looked up.
#[derive(Debug, Clone)]
pub enum LookedUp {
    /// By personal number.
    Person(PersonalNumber),
    /// By insurance number.
    Insured(InsuranceNumber),
}

/// A look-up for somebody who has proved nothing.
#[derive(Debug, Clone)]
pub struct NewLookUp {
    /// Where they stand.
    pub kiosk: String,
    /// Whose data are looked up. Kept as a keyed hash.
    pub of: LookedUp,
    /// Now.
    pub at: Timestamp,
}

/// Counting look-ups.
#[async_trait]
pub trait LookUps: Send + Sync {
    /// Counts a look-up. Says whether it may be made: at most [`MOST_OF_A_NUMBER`] of one number and
    /// [`MOST_AT_A_KIOSK`] at one kiosk within [`LOOK_UP_MINUTES`]. One that may not counts all the same.
    ///
    /// # Errors
    /// Where it could not be written.
    async fn may_look_up(&self, look_up: NewLookUp) -> Result<bool, StoreError>;
}
