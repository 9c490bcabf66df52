//! The step engine: one conversation, from consent to the ticket or to a person who takes over.
//!
//! Sans-IO: [`Session::advance`] takes what happened and says what is to be done. The caller (the server) does
//! it and comes back with the result, until it is [`Effect::Show`]: then the citizen is asked. What a flow adds
//! is its [`Rules`].

use identity::{ReasonCode, Verdict};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::{
    Answer, InsuranceCard, Language, Person, Service, Step, Ticket,
    policy::{self, Decision, Strength},
    step::{Choice, Notice, Purpose, Question, Way},
};

/// How often a document may be presented in one conversation before staff are called.
pub const MOST_ATTEMPTS: u8 = 3;

/// What one flow adds to the engine.
pub trait Rules {
    /// Which service it is.
    fn service(&self) -> Service;
    /// What consent is asked for.
    fn purpose(&self) -> Purpose;
    /// The ways to identify oneself, the strongest first.
    fn ways(&self) -> Vec<Way>;
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

/// What is known so far.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Known {
    /// Who it is.
    pub person: Person,
    /// How strongly that was established.
    pub strength: Strength,
    /// Which axis stayed open, where the proof is not full.
    pub unproved: Option<ReasonCode>,
    /// What the policy says to it.
    pub decision: Decision,
    /// Whether an earlier visit was looked for. (One that was found ends the conversation.)
    pub earlier_visit_sought: bool,
    /// The population database's answer.
    pub population: Option<Population>,
    /// The insurance register's answer.
    pub insurance: Option<Insurance>,
    /// The reason chosen.
    pub reason: Option<String>,
    /// The room chosen.
    pub room: Option<String>,
}

impl std::fmt::Debug for Known {
    /// Not the reason for the visit: that is health data.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Known")
            .field("strength", &self.strength)
            .field("decision", &self.decision)
            .finish_non_exhaustive()
    }
}

/// The population database's answer (XacThuc: yes or no, nothing more).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Population {
    /// It knows the person with these data.
    Matches,
    /// It does not.
    Mismatch,
    /// It could not be asked.
    Unavailable,
}

/// The insurance register's answer, as far as the flow needs it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Insurance {
    /// What follows from it.
    pub status: InsuranceStatus,
    /// The register's result code (maKetQua), where it answered.
    pub result_code: Option<String>,
    /// The card to use, where there is one: the new one after 003 and 004.
    pub card: Option<InsuranceCard>,
}

impl std::fmt::Debug for Insurance {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Insurance({:?}, {:?})", self.status, self.result_code)
    }
}

/// What follows from an insurance look-up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InsuranceStatus {
    /// Valid as looked up.
    Valid,
    /// The old card was replaced; the new one is used.
    Renewed,
    /// Not valid any more: fee-paying, or staff.
    NotValid,
    /// A person looks at it.
    NeedsStaff,
    /// CHUA_XAC_MINH: the register could not be asked. The patient is seen all the same.
    Unverified,
}

/// Where a conversation stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "stage", rename_all = "snake_case")]
enum Stage {
    Consent,
    Identify {
        again: Option<ReasonCode>,
    },
    Confirm,
    /// Between two questions: the rules say what is wanted.
    Working,
    Choose {
        question: Question,
        options: Vec<Choice>,
    },
    Done {
        ticket: Ticket,
        notices: Vec<Notice>,
        unproved: Option<ReasonCode>,
    },
    Staff {
        code: ReasonCode,
        /// What the kiosk asks when staff hand the conversation back.
        back: Box<Stage>,
    },
    Ended,
}

/// The state of one conversation. Kept (sealed) as a row: a restart loses nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    service: Service,
    language: Language,
    stage: Stage,
    attempts: u8,
    known: Option<Known>,
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
    },
    /// To [`Effect::FindEarlierVisit`].
    EarlierVisit(Option<EarlierVisit>),
    /// To [`Effect::CheckPopulation`].
    PopulationChecked(Population),
    /// To [`Effect::LookUpInsurance`].
    InsuranceLookedUp(Insurance),
    /// To [`Effect::Record`].
    Recorded {
        /// The ticket.
        ticket: Ticket,
        /// How strongly identity was established at an earlier check-in of today: then it is that ticket again.
        earlier: Option<Strength>,
    },
    /// Staff admitted the person by hand (NHAP_TAY).
    AdmittedByStaff(Ticket),
    /// Staff closed the call without an admission.
    ClosedByStaff,
    /// Staff helped, and the kiosk goes on where it called.
    HandedBack,
}

/// A check-in of the same person today.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EarlierVisit {
    /// Its ticket.
    pub ticket: Ticket,
    /// How strongly identity was established then.
    pub strength: Strength,
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

impl Session {
    /// A new conversation, at the question for consent.
    pub fn new(service: Service, language: Language) -> Self {
        Self { service, language, stage: Stage::Consent, attempts: 0, known: None }
    }

    /// Which service it is about.
    pub const fn service(&self) -> Service {
        self.service
    }

    /// The language of its screens.
    pub const fn language(&self) -> Language {
        self.language
    }

    /// What is known of the person, once they are identified.
    pub const fn known(&self) -> Option<&Known> {
        self.known.as_ref()
    }

    /// Whether evidence is expected now.
    pub const fn expects_evidence(&self) -> bool {
        matches!(self.stage, Stage::Identify { .. })
    }

    /// Whether it is over: nothing more will be asked.
    pub const fn is_over(&self) -> bool {
        matches!(self.stage, Stage::Done { .. } | Stage::Ended)
    }

    /// What the kiosk shows now.
    pub fn step(&self, rules: &dyn Rules) -> Step {
        match &self.stage {
            Stage::Consent => Step::Consent { purpose: rules.purpose() },
            Stage::Identify { again } => Step::Identify { ways: rules.ways(), again: *again },
            Stage::Confirm | Stage::Working => match &self.known {
                Some(known) => Step::ConfirmPerson { person: known.person.on_screen() },
                None => Step::Ended,
            },
            Stage::Choose { question, options } => {
                Step::Choose { question: *question, options: options.clone() }
            }
            Stage::Done { ticket, notices, unproved } => {
                Step::Done { ticket: ticket.clone(), notices: notices.clone(), unproved: *unproved }
            }
            Stage::Staff { code, .. } => Step::CallStaff { code: *code },
            Stage::Ended => Step::Ended,
        }
    }

    /// Takes what happened and says what is to be done.
    ///
    /// # Errors
    /// Where `event` does not fit; the session is then unchanged.
    pub fn advance(&mut self, event: Event, rules: &dyn Rules) -> Result<Effect, Refusal> {
        if let Event::Answered(answer) = event {
            return self.answered(answer, rules);
        }
        match (&self.stage, event) {
            (Stage::Identify { .. }, Event::Identified { person, verdict }) => {
                Ok(self.identified(person, &verdict))
            }
            (Stage::Working, Event::EarlierVisit(Some(earlier))) => Ok(self.was_here(earlier)),
            (Stage::Working, Event::EarlierVisit(None)) => {
                Ok(self.learn(rules, |known| known.earlier_visit_sought = true))
            }
            // What a register says of a person is not shown to someone who has proved nothing.
            (Stage::Working, Event::PopulationChecked(Population::Mismatch))
                if self.may_see_own_records() =>
            {
                Ok(self.call_staff(ReasonCode::PopulationMismatch))
            }
            (Stage::Working, Event::PopulationChecked(answer)) => {
                Ok(self.learn(rules, |known| known.population = Some(answer)))
            }
            (Stage::Working, Event::InsuranceLookedUp(answer)) => {
                Ok(self.learn(rules, |known| known.insurance = Some(answer)))
            }
            (Stage::Working, Event::Recorded { ticket, earlier }) => {
                Ok(self.recorded(ticket, earlier, rules))
            }
            (Stage::Staff { .. }, Event::AdmittedByStaff(ticket)) => {
                Ok(self.finish(ticket, Vec::new(), None))
            }
            (Stage::Staff { .. }, Event::ClosedByStaff) => Ok(self.end()),
            (Stage::Staff { code, back }, Event::HandedBack) => {
                let (code, back) = (*code, Stage::clone(back));
                Ok(self.go_on(code, back))
            }
            _ => Err(Refusal::WrongStep),
        }
    }

    fn answered(&mut self, answer: Answer, rules: &dyn Rules) -> Result<Effect, Refusal> {
        match (&self.stage, answer) {
            (Stage::Done { .. } | Stage::Ended, _) => Err(Refusal::WrongStep),
            (_, Answer::Abort) => Ok(self.end()),
            (Stage::Staff { .. }, Answer::CallStaff { .. }) => Ok(Effect::Show),
            (_, Answer::CallStaff { code }) => Ok(self.call_staff(code)),
            (Stage::Consent, Answer::Consent { purpose, given, .. }) if purpose == rules.purpose() => {
                if given {
                    self.stage = Stage::Identify { again: None };
                    Ok(Effect::Show)
                } else {
                    Ok(self.call_staff(ReasonCode::ConsentRefused))
                }
            }
            (Stage::Confirm, Answer::ConfirmPerson { is_me: true }) => {
                self.stage = Stage::Working;
                Ok(self.work(rules))
            }
            (Stage::Confirm, Answer::ConfirmPerson { is_me: false }) => {
                self.known = None;
                Ok(self.call_staff(ReasonCode::NotThisPerson))
            }
            (Stage::Choose { question, options }, Answer::Choose { id }) => {
                if !options.iter().any(|option| option.id == id) {
                    return Err(Refusal::NotOffered);
                }
                let question = *question;
                self.stage = Stage::Working;
                Ok(self.learn(rules, |known| match question {
                    Question::Reason => known.reason = Some(id),
                    Question::Room => known.room = Some(id),
                }))
            }
            _ => Err(Refusal::WrongStep),
        }
    }

    fn identified(&mut self, person: Option<Person>, verdict: &Verdict) -> Effect {
        self.attempts = self.attempts.saturating_add(1);
        // Too slow is nobody's fault: the card is read again, with a fresh challenge.
        if verdict.chip.code == ReasonCode::ChallengeExpired {
            if self.attempts >= MOST_ATTEMPTS {
                return self.call_staff(ReasonCode::TooManyAttempts);
            }
            self.stage = Stage::Identify { again: Some(ReasonCode::ChallengeExpired) };
            return Effect::Show;
        }
        let strength = Strength::of_chip(verdict);
        let decision = policy::decide(self.service, strength);
        let refused = matches!(
            decision,
            Decision::Staff | Decision::StaffIdentify | Decision::RedOrAmber | Decision::NotAccepted
        );
        match (person, refused) {
            (Some(person), false) => {
                self.known = Some(Known {
                    person,
                    strength,
                    unproved: (strength != Strength::FullChipProof).then(|| first_open(verdict)),
                    decision,
                    earlier_visit_sought: false,
                    population: None,
                    insurance: None,
                    reason: None,
                    room: None,
                });
                self.stage = Stage::Confirm;
                Effect::Show
            }
            // Nothing is disproved, but there is nobody to admit either: the files could not be understood.
            (None, false) => self.call_staff(first_open(verdict)),
            (_, true) => {
                self.call_staff(verdict.first_failure().map_or(ReasonCode::NoDocument, |(_, code)| code))
            }
        }
    }

    fn learn(&mut self, rules: &dyn Rules, note: impl FnOnce(&mut Known)) -> Effect {
        if let Some(known) = &mut self.known {
            note(known);
        }
        self.work(rules)
    }

    fn work(&mut self, rules: &dyn Rules) -> Effect {
        let Some(known) = &self.known else { return self.end() };
        match rules.next(known) {
            Want::EarlierVisit => Effect::FindEarlierVisit,
            Want::Population => Effect::CheckPopulation,
            Want::Insurance => Effect::LookUpInsurance,
            Want::Record => Effect::Record,
            Want::Choose(question, options) => {
                self.stage = Stage::Choose { question, options };
                Effect::Show
            }
        }
    }

    fn may_see_own_records(&self) -> bool {
        self.known.as_ref().is_some_and(|known| known.strength.may_see_own_records())
    }

    /// Asked for only where this person may see their own records. A visit that proved less than this one may be
    /// somebody else's.
    fn was_here(&mut self, earlier: EarlierVisit) -> Effect {
        if earlier.strength.may_see_own_records() {
            self.finish(earlier.ticket, vec![Notice::AlreadyCheckedIn], None)
        } else {
            self.call_staff(ReasonCode::AlreadyCheckedIn)
        }
    }

    fn recorded(&mut self, ticket: Ticket, earlier: Option<Strength>, rules: &dyn Rules) -> Effect {
        let Some(known) = &self.known else { return self.end() };
        match (earlier, known.unproved) {
            (None, unproved) => {
                let notices = rules.notices(known);
                self.finish(ticket, notices, unproved)
            }
            // Between the look-up and the record another conversation may have been quicker.
            (Some(strength), None) => self.was_here(EarlierVisit { ticket, strength }),
            // Neither an earlier number nor that there is one is told to someone who has proved nothing.
            (Some(_), Some(open)) => self.call_staff(open),
        }
    }

    fn finish(&mut self, ticket: Ticket, notices: Vec<Notice>, unproved: Option<ReasonCode>) -> Effect {
        self.known = None;
        self.stage = Stage::Done { ticket, notices, unproved };
        Effect::Show
    }

    fn call_staff(&mut self, code: ReasonCode) -> Effect {
        let back = match std::mem::replace(&mut self.stage, Stage::Ended) {
            Stage::Staff { back, .. } => back,
            // What a register said is asked about again only after the person has said once more who they are.
            Stage::Working => Box::new(Stage::Confirm),
            asked => Box::new(asked),
        };
        self.stage = Stage::Staff { code, back };
        Effect::CallStaff(code)
    }

    /// Goes on where staff were called, with as many attempts as at the beginning.
    fn go_on(&mut self, code: ReasonCode, back: Stage) -> Effect {
        self.attempts = 0;
        self.stage = match (back, &mut self.known) {
            (Stage::Identify { .. }, _) => Stage::Identify { again: None },
            // Nobody is known any more: the card was somebody else's.
            (Stage::Confirm, None) => Stage::Identify { again: None },
            (Stage::Confirm, Some(known)) => {
                // Staff have looked at it with the person: it is not asked a second time.
                if code == ReasonCode::PopulationMismatch {
                    known.population = Some(Population::Mismatch);
                }
                Stage::Confirm
            }
            (asked, _) => asked,
        };
        Effect::Show
    }

    fn end(&mut self) -> Effect {
        self.known = None;
        self.stage = Stage::Ended;
        Effect::Show
    }
}

/// Why the first axis that did not pass did not.
fn first_open(verdict: &Verdict) -> ReasonCode {
    let open = verdict.axes().into_iter().find(|(_, axis)| !axis.has_passed());
    open.map_or(ReasonCode::DataGroupMalformed, |(_, axis)| axis.code)
}

#[cfg(test)]
mod tests;
