//! Counts of failed attempts, and the waits that follow from them.

use jiff::{SignedDuration, Timestamp};
use sqlx::Row as _;

use super::user_name_hash;
use crate::{
    staff::{UserName, lockout},
    store::sqlite::transaction::{Transaction, time},
    store::{StoreError, staff::Source},
};

/// Any account, or any place.
const ANY: [u8; 0] = [];

/// An account from a place, as the counts know them.
pub(super) struct Counts {
    account: [u8; 32],
    source: [u8; 32],
}

#[derive(Default)]
struct Count {
    failures: u32,
    until: Option<Timestamp>,
    known_at: Option<Timestamp>,
}

impl Counts {
    pub(super) fn of(tx: &Transaction<'_>, user_name: &UserName, source: &Source) -> Self {
        Self {
            account: user_name_hash(tx.keys(), user_name),
            source: tx.keys().master.look_up("sign_in.source", source.as_str().as_bytes()),
        }
    }

    /// The three counts, with how many failures each allows.
    fn rows(&self) -> [(&[u8], &[u8], u32); 3] {
        [
            (&self.account, &self.source, lockout::PAIR),
            (&ANY, &self.source, lockout::PLACE),
            (&self.account, &ANY, lockout::ACCOUNT),
        ]
    }

    /// Until when no attempt may be made. None: it may.
    pub(super) async fn wait(
        &self,
        tx: &mut Transaction<'_>,
        at: Timestamp,
    ) -> Result<Option<Timestamp>, StoreError> {
        let mut longest = None;
        let mut known = false;
        for (index, (account, source, _)) in self.rows().into_iter().enumerate() {
            let count = read(tx, account, source, at).await?;
            let month = SignedDuration::from_hours(24 * lockout::KNOWN_DAYS);
            known |= count.known_at.is_some_and(|known_at| known_at.duration_until(at) < month);
            let counts = index == 0 || !known;
            longest = longest.max(count.until.filter(|until| counts && *until > at));
        }
        Ok(longest)
    }

    /// Counts a failure. Whether it makes the next attempt wait.
    pub(super) async fn add(&self, tx: &mut Transaction<'_>, at: Timestamp) -> Result<bool, StoreError> {
        let mut waits = false;
        for (account, source, allowed) in self.rows() {
            let failures = read(tx, account, source, at).await?.failures.saturating_add(1);
            let until = lockout::until(failures, allowed, at);
            write(tx, account, source, failures, until, at).await?;
            waits |= until.is_some();
        }
        Ok(waits)
    }

    /// Takes one failure back: the attempt was none.
    pub(super) async fn take_back(&self, tx: &mut Transaction<'_>, at: Timestamp) -> Result<(), StoreError> {
        for (account, source, _) in self.rows() {
            let failures = read(tx, account, source, at).await?.failures.saturating_sub(1);
            // The wait that this attempt brought goes with it; an earlier one had passed, or it had not been made.
            write(tx, account, source, failures, None, at).await?;
        }
        Ok(())
    }

    /// Forgets the failures of an account whose owner has signed in, and knows the place as theirs.
    pub(super) async fn clear(&self, tx: &mut Transaction<'_>, at: Timestamp) -> Result<(), StoreError> {
        let own = read(tx, &self.account, &self.source, at).await?.failures;
        let place = read(tx, &ANY, &self.source, at).await?.failures.saturating_sub(own);
        // Failures of other accounts from there still count: one's own sign-in must not wipe guesses at others.
        write(tx, &ANY, &self.source, place, lockout::until(place, lockout::PLACE, at), at).await?;
        write(tx, &self.account, &ANY, 0, None, at).await?;
        write(tx, &self.account, &self.source, 0, None, at).await?;
        sqlx::query("UPDATE sign_in_failures SET known_at = ? WHERE account = ? AND source = ?")
            .bind(at.as_millisecond())
            .bind(self.account.as_slice())
            .bind(self.source.as_slice())
            .execute(tx.on())
            .await?;
        Ok(())
    }
}

async fn read(
    tx: &mut Transaction<'_>,
    account: &[u8],
    source: &[u8],
    at: Timestamp,
) -> Result<Count, StoreError> {
    let row = sqlx::query("SELECT * FROM sign_in_failures WHERE account = ? AND source = ?")
        .bind(account)
        .bind(source)
        .fetch_optional(tx.on())
        .await?;
    let Some(row) = row else { return Ok(Count::default()) };
    let column = |name: &'static str| -> Result<Option<Timestamp>, StoreError> {
        row.try_get::<Option<i64>, _>(name)?.map(|at| time("sign_in_failures", at)).transpose()
    };
    let old = column("last_at")?
        .is_none_or(|last| last.duration_until(at) >= SignedDuration::from_hours(lockout::FORGET_HOURS));
    Ok(Count {
        failures: if old { 0 } else { row.try_get("failures")? },
        until: column("until")?,
        known_at: column("known_at")?,
    })
}

async fn write(
    tx: &mut Transaction<'_>,
    account: &[u8],
    source: &[u8],
    failures: u32,
    until: Option<Timestamp>,
    at: Timestamp,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO sign_in_failures (account, source, failures, last_at, until) VALUES (?, ?, ?, ?, ?)
         ON CONFLICT (account, source) DO UPDATE SET failures = excluded.failures, last_at = excluded.last_at,
             until = excluded.until",
    )
    .bind(account)
    .bind(source)
    .bind(failures)
    .bind(at.as_millisecond())
    .bind(until.map(Timestamp::as_millisecond))
    .execute(tx.on())
    .await?;
    Ok(())
}

/// Forgets counts that are too old to matter, whether of failures or of a place that was someone's.
pub(super) async fn forget(tx: &mut Transaction<'_>, at: Timestamp) -> Result<u64, StoreError> {
    let before = |hours: i64| {
        at.checked_sub(SignedDuration::from_hours(hours)).map_or(i64::MIN, Timestamp::as_millisecond)
    };
    let gone =
        sqlx::query("DELETE FROM sign_in_failures WHERE last_at < ? AND (known_at IS NULL OR known_at < ?)")
            .bind(before(lockout::FORGET_HOURS))
            .bind(before(24 * lockout::KNOWN_DAYS))
            .execute(tx.on())
            .await?;
    Ok(gone.rows_affected())
}
