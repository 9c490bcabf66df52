//! Calls for staff, and what staff did about them.

use identity::{ReasonCode, SecretBytes};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;
use zeroize::{Zeroize, ZeroizeOnDrop};

use super::{CallStanding, ChipRecord, NewMessage, NewVisit, RequestKey, Respond, Submission};

/// A call for staff from a screen.
#[derive(Debug, Clone)]
pub struct NewCall {
    /// The kiosk that calls.
    pub kiosk: String,
    /// The conversation it had, if any.
    pub session: Option<Uuid>,
    /// The screen: `welcome`, `card_left_behind`, …
    pub step: String,
    /// Why.
    pub code: ReasonCode,
    /// The request that brought it.
    pub request: RequestKey,
    /// The response, out of the call's id.
    pub respond: Respond<Uuid, SecretBytes>,
    /// Now.
    pub at: Timestamp,
}

/// A call that nobody has answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenCall {
    /// Its id.
    pub id: Uuid,
    /// The kiosk that called.
    pub kiosk: String,
    /// Where the kiosk stands.
    pub place: String,
    /// The conversation it had, if any.
    pub session: Option<Uuid>,
    /// The screen.
    pub step: String,
    /// Why.
    pub code: ReasonCode,
    /// Since when.
    pub at: Timestamp,
    /// What staff have done about it.
    pub standing: CallStanding,
}

/// A patient admitted by a member of staff: on their word (NHAP_TAY), or by what the chip proved at the kiosk of whoever
/// stands there (CHIP_CCCD).
#[derive(Debug, Clone)]
pub struct AdmitByHand {
    /// The call that it answers.
    pub call: Uuid,
    /// Who decides.
    pub decision: Decision,
    /// Whom, and where they go.
    pub visit: NewVisit,
    /// What the chip proved that was presented in the call's conversation, if any.
    pub chip: Option<ChipRecord>,
    /// What the kiosk signed of it.
    pub submission: Option<Submission>,
    /// What goes out with it, unless the person had the number already.
    pub messages: Vec<NewMessage>,
    /// Now.
    pub at: Timestamp,
}

/// A call answered without admitting anyone.
#[derive(Debug, Clone)]
pub struct CloseCall {
    /// The call.
    pub call: Uuid,
    /// Who closes it, and why.
    pub decision: Decision,
    /// Now.
    pub at: Timestamp,
}

/// A person's decision, with name and reason.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
pub struct Decision {
    /// The member of staff's name.
    pub staff: String,
    /// Their account.
    #[zeroize(skip)]
    pub id: Option<Uuid>,
    /// Their reason, in their words.
    pub reason: String,
}

impl std::fmt::Debug for Decision {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Decision(masked)")
    }
}
