//! Until when a stay has to be declared.

use jiff::{SignedDuration, Timestamp, civil::time};
use serde::{Deserialize, Serialize};

use super::LOCAL;

/// How long before a deadline the owner is told to notify otherwise.
pub const WARNING: SignedDuration = SignedDuration::from_hours(1);

/// By which rule a deadline is reckoned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeadlineRule {
    /// Before 23:00 of the day on which the stay begins (TT 55/2021/TT-BCA Đ15).
    SameDay,
    /// Arrival at 23:00 or later: before 08:00 of the next day (the same).
    NextMorning,
    /// A foreigner: within 12 hours of the arrival (Luật 47/2014/QH13 Đ33).
    Foreigner,
    /// A foreigner in a remote area (vùng sâu, vùng xa): within 24 hours (the same).
    ForeignerRemote,
}

impl DeadlineRule {
    /// Every rule.
    pub const ALL: [Self; 4] = [Self::SameDay, Self::NextMorning, Self::Foreigner, Self::ForeignerRemote];

    /// What pages say.
    pub const fn vietnamese(self) -> &'static str {
        match self {
            Self::SameDay => "trước 23 giờ cùng ngày",
            Self::NextMorning => "trước 08 giờ ngày hôm sau",
            Self::Foreigner => "người nước ngoài: trong 12 giờ",
            Self::ForeignerRemote => "người nước ngoài, vùng sâu, vùng xa: trong 24 giờ",
        }
    }
}

/// The moment before which a stay has to be declared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Deadline {
    /// The moment. A declaration in it is late.
    pub at: Timestamp,
    /// The rule.
    pub rule: DeadlineRule,
}

/// How urgent a declaration is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Urgency {
    /// There is time.
    Open,
    /// Less than [`WARNING`] is left: the owner notifies by telephone or in person.
    DueSoon,
    /// The deadline is over.
    Overdue,
}

impl Deadline {
    /// The deadline of whoever arrives at `arrival`. Only a foreigner's depends on whether the place is in a remote area.
    pub fn of(arrival: Timestamp, foreigner: bool, remote: bool) -> Self {
        let hours = |hours| arrival.saturating_add(SignedDuration::from_hours(hours)).unwrap_or(arrival);
        match (foreigner, remote) {
            (true, false) => return Self { at: hours(12), rule: DeadlineRule::Foreigner },
            (true, true) => return Self { at: hours(24), rule: DeadlineRule::ForeignerRemote },
            (false, _) => {}
        }
        let local = LOCAL.to_datetime(arrival);
        let evening = local.date().to_datetime(time(23, 0, 0, 0));
        let (at, rule) = if local < evening {
            (Some(evening), DeadlineRule::SameDay)
        } else {
            let next = local.date().tomorrow().ok();
            (next.map(|day| day.to_datetime(time(8, 0, 0, 0))), DeadlineRule::NextMorning)
        };
        let at = at.and_then(|at| LOCAL.to_timestamp(at).ok()).unwrap_or(arrival);
        Self { at, rule }
    }

    /// How urgent it is at `now`.
    pub fn urgency(&self, now: Timestamp) -> Urgency {
        if now >= self.at {
            Urgency::Overdue
        } else if now >= self.warned_from() {
            Urgency::DueSoon
        } else {
            Urgency::Open
        }
    }

    /// From when on the owner is told to notify otherwise.
    pub fn warned_from(&self) -> Timestamp {
        self.at.saturating_sub(WARNING).unwrap_or(self.at)
    }
}
