//! Opening: lock, migrations, mode and master key.

use std::{
    fs::{File, TryLockError},
    sync::Arc,
    time::Duration,
};

use jiff::Timestamp;
use sqlx::{
    ConnectOptions as _, Row as _, SqliteConnection,
    migrate::{Migration, MigrationType, Migrator},
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};

use super::{
    Keys, SqliteOptions, SqliteStore,
    audit::Logged,
    transaction::{Transaction, id},
    writer::Writer,
};
use crate::{config::Mode, store::StoreError};

/// The database in its folder.
pub(crate) const DATABASE: &str = "records.db";
const LOCK: &str = "records.lock";
const READERS: u32 = 4;

/// The schema's steps, in order. One that was released is never changed.
const MIGRATIONS: &[(i64, &str, &str)] = &[
    (1, "initial", include_str!("migrations/0001_initial.sql")),
    (2, "outbox", include_str!("migrations/0002_outbox.sql")),
    (3, "staff", include_str!("migrations/0003_staff.sql")),
    (4, "queue", include_str!("migrations/0004_queue.sql")),
    (5, "desk", include_str!("migrations/0005_desk.sql")),
    (6, "law", include_str!("migrations/0006_law.sql")),
    (7, "look_ups", include_str!("migrations/0007_look_ups.sql")),
    (8, "card_checks", include_str!("migrations/0008_card_checks.sql")),
    (9, "file_accesses", include_str!("migrations/0009_file_accesses.sql")),
    (10, "patient", include_str!("migrations/0010_patient.sql")),
    (11, "law_at_the_desk", include_str!("migrations/0011_law_at_the_desk.sql")),
    (12, "corrections", include_str!("migrations/0012_corrections.sql")),
    (13, "doors", include_str!("migrations/0013_doors.sql")),
    (14, "console", include_str!("migrations/0014_console.sql")),
    (15, "same_person", include_str!("migrations/0015_same_person.sql")),
    (16, "reception_forms", include_str!("migrations/0016_reception_forms.sql")),
    (17, "stays", include_str!("migrations/0017_stays.sql")),
    (18, "stay_looks", include_str!("migrations/0018_stay_looks.sql")),
];

/// The owner of the key for responses that belong to no conversation.
pub(super) const SERVER: &str = "server";

impl SqliteStore {
    /// Opens the database in the folder, or makes one.
    ///
    /// # Errors
    /// [`StoreError::InUse`], [`StoreError::ModeMismatch`], [`StoreError::WrongMasterKey`], or where the files
    /// cannot be used.
    pub async fn open(options: SqliteOptions) -> Result<Self, StoreError> {
        let lock = lock(&options)?;
        let file = SqliteConnectOptions::new()
            .filename(options.folder.join(DATABASE))
            // A migration may make a table anew that others name; it is on for everything after that.
            .foreign_keys(false)
            .busy_timeout(Duration::from_secs(5));
        let mut connection = file
            .clone()
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            // A power cut loses nothing that was acknowledged; NORMAL would.
            .synchronous(SqliteSynchronous::Full)
            // A destroyed key is overwritten, not only unlinked.
            .pragma("secure_delete", "ON")
            .connect()
            .await?;
        migrate(&mut connection).await?;
        if sqlx::query("PRAGMA foreign_key_check").fetch_optional(&mut connection).await?.is_some() {
            return Err(StoreError::Malformed { what: "a row that names another which is not there" });
        }
        super::writer::execute(&mut connection, "PRAGMA foreign_keys = ON").await?;
        let keys = Arc::new(Keys { master: options.master, random: options.random });
        super::writer::execute(&mut connection, "BEGIN IMMEDIATE").await?;
        settle(&mut connection, &keys, options.mode, options.at).await?;
        super::writer::execute(&mut connection, "COMMIT").await?;
        let readers = SqlitePoolOptions::new()
            .max_connections(READERS)
            .connect_with(file.foreign_keys(true).read_only(true))
            .await?;
        let writer = Writer::start(connection, Arc::clone(&keys), lock);
        Ok(Self { writer, readers, queued: tokio::sync::Notify::new(), keys })
    }
}

fn lock(options: &SqliteOptions) -> Result<File, StoreError> {
    let folder = |error| StoreError::Folder(Arc::new(error));
    let file = File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .open(options.folder.join(LOCK))
        .map_err(folder)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(StoreError::InUse),
        Err(TryLockError::Error(error)) => Err(folder(error)),
    }
}

async fn migrate(connection: &mut SqliteConnection) -> Result<(), StoreError> {
    let steps = MIGRATIONS
        .iter()
        .map(|(version, name, sql)| {
            Migration::new(
                *version,
                (*name).into(),
                MigrationType::Simple,
                sqlx::SqlSafeStr::into_sql_str(*sql),
                false,
            )
        })
        .collect();
    Migrator::with_migrations(steps).run(connection).await.map_err(|error| sqlx::Error::from(error).into())
}

/// Writes mode and master key's fingerprint into a new database, or compares.
async fn settle(
    connection: &mut SqliteConnection,
    keys: &Keys,
    mode: Mode,
    at: Timestamp,
) -> Result<(), StoreError> {
    let wanted = match mode {
        Mode::Demonstration => "demonstration",
        Mode::Production => "production",
    };
    let found = |name| sqlx::query_scalar::<_, Vec<u8>>("SELECT value FROM meta WHERE name = ?").bind(name);
    let Some(mode) = found("mode").fetch_optional(&mut *connection).await? else {
        let (mut head, mut erased) = (None, false);
        let mut tx = Transaction::new(connection, keys, &mut head, &mut erased);
        tx.new_key(SERVER).await?;
        for (name, value) in
            [("mode", wanted.as_bytes()), ("master_key", keys.master.fingerprint().as_slice())]
        {
            let row = sqlx::query("INSERT INTO meta (name, value) VALUES (?, ?) RETURNING *")
                .bind(name)
                .bind(value)
                .fetch_one(tx.on())
                .await?;
            tx.log(Logged::DatabaseMade, name, &row, at).await?;
        }
        return Ok(());
    };
    if mode != wanted.as_bytes() {
        return Err(StoreError::ModeMismatch { found: String::from_utf8_lossy(&mode).into_owned(), wanted });
    }
    let master = found("master_key").fetch_optional(&mut *connection).await?;
    if master.as_deref() != Some(keys.master.fingerprint().as_slice()) {
        return Err(StoreError::WrongMasterKey);
    }
    // Whoever made these claims is gone: the lock says so.
    let claims = sqlx::query("DELETE FROM requests WHERE response IS NULL RETURNING kiosk, key")
        .fetch_all(&mut *connection)
        .await?;
    let (mut head, mut erased) = (None, false);
    let mut tx = Transaction::new(connection, keys, &mut head, &mut erased);
    for claim in claims {
        let key = id("requests.key", claim.try_get("key")?)?;
        tx.log_content(Logged::RequestAbandoned, claim.try_get("kiosk")?, &[key.as_bytes()], at).await?;
    }
    Ok(())
}
