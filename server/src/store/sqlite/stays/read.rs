//! Reading stays.

use std::collections::BTreeMap;

use flows::lodging::{Draft, LOCAL, Path, State, StayEvent};
use jiff::{Timestamp, civil::Date};
use sqlx::{QueryBuilder, Row as _, Sqlite, SqliteConnection, sqlite::SqliteRow};

use super::{draft_place, event_place, version_decision};
use crate::{
    sealed::{DataKey, Sealed},
    store::{
        StoreError,
        sqlite::{
            Keys, parse_word,
            transaction::{id, time},
        },
        stays::{KeptEvent, KeptStay, StayCount, StayVersion, Which},
    },
};

const NOW: &str =
    "SELECT stays.*, current.id AS version_id, current.version, current.arrival, current.nationality,
         current.draft
     FROM stays JOIN stay_versions AS current ON current.stay = stays.id
         AND current.version = (SELECT max(version) FROM stay_versions WHERE stay = stays.id)";

/// A day's first moment at the place.
fn begins(day: Date) -> Timestamp {
    LOCAL.to_timestamp(day.at(0, 0, 0, 0)).unwrap_or(Timestamp::MIN)
}

/// The end of a day at the place, which is not in it.
fn ends(day: Date) -> Timestamp {
    day.tomorrow().map_or(Timestamp::MAX, begins)
}

/// Whose stay it is.
pub(in crate::store::sqlite) async fn subject_of(
    connection: &mut SqliteConnection,
    stay: &str,
) -> Result<Option<String>, StoreError> {
    let subject = sqlx::query_scalar("SELECT subject FROM stays WHERE id = ?").bind(stay);
    Ok(subject.fetch_optional(connection).await?)
}

/// One stay.
pub(in crate::store::sqlite) async fn one(
    connection: &mut SqliteConnection,
    keys: &Keys,
    stay: &str,
) -> Result<Option<KeptStay>, StoreError> {
    let row = QueryBuilder::<Sqlite>::new(NOW)
        .push(" WHERE stays.id = ")
        .push_bind(stay)
        .build()
        .fetch_optional(&mut *connection)
        .await?;
    match row {
        Some(row) => kept(connection, keys, &row).await.map(Some),
        None => Ok(None),
    }
}

async fn kept(
    connection: &mut SqliteConnection,
    keys: &Keys,
    row: &SqliteRow,
) -> Result<KeptStay, StoreError> {
    let (stay, subject): (&str, &str) = (row.try_get("id")?, row.try_get("subject")?);
    let key = keys.fetch(connection, subject).await?;
    let draft: Option<Draft> = match &key {
        Some(key) => {
            let sealed: Vec<u8> = row.try_get("draft")?;
            Some(Sealed::from_stored(sealed).open(key, draft_place(row.try_get("version_id")?))?)
        }
        None => None,
    };
    let events = events(connection, stay, key.as_ref()).await?;
    let nationality: Option<&str> = row.try_get("nationality")?;
    Ok(KeptStay {
        id: id("stays.id", stay)?,
        subject: id("stays.subject", subject)?,
        place: row.try_get("place")?,
        path: parse_word("stays.path", row.try_get("path")?)?,
        party: id("stays.party", row.try_get("party")?)?,
        visit: row.try_get::<Option<&str>, _>("visit")?.map(|visit| id("stays.visit", visit)).transpose()?,
        number: row.try_get("number")?,
        method: parse_word("stays.phuong_thuc_dinh_danh", row.try_get("phuong_thuc_dinh_danh")?)?,
        strength: parse_word("stays.strength", row.try_get("strength")?)?,
        foreign: nationality.is_some_and(|code| code != flows::lodging::NationalityCode::VIETNAM),
        arrival: time("stay_versions.arrival", row.try_get("arrival")?)?,
        version: row.try_get("version")?,
        draft,
        events,
        at: time("stays.at", row.try_get("at")?)?,
    })
}

async fn events(
    connection: &mut SqliteConnection,
    stay: &str,
    key: Option<&DataKey>,
) -> Result<Vec<KeptEvent>, StoreError> {
    let rows = sqlx::query("SELECT * FROM stay_events WHERE stay = ? ORDER BY seq").bind(stay);
    let rows = rows.fetch_all(connection).await?;
    rows.iter().map(|row| event(row, key)).collect()
}

fn event(row: &SqliteRow, key: Option<&DataKey>) -> Result<KeptEvent, StoreError> {
    let row_id: &str = row.try_get("id")?;
    let data: &str = row.try_get("data")?;
    let mut event: StayEvent =
        serde_json::from_str(data).map_err(|_| StoreError::Malformed { what: "stay_events.data" })?;
    let column = |name: &'static str| -> Result<Option<(Vec<u8>, &DataKey)>, StoreError> {
        Ok(row.try_get::<Option<Vec<u8>>, _>(name)?.zip(key))
    };
    if let StayEvent::Rejected { reason } = &mut event
        && let Some((sealed, key)) = column("reason")?
    {
        *reason = Sealed::from_stored(sealed).open(key, event_place("reason", row_id))?;
    }
    let by = column("decision")?
        .map(|(sealed, key)| Sealed::from_stored(sealed).open(key, event_place("decision", row_id)));
    let told = column("told")?
        .map(|(sealed, key)| Sealed::from_stored(sealed).open(key, event_place("told", row_id)));
    Ok(KeptEvent {
        event,
        by: by.transpose()?,
        told: told.transpose()?,
        at: time("stay_events.at", row.try_get("at")?)?,
    })
}

/// Every version of a stay's data.
pub(super) async fn versions(
    connection: &mut SqliteConnection,
    keys: &Keys,
    stay: &str,
) -> Result<Vec<StayVersion>, StoreError> {
    let Some(subject) = subject_of(connection, stay).await? else { return Ok(Vec::new()) };
    let key = keys.fetch(connection, &subject).await?;
    let rows = sqlx::query("SELECT * FROM stay_versions WHERE stay = ? ORDER BY version").bind(stay);
    let rows = rows.fetch_all(connection).await?;
    let version = |row: &SqliteRow| {
        let row_id: &str = row.try_get("id")?;
        let draft = match &key {
            Some(key) => {
                let sealed: Vec<u8> = row.try_get("draft")?;
                Some(Sealed::from_stored(sealed).open(key, draft_place(row_id))?)
            }
            None => None,
        };
        let by = row.try_get::<Option<Vec<u8>>, _>("decision")?.zip(key.as_ref());
        let by = by.map(|(sealed, key)| Sealed::from_stored(sealed).open(key, version_decision(row_id)));
        Ok(StayVersion {
            version: row.try_get("version")?,
            draft,
            by: by.transpose()?,
            at: time("stay_versions.at", row.try_get("at")?)?,
        })
    };
    rows.iter().map(version).collect()
}

/// The stays at a place.
pub(super) async fn of_place(
    connection: &mut SqliteConnection,
    keys: &Keys,
    place: &str,
    which: Which,
    at: Timestamp,
) -> Result<Vec<KeptStay>, StoreError> {
    let mut query = QueryBuilder::<Sqlite>::new(NOW);
    query.push(" WHERE stays.place = ").push_bind(place);
    match which {
        Which::Night(day) => {
            query.push(" AND current.arrival < ").push_bind(ends(day).as_millisecond());
            // Whoever left is asked about again below: this only keeps the long past out.
            query.push(
                " AND NOT EXISTS (SELECT 1 FROM stay_events WHERE stay = stays.id AND event = 'withdrawn')
                  AND NOT EXISTS (SELECT 1 FROM stay_events WHERE stay = stays.id AND event = 'left' AND at < ",
            );
            query.push_bind(begins(day).as_millisecond()).push(")");
        }
        Which::Owed => {
            query.push(
                " AND NOT EXISTS (SELECT 1 FROM stay_events WHERE stay = stays.id
                      AND event IN ('accepted', 'withdrawn'))",
            );
        }
        Which::Arrived(day) => {
            query.push(" AND current.arrival_day = ").push_bind(day.to_string());
        }
    }
    query.push(" ORDER BY current.arrival, stays.at, stays.id");
    let rows = query.build().fetch_all(&mut *connection).await?;
    let mut stays = Vec::with_capacity(rows.len());
    for row in rows {
        let stay = kept(connection, keys, &row).await?;
        let wanted = match which {
            Which::Night(day) => {
                let standing = stay.standing(at);
                standing.state() != State::Withdrawn && standing.left().is_none_or(|left| left >= ends(day))
            }
            Which::Owed => stay.standing(at).is_owed(),
            Which::Arrived(_) => true,
        };
        if wanted {
            stays.push(stay);
        }
    }
    Ok(stays)
}

/// The stays of a document at a place.
pub(super) async fn of_document(
    connection: &mut SqliteConnection,
    keys: &Keys,
    document: &[u8; 32],
) -> Result<Vec<KeptStay>, StoreError> {
    let mut query = QueryBuilder::<Sqlite>::new(NOW);
    query.push(" WHERE current.document = ").push_bind(document.as_slice());
    all(connection, keys, query).await
}

/// The stays of a visit.
pub(super) async fn of_visit(
    connection: &mut SqliteConnection,
    keys: &Keys,
    visit: &str,
) -> Result<Vec<KeptStay>, StoreError> {
    let mut query = QueryBuilder::<Sqlite>::new(NOW);
    query.push(" WHERE stays.visit = ").push_bind(visit);
    all(connection, keys, query).await
}

async fn all(
    connection: &mut SqliteConnection,
    keys: &Keys,
    mut query: QueryBuilder<Sqlite>,
) -> Result<Vec<KeptStay>, StoreError> {
    let rows = query.build().fetch_all(&mut *connection).await?;
    let mut stays = Vec::with_capacity(rows.len());
    for row in rows {
        stays.push(kept(connection, keys, &row).await?);
    }
    Ok(stays)
}

/// How many arrived.
pub(super) async fn counts(
    connection: &mut SqliteConnection,
    places: &[String],
    from: Date,
    to: Date,
) -> Result<Vec<StayCount>, StoreError> {
    let mut query = QueryBuilder::<Sqlite>::new(
        "SELECT current.arrival_day, stays.place, current.nationality
         FROM stays JOIN stay_versions AS current ON current.stay = stays.id
             AND current.version = (SELECT max(version) FROM stay_versions WHERE stay = stays.id)
         WHERE EXISTS (SELECT 1 FROM stay_events WHERE stay = stays.id AND event = 'accepted')
             AND NOT EXISTS (SELECT 1 FROM stay_events WHERE stay = stays.id AND event = 'withdrawn')
             AND current.arrival_day >= ",
    );
    query.push_bind(from.to_string()).push(" AND current.arrival_day <= ").push_bind(to.to_string());
    query.push(" AND stays.place IN (");
    let mut listed = query.separated(", ");
    for place in places {
        listed.push_bind(place);
    }
    query.push(")");
    let mut counts = BTreeMap::<(String, String, Option<String>), u32>::new();
    for row in query.build().fetch_all(connection).await? {
        let cell = (row.try_get("arrival_day")?, row.try_get("place")?, row.try_get("nationality")?);
        *counts.entry(cell).or_default() += 1;
    }
    let count = |((day, place, nationality), stays): ((String, String, Option<String>), u32)| {
        let day = day.parse().map_err(|_| StoreError::Malformed { what: "stay_versions.arrival_day" })?;
        Ok(StayCount { day, place, nationality, stays })
    };
    counts.into_iter().map(count).collect()
}

/// Whether a declaration of this stay goes by the portal's interface.
pub(super) fn goes_by_portal(stay: &KeptStay, at: Timestamp) -> bool {
    let standing = stay.standing(at);
    standing.state() == State::Ready && standing.path() == Path::Portal
}
