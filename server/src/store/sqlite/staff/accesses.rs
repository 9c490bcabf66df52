//! Who saw which record.

use async_trait::async_trait;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sqlx::{Row as _, SqliteConnection, sqlite::SqliteRow};
use uuid::Uuid;

use super::{
    DataKey, Keys, Logged, Operation, Place, Profile, Sealed, SqliteStore, StoreError, Transaction, key_of,
    open,
};
use crate::store::{
    Queue,
    accesses::{
        Access, AccessLog, Accesses, File, MOST_ACCESSES, NewAccess, NewFileAccess, Opens, Seen, Shown,
    },
    sqlite::{
        audit::FILE_ACCESS,
        parse_word,
        transaction::{id, time},
        word,
    },
    visits::ticket_number,
};

/// What was given for an access, as it is sealed.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Given {
    Reason(String),
    Export { reason: String, recipient: String },
}

impl Given {
    fn new(reason: Option<&String>, recipient: Option<&String>) -> Option<Self> {
        let reason = reason?.clone();
        Some(match recipient {
            Some(recipient) => Self::Export { reason, recipient: recipient.clone() },
            None => Self::Reason(reason),
        })
    }

    /// The reason, and the recipient.
    fn parts(self) -> (String, Option<String>) {
        match self {
            Self::Reason(reason) => (reason, None),
            Self::Export { reason, recipient } => (reason, Some(recipient)),
        }
    }
}

fn place<'a>(table: &'static str, access: &'a str) -> Place<'a> {
    Place { table, column: "reason", row: access }
}

#[async_trait]
impl Operation for NewAccess {
    type Output = ();

    async fn run(&self, tx: &mut Transaction<'_>) -> Result<(), StoreError> {
        let (staff, session) = (self.staff.to_string(), self.session.to_string());
        let key = key_of(tx, &staff).await?;
        for visit in &self.visits {
            write(tx, self, (&staff, &session, &visit.to_string()), &key).await?;
        }
        Ok(())
    }
}

async fn write(
    tx: &mut Transaction<'_>,
    access: &NewAccess,
    (staff, session, visit): (&str, &str, &str),
    key: &DataKey,
) -> Result<(), StoreError> {
    let new = tx.new_id()?;
    let given = Given::new(access.reason.as_ref(), access.recipient.as_ref());
    let reason = given.map(|given| tx.seal(&given, key, place("accesses", &new))).transpose()?;
    let row = sqlx::query(
        "INSERT INTO accesses (id, staff, session, visit, subject, shown, purpose, reason, at)
         SELECT ?1, ?2, ?3, visit, subject, ?5, ?6, ?7, ?8 FROM current_subjects WHERE visit = ?4
             AND (?9 OR NOT EXISTS (SELECT 1 FROM accesses AS before
                 WHERE before.session = ?3 AND before.visit = ?4 AND before.shown = ?5 AND before.purpose = ?6
                     AND before.subject = current_subjects.subject))
         RETURNING *",
    )
    .bind(&new)
    .bind(staff)
    .bind(session)
    .bind(visit)
    .bind(word(&access.shown)?)
    .bind(word(&access.purpose)?)
    .bind(reason)
    .bind(access.at.as_millisecond())
    .bind(access.shown != Shown::List)
    .fetch_optional(tx.on())
    .await?;
    match row {
        Some(row) => tx.log(Logged::RecordShown, &new, &row, access.at).await,
        None if access.shown == Shown::List => Ok(()),
        None => Err(StoreError::Malformed { what: "a visit that is shown" }),
    }
}

#[async_trait]
impl Operation for NewFileAccess {
    type Output = ();

    async fn run(&self, tx: &mut Transaction<'_>) -> Result<(), StoreError> {
        let new = tx.new_id()?;
        let (kind, file) = match self.file {
            File::Call(call) => ("call", call),
            File::Request(request) => ("request", request),
        };
        let staff = self.staff.to_string();
        let reason = match &self.reason {
            Some(reason) => {
                let key = key_of(tx, &staff).await?;
                Some(tx.seal(&Given::Reason(reason.clone()), &key, place("file_accesses", &new))?)
            }
            None => None,
        };
        sqlx::query(
            "INSERT INTO file_accesses (id, staff, session, kind, file, subject, shown, at, reason)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        )
        .bind(&new)
        .bind(&staff)
        .bind(self.session.to_string())
        .bind(kind)
        .bind(file.to_string())
        .bind(self.subject.map(|subject| subject.to_string()))
        .bind(word(&self.shown)?)
        .bind(self.at.as_millisecond())
        .bind(reason)
        .execute(tx.on())
        .await?;
        let (what, kept) = match self.shown {
            Shown::Everything => (Logged::EverythingShown, "SELECT * FROM file_accesses WHERE id = ?"),
            _ => (Logged::FileShown, FILE_ACCESS),
        };
        let row = sqlx::query(kept).bind(&new).fetch_one(tx.on()).await?;
        tx.log(what, &new, &row, self.at).await
    }
}

/// Rows of both tables, the latest first, as one.
const ROWS: &str = "
    SELECT accesses.id, accesses.staff, accesses.subject, accesses.shown, accesses.purpose, accesses.reason,
           accesses.at, 'visit' AS kind, accesses.visit AS file, visits.day, visits.queue, visits.number,
           accesses.rowid AS place
    FROM accesses JOIN visits ON visits.id = accesses.visit
    UNION ALL
    SELECT id, staff, subject, shown, NULL, reason, at, kind, file, NULL, NULL, NULL, rowid FROM file_accesses";

fn seen(row: &SqliteRow) -> Result<Seen, StoreError> {
    let file = id("accesses.file", row.try_get("file")?)?;
    Ok(match row.try_get("kind")? {
        "visit" => {
            let queue: Queue = parse_word("visits.queue", row.try_get("queue")?)?;
            let day = row.try_get::<&str, _>("day")?.parse();
            Seen::Visit {
                visit: file,
                day: day.map_err(|_| StoreError::Malformed { what: "visits.day" })?,
                number: ticket_number(queue, row.try_get("number")?),
            }
        }
        "call" => Seen::File(File::Call(file)),
        "request" => Seen::File(File::Request(file)),
        _ => return Err(StoreError::Malformed { what: "file_accesses.kind" }),
    })
}

/// The member of staff's name, and what they gave as reason and recipient.
async fn named(
    connection: &mut SqliteConnection,
    keys: &Keys,
    row: &SqliteRow,
) -> Result<(String, Option<Given>), StoreError> {
    let staff: String = row.try_get("staff")?;
    let Some(key) = keys.fetch(connection, &staff).await? else { return Ok((String::new(), None)) };
    let profile = open::<Profile>(row, "profile", &staff, &key)?;
    let sealed: Option<Vec<u8>> = row.try_get("reason")?;
    let table = if row.try_get::<&str, _>("kind")? == "visit" { "accesses" } else { "file_accesses" };
    let here = place(table, row.try_get("id")?);
    let given = sealed.map(|sealed| Sealed::from_stored(sealed).open(&key, here)).transpose()?;
    Ok((profile.map(|profile| profile.name).unwrap_or_default(), given))
}

async fn rows(
    connection: &mut SqliteConnection,
    keys: &Keys,
    which: Accesses,
) -> Result<Vec<Access>, StoreError> {
    let (chosen, value) = match which {
        Accesses::Latest => ("?1 = ''", String::new()),
        Accesses::By(staff) => ("seen.staff = ?1", staff.to_string()),
        Accesses::To(subject) => (
            "seen.subject IN (SELECT same FROM same_person WHERE same_person.subject = ?1)",
            subject.to_string(),
        ),
    };
    let rows = sqlx::query(sqlx::AssertSqlSafe(format!(
        "SELECT seen.*, staff.profile FROM ({ROWS}) AS seen JOIN staff ON staff.id = seen.staff
         WHERE {chosen} ORDER BY seen.at DESC, seen.place DESC LIMIT ?2"
    )))
    .bind(value)
    .bind(MOST_ACCESSES)
    .fetch_all(&mut *connection)
    .await?;
    let mut found = Vec::with_capacity(rows.len());
    for row in &rows {
        let (name, given) = named(connection, keys, row).await?;
        let (reason, recipient) = given.map(Given::parts).unzip();
        let subject: Option<&str> = row.try_get("subject")?;
        let seen = seen(row)?;
        found.push(Access {
            at: time("accesses.at", row.try_get("at")?)?,
            staff: id("accesses.staff", row.try_get("staff")?)?,
            name,
            subject: subject.map(|subject| id("accesses.subject", subject)).transpose()?,
            shown: parse_word("accesses.shown", row.try_get("shown")?)?,
            purpose: match &seen {
                Seen::Visit { .. } => parse_word("accesses.purpose", row.try_get("purpose")?)?,
                Seen::File(file) => file.purpose(),
            },
            seen,
            reason,
            recipient: recipient.flatten(),
        });
    }
    Ok(found)
}

#[async_trait]
impl AccessLog for SqliteStore {
    async fn record_access(&self, access: NewAccess) -> Result<(), StoreError> {
        self.writer.submit(access).await
    }

    async fn record_file_access(&self, access: NewFileAccess) -> Result<(), StoreError> {
        self.writer.submit(access).await
    }

    async fn reason_given(
        &self,
        session: Uuid,
        visit: Uuid,
        opens: Opens,
        since: Timestamp,
    ) -> Result<bool, StoreError> {
        let found: Option<i64> = sqlx::query_scalar(
            "SELECT 1 FROM accesses WHERE session = ? AND visit = ? AND shown = ? AND at > ? LIMIT 1",
        )
        .bind(session.to_string())
        .bind(visit.to_string())
        .bind(word(&opens.asked())?)
        .bind(since.as_millisecond())
        .fetch_optional(&mut *self.readers.acquire().await?)
        .await?;
        Ok(found.is_some())
    }

    async fn accesses(&self, which: Accesses) -> Result<Vec<Access>, StoreError> {
        rows(&mut *self.readers.begin().await?, &self.keys, which).await
    }
}
