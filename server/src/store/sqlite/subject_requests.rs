//! Requests about someone's data, and what is done for them.

use async_trait::async_trait;
use flows::law::{Due, Record, RequestKind, retention::VISIT_REQUIRED_BY};
use jiff::{Timestamp, civil::Date};
use sqlx::{Row as _, SqliteConnection, sqlite::SqliteRow};
use uuid::Uuid;

use super::{
    Keys, SqliteStore,
    audit::Logged,
    consents::{self, TakenBack},
    corrections, erasure, numbers,
    outbox::{self, Stopped},
    parse_word, purge, records,
    transaction::{Transaction, id, time},
    visits, word,
    writer::Operation,
};
use crate::{
    sealed::{DataKey, Place, Sealed},
    store::{
        CorrectVisit, Decision, Recorded, StoreError,
        consents::ByHand,
        retention::{Mark, MarkKind},
        subject_requests::{
            Action, CarryOut, NewRequestStep, NewSubjectRequest, Outcome, ReadRecords, RequestEvent,
            RequestStep, SubjectRecords, SubjectRequest, SubjectRequests,
        },
        visits::station_day,
    },
};

/// The article under which data that are needed in a dispute stay.
const HELD: &str = "Luật 91/2025/QH15 Đ19 k1";

fn place<'a>(table: &'static str, column: &'static str, row: &'a str) -> Place<'a> {
    Place { table, column, row }
}

fn step_place(row: &str) -> Place<'_> {
    place("subject_request_steps", "decision", row)
}

#[async_trait]
impl Operation for NewSubjectRequest {
    type Output = Uuid;

    async fn run(&self, tx: &mut Transaction<'_>) -> Result<Uuid, StoreError> {
        let subject = self.subject.map(|subject| subject.to_string());
        if let Some(subject) = &subject {
            tx.key(subject).await?.ok_or(StoreError::UnknownSubject)?;
        }
        let new = tx.new_id()?;
        let key = tx.new_key(&new).await?;
        let row = sqlx::query(
            "INSERT INTO subject_requests (id, subject, kind, acknowledge_by, finish_by, extended_by, asked, received_at)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?) RETURNING *",
        )
        .bind(&new)
        .bind(&subject)
        .bind(self.kind.as_str())
        .bind(self.due.acknowledge.to_string())
        .bind(self.due.finish.to_string())
        .bind(self.due.extended.to_string())
        .bind(tx.seal(&self.asked, &key, place("subject_requests", "asked", &new))?)
        .bind(self.received_at.as_millisecond())
        .fetch_one(tx.on())
        .await?;
        tx.log(Logged::RequestReceived, &new, &row, self.at).await?;
        id("subject_requests.id", &new)
    }
}

/// A request that nobody has answered.
struct Open {
    /// Whom it is about: the person as they are known now.
    subject: Option<Uuid>,
    kind: RequestKind,
    key: DataKey,
}

async fn open(tx: &mut Transaction<'_>, request: &str) -> Result<Open, StoreError> {
    let row = sqlx::query(
        "SELECT subject, kind FROM subject_requests WHERE id = ?1 AND NOT EXISTS (
             SELECT 1 FROM subject_request_steps WHERE request = ?1 AND event IN ('done', 'refused'))",
    )
    .bind(request)
    .fetch_optional(tx.on())
    .await?
    .ok_or(StoreError::UnknownSubjectRequest)?;
    let key = tx.key(request).await?.ok_or(StoreError::UnknownSubjectRequest)?;
    let kind = parse_word("subject_requests.kind", row.try_get("kind")?)?;
    Ok(Open { subject: about(tx.on(), &row).await?, kind, key })
}

/// Whom a request is about. Their records may have been merged since it came.
async fn about(connection: &mut SqliteConnection, row: &SqliteRow) -> Result<Option<Uuid>, StoreError> {
    match row.try_get("subject")? {
        Some(subject) => {
            Ok(Some(id("subject_requests.subject", &numbers::root(connection, subject).await?)?))
        }
        None => Ok(None),
    }
}

/// A step to be written.
struct Step<'a> {
    request: &'a str,
    key: &'a DataKey,
    event: RequestEvent,
    article: Option<&'a str>,
    decision: &'a Decision,
    at: Timestamp,
}

async fn step(tx: &mut Transaction<'_>, step: &Step<'_>) -> Result<(), StoreError> {
    let new = tx.new_id()?;
    let row = sqlx::query(
        "INSERT INTO subject_request_steps (id, request, event, article, decision, at)
         VALUES (?, ?, ?, ?, ?, ?) RETURNING *",
    )
    .bind(&new)
    .bind(step.request)
    .bind(word(&step.event)?)
    .bind(step.article)
    .bind(tx.seal(step.decision, step.key, step_place(&new))?)
    .bind(step.at.as_millisecond())
    .fetch_one(tx.on())
    .await?;
    tx.log(Logged::RequestStepped, &new, &row, step.at).await
}

#[async_trait]
impl Operation for NewRequestStep {
    type Output = ();

    async fn run(&self, tx: &mut Transaction<'_>) -> Result<(), StoreError> {
        let request = self.request.to_string();
        let Open { key, .. } = open(tx, &request).await?;
        let article = self.article.as_deref().filter(|article| !article.trim().is_empty());
        // A refusal without its article is none.
        let article = match self.event {
            RequestEvent::Refused => Some(article.ok_or(StoreError::ArticleMissing)?),
            _ => None,
        };
        let new = Step {
            request: &request,
            key: &key,
            event: self.event,
            article,
            decision: &self.decision,
            at: self.at,
        };
        step(tx, &new).await
    }
}

#[async_trait]
impl Operation for CarryOut {
    type Output = Outcome;

    async fn run(&self, tx: &mut Transaction<'_>) -> Result<Outcome, StoreError> {
        let request = self.request.to_string();
        let Open { subject, kind, key } = open(tx, &request).await?;
        let outcome = match (&self.action, subject) {
            (Action::Answer, subject) => {
                // However an objection is dealt with: nobody is asked any more what rests on consent alone.
                if let (RequestKind::Object, Some(subject)) = (kind, subject) {
                    let subject = subject.to_string();
                    outbox::stop_what_rested_on_consent(tx, &subject, Stopped::Objected, self.at).await?;
                }
                Outcome::Done
            }
            (_, None) => return Err(StoreError::UnknownSubject),
            (Action::Correct(correction), Some(subject)) => {
                correct(tx, &request, subject, correction).await?
            }
            (Action::Delete, Some(subject)) => delete(tx, subject, self.at).await?,
            (Action::Restrict, Some(subject)) => {
                let (kind, decision) = (MarkKind::Restricted, self.decision.clone());
                purge::mark(tx, &Mark { subject, kind, placed: true, decision, at: self.at }).await?;
                Outcome::Done
            }
            (Action::Withdraw, Some(subject)) => {
                let by_hand = ByHand { staff: self.decision.staff.clone(), representative: None };
                let all = TakenBack { purpose: None, spoken: None, by_hand: &by_hand };
                consents::withdraw(tx, subject, &all, self.at).await?;
                Outcome::Done
            }
        };
        let (event, article) = match &outcome {
            Outcome::Done | Outcome::Corrected(_) => (RequestEvent::Done, None),
            Outcome::Kept { article, .. } => (RequestEvent::Refused, Some(article.as_str())),
        };
        let ended =
            Step { request: &request, key: &key, event, article, decision: &self.decision, at: self.at };
        step(tx, &ended).await?;
        Ok(outcome)
    }
}

/// Corrects a visit of the person who asked. The new version says which request it answers.
async fn correct(
    tx: &mut Transaction<'_>,
    request: &str,
    subject: Uuid,
    correction: &CorrectVisit,
) -> Result<Outcome, StoreError> {
    let whose = corrections::whose(tx, &correction.visit.to_string()).await?;
    if numbers::root(tx.on(), whose).await? != subject.to_string() {
        return Err(StoreError::UnknownSubject);
    }
    let mut correction = correction.clone();
    correction.decision.reason = format!("Yêu cầu {request}: {}", correction.decision.reason);
    Ok(Outcome::Corrected(correction.run(tx).await?))
}

/// Destroys the key, unless a visit is younger than the law lets it go, or the data are needed in a dispute.
async fn delete(tx: &mut Transaction<'_>, subject: Uuid, at: Timestamp) -> Result<Outcome, StoreError> {
    let row = subject.to_string();
    tx.key(&row).await?.ok_or(StoreError::UnknownSubject)?;
    let youngest: Option<i64> = sqlx::query_scalar(
        "SELECT max(visits.at) FROM current_subjects JOIN visits ON visits.id = current_subjects.visit
         WHERE current_subjects.subject IN (SELECT same FROM same_person WHERE same_person.subject = ?1)",
    )
    .bind(&row)
    .fetch_one(tx.on())
    .await?;
    let limit = Record::Visit.over_before(at).map(Timestamp::as_millisecond);
    let required = youngest.filter(|visit| limit.is_none_or(|limit| *visit >= limit));
    let held = purge::marks(tx.on(), &row).await?.contains(&MarkKind::Held);
    let article = match (required, held) {
        (Some(_), _) => VISIT_REQUIRED_BY,
        (None, true) => HELD,
        (None, false) => {
            erasure::destroy(tx, &row, at).await?;
            return Ok(Outcome::Done);
        }
    };
    let until = required
        .map(|visit| time("visits.at", visit))
        .transpose()?
        .and_then(|visit| Record::Visit.over_at(visit))
        .map(station_day);
    let evidence_emptied = if held { 0 } else { purge::empty_evidence(tx, &row, at).await? };
    Ok(Outcome::Kept { article: article.to_owned(), until, evidence_emptied })
}

fn day(what: &'static str, stored: &str) -> Result<Date, StoreError> {
    stored.parse().map_err(|_| StoreError::Malformed { what })
}

async fn request(
    connection: &mut SqliteConnection,
    keys: &Keys,
    row: &SqliteRow,
) -> Result<SubjectRequest, StoreError> {
    let request: String = row.try_get("id")?;
    let key = keys.fetch(&mut *connection, &request).await?;
    let stored = sqlx::query("SELECT * FROM subject_request_steps WHERE request = ? ORDER BY rowid")
        .bind(&request)
        .fetch_all(&mut *connection)
        .await?;
    let mut steps = Vec::with_capacity(stored.len());
    for step in &stored {
        let step_id: String = step.try_get("id")?;
        let decision = match &key {
            Some(key) => {
                Some(Sealed::from_stored(step.try_get("decision")?).open(key, step_place(&step_id))?)
            }
            None => None,
        };
        steps.push(RequestStep {
            event: parse_word("subject_request_steps.event", step.try_get("event")?)?,
            article: step.try_get("article")?,
            decision,
            at: time("subject_request_steps.at", step.try_get("at")?)?,
        });
    }
    let asked = match &key {
        Some(key) => {
            let place = place("subject_requests", "asked", &request);
            Some(Sealed::from_stored(row.try_get("asked")?).open(key, place)?)
        }
        None => None,
    };
    let subject = about(connection, row).await?;
    Ok(SubjectRequest {
        id: id("subject_requests.id", &request)?,
        kind: parse_word("subject_requests.kind", row.try_get("kind")?)?,
        subject,
        received_at: time("subject_requests.received_at", row.try_get("received_at")?)?,
        due: Due {
            acknowledge: day("subject_requests.acknowledge_by", row.try_get("acknowledge_by")?)?,
            finish: day("subject_requests.finish_by", row.try_get("finish_by")?)?,
            extended: day("subject_requests.extended_by", row.try_get("extended_by")?)?,
        },
        asked,
        steps,
    })
}

/// A reading of everything, logged before it is done.
struct LogReading(ReadRecords);

#[async_trait]
impl Operation for LogReading {
    /// Whose: the person as they are known now.
    type Output = Uuid;

    async fn run(&self, tx: &mut Transaction<'_>) -> Result<Uuid, StoreError> {
        let subject = numbers::root(tx.on(), self.0.subject.to_string()).await?;
        tx.key(&subject).await?.ok_or(StoreError::UnknownSubject)?;
        let Decision { staff, reason, .. } = &self.0.decision;
        let said = [staff.as_bytes(), reason.as_bytes()];
        tx.log_content(Logged::RecordsRead, &subject, &said, self.0.at).await?;
        id("subjects.id", &subject)
    }
}

#[async_trait]
impl SubjectRequests for SqliteStore {
    async fn receive_request(&self, request: NewSubjectRequest) -> Result<Uuid, StoreError> {
        self.writer.submit(request).await
    }

    async fn subject_requests(&self) -> Result<Vec<SubjectRequest>, StoreError> {
        let mut reader = self.readers.begin().await?;
        let rows = sqlx::query("SELECT * FROM subject_requests ORDER BY received_at DESC, rowid DESC")
            .fetch_all(&mut *reader)
            .await?;
        let mut requests = Vec::with_capacity(rows.len());
        for row in &rows {
            requests.push(request(&mut reader, &self.keys, row).await?);
        }
        requests.sort_by_key(|request| {
            let due = request.next_due();
            (due.is_none(), due)
        });
        Ok(requests)
    }

    async fn subject_request(&self, id: Uuid) -> Result<Option<SubjectRequest>, StoreError> {
        let mut reader = self.readers.begin().await?;
        let row = sqlx::query("SELECT * FROM subject_requests WHERE id = ?")
            .bind(id.to_string())
            .fetch_optional(&mut *reader)
            .await?;
        match row {
            Some(row) => Ok(Some(request(&mut reader, &self.keys, &row).await?)),
            None => Ok(None),
        }
    }

    async fn step_request(&self, step: NewRequestStep) -> Result<(), StoreError> {
        self.writer.submit(step).await
    }

    async fn carry_out(&self, action: CarryOut) -> Result<Outcome, StoreError> {
        self.writer.submit(action).await
    }

    async fn read_records(&self, reading: ReadRecords) -> Result<SubjectRecords, StoreError> {
        let subject = self.writer.submit(LogReading(reading)).await?;
        records::of(&mut *self.readers.begin().await?, &self.keys, subject).await
    }

    async fn visits_of(&self, subject: Uuid) -> Result<Vec<Recorded>, StoreError> {
        visits::of_subject(&mut *self.readers.acquire().await?, subject).await
    }
}
