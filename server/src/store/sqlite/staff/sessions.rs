//! Who is signed in, and since when.

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use secrecy::ExposeSecret as _;
use sqlx::{Row as _, SqliteConnection};
use uuid::Uuid;
use zeroize::Zeroizing;

use super::{
    DataKey, Keys, Logged, OneTimeSecret, Operation, Place, Presented, Profile, Sealed, SessionEnd,
    SessionToken, StoreError, Transaction, failures, key_of, open, posts, vneid,
};
use crate::store::{
    sqlite::transaction::{id, time},
    staff::{CODE_MINUTES, IDLE_MINUTES, LONGEST_HOURS, StaffSession, Way},
};

/// How far someone has come.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Stage {
    /// The one-time code is missing.
    Code,
    /// They enrol.
    Enrolment,
    /// Signed in with password and code.
    Local,
    /// Signed in by VNeID.
    VneId,
}

impl Stage {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Code => "code",
            Self::Enrolment => "enrolment",
            Self::Local => "local",
            Self::VneId => "vneid",
        }
    }
}

fn token_hash(keys: &Keys, token: &SessionToken) -> [u8; 32] {
    keys.master.look_up("staff_sessions.token", token.0.expose_secret().as_bytes())
}

fn place(session: &str) -> Place<'_> {
    Place { table: "staff_sessions", column: "one_time", row: session }
}

/// Opens a session under a new token.
pub(super) async fn open_one(
    tx: &mut Transaction<'_>,
    staff: &str,
    stage: Stage,
    at: Timestamp,
) -> Result<SessionToken, StoreError> {
    let session = tx.new_id()?;
    let drawn = Zeroizing::new(tx.keys().random.bytes::<32>()?);
    let token = SessionToken(hex::encode(drawn.as_ref()).into());
    let one_time = match stage {
        Stage::Enrolment => {
            let key = key_of(tx, staff).await?;
            Some(tx.seal(&OneTimeSecret::draw(&tx.keys().random)?, &key, place(&session))?)
        }
        _ => None,
    };
    let hash = token_hash(tx.keys(), &token);
    let row = sqlx::query(
        "INSERT INTO staff_sessions (id, token, staff, stage, one_time, opened_at, seen_at)
         VALUES (?, ?, ?, ?, ?, ?, ?) RETURNING *",
    )
    .bind(&session)
    .bind(hash.as_slice())
    .bind(staff)
    .bind(stage.as_str())
    .bind(one_time)
    .bind(at.as_millisecond())
    .bind(at.as_millisecond())
    .fetch_one(tx.on())
    .await?;
    let what = match stage {
        Stage::Code | Stage::Enrolment => Logged::PasswordPassed,
        Stage::Local | Stage::VneId => Logged::StaffSignedIn,
    };
    tx.log(what, &session, &row, at).await?;
    Ok(token)
}

/// The open session of a token that still lacks something, and whose it is.
pub(super) async fn halfway(
    (keys, connection): (&Keys, &mut SqliteConnection),
    token: &SessionToken,
    stage: Stage,
    at: Timestamp,
) -> Result<Option<(String, String)>, StoreError> {
    let row = sqlx::query("SELECT * FROM staff_sessions WHERE token = ? AND stage = ? AND ended_at IS NULL")
        .bind(token_hash(keys, token).as_slice())
        .bind(stage.as_str())
        .fetch_optional(connection)
        .await?;
    let Some(row) = row else { return Ok(None) };
    let opened_at = time("staff_sessions.opened_at", row.try_get("opened_at")?)?;
    if opened_at.duration_until(at) > SignedDuration::from_mins(CODE_MINUTES) {
        return Ok(None);
    }
    Ok(Some((row.try_get("id")?, row.try_get("staff")?)))
}

/// The secret for the device, of an enrolment.
pub(super) async fn one_time(
    connection: &mut SqliteConnection,
    session: &str,
    key: &DataKey,
) -> Result<Option<OneTimeSecret>, StoreError> {
    let sealed: Option<Vec<u8>> = sqlx::query_scalar("SELECT one_time FROM staff_sessions WHERE id = ?")
        .bind(session)
        .fetch_one(connection)
        .await?;
    Ok(sealed.map(|sealed| Sealed::from_stored(sealed).open(key, place(session))).transpose()?)
}

/// Ends a session, if it has not ended. Whether it had not.
pub(super) async fn end(
    tx: &mut Transaction<'_>,
    session: &str,
    why: SessionEnd,
    at: Timestamp,
) -> Result<bool, StoreError> {
    let ended = sqlx::query(
        "UPDATE staff_sessions SET ended_at = ?, ending = ?, one_time = NULL
         WHERE id = ? AND ended_at IS NULL RETURNING *",
    )
    .bind(at.as_millisecond())
    .bind(why.as_str())
    .bind(session)
    .fetch_optional(tx.on())
    .await?;
    if let Some(row) = &ended {
        tx.log(Logged::StaffSessionEnded, session, row, at).await?;
    }
    Ok(ended.is_some())
}

/// Ends every session of a member of staff but one.
pub(super) async fn end_all(
    tx: &mut Transaction<'_>,
    staff: &str,
    keep: Option<Uuid>,
    why: SessionEnd,
    at: Timestamp,
) -> Result<(), StoreError> {
    let open: Vec<String> =
        sqlx::query_scalar("SELECT id FROM staff_sessions WHERE staff = ? AND ended_at IS NULL")
            .bind(staff)
            .fetch_all(tx.on())
            .await?;
    let keep = keep.map(|keep| keep.to_string());
    for session in open.iter().filter(|session| Some(*session) != keep.as_ref()) {
        end(tx, session, why, at).await?;
    }
    Ok(())
}

fn timed_out(opened_at: Timestamp, seen_at: Timestamp, at: Timestamp) -> bool {
    seen_at.duration_until(at) >= SignedDuration::from_mins(IDLE_MINUTES)
        || opened_at.duration_until(at) >= SignedDuration::from_hours(LONGEST_HOURS)
}

pub(super) async fn presented(
    connection: &mut SqliteConnection,
    keys: &Keys,
    token: &SessionToken,
    at: Timestamp,
) -> Result<Presented, StoreError> {
    let row = sqlx::query(
        "SELECT staff_sessions.*, staff.profile, staff.posts FROM staff_sessions
         JOIN staff ON staff.id = staff_sessions.staff
         WHERE token = ? AND stage IN ('local', 'vneid') AND staff.locked_at IS NULL
             AND (ended_at IS NULL OR ending = 'timed_out')",
    )
    .bind(token_hash(keys, token).as_slice())
    .fetch_optional(&mut *connection)
    .await?;
    let Some(row) = row else { return Ok(Presented::Nobody) };
    let opened_at = time("staff_sessions.opened_at", row.try_get("opened_at")?)?;
    let seen_at = time("staff_sessions.seen_at", row.try_get("seen_at")?)?;
    if row.try_get::<Option<i64>, _>("ended_at")?.is_some() || timed_out(opened_at, seen_at, at) {
        return Ok(Presented::TimedOut);
    }
    let staff: String = row.try_get("staff")?;
    let Some(key) = keys.fetch(connection, &staff).await? else { return Ok(Presented::Nobody) };
    let Some(profile) = open::<Profile>(&row, "profile", &staff, &key)? else { return Ok(Presented::Nobody) };
    let stage: &str = row.try_get("stage")?;
    Ok(Presented::SignedIn(Box::new(StaffSession {
        session: id("staff_sessions.id", row.try_get("id")?)?,
        staff: id("staff.id", &staff)?,
        name: profile.name,
        posts: posts(&row)?,
        way: if stage == Stage::VneId.as_str() { Way::VneId } else { Way::Local },
        opened_at,
        seen_at,
        csrf: keys.master.look_up("staff_sessions.csrf", token.0.expose_secret().as_bytes()),
    })))
}

pub(super) struct Touch {
    pub(super) session: Uuid,
    pub(super) at: Timestamp,
}

#[async_trait]
impl Operation for Touch {
    type Output = ();

    async fn run(&self, tx: &mut Transaction<'_>) -> Result<(), StoreError> {
        let session = self.session.to_string();
        // Of two pages that come at once, the later time stays.
        let row = sqlx::query(
            "UPDATE staff_sessions SET seen_at = ? WHERE id = ? AND ended_at IS NULL AND seen_at < ? RETURNING *",
        )
        .bind(self.at.as_millisecond())
        .bind(&session)
        .bind(self.at.as_millisecond())
        .fetch_optional(tx.on())
        .await?;
        match row {
            Some(row) => tx.log(Logged::StaffSeen, &session, &row, self.at).await,
            None => Ok(()),
        }
    }
}

pub(super) struct SignOut {
    pub(super) session: Uuid,
    pub(super) at: Timestamp,
}

#[async_trait]
impl Operation for SignOut {
    type Output = ();

    async fn run(&self, tx: &mut Transaction<'_>) -> Result<(), StoreError> {
        end(tx, &self.session.to_string(), SessionEnd::SignedOut, self.at).await?;
        Ok(())
    }
}

pub(super) struct EndTimedOut {
    pub(super) at: Timestamp,
}

#[async_trait]
impl Operation for EndTimedOut {
    type Output = u64;

    async fn run(&self, tx: &mut Transaction<'_>) -> Result<u64, StoreError> {
        let open =
            sqlx::query("SELECT id, stage, opened_at, seen_at FROM staff_sessions WHERE ended_at IS NULL")
                .fetch_all(tx.on())
                .await?;
        let mut ended = 0;
        for row in &open {
            let opened_at = time("staff_sessions.opened_at", row.try_get("opened_at")?)?;
            let seen_at = time("staff_sessions.seen_at", row.try_get("seen_at")?)?;
            if timed_out(opened_at, seen_at, self.at) {
                end(tx, row.try_get("id")?, SessionEnd::TimedOut, self.at).await?;
                ended += 1;
            }
        }
        vneid::forget(tx, self.at).await?;
        let forgotten = failures::forget(tx, self.at).await?;
        if forgotten > 0 {
            let count = forgotten.to_be_bytes();
            tx.log_content(Logged::ExpiredForgotten, "sign_in_failures", &[&count], self.at).await?;
        }
        Ok(ended)
    }
}
