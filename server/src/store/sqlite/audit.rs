//! Which operations are logged, and the walk over the log.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use sqlx::{Row as _, SqliteConnection};

use super::{
    Keys, parse_word,
    purge_walk::Purges,
    transaction::{bytes, row_digest},
};
use crate::{
    audit::{AuditReport, GENESIS, Leaf},
    store::StoreError,
};

/// Leaves read at a time.
const PAGE: i64 = 1000;

/// What a leaf says of a file that was shown: the row without the reason, which came later and stands only where
/// everything was shown.
pub(super) const FILE_ACCESS: &str =
    "SELECT id, staff, session, kind, file, subject, shown, at FROM file_accesses WHERE id = ?";

/// An operation in the log, and the kind of row it wrote.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Logged {
    DatabaseMade,
    KioskEnrolled,
    KioskWithdrawn,
    RequestBegun,
    RequestAbandoned,
    SessionOpened,
    TurnSaved,
    ChallengeIssued,
    ConsentAnswered,
    StaffCalled,
    CallRepeated,
    CallMadeAgain,
    CallAcknowledged,
    CallTakenOver,
    CallHandedBack,
    ReceivedByHand,
    DutyArose,
    DutyDone,
    VisitCorrected,
    CallAnswered,
    SubjectMade,
    SubjectNumbered,
    NumberKept,
    NumberForgotten,
    SubjectsDecided,
    AnswerKept,
    AlertRaised,
    AlertSettled,
    CheckedIn,
    NumberRepeated,
    MessageQueued,
    MessageClaimed,
    MessageDeferred,
    MessageEnded,
    MessageDecided,
    ReceiptKept,
    FirstCostReported,
    InsuranceChecked,
    PopulationChecked,
    CardChecked,
    QueueChanged,
    KeyDestroyed,
    StaffAdded,
    StaffChanged,
    StaffManaged,
    SignInBegun,
    SignInFailed,
    SignInHeldUp,
    RecoveryCodeUsed,
    PasswordPassed,
    StaffSignedIn,
    StaffSeen,
    IdentityAsked,
    IdentityAnswered,
    RecordShown,
    FileShown,
    EverythingShown,
    StaffSessionEnded,
    LookedUp,
    ExpiredForgotten,
    KeyPurged,
    ConsentTextKept,
    ConsentLinked,
    ConsentRoleKnown,
    RequestReceived,
    RequestStepped,
    SubjectMarked,
    RecordsRead,
    IncidentRecorded,
    IncidentStepped,
    StayRecorded,
    StayVersioned,
    StayChanged,
    StayConsentLinked,
    StayFileMade,
    StayFileCounted,
    StaysShown,
    RowReduced,
    RowPurged,
    Purged,
}

impl Logged {
    /// How to read the row that it wrote, where that is never changed or removed afterwards.
    const fn kept_row(self) -> Option<&'static str> {
        match self {
            Self::DatabaseMade => Some("SELECT * FROM meta WHERE name = ?"),
            Self::ConsentAnswered => Some("SELECT * FROM consents WHERE id = ?"),
            Self::StaffCalled => Some("SELECT * FROM calls WHERE id = ?"),
            Self::CallAnswered => Some("SELECT * FROM call_endings WHERE call = ?"),
            Self::RecordShown => Some("SELECT * FROM accesses WHERE id = ?"),
            Self::FileShown => Some(FILE_ACCESS),
            Self::EverythingShown => Some("SELECT * FROM file_accesses WHERE id = ?"),
            Self::CallMadeAgain | Self::CallAcknowledged | Self::CallTakenOver | Self::CallHandedBack => {
                Some("SELECT * FROM call_events WHERE id = ?")
            }
            Self::ReceivedByHand => Some("SELECT * FROM receptions WHERE visit = ?"),
            Self::DutyArose => Some("SELECT * FROM tasks WHERE id = ?"),
            Self::DutyDone => Some("SELECT * FROM task_endings WHERE task = ?"),
            Self::VisitCorrected => Some("SELECT * FROM visit_versions WHERE id = ?"),
            Self::CheckedIn | Self::NumberRepeated => Some("SELECT * FROM visits WHERE id = ?"),
            Self::MessageDecided => Some("SELECT * FROM outbox_decisions WHERE id = ?"),
            Self::ReceiptKept => Some("SELECT * FROM outbox_receipts WHERE message = ?"),
            Self::SubjectsDecided => Some("SELECT * FROM subject_decisions WHERE id = ?"),
            Self::AnswerKept => Some("SELECT * FROM insurance_answers WHERE id = ?"),
            Self::AlertRaised => Some("SELECT * FROM alerts WHERE id = ?"),
            Self::AlertSettled => Some("SELECT * FROM alert_endings WHERE alert = ?"),
            Self::InsuranceChecked => Some("SELECT * FROM insurance_checks WHERE id = ?"),
            Self::PopulationChecked => Some("SELECT * FROM population_checks WHERE id = ?"),
            Self::CardChecked => Some("SELECT * FROM card_checks WHERE visit = ?"),
            Self::QueueChanged => Some("SELECT * FROM queue_events WHERE id = ?"),
            Self::ConsentTextKept => Some("SELECT * FROM consent_texts WHERE lower(hex(sha256)) = ?"),
            Self::ConsentRoleKnown => Some("SELECT * FROM consent_roles WHERE consent = ?"),
            Self::ConsentLinked => Some("SELECT * FROM consent_subjects WHERE consent = ?"),
            Self::RequestReceived => Some("SELECT * FROM subject_requests WHERE id = ?"),
            Self::RequestStepped => Some("SELECT * FROM subject_request_steps WHERE id = ?"),
            Self::SubjectMarked => Some("SELECT * FROM subject_marks WHERE id = ?"),
            Self::IncidentRecorded => Some("SELECT * FROM incidents WHERE id = ?"),
            Self::IncidentStepped => Some("SELECT * FROM incident_steps WHERE id = ?"),
            Self::Purged => Some("SELECT * FROM purges WHERE id = ?"),
            Self::StayRecorded => Some("SELECT * FROM stays WHERE id = ?"),
            Self::StayVersioned => Some("SELECT * FROM stay_versions WHERE id = ?"),
            Self::StayChanged => Some("SELECT * FROM stay_events WHERE id = ?"),
            Self::StayConsentLinked => Some("SELECT * FROM consent_stays WHERE consent = ?"),
            Self::StaysShown => Some("SELECT * FROM stay_looks WHERE id = ?"),
            Self::StayFileMade => Some("SELECT * FROM stay_files WHERE id = ?"),
            Self::StayFileCounted => Some("SELECT * FROM stay_file_counts WHERE id = ?"),
            Self::KioskEnrolled
            | Self::KioskWithdrawn
            | Self::RequestBegun
            | Self::RequestAbandoned
            | Self::SessionOpened
            | Self::TurnSaved
            | Self::ChallengeIssued
            | Self::CallRepeated
            // Of a subject and of its numbers the last leaf is compared.
            | Self::SubjectMade
            | Self::SubjectNumbered
            | Self::NumberKept
            | Self::NumberForgotten
            | Self::MessageQueued
            | Self::MessageClaimed
            | Self::MessageDeferred
            | Self::MessageEnded
            | Self::FirstCostReported
            | Self::KeyDestroyed
            | Self::LookedUp
            // An account changes; the last leaf about it is compared.
            | Self::StaffAdded
            | Self::StaffChanged
            | Self::StaffManaged
            | Self::SignInBegun
            | Self::SignInFailed
            | Self::SignInHeldUp
            | Self::RecoveryCodeUsed
            | Self::PasswordPassed
            | Self::StaffSignedIn
            | Self::StaffSeen
            | Self::IdentityAsked
            | Self::IdentityAnswered
            | Self::StaffSessionEnded
            | Self::ExpiredForgotten
            | Self::KeyPurged
            | Self::RecordsRead
            | Self::RowReduced
            | Self::RowPurged => None,
        }
    }
}

/// How many rows there are of each table whose rows are kept, and how many leaves speak of one.
const KEPT_COUNTS: &[(&str, &str)] = &[
    ("SELECT count(*) FROM visits", "SELECT count(*) FROM audit WHERE operation = 'checked_in'"),
    ("SELECT count(*) FROM consents", "SELECT count(*) FILTER (WHERE operation = 'consent_answered')
             - count(*) FILTER (WHERE operation = 'row_purged' AND record LIKE 'consents/%') FROM audit"),
    ("SELECT count(*) FROM calls", "SELECT count(*) FROM audit WHERE operation = 'staff_called'"),
    ("SELECT count(*) FROM call_endings", "SELECT count(*) FROM audit WHERE operation = 'call_answered'"),
    ("SELECT count(*) FROM receptions", "SELECT count(*) FROM audit WHERE operation = 'received_by_hand'"),
    ("SELECT count(*) FROM tasks", "SELECT count(*) FROM audit WHERE operation = 'duty_arose'"),
    ("SELECT count(*) FROM task_endings", "SELECT count(*) FROM audit WHERE operation = 'duty_done'"),
    ("SELECT count(*) FROM visit_versions", "SELECT count(*) FROM audit WHERE operation = 'visit_corrected'"),
    (
        "SELECT count(*) FROM call_events",
        "SELECT count(*) FROM audit
         WHERE operation IN ('call_made_again', 'call_acknowledged', 'call_taken_over', 'call_handed_back')",
    ),
    (
        "SELECT count(*) FROM outbox_decisions",
        "SELECT count(*) FROM audit WHERE operation = 'message_decided'",
    ),
    ("SELECT count(*) FROM outbox_receipts", "SELECT count(*) FILTER (WHERE operation = 'receipt_kept')
             - count(*) FILTER (WHERE operation = 'row_purged' AND record LIKE 'outbox_receipts/%') FROM audit"),
    (
        "SELECT count(*) FROM subject_decisions",
        "SELECT count(*) FROM audit WHERE operation = 'subjects_decided'",
    ),
    ("SELECT count(*) FROM insurance_answers", "SELECT count(*) FILTER (WHERE operation = 'answer_kept')
             - count(*) FILTER (WHERE operation = 'row_purged' AND record LIKE 'insurance_answers/%') FROM audit"),
    ("SELECT count(*) FROM alerts", "SELECT count(*) FROM audit WHERE operation = 'alert_raised'"),
    ("SELECT count(*) FROM alert_endings", "SELECT count(*) FROM audit WHERE operation = 'alert_settled'"),
    (
        "SELECT count(*) FROM insurance_checks",
        "SELECT count(*) FROM audit WHERE operation = 'insurance_checked'",
    ),
    (
        "SELECT count(*) FROM queue_events",
        "SELECT count(*) FILTER (WHERE operation = 'queue_changed')
             - count(*) FILTER (WHERE operation = 'row_purged' AND record LIKE 'queue_events/%') FROM audit",
    ),
    (
        "SELECT count(*) FROM accesses",
        "SELECT count(*) FILTER (WHERE operation = 'record_shown')
             - count(*) FILTER (WHERE operation = 'row_purged' AND record LIKE 'accesses/%') FROM audit",
    ),
    (
        "SELECT count(*) FROM file_accesses",
        "SELECT count(*) FILTER (WHERE operation IN ('file_shown', 'everything_shown'))
             - count(*) FILTER (WHERE operation = 'row_purged' AND record LIKE 'file_accesses/%') FROM audit",
    ),
    (
        "SELECT count(*) FROM consent_roles",
        "SELECT count(*) FILTER (WHERE operation = 'consent_role_known')
             - count(*) FILTER (WHERE operation = 'row_purged' AND record LIKE 'consent_roles/%') FROM audit",
    ),
    (
        "SELECT count(*) FROM population_checks",
        "SELECT count(*) FROM audit WHERE operation = 'population_checked'",
    ),
    ("SELECT count(*) FROM card_checks", "SELECT count(*) FROM audit WHERE operation = 'card_checked'"),
    ("SELECT count(*) FROM consent_texts", "SELECT count(*) FROM audit WHERE operation = 'consent_text_kept'"),
    ("SELECT count(*) FROM subject_requests", "SELECT count(*) FROM audit WHERE operation = 'request_received'"),
    ("SELECT count(*) FROM subject_request_steps", "SELECT count(*) FROM audit WHERE operation = 'request_stepped'"),
    ("SELECT count(*) FROM subject_marks", "SELECT count(*) FROM audit WHERE operation = 'subject_marked'"),
    ("SELECT count(*) FROM incidents", "SELECT count(*) FROM audit WHERE operation = 'incident_recorded'"),
    ("SELECT count(*) FROM incident_steps", "SELECT count(*) FROM audit WHERE operation = 'incident_stepped'"),
    ("SELECT count(*) FROM stays", "SELECT count(*) FROM audit WHERE operation = 'stay_recorded'"),
    ("SELECT count(*) FROM stay_versions", "SELECT count(*) FROM audit WHERE operation = 'stay_versioned'"),
    ("SELECT count(*) FROM stay_events", "SELECT count(*) FROM audit WHERE operation = 'stay_changed'"),
    ("SELECT count(*) FROM consent_stays", "SELECT count(*) FILTER (WHERE operation = 'stay_consent_linked')
             - count(*) FILTER (WHERE operation = 'row_purged' AND record LIKE 'consent_stays/%') FROM audit"),
    ("SELECT count(*) FROM stay_looks", "SELECT count(*) FILTER (WHERE operation = 'stays_shown')
             - count(*) FILTER (WHERE operation = 'row_purged' AND record LIKE 'stay_looks/%') FROM audit"),
    ("SELECT count(*) FROM stay_files", "SELECT count(*) FROM audit WHERE operation = 'stay_file_made'"),
    ("SELECT count(*) FROM stay_file_counts", "SELECT count(*) FROM audit WHERE operation = 'stay_file_counted'"),
    ("SELECT count(*) FROM purges", "SELECT count(*) FROM audit WHERE operation = 'purged'"),
    (
        "SELECT count(*) FROM consent_subjects",
        "SELECT count(*) FILTER (WHERE operation = 'consent_linked')
             - count(*) FILTER (WHERE operation = 'row_purged' AND record LIKE 'consent_subjects/%') FROM audit",
    ),
];

/// The last leaf about a record that changes: its place and digest.
type Last = BTreeMap<String, (u64, [u8; 32])>;

/// What the log says last of records that change.
#[derive(Default)]
struct Latest {
    kiosks: Last,
    subjects: Last,
    staff: Last,
    numbers: Last,
    erased: BTreeSet<String>,
}

/// Walks the log. The caller holds one snapshot for the whole walk.
pub(super) async fn verify(
    connection: &mut SqliteConnection,
    keys: &Keys,
) -> Result<AuditReport, StoreError> {
    let mut leaves: i64 = 0;
    let mut head = GENESIS;
    let mut latest = Latest::default();
    let mut purges = Purges::read(connection).await?;
    loop {
        let page = sqlx::query("SELECT * FROM audit WHERE seq > ? ORDER BY seq LIMIT ?")
            .bind(leaves)
            .bind(PAGE)
            .fetch_all(&mut *connection)
            .await?;
        if page.is_empty() {
            break;
        }
        for row in page {
            let number: i64 = row.try_get("seq")?;
            let seq = u64::try_from(number).map_err(|_| StoreError::Malformed { what: "audit.seq" })?;
            let operation: String = row.try_get("operation")?;
            let record: String = row.try_get("record")?;
            let digest = bytes("audit.digest", row.try_get("digest")?)?;
            let previous: [u8; 32] = bytes("audit.previous", row.try_get("previous")?)?;
            let hash: [u8; 32] = bytes("audit.hash", row.try_get("hash")?)?;
            let leaf = Leaf { seq, at: row.try_get("at")?, operation: &operation, record: &record, digest };
            if number != leaves + 1 || previous != head || leaf.hash(&previous) != hash {
                return Ok(AuditReport::BrokenLeaf { seq });
            }
            // A word that nobody writes cannot have come this far: the hash covers it.
            let what: Logged = parse_word("audit.operation", &operation)?;
            if let Some(select) = what.kept_row()
                && purges.last_about(select, &record).is_none_or(|last| last < seq)
            {
                let kept = sqlx::query(select).bind(&record).fetch_optional(&mut *connection).await?;
                if kept.as_ref().map(row_digest).transpose()? != Some(digest) {
                    return Ok(AuditReport::ChangedRecord { seq });
                }
            }
            if !purges.walk(connection, what, &record, &digest, seq).await? {
                return Ok(AuditReport::ChangedRecord { seq });
            }
            match what {
                Logged::KioskEnrolled | Logged::KioskWithdrawn => {
                    latest.kiosks.insert(record, (seq, digest));
                }
                Logged::StaffAdded | Logged::StaffChanged => {
                    latest.staff.insert(record, (seq, digest));
                }
                Logged::SubjectMade | Logged::SubjectNumbered => {
                    latest.subjects.insert(record, (seq, digest));
                }
                Logged::NumberKept => {
                    latest.numbers.insert(record, (seq, digest));
                }
                Logged::NumberForgotten => {
                    latest.numbers.remove(&record);
                }
                Logged::KeyDestroyed => {
                    latest.erased.insert(record.clone());
                    latest.subjects.insert(record, (seq, digest));
                }
                _ => {}
            }
            (leaves, head) = (number, hash);
        }
    }
    if let Some(found) = latest.compare(connection, keys).await? {
        return Ok(found);
    }
    if let Some(seq) = purges.unproved {
        return Ok(AuditReport::ChangedRecord { seq });
    }
    for (rows, leaves) in KEPT_COUNTS {
        let rows: i64 = sqlx::query_scalar(*rows).fetch_one(&mut *connection).await?;
        let leaves: i64 = sqlx::query_scalar(*leaves).fetch_one(&mut *connection).await?;
        if rows != leaves {
            return Ok(AuditReport::UnloggedRecords);
        }
    }
    Ok(AuditReport::Intact { leaves: leaves.unsigned_abs(), head })
}

impl Latest {
    /// What is not as the last leaf about it says; none where all is.
    async fn compare(
        &self,
        connection: &mut SqliteConnection,
        keys: &Keys,
    ) -> Result<Option<AuditReport>, StoreError> {
        for (select, count, last) in [
            ("SELECT * FROM kiosks WHERE id = ?", "SELECT count(*) FROM kiosks", &self.kiosks),
            ("SELECT * FROM subjects WHERE id = ?", "SELECT count(*) FROM subjects", &self.subjects),
            ("SELECT * FROM staff WHERE id = ?", "SELECT count(*) FROM staff", &self.staff),
            (
                "SELECT * FROM subject_numbers WHERE id = ?",
                "SELECT count(*) FROM subject_numbers",
                &self.numbers,
            ),
        ] {
            for (id, (seq, digest)) in last {
                let row = sqlx::query(select).bind(id).fetch_optional(&mut *connection).await?;
                if row.as_ref().map(row_digest).transpose()? != Some(*digest) {
                    return Ok(Some(AuditReport::ChangedRecord { seq: *seq }));
                }
            }
            let there: i64 = sqlx::query_scalar(count).fetch_one(&mut *connection).await?;
            if usize::try_from(there) != Ok(last.len()) {
                return Ok(Some(AuditReport::UnloggedRecords));
            }
        }
        for (subject, (seq, _)) in &self.subjects {
            // One that opens under the master key is the one that was made: it is authenticated, with its owner.
            let opens = match keys.fetch(connection, subject).await {
                Ok(key) => key.is_some() != self.erased.contains(subject),
                Err(StoreError::Sealed(_)) => false,
                Err(error) => return Err(error),
            };
            if !opens {
                return Ok(Some(AuditReport::ChangedRecord { seq: *seq }));
            }
        }
        Ok(None)
    }
}
