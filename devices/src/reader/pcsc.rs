//! Readers behind PC/SC.

use std::{
    ffi::CString,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        mpsc::{Receiver, RecvTimeoutError, Sender, TryRecvError, channel},
    },
    thread,
    time::Duration,
};

use pcsc::{
    Card, Context, Disposition, Error, PNP_NOTIFICATION, Protocols, ReaderState, Scope, ShareMode, State,
};

use super::{CardChannel, CardReader, ReaderError, ReaderEvent};

/// How long one wait for changes lasts: events end it at once, so this is only how late the end of the watch is
/// noticed.
const WAIT: Duration = Duration::from_millis(500);
/// How long a card that fell silent may take to turn out to have been taken away. Removal is seen within 400 ms.
const REMOVAL_SEEN: Duration = Duration::from_millis(600);

/// A reader, or all of them as though they were one: the first on which a card lies is meant.
///
/// A thread of its own watches; it ends when the reader is dropped.
pub struct PcscReader {
    events: Receiver<ReaderEvent>,
    current: Current,
    /// Dropped with the reader, which the thread notices.
    _watching: Sender<()>,
}

/// What the watching thread has seen last.
type Current = Arc<Mutex<Seen>>;

#[derive(Default)]
struct Seen {
    /// Whether a reader is there; `None` before the first look.
    plugged: Option<bool>,
    /// The reader on which a card lies.
    card: Option<CString>,
}

impl PcscReader {
    /// Watches the readers whose name contains `name`; all of them without one.
    pub fn new(name: Option<&str>) -> Self {
        let (events_send, events) = channel();
        let (watching, watched) = channel();
        let current = Current::default();
        let watch = Watch {
            name: name.map(String::from),
            events: events_send,
            watched,
            current: Arc::clone(&current),
            card: None,
        };
        thread::spawn(move || watch.run());
        Self { events, current, _watching: watching }
    }
}

/// The names of the readers there are.
///
/// # Errors
/// [`ReaderError::ReaderGone`] where there is no PC/SC service.
pub fn names() -> Result<Vec<String>, ReaderError> {
    let context = Context::establish(Scope::User).map_err(translate)?;
    let names = context.list_readers_owned().map_err(translate)?;
    Ok(names.iter().map(|name| name.to_string_lossy().into_owned()).collect())
}

impl CardReader for PcscReader {
    fn next_event(&mut self, timeout: Duration) -> Option<ReaderEvent> {
        self.events.recv_timeout(timeout).ok()
    }

    fn connect(&mut self) -> Result<Box<dyn CardChannel + '_>, ReaderError> {
        let reader = {
            let seen = lock(&self.current);
            let missing =
                if seen.plugged == Some(false) { ReaderError::ReaderGone } else { ReaderError::CardRemoved };
            seen.card.clone().ok_or(missing)?
        };
        let context = Context::establish(Scope::User).map_err(translate)?;
        let card = context.connect(&reader, ShareMode::Exclusive, Protocols::ANY).map_err(translate)?;
        let atr = card.status2_owned().map_err(translate)?.atr().to_vec();
        Ok(Box::new(PcscChannel {
            context,
            card,
            reader,
            atr,
            answer: vec![0; pcsc::MAX_BUFFER_SIZE_EXTENDED],
        }))
    }
}

fn lock(current: &Current) -> MutexGuard<'_, Seen> {
    current.lock().unwrap_or_else(PoisonError::into_inner)
}

/// An exclusive connection: it ends, with a reset of the card, when this is dropped.
struct PcscChannel {
    context: Context,
    card: Card,
    reader: CString,
    atr: Vec<u8>,
    answer: Vec<u8>,
}

impl PcscChannel {
    /// A card that is pulled out first looks like one that does not answer: waits until it is clear.
    fn explain(&self, error: Error) -> ReaderError {
        let error = translate(error);
        if !matches!(error, ReaderError::ChipSilent(_)) {
            return error;
        }
        let mut states = [ReaderState::new(self.reader.clone(), State::PRESENT)];
        match self.context.get_status_change(REMOVAL_SEEN, &mut states) {
            Ok(()) => match states.first().map(ReaderState::event_state) {
                Some(state) if state.intersects(State::UNKNOWN | State::UNAVAILABLE) => {
                    ReaderError::ReaderGone
                }
                Some(state) if state.contains(State::EMPTY) => ReaderError::CardRemoved,
                _ => error,
            },
            Err(Error::Timeout) => error,
            Err(other) => translate(other),
        }
    }
}

impl CardChannel for PcscChannel {
    fn answer_to_reset(&self) -> &[u8] {
        &self.atr
    }

    fn transmit(&mut self, command: &[u8]) -> Result<Vec<u8>, ReaderError> {
        match self.card.transmit(command, &mut self.answer) {
            // Not even a status word: some drivers say so of a card that is no longer there.
            Ok([]) => Err(self.explain(Error::NotTransacted)),
            Ok(answer) => Ok(answer.to_vec()),
            Err(error) => Err(self.explain(error)),
        }
    }

    fn reset(&mut self) -> Result<(), ReaderError> {
        self.card
            .reconnect(ShareMode::Exclusive, Protocols::ANY, Disposition::ResetCard)
            .map_err(|error| self.explain(error))
    }
}

/// What the error of the PC/SC service means for the person in front of the reader.
fn translate(error: Error) -> ReaderError {
    match error {
        Error::RemovedCard | Error::NoSmartcard => ReaderError::CardRemoved,
        Error::UnknownReader
        | Error::ReaderUnavailable
        | Error::NoReadersAvailable
        | Error::NoService
        | Error::ServiceStopped
        | Error::InvalidHandle
        | Error::Shutdown => ReaderError::ReaderGone,
        Error::SharingViolation | Error::ResetCard => ReaderError::CardBusy,
        other => ReaderError::ChipSilent(other.to_string()),
    }
}

/// What the watching thread knows.
struct Watch {
    name: Option<String>,
    events: Sender<ReaderEvent>,
    watched: Receiver<()>,
    current: Current,
    /// The reader with the card, and its count of insertions and removals when the card was seen.
    card: Option<(CString, u32)>,
}

/// Why watching stops.
enum Stop {
    /// The service failed: it may come back.
    Service,
    /// Nobody listens any more.
    Dropped,
}

impl Watch {
    fn run(mut self) {
        while let Err(Stop::Service) = self.watch_service() {
            self.readers_are(&[]);
            if self.watched.recv_timeout(WAIT) != Err(RecvTimeoutError::Timeout) {
                return;
            }
        }
    }

    fn watch_service(&mut self) -> Result<(), Stop> {
        let context = Context::establish(Scope::User).map_err(|_| Stop::Service)?;
        let notification = CString::from(PNP_NOTIFICATION());
        let mut states = vec![ReaderState::new(notification.clone(), State::UNAWARE)];
        loop {
            let names = match context.list_readers_owned() {
                Ok(names) => self.meant(names),
                Err(Error::NoReadersAvailable) => Vec::new(),
                Err(_) => return Err(Stop::Service),
            };
            self.readers_are(&names);
            states.retain(|state| {
                state.name() == notification.as_ref()
                    || names.iter().any(|name| state.name() == name.as_ref())
            });
            for name in names {
                if states.iter().all(|state| state.name() != name.as_ref()) {
                    states.push(ReaderState::new(name, State::UNAWARE));
                }
            }
            match context.get_status_change(WAIT, &mut states) {
                Ok(()) => {
                    self.look(states.get(1..).unwrap_or_default());
                    states.iter_mut().for_each(ReaderState::sync_current_state);
                }
                // A reader that has just vanished: the list will tell.
                Err(Error::Timeout | Error::UnknownReader) => {}
                Err(_) => return Err(Stop::Service),
            }
            if self.watched.try_recv() == Err(TryRecvError::Disconnected) {
                return Err(Stop::Dropped);
            }
        }
    }

    /// Those of `names` that are watched.
    fn meant(&self, names: Vec<CString>) -> Vec<CString> {
        let meant =
            |name: &CString| self.name.as_ref().is_none_or(|part| name.to_string_lossy().contains(part));
        names.into_iter().filter(meant).collect()
    }

    fn tell(&self, event: ReaderEvent) {
        // Whoever listened is gone: the next turn of the loop ends the thread.
        self.events.send(event).ok();
    }

    /// Tells when the first reader comes or the last one goes, and that a card went with its reader.
    fn readers_are(&mut self, names: &[CString]) {
        if self.card.as_ref().is_some_and(|(reader, _)| !names.contains(reader)) {
            self.card_is(None);
        }
        let plugged = !names.is_empty();
        let before = lock(&self.current).plugged.replace(plugged);
        match before {
            Some(before) if before == plugged => {}
            None if plugged => {}
            _ => self.tell(if plugged { ReaderEvent::ReaderBack } else { ReaderEvent::ReaderGone }),
        }
    }

    /// Compares what the readers say with what was known.
    fn look(&mut self, states: &[ReaderState]) {
        let present = |state: &ReaderState| state.event_state().contains(State::PRESENT);
        if let Some((reader, count)) = &self.card {
            let same = states.iter().any(|state| {
                state.name() == reader.as_ref() && present(state) && state.event_count() == *count
            });
            if !same {
                self.card_is(None);
            }
        }
        if self.card.is_none()
            && let Some(state) = states.iter().find(|state| present(state))
        {
            self.card_is(Some((state.name().to_owned(), state.event_count())));
        }
    }

    fn card_is(&mut self, card: Option<(CString, u32)>) {
        lock(&self.current).card = card.as_ref().map(|(reader, _)| reader.clone());
        self.tell(if card.is_some() { ReaderEvent::Inserted } else { ReaderEvent::Removed });
        self.card = card;
    }
}
