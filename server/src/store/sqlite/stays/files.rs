//! Files for the portal's pages, and what was counted there.

use async_trait::async_trait;
use flows::lodging::{Acceptance, Path, StayEvent};
use sqlx::{Row as _, SqliteConnection};
use uuid::Uuid;

use super::{
    events::{By, happen},
    open, read,
};
use crate::{
    sealed::Place,
    store::{
        StoreError,
        sqlite::{
            audit::Logged,
            parse_word,
            transaction::{Transaction, id, time},
            writer::Operation,
        },
        stays::{CountFile, Counted, KeptFile, MakeFile},
    },
};

#[async_trait]
impl Operation for MakeFile {
    type Output = Uuid;

    async fn run(&self, tx: &mut Transaction<'_>) -> Result<Uuid, StoreError> {
        let file = tx.new_id()?;
        let key = tx.new_key(&file).await?;
        let decision = Place { table: "stay_files", column: "decision", row: &file };
        let row = sqlx::query(
            "INSERT INTO stay_files (id, place, kind, rows, sha256, decision, at) VALUES (?, ?, ?, ?, ?, ?, ?)
             RETURNING *",
        )
        .bind(&file)
        .bind(&self.place)
        .bind(self.kind.as_str())
        .bind(u32::try_from(self.stays.len()).unwrap_or(u32::MAX))
        .bind(self.sha256.as_slice())
        .bind(tx.seal(&self.by, &key, decision)?)
        .bind(self.at.as_millisecond())
        .fetch_one(tx.on())
        .await?;
        tx.log(Logged::StayFileMade, &file, &row, self.at).await?;
        for (position, stay) in (1_i64..).zip(&self.stays) {
            let stay = stay.to_string();
            let (keys, connection) = tx.keys_and_connection();
            let there = read::one(connection, keys, &stay).await?.ok_or(StoreError::UnknownStay)?;
            if there.place != self.place {
                return Err(StoreError::UnknownStay);
            }
            let standing = there.standing(self.at);
            if standing.path() != Path::File {
                return Err(StoreError::StayUnfit(standing.state()));
            }
            let stay = open(tx, &stay).await?;
            let by = By { decision: Some(&self.by), told: None };
            happen(tx, &stay, &StayEvent::Sent { by: Path::File }, by, self.at).await?;
            sqlx::query("INSERT INTO stay_file_rows (file, position, stay) VALUES (?, ?, ?)")
                .bind(&file)
                .bind(position)
                .bind(stay.id)
                .execute(tx.on())
                .await?;
        }
        id("stay_files.id", &file)
    }
}

#[async_trait]
impl Operation for CountFile {
    type Output = Counted;

    async fn run(&self, tx: &mut Transaction<'_>) -> Result<Counted, StoreError> {
        let file = self.file.to_string();
        let rows: Option<u32> = sqlx::query_scalar("SELECT rows FROM stay_files WHERE id = ?")
            .bind(&file)
            .fetch_optional(tx.on())
            .await?;
        let rows = rows.ok_or(StoreError::UnknownStay)?;
        let key = tx.key(&file).await?.ok_or(StoreError::UnknownStay)?;
        let count = tx.new_id()?;
        let decision = Place { table: "stay_file_counts", column: "decision", row: &count };
        let row = sqlx::query(
            "INSERT INTO stay_file_counts (id, file, counted, decision, at) VALUES (?, ?, ?, ?, ?) RETURNING *",
        )
        .bind(&count)
        .bind(&file)
        .bind(self.counted)
        .bind(tx.seal(&self.by, &key, decision)?)
        .bind(self.at.as_millisecond())
        .fetch_one(tx.on())
        .await?;
        tx.log(Logged::StayFileCounted, &count, &row, self.at).await?;
        if self.counted != rows {
            return Ok(Counted::Differs { rows });
        }
        let stays: Vec<String> =
            sqlx::query_scalar("SELECT stay FROM stay_file_rows WHERE file = ? ORDER BY position")
                .bind(&file)
                .fetch_all(tx.on())
                .await?;
        for stay in stays {
            let stay = open(tx, &stay).await?;
            let by = By { decision: Some(&self.by), told: None };
            let accepted = StayEvent::Accepted { how: Acceptance::Counted };
            match happen(tx, &stay, &accepted, by, self.at).await {
                // Counted before, withdrawn, or taken on paper meanwhile.
                Ok(()) | Err(StoreError::StayUnfit(_)) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(Counted::All)
    }
}

/// The files of a place, the latest first.
pub(super) async fn of_place(
    connection: &mut SqliteConnection,
    place: &str,
) -> Result<Vec<KeptFile>, StoreError> {
    let rows = sqlx::query(
        "SELECT id, kind, rows, at, (SELECT counted FROM stay_file_counts WHERE file = stay_files.id
             ORDER BY at DESC, rowid DESC LIMIT 1) AS counted
         FROM stay_files WHERE place = ? ORDER BY at DESC, id LIMIT 100",
    )
    .bind(place)
    .fetch_all(connection)
    .await?;
    let file = |row: &sqlx::sqlite::SqliteRow| {
        Ok(KeptFile {
            id: id("stay_files.id", row.try_get("id")?)?,
            kind: parse_word("stay_files.kind", row.try_get("kind")?)?,
            rows: row.try_get("rows")?,
            counted: row.try_get("counted")?,
            at: time("stay_files.at", row.try_get("at")?)?,
        })
    };
    rows.iter().map(file).collect()
}
