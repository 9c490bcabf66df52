//! The time as a parameter: only the program's `main` reads the machine's clock.

use std::sync::Arc;

use jiff::Timestamp;

/// Where the server's time comes from. Cloning gives another handle on the same clock.
#[derive(Clone)]
pub struct Clock(Arc<dyn Fn() -> Timestamp + Send + Sync>);

impl Clock {
    /// A clock that shows what `now` says.
    pub fn new(now: impl Fn() -> Timestamp + Send + Sync + 'static) -> Self {
        Self(Arc::new(now))
    }

    /// A clock that shows `start` now and runs on with this one.
    #[must_use]
    pub fn started_at(&self, start: Timestamp) -> Self {
        let ahead = self.now().duration_until(start);
        let real = self.clone();
        Self::new(move || {
            let now = real.now();
            now.checked_add(ahead).unwrap_or(now)
        })
    }

    /// The time now.
    pub fn now(&self) -> Timestamp {
        (self.0)()
    }
}

impl std::fmt::Debug for Clock {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Clock({})", self.now())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicI64, Ordering};

    use super::*;

    #[test]
    fn a_clock_set_for_a_demonstration_runs_on() {
        let seconds = Arc::new(AtomicI64::new(1_000));
        let real = {
            let seconds = Arc::clone(&seconds);
            Clock::new(move || Timestamp::new(seconds.load(Ordering::Relaxed), 0).unwrap())
        };
        let start: Timestamp = "2026-09-15T08:00:00+07:00".parse().unwrap();
        let clock = real.started_at(start);
        assert_eq!(clock.now(), start);
        seconds.store(1_060, Ordering::Relaxed);
        assert_eq!(clock.now().as_second(), start.as_second() + 60);
    }
}
