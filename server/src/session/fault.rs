//! Why a conversation did not go on. No variant holds personal data.

use thiserror::Error;

use super::TypedFault;
use crate::{random::RandomUnavailable, store::StoreError};

/// Why a conversation did not go on. Nothing of the call was kept.
#[derive(Debug, Error)]
pub enum Fault {
    /// No such session, or another kiosk's.
    #[error("this kiosk has no such session; open a new one")]
    UnknownSession,
    /// No such call, or another kiosk's.
    #[error("this kiosk made no such call for staff; call again")]
    UnknownCall,
    /// The service is not one of this place.
    #[error("this place does not offer that service; offer what the welcome lists")]
    ServiceNotOffered,
    /// The answer does not fit the step.
    #[error("the answer does not fit the step that is shown; get the session and show its step")]
    UnexpectedAnswer,
    /// The digest of the consent's text is not one.
    #[error("the digest of the consent's text is not 64 hexadecimal digits; digest the exact text shown")]
    ConsentMalformed,
    /// The name of the screen is not one.
    #[error("the screen's name is not 1 to 40 small letters and underscores, such as card_left_behind")]
    ScreenMalformed,
    /// The evidence is not a set of chip files.
    #[error("the evidence names a file twice or one that no chip has; send each file once")]
    EvidenceMalformed,
    /// A typed field is not as it must be.
    #[error(transparent)]
    Typed(#[from] TypedFault),
    /// The state in the store is not one that this program writes.
    #[error("the session's state is not what this program writes; begin again")]
    StateMalformed,
    /// VNeID does not answer.
    #[error("VNeID does not answer; use the card, or try again later")]
    VneidUnavailable,
    /// A task of ours ended without an answer.
    #[error("the evidence's verification ended without a verdict; send the evidence again")]
    VerificationLost,
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// No randomness.
    #[error(transparent)]
    Random(#[from] RandomUnavailable),
}

impl From<flows::engine::Refusal> for Fault {
    fn from(_: flows::engine::Refusal) -> Self {
        Self::UnexpectedAnswer
    }
}
