//! What is over, kind by kind, as a table.

use flows::law::{Record, retention::Ending};
use jiff::Timestamp;

use super::{
    super::{audit::Logged, erasure, purge_walk::key_column, transaction::Transaction},
    name,
};
use crate::store::{StoreError, retention::PURGED_AT_ONCE};

/// What one purge does to one kind of record.
#[derive(Debug, Clone, Copy)]
pub(super) struct Kind {
    /// Which rule of the retention table it carries out.
    pub(super) record: Record,
    pub(super) ending: Ending,
    /// Finds the ids of some that began before `?1`, at most `?2`. What a mark protects is not among them.
    find: &'static str,
    how: How,
}

/// How it is done.
#[derive(Debug, Clone, Copy)]
enum How {
    /// Each statement changes rows that belong to an id that was found, and each row gets a leaf of its own.
    Rows(&'static [Change]),
    /// Finding is doing: the rows have no leaf that would have to be answered for.
    AtOnce,
    /// The id owns a key, and that is destroyed.
    Keys,
    /// The id is a subject's: they are erased.
    Subjects,
    /// Conversations that no other record names.
    Unnamed,
}

/// A statement that takes an id and gives back the rows that it changed.
#[derive(Debug, Clone, Copy)]
struct Change {
    table: &'static str,
    sql: &'static str,
    /// The rows are gone, not only emptied.
    deletes: bool,
}

const fn empties(table: &'static str, sql: &'static str) -> Change {
    Change { table, sql, deletes: false }
}

const fn deletes(table: &'static str, sql: &'static str) -> Change {
    Change { table, sql, deletes: true }
}

const EMPTY_EVIDENCE: [Change; 1] =
    [empties("visits", "UPDATE visits SET proof = NULL, submission = NULL WHERE id = ? RETURNING *")];

/// Every kind, in the order of the work: what names another goes first.
pub(super) const KINDS: [Kind; 23] = [
    Kind {
        record: Record::Evidence,
        ending: Ending::ColumnsEmptied,
        find: "SELECT id FROM visits WHERE at < ?1 AND (proof IS NOT NULL OR submission IS NOT NULL)
             AND subject NOT IN (SELECT subject FROM marked_subjects) ORDER BY at LIMIT ?2",
        how: How::Rows(&EMPTY_EVIDENCE),
    },
    Kind {
        record: Record::InsuranceAnswer,
        ending: Ending::ColumnsEmptied,
        find: "SELECT id FROM visits WHERE at < ?1 AND insurance_card IS NOT NULL
             AND subject NOT IN (SELECT subject FROM marked_subjects) ORDER BY at LIMIT ?2",
        how: How::Rows(&[empties(
            "visits",
            "UPDATE visits SET insurance_card = NULL WHERE id = ? RETURNING *",
        )]),
    },
    Kind {
        record: Record::InsuranceAnswer,
        ending: Ending::ColumnsEmptied,
        find: "SELECT insurance_checks.id FROM insurance_checks JOIN visits ON visits.id = insurance_checks.visit
             WHERE insurance_checks.at < ?1 AND card IS NOT NULL
                 AND visits.subject NOT IN (SELECT subject FROM marked_subjects)
                 AND NOT EXISTS (SELECT 1 FROM current_subjects JOIN marked_subjects USING (subject)
                     WHERE current_subjects.visit = visits.id)
             ORDER BY insurance_checks.at LIMIT ?2",
        how: How::Rows(&[empties(
            "insurance_checks",
            "UPDATE insurance_checks SET card = NULL WHERE id = ? RETURNING *",
        )]),
    },
    Kind {
        record: Record::InsuranceAnswer,
        ending: Ending::ColumnsEmptied,
        // What a corrected version says of the card.
        find: "SELECT version.id FROM visit_versions AS version JOIN visits ON visits.id = version.visit
             WHERE visits.at < ?1 AND coverage <> x''
                 AND version.subject NOT IN (SELECT subject FROM marked_subjects)
                 AND NOT EXISTS (SELECT 1 FROM current_subjects JOIN marked_subjects USING (subject)
                     WHERE current_subjects.visit = visits.id)
             ORDER BY visits.at, version.version LIMIT ?2",
        how: How::Rows(&[empties(
            "visit_versions",
            "UPDATE visit_versions SET coverage = x'' WHERE id = ? RETURNING *",
        )]),
    },
    Kind {
        record: Record::RawInsuranceAnswer,
        ending: Ending::RowDeleted,
        find: "SELECT id FROM insurance_answers WHERE at < ?1
             AND subject NOT IN (SELECT subject FROM marked_subjects) ORDER BY at LIMIT ?2",
        how: How::Rows(&[deletes(
            "insurance_answers",
            "DELETE FROM insurance_answers WHERE id = ? RETURNING *",
        )]),
    },
    Kind {
        record: Record::OutboxPayload,
        ending: Ending::ColumnsEmptied,
        // The row stays, with when it was sent and what became of it; a dead letter's content is still needed.
        find: "UPDATE outbox SET payload = NULL WHERE id IN (SELECT id FROM outbox
             WHERE ended_at < ?1 AND payload IS NOT NULL AND state IN ('delivered', 'set_aside')
                 AND subject NOT IN (SELECT subject FROM marked_subjects)
             ORDER BY ended_at LIMIT ?2) RETURNING id",
        how: How::AtOnce,
    },
    Kind {
        record: Record::OutboxReceipt,
        ending: Ending::RowDeleted,
        find: "SELECT message FROM outbox_receipts JOIN visits ON visits.id = outbox_receipts.visit
             WHERE outbox_receipts.at < ?1 AND visits.subject NOT IN (SELECT subject FROM marked_subjects)
                 AND NOT EXISTS (SELECT 1 FROM current_subjects JOIN marked_subjects USING (subject)
                     WHERE current_subjects.visit = visits.id)
             ORDER BY outbox_receipts.at LIMIT ?2",
        how: How::Rows(&[deletes(
            "outbox_receipts",
            "DELETE FROM outbox_receipts WHERE message = ? RETURNING *",
        )]),
    },
    Kind {
        record: Record::QueueEvent,
        ending: Ending::RowDeleted,
        find: "SELECT queue_events.id FROM queue_events JOIN visits ON visits.id = queue_events.visit
             WHERE queue_events.at < ?1 AND visits.subject NOT IN (SELECT subject FROM marked_subjects)
                 AND NOT EXISTS (SELECT 1 FROM current_subjects JOIN marked_subjects USING (subject)
                     WHERE current_subjects.visit = visits.id)
             ORDER BY queue_events.at LIMIT ?2",
        how: How::Rows(&[deletes("queue_events", "DELETE FROM queue_events WHERE id = ? RETURNING *")]),
    },
    Kind {
        record: Record::AccessLog,
        ending: Ending::RowDeleted,
        find: "SELECT id FROM accesses WHERE at < ?1
             AND subject NOT IN (SELECT subject FROM marked_subjects) ORDER BY at LIMIT ?2",
        how: How::Rows(&[deletes("accesses", "DELETE FROM accesses WHERE id = ? RETURNING *")]),
    },
    Kind {
        record: Record::AccessLog,
        ending: Ending::RowDeleted,
        find: "SELECT id FROM file_accesses WHERE at < ?1
             AND coalesce(subject, '') NOT IN (SELECT subject FROM marked_subjects) ORDER BY at LIMIT ?2",
        how: How::Rows(&[deletes("file_accesses", "DELETE FROM file_accesses WHERE id = ? RETURNING *")]),
    },
    Kind {
        record: Record::AccessLog,
        ending: Ending::RowDeleted,
        find: "SELECT id FROM stay_looks WHERE at < ?1
             AND coalesce(subject, '') NOT IN (SELECT subject FROM marked_subjects) ORDER BY at LIMIT ?2",
        how: How::Rows(&[deletes("stay_looks", "DELETE FROM stay_looks WHERE id = ? RETURNING *")]),
    },
    Kind {
        record: Record::Visit,
        ending: Ending::ColumnsEmptied,
        // Who still comes keeps their key; what is old is emptied, with what the desk wrote down of it.
        find: "WITH comes AS MATERIALIZED (SELECT same_person.subject FROM same_person WHERE same IN (
                 SELECT subject FROM visits WHERE at >= ?1 UNION SELECT subject FROM visit_versions WHERE at >= ?1))
             SELECT id FROM visits AS old WHERE at < ?1 AND patient <> x''
             AND (old.subject IN (SELECT subject FROM comes) OR EXISTS (
                 SELECT 1 FROM visit_versions JOIN comes USING (subject) WHERE visit = old.id))
             AND subject NOT IN (SELECT subject FROM marked_subjects)
             AND NOT EXISTS (SELECT 1 FROM visit_versions JOIN marked_subjects USING (subject) WHERE visit = old.id)
             ORDER BY at LIMIT ?2",
        how: How::Rows(&[
            empties(
                "visits",
                "UPDATE visits SET patient = x'', insurance_card = NULL, proof = NULL, submission = NULL
                 WHERE id = ? RETURNING *",
            ),
            empties(
                "visit_versions",
                "UPDATE visit_versions SET patient = x'', coverage = x'', decision = x'' WHERE visit = ? RETURNING *",
            ),
            empties("receptions", "UPDATE receptions SET circumstances = x'' WHERE visit = ? RETURNING *"),
            empties(
                "task_endings",
                "UPDATE task_endings SET decision = x'' WHERE task IN (SELECT id FROM tasks WHERE visit = ?)
                 RETURNING *",
            ),
            empties(
                "call_endings",
                "UPDATE call_endings SET decision = x'' WHERE visit = ? AND decision <> x'' RETURNING *",
            ),
            empties(
                "outbox_decisions",
                "UPDATE outbox_decisions SET decision = x'' WHERE decision <> x''
                     AND message IN (SELECT outbox.id FROM outbox WHERE outbox.visit = ?) RETURNING *",
            ),
        ]),
    },
    Kind {
        record: Record::Visit,
        ending: Ending::KeyDestroyed,
        find: "SELECT id FROM subjects JOIN keys ON keys.owner = subjects.id WHERE created_at < ?1
             AND id NOT IN (SELECT same_person.subject FROM same_person WHERE same IN (
                 SELECT subject FROM visits WHERE at >= ?1 UNION SELECT subject FROM visit_versions WHERE at >= ?1))
             AND id NOT IN (SELECT subject FROM marked_subjects) AND id NOT IN (SELECT subject FROM stays)
             ORDER BY created_at LIMIT ?2",
        how: How::Subjects,
    },
    Kind {
        record: Record::Evidence,
        ending: Ending::ColumnsEmptied,
        find: "SELECT id FROM stays WHERE at < ?1 AND (proof IS NOT NULL OR submission IS NOT NULL)
             AND subject NOT IN (SELECT subject FROM marked_subjects) ORDER BY at LIMIT ?2",
        how: How::Rows(&[empties(
            "stays",
            "UPDATE stays SET proof = NULL, submission = NULL WHERE id = ? RETURNING *",
        )]),
    },
    Kind {
        record: Record::Stay,
        ending: Ending::KeyDestroyed,
        // Who is still there, or may be, stays.
        find: "SELECT stays.subject FROM stays JOIN keys ON keys.owner = stays.subject
             WHERE NOT EXISTS (SELECT 1 FROM stay_events WHERE stay = stays.id AND at >= ?1)
             AND (EXISTS (SELECT 1 FROM stay_events WHERE stay = stays.id AND event IN ('left', 'withdrawn'))
                 OR (NOT EXISTS (SELECT 1 FROM stay_events WHERE stay = stays.id AND event = 'extended')
                     AND coalesce((SELECT departure FROM stay_versions WHERE stay = stays.id
                         ORDER BY version DESC LIMIT 1), stays.at) < ?1))
             AND stays.subject NOT IN (SELECT subject FROM marked_subjects) ORDER BY stays.at LIMIT ?2",
        how: How::Subjects,
    },
    Kind {
        record: Record::Stay,
        ending: Ending::KeyDestroyed,
        find: "SELECT id FROM stay_files JOIN keys ON keys.owner = id WHERE at < ?1 ORDER BY at LIMIT ?2",
        how: How::Keys,
    },
    Kind {
        record: Record::Consent,
        ending: Ending::RowDeleted,
        // A consent goes after what takes it back.
        find: "SELECT id FROM consents WHERE at < ?1
             AND NOT EXISTS (SELECT 1 FROM consents AS later WHERE later.withdraws = consents.id)
             AND NOT EXISTS (SELECT 1 FROM marked_subjects WHERE subject = consents.subject OR subject =
                 (SELECT subject FROM consent_subjects WHERE consent = consents.id) OR subject =
                 (SELECT subject FROM consent_stays WHERE consent = consents.id))
             ORDER BY at LIMIT ?2",
        how: How::Rows(&[
            deletes("consent_subjects", "DELETE FROM consent_subjects WHERE consent = ? RETURNING *"),
            deletes("consent_stays", "DELETE FROM consent_stays WHERE consent = ? RETURNING *"),
            deletes("consent_roles", "DELETE FROM consent_roles WHERE consent = ? RETURNING *"),
            deletes("consents", "DELETE FROM consents WHERE id = ? RETURNING *"),
        ]),
    },
    Kind {
        record: Record::StaffDecision,
        ending: Ending::KeyDestroyed,
        find: "SELECT call FROM call_endings JOIN keys ON keys.owner = call WHERE at < ?1 ORDER BY at LIMIT ?2",
        how: How::Keys,
    },
    Kind {
        record: Record::SubjectRequest,
        ending: Ending::KeyDestroyed,
        find: "SELECT request FROM subject_request_steps JOIN keys ON keys.owner = request
             WHERE event IN ('done', 'refused') AND at < ?1 ORDER BY at LIMIT ?2",
        how: How::Keys,
    },
    Kind {
        record: Record::Incident,
        ending: Ending::KeyDestroyed,
        find: "SELECT incident FROM incident_steps JOIN keys ON keys.owner = incident
             WHERE event = 'closed' AND at < ?1 ORDER BY at LIMIT ?2",
        how: How::Keys,
    },
    Kind {
        record: Record::StaffSession,
        ending: Ending::RowDeleted,
        find: "DELETE FROM staff_sessions WHERE id IN
             (SELECT id FROM staff_sessions WHERE ended_at < ?1 ORDER BY ended_at LIMIT ?2) RETURNING id",
        how: How::AtOnce,
    },
    Kind {
        record: Record::LookUp,
        ending: Ending::RowDeleted,
        find: "DELETE FROM look_ups WHERE rowid IN
             (SELECT rowid FROM look_ups WHERE at < ?1 ORDER BY at LIMIT ?2) RETURNING kiosk || '/' || at",
        how: How::AtOnce,
    },
    Kind {
        record: Record::SessionRow,
        ending: Ending::RowDeleted,
        find: "DELETE FROM sessions WHERE id IN (SELECT id FROM sessions WHERE turned_at < ?1
             AND NOT EXISTS (SELECT 1 FROM keys WHERE owner = sessions.id)",
        how: How::Unnamed,
    },
];

/// What is gone.
pub(super) struct Gone {
    /// The ids; where each has a leaf of its own, as that names it.
    pub(super) ids: Vec<String>,
    /// Whether each has a leaf of its own.
    pub(super) logged: bool,
}

impl Kind {
    /// Purges some of what began before `limit`.
    pub(super) async fn purge(
        &self,
        tx: &mut Transaction<'_>,
        limit: Timestamp,
        at: Timestamp,
    ) -> Result<Gone, StoreError> {
        if let How::Unnamed = self.how {
            let sql = unnamed(tx, self.find).await?;
            let ids = over(tx, sqlx::AssertSqlSafe(sql), limit).await?;
            return Ok(Gone { ids, logged: false });
        }
        let ids = over(tx, self.find, limit).await?;
        match self.how {
            How::Rows(changes) => Ok(Gone { ids: change(tx, changes, &ids, at).await?, logged: true }),
            How::AtOnce | How::Unnamed => Ok(Gone { ids, logged: false }),
            How::Keys => {
                for owner in &ids {
                    tx.destroy_key(owner).await?;
                    tx.log_content(Logged::KeyPurged, owner, &[], at).await?;
                }
                Ok(Gone { ids, logged: false })
            }
            How::Subjects => {
                for subject in &ids {
                    // One that was merged into another of these, or is an earlier record of theirs, went with that one.
                    if tx.key(subject).await?.is_some() {
                        erasure::destroy(tx, subject, at).await?;
                    }
                }
                Ok(Gone { ids, logged: false })
            }
        }
    }
}

async fn over(
    tx: &mut Transaction<'_>,
    sql: impl sqlx::SqlSafeStr,
    limit: Timestamp,
) -> Result<Vec<String>, StoreError> {
    let ids =
        sqlx::query_scalar(sql).bind(limit.as_millisecond()).bind(PURGED_AT_ONCE).fetch_all(tx.on()).await?;
    Ok(ids)
}

/// Makes the changes for each id, with a leaf for each row. Gives the names that the leaves have.
async fn change(
    tx: &mut Transaction<'_>,
    changes: &[Change],
    ids: &[String],
    at: Timestamp,
) -> Result<Vec<String>, StoreError> {
    use sqlx::Row as _;
    let mut names = Vec::with_capacity(ids.len());
    for id in ids {
        for Change { table, sql, deletes } in changes {
            let rows = sqlx::query(*sql).bind(id).fetch_all(tx.on()).await?;
            for row in &rows {
                let name = name(table, row.try_get(key_column(table)?)?);
                let what = if *deletes { Logged::RowPurged } else { Logged::RowReduced };
                tx.log(what, &name, row, at).await?;
                names.push(name);
            }
        }
    }
    Ok(names)
}

/// Empties the proof of identity of visits.
pub(super) async fn empty_evidence_of(
    tx: &mut Transaction<'_>,
    visits: &[String],
    at: Timestamp,
) -> Result<Vec<String>, StoreError> {
    change(tx, &EMPTY_EVIDENCE, visits, at).await
}

/// The statement that deletes conversations, for those that no other record names. Which tables may name one is asked
/// of the database, so that a table added later is not forgotten here.
async fn unnamed(tx: &mut Transaction<'_>, begin: &str) -> Result<String, StoreError> {
    let named_by: Vec<(String, String)> = sqlx::query_as(
        "SELECT tables.name, keys.\"from\" FROM sqlite_schema AS tables, pragma_foreign_key_list(tables.name) AS keys
         WHERE tables.type = 'table' AND keys.\"table\" = 'sessions'",
    )
    .fetch_all(tx.on())
    .await?;
    let mut sql = begin.to_owned();
    for (table, column) in named_by {
        sql.extend([
            " AND NOT EXISTS (SELECT 1 FROM \"",
            &table,
            "\" WHERE \"",
            &column,
            "\" = sessions.id)",
        ]);
    }
    sql += " ORDER BY turned_at LIMIT ?2) RETURNING id";
    Ok(sql)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use flows::law::RETENTION;

    use super::*;

    /// Kinds that end on their own: with the conversation they belong to, at each use, or in the delivery.
    const ELSEWHERE: [Record; 5] = [
        Record::SessionState,
        Record::StoredResponse,
        Record::RequestNonce,
        Record::Challenge,
        Record::SameDay,
    ];

    #[test]
    fn whatever_the_retention_table_ends_is_ended_somewhere() {
        let here: BTreeSet<_> = KINDS.iter().map(|kind| kind.record).collect();
        for rule in &RETENTION {
            let ends = here.contains(&rule.record) || ELSEWHERE.contains(&rule.record);
            assert_eq!(ends, rule.ending != Ending::Kept, "{:?}", rule.record);
        }
        for kind in &KINDS {
            let rule = kind.record.rule().unwrap();
            // Of who still comes a visit is emptied; else their key is destroyed.
            let also = kind.record == Record::Visit && kind.ending == Ending::ColumnsEmptied;
            assert!(kind.ending == rule.ending || also, "{kind:?}");
        }
    }
}
