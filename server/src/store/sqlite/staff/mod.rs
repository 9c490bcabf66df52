//! Accounts of staff.

use async_trait::async_trait;
use identity::{SecretBytes, number::PersonalNumber};
use jiff::{SignedDuration, Timestamp};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use sqlx::{Row as _, SqliteConnection, sqlite::SqliteRow};
use uuid::Uuid;

use super::{
    Keys, SqliteStore,
    audit::Logged,
    transaction::{Transaction, id, time},
    writer::Operation,
};
use crate::{
    sealed::{DataKey, Place, Sealed},
    staff::{OneTimeSecret, PasswordHash, Post, Role, UserName},
    store::{
        StoreError,
        staff::{
            Added, Change, ChangeStaff, Changed, CodeAnswer, CodeAttempt, Credential, ENROLMENT_HOURS,
            Enrolling, Enrolment, IdentityAttempt, NewStaff, PasswordPassed, Presented, SessionEnd,
            SessionToken, SignInAttempt, SignInBegun, StaffAccount, StaffAccounts,
        },
    },
};

mod accesses;
mod failures;
mod sessions;
mod sign_in;
mod vneid;

/// What is sealed of who someone is.
#[derive(Serialize, Deserialize)]
struct Profile {
    user_name: UserName,
    name: String,
}

fn place<'a>(column: &'static str, staff: &'a str) -> Place<'a> {
    Place { table: "staff", column, row: staff }
}

fn user_name_hash(keys: &Keys, name: &UserName) -> [u8; 32] {
    keys.master.look_up("staff.user_name", name.as_str().as_bytes())
}

/// Opens a sealed column of an account. None where it is empty.
fn open<T: Serialize + serde::de::DeserializeOwned>(
    row: &SqliteRow,
    column: &'static str,
    staff: &str,
    key: &DataKey,
) -> Result<Option<T>, StoreError> {
    let sealed: Option<Vec<u8>> = row.try_get(column)?;
    Ok(sealed.map(|sealed| Sealed::from_stored(sealed).open(key, place(column, staff))).transpose()?)
}

fn posts(row: &SqliteRow) -> Result<Vec<Post>, StoreError> {
    serde_json::from_str(row.try_get("posts")?).map_err(|_| StoreError::Malformed { what: "staff.posts" })
}

fn posts_text(posts: &[Post]) -> Result<String, StoreError> {
    let mut posts = posts.to_vec();
    posts.sort();
    posts.dedup();
    serde_json::to_string(&posts).map_err(|_| StoreError::Malformed { what: "staff.posts" })
}

async fn key_of(tx: &mut Transaction<'_>, staff: &str) -> Result<DataKey, StoreError> {
    tx.key(staff).await?.ok_or(StoreError::Malformed { what: "the key of a member of staff" })
}

/// The account's row as it now stands, into the log.
async fn log_changed(tx: &mut Transaction<'_>, staff: &str, at: Timestamp) -> Result<(), StoreError> {
    let row = sqlx::query("SELECT * FROM staff WHERE id = ?").bind(staff).fetch_one(tx.on()).await?;
    tx.log(Logged::StaffChanged, staff, &row, at).await
}

#[async_trait]
impl Operation for NewStaff {
    type Output = Added;

    async fn run(&self, tx: &mut Transaction<'_>) -> Result<Added, StoreError> {
        let user_name = user_name_hash(tx.keys(), &self.user_name);
        let number = self.number.as_ref().map(|number| vneid::number_hash(tx.keys(), number));
        let taken = |column: &'static str| format!("SELECT 1 FROM staff WHERE {column} = ?");
        for (column, value, refusal) in
            [("user_name", Some(user_name), Added::UserNameTaken), ("number", number, Added::NumberTaken)]
        {
            let Some(value) = value else { continue };
            let found: Option<i64> = sqlx::query_scalar(sqlx::AssertSqlSafe(taken(column)))
                .bind(value.as_slice())
                .fetch_optional(tx.on())
                .await?;
            if found.is_some() {
                return Ok(refusal);
            }
        }
        let staff = tx.new_id()?;
        let key = tx.new_key(&staff).await?;
        let profile = Profile { user_name: self.user_name.clone(), name: self.name.clone() };
        let profile = tx.seal(&profile, &key, place("profile", &staff))?;
        let (password, one_time, enrolment) = match &self.credential {
            Credential::Enrolment(digest) => (None, None, Some((digest, enrolment_until(self.at)?))),
            Credential::Ready { password, one_time } => (
                Some(tx.seal(&password.as_stored().to_owned(), &key, place("password", &staff))?),
                Some(tx.seal(one_time, &key, place("one_time", &staff))?),
                None,
            ),
        };
        let row = sqlx::query(
            "INSERT INTO staff (id, user_name, number, profile, posts, password, one_time, enrolment,
                 enrolment_until, added_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING *",
        )
        .bind(&staff)
        .bind(user_name.as_slice())
        .bind(number.as_ref().map(<[u8; 32]>::as_slice))
        .bind(profile)
        .bind(posts_text(&self.posts)?)
        .bind(password)
        .bind(one_time)
        .bind(enrolment.map(|(digest, _)| digest.as_slice()))
        .bind(enrolment.map(|(_, until)| until))
        .bind(self.at.as_millisecond())
        .fetch_one(tx.on())
        .await?;
        tx.log(Logged::StaffAdded, &staff, &row, self.at).await?;
        log_by(tx, &staff, self.by, self.at).await?;
        Ok(Added::Added(id("staff.id", &staff)?))
    }
}

/// Whose decision a change was.
async fn log_by(
    tx: &mut Transaction<'_>,
    staff: &str,
    by: Option<Uuid>,
    at: Timestamp,
) -> Result<(), StoreError> {
    let by = by.map(|by| by.to_string());
    let by = by.as_deref().unwrap_or("command line");
    tx.log_content(Logged::StaffManaged, by, &[staff.as_bytes()], at).await
}

fn enrolment_until(at: Timestamp) -> Result<i64, StoreError> {
    let until = at.checked_add(SignedDuration::from_hours(ENROLMENT_HOURS));
    Ok(until.map_err(|_| StoreError::Malformed { what: "the time" })?.as_millisecond())
}

#[async_trait]
impl Operation for ChangeStaff {
    type Output = Changed;

    async fn run(&self, tx: &mut Transaction<'_>) -> Result<Changed, StoreError> {
        let staff = self.staff.to_string();
        let known =
            sqlx::query("SELECT * FROM staff WHERE id = ?").bind(&staff).fetch_optional(tx.on()).await?;
        let Some(before) = known else { return Ok(Changed::Unknown) };
        if takes_last_manager(tx, &staff, &posts(&before)?, &self.change).await? {
            return Ok(Changed::LastManager);
        }
        match &self.change {
            Change::Posts(new) => {
                let posts = posts_text(new)?;
                sqlx::query("UPDATE staff SET posts = ? WHERE id = ?")
                    .bind(posts)
                    .bind(&staff)
                    .execute(tx.on())
                    .await?;
            }
            Change::Lock => {
                sqlx::query("UPDATE staff SET locked_at = ? WHERE id = ? AND locked_at IS NULL")
                    .bind(self.at.as_millisecond())
                    .bind(&staff)
                    .execute(tx.on())
                    .await?;
                sessions::end_all(tx, &staff, None, SessionEnd::AccountChanged, self.at).await?;
            }
            Change::Unlock => {
                sqlx::query("UPDATE staff SET locked_at = NULL WHERE id = ?")
                    .bind(&staff)
                    .execute(tx.on())
                    .await?;
            }
            Change::Reset(digest) => {
                sqlx::query(
                    "UPDATE staff SET password = NULL, one_time = NULL, enrolment = ?, enrolment_until = ? WHERE id = ?",
                )
                .bind(digest.as_slice()).bind(enrolment_until(self.at)?).bind(&staff).execute(tx.on()).await?;
                sqlx::query("DELETE FROM recovery_codes WHERE staff = ?")
                    .bind(&staff)
                    .execute(tx.on())
                    .await?;
                sessions::end_all(tx, &staff, None, SessionEnd::AccountChanged, self.at).await?;
            }
            Change::Password { hash, keep } => {
                set_password(tx, &staff, hash).await?;
                sessions::end_all(tx, &staff, Some(*keep), SessionEnd::AccountChanged, self.at).await?;
            }
            Change::Rehash(hash) => set_password(tx, &staff, hash).await?,
        }
        log_changed(tx, &staff, self.at).await?;
        log_by(tx, &staff, self.by, self.at).await?;
        Ok(Changed::Done)
    }
}

async fn set_password(tx: &mut Transaction<'_>, staff: &str, hash: &PasswordHash) -> Result<(), StoreError> {
    let key = key_of(tx, staff).await?;
    let sealed = tx.seal(&hash.as_stored().to_owned(), &key, place("password", staff))?;
    sqlx::query("UPDATE staff SET password = ? WHERE id = ?")
        .bind(sealed)
        .bind(staff)
        .execute(tx.on())
        .await?;
    Ok(())
}

/// Whether after this change a place would have nobody who may manage its accounts.
async fn takes_last_manager(
    tx: &mut Transaction<'_>,
    staff: &str,
    before: &[Post],
    change: &Change,
) -> Result<bool, StoreError> {
    let lost: Vec<&Post> = before
        .iter()
        .filter(|post| post.role == Role::Manager)
        .filter(|post| match change {
            Change::Posts(new) => !new.contains(post),
            Change::Lock => true,
            _ => false,
        })
        .collect();
    if lost.is_empty() {
        return Ok(false);
    }
    let others = sqlx::query("SELECT posts FROM staff WHERE id <> ? AND locked_at IS NULL")
        .bind(staff)
        .fetch_all(tx.on())
        .await?;
    let others: Vec<Post> = others.iter().map(posts).collect::<Result<Vec<_>, _>>()?.concat();
    Ok(lost.into_iter().any(|post| !others.contains(post)))
}

/// The name of a member of staff; none where the account is gone.
pub(super) async fn name(
    connection: &mut SqliteConnection,
    keys: &Keys,
    staff: &str,
) -> Result<Option<String>, StoreError> {
    let row = sqlx::query("SELECT profile FROM staff WHERE id = ?").bind(staff);
    let row = row.fetch_optional(&mut *connection).await?;
    match (row, keys.fetch(connection, staff).await?) {
        (Some(row), Some(key)) => {
            Ok(open::<Profile>(&row, "profile", staff, &key)?.map(|profile| profile.name))
        }
        _ => Ok(None),
    }
}

async fn list(connection: &mut SqliteConnection, keys: &Keys) -> Result<Vec<StaffAccount>, StoreError> {
    let rows = sqlx::query(
        "SELECT *, (SELECT count(*) FROM recovery_codes WHERE staff = staff.id AND used_at IS NULL) AS codes
         FROM staff",
    )
    .fetch_all(&mut *connection)
    .await?;
    let mut accounts = Vec::with_capacity(rows.len());
    for row in &rows {
        let staff: String = row.try_get("id")?;
        let Some(key) = keys.fetch(connection, &staff).await? else { continue };
        let Some(profile) = open::<Profile>(row, "profile", &staff, &key)? else { continue };
        let locked_at: Option<i64> = row.try_get("locked_at")?;
        accounts.push(StaffAccount {
            id: id("staff.id", &staff)?,
            user_name: profile.user_name,
            name: profile.name,
            posts: posts(row)?,
            number_known: row.try_get::<Option<Vec<u8>>, _>("number")?.is_some(),
            enrolled: row.try_get::<Option<Vec<u8>>, _>("password")?.is_some(),
            locked_at: locked_at.map(|at| time("staff.locked_at", at)).transpose()?,
            recovery_codes: row.try_get("codes")?,
        });
    }
    accounts.sort_by(|a, b| (&a.name, a.id).cmp(&(&b.name, b.id)));
    Ok(accounts)
}

#[async_trait]
impl StaffAccounts for SqliteStore {
    async fn add_staff(&self, staff: NewStaff) -> Result<Added, StoreError> {
        self.writer.submit(staff).await
    }

    async fn staff(&self) -> Result<Vec<StaffAccount>, StoreError> {
        list(&mut *self.readers.begin().await?, &self.keys).await
    }

    async fn change_staff(&self, change: ChangeStaff) -> Result<Changed, StoreError> {
        self.writer.submit(change).await
    }

    async fn begin_sign_in(&self, attempt: SignInAttempt) -> Result<SignInBegun, StoreError> {
        self.writer.submit(sign_in::Begin(attempt)).await
    }

    async fn fail_sign_in(&self, attempt: SignInAttempt) -> Result<(), StoreError> {
        self.writer.submit(sign_in::Fail(attempt)).await
    }

    async fn take_back_attempt(&self, attempt: SignInAttempt) -> Result<(), StoreError> {
        self.writer.submit(sign_in::TakeBack(attempt)).await
    }

    async fn pass_password(&self, passed: PasswordPassed) -> Result<SessionToken, StoreError> {
        self.writer.submit(passed).await
    }

    async fn enter_code(&self, attempt: CodeAttempt) -> Result<CodeAnswer, StoreError> {
        self.writer.submit(attempt).await
    }

    async fn enrolling(&self, token: &SessionToken, at: Timestamp) -> Result<Option<Enrolling>, StoreError> {
        sign_in::enrolling(&mut *self.readers.begin().await?, &self.keys, token, at).await
    }

    async fn enrol(&self, enrolment: Enrolment) -> Result<CodeAnswer, StoreError> {
        self.writer.submit(enrolment).await
    }

    async fn keep_identity_attempt(&self, attempt: IdentityAttempt) -> Result<SessionToken, StoreError> {
        self.writer.submit(attempt).await
    }

    async fn take_identity_attempt(
        &self,
        state: &SecretString,
        browser: &SessionToken,
        at: Timestamp,
    ) -> Result<Option<(SecretBytes, String)>, StoreError> {
        self.writer.submit(vneid::Take { state: state.clone(), browser: browser.clone(), at }).await
    }

    async fn sign_in_by_number(
        &self,
        number: &PersonalNumber,
        at: Timestamp,
    ) -> Result<Option<SessionToken>, StoreError> {
        self.writer.submit(vneid::ByNumber { number: number.clone(), at }).await
    }

    async fn staff_session(&self, token: &SessionToken, at: Timestamp) -> Result<Presented, StoreError> {
        sessions::presented(&mut *self.readers.begin().await?, &self.keys, token, at).await
    }

    async fn touch_staff_session(&self, session: Uuid, at: Timestamp) -> Result<(), StoreError> {
        self.writer.submit(sessions::Touch { session, at }).await
    }

    async fn sign_out(&self, session: Uuid, at: Timestamp) -> Result<(), StoreError> {
        self.writer.submit(sessions::SignOut { session, at }).await
    }

    async fn end_timed_out(&self, at: Timestamp) -> Result<u64, StoreError> {
        self.writer.submit(sessions::EndTimedOut { at }).await
    }
}
