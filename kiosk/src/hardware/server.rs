//! The conversation with the server, and the errands beside it.

use std::{collections::VecDeque, sync::mpsc, time::Duration};

use flows::{
    Answer, Language, Service,
    step::Way,
    wire::{AnswerStep, CallProgress, CallStaff, OpenSession, SessionView, StaffCalled, Welcome},
};
use identity::ReasonCode;

use super::{
    Events,
    call::{Call, CallError, Caller},
};
use crate::conversation::{Event, Failure, ServerEvent, VisitId, Worker};

/// An order for the conversation.
pub enum Order {
    /// A new session.
    Open {
        /// For which visit.
        visit: VisitId,
        /// What the person came for.
        service: Service,
        /// The language on the screen.
        language: Language,
    },
    /// An answer.
    Answer {
        /// For which visit.
        visit: VisitId,
        /// The session.
        session: String,
        /// The answer.
        answer: Box<Answer>,
    },
    /// A challenge for the chip.
    Challenge {
        /// For which visit.
        visit: VisitId,
        /// The session.
        session: String,
    },
    /// The last call once more.
    Resend {
        /// For which visit.
        visit: VisitId,
    },
    /// Drop what is held.
    Wipe {
        /// Of which visit.
        visit: VisitId,
    },
}

/// An order beside the conversation.
pub enum Errand {
    /// What does the first screen show?
    Welcome,
    /// Have staff finished?
    Poll {
        /// For which visit.
        visit: VisitId,
        /// The session.
        session: String,
    },
    /// Has anybody answered a call that belongs to no session?
    PollCall {
        /// For which visit.
        visit: VisitId,
        /// The call.
        call: String,
    },
    /// Call staff.
    CallStaff {
        /// For which visit.
        visit: VisitId,
        /// The session, if there is one.
        session: Option<String>,
        /// The step.
        step: &'static str,
        /// Why.
        code: ReasonCode,
    },
    /// The person left.
    Abort {
        /// The session.
        session: String,
    },
}

/// A call of the conversation that may have to be sent again.
struct Held {
    session: Option<String>,
    call: Call,
    challenge: bool,
}

fn answers(session: &str) -> String {
    format!("/v1/sessions/{session}/answers")
}

/// Carries out the conversation's orders until the inbox is closed.
pub fn converse(caller: &Caller, orders: &mpsc::Receiver<Order>, events: &Events) {
    let mut held: Option<Held> = None;
    while let Ok(order) = orders.recv() {
        let (visit, prepared) = match order {
            Order::Open { visit, service, language } => {
                let call =
                    caller.post("/v1/sessions", &OpenSession { service, language, ways: vec![Way::Chip] });
                (visit, call.map(|call| Held { session: None, call, challenge: false }))
            }
            Order::Answer { visit, session, answer } => {
                let call = caller.post(answers(&session), &AnswerStep { answer: *answer });
                (visit, call.map(|call| Held { session: Some(session), call, challenge: false }))
            }
            Order::Challenge { visit, session } => {
                let call = caller.post(format!("/v1/sessions/{session}/challenges"), &serde_json::json!({}));
                (visit, call.map(|call| Held { session: Some(session), call, challenge: true }))
            }
            Order::Resend { visit } => (visit, held.take().ok_or(CallError::Misunderstood)),
            Order::Wipe { visit } => {
                held = None;
                events.tell(Event::Wiped { visit, worker: Worker::Server });
                continue;
            }
        };
        let event = match prepared.and_then(|next| send(caller, held.insert(next))) {
            Ok(event) => {
                // What was answered is not needed again, and holds personal data.
                held = None;
                event
            }
            Err(error) => {
                tracing::warn!(%error, "a call of the conversation failed");
                let failure = failure(&error);
                if failure != Failure::Unreachable {
                    held = None;
                }
                ServerEvent::Failed(failure)
            }
        };
        events.tell(Event::Server { visit, event });
    }
}

fn send(caller: &Caller, held: &Held) -> Result<ServerEvent, CallError> {
    let view = |view: SessionView| ServerEvent::View(Box::new(view));
    let result = if held.challenge {
        caller.send(&held.call).map(ServerEvent::Challenge)
    } else {
        caller.send(&held.call).map(view)
    };
    match (result, &held.session) {
        // The session stands elsewhere than the screen: show where.
        (Err(CallError::Refused { status: 409, .. }), Some(session)) => {
            caller.send(&Caller::get(format!("/v1/sessions/{session}"))).map(view)
        }
        (result, _) => result,
    }
}

fn failure(error: &CallError) -> Failure {
    match error {
        CallError::Unreachable => Failure::Unreachable,
        CallError::Refused { status: 404 | 410, .. } => Failure::SessionGone,
        CallError::Refused { .. } | CallError::Misunderstood => Failure::Refused,
    }
}

/// Carries out errands until the inbox is closed. A call for staff that does not get through is tried again
/// every `again`, before anything else, until it does or whoever called is long gone.
pub fn run_errands(caller: &Caller, errands: &mpsc::Receiver<Errand>, events: &Events, again: Duration) {
    let mut untold: VecDeque<Untold> = VecDeque::new();
    loop {
        let next = if untold.is_empty() {
            errands.recv().map_err(|_| mpsc::RecvTimeoutError::Disconnected)
        } else {
            errands.recv_timeout(again)
        };
        match next {
            Err(mpsc::RecvTimeoutError::Disconnected) => return,
            Err(mpsc::RecvTimeoutError::Timeout) => {}
            Ok(Errand::Welcome) => {
                let welcome = caller.send::<Welcome>(&Caller::get("/v1/welcome"));
                events.tell(Event::Welcome(welcome.ok()));
            }
            Ok(Errand::Poll { visit, session }) => {
                let view = caller.send::<SessionView>(&Caller::get(format!("/v1/sessions/{session}")));
                if let Ok(view) = view {
                    events.tell(Event::Server { visit, event: ServerEvent::News(Box::new(view)) });
                }
            }
            Ok(Errand::PollCall { visit, call }) => {
                let stands = caller.send::<CallProgress>(&Caller::get(format!("/v1/staff-calls/{call}")));
                if let Ok(stands) = stands {
                    events.tell(Event::Server { visit, event: ServerEvent::CallStands(stands) });
                }
            }
            Ok(Errand::Abort { session }) => {
                let gone = caller
                    .post(answers(&session), &AnswerStep { answer: Answer::Abort })
                    .and_then(|call| caller.send::<SessionView>(&call));
                if let Err(error) = gone {
                    tracing::warn!(%error, "the server was not told that a session ended; it ends by itself");
                }
            }
            Ok(Errand::CallStaff { visit, session, step, code }) => {
                untold.push_back(Untold { visit, session, step, code, since: caller.now(), call: None });
            }
        }
        let now = caller.now();
        untold.retain(|call| now - call.since <= STALE);
        tell_staff(caller, &mut untold, events);
    }
}

/// Seconds after which a call for staff is not delivered any more: nobody stands there for whom they would come.
const STALE: i64 = 300;

/// A call for staff that has not got through yet.
struct Untold {
    visit: VisitId,
    session: Option<String>,
    step: &'static str,
    code: ReasonCode,
    /// When it was made: Unix seconds.
    since: i64,
    call: Option<Call>,
}

/// How staff came to know.
enum Told {
    /// As an answer in the session, which stands here now.
    InSession(Box<SessionView>),
    /// By a call that belongs to no session, with this id.
    Alone(String),
}

fn tell_staff(caller: &Caller, untold: &mut VecDeque<Untold>, events: &Events) {
    while let Some(first) = untold.front_mut() {
        let event = match first.tell(caller) {
            Ok(Told::InSession(view)) => ServerEvent::View(view),
            Ok(Told::Alone(call)) => ServerEvent::CallMade(call),
            Err(error) => {
                tracing::warn!(%error, code = %first.code, "staff could not be told yet");
                events.tell(Event::Server { visit: first.visit, event: ServerEvent::StaffTold(false) });
                return;
            }
        };
        let visit = first.visit;
        untold.pop_front();
        events.tell(Event::Server { visit, event: ServerEvent::StaffTold(true) });
        events.tell(Event::Server { visit, event });
    }
}

impl Untold {
    fn tell(&mut self, caller: &Caller) -> Result<Told, CallError> {
        if let Some(session) = self.session.clone() {
            for again in [true, false] {
                let call = self.prepared(|code, _| {
                    caller.post(answers(&session), &AnswerStep { answer: Answer::CallStaff { code } })
                })?;
                match caller.send::<SessionView>(&call) {
                    Err(CallError::Refused { code, .. }) => {
                        // The same key would only be refused again.
                        self.call = None;
                        // The answer to something else came between: the session takes the call now.
                        if !(again && code == "session_changed") {
                            break;
                        }
                    }
                    result => return result.map(|view| Told::InSession(Box::new(view))),
                }
            }
            // The session takes no call any more: the call stands beside it.
            self.session = None;
        }
        let call = self
            .prepared(|code, step| caller.post("/v1/staff-calls", &CallStaff { step: step.into(), code }))?;
        caller.send::<StaffCalled>(&call).map(|called| Told::Alone(called.call_id))
    }

    /// The same call each time, with the same key: one call for staff, however often it is sent.
    fn prepared(
        &mut self,
        make: impl FnOnce(ReasonCode, &'static str) -> Result<Call, CallError>,
    ) -> Result<Call, CallError> {
        if let Some(call) = &self.call {
            return Ok(call.clone());
        }
        let call = make(self.code, self.step)?;
        self.call = Some(call.clone());
        Ok(call)
    }
}

#[cfg(test)]
mod tests;
