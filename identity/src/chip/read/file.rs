//! Reading one file: READ BINARY until the length in its header is there (ICAO Doc 9303-10 3.6).

use zeroize::Zeroizing;

use super::ReadError;
use crate::{
    bytes::SecretBytes,
    chip::{CommandApdu, ResponseApdu, apdu::ApduError},
    lds::FileId,
    tlv,
};

/// The last offset that READ BINARY with an even instruction reaches.
const LAST_SHORT_OFFSET: usize = 0x7FFF;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Opening {
    /// READ BINARY with the short identifier opens the file and reads its first block at once.
    ShortIdentifier,
    /// SELECT, then READ BINARY.
    Select,
    /// It is open.
    Open,
}

/// What an answer leads to.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum FileTurn {
    /// More is to be sent.
    More,
    /// The chip does not answer reads of this size.
    Smaller,
    /// The whole file.
    Complete(SecretBytes),
    /// The chip has no such file, or does not let it be read.
    Absent,
}

/// A file being read.
pub(super) struct FileReading {
    file: FileId,
    bytes: Zeroizing<Vec<u8>>,
    total: Option<usize>,
    opening: Opening,
    /// Whether the other way of opening is still to be tried.
    untried: bool,
    /// The length that the chip named for the next read.
    named: Option<usize>,
    limit: usize,
}

impl FileReading {
    /// A file of the application, up to `limit` bytes: by its short identifier, else by SELECT.
    pub(super) fn new(file: FileId, limit: usize) -> Self {
        let opening = Opening::ShortIdentifier;
        Self { file, bytes: Vec::new().into(), total: None, opening, untried: true, named: None, limit }
    }

    /// The same the other way round: by SELECT first, which chips in the field answer for EF.CardAccess.
    pub(super) fn selecting(file: FileId, limit: usize) -> Self {
        Self { opening: Opening::Select, ..Self::new(file, limit) }
    }

    /// The same file, in at most `room` bytes.
    pub(super) fn within(self, room: usize) -> Self {
        Self { limit: self.limit.min(room), ..self }
    }

    pub(super) const fn file(&self) -> FileId {
        self.file
    }

    /// Bytes read, and of how many, once that is known.
    pub(super) fn progress(&self) -> (usize, Option<usize>) {
        (self.bytes.len(), self.total)
    }

    /// What was read so far.
    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// After the chip forgot what was open: what was read is kept, the file is opened again.
    pub(super) fn reopen(&mut self) {
        // The short identifier reaches only the first 256 bytes.
        self.opening = if self.bytes.is_empty() { Opening::ShortIdentifier } else { Opening::Select };
        self.untried = self.bytes.is_empty();
        self.named = None;
    }

    /// The next command, with reads of up to `block` bytes.
    pub(super) fn next_command(&self, block: usize) -> Result<CommandApdu, ApduError> {
        let identifier = self.file.identifier().to_be_bytes();
        let have = self.bytes.len();
        let rest = self.total.map_or(block, |total| total.saturating_sub(have));
        let wanted = self.named.unwrap_or(block).min(rest).max(1);
        match self.opening {
            Opening::ShortIdentifier => {
                Ok(CommandApdu::new(0xB0, 0x80 | self.file.short_identifier(), 0).expecting(wanted))
            }
            Opening::Select => CommandApdu::new(0xA4, 0x02, 0x0C).with_data(identifier.to_vec()),
            Opening::Open => match u16::try_from(have) {
                Ok(offset) if have <= LAST_SHORT_OFFSET => {
                    let [high, low] = offset.to_be_bytes();
                    Ok(CommandApdu::new(0xB0, high, low).expecting(wanted))
                }
                _ => {
                    let offset = have.to_be_bytes();
                    let digits = if have <= 0xFFFF { 2 } else { 3 };
                    let offset = offset.get(offset.len() - digits..).unwrap_or_default();
                    // The answer is wrapped in an object of its own: room for its header.
                    let wanted = wanted.min(block.saturating_sub(4).max(1)) + 4;
                    Ok(CommandApdu::new(0xB1, 0, 0).with_data(tlv::write(0x54, offset))?.expecting(wanted))
                }
            },
        }
    }

    /// Takes the answer to [`FileReading::next_command`].
    pub(super) fn receive(&mut self, response: &ResponseApdu) -> Result<FileTurn, ReadError> {
        let named = self.named.take();
        match (self.opening, response.sw()) {
            (Opening::Select, 0x9000) => {
                self.opening = Opening::Open;
                Ok(FileTurn::More)
            }
            (Opening::ShortIdentifier | Opening::Open, 0x9000 | 0x6282) => {
                if response.data.as_slice().is_empty() {
                    return Ok(FileTurn::Smaller);
                }
                self.append(response.data.as_slice())
            }
            (Opening::ShortIdentifier | Opening::Open, sw @ 0x6C01..=0x6CFF) if named.is_none() => {
                self.named = Some(usize::from(sw & 0xFF));
                Ok(FileTurn::More)
            }
            (Opening::ShortIdentifier | Opening::Open, 0x6700 | 0x6C00..=0x6CFF) => Ok(FileTurn::Smaller),
            (Opening::Open, _) if !self.bytes.is_empty() => Err(ReadError::FileMalformed(self.file)),
            (opening, _) if self.untried => {
                self.untried = false;
                let by_identifier = opening == Opening::ShortIdentifier;
                self.opening = if by_identifier { Opening::Select } else { Opening::ShortIdentifier };
                Ok(FileTurn::More)
            }
            _ if !self.bytes.is_empty() => Err(ReadError::FileMalformed(self.file)),
            _ => Ok(FileTurn::Absent),
        }
    }

    fn append(&mut self, data: &[u8]) -> Result<FileTurn, ReadError> {
        let malformed = ReadError::FileMalformed(self.file);
        let offset = self.bytes.len();
        let wrapped = self.opening == Opening::Open && offset > LAST_SHORT_OFFSET;
        let data = if wrapped { tlv::only(0x53, data).map_err(|_| malformed.clone())? } else { data };
        if data.is_empty() {
            return Ok(FileTurn::Smaller);
        }
        // A chip that pads its last block sends more than the file: the header's length counts.
        let room = self.total.map_or(data.len(), |total| total.saturating_sub(offset));
        self.bytes.extend_from_slice(data.get(..room).unwrap_or(data));
        self.opening = Opening::Open;
        if self.total.is_none()
            && let Some((tag, start, length)) = tlv::header(&self.bytes).map_err(|_| malformed.clone())?
        {
            if tag != u32::from(self.file.tag()) {
                return Err(malformed);
            }
            let total = start.saturating_add(length);
            if total > self.limit {
                return Err(ReadError::FileTooLarge { file: self.file, announced: total, limit: self.limit });
            }
            self.total = Some(total);
            // Growing would leave copies of what was read behind, which nobody wipes.
            let whole = Zeroizing::new(Vec::with_capacity(total.max(self.bytes.len())));
            let begun = std::mem::replace(&mut self.bytes, whole);
            self.bytes.extend_from_slice(&begun);
        }
        Ok(match self.total {
            Some(total) if self.bytes.len() >= total => {
                self.bytes.truncate(total);
                FileTurn::Complete(SecretBytes::new(std::mem::take(&mut *self.bytes)))
            }
            _ => FileTurn::More,
        })
    }
}

impl std::fmt::Debug for FileReading {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "FileReading({}, {} bytes)", self.file, self.bytes.len())
    }
}
