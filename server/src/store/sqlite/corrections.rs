//! Versions of visits.

use async_trait::async_trait;
use flows::engine::Insurance;
use sqlx::{Row as _, SqliteConnection, sqlite::SqliteRow};
use uuid::Uuid;

use super::{
    Keys, SqliteStore,
    audit::Logged,
    checks, numbers, outbox, parse_word, purge,
    transaction::{Transaction, id, time},
    visits, word,
    writer::Operation,
};
use crate::{
    sealed::{DataKey, Place, Sealed},
    store::{
        CorrectVisit, Corrected, Corrections, Decision, MessageKind, NewMessage, Patient, Recorded,
        StoreError, Visit, VisitVersion, Wrong,
        retention::{Mark, MarkKind},
        visits::{insurance_code, insurance_status},
    },
};

fn place<'a>(column: &'static str, row: &'a str) -> Place<'a> {
    Place { table: "visit_versions", column, row }
}

/// The last version's number and whose visit it is.
struct Last {
    version: u32,
    subject: String,
}

async fn last(tx: &mut Transaction<'_>, visit: &str) -> Result<Last, StoreError> {
    let first: String = sqlx::query_scalar("SELECT subject FROM visits WHERE id = ?")
        .bind(visit)
        .fetch_optional(tx.on())
        .await?
        .ok_or(StoreError::UnknownVisit)?;
    let row = sqlx::query(
        "SELECT version, subject FROM visit_versions WHERE visit = ? ORDER BY version DESC LIMIT 1",
    )
    .bind(visit)
    .fetch_optional(tx.on())
    .await?;
    match row {
        Some(row) => Ok(Last { version: row.try_get("version")?, subject: row.try_get("subject")? }),
        None => Ok(Last { version: 1, subject: first }),
    }
}

/// Whose visit it is by its last version.
pub(super) async fn whose(tx: &mut Transaction<'_>, visit: &str) -> Result<String, StoreError> {
    Ok(last(tx, visit).await?.subject)
}

#[async_trait]
impl Operation for CorrectVisit {
    type Output = Corrected;

    async fn run(&self, tx: &mut Transaction<'_>) -> Result<Corrected, StoreError> {
        let visit = self.visit.to_string();
        let last = last(tx, &visit).await?;
        if last.version != self.seen {
            return Err(StoreError::VisitCorrected);
        }
        let before = tx.key(&last.subject).await?.ok_or(StoreError::UnknownVisit)?;
        let (subject, key) = match self.wrong {
            // Their number may be what was wrong; nobody else may have it.
            Wrong::Person | Wrong::Identified | Wrong::Data => {
                visits::subject_of(tx, &last.subject, self.patient.number.as_ref(), self.wrong, self.at)
                    .await?
            }
            Wrong::Place | Wrong::Insurance => (last.subject.clone(), before),
        };
        let new = tx.new_id()?;
        let version = last.version + 1;
        let row = sqlx::query(
            "INSERT INTO visit_versions (id, visit, version, wrong, subject, phuong_thuc_dinh_danh, strength, room,
                 insurance, patient, coverage, decision, at)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING *",
        )
        .bind(&new)
        .bind(&visit)
        .bind(version)
        .bind(self.wrong.as_str())
        .bind(&subject)
        .bind(self.method.as_str())
        .bind(word(&self.strength)?)
        .bind(&self.room)
        .bind(insurance_code(self.insurance.status))
        .bind(tx.seal(&self.patient, &key, place("patient", &new))?)
        .bind(tx.seal(&self.insurance, &key, place("coverage", &new))?)
        .bind(tx.seal(&self.decision, &key, place("decision", &new))?)
        .bind(self.at.as_millisecond())
        .fetch_one(tx.on())
        .await?;
        tx.log(Logged::VisitCorrected, &new, &row, self.at).await?;
        for given in numbers::of_patient(&self.patient, false) {
            numbers::keep(tx, (&subject, &key), &given, self.at).await?;
        }
        let about = outbox::About { of: outbox::Subject::Visit(&visit), subject: &subject, key: &key };
        let another = self.wrong.is_about_somebody_else() || !same(tx.on(), &last.subject, &subject).await?;
        ask_anew(tx, self, &about, (version, another)).await?;
        carry_marks(tx, self, &last.subject, &subject).await?;
        // One that was never tried is written from the corrected record when its turn comes.
        let told: bool = sqlx::query_scalar(
            "SELECT EXISTS (SELECT 1 FROM outbox WHERE visit = ? AND kind = ?
                 AND (state = 'delivered' OR attempts > 0))",
        )
        .bind(&visit)
        .bind(MessageKind::CheckIn.as_str())
        .fetch_one(tx.on())
        .await?;
        if told {
            let message = NewMessage {
                kind: MessageKind::Correction,
                part: version.to_string(),
                payload: self.to_say.clone(),
                not_before: self.at,
            };
            outbox::queue(tx, &about, &message, self.at).await?;
        }
        Ok(Corrected { version, to_tell: told })
    }
}

/// Ends the questions about what was corrected, asks those about what is right, and has what waits for the answers
/// wait for these.
async fn ask_anew(
    tx: &mut Transaction<'_>,
    correction: &CorrectVisit,
    about: &outbox::About<'_>,
    (version, another): (u32, bool),
) -> Result<(), StoreError> {
    let CorrectVisit { look_up, population_check, at, .. } = correction;
    let mut questions = Vec::new();
    let visit = correction.visit.to_string();
    if another || look_up.is_some() {
        outbox::end_questions(tx, &visit, MessageKind::InsuranceLookUp, *at).await?;
        questions.extend(look_up);
    }
    if another || population_check.is_some() {
        let unanswered = outbox::end_questions(tx, &visit, MessageKind::PopulationCheck, *at).await?;
        questions.extend(population_check.as_ref().filter(|_| unanswered > 0));
    }
    for question in &questions {
        // The version tells it from what was asked about earlier ones.
        let message = NewMessage { part: version.to_string(), ..(*question).clone() };
        outbox::queue(tx, about, &message, *at).await?;
    }
    if another || look_up.is_some() {
        outbox::follow(tx, about, *at).await?;
    }
    Ok(())
}

/// Whether two subjects are one person, as staff said.
async fn same(connection: &mut SqliteConnection, one: &str, other: &str) -> Result<bool, StoreError> {
    if one == other {
        return Ok(true);
    }
    let one = numbers::root(&mut *connection, one.to_owned()).await?;
    Ok(one == numbers::root(connection, other.to_owned()).await?)
}

/// Whether what is said about `subject` is said about whose visit it is by its last version.
pub(super) async fn is_about_theirs(
    tx: &mut Transaction<'_>,
    visit: &str,
    subject: &str,
) -> Result<bool, StoreError> {
    let whose = whose(tx, visit).await?;
    same(tx.on(), &whose, subject).await
}

async fn rows(connection: &mut SqliteConnection, visit: &str) -> Result<Vec<SqliteRow>, StoreError> {
    let rows = sqlx::query("SELECT * FROM visit_versions WHERE visit = ? ORDER BY version")
        .bind(visit)
        .fetch_all(connection)
        .await?;
    Ok(rows)
}

fn opened<T: serde::Serialize + serde::de::DeserializeOwned>(
    row: &SqliteRow,
    column: &'static str,
    key: Option<&DataKey>,
) -> Result<Option<T>, StoreError> {
    let version: String = row.try_get("id")?;
    let stored: Vec<u8> = row.try_get(column)?;
    // Emptied where the visit is old and the person still comes.
    if stored.is_empty() {
        return Ok(None);
    }
    let sealed = Sealed::<T>::from_stored(stored);
    Ok(key.map(|key| sealed.open(key, place(column, &version))).transpose()?)
}

fn version(row: &SqliteRow, key: Option<&DataKey>) -> Result<VisitVersion, StoreError> {
    Ok(VisitVersion {
        version: row.try_get("version")?,
        wrong: Some(parse_word("visit_versions.wrong", row.try_get("wrong")?)?),
        subject: id("visit_versions.subject", row.try_get("subject")?)?,
        patient: opened::<Patient>(row, "patient", key)?,
        method: parse_word("visit_versions.phuong_thuc_dinh_danh", row.try_get("phuong_thuc_dinh_danh")?)?,
        strength: parse_word("visit_versions.strength", row.try_get("strength")?)?,
        room: row.try_get("room")?,
        insurance: insurance_status(row.try_get("insurance")?)
            .ok_or(StoreError::Malformed { what: "visit_versions.insurance" })?,
        decision: opened::<Decision>(row, "decision", key)?,
        at: time("visit_versions.at", row.try_get("at")?)?,
    })
}

/// What its last version says of a visit, without a word about the person.
pub(super) async fn as_corrected(
    connection: &mut SqliteConnection,
    recorded: Recorded,
) -> Result<Recorded, StoreError> {
    let all = rows(connection, &recorded.visit.to_string()).await?;
    let Some(row) = all.last() else { return Ok(recorded) };
    let last = version(row, None)?;
    Ok(Recorded {
        subject: last.subject,
        room: last.room,
        method: last.method,
        strength: last.strength,
        insurance: last.insurance,
        ..recorded
    })
}

/// Has a visit say what its last version says.
pub(super) async fn apply(
    connection: &mut SqliteConnection,
    keys: &Keys,
    visit: &mut Visit,
) -> Result<(), StoreError> {
    let all = rows(&mut *connection, &visit.recorded.visit.to_string()).await?;
    let Some(row) = all.last() else { return Ok(()) };
    if let Some(since) = somebody_else(&mut *connection, &visit.recorded, &all).await? {
        let key = keys.fetch(&mut *connection, since.try_get("subject")?).await?;
        let since = version(since, key.as_ref())?;
        visit.forget_proof_before(since.at, since.decision);
    }
    let key = keys.fetch(&mut *connection, row.try_get("subject")?).await?;
    let last = version(row, key.as_ref())?;
    visit.restricted =
        purge::marks(&mut *connection, &last.subject.to_string()).await?.contains(&MarkKind::Restricted);
    let coverage = opened::<Insurance>(row, "coverage", key.as_ref())?;
    let recorded = &mut visit.recorded;
    recorded.subject = last.subject;
    recorded.room = last.room;
    recorded.method = last.method;
    recorded.strength = last.strength;
    recorded.insurance = last.insurance;
    visit.patient = last.patient;
    visit.insurance_result = coverage.as_ref().and_then(|coverage| coverage.result_code.clone());
    visit.insurance_card = coverage.and_then(|coverage| coverage.card.clone());
    // What a register said of the earlier version is not about this one; what it said since is sealed for whom it is.
    visit.insurance_check = checks::insurance(connection, key.as_ref(), &recorded.visit.to_string()).await?;
    if visit.insurance_check.as_ref().is_some_and(|check| check.at < last.at) {
        visit.insurance_check = None;
    }
    Ok(())
}

/// The last version that says that somebody else came, or that they showed nothing of what was proved: what a chip
/// proved before is not about them.
async fn somebody_else<'a>(
    connection: &mut SqliteConnection,
    first: &Recorded,
    rows: &'a [SqliteRow],
) -> Result<Option<&'a SqliteRow>, StoreError> {
    let mut found = None;
    let (mut subject, mut established) = (first.subject, (first.method, first.strength));
    for row in rows {
        let next = version(row, None)?;
        let another = next.wrong.is_some_and(Wrong::is_about_somebody_else)
            || (next.method, next.strength) != established
            || !same(&mut *connection, &subject.to_string(), &next.subject.to_string()).await?;
        if another {
            found = Some(row);
        }
        (subject, established) = (next.subject, (next.method, next.strength));
    }
    Ok(found)
}

async fn versions(
    connection: &mut SqliteConnection,
    keys: &Keys,
    visit: Uuid,
) -> Result<Vec<VisitVersion>, StoreError> {
    let Some(first) = visits::first_version(&mut *connection, keys, visit).await? else {
        return Ok(Vec::new());
    };
    let mut versions = vec![VisitVersion {
        version: 1,
        wrong: None,
        subject: first.recorded.subject,
        patient: first.patient.clone(),
        method: first.recorded.method,
        strength: first.recorded.strength,
        room: first.recorded.room.clone(),
        insurance: first.recorded.insurance,
        decision: first.decision.clone(),
        at: first.recorded.at,
    }];
    for row in rows(&mut *connection, &visit.to_string()).await? {
        let key = keys.fetch(&mut *connection, row.try_get("subject")?).await?;
        versions.push(version(&row, key.as_ref())?);
    }
    Ok(versions)
}

/// The subjects under which this person was kept before: while nobody knew who they were, or under a number that was
/// wrong. They are read and erased together.
pub(super) async fn earlier_of(
    connection: &mut SqliteConnection,
    subject: &str,
) -> Result<Vec<String>, StoreError> {
    let earlier = sqlx::query_scalar("SELECT before FROM earlier_records WHERE subject = ? ORDER BY before")
        .bind(subject)
        .fetch_all(connection)
        .await?;
    Ok(earlier)
}

/// Has the marks on whoever a visit was corrected from hold for whom it is now, where it is the same person.
async fn carry_marks(
    tx: &mut Transaction<'_>,
    correction: &CorrectVisit,
    before: &str,
    subject: &str,
) -> Result<(), StoreError> {
    if !earlier_of(tx.on(), subject).await?.iter().any(|earlier| earlier == before) {
        return Ok(());
    }
    let there = purge::marks(tx.on(), subject).await?;
    for kind in purge::marks(tx.on(), before).await? {
        if !there.contains(&kind) {
            let decision = correction.decision.clone();
            let subject = id("visit_versions.subject", subject)?;
            purge::mark(tx, &Mark { subject, kind, placed: true, decision, at: correction.at }).await?;
        }
    }
    Ok(())
}

#[async_trait]
impl Corrections for SqliteStore {
    async fn correct_visit(&self, correction: CorrectVisit) -> Result<Corrected, StoreError> {
        let corrected = self.writer.submit(correction).await?;
        self.queued.notify_one();
        Ok(corrected)
    }

    async fn visit_versions(&self, visit: Uuid) -> Result<Vec<VisitVersion>, StoreError> {
        versions(&mut *self.readers.begin().await?, &self.keys, visit).await
    }
}
