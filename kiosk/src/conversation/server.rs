//! What follows from the server's answers.

use flows::wire::{CallProgress, CallState, SessionView, Welcome};
use identity::ReasonCode;

use super::{At, Command, Failure, Help, Printing, ServerEvent, State, Step, Told, VisitId, WaitingFor};

impl State {
    pub(super) fn on_welcome(&mut self, welcome: Option<Welcome>) {
        self.server_reached = welcome.is_some();
        if welcome.is_some() {
            self.welcome = welcome;
        }
    }

    pub(super) fn on_server(&mut self, visit: VisitId, event: ServerEvent, commands: &mut Vec<Command>) {
        if visit != self.visit {
            return;
        }
        match event {
            ServerEvent::View(view) => self.on_view(*view, commands),
            ServerEvent::News(view) => self.on_news(*view, commands),
            ServerEvent::CallMade(call) => {
                if let At::Visit(visit) = &mut self.at
                    && matches!(visit.step, Step::StaffCalled { .. })
                {
                    visit.help.call = Some(call);
                }
            }
            ServerEvent::CallStands(progress) => self.on_call(progress, commands),
            ServerEvent::Challenge(challenge) => self.on_challenge(challenge, commands),
            ServerEvent::StaffTold(got_through) => self.on_staff_told(got_through),
            ServerEvent::Failed(failure) => {
                if let Some(Step::Waiting(waiting)) = self.step() {
                    let code = match failure {
                        Failure::Unreachable => ReasonCode::ServerUnreachable,
                        Failure::SessionGone => ReasonCode::SessionExpired,
                        Failure::Refused => {
                            self.call_staff(ReasonCode::CallRefused, commands);
                            return;
                        }
                    };
                    self.set_step(Step::ServerTrouble { code, waiting: *waiting });
                }
            }
        }
    }

    fn on_staff_told(&mut self, got_through: bool) {
        let now_told = if got_through { Told::Yes } else { Told::NotYet };
        match &mut self.at {
            At::TakeCard { told: told @ Some(_), .. } => *told = Some(now_told),
            At::Visit(visit) => {
                if let Step::StaffCalled { told, .. } = &mut visit.step {
                    *told = now_told;
                }
            }
            _ => {}
        }
    }

    /// What the session says while staff are called: they may have handed it back.
    fn on_news(&mut self, view: SessionView, commands: &mut Vec<Command>) {
        let At::Visit(visit) = &mut self.at else { return };
        if !matches!(visit.step, Step::StaffCalled { told: Told::Yes, .. }) {
            return;
        }
        if staff_may_lead_to(&view.step) {
            visit.help.progress.clone_from(&view.call);
        } else {
            visit.help = Help::default();
            visit.failed_reads = 0;
            visit.wrong_cans = 0;
            visit.step = Step::Waiting(WaitingFor::NextStep);
            self.touched = self.now;
            self.warned_at = None;
        }
        self.on_view(view, commands);
    }

    /// How a call that belongs to no session stands.
    fn on_call(&mut self, progress: CallProgress, commands: &mut Vec<Command>) {
        let At::Visit(visit) = &mut self.at else { return };
        if !matches!(visit.step, Step::StaffCalled { .. }) {
            return;
        }
        if progress.state == CallState::Answered {
            self.leave(commands);
        } else {
            visit.help.progress = Some(progress);
        }
    }

    fn on_view(&mut self, view: SessionView, commands: &mut Vec<Command>) {
        let At::Visit(visit) = &mut self.at else { return };
        let staff_called = match visit.step {
            Step::StaffCalled { .. } => true,
            Step::Waiting(_) => false,
            // Nothing was asked: a late answer.
            _ => return,
        };
        if staff_called && !staff_may_lead_to(&view.step) {
            return;
        }
        visit.session = Some(view.session_id);
        match view.step {
            flows::Step::Consent { purpose, role } => self.set_step(Step::Consent { purpose, role }),
            flows::Step::Identify { again, .. } => {
                visit.failed_reads += u8::from(again.is_some());
                if visit.failed_reads >= super::card::FAILED_READS {
                    self.call_staff(ReasonCode::TooManyAttempts, commands);
                } else {
                    self.ask_number(again, commands);
                }
            }
            // Asked only of codes, which this kiosk does not say that it can take.
            flows::Step::AskBirthYear { .. } => self.call_staff(ReasonCode::CallRefused, commands),
            flows::Step::ConfirmPerson { person } => {
                visit.can = None;
                visit.step = Step::ConfirmPerson(person);
            }
            flows::Step::Choose { question, options } => {
                visit.forget();
                visit.step = Step::Choose { question, options };
            }
            flows::Step::Done { ticket, notices, unproved } => {
                visit.forget();
                commands.push(Command::ForgetCard);
                commands.push(Command::Print {
                    visit: self.visit,
                    language: self.language,
                    ticket: Box::new(ticket.clone()),
                });
                visit.step = Step::Done { ticket, notices, unproved, printing: Printing::Going };
                self.touched = self.now;
            }
            flows::Step::CallStaff { code } => {
                visit.forget();
                commands.push(Command::ForgetCard);
                visit.step = Step::StaffCalled { code, told: Told::Yes };
            }
            flows::Step::Ended => {
                visit.session = None;
                self.leave(commands);
            }
        }
    }

    pub(super) fn on_printed(&mut self, visit: VisitId, printed: bool) {
        if visit == self.visit
            && let At::Visit(visit) = &mut self.at
            && let Step::Done { printing, .. } = &mut visit.step
        {
            *printing = if printed { Printing::Printed } else { Printing::Failed };
        }
    }
}

/// Once staff are called, a late answer to something else must not take the screen back.
fn staff_may_lead_to(step: &flows::Step) -> bool {
    matches!(step, flows::Step::Done { .. } | flows::Step::CallStaff { .. } | flows::Step::Ended)
}
