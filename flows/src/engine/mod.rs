//! The step engine: one conversation, from consent to the ticket or to a person who takes over.
//!
//! Sans-IO: [`Session::advance`] takes what happened and says what is to be done. The caller (the server) does
//! it and comes back with the result, until it is [`Effect::Show`]: then the citizen is asked. What a flow adds
//! is its [`Rules`].

mod consenting;
mod document;
mod event;
mod known;

use identity::ReasonCode;
use serde::{Deserialize, Serialize};

pub use consenting::{
    Consents, Missing, Speaker, Standing as ConsentStanding, companions, speakers, themselves_or_another,
};
pub use event::{Effect, Event, Refusal, Rules, Want};
pub use known::{Insurance, InsuranceStatus, Known, Population, Presented, Source};

use crate::{
    Answer, Language, Service, Step, Ticket,
    health::priority::Declared,
    law::age::{ConsentRole, Spoken},
    policy::Strength,
    step::{Choice, Notice, Question, Way},
};

/// How often a document may be presented in one conversation before staff are called.
pub const MOST_ATTEMPTS: u8 = 3;

/// Where a conversation stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "stage", rename_all = "snake_case")]
enum Stage {
    Consent,
    Identify {
        again: Option<ReasonCode>,
    },
    /// Somebody's code was shown: does whoever stands there know what is in it?
    AskBirthYear {
        again: Option<ReasonCode>,
    },
    Confirm,
    /// Somebody else's consent is needed besides.
    ConsentOf {
        role: ConsentRole,
    },
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
    /// What the kiosk can take.
    ways: Vec<Way>,
    stage: Stage,
    attempts: u8,
    /// An insurance card was read once more because of what the register said of its number.
    #[serde(default)]
    read_again: bool,
    known: Option<Known>,
}

impl Session {
    /// A new conversation, at the question for consent, at a kiosk that can take documents in these `ways`.
    pub fn new(service: Service, language: Language, ways: Vec<Way>) -> Self {
        Self { service, language, ways, stage: Stage::Consent, attempts: 0, read_again: false, known: None }
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

    /// Who answers now, where consent is asked for after it is known whose counts.
    pub fn consenting(&self) -> Option<Spoken> {
        match (&self.stage, &self.known) {
            (Stage::ConsentOf { role }, Some(known)) => Some(known.spoken_as(*role)),
            _ => None,
        }
    }

    /// Whether what a document proved may be kept: not of a child for whom nobody may consent, or has yet.
    pub fn may_keep_proof(&self) -> bool {
        self.known.as_ref().is_none_or(Known::has_consent)
    }

    /// Whether evidence is expected now.
    pub const fn expects_evidence(&self) -> bool {
        matches!(self.stage, Stage::Identify { .. })
    }

    /// Whether evidence in this `way` is expected now.
    pub fn expects(&self, way: Way, rules: &dyn Rules) -> bool {
        self.expects_evidence() && self.ways(rules).contains(&way)
    }

    /// Whether it is over: nothing more will be asked.
    pub const fn is_over(&self) -> bool {
        matches!(self.stage, Stage::Done { .. } | Stage::Ended)
    }

    /// What both the flow and the kiosk take.
    fn ways(&self, rules: &dyn Rules) -> Vec<Way> {
        rules.ways().into_iter().filter(|way| self.ways.contains(way)).collect()
    }

    /// What the kiosk shows now.
    pub fn step(&self, rules: &dyn Rules) -> Step {
        match &self.stage {
            Stage::Consent => Step::Consent { purpose: rules.purpose(), role: ConsentRole::Person },
            Stage::ConsentOf { role } => Step::Consent { purpose: rules.purpose(), role: *role },
            Stage::Identify { again } => Step::Identify { ways: self.ways(rules), again: *again },
            Stage::AskBirthYear { again } => Step::AskBirthYear { again: *again },
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
        match (&self.stage, event) {
            (_, Event::Answered(answer)) => self.answered(answer, rules),
            (Stage::Identify { .. }, Event::Identified { person, verdict, card }) => {
                Ok(self.identified(person, &verdict, card, rules))
            }
            (Stage::Identify { .. }, Event::Presented(presented)) => Ok(self.presented(presented, rules)),
            (Stage::Identify { .. }, Event::SignedIn(person)) if self.expects(Way::Vneid, rules) => {
                Ok(self.signed_in(person, rules))
            }
            (Stage::Staff { .. }, Event::AdmittedByStaff(ticket)) => {
                Ok(self.finish(ticket, Vec::new(), None))
            }
            (Stage::Staff { .. }, Event::ClosedByStaff) => Ok(self.end()),
            (Stage::Staff { code, back }, Event::HandedBack) => {
                let (code, back) = (*code, Stage::clone(back));
                Ok(self.go_on(code, back))
            }
            (Stage::Working, event) => self.learned(event, rules),
            _ => Err(Refusal::WrongStep),
        }
    }

    fn answered(&mut self, answer: Answer, rules: &dyn Rules) -> Result<Effect, Refusal> {
        match (&self.stage, answer) {
            (Stage::Done { .. } | Stage::Ended, _) => Err(Refusal::WrongStep),
            (_, Answer::Abort) => Ok(self.end()),
            (Stage::Staff { .. }, Answer::CallStaff { .. }) => Ok(Effect::Show),
            (_, Answer::CallStaff { code }) => Ok(self.call_staff(code)),
            (Stage::Consent, Answer::Consent { purpose, role: ConsentRole::Person, given, .. })
                if purpose == rules.purpose() =>
            {
                Ok(if !given {
                    self.call_staff(ReasonCode::ConsentRefused)
                } else if self.ways(rules).is_empty() {
                    self.call_staff(ReasonCode::NoDocument)
                } else {
                    self.show(Stage::Identify { again: None })
                })
            }
            (Stage::ConsentOf { role: asked }, Answer::Consent { purpose, role, given, .. })
                if purpose == rules.purpose() && role == *asked =>
            {
                if !given {
                    return Ok(self.call_staff(ReasonCode::ConsentRefused));
                }
                self.stage = Stage::Working;
                Ok(self.learn(rules, |known| known.consents.other_given = true))
            }
            (Stage::AskBirthYear { .. }, Answer::BirthYear { year }) => Ok(self.birth_year(year, rules)),
            (Stage::Confirm, Answer::ConfirmPerson { is_me: true }) => {
                self.stage = Stage::Working;
                Ok(self.learn(rules, |known| known.consents.speaker = Some(Speaker::Themselves)))
            }
            (Stage::Confirm, Answer::ConfirmPerson { is_me: false }) => {
                self.known = None;
                Ok(self.call_staff(ReasonCode::NotThisPerson))
            }
            // Of whoever shows a code the year of birth is asked after that.
            (Stage::Confirm | Stage::AskBirthYear { .. }, Answer::OnBehalf) => {
                let options = rules.relations();
                Ok(self.show(Stage::Choose { question: Question::Relation, options }))
            }
            (Stage::Choose { question, options }, Answer::Choose { id }) => {
                if !options.iter().any(|option| option.id == id) {
                    return Err(Refusal::NotOffered);
                }
                let question = *question;
                let sought = self.known.as_ref().is_some_and(|known| known.consents.sought);
                if consenting::is_alone(question, &id) && !sought {
                    return Ok(self.call_staff(ReasonCode::RepresentativeAbsent));
                }
                self.stage = Stage::Working;
                Ok(self.learn(rules, |known| match question {
                    Question::Reason => known.reason = Some(id),
                    Question::Room => known.room = Some(id),
                    Question::Priority => known.declared = Declared::parse(&id),
                    Question::Relation | Question::Companion => known.accompanied(question, &id),
                }))
            }
            _ => Err(Refusal::WrongStep),
        }
    }

    /// What came of an effect.
    fn learned(&mut self, event: Event, rules: &dyn Rules) -> Result<Effect, Refusal> {
        match event {
            Event::EarlierVisit(Some(ticket)) => Ok(self.was_here(ticket)),
            Event::EarlierVisit(None) => Ok(self.learn(rules, |known| known.earlier_visit_sought = true)),
            Event::PopulationChecked(Population::Mismatch) => Ok(self.unknown_to_population(rules)),
            Event::PopulationChecked(answer) => {
                Ok(self.learn(rules, |known| known.population = Some(answer)))
            }
            Event::LookUpsExhausted => Ok(self.call_staff(ReasonCode::TooManyLookUps)),
            Event::InsuranceLookedUp(answer) => Ok(self.learn(rules, |known| known.insurance = Some(answer))),
            Event::InsuranceCardMisread(answer) => Ok(self.misread(answer, rules)),
            Event::Recorded { ticket, again } => Ok(self.recorded(ticket, again, rules)),
            _ => Err(Refusal::WrongStep),
        }
    }

    /// What a register says of a person is not shown to someone who has proved nothing: whoever shows a code or
    /// types is told only "go on" or "staff", whoever's card could not be proved not even that.
    fn unknown_to_population(&mut self, rules: &dyn Rules) -> Effect {
        if let Some(known) = &mut self.known {
            known.population = Some(Population::Mismatch);
        }
        match self.known.as_ref().map(|known| known.strength) {
            Some(Strength::FullChipProof | Strength::Vneid) => {
                self.call_staff(ReasonCode::PopulationMismatch)
            }
            Some(Strength::StaticOrTyped) => self.call_staff(ReasonCode::DetailsNotConfirmed),
            _ => self.work(rules),
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
        if known.year_wanted {
            return self.show(Stage::AskBirthYear { again: None });
        }
        if let ConsentStanding::Wanted(missing) = known.consent() {
            let consenter = known.consents.consenter;
            let (question, options) = match missing {
                Missing::Speaker => (Question::Relation, consenting::speakers(consenter)),
                Missing::Companion => (Question::Companion, consenting::companions()),
                Missing::Consent(role) => return self.show(Stage::ConsentOf { role }),
            };
            return self.show(Stage::Choose { question, options });
        }
        match rules.next(known) {
            Want::EarlierVisit => Effect::FindEarlierVisit,
            Want::Population => Effect::CheckPopulation,
            Want::Insurance => Effect::LookUpInsurance,
            Want::Record => Effect::Record,
            Want::Choose(question, options) => self.show(Stage::Choose { question, options }),
        }
    }

    /// Told only to a person who has proved who they are: the number of the day is theirs, whatever door it came by.
    fn was_here(&mut self, ticket: Ticket) -> Effect {
        self.finish(ticket, vec![Notice::AlreadyCheckedIn], None)
    }

    fn recorded(&mut self, ticket: Ticket, again: bool, rules: &dyn Rules) -> Effect {
        let Some(known) = &self.known else { return self.end() };
        match (again, known.unproved) {
            (false, unproved) => {
                let notices = rules.notices(known);
                self.finish(ticket, notices, unproved)
            }
            // Between the look-up and the record another conversation may have been quicker.
            (true, None) => self.was_here(ticket),
            // Neither an earlier number nor that there is one is told to someone who has proved nothing: they see the
            // same as where what they said did not fit, and staff see why.
            (true, Some(open)) if known.strength == Strength::StaticOrTyped => {
                self.call_staff(ReasonCode::DetailsNotConfirmed);
                Effect::CallStaff(open)
            }
            (true, Some(open)) => self.call_staff(open),
        }
    }

    fn show(&mut self, stage: Stage) -> Effect {
        self.stage = stage;
        Effect::Show
    }

    fn finish(&mut self, ticket: Ticket, notices: Vec<Notice>, unproved: Option<ReasonCode>) -> Effect {
        self.known = None;
        self.show(Stage::Done { ticket, notices, unproved })
    }

    fn call_staff(&mut self, code: ReasonCode) -> Effect {
        let confirms = |known: &Known| matches!(known.source, Source::Chip | Source::Vneid);
        let confirmed = self.known.as_ref().is_some_and(confirms);
        let back = match std::mem::replace(&mut self.stage, Stage::Ended) {
            Stage::Staff { back, .. } => back,
            // What a register said is asked about again only after the person has said once more who they are.
            Stage::Working if confirmed => Box::new(Stage::Confirm),
            Stage::Working => Box::new(Stage::Identify { again: None }),
            asked => Box::new(asked),
        };
        self.stage = Stage::Staff { code, back };
        Effect::CallStaff(code)
    }

    /// Goes on where staff were called, with as many attempts as at the beginning.
    fn go_on(&mut self, code: ReasonCode, back: Stage) -> Effect {
        self.attempts = 0;
        let stage = match (back, &mut self.known) {
            // In the second case nobody is known any more: the card was somebody else's.
            (Stage::Identify { .. }, _) | (Stage::Confirm, None) => Stage::Identify { again: None },
            (asked, Some(known)) if code == ReasonCode::RepresentativeAbsent => {
                known.consents.sought = true;
                asked
            }
            (asked, _) => asked,
        };
        self.show(stage)
    }

    fn end(&mut self) -> Effect {
        self.known = None;
        self.show(Stage::Ended)
    }
}

#[cfg(test)]
mod tests;
