//! Watching deadlines: pages learn when one comes near, and when it is over.

use std::{sync::Arc, time::Duration};

use flows::lodging::Deadline;
use jiff::{SignedDuration, Timestamp};
use tracing::warn;

use super::Places;
use crate::{
    clock::Clock,
    console::live::{Live, News},
    store::{
        Stays, StoreError,
        stays::{KeptStay, Which},
    },
};

/// How often it is looked.
const EVERY: Duration = Duration::from_secs(15);

/// How long before now a deadline may have come near and still be news: longer than two looks are apart.
const NEWS_FOR: SignedDuration = SignedDuration::from_secs(45);

/// The deadline of a stay at a place.
pub fn deadline(places: &Places, stay: &KeptStay) -> Deadline {
    let remote = places.get(&stay.place).is_some_and(|place| place.address.remote);
    Deadline::of(stay.arrival, stay.foreign, remote)
}

/// Looks for ever.
pub async fn run<S: Stays + ?Sized>(store: Arc<S>, places: Arc<Places>, live: Live, clock: Clock) {
    let mut ticks = tokio::time::interval(EVERY);
    loop {
        ticks.tick().await;
        match due(&*store, &places, clock.now()).await {
            Ok(true) => live.tell(News::Stays),
            Ok(false) => {}
            Err(error) => warn!(%error, "deadlines of stays could not be looked at; it is tried again"),
        }
    }
}

/// Whether a deadline of a stay that is still owed has just come near, or is just over.
///
/// # Errors
/// Where stays could not be read.
pub async fn due<S: Stays + ?Sized>(store: &S, places: &Places, now: Timestamp) -> Result<bool, StoreError> {
    let just = |moment: Timestamp| {
        let since = now.duration_since(moment);
        (SignedDuration::ZERO..NEWS_FOR).contains(&since)
    };
    for place in places.all() {
        for stay in store.stays(&place.id, Which::Owed, now).await? {
            let deadline = deadline(places, &stay);
            let news = just(deadline.warned_from()) || just(deadline.at);
            if news && stay.standing(now).is_owed() && !stay.standing(now).told_by_hand() {
                return Ok(true);
            }
        }
    }
    Ok(false)
}
