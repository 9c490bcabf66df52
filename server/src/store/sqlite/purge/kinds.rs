//! What is over, kind by kind.

use flows::law::{Record, retention::Ending};
use jiff::Timestamp;
use sqlx::sqlite::SqliteRow;

use super::{
    super::{audit::Logged, erasure, transaction::Transaction},
    name,
};
use crate::store::{StoreError, retention::PURGED_AT_ONCE};

/// What one purge does to one kind of record. The order is that of the work: what names another goes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Evidence,
    InsuranceAnswers,
    LaterInsuranceAnswers,
    RawInsuranceAnswers,
    Receipts,
    PatientsOfOldVisits,
    OldSubjects,
    WithdrawalsAndConsents,
    UnansweredDecisions,
    SubjectRequests,
    Incidents,
    StaffSessions,
    Sessions,
}

/// The ids of what was purged, and whether each has a leaf of its own.
type Gone = (Vec<String>, bool);

impl Kind {
    pub(super) const ALL: [Self; 13] = [
        Self::Evidence,
        Self::InsuranceAnswers,
        Self::LaterInsuranceAnswers,
        Self::RawInsuranceAnswers,
        Self::Receipts,
        Self::PatientsOfOldVisits,
        Self::OldSubjects,
        Self::WithdrawalsAndConsents,
        Self::UnansweredDecisions,
        Self::SubjectRequests,
        Self::Incidents,
        Self::StaffSessions,
        Self::Sessions,
    ];

    pub(super) const fn record(self) -> Record {
        match self {
            Self::Evidence => Record::Evidence,
            Self::InsuranceAnswers | Self::LaterInsuranceAnswers => Record::InsuranceAnswer,
            Self::RawInsuranceAnswers => Record::RawInsuranceAnswer,
            Self::Receipts => Record::OutboxReceipt,
            Self::PatientsOfOldVisits | Self::OldSubjects => Record::Visit,
            Self::WithdrawalsAndConsents => Record::Consent,
            Self::UnansweredDecisions => Record::StaffDecision,
            Self::SubjectRequests => Record::SubjectRequest,
            Self::Incidents => Record::Incident,
            Self::StaffSessions => Record::StaffSession,
            Self::Sessions => Record::SessionRow,
        }
    }

    pub(super) const fn ending(self) -> Ending {
        match self {
            Self::Evidence
            | Self::InsuranceAnswers
            | Self::LaterInsuranceAnswers
            | Self::PatientsOfOldVisits => Ending::ColumnsEmptied,
            Self::OldSubjects | Self::UnansweredDecisions | Self::SubjectRequests | Self::Incidents => {
                Ending::KeyDestroyed
            }
            Self::RawInsuranceAnswers
            | Self::Receipts
            | Self::WithdrawalsAndConsents
            | Self::StaffSessions
            | Self::Sessions => Ending::RowDeleted,
        }
    }

    /// Purges some of what began before `limit`.
    #[expect(clippy::too_many_lines, reason = "one arm for each kind")]
    pub(super) async fn purge(
        self,
        tx: &mut Transaction<'_>,
        limit: Timestamp,
        at: Timestamp,
    ) -> Result<Gone, StoreError> {
        match self {
            Self::Evidence => {
                let visits = over(
                    tx,
                    "SELECT id FROM visits WHERE at < ? AND (proof IS NOT NULL OR submission IS NOT NULL)
                         AND subject NOT IN (SELECT subject FROM marked_subjects) ORDER BY at LIMIT ?",
                    limit,
                )
                .await?;
                Ok((empty_evidence_of(tx, &visits, at).await?, true))
            }
            Self::InsuranceAnswers => {
                let visits = over(
                    tx,
                    "SELECT id FROM visits WHERE at < ? AND insurance_card IS NOT NULL
                         AND subject NOT IN (SELECT subject FROM marked_subjects) ORDER BY at LIMIT ?",
                    limit,
                )
                .await?;
                let sql = "UPDATE visits SET insurance_card = NULL WHERE id = ? RETURNING *";
                Ok((reduce(tx, "visits", sql, &visits, at).await?, true))
            }
            Self::LaterInsuranceAnswers => {
                let checks = over(
                    tx,
                    "SELECT insurance_checks.id FROM insurance_checks JOIN visits ON visits.id = insurance_checks.visit
                     WHERE insurance_checks.at < ? AND card IS NOT NULL
                         AND visits.subject NOT IN (SELECT subject FROM marked_subjects)
                     ORDER BY insurance_checks.at LIMIT ?",
                    limit,
                )
                .await?;
                let sql = "UPDATE insurance_checks SET card = NULL WHERE id = ? RETURNING *";
                Ok((reduce(tx, "insurance_checks", sql, &checks, at).await?, true))
            }
            Self::RawInsuranceAnswers => {
                let answers = over(
                    tx,
                    "SELECT id FROM insurance_answers WHERE at < ?
                         AND subject NOT IN (SELECT subject FROM marked_subjects) ORDER BY at LIMIT ?",
                    limit,
                )
                .await?;
                let sql = "DELETE FROM insurance_answers WHERE id = ? RETURNING *";
                Ok((delete(tx, "insurance_answers", sql, &answers, at).await?, true))
            }
            Self::Receipts => {
                let receipts = over(
                    tx,
                    "SELECT message FROM outbox_receipts JOIN visits ON visits.id = outbox_receipts.visit
                     WHERE outbox_receipts.at < ? AND visits.subject NOT IN (SELECT subject FROM marked_subjects)
                     ORDER BY outbox_receipts.at LIMIT ?",
                    limit,
                )
                .await?;
                let sql = "DELETE FROM outbox_receipts WHERE message = ? RETURNING *";
                Ok((delete(tx, "outbox_receipts", sql, &receipts, at).await?, true))
            }
            Self::PatientsOfOldVisits => {
                // Who still comes keeps their key; what is old is emptied.
                let visits = over(
                    tx,
                    "SELECT id FROM visits AS old WHERE at < ?1 AND patient <> x''
                         AND EXISTS (SELECT 1 FROM visits WHERE subject = old.subject AND at >= ?1)
                         AND subject NOT IN (SELECT subject FROM marked_subjects) ORDER BY at LIMIT ?2",
                    limit,
                )
                .await?;
                let sql =
                    "UPDATE visits SET patient = x'', insurance_card = NULL, proof = NULL, submission = NULL
                     WHERE id = ? RETURNING *";
                let mut names = reduce(tx, "visits", sql, &visits, at).await?;
                for visit in &visits {
                    let calls: Vec<String> = sqlx::query_scalar(
                        "SELECT call FROM call_endings WHERE visit = ? AND decision <> x''",
                    )
                    .bind(visit)
                    .fetch_all(tx.on())
                    .await?;
                    let sql = "UPDATE call_endings SET decision = x'' WHERE call = ? RETURNING *";
                    names.extend(reduce(tx, "call_endings", sql, &calls, at).await?);
                }
                Ok((names, true))
            }
            Self::OldSubjects => {
                let subjects = over(
                    tx,
                    "SELECT id FROM subjects JOIN keys ON keys.owner = subjects.id WHERE created_at < ?1
                         AND NOT EXISTS (SELECT 1 FROM visits WHERE subject = subjects.id AND at >= ?1)
                         AND NOT EXISTS (SELECT 1 FROM merged_subjects JOIN visits ON visits.subject = merged_subjects.subject
                             WHERE root = subjects.id AND at >= ?1)
                         AND id NOT IN (SELECT subject FROM marked_subjects) ORDER BY created_at LIMIT ?2",
                    limit,
                )
                .await?;
                for subject in &subjects {
                    erasure::destroy(tx, subject, at).await?;
                }
                Ok((subjects, false))
            }
            Self::WithdrawalsAndConsents => Ok((consents(tx, limit, at).await?, true)),
            Self::UnansweredDecisions => {
                let sql = "SELECT call FROM call_endings JOIN keys ON keys.owner = call
                     WHERE visit IS NULL AND at < ? ORDER BY at LIMIT ?";
                destroy_keys(tx, sql, limit, at).await
            }
            Self::SubjectRequests => {
                let sql = "SELECT request FROM subject_request_steps JOIN keys ON keys.owner = request
                     WHERE event IN ('done', 'refused') AND at < ? ORDER BY at LIMIT ?";
                destroy_keys(tx, sql, limit, at).await
            }
            Self::Incidents => {
                let sql = "SELECT incident FROM incident_steps JOIN keys ON keys.owner = incident
                     WHERE event = 'closed' AND at < ? ORDER BY at LIMIT ?";
                destroy_keys(tx, sql, limit, at).await
            }
            Self::StaffSessions => {
                let sql = "DELETE FROM staff_sessions WHERE id IN
                     (SELECT id FROM staff_sessions WHERE ended_at < ? ORDER BY ended_at LIMIT ?) RETURNING id";
                Ok((over(tx, sql, limit).await?, false))
            }
            Self::Sessions => Ok((sessions(tx, limit).await?, false)),
        }
    }
}

async fn over(
    tx: &mut Transaction<'_>,
    sql: &'static str,
    limit: Timestamp,
) -> Result<Vec<String>, StoreError> {
    let ids =
        sqlx::query_scalar(sql).bind(limit.as_millisecond()).bind(PURGED_AT_ONCE).fetch_all(tx.on()).await?;
    Ok(ids)
}

/// Empties columns of rows by `sql`, with a leaf for each. Gives the names that the leaves have.
async fn reduce(
    tx: &mut Transaction<'_>,
    table: &str,
    sql: &'static str,
    ids: &[String],
    at: Timestamp,
) -> Result<Vec<String>, StoreError> {
    let mut names = Vec::with_capacity(ids.len());
    for id in ids {
        let row = sqlx::query(sql).bind(id).fetch_one(tx.on()).await?;
        let name = name(table, id);
        tx.log(Logged::RowReduced, &name, &row, at).await?;
        names.push(name);
    }
    Ok(names)
}

/// Deletes rows by `sql`, with a leaf for each that is there. Gives the names that the leaves have.
async fn delete(
    tx: &mut Transaction<'_>,
    table: &str,
    sql: &'static str,
    ids: &[String],
    at: Timestamp,
) -> Result<Vec<String>, StoreError> {
    let mut names = Vec::with_capacity(ids.len());
    for id in ids {
        let gone: Option<SqliteRow> = sqlx::query(sql).bind(id).fetch_optional(tx.on()).await?;
        if let Some(row) = gone {
            let name = name(table, id);
            tx.log(Logged::RowPurged, &name, &row, at).await?;
            names.push(name);
        }
    }
    Ok(names)
}

pub(super) async fn empty_evidence_of(
    tx: &mut Transaction<'_>,
    visits: &[String],
    at: Timestamp,
) -> Result<Vec<String>, StoreError> {
    let sql = "UPDATE visits SET proof = NULL, submission = NULL WHERE id = ? RETURNING *";
    reduce(tx, "visits", sql, visits, at).await
}

async fn destroy_keys(
    tx: &mut Transaction<'_>,
    sql: &'static str,
    limit: Timestamp,
    at: Timestamp,
) -> Result<Gone, StoreError> {
    let owners = over(tx, sql, limit).await?;
    for owner in &owners {
        tx.destroy_key(owner).await?;
        tx.log_content(Logged::KeyPurged, owner, &[], at).await?;
    }
    Ok((owners, false))
}

/// Consents that nothing younger takes back, with whose they were.
async fn consents(
    tx: &mut Transaction<'_>,
    limit: Timestamp,
    at: Timestamp,
) -> Result<Vec<String>, StoreError> {
    let ids = over(
        tx,
        "SELECT id FROM consents WHERE at < ?
             AND NOT EXISTS (SELECT 1 FROM consents AS later WHERE later.withdraws = consents.id)
             AND NOT EXISTS (SELECT 1 FROM marked_subjects WHERE subject = consents.subject OR subject =
                 (SELECT subject FROM consent_subjects WHERE consent = consents.id))
         ORDER BY at LIMIT ?",
        limit,
    )
    .await?;
    let mut names = Vec::with_capacity(2 * ids.len());
    for id in &ids {
        for (table, sql) in [
            ("consent_subjects", "DELETE FROM consent_subjects WHERE consent = ? RETURNING *"),
            ("consents", "DELETE FROM consents WHERE id = ? RETURNING *"),
        ] {
            names.extend(delete(tx, table, sql, std::slice::from_ref(id), at).await?);
        }
    }
    Ok(names)
}

/// Conversations that were forgotten and that no other record names. Which tables may name one is asked of the
/// database, so that a table added later is not forgotten here.
async fn sessions(tx: &mut Transaction<'_>, limit: Timestamp) -> Result<Vec<String>, StoreError> {
    let named_by: Vec<(String, String)> = sqlx::query_as(
        "SELECT tables.name, keys.\"from\" FROM sqlite_schema AS tables, pragma_foreign_key_list(tables.name) AS keys
         WHERE tables.type = 'table' AND keys.\"table\" = 'sessions'",
    )
    .fetch_all(tx.on())
    .await?;
    let mut sql = "DELETE FROM sessions WHERE id IN (SELECT id FROM sessions WHERE turned_at < ?
         AND NOT EXISTS (SELECT 1 FROM keys WHERE owner = sessions.id)"
        .to_owned();
    for (table, column) in named_by {
        sql.extend([
            " AND NOT EXISTS (SELECT 1 FROM \"",
            &table,
            "\" WHERE \"",
            &column,
            "\" = sessions.id)",
        ]);
    }
    sql += " ORDER BY turned_at LIMIT ?) RETURNING id";
    let ids = sqlx::query_scalar(sqlx::AssertSqlSafe(sql))
        .bind(limit.as_millisecond())
        .bind(PURGED_AT_ONCE)
        .fetch_all(tx.on())
        .await?;
    Ok(ids)
}
