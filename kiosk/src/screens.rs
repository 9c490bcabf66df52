//! One file per step. Screens read the state and say what was pressed.

mod card_trouble;
mod choose;
mod confirm_person;
mod consent;
mod done;
mod idle;
mod leaving;
mod present_card;
mod reading;
mod server_trouble;
mod staff_called;
mod take_away;
mod take_card;
mod type_number;
mod waiting;
mod welcome;

#[cfg(test)]
mod samples;
#[cfg(test)]
mod tests;

use flows::step::Question;

use crate::{
    conversation::{At, State, Step},
    look::Page,
};

/// A kind of screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Screen {
    /// Nobody is here.
    Welcome,
    /// A card lies there from before.
    TakeAway,
    /// Consent.
    Consent,
    /// Six digits.
    TypeNumber,
    /// Put the card down.
    PresentCard,
    /// The chip is read.
    Reading,
    /// The card could not be read.
    CardTrouble,
    /// The server is asked.
    Waiting,
    /// The server cannot be used.
    ServerTrouble,
    /// Is this you?
    ConfirmPerson,
    /// Why did you come?
    ChooseReason,
    /// Which room?
    ChooseRoom,
    /// Is the person one of those who are seen before others?
    ChoosePriority,
    /// Who acts for the person?
    ChooseRelation,
    /// Which adult is with the child?
    ChooseCompanion,
    /// The number.
    Done,
    /// Staff are coming.
    StaffCalled,
    /// Everything is wiped.
    Leaving,
    /// The card is still there.
    TakeCard,
    /// Is somebody still there?
    Idle,
}

impl Screen {
    /// All of them: what pictures and accessibility checks go through.
    pub const ALL: [Self; 20] = [
        Self::Welcome,
        Self::TakeAway,
        Self::Consent,
        Self::TypeNumber,
        Self::PresentCard,
        Self::Reading,
        Self::CardTrouble,
        Self::Waiting,
        Self::ServerTrouble,
        Self::ConfirmPerson,
        Self::ChooseReason,
        Self::ChooseRoom,
        Self::ChoosePriority,
        Self::ChooseRelation,
        Self::ChooseCompanion,
        Self::Done,
        Self::StaffCalled,
        Self::Leaving,
        Self::TakeCard,
        Self::Idle,
    ];

    /// The screen of a state.
    pub fn of(state: &State) -> Self {
        let visit = match &state.at {
            At::Welcome => return Self::Welcome,
            At::Leaving(_) => return Self::Leaving,
            At::TakeCard { .. } => return Self::TakeCard,
            At::Visit(visit) => visit,
        };
        match &visit.step {
            Step::Done { .. } => Self::Done,
            Step::StaffCalled { .. } => Self::StaffCalled,
            // It covers what is personal until somebody is there again.
            _ if state.warned_at.is_some() => Self::Idle,
            Step::TakeAway { .. } => Self::TakeAway,
            Step::PresentCard if state.foreign_card() => Self::TakeAway,
            Step::Waiting(_) => Self::Waiting,
            Step::Consent { .. } => Self::Consent,
            Step::TypeNumber { .. } => Self::TypeNumber,
            Step::PresentCard => Self::PresentCard,
            Step::Reading(_) => Self::Reading,
            Step::CardTrouble { .. } => Self::CardTrouble,
            Step::ServerTrouble { .. } => Self::ServerTrouble,
            Step::ConfirmPerson(_) => Self::ConfirmPerson,
            Step::Choose { question: Question::Reason, .. } => Self::ChooseReason,
            Step::Choose { question: Question::Room, .. } => Self::ChooseRoom,
            Step::Choose { question: Question::Priority, .. } => Self::ChoosePriority,
            Step::Choose { question: Question::Relation, .. } => Self::ChooseRelation,
            Step::Choose { question: Question::Companion, .. } => Self::ChooseCompanion,
        }
    }

    /// Whether it offers to stop.
    pub fn can_stop(self) -> bool {
        !matches!(self, Self::Welcome | Self::Done | Self::StaffCalled | Self::Leaving | Self::TakeCard)
    }

    /// Draws what stands between header and footer.
    pub(crate) fn draw(self, state: &State, page: &mut Page<'_>) {
        match self {
            Self::Welcome => welcome::draw(state, page),
            Self::TakeAway => take_away::draw(page),
            Self::Consent => consent::draw(state, page),
            Self::TypeNumber => type_number::draw(state, page),
            Self::PresentCard => present_card::draw(page),
            Self::Reading => reading::draw(state, page),
            Self::CardTrouble => card_trouble::draw(state, page),
            Self::Waiting => waiting::draw(state, page),
            Self::ServerTrouble => server_trouble::draw(state, page),
            Self::ConfirmPerson => confirm_person::draw(state, page),
            Self::ChooseReason
            | Self::ChooseRoom
            | Self::ChoosePriority
            | Self::ChooseRelation
            | Self::ChooseCompanion => choose::draw(state, page),
            Self::Done => done::draw(state, page),
            Self::StaffCalled => staff_called::draw(state, page),
            Self::Leaving => leaving::draw(page),
            Self::TakeCard => take_card::draw(state, page),
            Self::Idle => idle::draw(state, page),
        }
    }
}

/// Whole seconds until the visit ends by itself.
fn seconds_left(state: &State) -> u64 {
    let left = state.closes_at().map_or(0.0, |end| (end - state.now).ceil().max(0.0));
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a countdown below a minute")]
    let left = left as u64;
    left
}
