//! What staff did about calls.

use async_trait::async_trait;
use jiff::Timestamp;
use sqlx::{Row as _, SqliteConnection, sqlite::SqliteRow};
use uuid::Uuid;

use super::{
    Keys, SqliteStore,
    audit::Logged,
    calls,
    requests::before,
    transaction::{Transaction, time},
    writer::Operation,
};
use crate::{
    sealed::{DataKey, Place, Sealed},
    store::{
        AcknowledgeCall, CallStanding, CallState, Decision, Desk, HandBack, Member, StoreError, TakeOver,
        desk::{COMING_SECONDS, REPEAT_SECONDS},
    },
};

/// What happened to an open call.
#[derive(Clone, Copy)]
enum What {
    Repeated,
    Acknowledged,
    TakenOver,
    HandedBack,
}

impl What {
    const fn word(self) -> &'static str {
        match self {
            Self::Repeated => "repeated",
            Self::Acknowledged => "acknowledged",
            Self::TakenOver => "taken_over",
            Self::HandedBack => "handed_back",
        }
    }

    const fn logged(self) -> Logged {
        match self {
            Self::Repeated => Logged::CallMadeAgain,
            Self::Acknowledged => Logged::CallAcknowledged,
            Self::TakenOver => Logged::CallTakenOver,
            Self::HandedBack => Logged::CallHandedBack,
        }
    }
}

fn member_place(event: &str) -> Place<'_> {
    Place { table: "call_events", column: "member", row: event }
}

/// The key under which what staff did about a call is sealed.
pub(super) async fn key_of(tx: &mut Transaction<'_>, call: &str) -> Result<DataKey, StoreError> {
    match tx.key(call).await? {
        Some(key) => Ok(key),
        None => tx.new_key(call).await,
    }
}

async fn note(
    tx: &mut Transaction<'_>,
    call: &str,
    what: What,
    by: Option<&Member>,
    at: Timestamp,
) -> Result<(), StoreError> {
    let event = tx.new_id()?;
    let member = match by {
        Some(member) => {
            let key = key_of(tx, call).await?;
            Some(tx.seal(member, &key, member_place(&event))?)
        }
        None => None,
    };
    let row = sqlx::query(
        "INSERT INTO call_events (id, call, seq, what, member, at)
         VALUES (?1, ?2, (SELECT coalesce(max(seq), 0) + 1 FROM call_events WHERE call = ?2), ?3, ?4, ?5)
         RETURNING *",
    )
    .bind(&event)
    .bind(call)
    .bind(what.word())
    .bind(member)
    .bind(at.as_millisecond())
    .fetch_one(tx.on())
    .await?;
    tx.log(what.logged(), &event, &row, at).await
}

/// How the call of this row of `calls` stands.
pub(super) async fn standing(
    connection: &mut SqliteConnection,
    keys: &Keys,
    row: &SqliteRow,
) -> Result<CallStanding, StoreError> {
    let call: String = row.try_get("id")?;
    let repeated: u32 =
        sqlx::query_scalar("SELECT count(*) FROM call_events WHERE call = ? AND what = 'repeated'")
            .bind(&call)
            .fetch_one(&mut *connection)
            .await?;
    let ended: Option<i64> = sqlx::query_scalar("SELECT at FROM call_endings WHERE call = ?")
        .bind(&call)
        .fetch_optional(&mut *connection)
        .await?;
    if let Some(ended) = ended {
        let since = time("call_endings.at", ended)?;
        return Ok(CallStanding { state: CallState::Answered, since, by: None, repeated });
    }
    let last = sqlx::query("SELECT * FROM call_events WHERE call = ? ORDER BY seq DESC LIMIT 1")
        .bind(&call)
        .fetch_optional(&mut *connection)
        .await?;
    // Made again after somebody had acknowledged it: they did not come.
    let somebody = last.filter(|last| last.try_get::<&str, _>("what").is_ok_and(|what| what != "repeated"));
    let Some(last) = somebody else {
        let since = time("calls.at", row.try_get("at")?)?;
        return Ok(CallStanding { state: CallState::Waiting, since, by: None, repeated });
    };
    let event: String = last.try_get("id")?;
    let by = match keys.fetch(connection, &call).await? {
        Some(key) => {
            Some(Sealed::<Member>::from_stored(last.try_get("member")?).open(&key, member_place(&event))?)
        }
        None => None,
    };
    let state = match last.try_get("what")? {
        "acknowledged" => CallState::Acknowledged,
        "taken_over" => CallState::TakenOver,
        _ => return Err(StoreError::Malformed { what: "call_events.what" }),
    };
    Ok(CallStanding { state, since: time("call_events.at", last.try_get("at")?)?, by, repeated })
}

/// How an open call stands.
async fn open(tx: &mut Transaction<'_>, call: Uuid) -> Result<(SqliteRow, CallStanding), StoreError> {
    let row = sqlx::query("SELECT * FROM calls WHERE id = ?")
        .bind(call.to_string())
        .fetch_optional(tx.on())
        .await?
        .ok_or(StoreError::UnknownCall)?;
    let standing = tx.standing(&row).await?;
    if standing.state == CallState::Answered {
        return Err(StoreError::UnknownCall);
    }
    Ok((row, standing))
}

/// Refuses to end a call that somebody else has taken over.
pub(super) async fn free_for(
    tx: &mut Transaction<'_>,
    call: Uuid,
    decision: &Decision,
) -> Result<(), StoreError> {
    let (_, standing) = open(tx, call).await?;
    match (standing.state, standing.by) {
        (CallState::TakenOver, Some(holder)) if holder != Member::of(decision) => Err(StoreError::CallTaken),
        _ => Ok(()),
    }
}

#[async_trait]
impl Operation for AcknowledgeCall {
    type Output = ();

    async fn run(&self, tx: &mut Transaction<'_>) -> Result<(), StoreError> {
        let (_, standing) = open(tx, self.call).await?;
        match (standing.state, standing.by) {
            (CallState::Waiting, _) => {
                note(tx, &self.call.to_string(), What::Acknowledged, Some(&self.by), self.at).await
            }
            (_, Some(by)) if by == self.by => Ok(()),
            _ => Err(StoreError::CallTaken),
        }
    }
}

#[async_trait]
impl Operation for TakeOver {
    type Output = ();

    async fn run(&self, tx: &mut Transaction<'_>) -> Result<(), StoreError> {
        let (_, standing) = open(tx, self.call).await?;
        match (standing.state, standing.by) {
            (CallState::TakenOver, Some(by)) if by == self.by => Ok(()),
            (CallState::TakenOver, _) if !self.instead => Err(StoreError::CallTaken),
            _ => note(tx, &self.call.to_string(), What::TakenOver, Some(&self.by), self.at).await,
        }
    }
}

#[async_trait]
impl Operation for HandBack {
    type Output = ();

    async fn run(&self, tx: &mut Transaction<'_>) -> Result<(), StoreError> {
        free_for(tx, self.call, &self.decision).await?;
        let (row, _) = open(tx, self.call).await?;
        let session: String = row.try_get::<Option<String>, _>("session")?.ok_or(StoreError::UnknownCall)?;
        let by = Member::of(&self.decision);
        for call in calls::open_of(tx, &session).await? {
            note(tx, &call, What::HandedBack, Some(&by), self.at).await?;
            calls::end_without_visit(tx, &call, &self.decision, self.at).await?;
        }
        Ok(())
    }
}

/// The open calls that nobody has answered since they were last made, and those where whoever wanted to come has not.
async fn due(connection: &mut SqliteConnection, at: Timestamp) -> Result<Vec<String>, StoreError> {
    let due = sqlx::query_scalar(
        "SELECT calls.id FROM calls
         LEFT JOIN call_endings ON call_endings.call = calls.id
         LEFT JOIN call_events AS last ON last.call = calls.id
             AND last.seq = (SELECT max(seq) FROM call_events WHERE call = calls.id)
         WHERE call_endings.call IS NULL
             AND (coalesce(what, 'repeated') = 'repeated' AND coalesce(last.at, calls.at) <= ?1
                 OR what = 'acknowledged' AND last.at <= ?2)
         ORDER BY calls.at, calls.id",
    )
    .bind(before(at, REPEAT_SECONDS))
    .bind(before(at, COMING_SECONDS))
    .fetch_all(connection)
    .await?;
    Ok(due)
}

struct RepeatUnanswered {
    at: Timestamp,
}

#[async_trait]
impl Operation for RepeatUnanswered {
    type Output = u32;

    async fn run(&self, tx: &mut Transaction<'_>) -> Result<u32, StoreError> {
        let due = due(tx.on(), self.at).await?;
        for call in &due {
            note(tx, call, What::Repeated, None, self.at).await?;
        }
        Ok(u32::try_from(due.len()).unwrap_or(u32::MAX))
    }
}

async fn standing_where(
    store: &SqliteStore,
    select: &'static str,
    binds: &[&str],
) -> Result<Option<CallStanding>, StoreError> {
    let mut connection = store.readers.begin().await?;
    let query = binds.iter().fold(sqlx::query(select), |query, value| query.bind(*value));
    match query.fetch_optional(&mut *connection).await? {
        Some(row) => standing(&mut connection, &store.keys, &row).await.map(Some),
        None => Ok(None),
    }
}

#[async_trait]
impl Desk for SqliteStore {
    async fn acknowledge_call(&self, acknowledgement: AcknowledgeCall) -> Result<(), StoreError> {
        self.writer.submit(acknowledgement).await
    }

    async fn take_over(&self, taking: TakeOver) -> Result<(), StoreError> {
        self.writer.submit(taking).await
    }

    async fn hand_back(&self, handing: HandBack) -> Result<(), StoreError> {
        self.writer.submit(handing).await
    }

    async fn repeat_unanswered(&self, at: Timestamp) -> Result<u32, StoreError> {
        // At most times there are none: the writer is not troubled for those.
        if due(&mut *self.readers.acquire().await?, at).await?.is_empty() {
            return Ok(0);
        }
        self.writer.submit(RepeatUnanswered { at }).await
    }

    async fn call_standing(&self, call: Uuid, kiosk: &str) -> Result<Option<CallStanding>, StoreError> {
        let select = "SELECT * FROM calls WHERE id = ? AND kiosk = ?";
        standing_where(self, select, &[&call.to_string(), kiosk]).await
    }

    async fn session_call(&self, session: Uuid) -> Result<Option<CallStanding>, StoreError> {
        let select = "SELECT * FROM calls WHERE session = ? ORDER BY at DESC, rowid DESC LIMIT 1";
        standing_where(self, select, &[&session.to_string()]).await
    }
}
