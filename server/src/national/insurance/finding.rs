//! What a look-up found out, in plain types.

use identity::SecretBytes;
use jiff::civil::Date;

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
    pub card: Option<Card>,
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

/// A health-insurance card.
#[derive(Clone, PartialEq, Eq)]
pub struct Card {
    /// `maThe`, or `maTheMoi` where a new card replaces the one found.
    pub number: String,
    /// First day of validity.
    pub valid_from: Option<Date>,
    /// Last day of validity; none: not limited, or not said.
    pub valid_to: Option<Date>,
    /// Code of the place of first treatment (`maDKBD`), 5 characters.
    pub place_code: Option<String>,
    /// Name of that place.
    pub place_name: Option<String>,
}

impl std::fmt::Debug for Card {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Card(…)")
    }
}
