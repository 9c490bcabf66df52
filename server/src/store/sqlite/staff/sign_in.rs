//! Signing in: the password, the one-time code, and enrolment.

use async_trait::async_trait;
use jiff::Timestamp;
use secrecy::ExposeSecret as _;
use sqlx::{Row as _, SqliteConnection, sqlite::SqliteRow};

use super::{
    CodeAnswer, CodeAttempt, Enrolling, Enrolment, Keys, Logged, OneTimeSecret, Operation, PasswordHash,
    PasswordPassed, Profile, SessionEnd, SessionToken, SignInAttempt, SignInBegun, StoreError, Transaction,
    failures::Counts,
    key_of, log_changed, open, place,
    sessions::{self, Stage},
    user_name_hash,
};
use crate::{
    sealed::DataKey,
    staff::{Code, UserName},
    store::{
        sqlite::transaction::{bytes, id},
        staff::{Expected, Source},
    },
};

/// What the log names an attempt by when nobody has that account.
const NOBODY: &str = "nobody";

pub(super) struct Begin(pub(super) SignInAttempt);

#[async_trait]
impl Operation for Begin {
    type Output = SignInBegun;

    async fn run(&self, tx: &mut Transaction<'_>) -> Result<SignInBegun, StoreError> {
        let SignInAttempt { user_name, source, at } = &self.0;
        let counts = Counts::of(tx, user_name, source);
        if let Some(until) = counts.wait(tx, *at).await? {
            return Ok(SignInBegun::Wait { until });
        }
        let account = account_named(tx, user_name).await?;
        let record = account.as_ref().map_or(Ok(NOBODY), |row| row.try_get("id"))?.to_owned();
        count(tx, &counts, &record, *at).await?;
        tx.log_content(Logged::SignInBegun, &record, &[], *at).await?;
        Ok(SignInBegun::Expects(match account {
            Some(row) => expected(tx, &row, *at).await?,
            None => Expected::Nobody,
        }))
    }
}

async fn account_named(tx: &mut Transaction<'_>, name: &UserName) -> Result<Option<SqliteRow>, StoreError> {
    let hash = user_name_hash(tx.keys(), name);
    let row = sqlx::query("SELECT * FROM staff WHERE user_name = ?").bind(hash.as_slice());
    Ok(row.fetch_optional(tx.on()).await?)
}

async fn expected(tx: &mut Transaction<'_>, row: &SqliteRow, at: Timestamp) -> Result<Expected, StoreError> {
    let staff_id: String = row.try_get("id")?;
    let staff = id("staff.id", &staff_id)?;
    if row.try_get::<Option<i64>, _>("locked_at")?.is_some() {
        return Ok(Expected::Nobody);
    }
    let key = key_of(tx, &staff_id).await?;
    if let Some(hash) = open(row, "password", &staff_id, &key)? {
        return Ok(Expected::Password { staff, hash: PasswordHash::from_stored(hash) });
    }
    let until: Option<i64> = row.try_get("enrolment_until")?;
    let digest: Option<Vec<u8>> = row.try_get("enrolment")?;
    match (digest, until) {
        (Some(digest), Some(until)) if at.as_millisecond() < until => {
            Ok(Expected::Enrolment { staff, digest: bytes("staff.enrolment", digest)? })
        }
        _ => Ok(Expected::Nobody),
    }
}

async fn count(
    tx: &mut Transaction<'_>,
    counts: &Counts,
    record: &str,
    at: Timestamp,
) -> Result<(), StoreError> {
    if counts.add(tx, at).await? {
        tx.log_content(Logged::SignInHeldUp, record, &[], at).await?;
    }
    Ok(())
}

pub(super) struct Fail(pub(super) SignInAttempt);

#[async_trait]
impl Operation for Fail {
    type Output = ();

    async fn run(&self, tx: &mut Transaction<'_>) -> Result<(), StoreError> {
        let account = account_named(tx, &self.0.user_name).await?;
        let record = account.as_ref().map_or(Ok(NOBODY), |row| row.try_get("id"))?.to_owned();
        tx.log_content(Logged::SignInFailed, &record, &[], self.0.at).await
    }
}

pub(super) struct TakeBack(pub(super) SignInAttempt);

#[async_trait]
impl Operation for TakeBack {
    type Output = ();

    async fn run(&self, tx: &mut Transaction<'_>) -> Result<(), StoreError> {
        let SignInAttempt { user_name, source, at } = &self.0;
        Counts::of(tx, user_name, source).take_back(tx, *at).await?;
        let account = account_named(tx, user_name).await?;
        let record = account.as_ref().map_or(Ok(NOBODY), |row| row.try_get("id"))?.to_owned();
        tx.log_content(Logged::PasswordPassed, &record, &[], *at).await
    }
}

#[async_trait]
impl Operation for PasswordPassed {
    type Output = SessionToken;

    async fn run(&self, tx: &mut Transaction<'_>) -> Result<SessionToken, StoreError> {
        let SignInAttempt { user_name, source, at } = &self.attempt;
        let counts = Counts::of(tx, user_name, source);
        // The second factor still counts; only this attempt was none.
        counts.take_back(tx, *at).await?;
        let staff = self.staff.to_string();
        let stage = if self.enrols { Stage::Enrolment } else { Stage::Code };
        sessions::open_one(tx, &staff, stage, *at).await
    }
}

/// Someone between password and second factor.
struct Halfway {
    session: String,
    staff: String,
    account: SqliteRow,
    key: DataKey,
    user_name: UserName,
}

async fn halfway(
    tx: &mut Transaction<'_>,
    token: &SessionToken,
    stage: Stage,
    at: Timestamp,
) -> Result<Option<Halfway>, StoreError> {
    let Some((session, staff)) = sessions::halfway(tx.keys_and_connection(), token, stage, at).await? else {
        return Ok(None);
    };
    let account = sqlx::query("SELECT * FROM staff WHERE id = ? AND locked_at IS NULL")
        .bind(&staff)
        .fetch_optional(tx.on())
        .await?;
    let Some(account) = account else { return Ok(None) };
    let key = key_of(tx, &staff).await?;
    let Some(Profile { user_name, .. }) = open(&account, "profile", &staff, &key)? else { return Ok(None) };
    Ok(Some(Halfway { session, staff, account, key, user_name }))
}

/// The second factor was right: the counts are cleared and a new session takes the place of the old.
async fn sign_in(
    tx: &mut Transaction<'_>,
    halfway: &Halfway,
    source: &Source,
    at: Timestamp,
) -> Result<CodeAnswer, StoreError> {
    Counts::of(tx, &halfway.user_name, source).clear(tx, at).await?;
    sessions::end(tx, &halfway.session, SessionEnd::Completed, at).await?;
    Ok(CodeAnswer::SignedIn(sessions::open_one(tx, &halfway.staff, Stage::Local, at).await?))
}

async fn wrong(
    tx: &mut Transaction<'_>,
    halfway: &Halfway,
    counts: &Counts,
    at: Timestamp,
) -> Result<CodeAnswer, StoreError> {
    count(tx, counts, &halfway.staff, at).await?;
    tx.log_content(Logged::SignInFailed, &halfway.staff, &[], at).await?;
    Ok(CodeAnswer::Wrong)
}

#[async_trait]
impl Operation for CodeAttempt {
    type Output = CodeAnswer;

    async fn run(&self, tx: &mut Transaction<'_>) -> Result<CodeAnswer, StoreError> {
        let Some(halfway) = halfway(tx, &self.token, Stage::Code, self.at).await? else {
            return Ok(CodeAnswer::Expired);
        };
        let counts = Counts::of(tx, &halfway.user_name, &self.source);
        if let Some(until) = counts.wait(tx, self.at).await? {
            return Ok(CodeAnswer::Wait { until });
        }
        let typed = self.code.expose_secret();
        let one_time: Option<OneTimeSecret> =
            open(&halfway.account, "one_time", &halfway.staff, &halfway.key)?;
        let last: i64 = halfway.account.try_get("one_time_step")?;
        let digits: String = typed.chars().filter(|c| !c.is_whitespace()).collect();
        let step = one_time.and_then(|secret| secret.verify(&digits, self.at, last.unsigned_abs()));
        if let Some(step) = step {
            take_step(tx, &halfway.staff, step, self.at).await?;
            return sign_in(tx, &halfway, &self.source, self.at).await;
        }
        if let Some(code) = Code::typed(typed)
            && take_recovery_code(tx, &halfway.staff, &code, self.at).await?
        {
            return sign_in(tx, &halfway, &self.source, self.at).await;
        }
        wrong(tx, &halfway, &counts, self.at).await
    }
}

/// The step of a code that was taken: no code up to it counts again.
async fn take_step(
    tx: &mut Transaction<'_>,
    staff: &str,
    step: u64,
    at: Timestamp,
) -> Result<(), StoreError> {
    let step = i64::try_from(step).map_err(|_| StoreError::Malformed { what: "the time" })?;
    sqlx::query("UPDATE staff SET one_time_step = ? WHERE id = ?")
        .bind(step)
        .bind(staff)
        .execute(tx.on())
        .await?;
    log_changed(tx, staff, at).await
}

async fn take_recovery_code(
    tx: &mut Transaction<'_>,
    staff: &str,
    code: &Code,
    at: Timestamp,
) -> Result<bool, StoreError> {
    let taken = sqlx::query(
        "UPDATE recovery_codes SET used_at = ? WHERE staff = ? AND code = ? AND used_at IS NULL RETURNING *",
    )
    .bind(at.as_millisecond())
    .bind(staff)
    .bind(code.digest().as_slice())
    .fetch_optional(tx.on())
    .await?;
    if let Some(row) = &taken {
        tx.log(Logged::RecoveryCodeUsed, staff, row, at).await?;
    }
    Ok(taken.is_some())
}

pub(super) async fn enrolling(
    connection: &mut SqliteConnection,
    keys: &Keys,
    token: &SessionToken,
    at: Timestamp,
) -> Result<Option<Enrolling>, StoreError> {
    let found = sessions::halfway((keys, &mut *connection), token, Stage::Enrolment, at).await?;
    let Some((session, staff)) = found else { return Ok(None) };
    let Some(key) = keys.fetch(connection, &staff).await? else { return Ok(None) };
    let account = sqlx::query("SELECT * FROM staff WHERE id = ? AND locked_at IS NULL")
        .bind(&staff)
        .fetch_optional(&mut *connection)
        .await?;
    let Some(account) = account else { return Ok(None) };
    let Some(Profile { user_name, .. }) = open(&account, "profile", &staff, &key)? else { return Ok(None) };
    let one_time = sessions::one_time(connection, &session, &key).await?;
    Ok(one_time.map(|one_time| Enrolling { user_name, one_time }))
}

#[async_trait]
impl Operation for Enrolment {
    type Output = CodeAnswer;

    async fn run(&self, tx: &mut Transaction<'_>) -> Result<CodeAnswer, StoreError> {
        let CodeAttempt { token, code, source, at } = &self.attempt;
        let Some(halfway) = halfway(tx, token, Stage::Enrolment, *at).await? else {
            return Ok(CodeAnswer::Expired);
        };
        let counts = Counts::of(tx, &halfway.user_name, source);
        if let Some(until) = counts.wait(tx, *at).await? {
            return Ok(CodeAnswer::Wait { until });
        }
        let Some(one_time) = sessions::one_time(tx.on(), &halfway.session, &halfway.key).await? else {
            return Ok(CodeAnswer::Expired);
        };
        let digits: String = code.expose_secret().chars().filter(|c| !c.is_whitespace()).collect();
        let Some(step) = one_time.verify(&digits, *at, 0) else {
            return wrong(tx, &halfway, &counts, *at).await;
        };
        let staff = &halfway.staff;
        let password = self.password.as_stored().to_owned();
        let password = tx.seal(&password, &halfway.key, place("password", staff))?;
        let one_time = tx.seal(&one_time, &halfway.key, place("one_time", staff))?;
        sqlx::query(
            "UPDATE staff SET password = ?, one_time = ?, enrolment = NULL, enrolment_until = NULL WHERE id = ?",
        )
        .bind(password)
        .bind(one_time)
        .bind(staff)
        .execute(tx.on())
        .await?;
        sqlx::query("DELETE FROM recovery_codes WHERE staff = ?").bind(staff).execute(tx.on()).await?;
        for code in &self.recovery {
            sqlx::query("INSERT INTO recovery_codes (staff, code) VALUES (?, ?)")
                .bind(staff)
                .bind(code.as_slice())
                .execute(tx.on())
                .await?;
        }
        take_step(tx, staff, step, *at).await?;
        // The secret that enrols may have been typed twice: whoever comes second finds nothing to end.
        sessions::end_all(tx, staff, None, SessionEnd::AccountChanged, *at).await?;
        sign_in(tx, &halfway, source, *at).await
    }
}
