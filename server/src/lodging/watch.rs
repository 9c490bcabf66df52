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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        sealed::MasterKey,
        store::{
            conformance::{
                at, seeded,
                stays::{guest, stay},
            },
            sqlite::{SqliteOptions, SqliteStore},
            stays::{TellPolice, Told, ToldHow},
        },
    };

    /// At 14:00 on 2026-09-15, where deadlines of guests who come then are at 23:00.
    #[tokio::test]
    async fn pages_learn_of_a_deadline_an_hour_before_and_in_its_moment_and_of_nothing_that_was_told() {
        let folder = tempfile::tempdir().unwrap();
        let options = SqliteOptions {
            folder: folder.path().to_owned(),
            mode: crate::config::Mode::Demonstration,
            master: MasterKey::new(&[7; 32]),
            random: seeded(1),
            at: at(0),
        };
        let store = SqliteStore::open(options).await.unwrap();
        let places = crate::lodging::seeded();
        let recorded = store.record_stay(stay(guest("001148012345", 0), at(0))).await.unwrap();
        let kept = store.stay(recorded.stay).await.unwrap().unwrap();
        let due_at = deadline(&places, &kept);
        let seconds = |seconds| SignedDuration::from_secs(seconds);
        for (moment, news) in [
            (due_at.warned_from() - seconds(1), false),
            (due_at.warned_from(), true),
            (due_at.warned_from() + seconds(44), true),
            (due_at.warned_from() + seconds(46), false),
            (due_at.at, true),
            (due_at.at + seconds(46), false),
        ] {
            assert_eq!(due(&store, &places, moment).await.unwrap(), news, "{moment}");
        }
        let told = Told { whom: "Công an xã".into(), how: ToldHow::Telephone };
        let by =
            crate::store::Decision {
                staff: "Phạm Thị Chủ".into(), id: None, reason: "gần hết hạn".into()
            };
        let telling = TellPolice { stays: vec![recorded.stay], told, by, at: due_at.warned_from() };
        store.tell_police(telling).await.unwrap();
        assert!(!due(&store, &places, due_at.at).await.unwrap(), "they were told");
    }
}
