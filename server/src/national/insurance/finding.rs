//! What a look-up found out, in plain types.

use flows::InsuranceCard;
use identity::SecretBytes;

use super::{Action, ResultCode};

/// What the register says of a person.
#[derive(Clone, PartialEq, Eq)]
pub struct Finding {
    /// The register's code.
    pub code: ResultCode,
    /// What then happens at the kiosk: that of the code, or [`Action::Staff`] where the answer lacks the new card
    /// that its code promises.
    pub action: Action,
    /// The card that counts; none where the answer names none.
    pub card: Option<InsuranceCard>,
    /// The answer as it arrived (JSON), to be kept as evidence.
    pub raw: SecretBytes,
}

impl std::fmt::Debug for Finding {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Finding")
            .field("code", &self.code)
            .field("action", &self.action)
            .finish_non_exhaustive()
    }
}
