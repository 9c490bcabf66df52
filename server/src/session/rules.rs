//! The place and its rules: what a station says, made into steps and tickets.

use flows::{
    Ticket, TicketLink,
    health::{HealthRules, Station},
    wire::{self, CallProgress},
};
use jiff::{Timestamp, civil::Date, tz::Offset};

use crate::{
    config::PublicAddress,
    store::{CallStanding, CallState, Queue, Recorded, desk::REPEAT_SECONDS, visits::station_day},
};

/// RFC 3339 in whole seconds, with the station's offset.
fn local(at: Timestamp) -> String {
    format!("{:.0}", at.display_with_offset(Offset::constant(7)))
}

/// The station at one moment.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place<'a> {
    pub station: &'a Station,
    pub simulated: bool,
    pub public_address: Option<&'a PublicAddress>,
    pub at: Timestamp,
}

impl<'a> Place<'a> {
    pub fn today(&self) -> Date {
        station_day(self.at)
    }

    pub fn rules(&self) -> HealthRules<'a> {
        HealthRules { station: self.station, today: self.today() }
    }

    /// What the kiosk says of a call for staff.
    pub fn progress(&self, standing: &CallStanding) -> CallProgress {
        let waited = self.at.duration_since(standing.since).as_secs();
        let (state, nobody_came) = match standing.state {
            CallState::Waiting => {
                (wire::CallState::Waiting, standing.repeated > 0 || waited >= REPEAT_SECONDS)
            }
            CallState::Acknowledged => (wire::CallState::Acknowledged, false),
            CallState::TakenOver => (wire::CallState::TakenOver, true),
            CallState::Answered => (wire::CallState::Answered, false),
        };
        CallProgress {
            state,
            since: local(standing.since),
            repeated: standing.repeated,
            where_to_go: nobody_came.then(|| self.station.desk.clone()),
        }
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
            issued_at: local(recorded.at),
            priority: recorded.queue != Queue::Normal,
            simulated: self.simulated,
            code: recorded.code,
            link: self
                .public_address
                .zip(recorded.code)
                .map(|(address, code)| TicketLink::new(address.as_str(), &code)),
        }
    }
}
