//! What has outlived its purpose goes: conversations each few minutes, everything else once a day.

use std::{sync::Arc, time::Duration};

use jiff::civil::Date;
use tracing::{info, warn};

use crate::{
    clock::Clock,
    store::{Retention as _, StaffAccounts as _, Store as _, sqlite::SqliteStore, visits::station_day},
};

/// How often it is looked.
const EVERY: Duration = Duration::from_mins(10);

/// Looks at the start and then for ever.
pub(super) async fn run(store: Arc<SqliteStore>, clock: Clock) {
    let mut ticks = tokio::time::interval(EVERY);
    let mut tidying = Tidying::default();
    loop {
        ticks.tick().await;
        tidying.round(&store, &clock).await;
    }
}

/// What was done already.
#[derive(Debug, Default)]
struct Tidying {
    /// The day of the place on which the retention table was last carried out.
    purged_on: Option<Date>,
}

impl Tidying {
    /// One look. What fails is tried again in the next.
    async fn round(&mut self, store: &SqliteStore, clock: &Clock) {
        match store.forget_expired(clock.now()).await {
            Ok(forgotten) => info!(sessions = forgotten.sessions, requests = forgotten.requests, "forgotten"),
            Err(error) => warn!(%error, "what has outlived its purpose is still there"),
        }
        match store.end_timed_out(clock.now()).await {
            Ok(ended) => info!(ended, "staff signed out"),
            Err(error) => warn!(%error, "staff who are away are still signed in"),
        }
        // At the start, and then once on each day of the place.
        let now = clock.now();
        let today = station_day(now);
        if self.purged_on == Some(today) {
            return;
        }
        match store.purge(now).await {
            Ok(proofs) => {
                self.purged_on = Some(today);
                let rows: u64 = proofs.iter().map(|proof| proof.count).sum();
                info!(rows, purges = proofs.len(), "purged what the retention table says");
            }
            Err(error) => warn!(%error, "what the retention table says is over is still there"),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicI64, Ordering};

    use flows::law::Record;

    use super::*;
    use crate::{
        config::Mode,
        sealed::MasterKey,
        store::{
            conformance::{World, at, seeded},
            sqlite::SqliteOptions,
        },
    };

    const HOUR: i64 = 3600;
    const DAY: i64 = 24 * HOUR;

    /// Nothing stays longer than a day beyond its time, whoever does or does not look.
    #[tokio::test]
    async fn the_retention_table_is_carried_out_at_the_start_and_once_on_each_day_of_the_place() {
        let folder = tempfile::tempdir().unwrap();
        let options = SqliteOptions {
            folder: folder.path().to_owned(),
            mode: Mode::Demonstration,
            master: MasterKey::new(&[7; 32]),
            random: seeded(1),
            at: at(0),
        };
        let store = SqliteStore::open(options).await.unwrap();
        let world = World::new(&store).await;
        // Their proofs of identity are over 180 days later, one after the other.
        for hours in [0, 2, 10] {
            world.checked_in(&format!("0011480000{hours:02}"), at(hours * HOUR)).await;
        }
        let seconds = Arc::new(AtomicI64::new(0));
        let shown = Arc::clone(&seconds);
        let clock = Clock::new(move || at(shown.load(Ordering::SeqCst)));
        let mut tidying = Tidying::default();
        let mut left = async |hours: i64| {
            seconds.store(180 * DAY + hours * HOUR, Ordering::SeqCst);
            tidying.round(&store, &clock).await;
            let proofs = store.purges(100).await.unwrap();
            let evidence = proofs.iter().filter(|proof| proof.record == Record::Evidence);
            evidence.map(|proof| proof.count).sum::<u64>()
        };
        assert_eq!(left(1).await, 1, "at the start, 9 in the morning");
        assert_eq!(left(3).await, 1, "the same day");
        assert_eq!(left(17).await, 3, "1 in the morning of the next");
    }
}
