//! Incidents' files.

use async_trait::async_trait;
use flows::law::incident::due;
use sqlx::{Row as _, SqliteConnection, sqlite::SqliteRow};
use uuid::Uuid;

use super::{
    Keys, SqliteStore,
    audit::Logged,
    parse_word,
    transaction::{Transaction, id, time},
    word,
    writer::Operation,
};
use crate::{
    sealed::{Place, Sealed},
    store::{
        StoreError,
        incidents::{Incident, IncidentStep, Incidents, NewIncident, NewIncidentStep},
    },
};

fn report_place(row: &str) -> Place<'_> {
    Place { table: "incidents", column: "report", row }
}

fn step_place(row: &str) -> Place<'_> {
    Place { table: "incident_steps", column: "decision", row }
}

#[async_trait]
impl Operation for NewIncident {
    type Output = Uuid;

    async fn run(&self, tx: &mut Transaction<'_>) -> Result<Uuid, StoreError> {
        let new = tx.new_id()?;
        let key = tx.new_key(&new).await?;
        let row = sqlx::query(
            "INSERT INTO incidents (id, kind, noticed_at, report, at) VALUES (?, ?, ?, ?, ?) RETURNING *",
        )
        .bind(&new)
        .bind(self.kind.as_str())
        .bind(self.noticed_at.as_millisecond())
        .bind(tx.seal(&self.report, &key, report_place(&new))?)
        .bind(self.at.as_millisecond())
        .fetch_one(tx.on())
        .await?;
        tx.log(Logged::IncidentRecorded, &new, &row, self.at).await?;
        id("incidents.id", &new)
    }
}

#[async_trait]
impl Operation for NewIncidentStep {
    type Output = ();

    async fn run(&self, tx: &mut Transaction<'_>) -> Result<(), StoreError> {
        let incident = self.incident.to_string();
        let open: Option<i64> = sqlx::query_scalar(
            "SELECT 1 FROM incidents WHERE id = ?1
             AND NOT EXISTS (SELECT 1 FROM incident_steps WHERE incident = ?1 AND event = 'closed')",
        )
        .bind(&incident)
        .fetch_optional(tx.on())
        .await?;
        let key = match open {
            Some(_) => tx.key(&incident).await?.ok_or(StoreError::UnknownIncident)?,
            None => return Err(StoreError::UnknownIncident),
        };
        let new = tx.new_id()?;
        let row = sqlx::query(
            "INSERT INTO incident_steps (id, incident, event, decision, at) VALUES (?, ?, ?, ?, ?) RETURNING *",
        )
        .bind(&new)
        .bind(&incident)
        .bind(word(&self.event)?)
        .bind(tx.seal(&self.decision, &key, step_place(&new))?)
        .bind(self.at.as_millisecond())
        .fetch_one(tx.on())
        .await?;
        tx.log(Logged::IncidentStepped, &new, &row, self.at).await
    }
}

async fn file(
    connection: &mut SqliteConnection,
    keys: &Keys,
    row: &SqliteRow,
) -> Result<Incident, StoreError> {
    let incident: String = row.try_get("id")?;
    let key = keys.fetch(connection, &incident).await?;
    let stored = sqlx::query("SELECT * FROM incident_steps WHERE incident = ? ORDER BY rowid")
        .bind(&incident)
        .fetch_all(connection)
        .await?;
    let mut steps = Vec::with_capacity(stored.len());
    for step in &stored {
        let step_id: String = step.try_get("id")?;
        let decision = key
            .as_ref()
            .map(|key| {
                Sealed::from_stored(step.try_get("decision")?)
                    .open(key, step_place(&step_id))
                    .map_err(StoreError::from)
            })
            .transpose()?;
        steps.push(IncidentStep {
            event: parse_word("incident_steps.event", step.try_get("event")?)?,
            decision,
            at: time("incident_steps.at", step.try_get("at")?)?,
        });
    }
    let report = key
        .as_ref()
        .map(|key| {
            Sealed::from_stored(row.try_get("report")?)
                .open(key, report_place(&incident))
                .map_err(StoreError::from)
        })
        .transpose()?;
    Ok(Incident {
        id: id("incidents.id", &incident)?,
        kind: parse_word("incidents.kind", row.try_get("kind")?)?,
        noticed_at: time("incidents.noticed_at", row.try_get("noticed_at")?)?,
        recorded_at: time("incidents.at", row.try_get("at")?)?,
        report,
        steps,
    })
}

#[async_trait]
impl Incidents for SqliteStore {
    async fn record_incident(&self, incident: NewIncident) -> Result<Uuid, StoreError> {
        self.writer.submit(incident).await
    }

    async fn step_incident(&self, step: NewIncidentStep) -> Result<(), StoreError> {
        self.writer.submit(step).await
    }

    async fn incidents(&self) -> Result<Vec<Incident>, StoreError> {
        let mut reader = self.readers.begin().await?;
        let rows = sqlx::query("SELECT * FROM incidents ORDER BY noticed_at DESC, rowid DESC")
            .fetch_all(&mut *reader)
            .await?;
        let mut incidents = Vec::with_capacity(rows.len());
        for row in &rows {
            incidents.push(file(&mut reader, &self.keys, row).await?);
        }
        incidents.sort_by_key(|incident| {
            let ends = incident.clock_runs().then(|| due(incident.noticed_at));
            (ends.is_none(), ends)
        });
        Ok(incidents)
    }

    async fn incident(&self, id: Uuid) -> Result<Option<Incident>, StoreError> {
        let mut reader = self.readers.begin().await?;
        let row = sqlx::query("SELECT * FROM incidents WHERE id = ?")
            .bind(id.to_string())
            .fetch_optional(&mut *reader)
            .await?;
        match row {
            Some(row) => Ok(Some(file(&mut reader, &self.keys, &row).await?)),
            None => Ok(None),
        }
    }
}
