//! The place and its rules: what a station says, made into steps and tickets.

use flows::{
    Ticket,
    health::{HealthRules, Station},
};
use jiff::{Timestamp, civil::Date, tz::Offset};

use crate::store::{Queue, Recorded, visits::station_day};

/// The station at one moment.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place<'a> {
    pub station: &'a Station,
    pub simulated: bool,
    pub at: Timestamp,
}

impl<'a> Place<'a> {
    pub fn today(&self) -> Date {
        station_day(self.at)
    }

    pub fn rules(&self) -> HealthRules<'a> {
        HealthRules { station: self.station, today: self.today() }
    }

    /// The ticket for what was recorded.
    pub fn ticket(&self, recorded: &Recorded) -> Ticket {
        // A room may have left the configuration since; its id is then what the door still says.
        let room = self.station.room(&recorded.room).map(|room| room.name.clone());
        let id = || flows::Text { vi: recorded.room.clone(), en: recorded.room.clone() };
        Ticket {
            number: recorded.ticket_number(),
            room: room.unwrap_or_else(id),
            station: self.station.name.clone(),
            issued_at: format!("{:.0}", recorded.at.display_with_offset(Offset::constant(7))),
            priority: recorded.queue == Queue::Priority,
            simulated: self.simulated,
        }
    }
}
