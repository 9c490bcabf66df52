//! How much time, how many calls, how many tries.

use std::time::Duration;

use serde::Deserialize;

use crate::random::{Random, RandomUnavailable};

/// How long a person at the kiosk waits for a national system at most, and how it is spared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    /// Milliseconds until a connection must stand.
    pub connect_milliseconds: u64,
    /// Milliseconds until the whole call must be done: waiting for its turn, connecting, login and retries included.
    pub answer_milliseconds: u64,
    /// How often a request is sent again, 10 times at most.
    pub retries: u8,
    /// The longest wait in milliseconds before the first retry; it doubles before each further one. The wait itself is
    /// anything from nothing to that, at random (full jitter), so that kiosks that lost the connection together do
    /// not come back together.
    pub retry_milliseconds: u64,
    /// How many calls may be under way at once.
    pub concurrent: u16,
    /// Milliseconds that a call waits for its turn when so many are under way.
    pub turn_milliseconds: u64,
    /// After how many failed calls in a row the system is left alone.
    pub break_after: u32,
    /// For how many milliseconds. Then one call tries whether it is back.
    pub break_milliseconds: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connect_milliseconds: 2_000,
            answer_milliseconds: 5_000,
            retries: 2,
            retry_milliseconds: 200,
            concurrent: 16,
            turn_milliseconds: 1_000,
            break_after: 5,
            break_milliseconds: 30_000,
        }
    }
}

impl Limits {
    /// The waits before each retry.
    pub(super) fn waits(&self, random: &Random) -> Result<Vec<Duration>, RandomUnavailable> {
        (0..self.retries.min(10))
            .map(|retry| {
                let longest = u128::from(self.retry_milliseconds) << retry;
                let share = u128::from(u64::from_le_bytes(random.bytes()?));
                // `share` of 2^64 parts, in microseconds: even a longest wait of a few milliseconds is spread.
                let wait = (longest * 1_000).saturating_mul(share) >> 64;
                Ok(Duration::from_micros(u64::try_from(wait).unwrap_or(u64::MAX)))
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn always(byte: u8) -> Random {
        Random::new(move |bytes| {
            bytes.fill(byte);
            Ok(())
        })
    }

    #[test]
    fn a_wait_is_anything_from_nothing_to_a_longest_one_that_doubles() {
        let limits = Limits { retries: 3, retry_milliseconds: 200, ..Limits::default() };
        assert_eq!(limits.waits(&always(0)).unwrap(), [Duration::ZERO; 3]);
        let longest = limits.waits(&always(0xFF)).unwrap();
        for (wait, milliseconds) in longest.iter().zip([200, 400, 800]) {
            assert!((milliseconds - 1..=milliseconds).contains(&wait.as_millis()), "{wait:?}");
        }
        let halves = limits.waits(&always(0x80)).unwrap();
        assert_eq!(halves[0].as_millis(), 100);
    }

    #[test]
    fn no_configuration_makes_a_wait_overflow() {
        let limits = Limits { retries: u8::MAX, retry_milliseconds: u64::MAX, ..Limits::default() };
        assert_eq!(limits.waits(&always(0xFF)).unwrap().len(), 10);
        assert!(limits.waits(&Random::new(|_| Err(RandomUnavailable))).is_err());
    }
}
