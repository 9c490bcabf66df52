//! What happens to a conversation, and what it then wants done.

use identity::{ReasonCode, Verdict};
use thiserror::Error;

use crate::{
    Answer, CardStanding, Person, Service, Ticket,
    law::Consenter,
    person::Birth,
    step::{Choice, Notice, Purpose, Question, Way},
};

use super::{Insurance, Known, Population, Presented};

/// What one flow adds to the engine.
pub trait Rules {
    /// Which service it is.
    fn service(&self) -> Service;
    /// What consent is asked for.
    fn purpose(&self) -> Purpose;
    /// The ways to identify oneself, the strongest first.
    fn ways(&self) -> Vec<Way>;
    /// Whether this flow takes what was presented.
    ///
    /// # Errors
    /// Why not; the person may present something else.
    fn accepts(&self, presented: &Presented) -> Result<(), ReasonCode>;
    /// Who may act for another person, as choices.
    fn relations(&self) -> Vec<Choice>;
    /// Whose consent counts for someone of this birth (Luật 91/2025/QH15).
    fn consenter(&self, birth: Birth) -> Consenter;
    /// What is wanted next, once the person is known and has confirmed.
    fn next(&self, known: &Known) -> Want;
    /// What the person should know at the end.
    fn notices(&self, known: &Known) -> Vec<Notice>;
}

/// What a flow wants next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Want {
    /// An earlier check-in of the day.
    EarlierVisit,
    /// A yes or no of the population database.
    Population,
    /// The insurance register's answer.
    Insurance,
    /// The person's choice.
    Choose(Question, Vec<Choice>),
    /// Nothing: record it.
    Record,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// The citizen answered (evidence is verified first and comes as [`Event::Identified`]).
    Answered(Answer),
    /// Evidence was verified: who it names, if it could be read that far, and how far that is proved.
    Identified {
        /// Who; `None` where the files could not be understood.
        person: Option<Person>,
        /// The verdict on it.
        verdict: Verdict,
        /// What C06 says of the card, where it was asked.
        card: Option<CardStanding>,
    },
    /// Something without a proof was presented, or [`ReasonCode`] says why it is of no use.
    Presented(Result<Presented, ReasonCode>),
    /// Somebody signed in at VNeID for this conversation, or [`ReasonCode`] says why nobody did.
    SignedIn(Result<Person, ReasonCode>),
    /// To [`Effect::FindEarlierVisit`]: the ticket of the person's check-in of today, where there is one.
    EarlierVisit(Option<Ticket>),
    /// To [`Effect::CheckPopulation`].
    PopulationChecked(Population),
    /// To [`Effect::CheckPopulation`] or [`Effect::LookUpInsurance`]: this kiosk, or this number, was looked up too
    /// often for someone who has proved nothing.
    LookUpsExhausted,
    /// To [`Effect::LookUpInsurance`].
    InsuranceLookedUp(Insurance),
    /// The same, where the register says that the number on the card is none (maKetQua 051, 052, 053): a code that was
    /// read wrongly is read once more.
    InsuranceCardMisread(Insurance),
    /// To [`Effect::Record`].
    Recorded {
        /// The ticket.
        ticket: Ticket,
        /// The person had checked in today: it is that ticket again.
        again: bool,
    },
    /// Staff admitted the person by hand (NHAP_TAY).
    AdmittedByStaff(Ticket),
    /// Staff closed the call without an admission.
    ClosedByStaff,
    /// Staff helped, and the kiosk goes on where it called.
    HandedBack,
}

/// What is to be done now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// Show [`Session::step`] and wait for the citizen.
    Show,
    /// Call staff, then show [`Session::step`].
    CallStaff(ReasonCode),
    /// Look for a check-in of the same person today.
    FindEarlierVisit,
    /// Ask the population database whether it knows [`Session::known`].
    CheckPopulation,
    /// Ask the insurance register about [`Session::known`].
    LookUpInsurance,
    /// Record [`Session::known`] as a check-in.
    Record,
}

/// The event does not fit where the conversation stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Refusal {
    /// The answer is to another step than the one shown.
    #[error(
        "the answer does not fit the step that the session is at; ask for the session's step and show that"
    )]
    WrongStep,
    /// What was chosen was not offered.
    #[error("what was chosen was not among the choices")]
    NotOffered,
}
