//! What operations have in hand: the connection inside the transaction, and the keys.

use jiff::Timestamp;
use serde::{Serialize, de::DeserializeOwned};
use sha2::{Digest as _, Sha256};
use sqlx::{Column as _, Row as _, SqliteConnection, TypeInfo as _, ValueRef as _, sqlite::SqliteRow};
use uuid::Uuid;

use super::{Keys, audit::Logged, desk, word};
use crate::{
    audit::{GENESIS, Leaf},
    sealed::{DataKey, Place, Sealed},
    store::{CallStanding, StoreError},
};

/// The audit log's last leaf (its place and hash) as this process wrote it. None where it has to be read.
pub(super) type Head = Option<(i64, [u8; 32])>;

/// The inside of one operation.
pub(super) struct Transaction<'a> {
    connection: &'a mut SqliteConnection,
    keys: &'a Keys,
    head: &'a mut Head,
    erased: &'a mut bool,
}

impl<'a> Transaction<'a> {
    pub(super) fn new(
        connection: &'a mut SqliteConnection,
        keys: &'a Keys,
        head: &'a mut Head,
        erased: &'a mut bool,
    ) -> Self {
        Self { connection, keys, head, erased }
    }

    /// For a query.
    pub(super) fn on(&mut self) -> &mut SqliteConnection {
        self.connection
    }

    /// The keys, for what is looked up by its hash.
    pub(super) fn keys(&self) -> &'a Keys {
        self.keys
    }

    /// Both, for what reads outside a transaction too.
    pub(super) fn keys_and_connection(&mut self) -> (&'a Keys, &mut SqliteConnection) {
        (self.keys, self.connection)
    }

    /// A new id.
    pub(super) fn new_id(&self) -> Result<String, StoreError> {
        Ok(self.keys.random.uuid()?.to_string())
    }

    /// The keyed hash of a personal number.
    pub(super) fn look_up(&self, number: &identity::number::PersonalNumber) -> [u8; 32] {
        self.keys.look_up(number)
    }

    /// 128 random bits for a ticket.
    pub(super) fn new_ticket_code(&self) -> Result<flows::TicketCode, StoreError> {
        Ok(flows::TicketCode::new(self.keys.random.bytes()?))
    }

    /// The keyed hash of a ticket's code.
    pub(super) fn ticket_look_up(&self, code: &flows::TicketCode) -> [u8; 32] {
        self.keys.ticket_look_up(code)
    }

    /// The keyed hash of `text` for this `purpose`.
    pub(super) fn keyed(&self, purpose: &str, text: &str) -> [u8; 32] {
        self.keys.master.look_up(purpose, text.as_bytes())
    }

    /// The keyed hash of what a request asks: a plain one would let its content be guessed from the database.
    pub(super) fn fingerprint(&self, fingerprint: &[u8; 32]) -> [u8; 32] {
        self.keys.master.look_up("requests.fingerprint", fingerprint)
    }

    /// Draws a key for `owner` and writes it down.
    pub(super) async fn new_key(&mut self, owner: &str) -> Result<DataKey, StoreError> {
        let (key, wrapped) = self.keys.master.new_data_key(owner, &self.keys.random)?;
        sqlx::query("INSERT INTO keys (owner, wrapped) VALUES (?, ?)")
            .bind(owner)
            .bind(wrapped)
            .execute(self.on())
            .await?;
        Ok(key)
    }

    /// The key of `owner`. None where it was destroyed.
    pub(super) async fn key(&mut self, owner: &str) -> Result<Option<DataKey>, StoreError> {
        self.keys.fetch(self.connection, owner).await
    }

    /// How the call of this row stands.
    pub(super) async fn standing(&mut self, call: &SqliteRow) -> Result<CallStanding, StoreError> {
        desk::standing(self.connection, self.keys, call).await
    }

    /// The key of `owner` out of its stored form.
    pub(super) fn unwrap(&self, owner: &str, wrapped: &[u8]) -> Result<DataKey, StoreError> {
        Ok(self.keys.master.unwrap_data_key(owner, wrapped)?)
    }

    /// Destroys the key of `owner`. Says whether there was one.
    pub(super) async fn destroy_key(&mut self, owner: &str) -> Result<bool, StoreError> {
        let gone = sqlx::query("DELETE FROM keys WHERE owner = ?").bind(owner).execute(self.on()).await?;
        *self.erased = true;
        Ok(gone.rows_affected() > 0)
    }

    /// Seals `value` for a column.
    pub(super) fn seal<T: Serialize + DeserializeOwned>(
        &self,
        value: &T,
        key: &DataKey,
        place: Place<'_>,
    ) -> Result<Vec<u8>, StoreError> {
        Ok(Sealed::seal(value, key, place, &self.keys.random)?.as_stored().to_vec())
    }

    /// Appends a leaf about `row`, the record as it now stands: what `RETURNING *` or `SELECT *` gave.
    pub(super) async fn log(
        &mut self,
        what: Logged,
        record: &str,
        row: &SqliteRow,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        self.append(what, record, row_digest(row)?, at).await
    }

    /// Appends a leaf about `record` whose content is not a row.
    pub(super) async fn log_content(
        &mut self,
        what: Logged,
        record: &str,
        content: &[&[u8]],
        at: Timestamp,
    ) -> Result<(), StoreError> {
        self.append(what, record, digest_of(content.iter().copied()), at).await
    }

    async fn append(
        &mut self,
        what: Logged,
        record: &str,
        digest: [u8; 32],
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let (last, previous) = match *self.head {
            Some(head) => head,
            None => head(self.connection).await?,
        };
        let seq = last + 1;
        let operation = word(&what)?;
        let leaf = Leaf {
            seq: u64::try_from(seq).map_err(|_| StoreError::Malformed { what: "audit.seq" })?,
            at: at.as_millisecond(),
            operation: &operation,
            record,
            digest,
        };
        let hash = leaf.hash(&previous);
        sqlx::query(
            "INSERT INTO audit (seq, at, operation, record, digest, previous, hash) VALUES (?, ?, ?, ?, ?, ?, ?)",
        )
        .bind(seq)
        .bind(leaf.at)
        .bind(&operation)
        .bind(record)
        .bind(digest.as_slice())
        .bind(previous.as_slice())
        .bind(hash.as_slice())
        .execute(self.on())
        .await?;
        *self.head = Some((seq, hash));
        Ok(())
    }
}

/// The last leaf's place and hash.
async fn head(connection: &mut SqliteConnection) -> Result<(i64, [u8; 32]), StoreError> {
    let last = sqlx::query("SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1")
        .fetch_optional(connection)
        .await?;
    match last {
        Some(row) => Ok((row.try_get("seq")?, bytes("audit.hash", row.try_get("hash")?)?)),
        None => Ok((0, GENESIS)),
    }
}

/// SHA-256 over a row's columns by name, type and content, as stored.
pub(super) fn row_digest(row: &SqliteRow) -> Result<[u8; 32], StoreError> {
    let mut parts = Vec::with_capacity(3 * row.len());
    for column in row.columns() {
        let index = column.ordinal();
        let value = row.try_get_raw(index)?;
        let kind = value.type_info().name().to_owned();
        let content = match kind.as_str() {
            "NULL" => Vec::new(),
            "INTEGER" => row.try_get::<i64, _>(index)?.to_be_bytes().to_vec(),
            "TEXT" => row.try_get::<String, _>(index)?.into_bytes(),
            "BLOB" => row.try_get::<Vec<u8>, _>(index)?,
            _ => return Err(StoreError::Malformed { what: "a column's type" }),
        };
        parts.extend([column.name().as_bytes().to_vec(), kind.into_bytes(), content]);
    }
    Ok(digest_of(parts.iter().map(Vec::as_slice)))
}

/// SHA-256 over parts, each with its length before it.
fn digest_of<'a>(parts: impl Iterator<Item = &'a [u8]>) -> [u8; 32] {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    hash.finalize().into()
}

/// A column of `N` bytes.
pub(super) fn bytes<const N: usize>(what: &'static str, stored: Vec<u8>) -> Result<[u8; N], StoreError> {
    stored.try_into().map_err(|_| StoreError::Malformed { what })
}

/// A column that holds an id.
pub(super) fn id(what: &'static str, stored: &str) -> Result<Uuid, StoreError> {
    Uuid::parse_str(stored).map_err(|_| StoreError::Malformed { what })
}

/// A column that holds a time.
pub(super) fn time(what: &'static str, stored: i64) -> Result<Timestamp, StoreError> {
    Timestamp::from_millisecond(stored).map_err(|_| StoreError::Malformed { what })
}
