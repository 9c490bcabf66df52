//! Sign-ins of citizens at VNeID: begun at a kiosk, ended on their own telephone.

use async_trait::async_trait;
use identity::SecretBytes;
use jiff::Timestamp;
use secrecy::SecretString;
use uuid::Uuid;

use super::{RequestKey, StepCall, StoreError};

/// Minutes in which a sign-in has to be finished.
pub const SIGN_IN_MINUTES: i64 = 5;

/// Minutes after which nobody is told any more that they were too late.
pub const FORGOTTEN_MINUTES: i64 = 60;

/// A sign-in that begins.
pub struct NewSignIn {
    /// The conversation that it is for.
    pub session: Uuid,
    /// The kiosk of that conversation.
    pub kiosk: String,
    /// OpenID Connect's `state`. Kept as a keyed hash.
    pub state: SecretString,
    /// What is needed to end it: nonce and PKCE verifier. Sealed.
    pub attempt: SecretBytes,
    /// The request that asked for it.
    pub request: RequestKey,
    /// The response to it.
    pub response: SecretBytes,
    /// Now.
    pub at: Timestamp,
}

impl std::fmt::Debug for NewSignIn {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewSignIn").field("session", &self.session).finish_non_exhaustive()
    }
}

/// A sign-in that somebody came back from.
pub struct SignInUnderWay {
    /// The conversation that it was begun for.
    pub session: Uuid,
    /// The kiosk of that conversation.
    pub kiosk: String,
    /// What is needed to end it.
    pub attempt: SecretBytes,
    /// It took longer than [`SIGN_IN_MINUTES`].
    pub expired: bool,
}

impl std::fmt::Debug for SignInUnderWay {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (session, expired) = (&self.session, &self.expired);
        f.debug_struct("SignInUnderWay")
            .field("session", session)
            .field("expired", expired)
            .finish_non_exhaustive()
    }
}

/// A step of a conversation that no answer of its kiosk brought: somebody signed in, or did not.
#[derive(Debug, Clone)]
pub struct SignInTurn {
    /// The conversation.
    pub session: Uuid,
    /// Its kiosk.
    pub kiosk: String,
    /// The version that the new state was made from.
    pub version: u32,
    /// The step engine's new state.
    pub state: SecretBytes,
    /// The call for staff that this turn ends in.
    pub call: Option<StepCall>,
    /// Now.
    pub at: Timestamp,
}

/// Signing in at VNeID.
#[async_trait]
pub trait SignIns: Send + Sync {
    /// Keeps a sign-in. One that was begun for the same conversation before is good no more.
    ///
    /// # Errors
    /// [`StoreError::UnknownSession`], or where it could not be written.
    async fn keep_sign_in(&self, sign_in: NewSignIn) -> Result<(), StoreError>;

    /// What was kept under this `state`, once. None where there is nothing (any more), or the conversation was
    /// forgotten.
    ///
    /// # Errors
    /// Where it could not be written.
    async fn take_sign_in(
        &self,
        state: &SecretString,
        at: Timestamp,
    ) -> Result<Option<SignInUnderWay>, StoreError>;

    /// Takes the conversation one step on.
    ///
    /// # Errors
    /// [`StoreError::UnknownSession`]; [`StoreError::StaleSession`] where another turn was quicker; or where it could
    /// not be written.
    async fn save_sign_in(&self, turn: SignInTurn) -> Result<(), StoreError>;
}
