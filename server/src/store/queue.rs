//! The queue of a station's day: what happens to a number after the check-in.

use async_trait::async_trait;
use flows::{
    TicketCode,
    health::queue::{Event, Interleave, Queue, State},
};
use jiff::{Timestamp, civil::Date};
use uuid::Uuid;

use super::{Decision, StoreError};

/// Has the next one called to a room.
#[derive(Debug, Clone)]
pub struct CallNext {
    /// The station's code.
    pub station: String,
    /// The id of the room that calls.
    pub room: String,
    /// The room's last call that the caller knows of, as [`DayQueue::last_call`] said. Where there was another since,
    /// nobody is called: one press of a button never calls two people.
    pub seen: u64,
    /// Who calls.
    pub by: Decision,
    /// How the rows take turns.
    pub rule: Interleave,
    /// Now.
    pub at: Timestamp,
}

/// Has something happen to a place in today's queue.
#[derive(Debug, Clone)]
pub struct PlaceChange {
    /// The visit whose place it is.
    pub visit: Uuid,
    /// What happens.
    pub event: Event<Uuid>,
    /// Who decides, and why.
    pub by: Decision,
    /// How the rows take turns.
    pub rule: Interleave,
    /// Now.
    pub at: Timestamp,
}

/// A place in the queue, without a word about the person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueuePlace {
    /// The visit.
    pub visit: Uuid,
    /// The number as it is called out.
    pub number: String,
    /// The row that it waits in. (The number keeps the letter of the first.)
    pub queue: Queue,
    /// The id of the room.
    pub room: String,
    /// Where it stands.
    pub state: State,
    /// How many are called before it, if nobody else comes; none where it does not wait.
    pub ahead: Option<usize>,
    /// When the number was given.
    pub given_at: Timestamp,
    /// Since when it stands so.
    pub since: Timestamp,
    /// The visit that goes on for it, where it was merged.
    pub merged_into: Option<Uuid>,
}

/// One call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// Its place in the sequence of events: later calls have larger ones.
    pub seq: u64,
    /// The visit.
    pub visit: Uuid,
    /// The number as it is called out.
    pub number: String,
    /// The id of the room that called.
    pub room: String,
    /// Whether it is the first call of this number to this room, or one more.
    pub again: bool,
    /// When.
    pub at: Timestamp,
}

/// The queue of a station's day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DayQueue {
    /// The last event; larger after each. 0 where nothing happened yet.
    pub version: u64,
    /// Every place, in the order in which numbers were given.
    pub places: Vec<QueuePlace>,
    /// Every call, the latest last.
    pub calls: Vec<Call>,
}

impl DayQueue {
    /// The place of `visit`.
    pub fn place(&self, visit: Uuid) -> Option<&QueuePlace> {
        self.places.iter().find(|place| place.visit == visit)
    }

    /// Those who wait before `room`, the next first.
    pub fn waiting(&self, room: &str) -> Vec<&QueuePlace> {
        let mut waiting: Vec<_> =
            self.places.iter().filter(|place| place.room == room && place.state == State::Waiting).collect();
        waiting.sort_by_key(|place| place.ahead);
        waiting
    }

    /// The last first call from `room`, for [`CallNext::seen`]; 0 where there was none.
    pub fn last_call(&self, room: &str) -> u64 {
        let calls = self.calls.iter().rev();
        calls.into_iter().find(|call| call.room == room && !call.again).map_or(0, |call| call.seq)
    }
}

/// The operations on the queue.
#[async_trait]
pub trait Queues: Send + Sync {
    /// Calls whoever is next to a room. None where nobody waits.
    ///
    /// # Errors
    /// [`StoreError::QueueMovedOn`] where the room called somebody else meanwhile; or where it could not be written.
    async fn call_next(&self, call: CallNext) -> Result<Option<Call>, StoreError>;

    /// Has something happen to a place in today's queue: called again, absent, back, in the room, finished, moved,
    /// put into another row, taken out, merged into another. It never joins anyone and never calls the next.
    ///
    /// # Errors
    /// [`StoreError::Queue`] where it may not follow on what happened before; or where it could not be written.
    async fn change_place(&self, change: PlaceChange) -> Result<(), StoreError>;

    /// The queue of a station's day.
    ///
    /// # Errors
    /// Where it could not be read.
    async fn queue(&self, station: &str, day: Date, rule: Interleave) -> Result<DayQueue, StoreError>;

    /// The place that a ticket's code stands for, on the day of the ticket; that of the number that goes on, where it
    /// was merged. None where there is no such code today.
    ///
    /// # Errors
    /// Where it could not be read.
    async fn ticket_place(
        &self,
        code: &TicketCode,
        station: &str,
        rule: Interleave,
        at: Timestamp,
    ) -> Result<Option<QueuePlace>, StoreError>;
}
