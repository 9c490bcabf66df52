//! Who saw which stays, and why.

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use sqlx::{QueryBuilder, Row as _, Sqlite, SqliteConnection, sqlite::SqliteRow};
use uuid::Uuid;

use crate::{
    sealed::{Place, Sealed},
    store::{
        StoreError,
        sqlite::{
            Keys,
            audit::Logged,
            open::SERVER,
            staff,
            transaction::{Transaction, id, time},
            writer::Operation,
        },
        stays::{KeptLook, LIST_MINUTES, Looked, StayLook},
    },
};

fn reason_place(row: &str) -> Place<'_> {
    Place { table: "stay_looks", column: "reason", row }
}

#[async_trait]
impl Operation for StayLook {
    type Output = ();

    async fn run(&self, tx: &mut Transaction<'_>) -> Result<(), StoreError> {
        if self.looked == Looked::List && self.again(tx).await? {
            return Ok(());
        }
        let new = tx.new_id()?;
        let (stay, subject) = match self.looked {
            Looked::Record(stay) => {
                let subject: Option<String> =
                    sqlx::query_scalar("SELECT subject FROM stays WHERE id = ? AND place = ?")
                        .bind(stay.to_string())
                        .bind(&self.place)
                        .fetch_optional(tx.on())
                        .await?;
                (Some(stay.to_string()), Some(subject.ok_or(StoreError::UnknownStay)?))
            }
            Looked::List | Looked::Printed | Looked::Asked => (None, None),
        };
        let reason = match &self.reason {
            Some(reason) => {
                let key = tx.key(SERVER).await?.ok_or(StoreError::Malformed { what: "the server's key" })?;
                Some(tx.seal(reason, &key, reason_place(&new))?)
            }
            None => None,
        };
        let row = sqlx::query(
            "INSERT INTO stay_looks (id, staff, session, place, looked, stay, subject, reason, at)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING *",
        )
        .bind(&new)
        .bind(self.staff.to_string())
        .bind(self.session.to_string())
        .bind(&self.place)
        .bind(self.looked.as_str())
        .bind(stay)
        .bind(subject)
        .bind(reason)
        .bind(self.at.as_millisecond())
        .fetch_one(tx.on())
        .await?;
        tx.log(Logged::StaysShown, &new, &row, self.at).await
    }
}

impl StayLook {
    /// Whether the same list was shown in this session a moment ago.
    async fn again(&self, tx: &mut Transaction<'_>) -> Result<bool, StoreError> {
        let since = self.at.saturating_sub(SignedDuration::from_mins(LIST_MINUTES)).unwrap_or(Timestamp::MIN);
        let there: Option<i64> = sqlx::query_scalar(
            "SELECT 1 FROM stay_looks WHERE session = ? AND place = ? AND looked = 'list' AND at > ? LIMIT 1",
        )
        .bind(self.session.to_string())
        .bind(&self.place)
        .bind(since.as_millisecond())
        .fetch_optional(tx.on())
        .await?;
        Ok(there.is_some())
    }
}

/// Whether a reason was given.
pub(super) async fn reason_given(
    connection: &mut SqliteConnection,
    session: Uuid,
    place: &str,
    since: Timestamp,
) -> Result<bool, StoreError> {
    let given: Option<i64> = sqlx::query_scalar(
        "SELECT 1 FROM stay_looks WHERE session = ? AND place = ? AND looked = 'asked' AND at >= ? LIMIT 1",
    )
    .bind(session.to_string())
    .bind(place)
    .bind(since.as_millisecond())
    .fetch_optional(connection)
    .await?;
    Ok(given.is_some())
}

/// Who looked.
pub(super) async fn of_places(
    connection: &mut SqliteConnection,
    keys: &Keys,
    places: &[String],
) -> Result<Vec<KeptLook>, StoreError> {
    let mut query = QueryBuilder::<Sqlite>::new("SELECT * FROM stay_looks WHERE place IN (");
    let mut listed = query.separated(", ");
    for place in places {
        listed.push_bind(place);
    }
    query.push(") ORDER BY at DESC, rowid DESC LIMIT 200");
    let rows = query.build().fetch_all(&mut *connection).await?;
    let key = keys.fetch(connection, SERVER).await?;
    let mut looks = Vec::with_capacity(rows.len());
    for row in &rows {
        let looker: &str = row.try_get("staff")?;
        let reason = row.try_get::<Option<Vec<u8>>, _>("reason")?.zip(key.as_ref());
        let reason = reason.map(|(sealed, key)| {
            Sealed::from_stored(sealed).open(key, reason_place(row.try_get("id")?)).map_err(StoreError::from)
        });
        looks.push(KeptLook {
            staff: id("stay_looks.staff", looker)?,
            name: staff::name(connection, keys, looker).await?,
            place: row.try_get("place")?,
            looked: looked(row)?,
            reason: reason.transpose()?,
            at: time("stay_looks.at", row.try_get("at")?)?,
        });
    }
    Ok(looks)
}

fn looked(row: &SqliteRow) -> Result<Looked, StoreError> {
    Ok(match row.try_get("looked")? {
        "list" => Looked::List,
        "printed" => Looked::Printed,
        "asked" => Looked::Asked,
        "record" => Looked::Record(id("stay_looks.stay", row.try_get("stay")?)?),
        _ => return Err(StoreError::Malformed { what: "stay_looks.looked" }),
    })
}
