//! The whole read of a card as one session: access, then the files that the security object lists, small ones
//! before the photo.

mod access;
mod error;
mod exchange;
mod file;
mod plan;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

pub use error::ReadError;
pub use plan::ReadingPlan;

use super::{CommandApdu, Password};
use crate::{bytes::SecretBytes, lds::FileId, proof::verdict::Access};

/// Sizes of reads to try, largest first: what chip and reader can is found by trying.
pub const BLOCK_SIZES: [usize; 6] = [65_536, 1024, 256, 231, 223, 160];

/// What is to be read.
#[derive(Debug, Clone)]
pub struct ReadRequest {
    /// What opens the chip.
    pub password: Password,
    /// The challenge that the chip shall sign (active authentication). `None` leaves it away.
    pub challenge: Option<[u8; 8]>,
    /// How.
    pub options: ReadOptions,
}

/// How a card is read.
#[derive(Debug, Clone)]
pub struct ReadOptions {
    /// The size of reads to begin with, in bytes: the largest of [`BLOCK_SIZES`], or what
    /// [`ReadingPlan::block_size`] was at the end of an earlier read of such a chip (same reader, same ATR).
    pub block_size: usize,
    /// The most bytes of one file.
    pub max_file: usize,
    /// The most bytes of all files: what a verifier takes in one message.
    pub max_total: usize,
    /// The most commands in all.
    pub max_commands: usize,
    /// Whether EF.COM is read. It is unsigned, and nothing needs it.
    pub com: bool,
}

impl Default for ReadOptions {
    fn default() -> Self {
        Self {
            block_size: BLOCK_SIZES[0],
            max_file: 128 * 1024,
            max_total: 700 * 1024,
            max_commands: 4000,
            com: false,
        }
    }
}

/// What to do next.
#[derive(Debug)]
pub enum Next {
    /// Send this command, give the answer to [`ReadingPlan::receive`].
    Send(CommandApdu),
    /// Reset the card (a warm reset will do) without letting go of it, then ask again: the channel broke, and
    /// a Vietnamese chip takes PACE only before the application is selected.
    Reset,
    /// The read is over; given once.
    Finished(CardRead),
}

/// How far the file being read is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// The file.
    pub file: FileId,
    /// Bytes read.
    pub done: usize,
    /// Bytes in all, once the chip has said so.
    pub total: Option<usize>,
}

/// What was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CardRead {
    /// The files, as read.
    pub files: BTreeMap<FileId, SecretBytes>,
    /// How access was gained.
    pub access: Access,
    /// The chip's answer to the challenge; `None` where there was no challenge, the card has no key for it or
    /// the chip gave no answer.
    pub active_authentication: Option<SecretBytes>,
}
