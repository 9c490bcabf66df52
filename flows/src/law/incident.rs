//! The clock of an incident with personal data (Luật 91/2025/QH15 Đ23): 72 hours to tell the authority.

use jiff::{SignedDuration, Timestamp};

/// Hours from noticing a breach until A05 has to be told (Mẫu 08), and, where people are harmed through biometric
/// data, until they are told too (NĐ 356/2025 Đ29).
pub const NOTICE_HOURS: i64 = 72;

/// Hours before the end from which a reminder is urgent: a working day and a night.
pub const URGENT_HOURS: i64 = 24;

/// How an incident's clock stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClockState {
    /// There is time.
    Running {
        /// Whole hours left.
        hours: i64,
    },
    /// Less than [`URGENT_HOURS`] are left.
    Urgent {
        /// Whole hours left.
        hours: i64,
    },
    /// The time is over and nobody was told.
    Overdue {
        /// Whole hours since.
        hours: i64,
    },
}

/// When the authority has to be told of something noticed at `noticed`.
pub fn due(noticed: Timestamp) -> Timestamp {
    noticed.checked_add(SignedDuration::from_hours(NOTICE_HOURS)).unwrap_or(Timestamp::MAX)
}

/// How the clock of something noticed at `noticed` stands at `now`.
pub fn clock(noticed: Timestamp, now: Timestamp) -> ClockState {
    let left = now.duration_until(due(noticed));
    let hours = left.as_hours();
    if left.is_negative() || left.is_zero() {
        ClockState::Overdue { hours: hours.abs() }
    } else if left < SignedDuration::from_hours(URGENT_HOURS) {
        ClockState::Urgent { hours }
    } else {
        ClockState::Running { hours }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seventy_two_hours_run_from_noticing_through_any_weekend() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        // A Friday evening.
        let noticed = at("2026-09-18T17:30:00+07:00");
        assert_eq!(due(noticed), at("2026-09-21T17:30:00+07:00"));
        assert_eq!(clock(noticed, noticed), ClockState::Running { hours: 72 });
        assert_eq!(clock(noticed, at("2026-09-20T17:30:00+07:00")), ClockState::Running { hours: 24 });
        assert_eq!(clock(noticed, at("2026-09-20T17:30:01+07:00")), ClockState::Urgent { hours: 23 });
        assert_eq!(clock(noticed, at("2026-09-21T17:29:59+07:00")), ClockState::Urgent { hours: 0 });
        assert_eq!(clock(noticed, at("2026-09-21T17:30:00+07:00")), ClockState::Overdue { hours: 0 });
        assert_eq!(clock(noticed, at("2026-09-22T18:00:00+07:00")), ClockState::Overdue { hours: 24 });
    }
}
