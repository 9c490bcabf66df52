//! Reception by hand.

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use sqlx::{Row as _, SqliteConnection};
use uuid::Uuid;

use super::{
    Keys, SqliteStore,
    audit::Logged,
    calls, desk, parse_word,
    transaction::{Transaction, id, time},
    visits,
    writer::Operation,
};
use crate::{
    sealed::{DataKey, Place, Sealed},
    store::{
        Circumstances, Decision, Duty, EndTask, Method, Queue, ReceiveByHand, Received, Reception,
        Receptions, Recorded, StoreError, Task, TemporaryId,
        visits::{station_day, ticket_number},
    },
};

fn circumstances_place(visit: &str) -> Place<'_> {
    Place { table: "receptions", column: "circumstances", row: visit }
}

fn decision_place(task: &str) -> Place<'_> {
    Place { table: "task_endings", column: "decision", row: task }
}

#[async_trait]
impl Operation for ReceiveByHand {
    type Output = Received;

    #[expect(clippy::single_match_else, reason = "the two ends stand side by side")]
    async fn run(&self, tx: &mut Transaction<'_>) -> Result<Received, StoreError> {
        let source = visits::Source {
            session: None,
            method: self.visit.method,
            chip: None,
            submission: None,
            messages: &self.messages,
            at: self.at,
        };
        if let Some(recorded) = sent_before(tx, self.form).await? {
            return Ok(Received { recorded, temporary_id: None });
        }
        let recorded = visits::record(tx, &self.visit, &source).await?;
        if let Some(call) = self.answers {
            let mut decision = self.circumstances.decision.clone();
            decision.reason = format!("Đã tiếp đón, số {}", recorded.ticket_number());
            desk::free_for(tx, call, &decision).await?;
            calls::end_without_visit(tx, &call.to_string(), &decision, self.at).await?;
        }
        note_form(tx, self.form, recorded.visit, self.at).await?;
        if recorded.already {
            return Ok(Received { recorded, temporary_id: None });
        }
        let visit = recorded.visit.to_string();
        let temporary_id = match &self.visit.patient.number {
            Some(_) => None,
            None => {
                let random = Uuid::parse_str(&tx.new_id()?).map_or(0, |id| id.as_fields().0);
                Some(TemporaryId::new(station_day(self.at), random & 0x3fff_ffff))
            }
        };
        let key = tx.key(&recorded.subject.to_string()).await?.ok_or(StoreError::UnknownSubject)?;
        let row = sqlx::query(
            "INSERT INTO receptions (visit, occasion, temporary_id, circumstances, at) VALUES (?, ?, ?, ?, ?)
             RETURNING *",
        )
        .bind(&visit)
        .bind(self.occasion.as_str())
        .bind(temporary_id.as_ref().map(TemporaryId::as_str))
        .bind(tx.seal(&self.circumstances, &key, circumstances_place(&visit))?)
        .bind(self.at.as_millisecond())
        .fetch_one(tx.on())
        .await?;
        tx.log(Logged::ReceivedByHand, &visit, &row, self.at).await?;
        if self.visit.method == Method::Undetermined {
            owe(tx, &visit, Duty::TellCommune, self.at).await?;
        }
        Ok(Received { recorded, temporary_id })
    }
}

/// Hours for which a form that was sent is known again.
const FORM_HOURS: i64 = 24;

/// What came of this form, where it was sent before.
async fn sent_before(tx: &mut Transaction<'_>, form: Uuid) -> Result<Option<Recorded>, StoreError> {
    let visit: Option<String> = sqlx::query_scalar("SELECT visit FROM reception_forms WHERE form = ?")
        .bind(form.to_string())
        .fetch_optional(tx.on())
        .await?;
    match visit {
        Some(visit) => visits::again(tx, &visit).await,
        None => Ok(None),
    }
}

async fn note_form(
    tx: &mut Transaction<'_>,
    form: Uuid,
    visit: Uuid,
    at: Timestamp,
) -> Result<(), StoreError> {
    let day_before = at.saturating_sub(SignedDuration::from_hours(FORM_HOURS)).unwrap_or(Timestamp::MIN);
    sqlx::query("DELETE FROM reception_forms WHERE at < ?")
        .bind(day_before.as_millisecond())
        .execute(tx.on())
        .await?;
    sqlx::query("INSERT INTO reception_forms (form, visit, at) VALUES (?, ?, ?)")
        .bind(form.to_string())
        .bind(visit.to_string())
        .bind(at.as_millisecond())
        .execute(tx.on())
        .await?;
    Ok(())
}

async fn owe(tx: &mut Transaction<'_>, visit: &str, duty: Duty, at: Timestamp) -> Result<(), StoreError> {
    let task = tx.new_id()?;
    let due = at.saturating_add(duty.time()).map_or(i64::MAX, Timestamp::as_millisecond);
    let row =
        sqlx::query("INSERT INTO tasks (id, duty, visit, due_at, at) VALUES (?, ?, ?, ?, ?) RETURNING *")
            .bind(&task)
            .bind(duty.as_str())
            .bind(visit)
            .bind(due)
            .bind(at.as_millisecond())
            .fetch_one(tx.on())
            .await?;
    tx.log(Logged::DutyArose, &task, &row, at).await
}

#[async_trait]
impl Operation for EndTask {
    type Output = ();

    async fn run(&self, tx: &mut Transaction<'_>) -> Result<(), StoreError> {
        let task = self.task.to_string();
        let subject: String = sqlx::query_scalar(
            "SELECT visits.subject FROM tasks JOIN visits ON visits.id = tasks.visit
             LEFT JOIN task_endings ON task_endings.task = tasks.id
             WHERE tasks.id = ? AND task_endings.task IS NULL",
        )
        .bind(&task)
        .fetch_optional(tx.on())
        .await?
        .ok_or(StoreError::UnknownTask)?;
        let key = tx.key(&subject).await?.ok_or(StoreError::UnknownTask)?;
        let decision = tx.seal(&self.decision, &key, decision_place(&task))?;
        let row = sqlx::query("INSERT INTO task_endings (task, decision, at) VALUES (?, ?, ?) RETURNING *")
            .bind(&task)
            .bind(decision)
            .bind(self.at.as_millisecond())
            .fetch_one(tx.on())
            .await?;
        tx.log(Logged::DutyDone, &task, &row, self.at).await
    }
}

/// Who received a person by hand, and why.
pub(super) async fn decision(
    connection: &mut SqliteConnection,
    key: &DataKey,
    visit: &str,
) -> Result<Option<Decision>, StoreError> {
    let circumstances: Option<Vec<u8>> =
        sqlx::query_scalar("SELECT circumstances FROM receptions WHERE visit = ? AND circumstances <> x''")
            .bind(visit)
            .fetch_optional(connection)
            .await?;
    circumstances
        .map(|stored| {
            let opened =
                Sealed::<Circumstances>::from_stored(stored).open(key, circumstances_place(visit))?;
            Ok(opened.decision)
        })
        .transpose()
}

async fn reception(
    connection: &mut SqliteConnection,
    keys: &Keys,
    visit: &str,
) -> Result<Option<Reception>, StoreError> {
    let row = sqlx::query(
        "SELECT receptions.*, visits.subject, EXISTS (SELECT 1 FROM visit_versions
             WHERE visit_versions.visit = visits.id AND wrong = 'person') AS another
         FROM receptions JOIN visits ON visits.id = receptions.visit
         WHERE receptions.visit = ?",
    )
    .bind(visit)
    .fetch_optional(&mut *connection)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let key = keys.fetch(connection, row.try_get("subject")?).await?;
    let stored: Vec<u8> = row.try_get("circumstances")?;
    // Emptied where the visit is old and the person still comes; about somebody else where it was another's.
    let another: bool = row.try_get("another")?;
    let key = key.filter(|_| !stored.is_empty() && !another);
    let sealed = Sealed::<Circumstances>::from_stored(stored);
    Ok(Some(Reception {
        occasion: parse_word("receptions.occasion", row.try_get("occasion")?)?,
        temporary_id: temporary(row.try_get("temporary_id")?)?,
        circumstances: key.map(|key| sealed.open(&key, circumstances_place(visit))).transpose()?,
    }))
}

fn temporary(stored: Option<String>) -> Result<Option<TemporaryId>, StoreError> {
    let what = "receptions.temporary_id";
    stored.map(|text| TemporaryId::parse(&text).ok_or(StoreError::Malformed { what })).transpose()
}

async fn tasks(connection: &mut SqliteConnection, station: &str) -> Result<Vec<Task>, StoreError> {
    let rows = sqlx::query(
        "SELECT tasks.*, visits.queue, visits.number, receptions.temporary_id FROM tasks
         JOIN visits ON visits.id = tasks.visit
         LEFT JOIN receptions ON receptions.visit = tasks.visit
         LEFT JOIN task_endings ON task_endings.task = tasks.id
         WHERE task_endings.task IS NULL AND visits.station = ?
             AND EXISTS (SELECT 1 FROM keys WHERE owner = visits.subject)
             AND NOT EXISTS (SELECT 1 FROM visit_versions WHERE visit_versions.visit = visits.id
                 AND phuong_thuc_dinh_danh != 'CHUA_XAC_DINH')
         ORDER BY tasks.due_at, tasks.id",
    )
    .bind(station)
    .fetch_all(connection)
    .await?;
    rows.iter()
        .map(|row| {
            let queue: Queue = parse_word("visits.queue", row.try_get("queue")?)?;
            Ok(Task {
                id: id("tasks.id", row.try_get("id")?)?,
                duty: parse_word("tasks.duty", row.try_get("duty")?)?,
                visit: id("tasks.visit", row.try_get("visit")?)?,
                number: ticket_number(queue, row.try_get("number")?),
                temporary_id: temporary(row.try_get("temporary_id")?)?,
                due: time("tasks.due_at", row.try_get("due_at")?)?,
            })
        })
        .collect()
}

#[async_trait]
impl Receptions for SqliteStore {
    async fn receive_by_hand(&self, reception: ReceiveByHand) -> Result<Received, StoreError> {
        self.writer.submit(reception).await
    }

    async fn reception(&self, visit: Uuid) -> Result<Option<Reception>, StoreError> {
        reception(&mut *self.readers.begin().await?, &self.keys, &visit.to_string()).await
    }

    async fn tasks(&self, station: &str) -> Result<Vec<Task>, StoreError> {
        tasks(&mut *self.readers.acquire().await?, station).await
    }

    async fn end_task(&self, ending: EndTask) -> Result<(), StoreError> {
        self.writer.submit(ending).await
    }
}
