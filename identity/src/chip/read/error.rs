//! Why a card could not be read.

use thiserror::Error;

use crate::{
    chip::{apdu::ApduError, bac::BacError, pace::PaceError, secure_messaging::SecureMessagingError},
    lds::FileId,
    reason::ReasonCode,
};

/// Why a card could not be read. Never holds personal data. Removal, a lost reader and the like are the
/// transport's errors, not these.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ReadError {
    /// The chip refused the password.
    #[error(
        "the chip refused the number or machine-readable zone given ({0:04X}): it is not this document's; compare it and give it again"
    )]
    PasswordRefused(u16),
    /// The chip opens only with its MRZ, and there is only a CAN.
    #[error("the chip has no access by the number typed; give its machine-readable zone")]
    MrzNeeded,
    /// The chip offers PACE only in kinds that this software does not speak, and there is only a CAN.
    #[error(
        "the chip offers only kinds of PACE that this software does not speak; give its machine-readable zone"
    )]
    PaceUnsupported,
    /// There is no ICAO application on the chip.
    #[error("no travel document application on this chip ({0:04X}); use another card")]
    NoApplication(u16),
    /// PACE went against the standard.
    #[error("the chip's PACE went wrong: {0}")]
    Pace(PaceError),
    /// Basic access control went against the standard.
    #[error("the chip's basic access control went wrong: {0}")]
    Bac(BacError),
    /// EF.SOD is not there.
    #[error("{0} is missing; without it nothing can be proved")]
    FileMissing(FileId),
    /// The file's header announces more than the limit.
    #[error("{file} announces {announced} bytes, {limit} are the limit")]
    FileTooLarge {
        /// The file.
        file: FileId,
        /// Bytes that it announces.
        announced: usize,
        /// The most that is read.
        limit: usize,
    },
    /// The file's header is not its own, or it ends before its length.
    #[error("{0} has a wrong header, or ends before the length in it")]
    FileMalformed(FileId),
    /// The channel broke again and again.
    #[error("the protected channel broke: {0}; lay the card down again")]
    SecureMessaging(SecureMessagingError),
    /// The chip, or the reader, answered with nothing.
    #[error("the chip gave no answer; lay the card down again")]
    Silent,
    /// A chip that keeps the reader busy without end.
    #[error("the card is not read after {0} commands; use another card")]
    TooManyCommands(usize),
    /// The read is over: [`super::Next::Finished`] was given, or it failed before.
    #[error("the read is over; begin another")]
    Over,
}

impl ReadError {
    /// The stable code of the reason.
    pub const fn code(&self) -> ReasonCode {
        match self {
            Self::PasswordRefused(_) => ReasonCode::WrongCan,
            Self::MrzNeeded | Self::PaceUnsupported => ReasonCode::MrzNeeded,
            Self::NoApplication(_) | Self::Pace(_) | Self::Bac(_) | Self::Over => ReasonCode::CardNotAccepted,
            Self::FileMissing(_) => ReasonCode::SecurityObjectMissing,
            Self::TooManyCommands(_) => ReasonCode::ChipEndless,
            Self::FileTooLarge { .. } => ReasonCode::FileTooLarge,
            Self::FileMalformed(_) => ReasonCode::FileMalformed,
            Self::SecureMessaging(_) => ReasonCode::SecureMessagingBroken,
            Self::Silent => ReasonCode::ChipSilent,
        }
    }
}

impl From<PaceError> for ReadError {
    fn from(error: PaceError) -> Self {
        match error {
            PaceError::PasswordRefused(sw) => Self::PasswordRefused(sw),
            error => Self::Pace(error),
        }
    }
}

impl From<BacError> for ReadError {
    fn from(error: BacError) -> Self {
        match error {
            BacError::PasswordRefused(sw) => Self::PasswordRefused(sw),
            error => Self::Bac(error),
        }
    }
}

impl From<ApduError> for ReadError {
    fn from(_: ApduError) -> Self {
        Self::SecureMessaging(SecureMessagingError::CommandTooLong)
    }
}

impl From<SecureMessagingError> for ReadError {
    fn from(error: SecureMessagingError) -> Self {
        Self::SecureMessaging(error)
    }
}
