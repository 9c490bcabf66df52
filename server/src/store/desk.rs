//! Calls for staff while they are open: who knows of one, who has taken it over, and that nobody came.

use async_trait::async_trait;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;
use zeroize::{Zeroize, ZeroizeOnDrop};

use super::{Decision, StoreError};

/// Seconds after which a call that nobody answered is made again.
pub const REPEAT_SECONDS: i64 = 60;

/// After how many seconds a call is made again that somebody acknowledged and did not take over.
pub const COMING_SECONDS: i64 = 5 * 60;

/// A member of staff, as what they did at the desk keeps them. `Debug` masks.
#[derive(Clone, Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
pub struct Member {
    /// Their account, where they are signed in.
    #[zeroize(skip)]
    pub account: Option<Uuid>,
    /// Their name.
    pub name: String,
}

impl Member {
    /// Who decided.
    pub fn of(decision: &Decision) -> Self {
        Self { account: decision.id, name: decision.staff.clone() }
    }
}

impl PartialEq for Member {
    /// The account says who it is; a name only where one of them has none.
    fn eq(&self, other: &Self) -> bool {
        match (self.account, other.account) {
            (Some(one), Some(other)) => one == other,
            _ => self.name == other.name,
        }
    }
}

impl Eq for Member {}

impl std::fmt::Debug for Member {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Member(masked)")
    }
}

/// How a call stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CallState {
    /// Nobody has said that they know.
    Waiting,
    /// Somebody knows, and is coming.
    Acknowledged,
    /// Somebody goes on with it at the desk.
    TakenOver,
    /// It is over: a number was given, the kiosk goes on, or it was closed.
    Answered,
}

/// A call, and what staff have done about it so far.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallStanding {
    /// How it stands.
    pub state: CallState,
    /// Since when it stands so.
    pub since: Timestamp,
    /// Who acknowledged it or took it over.
    pub by: Option<Member>,
    /// How often it was made again because nobody answered.
    pub repeated: u32,
}

/// "I know, I am coming."
#[derive(Debug, Clone)]
pub struct AcknowledgeCall {
    /// The call.
    pub call: Uuid,
    /// Who comes.
    pub by: Member,
    /// Now.
    pub at: Timestamp,
}

/// Going on with a call at the desk.
#[derive(Debug, Clone)]
pub struct TakeOver {
    /// The call.
    pub call: Uuid,
    /// Who goes on with it.
    pub by: Member,
    /// Also where somebody else had taken it over, who is then out of it.
    pub instead: bool,
    /// Now.
    pub at: Timestamp,
}

/// The kiosk goes on with the conversation where it called.
#[derive(Debug, Clone)]
pub struct HandBack {
    /// The call.
    pub call: Uuid,
    /// Who hands it back, and what was done.
    pub decision: Decision,
    /// Now.
    pub at: Timestamp,
}

/// What staff do about an open call, beside admitting someone and closing it.
#[async_trait]
pub trait Desk: Send + Sync {
    /// Notes that somebody knows of a call. The first one counts.
    ///
    /// # Errors
    /// [`StoreError::UnknownCall`] where there is no such open call; [`StoreError::CallTaken`] where somebody else
    /// was quicker; or where it could not be written.
    async fn acknowledge_call(&self, acknowledgement: AcknowledgeCall) -> Result<(), StoreError>;

    /// Gives a call to one member of staff, who goes on with it at the desk.
    ///
    /// # Errors
    /// As [`Desk::acknowledge_call`].
    async fn take_over(&self, taking: TakeOver) -> Result<(), StoreError>;

    /// Ends a call by letting its conversation go on at the kiosk, where it called. What else the conversation
    /// called for is answered too.
    ///
    /// # Errors
    /// [`StoreError::UnknownCall`] also where the call came from no conversation;
    /// [`StoreError::CallTaken`] where somebody else has it; or where it could not be written.
    async fn hand_back(&self, handing: HandBack) -> Result<(), StoreError>;

    /// Makes every call again that nobody has answered for [`REPEAT_SECONDS`], or that somebody acknowledged
    /// [`COMING_SECONDS`] ago without taking it over, and says how many those are.
    ///
    /// # Errors
    /// Where it could not be written.
    async fn repeat_unanswered(&self, at: Timestamp) -> Result<u32, StoreError>;

    /// How a call of a kiosk stands. None where this kiosk made no such call.
    ///
    /// # Errors
    /// Where it could not be read.
    async fn call_standing(&self, call: Uuid, kiosk: &str) -> Result<Option<CallStanding>, StoreError>;

    /// How the last call of a conversation stands. None where it made none.
    ///
    /// # Errors
    /// Where it could not be read.
    async fn session_call(&self, session: Uuid) -> Result<Option<CallStanding>, StoreError>;
}
