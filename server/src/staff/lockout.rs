//! How failures slow sign-in down: a wait that doubles, by what failed.
//!
//! Three counts run beside one another: of an account from one place (whoever guesses at it from there), of a place
//! (whoever goes through many accounts), and of an account from everywhere (whoever guesses from many places). The
//! last two hold up only places from which the account's owner has not signed in lately: nobody locks another out of
//! the desk they work at.

use jiff::{SignedDuration, Timestamp};

/// Failures of one account from one place before the first wait.
pub const PAIR: u32 = 5;
/// Failures from one place, whatever the account, before the first wait.
pub const PLACE: u32 = 20;
/// Failures of one account, wherever from, before the first wait.
pub const ACCOUNT: u32 = 50;

/// The first wait, in seconds; each further failure doubles it.
const FIRST: i64 = 30;
/// The longest wait, in seconds.
const LONGEST: i64 = 3600;

/// Hours after which failures are forgotten.
pub const FORGET_HOURS: i64 = 24;
/// Days for which a place from which someone signed in is known as theirs.
pub const KNOWN_DAYS: i64 = 30;

/// How many seconds the next attempt has to wait after so many failures. None: not at all.
pub fn wait(failures: u32, allowed: u32) -> Option<i64> {
    let over = failures.checked_sub(allowed)?;
    let factor = 1_i64.checked_shl(over.min(16)).unwrap_or(i64::MAX);
    Some(FIRST.saturating_mul(factor).min(LONGEST))
}

/// Until when, counted from `at`.
pub fn until(failures: u32, allowed: u32, at: Timestamp) -> Option<Timestamp> {
    at.checked_add(SignedDuration::from_secs(wait(failures, allowed)?)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fifth_failure_waits_and_each_further_one_twice_as_long() {
        let waits: Vec<_> = (0..=13).map(|failures| wait(failures, PAIR)).collect();
        let expected = [
            None,
            None,
            None,
            None,
            None,
            Some(30),
            Some(60),
            Some(120),
            Some(240),
            Some(480),
            Some(960),
            Some(1920),
            Some(3600),
            Some(3600),
        ];
        assert_eq!(waits, expected);
        assert_eq!(wait(u32::MAX, PAIR), Some(3600));
    }
}
