//! Alerts.

use async_trait::async_trait;
use sqlx::Row as _;

use super::{
    SqliteStore,
    audit::Logged,
    open::SERVER,
    transaction::{Transaction, id, time},
    writer::Operation,
};
use crate::{
    sealed::Place,
    store::{Alert, Alerts, NewAlert, SettleAlert, StoreError},
};

const OPEN: &str =
    "SELECT alerts.* FROM alerts WHERE NOT EXISTS (SELECT 1 FROM alert_endings WHERE alert = alerts.id)";

#[async_trait]
impl Operation for NewAlert {
    type Output = bool;

    async fn run(&self, tx: &mut Transaction<'_>) -> Result<bool, StoreError> {
        let there = sqlx::query(sqlx::AssertSqlSafe(format!("{OPEN} AND system = ? AND code = ?")))
            .bind(self.system)
            .bind(&self.code)
            .fetch_optional(tx.on())
            .await?;
        if there.is_some() {
            return Ok(false);
        }
        let new = tx.new_id()?;
        let row = sqlx::query("INSERT INTO alerts (id, system, code, at) VALUES (?, ?, ?, ?) RETURNING *")
            .bind(&new)
            .bind(self.system)
            .bind(&self.code)
            .bind(self.at.as_millisecond())
            .fetch_one(tx.on())
            .await?;
        tx.log(Logged::AlertRaised, &new, &row, self.at).await?;
        Ok(true)
    }
}

#[async_trait]
impl Operation for SettleAlert {
    type Output = ();

    async fn run(&self, tx: &mut Transaction<'_>) -> Result<(), StoreError> {
        let alert = self.alert.to_string();
        sqlx::query(sqlx::AssertSqlSafe(format!("{OPEN} AND id = ?")))
            .bind(&alert)
            .fetch_optional(tx.on())
            .await?
            .ok_or(StoreError::UnknownAlert)?;
        let key = tx.key(SERVER).await?.ok_or(StoreError::Malformed { what: "the server's own key" })?;
        let place = Place { table: "alert_endings", column: "decision", row: &alert };
        let decision = tx.seal(&self.decision, &key, place)?;
        let row = sqlx::query("INSERT INTO alert_endings (alert, decision, at) VALUES (?, ?, ?) RETURNING *")
            .bind(&alert)
            .bind(decision)
            .bind(self.at.as_millisecond())
            .fetch_one(tx.on())
            .await?;
        tx.log(Logged::AlertSettled, &alert, &row, self.at).await
    }
}

#[async_trait]
impl Alerts for SqliteStore {
    async fn raise_alert(&self, alert: NewAlert) -> Result<bool, StoreError> {
        self.writer.submit(alert).await
    }

    async fn alerts(&self) -> Result<Vec<Alert>, StoreError> {
        let rows = sqlx::query(sqlx::AssertSqlSafe(format!("{OPEN} ORDER BY at, rowid")))
            .fetch_all(&self.readers)
            .await?;
        rows.iter()
            .map(|row| {
                Ok(Alert {
                    id: id("alerts.id", row.try_get("id")?)?,
                    system: row.try_get("system")?,
                    code: row.try_get("code")?,
                    since: time("alerts.at", row.try_get("at")?)?,
                })
            })
            .collect()
    }

    async fn settle_alert(&self, settling: SettleAlert) -> Result<(), StoreError> {
        self.writer.submit(settling).await
    }
}
