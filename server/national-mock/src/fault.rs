//! What can go wrong, when, and for how long.

use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// What goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fault {
    /// Nothing.
    #[default]
    None,
    /// The right answer, after `milliseconds`, or after anything from that to `to_milliseconds`.
    Slow,
    /// The right answer, a byte at a time, `milliseconds` (or a time as with `slow`) between two.
    Drip,
    /// It is done, and there is no answer, ever.
    Timeout,
    /// It is done, and the connection ends within the answer.
    Disconnect,
    /// HTTP 401.
    Unauthorized,
    /// HTTP 500 with a page that is not in the format.
    ServerError,
    /// HTTP 503 with `Retry-After`: maintenance. With `from` and `until` a window of it.
    Maintenance,
    /// The request arrives twice, as if something on the way repeated it; the second answer is given.
    Duplicate,
    /// The right answer, twice in one body.
    Doubled,
    /// Half of the right answer.
    Malformed,
    /// An answer without end.
    Oversized,
    /// XML: entities that expand to gigabytes. JSON: values of another type.
    Hostile,
    /// Ten thousand levels of nesting.
    Deep,
    /// HTTP 302 to another address.
    Redirect,
}

impl Fault {
    /// Whether the system says no before it does anything. With every other fault it has done what was asked, and only its
    /// answer is lost or spoilt.
    pub(crate) fn refuses(self) -> bool {
        matches!(self, Self::Unauthorized | Self::Maintenance | Self::Redirect)
    }

    /// Whether the right answer leaves, sooner or later.
    pub(crate) fn answers(self) -> bool {
        matches!(self, Self::None | Self::Slow | Self::Drip | Self::Duplicate)
    }
}

/// A fault, and for how long.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Switch {
    /// What goes wrong.
    pub fault: Fault,
    /// Milliseconds of [`Fault::Slow`] and [`Fault::Drip`].
    #[serde(default)]
    pub milliseconds: u64,
    /// With it the milliseconds are anything from `milliseconds` to this, by the seed.
    #[serde(default)]
    pub to_milliseconds: Option<u64>,
    /// For how many requests; none: until switched off.
    #[serde(default)]
    pub times: Option<u32>,
    /// Not before this time of the simulation (RFC 3339).
    #[serde(default)]
    pub from: Option<Timestamp>,
    /// No more from this time of the simulation on.
    #[serde(default)]
    pub until: Option<Timestamp>,
}

impl Switch {
    /// Whether it is on at this time.
    pub(crate) fn is_on(&self, now: Timestamp) -> bool {
        self.times != Some(0)
            && self.from.is_none_or(|from| from <= now)
            && self.until.is_none_or(|until| now < until)
    }

    /// The wait for a draw from all 64-bit numbers.
    pub(crate) fn wait(&self, draw: u64) -> Duration {
        let spread = self.to_milliseconds.unwrap_or_default().saturating_sub(self.milliseconds);
        let share = ((u128::from(spread) + 1) * u128::from(draw)) >> 64;
        let more = u64::try_from(share).unwrap_or_default();
        Duration::from_millis(self.milliseconds.saturating_add(more))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wait_lies_within_its_range() {
        let slow = Switch { milliseconds: 300, to_milliseconds: Some(1_500), ..Switch::default() };
        assert_eq!(slow.wait(0), Duration::from_millis(300));
        assert_eq!(slow.wait(u64::MAX), Duration::from_millis(1_500));
        let fixed = Switch { milliseconds: 300, ..Switch::default() };
        assert_eq!(fixed.wait(u64::MAX), Duration::from_millis(300));
    }

    #[test]
    fn a_window_has_its_first_moment_and_not_its_last() {
        let time = |text: &str| text.parse::<Timestamp>().unwrap();
        let (from, until) = ("2026-09-15T12:00:00+07:00", "2026-09-15T13:00:00+07:00");
        let window = Switch { from: Some(time(from)), until: Some(time(until)), ..Switch::default() };
        assert!(window.is_on(time(from)));
        assert!(!window.is_on(time(until)));
        assert!(!window.is_on(time("2026-09-15T11:59:59+07:00")));
    }
}
