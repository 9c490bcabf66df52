//! A reader without hardware, with a virtual card on it, that fails when it is told to.

use std::{
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        mpsc::{Receiver, Sender, channel},
    },
    time::Duration,
};

use super::{CardChannel, CardReader, ReaderError, ReaderEvent};
use crate::card::{VirtualCard, chip::ANSWER_TO_RESET};

/// The reader.
pub struct InProcessReader {
    desk: Desk,
    events: Receiver<ReaderEvent>,
}

/// The hand that lays cards on the reader and pulls its plug.
#[derive(Clone)]
pub struct Desk {
    state: Arc<Mutex<State>>,
    events: Sender<ReaderEvent>,
}

#[derive(Default)]
struct State {
    card: Option<VirtualCard>,
    /// Counts the cards laid down: a channel belongs to one of them.
    insertion: u64,
    unplugged: bool,
    busy: bool,
    commands_left: Option<usize>,
}

/// A reader without a card, and the hand over it.
pub fn reader() -> (InProcessReader, Desk) {
    let (send, events) = channel();
    let desk = Desk { state: Arc::default(), events: send };
    (InProcessReader { desk: desk.clone(), events }, desk)
}

impl Desk {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn tell(&self, event: ReaderEvent) {
        // Nobody listens once the reader was dropped.
        self.events.send(event).ok();
    }

    /// Lays a card down, in place of the one that lies there.
    pub fn insert(&self, mut card: VirtualCard) {
        self.remove();
        card.reset();
        let mut state = self.state();
        state.card = Some(card);
        state.insertion += 1;
        drop(state);
        self.tell(ReaderEvent::Inserted);
    }

    /// Takes the card away, even in the middle of a read.
    pub fn remove(&self) -> Option<VirtualCard> {
        let card = self.state().card.take();
        if card.is_some() {
            self.tell(ReaderEvent::Removed);
        }
        card
    }

    /// The card will be taken away instead of answering the command after the next `commands`.
    pub fn remove_after(&self, commands: usize) {
        self.state().commands_left = Some(commands);
    }

    /// Pulls the reader's plug. A card on it is gone from sight, too.
    pub fn unplug(&self) {
        self.remove();
        self.state().unplugged = true;
        self.tell(ReaderEvent::ReaderGone);
    }

    /// Puts the plug back.
    pub fn plug_in(&self) {
        self.state().unplugged = false;
        self.tell(ReaderEvent::ReaderBack);
    }

    /// Whether another program holds the card.
    pub fn set_busy(&self, busy: bool) {
        self.state().busy = busy;
    }
}

impl CardReader for InProcessReader {
    fn next_event(&mut self, timeout: Duration) -> Option<ReaderEvent> {
        self.events.recv_timeout(timeout).ok()
    }

    fn connect(&mut self) -> Result<Box<dyn CardChannel + '_>, ReaderError> {
        let state = self.desk.state();
        if state.unplugged {
            return Err(ReaderError::ReaderGone);
        }
        if state.card.is_none() {
            return Err(ReaderError::CardRemoved);
        }
        if state.busy {
            return Err(ReaderError::CardBusy);
        }
        let insertion = state.insertion;
        drop(state);
        Ok(Box::new(InProcessChannel { desk: &self.desk, insertion }))
    }
}

struct InProcessChannel<'a> {
    desk: &'a Desk,
    insertion: u64,
}

impl InProcessChannel<'_> {
    fn with_card<T>(&self, act: impl FnOnce(&mut VirtualCard) -> T) -> Result<T, ReaderError> {
        let mut state = self.desk.state();
        if state.unplugged {
            return Err(ReaderError::ReaderGone);
        }
        if state.insertion != self.insertion {
            return Err(ReaderError::CardRemoved);
        }
        state.card.as_mut().map(act).ok_or(ReaderError::CardRemoved)
    }
}

impl CardChannel for InProcessChannel<'_> {
    fn answer_to_reset(&self) -> &[u8] {
        &ANSWER_TO_RESET
    }

    fn transmit(&mut self, command: &[u8]) -> Result<Vec<u8>, ReaderError> {
        let now = {
            let mut state = self.desk.state();
            match state.commands_left.as_mut() {
                Some(0) => {
                    state.commands_left = None;
                    true
                }
                Some(left) => {
                    *left -= 1;
                    false
                }
                None => false,
            }
        };
        if now {
            self.desk.remove();
        }
        self.with_card(|card| card.process(command))
    }

    fn reset(&mut self) -> Result<(), ReaderError> {
        self.with_card(VirtualCard::reset)
    }
}

impl Drop for InProcessChannel<'_> {
    fn drop(&mut self) {
        // The card may be gone: then there is nothing to end.
        self.with_card(VirtualCard::reset).ok();
    }
}
