//! Card readers: what happens on them, and a channel to the card.
//!
//! [`pcsc`] is the real one, [`in_process`] has a virtual card on it and can be made to fail.

pub mod in_process;
pub mod pcsc;

use std::time::Duration;

use identity::{
    ReasonCode,
    chip::read::{CardRead, Next, Progress, ReadError, ReadingPlan},
};
use thiserror::Error;

/// What happened on a reader.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReaderEvent {
    /// A card was laid down, or lay there when the watching began.
    Inserted,
    /// The card was taken away.
    Removed,
    /// There is no reader (any more), or no service that speaks to it.
    ReaderGone,
    /// The reader is (back) there.
    ReaderBack,
}

/// Why a card cannot be spoken to.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ReaderError {
    /// No card lies on the reader, or it was taken away meanwhile.
    #[error("the card is not on the reader: lay it down again and leave it there")]
    CardRemoved,
    /// The reader, or the service that speaks to it, is not there.
    #[error("the card reader is not there: plug it in, or start pcscd")]
    ReaderGone,
    /// Another program holds the card.
    #[error("another program holds the card: end it")]
    CardBusy,
    /// The card is there and does not answer.
    #[error("the card does not answer ({0}): lay it down again")]
    ChipSilent(String),
}

impl ReaderError {
    /// The code for the conversation.
    pub const fn code(&self) -> ReasonCode {
        match self {
            Self::CardRemoved => ReasonCode::CardRemoved,
            Self::ReaderGone => ReasonCode::ReaderGone,
            Self::CardBusy => ReasonCode::CardBusy,
            Self::ChipSilent(_) => ReasonCode::ChipSilent,
        }
    }
}

/// A reader for one card at a time.
pub trait CardReader: Send {
    /// The next event, or `None` when `timeout` has passed without one.
    ///
    /// The first events tell how things stand when the watching begins.
    fn next_event(&mut self, timeout: Duration) -> Option<ReaderEvent>;

    /// A channel to the card on the reader. As long as it lives nobody else speaks to the card; when it is
    /// dropped the card is reset, so that access to its files ends.
    ///
    /// # Errors
    /// Where there is no card or it is in use.
    fn connect(&mut self) -> Result<Box<dyn CardChannel + '_>, ReaderError>;
}

/// A channel to one card.
pub trait CardChannel {
    /// What the card said when it was switched on: tells kinds of chips and readers apart.
    fn answer_to_reset(&self) -> &[u8];

    /// Sends a command, gives the answer with its status word.
    ///
    /// # Errors
    /// Any [`ReaderError`].
    fn transmit(&mut self, command: &[u8]) -> Result<Vec<u8>, ReaderError>;

    /// Switches the card off and on without letting go of it.
    ///
    /// # Errors
    /// Any [`ReaderError`].
    fn reset(&mut self) -> Result<(), ReaderError>;
}

/// Why a read ended early.
#[derive(Debug, Error)]
pub enum CardReadError {
    /// The reader or the card failed. After [`ReaderError::CardRemoved`] the read can go on: wait for the card,
    /// connect, [`ReadingPlan::resume`], and call [`read_card`] again with the same plan.
    #[error(transparent)]
    Reader(#[from] ReaderError),
    /// The chip said what it must not, or refused.
    #[error(transparent)]
    Chip(#[from] ReadError),
}

impl CardReadError {
    /// The code for the conversation.
    pub fn code(&self) -> ReasonCode {
        match self {
            Self::Reader(error) => error.code(),
            Self::Chip(error) => error.code(),
        }
    }
}

/// Carries `plan` out on `channel` and tells `progress` how far it is.
///
/// # Errors
/// Where reader, card or chip fail.
pub fn read_card(
    channel: &mut dyn CardChannel,
    plan: &mut ReadingPlan<'_>,
    mut progress: impl FnMut(Progress),
) -> Result<CardRead, CardReadError> {
    loop {
        match plan.next_step()? {
            Next::Send(command) => {
                let answer = match channel.transmit(&command.to_bytes()) {
                    // The card is there, the command was too much for it or the reader: the plan tries less.
                    Err(ReaderError::ChipSilent(_)) => Vec::new(),
                    other => other?,
                };
                if let Some(step) = plan.receive(&answer)? {
                    progress(step);
                }
            }
            Next::Reset => channel.reset()?,
            Next::Finished(read) => return Ok(read),
        }
    }
}

#[cfg(test)]
mod tests;
