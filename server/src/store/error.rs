//! Why an operation on the store came to nothing. No variant holds personal data, and none shows its source.

use std::sync::Arc;

use flows::health::queue::Refusal;
use identity::ReasonCode;
use thiserror::Error;

use crate::{random::RandomUnavailable, sealed::SealError};

/// Why a challenge may not be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum ChallengeFault {
    /// It is older than [`super::sessions::CHALLENGE_SECONDS`].
    #[error("the challenge is older than 120 seconds; ask for a new one and read the card again")]
    Expired,
    /// It was used, belongs to another session or kiosk, or never was.
    #[error(
        "the challenge was used before or is not this session's; ask for a new one and read the card again"
    )]
    Used,
}

impl ChallengeFault {
    /// The code in the verdict.
    pub const fn code(self) -> ReasonCode {
        match self {
            Self::Expired => ReasonCode::ChallengeExpired,
            Self::Used => ReasonCode::ChallengeUsed,
        }
    }
}

/// Why an operation on the store came to nothing. Whatever it is, nothing of the operation was kept.
#[derive(Debug, Clone, Error)]
pub enum StoreError {
    /// No such session, or another kiosk's.
    #[error("this kiosk has no such session; open a new one")]
    UnknownSession,
    /// The session went on in the meantime.
    #[error("the session went on in the meantime; fetch its present step")]
    StaleSession,
    /// The challenge may not be used.
    #[error(transparent)]
    Challenge(#[from] ChallengeFault),
    /// The conversation had as many challenges as it may.
    #[error("the session had {} challenges, and gets no more; call staff", super::sessions::MOST_CHALLENGES)]
    TooManyChallenges,
    /// No such kiosk.
    #[error("no kiosk with this id is enrolled; enrol it or correct its configuration")]
    UnknownKiosk,
    /// The request was not begun, or its claim ran out.
    #[error("the request holds no claim on its Idempotency-Key; send it again")]
    UnknownRequest,
    /// No such call that is still open.
    #[error("there is no such open call; somebody may have answered it already")]
    UnknownCall,
    /// No such visit, or its subject was erased.
    #[error("there is no such visit, or what it says of the person was erased")]
    UnknownVisit,
    /// No such dead letter.
    #[error("there is no such dead letter; somebody may have decided about it already")]
    UnknownMessage,
    /// No system takes this message.
    #[error("no system takes this message: a person tells it, and then sets it aside")]
    NotRetriable,
    /// No such duty that is open.
    #[error("there is no such open task; somebody may have done it already")]
    UnknownTask,
    /// The visit has another version by now.
    #[error("the visit was corrected meanwhile; look at it again")]
    VisitCorrected,
    /// Somebody else has the call.
    #[error("another member of staff has this call; look at who, or take it over in their place")]
    CallTaken,
    /// No such stay.
    #[error("there is no such stay at this place, or it was erased")]
    UnknownStay,
    /// The stay has other data by now.
    #[error("the stay was corrected meanwhile; look at it again")]
    StayChanged,
    /// That cannot happen to a stay that stands like this.
    #[error("this cannot be done to a stay that is {}; look at it again", .0.as_str())]
    StayUnfit(flows::lodging::State),
    /// No such subject.
    #[error("there is no such subject, or their key was destroyed")]
    UnknownSubject,
    /// The two subjects are one already, or it was decided about them meanwhile.
    #[error(
        "somebody has decided about these two meanwhile, or they are one already; look at the list again"
    )]
    SubjectsDecided,
    /// No such alert that is open.
    #[error("there is no such open alert; somebody may have settled it already")]
    UnknownAlert,
    /// It may not happen to this place in the queue now.
    #[error(transparent)]
    Queue(#[from] Refusal),
    /// The room called somebody meanwhile.
    #[error("the room has called another number meanwhile; look at the queue again")]
    QueueMovedOn,
    /// No such request about someone's data that is still open.
    #[error("there is no such open request; somebody may have answered it already")]
    UnknownSubjectRequest,
    /// A refusal has to name what it rests on.
    #[error("a refusal names the article that it rests on; enter it")]
    ArticleMissing,
    /// No such incident that is still open.
    #[error("there is no such open incident; its file may have been closed")]
    UnknownIncident,
    /// The database was made in the other mode.
    #[error(
        "the database was made in {found} mode and the configuration says {wanted}; choose another data folder"
    )]
    ModeMismatch {
        /// What the database says.
        found: String,
        /// What the configuration says.
        wanted: &'static str,
    },
    /// The database was made with another master key.
    #[error("the master key is not the one that this database was made with; restore the right key file")]
    WrongMasterKey,
    /// Another process has the database.
    #[error("another process has the database in this folder open; end it first")]
    InUse,
    /// There is no room left on the disk.
    #[error("the disk is full, and nothing was recorded; make room and try again")]
    DiskFull,
    /// Something cannot be sealed or unsealed.
    #[error(transparent)]
    Sealed(#[from] SealError),
    /// No randomness.
    #[error(transparent)]
    Random(#[from] RandomUnavailable),
    /// A stored value is not what this program writes.
    #[error("{what} in the database is not what this program writes; restore a backup")]
    Malformed {
        /// Which value.
        what: &'static str,
    },
    /// The database failed otherwise.
    #[error("the database failed, and nothing was recorded; look at the disk and the log, and try again")]
    Database(
        /// The driver's error, for the log; without values.
        #[source]
        Arc<sqlx::Error>,
    ),
    /// The data folder cannot be used.
    #[error("the data folder cannot be used; check that it is there and may be written")]
    Folder(#[source] Arc<std::io::Error>),
    /// The task that writes has ended.
    #[error("the store is closed; restart the server")]
    Closed,
}
