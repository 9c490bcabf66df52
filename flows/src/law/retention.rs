//! How long each kind of record is kept, and what happens then.
//!
//! The digests of the law name three periods: access logs of important data at least 6 months, incident files at
//! least 5 years, and otherwise "no longer than the purpose". What is longer or shorter here is our choice; the
//! reason stands beside it, and an operator checks it against the rules for medical files.

use jiff::{Span, Timestamp, tz::Offset};
use serde::{Deserialize, Serialize};

/// A kind of record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Record {
    /// What a conversation knows between two steps.
    SessionState,
    /// Responses that can be had again under an Idempotency-Key.
    StoredResponse,
    /// Nonces of signed requests.
    RequestNonce,
    /// Challenges for chips.
    Challenge,
    /// That a conversation was: kiosk, service, language, times.
    SessionRow,
    /// Consent given, refused or withdrawn.
    Consent,
    /// A visit: who, when, how identified, which number.
    Visit,
    /// Proof of identity: the chip's answer, the SOD's digest, what the kiosk signed.
    Evidence,
    /// The insurance card that a register answered with.
    InsuranceAnswer,
    /// The insurance register's answer as it arrived, without the visits elsewhere unless a clinician asked for them.
    RawInsuranceAnswer,
    /// Which staff did what about a call, and what they decided where no visit came of it.
    StaffDecision,
    /// A stay: who slept where, what was declared of it, and what came of that.
    Stay,
    /// What happened to a place in the queue: who called it, moved it, took it out.
    QueueEvent,
    /// That someone who had proved nothing was looked up: a keyed hash.
    LookUp,
    /// That someone checked in today: a keyed hash.
    SameDay,
    /// A message to a national system.
    OutboxPayload,
    /// A national system's receipt.
    OutboxReceipt,
    /// Who saw which record, and why.
    AccessLog,
    /// The audit log: digests and ids.
    AuditLeaf,
    /// Sign-ins of staff.
    StaffSession,
    /// A request about someone's data, and its answer.
    SubjectRequest,
    /// An incident's file.
    Incident,
    /// The proof that something was purged.
    PurgeProof,
}

/// Asia/Ho_Chi_Minh has been UTC+7 without summer time since 1975.
const STATION: Offset = Offset::constant(7);

/// A length of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Period {
    /// Seconds.
    Seconds(i64),
    /// Hours.
    Hours(i64),
    /// Days.
    Days(i64),
    /// Years of the calendar.
    Years(i64),
    /// As long as the database is.
    Always,
}

impl Period {
    fn span(self) -> Option<Span> {
        match self {
            Self::Seconds(seconds) => Span::new().try_seconds(seconds).ok(),
            Self::Hours(hours) => Span::new().try_hours(hours).ok(),
            Self::Days(days) => Span::new().try_days(days).ok(),
            Self::Years(years) => Span::new().try_years(years).ok(),
            Self::Always => None,
        }
    }

    /// The moment at which what began at `start` is over. None where it never is.
    pub fn after(self, start: Timestamp) -> Option<Timestamp> {
        let end = STATION.to_datetime(start).checked_add(self.span()?).ok()?;
        STATION.to_timestamp(end).ok()
    }

    /// The moment before which what began then is over at `now`. None where it never is.
    pub fn before(self, now: Timestamp) -> Option<Timestamp> {
        let before = STATION.to_datetime(now).checked_sub(self.span()?).ok()?;
        STATION.to_timestamp(before).ok()
    }
}

impl std::fmt::Display for Period {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Seconds(seconds) => write!(f, "{seconds} seconds"),
            Self::Hours(1) => f.write_str("1 hour"),
            Self::Hours(hours) => write!(f, "{hours} hours"),
            Self::Days(days) => write!(f, "{days} days"),
            Self::Years(1) => f.write_str("1 year"),
            Self::Years(years) => write!(f, "{years} years"),
            Self::Always => f.write_str("as long as the database"),
        }
    }
}

/// What happens when the time is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ending {
    /// The key of what is sealed is destroyed, and the row stays unreadable.
    KeyDestroyed,
    /// The sealed columns are emptied, and the rest of the row stays.
    ColumnsEmptied,
    /// The row is deleted.
    RowDeleted,
    /// Nothing: it holds nothing personal.
    Kept,
}

impl Ending {
    /// In words.
    pub const fn meaning(self) -> &'static str {
        match self {
            Self::KeyDestroyed => "key destroyed",
            Self::ColumnsEmptied => "sealed columns emptied",
            Self::RowDeleted => "row deleted",
            Self::Kept => "kept",
        }
    }
}

/// One row of the retention table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rule {
    /// The kind of record.
    pub record: Record,
    /// How long it is kept.
    pub period: Period,
    /// From when.
    pub since: &'static str,
    /// What happens then.
    pub ending: Ending,
    /// Which law requires keeping it that long; a deletion asked for earlier is refused with this.
    pub required: Option<&'static str>,
    /// Why so long.
    pub why: &'static str,
}

impl Record {
    /// The word in records.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::SessionState => "session_state",
            Self::StoredResponse => "stored_response",
            Self::RequestNonce => "request_nonce",
            Self::Challenge => "challenge",
            Self::SessionRow => "session_row",
            Self::Consent => "consent",
            Self::Visit => "visit",
            Self::Evidence => "evidence",
            Self::InsuranceAnswer => "insurance_answer",
            Self::RawInsuranceAnswer => "raw_insurance_answer",
            Self::StaffDecision => "staff_decision",
            Self::Stay => "stay",
            Self::QueueEvent => "queue_event",
            Self::LookUp => "look_up",
            Self::SameDay => "same_day",
            Self::OutboxPayload => "outbox_payload",
            Self::OutboxReceipt => "outbox_receipt",
            Self::AccessLog => "access_log",
            Self::AuditLeaf => "audit_leaf",
            Self::StaffSession => "staff_session",
            Self::SubjectRequest => "subject_request",
            Self::Incident => "incident",
            Self::PurgeProof => "purge_proof",
        }
    }

    /// Its rule.
    pub fn rule(self) -> Option<&'static Rule> {
        RETENTION.iter().find(|rule| rule.record == self)
    }

    /// The moment at which a record of this kind that began at `start` is over. None where it never is.
    pub fn over_at(self, start: Timestamp) -> Option<Timestamp> {
        self.rule()?.period.after(start)
    }

    /// The moment before which records of this kind are over at `now`. None where they never are.
    pub fn over_before(self, now: Timestamp) -> Option<Timestamp> {
        self.rule()?.period.before(now)
    }
}

const fn rule(
    record: Record,
    period: Period,
    since: &'static str,
    ending: Ending,
    required: Option<&'static str>,
    why: &'static str,
) -> Rule {
    Rule { record, period, since, ending, required, why }
}

/// Which law asks for the record of a visit: the one that lets a station process it without consent.
pub const VISIT_REQUIRED_BY: &str = "Luật 91/2025/QH15 Đ19 k1; NĐ 188/2025/NĐ-CP Đ37, Đ38; NĐ 102/2025/NĐ-CP";

/// The retention table.
pub const RETENTION: [Rule; 23] = {
    use Ending::{ColumnsEmptied, Kept, KeyDestroyed, RowDeleted};
    use Period::{Always, Days, Hours, Seconds, Years};
    [
        rule(
            Record::SessionState,
            Hours(24),
            "its last turn",
            KeyDestroyed,
            None,
            "a visit to the kiosk takes minutes; a day lets staff finish it",
        ),
        rule(
            Record::StoredResponse,
            Hours(24),
            "its conversation's last turn",
            RowDeleted,
            None,
            "a kiosk repeats a request within minutes",
        ),
        rule(
            Record::RequestNonce,
            Seconds(300),
            "its use",
            RowDeleted,
            None,
            "an older signature is refused by its time",
        ),
        rule(
            Record::Challenge,
            Hours(24),
            "its issue",
            RowDeleted,
            None,
            "dead after 120 seconds; a day lets a fault be looked into",
        ),
        rule(
            Record::SessionRow,
            Years(1),
            "its last turn",
            RowDeleted,
            None,
            "figures of use; only where no other record names it",
        ),
        rule(
            Record::Consent,
            Years(5),
            "the answer",
            RowDeleted,
            None,
            "consent has to be provable (NĐ 356/2025 Đ6) as long as what rests on it is kept",
        ),
        rule(
            Record::Visit,
            Years(5),
            "the visit",
            KeyDestroyed,
            Some(VISIT_REQUIRED_BY),
            "reception of a patient is required by law; five years are our choice, the longest that a digest names",
        ),
        rule(
            Record::Evidence,
            Days(180),
            "the visit",
            ColumnsEmptied,
            None,
            "a dispute about who came shows within months; the verdict stays with the visit",
        ),
        rule(
            Record::InsuranceAnswer,
            Years(1),
            "the visit",
            ColumnsEmptied,
            None,
            "a settlement with the insurance is questioned within the year after",
        ),
        rule(
            Record::RawInsuranceAnswer,
            Years(1),
            "the answer",
            RowDeleted,
            None,
            "evidence of what was asked and answered at reception, as long as the card that it names",
        ),
        rule(
            Record::StaffDecision,
            Years(1),
            "the decision",
            KeyDestroyed,
            None,
            "complaints about how somebody was received come within the year; what explains a visit stays with it",
        ),
        rule(
            Record::Stay,
            Years(1),
            "the departure, or the last change after it",
            KeyDestroyed,
            Some("Luật 91/2025/QH15 Đ19 k1; Luật Cư trú 68/2020/QH14 Đ30"),
            "declaring is required by law, and not having declared is punished within a year (NĐ 282/2025/NĐ-CP Đ10): until then the place may have to show that it did",
        ),
        rule(
            Record::QueueEvent,
            Years(1),
            "the event",
            RowDeleted,
            None,
            "figures of waiting, and complaints about the order, are looked into within the year",
        ),
        rule(
            Record::LookUp,
            Hours(1),
            "the look-up",
            RowDeleted,
            None,
            "only the last hour counts against guessing",
        ),
        rule(
            Record::SameDay,
            Hours(24),
            "the check-in",
            RowDeleted,
            None,
            "who checks in twice on a day is noticed; on the next it says nothing",
        ),
        rule(
            Record::OutboxPayload,
            Days(30),
            "the message's end",
            ColumnsEmptied,
            None,
            "the document as it was sent; the register asks back within days, and that it was sent stays in the row",
        ),
        rule(
            Record::OutboxReceipt,
            Years(1),
            "receipt",
            RowDeleted,
            None,
            "the portal can be searched for 60 days only",
        ),
        rule(
            Record::AccessLog,
            Years(5),
            "the access",
            RowDeleted,
            Some("access logs of important data: at least 6 months"),
            "five years are advised for health data, and a visit is kept as long",
        ),
        rule(Record::AuditLeaf, Always, "", Kept, None, "digests and ids alone; a gap would break the chain"),
        rule(
            Record::StaffSession,
            Days(30),
            "its end",
            RowDeleted,
            None,
            "what was done in it stands in the access log",
        ),
        rule(
            Record::SubjectRequest,
            Years(5),
            "the answer",
            KeyDestroyed,
            None,
            "the answer has to be provable as long as an incident's file",
        ),
        rule(
            Record::Incident,
            Years(5),
            "its closing",
            KeyDestroyed,
            Some("NĐ 356/2025/NĐ-CP Đ29: at least 5 years"),
            "the least that the decree asks for",
        ),
        rule(Record::PurgeProof, Always, "", Kept, None, "kind, count, age and a digest: nothing personal"),
    ]
};

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn each_kind_of_record_has_one_rule() {
        let kinds: BTreeSet<_> = RETENTION.iter().map(|rule| rule.record).collect();
        assert_eq!(kinds.len(), RETENTION.len());
        for rule in &RETENTION {
            assert_eq!(serde_json::to_value(rule.record).unwrap(), rule.record.as_str());
            assert_eq!(rule.ending == Ending::Kept, rule.period == Period::Always, "{:?}", rule.record);
            assert_eq!(rule.record.rule(), Some(rule));
        }
    }

    #[test]
    fn nothing_is_kept_for_less_than_the_law_asks() {
        let now: Timestamp = "2026-09-15T08:00:00+07:00".parse().unwrap();
        let half_a_year: Timestamp = "2026-03-15T08:00:00+07:00".parse().unwrap();
        assert!(Record::AccessLog.over_before(now).unwrap() <= half_a_year);
        let five_years: Timestamp = "2021-09-15T08:00:00+07:00".parse().unwrap();
        assert!(Record::Incident.over_before(now).unwrap() <= five_years);
    }

    #[test]
    fn a_year_is_a_year_of_the_calendar() {
        let now: Timestamp = "2028-03-01T00:30:00+07:00".parse().unwrap();
        assert_eq!(Period::Years(1).before(now), Some("2027-03-01T00:30:00+07:00".parse().unwrap()));
        assert_eq!(Period::Always.before(now), None);
        assert_eq!(Period::Years(1).after(now), Some("2029-03-01T00:30:00+07:00".parse().unwrap()));
        assert_eq!(Period::Hours(24).before(now), Some("2028-02-29T00:30:00+07:00".parse().unwrap()));
    }
}
