//! How a stay stands: what happened to it, folded.
//!
//! Nothing of a stay is ever changed in place: each thing that happens is an event, and how it stands is what they make
//! together. Two things go their own ways in it: the **declaration** (draft, ready, sent, accepted or rejected) and the
//! **stay** (extended, left).

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::Deadline;

/// What happened to a stay.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum StayEvent {
    /// It was written down, proved enough by what policy says, and nothing is missing.
    Ready,
    /// It was written down; the owner has to confirm or to complete it.
    Drafted,
    /// The owner looked at the document and says that it is right; nothing is missing.
    Confirmed,
    /// It is on its way: to the portal, or in a file that the owner took.
    Sent {
        /// By which way.
        by: Path,
    },
    /// The other side took it.
    Accepted {
        /// How that is known.
        how: Acceptance,
    },
    /// The other side refused it.
    Rejected {
        /// Why: the portal's own words, about the declaration and not about the person, or a stable word of ours.
        reason: String,
    },
    /// The portal does not take it any more, or takes none from this place: by file or on paper.
    FellToPaper,
    /// The data were corrected; what was declared stays as an older version.
    Corrected {
        /// Something is missing, or has to be confirmed again.
        draft: bool,
    },
    /// It is not true, or twice: nobody stayed.
    Withdrawn,
    /// The police were told by telephone or in person.
    ToldByHand,
    /// The guest stays longer.
    Extended {
        /// Until.
        until: Timestamp,
    },
    /// The guest left.
    Left {
        /// When.
        at: Timestamp,
    },
}

/// By which way a declaration goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Path {
    /// The portal's interface.
    Portal,
    /// A file (Excel; XML for foreigners) that a person takes to the portal's pages.
    File,
    /// On paper or by telephone.
    Paper,
}

/// How it is known that a declaration was taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Acceptance {
    /// The portal said so.
    Portal,
    /// An answer was lost, and the portal refused the repetition because the guest "is staying already": for the same
    /// number, place and arrival that is the first one, taken.
    AlreadyStaying,
    /// A person counted on the portal's page what a file brought: the portal says "success" even for no rows.
    Counted,
    /// A person handed it in on paper and says that it was taken.
    Paper,
}

/// The one word for how a stay stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// The owner has to confirm or to complete it.
    Draft,
    /// It can be sent.
    Ready,
    /// It is on its way.
    Sent,
    /// It was taken; the guest has not come yet.
    Accepted,
    /// It was refused.
    Rejected,
    /// It was taken, and the guest is there.
    Staying,
    /// The same, for longer than was planned.
    Extended,
    /// The guest left.
    Left,
    /// It was taken back.
    Withdrawn,
}

impl State {
    /// Every state.
    pub const ALL: [Self; 9] = [
        Self::Draft,
        Self::Ready,
        Self::Sent,
        Self::Accepted,
        Self::Rejected,
        Self::Staying,
        Self::Extended,
        Self::Left,
        Self::Withdrawn,
    ];

    /// The word in records and documents.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Ready => "ready",
            Self::Sent => "sent",
            Self::Accepted => "accepted",
            Self::Rejected => "rejected",
            Self::Staying => "staying",
            Self::Extended => "extended",
            Self::Left => "left",
            Self::Withdrawn => "withdrawn",
        }
    }

    /// What pages say.
    pub const fn vietnamese(self) -> &'static str {
        match self {
            Self::Draft => "Chờ xác nhận",
            Self::Ready => "Chờ gửi",
            Self::Sent => "Đã gửi, chờ trả lời",
            Self::Accepted => "Đã được nhận",
            Self::Rejected => "Bị từ chối",
            Self::Staying => "Đang lưu trú",
            Self::Extended => "Đang lưu trú, đã gia hạn",
            Self::Left => "Đã rời đi",
            Self::Withdrawn => "Đã rút",
        }
    }

    /// The same in English.
    pub const fn english(self) -> &'static str {
        match self {
            Self::Draft => "to be confirmed",
            Self::Ready => "to be sent",
            Self::Sent => "sent, no answer yet",
            Self::Accepted => "accepted",
            Self::Rejected => "rejected",
            Self::Staying => "staying",
            Self::Extended => "staying, extended",
            Self::Left => "left",
            Self::Withdrawn => "withdrawn",
        }
    }
}

/// How far the declaration is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Progress {
    Draft,
    Ready,
    Sent,
    Accepted(Acceptance),
    Rejected,
}

/// The event cannot happen to a stay that stands like this. Nothing changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("this cannot be done to a stay that is {}: load the page again, it has changed meanwhile", .0.as_str())]
pub struct Unfit(pub State);

/// How a stay stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    progress: Progress,
    path: Path,
    withdrawn: bool,
    reason: Option<String>,
    until: Option<Timestamp>,
    left: Option<Timestamp>,
    told_by_hand: bool,
    arrival: Timestamp,
    now: Timestamp,
}

impl Standing {
    /// Before anything happened to a stay with this `arrival`, seen at `now`. `path`: how its place tells the police.
    pub const fn new(arrival: Timestamp, path: Path, now: Timestamp) -> Self {
        Self {
            progress: Progress::Draft,
            path,
            withdrawn: false,
            reason: None,
            until: None,
            left: None,
            told_by_hand: false,
            arrival,
            now,
        }
    }

    /// What `events` make of it. An event that does not fit is passed over: it was refused when it was to be written.
    pub fn fold<'a>(
        arrival: Timestamp,
        path: Path,
        now: Timestamp,
        events: impl IntoIterator<Item = &'a StayEvent>,
    ) -> Self {
        let mut standing = Self::new(arrival, path, now);
        for event in events {
            // Unchanged where it does not fit.
            let _ = standing.apply(event);
        }
        standing
    }

    /// Takes one event in.
    ///
    /// # Errors
    /// [`Unfit`] where it cannot happen now; nothing is then changed.
    #[expect(clippy::match_same_arms, reason = "each line is a rule of its own, with its reason")]
    pub fn apply(&mut self, event: &StayEvent) -> Result<(), Unfit> {
        use Progress::{Accepted, Draft, Ready, Rejected, Sent};
        let unfit = Err(Unfit(self.state()));
        if self.withdrawn {
            return unfit;
        }
        match (event, self.progress) {
            (StayEvent::Drafted, Draft) => {}
            (StayEvent::Ready | StayEvent::Confirmed, Draft) => self.progress = Ready,
            (StayEvent::Sent { by }, Ready) if *by != Path::Paper => (self.progress, self.path) = (Sent, *by),
            // A file can be made again, and what a file holds may still go by another one.
            (StayEvent::Sent { by: Path::File }, Sent) if self.path == Path::File => {}
            (StayEvent::Accepted { how: Acceptance::Portal | Acceptance::AlreadyStaying }, Sent)
                if self.path == Path::Portal => {}
            (StayEvent::Accepted { how: Acceptance::Counted }, Sent) if self.path == Path::File => {}
            (StayEvent::Accepted { how: Acceptance::Paper }, Draft | Ready | Sent | Rejected) => {
                self.path = Path::Paper;
            }
            (StayEvent::Rejected { reason }, Sent) => {
                (self.progress, self.reason) = (Rejected, Some(reason.clone()));
            }
            // What was on its way by the portal is to go by file now.
            (StayEvent::FellToPaper, Ready | Sent | Rejected) if self.path == Path::Portal => {
                (self.progress, self.path, self.reason) = (Ready, Path::File, None);
            }
            (StayEvent::Corrected { draft }, Draft | Ready | Rejected) => {
                (self.progress, self.reason) = (if *draft { Draft } else { Ready }, None);
            }
            // What the other side has, or may have, is told by a person: it has no call to change it.
            (StayEvent::Corrected { .. }, Sent | Accepted(_)) => {}
            (StayEvent::Withdrawn, _) if self.left.is_none() => self.withdrawn = true,
            (StayEvent::ToldByHand, Draft | Ready | Sent | Rejected) => self.told_by_hand = true,
            (StayEvent::Extended { until }, _) if self.left.is_none() => self.until = Some(*until),
            (StayEvent::Left { at }, _) if self.left.is_none() && *at >= self.arrival => {
                self.left = Some(*at);
            }
            _ => return unfit,
        }
        if let StayEvent::Accepted { how } = event {
            (self.progress, self.reason) = (Accepted(*how), None);
        }
        Ok(())
    }

    /// The one word.
    pub fn state(&self) -> State {
        if self.withdrawn {
            return State::Withdrawn;
        }
        match self.progress {
            Progress::Draft => State::Draft,
            Progress::Ready => State::Ready,
            Progress::Sent => State::Sent,
            Progress::Rejected => State::Rejected,
            Progress::Accepted(_) if self.left.is_some() => State::Left,
            Progress::Accepted(_) if self.now < self.arrival => State::Accepted,
            Progress::Accepted(_) if self.until.is_some() => State::Extended,
            Progress::Accepted(_) => State::Staying,
        }
    }

    /// By which way it goes.
    pub const fn path(&self) -> Path {
        self.path
    }

    /// How it is known that it was taken; none until it was.
    pub const fn acceptance(&self) -> Option<Acceptance> {
        match self.progress {
            Progress::Accepted(how) => Some(how),
            _ => None,
        }
    }

    /// Whether the other side has it, or may have it: a change then has to be told.
    pub const fn is_known_there(&self) -> bool {
        matches!(self.progress, Progress::Sent | Progress::Accepted(_))
    }

    /// Why it was refused.
    pub fn reason(&self) -> Option<&str> {
        self.reason.as_deref()
    }

    /// Until when the guest stays, where that is no longer what was planned first.
    pub const fn until(&self) -> Option<Timestamp> {
        self.until
    }

    /// When the guest left.
    pub const fn left(&self) -> Option<Timestamp> {
        self.left
    }

    /// Whether the police were told by telephone or in person.
    pub const fn told_by_hand(&self) -> bool {
        self.told_by_hand
    }

    /// Whether something is still owed before its deadline: nothing was accepted, and nothing was taken back.
    pub const fn is_owed(&self) -> bool {
        !self.withdrawn && self.acceptance().is_none()
    }

    /// Whether the owner is to be told now to notify by telephone or in person.
    pub fn is_to_be_told(&self, deadline: &Deadline) -> bool {
        self.is_owed() && !self.told_by_hand && self.now >= deadline.warned_from()
    }
}
