//! A circuit breaker: a system that failed several times in a row is left alone for a while, so that the next person
//! does not wait for what will not come.

use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::{SignedDuration, Timestamp};

use crate::clock::Clock;

/// The breaker of one system.
pub(super) struct Breaker {
    after: u32,
    pause: SignedDuration,
    clock: Clock,
    state: Mutex<State>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// Calls go through; so many failed in a row.
    Closed { failures: u32 },
    /// No call goes through until the pause is over.
    Open { since: Timestamp },
    /// One call tries whether the system is back.
    HalfOpen,
}

/// The circuit is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Open;

/// A call that went through. Dropped without a verdict (the caller went away) it leaves nothing behind but, if it was
/// the trial, the place for another.
pub(super) struct Pass<'breaker> {
    breaker: &'breaker Breaker,
    trial: bool,
    judged: bool,
}

impl Breaker {
    /// Opens after `after` failures in a row (0 counts as 1), for `pause`.
    pub(super) fn new(after: u32, pause: SignedDuration, clock: Clock) -> Self {
        Self { after: after.max(1), pause, clock, state: Mutex::new(State::Closed { failures: 0 }) }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lets a call through, or says that the circuit is open.
    pub(super) fn enter(&self) -> Result<Pass<'_>, Open> {
        let mut state = self.state();
        let trial = match *state {
            State::Closed { .. } => false,
            // A clock that was put back ends the pause too: better one call too many than none for hours.
            State::Open { since } if !self.pausing(since) => {
                *state = State::HalfOpen;
                true
            }
            State::Open { .. } | State::HalfOpen => return Err(Open),
        };
        Ok(Pass { breaker: self, trial, judged: false })
    }

    fn pausing(&self, since: Timestamp) -> bool {
        (SignedDuration::ZERO..self.pause).contains(&self.clock.now().duration_since(since))
    }
}

impl Pass<'_> {
    /// The system answered.
    pub(super) fn succeeded(mut self) {
        self.judged = true;
        let mut state = self.breaker.state();
        // A late answer of a call from before does not close a circuit that has opened since.
        if self.trial || matches!(*state, State::Closed { .. }) {
            *state = State::Closed { failures: 0 };
        }
    }

    /// The system did not answer.
    pub(super) fn failed(mut self) {
        self.judged = true;
        let since = self.breaker.clock.now();
        let mut state = self.breaker.state();
        *state = match *state {
            State::Closed { failures } if failures + 1 < self.breaker.after => {
                State::Closed { failures: failures + 1 }
            }
            State::Closed { .. } => State::Open { since },
            State::HalfOpen if self.trial => State::Open { since },
            state => state,
        };
    }
}

impl Drop for Pass<'_> {
    fn drop(&mut self) {
        if self.trial && !self.judged {
            let mut state = self.breaker.state();
            if *state == State::HalfOpen {
                // Long over: the next call is the trial.
                *state = State::Open { since: Timestamp::MIN };
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    };

    use super::*;

    struct World {
        now: Arc<AtomicI64>,
        breaker: Breaker,
    }

    impl World {
        fn new() -> Self {
            let now = Arc::new(AtomicI64::new(1_789_434_000));
            let shown = Arc::clone(&now);
            let clock = Clock::new(move || Timestamp::from_second(shown.load(Ordering::SeqCst)).unwrap());
            Self { now, breaker: Breaker::new(3, SignedDuration::from_secs(30), clock) }
        }

        fn open() -> Self {
            let world = Self::new();
            world.fail(3);
            world
        }

        fn fail(&self, times: u32) {
            (0..times).for_each(|_| self.breaker.enter().ok().unwrap().failed());
        }

        fn advance(&self, seconds: i64) {
            self.now.fetch_add(seconds, Ordering::SeqCst);
        }

        fn is_open(&self) -> bool {
            self.breaker.enter().is_err()
        }
    }

    #[test]
    fn it_opens_after_as_many_failures_in_a_row_and_not_before() {
        let world = World::new();
        world.fail(2);
        world.breaker.enter().ok().unwrap().succeeded();
        world.fail(2);
        assert!(!world.is_open());
        world.fail(1);
        assert!(world.is_open());
    }

    #[test]
    fn after_the_pause_one_call_tries_and_its_answer_decides() {
        let world = World::open();
        world.advance(29);
        assert!(world.is_open());
        world.advance(1);
        let trial = world.breaker.enter().ok().unwrap();
        assert!(world.is_open(), "only one tries");
        trial.failed();
        world.advance(29);
        assert!(world.is_open(), "a pause of its own");
        world.advance(1);
        world.breaker.enter().ok().unwrap().succeeded();
        world.fail(2);
        assert!(!world.is_open(), "it counts from nothing again");
    }

    #[test]
    fn a_trial_whose_caller_went_away_leaves_its_place() {
        let world = World::open();
        world.advance(30);
        drop(world.breaker.enter());
        world.breaker.enter().ok().unwrap().succeeded();
        assert!(!world.is_open());
    }

    #[test]
    fn a_call_from_before_neither_closes_nor_lengthens_it() {
        let world = World::new();
        let (slow, slower) = (world.breaker.enter().ok().unwrap(), world.breaker.enter().ok().unwrap());
        world.fail(3);
        slow.succeeded();
        assert!(world.is_open());
        world.advance(20);
        slower.failed();
        world.advance(10);
        assert!(!world.is_open());
    }

    #[test]
    fn a_clock_that_is_put_back_does_not_leave_it_open_for_hours() {
        let world = World::open();
        world.advance(-7_200);
        assert!(!world.is_open());
    }
}
