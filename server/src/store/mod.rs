//! What the server keeps: one trait of business operations, each one transaction.
//!
//! There is no transaction handle in the trait: what must be written together is one operation. Whatever an
//! operation acknowledged survives `kill -9` and a power cut; what it refused left no trace. SQLite
//! (`sqlite`) is the embedded default; `conformance` is what any other database has to pass.
//!
//! Time comes in as `at`. Identifiers that a response must carry come from the caller; the others the store
//! draws itself.

use async_trait::async_trait;
use identity::number::PersonalNumber;
use jiff::{Timestamp, civil::Date};
use uuid::Uuid;

pub mod accesses;
pub mod alerts;
pub mod answers;
pub mod calls;
#[cfg(test)]
pub(crate) mod conformance;
pub mod consents;
pub mod corrections;
pub mod desk;
pub mod error;
pub mod incidents;
pub mod look_ups;
pub mod numbers;
pub mod outbox;
pub mod queue;
pub mod reception;
pub mod requests;
pub mod retention;
pub mod sessions;
pub mod sign_ins;
pub mod sqlite;
pub mod staff;
pub mod stays;
pub mod subject_requests;
pub mod visits;

pub use accesses::AccessLog;
pub use alerts::{Alert, Alerts, NewAlert, SettleAlert};
pub use answers::{Answers, InsuranceAnswer, KeepHistory, KeptAnswer};
pub use calls::{AdmitByHand, CloseCall, Decision, NewCall, OpenCall};
pub use consents::Consents;
pub use corrections::{CorrectVisit, Corrected, Corrections, VisitVersion, Wrong};
pub use desk::{AcknowledgeCall, CallStanding, CallState, Desk, HandBack, Member, TakeOver};
pub use error::{ChallengeFault, StoreError};
pub use incidents::Incidents;
pub use look_ups::{LookUps, LookedUp, NewLookUp};
pub use numbers::{
    DecideSubjects, GivenNumber, KeptNumber, NumberKind, NumberStanding, Numbers, SameNumber, SameOrNot,
    SubjectNumber,
};
pub use outbox::{
    ClaimedMessage, DecideMessage, Delivered, FirstCost, Found, InsuranceFound, KeptReceipt, Lane,
    MessageKind, MessageReceipt, NewMessage, NotDelivered, Of, Outbox, OutboxStatus, Queued, Standing,
    UndeliveredMessage,
};
pub use queue::{Call, CallNext, DayQueue, PlaceChange, QueuePlace, Queues};
pub use reception::{
    Circumstances, Companion, Duty, EndTask, Occasion, ReceiveByHand, Received, Reception, Receptions, Task,
    TemporaryId,
};
pub use requests::{Begun, ClientKind, Idempotency, Kiosk, NewRequest, RequestKey, Respond};
pub use retention::Retention;
pub use sessions::{Consent, NewChallenge, NewSession, SessionRow, StepCall, Turn};
pub use sign_ins::SignIns;
pub use staff::StaffAccounts;
pub use stays::Stays;
pub use subject_requests::SubjectRequests;
pub use visits::{
    CheckIn, ChipRecord, Completed, InsuranceCheck, Method, NewVisit, Patient, PopulationCheck, Queue,
    Recorded, Submission, Visit,
};

use crate::audit::AuditReport;

/// What [`Store::forget_expired`] removed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Forgotten {
    /// Conversations whose key was destroyed: nobody can read their state any more.
    pub sessions: u64,
    /// Stored responses removed: a repeat of their request would be carried out anew.
    pub requests: u64,
}

/// The business operations on what is kept. Each is one transaction.
#[async_trait]
pub trait Store:
    AccessLog
    + Alerts
    + Answers
    + Consents
    + Corrections
    + Desk
    + Incidents
    + LookUps
    + Numbers
    + Outbox
    + Queues
    + Receptions
    + Retention
    + SignIns
    + StaffAccounts
    + Stays
    + SubjectRequests
    + Send
    + Sync
{
    /// Enrols these callers, one that is known with its new key and place, and withdraws every other.
    ///
    /// # Errors
    /// Where it could not be written.
    async fn set_kiosks(&self, kiosks: Vec<Kiosk>, at: Timestamp) -> Result<(), StoreError>;

    /// The enrolled kiosk with this id, which is also the `keyid` of its signatures.
    ///
    /// # Errors
    /// Where it could not be read.
    async fn kiosk(&self, id: &str) -> Result<Option<Kiosk>, StoreError>;

    /// Admits a request whose signature was verified: its nonce is used up, and its Idempotency-Key, where it
    /// has one, is claimed. The claim ends with the operation that carries the same [`RequestKey`], with
    /// [`Store::abandon_request`], with the process, or after [`requests::CLAIM_SECONDS`].
    ///
    /// # Errors
    /// Where it could not be written.
    async fn begin_request(&self, request: NewRequest) -> Result<Begun, StoreError>;

    /// Gives up a claimed request that came to nothing, so that it may be sent again.
    ///
    /// # Errors
    /// Where it could not be written.
    async fn abandon_request(&self, request: RequestKey, at: Timestamp) -> Result<(), StoreError>;

    /// Opens a conversation.
    ///
    /// # Errors
    /// Where it could not be written, or the kiosk is unknown.
    async fn open_session(&self, session: NewSession) -> Result<(), StoreError>;

    /// The conversation as it stands. None where there is none with this id, where another kiosk opened it,
    /// or where it was forgotten: the caller cannot tell these apart.
    ///
    /// # Errors
    /// Where it could not be read.
    async fn session(&self, id: Uuid, kiosk: &str) -> Result<Option<SessionRow>, StoreError>;

    /// Writes a challenge down for one session of one kiosk.
    ///
    /// # Errors
    /// [`StoreError::UnknownSession`], or where it could not be written.
    async fn issue_challenge(&self, challenge: NewChallenge) -> Result<(), StoreError>;

    /// The challenge's nonce, if it may be used now. It is used up only by [`Turn::spends`], in the
    /// transaction that keeps what came of it.
    ///
    /// # Errors
    /// [`StoreError::Challenge`] where it is too old, was used, or is not this session's; or where it could
    /// not be read.
    async fn challenge(
        &self,
        id: Uuid,
        session: Uuid,
        kiosk: &str,
        at: Timestamp,
    ) -> Result<[u8; 8], StoreError>;

    /// Takes the conversation one step on.
    ///
    /// # Errors
    /// [`StoreError::UnknownSession`]; [`StoreError::StaleSession`] where another turn was quicker;
    /// [`StoreError::Challenge`] where the challenge it spends may not be used; or where it could not be
    /// written.
    async fn save_turn(&self, turn: Turn) -> Result<(), StoreError>;

    /// Records a check-in at the end of a conversation: subject, visit, queue number, the conversation's last
    /// state and the response. The same person on the same day at the same station keeps the first number until it
    /// is finished, or taken out.
    ///
    /// # Errors
    /// As [`Store::save_turn`].
    async fn record_check_in(&self, check_in: CheckIn) -> Result<Recorded, StoreError>;

    /// Calls staff to a kiosk. While a call from the same session, step and code is open, it is that one; a call
    /// of no session is always a new one.
    ///
    /// # Errors
    /// Where it could not be written.
    async fn call_staff(&self, call: NewCall) -> Result<Uuid, StoreError>;

    /// The calls that nobody has answered, the oldest first.
    ///
    /// # Errors
    /// Where they could not be read.
    async fn open_calls(&self) -> Result<Vec<OpenCall>, StoreError>;

    /// Admits a patient on the word of a named member of staff and closes the call. The conversation that the
    /// call came from, if any, ends with this number.
    ///
    /// # Errors
    /// [`StoreError::UnknownCall`] where there is no such open call; or where it could not be written.
    async fn admit_by_hand(&self, admission: AdmitByHand) -> Result<Recorded, StoreError>;

    /// Closes a call without admitting anyone.
    ///
    /// # Errors
    /// [`StoreError::UnknownCall`] where there is no such open call; or where it could not be written.
    async fn close_call(&self, ending: CloseCall) -> Result<(), StoreError>;

    /// One visit. Its personal part is gone where the subject's key was destroyed.
    ///
    /// # Errors
    /// Where it could not be read.
    async fn visit(&self, id: Uuid) -> Result<Option<Visit>, StoreError>;

    /// The visits of a station on a day, the latest first.
    ///
    /// # Errors
    /// Where they could not be read.
    async fn visits(&self, station: &str, day: Date) -> Result<Vec<Visit>, StoreError>;

    /// The check-in of the person with this number at a station on a day, whose number is still in the queue.
    ///
    /// # Errors
    /// Where it could not be read.
    async fn earlier_visit(
        &self,
        number: &PersonalNumber,
        station: &str,
        day: Date,
    ) -> Result<Option<Recorded>, StoreError>;

    /// The subject known by this number.
    ///
    /// # Errors
    /// Where it could not be read.
    async fn subject(&self, number: &PersonalNumber) -> Result<Option<Uuid>, StoreError>;

    /// Erases a subject: destroys their key and those of the conversations that ended in their visits. Sealed
    /// columns stay and nobody can read them; the audit log stays whole. Conversations that ended in none are
    /// forgotten by [`Store::forget_expired`].
    ///
    /// # Errors
    /// [`StoreError::UnknownSubject`] where there is none, or none any more; or where it could not be written.
    async fn destroy_subject_key(&self, subject: Uuid, at: Timestamp) -> Result<(), StoreError>;

    /// Destroys what has outlived its purpose: the keys of conversations that nothing was said in for
    /// [`sessions::SESSION_HOURS`], and stored responses of that age.
    ///
    /// # Errors
    /// Where it could not be written.
    async fn forget_expired(&self, at: Timestamp) -> Result<Forgotten, StoreError>;

    /// Walks the audit log from its first leaf and compares it with the records that it speaks of.
    ///
    /// # Errors
    /// Where it could not be read.
    async fn verify_audit(&self) -> Result<AuditReport, StoreError>;
}
