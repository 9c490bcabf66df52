//! Check-in at the health station (models 4 and 5): rules.
//!
//! After the chip: was the person here today already? Does the population database know them (yes or no)?
//! Is the insurance valid? Then what they came for, and which room. No outage of a national system keeps a
//! patient from being seen (Luật KCB 15/2023/QH15; NĐ 188/2025 Đ37).

pub mod priority;

use identity::ReasonCode;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::{
    Service, Text,
    engine::{self, InsuranceStatus, Known, Presented, Rules, Source, Want},
    law::{Consenter, processing::POPULATION_CHECK},
    person::{Birth, Relation},
    policy::Strength,
    step::{Choice, Notice, Purpose, Question, Way},
};
use priority::{Declared, PriorityGround, priority_by_age};

/// Below this age, in years, a child is seen without any card (NĐ 188/2025/NĐ-CP Đ37).
const CHILD_WITHOUT_CARD: i16 = 6;

pub mod queue;

use queue::Interleave;

/// A health station: what can be chosen there. Configuration, not code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Station {
    /// Mã cơ sở khám chữa bệnh (CSKCB), 5 characters.
    pub code: String,
    /// Its name.
    pub name: Text,
    /// The desk: where people go when nobody comes to the kiosk, or when staff go on there.
    pub desk: Text,
    /// The room that emergencies go to, by id. A reason has to be served there.
    pub emergency_room: String,
    /// Its rooms.
    pub rooms: Vec<Room>,
    /// Why people come.
    pub reasons: Vec<Reason>,
    /// How the rows before a room take turns.
    #[serde(default)]
    pub queue: Interleave,
}

/// A room of the station.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Room {
    /// Its id in the configuration.
    pub id: String,
    /// What the door says.
    pub name: Text,
}

/// A reason to come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reason {
    /// Its id in the configuration.
    pub id: String,
    /// What is shown.
    pub label: Text,
    /// The rooms that serve it, by id; with more than one the person is asked.
    pub rooms: Vec<String>,
}

/// What is wrong with a station's configuration.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StationError {
    /// There is nothing to choose.
    #[error("the station has no reasons: name at least one under [[reasons]]")]
    NoReasons,
    /// A reason has no room.
    #[error("the reason {0} has no room: name at least one")]
    NoRoom(String),
    /// A reason names a room that is not there.
    #[error("the reason {reason} names the room {room}, which is not under [[rooms]]")]
    UnknownRoom {
        /// The reason.
        reason: String,
        /// The room.
        room: String,
    },
    /// There is no such room for emergencies, or nobody is treated there.
    #[error(
        "emergency_room is {0}: name a room that stands under [[rooms]] and serves one of the [[reasons]]"
    )]
    NoEmergencyRoom(String),
    /// An id stands twice.
    #[error("the id {0} stands twice")]
    Twice(String),
    /// The code is not one.
    #[error("the station's code must have 5 digits (mã CSKCB)")]
    Code,
    /// The rows cannot take turns like this.
    #[error(
        "priority_per_normal under [queue] must be 1 to 9: the priority row's calls for one of the normal row"
    )]
    Turns,
}

impl Station {
    /// Checks that what it names is there.
    ///
    /// # Errors
    /// The first thing that is wrong.
    pub fn check(&self) -> Result<(), StationError> {
        if self.code.len() != 5 || !self.code.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(StationError::Code);
        }
        if !(1..=9).contains(&self.queue.priority_per_normal) {
            return Err(StationError::Turns);
        }
        if self.reasons.is_empty() {
            return Err(StationError::NoReasons);
        }
        if let Some(id) = first_repeated(self.rooms.iter().map(|room| &room.id))
            .or_else(|| first_repeated(self.reasons.iter().map(|reason| &reason.id)))
        {
            return Err(StationError::Twice(id.clone()));
        }
        for reason in &self.reasons {
            if reason.rooms.is_empty() {
                return Err(StationError::NoRoom(reason.id.clone()));
            }
            if let Some(room) = reason.rooms.iter().find(|id| self.room(id).is_none()) {
                return Err(StationError::UnknownRoom { reason: reason.id.clone(), room: room.clone() });
            }
        }
        if self.emergency().is_none() {
            return Err(StationError::NoEmergencyRoom(self.emergency_room.clone()));
        }
        Ok(())
    }

    /// The room with `id`.
    pub fn room(&self, id: &str) -> Option<&Room> {
        self.rooms.iter().find(|room| room.id == id)
    }

    /// The reason with `id`.
    pub fn reason(&self, id: &str) -> Option<&Reason> {
        self.reasons.iter().find(|reason| reason.id == id)
    }

    /// Where an emergency goes, and the first reason that is served there: nobody is asked for one.
    pub fn emergency(&self) -> Option<(&Reason, &Room)> {
        let room = self.room(&self.emergency_room)?;
        let reason = self.reasons.iter().find(|reason| reason.rooms.contains(&room.id))?;
        Some((reason, room))
    }

    /// Where someone with these answers waits: the room chosen, or the only one that serves the reason.
    pub fn room_for(&self, reason: &str, chosen: Option<&str>) -> Option<&Room> {
        let rooms = &self.reason(reason)?.rooms;
        match (chosen, rooms.as_slice()) {
            (Some(chosen), _) => rooms.iter().find(|id| *id == chosen).and_then(|id| self.room(id)),
            (None, [only]) => self.room(only),
            (None, _) => None,
        }
    }
}

/// The rules of the health flow.
#[derive(Debug, Clone, Copy)]
pub struct HealthRules<'a> {
    /// The station.
    pub station: &'a Station,
    /// Today at the place (Asia/Ho_Chi_Minh).
    pub today: Date,
}

impl Rules for HealthRules<'_> {
    fn service(&self) -> Service {
        Service::Health
    }

    fn purpose(&self) -> Purpose {
        Purpose::HealthCheckIn
    }

    fn ways(&self) -> Vec<Way> {
        vec![Way::Chip, Way::Vneid, Way::Qr, Way::Typed, Way::Child]
    }

    fn accepts(&self, presented: &Presented) -> Result<(), ReasonCode> {
        // Nobody else is admitted without any document (NĐ 188/2025/NĐ-CP Đ37).
        let too_old = !presented.person.birth.younger_than(CHILD_WITHOUT_CARD, self.today);
        if presented.source == Source::Child && too_old { Err(ReasonCode::NotAYoungChild) } else { Ok(()) }
    }

    fn relations(&self) -> Vec<Choice> {
        Relation::choices()
    }

    fn consenter(&self, birth: Birth) -> Consenter {
        // In an emergency nobody stands at a kiosk: staff come, and receive the person by hand.
        Consenter::of(birth, self.today, false)
    }

    fn next(&self, known: &Known) -> Want {
        // An earlier number is looked for only where it may be shown; for others the record itself finds it.
        if !known.earlier_visit_sought && known.strength.may_see_own_records() {
            return Want::EarlierVisit;
        }
        let person = &known.person;
        if known.population.is_none() && person.number.is_some() && known.permits(POPULATION_CHECK) {
            return Want::Population;
        }
        if known.insurance.is_none() && person.is_insurable() {
            return Want::Insurance;
        }
        // A child's question is asked before, with who may consent for it.
        let unsaid = known.consents.speaker.is_none() && known.consents.consenter == Consenter::Person;
        if known.source == Source::Typed && unsaid {
            return Want::Choose(Question::Relation, engine::themselves_or_another());
        }
        let Some(reason) = known.reason.as_deref().and_then(|id| self.station.reason(id)) else {
            let options = self.station.reasons.iter();
            return Want::Choose(Question::Reason, options.map(|r| choice(&r.id, &r.label)).collect());
        };
        if self.station.room_for(&reason.id, known.room.as_deref()).is_none() {
            let options = reason.rooms.iter().filter_map(|id| self.station.room(id));
            return Want::Choose(Question::Room, options.map(|room| choice(&room.id, &room.name)).collect());
        }
        if known.declared.is_none() && !priority_by_age(person.birth, self.today) {
            return Want::Choose(Question::Priority, Declared::choices());
        }
        Want::Record
    }

    fn notices(&self, known: &Known) -> Vec<Notice> {
        let mut notices = Vec::new();
        match priority::ground(known.person.birth, known.declared, self.today) {
            Some(PriorityGround::Age) => notices.push(Notice::PriorityByAge),
            Some(_) => notices.push(Notice::PriorityDeclared),
            None => {}
        }
        let insurance = known.insurance.as_ref();
        notices.extend(insurance.and_then(|insurance| insurance_notice(insurance.status, known.strength)));
        notices
    }
}

/// What the screen says about the insurance. What a register says of a person is not shown to someone who has proved
/// nothing.
pub fn insurance_notice(status: InsuranceStatus, strength: Strength) -> Option<Notice> {
    strength.may_see_own_records().then_some(match status {
        InsuranceStatus::Valid => Notice::InsuranceValid,
        InsuranceStatus::Renewed => Notice::InsuranceRenewed,
        InsuranceStatus::NotValid => Notice::InsuranceNotValid,
        InsuranceStatus::NeedsStaff => Notice::InsuranceNeedsStaff,
        InsuranceStatus::Unverified => Notice::InsuranceUnverified,
    })
}

fn first_repeated<'a>(ids: impl Iterator<Item = &'a String>) -> Option<&'a String> {
    let mut seen = std::collections::BTreeSet::new();
    let mut ids = ids;
    ids.find(|id| !seen.insert(*id))
}

fn choice(id: &str, label: &Text) -> Choice {
    Choice { id: id.to_owned(), label: label.clone() }
}

#[cfg(test)]
mod tests;
