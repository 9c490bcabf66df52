//! Devices and server, each on a thread of its own. Orders go in, events come out; the window never waits.

pub mod call;
mod preview;
pub mod printer;
pub mod reader;
pub mod server;

use std::sync::{Arc, mpsc};

use crate::conversation::{Command, Event};

/// Where a worker's events go: the window's channel, and a nudge for the window to look.
#[derive(Clone)]
pub struct Events {
    sender: mpsc::Sender<Event>,
    nudge: Arc<dyn Fn() + Send + Sync>,
}

impl Events {
    /// Events into `sender`; `nudge` wakes the window.
    pub fn new(sender: mpsc::Sender<Event>, nudge: impl Fn() + Send + Sync + 'static) -> Self {
        Self { sender, nudge: Arc::new(nudge) }
    }

    /// Tells the window. When the window is gone nobody needs to know.
    pub fn tell(&self, event: Event) {
        if self.sender.send(event).is_ok() {
            (self.nudge)();
        }
    }
}

/// The workers' inboxes.
pub struct Hardware {
    /// The card reader.
    pub reader: reader::Inbox,
    /// The conversation with the server, one call after the other.
    pub conversation: mpsc::Sender<server::Order>,
    /// Calls beside it, that must not wait behind it: staff, news, good-bye.
    pub errands: mpsc::Sender<server::Errand>,
    /// The ticket printer.
    pub printer: mpsc::Sender<printer::Order>,
}

impl Hardware {
    /// Hands `command` to the worker that it is for.
    pub fn order(&self, command: Command) {
        // A worker ends only with the program: nobody is left to be told then.
        let _ = match command {
            Command::FetchWelcome => self.errands.send(server::Errand::Welcome).is_ok(),
            Command::OpenSession { visit, service, language } => {
                self.conversation.send(server::Order::Open { visit, service, language }).is_ok()
            }
            Command::Answer { visit, session, answer } => {
                self.conversation.send(server::Order::Answer { visit, session, answer }).is_ok()
            }
            Command::IssueChallenge { visit, session } => {
                self.conversation.send(server::Order::Challenge { visit, session }).is_ok()
            }
            Command::Resend { visit } => self.conversation.send(server::Order::Resend { visit }).is_ok(),
            Command::PollCall { visit, call } => {
                self.errands.send(server::Errand::PollCall { visit, call }).is_ok()
            }
            Command::Poll { visit, session } => {
                self.errands.send(server::Errand::Poll { visit, session }).is_ok()
            }
            Command::CallStaff { visit, session, step, code } => {
                self.errands.send(server::Errand::CallStaff { visit, session, step, code }).is_ok()
            }
            Command::Abort { session } => self.errands.send(server::Errand::Abort { session }).is_ok(),
            Command::Read { read, can, challenge, challenge_id } => {
                self.reader.send(reader::Order::Read(reader::Job { read, can, challenge, challenge_id }))
            }
            Command::ResumeRead { read } => self.reader.send(reader::Order::Resume { read }),
            Command::ForgetCard => self.reader.send(reader::Order::Forget),
            Command::Print { visit, language, ticket } => {
                self.printer.send(printer::Order { visit, language, ticket }).is_ok()
            }
            Command::Wipe { visit } => {
                let server = self.conversation.send(server::Order::Wipe { visit }).is_ok();
                self.reader.send(reader::Order::Wipe { visit }) && server
            }
        };
    }
}
