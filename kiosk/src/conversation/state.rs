//! Where the conversation stands.

use flows::{
    Language, Service, Ticket,
    law::age::ConsentRole,
    step::{Choice, Notice, PersonOnScreen, Purpose, Question},
    wire::{CallProgress, Welcome},
};
use identity::{ReasonCode, lds::FileId, number::Can};
use zeroize::{Zeroize, ZeroizeOnDrop};

use super::{Preview, ReadId, VisitId};

/// Seconds on the window's own clock.
pub type Seconds = f64;

/// How long things may take, in seconds.
#[derive(Debug, Clone, Copy, PartialEq, serde::Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Times {
    /// Without a touch until the kiosk asks whether somebody is there.
    pub idle: Seconds,
    /// How long it asks (EN 301 549: 20 or more).
    pub warning: Seconds,
    /// How long the number stays on the screen at the end.
    pub done: Seconds,
    /// How long the screen says that staff are coming.
    pub staff: Seconds,
    /// How long a card may lie there after the visit until staff are told.
    pub card_left: Seconds,
}

impl Default for Times {
    fn default() -> Self {
        Self { idle: 45.0, warning: 20.0, done: 45.0, staff: 180.0, card_left: 20.0 }
    }
}

/// Where the conversation stands.
#[derive(Debug, Clone, PartialEq)]
pub struct State {
    /// The language on the screen.
    pub language: Language,
    /// What the server said about this place, once it has.
    pub welcome: Option<Welcome>,
    /// Whether the server answered when it was last asked for that.
    pub server_reached: bool,
    /// The reader.
    pub reader: Reader,
    /// When the reader came back, until a card was seen on it.
    pub reader_back: Option<Seconds>,
    /// The current or last visit.
    pub visit: VisitId,
    /// The last read.
    pub read: ReadId,
    /// The step.
    pub at: At,
    /// When the last event came.
    pub now: Seconds,
    /// When somebody was last seen to be there.
    pub touched: Seconds,
    /// When the question was put whether somebody is still there, if it stands.
    pub warned_at: Option<Seconds>,
    /// When the server was last asked for news (welcome, or whether staff have finished).
    pub asked: Seconds,
    /// The limits.
    pub times: Times,
}

impl State {
    /// Before anything happened.
    pub fn new(times: Times) -> Self {
        Self {
            language: Language::Vi,
            welcome: None,
            server_reached: true,
            // A reader tells when it is not there, or when a card lies on it.
            reader: Reader::Empty,
            reader_back: None,
            visit: VisitId(0),
            read: ReadId(0),
            at: At::Welcome,
            now: 0.0,
            touched: 0.0,
            warned_at: None,
            asked: 0.0,
            times,
        }
    }

    /// Whether the screens must say DỮ LIỆU MÔ PHỎNG: also as long as nobody has said otherwise.
    pub fn simulated(&self) -> bool {
        self.welcome.as_ref().is_none_or(|welcome| welcome.simulated)
    }

    /// The visit, where there is one.
    pub fn visit(&self) -> Option<&Visit> {
        match &self.at {
            At::Visit(visit) => Some(visit),
            _ => None,
        }
    }

    /// The step's name, for staff and log.
    pub fn step_name(&self) -> &'static str {
        match &self.at {
            At::Welcome => "welcome",
            At::Leaving(_) => "leaving",
            At::TakeCard { .. } => "card_left_behind",
            At::Visit(visit) => match &visit.step {
                Step::TakeAway { .. } => "card_present_before",
                Step::Waiting(_) => "waiting",
                Step::Consent { .. } => "consent",
                Step::TypeNumber { .. } => "type_number",
                Step::PresentCard => "present_card",
                Step::Reading(_) => "reading",
                Step::CardTrouble { .. } => "card_trouble",
                Step::ServerTrouble { .. } => "server_trouble",
                Step::ConfirmPerson(_) => "confirm_person",
                Step::Choose { question: Question::Reason, .. } => "choose_reason",
                Step::Choose { question: Question::Room, .. } => "choose_room",
                Step::Choose { question: Question::Priority, .. } => "choose_priority",
                Step::Choose { question: Question::Relation, .. } => "choose_relation",
                Step::Choose { question: Question::Companion, .. } => "choose_companion",
                Step::Done { .. } => "done",
                Step::StaffCalled { .. } => "staff_called",
            },
        }
    }

    /// A card that lies there since before this visit, or may do so: it is never read.
    pub fn foreign_card(&self) -> bool {
        matches!(self.reader, Reader::Card { since } if since != self.visit)
    }

    /// A card that was laid down during this visit.
    pub fn own_card(&self) -> bool {
        matches!(self.reader, Reader::Card { since } if since == self.visit)
            && matches!(self.at, At::Visit(_))
    }
}

/// The reader and what lies on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reader {
    /// There is none.
    Gone,
    /// Nothing lies on it.
    Empty,
    /// A card lies on it.
    Card {
        /// The visit during which it was laid down, or the last one before.
        since: VisitId,
    },
}

/// The step.
#[derive(Debug, Clone, PartialEq)]
pub enum At {
    /// Nobody is here.
    Welcome,
    /// Somebody is.
    Visit(Box<Visit>),
    /// Everything of the visit is being wiped.
    Leaving(Leaving),
    /// The visit is over and wiped; its card still lies there.
    TakeCard {
        /// Since when.
        since: Seconds,
        /// Whether staff were told.
        told: Option<Told>,
    },
}

/// The wiping at the end of a visit.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Leaving {
    /// Since when.
    pub since: Seconds,
    /// The reader's thread has wiped.
    pub reader_wiped: bool,
    /// The server's thread has wiped.
    pub server_wiped: bool,
    /// Staff were asked for meanwhile.
    pub then_staff: bool,
}

/// One person's visit. All personal data of the conversation are in here.
#[derive(Debug, Clone, PartialEq)]
pub struct Visit {
    /// The server's session, once it is open.
    pub session: Option<String>,
    /// The number typed, while it is needed.
    pub can: Option<Can>,
    /// What the card says, while it is shown.
    pub preview: Preview,
    /// Numbers that the card now on the reader refused.
    pub wrong_cans: u8,
    /// Reads that ended without result.
    pub failed_reads: u8,
    /// The call for staff, while there is one.
    pub help: Help,
    /// The step.
    pub step: Step,
}

/// What is known of a call for staff.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Help {
    /// Its id, where it belongs to no session.
    pub call: Option<String>,
    /// How it stands, once the server was asked.
    pub progress: Option<CallProgress>,
}

impl Visit {
    /// At the beginning, with nothing known.
    pub fn new(step: Step) -> Self {
        Self {
            session: None,
            can: None,
            preview: Preview::default(),
            wrong_cans: 0,
            failed_reads: 0,
            help: Help::default(),
            step,
        }
    }

    /// Drops what was typed and read.
    pub(super) fn forget(&mut self) {
        self.can = None;
        self.preview = Preview::default();
    }
}

/// A step of a visit.
#[derive(Debug, Clone, PartialEq)]
pub enum Step {
    /// A card lies on the reader from before: it has to go first.
    TakeAway {
        /// What the person came for.
        service: Service,
    },
    /// The server is asked.
    Waiting(WaitingFor),
    /// Consent to a purpose.
    Consent {
        /// What for.
        purpose: Purpose,
        /// Whom it asks.
        role: ConsentRole,
    },
    /// The last six digits of the card's number.
    TypeNumber {
        /// What is typed so far.
        typed: Typed,
        /// Why it is asked again.
        refused: Option<ReasonCode>,
    },
    /// Put the card on the reader.
    PresentCard,
    /// The chip is being read.
    Reading(Read),
    /// The card could not be read.
    CardTrouble {
        /// Why.
        code: ReasonCode,
        /// What the broken read had, if it can go on.
        broken: Option<Read>,
    },
    /// The server cannot be used now.
    ServerTrouble {
        /// Why.
        code: ReasonCode,
        /// What it was asked for.
        waiting: WaitingFor,
    },
    /// Is this you?
    ConfirmPerson(PersonOnScreen),
    /// One of several.
    Choose {
        /// What is asked.
        question: Question,
        /// The answers.
        options: Vec<Choice>,
    },
    /// Recorded.
    Done {
        /// The ticket.
        ticket: Ticket,
        /// What to know besides.
        notices: Vec<Notice>,
        /// What of the card stayed unproved, so that staff look at it.
        unproved: Option<ReasonCode>,
        /// The print.
        printing: Printing,
    },
    /// A person takes over.
    StaffCalled {
        /// Why.
        code: ReasonCode,
        /// Whether it has got through.
        told: Told,
    },
}

/// What the server is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WaitingFor {
    /// A session.
    Session,
    /// The next step.
    NextStep,
    /// A challenge, before the card is read.
    Challenge,
    /// The verdict.
    Verdict,
}

/// A read of the chip.
#[derive(Debug, Clone, PartialEq)]
pub struct Read {
    /// File by file, in the order read.
    pub files: Vec<FileProgress>,
    /// When its challenge was made.
    pub challenged: Seconds,
}

/// How far one file is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FileProgress {
    /// The file.
    pub file: FileId,
    /// Bytes read.
    pub done: usize,
    /// Bytes in all.
    pub total: usize,
}

/// The print of the ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Printing {
    /// Under way.
    Going,
    /// Printed.
    Printed,
    /// The printer failed.
    Failed,
}

/// Whether staff know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Told {
    /// Being told.
    Going,
    /// Told.
    Yes,
    /// It does not get through; the kiosk keeps trying.
    NotYet,
}

/// Digits being typed, at most six. Wiped when dropped; `Debug` shows how many.
#[derive(Clone, PartialEq, Eq, Default, Zeroize, ZeroizeOnDrop)]
pub struct Typed(Vec<u8>);

impl Typed {
    /// How many there must be.
    pub const LENGTH: usize = 6;

    /// The digits, 0 to 9 each.
    pub fn digits(&self) -> &[u8] {
        &self.0
    }

    /// Whether all are there.
    pub fn is_complete(&self) -> bool {
        self.0.len() == Self::LENGTH
    }

    /// The number, once it is complete.
    pub fn can(&self) -> Option<Can> {
        let text: zeroize::Zeroizing<String> =
            zeroize::Zeroizing::new(self.0.iter().map(|digit| char::from(b'0' + digit)).collect());
        Can::parse(&text).ok()
    }

    pub(crate) fn push(&mut self, digit: u8) {
        if digit <= 9 && self.0.len() < Self::LENGTH {
            // Never grows beyond the first allocation: no copy is left behind.
            self.0.reserve_exact(Self::LENGTH - self.0.len());
            self.0.push(digit);
        }
    }

    pub(super) fn pop(&mut self) {
        self.0.pop();
    }
}

impl std::fmt::Debug for Typed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Typed({} digits)", self.0.len())
    }
}
