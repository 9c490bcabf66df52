//! What follows from the passing of time.

use flows::Language;
use identity::ReasonCode;

use super::{At, Command, Seconds, State, Step, Told};

/// Seconds between two questions for the first screen's contents.
const ASK_WELCOME: Seconds = 15.0;
/// The same while it could not be had.
const ASK_WELCOME_AGAIN: Seconds = 3.0;
/// Seconds between two questions whether staff have finished.
const ASK_STAFF: Seconds = 4.0;
/// Seconds that the workers have for wiping. What a stuck one still says later is dropped.
const WIPE: Seconds = 5.0;
/// Seconds after which a card that nobody takes blocks the kiosk no longer: it will not be read.
const CARD_ABANDONED: Seconds = 180.0;

impl State {
    pub(super) fn on_tick(&mut self, commands: &mut Vec<Command>) {
        let welcome_interval = self.welcome_interval();
        match &mut self.at {
            At::Welcome => {
                if self.now >= self.touched + self.times.idle {
                    self.language = Language::Vi;
                }
                if self.now >= self.asked + welcome_interval {
                    self.asked = self.now;
                    commands.push(Command::FetchWelcome);
                }
            }
            At::Leaving(leaving) => {
                if self.now >= leaving.since + WIPE {
                    self.left(commands);
                }
            }
            At::TakeCard { since, told } => {
                let (since, told) = (*since, *told);
                if self.now >= since + CARD_ABANDONED {
                    self.welcome_again();
                } else if told.is_none() && self.now >= since + self.times.card_left {
                    self.call_staff(ReasonCode::CardLeftBehind, commands);
                }
            }
            At::Visit(visit) => {
                if matches!(visit.step, Step::StaffCalled { told: Told::Yes, .. })
                    && self.now >= self.asked + ASK_STAFF
                {
                    self.asked = self.now;
                    // A call beside the session is the one that staff answer.
                    if let Some(call) = visit.help.call.clone() {
                        commands.push(Command::PollCall { visit: self.visit, call });
                    } else if let Some(session) = visit.session.clone() {
                        commands.push(Command::Poll { visit: self.visit, session });
                    }
                }
                self.idle(commands);
            }
        }
    }

    fn idle(&mut self, commands: &mut Vec<Command>) {
        if self.closes_at().is_some_and(|end| self.now >= end) {
            self.leave(commands);
        } else if self.warned_at.is_none() && self.now >= self.touched + self.idle_limit() {
            self.warned_at = Some(self.now);
        }
    }

    fn welcome_interval(&self) -> Seconds {
        if self.server_reached && self.welcome.is_some() { ASK_WELCOME } else { ASK_WELCOME_AGAIN }
    }

    fn idle_limit(&self) -> Seconds {
        match self.step() {
            Some(Step::Done { .. }) => self.times.done,
            Some(Step::StaffCalled { .. }) => self.times.staff,
            _ => self.times.idle,
        }
    }

    /// When the visit ends by itself, once the question whether somebody is there stands.
    pub fn closes_at(&self) -> Option<Seconds> {
        self.warned_at.map(|at| at + self.times.warning)
    }

    /// Seconds from now after which time changes something: the window may sleep until then.
    pub fn next_tick(&self) -> Seconds {
        let next = match &self.at {
            At::Welcome => self.asked + self.welcome_interval(),
            At::Leaving(leaving) => leaving.since + WIPE,
            At::TakeCard { since, told: None } => since + self.times.card_left,
            At::TakeCard { since, .. } => since + CARD_ABANDONED,
            At::Visit(visit) => {
                let idle = self.touched + self.idle_limit();
                match (&visit.step, self.warned_at) {
                    // The countdown shows whole seconds.
                    (_, Some(_)) => self.now + 0.2,
                    (Step::StaffCalled { told: Told::Yes, .. }, _) => idle.min(self.asked + ASK_STAFF),
                    _ => idle,
                }
            }
        };
        (next - self.now).max(0.05)
    }
}
