//! What the kiosk does: the transition table.
//!
//! It knows no window, no hardware and no network: [`State::on`] takes what happened and gives the next
//! state and what is to be done. From every state a person can go on, call staff and stop; going back is
//! offered where the server's conversation allows it. Whatever ends a visit passes through
//! [`At::Leaving`], which waits until the devices say that they hold nothing of it any more.
//!
//! The kiosk decides nothing about a person: it sends what it read and shows the step that the server
//! answers with.

mod card;
mod event;
mod person;
mod server;
mod state;
mod time;

pub use event::{
    Command, Event, Failure, PersonSays, Portrait, Preview, ReadEvent, ReadId, ReaderEvent, ServerEvent,
    VisitId, Worker,
};
pub use state::{
    At, FileProgress, Help, Leaving, Printing, Read, Reader, Seconds, State, Step, Times, Told, Typed, Visit,
    WaitingFor,
};

#[cfg(test)]
mod tests;

impl State {
    /// What follows from `event` at `now`.
    #[must_use]
    pub fn on(mut self, now: Seconds, event: Event) -> (Self, Vec<Command>) {
        let mut commands = Vec::new();
        self.now = now;
        if event.is_sign_of_life() {
            self.touched = now;
            self.warned_at = None;
        }
        match event {
            Event::Started => commands.push(Command::FetchWelcome),
            Event::Touched => {}
            Event::Tick => self.on_tick(&mut commands),
            Event::Person(said) => self.on_person(said, &mut commands),
            Event::Reader(event) => self.on_reader(event, &mut commands),
            Event::Read { read, event } => self.on_read(read, event, &mut commands),
            Event::Welcome(welcome) => self.on_welcome(welcome),
            Event::Server { visit, event } => self.on_server(visit, event, &mut commands),
            Event::Printed { visit, printed } => self.on_printed(visit, printed),
            Event::Wiped { visit, worker } => self.on_wiped(visit, worker, &mut commands),
        }
        (self, commands)
    }
}
