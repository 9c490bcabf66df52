//! Everything that is kept about a person.
//!
//! Which tables there are is asked of the database: from the subject's row the walk follows every foreign key to the
//! rows that name it, and on from those. A table that is added later is in the answer without a word here.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};
use sqlx::{Column as _, Row as _, SqliteConnection, TypeInfo as _, ValueRef as _, sqlite::SqliteRow};
use uuid::Uuid;

use super::{Keys, corrections, numbers};
use crate::{
    sealed::{DataKey, Place, Sealed},
    store::{StoreError, subject_requests::SubjectRecords},
};

/// Rows of one table that one answer holds.
const MOST_ROWS: i64 = 10_000;

/// Keyed hashes: they say nothing to the person, and would help whoever guesses numbers.
const LEFT_OUT: [(&str, &str); 3] =
    [("subjects", "look_up"), ("subject_numbers", "look_up"), ("queue_events", "code_look_up")];

/// What a visit's own row says of how whoever came first was identified and insured: nothing for a person whose visit it
/// turned out to be later. What counts for them is in its versions.
const OF_WHO_CAME_FIRST: [&str; 15] = [
    "subject",
    "session",
    "phuong_thuc_dinh_danh",
    "strength",
    "evidence_basis",
    "signer_sha256",
    "insurance",
    "insurance_result",
    "insurance_card",
    "patient",
    "verdict",
    "access",
    "challenge",
    "proof",
    "submission",
];

/// A foreign key: rows of `table` name a row of `parent` in `column`.
struct Reference {
    table: String,
    column: String,
    parent: String,
    parent_column: String,
}

async fn references(connection: &mut SqliteConnection) -> Result<Vec<Reference>, StoreError> {
    let rows: Vec<(String, String, String, Option<String>)> = sqlx::query_as(
        "SELECT tables.name, keys.\"from\", keys.\"table\", keys.\"to\"
         FROM sqlite_schema AS tables, pragma_foreign_key_list(tables.name) AS keys
         WHERE tables.type = 'table' ORDER BY tables.name, keys.\"from\"",
    )
    .fetch_all(&mut *connection)
    .await?;
    let mut references = Vec::with_capacity(rows.len());
    for (table, column, parent, to) in rows {
        let parent_column = match to {
            Some(to) => to,
            None => {
                sqlx::query_scalar("SELECT name FROM pragma_table_info(?) WHERE pk = 1")
                    .bind(&parent)
                    .fetch_one(&mut *connection)
                    .await?
            }
        };
        references.push(Reference { table, column, parent, parent_column });
    }
    Ok(references)
}

/// The rows found, by table and SQLite's own row number.
type Found = BTreeMap<String, BTreeSet<i64>>;

/// Everything about `subject`.
pub(super) async fn of(
    connection: &mut SqliteConnection,
    keys: &Keys,
    subject: Uuid,
) -> Result<SubjectRecords, StoreError> {
    let owners = owners(connection, subject).await?;
    let references = references(connection).await?;
    let mut found = Found::new();
    // Visits that turned out to be theirs name them in a version, and what belongs to a visit names the visit.
    found.insert("visits".into(), visits_of(connection, &owners).await?);
    for owner in &owners {
        let start: Vec<i64> = sqlx::query_scalar("SELECT rowid FROM subjects WHERE id = ?")
            .bind(owner)
            .fetch_all(&mut *connection)
            .await?;
        found.entry("subjects".into()).or_default().extend(start);
        // A conversation is named by the visit that came of it, not the other way about.
        let sessions: Vec<i64> = sqlx::query_scalar(
            "SELECT rowid FROM sessions WHERE id IN (SELECT session FROM visits WHERE subject = ?)",
        )
        .bind(owner)
        .fetch_all(&mut *connection)
        .await?;
        found.entry("sessions".into()).or_default().extend(sessions);
    }
    loop {
        let mut more = false;
        for reference in &references {
            let Some(parents) = found.get(&reference.parent) else { continue };
            let rows = naming(connection, reference, (parents, &owners)).await?;
            let known = found.entry(reference.table.clone()).or_default();
            let before = known.len();
            known.extend(rows);
            more |= known.len() > before;
        }
        if !more {
            break;
        }
    }
    let mut tables = Vec::new();
    for (table, rows) in &found {
        let mut opened = Vec::with_capacity(rows.len());
        for row in rows {
            let sql = format!("SELECT * FROM \"{table}\" WHERE rowid = ?");
            let row = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(row).fetch_one(&mut *connection).await?;
            opened.push(open(connection, keys, &owners, table, &row).await?);
        }
        if !opened.is_empty() {
            tables.push((table.clone(), opened));
        }
    }
    Ok(SubjectRecords { subject, tables })
}

/// The subjects that are this person: itself, those that were merged into it, and those under which it was kept before:
/// while nobody knew who it was, or under a number that was wrong.
async fn owners(connection: &mut SqliteConnection, subject: Uuid) -> Result<Vec<String>, StoreError> {
    let mut owners = vec![subject.to_string()];
    owners.extend(numbers::merged_into(connection, &subject.to_string()).await?);
    for known in owners.clone() {
        for earlier in corrections::earlier_of(connection, &known).await? {
            if !owners.contains(&earlier) {
                owners.push(earlier);
            }
        }
    }
    Ok(owners)
}

/// The visits that are theirs by the last version.
async fn visits_of(
    connection: &mut SqliteConnection,
    owners: &[String],
) -> Result<BTreeSet<i64>, StoreError> {
    let rows: Vec<i64> = sqlx::query_scalar(
        "SELECT visits.rowid FROM current_subjects JOIN visits ON visits.id = current_subjects.visit
         WHERE current_subjects.subject IN (SELECT value FROM json_each(?))",
    )
    .bind(json(owners)?)
    .fetch_all(connection)
    .await?;
    Ok(rows.into_iter().collect())
}

/// Which rows that name a visit are this person's: it may have been another's before, or be another's now.
async fn whose(connection: &mut SqliteConnection, table: &str) -> Result<&'static str, StoreError> {
    let with_subject: bool =
        sqlx::query_scalar("SELECT count(*) > 0 FROM pragma_table_info(?) WHERE name = 'subject'")
            .bind(table)
            .fetch_one(connection)
            .await?;
    Ok(match table {
        // What was said in a conversation is of who was there, whosever the visit is now.
        "sessions" => {
            "AND visit IN (SELECT id FROM visits WHERE subject IN (SELECT value FROM json_each(?3)))"
        }
        "outbox_receipts" => {
            "AND message IN (SELECT id FROM outbox WHERE subject IN (SELECT value FROM json_each(?3)))"
        }
        // An answer is about whose visit it was when it came.
        "card_checks" | "insurance_checks" | "population_checks" => {
            "AND coalesce(
                 (SELECT subject FROM visit_versions AS known WHERE known.visit = named.visit AND known.at <= named.at
                  ORDER BY version DESC LIMIT 1),
                 (SELECT subject FROM visits WHERE id = named.visit)) IN (SELECT value FROM json_each(?3))"
        }
        _ if with_subject => "AND subject IN (SELECT value FROM json_each(?3))",
        _ => {
            "AND visit IN (SELECT current_subjects.visit FROM current_subjects
                 WHERE current_subjects.subject IN (SELECT value FROM json_each(?3)))"
        }
    })
}

fn json<T: serde::Serialize + ?Sized>(value: &T) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|_| StoreError::Malformed { what: "a list of rows" })
}

/// The rows that name one of `parents`, as far as they are about one of `owners`.
async fn naming(
    connection: &mut SqliteConnection,
    reference: &Reference,
    (parents, owners): (&BTreeSet<i64>, &[String]),
) -> Result<Vec<i64>, StoreError> {
    let Reference { table, column, parent, parent_column } = reference;
    // Tables without row numbers hold counters and nonces.
    let numbered: bool = sqlx::query_scalar("SELECT wr = 0 FROM pragma_table_list(?) WHERE schema = 'main'")
        .bind(table)
        .fetch_one(&mut *connection)
        .await?;
    if !numbered || parents.is_empty() {
        return Ok(Vec::new());
    }
    let theirs = if parent == "visits" { whose(&mut *connection, table).await? } else { "" };
    let sql = format!(
        "SELECT rowid FROM \"{table}\" AS named WHERE \"{column}\" IN (SELECT \"{parent_column}\" FROM \"{parent}\"
             WHERE rowid IN (SELECT value FROM json_each(?1))) {theirs} LIMIT ?2"
    );
    let rows = sqlx::query_scalar(sqlx::AssertSqlSafe(sql))
        .bind(json(parents)?)
        .bind(MOST_ROWS)
        .bind(json(owners)?)
        .fetch_all(connection)
        .await?;
    Ok(rows)
}

/// A row as JSON: what is sealed under a key of the person's, of the row's own or of its conversation's is opened.
async fn open(
    connection: &mut SqliteConnection,
    keys: &Keys,
    subjects: &[String],
    table: &str,
    row: &SqliteRow,
) -> Result<Map<String, Value>, StoreError> {
    let mut names = subjects.to_vec();
    for column in ["id", "session", "visit", "request", "call", "message", "task"] {
        if let Ok(Some(owner)) = row.try_get::<Option<String>, _>(column) {
            names.push(owner);
        }
    }
    let mut owners = Vec::with_capacity(names.len());
    for name in &names {
        owners.extend(keys.fetch(connection, name).await?);
    }
    let mut opened = Map::new();
    // Whoever came first is somebody else: their chip's proof is in no other person's records.
    let foreign = table == "visits" && {
        let first: String = row.try_get("subject")?;
        !subjects.contains(&first)
    };
    for column in row.columns() {
        let name = column.name();
        if LEFT_OUT.contains(&(table, name)) || (foreign && OF_WHO_CAME_FIRST.contains(&name)) {
            continue;
        }
        let value = row.try_get_raw(column.ordinal())?;
        let value = match value.type_info().name() {
            "INTEGER" => Value::from(row.try_get::<i64, _>(column.ordinal())?),
            "TEXT" => Value::from(row.try_get::<String, _>(column.ordinal())?),
            "BLOB" => unsealed(&owners, table, name, &names, row.try_get(column.ordinal())?),
            _ => Value::Null,
        };
        opened.insert(name.to_owned(), value);
    }
    Ok(opened)
}

/// What a column of bytes holds: opened where it is sealed under one of these keys, else in hexadecimal; null where it
/// was emptied, or sealed under a key that is gone.
fn unsealed(owners: &[DataKey], table: &str, column: &str, rows: &[String], stored: Vec<u8>) -> Value {
    if stored.is_empty() {
        return Value::Null;
    }
    let hex = (stored.len() <= 32).then(|| Value::from(hex::encode(&stored)));
    let sealed = Sealed::<Value>::from_stored(stored);
    for key in owners {
        for row in rows {
            if let Ok(value) = sealed.open(key, Place { table, column, row }) {
                return value;
            }
        }
    }
    hex.unwrap_or(Value::Null)
}
