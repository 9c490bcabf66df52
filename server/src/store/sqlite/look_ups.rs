//! Counting look-ups of people who have proved nothing.

use async_trait::async_trait;

use super::{SqliteStore, audit::Logged, requests::before, transaction::Transaction, writer::Operation};
use crate::store::{
    StoreError,
    look_ups::{LOOK_UP_MINUTES, LookUps, LookedUp, MOST_AT_A_KIOSK, MOST_OF_A_NUMBER, NewLookUp},
};

#[async_trait]
impl LookUps for SqliteStore {
    async fn may_look_up(&self, look_up: NewLookUp) -> Result<bool, StoreError> {
        self.writer.submit(look_up).await
    }
}

#[async_trait]
impl Operation for NewLookUp {
    type Output = bool;

    async fn run(&self, tx: &mut Transaction<'_>) -> Result<bool, StoreError> {
        let key = match &self.of {
            LookedUp::Person(number) => tx.keyed("look_ups.person", number.as_str()),
            LookedUp::Insured(number) => {
                tx.keyed("look_ups.insured", number.social_insurance_number().as_str())
            }
        };
        let since = before(self.at, LOOK_UP_MINUTES * 60);
        sqlx::query("DELETE FROM look_ups WHERE at <= ?").bind(since).execute(tx.on()).await?;
        sqlx::query("INSERT INTO look_ups (kiosk, key, at) VALUES (?, ?, ?)")
            .bind(&self.kiosk)
            .bind(key.as_slice())
            .bind(self.at.as_millisecond())
            .execute(tx.on())
            .await?;
        let of_number: u32 = sqlx::query_scalar("SELECT count(*) FROM look_ups WHERE key = ?")
            .bind(key.as_slice())
            .fetch_one(tx.on())
            .await?;
        let at_kiosk: u32 = sqlx::query_scalar("SELECT count(*) FROM look_ups WHERE kiosk = ?")
            .bind(&self.kiosk)
            .fetch_one(tx.on())
            .await?;
        tx.log_content(Logged::LookedUp, &self.kiosk, &[], self.at).await?;
        Ok(of_number <= MOST_OF_A_NUMBER && at_kiosk <= MOST_AT_A_KIOSK)
    }
}
