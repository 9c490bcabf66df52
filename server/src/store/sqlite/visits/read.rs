//! Reading visits: as they were recorded, and as their last version says.

use flows::InsuranceCard;
use jiff::civil::Date;
use sqlx::{Row as _, SqliteConnection, sqlite::SqliteRow};
use uuid::Uuid;

use super::super::{
    Keys, calls, checks, corrections, erasure, parse_word, purge, queue, reception,
    transaction::{bytes, id, time},
};
use crate::{
    sealed::{Place, Sealed},
    store::{Decision, Patient, Recorded, StoreError, Visit, retention::MarkKind, visits::insurance_status},
};

/// The visit of whoever has this keyed hash. It comes marked as had before.
pub(in super::super) async fn earlier(
    connection: &mut SqliteConnection,
    keys: &Keys,
    look_up: &[u8; 32],
    station: &str,
    day: Date,
) -> Result<Option<Recorded>, StoreError> {
    let Some(subject) = erasure::subject(connection, look_up).await? else { return Ok(None) };
    let row = visit_of(connection, &subject.to_string(), station, day).await?;
    let Some(row) = row else { return Ok(None) };
    Ok(Some(Recorded { already: true, ..with_code(connection, keys, &row).await? }))
}

async fn with_code(
    connection: &mut SqliteConnection,
    keys: &Keys,
    row: &SqliteRow,
) -> Result<Recorded, StoreError> {
    let recorded = parse(row)?;
    let code = queue::code_for(&mut *connection, keys, recorded.subject, recorded.visit).await?;
    corrections::as_corrected(connection, Recorded { code, ..recorded }).await
}

/// The visit of the day that is still in the queue: the subject's, or the one that theirs was merged into.
pub(super) async fn visit_of(
    connection: &mut SqliteConnection,
    subject: &str,
    station: &str,
    day: Date,
) -> Result<Option<SqliteRow>, StoreError> {
    let row = sqlx::query(
        "WITH RECURSIVE theirs (visit) AS (
             SELECT id FROM visits WHERE station = ?2 AND day = ?3
                 AND (subject = ?1 OR subject IN (SELECT subject FROM merged_subjects WHERE root = ?1))
                 AND NOT EXISTS (SELECT 1 FROM visit_versions WHERE visit = visits.id)
             UNION SELECT last.visit FROM visit_versions AS last JOIN visits ON visits.id = last.visit
             WHERE (last.subject = ?1 OR last.subject IN (SELECT subject FROM merged_subjects WHERE root = ?1))
                 AND station = ?2 AND day = ?3 AND NOT EXISTS (
                 SELECT 1 FROM visit_versions WHERE visit = last.visit AND version > last.version)
             UNION SELECT other FROM queue_events JOIN theirs ON queue_events.visit = theirs.visit
             WHERE event = 'merged')
         SELECT visits.* FROM theirs JOIN visits ON visits.id = theirs.visit
         WHERE NOT EXISTS (SELECT 1 FROM queue_events WHERE queue_events.visit = visits.id
             AND event IN ('finished', 'cancelled', 'merged'))
         ORDER BY visits.at, visits.id LIMIT 1",
    )
    .bind(subject)
    .bind(station)
    .bind(day.to_string())
    .fetch_optional(connection)
    .await?;
    Ok(row)
}

pub(in super::super) async fn recorded(
    connection: &mut SqliteConnection,
    keys: &Keys,
    visit: &str,
) -> Result<Option<Recorded>, StoreError> {
    let row =
        sqlx::query("SELECT * FROM visits WHERE id = ?").bind(visit).fetch_optional(&mut *connection).await?;
    match row {
        Some(row) => Ok(Some(with_code(connection, keys, &row).await?)),
        None => Ok(None),
    }
}

/// What a row says; its ticket's code is sealed and read apart.
pub(super) fn parse(row: &SqliteRow) -> Result<Recorded, StoreError> {
    Ok(Recorded {
        visit: id("visits.id", row.try_get("id")?)?,
        subject: id("visits.subject", row.try_get("subject")?)?,
        number: row.try_get("number")?,
        queue: parse_word("visits.queue", row.try_get("queue")?)?,
        room: row.try_get("room")?,
        at: time("visits.at", row.try_get("at")?)?,
        method: parse_word("visits.phuong_thuc_dinh_danh", row.try_get("phuong_thuc_dinh_danh")?)?,
        strength: parse_word("visits.strength", row.try_get("strength")?)?,
        insurance: insurance_status(row.try_get("insurance")?)
            .ok_or(StoreError::Malformed { what: "visits.insurance" })?,
        code: None,
        already: false,
    })
}

pub(in super::super) async fn visit(
    connection: &mut SqliteConnection,
    keys: &Keys,
    visit: Uuid,
) -> Result<Option<Visit>, StoreError> {
    let row = sqlx::query("SELECT * FROM visits WHERE id = ?")
        .bind(visit.to_string())
        .fetch_optional(&mut *connection)
        .await?;
    match row {
        Some(row) => Ok(Some(unseal(connection, keys, &row).await?)),
        None => Ok(None),
    }
}

/// A subject's visits by their last versions, the latest first.
pub(in super::super) async fn of_subject(
    connection: &mut SqliteConnection,
    subject: Uuid,
) -> Result<Vec<Recorded>, StoreError> {
    let rows = sqlx::query(
        "WITH theirs (subject) AS (SELECT ?1 UNION SELECT subject FROM merged_subjects WHERE root = ?1)
         SELECT * FROM visits
         WHERE id IN (SELECT id FROM visits WHERE subject IN theirs
                 UNION SELECT visit FROM visit_versions WHERE subject IN theirs)
             AND coalesce((SELECT subject FROM visit_versions WHERE visit = visits.id ORDER BY version DESC LIMIT 1),
                 visits.subject) IN theirs
         ORDER BY at DESC",
    )
    .bind(subject.to_string())
    .fetch_all(&mut *connection)
    .await?;
    let mut visits = Vec::with_capacity(rows.len());
    for row in &rows {
        visits.push(corrections::as_corrected(connection, parse(row)?).await?);
    }
    Ok(visits)
}

pub(in super::super) async fn of_day(
    connection: &mut SqliteConnection,
    keys: &Keys,
    station: &str,
    day: Date,
) -> Result<Vec<Visit>, StoreError> {
    let rows =
        sqlx::query("SELECT * FROM visits WHERE station = ? AND day = ? ORDER BY at DESC, number DESC")
            .bind(station)
            .bind(day.to_string())
            .fetch_all(&mut *connection)
            .await?;
    let mut visits = Vec::with_capacity(rows.len());
    for row in rows {
        visits.push(unseal(connection, keys, &row).await?);
    }
    Ok(visits)
}

/// A visit as it was recorded, whatever was corrected since.
pub(in super::super) async fn first_version(
    connection: &mut SqliteConnection,
    keys: &Keys,
    visit: Uuid,
) -> Result<Option<Visit>, StoreError> {
    let row = sqlx::query("SELECT * FROM visits WHERE id = ?")
        .bind(visit.to_string())
        .fetch_optional(&mut *connection)
        .await?;
    match row {
        Some(row) => Ok(Some(first(connection, keys, &row).await?)),
        None => Ok(None),
    }
}

/// A visit as its last version says.
async fn unseal(
    connection: &mut SqliteConnection,
    keys: &Keys,
    row: &SqliteRow,
) -> Result<Visit, StoreError> {
    let mut visit = first(&mut *connection, keys, row).await?;
    corrections::apply(connection, keys, &mut visit).await?;
    Ok(visit)
}

async fn first(connection: &mut SqliteConnection, keys: &Keys, row: &SqliteRow) -> Result<Visit, StoreError> {
    let mut recorded = parse(row)?;
    let visit = recorded.visit.to_string();
    let column = |column| Place { table: "visits", column, row: &visit };
    let key = keys.fetch(&mut *connection, &recorded.subject.to_string()).await?;
    recorded.code = queue::code(&mut *connection, key.as_ref(), recorded.visit).await?;
    let (mut patient, mut insurance_card, mut decision) = (None, None, None);
    let mut restricted = false;
    if let Some(key) = &key {
        // Emptied where the visit is old and the person still comes.
        let sealed: Vec<u8> = row.try_get("patient")?;
        if !sealed.is_empty() {
            patient = Some(Sealed::<Patient>::from_stored(sealed).open(key, column("patient"))?);
        }
        if let Some(card) = row.try_get::<Option<Vec<u8>>, _>("insurance_card")? {
            insurance_card =
                Some(Sealed::<InsuranceCard>::from_stored(card).open(key, column("insurance_card"))?);
        }
        restricted = purge::marks(&mut *connection, &recorded.subject.to_string())
            .await?
            .contains(&MarkKind::Restricted);
        let ending = sqlx::query(
            // Of the calls that ended in it the one that made it: one that found it given already admitted nobody.
            "SELECT call, decision FROM call_endings WHERE visit = ? AND at = ? AND decision <> x'' LIMIT 1",
        )
        .bind(&visit)
        .bind(recorded.at.as_millisecond())
        .fetch_optional(&mut *connection)
        .await?;
        if let Some(ending) = ending {
            let place = calls::decision_place(ending.try_get("call")?);
            decision = Some(Sealed::<Decision>::from_stored(ending.try_get("decision")?).open(key, place)?);
        } else {
            decision = reception::decision(&mut *connection, key, &visit).await?;
        }
    }
    let insurance_check = checks::insurance(&mut *connection, key.as_ref(), &visit).await?;
    let population_check = checks::population(&mut *connection, &visit).await?;
    let card = checks::card(&mut *connection, &visit).await?;
    let word_of = |name| row.try_get::<Option<String>, _>(name);
    let session = word_of("session")?;
    Ok(Visit {
        station: row.try_get("station")?,
        session: session.as_deref().map(|session| id("visits.session", session)).transpose()?,
        verdict: word_of("verdict")?
            .map(|text| serde_json::from_str(&text))
            .transpose()
            .map_err(|_| StoreError::Malformed { what: "visits.verdict" })?,
        access: word_of("access")?.map(|word| parse_word("visits.access", &word)).transpose()?,
        challenge: word_of("challenge")?.map(|word| parse_word("visits.challenge", &word)).transpose()?,
        signer_sha256: row
            .try_get::<Option<Vec<u8>>, _>("signer_sha256")?
            .map(|digest| bytes("visits.signer_sha256", digest))
            .transpose()?,
        card,
        insurance_result: word_of("insurance_result")?,
        legal_basis: parse_word("visits.legal_basis", row.try_get("legal_basis")?)?,
        evidence_basis: word_of("evidence_basis")?
            .map(|word| parse_word("visits.evidence_basis", &word))
            .transpose()?,
        restricted,
        patient,
        insurance_check,
        population_check,
        insurance_card,
        decision,
        recorded,
    })
}
