//! The queue: which states a place in it goes through, and who is called next.
//!
//! [`Lines`] is what the events of one day come to. Whoever keeps the events replays them into it; it refuses what
//! may not follow. The order is fair in this sense: emergencies are first of all; while people wait in both other
//! rows, of any `priority_per_normal + 1` calls in a row at least one is of the normal row; within a row those who
//! never were absent keep the order in which they came; and nobody is overtaken without end.

use super::priority::PriorityGround;
use serde::{Deserialize, Serialize};
use thiserror::Error;

mod lines;

pub use lines::{Lines, Place};

/// The row that a number belongs to. The more urgent is the lesser.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Queue {
    /// Cấp cứu: before everybody.
    Emergency,
    /// Those who are seen before others (Luật KCB 15/2023/QH15 Đ3 k2).
    Priority,
    /// Everybody else.
    Normal,
}

impl Queue {
    /// The row of someone with this ground, or none.
    pub const fn of(ground: Option<PriorityGround>) -> Self {
        match ground {
            Some(PriorityGround::Emergency) => Self::Emergency,
            Some(_) => Self::Priority,
            None => Self::Normal,
        }
    }

    /// Every row, the most urgent first.
    pub const ALL: [Self; 3] = [Self::Emergency, Self::Priority, Self::Normal];

    /// The word in records.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Emergency => "emergency",
            Self::Priority => "priority",
            Self::Normal => "normal",
        }
    }

    /// What stands before the number as it is called out: `C` (cấp cứu), `U` (ưu tiên) or nothing.
    pub const fn prefix(self) -> &'static str {
        match self {
            Self::Emergency => "C",
            Self::Priority => "U",
            Self::Normal => "",
        }
    }
}

/// How the rows take turns. Configuration of the station.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Interleave {
    /// How many of the priority row are called for one of the normal row, while people wait in both: 1 to 9.
    pub priority_per_normal: u32,
    /// Behind how many of their row someone waits who was absent and is back. (The second time: behind all.)
    pub return_after: u32,
}

impl Default for Interleave {
    fn default() -> Self {
        Self { priority_per_normal: 2, return_after: 3 }
    }
}

/// Where a place in the queue stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Waits to be called.
    Waiting,
    /// Was called and has not come yet.
    Called,
    /// Is in the room.
    BeingSeen,
    /// Was called and did not come.
    Absent,
    /// Has been seen.
    Finished,
    /// Staff took the number out, with a reason.
    Cancelled,
    /// The same person goes on with another number.
    Merged,
}

impl State {
    /// Whether the person is still expected: then a check-in on the same day finds this number.
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Waiting | Self::Called | Self::BeingSeen | Self::Absent)
    }

    /// How far on it is, among open ones.
    const fn rank(self) -> u8 {
        match self {
            Self::Called => 2,
            Self::BeingSeen => 3,
            Self::Waiting => 1,
            _ => 0,
        }
    }
}

/// What happens to a place in the queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event<Id> {
    /// A number was given.
    Joined {
        /// In which row.
        queue: Queue,
        /// For which room.
        room: String,
    },
    /// It was called.
    Called,
    /// It was called once more.
    Recalled,
    /// Nobody came.
    Absent,
    /// The person who was absent is back.
    Returned,
    /// The person is in the room. (An emergency goes in without a call.)
    Started,
    /// The person has been seen.
    Finished,
    /// The person goes to another room. Who has not been seen yet keeps the turn that they came with; who was seen
    /// joins there anew.
    Moved {
        /// Which room.
        room: String,
    },
    /// The person was put into another row.
    Reranked {
        /// Which row.
        queue: Queue,
    },
    /// The number was taken out.
    Cancelled,
    /// The person has another number too, and goes on with that.
    Merged {
        /// The number that stays.
        into: Id,
    },
}

impl<Id> Event<Id> {
    /// The word in records.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Joined { .. } => "joined",
            Self::Called => "called",
            Self::Recalled => "recalled",
            Self::Absent => "absent",
            Self::Returned => "returned",
            Self::Started => "started",
            Self::Finished => "finished",
            Self::Moved { .. } => "moved",
            Self::Reranked { .. } => "reranked",
            Self::Cancelled => "cancelled",
            Self::Merged { .. } => "merged",
        }
    }

    /// The state after it, of a place of `queue` in `state`; none where it may not follow.
    fn follows(&self, state: State, queue: Queue) -> Option<State> {
        use State::{Absent, BeingSeen, Called, Cancelled, Finished, Merged, Waiting};
        Some(match (self, state) {
            (Self::Called, Waiting) | (Self::Recalled, Called) => Called,
            (Self::Absent, Called) => Absent,
            (Self::Returned, Absent) | (Self::Moved { .. }, Waiting | Called | BeingSeen) => Waiting,
            (Self::Started, Called) => BeingSeen,
            (Self::Started, Waiting) if queue == Queue::Emergency => BeingSeen,
            (Self::Finished, Called | BeingSeen) => Finished,
            (Self::Reranked { .. }, state) if state.is_open() => state,
            (Self::Cancelled, Waiting | Called | Absent) => Cancelled,
            (Self::Merged { .. }, state) if state.is_open() => Merged,
            _ => return None,
        })
    }
}

/// Why an event may not follow. Nothing has changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Refusal {
    /// No such number today.
    #[error("there is no such number in today's queue; look at the list again")]
    Unknown,
    /// The number is in the queue already.
    #[error("this number is in the queue already")]
    AlreadyThere,
    /// Somebody else was quicker, or it was never possible.
    #[error("this cannot follow on what happened to the number before; look at the list again")]
    Not(
        /// Where the number stands.
        State,
    ),
    /// It would change nothing: it is in this room or row already.
    #[error("the number is there already")]
    NoChange,
    /// The number to go on with is not open, or is the same.
    #[error("the number to go on with is not in the queue any more, or is the same one; choose another")]
    NotOpen,
}

#[cfg(test)]
mod tests;
