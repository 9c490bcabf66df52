//! The trace of every look at guests.

use uuid::Uuid;

use super::super::{Console, failure::Failure, session::Staff};

/// What shows guests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Look {
    /// A list of many.
    List,
    /// A guest's own page.
    Guest,
    /// A list on paper with everything that is needed to tell the police.
    Paper,
    /// A file for the portal.
    File,
    /// The number of a guest who is gone, for a reason.
    Number,
}

impl Look {
    const fn as_str(self) -> &'static str {
        match self {
            Self::List => "list",
            Self::Guest => "guest",
            Self::Paper => "paper",
            Self::File => "file",
            Self::Number => "number",
        }
    }
}

impl Console {
    /// Writes down that these stays are about to be shown, before they are: every page of a lodging that shows a guest
    /// passes here. It goes to the server's log: who, in which session, which stay and on what page, by ids alone, and
    /// whether a `reason` was given. The words of the reason are not written there, nor kept.
    #[expect(clippy::unused_async, reason = "what writes it down may have to wait")]
    pub(super) async fn note_look(
        &self,
        staff: &Staff,
        stays: &[Uuid],
        look: Look,
        reason: Option<&str>,
    ) -> Result<(), Failure> {
        for stay in stays {
            tracing::info!(
                staff = %staff.id,
                session = %staff.session,
                %stay,
                shown = look.as_str(),
                reason_given = reason.is_some(),
                "a stay is shown"
            );
        }
        Ok(())
    }
}
