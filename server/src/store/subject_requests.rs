//! What people ask about their data, how far that has come, and what is kept about them.

use async_trait::async_trait;
use flows::{
    law::{Due, RequestKind},
    person::Relation,
};
use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};
use uuid::Uuid;
use zeroize::{Zeroize, ZeroizeOnDrop};

use super::{CorrectVisit, Corrected, Decision, Recorded, StoreError};

/// Who asks for what, in their words. Sealed under a key of the request's own: that it was answered has to be
/// provable after the subject was erased.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
pub struct Asked {
    /// Who asks.
    pub requester: String,
    /// What they are to the person, where they are not the person.
    #[zeroize(skip)]
    pub relation: Option<Relation>,
    /// How the person was recognised: which document was looked at.
    pub recognised_by: String,
    /// Where the answer goes.
    pub contact: String,
    /// What they want.
    pub wish: String,
    /// The member of staff who received it.
    pub received_by: String,
}

impl std::fmt::Debug for Asked {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Asked(masked)")
    }
}

/// A request that came.
#[derive(Debug, Clone)]
pub struct NewSubjectRequest {
    /// What is asked.
    pub kind: RequestKind,
    /// About whom; none where nobody with that number is kept here.
    pub subject: Option<Uuid>,
    /// Who asks, and in which words.
    pub asked: Asked,
    /// When it came: a letter may be typed days later.
    pub received_at: Timestamp,
    /// Until when it is dealt with, counted from when it came.
    pub due: Due,
    /// Now.
    pub at: Timestamp,
}

/// How far a request is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RequestEvent {
    /// Its receipt was confirmed to the person.
    Acknowledged,
    /// More time is needed, and the person was told why.
    Extended,
    /// It was done.
    Done,
    /// It was refused, under an article.
    Refused,
}

/// What happened to a request.
#[derive(Debug, Clone)]
pub struct RequestStep {
    /// What.
    pub event: RequestEvent,
    /// The article that a refusal rests on.
    pub article: Option<String>,
    /// Who, and why. None where its key was destroyed.
    pub decision: Option<Decision>,
    /// When.
    pub at: Timestamp,
}

/// A request with what happened to it.
#[derive(Debug, Clone)]
pub struct SubjectRequest {
    /// Its id.
    pub id: Uuid,
    /// What is asked.
    pub kind: RequestKind,
    /// About whom: the person as they are known now, also where their records were merged since.
    pub subject: Option<Uuid>,
    /// When it came.
    pub received_at: Timestamp,
    /// Until when it is dealt with.
    pub due: Due,
    /// Who asks. None where its key was destroyed.
    pub asked: Option<Asked>,
    /// What happened, in order.
    pub steps: Vec<RequestStep>,
}

impl SubjectRequest {
    /// Whether this happened.
    pub fn had(&self, event: RequestEvent) -> bool {
        self.steps.iter().any(|step| step.event == event)
    }

    /// Whether it was answered.
    pub fn is_over(&self) -> bool {
        self.had(RequestEvent::Done) || self.had(RequestEvent::Refused)
    }

    /// The day by which the next thing has to happen; none where it is over.
    pub fn next_due(&self) -> Option<Date> {
        if self.is_over() {
            None
        } else if !self.had(RequestEvent::Acknowledged) {
            Some(self.due.acknowledge)
        } else if self.had(RequestEvent::Extended) {
            Some(self.due.extended)
        } else {
            Some(self.due.finish)
        }
    }
}

/// A step that does not change what is kept about the person.
#[derive(Debug, Clone)]
pub struct NewRequestStep {
    /// The request.
    pub request: Uuid,
    /// What happened. [`RequestEvent::Refused`] names an article.
    pub event: RequestEvent,
    /// The article.
    pub article: Option<String>,
    /// Who, and why.
    pub decision: Decision,
    /// Now.
    pub at: Timestamp,
}

/// What is done for a request.
#[derive(Debug, Clone)]
pub enum Action {
    /// What is kept is not changed: the data were shown or handed over, or the objection was dealt with. After an
    /// objection nobody is asked any more what rests on consent alone.
    Answer,
    /// A visit of theirs was wrong: it gets a new version, and the old one stays, with the request as its reason.
    Correct(Box<CorrectVisit>),
    /// The subject's key is destroyed, unless a law requires keeping.
    Delete,
    /// The data stay and are not used, but for care; what rests on consent alone is not asked any more.
    Restrict,
    /// Every consent is withdrawn.
    Withdraw,
}

/// An action for a request.
#[derive(Debug, Clone)]
pub struct CarryOut {
    /// The request.
    pub request: Uuid,
    /// What is done.
    pub action: Action,
    /// Who, and why.
    pub decision: Decision,
    /// Now.
    pub at: Timestamp,
}

/// What came of an action.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It was done.
    Done,
    /// A visit was corrected.
    Corrected(Corrected),
    /// A law, or a dispute, requires keeping. The request is refused with that; what nothing requires was emptied.
    Kept {
        /// The article.
        article: String,
        /// The day from which nothing requires it any more, where it is known.
        until: Option<Date>,
        /// Visits whose proof of identity was emptied.
        evidence_emptied: u64,
    },
}

/// Everything that is kept about a person: each table with its rows, sealed columns opened.
#[derive(Clone)]
pub struct SubjectRecords {
    /// The subject.
    pub subject: Uuid,
    /// The tables, by name.
    pub tables: Vec<(String, Vec<serde_json::Map<String, serde_json::Value>>)>,
}

impl std::fmt::Debug for SubjectRecords {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SubjectRecords(masked)")
    }
}

/// Someone reads everything about a person.
#[derive(Debug, Clone)]
pub struct ReadRecords {
    /// About whom.
    pub subject: Uuid,
    /// Who, and why.
    pub decision: Decision,
    /// Now.
    pub at: Timestamp,
}

/// The operations on requests.
#[async_trait]
pub trait SubjectRequests: Send + Sync {
    /// Writes down a request that came.
    ///
    /// # Errors
    /// [`StoreError::UnknownSubject`], or where it could not be written.
    async fn receive_request(&self, request: NewSubjectRequest) -> Result<Uuid, StoreError>;

    /// The requests: the open ones by the day they are due, then the others, the latest first.
    ///
    /// # Errors
    /// Where they could not be read.
    async fn subject_requests(&self) -> Result<Vec<SubjectRequest>, StoreError>;

    /// One request.
    ///
    /// # Errors
    /// Where it could not be read.
    async fn subject_request(&self, id: Uuid) -> Result<Option<SubjectRequest>, StoreError>;

    /// Acknowledges, extends, refuses or finishes a request.
    ///
    /// # Errors
    /// [`StoreError::UnknownSubjectRequest`] where there is none that is open, [`StoreError::ArticleMissing`], or where
    /// it could not be written.
    async fn step_request(&self, step: NewRequestStep) -> Result<(), StoreError>;

    /// Does what is asked, and closes the request with it.
    ///
    /// # Errors
    /// [`StoreError::UnknownSubjectRequest`] where there is none that is open, [`StoreError::UnknownSubject`] where
    /// nobody is kept that it could be done to, what [`super::Corrections::correct_visit`] refuses, or where it could
    /// not be written.
    async fn carry_out(&self, action: CarryOut) -> Result<Outcome, StoreError>;

    /// Everything that is kept about a person. That it was read is logged.
    ///
    /// # Errors
    /// [`StoreError::UnknownSubject`], or where it could not be read or logged.
    async fn read_records(&self, reading: ReadRecords) -> Result<SubjectRecords, StoreError>;

    /// A person's visits, the latest first.
    ///
    /// # Errors
    /// Where they could not be read.
    async fn visits_of(&self, subject: Uuid) -> Result<Vec<Recorded>, StoreError>;
}
