//! What can happen, and what can be ordered.

use flows::{Answer, Language, Service, Ticket, evidence::ChipEvidence, wire};
use identity::{ReasonCode, SecretBytes, lds::FileId, number::Can};

/// Which visit something belongs to. What arrives for an earlier one is dropped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct VisitId(pub u64);

/// Which read of a card something belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct ReadId(pub u64);

/// What happened.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// The program started.
    Started,
    /// Somebody touched the screen anywhere.
    Touched,
    /// Time passed.
    Tick,
    /// The person pressed something.
    Person(PersonSays),
    /// The reader or the card on it changed.
    Reader(ReaderEvent),
    /// A read went on.
    Read {
        /// Which one.
        read: ReadId,
        /// How.
        event: ReadEvent,
    },
    /// The server said what the first screen shows; `None`: it could not be reached.
    Welcome(Option<wire::Welcome>),
    /// The server answered, or did not.
    Server {
        /// For which visit.
        visit: VisitId,
        /// What.
        event: ServerEvent,
    },
    /// The ticket was printed, or not.
    Printed {
        /// For which visit.
        visit: VisitId,
        /// Whether it was.
        printed: bool,
    },
    /// A worker holds nothing of the visit any more.
    Wiped {
        /// Which visit.
        visit: VisitId,
        /// Which worker.
        worker: Worker,
    },
}

impl Event {
    /// Whether somebody is there, or something goes on for them: the idle clock begins again.
    pub(super) fn is_sign_of_life(&self) -> bool {
        match self {
            Self::Touched
            | Self::Person(_)
            | Self::Reader(ReaderEvent::Inserted | ReaderEvent::Removed)
            | Self::Read { .. } => true,
            Self::Server { event, .. } => matches!(event, ServerEvent::Challenge(_)),
            _ => false,
        }
    }
}

/// What a person can press.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PersonSays {
    /// In this language.
    Language(Language),
    /// I came for this.
    Begin(Service),
    /// Consent given or refused, to the text with this digest (SHA-256, lower-case hex).
    Consent {
        /// Given?
        given: bool,
        /// Of the exact text shown.
        text_sha256: String,
    },
    /// A digit of the number pad, 0 to 9.
    Digit(u8),
    /// Take the last digit back.
    EraseDigit,
    /// The six digits are right.
    NumberComplete,
    /// Once more.
    Retry,
    /// To the step before.
    Back,
    /// It is me, or not.
    IsMe(bool),
    /// It is the card of somebody else, for whom I have come.
    OnBehalf,
    /// This option.
    Choose(String),
    /// Gọi nhân viên.
    CallStaff,
    /// Cấp cứu, at the first screen.
    Emergency,
    /// I am done here, or want to stop.
    Stop,
    /// I am still here.
    StillHere,
}

/// What the reader reports.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReaderEvent {
    /// A reader is there and empty.
    Ready,
    /// A card was laid on it.
    Inserted,
    /// The card was taken away.
    Removed,
    /// No reader is there any more.
    Gone,
}

/// How a read goes on.
#[derive(Debug, Clone, PartialEq)]
pub enum ReadEvent {
    /// Bytes arrived.
    Progress {
        /// The file they belong to.
        file: FileId,
        /// Bytes so far.
        done: usize,
        /// Bytes in all.
        total: usize,
    },
    /// Something that can be shown before the verdict. Nothing of it is verified.
    Preview(Preview),
    /// All files are read.
    Finished(Box<ChipEvidence>),
    /// It ended without result.
    Failed(ReasonCode),
}

/// What the card says and the server has not verified yet.
#[derive(Clone, PartialEq, Default)]
pub struct Preview {
    /// The full name in DG13.
    pub full_name: Option<String>,
    /// The face in DG2.
    pub portrait: Option<Portrait>,
}

impl std::fmt::Debug for Preview {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Preview(masked)")
    }
}

impl Drop for Preview {
    fn drop(&mut self) {
        zeroize::Zeroize::zeroize(&mut self.full_name);
    }
}

/// The face of DG2, decoded: RGBA, 8 bits each, rows from the top without padding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Portrait {
    /// Width in pixels.
    pub width: usize,
    /// Height in pixels.
    pub height: usize,
    /// `width * height * 4` bytes.
    pub rgba: SecretBytes,
}

/// What the server answered.
#[derive(Debug, Clone, PartialEq)]
pub enum ServerEvent {
    /// The conversation stands here now.
    View(Box<wire::SessionView>),
    /// It stands here now, asked while staff were called.
    News(Box<wire::SessionView>),
    /// The call for staff that belongs to no session has this id.
    CallMade(String),
    /// It stands so.
    CallStands(wire::CallProgress),
    /// A challenge for the chip.
    Challenge(wire::ChallengeIssued),
    /// The call for staff is recorded (`true`), or does not get through yet (`false`).
    StaffTold(bool),
    /// No answer to use.
    Failed(Failure),
}

/// Why a call gave no answer that the conversation can use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Failure {
    /// Nothing came back, again and again. The same call can be sent once more with the same key.
    Unreachable,
    /// The server no longer knows the session.
    SessionGone,
    /// The server refuses the call, or answers what cannot be understood. Sending it again changes nothing.
    Refused,
}

/// A part of the program that holds a visit's data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Worker {
    /// The card reader's thread.
    Reader,
    /// The thread that speaks with the server.
    Server,
}

/// What is to be done.
#[derive(Debug, Clone, PartialEq)]
pub enum Command {
    /// `GET /v1/welcome`.
    FetchWelcome,
    /// `POST /v1/sessions`.
    OpenSession {
        /// For which visit.
        visit: VisitId,
        /// What the person came for.
        service: Service,
        /// The language on the screen.
        language: Language,
    },
    /// `POST /v1/sessions/{id}/answers`.
    Answer {
        /// For which visit.
        visit: VisitId,
        /// The session.
        session: String,
        /// The answer.
        answer: Box<Answer>,
    },
    /// `POST /v1/sessions/{id}/challenges`.
    IssueChallenge {
        /// For which visit.
        visit: VisitId,
        /// The session.
        session: String,
    },
    /// The last call of the conversation once more, with the same key.
    Resend {
        /// For which visit.
        visit: VisitId,
    },
    /// `GET /v1/sessions/{id}`: have staff finished?
    Poll {
        /// For which visit.
        visit: VisitId,
        /// The session.
        session: String,
    },
    /// `GET /v1/staff-calls/{id}`: has anybody answered?
    PollCall {
        /// For which visit.
        visit: VisitId,
        /// The call.
        call: String,
    },
    /// Tell staff, until it has got through: as an answer in the session where there is one, else
    /// `POST /v1/staff-calls`.
    CallStaff {
        /// For which visit.
        visit: VisitId,
        /// The session, if there is one.
        session: Option<String>,
        /// The step, for staff.
        step: &'static str,
        /// Why.
        code: ReasonCode,
    },
    /// Tell the server that the person left. Nobody waits for the answer.
    Abort {
        /// The session.
        session: String,
    },
    /// Read the card that lies there.
    Read {
        /// Which read this is.
        read: ReadId,
        /// The card access number.
        can: Can,
        /// RND.IFD for active authentication.
        challenge: SecretBytes,
        /// Goes into the evidence.
        challenge_id: String,
    },
    /// Go on with the read that was broken off: the same card lies there again.
    ResumeRead {
        /// Which read this is.
        read: ReadId,
    },
    /// Stop reading and drop all that was read.
    ForgetCard,
    /// Print a ticket.
    Print {
        /// For which visit.
        visit: VisitId,
        /// In which language.
        language: Language,
        /// What it says.
        ticket: Box<Ticket>,
    },
    /// Every worker drops all that it holds of the visit and says so.
    Wipe {
        /// Which visit.
        visit: VisitId,
    },
}
