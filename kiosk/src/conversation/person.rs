//! What follows from what a person presses.

use flows::{Answer, Language, Service};
use identity::ReasonCode;

use super::{
    At, Command, Leaving, PersonSays, Reader, State, Step, Told, Typed, Visit, VisitId, WaitingFor, Worker,
};

impl State {
    pub(super) fn on_person(&mut self, said: PersonSays, commands: &mut Vec<Command>) {
        match said {
            PersonSays::StillHere => {}
            PersonSays::CallStaff => self.call_staff(self.trouble(), commands),
            PersonSays::Emergency => {
                if self.at == At::Welcome {
                    self.call_staff(ReasonCode::Emergency, commands);
                }
            }
            PersonSays::Stop => self.leave(commands),
            PersonSays::Language(language) => {
                if self.at == At::Welcome {
                    self.language = language;
                }
            }
            PersonSays::Begin(service) => self.begin(service, commands),
            PersonSays::Back => self.back(commands),
            PersonSays::Retry => self.retry(commands),
            PersonSays::Digit(digit) => self.type_number(|typed| typed.push(digit)),
            PersonSays::EraseDigit => self.type_number(Typed::pop),
            PersonSays::NumberComplete => self.number_complete(commands),
            PersonSays::Consent { given, text_sha256 } => {
                if let Some(Step::Consent { purpose, role }) = self.step() {
                    let (purpose, role, language) = (*purpose, *role, self.language);
                    let answer = Answer::Consent { purpose, role, given, language, text_sha256 };
                    self.answer(answer, WaitingFor::NextStep, commands);
                }
            }
            PersonSays::IsMe(is_me) => {
                if let Some(Step::ConfirmPerson(_)) = self.step() {
                    self.answer(Answer::ConfirmPerson { is_me }, WaitingFor::NextStep, commands);
                    self.forget();
                }
            }
            PersonSays::OnBehalf => {
                if let Some(Step::ConfirmPerson(_)) = self.step() {
                    self.answer(Answer::OnBehalf, WaitingFor::NextStep, commands);
                    self.forget();
                }
            }
            PersonSays::Choose(id) => {
                if let Some(Step::Choose { options, .. }) = self.step()
                    && options.iter().any(|option| option.id == id)
                {
                    self.answer(Answer::Choose { id }, WaitingFor::NextStep, commands);
                }
            }
        }
    }

    fn begin(&mut self, service: Service, commands: &mut Vec<Command>) {
        let offered = self.welcome.as_ref().is_some_and(|welcome| welcome.services.contains(&service));
        if self.at != At::Welcome || !offered {
            return;
        }
        self.visit = VisitId(self.visit.0 + 1);
        if self.foreign_card() {
            self.at = At::Visit(Box::new(Visit::new(Step::TakeAway { service })));
        } else {
            self.open_session(service, commands);
        }
    }

    pub(super) fn open_session(&mut self, service: Service, commands: &mut Vec<Command>) {
        self.at = At::Visit(Box::new(Visit::new(Step::Waiting(WaitingFor::Session))));
        commands.push(Command::OpenSession { visit: self.visit, service, language: self.language });
    }

    fn back(&mut self, commands: &mut Vec<Command>) {
        match self.step() {
            Some(Step::TakeAway { .. }) => self.leave(commands),
            Some(Step::PresentCard | Step::CardTrouble { .. }) => self.ask_number(None, commands),
            _ => {}
        }
    }

    fn retry(&mut self, commands: &mut Vec<Command>) {
        match self.step() {
            Some(Step::CardTrouble { .. }) => self.present_card(commands),
            Some(Step::ServerTrouble { code: ReasonCode::ServerUnreachable, waiting }) => {
                let waiting = *waiting;
                self.set_step(Step::Waiting(waiting));
                commands.push(Command::Resend { visit: self.visit });
            }
            _ => {}
        }
    }

    fn type_number(&mut self, change: impl FnOnce(&mut Typed)) {
        if let At::Visit(visit) = &mut self.at
            && let Step::TypeNumber { typed, refused } = &mut visit.step
        {
            change(typed);
            *refused = None;
        }
    }

    fn number_complete(&mut self, commands: &mut Vec<Command>) {
        if let At::Visit(visit) = &mut self.at
            && let Step::TypeNumber { typed, .. } = &visit.step
            && let Some(can) = typed.can()
        {
            visit.can = Some(can);
            self.present_card(commands);
        }
    }

    pub(super) fn answer(&mut self, answer: Answer, waiting: WaitingFor, commands: &mut Vec<Command>) {
        if let At::Visit(visit) = &mut self.at
            && let Some(session) = visit.session.clone()
        {
            visit.step = Step::Waiting(waiting);
            commands.push(Command::Answer { visit: self.visit, session, answer: Box::new(answer) });
        }
    }

    /// Why staff are wanted, as far as the screen knows.
    fn trouble(&self) -> ReasonCode {
        match (&self.at, self.step()) {
            (At::TakeCard { .. }, _) => ReasonCode::CardLeftBehind,
            (_, Some(Step::TakeAway { .. })) => ReasonCode::CardPresentBefore,
            (_, Some(Step::PresentCard)) if self.foreign_card() => ReasonCode::CardPresentBefore,
            (
                _,
                Some(
                    Step::CardTrouble { code, .. }
                    | Step::ServerTrouble { code, .. }
                    | Step::TypeNumber { refused: Some(code), .. },
                ),
            ) => *code,
            _ => ReasonCode::HelpWanted,
        }
    }

    pub(super) fn call_staff(&mut self, code: ReasonCode, commands: &mut Vec<Command>) {
        let step = self.step_name();
        let mut session = None;
        match &mut self.at {
            At::Welcome => {
                self.visit = VisitId(self.visit.0 + 1);
                self.at = At::Visit(Box::new(Visit::new(Step::StaffCalled { code, told: Told::Going })));
            }
            At::Visit(visit) => match visit.step {
                Step::StaffCalled { .. } => return,
                ref before => {
                    // What is recorded is closed: the call then stands beside the session.
                    if !matches!(before, Step::Done { .. }) {
                        session.clone_from(&visit.session);
                    }
                    visit.forget();
                    visit.step = Step::StaffCalled { code, told: Told::Going };
                    commands.push(Command::ForgetCard);
                }
            },
            At::Leaving(leaving) => {
                leaving.then_staff = true;
                return;
            }
            At::TakeCard { told: Some(_), .. } => return,
            At::TakeCard { told, .. } => *told = Some(Told::Going),
        }
        commands.push(Command::CallStaff { visit: self.visit, session, step, code });
    }

    /// Ends the visit: everything of it is dropped here, and wiped wherever else it is.
    pub(super) fn leave(&mut self, commands: &mut Vec<Command>) {
        let At::Visit(visit) = &mut self.at else { return };
        // Staff who were called still see the case; what is done is done.
        if !matches!(visit.step, Step::Done { .. } | Step::StaffCalled { .. })
            && let Some(session) = visit.session.take()
        {
            commands.push(Command::Abort { session });
        }
        commands.push(Command::Wipe { visit: self.visit });
        self.at = At::Leaving(Leaving {
            since: self.now,
            reader_wiped: false,
            server_wiped: false,
            then_staff: false,
        });
    }

    pub(super) fn on_wiped(&mut self, visit: VisitId, worker: Worker, commands: &mut Vec<Command>) {
        let At::Leaving(leaving) = &mut self.at else { return };
        if visit != self.visit {
            return;
        }
        match worker {
            Worker::Reader => leaving.reader_wiped = true,
            Worker::Server => leaving.server_wiped = true,
        }
        if leaving.reader_wiped && leaving.server_wiped {
            self.left(commands);
        }
    }

    /// The wiping is over.
    pub(super) fn left(&mut self, commands: &mut Vec<Command>) {
        let staff = matches!(self.at, At::Leaving(Leaving { then_staff: true, .. }));
        if staff {
            self.welcome_again();
            self.call_staff(ReasonCode::HelpWanted, commands);
        } else if matches!(self.reader, Reader::Card { .. }) {
            self.at = At::TakeCard { since: self.now, told: None };
        } else {
            self.welcome_again();
        }
    }

    pub(super) fn welcome_again(&mut self) {
        self.at = At::Welcome;
        self.language = Language::Vi;
        self.warned_at = None;
    }

    pub(super) fn step(&self) -> Option<&Step> {
        self.visit().map(|visit| &visit.step)
    }

    pub(super) fn set_step(&mut self, step: Step) {
        if let At::Visit(visit) = &mut self.at {
            visit.step = step;
        }
    }

    pub(super) fn forget(&mut self) {
        if let At::Visit(visit) = &mut self.at {
            visit.forget();
        }
    }
}
