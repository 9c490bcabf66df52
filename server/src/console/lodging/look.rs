//! The trace of every look at guests.

use flows::lodging::LodgingPlace;
use uuid::Uuid;

use super::super::{Console, failure::Failure, session::Staff};
use crate::store::stays::{Looked, StayLook};

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

impl Console {
    /// Writes down that these stays are about to be shown, before they are: every page of a lodging that shows a guest
    /// passes here.
    pub(super) async fn note_look(
        &self,
        staff: &Staff,
        place: &LodgingPlace,
        stays: &[Uuid],
        look: Look,
        reason: Option<&str>,
    ) -> Result<(), Failure> {
        let record = |looked, reason: Option<&str>| StayLook {
            staff: staff.id,
            session: staff.session,
            place: place.id.clone(),
            looked,
            reason: reason.map(str::to_owned),
            at: self.clock.now(),
        };
        if stays.is_empty() {
            return Ok(());
        }
        match look {
            Look::List => self.store.record_stay_look(record(Looked::List, None)).await?,
            Look::Paper | Look::File => self.store.record_stay_look(record(Looked::Printed, None)).await?,
            Look::Guest | Look::Number => {
                if reason.is_some() {
                    self.store.record_stay_look(record(Looked::Asked, reason)).await?;
                }
                for stay in stays {
                    self.store.record_stay_look(record(Looked::Record(*stay), None)).await?;
                }
            }
        }
        Ok(())
    }
}
