//! The card reader's thread: watches for cards, drives the reading plan, shows what can be shown early.

use std::{
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
        mpsc,
    },
    time::Duration,
};

use devices::reader::{CardChannel, CardReadError, CardReader, ReaderError};

use flows::evidence::{ChipEvidence, ChipFile};
use identity::{
    ReasonCode, SecretBytes,
    chip::{
        Password,
        read::{CardRead, Next, Progress, ReadOptions, ReadRequest, ReadingPlan},
    },
    lds::FileId,
    number::Can,
};
use ring::rand::SecureRandom;

use super::{Events, preview};
use crate::conversation::{Event, ReadEvent, ReadId, ReaderEvent, VisitId, Worker};

/// How long one look for changes lasts, and so how late an order may be noticed.
const LOOK: Duration = Duration::from_millis(60);

/// A card to read.
pub struct Job {
    /// Which read this is.
    pub read: ReadId,
    /// What opens the chip.
    pub can: Can,
    /// RND.IFD, 8 bytes.
    pub challenge: SecretBytes,
    /// Goes into the evidence.
    pub challenge_id: String,
}

/// An order for the reader.
pub enum Order {
    /// Read a card.
    Read(Job),
    /// Go on with the broken read.
    Resume {
        /// Under this number.
        read: ReadId,
    },
    /// Drop all that was read.
    Forget,
    /// The same, and say so.
    Wipe {
        /// Of which visit.
        visit: VisitId,
    },
}

impl Order {
    fn stops(&self) -> bool {
        matches!(self, Self::Forget | Self::Wipe { .. })
    }
}

/// The reader's inbox. An order to forget stops a read that is under way.
#[derive(Clone)]
pub struct Inbox {
    sender: mpsc::Sender<Order>,
    stops: Arc<AtomicUsize>,
}

impl Inbox {
    /// Hands over `order`; whether somebody is there to take it.
    pub fn send(&self, order: Order) -> bool {
        if order.stops() {
            self.stops.fetch_add(1, Ordering::Relaxed);
        }
        self.sender.send(order).is_ok()
    }
}

/// The thread's work, and the inbox to it.
pub struct Work {
    orders: mpsc::Receiver<Order>,
    stops: Arc<AtomicUsize>,
    random: Arc<dyn SecureRandom + Send + Sync>,
    events: Events,
    open: Option<Open>,
    /// The size of reads that worked, by the chip's answer to reset.
    block_sizes: HashMap<Vec<u8>, usize>,
}

/// A read that goes on or can go on.
struct Open {
    read: ReadId,
    challenge_id: String,
    plan: ReadingPlan<'static>,
}

impl Work {
    /// A worker that tells `events`, with `random` for ephemeral keys.
    pub fn new(random: Arc<dyn SecureRandom + Send + Sync>, events: Events) -> (Inbox, Self) {
        let (sender, orders) = mpsc::channel();
        let stops = Arc::new(AtomicUsize::new(0));
        let inbox = Inbox { sender, stops: Arc::clone(&stops) };
        let block_sizes = HashMap::new();
        (inbox, Self { orders, stops, random, events, open: None, block_sizes })
    }

    /// Watches `reader` and carries out orders until the inbox is closed.
    pub fn run(mut self, reader: &mut dyn CardReader) {
        loop {
            match self.orders.try_recv() {
                Ok(order) => self.carry_out(order, reader),
                Err(mpsc::TryRecvError::Disconnected) => return,
                Err(mpsc::TryRecvError::Empty) => {
                    if let Some(event) = reader.next_event(LOOK) {
                        self.events.tell(Event::Reader(happened(event)));
                    }
                }
            }
        }
    }

    fn carry_out(&mut self, order: Order, reader: &mut dyn CardReader) {
        if order.stops() {
            self.stops.fetch_sub(1, Ordering::Relaxed);
        }
        match order {
            Order::Forget => self.open = None,
            Order::Wipe { visit } => {
                self.open = None;
                self.events.tell(Event::Wiped { visit, worker: Worker::Reader });
            }
            Order::Read(job) => {
                self.open = None;
                match reader.connect() {
                    Err(error) => self.tell(job.read, ReadEvent::Failed(error.code())),
                    Ok(mut channel) => match self.plan(job, channel.answer_to_reset()) {
                        Ok(open) => self.read(open, &mut *channel),
                        Err((read, code)) => self.tell(read, ReadEvent::Failed(code)),
                    },
                }
            }
            Order::Resume { read } => match (self.open.take(), reader.connect()) {
                (Some(mut open), Ok(mut channel)) => {
                    open.read = read;
                    open.plan.resume();
                    self.read(open, &mut *channel);
                }
                (open, Err(error)) => {
                    self.open = open;
                    self.tell(read, ReadEvent::Failed(error.code()));
                }
                (None, Ok(_)) => self.tell(read, ReadEvent::Failed(ReasonCode::ChipSilent)),
            },
        }
    }

    fn plan(&self, job: Job, answer_to_reset: &[u8]) -> Result<Open, (ReadId, ReasonCode)> {
        let challenge =
            job.challenge.as_slice().try_into().map_err(|_| (job.read, ReasonCode::ChallengeUsed))?;
        let mut options = ReadOptions::default();
        if let Some(block_size) = self.block_sizes.get(answer_to_reset) {
            options.block_size = *block_size;
        }
        let request = ReadRequest { password: Password::Can(job.can), challenge: Some(challenge), options };
        let random = Arc::clone(&self.random);
        // Without random bytes the keys stay zero, which the plan refuses.
        let fill = move |bytes: &mut [u8]| {
            if random.fill(bytes).is_err() {
                bytes.fill(0);
            }
        };
        Ok(Open { read: job.read, challenge_id: job.challenge_id, plan: ReadingPlan::new(request, fill) })
    }

    fn read(&mut self, mut open: Open, channel: &mut dyn CardChannel) {
        let event = match self.drive(&mut open, channel) {
            Ok(None) => return,
            Ok(Some(read)) => {
                self.block_sizes.insert(channel.answer_to_reset().to_vec(), open.plan.block_size());
                ReadEvent::Finished(Box::new(evidence(read, open.challenge_id)))
            }
            Err(error) => {
                tracing::info!(%error, "a read ended early");
                let event = ReadEvent::Failed(error.code());
                let read = open.read;
                // Only a card that was lifted may come back to where it was.
                if error.code() == ReasonCode::CardRemoved {
                    self.open = Some(open);
                }
                self.tell(read, event);
                return;
            }
        };
        self.tell(open.read, event);
    }

    /// Drives the plan to its end; `None` where it was stopped.
    fn drive(
        &self,
        open: &mut Open,
        channel: &mut dyn CardChannel,
    ) -> Result<Option<CardRead>, CardReadError> {
        loop {
            if self.stops.load(Ordering::Relaxed) > 0 {
                return Ok(None);
            }
            match open.plan.next_step()? {
                Next::Finished(read) => return Ok(Some(read)),
                Next::Reset => channel.reset()?,
                Next::Send(command) => {
                    let answer = match channel.transmit(&command.to_bytes()) {
                        // The card is there, the command was too much for it or the reader: the plan tries less.
                        Err(ReaderError::ChipSilent(_)) => SecretBytes::default(),
                        other => SecretBytes::new(other?),
                    };
                    if let Some(progress) = open.plan.receive(answer.as_slice())? {
                        self.progress(open, progress);
                    }
                }
            }
        }
    }

    fn progress(&self, open: &Open, progress: Progress) {
        let (file, done) = (progress.file, progress.done);
        self.tell(open.read, ReadEvent::Progress { file, done, total: progress.total.unwrap_or(0) });
        if progress.total != Some(done) {
            return;
        }
        let Some(content) = open.plan.files().get(&file) else { return };
        let shown = match file {
            FileId::DG13 => preview::name(content.as_slice()),
            FileId::DG2 => preview::portrait(content.as_slice()),
            _ => None,
        };
        if let Some(shown) = shown {
            self.tell(open.read, ReadEvent::Preview(shown));
        }
    }

    fn tell(&self, read: ReadId, event: ReadEvent) {
        self.events.tell(Event::Read { read, event });
    }
}

fn happened(event: devices::reader::ReaderEvent) -> ReaderEvent {
    match event {
        devices::reader::ReaderEvent::Inserted => ReaderEvent::Inserted,
        devices::reader::ReaderEvent::Removed => ReaderEvent::Removed,
        devices::reader::ReaderEvent::ReaderGone => ReaderEvent::Gone,
        devices::reader::ReaderEvent::ReaderBack => ReaderEvent::Ready,
    }
}

fn evidence(read: CardRead, challenge_id: String) -> ChipEvidence {
    ChipEvidence {
        access: read.access,
        challenge_id: Some(challenge_id),
        active_authentication: read.active_authentication,
        files: read
            .files
            .into_iter()
            .map(|(file, content)| ChipFile { name: file.to_string(), content })
            .collect(),
    }
}

#[cfg(test)]
mod tests;
